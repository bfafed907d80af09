//! The calls by which an unmodified viewer is rebuilt.

mod adopting;
mod matching;
mod properties;
mod support;
mod whole;
