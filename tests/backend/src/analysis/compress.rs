//! A tile's pixels as they are sent: plain, or as ZFP in fixed-precision mode.
//!
//! ZFP knows only numbers. Pixels that are NaN are filled with the mean of the others in their
//! block of 4×4, which costs the fewest bits, and where they are is sent separately: run lengths
//! (int32, little-endian), first of numbers, then of NaNs, and so on in turn.

use carta_resume::protocol::messages as m;
use zfp_rs::{ZfpBitStream, ZfpConfig, ZfpField, ZfpScalarType};

use super::tiles::Tile;

/// Side of ZFP's blocks.
const BLOCK: usize = 4;

/// How pixels are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Compression {
    /// Float 32, little-endian.
    None,
    /// ZFP with this many bits of precision, 1 to 32.
    Zfp(u32),
}

impl Compression {
    /// The requested compression, if it is known here.
    pub fn wanted(kind: m::CompressionType, quality: f32) -> Self {
        match kind {
            m::CompressionType::Zfp => Self::Zfp((quality.round() as u32).clamp(1, 32)),
            m::CompressionType::None | m::CompressionType::Sz => Self::None,
        }
    }

    /// Its name in messages.
    pub fn kind(self) -> m::CompressionType {
        match self {
            Self::None => m::CompressionType::None,
            Self::Zfp(_) => m::CompressionType::Zfp,
        }
    }

    /// The quality in messages; the receiver needs it to decode.
    pub fn quality(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Zfp(precision) => precision as f32,
        }
    }

    /// Encodes a tile. `None` if ZFP cannot.
    pub fn encode(self, tile: &Tile) -> Option<m::TileData> {
        match self {
            Self::None => {
                let bytes = tile.pixels.iter().flat_map(|pixel| pixel.to_le_bytes());
                Some(tile.message(bytes.collect(), Vec::new()))
            }
            Self::Zfp(precision) => {
                let data = zfp(&filled(tile), tile.width, tile.height, precision)?;
                let runs = runs(&tile.pixels).into_iter().flat_map(i32::to_le_bytes);
                Some(tile.message(data, runs.collect()))
            }
        }
    }
}

fn zfp(pixels: &[f32], width: usize, height: usize, precision: u32) -> Option<Vec<u8>> {
    let field = ZfpField::new(pixels, [width, height]).ok()?;
    let config = ZfpConfig::fixed_precision(precision);
    let capacity = config.maximum_size(ZfpScalarType::F32, field.dims())?;
    let mut stream = ZfpBitStream::new(capacity).ok()?;
    stream.compress(&config, &field).ok()?;
    Some(without_padding(stream.as_bytes()).to_vec())
}

/// This stream ends on a whole 8-byte word, the real backend's on a byte. Zeros at the end have no
/// meaning.
fn without_padding(stream: &[u8]) -> &[u8] {
    let zeros = stream.iter().rev().take(7).take_while(|&&byte| byte == 0).count();
    stream.get(..stream.len() - zeros).unwrap_or(stream)
}

/// The pixels with a number everywhere.
fn filled(tile: &Tile) -> Vec<f32> {
    let mut pixels = tile.pixels.clone();
    let (width, height) = (tile.width, tile.height);
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            let places: Vec<usize> = (top..(top + BLOCK).min(height))
                .flat_map(|y| (left..(left + BLOCK).min(width)).map(move |x| y * width + x))
                .collect();
            let numbers: Vec<f32> = places
                .iter()
                .filter_map(|&place| pixels.get(place).copied())
                .filter(|pixel| pixel.is_finite())
                .collect();
            if numbers.len() == places.len() {
                continue;
            }
            let mean = if numbers.is_empty() {
                0.0
            } else {
                numbers.iter().sum::<f32>() / numbers.len() as f32
            };
            for place in places {
                if let Some(pixel) = pixels.get_mut(place).filter(|pixel| !pixel.is_finite()) {
                    *pixel = mean;
                }
            }
        }
    }
    pixels
}

/// Lengths of the runs of numbers and of NaNs, in turn.
fn runs(pixels: &[f32]) -> Vec<i32> {
    let mut runs = vec![0];
    let mut numbers = true;
    for pixel in pixels {
        if pixel.is_finite() != numbers {
            numbers = !numbers;
            runs.push(0);
        }
        if let Some(run) = runs.last_mut() {
            *run += 1;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use zfp_rs::ZfpFieldMut;

    use super::*;
    use crate::analysis::tiles::TileCode;

    fn tile(width: usize, height: usize, pixels: Vec<f32>) -> Tile {
        Tile { code: TileCode::decode(0), width, height, mip: 1, pixels }
    }

    #[test]
    fn runs_begin_with_numbers() {
        assert_eq!(runs(&[1.0, 2.0, f32::NAN, f32::INFINITY, 3.0]), [2, 2, 1]);
        assert_eq!(runs(&[f32::NAN, 1.0]), [0, 1, 1]);
        assert_eq!(runs(&[]), [0]);
    }

    #[test]
    fn pixels_that_are_not_numbers_get_the_mean_of_their_block() {
        let mut pixels = vec![1.0; 5 * 5];
        pixels[0] = f32::NAN;
        pixels[24] = f32::NAN;
        let filled = filled(&tile(5, 5, pixels));
        assert!((filled[0] - 1.0).abs() < 1e-6);
        assert!(filled[24].abs() < 1e-6, "alone in its block");
    }

    #[test]
    fn zfp_keeps_the_pixels_about_right() {
        let (width, height) = (70, 33);
        let at = |i: usize| ((i % width) as f32 / 9.0).sin() * 5.0 + (i / width) as f32;
        let mut pixels: Vec<f32> = (0..width * height).map(at).collect();
        pixels[77] = f32::NAN;
        let data = Compression::Zfp(20).encode(&tile(width, height, pixels.clone())).unwrap();
        assert!(data.image_data.len() < width * height * 4);
        assert_eq!(data.nan_encodings.len(), 3 * 4);
        let mut stream = ZfpBitStream::from_bytes(&data.image_data).unwrap();
        let mut decoded = vec![0.0_f32; width * height];
        let mut field = ZfpFieldMut::new(&mut decoded, [width, height]).unwrap();
        stream.decompress(&ZfpConfig::fixed_precision(20), &mut field).unwrap();
        for (index, (a, b)) in decoded.iter().zip(&pixels).enumerate() {
            assert!(index == 77 || (a - b).abs() < 1e-2, "{index}: {a} {b}");
        }
    }
}
