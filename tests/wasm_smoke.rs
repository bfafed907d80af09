//! The package, compiled to WebAssembly, runs in a page of a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

use carta_resume::protocol::{Frame, Header};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create_element(name: &str) -> JsValue;
}

#[wasm_bindgen_test]
fn there_is_a_page() {
    assert!(create_element("p").is_object());
}

#[wasm_bindgen_test]
fn a_frame_is_read_as_it_was_written() {
    let header = Header { event_type: 1, icd_version: 30, request_id: u32::MAX };
    let frame = Frame::from_payload(header, &[1, 2, 3]);
    assert_eq!(frame.bytes().len(), Header::SIZE + 3);
    assert_eq!(Header::read(frame.bytes()), Some(header));
    assert_eq!(frame.payload(), [1, 2, 3]);
}
