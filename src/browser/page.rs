//! What the page and its browser go through.

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Document, Event, EventTarget, PageTransitionEvent, window};

/// A listener that is taken away when it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(super) fn new(
        target: &EventTarget,
        event: &'static str,
        handler: impl FnMut(Event) + 'static,
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
    document().is_some_and(|document| document.hidden())
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
    let on = |target: &EventTarget, event, happened: fn(&Event) -> Option<PageEvent>| {
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
        listeners.push(on(target, "online", |_| Some(PageEvent::Online)));
        listeners.push(on(target, "offline", |_| Some(PageEvent::Offline)));
        listeners
            .push(on(target, "pageshow", |event| is_persisted(event).then_some(PageEvent::Awake)));
        listeners.push(on(target, "pagehide", |event| {
            Some(if is_persisted(event) { PageEvent::Suspended } else { PageEvent::Left })
        }));
    }
    if let Some(document) = document() {
        listeners.push(on(&document, "visibilitychange", |_| {
            Some(if is_hidden() { PageEvent::Hidden } else { PageEvent::Visible })
        }));
        listeners.push(on(&document, "freeze", |_| Some(PageEvent::Suspended)));
        listeners.push(on(&document, "resume", |_| Some(PageEvent::Awake)));
    }
    listeners
}

/// Is the page put into the back/forward cache, or taken out of it?
pub(super) fn is_persisted(event: &Event) -> bool {
    event.unchecked_ref::<PageTransitionEvent>().persisted()
}
