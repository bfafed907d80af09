//! The class that the client uses.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, prelude::*};

use crate::storage::{archive::Bounds, fault::Fault, row::Why};

use super::{
    database,
    page::watch,
    tab::Tab,
    values::{background, get, number, promise, text},
    writing::Change,
};

/// The sessions that are kept in this browser. One for each client; its methods
/// reject with a fault's name and throw nothing.
#[wasm_bindgen]
pub struct SessionStore {
    tab: Rc<Tab>,
}

/// Opens the database. Options: `user`; `maxCount`, `maxAgeMs`, `maxBytes`, the
/// bounds of the archive; `lost(fault)`, told of later trouble; and
/// `keyChanged(key)`.
///
/// Rejects with a fault's name: "missing", "blocked", "newer", "unreadable",
/// "full" or "failed".
#[wasm_bindgen(js_name = openSessionStore)]
pub fn open_session_store(options: &JsValue) -> Promise {
    let function = |name| get(options, name).dyn_into::<Function>().unwrap_or_default();
    let bound = |name| number(options, name).unwrap_or(f64::INFINITY);
    let bounds = Bounds {
        max_count: bound("maxCount"),
        max_age: bound("maxAgeMs"),
        max_bytes: bound("maxBytes"),
    };
    let user = text(options, "user").unwrap_or_default();
    let tab = Rc::new(Tab::new(user, bounds, function("lost"), function("keyChanged")));
    promise(Box::pin(async move {
        if !database::is_there() {
            return Err(Fault::Missing);
        }
        tab.connect().await?;
        if tab.locks.is_none() {
            tab.page.replace(Some(watch(&tab)));
        }
        Ok(SessionStore { tab }.into())
    }))
}

#[wasm_bindgen]
impl SessionStore {
    /// Which stored session does this client go on with? Resolves with
    /// `{ key, reason, sessionId, savedAt, records }`. Afterwards the archive
    /// is kept in its bounds.
    pub fn claim(&self, address: String, key: Option<String>) -> Promise {
        let tab = self.tab.clone();
        promise(Box::pin(async move {
            let claimed = tab.claim(&address, key).await;
            background(tab.in_turn(Box::pin(tab.clone().tidy(address))));
            claimed
        }))
    }

    /// Writes a change in one transaction: the row, and the records, of which
    /// `null` is a deletion. Everything is asked for before this returns.
    #[allow(clippy::too_many_arguments)]
    pub fn write(
        &self,
        address: String,
        #[wasm_bindgen(js_name = sessionId)] session_id: f64,
        #[wasm_bindgen(js_name = savedAt)] saved_at: f64,
        images: Array,
        catalogs: Array,
        names: Array,
        values: Array,
    ) -> Promise {
        let change = Change { address, session_id, saved_at, images, catalogs, names, values };
        let written = self.tab.write(change);
        promise(Box::pin(async move { written.await.map(|()| JsValue::UNDEFINED) }))
    }

    /// Puts the session away ("declined", "superseded") or aside ("damaged"),
    /// and gives the key under which this client goes on.
    #[wasm_bindgen(js_name = setAside)]
    pub fn set_aside(&self, why: &str) -> String {
        let why = match why {
            "damaged" => None,
            "superseded" => Some(Why::Superseded),
            _ => Some(Why::Declined),
        };
        let (key, put) = self.tab.set_aside(why);
        // In turn: what is asked of the archive from now on finds it there.
        let tab = self.tab.clone();
        background(self.tab.in_turn(Box::pin(async move {
            match put.await {
                Some(address) => tab.tidy(address).await,
                None => Ok(JsValue::UNDEFINED),
            }
        })));
        key
    }

    /// The page goes into the back/forward cache: others may take the session.
    pub fn suspend(&self) {
        self.tab.suspend();
    }

    /// The page is back.
    pub fn wake(&self) -> Promise {
        // What went wrong, `lost` has been told.
        let woken = self.tab.clone().wake();
        promise(Box::pin(async move {
            let _ = woken.await;
            Ok(JsValue::UNDEFINED)
        }))
    }

    /// The client is closed.
    pub fn release(&self) -> Promise {
        self.tab.end();
        promise(Box::pin(self.tab.clone().release()))
    }

    /// What is archived for a backend, newest first.
    pub fn list(&self, address: String) -> Promise {
        promise(self.tab.in_turn(Box::pin(self.tab.clone().list(address))))
    }

    /// An archived session: `{ savedAt, sessionId, records }`, or `undefined`.
    pub fn load(&self, id: String) -> Promise {
        promise(self.tab.in_turn(Box::pin(self.tab.clone().load(id))))
    }

    /// Deletes an archived session of this backend, or without an id all of
    /// them. `false`: there is none of this id.
    pub fn remove(&self, address: String, id: Option<String>) -> Promise {
        promise(self.tab.in_turn(Box::pin(self.tab.clone().remove(address, id))))
    }

    /// Deletes everything of this backend and user.
    pub fn forget(&self, address: String) -> Promise {
        promise(self.tab.in_turn(Box::pin(self.tab.clone().forget(address))))
    }
}
