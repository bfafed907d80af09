//! Sessions in the browser's database: in pages of real browsers, with several stores in one page
//! instead of several tabs.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs, clippy::future_not_send, clippy::float_cmp)]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod archive;
mod claiming;
mod faults;
mod leases;
mod support;
mod suspending;
mod versions;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
