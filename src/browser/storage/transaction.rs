//! One transaction over both stores.

use std::{cell::Cell, rc::Rc};

use idb::{KeyRange, ObjectStore, Query, Transaction, TransactionMode};
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{IdbDatabase, IdbRequest, IdbTransaction};

use crate::{
    browser::{promises::Deferred, values::set},
    keeping::fault::Fault,
};

use super::{
    database::{RECORDS, SESSIONS},
    values::{get, text},
};

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, whose `transaction` takes a durability that neither idb
    /// nor web-sys knows.
    type Durable;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Durable,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// The reason of the last failed request, for a transaction that we abort
/// ourselves has none.
pub(super) type Reason = Rc<Cell<Option<Fault>>>;

/// A transaction under way.
pub(super) struct Work {
    raw: IdbTransaction,
    pub(super) sessions: ObjectStore,
    pub(super) records: ObjectStore,
    done: Deferred,
    reason: Reason,
}

impl Work {
    pub(super) fn begin(
        database: &IdbDatabase,
        mode: TransactionMode,
        reason: &Reason,
    ) -> Result<Self, Fault> {
        let options = Object::new();
        // Handed to the operating system: outlives the browser, though not a
        // power cut, at a tenth of the time.
        set(&options, "durability", &"relaxed".into());
        let mode = if mode == TransactionMode::ReadOnly { "readonly" } else { "readwrite" };
        let raw = database
            .unchecked_ref::<Durable>()
            .transaction(&Array::of2(&SESSIONS.into(), &RECORDS.into()), mode, &options)
            .map_err(|error| thrown(&error))?;
        let done = Deferred::new();
        raw.set_oncomplete(Some(&done.resolve));
        // Not the promise's other function: if nobody waits for the end of this
        // one, the page would hear of a rejection that nobody handles.
        raw.set_onabort(Some(&done.resolve));
        let transaction = Transaction::from(raw.clone());
        Ok(Self {
            raw,
            sessions: transaction.object_store(SESSIONS).map_err(fault)?,
            records: transaction.object_store(RECORDS).map_err(fault)?,
            done,
            reason: reason.clone(),
        })
    }

    /// Commits what was asked for, or takes it back, before this returns. Then
    /// waits for the end.
    pub(super) fn ending(
        self,
        asked: Result<(), Fault>,
    ) -> impl Future<Output = Result<(), Fault>> + use<> {
        // They throw if the transaction is over, which is told in the end.
        let transaction = Transaction::from(self.raw.clone());
        let _ = if asked.is_ok() { transaction.commit() } else { transaction.abort() };
        self.ended(asked)
    }

    async fn ended(self, asked: Result<(), Fault>) -> Result<(), Fault> {
        asked?;
        let event = self.done.promise.await.unwrap_or_default();
        if text(&event, "type").is_some_and(|name| name == "complete") {
            return Ok(());
        }
        // Chromium calls a transaction that fails after its commit "unknown".
        Err(self.reason.take().unwrap_or_else(|| thrown(&get(&self.raw, "error"))))
    }

    /// Deletes a session's records.
    pub(super) fn delete_records(&self, key: &str) -> Result<(), Fault> {
        self.records.delete(records_of(key)?).map_err(fault)?;
        Ok(())
    }

    /// Deletes a session.
    pub(super) fn delete(&self, key: &str) -> Result<(), Fault> {
        self.sessions.delete(Query::Key(key.into())).map_err(fault)?;
        self.delete_records(key)
    }

    /// Writes a session's row.
    pub(super) fn put_row(&self, key: &str, row: &JsValue) -> Result<(), Fault> {
        self.sessions.put(row, Some(&key.into())).map_err(fault)?;
        Ok(())
    }

    /// Writes records of a session, or deletes them.
    pub(super) fn put_records(
        &self,
        key: &str,
        records: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), Fault> {
        for (name, record) in records {
            let key = JsValue::from([key, "/", name].concat());
            match record {
                Some(record) => {
                    let bytes = Uint8Array::from(record.as_slice());
                    self.records.put(&bytes, Some(&key)).map_err(fault)?;
                }
                None => {
                    self.records.delete(Query::Key(key)).map_err(fault)?;
                }
            }
        }
        Ok(())
    }

    /// Asks for a session's row.
    pub(super) fn row(&self, key: &str) -> Result<IdbRequest, Fault> {
        self.sessions.get(Query::Key(key.into())).map(Into::into).map_err(fault)
    }

    /// Asks for all of a session's records.
    pub(super) fn all_records(&self, key: &str) -> Result<IdbRequest, Fault> {
        let records = Some(records_of(key)?.into());
        self.records.get_all(records, None).map(Into::into).map_err(fault)
    }
}

/// The keys of a session's records: "/" and what comes after it; "0" is the
/// character that follows "/".
pub(super) fn records_of(key: &str) -> Result<KeyRange, Fault> {
    let (first, after) = (key.to_owned() + "/", key.to_owned() + "0");
    KeyRange::bound(&first.into(), &after.into(), Some(false), Some(true)).map_err(fault)
}

/// Waits for a request's result; the transaction is still open then.
pub(super) async fn answer(request: IdbRequest) -> Result<JsValue, Fault> {
    let answered = Deferred::new();
    request.set_onsuccess(Some(&answered.resolve));
    request.set_onerror(Some(&answered.resolve));
    let _ = answered.promise.await;
    result(&request)
}

/// The result of a request that is done. As it is: idb would make a vector of
/// 10,000 records.
pub(super) fn result(request: &IdbRequest) -> Result<JsValue, Fault> {
    if let Ok(Some(error)) = request.error() {
        return Err(thrown(&error));
    }
    request.result().map_err(|error| thrown(&error))
}

/// What an error of idb's means.
#[allow(clippy::needless_pass_by_value)]
pub(super) fn fault(error: idb::Error) -> Fault {
    match error {
        idb::Error::UpdateFailed(error)
        | idb::Error::DeleteFailed(error)
        | idb::Error::GetFailed(error)
        | idb::Error::GetAllKeysFailed(error)
        | idb::Error::ObjectStoreNotFound(error)
        | idb::Error::TransactionOpenFailed(error) => thrown(&error),
        _ => Fault::Failed,
    }
}

/// What an exception means.
fn thrown(error: &JsValue) -> Fault {
    text(error, "name").map_or(Fault::Failed, |name| Fault::of_exception(&name))
}
