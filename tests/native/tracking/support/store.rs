//! A store of records that takes batches, writes them after a while, fails on some, and loses what
//! is under way in a crash.

use std::collections::{BTreeMap, VecDeque};

use carta_resume::keeping::writes::Batch;

use super::stored::Records;

/// Transactions end in the order in which they began, each as a whole.
#[derive(Debug, Default)]
pub struct Store {
    committed: Records,
    /// The number of the batch after which the state is `committed`; 0: none.
    pub newest: u64,
    /// Each with the content that the store should have after it.
    under_way: VecDeque<(Batch, Records)>,
    states: BTreeMap<u64, Records>,
}

impl Store {
    /// Starts with this from an earlier page.
    pub fn holding(committed: Records) -> Self {
        let states = BTreeMap::from([(0, committed.clone())]);
        Self { committed, states, ..Self::default() }
    }

    pub fn begin(&mut self, batch: Batch, state: Records) {
        self.states.insert(batch.number, state.clone());
        self.under_way.push_back((batch, state));
    }

    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// The oldest batch is written. Whatever happened to earlier ones, the store then has the
    /// content that it should have after this one.
    pub fn commit(&mut self) -> Option<u64> {
        let (batch, state) = self.under_way.pop_front()?;
        let number = batch.number;
        for (name, record) in batch.records {
            match record {
                Some(record) => self.committed.insert(name, record),
                None => self.committed.remove(&name),
            };
        }
        assert_eq!(self.committed, state, "after batch {number}");
        self.newest = number;
        Some(number)
    }

    /// The oldest batch is lost without a trace.
    pub fn abort(&mut self) -> Option<u64> {
        self.under_way.pop_front().map(|(batch, _)| batch.number)
    }

    /// Of what is under way, only what `survives` selects is written.
    pub fn crash(&mut self, mut survives: impl FnMut() -> bool) -> &Records {
        while self.under_way() > 0 {
            if survives() {
                self.commit();
            } else {
                self.abort();
            }
        }
        let nothing = Records::new();
        assert_eq!(&self.committed, self.states.get(&self.newest).unwrap_or(&nothing));
        &self.committed
    }
}
