//! Everything that can be said about the crate without a browser.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable
)]
// What comes back is equal to what was kept, to the last bit.
#![allow(clippy::float_cmp)]
#![allow(missing_docs, unreachable_pub)]

mod client;
mod generated;
mod keeping;
mod lavalink;
mod protocol;
mod rebuild;
mod tracking;
