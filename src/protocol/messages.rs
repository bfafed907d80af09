//! The protobuf messages, compiled from `proto/`, where each field is
//! explained.

/// Messages as the interface defines them.
#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/carta.rs"));
}
pub use generated::*;

/// The same messages without what this client has no use for.
#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
pub mod views {
    include!(concat!(env!("OUT_DIR"), "/carta_resume.views.rs"));
}
