//! In which order the clients of one page open and close their stores.
//!
//! One opens after another, and after those that are closing: the session of a
//! client that was closed is free for the next one then.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise};
use litemap::LiteMap;
use wasm_bindgen::JsValue;

use crate::browser::{
    promises::{Deferred, call},
    timer::later,
};

thread_local! {
    /// Resolves when the last one that opens has opened.
    static LAST: RefCell<Option<Promise>> = const { RefCell::new(None) };
    /// Those that are closing.
    static CLOSING: RefCell<LiteMap<u32, Promise>> = const { RefCell::new(LiteMap::new()) };
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// A client's turn to open. The next one's begins when it is dropped.
pub(in crate::browser) struct Turn {
    end: Function,
}

impl Turn {
    /// Takes a place in the queue before it returns.
    pub(in crate::browser) fn next() -> impl Future<Output = Self> {
        let Deferred { promise, resolve, .. } = Deferred::new();
        let before = LAST.replace(Some(promise));
        let turn = Self { end: resolve };
        async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            turn
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A client that was closed meanwhile gives its session back first.
        let end = self.end.clone();
        later(move || call(&end, &JsValue::UNDEFINED));
    }
}

/// A client that is closing, until this is dropped.
pub(in crate::browser) struct Closing {
    number: u32,
    end: Function,
}

impl Closing {
    pub(in crate::browser) fn begin() -> Self {
        let number = NUMBER.get();
        NUMBER.set(number.wrapping_add(1));
        let Deferred { promise, resolve, .. } = Deferred::new();
        CLOSING.with_borrow_mut(|all| all.insert(number, promise));
        Self { number, end: resolve }
    }

    /// Waits for those that are closing now.
    pub(in crate::browser) async fn all() {
        let closing: Vec<Promise> = CLOSING.with_borrow(|all| all.values().cloned().collect());
        for closed in closing {
            let _ = closed.await;
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        CLOSING.with_borrow_mut(|all| all.remove(&self.number));
        call(&self.end, &JsValue::UNDEFINED);
    }
}
