//! Promises, both the viewer's and our own.

use std::pin::Pin;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Runs a task of its own.
pub(super) fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

/// The same for one whose failure does not matter.
pub(super) fn spawn_fallible<E>(task: impl Future<Output = Result<(), E>> + 'static) {
    spawn(async move {
        let _ = task.await;
    });
}

/// The library's function is compiled once, not once for each task: 4 kB less.
fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(task);
}

/// A promise of ours and what settles it; the first to do so decides. No closure of
/// Rust's is involved, so none can be called after its end.
#[derive(Clone)]
pub(super) struct Deferred {
    pub(super) promise: Promise,
    pub(super) resolve: Function,
    pub(super) reject: Function,
}

impl Deferred {
    pub(super) fn new() -> Self {
        // `Function::default` is `new Function`, which a page may forbid.
        let (mut resolve, mut reject) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
        let promise = Promise::new(&mut |on_resolve, on_reject| {
            (resolve, reject) = (on_resolve.into(), on_reject.into());
        });
        Self { promise, resolve: resolve.unchecked_into(), reject: reject.unchecked_into() }
    }
}

/// The functions of a promise do not throw.
pub(super) fn call(function: &Function, value: &JsValue) {
    let _ = function.call1(&JsValue::UNDEFINED, value);
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
    let settled = Deferred::new();
    call(&settled.resolve, value);
    settled.promise.into()
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
