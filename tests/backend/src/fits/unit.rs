//! Header-data units: where each one's pixels are in the file.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::{
    FitsError, Header,
    header::{CARD, is_end},
};

/// FITS files consist of blocks of this many bytes.
const BLOCK: usize = 2880;

/// The most blocks in a header before it is taken for garbage (29 MB).
const MAX_HEADER_BLOCKS: usize = 10_000;

/// One header-data unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Position in the file, from 0.
    pub index: usize,
    /// The header.
    pub header: Header,
    /// Where the data begin, in bytes.
    pub data_offset: u64,
    /// Bits per pixel; negative for floating point.
    pub bitpix: i64,
    /// Pixels along each axis, the first varying fastest.
    pub axes: Vec<u64>,
}

impl Unit {
    /// Whether it holds an image of at least two dimensions.
    pub fn is_image(&self) -> bool {
        let kind = self.header.text("XTENSION").unwrap_or("IMAGE");
        kind == "IMAGE" && self.axes.len() >= 2 && self.axes.iter().all(|&length| length > 0)
    }

    /// Whether it holds a table.
    pub fn is_table(&self) -> bool {
        matches!(self.header.text("XTENSION"), Some("BINTABLE" | "TABLE"))
    }

    /// How viewers name it: its number, with its `EXTNAME` if it has one.
    pub fn label(&self) -> String {
        match self.header.text("EXTNAME") {
            Some(name) if !name.is_empty() => format!("{}: {name}", self.index),
            _ => self.index.to_string(),
        }
    }
}

/// Finds every header-data unit of a file.
///
/// # Errors
///
/// When the file cannot be read, is not FITS, or is shorter than its headers say.
pub fn scan(path: &Path) -> Result<Vec<Unit>, FitsError> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut units = Vec::new();
    let mut offset = 0_u64;
    while size.saturating_sub(offset) >= BLOCK as u64 {
        file.seek(SeekFrom::Start(offset))?;
        let Some(bytes) = read_header(&mut file, units.is_empty())? else { break };
        let data_offset = offset + bytes.len() as u64;
        let unit = read_unit(units.len(), &bytes, data_offset)?;
        let length = data_length(&unit).ok_or_else(|| FitsError::Keyword("NAXIS".into()))?;
        let expected = data_offset.saturating_add(length);
        if expected > size {
            return Err(FitsError::Truncated { expected, actual: size });
        }
        offset = expected.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        units.push(unit);
    }
    if units.is_empty() { Err(FitsError::NotFits) } else { Ok(units) }
}

/// A header's bytes, in whole blocks. `None` if there is no further unit.
fn read_header(file: &mut File, first: bool) -> Result<Option<Vec<u8>>, FitsError> {
    let mut bytes = Vec::new();
    let mut block = [0; BLOCK];
    for _ in 0..MAX_HEADER_BLOCKS {
        let start: &[u8] = if first { b"SIMPLE  =" } else { b"XTENSION=" };
        match file.read_exact(&mut block) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(FitsError::NoEnd);
            }
            Err(error) => return Err(error.into()),
        }
        if bytes.is_empty() && !block.starts_with(start) {
            return if first { Err(FitsError::NotFits) } else { Ok(None) };
        }
        bytes.extend_from_slice(&block);
        if block.chunks(CARD).any(is_end) {
            return Ok(Some(bytes));
        }
    }
    Err(FitsError::NoEnd)
}

fn read_unit(index: usize, bytes: &[u8], data_offset: u64) -> Result<Unit, FitsError> {
    let header = Header::parse(bytes);
    let bitpix = header
        .integer("BITPIX")
        .filter(|bits| matches!(bits, 8 | 16 | 32 | 64 | -32 | -64))
        .ok_or_else(|| FitsError::Keyword("BITPIX".into()))?;
    let count = header
        .integer("NAXIS")
        .filter(|count| (0..=999).contains(count))
        .ok_or_else(|| FitsError::Keyword("NAXIS".into()))?;
    let axes = (1..=count)
        .map(|axis| {
            let keyword = format!("NAXIS{axis}");
            let length = header.integer(&keyword).and_then(|length| u64::try_from(length).ok());
            length.ok_or(FitsError::Keyword(keyword))
        })
        .collect::<Result<_, _>>()?;
    Ok(Unit { index, header, data_offset, bitpix, axes })
}

/// Bytes of data, `None` if that number is absurd.
fn data_length(unit: &Unit) -> Option<u64> {
    if unit.axes.is_empty() {
        return Some(0);
    }
    let keyword = |name, default| unit.header.integer(name).unwrap_or(default);
    let pixels = unit.axes.iter().try_fold(1_u64, |product, &axis| product.checked_mul(axis))?;
    let parameters = u64::try_from(keyword("PCOUNT", 0)).ok()?;
    let groups = u64::try_from(keyword("GCOUNT", 1)).ok()?;
    (unit.bitpix.unsigned_abs() / 8)
        .checked_mul(groups)?
        .checked_mul(pixels.checked_add(parameters)?)
        .filter(|&length| length < 1 << 62)
}
