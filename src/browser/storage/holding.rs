//! Holding the session, passing on to another one, and letting go.

use std::{mem, rc::Rc};

use wasm_bindgen::JsValue;

use crate::{
    browser::{
        page::is_hidden,
        promises::{spawn, spawn_fallible},
        values::set,
    },
    client::offer::WhyArchived,
    keeping::{claim::is_still_own, fault::Fault, lease},
};

use super::{
    locks::Lock,
    queries::For,
    rows::{set_archived, set_lease},
    store::{Own, Store},
    values::{now, number, text},
};

impl Store {
    /// Goes on under a new key. Gives the old session.
    fn rotate(self: &Rc<Self>) -> Own {
        let old = mem::replace(&mut *self.own.borrow_mut(), Own::new());
        let key = self.own.borrow().key.clone();
        let store = self.clone();
        let lock = self.lock(&key);
        spawn(async move {
            let lock = lock.await;
            let mut own = store.own.borrow_mut();
            if own.key == key && !store.suspended.get() && !store.ended.get() {
                own.lock = lock;
            }
        });
        old
    }

    /// The lock of a session, at once or not at all.
    pub(super) fn lock(&self, key: &str) -> impl Future<Output = Option<Lock>> + use<> {
        let lock = self.locks.as_ref().map(|locks| locks.take(key, None));
        async move { lock?.await }
    }

    /// Somebody else goes on with this session.
    pub(super) fn taken(self: &Rc<Self>) {
        self.rotate();
        let key = self.own.borrow().key.clone();
        self.tell_key(key);
        self.tell(Fault::Taken);
    }

    /// Archives the session, and gives the key under which this client goes on.
    pub fn archive(self: &Rc<Self>, why: WhyArchived) -> String {
        self.leave(Some(why))
    }

    /// The same for a session that is damaged: it is marked so, and never offered again.
    pub fn mark_damaged(self: &Rc<Self>) -> String {
        self.leave(None)
    }

    fn leave(self: &Rc<Self>, why: Option<WhyArchived>) -> String {
        let old = self.rotate();
        let mut under_way = None;
        if let (Some(row), Some(connection)) = (&old.row, self.connected()) {
            set_archived(row, why, now());
            if let Ok(work) = connection.write() {
                let put = work.put_row(&old.key, row);
                under_way = Some(work.ending(put));
            }
        }
        // In turn: what is asked of the archive from now on finds it there.
        let (store, turn) = (self.clone(), self.turn());
        let rest = async move {
            let _turn = turn.await?;
            let Some(under_way) = under_way else { return Ok(()) };
            under_way.await?;
            let address = old.row.as_ref().and_then(|row| text(row, "address"));
            // Its lock is given up now, and not before: nobody may find it alive.
            drop(old);
            store.tidy(address.unwrap_or_default()).await
        };
        // What exceeds the bounds now is deleted by the next client.
        spawn_fallible(rest);
        self.own.borrow().key.clone()
    }

    /// Gives up the lease, blindly: the page may not live to see an answer.
    pub(super) fn give_up_lease(&self) {
        let mut own = self.own.borrow_mut();
        own.until = 0.0;
        if self.locks.is_none()
            && let (Some(row), Some(connection)) = (&own.row, self.connected())
            && let Ok(work) = connection.write()
        {
            set(row, "lease", &JsValue::NULL);
            // The page may be gone before the end.
            let put = work.put_row(&own.key, row);
            drop(work.ending(put));
        }
    }

    /// The client is closed: what is under way ends, then the session is free.
    pub fn release(self: &Rc<Self>) -> impl Future<Output = ()> + use<> {
        self.end();
        let store = self.clone();
        async move {
            let archiving = store.archiving.borrow().clone();
            let _ = archiving.await;
            if let Some(connection) = store.connected() {
                // Comes after everything that was begun before.
                if let Ok(work) = connection.read() {
                    let _ = work.ending(Ok(())).await;
                }
            }
            store.own.borrow_mut().lock = None;
            store.disconnect();
        }
    }

    /// What has to happen at once when the client is closed.
    fn end(&self) {
        if self.ended.replace(true) {
            return;
        }
        self.heartbeat.replace(None);
        if let Some(patience) = self.patience.take() {
            patience.abort();
        }
        self.give_up_lease();
    }

    /// The page may be suspended: the session is given up.
    pub fn suspend(&self) {
        if !self.suspended.replace(true) {
            self.give_up_lease();
            self.own.borrow_mut().lock = None;
        }
    }

    /// The page is back.
    pub async fn wake(self: &Rc<Self>) -> Result<(), Fault> {
        if !self.suspended.replace(false) || self.ended.get() {
            return Ok(());
        }
        let key = self.own.borrow().key.clone();
        if self.locks.is_some() {
            let Some(lock) = self.lock(&key).await else {
                self.taken();
                return Ok(());
            };
            let mut own = self.own.borrow_mut();
            if own.key == key && !self.suspended.get() && !self.ended.get() {
                own.lock = Some(lock);
            }
        }
        // The client has been told what went wrong.
        let _ = self.renew().await;
        Ok(())
    }

    /// Looks whether the session is still this client's, and renews its lease.
    pub(super) async fn renew(self: &Rc<Self>) -> Result<(), Fault> {
        let (key, known) = {
            let own = self.own.borrow();
            match &own.row {
                Some(row) if own.stored => (own.key.clone(), number(row, "savedAt")),
                Some(_) | None => return Ok(()),
            }
        };
        if self.suspended.get() {
            return Ok(());
        }
        let mut is_mine = false;
        let mut until = 0.0;
        let session = self
            .session(&key, false, For::Writing, &mut |work, session| {
                is_mine = is_still_own(&session.said, &self.user, &self.owner, known, now());
                until = lease::until(now(), is_hidden());
                if is_mine && self.locks.is_none() && !self.suspended.get() {
                    set_lease(&session.value, &self.owner, until);
                    work.put_row(&key, &session.value)?;
                }
                Ok(())
            })
            .await?;
        {
            let mut own = self.own.borrow_mut();
            if own.key != key || !own.stored {
                return Ok(());
            }
            if is_mine {
                own.until = until;
                return Ok(());
            }
        }
        if session.value.is_undefined() {
            self.vanished();
        } else {
            self.taken();
        }
        Err(Fault::Taken)
    }
}
