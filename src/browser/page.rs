//! What the page and its browser go through.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Document, EventTarget, VisibilityState, window};

/// A listener that is taken away when it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    pub(super) fn new(
        target: &EventTarget,
        event: &'static str,
        handler: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let closure = Closure::new(handler);
        let function = closure.as_ref().unchecked_ref();
        let added = target.add_event_listener_with_callback(event, function);
        debug_assert!(added.is_ok(), "a function is a listener");
        Self { target: target.clone(), event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let removed = self.target.remove_event_listener_with_callback(self.event, function);
        debug_assert!(removed.is_ok(), "a function is a listener");
    }
}

/// Is nobody looking at the page? Never so in a worker.
pub(super) fn is_hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

fn document() -> Option<Document> {
    window()?.document()
}

/// What happens to the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PageEvent {
    Online,
    Offline,
    Visible,
    Hidden,
    /// No timer runs from here on: frozen, or put into the back/forward cache.
    Suspended,
    Awake,
    /// For good, as far as it knows.
    Left,
}

/// Listens to the page for as long as the result lives.
pub(super) fn listen(handle: impl Fn(PageEvent) + Clone + 'static) -> Vec<Listener> {
    use PageEvent as P;
    let on = |target: &EventTarget, event, happened: fn(&JsValue) -> Option<PageEvent>| {
        let handle = handle.clone();
        Listener::new(target, event, move |event| {
            if let Some(happened) = happened(&event) {
                handle(happened);
            }
        })
    };
    let mut listeners = Vec::new();
    let global: JsValue = js_sys::global().into();
    if let Some(target) = global.dyn_ref::<EventTarget>() {
        listeners.push(on(target, "online", |_| Some(P::Online)));
        listeners.push(on(target, "offline", |_| Some(P::Offline)));
        listeners.push(on(target, "pageshow", |event| persisted(event).then_some(P::Awake)));
        listeners.push(on(target, "pagehide", |event| {
            Some(if persisted(event) { P::Suspended } else { P::Left })
        }));
    }
    if let Some(document) = document() {
        listeners.push(on(&document, "visibilitychange", |_| {
            Some(if is_hidden() { P::Hidden } else { P::Visible })
        }));
        listeners.push(on(&document, "freeze", |_| Some(P::Suspended)));
        listeners.push(on(&document, "resume", |_| Some(P::Awake)));
    }
    listeners
}

/// Is the page put aside rather than left?
fn persisted(event: &JsValue) -> bool {
    Reflect::get(event, &"persisted".into()).is_ok_and(|value| value.is_truthy())
}
