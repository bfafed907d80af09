//! A timer for pages that are hidden: browsers let a hidden page's own timers run only
//! once a minute, and a worker's as always. A proxy closes a connection on which nothing
//! was said for a minute.

use std::cell::{Cell, RefCell};

use js_sys::Array;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Blob, BlobPropertyBag, Url, Worker};

/// All that the worker does.
const PROGRAM: &str = "onmessage=e=>setTimeout(postMessage,e.data,0)";

/// The page's own timer runs beside it: where a content security policy refuses the
/// worker, nothing is lost.
#[derive(Default)]
pub(super) struct WorkerTimer {
    running: RefCell<Option<Running>>,
    is_refused: Cell<bool>,
}

struct Running {
    worker: Worker,
    address: String,
    /// What it was asked for last.
    due: Cell<u64>,
    _fired: Closure<dyn FnMut()>,
    _refused: Closure<dyn FnMut()>,
}

impl WorkerTimer {
    /// Calls `fire` in `delay_ms`, when `due` has come. `refused` is called if there can
    /// be no worker.
    pub(super) fn set(
        &self,
        due: u64,
        delay_ms: u64,
        fire: impl Fn() + 'static,
        refused: impl Fn() + 'static,
    ) {
        if self.is_refused.get() {
            return;
        }
        let mut running = self.running.borrow_mut();
        if running.is_none() {
            *running = Running::start(fire, refused).ok();
            self.is_refused.set(running.is_none());
        }
        if let Some(running) = &*running
            && running.due.replace(due) != due
        {
            let delay = u32::try_from(delay_ms).unwrap_or(u32::MAX);
            // A number can be posted.
            let _ = running.worker.post_message(&delay.into());
        }
    }

    /// It rings: it may be a little early, and is set again then.
    pub(super) fn rang(&self) {
        if let Some(running) = &*self.running.borrow() {
            running.due.set(0);
        }
    }

    pub(super) fn refuse(&self) {
        self.is_refused.set(true);
        self.stop();
    }

    pub(super) fn stop(&self) {
        let running = self.running.take();
        drop(running);
    }
}

impl Running {
    fn start(fire: impl Fn() + 'static, refused: impl Fn() + 'static) -> Result<Self, JsValue> {
        let kind = BlobPropertyBag::new();
        kind.set_type("text/javascript");
        let parts = Array::of1(&PROGRAM.into());
        let program = Blob::new_with_str_sequence_and_options(&parts, &kind)?;
        let address = Url::create_object_url_with_blob(&program)?;
        let worker = Worker::new(&address)?;
        let (fired, refused) = (Closure::new(fire), Closure::new(refused));
        worker.set_onmessage(Some(fired.as_ref().unchecked_ref()));
        worker.set_onerror(Some(refused.as_ref().unchecked_ref()));
        Ok(Self { worker, address, due: Cell::default(), _fired: fired, _refused: refused })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
        let _ = Url::revoke_object_url(&self.address);
    }
}
