//! Raster tiles: 256 pixels square, layer 0 the coarsest, each layer twice as fine as the one
//! before, the last one the image itself.

use carta_resume::protocol::messages as m;

/// Pixels along a tile's side.
const TILE: usize = 256;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileCode {
    /// Layer, 0 the coarsest.
    pub layer: u32,
    /// Column of tiles, from the left.
    pub x: usize,
    /// Row of tiles, from the bottom.
    pub y: usize,
}

impl TileCode {
    /// Takes `(layer << 24) | (y << 12) | x` apart.
    pub fn decode(code: i32) -> Self {
        let code = code.cast_unsigned();
        Self { layer: code >> 24, x: (code & 0xfff) as usize, y: ((code >> 12) & 0xfff) as usize }
    }
}

/// Image pixels along the side of one pixel of this layer; `None` if the
/// image has no such layer.
pub fn mip(layer: u32, width: usize, height: usize) -> Option<usize> {
    let across = width.max(height).div_ceil(TILE).max(1);
    let layers = across.next_power_of_two().trailing_zeros();
    layers.checked_sub(layer).map(|finer| 1 << finer)
}

/// A tile's pixels, row by row from the bottom.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Which tile.
    pub code: TileCode,
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Image pixels along the side of one of these.
    pub mip: usize,
    /// The pixels; NaN outside the image.
    pub pixels: Vec<f32>,
}

impl Tile {
    /// The tile as a message, with the pixels already encoded.
    pub fn message(&self, image_data: Vec<u8>, nan_encodings: Vec<u8>) -> m::TileData {
        m::TileData {
            layer: self.code.layer as i32,
            x: self.code.x as i32,
            y: self.code.y as i32,
            width: self.width as i32,
            height: self.height as i32,
            image_data,
            nan_encodings,
            // The real backend leaves it out for a tile of the full resolution.
            mip: if self.mip > 1 { self.mip as i32 } else { 0 },
        }
    }
}

/// Cuts a tile out of a plane; a coarser pixel is the mean of those under it that are numbers.
/// `None` if the tile is outside the image.
pub fn cut(plane: &[f32], width: usize, height: usize, code: TileCode) -> Option<Tile> {
    let mip = mip(code.layer, width, height)?;
    let (first_x, first_y) = (code.x * TILE * mip, code.y * TILE * mip);
    if first_x >= width || first_y >= height {
        return None;
    }
    let tile_width = (width - first_x).div_ceil(mip).min(TILE);
    let tile_height = (height - first_y).div_ceil(mip).min(TILE);
    let mut pixels = Vec::with_capacity(tile_width * tile_height);
    for row in 0..tile_height {
        let y = first_y + row * mip;
        let rows = plane.get(y * width..(y + mip).min(height) * width)?;
        for column in 0..tile_width {
            let x = first_x + column * mip;
            pixels.push(mean_of_block(rows, width, x..(x + mip).min(width)));
        }
    }
    Some(Tile { code, width: tile_width, height: tile_height, mip, pixels })
}

fn mean_of_block(rows: &[f32], width: usize, columns: std::ops::Range<usize>) -> f32 {
    let (mut sum, mut count) = (0.0_f32, 0_u32);
    for row in rows.chunks(width) {
        for value in row.get(columns.clone()).unwrap_or_default() {
            if value.is_finite() {
                sum += value;
                count += 1;
            }
        }
    }
    if count == 0 { f32::NAN } else { sum / count as f32 }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // Exact by construction.
mod tests {
    use super::*;

    #[test]
    fn layers_of_small_and_large_images() {
        assert_eq!(mip(0, 64, 64), Some(1));
        assert_eq!(mip(1, 64, 64), None);
        assert_eq!(mip(0, 1000, 300), Some(4));
        assert_eq!(mip(2, 1000, 300), Some(1));
        assert_eq!(mip(200, 1000, 300), None);
    }

    #[test]
    fn a_coarse_tile_is_the_mean_of_what_is_there() {
        let plane: Vec<f32> =
            (0..512 * 300).map(|i| if i < 512 { f32::NAN } else { 7.0 }).collect();
        let tile = cut(&plane, 512, 300, TileCode::decode(0)).unwrap();
        assert_eq!((tile.width, tile.height, tile.mip), (256, 150, 2));
        assert!(tile.pixels.iter().all(|&pixel| pixel == 7.0));
        assert_eq!(tile.message(Vec::new(), Vec::new()).mip, 2);
        let code = (1 << 24) | (1 << 12) | 1;
        let tile = cut(&plane, 512, 300, TileCode::decode(code)).unwrap();
        assert_eq!((tile.code.layer, tile.width, tile.height), (1, 256, 44));
        assert!(cut(&plane, 512, 300, TileCode::decode(code + 1)).is_none());
    }
}
