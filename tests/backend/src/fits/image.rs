//! The pixels of one image, read a few rows at a time.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{FitsError, Header, Unit};

/// Which axis of the file (0-based) has which role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The spectral axis.
    pub spectral: Option<usize>,
    /// The Stokes axis.
    pub stokes: Option<usize>,
    /// The axis that channels count along: the spectral one if there is one.
    pub depth: Option<usize>,
}

/// An image in a FITS file.
#[derive(Debug)]
pub struct FitsImage {
    file: Mutex<File>,
    unit: Unit,
    roles: Roles,
    scale: f64,
    zero: f64,
    blank: Option<i64>,
}

impl FitsImage {
    /// Opens the image of a header-data unit.
    pub fn open(path: &Path, unit: Unit) -> Result<Self, FitsError> {
        let header = &unit.header;
        Ok(Self {
            file: Mutex::new(File::open(path)?),
            roles: find_roles(header, unit.axes.len()),
            scale: header.number("BSCALE").unwrap_or(1.0),
            zero: header.number("BZERO").unwrap_or(0.0),
            blank: header.integer("BLANK").filter(|_| unit.bitpix > 0),
            unit,
        })
    }

    /// The header-data unit.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Which axis has which role.
    pub fn roles(&self) -> Roles {
        self.roles
    }

    /// Pixels along an axis (0-based); 1 if there is no such axis.
    pub fn length(&self, axis: Option<usize>) -> u64 {
        axis.and_then(|axis| self.unit.axes.get(axis)).copied().unwrap_or(1)
    }

    /// Pixels per row.
    pub fn width(&self) -> usize {
        self.length(Some(0)) as usize
    }

    /// Rows per plane.
    pub fn height(&self) -> usize {
        self.length(Some(1)) as usize
    }

    /// Reads `count` pixels of a plane, starting at pixel `start` (row by row).
    pub fn read(
        &self,
        channel: u64,
        stokes: u64,
        start: u64,
        count: usize,
    ) -> Result<Vec<f32>, FitsError> {
        let step = |axis: Option<usize>| {
            axis.map_or(0, |axis| self.unit.axes.iter().take(axis).product::<u64>())
        };
        // If channels are counted along the Stokes axis, it is not stepped twice.
        let stokes_axis = self.roles.stokes.filter(|axis| Some(*axis) != self.roles.depth);
        let first = channel * step(self.roles.depth) + stokes * step(stokes_axis) + start;
        let size = (self.unit.bitpix.unsigned_abs() / 8) as usize;
        let mut bytes = vec![0; count.saturating_mul(size)];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.unit.data_offset + first * size as u64))?;
            file.read_exact(&mut bytes)?;
        }
        Ok(self.decode(&bytes))
    }

    fn decode(&self, bytes: &[u8]) -> Vec<f32> {
        match self.unit.bitpix {
            8 => bytes.iter().map(|&byte| self.whole(i64::from(byte))).collect(),
            16 => numbers(bytes, |bytes| self.whole(i64::from(i16::from_be_bytes(bytes)))),
            32 => numbers(bytes, |bytes| self.whole(i64::from(i32::from_be_bytes(bytes)))),
            64 => numbers(bytes, |bytes| self.whole(i64::from_be_bytes(bytes))),
            -32 if self.is_plain() => numbers(bytes, f32::from_be_bytes),
            -32 => numbers(bytes, |bytes| self.real(f64::from(f32::from_be_bytes(bytes)))),
            _ => numbers(bytes, |bytes| self.real(f64::from_be_bytes(bytes))),
        }
    }

    #[allow(clippy::float_cmp)] // Exactly the defaults.
    fn is_plain(&self) -> bool {
        self.scale == 1.0 && self.zero == 0.0
    }

    fn whole(&self, number: i64) -> f32 {
        if self.blank == Some(number) { f32::NAN } else { self.real(number as f64) }
    }

    fn real(&self, number: f64) -> f32 {
        (number * self.scale + self.zero) as f32
    }
}

fn numbers<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|&bytes| read(bytes)).collect()
}

/// The axes beyond the two spatial ones, according to `CTYPE`.
fn find_roles(header: &Header, axes: usize) -> Roles {
    let kind = |axis: usize| header.text(&format!("CTYPE{}", axis + 1)).unwrap_or_default();
    let rest = 2..axes;
    let stokes = rest.clone().find(|&axis| kind(axis).trim() == "STOKES");
    let spectral = rest.clone().find(|&axis| is_spectral(kind(axis)));
    let depth = spectral.or_else(|| rest.clone().find(|&axis| Some(axis) != stokes));
    Roles { spectral, stokes, depth }
}

fn is_spectral(kind: &str) -> bool {
    const SPECTRAL: [&str; 12] = [
        "FREQ", "VELO", "VRAD", "VOPT", "FELO", "WAVE", "AWAV", "ENER", "WAVN", "ZOPT", "BETA",
        "CHAN",
    ];
    SPECTRAL.iter().any(|name| kind.starts_with(name))
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // Exact by construction.
mod tests {
    use super::*;
    use crate::fits::scan;

    /// A file with these cards and data.
    fn image(cards: &[&str], data: &[u8]) -> Result<FitsImage, FitsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.fits");
        let mut bytes = Vec::new();
        for card in [&["SIMPLE  = T"], cards, &["END"]].concat() {
            bytes.extend_from_slice(format!("{card:<80}").as_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(2880), b' ');
        bytes.extend_from_slice(data);
        std::fs::write(&path, bytes).unwrap();
        let unit = scan(&path)?.into_iter().find(Unit::is_image).ok_or(FitsError::NoImage)?;
        FitsImage::open(&path, unit)
    }

    fn pixels(bitpix: &str, more: &[&str], data: &[u8]) -> Vec<f32> {
        let bitpix = format!("BITPIX  = {bitpix}");
        let shape = [bitpix.as_str(), "NAXIS   = 2", "NAXIS1  = 2", "NAXIS2  = 1"];
        image(&[&shape, more].concat(), data).unwrap().read(0, 0, 0, 2).unwrap()
    }

    #[test]
    fn pixels_of_every_type() {
        assert_eq!(pixels("8", &[], &[1, 255]), [1.0, 255.0]);
        assert_eq!(pixels("16", &[], &[0xff, 0xff, 0, 2]), [-1.0, 2.0]);
        assert_eq!(pixels("32", &[], &[0, 0, 1, 0, 0xff, 0xff, 0xff, 0xfe]), [256.0, -2.0]);
        assert_eq!(pixels("64", &[], &[[0, 0, 0, 0, 0, 0, 0, 7], [0xff; 8]].concat()), [7.0, -1.0]);
        let floats = [1.5_f32.to_be_bytes(), (-2.5_f32).to_be_bytes()].concat();
        assert_eq!(pixels("-32", &[], &floats), [1.5, -2.5]);
        let doubles = [1.5_f64.to_be_bytes(), (-2.5_f64).to_be_bytes()].concat();
        assert_eq!(pixels("-64", &[], &doubles), [1.5, -2.5]);
    }

    #[test]
    fn pixels_are_scaled_and_blank_ones_are_not_numbers() {
        let cards = ["BSCALE  = 0.5", "BZERO   = 32768.0", "BLANK   = -32768"];
        let read = pixels("16", &cards, &[0, 3, 0x80, 0]);
        assert_eq!(read.first(), Some(&32769.5));
        assert!(read.last().unwrap().is_nan());
        let floats = [1.5_f32.to_be_bytes(), f32::NAN.to_be_bytes()].concat();
        let read = pixels("-32", &["BSCALE  = 2.0"], &floats);
        assert!(read.first() == Some(&3.0) && read.last().unwrap().is_nan());
    }

    #[test]
    fn planes_are_found_whichever_axis_is_first() {
        // Two rows of one pixel; 2 Stokes planes, 3 channels, in either order.
        for (axes, expected) in [
            (["NAXIS3  = 2", "NAXIS4  = 3", "CTYPE3  = 'STOKES'", "CTYPE4  = 'FREQ'"], [0, 4, 2]),
            (["NAXIS3  = 3", "NAXIS4  = 2", "CTYPE3  = 'FREQ'", "CTYPE4  = 'STOKES'"], [0, 2, 6]),
        ] {
            let shape = ["BITPIX  = 8", "NAXIS   = 4", "NAXIS1  = 1", "NAXIS2  = 2"];
            let data: Vec<u8> = (0..12).collect();
            let image = image(&[shape, axes].concat(), &data).unwrap();
            assert_eq!(image.length(image.roles().depth), 3);
            assert_eq!(image.length(image.roles().stokes), 2);
            for ((channel, stokes), expected) in [(0, 0), (1, 0), (0, 1)].into_iter().zip(expected)
            {
                let pixels = image.read(channel, stokes, 0, 2).unwrap();
                assert_eq!(pixels, [expected as f32, expected as f32 + 1.0]);
            }
        }
    }

    #[test]
    fn an_image_in_an_extension_is_found() {
        let empty = ["BITPIX  = 8", "NAXIS   = 0"];
        let mut data = Vec::new();
        for card in [
            "XTENSION= 'IMAGE'",
            "BITPIX  = 8",
            "NAXIS   = 2",
            "NAXIS1  = 1",
            "NAXIS2  = 1",
            "EXTNAME = 'SCI'",
            "END",
        ] {
            data.extend_from_slice(format!("{card:<80}").as_bytes());
        }
        data.resize(2880, b' ');
        data.push(9);
        let image = image(&empty, &data).unwrap();
        assert_eq!(image.unit().label(), "1: SCI");
        assert_eq!(image.read(0, 0, 0, 1).unwrap(), [9.0]);
    }

    #[test]
    fn headers_that_promise_too_much_are_refused() {
        let shape = |x: &'static str, y: &'static str| ["BITPIX  = -64", "NAXIS   = 2", x, y];
        let truncated = image(&shape("NAXIS1  = 3", "NAXIS2  = 2"), &[0; 40]);
        assert!(matches!(truncated, Err(FitsError::Truncated { .. })), "{truncated:?}");
        let long = "NAXIS1  = 9223372036854775807";
        assert!(matches!(image(&shape(long, "NAXIS2  = 9"), &[]), Err(FitsError::Keyword(_))));
        assert!(matches!(
            image(&shape("NAXIS1  = -1", "NAXIS2  = 9"), &[]),
            Err(FitsError::Keyword(_))
        ));
        assert!(matches!(
            image(&shape("NAXIS1  = 0", "NAXIS2  = 9"), &[]),
            Err(FitsError::NoImage)
        ));
    }
}
