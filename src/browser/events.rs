//! The viewer's handlers.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

/// What a viewer can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Status,
    Frame,
    Resumed,
    Error,
}

impl Event {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "status" => Self::Status,
            "frame" => Self::Frame,
            "resumed" => Self::Resumed,
            "error" => Self::Error,
            _ => return None,
        })
    }
}

#[derive(Clone)]
struct Handler {
    id: u32,
    event: Event,
    function: Function,
}

/// The handlers, in the order they came. Calling them works on a snapshot, so
/// that a handler may add and remove others.
#[derive(Default)]
pub(super) struct Handlers {
    list: RefCell<Rc<Vec<Handler>>>,
    next: RefCell<u32>,
}

impl Handlers {
    pub(super) fn add(&self, event: Event, function: Function) -> u32 {
        let mut next = self.next.borrow_mut();
        *next = next.wrapping_add(1);
        let handler = Handler { id: *next, event, function };
        Rc::make_mut(&mut self.list.borrow_mut()).push(handler);
        *next
    }

    pub(super) fn remove(&self, id: u32) {
        Rc::make_mut(&mut self.list.borrow_mut()).retain(|handler| handler.id != id);
    }

    pub(super) fn clear(&self) {
        *self.list.borrow_mut() = Rc::default();
    }

    /// Calls the handlers of an event and gives what they threw.
    pub(super) fn emit(&self, event: Event, value: &JsValue) -> Vec<JsValue> {
        let list = Rc::clone(&self.list.borrow());
        let mut thrown = Vec::new();
        for handler in list.iter().filter(|handler| handler.event == event) {
            if let Err(error) = handler.function.call1(&JsValue::UNDEFINED, value) {
                thrown.push(error);
            }
        }
        thrown
    }
}
