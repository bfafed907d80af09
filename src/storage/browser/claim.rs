//! Which stored session this client goes on with.

use std::rc::Rc;

use js_sys::{Array, Function, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortController;

use crate::storage::{
    choice,
    fault::Fault,
    lease::{self, Lease, Wait},
    row::is_key,
};

use super::{
    locks::{Lock, lock_name},
    page::is_hidden,
    queries::{For, Session},
    rows::set_lease,
    tab::{Own, Tab},
    values::{Deferred, after, call, get, now, number, set},
    voice::Voice,
};

/// How long a reloaded page waits for the end of its predecessor, which may
/// overlap with its own beginning. A tab that lives says so much sooner.
const OVERLAP: f64 = 5_000.0;

/// What became of asking for a session.
enum Outcome {
    /// A living tab has it.
    Busy,
    /// There is none under this key that this client could go on with.
    Missing,
    /// Nothing is stored under this key, and it is this client's now.
    Vacant(Lock),
    Found(Found),
}

/// A session that is this client's now.
struct Found {
    session: Session,
    lock: Option<Lock>,
    until: f64,
}

/// What is found to go on with, and why; or else the key that is kept.
type Search = (Option<Found>, Option<&'static str>, Option<(String, Lock)>);

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
        let (found, reason, vacant) = self.find(address, key).await?;
        if self.ended.get() {
            return Err(Fault::Failed);
        }
        let (own, records) = if let Some(Found { session, lock, until }) = found {
            let (key, row) = (session.said.key, Some(session.value));
            (Own { key, row, stored: true, stale: false, lock, until }, session.records)
        } else if let Some((key, lock)) = vacant {
            (Own { key, lock: Some(lock), ..Own::new() }, Array::new().into())
        } else {
            let mut own = Own::new();
            own.lock = self.lock(&own.key).await;
            (own, Array::new().into())
        };
        let row = own.row.clone().unwrap_or_default();
        let result: JsValue = Object::new().into();
        set(&result, "key", &own.key.as_str().into());
        set(&result, "reason", &reason.map_or(JsValue::NULL, Into::into));
        set(&result, "sessionId", &number(&row, "sessionId").unwrap_or_default().into());
        set(&result, "savedAt", &number(&row, "savedAt").unwrap_or_default().into());
        set(&result, "records", &records);
        self.own.replace(own);
        Ok(result)
    }

    async fn find(self: &Rc<Self>, address: &str, key: Option<String>) -> Result<Search, Fault> {
        let mut vacant = None;
        if let Some(key) = key.filter(|key| is_key(key)) {
            match self.take(address, &key, true).await? {
                Outcome::Found(found) => return Ok((Some(found), Some("page-reloaded"), None)),
                Outcome::Busy => return Ok((None, None, None)),
                Outcome::Vacant(lock) => vacant = Some((key, lock)),
                Outcome::Missing => {}
            }
        }
        let rows = self.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        for row in choice::offered(&rows, address, &self.user, now()) {
            if let Outcome::Found(found) = self.take(address, &row.key, false).await? {
                return Ok((Some(found), Some("tab-closed"), None));
            }
        }
        Ok((None, None, vacant))
    }

    /// Asks for one session.
    async fn take(self: &Rc<Self>, address: &str, key: &str, wait: bool) -> Result<Outcome, Fault> {
        match self.locks {
            Some(_) => self.take_by_lock(address, key, wait).await,
            None => self.take_by_lease(address, key, wait).await,
        }
    }

    async fn take_by_lock(
        self: &Rc<Self>,
        address: &str,
        key: &str,
        wait: bool,
    ) -> Result<Outcome, Fault> {
        let mut lock = self.lock(key).await;
        if lock.is_none() && wait {
            lock = self.wait_for_lock(key).await;
        }
        let Some(lock) = lock else { return Ok(Outcome::Busy) };
        // Looked at again: it may have been put away since the rows were read.
        let session = self.session(key, true, For::Reading, &mut |_, _| Ok(())).await?;
        if session.value.is_undefined() {
            return Ok(Outcome::Vacant(lock));
        }
        if !choice::is_own(&session.said, address, &self.user) {
            return Ok(Outcome::Missing);
        }
        Ok(Outcome::Found(Found { session, lock: Some(lock), until: 0.0 }))
    }

    async fn wait_for_lock(&self, key: &str) -> Option<Lock> {
        let (locks, patience) = (self.locks.as_ref()?, self.patience.as_ref()?);
        if self.ended.get() {
            return None;
        }
        let waiting = AbortController::new().ok()?;
        let abort: Function = {
            let abort = get(&waiting, "abort").dyn_into::<Function>().ok()?;
            abort.bind0(&waiting)
        };
        let timer = after(OVERLAP, abort.clone());
        let lives = abort.clone();
        let voice = Voice::asking(&lock_name(key), move || call(&lives, &JsValue::UNDEFINED));
        patience.signal().set_onabort(Some(&abort));
        let lock = locks.take(key, Some(&waiting.signal())).await;
        patience.signal().set_onabort(None);
        drop((timer, voice));
        lock
    }

    async fn take_by_lease(
        self: &Rc<Self>,
        address: &str,
        key: &str,
        wait: bool,
    ) -> Result<Outcome, Fault> {
        let since = now();
        let mut first: Option<Lease> = None;
        loop {
            let until = lease::until(now(), is_hidden());
            let (mut is_own, mut taken) = (false, false);
            let session = self
                .session(key, true, For::Writing, &mut |work, session| {
                    let row = &session.said;
                    is_own = choice::is_own(row, address, &self.user);
                    taken = is_own
                        && !self.ended.get()
                        && lease::is_free(row.lease.as_ref(), &self.owner, now());
                    if taken {
                        // Nobody else can do the same before this is written.
                        set_lease(&session.value, &self.owner, until);
                        work.put_row(key, &session.value)?;
                    }
                    Ok(())
                })
                .await?;
            if taken {
                return Ok(Outcome::Found(Found { session, lock: None, until }));
            }
            let lease = match session.said.lease {
                Some(lease) if is_own && !self.ended.get() => lease,
                Some(_) | None => return Ok(Outcome::Missing),
            };
            let first = first.get_or_insert_with(|| lease.clone());
            match lease::wait(first, &lease, since, now()) {
                Wait::Look(milliseconds) if wait => pause(milliseconds).await,
                Wait::Look(_) | Wait::Living => return Ok(Outcome::Busy),
            }
        }
    }
}

async fn pause(milliseconds: f64) {
    let over = Deferred::new();
    let _timer = after(milliseconds, over.resolve);
    let _ = over.promise.await;
}
