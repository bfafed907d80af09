//! The stored session of one node: whose it is, and when it is written.
//!
//! Several processes may have one store. The one that works with a session renews a lease
//! in it, the same as between tabs of a browser ([`lease`]); another one is told.

use super::record::{Record, Unreadable};
use crate::{
    connection::{Code, Now, Problem},
    keeping::{
        claim::{Claimant, Verdict, is_still_own},
        lease::{self, Lease},
    },
};

/// What is to become of the stored text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// It stays.
    Unchanged,
    /// This takes its place.
    Write(String),
    /// It goes.
    Delete,
}

#[derive(Debug)]
pub(super) struct Keeper {
    address: String,
    user: String,
    /// This client's name in leases.
    owner: String,
    stage: Stage,
    /// The store is being asked.
    is_asking: bool,
    /// What the newest revision has found.
    news: Option<News>,
    /// When to ask the store again, on the monotonic clock.
    deadline: Option<u64>,
    /// It was reported that the store does not work.
    is_fault_told: bool,
}

#[derive(Debug)]
enum Stage {
    /// Nothing is asked of the store, or nothing more.
    Idle,
    /// The session is being claimed, since then.
    Claiming { since: f64, first: Option<Lease> },
    /// It is ours; as written then.
    Held { saved_at: Option<f64> },
    /// It is being given back.
    Leaving { forget: bool },
}

/// What has come of asking the store.
#[derive(Debug)]
pub(super) enum News {
    /// The session is ours from now on.
    Granted {
        /// What was found in it.
        found: Option<Record>,
        /// Why nothing was, if something should have been.
        problem: Option<Problem>,
    },
    /// Another process has it.
    Taken,
    /// It is not ours any more, or there is no store to go by: go on in memory.
    InMemory(Problem),
    /// Something to report.
    Report(Problem),
    /// It is given back.
    Left,
}

impl Keeper {
    pub(super) const fn new(address: String, user: String, owner: String) -> Self {
        Self {
            address,
            user,
            owner,
            stage: Stage::Idle,
            is_asking: false,
            news: None,
            deadline: None,
            is_fault_told: false,
        }
    }

    /// When to ask the store, on the monotonic clock.
    pub(super) const fn deadline(&self) -> Option<u64> {
        if self.is_asking { None } else { self.deadline }
    }

    pub(super) const fn holds(&self) -> bool {
        matches!(self.stage, Stage::Held { .. })
    }

    #[allow(clippy::cast_precision_loss)]
    pub(super) fn claim(&mut self, now: Now) {
        if matches!(self.stage, Stage::Idle) {
            self.stage = Stage::Claiming { since: now.wall as f64, first: None };
            self.deadline = Some(now.monotonic);
        }
    }

    /// Something is to be written.
    pub(super) const fn changed(&mut self, now: Now) {
        if self.holds() {
            self.deadline = Some(now.monotonic);
        }
    }

    /// The session is given back. False if there is nothing to give.
    pub(super) fn leave(&mut self, now: Now, forget: bool) -> bool {
        if !self.holds() {
            self.stage = Stage::Idle;
            self.deadline = None;
            return false;
        }
        self.stage = Stage::Leaving { forget };
        self.deadline = Some(now.monotonic);
        true
    }

    /// Is the store to be asked now?
    pub(super) fn is_due(&mut self, now: Now) -> bool {
        let is_due = self.deadline().is_some_and(|at| at <= now.monotonic);
        if is_due {
            (self.is_asking, self.deadline) = (true, None);
        }
        is_due
    }

    /// Looks at what is stored; `current`: what is to be stored of the session.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn revise(&mut self, now: Now, stored: Option<&str>, current: Record) -> Revision {
        let wall = now.wall as f64;
        let found = stored.map(Record::read).transpose();
        if found == Err(Unreadable::Newer) {
            let message = "The stored session was written by a newer version of carta-resume. It \
                           stays as it is, and this process keeps its own in memory.";
            self.news = Some(News::InMemory(Problem::new(Code::StorageFailed, message)));
            return Revision::Unchanged;
        }
        let problem = found.is_err().then(|| {
            let message = "The stored session is damaged, so a new one is started.";
            Problem::new(Code::StorageFailed, message)
        });
        let found = found.ok().flatten();
        let row = found.as_ref().map(|found| found.row(&self.address, &self.user));
        match &mut self.stage {
            Stage::Idle => Revision::Unchanged,
            Stage::Claiming { since, first } => {
                let verdict = match &row {
                    None => Verdict::Granted,
                    Some(row) => {
                        let mut claimant = Claimant {
                            address: &self.address,
                            user: &self.user,
                            owner: &self.owner,
                            by_lease: true,
                            // The lease of a process that is gone has to run out.
                            is_reload: true,
                            since: *since,
                            first: first.take(),
                        };
                        let verdict = claimant.judge(Some(row), wall);
                        *first = claimant.first;
                        verdict
                    }
                };
                match verdict {
                    Verdict::Granted => {
                        self.news = Some(News::Granted { found: found.clone(), problem });
                        self.write(now, found.unwrap_or(current))
                    }
                    Verdict::AskAgain(ms) => {
                        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                        let ms = ms as u64;
                        self.deadline = Some(now.after(ms));
                        Revision::Unchanged
                    }
                    _ => {
                        self.news = Some(News::Taken);
                        Revision::Unchanged
                    }
                }
            }
            Stage::Held { saved_at } => {
                let is_own = row
                    .as_ref()
                    .is_none_or(|row| is_still_own(row, &self.user, &self.owner, *saved_at, wall));
                if is_own {
                    return self.write(now, current);
                }
                self.news = Some(News::Taken);
                Revision::Unchanged
            }
            Stage::Leaving { forget } => {
                let forget = *forget;
                self.stage = Stage::Idle;
                self.news = Some(News::Left);
                let is_own = row
                    .as_ref()
                    .is_some_and(|row| lease::is_free(row.lease.as_ref(), &self.owner, wall));
                match (is_own, forget) {
                    (false, _) => Revision::Unchanged,
                    (true, true) => Revision::Delete,
                    (true, false) => {
                        let mut record = current;
                        record.saved_at = now.wall;
                        record.own_by(None, 0.0);
                        Revision::Write(record.text())
                    }
                }
            }
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn write(&mut self, now: Now, mut record: Record) -> Revision {
        let wall = now.wall as f64;
        record.saved_at = now.wall;
        record.own_by(Some(&self.owner), lease::until(wall, false));
        self.stage = Stage::Held { saved_at: Some(wall) };
        Revision::Write(record.text())
    }

    /// The store has been asked. What has come of it?
    pub(super) fn revised(&mut self, now: Now, fault: Option<String>) -> Option<News> {
        self.is_asking = false;
        let news = self.news.take();
        if let Some(fault) = fault {
            return self.failed(now, &fault, matches!(news, None | Some(News::Granted { .. })));
        }
        match &news {
            Some(News::Taken | News::InMemory(_) | News::Left) => {
                self.stage = Stage::Idle;
                self.deadline = None;
            }
            Some(News::Granted { .. } | News::Report(_)) | None => {
                if self.holds() && self.deadline.is_none() {
                    self.deadline = Some(now.after(u64::from(lease::BEAT)));
                }
            }
        }
        news
    }

    /// Without a store the session goes on in memory; what was claimed is written again.
    fn failed(&mut self, now: Now, fault: &str, is_claimed: bool) -> Option<News> {
        if matches!(self.stage, Stage::Leaving { .. }) {
            self.stage = Stage::Idle;
            return Some(News::Left);
        }
        let message = format!(
            "The session store failed: {fault}. The session is kept in memory, so a \
             restart may lose it."
        );
        let problem = Problem::new(Code::StorageFailed, message);
        if self.holds() && !is_claimed {
            self.deadline = Some(now.after(u64::from(lease::BEAT)));
            let is_news = !std::mem::replace(&mut self.is_fault_told, true);
            return is_news.then_some(News::Report(problem));
        }
        self.stage = Stage::Idle;
        Some(News::InMemory(problem))
    }
}
