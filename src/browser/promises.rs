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

/// Calls one of two functions when a promise, or something like one, settles.
/// They belong to the JavaScript side from here on and are freed with it.
pub(super) fn settle(
    value: &JsValue,
    then: Closure<dyn FnMut(JsValue)>,
    catch: Closure<dyn FnMut(JsValue)>,
) {
    let then: Function = then.into_js_value().unchecked_into();
    let catch: Function = catch.into_js_value().unchecked_into();
    // Unlike `Promise.resolve`, this runs none of the viewer's code here.
    let (promise, resolver) = Resolver::new();
    if let Some(resolver) = resolver {
        resolver.resolve(value);
    }
    let chained = Reflect::get(&promise, &"then".into())
        .and_then(|function| function.unchecked_into::<Function>().call2(&promise, &then, &catch));
    debug_assert!(chained.is_ok(), "Promise.prototype.then does not throw");
}
