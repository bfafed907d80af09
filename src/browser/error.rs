//! Errors as the viewer sees them.

use std::cell::RefCell;

use js_sys::{Array, Error, Function, Object, Reflect};
use wasm_bindgen::{JsCast, prelude::*};

use crate::{
    client::{Code, Problem},
    protocol::{EventType, Header},
};

use super::{
    numbers::count,
    values::{name, set},
};

thread_local! {
    /// The package's class `ResumeError`: (code, message, details).
    static CLASS: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets the class that errors are made of. Until then they are plain ones with
/// the same properties.
#[wasm_bindgen(js_name = useErrorClass)]
pub fn use_error_class(error_class: Function) {
    CLASS.set(Some(error_class));
}

#[wasm_bindgen]
extern "C" {
    /// In pages and workers; Node has none.
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
    make(code, message, &JsValue::UNDEFINED)
}

/// A `ResumeError` that names the wrong option.
pub(super) fn invalid_option(message: &str) -> JsValue {
    error("invalid-option", message)
}

/// A `ResumeError` for a problem of the machine's. `cause` is what the
/// viewer's own function threw.
pub(super) fn from_problem(problem: &Problem, cause: Option<&JsValue>) -> JsValue {
    let details = Object::new().into();
    if !problem.frames.is_empty() {
        set(&details, "frames", &problem.frames.iter().map(named).collect::<Array>());
    }
    if let [header] = problem.frames.as_slice() {
        name(&details, header);
    }
    if let Some(length) = problem.length {
        set(&details, "length", &count(length as u64));
    }
    if let Some(cause) = cause {
        set(&details, "cause", cause);
    }
    make(problem.code.name(), &message(problem), &details)
}

fn named(header: &Header) -> JsValue {
    let frame = Object::new().into();
    name(&frame, header);
    frame
}

fn make(code: &str, message: &str, details: &JsValue) -> JsValue {
    let class = CLASS.with_borrow(Clone::clone);
    let arguments = Array::of3(&code.into(), &message.into(), details);
    let made = class.and_then(|class| Reflect::construct(&class, &arguments).ok());
    made.unwrap_or_else(|| {
        let error = Error::new(message);
        error.set_name("ResumeError");
        Object::assign(&error, details.unchecked_ref::<Object>());
        set(&error, "code", &code.into());
        error.into()
    })
}

/// Frames that a message names; the others are counted.
const NAMED: usize = 5;

/// The problem's message, and the frames that it is about by name and id.
fn message(problem: &Problem) -> String {
    let Problem { message, frames, .. } = problem;
    // A user reads what was lost twice, by its own name.
    if frames.is_empty() || problem.code == Code::LostTwice {
        return message.clone();
    }
    let named: Vec<_> = frames.iter().take(NAMED).map(frame_name).collect();
    let named = named.join(", ");
    match frames.len().saturating_sub(NAMED) {
        0 => format!("{message} Frames: {named}."),
        more => format!("{message} Frames: {named} and {more} more."),
    }
}

fn frame_name(header: &Header) -> String {
    let Header { event_type, request_id, .. } = header;
    match EventType::from_number(*event_type) {
        Some(event) => format!("{} {request_id}", event.name()),
        None => format!("{event_type} {request_id}"),
    }
}
