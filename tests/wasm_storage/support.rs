//! Stores in this page, and what the page does to its browser.

use std::{cell::RefCell, rc::Rc};

use carta_resume::{
    browser::storage::{self as browser, ArchiveEntry, Event},
    client::offer::{Reason, WhyArchived},
    keeping::{
        archive::Bounds,
        fault::Fault,
        keeper::{LoadTo, Removal},
        session::{Claim, Contents, Stored, Write},
    },
    workspace::OfferImage,
};
use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

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
    /// Resolves in a task of its own.
    pub(super) fn soon() -> Promise;
    #[wasm_bindgen(js_name = closedInSilence)]
    pub(super) fn closed_in_silence() -> Function;
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

/// Ends what a function of the support file has begun.
pub(super) fn end(undo: &Function) -> JsValue {
    undo.call0(&JsValue::UNDEFINED).unwrap()
}

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

pub(super) fn parsed(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

/// A store, and what it reports to its client.
pub(super) struct Store {
    pub(super) store: Rc<browser::Store>,
    told: Rc<RefCell<Vec<String>>>,
}

pub(super) const WIDE: Bounds =
    Bounds { max_count: 20.0, max_age: 30.0 * DAY, max_bytes: 50_000_000.0 };

/// Something under way, whether or not anything waits for it.
pub(super) struct Pending<T>(Promise, Rc<RefCell<Option<Result<T, Fault>>>>);

impl<T: 'static> Pending<T> {
    pub(super) fn of(work: impl Future<Output = Result<T, Fault>> + 'static) -> Self {
        let outcome = Rc::new(RefCell::new(None));
        let told = outcome.clone();
        let over = future_to_promise(async move {
            let done = work.await;
            *told.borrow_mut() = Some(done);
            Ok(JsValue::UNDEFINED)
        });
        Self(over, outcome)
    }

    pub(super) async fn outcome(self) -> Result<T, Fault> {
        wait(self.0).await;
        self.1.take().unwrap()
    }

    pub(super) async fn done(self) -> T {
        self.outcome().await.map_err(|fault| format!("{fault:?}")).unwrap()
    }

    pub(super) async fn fault(self) -> Fault {
        self.outcome().await.err().unwrap()
    }
}

pub(super) fn new(user: &str, bounds: Bounds) -> Store {
    let told = Rc::new(RefCell::new(Vec::new()));
    let heard = told.clone();
    let store = browser::Store::new(user, bounds, move |event| {
        heard.borrow_mut().push(match event {
            Event::KeyChanged(key) => format!("key {key}"),
            Event::Lost(fault) => format!("lost {fault:?}").to_lowercase(),
        });
    });
    Store { store, told }
}

/// What is wrong with the database.
pub(super) async fn not_opening() -> Fault {
    new("", WIDE).store.open().await.unwrap_err()
}

pub(super) async fn open_as(user: &str, bounds: Bounds) -> Store {
    let store = new(user, bounds);
    store.store.open().await.unwrap();
    store
}

pub(super) async fn open() -> Store {
    open_as("", WIDE).await
}

/// The row of a session with one image.
pub(super) fn contents() -> Contents {
    let image = OfferImage { file: "a.fits".into(), ..OfferImage::default() };
    Contents { images: vec![image], catalogs: Vec::new() }
}

pub(super) const IMAGES: &str = r#"[{"fileId":0,"directory":"","file":"a.fits","hdu":"","channel":0,"stokes":0,"regionCount":0,"hasContours":false}]"#;

/// A record, or its end.
type Record<'a> = (&'a str, Option<&'a [u8]>);

pub(super) fn record<'a>(name: &'a str, bytes: &'a [u8]) -> Record<'a> {
    (name, Some(bytes))
}

fn written(
    session_id: u32,
    saved_at: f64,
    contents: Option<Contents>,
    records: &[Record<'_>],
) -> Write {
    let owned = |(name, bytes): &Record<'_>| ((*name).to_owned(), bytes.map(<[u8]>::to_vec));
    Write {
        number: 1,
        address: ADDRESS.into(),
        session_id,
        saved_at: saved_at as u64,
        contents,
        records: records.iter().map(owned).collect(),
    }
}

impl Store {
    pub(super) fn claiming_at(&self, address: &'static str, key: Option<&str>) -> Pending<Claim> {
        let (store, key) = (self.store.clone(), key.map(str::to_owned));
        Pending::of(async move { store.claim(address, key).await })
    }

    pub(super) fn claiming(&self, key: Option<&str>) -> Pending<Claim> {
        self.claiming_at(ADDRESS, key)
    }

    pub(super) async fn claim(&self, key: Option<&str>) -> Claim {
        self.claiming(key).done().await
    }

    pub(super) fn writing_row(
        &self,
        saved_at: f64,
        contents: Option<Contents>,
        records: &[Record<'_>],
    ) -> Pending<()> {
        Pending::of(self.store.write(Rc::new(written(5, saved_at, contents, records))))
    }

    pub(super) fn writing(&self, saved_at: f64, records: &[Record<'_>]) -> Pending<()> {
        self.writing_row(saved_at, Some(contents()), records)
    }

    pub(super) async fn write(&self, saved_at: f64, records: &[Record<'_>]) {
        self.writing(saved_at, records).done().await;
    }

    /// "damaged", or why it was archived.
    pub(super) fn archive(&self, why: &str) -> String {
        match why {
            "damaged" => self.store.mark_damaged(),
            "superseded" => self.store.archive(WhyArchived::Superseded),
            _ => self.store.archive(WhyArchived::Declined),
        }
    }

    pub(super) async fn import(&self, saved_at: f64, records: &[Record<'_>]) -> String {
        self.store.import(Rc::new(written(0, saved_at, Some(contents()), records))).await.unwrap()
    }

    pub(super) fn suspend(&self) {
        self.store.suspend();
    }

    pub(super) async fn wake(&self) {
        self.store.wake().await.unwrap();
    }

    pub(super) async fn release(&self) {
        self.store.release().await;
    }

    pub(super) fn listing(&self) -> Pending<Vec<ArchiveEntry>> {
        Pending::of(self.store.list())
    }

    /// The archive: "why:id" of each, in order.
    pub(super) async fn list(&self) -> Vec<String> {
        let list = self.listing().done().await;
        list.iter().map(|entry| format!("{}:{}", entry.why, entry.id)).collect()
    }

    pub(super) async fn load(&self, id: &str) -> Option<Stored> {
        self.store.load(id, LoadTo::Restore).await.unwrap().map(|(_, stored)| stored)
    }

    pub(super) async fn remove(&self, id: Option<&str>) -> bool {
        let what =
            id.map_or_else(|| Removal::AllOf(ADDRESS.to_owned()), |id| Removal::One(id.to_owned()));
        self.store.remove(what).await.unwrap()
    }

    pub(super) fn forgetting(&self) -> Pending<()> {
        Pending::of(self.store.forget(ADDRESS))
    }

    /// The nth thing that the client was told.
    pub(super) async fn told(&self, nth: usize) -> String {
        loop {
            if let Some(told) = self.told.borrow().get(nth - 1) {
                return told.clone();
            }
            wait(soon()).await;
        }
    }

    pub(super) fn heard(&self) -> String {
        self.told.borrow().join(", ")
    }
}

pub(super) trait Claimed {
    fn reason(&self) -> Option<&'static str>;
    fn stored(&self) -> &Stored;
    fn records(&self) -> Vec<Vec<u8>>;
}

impl Claimed for Claim {
    fn reason(&self) -> Option<&'static str> {
        self.found.as_ref().map(|found| match found.reason {
            Reason::PageReloaded => "page-reloaded",
            Reason::TabClosed => "tab-closed",
            other => panic!("{other:?}"),
        })
    }

    fn stored(&self) -> &Stored {
        &self.found.as_ref().unwrap().stored
    }

    fn records(&self) -> Vec<Vec<u8>> {
        let stored = self.found.as_ref().map(|found| found.stored.records.clone().unwrap());
        stored.unwrap_or_default()
    }
}

/// A session that some tab has left: key, age in milliseconds, other fields.
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
