//! A new log for the browser's databases.
//!
//! Chromium writes each change to the end of a log. If it is killed in the middle of
//! that, half a record is left, and the next Chromium continues after it. The one after
//! that finds the log damaged and silently deletes all databases of the origin: work that
//! came back after one crash would be gone after the next start. If a new log is begun
//! first, nothing is written after the half record, and deleting a database does that.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest};

use crate::browser::promises::Deferred;

use super::values::global;

/// A database that nobody has.
const NAME: &str = "carta-resume-log";

/// Has the browser begin a new log. If that fails, all stays as it is.
pub(super) async fn begin_new_log() -> Result<(), JsValue> {
    let factory: IdbFactory = global("indexedDB").unchecked_into();
    let opened = result(factory.open(NAME)?).await?;
    opened.unchecked_into::<IdbDatabase>().close();
    result(factory.delete_database(NAME)?).await?;
    Ok(())
}

async fn result(request: IdbOpenDbRequest) -> Result<JsValue, JsValue> {
    let settled = Deferred::new();
    request.set_onsuccess(Some(&settled.resolve));
    request.set_onerror(Some(&settled.reject));
    if let Err(event) = settled.promise.await {
        // Or Firefox reports it to the page.
        event.unchecked_into::<Event>().prevent_default();
    }
    request.result()
}
