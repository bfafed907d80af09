//! A session-resume client for web viewers that speak the CARTA interface.
//!
//! Layers, each unaware of the ones after it:
//!
//! * [`protocol`]: frames, event types and messages, and what is said on
//!   connecting and resuming.
//! * [`workspace`]: what the backend must know again after a resume, and
//!   [`tracking`]: how that is learned from the frames that pass.
//! * [`connection`]: the life of a connection as a state machine without I/O. Inputs come
//!   in with the time, effects come out.
//! * [`client`]: CARTA on such a connection. Beside it [`keeping`]: what is stored of
//!   a session, and whose it is; and [`rebuild`]: the calls by which an
//!   unmodified viewer is rebuilt.
//! * [`lavalink`]: another protocol on such a connection.
//! * `browser` (WebAssembly only): carries the effects out, and has the classes
//!   that JavaScript uses.
//!
//! Nothing but `browser` reads a clock, a random source, a browser interface or
//! a global; the same inputs give the same effects.

pub mod client;
pub mod connection;
pub mod keeping;
pub mod lavalink;
pub mod protocol;
pub mod rebuild;
pub mod tracking;
pub mod workspace;

#[cfg(all(target_arch = "wasm32", feature = "browser"))]
pub mod browser;

/// Smaller and faster than the target's own.
#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
