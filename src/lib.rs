//! A session-resume client for web viewers that speak the CARTA interface.
//!
//! Three layers, each unaware of the ones after it:
//!
//! * [`protocol`]: frames, event types and messages, and what CARTA says on
//!   connecting and resuming.
//! * [`core`]: the connection as a state machine without I/O. Inputs come in
//!   with the time, effects come out.
//! * `browser` (WebAssembly only): the shell that carries the effects out, and
//!   the class that a viewer imports.
//!
//! Beside them, and a WebAssembly module of its own: [`storage`], where sessions
//! are kept that outlive the page.

// The client's module is built without the standard library. What that brings
// to put a panic into words is 3 kB, compressed, and nobody would read them: a
// panic is a trap.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "storage")), no_std)]

extern crate alloc;

#[cfg(feature = "client")]
pub mod core;
#[cfg(feature = "client")]
pub mod protocol;
#[cfg(feature = "storage")]
pub mod storage;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod browser;

/// What the standard library would bring into every file.
#[cfg(feature = "client")]
mod prelude {
    pub(crate) use alloc::{borrow::ToOwned, boxed::Box, string::String, vec, vec::Vec};
}

#[cfg(all(target_arch = "wasm32", not(feature = "storage")))]
#[panic_handler]
fn panic(_: &::core::panic::PanicInfo) -> ! {
    ::core::arch::wasm32::unreachable()
}

#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
