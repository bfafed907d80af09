//! Errors as the viewer sees them.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::client::Problem;

use super::values::set;

#[wasm_bindgen(module = "/src/npm/errors.js")]
extern "C" {
    type ResumeError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str, details: &JsValue) -> ResumeError;
}

#[wasm_bindgen(module = "/src/npm/event-type.js")]
extern "C" {
    /// The table of names is there for the viewer anyway.
    #[wasm_bindgen(js_name = eventName)]
    fn event_name(number: u16) -> String;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = reportError)]
    fn report(error: &JsValue) -> Result<(), JsValue>;
}

/// Hands an error to the page as if nobody had caught it.
pub(super) fn report_error(error: &JsValue) {
    // Where the function is missing, nobody would see the error anyway.
    let _ = report(error);
}

/// A `ResumeError` with nothing but a code and a message.
pub(super) fn error(code: &str, message: &str) -> JsValue {
    ResumeError::new(code, message, &JsValue::UNDEFINED).into()
}

/// A `ResumeError` that names the wrong option.
pub(super) fn invalid_option(message: &[&str]) -> JsValue {
    error("invalid-option", &message.concat())
}

/// A `ResumeError` for a problem of the machine's. `cause` is what the
/// viewer's own function threw.
pub(super) fn from_problem(problem: &Problem, cause: Option<&JsValue>) -> JsValue {
    let details = Object::new();
    if let [header] = problem.frames.as_slice() {
        set(&details, "eventType", &header.event_type.into());
        set(&details, "requestId", &header.request_id.into());
    }
    if !problem.frames.is_empty() {
        let frames = Array::new();
        for header in &problem.frames {
            let frame = Object::new();
            set(&frame, "eventType", &header.event_type.into());
            set(&frame, "requestId", &header.request_id.into());
            frames.push(&frame);
        }
        set(&details, "frames", &frames);
    }
    if let Some(length) = problem.length {
        set(&details, "length", &length.into());
    }
    if let Some(cause) = cause {
        set(&details, "cause", cause);
    }
    ResumeError::new(problem.code.name(), &told(problem), &details).into()
}

/// Frames that a message names; the others are counted.
const NAMED: usize = 5;

/// The problem's message, and the frames that it is about by name and id.
fn told(problem: &Problem) -> String {
    let mut message = problem.message.clone();
    for (at, header) in problem.frames.iter().take(NAMED).enumerate() {
        message += if at == 0 { " Frames: " } else { ", " };
        message += &event_name(header.event_type);
        message += &format!(" {}", header.request_id);
    }
    if let Some(more) = problem.frames.len().checked_sub(NAMED + 1) {
        message += &format!(" and {} more", more + 1);
    }
    if !problem.frames.is_empty() {
        message += ".";
    }
    message
}
