//! The archive, as a viewer asks for it.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::JsValue;

use crate::{
    client::{Answer, Problem, offer::Kept},
    keeping::{
        export,
        fault::Fault,
        keeper::{Command, Input},
        session::Write,
    },
};

use super::{
    error::from_problem,
    promises::{Deferred, call, spawn},
    shell::Shell,
    storage::ArchiveEntry,
    values::set,
};

/// What a viewer waits for.
#[derive(Default)]
pub(super) struct Requests {
    last: RefCell<u32>,
    waiting: RefCell<Vec<(u32, Deferred)>>,
}

impl Requests {
    fn add(&self, request: Deferred) -> u32 {
        let mut last = self.last.borrow_mut();
        *last = last.wrapping_add(1);
        self.waiting.borrow_mut().push((*last, request));
        *last
    }

    fn take(&self, request: u32) -> Option<Deferred> {
        let mut waiting = self.waiting.borrow_mut();
        let at = waiting.iter().position(|(id, _)| *id == request)?;
        Some(waiting.swap_remove(at).1)
    }

    pub(super) fn settle(&self, request: u32, outcome: &Result<bool, Problem>) {
        let Some(waiting) = self.take(request) else { return };
        match outcome {
            Ok(answer) => call(&waiting.resolve, &(*answer).into()),
            Err(problem) => call(&waiting.reject, &from_problem(problem, None)),
        }
    }
}

impl Shell {
    /// Resolves with what came of it: a list, a file, an id, or whether something was
    /// restored or deleted.
    pub(super) fn command(&self, command: Command) -> Promise {
        let answer = Deferred::new();
        let request = self.keeping.requests.add(answer.clone());
        self.keep(Input::Command { request, command });
        answer.promise
    }

    /// Resolves with what is open, as a file.
    pub(super) fn export_open(&self) -> Promise {
        let answer = Deferred::new();
        let file = {
            let machine = self.machine.borrow();
            export::of_open(machine.tracker(), machine.saved_at(self.now()))
        };
        match file {
            Some(file) => call(&answer.resolve, &Uint8Array::from(file.as_slice())),
            None => call(&answer.reject, &from_problem(&export::nothing(), None)),
        }
        answer.promise
    }

    pub(super) fn list(&self, request: u32, is_empty: bool) {
        if is_empty {
            return self.answer(request, async { Ok(Array::new().into()) });
        }
        let listed = self.keeping.store().map(|store| store.list());
        self.answer(request, async move {
            Ok(listed?.await?.iter().map(entry).collect::<Array>().into())
        });
    }

    pub(super) fn import(&self, request: u32, write: Rc<Write>) {
        let imported = self.keeping.store().map(|store| store.import(write));
        self.answer(request, async move { Ok(imported?.await?.into()) });
    }

    pub(super) fn exported(&self, request: u32, file: &[u8]) {
        if let Some(waiting) = self.keeping.requests.take(request) {
            call(&waiting.resolve, &Uint8Array::from(file));
        }
    }

    fn answer(&self, request: u32, work: impl Future<Output = Result<JsValue, Fault>> + 'static) {
        let Some(waiting) = self.keeping.requests.take(request) else { return };
        spawn(async move {
            match work.await {
                Ok(value) => call(&waiting.resolve, &value),
                Err(fault) => call(&waiting.reject, &from_problem(&fault.problem(""), None)),
            }
        });
    }

    /// Asks whether to restore a workspace from the archive.
    pub(super) fn restore(&self, request: u32, id: String, kept: Kept) {
        let refused = self.machine.borrow_mut().restore(kept);
        self.began(request, id, refused);
    }

    /// Restores what another tab has handed over.
    pub(super) fn restore_agreed(&self, request: u32, id: String, kept: Kept, answer: Answer) {
        let refused = self.machine.borrow_mut().restore_agreed(kept, answer);
        self.began(request, id, refused);
    }

    fn began(&self, request: u32, id: String, refused: Result<(), Problem>) {
        match refused {
            Ok(()) => self.keep(Input::Restoring { request, id }),
            Err(problem) => self.keep(Input::RestoreRefused { request, problem }),
        }
        self.with(|_| ());
    }
}

/// As the package declares it.
fn entry(entry: &ArchiveEntry) -> JsValue {
    let object = Object::new().into();
    set(&object, "id", &entry.id.as_str().into());
    set(&object, "address", &entry.address.as_str().into());
    set(&object, "why", &entry.why.as_str().into());
    set(&object, "archivedAt", &entry.archived_at.into());
    set(&object, "savedAt", &entry.saved_at.into());
    set(&object, "bytes", &entry.bytes.into());
    set(&object, "images", &entry.images);
    set(&object, "catalogs", &entry.catalogs);
    object
}
