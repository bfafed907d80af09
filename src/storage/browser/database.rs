//! The database: opening, its schema, and its end.

use std::{cell::Cell, rc::Rc};

use idb::{
    Database, DatabaseEvent, Factory, ObjectStoreParams, Request, TransactionMode,
    event::VersionChangeEvent,
};
use js_sys::{Reflect, futures::spawn_local};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Event, IdbDatabase, IdbRequest};

use crate::storage::fault::Fault;

use super::{
    transaction::{Reason, Work},
    values::{Deferred, after, call},
};

const NAME: &str = "carta-resume";
/// A new version gets a step in [`upgrade`] and a fixture in the tests.
const VERSION: u32 = 1;
/// A viewer does not wait longer for a database that hangs.
const DEADLINE: f64 = 3_000.0;

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
}

impl Connection {
    /// Opens the database; `ended` is told if it is closed by others.
    pub(super) async fn open(ended: impl FnOnce(Fault) + Clone + 'static) -> Result<Self, Fault> {
        let factory = Factory::new().map_err(|_| Fault::Missing)?;
        let mut request = factory.open(NAME, Some(VERSION)).map_err(|error| match error {
            idb::Error::IndexedDbOpenFailed(error) => opening(error.dyn_ref()),
            _ => Fault::Failed,
        })?;
        let settled = Deferred::new();
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
        let resolve = settled.resolve.clone();
        request.on_success(move |_| call(&resolve, &JsValue::UNDEFINED));
        let resolve = settled.resolve.clone();
        request.on_error(move |event| {
            // Or Firefox reports it to the page.
            Event::from(event).prevent_default();
            call(&resolve, &JsValue::UNDEFINED);
        });
        let deadline = after(DEADLINE, settled.resolve);
        let _ = settled.promise.await;
        drop(deadline);
        match request.error() {
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
            Ok(Some(error)) => Err(opening(Some(&error))),
            Ok(None) => {
                let database = request.result().map_err(|_| Fault::Failed)?;
                Ok(Self::watched(database.unchecked_into(), ended))
            }
        }
    }

    fn watched(raw: IdbDatabase, ended: impl FnOnce(Fault) + Clone + 'static) -> Self {
        let mut handlers = Database::from(raw.clone());
        // `ended` drops the handler that calls it, so it comes later.
        let told = ended.clone();
        handlers.on_close(move |_| spawn_local(async move { told(Fault::Gone) }));
        let database = raw.clone();
        handlers.on_version_change(move |event| {
            // At once: another tab waits for it.
            database.close();
            let newer = VersionChangeEvent::try_from(JsValue::from(event))
                .is_ok_and(|event| matches!(event.new_version(), Ok(Some(_)) | Err(_)));
            let fault = if newer { Fault::Newer } else { Fault::Gone };
            spawn_local(async move { ended(fault) });
        });
        let reason = Reason::default();
        let error = Closure::new(on_error(reason.clone()));
        raw.set_onerror(Some(error.as_ref().unchecked_ref()));
        Self { raw, _handlers: handlers, _error: error, reason }
    }

    /// A transaction that changes something.
    pub(super) fn write(&self) -> Result<Work, Fault> {
        Work::begin(&self.raw, TransactionMode::ReadWrite, &self.reason)
    }

    /// A transaction that changes nothing.
    pub(super) fn read(&self) -> Result<Work, Fault> {
        Work::begin(&self.raw, TransactionMode::ReadOnly, &self.reason)
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
            && error.name() != "AbortError"
        {
            reason.set(Some(Fault::of_exception(&error.name())));
            let _ = transaction.abort();
        }
    }
}

fn opening(error: Option<&web_sys::DomException>) -> Fault {
    error.map_or(Fault::Failed, |error| Fault::of_opening(&error.name()))
}

/// Does this browser have IndexedDB for this page?
pub(super) fn is_there() -> bool {
    Reflect::get(&js_sys::global(), &"indexedDB".into()).is_ok_and(|factory| factory.is_truthy())
}
