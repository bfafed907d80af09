//! The viewer's handlers.

use std::cell::{Cell, RefCell};
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
        match name {
            "status" => Some(Self::Status),
            "frame" => Some(Self::Frame),
            "resumed" => Some(Self::Resumed),
            "error" => Some(Self::Error),
            _ => None,
        }
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
    newest_id: Cell<u32>,
}

impl Handlers {
    pub(super) fn add(&self, event: Event, function: Function) -> u32 {
        let id = self.newest_id.get().wrapping_add(1);
        self.newest_id.set(id);
        Rc::make_mut(&mut self.list.borrow_mut()).push(Handler { id, event, function });
        id
    }

    pub(super) fn remove(&self, id: u32) {
        Rc::make_mut(&mut self.list.borrow_mut()).retain(|handler| handler.id != id);
    }

    pub(super) fn clear(&self) {
        self.list.take();
    }

    /// Calls the handlers of an event and gives what they threw.
    pub(super) fn emit(&self, event: Event, value: &JsValue) -> Vec<JsValue> {
        let list = Rc::clone(&self.list.borrow());
        let handlers = list.iter().filter(|handler| handler.event == event);
        handlers
            .filter_map(|handler| handler.function.call1(&JsValue::UNDEFINED, value).err())
            .collect()
    }
}
