//! Reading FITS files.
//!
//! Only what an image viewer needs: headers, and pixels a few rows at a time, so that a cube larger
//! than memory can be viewed. The reader is our own because the maintained crate (`fitsrs` 0.4)
//! panics on damaged headers, for example on a value that is a single quote, and this backend must
//! survive every file that it is pointed at.

mod header;
mod image;
mod sky;
mod summary;
mod unit;

pub use header::{Card, Header, Value};
pub use image::{FitsImage, Roles};
pub use summary::{Described, describe};
pub use unit::{Unit, scan};

use std::{fmt, io};

/// Why a file could not be read.
#[derive(Debug)]
pub enum FitsError {
    /// The operating system refused.
    Io(io::Error),
    /// It does not start as a FITS file does.
    NotFits,
    /// A header has no `END`.
    NoEnd,
    /// The file ends before its data do.
    Truncated {
        /// Bytes that the header promises.
        expected: u64,
        /// Bytes that are there.
        actual: u64,
    },
    /// A keyword is missing or makes no sense.
    Keyword(String),
    /// No header-data unit of this name, or none that holds an image.
    NoImage,
}

impl fmt::Display for FitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot be read: {error}"),
            Self::NotFits => f.write_str("is not a FITS file"),
            Self::NoEnd => f.write_str("has a header without END"),
            Self::Truncated { expected, actual } => {
                write!(f, "is truncated: {expected} bytes promised, {actual} there")
            }
            Self::Keyword(keyword) => write!(f, "has a missing or senseless {keyword}"),
            Self::NoImage => f.write_str("has no such image"),
        }
    }
}

impl std::error::Error for FitsError {}

impl From<io::Error> for FitsError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
