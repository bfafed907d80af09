//! The viewer's handlers, and what is reported to them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::client::{Code, Problem, store::StoreFault};

use super::{
    error::{from_problem, report_error},
    shell::Shell,
};

/// What a viewer can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Status,
    Frame,
    Resumed,
    Remaking,
    Remade,
    Error,
}

impl Event {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "status" => Some(Self::Status),
            "frame" => Some(Self::Frame),
            "resumed" => Some(Self::Resumed),
            "remaking" => Some(Self::Remaking),
            "remade" => Some(Self::Remade),
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

impl Shell {
    /// Reports what is wrong with the store, if anything, and gives the value
    /// to go on with.
    pub(super) fn report_fault<T: Default>(&self, result: Result<T, StoreFault>) -> T {
        result.unwrap_or_else(|fault| {
            let message = match fault {
                StoreFault::Damaged => {
                    "The session id that was kept for this page cannot be read. A new session is \
                     begun."
                }
                StoreFault::Unwritable => {
                    "The browser does not keep the session id: sessionStorage is full or blocked. \
                     Work goes on; a reload of the page begins a new session."
                }
            };
            self.report(&Problem::new(Code::StorageFailed, message));
            T::default()
        })
    }

    /// Reports a problem to the viewer's handlers.
    pub(super) fn report(&self, problem: &Problem) {
        self.emit(Event::Error, &from_problem(problem, None));
    }

    /// A handler that throws is reported, and the others are called all the
    /// same.
    pub(super) fn emit(&self, event: Event, value: &JsValue) {
        for thrown in self.handlers.emit(event, value) {
            if event == Event::Error {
                report_error(&thrown);
                continue;
            }
            let problem = Problem::new(
                Code::HandlerFailed,
                "An event handler threw an error; see the \
                                                   cause. The client continues.",
            );
            self.emit(Event::Error, &from_problem(&problem, Some(&thrown)));
        }
    }
}
