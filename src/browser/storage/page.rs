//! Leases: what keeps a session where the browser has no Web Locks.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::EventTarget;

use crate::keeping::lease;

use super::{
    tab::Tab,
    values::{GLOBAL, background, global, text},
};

/// The heartbeat, and what the page goes through.
pub(super) struct Page {
    _beat: Interval,
    _listeners: Vec<Listener>,
}

/// A listener that is taken away when it is dropped.
struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut()>,
}

impl Listener {
    fn new(target: EventTarget, event: &'static str, handler: impl FnMut() + 'static) -> Self {
        let closure = Closure::new(handler);
        let added =
            target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        debug_assert!(added.is_ok(), "a function is a listener");
        Self { target, event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let removed = self.target.remove_event_listener_with_callback(self.event, function);
        debug_assert!(removed.is_ok(), "a function is a listener");
    }
}

/// Is nobody looking at the page?
pub(super) fn is_hidden() -> bool {
    text(&global("document"), "visibilityState").is_some_and(|state| state == "hidden")
}

/// Keeps the lease for as long as the page lives.
pub(super) fn watch(tab: &Rc<Tab>) -> Page {
    let weak = Rc::downgrade(tab);
    let beat = move || {
        if let Some(tab) = weak.upgrade() {
            background(Box::pin(async move { tab.renew().await }));
        }
    };
    let mut listeners = Vec::new();
    let document = global("document");
    if document.is_object() {
        listeners.push(Listener::new(document.unchecked_into(), "visibilitychange", beat.clone()));
    }
    let weak = Rc::downgrade(tab);
    let global = GLOBAL.with(JsValue::clone);
    listeners.push(Listener::new(global.unchecked_into(), "pagehide", move || {
        if let Some(tab) = weak.upgrade() {
            tab.suspend();
        }
    }));
    Page { _beat: Interval::new(lease::BEAT, beat), _listeners: listeners }
}
