//! Writing the session.

use std::{pin::Pin, rc::Rc};

use idb::Query;
use web_sys::IdbRequest;

use crate::{
    browser::page::is_hidden,
    keeping::{
        fault::Fault,
        lease,
        session::{Contents, Write},
    },
};

use super::{
    database::Connection,
    rows::{live, set_lease},
    store::{Own, Store},
    transaction::{Work, fault, result},
    values::now,
};

/// A write on its way.
struct Issued {
    end: Pin<Box<dyn Future<Output = Result<(), Fault>>>>,
    /// Asks whether the row was there before, if it should have been.
    before: Option<IdbRequest>,
}

impl Store {
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
    pub fn write(
        self: &Rc<Self>,
        write: Rc<Write>,
    ) -> impl Future<Output = Result<(), Fault>> + use<> {
        let key = self.own.borrow().key.clone();
        let issued = match self.connected() {
            Some(connection) if self.waiting.get() == 0 && self.holds() => {
                Some(self.issue(&connection, &write))
            }
            Some(_) | None => {
                self.waiting.set(self.waiting.get() + 1);
                None
            }
        };
        let store = self.clone();
        async move {
            let issued = if let Some(issued) = issued {
                issued
            } else {
                let issued = store.issue_later(&key, &write).await;
                store.waiting.set(store.waiting.get() - 1);
                issued
            };
            store.finish(&key, issued?).await
        }
    }

    async fn issue_later(self: &Rc<Self>, key: &str, write: &Write) -> Result<Issued, Fault> {
        let connection = self.connect().await?;
        if !self.holds() {
            self.renew().await?;
        }
        if self.own.borrow().key != key {
            return Err(Fault::Taken);
        }
        self.issue(&connection, write)
    }

    fn issue(&self, connection: &Connection, write: &Write) -> Result<Issued, Fault> {
        if self.ended.get() {
            return Err(Fault::Failed);
        }
        let work = connection.write()?;
        let filled = self.fill(&work, &mut self.own.borrow_mut(), write);
        let (before, asked) = match filled {
            Ok(before) => (before, Ok(())),
            Err(fault) => (None, Err(fault)),
        };
        Ok(Issued { end: Box::pin(work.ending(asked)), before })
    }

    fn fill(&self, work: &Work, own: &mut Own, write: &Write) -> Result<Option<IdbRequest>, Fault> {
        let before = if own.stored {
            Some(work.sessions.get_key(Query::Key(own.key.as_str().into())).map_err(fault)?.into())
        } else {
            None
        };
        if own.stale {
            work.delete_records(&own.key)?;
        }
        if write.contents.as_ref().is_some_and(Contents::is_empty) {
            work.delete(&own.key)?;
            own.row = None;
            own.stored = false;
        } else {
            if let Some(contents) = &write.contents {
                let row = live(&self.user, write, contents);
                let until = lease::until(now(), is_hidden());
                if self.locks.is_none() && !self.suspended.get() {
                    set_lease(&row, &self.owner, until);
                }
                work.put_row(&own.key, &row)?;
                own.row = Some(row);
                own.until = until;
            }
            work.put_records(&own.key, &write.records)?;
        }
        own.stale = false;
        Ok(before)
    }

    async fn finish(self: &Rc<Self>, key: &str, issued: Issued) -> Result<(), Fault> {
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
        Ok(())
    }
}
