//! Leases: what keeps a session where the browser has no Web Locks.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    browser::{page::Listener, promises::spawn_fallible},
    keeping::lease,
};

use super::{
    store::Store,
    values::{GLOBAL, global},
};

/// The heartbeat, and what the page goes through.
pub(super) struct Heartbeat {
    _beat: Interval,
    _listeners: Vec<Listener>,
}

/// Keeps the lease for as long as the page lives.
pub(super) fn watch(store: &Rc<Store>) -> Heartbeat {
    let weak = Rc::downgrade(store);
    let beat = move || {
        if let Some(store) = weak.upgrade() {
            // The client is told what went wrong.
            spawn_fallible(async move { store.renew().await });
        }
    };
    let mut listeners = Vec::new();
    let document = global("document");
    if document.is_object() {
        let beat = beat.clone();
        let changed = Listener::new(document.unchecked_ref(), "visibilitychange", move |_| beat());
        listeners.push(changed);
    }
    let weak = Rc::downgrade(store);
    let global = GLOBAL.with(JsValue::clone);
    listeners.push(Listener::new(global.unchecked_ref(), "pagehide", move |_| {
        if let Some(store) = weak.upgrade() {
            store.suspend();
        }
    }));
    Heartbeat { _beat: Interval::new(lease::BEAT, beat), _listeners: listeners }
}
