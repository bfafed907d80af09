//! The calls by which an unmodified viewer is rebuilt.

mod adopting;
mod properties;
mod support;
mod whole;
