//! The archive: what is listed, brought back, deleted, and kept in bounds.

use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

use crate::keeping::{
    archive::archived,
    fault::Fault,
    row::{State, is_key},
};

use super::{
    queries::For,
    tab::Tab,
    tidying::Tidying,
    values::{Deferred, Task, array, call, number, set, set_number, set_text, text},
};

impl Tab {
    /// A piece of work on the archive, after all that were begun before.
    pub(super) fn in_turn(&self, work: Task) -> Task {
        let over = Deferred::new();
        let before = self.archiving.replace(over.promise);
        let has_ended = self.ended.get();
        Box::pin(async move {
            let _ = before.await;
            let done = if has_ended { Err(Fault::Failed) } else { work.await };
            call(&over.resolve, &JsValue::UNDEFINED);
            done
        })
    }

    /// What is archived for a backend, newest first.
    pub(super) async fn list(self: Rc<Self>, address: String) -> Result<JsValue, Fault> {
        let rows = self.rows(For::Reading, &mut |_, _| Ok(())).await?;
        let entries = Array::new();
        for row in archived(&rows.said, &address, &self.user) {
            let at = (0..).zip(&rows.said).find(|(_, other)| other.key == row.key);
            let value = at.map_or(JsValue::UNDEFINED, |(at, _)| rows.values.get(at));
            let entry: JsValue = Object::new().into();
            set_text(&entry, "id", &row.key);
            set_text(&entry, "why", &text(&value, "why").unwrap_or_default());
            set_number(&entry, "archivedAt", row.archived_at);
            set_number(&entry, "savedAt", row.saved_at);
            set_number(&entry, "bytes", row.bytes.unwrap_or_default());
            set(&entry, "images", &array(&value, "images"));
            set(&entry, "catalogs", &array(&value, "catalogs"));
            entries.push(&entry);
        }
        Ok(entries.into())
    }

    /// An archived session; `undefined` if there is none of this id.
    pub(super) async fn load(self: Rc<Self>, id: String) -> Result<JsValue, Fault> {
        if !is_key(&id) {
            return Ok(JsValue::UNDEFINED);
        }
        let session = self.session(&id, true, For::Reading, &mut |_, _| Ok(())).await?;
        if session.said.state != State::Archived || session.said.user != self.user {
            return Ok(JsValue::UNDEFINED);
        }
        let loaded: JsValue = Object::new().into();
        set_number(&loaded, "savedAt", session.said.saved_at);
        set_number(&loaded, "sessionId", number(&session.value, "sessionId").unwrap_or_default());
        set(&loaded, "records", &session.records);
        Ok(loaded)
    }

    /// Deletes one of a backend's archived sessions, or all of them.
    pub(super) async fn remove(
        self: Rc<Self>,
        address: String,
        id: Option<String>,
    ) -> Result<JsValue, Fault> {
        let mut found = id.is_none();
        self.rows(For::Writing, &mut |work, rows| {
            for row in archived(&rows.said, &address, &self.user) {
                if id.as_ref().is_none_or(|id| *id == row.key) {
                    work.delete(&row.key)?;
                    found = true;
                }
            }
            Ok(())
        })
        .await?;
        Ok(found.into())
    }

    /// Deletes everything of a backend, whoever works with it.
    pub(super) async fn forget(self: Rc<Self>, address: String) -> Result<JsValue, Fault> {
        self.rows(For::Writing, &mut |work, rows| {
            let mut own = self.own.borrow_mut();
            for row in rows.said.iter().filter(|row| row.is_of(&address, &self.user)) {
                work.delete(&row.key)?;
                if row.key == own.key {
                    own.row = None;
                    own.stored = false;
                }
            }
            Ok(())
        })
        .await?;
        Ok(JsValue::UNDEFINED)
    }

    /// Keeps the archive in its bounds and the database clean.
    pub(super) async fn tidy(self: Rc<Self>, address: String) -> Result<JsValue, Fault> {
        let mut tidying = Tidying::new(&self, address);
        // What is expired now is counted next, and then may be too much.
        for _ in 0..3 {
            if !tidying.step().await? {
                break;
            }
        }
        Ok(JsValue::UNDEFINED)
    }
}
