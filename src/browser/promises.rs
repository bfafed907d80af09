//! Promises, both the viewer's and our own.

use std::pin::Pin;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Runs a task of its own.
pub(super) fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

/// The library's function is compiled once, not once for each task: 4 kB less.
fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(task);
}

/// What settles a promise of ours; the first to do so decides.
#[derive(Clone)]
pub(super) struct Resolver {
    resolve: Function,
    reject: Function,
}

impl Resolver {
    /// A promise and what settles it.
    pub(super) fn new() -> (Promise, Option<Self>) {
        let mut resolver = None;
        let promise = Promise::new(&mut |resolve, reject| {
            resolver = Some(Self { resolve, reject });
        });
        (promise, resolver)
    }

    pub(super) fn resolve(&self, value: &JsValue) {
        // The functions of a promise do not throw.
        let _ = self.resolve.call1(&JsValue::UNDEFINED, value);
    }

    pub(super) fn reject(&self, error: &JsValue) {
        let _ = self.reject.call1(&JsValue::UNDEFINED, error);
    }
}

/// Is this something that can be awaited?
pub(super) fn is_thenable(value: &JsValue) -> bool {
    (value.is_object() || value.is_function())
        && Reflect::get(value, &"then".into()).is_ok_and(|then| then.is_function())
}

/// What a promise, or something like one, settles with.
pub(super) fn settled(value: &JsValue) -> JsFuture {
    // `Promise.resolve` would ask the viewer's promise for its constructor, and
    // could throw what that throws.
    let (promise, resolver) = Resolver::new();
    if let Some(resolver) = resolver {
        resolver.resolve(value);
    }
    promise.into()
}

/// Calls one of two functions when a promise, or something like one, settles.
pub(super) fn settle(
    value: &JsValue,
    then: impl FnOnce(JsValue) + 'static,
    catch: impl FnOnce(JsValue) + 'static,
) {
    let value = settled(value);
    spawn(async move {
        match value.await {
            Ok(value) => then(value),
            Err(error) => catch(error),
        }
    });
}
