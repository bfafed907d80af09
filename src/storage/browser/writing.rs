//! Writing the session.

use std::rc::Rc;

use idb::Query;
use js_sys::{Array, JsString, Object};
use wasm_bindgen::JsValue;
use web_sys::IdbRequest;

use crate::storage::{fault::Fault, lease, row::State};

use super::{
    database::Connection,
    page::is_hidden,
    rows::{set_lease, set_state},
    tab::{Own, Tab},
    transaction::{Work, fault, result},
    values::{now, set},
};

/// One call of `write`.
pub(super) struct Change {
    pub(super) address: String,
    pub(super) session_id: f64,
    pub(super) saved_at: f64,
    pub(super) images: Array,
    pub(super) catalogs: Array,
    pub(super) names: Array,
    pub(super) values: Array,
}

/// A write on its way.
struct Issued {
    work: Work,
    key: String,
    /// Asks whether the row was there before, if it should have been.
    before: Option<IdbRequest>,
}

impl Tab {
    /// May a write go out without asking whose the session is?
    fn holds(&self) -> bool {
        let own = self.own.borrow();
        self.locks.is_some()
            || self.suspended.get()
            || !own.stored
            || lease::holds(own.until, now())
    }

    /// Writes a change. All of it is asked for before this returns, if the
    /// database is open.
    pub(super) fn write(
        self: &Rc<Self>,
        change: Change,
    ) -> impl Future<Output = Result<(), Fault>> + use<> {
        let issued = match self.connected() {
            Some(connection) if self.waiting.get() == 0 && self.holds() => {
                Ok(self.issue(&connection, &change))
            }
            Some(_) | None => Err((self.own.borrow().key.clone(), change)),
        };
        if issued.is_err() {
            self.waiting.set(self.waiting.get() + 1);
        }
        let tab = self.clone();
        async move {
            let issued = match issued {
                Ok(issued) => issued,
                Err((key, change)) => {
                    let issued = tab.issue_later(&key, &change).await;
                    tab.waiting.set(tab.waiting.get() - 1);
                    issued
                }
            };
            tab.finish(issued?).await
        }
    }

    async fn issue_later(self: &Rc<Self>, key: &str, change: &Change) -> Result<Issued, Fault> {
        let connection = self.connect().await?;
        if !self.holds() {
            self.renew().await?;
        }
        if self.own.borrow().key != key {
            return Err(Fault::Taken);
        }
        self.issue(&connection, change)
    }

    fn issue(&self, connection: &Connection, change: &Change) -> Result<Issued, Fault> {
        if self.ended.get() {
            return Err(Fault::Failed);
        }
        let work = connection.write()?;
        let mut own = self.own.borrow_mut();
        match self.fill(&work, &mut own, change) {
            Ok(before) => {
                work.commit();
                Ok(Issued { work, key: own.key.clone(), before })
            }
            Err(fault) => {
                work.abort();
                Err(fault)
            }
        }
    }

    fn fill(
        &self,
        work: &Work,
        own: &mut Own,
        change: &Change,
    ) -> Result<Option<IdbRequest>, Fault> {
        let before = if own.stored {
            Some(work.sessions.get_key(Query::Key(own.key.as_str().into())).map_err(fault)?.into())
        } else {
            None
        };
        if own.stale {
            work.delete_records(&own.key)?;
        }
        if change.images.length() + change.catalogs.length() == 0 {
            work.delete(&own.key)?;
            own.row = None;
            own.stored = false;
        } else {
            let until = lease::until(now(), is_hidden());
            let row = self.row(change, until);
            work.put_row(&own.key, &row)?;
            let prefix = JsString::from(own.key.clone() + "/");
            for (name, value) in change.names.iter().zip(change.values.iter()) {
                let key = prefix.concat(&name).into();
                if value.is_null() {
                    work.records.delete(Query::Key(key)).map_err(fault)?;
                } else {
                    work.records.put(&value, Some(&key)).map_err(fault)?;
                }
            }
            own.row = Some(row);
            own.until = until;
        }
        own.stale = false;
        Ok(before)
    }

    fn row(&self, change: &Change, until: f64) -> JsValue {
        let row = Object::new().into();
        set(&row, "address", &change.address.as_str().into());
        set(&row, "user", &self.user.as_str().into());
        set(&row, "sessionId", &change.session_id.into());
        set(&row, "savedAt", &change.saved_at.into());
        set(&row, "images", &change.images);
        set(&row, "catalogs", &change.catalogs);
        set_state(&row, State::Live, None, 0.0);
        if self.locks.is_none() && !self.suspended.get() {
            set_lease(&row, &self.owner, until);
        }
        row
    }

    async fn finish(self: &Rc<Self>, issued: Issued) -> Result<(), Fault> {
        let Issued { work, key, before } = issued;
        let done = work.done().await;
        let vanished = match before {
            Some(before) if done.is_ok() => result(&before)?.is_undefined(),
            Some(_) | None => false,
        };
        {
            let mut own = self.own.borrow_mut();
            if own.key != key {
                return done;
            }
            if done.is_ok() {
                own.stored = own.row.is_some() && !vanished;
            } else if !own.stored {
                own.row = None;
                own.stale = true;
            }
        }
        if !vanished {
            return done;
        }
        self.vanished();
        Err(Fault::Gone)
    }
}
