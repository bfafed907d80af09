//! Which stored session this client goes on with.

use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;
use web_sys::AbortController;

use crate::keeping::{
    choice,
    fault::Fault,
    lease::{self, Lease, Wait},
    row::{State, is_key},
};

use super::{
    locks::{Lock, lock_name},
    page::is_hidden,
    queries::For,
    rows::set_lease,
    tab::{Own, Tab},
    values::{Deferred, after, now, number, patience, set, set_number, set_text},
    voice::Voice,
};

/// How long a reloaded page waits for the end of its predecessor, which may
/// overlap with its own beginning. A tab that lives says so much sooner.
const OVERLAP: u32 = 5_000;

/// What became of asking for a session.
enum Outcome {
    /// A living tab has it.
    Busy,
    /// There is none under this key that this client could go on with.
    Missing,
    /// It is this client's now; this is what the client gets to know.
    Found(JsValue),
}

impl Tab {
    /// Finds the session to go on with. What an earlier claim had is given up.
    pub(super) async fn claim(
        self: &Rc<Self>,
        address: &str,
        key: Option<String>,
    ) -> Result<JsValue, Fault> {
        self.connect().await?;
        self.give_up_lease();
        self.own.replace(Own::new());
        let mut found = self.find(address, key).await?;
        if found.is_undefined() {
            let new = self.own.borrow().key.clone();
            if self.own.borrow().lock.is_none() {
                let lock = self.lock(&new).await;
                self.own.borrow_mut().lock = lock;
            }
            found = claimed(&new, &JsValue::NULL, &JsValue::UNDEFINED, &Array::new());
        }
        if self.ended.get() {
            self.own.borrow_mut().lock = None;
            return Err(Fault::Failed);
        }
        Ok(found)
    }

    async fn find(self: &Rc<Self>, address: &str, key: Option<String>) -> Result<JsValue, Fault> {
        if let Some(key) = key.filter(|key| is_key(key)) {
            match self.take(address, &key, true).await? {
                Outcome::Found(found) => return Ok(found),
                Outcome::Busy => return Ok(JsValue::UNDEFINED),
                Outcome::Missing => {}
            }
        }
        let rows = self.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        for row in choice::offered(&rows, address, &self.user, now()) {
            if let Outcome::Found(found) = self.take(address, &row.key, false).await? {
                return Ok(found);
            }
        }
        Ok(JsValue::UNDEFINED)
    }

    /// Asks for one session: the one of before a reload, or one that a tab left.
    async fn take(
        self: &Rc<Self>,
        address: &str,
        key: &str,
        is_reload: bool,
    ) -> Result<Outcome, Fault> {
        let mut lock = self.lock(key).await;
        if lock.is_none() && is_reload {
            lock = self.wait_for_lock(key).await;
        }
        let by_lease = self.locks.is_none();
        if lock.is_none() && !by_lease {
            return Ok(Outcome::Busy);
        }
        let since = now();
        let mut first: Option<Lease> = None;
        loop {
            let until = lease::until(now(), is_hidden());
            let (mut is_own, mut is_mine) = (false, false);
            // Looked at again: it may have been put away since the rows were read.
            let what = if by_lease { For::Writing } else { For::Reading };
            let session = self
                .session(key, true, what, &mut |work, session| {
                    let row = &session.said;
                    is_own = choice::is_own(row, address, &self.user) && !self.ended.get();
                    is_mine = is_own && lease::is_free(row.lease.as_ref(), &self.owner, now());
                    if is_mine && by_lease {
                        // Nobody else can do the same before this is written.
                        set_lease(&session.value, &self.owner, until);
                        work.put_row(key, &session.value)?;
                    }
                    Ok(())
                })
                .await?;
            if is_mine {
                let reason = if is_reload { "page-reloaded" } else { "tab-closed" };
                let found = claimed(key, &reason.into(), &session.value, &session.records);
                let (key, row) = (key.to_owned(), Some(session.value));
                self.own.replace(Own { key, row, stored: true, stale: false, lock, until });
                return Ok(Outcome::Found(found));
            }
            if is_reload && session.value.is_undefined() && !by_lease {
                // Nothing is stored under this key, and nobody else has it.
                let mut own = self.own.borrow_mut();
                key.clone_into(&mut own.key);
                own.lock = lock;
                return Ok(Outcome::Missing);
            }
            if is_reload && session.said.state == State::Unreadable && session.value.is_truthy() {
                self.tell(Fault::Unreadable);
            }
            let Some(lease) = session.said.lease.filter(|_| is_own && by_lease) else {
                return Ok(Outcome::Missing);
            };
            let first = first.get_or_insert_with(|| lease.clone());
            match lease::wait(first, &lease, since, now()) {
                Wait::Look(milliseconds) if is_reload => pause(milliseconds).await,
                Wait::Look(_) | Wait::Living => return Ok(Outcome::Busy),
            }
        }
    }

    async fn wait_for_lock(&self, key: &str) -> Option<Lock> {
        let locks = self.locks.as_ref().filter(|_| !self.ended.get())?;
        let waiting = AbortController::new().ok()?;
        self.patience.replace(Some(waiting.clone()));
        let lock = locks.take(key, Some(&waiting.signal()));
        let lives = waiting.clone();
        let _voice = Voice::asking(&lock_name(key), move || lives.abort());
        let _patience = patience(OVERLAP, move || waiting.abort());
        let lock = lock.await;
        self.patience.take();
        lock
    }
}

/// What the client gets to know.
fn claimed(key: &str, reason: &JsValue, row: &JsValue, records: &JsValue) -> JsValue {
    let claimed: JsValue = Object::new().into();
    set_text(&claimed, "key", key);
    set(&claimed, "reason", reason);
    set_number(&claimed, "sessionId", number(row, "sessionId").unwrap_or_default());
    set_number(&claimed, "savedAt", number(row, "savedAt").unwrap_or_default());
    set(&claimed, "records", records);
    claimed
}

async fn pause(milliseconds: f64) {
    let over = Deferred::new();
    let _timer = after(milliseconds, over.resolve);
    let _ = over.promise.await;
}
