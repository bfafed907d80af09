//! A development backend that behaves like the real CARTA backend, so that nobody needs to install
//! that one: real FITS images, regions, statistics computed from the pixels, resuming. It can be
//! made to misbehave over HTTP.

// Pixels, channels and file sizes are converted between integer widths all the time; what comes
// from outside is checked where it is read.
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
    // File names can contain anything; a log line stays one line.
    let line: String = line.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    eprintln!("backend: {line}");
}
