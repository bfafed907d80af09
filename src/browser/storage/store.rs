//! The class that the client uses.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, prelude::*};

use crate::keeping::{archive::Bounds, row::Why};

use super::{
    page::watch,
    tab::Tab,
    values::{Task, background, get, number, promise, text},
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
    // One that is missing is `undefined`, and calling it fails as any other may.
    let function = |name| get(options, name).unchecked_into::<Function>();
    let bound = |name| number(options, name).unwrap_or(f64::INFINITY);
    let bounds = Bounds {
        max_count: bound("maxCount"),
        max_age: bound("maxAgeMs"),
        max_bytes: bound("maxBytes"),
    };
    let user = text(options, "user").unwrap_or_default();
    let tab = Rc::new(Tab::new(user, bounds, function("lost"), function("keyChanged")));
    promise(Box::pin(async move {
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
    pub fn claim(&self, address: &JsValue, key: &JsValue) -> Promise {
        let tab = self.tab.clone();
        let (address, key) = (string(address), key.as_string());
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
        address: &JsValue,
        #[wasm_bindgen(js_name = sessionId)] session_id: JsValue,
        #[wasm_bindgen(js_name = savedAt)] saved_at: JsValue,
        images: Option<Array>,
        catalogs: Option<Array>,
        names: Array,
        values: Array,
    ) -> Promise {
        let address = string(address);
        let shown = images.zip(catalogs);
        let change = Change { address, session_id, saved_at, shown, names, values };
        promise(self.tab.write(change))
    }

    /// Puts the session away ("declined", "superseded") or aside ("damaged"),
    /// and gives the key under which this client goes on.
    #[wasm_bindgen(js_name = setAside)]
    pub fn set_aside(&self, why: &JsValue) -> JsValue {
        let why = match string(why).as_str() {
            "damaged" => None,
            "superseded" => Some(Why::Superseded),
            _ => Some(Why::Declined),
        };
        let (key, rest) = self.tab.set_aside(why);
        // In turn: what is asked of the archive from now on finds it there.
        background(self.tab.in_turn(rest));
        key.into()
    }

    /// The page goes into the back/forward cache: others may take the session.
    pub fn suspend(&self) {
        self.tab.suspend();
    }

    /// The page is back.
    pub fn wake(&self) -> Promise {
        promise(Box::pin(self.tab.clone().wake()))
    }

    /// The client is closed.
    pub fn release(&self) -> Promise {
        self.tab.end();
        promise(Box::pin(self.tab.clone().release()))
    }

    /// What is archived for a backend, newest first.
    pub fn list(&self, address: &JsValue) -> Promise {
        self.in_turn(Box::pin(self.tab.clone().list(string(address))))
    }

    /// An archived session: `{ savedAt, sessionId, records }`, or `undefined`.
    pub fn load(&self, id: &JsValue) -> Promise {
        self.in_turn(Box::pin(self.tab.clone().load(string(id))))
    }

    /// Deletes an archived session of this backend, or without an id all of
    /// them. `false`: there is none of this id.
    pub fn remove(&self, address: &JsValue, id: &JsValue) -> Promise {
        let id = if id.is_undefined() { None } else { Some(string(id)) };
        self.in_turn(Box::pin(self.tab.clone().remove(string(address), id)))
    }

    /// Deletes everything of this backend and user.
    pub fn forget(&self, address: &JsValue) -> Promise {
        self.in_turn(Box::pin(self.tab.clone().forget(string(address))))
    }
}

impl SessionStore {
    fn in_turn(&self, task: Task) -> Promise {
        promise(self.tab.in_turn(task))
    }
}

/// A text, or an empty one in place of anything else.
fn string(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}
