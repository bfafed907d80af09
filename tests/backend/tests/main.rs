//! The development backend from outside, over its own sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod any_bytes;
mod conformance;
mod expressions;
mod faults;
mod grace;
mod images;
mod recorded_viewer;
mod scripting;
mod sessions;
mod support;
mod wrong_input;
