//! The pixels of one image, read a few rows at a time.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{FitsError, Header, Unit};

/// Which axis of the file (0-based) plays which part.
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

    /// Which axis plays which part.
    pub fn roles(&self) -> Roles {
        self.roles
    }

    /// Pixels along an axis (0-based); 1 if there is no such axis.
    pub fn length(&self, axis: Option<usize>) -> u64 {
        axis.and_then(|axis| self.unit.axes.get(axis)).copied().unwrap_or(1)
    }

    /// Pixels to a row.
    pub fn width(&self) -> usize {
        self.length(Some(0)) as usize
    }

    /// Rows to a plane.
    pub fn height(&self) -> usize {
        self.length(Some(1)) as usize
    }

    /// Reads `count` pixels of a plane, from pixel `start` on (row by row).
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
        // A Stokes axis that is also what channels count along is not stepped twice.
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

/// The axes beyond the two spatial ones, by what `CTYPE` says.
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
