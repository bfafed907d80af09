//! The database: opening, its schema, and its end.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use idb::{
    Database, DatabaseEvent, Factory, ObjectStoreParams, Request, TransactionMode,
    request::OpenDatabaseRequest,
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest};

use crate::{
    browser::promises::{Deferred, call, spawn},
    keeping::fault::Fault,
};

use super::{
    store::Store,
    transaction::{Reason, Work},
    values::{get, global, patience, text},
};

const NAME: &str = "carta-resume";
/// A new version gets a step in [`upgrade`] and a fixture in the tests.
const VERSION: u32 = 1;
/// A viewer does not wait longer for a database that hangs.
const DEADLINE: u32 = 3_000;

/// Rows by session key.
pub(super) const SESSIONS: &str = "sessions";
/// Bytes by session key, "/" and the record's name.
pub(super) const RECORDS: &str = "records";

/// Brings the database up from any earlier version, step by step. 0: it is new.
fn upgrade(database: &Database, from: u32) -> Result<(), idb::Error> {
    if from < 1 {
        database.create_object_store(SESSIONS, ObjectStoreParams::new())?;
        database.create_object_store(RECORDS, ObjectStoreParams::new())?;
    }
    Ok(())
}

/// An open database. Closed when it is dropped, after what is under way.
pub(super) struct Connection {
    raw: IdbDatabase,
    /// The handlers of `close` and `versionchange`.
    _handlers: Database,
    _error: Closure<dyn FnMut(Event)>,
    reason: Reason,
    store: Weak<Store>,
}

impl Connection {
    /// Opens the database for a tab, which is told if it is closed by others.
    pub(super) async fn open(store: &Rc<Store>) -> Result<Self, Fault> {
        let factory = global("indexedDB");
        if !factory.is_object() {
            return Err(Fault::Missing);
        }
        let factory = Factory::from(factory.unchecked_into::<IdbFactory>());
        let request = factory.open(NAME, Some(VERSION)).map_err(|error| match error {
            idb::Error::IndexedDbOpenFailed(error) => opening(&error),
            _ => Fault::Failed,
        })?;
        let raw = IdbOpenDbRequest::from(request);
        let mut request = OpenDatabaseRequest::from(raw.clone());
        request.on_upgrade_needed(|event| {
            let upgraded = event
                .database()
                .and_then(|database| upgrade(&database, event.old_version().unwrap_or_default()));
            if let (Err(_), Ok(request)) = (upgraded, idb::Event::target(&event))
                && let Some(transaction) = request.transaction()
            {
                // The request fails then.
                let _ = transaction.abort();
            }
        });
        let settled = Deferred::new();
        raw.set_onsuccess(Some(&settled.resolve));
        raw.set_onerror(Some(&settled.resolve));
        let resolve = settled.resolve;
        let deadline = patience(DEADLINE, move || call(&resolve, &JsValue::UNDEFINED));
        let event = settled.promise.await.unwrap_or_default();
        drop(deadline);
        match raw.error() {
            // Still under way, whatever it waits for.
            Err(_) => {
                request.on_success(|event| {
                    if let Ok(database) = event.database() {
                        database.close();
                    }
                });
                request.forget_callbacks();
                Err(Fault::Blocked)
            }
            Ok(Some(error)) => {
                // Or Firefox reports it to the page. Its handling is not over yet.
                if event.is_object() {
                    event.unchecked_into::<Event>().prevent_default();
                }
                Err(opening(&error))
            }
            Ok(None) => {
                let database = raw.result().map_err(|_| Fault::Failed)?;
                Ok(Self::watched(database.unchecked_into(), Rc::downgrade(store)))
            }
        }
    }

    fn watched(raw: IdbDatabase, store: Weak<Store>) -> Self {
        let mut handlers = Database::from(raw.clone());
        let closed = store.clone();
        handlers.on_close(move |_| tell(closed, Fault::Gone));
        let (database, told) = (raw.clone(), store.clone());
        handlers.on_version_change(move |event| {
            // At once: another tab waits for it.
            database.close();
            let is_deleted = get(&event, "newVersion").is_null();
            tell(told, if is_deleted { Fault::Gone } else { Fault::Newer });
        });
        let reason = Reason::default();
        let error = Closure::new(on_error(reason.clone()));
        raw.set_onerror(Some(error.as_ref().unchecked_ref()));
        Self { raw, _handlers: handlers, _error: error, reason, store }
    }

    /// A transaction that changes something.
    pub(super) fn write(&self) -> Result<Work, Fault> {
        self.begin(TransactionMode::ReadWrite)
    }

    /// A transaction that changes nothing.
    pub(super) fn read(&self) -> Result<Work, Fault> {
        self.begin(TransactionMode::ReadOnly)
    }

    fn begin(&self, mode: TransactionMode) -> Result<Work, Fault> {
        let work = Work::begin(&self.raw, mode, &self.reason);
        // Safari closes connections without an event. The next one is a new one.
        if matches!(work, Err(Fault::Gone)) {
            tell(self.store.clone(), Fault::Gone);
        }
        work
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.raw.set_onclose(None);
        self.raw.set_onversionchange(None);
        self.raw.set_onerror(None);
        self.raw.close();
    }
}

/// A failed request aborts its transaction. That is done here, because the
/// browser's own way includes an error event of the page's in Firefox.
fn on_error(reason: Rc<Cell<Option<Fault>>>) -> impl FnMut(Event) {
    move |event| {
        event.prevent_default();
        let Some(request) = event.target() else { return };
        let request: IdbRequest = request.unchecked_into();
        let Some(transaction) = request.transaction() else { return };
        if let Ok(Some(error)) = request.error()
            && let Some(name) = text(&error, "name")
            && name != "AbortError"
        {
            reason.set(Some(Fault::of_exception(&name)));
            let _ = transaction.abort();
        }
    }
}

/// Later: the tab drops the handler that calls this.
fn tell(store: Weak<Store>, fault: Fault) {
    spawn(async move {
        if let Some(store) = store.upgrade() {
            store.disconnected(fault);
        }
    });
}

fn opening(error: &JsValue) -> Fault {
    text(error, "name").map_or(Fault::Failed, |name| Fault::of_opening(&name))
}
