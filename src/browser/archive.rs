//! The archive, as a viewer asks for it.

use std::cell::RefCell;

use js_sys::{Array, Promise};

use crate::{
    client::{Problem, offer::Kept},
    keeping::keeper::{Command, Input},
};

use super::{error::from_problem, promises::{Resolver, spawn}, shell::Shell, values::to_js};

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
    /// Resolves with what came of it: a list, or whether something was restored or
    /// deleted.
    pub(super) fn command(&self, command: Command) -> Promise {
        let (promise, resolver) = Resolver::new();
        if let Some(resolver) = resolver {
            let request = self.keeping.requests.add(resolver);
            self.keep(Input::Command { request, command });
        }
        promise
    }

    pub(super) fn list(&self, request: u32, address: Option<String>) {
        let Some(resolver) = self.keeping.requests.take(request) else { return };
        let Some(address) = address else { return resolver.resolve(&Array::new()) };
        let listed = self.keeping.store().map(|store| store.list(&address));
        spawn(async move {
            let entries = match listed {
                Ok(listed) => listed.await,
                Err(fault) => Err(fault),
            };
            match entries {
                Ok(entries) => resolver.resolve(&to_js(&entries)),
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
