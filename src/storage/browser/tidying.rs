//! Carries out what the bounds of the archive ask for.

use std::rc::Rc;

use idb::{KeyRange, Query};
use js_sys::{Array, Object, Uint8Array};
use litemap::LiteMap;
use wasm_bindgen::{JsCast, JsValue};

use crate::storage::{
    archive::{self, Plan},
    fault::Fault,
    lease,
    row::{Row, State, Why},
};

use super::{
    locks::Lock,
    queries::{For, Rows},
    rows::set_state,
    tab::Tab,
    transaction::{Work, answer, fault},
    values::{now, set},
};

/// Records that are counted at a time.
const PIECE: u32 = 256;

/// What is known while the database is tidied.
pub(super) struct Tidying<'a> {
    tab: &'a Rc<Tab>,
    address: String,
    /// Whether nobody has a live session, for the ones that were asked for.
    locks: LiteMap<String, Option<Lock>>,
    /// Bytes of sessions that were counted.
    counted: LiteMap<String, f64>,
}

impl<'a> Tidying<'a> {
    pub(super) fn new(tab: &'a Rc<Tab>, address: String) -> Self {
        Self { tab, address, locks: LiteMap::new(), counted: LiteMap::new() }
    }

    /// Is there something to do, and did it happen?
    pub(super) async fn step(&mut self) -> Result<bool, Fault> {
        let rows = self.tab.rows(For::Reading, &mut |_, _| Ok(())).await?.said;
        let maybe = self.plan(&rows, &|row| self.may_be_free(row));
        let mut uncounted = rows
            .iter()
            .filter(|row| row.state == State::Archived && row.bytes.is_none())
            .peekable();
        if maybe.is_empty() && uncounted.peek().is_none() {
            return Ok(false);
        }
        // Locks cannot be waited for inside a transaction.
        for row in at(&rows, &maybe.delete).chain(at(&rows, &maybe.expire)) {
            if row.state == State::Live && self.tab.locks.is_some() {
                let lock = self.tab.lock(&row.key).await;
                self.locks.insert(row.key.clone(), lock);
            }
        }
        for row in uncounted {
            let bytes = self.count(&row.key).await?;
            self.counted.insert(row.key.clone(), bytes);
        }
        let mut changed = false;
        self.tab
            .rows(For::Writing, &mut |work, rows| {
                let plan = self.plan(&rows.said, &|row| self.is_free(row));
                changed = self.carry_out(work, rows, &plan)?;
                Ok(())
            })
            .await?;
        Ok(changed)
    }

    fn plan(&self, rows: &[Row], is_free: &dyn Fn(&Row) -> bool) -> Plan {
        let of = (self.address.as_str(), self.tab.user.as_str());
        archive::plan(rows, of, &self.tab.bounds, now(), is_free)
    }

    fn may_be_free(&self, row: &Row) -> bool {
        row.key != self.tab.own.borrow().key
            && !matches!(self.locks.get(&row.key), Some(None))
            && lease::is_free(row.lease.as_ref(), "", now())
    }

    fn is_free(&self, row: &Row) -> bool {
        self.may_be_free(row)
            && (self.tab.locks.is_none() || matches!(self.locks.get(&row.key), Some(Some(_))))
    }

    fn carry_out(&self, work: &Work, rows: &Rows, plan: &Plan) -> Result<bool, Fault> {
        let mut changed = !plan.is_empty();
        for (index, (value, row)) in rows.each().enumerate() {
            let count = self.counted.get(&row.key).filter(|_| row.bytes.is_none());
            if plan.delete.contains(&index) {
                if row.key.is_empty() {
                    let key = rows.keys.iter().nth(index).unwrap_or_default();
                    work.sessions.delete(Query::Key(key)).map_err(fault)?;
                } else {
                    work.delete(&row.key)?;
                }
            } else if plan.expire.contains(&index) {
                set_state(&value, State::Archived, Some(Why::Expired.name()), now());
                work.put_row(&row.key, &value)?;
            } else if plan.set_aside.contains(&index) {
                work.put_row(&row.key, &unreadable())?;
            } else if let (State::Archived, Some(bytes)) = (row.state, count) {
                set(&value, "bytes", &(*bytes).into());
                work.put_row(&row.key, &value)?;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// The bytes of a session's records, a piece at a time: they may be many.
    async fn count(&self, key: &str) -> Result<f64, Fault> {
        let mut total = 0.0;
        let mut from = JsValue::from(key.to_owned() + "/");
        let after = JsValue::from(key.to_owned() + "0");
        let mut is_first = true;
        loop {
            let range =
                KeyRange::bound(&from, &after, Some(!is_first), Some(true)).map_err(fault)?;
            let work = self.tab.connect().await?.read()?;
            let keys = work.records.get_all_keys(Some(range.clone().into()), Some(PIECE));
            let values = work.records.get_all(Some(range.into()), Some(PIECE)).map_err(fault)?;
            let keys: Array = answer(keys.map_err(fault)?.into()).await?.into();
            let values: Array = answer(values.into()).await?.into();
            total += values.iter().map(|value| bytes(&value)).sum::<f64>();
            if keys.length() < PIECE {
                return Ok(total);
            }
            from = keys.get(PIECE - 1);
            is_first = false;
        }
    }
}

fn at<'a>(rows: &'a [Row], indices: &'a [usize]) -> impl Iterator<Item = &'a Row> {
    indices.iter().filter_map(|at| rows.get(*at))
}

fn bytes(value: &JsValue) -> f64 {
    value.dyn_ref::<Uint8Array>().map_or(0.0, |bytes| f64::from(bytes.length()))
}

/// In place of a row that cannot be read; its records stay until it is old.
fn unreadable() -> JsValue {
    let row = Object::new().into();
    set(&row, "address", &"".into());
    set(&row, "user", &"".into());
    set(&row, "sessionId", &0.into());
    set(&row, "savedAt", &0.into());
    set(&row, "images", &Array::new());
    set(&row, "catalogs", &Array::new());
    set_state(&row, State::Damaged, None, now());
    row
}
