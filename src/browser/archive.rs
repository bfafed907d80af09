//! The archive, as a viewer asks for it.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::{
    client::{Problem, offer::Kept},
    keeping::{
        export,
        fault::Fault,
        keeper::{Command, Input},
        session::Write,
    },
};

use super::{error::from_problem, promises::Resolver, shell::Shell, values::to_js};

/// What a viewer waits for.
#[derive(Default)]
pub(super) struct Requests {
    last: RefCell<u32>,
    waiting: RefCell<Vec<(u32, Resolver)>>,
}

impl Requests {
    fn add(&self, resolver: Resolver) -> u32 {
        let mut last = self.last.borrow_mut();
        *last = last.wrapping_add(1);
        self.waiting.borrow_mut().push((*last, resolver));
        *last
    }

    fn take(&self, request: u32) -> Option<Resolver> {
        let mut waiting = self.waiting.borrow_mut();
        let at = waiting.iter().position(|(id, _)| *id == request)?;
        Some(waiting.swap_remove(at).1)
    }

    pub(super) fn settle(&self, request: u32, outcome: &Result<bool, Problem>) {
        let Some(resolver) = self.take(request) else { return };
        match outcome {
            Ok(answer) => resolver.resolve(&(*answer).into()),
            Err(problem) => resolver.reject(&from_problem(problem, None)),
        }
    }
}

impl Shell {
    /// Resolves with what came of it: a list, a file, an id, or whether something was
    /// restored or deleted.
    pub(super) fn command(&self, command: Command) -> Promise {
        let (promise, resolver) = Resolver::new();
        if let Some(resolver) = resolver {
            let request = self.keeping.requests.add(resolver);
            self.keep(Input::Command { request, command });
        }
        promise
    }

    /// Resolves with what is open, as a file.
    pub(super) fn export_open(&self) -> Promise {
        let (promise, resolver) = Resolver::new();
        let file = {
            let machine = self.machine.borrow();
            export::of_open(machine.tracker(), machine.saved_at(self.now()))
        };
        match (resolver, file) {
            (Some(resolver), Some(file)) => resolver.resolve(&Uint8Array::from(file.as_slice())),
            (Some(resolver), None) => resolver.reject(&from_problem(&export::nothing(), None)),
            (None, _) => {}
        }
        promise
    }

    pub(super) fn list(&self, request: u32, is_empty: bool) {
        if is_empty {
            return self.settle_with(request, async { Ok(Array::new().into()) });
        }
        let listed = self.keeping.store().map(|store| store.list());
        self.settle_with(request, async move { Ok(to_js(&listed?.await?)) });
    }

    pub(super) fn import(&self, request: u32, write: Rc<Write>) {
        let imported = self.keeping.store().map(|store| store.import(write));
        self.settle_with(request, async move { Ok(imported?.await?.into()) });
    }

    pub(super) fn exported(&self, request: u32, file: &[u8]) {
        if let Some(resolver) = self.keeping.requests.take(request) {
            resolver.resolve(&Uint8Array::from(file));
        }
    }

    fn settle_with(
        &self,
        request: u32,
        work: impl Future<Output = Result<JsValue, Fault>> + 'static,
    ) {
        let Some(resolver) = self.keeping.requests.take(request) else { return };
        spawn_local(async move {
            match work.await {
                Ok(value) => resolver.resolve(&value),
                Err(fault) => resolver.reject(&from_problem(&fault.problem(""), None)),
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
