//! Sessions that outlive the page: kept in IndexedDB, each held by one living
//! tab at a time.
//!
//! This is a WebAssembly module of its own, loaded when a client keeps its
//! session in the browser. It knows rows, records and tabs, and nothing of what
//! a record says.
//!
//! The decisions are free of I/O: [`row`] (what is stored), [`choice`] (which
//! session a new page goes on with), [`lease`] (whose a session is where the
//! browser has no Web Locks), [`archive`] (what is put away and what deleted)
//! and [`fault`] (what went wrong). The rest is for browsers only and carries
//! them out.

pub mod archive;
pub mod choice;
pub mod fault;
pub mod lease;
pub mod row;

#[cfg(target_arch = "wasm32")]
mod browser;

#[cfg(target_arch = "wasm32")]
pub use browser::{SessionStore, open_session_store};
