//! Carries out what the bounds of the archive ask for.

use std::rc::Rc;

use idb::Query;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    client::offer::WhyArchived,
    keeping::{
        archive::{Act, plan},
        fault::Fault,
        lease,
        row::{Row, State},
    },
};

use super::{
    locks::Lock,
    queries::{For, Rows},
    rows::{set_archived, unreadable},
    store::Store,
    transaction::{Work, fault},
    values::{now, set_number},
};

/// What is known of a session while the database is tidied.
struct Known {
    key: String,
    /// Held meanwhile, unless a living tab has it.
    lock: Option<Lock>,
    /// Of its records.
    bytes: Option<f64>,
}

pub(super) struct Tidying<'a> {
    store: &'a Rc<Store>,
    address: String,
    known: Vec<Known>,
}

impl<'a> Tidying<'a> {
    pub(super) fn new(store: &'a Rc<Store>, address: String) -> Self {
        Self { store, address, known: Vec::new() }
    }

    /// Is there something to do, and did it happen?
    pub(super) async fn step(&mut self) -> Result<bool, Fault> {
        let rows = self.store.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        let maybe = self.plan(&rows, &|row| self.may_be_free(row));
        let mut something = false;
        // Neither can be waited for inside a transaction.
        for (row, act) in rows.iter().zip(maybe) {
            let key = row.key.clone();
            if row.state == State::Archived && row.bytes.is_none() {
                let session =
                    self.store.session(&key, true, For::Reading, &mut |_, _| Ok(())).await;
                let bytes = Some(bytes(&session?.records));
                self.known.push(Known { key, lock: None, bytes });
            } else if row.state == State::Live && act != Act::Keep && self.store.locks.is_some() {
                let lock = self.store.lock(&key).await;
                self.known.push(Known { key, lock, bytes: None });
            } else if act == Act::Keep {
                continue;
            }
            something = true;
        }
        if something {
            self.store.rows(For::Writing, &mut |work, rows| self.carry_out(work, rows)).await?;
        }
        Ok(something)
    }

    fn plan(&self, rows: &[Row], is_free: &dyn Fn(&Row) -> bool) -> Vec<Act> {
        plan(rows, (&self.address, &self.store.user), &self.store.bounds, now(), is_free)
    }

    fn known(&self, row: &Row) -> Option<&Known> {
        self.known.iter().find(|known| known.key == row.key)
    }

    fn may_be_free(&self, row: &Row) -> bool {
        row.key != self.store.own.borrow().key
            && self.known(row).is_none_or(|known| known.lock.is_some())
            && lease::is_free(row.lease.as_ref(), "", now())
    }

    fn is_free(&self, row: &Row) -> bool {
        self.may_be_free(row) && (self.store.locks.is_none() || self.known(row).is_some())
    }

    fn carry_out(&self, work: &Work, rows: &Rows) -> Result<(), Fault> {
        let plan = self.plan(&rows.said, &|row| self.is_free(row));
        for ((at, row), act) in (0..).zip(&rows.said).zip(plan) {
            let value = rows.values.get(at);
            match act {
                Act::Delete if row.key.is_empty() => {
                    work.sessions.delete(Query::Key(rows.keys.get(at))).map_err(fault)?;
                    continue;
                }
                Act::Delete => {
                    work.delete(&row.key)?;
                    continue;
                }
                Act::MarkDamaged => {
                    work.put_row(&row.key, &unreadable(now()))?;
                    continue;
                }
                Act::Expire => {
                    set_archived(&value, Some(WhyArchived::Expired), now());
                }
                Act::Keep => {
                    let known = self.known(row).and_then(|known| known.bytes);
                    let Some(bytes) = known.filter(|_| row.state == State::Archived) else {
                        continue;
                    };
                    set_number(&value, "bytes", bytes);
                }
            }
            work.put_row(&row.key, &value)?;
        }
        Ok(())
    }
}

/// The bytes of a session's records.
fn bytes(records: &JsValue) -> f64 {
    let of = |value: JsValue| value.dyn_ref::<Uint8Array>().map_or(0, Uint8Array::length);
    records.unchecked_ref::<Array>().iter().map(|value| f64::from(of(value))).sum()
}
