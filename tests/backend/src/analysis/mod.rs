//! What is computed from pixels.

pub mod compress;
pub mod contours;
pub mod histogram;
pub mod mask;
pub mod smooth;
pub mod statistics;
pub mod tiles;
