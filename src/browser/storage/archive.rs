//! The archive: what is listed, loaded, deleted, and kept in bounds.

use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::JsValue;

use crate::{
    browser::promises::{Deferred, call},
    client::offer::WhyArchived,
    keeping::{
        archive::{archived, is_reachable, reachable},
        choice::offered,
        fault::Fault,
        keeper::{LoadTo, Removal},
        lease,
        row::{Row, State, is_key},
        session::{Holder, Stored, Write},
    },
};

use super::{
    queries::{For, Rows, Session},
    rows::{live, set_archived, stored},
    store::Store,
    tidying::Tidying,
    transaction::Work,
    values::{array, now, text, unique},
};

/// One archived session.
#[derive(Clone, Debug)]
pub struct ArchiveEntry {
    /// Its key.
    pub id: String,
    /// The backend's address, without query.
    pub address: String,
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

/// A turn at the archive. The next one's begins when it is dropped.
pub(super) struct Turn {
    over: Function,
}

impl Drop for Turn {
    fn drop(&mut self) {
        call(&self.over, &JsValue::UNDEFINED);
    }
}

impl Store {
    /// A turn at the archive, after all that was begun before this returns.
    pub(super) fn turn(&self) -> impl Future<Output = Result<Turn, Fault>> + use<> {
        let Deferred { promise, resolve, .. } = Deferred::new();
        let before = self.archiving.replace(promise);
        let turn = Turn { over: resolve };
        let has_ended = self.ended.get();
        async move {
            let _ = before.await;
            if has_ended { Err(Fault::Failed) } else { Ok(turn) }
        }
    }

    /// What this user can bring back, newest first, of all backends: what is
    /// archived, what closed tabs have left, and what other tabs have.
    pub fn list(self: &Rc<Self>) -> impl Future<Output = Result<Vec<ArchiveEntry>, Fault>> + use<> {
        let (store, turn) = (self.clone(), self.turn());
        async move {
            let _turn = turn.await?;
            let rows = store.rows(For::Reading, &mut |_, _| Ok(())).await?;
            let mut entries = Vec::new();
            for row in reachable(&rows.said, &store.user, &store.own_key()) {
                let is_live = row.state == State::Live;
                let is_open = is_live && !store.is_left(row).await;
                let at = (0..).zip(&rows.said).find(|(_, other)| other.key == row.key);
                let value = at.map_or(JsValue::UNDEFINED, |(at, _)| rows.values.get(at));
                let why = if is_open {
                    Some("open".into())
                } else if is_live {
                    Some(WhyArchived::Closed.name().into())
                } else {
                    text(&value, "why")
                };
                entries.push(ArchiveEntry {
                    id: row.key.clone(),
                    address: row.address.clone(),
                    why: why.unwrap_or_default(),
                    archived_at: if is_live { row.saved_at } else { row.archived_at },
                    saved_at: row.saved_at,
                    bytes: row.bytes.unwrap_or_default(),
                    images: array(&value, "images"),
                    catalogs: array(&value, "catalogs"),
                });
            }
            Ok(entries)
        }
    }

    /// A session that [`list`](Self::list) tells of; `None` if there is none of this
    /// id. To be restored, what a closed tab has left goes to the archive. What another
    /// tab has stays as it is.
    pub fn load(
        self: &Rc<Self>,
        id: &str,
        to: LoadTo,
    ) -> impl Future<Output = Result<Option<(Holder, Stored)>, Fault>> + use<> {
        let (store, id, turn) = (self.clone(), id.to_owned(), self.turn());
        async move {
            let _turn = turn.await?;
            let session = store
                .reach(&id, true, &mut |work, session, holder| {
                    if session.said.state == State::Archived
                        || to == LoadTo::Export
                        || holder == Holder::OtherTab
                    {
                        return Ok(());
                    }
                    set_archived(&session.value, Some(WhyArchived::Closed), now());
                    work.put_row(&id, &session.value)
                })
                .await?;
            Ok(session.map(|(holder, session)| (holder, stored(&session))))
        }
    }

    /// Adds a workspace to the archive, which is then kept in its bounds. Its id.
    pub fn import(
        self: &Rc<Self>,
        write: Rc<Write>,
    ) -> impl Future<Output = Result<String, Fault>> + use<> {
        let (store, turn) = (self.clone(), self.turn());
        async move {
            let _turn = turn.await?;
            let key = unique();
            let row = live(&store.user, &write, &write.contents.clone().unwrap_or_default());
            set_archived(&row, Some(WhyArchived::Imported), now());
            let work = store.connect().await?.write()?;
            let asked =
                work.put_row(&key, &row).and_then(|()| work.put_records(&key, &write.records));
            work.ending(asked).await?;
            store.tidy(write.address.clone()).await?;
            Ok(key)
        }
    }

    /// Whether no living tab has the session of a row.
    async fn is_left(&self, row: &Row) -> bool {
        lease::is_free(row.lease.as_ref(), "", now())
            && (self.locks.is_none() || self.lock(&row.key).await.is_some())
    }

    /// Sessions of this backend that other tabs have, newest first.
    pub async fn of_other_tabs(self: &Rc<Self>, address: &str) -> Result<Vec<String>, Fault> {
        let rows = self.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        let own = self.own_key();
        let mut keys = Vec::new();
        for row in offered(&rows, address, &self.user, now()) {
            if row.key != own && !self.is_left(row).await {
                keys.push(row.key.clone());
            }
        }
        Ok(keys)
    }

    /// Reads a session that [`list`](Self::list) tells of, and then changes what has to
    /// be changed. `open_too`: also one that another tab has.
    async fn reach(
        self: &Rc<Self>,
        id: &str,
        open_too: bool,
        change: &mut dyn FnMut(&Work, &Session, Holder) -> Result<(), Fault>,
    ) -> Result<Option<(Holder, Session)>, Fault> {
        if !is_key(id) {
            return Ok(None);
        }
        // Cannot be waited for inside the transaction.
        let lock = self.lock(id).await;
        let is_free = lock.is_some() || self.locks.is_none();
        let mut found = None;
        let session = self
            .session(id, true, For::Writing, &mut |work, session| {
                let row = &session.said;
                let is_free = is_free && lease::is_free(row.lease.as_ref(), "", now());
                let nobodys = row.state == State::Archived || is_free;
                let holder = if nobodys { Holder::Nobody } else { Holder::OtherTab };
                if (nobodys || open_too) && is_reachable(row, &self.user, &self.own_key()) {
                    found = Some(holder);
                    return change(work, session, holder);
                }
                Ok(())
            })
            .await?;
        Ok(found.map(|holder| (holder, session)))
    }

    /// Deletes from what [`list`](Self::list) tells of. False: it is not there.
    pub fn remove(
        self: &Rc<Self>,
        what: Removal,
    ) -> impl Future<Output = Result<bool, Fault>> + use<> {
        let (store, turn) = (self.clone(), self.turn());
        async move {
            let _turn = turn.await?;
            match what {
                Removal::One(id) => {
                    let delete = &mut |work: &Work, _: &Session, _: Holder| work.delete(&id);
                    Ok(store.reach(&id, false, delete).await?.is_some())
                }
                Removal::AllOf(address) => {
                    let delete = &mut |work: &Work, rows: &Rows| {
                        let all = archived(&rows.said, &address, &store.user);
                        all.into_iter().try_for_each(|row| work.delete(&row.key))
                    };
                    store.rows(For::Writing, delete).await?;
                    Ok(true)
                }
            }
        }
    }

    /// Deletes everything of this backend and user, whoever works with it.
    pub fn forget(
        self: &Rc<Self>,
        address: &str,
    ) -> impl Future<Output = Result<(), Fault>> + use<> {
        let (store, address, turn) = (self.clone(), address.to_owned(), self.turn());
        async move {
            let _turn = turn.await?;
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
        }
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
