//! The archive: what is listed, loaded, deleted, and kept in bounds.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::{
    browser::promises::{Deferred, call},
    keeping::{
        archive::archived,
        fault::Fault,
        row::{Row, State, is_key},
        session::Stored,
    },
};

use super::{
    queries::For,
    rows::stored,
    store::Store,
    tidying::Tidying,
    values::{array, text},
};

/// One archived session.
#[derive(Clone, Debug)]
pub struct ArchiveEntry {
    /// Its key.
    pub id: String,
    /// Why it was archived.
    pub why: String,
    /// Epoch milliseconds.
    pub archived_at: f64,
    /// Epoch milliseconds.
    pub saved_at: f64,
    /// Of its records.
    pub bytes: f64,
    /// As they were when it was saved.
    pub images: Array,
    /// As they were when it was saved.
    pub catalogs: Array,
}

impl Store {
    /// Work on the archive, after all that was begun before.
    pub(super) fn in_turn<T, W: Future<Output = Result<T, Fault>>>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T, Fault>> + use<T, W> {
        let over = Deferred::new();
        let before = self.archiving.replace(over.promise);
        let has_ended = self.ended.get();
        async move {
            let _ = before.await;
            let done = if has_ended { Err(Fault::Failed) } else { work.await };
            call(&over.resolve, &JsValue::UNDEFINED);
            done
        }
    }

    /// What is archived for a backend, newest first.
    pub fn list(
        self: &Rc<Self>,
        address: &str,
    ) -> impl Future<Output = Result<Vec<ArchiveEntry>, Fault>> + use<> {
        let (store, address) = (self.clone(), address.to_owned());
        self.in_turn(async move {
            let rows = store.rows(For::Reading, &mut |_, _| Ok(())).await?;
            let entry = |row: &Row| {
                let at = (0..).zip(&rows.said).find(|(_, other)| other.key == row.key);
                let value = at.map_or(JsValue::UNDEFINED, |(at, _)| rows.values.get(at));
                ArchiveEntry {
                    id: row.key.clone(),
                    why: text(&value, "why").unwrap_or_default(),
                    archived_at: row.archived_at,
                    saved_at: row.saved_at,
                    bytes: row.bytes.unwrap_or_default(),
                    images: array(&value, "images"),
                    catalogs: array(&value, "catalogs"),
                }
            };
            Ok(archived(&rows.said, &address, &store.user).into_iter().map(entry).collect())
        })
    }

    /// An archived session; `None` if there is none of this id.
    pub fn load(
        self: &Rc<Self>,
        id: &str,
    ) -> impl Future<Output = Result<Option<Stored>, Fault>> + use<> {
        let (store, id) = (self.clone(), id.to_owned());
        self.in_turn(async move {
            if !is_key(&id) {
                return Ok(None);
            }
            let session = store.session(&id, true, For::Reading, &mut |_, _| Ok(())).await?;
            let is_archived = session.said.state == State::Archived;
            let is_ours = is_archived && session.said.user == store.user;
            Ok(is_ours.then(|| stored(&session)))
        })
    }

    /// Deletes one of a backend's archived sessions, or without an id all of
    /// them. False: there is none of this id.
    pub fn remove(
        self: &Rc<Self>,
        address: &str,
        id: Option<String>,
    ) -> impl Future<Output = Result<bool, Fault>> + use<> {
        let (store, address) = (self.clone(), address.to_owned());
        self.in_turn(async move {
            let mut found = id.is_none();
            let user = &store.user;
            store
                .rows(For::Writing, &mut |work, rows| {
                    for row in archived(&rows.said, &address, user) {
                        if id.as_ref().is_none_or(|id| *id == row.key) {
                            work.delete(&row.key)?;
                            found = true;
                        }
                    }
                    Ok(())
                })
                .await?;
            Ok(found)
        })
    }

    /// Deletes everything of this backend and user, whoever works with it.
    pub fn forget(
        self: &Rc<Self>,
        address: &str,
    ) -> impl Future<Output = Result<(), Fault>> + use<> {
        let (store, address) = (self.clone(), address.to_owned());
        self.in_turn(async move {
            store
                .rows(For::Writing, &mut |work, rows| {
                    let mut own = store.own.borrow_mut();
                    for row in rows.said.iter().filter(|row| row.is_of(&address, &store.user)) {
                        work.delete(&row.key)?;
                        if row.key == own.key {
                            own.row = None;
                            own.stored = false;
                        }
                    }
                    Ok(())
                })
                .await?;
            Ok(())
        })
    }

    /// Keeps the archive in its bounds and the database clean.
    pub(super) async fn tidy(self: &Rc<Self>, address: String) -> Result<(), Fault> {
        let mut tidying = Tidying::new(self, address);
        // What is expired now is counted next, and then may be too much.
        for _ in 0..3 {
            if !tidying.step().await? {
                break;
            }
        }
        Ok(())
    }
}
