//! Holding the session, passing on to another one, and letting go.

use std::{mem, rc::Rc};

use js_sys::futures::spawn_local;
use wasm_bindgen::JsValue;

use crate::keeping::{
    choice,
    fault::Fault,
    lease,
    row::{State, Why},
};

use super::{
    locks::Lock,
    page::is_hidden,
    queries::For,
    rows::{set_lease, set_state},
    tab::{Own, Tab},
    values::{Task, call, now, number, set, text},
};

impl Tab {
    /// Goes on under a new key. Gives the old session.
    fn rotate(self: &Rc<Self>) -> Own {
        let old = mem::replace(&mut *self.own.borrow_mut(), Own::new());
        let key = self.own.borrow().key.clone();
        let tab = self.clone();
        let lock = self.lock(&key);
        spawn_local(async move {
            let lock = lock.await;
            let mut own = tab.own.borrow_mut();
            if own.key == key && !tab.suspended.get() && !tab.ended.get() {
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
        call(&self.key_changed, &key.into());
        self.tell(Fault::Taken);
    }

    /// Puts the session away, or aside if `why` is `None`. Gives the new key,
    /// and what remains to be done.
    pub(super) fn set_aside(self: &Rc<Self>, why: Option<Why>) -> (String, Task) {
        let old = self.rotate();
        let mut under_way = None;
        if let (Some(row), Some(connection)) = (&old.row, self.connected()) {
            let state = if why.is_some() { State::Archived } else { State::Damaged };
            set_state(row, state, why.map(Why::name), now());
            if let Ok(work) = connection.write() {
                let put = work.put_row(&old.key, row);
                under_way = Some(work.ending(put));
            }
        }
        let key = self.own.borrow().key.clone();
        let tab = self.clone();
        let rest = async move {
            let Some(under_way) = under_way else { return Ok(JsValue::UNDEFINED) };
            under_way.await?;
            let address = old.row.as_ref().and_then(|row| text(row, "address"));
            // Its lock is given up now, and not before: nobody may find it alive.
            drop(old);
            tab.tidy(address.unwrap_or_default()).await
        };
        (key, Box::pin(rest))
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
    pub(super) async fn release(self: Rc<Self>) -> Result<JsValue, Fault> {
        let archiving = self.archiving.borrow().clone();
        let _ = archiving.await;
        if let Some(connection) = self.connected() {
            // Comes after everything that was begun before.
            if let Ok(work) = connection.read() {
                let _ = work.ending(Ok(())).await;
            }
        }
        self.own.borrow_mut().lock = None;
        self.disconnect();
        Ok(JsValue::UNDEFINED)
    }

    /// What has to happen at once when the client is closed.
    pub(super) fn end(&self) {
        if self.ended.replace(true) {
            return;
        }
        self.page.replace(None);
        if let Some(patience) = self.patience.take() {
            patience.abort();
        }
        self.give_up_lease();
    }

    /// The page may be put aside: the session is given up.
    pub(super) fn suspend(&self) {
        if !self.suspended.replace(true) {
            self.give_up_lease();
            self.own.borrow_mut().lock = None;
        }
    }

    /// The page is back.
    pub(super) async fn wake(self: Rc<Self>) -> Result<JsValue, Fault> {
        if !self.suspended.replace(false) || self.ended.get() {
            return Ok(JsValue::UNDEFINED);
        }
        let key = self.own.borrow().key.clone();
        if self.locks.is_some() {
            let Some(lock) = self.lock(&key).await else {
                self.taken();
                return Ok(JsValue::UNDEFINED);
            };
            let mut own = self.own.borrow_mut();
            if own.key == key && !self.suspended.get() && !self.ended.get() {
                own.lock = Some(lock);
            }
        }
        // What went wrong, the client has been told.
        let _ = self.renew().await;
        Ok(JsValue::UNDEFINED)
    }

    /// Looks whether the session is still this client's, and renews its lease.
    pub(super) async fn renew(self: &Rc<Self>) -> Result<JsValue, Fault> {
        let (key, known) = {
            let own = self.own.borrow();
            match &own.row {
                Some(row) if own.stored => (own.key.clone(), number(row, "savedAt")),
                Some(_) | None => return Ok(JsValue::UNDEFINED),
            }
        };
        if self.suspended.get() {
            return Ok(JsValue::UNDEFINED);
        }
        let mut is_mine = false;
        let mut until = 0.0;
        let session = self
            .session(&key, false, For::Writing, &mut |work, session| {
                let row = &session.said;
                is_mine = choice::is_own(row, &row.address, &self.user)
                    && lease::is_free(row.lease.as_ref(), &self.owner, now())
                    // Or nobody has worked with it in between.
                    && (row.lease.as_ref().is_some_and(|lease| lease.owner == self.owner)
                        || known == Some(row.saved_at));
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
                return Ok(JsValue::UNDEFINED);
            }
            if is_mine {
                own.until = until;
                return Ok(JsValue::UNDEFINED);
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
