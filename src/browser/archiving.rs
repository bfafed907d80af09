//! What goes to the archive, and comes back from it.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::client::{
    Problem,
    offer::{Aside, Reason},
};

use super::{
    error::from_problem,
    keeping::{kept, storage_failed, text},
    promises::{Resolver, settle},
    shell::Shell,
};

const ARCHIVED_DAMAGED: &str = "This workspace is damaged and cannot be restored. Delete it.";

impl Shell {
    /// What an earlier page stored gives way to this one's work.
    pub(super) fn supersede_kept(&self) {
        if self.keeping.take_unasked() {
            self.set_aside("superseded");
            self.note_rebuilding(None);
            self.start_over();
        }
    }

    /// A viewer was rebuilt from what an earlier page stored.
    pub(super) fn rebuilt(&self, whole: bool) {
        self.note_rebuilding(None);
        let key = self.keeping.kept_key.take();
        if let (true, Some(vault)) = (whole, self.keeping.vault()) {
            // What cannot be removed stays in the archive.
            if let Ok(removed) = vault.remove(&self.bare_address(), &key) {
                settle(&removed, |_| (), |_| ());
            }
        }
    }

    pub(super) fn note_rebuilding(&self, id: Option<&str>) {
        if let Some(vault) = self.keeping.vault() {
            vault.note_rebuilding(id);
        }
    }

    /// The workspace goes to the archive as it is stored.
    pub(super) fn aside(&self, why: Aside) {
        self.set_aside(match why {
            Aside::Declined => "declined",
            Aside::Superseded => "superseded",
        });
    }

    /// Asks whether to restore a workspace from the archive. Resolves with
    /// "declined", "part" or "whole".
    pub(super) fn restore_kept(&self, archived: &JsValue) -> Promise {
        let (promise, resolver) = Resolver::new();
        let Some(resolver) = resolver else { return promise };
        let Ok(kept) = kept(archived, Reason::Archive) else {
            resolver.reject(&from_problem(&storage_failed(ARCHIVED_DAMAGED, ""), None));
            return promise;
        };
        if let Err(problem) = self.machine.borrow_mut().restore(kept) {
            resolver.reject(&from_problem(&problem, None));
            return promise;
        }
        // One that is still asked about gives way.
        if let Some(earlier) = self.keeping.restoring.replace(Some(resolver)) {
            earlier.resolve(&"declined".into());
        }
        self.with(|_| ());
        promise
    }

    pub(super) fn restore_ended(&self, outcome: Result<&'static str, &Problem>) {
        let Some(resolver) = self.keeping.restoring.take() else { return };
        match outcome {
            Ok(outcome) => resolver.resolve(&outcome.into()),
            Err(problem) => resolver.reject(&from_problem(problem, None)),
        }
    }

    pub(super) fn set_aside(&self, why: &str) {
        if let Some(vault) = self.keeping.vault()
            && let Err(message) = vault.set_aside(why)
        {
            self.report_storage(&text(&message), "");
        }
    }
}
