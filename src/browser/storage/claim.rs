//! Which stored session this client goes on with.

use std::rc::Rc;

use web_sys::AbortController;

use crate::{
    browser::{
        page::is_hidden,
        promises::{Deferred, spawn_fallible},
    },
    client::offer::Reason,
    keeping::{
        choice,
        claim::{Claimant, Verdict},
        fault::Fault,
        lease,
        row::is_key,
        session::{Claim, Found},
    },
};

use super::{
    locks::{Lock, lock_name},
    presence::asking,
    queries::For,
    rows::{set_lease, stored},
    store::{Own, Store},
    values::{after, now, patience},
};

/// How long a reloaded page waits for the end of its predecessor, which may
/// overlap with its own beginning. A tab that lives says so much sooner.
const OVERLAP: u32 = 5_000;

/// What became of asking for a session.
enum Outcome {
    /// A living tab has it.
    Taken,
    /// There is none under this key that this client could go on with.
    NotThere,
    /// It is this client's now.
    Granted(Claim),
}

impl Store {
    /// Finds the session to go on with: the one of this key, or one that a closed
    /// tab left, or a new one. What an earlier claim had is given up. Afterwards
    /// the archive is kept in its bounds.
    pub async fn claim(
        self: &Rc<Self>,
        address: &str,
        key: Option<String>,
    ) -> Result<Claim, Fault> {
        let claimed = self.find_session(address, key).await;
        let (store, address, turn) = (self.clone(), address.to_owned(), self.turn());
        // What exceeds the bounds now is deleted by the next client.
        spawn_fallible(async move {
            let _turn = turn.await?;
            store.tidy(address).await
        });
        claimed
    }

    async fn find_session(
        self: &Rc<Self>,
        address: &str,
        key: Option<String>,
    ) -> Result<Claim, Fault> {
        self.connect().await?;
        self.give_up_lease();
        self.own.replace(Own::new());
        let claim = match self.find(address, key).await? {
            Some(claim) => claim,
            None => self.begin_session().await,
        };
        if self.ended.get() {
            self.own.borrow_mut().lock = None;
            return Err(Fault::Failed);
        }
        Ok(claim)
    }

    /// Begins a session that has nothing.
    async fn begin_session(self: &Rc<Self>) -> Claim {
        let key = self.own.borrow().key.clone();
        if self.own.borrow().lock.is_none() {
            let lock = self.lock(&key).await;
            self.own.borrow_mut().lock = lock;
        }
        Claim { key, found: None }
    }

    async fn find(
        self: &Rc<Self>,
        address: &str,
        key: Option<String>,
    ) -> Result<Option<Claim>, Fault> {
        if let Some(key) = key.filter(|key| is_key(key)) {
            match self.take(address, &key, true).await? {
                Outcome::Granted(claim) => return Ok(Some(claim)),
                Outcome::Taken => return Ok(None),
                Outcome::NotThere => {}
            }
        }
        let rows = self.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        for row in choice::offered(&rows, address, &self.user, now()) {
            if let Outcome::Granted(claim) = self.take(address, &row.key, false).await? {
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// Asks for one session: the one from before a reload, or one that a tab left.
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
            return Ok(Outcome::Taken);
        }
        let (user, owner) = (self.user.as_str(), self.owner.as_str());
        let since = now();
        let mut claimant =
            Claimant { address, user, owner, by_lease, is_reload, since, first: None };
        loop {
            let until = lease::until(now(), is_hidden());
            let mut verdict = Verdict::NotThere;
            // Looked at again: it may have been archived since the rows were read.
            let what = if by_lease { For::Writing } else { For::Reading };
            let session = self
                .session(key, true, what, &mut |work, session| {
                    if self.ended.get() {
                        return Ok(());
                    }
                    let row = (!session.value.is_undefined()).then_some(&session.said);
                    verdict = claimant.judge(row, now());
                    if verdict == Verdict::Granted && by_lease {
                        // Nobody else can do the same before this is written.
                        set_lease(&session.value, owner, until);
                        work.put_row(key, &session.value)?;
                    }
                    Ok(())
                })
                .await?;
            match verdict {
                Verdict::Granted => {
                    let reason = if is_reload { Reason::PageReloaded } else { Reason::TabClosed };
                    let found = Some(Found { reason, stored: stored(&session) });
                    let (key, row) = (key.to_owned(), Some(session.value));
                    let claim = Claim { key: key.clone(), found };
                    self.own.replace(Own { key, row, stored: true, stale: false, lock, until });
                    return Ok(Outcome::Granted(claim));
                }
                Verdict::KeyFree => {
                    let mut own = self.own.borrow_mut();
                    key.clone_into(&mut own.key);
                    own.lock = lock;
                    return Ok(Outcome::NotThere);
                }
                Verdict::Unreadable => {
                    self.tell(Fault::Unreadable);
                    return Ok(Outcome::NotThere);
                }
                Verdict::NotThere => return Ok(Outcome::NotThere),
                Verdict::Taken => return Ok(Outcome::Taken),
                Verdict::AskAgain(milliseconds) => pause(milliseconds).await,
            }
        }
    }

    async fn wait_for_lock(&self, key: &str) -> Option<Lock> {
        let locks = self.locks.as_ref().filter(|_| !self.ended.get())?;
        let waiting = AbortController::new().ok()?;
        self.patience.replace(Some(waiting.clone()));
        let lock = locks.take(key, Some(&waiting.signal()));
        let lives = waiting.clone();
        let _presence = asking(&lock_name(key), move || lives.abort());
        let _patience = patience(OVERLAP, move || waiting.abort());
        let lock = lock.await;
        self.patience.take();
        lock
    }
}

async fn pause(milliseconds: f64) {
    let over = Deferred::new();
    let _timer = after(milliseconds, over.resolve);
    let _ = over.promise.await;
}
