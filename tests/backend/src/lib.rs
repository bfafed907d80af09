//! A development backend that behaves as the real CARTA backend does, so that
//! nobody needs it installed: real FITS images, regions, statistics computed
//! from the pixels, resuming. It can be told over HTTP to misbehave.

// Pixels, channels and file sizes cross from one width to another all the
// time; what comes from outside is checked where it is read.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

pub mod analysis;
pub mod cli;
pub mod control;
pub mod faults;
pub mod fits;
pub mod image;
pub mod lel;
pub mod registry;
pub mod root;
pub mod sample;
pub mod scripting;
pub mod server;
pub mod session;
pub mod votable;

/// Exit code of a process that died of a segmentation fault.
pub const SEGMENTATION_FAULT: i32 = 139;

/// Writes one line to the log.
pub fn log(line: &str) {
    // File names can hold anything; a line stays a line.
    let line: String = line.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    eprintln!("backend: {line}");
}
