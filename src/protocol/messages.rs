//! The protobuf messages, compiled from `proto/`, where each field is
//! explained.

/// Messages as the interface defines them.
#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/carta.rs"));
}
pub use generated::*;

/// What is kept in the browser's storage.
#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
pub mod stored {
    include!(concat!(env!("OUT_DIR"), "/carta_resume.stored.rs"));
}
