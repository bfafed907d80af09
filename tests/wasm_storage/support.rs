//! Stores in this page, and what the page does to its browser.

use carta_resume::browser::storage::open_session_store;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/wasm_storage/support.js")]
extern "C" {
    pub(super) fn fresh() -> Promise;
    #[wasm_bindgen(js_name = otherTab)]
    pub(super) fn other_tab(version: u32) -> Promise;
    pub(super) fn close(database: &JsValue);
    pub(super) fn version() -> Promise;
    #[wasm_bindgen(js_name = recordsOf)]
    pub(super) fn records_of(key: &str) -> Promise;
    pub(super) fn field(key: &str, name: &str) -> Promise;
    pub(super) fn patch(key: &str, fields: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = deleteRow)]
    pub(super) fn delete_row(key: &str) -> Promise;
    pub(super) fn leave(
        key: &str,
        address: &str,
        saved: f64,
        fields: &JsValue,
        lengths: &Array,
    ) -> Promise;
    pub(super) fn damage(address: &str) -> Promise;
    #[wasm_bindgen(js_name = isThere)]
    pub(super) fn is_there(key: &str) -> Promise;
    pub(super) fn load(fixture: &JsValue) -> Promise;
    pub(super) fn listener() -> JsValue;
    #[wasm_bindgen(js_name = withoutLocks)]
    pub(super) fn without_locks() -> Function;
    pub(super) fn later(milliseconds: f64) -> Function;
    #[wasm_bindgen(js_name = withoutDatabase)]
    pub(super) fn without_database(throws: bool) -> Function;
    pub(super) fn failing(how: &str) -> Function;
    pub(super) fn stuck() -> Promise;
    #[wasm_bindgen(js_name = pageErrors)]
    pub(super) fn page_errors() -> Function;
    #[wasm_bindgen(js_name = holdLock)]
    pub(super) fn hold_lock(key: &str) -> Promise;
    #[wasm_bindgen(js_name = locksOf)]
    pub(super) fn locks_of(key: &str) -> Promise;
    pub(super) fn evaluations() -> Function;
    pub(super) fn dispatch(name: &str);
    pub(super) fn now() -> f64;
    pub(super) fn json(value: &JsValue) -> String;
}

pub(super) const ADDRESS: &str = "ws://localhost:3002/";
pub(super) const HOUR: f64 = 3_600_000.0;
pub(super) const DAY: f64 = 24.0 * HOUR;

pub(super) async fn wait(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap()
}

pub(super) async fn rejected(promise: Promise) -> String {
    JsFuture::from(promise).await.unwrap_err().as_string().unwrap()
}

/// Ends what a function of the support file began.
pub(super) fn end(undo: &Function) -> JsValue {
    undo.call0(&JsValue::UNDEFINED).unwrap()
}

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

pub(super) fn parsed(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

pub(super) fn bytes(values: &[u8]) -> JsValue {
    Uint8Array::from(values).into()
}

/// A store, and what it tells its client.
pub(super) struct Store {
    pub(super) store: JsValue,
    pub(super) told: JsValue,
}

#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) count: u32,
    pub(super) age: f64,
    pub(super) bytes: u32,
}

pub(super) const WIDE: Bounds = Bounds { count: 20, age: 30.0 * DAY, bytes: 50_000_000 };

pub(super) fn opening(user: &str, bounds: Bounds) -> (Promise, JsValue) {
    let told = listener();
    let options: JsValue = Object::new().into();
    for (name, value) in [
        ("user", user.into()),
        ("maxCount", bounds.count.into()),
        ("maxAgeMs", bounds.age.into()),
        ("maxBytes", bounds.bytes.into()),
        ("lost", get(&told, "lost")),
        ("keyChanged", get(&told, "keyChanged")),
    ] {
        Reflect::set(&options, &name.into(), &value).unwrap();
    }
    (open_session_store(&options), told)
}

pub(super) async fn open_as(user: &str, bounds: Bounds) -> Store {
    let (opened, told) = opening(user, bounds);
    Store { store: wait(opened).await, told }
}

pub(super) async fn open() -> Store {
    open_as("", WIDE).await
}

impl Store {
    pub(super) fn call(&self, method: &str, arguments: &[JsValue]) -> JsValue {
        let function: Function = get(&self.store, method).dyn_into().unwrap();
        Reflect::apply(&function, &self.store, &arguments.iter().collect::<Array>()).unwrap()
    }

    pub(super) fn promised(&self, method: &str, arguments: &[JsValue]) -> Promise {
        self.call(method, arguments).unchecked_into()
    }

    pub(super) fn claiming(&self, key: Option<&str>) -> Promise {
        self.promised("claim", &[ADDRESS.into(), key.into()])
    }

    pub(super) async fn claim(&self, key: Option<&str>) -> Claim {
        Claim(wait(self.claiming(key)).await)
    }

    pub(super) fn writing(&self, saved_at: f64, records: &[(&str, JsValue)]) -> Promise {
        let names: Array = records.iter().map(|(name, _)| JsValue::from(*name)).collect();
        let values: Array = records.iter().map(|(_, value)| value).collect();
        let arguments = [
            ADDRESS.into(),
            5.into(),
            saved_at.into(),
            parsed(r#"[{"fileId":0,"file":"a.fits"}]"#),
            parsed("[]"),
            names.into(),
            values.into(),
        ];
        self.promised("write", &arguments)
    }

    pub(super) async fn write(&self, saved_at: f64, records: &[(&str, JsValue)]) {
        wait(self.writing(saved_at, records)).await;
    }

    pub(super) fn set_aside(&self, why: &str) -> String {
        self.call("setAside", &[why.into()]).as_string().unwrap()
    }

    pub(super) async fn release(&self) {
        wait(self.promised("release", &[])).await;
    }

    /// The archive: "why:id" of each, in order.
    pub(super) async fn list(&self) -> Vec<String> {
        let list: Array = wait(self.promised("list", &[ADDRESS.into()])).await.into();
        let text = |entry: &JsValue, name| get(entry, name).as_string().unwrap();
        list.iter().map(|entry| text(&entry, "why") + ":" + &text(&entry, "id")).collect()
    }

    pub(super) async fn told(&self, nth: u32) -> String {
        let function: Function = get(&self.told, "nth").dyn_into().unwrap();
        let promise = function.call1(&JsValue::UNDEFINED, &nth.into()).unwrap();
        wait(promise.unchecked_into()).await.as_string().unwrap()
    }

    pub(super) fn heard(&self) -> String {
        let function: Function = get(&self.told, "heard").dyn_into().unwrap();
        function.call0(&JsValue::UNDEFINED).unwrap().as_string().unwrap()
    }
}

pub(super) struct Claim(pub(super) JsValue);

impl Claim {
    pub(super) fn key(&self) -> String {
        get(&self.0, "key").as_string().unwrap()
    }

    pub(super) fn reason(&self) -> Option<String> {
        get(&self.0, "reason").as_string()
    }

    pub(super) fn records(&self) -> Vec<Vec<u8>> {
        let records: Array = get(&self.0, "records").into();
        records.iter().map(|value| Uint8Array::from(value).to_vec()).collect()
    }
}

/// A session that some tab left: key, age in milliseconds, other fields.
pub(super) async fn left(key: &str, age: f64, fields: &str, lengths: &[u32]) {
    let lengths: Array = lengths.iter().map(|length| JsValue::from(*length)).collect();
    wait(leave(key, ADDRESS, js_sys::Date::now() - age, &parsed(fields), &lengths)).await;
}

pub(super) async fn there(key: &str) -> bool {
    wait(is_there(key)).await.is_truthy()
}

pub(super) async fn records(key: &str) -> String {
    wait(records_of(key)).await.as_string().unwrap()
}
