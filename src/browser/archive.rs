//! The archive, as a viewer asks for it.

use std::cell::RefCell;

use js_sys::{Array, Object, Promise};
use wasm_bindgen::JsValue;

use crate::{
    client::{Problem, offer::Kept},
    keeping::keeper::{Command, Input},
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
    /// Resolves with what came of it: a list, or whether something was restored or
    /// deleted.
    pub(super) fn command(&self, command: Command) -> Promise {
        let answer = Deferred::new();
        let request = self.keeping.requests.add(answer.clone());
        self.keep(Input::Command { request, command });
        answer.promise
    }

    pub(super) fn list(&self, request: u32, address: Option<String>) {
        let Some(waiting) = self.keeping.requests.take(request) else { return };
        let Some(address) = address else { return call(&waiting.resolve, &Array::new()) };
        let listed = self.keeping.store().map(|store| store.list(&address));
        spawn(async move {
            let entries = match listed {
                Ok(listed) => listed.await,
                Err(fault) => Err(fault),
            };
            match entries {
                Ok(entries) => {
                    call(&waiting.resolve, &entries.iter().map(entry).collect::<Array>());
                }
                Err(fault) => call(&waiting.reject, &from_problem(&fault.problem(""), None)),
            }
        });
    }

    /// Asks whether to restore a workspace from the archive.
    pub(super) fn restore(&self, request: u32, id: String, kept: Kept) {
        let refused = self.machine.borrow_mut().restore(kept);
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
    set(&object, "why", &entry.why.as_str().into());
    set(&object, "archivedAt", &entry.archived_at.into());
    set(&object, "savedAt", &entry.saved_at.into());
    set(&object, "bytes", &entry.bytes.into());
    set(&object, "images", &entry.images);
    set(&object, "catalogs", &entry.catalogs);
    object
}
