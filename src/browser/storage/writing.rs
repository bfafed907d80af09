//! Writing the session.

use std::{pin::Pin, rc::Rc};

use idb::Query;
use js_sys::{Array, JsString, Object};
use wasm_bindgen::JsValue;
use web_sys::IdbRequest;

use crate::keeping::{fault::Fault, lease, row::State};

use super::{
    database::Connection,
    page::is_hidden,
    rows::{set_lease, set_state},
    tab::{Own, Tab},
    transaction::{Work, fault, result},
    values::{Task, now, set, set_text},
};

/// One call of `write`.
pub(super) struct Change {
    pub(super) address: String,
    pub(super) session_id: JsValue,
    pub(super) saved_at: JsValue,
    /// Images and catalogs; `None`: the row stays as it is.
    pub(super) shown: Option<(Array, Array)>,
    pub(super) names: Array,
    pub(super) values: Array,
}

/// A write on its way.
struct Issued {
    end: Pin<Box<dyn Future<Output = Result<(), Fault>>>>,
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
    pub(super) fn write(self: &Rc<Self>, change: Change) -> Task {
        let key = self.own.borrow().key.clone();
        let issued = match self.connected() {
            Some(connection) if self.waiting.get() == 0 && self.holds() => {
                Some(self.issue(&connection, &change))
            }
            Some(_) | None => {
                self.waiting.set(self.waiting.get() + 1);
                None
            }
        };
        let tab = self.clone();
        Box::pin(async move {
            let issued = if let Some(issued) = issued {
                issued
            } else {
                let issued = tab.issue_later(&key, &change).await;
                tab.waiting.set(tab.waiting.get() - 1);
                issued
            };
            tab.finish(&key, issued?).await
        })
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
        let filled = self.fill(&work, &mut self.own.borrow_mut(), change);
        let (before, asked) = match filled {
            Ok(before) => (before, Ok(())),
            Err(fault) => (None, Err(fault)),
        };
        Ok(Issued { end: Box::pin(work.ending(asked)), before })
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
        let shown = change.shown.as_ref();
        if shown.is_some_and(|(images, catalogs)| images.length() + catalogs.length() == 0) {
            work.delete(&own.key)?;
            own.row = None;
            own.stored = false;
        } else {
            if let Some(shown) = shown {
                let until = lease::until(now(), is_hidden());
                let row = self.row(change, shown, until);
                work.put_row(&own.key, &row)?;
                own.row = Some(row);
                own.until = until;
            }
            let prefix = JsString::from(own.key.clone() + "/");
            for (name, value) in change.names.iter().zip(change.values.iter()) {
                let key = prefix.concat(&name).into();
                if value.is_null() {
                    work.records.delete(Query::Key(key)).map_err(fault)?;
                } else {
                    work.records.put(&value, Some(&key)).map_err(fault)?;
                }
            }
        }
        own.stale = false;
        Ok(before)
    }

    fn row(&self, change: &Change, (images, catalogs): &(Array, Array), until: f64) -> JsValue {
        let row = Object::new().into();
        set_text(&row, "address", &change.address);
        set_text(&row, "user", &self.user);
        set(&row, "sessionId", &change.session_id);
        set(&row, "savedAt", &change.saved_at);
        set(&row, "images", images);
        set(&row, "catalogs", catalogs);
        set_state(&row, State::Live, None, 0.0);
        if self.locks.is_none() && !self.suspended.get() {
            set_lease(&row, &self.owner, until);
        }
        row
    }

    async fn finish(self: &Rc<Self>, key: &str, issued: Issued) -> Result<JsValue, Fault> {
        let done = issued.end.await;
        let vanished = match issued.before {
            Some(before) if done.is_ok() => result(&before)?.is_undefined(),
            Some(_) | None => false,
        };
        {
            let mut own = self.own.borrow_mut();
            if own.key == key {
                if done.is_ok() {
                    own.stored = own.row.is_some() && !vanished;
                } else if !own.stored {
                    own.row = None;
                    own.stale = true;
                }
            } else if vanished {
                return Err(Fault::Gone);
            }
        }
        done?;
        if vanished {
            self.vanished();
            return Err(Fault::Gone);
        }
        Ok(JsValue::UNDEFINED)
    }
}
