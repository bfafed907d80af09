//! Web Locks: a tab that holds a session's lock lives.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::AbortSignal;

use crate::browser::{
    promises::{Deferred, call},
    values::set,
};

use super::{
    channel::Channel,
    presence::answering,
    values::{get, global},
};

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`; web-sys counts it among the unstable interfaces.
    #[derive(Clone)]
    pub(super) type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock that is held until this is dropped.
pub(super) struct Lock {
    release: Function,
    /// Says that this tab lives.
    _presence: Option<Channel>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        call(&self.release, &JsValue::UNDEFINED);
    }
}

impl LockManager {
    /// `None` on plain http.
    pub(super) fn here() -> Option<Self> {
        let locks = get(&global("navigator"), "locks");
        locks.is_object().then(|| locks.unchecked_into())
    }

    /// Asks for the lock of a session, before this returns: gets it at once or
    /// not at all, or else waits until the signal is aborted.
    pub(super) fn take(
        &self,
        key: &str,
        wait: Option<&AbortSignal>,
    ) -> impl Future<Output = Option<Lock>> + use<> {
        let held = Deferred::new();
        let granted = Deferred::new();
        let options = Object::new();
        match wait {
            Some(signal) => set(&options, "signal", signal),
            None => set(&options, "ifAvailable", &JsValue::TRUE),
        }
        let (answer, until) = (granted.resolve, held.promise);
        let callback = Closure::once(move |lock: JsValue| {
            let got = lock.is_truthy();
            call(&answer, &got.into());
            if got { until.into() } else { JsValue::UNDEFINED }
        });
        let name = lock_name(key);
        let request = self.request(&name, &options, callback.as_ref().unchecked_ref());
        async move {
            // Rejects if it is aborted, and does not call back then.
            let first = Promise::race(&Array::of2(&granted.promise, &request.ok()?.into()));
            let got = first.await.is_ok_and(|got| got.is_truthy());
            drop(callback);
            got.then(|| Lock { release: held.resolve, _presence: answering(&name) })
        }
    }
}

/// The name of a session's lock, and of the channel of the tab that holds it.
pub(super) fn lock_name(key: &str) -> String {
    String::from("carta-resume:") + key
}
