//! The protobuf messages, compiled from `proto/`, where each field is
//! explained.

#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// Messages as the interface defines them.
pub use generated::carta::*;
/// What is kept in the browser's storage, and views of the interface's messages.
pub use generated::carta_resume::{stored, views};
