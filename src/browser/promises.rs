//! Promises, both the viewer's and our own, without an executor.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, prelude::*};

/// The two ends of a promise of ours.
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

/// Calls one of two functions when a promise settles. They belong to the
/// JavaScript side from here on and are freed with the promise.
pub(super) fn settle(
    promise: &Promise,
    then: Closure<dyn FnMut(JsValue)>,
    catch: Closure<dyn FnMut(JsValue)>,
) {
    let then: Function = then.into_js_value().unchecked_into();
    let catch: Function = catch.into_js_value().unchecked_into();
    let chained = Reflect::get(promise, &"then".into())
        .and_then(|function| function.unchecked_into::<Function>().call2(promise, &then, &catch));
    debug_assert!(chained.is_ok(), "Promise.prototype.then does not throw");
}
