//! Decides when what has changed is written to the store, and what.
//!
//! Changes are gathered for a moment and written together, so that the store
//! only ever holds states that existed. As long as the outcome of a write is
//! unknown, the next one repeats it: whichever is lost, what is stored is the
//! state at one write, and all before it. So the next one waits for that outcome,
//! unless the page ends.

use crate::{tracking::Tracker, workspace::RecordKey};

/// From a change to the write, in milliseconds: long enough to gather what
/// belongs together, short enough to be on the disk 100 ms after the change.
const GATHER_MS: u64 = 60;

/// How long the next write waits for the outcome of the one before, in milliseconds.
const OUTCOME_MS: u64 = 1_000;

/// While nothing but regions and requirements change, what is kept about the
/// workspace as a whole is written this seldom, in milliseconds: a region that
/// is dragged changes nothing there but the time.
const SUMMARY_MS: u64 = 5_000;

/// From a write that failed to the next try: at first, and at most.
const RETRY_MS: u64 = 5_000;
const MAX_RETRY_MS: u64 = 300_000;

/// What a store is to write, all of it or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// To be named when its outcome is known.
    pub number: u64,
    /// The name of each record, and the record; `None` = it is gone.
    pub records: Vec<(String, Option<Vec<u8>>)>,
    /// What is kept about the workspace as a whole is written with it.
    pub summary: bool,
}

/// What is to be written, and what of it may not have arrived.
#[derive(Debug, Default)]
pub struct Writes {
    due: Option<u64>,
    number: u64,
    /// In writes whose outcome is unknown, or that failed.
    unsure: Vec<(u64, Vec<RecordKey>)>,
    /// Until when the next write waits for the outcome of those.
    outcome_due: u64,
    /// Time to the next try, 0 = all is well.
    retry_ms: u64,
    /// When something last changed.
    now: u64,
    /// When the summary is to be written, at the latest, and how many regions
    /// the last one counted.
    summary_due: u64,
    regions: usize,
    /// The store has nothing of the workspace.
    all: bool,
}

impl Writes {
    /// Something has changed: the workspace, or what is kept with it.
    pub fn changed(&mut self, now: u64) {
        self.now = now;
        // The first write of a new profile is slow, and lost if the page ends.
        let gather = if self.number == 0 { 0 } else { GATHER_MS };
        let wait = self.retry_ms.max(gather);
        self.due.get_or_insert(now.saturating_add(wait));
    }

    /// Something has changed that is kept about the workspace as a whole.
    pub fn summary_changed(&mut self, now: u64) {
        self.summary_due = 0;
        self.changed(now);
    }

    /// When to [`take`](Self::take) what has changed.
    pub fn deadline(&self) -> Option<u64> {
        let wait = if self.unsure.is_empty() { 0 } else { self.outcome_due };
        self.due.map(|due| due.max(wait))
    }

    /// What to write now, in one piece; `None` if nothing has changed since the
    /// last time.
    pub fn take(&mut self, tracker: &mut Tracker) -> Option<Batch> {
        self.due.take()?;
        let workspace = tracker.workspace_mut();
        if std::mem::take(&mut self.all) {
            workspace.note_all();
        }
        for (_, earlier) in std::mem::take(&mut self.unsure) {
            workspace.note(&earlier);
        }
        let keys = workspace.take_changes();
        self.number += 1;
        let regions = workspace.regions_count();
        let mut summary = self.now >= self.summary_due || regions != self.regions;
        let mut records = Vec::with_capacity(keys.len());
        for &key in &keys {
            let record = tracker.record(key);
            summary |=
                record.is_none() || matches!(key, RecordKey::Image(_) | RecordKey::Catalog(_));
            records.push((key.name(), record));
        }
        self.unsure.push((self.number, keys));
        self.outcome_due = self.now.saturating_add(OUTCOME_MS);
        if summary {
            self.regions = regions;
            self.summary_due = self.now.saturating_add(SUMMARY_MS);
        }
        Some(Batch { number: self.number, records, summary })
    }

    /// All of the workspace, for a store that is not open yet; `None` if it is empty.
    /// It counts as changed afterwards, as it did before.
    pub fn whole(tracker: &mut Tracker) -> Option<Batch> {
        if tracker.workspace().is_empty() {
            return None;
        }
        let mut writes = Self::default();
        writes.start_over(0);
        let batch = writes.take(tracker);
        tracker.workspace_mut().note_all();
        batch
    }

    /// This write has arrived, and with it all that an earlier one held.
    pub fn written(&mut self, number: u64) {
        self.retry_ms = 0;
        self.unsure.retain(|(written, _)| *written > number);
    }

    /// A write has failed. It is tried again after a while. Returns whether the
    /// failure is news.
    pub fn failed(&mut self, now: u64) -> bool {
        let is_news = self.retry_ms == 0;
        self.summary_due = 0;
        self.retry_ms = (self.retry_ms * 2).clamp(RETRY_MS, MAX_RETRY_MS);
        self.due.get_or_insert(now.saturating_add(self.retry_ms));
        is_news
    }

    /// The store is another one and has nothing yet.
    pub fn start_over(&mut self, now: u64) {
        self.unsure.clear();
        self.all = true;
        self.summary_changed(now);
    }
}
