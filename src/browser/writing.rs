//! Writing to the vault what has changed, in the keeper's time.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};

use super::{
    keeping::{TRIED_AGAIN, text},
    numbers::to_f64,
    promises::settle,
    shell::Shell,
    timer::after,
    values::to_js,
};

impl Shell {
    /// Something may have changed that is to be written.
    pub(super) fn keep_changes(&self) {
        if self.keeping.vault().is_none() {
            return;
        }
        let has_changes = self.machine.borrow().tracker().workspace().has_changes();
        if has_changes && self.drop_in().is_some() {
            self.supersede_kept();
        }
        let mut keeper = self.keeping.keeper.borrow_mut();
        if has_changes {
            keeper.changed(self.monotonic());
        }
        let mut timer = self.keeping.timer.borrow_mut();
        let (Some(deadline), true) = (keeper.deadline(), timer.is_none()) else { return };
        let delay = deadline.saturating_sub(self.monotonic());
        let fire = self.weakly(|shell, ()| {
            shell.keeping.timer.take();
            shell.flush();
        });
        *timer = Some(after(delay, move || fire(())));
    }

    /// Writes what has changed, at once.
    pub(super) fn flush(&self) {
        let Some(vault) = self.keeping.vault() else { return };
        self.keep_changes();
        let mut machine = self.machine.borrow_mut();
        let mut keeper = self.keeping.keeper.borrow_mut();
        let Some(batch) = keeper.take(machine.tracker_mut()) else { return };
        let (names, records) = (Array::new(), Array::new());
        for (name, record) in &batch.records {
            names.push(&name.into());
            records.push(&match record {
                Some(record) => Uint8Array::from(record.as_slice()).into(),
                None => JsValue::NULL,
            });
        }
        let workspace = machine.tracker().workspace();
        let written = vault.write(
            &self.address.borrow(),
            machine.session_id(),
            to_f64(machine.saved_at(self.now())),
            batch.summary.then(|| to_js(&workspace.offer_images()).unchecked_into()),
            batch.summary.then(|| to_js(&workspace.offer_catalogs()).unchecked_into()),
            &names,
            &records,
        );
        drop((machine, keeper));
        let number = batch.number;
        let done = self.weakly(move |shell, _: JsValue| {
            shell.keeping.keeper.borrow_mut().written(number);
        });
        let failed = self.weakly(|shell, message: JsValue| shell.write_failed(&message));
        match written {
            Ok(written) => settle(&written, done, failed),
            Err(message) => self.write_failed(&message),
        }
    }

    fn write_failed(&self, message: &JsValue) {
        let now = self.monotonic();
        let is_news = self.keeping.keeper.borrow_mut().failed(now);
        if is_news && self.keeping.vault().is_some() {
            self.report_storage(&text(message), TRIED_AGAIN);
        }
        self.keep_changes();
    }

    /// The stored session has nothing of the workspace yet.
    pub(super) fn start_over(&self) {
        let now = self.monotonic();
        let mut machine = self.machine.borrow_mut();
        self.keeping.keeper.borrow_mut().start_over(now, machine.tracker_mut());
        drop(machine);
        self.keep_changes();
    }

    /// The session id is written with the workspace too.
    pub(super) fn session_changed(&self) {
        if !self.machine.borrow().tracker().workspace().is_empty() {
            self.keeping.keeper.borrow_mut().summary_changed(self.monotonic());
        }
    }
}
