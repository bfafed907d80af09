//! Sessions in the browser's database: in pages of real browsers, with several
//! stores in one page in place of several tabs.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs, clippy::future_not_send)]

use carta_resume::storage::open_session_store;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/wasm_storage_support.js")]
extern "C" {
    fn fresh() -> Promise;
    #[wasm_bindgen(js_name = otherTab)]
    fn other_tab(version: u32) -> Promise;
    fn close(database: &JsValue);
    fn version() -> Promise;
    #[wasm_bindgen(js_name = recordsOf)]
    fn records_of(key: &str) -> Promise;
    fn field(key: &str, name: &str) -> Promise;
    fn patch(key: &str, fields: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = deleteRow)]
    fn delete_row(key: &str) -> Promise;
    fn leave(key: &str, address: &str, saved: f64, fields: &JsValue, lengths: &Array) -> Promise;
    fn damage(address: &str) -> Promise;
    #[wasm_bindgen(js_name = isThere)]
    fn is_there(key: &str) -> Promise;
    fn load(fixture: &JsValue) -> Promise;
    fn listener() -> JsValue;
    #[wasm_bindgen(js_name = withoutLocks)]
    fn without_locks() -> Function;
    fn later(milliseconds: f64) -> Function;
    #[wasm_bindgen(js_name = withoutDatabase)]
    fn without_database(throws: bool) -> Function;
    fn failing(how: &str) -> Function;
    fn stuck() -> Promise;
    #[wasm_bindgen(js_name = pageErrors)]
    fn page_errors() -> Function;
    #[wasm_bindgen(js_name = holdLock)]
    fn hold_lock(key: &str) -> Promise;
    #[wasm_bindgen(js_name = locksOf)]
    fn locks_of(key: &str) -> Promise;
    fn evaluations() -> Function;
    fn dispatch(name: &str);
    fn now() -> f64;
    fn json(value: &JsValue) -> String;
}

const ADDRESS: &str = "ws://localhost:3002/";
const HOUR: f64 = 3_600_000.0;
const DAY: f64 = 24.0 * HOUR;

async fn wait(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap()
}

async fn rejected(promise: Promise) -> String {
    JsFuture::from(promise).await.unwrap_err().as_string().unwrap()
}

/// Ends what a function of the support file began.
fn end(undo: &Function) -> JsValue {
    undo.call0(&JsValue::UNDEFINED).unwrap()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn parsed(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn bytes(values: &[u8]) -> JsValue {
    Uint8Array::from(values).into()
}

/// A store, and what it tells its client.
struct Store {
    store: JsValue,
    told: JsValue,
}

#[derive(Clone, Copy)]
struct Bounds {
    count: u32,
    age: f64,
    bytes: u32,
}

const WIDE: Bounds = Bounds { count: 20, age: 30.0 * DAY, bytes: 50_000_000 };

fn opening(user: &str, bounds: Bounds) -> (Promise, JsValue) {
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

async fn open_as(user: &str, bounds: Bounds) -> Store {
    let (opened, told) = opening(user, bounds);
    Store { store: wait(opened).await, told }
}

async fn open() -> Store {
    open_as("", WIDE).await
}

impl Store {
    fn call(&self, method: &str, arguments: &[JsValue]) -> JsValue {
        let function: Function = get(&self.store, method).dyn_into().unwrap();
        Reflect::apply(&function, &self.store, &arguments.iter().collect::<Array>()).unwrap()
    }

    fn promised(&self, method: &str, arguments: &[JsValue]) -> Promise {
        self.call(method, arguments).unchecked_into()
    }

    fn claiming(&self, key: Option<&str>) -> Promise {
        self.promised("claim", &[ADDRESS.into(), key.into()])
    }

    async fn claim(&self, key: Option<&str>) -> Claim {
        Claim(wait(self.claiming(key)).await)
    }

    fn writing(&self, saved_at: f64, records: &[(&str, JsValue)]) -> Promise {
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

    async fn write(&self, saved_at: f64, records: &[(&str, JsValue)]) {
        wait(self.writing(saved_at, records)).await;
    }

    fn set_aside(&self, why: &str) -> String {
        self.call("setAside", &[why.into()]).as_string().unwrap()
    }

    async fn release(&self) {
        wait(self.promised("release", &[])).await;
    }

    /// The archive: "why:id" of each, in order.
    async fn list(&self) -> Vec<String> {
        let list: Array = wait(self.promised("list", &[ADDRESS.into()])).await.into();
        let text = |entry: &JsValue, name| get(entry, name).as_string().unwrap();
        list.iter().map(|entry| text(&entry, "why") + ":" + &text(&entry, "id")).collect()
    }

    async fn told(&self, nth: u32) -> String {
        let function: Function = get(&self.told, "nth").dyn_into().unwrap();
        let promise = function.call1(&JsValue::UNDEFINED, &nth.into()).unwrap();
        wait(promise.unchecked_into()).await.as_string().unwrap()
    }

    fn heard(&self) -> String {
        let function: Function = get(&self.told, "heard").dyn_into().unwrap();
        function.call0(&JsValue::UNDEFINED).unwrap().as_string().unwrap()
    }
}

struct Claim(JsValue);

impl Claim {
    fn key(&self) -> String {
        get(&self.0, "key").as_string().unwrap()
    }

    fn reason(&self) -> Option<String> {
        get(&self.0, "reason").as_string()
    }

    fn records(&self) -> Vec<Vec<u8>> {
        let records: Array = get(&self.0, "records").into();
        records.iter().map(|value| Uint8Array::from(value).to_vec()).collect()
    }
}

/// A session that some tab left: key, age in milliseconds, other fields.
async fn left(key: &str, age: f64, fields: &str, lengths: &[u32]) {
    let lengths: Array = lengths.iter().map(|length| JsValue::from(*length)).collect();
    wait(leave(key, ADDRESS, js_sys::Date::now() - age, &parsed(fields), &lengths)).await;
}

async fn there(key: &str) -> bool {
    wait(is_there(key)).await.is_truthy()
}

async fn records(key: &str) -> String {
    wait(records_of(key)).await.as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_reloaded_page_finds_what_it_wrote() {
    wait(fresh()).await;
    let store = open().await;
    let claim = store.claim(None).await;
    assert_eq!((claim.reason(), claim.records().len()), (None, 0));
    store.write(1.0, &[("i0", bytes(&[1, 2])), ("r0", bytes(&[3])), ("r1", bytes(&[4]))]).await;
    store.write(2.0, &[("r0", JsValue::NULL), ("r1", bytes(&[5, 6]))]).await;
    store.release().await;

    let again = open().await;
    let claimed = again.claim(Some(&claim.key())).await;
    assert_eq!(claimed.key(), claim.key());
    assert_eq!(claimed.reason().unwrap(), "page-reloaded");
    assert_eq!(claimed.records(), [vec![1, 2], vec![5, 6]]);
    assert_eq!(get(&claimed.0, "sessionId"), 5);
    assert_eq!(get(&claimed.0, "savedAt"), 2);

    let nothing = [ADDRESS.into(), 5.into(), 3.into(), Array::new().into()];
    let nothing = [&nothing[..], &[(); 3].map(|()| Array::new().into())].concat();
    wait(again.promised("write", &nothing)).await;
    assert!(!there(&claim.key()).await);
    assert_eq!(records(&claim.key()).await, "");
    again.release().await;
    assert_eq!(again.heard(), "");
}

#[wasm_bindgen_test]
async fn all_of_a_write_is_asked_for_before_it_returns() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    let first = store.writing(1.0, &[("a", bytes(&[1]))]);
    let second = store.writing(2.0, &[("b", bytes(&[2]))]);
    // Comes after both, though nobody has waited for them.
    assert_eq!(records(&key).await, "a b");
    wait(first).await;
    wait(second).await;
    store.release().await;
}

/// Ten tabs that open together, with one session that nobody has.
async fn ten_claims() {
    wait(fresh()).await;
    left("orphan", HOUR, "{}", &[3]).await;
    let mut stores = Vec::new();
    for _ in 0..10 {
        stores.push(open().await);
    }
    let claims: Vec<Promise> = stores.iter().map(|store| store.claiming(None)).collect();
    let mut keys = Vec::new();
    let mut restored = 0;
    for claim in claims {
        let claim = Claim(wait(claim).await);
        if claim.reason().is_some() {
            assert_eq!(claim.reason().unwrap(), "tab-closed");
            assert_eq!((claim.key().as_str(), claim.records()), ("orphan", vec![vec![0; 3]]));
            restored += 1;
        }
        keys.push(claim.key());
    }
    assert_eq!(restored, 1);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 10);
    for store in &stores {
        store.release().await;
    }
}

#[wasm_bindgen_test]
async fn ten_tabs_at_once_and_one_gets_the_orphan() {
    ten_claims().await;
}

#[wasm_bindgen_test]
async fn ten_tabs_at_once_and_one_gets_the_orphan_without_locks() {
    let undo = without_locks();
    ten_claims().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn a_duplicated_tab_gets_a_session_of_its_own() {
    wait(fresh()).await;
    let first = open().await;
    let key = first.claim(None).await.key();
    first.write(1.0, &[("a", bytes(&[1]))]).await;
    let second = open().await;
    let began = now();
    let claim = second.claim(Some(&key)).await;
    // The first one has answered.
    assert!(now() - began < 3_000.0);
    assert_ne!(claim.key(), key);
    assert_eq!((claim.reason(), claim.records().len()), (None, 0));
    second.write(1.0, &[("b", bytes(&[2]))]).await;
    assert_eq!(records(&key).await, "a");
    assert_eq!(records(&claim.key()).await, "b");
    first.release().await;
    second.release().await;
}

#[wasm_bindgen_test]
async fn a_reload_may_overlap_with_the_old_page() {
    wait(fresh()).await;
    left("mine", HOUR, "{}", &[1]).await;
    // It holds its lock and does not answer any more.
    let release: Function = wait(hold_lock("mine")).await.into();
    let store = open().await;
    let claim = store.claiming(Some("mine"));
    while wait(locks_of("mine")).await != 2 {}
    end(&release);
    let claim = Claim(wait(claim).await);
    assert_eq!((claim.key().as_str(), claim.reason().unwrap().as_str()), ("mine", "page-reloaded"));
    store.release().await;
}

/// A page that is reloaded again and again before anything is open.
#[wasm_bindgen_test]
async fn an_empty_session_keeps_its_key() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.release().await;
    let again = open().await;
    let claim = again.claim(Some(&key)).await;
    assert_eq!((claim.key(), claim.reason()), (key.clone(), None));
    assert_eq!(wait(locks_of(&key)).await, 1);
    again.release().await;
}

#[wasm_bindgen_test]
async fn who_waits_for_a_lock_gives_up_when_released() {
    wait(fresh()).await;
    left("held", HOUR, "{}", &[1]).await;
    let release: Function = wait(hold_lock("held")).await.into();
    let store = open().await;
    let claim = store.claiming(Some("held"));
    let began = now();
    store.release().await;
    assert_eq!(rejected(claim).await, "failed");
    assert!(now() - began < 450.0);
    // The one who holds it.
    assert_eq!(wait(locks_of("held")).await, 1);
    end(&release);
}

#[wasm_bindgen_test]
async fn keys_that_no_store_made_are_no_keys() {
    wait(fresh()).await;
    left("a", HOUR, r#"{"images":[]}"#, &[1]).await;
    for key in ["", "a/r0", "a/", "/", "\u{0}", "é", &"x".repeat(65)] {
        let store = open().await;
        let claim = store.claim(Some(key)).await;
        assert_eq!(claim.reason(), None);
        assert_ne!(claim.key(), key);
        store.release().await;
    }
}

#[wasm_bindgen_test]
async fn sessions_are_kept_apart_by_address_and_user() {
    wait(fresh()).await;
    let store = open_as("ada", WIDE).await;
    let key = store.claim(None).await.key();
    store.write(js_sys::Date::now(), &[("a", bytes(&[1]))]).await;
    store.release().await;
    let other = open_as("bob", WIDE).await;
    assert_eq!(other.claim(Some(&key)).await.reason(), None);
    assert_eq!(other.claim(None).await.reason(), None);
    other.release().await;
    let ada = open_as("ada", WIDE).await;
    let elsewhere = ada.promised("claim", &["ws://localhost:3003/".into(), key.as_str().into()]);
    assert_eq!(Claim(wait(elsewhere).await).reason(), None);
    assert_eq!(ada.claim(None).await.reason().unwrap(), "tab-closed");
    ada.release().await;
}

#[wasm_bindgen_test]
async fn the_newest_orphan_with_something_in_it_is_offered() {
    wait(fresh()).await;
    left("older", 2.0 * HOUR, "{}", &[1]).await;
    left("newer", HOUR, "{}", &[2]).await;
    left("empty", 1.0, r#"{"images":[]}"#, &[3]).await;
    left("archived", 1.0, r#"{"state":"archived"}"#, &[4]).await;
    left("damaged", 1.0, r#"{"state":"damaged"}"#, &[5]).await;
    let (first, second, third) = (open().await, open().await, open().await);
    assert_eq!(first.claim(None).await.key(), "newer");
    assert_eq!(second.claim(None).await.key(), "older");
    assert_eq!(third.claim(None).await.reason(), None);
    for store in [first, second, third] {
        store.release().await;
    }
}

#[wasm_bindgen_test]
async fn what_is_set_aside_stays_and_the_client_goes_on_under_a_new_key() {
    wait(fresh()).await;
    let saved = js_sys::Date::now();
    let store = open().await;
    let first = store.claim(None).await.key();
    let before = store.writing(saved, &[("a", bytes(&[1, 2, 3]))]);
    let second = store.set_aside("declined");
    let after = store.writing(saved + 1.0, &[("b", bytes(&[4]))]);
    wait(before).await;
    wait(after).await;
    assert_eq!(store.list().await, [format!("declined:{first}")]);
    assert_eq!(records(&first).await, "a");
    assert_eq!(records(&second).await, "b");
    assert_eq!(wait(field(&second, "state")).await, "live");
    assert_eq!(wait(locks_of(&second)).await, 1);
    assert_eq!(wait(locks_of(&first)).await, 0);

    let third = store.set_aside("superseded");
    assert_eq!(store.list().await, [format!("superseded:{second}"), format!("declined:{first}")]);
    // Nothing is stored under this key, so there is nothing to put away.
    let fourth = store.set_aside("declined");
    assert_ne!(third, fourth);
    assert_eq!(store.list().await.len(), 2);

    let loaded = wait(store.promised("load", &[first.as_str().into()])).await;
    assert_eq!(Claim(loaded.clone()).records(), [vec![1, 2, 3]]);
    assert_eq!((get(&loaded, "sessionId"), get(&loaded, "savedAt")), (5.into(), saved.into()));
    let list: Array = wait(store.promised("list", &[ADDRESS.into()])).await.into();
    let entry = list.get(1);
    assert_eq!(get(&entry, "bytes"), 3);
    assert_eq!(json(&get(&entry, "images")), r#"[{"fileId":0,"file":"a.fits"}]"#);
    store.release().await;
    assert_eq!(store.heard(), "");
}

#[wasm_bindgen_test]
async fn a_damaged_session_is_never_offered_again() {
    wait(fresh()).await;
    left("broken", HOUR, "{}", &[1]).await;
    let store = open().await;
    assert_eq!(store.claim(None).await.key(), "broken");
    store.set_aside("damaged");
    assert_eq!(store.list().await, [""; 0]);
    assert_eq!(store.claim(Some("broken")).await.reason(), None);
    assert_eq!(wait(field("broken", "state")).await, "damaged");
    let loaded = wait(store.promised("load", &["broken".into()])).await;
    assert!(loaded.is_undefined());
    store.release().await;
}

#[wasm_bindgen_test]
async fn entries_of_the_archive_are_removed_one_by_one_and_all() {
    wait(fresh()).await;
    for (key, age) in [("one", 1.0), ("two", 2.0), ("three", 3.0)] {
        let archived = js_sys::Date::now() - age * HOUR;
        let fields = format!(r#"{{"state":"archived","why":"declined","archivedAt":{archived}}}"#);
        left(key, age * HOUR, &fields, &[1, 1]).await;
    }
    left("living", HOUR, "{}", &[1]).await;
    let store = open().await;
    let remove = |id: JsValue| store.promised("remove", &[ADDRESS.into(), id]);
    assert_eq!(wait(remove("two".into())).await, true);
    assert_eq!(wait(remove("two".into())).await, false);
    assert_eq!(wait(remove("living".into())).await, false);
    assert_eq!(records("two").await, "");
    assert_eq!(store.list().await, ["declined:one", "declined:three"]);
    assert_eq!(wait(remove(JsValue::UNDEFINED)).await, true);
    assert_eq!(store.list().await, [""; 0]);
    assert!(!there("one").await && there("living").await);
    store.release().await;
}

#[wasm_bindgen_test]
async fn forgetting_leaves_nothing_of_this_backend_and_user() {
    wait(fresh()).await;
    left("orphan", HOUR, "{}", &[1]).await;
    left("old", HOUR, r#"{"state":"archived"}"#, &[1]).await;
    left("broken", HOUR, r#"{"state":"damaged"}"#, &[1]).await;
    left("of-bob", HOUR, r#"{"user":"bob"}"#, &[1]).await;
    left("elsewhere", HOUR, r#"{"address":"ws://else/"}"#, &[1]).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    // Nobody waits in between: the page may be on its way out.
    let forgotten = store.promised("forget", &[ADDRESS.into()]);
    let released = store.promised("release", &[]);
    wait(forgotten).await;
    wait(released).await;
    for gone in ["orphan", "old", "broken", &key] {
        assert!(!there(gone).await, "{gone}");
        assert_eq!(records(gone).await, "");
    }
    assert!(there("of-bob").await && there("elsewhere").await);
    assert_eq!(store.heard(), "");
}

#[wasm_bindgen_test]
async fn the_archive_is_bounded_in_number() {
    wait(fresh()).await;
    let store = open_as("", Bounds { count: 3, ..WIDE }).await;
    let mut keys = vec![store.claim(None).await.key()];
    for at in 0..5 {
        let undo = later(f64::from(at) * 1_000.0);
        store.write(js_sys::Date::now(), &[("a", bytes(&[1]))]).await;
        keys.push(store.set_aside("declined"));
        end(&undo);
    }
    let kept = [&keys[4], &keys[3], &keys[2]].map(|key| format!("declined:{key}"));
    assert_eq!(store.list().await, kept);
    assert_eq!(records(&keys[1]).await, "");
    store.release().await;
}

#[wasm_bindgen_test]
async fn the_archive_is_bounded_in_bytes_and_the_oldest_goes_first() {
    wait(fresh()).await;
    let store = open_as("", Bounds { bytes: 100, ..WIDE }).await;
    let mut keys = vec![store.claim(None).await.key()];
    for at in 0..4 {
        let undo = later(f64::from(at) * 1_000.0);
        store.write(js_sys::Date::now(), &[("a", bytes(&[1; 20])), ("b", bytes(&[2; 20]))]).await;
        keys.push(store.set_aside("declined"));
        end(&undo);
    }
    let kept = store.list().await;
    assert_eq!(kept, [format!("declined:{}", keys[3]), format!("declined:{}", keys[2])]);
    assert_eq!(records(&keys[0]).await, "");
    // One that is too big by itself does not stay, and nothing older either.
    let undo = later(HOUR);
    store.write(js_sys::Date::now(), &[("a", bytes(&[1; 101]))]).await;
    store.set_aside("declined");
    end(&undo);
    assert_eq!(store.list().await, [""; 0]);
    store.release().await;
}

#[wasm_bindgen_test]
async fn a_session_of_many_records_is_counted() {
    wait(fresh()).await;
    let lengths: Vec<u32> = (0..700).map(|at| at % 7).collect();
    left("many", HOUR, "{}", &lengths).await;
    let store = open().await;
    store.claim(Some("many")).await;
    store.set_aside("superseded");
    let list: Array = wait(store.promised("list", &[ADDRESS.into()])).await.into();
    assert_eq!(get(&list.get(0), "bytes"), lengths.iter().sum::<u32>());
    store.release().await;
}

#[wasm_bindgen_test]
async fn what_nobody_comes_back_to_expires_and_then_goes() {
    wait(fresh()).await;
    left("week", 7.5 * DAY, "{}", &[1, 2]).await;
    left("month", 31.0 * DAY, "{}", &[1]).await;
    left("held", 31.0 * DAY, "{}", &[1]).await;
    left("elsewhere", 31.0 * DAY, r#"{"address":"ws://else/"}"#, &[1]).await;
    left("empty", 8.0 * DAY, r#"{"images":[]}"#, &[1]).await;
    let set_aside = |state: &str, age: f64| {
        let time = js_sys::Date::now() - age * DAY;
        format!(r#"{{"state":"{state}","why":"declined","archivedAt":{time}}}"#)
    };
    left("young", 29.0 * DAY, &set_aside("archived", 1.0), &[1]).await;
    left("old", 31.0 * DAY, &set_aside("archived", 1.0), &[1]).await;
    left("broken", 40.0 * DAY, &set_aside("damaged", 31.0), &[1]).await;
    let release: Function = wait(hold_lock("held")).await.into();
    let store = open().await;
    assert_eq!(store.claim(None).await.reason(), None);
    assert_eq!(store.list().await, ["expired:week", "declined:young"]);
    for gone in ["month", "elsewhere", "empty", "old", "broken"] {
        assert!(!there(gone).await, "{gone}");
        assert_eq!(records(gone).await, "");
    }
    assert!(there("held").await);
    store.release().await;
    end(&release);
}

#[wasm_bindgen_test]
async fn a_newer_database_is_not_touched() {
    wait(fresh()).await;
    let other = wait(other_tab(2)).await;
    close(&other);
    let counted = page_errors();
    let (opened, _) = opening("", WIDE);
    assert_eq!(rejected(opened).await, "newer");
    assert_eq!(wait(end(&counted).unchecked_into()).await, 0);
    assert_eq!(wait(version()).await, 2);
    wait(fresh()).await;
}

#[wasm_bindgen_test]
async fn another_tab_may_upgrade_at_once() {
    wait(fresh()).await;
    let store = open().await;
    store.claim(None).await;
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    // Rejects if it is blocked.
    let other = wait(other_tab(2)).await;
    assert_eq!(store.told(1).await, "lost newer");
    assert_eq!(rejected(store.writing(2.0, &[("a", bytes(&[2]))])).await, "newer");
    assert_eq!(rejected(store.promised("list", &[ADDRESS.into()])).await, "newer");
    store.set_aside("declined");
    store.release().await;
    close(&other);
    wait(fresh()).await;
}

#[wasm_bindgen_test]
async fn a_database_that_is_deleted_is_written_again() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1])), ("b", bytes(&[2]))]).await;
    // As the user does who clears the page's data.
    wait(fresh()).await;
    assert_eq!(store.told(1).await, "lost gone");
    let first = store.writing(2.0, &[("a", bytes(&[3]))]);
    let second = store.writing(3.0, &[("a", bytes(&[4])), ("c", bytes(&[5]))]);
    wait(first).await;
    wait(second).await;
    assert_eq!(records(&key).await, "a c");
    assert_eq!(wait(field(&key, "savedAt")).await, 3);
    store.release().await;
    assert_eq!(store.heard(), "lost gone");
}

#[wasm_bindgen_test]
async fn a_row_that_vanishes_is_noticed_by_the_next_write() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1])), ("b", bytes(&[2]))]).await;
    wait(delete_row(&key)).await;
    assert_eq!(rejected(store.writing(2.0, &[("a", bytes(&[3]))])).await, "gone");
    assert_eq!(store.told(1).await, "lost gone");
    // Not a part of the session remains.
    assert!(!there(&key).await);
    assert_eq!(records(&key).await, "");
    store.write(3.0, &[("a", bytes(&[3]))]).await;
    store.write(4.0, &[("b", bytes(&[2]))]).await;
    assert_eq!(records(&key).await, "a b");
    store.release().await;
    assert_eq!(store.heard(), "lost gone");
}

#[wasm_bindgen_test]
async fn damaged_rows_harm_nobody() {
    let counted = page_errors();
    wait(fresh()).await;
    let count = wait(damage(ADDRESS)).await.as_f64().unwrap();
    assert!(count > 150.0);
    left("sound", HOUR, "{}", &[1]).await;
    let store = open().await;
    assert_eq!(store.claim(None).await.key(), "sound");
    store.write(js_sys::Date::now(), &[("a", bytes(&[1]))]).await;
    store.set_aside("declined");
    assert!(store.list().await.contains(&"declined:sound".to_owned()));
    store.release().await;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    for at in 0..count as u32 {
        let store = open().await;
        let claim = store.claim(Some(&format!("bad{at}"))).await;
        assert_ne!(claim.key(), "");
        wait(store.promised("load", &[format!("bad{at}").into()])).await;
        store.release().await;
    }
    let store = open().await;
    store.list().await;
    wait(store.promised("forget", &[ADDRESS.into()])).await;
    store.release().await;
    // Set aside, and deleted when they are old.
    assert_eq!(wait(field("bad0", "state")).await, "damaged");
    let undo = later(31.0 * DAY);
    let store = open().await;
    store.claim(None).await;
    store.list().await;
    assert!(!there("bad0").await);
    assert_eq!(records("bad0").await, "");
    store.release().await;
    end(&undo);
    assert_eq!(wait(end(&counted).unchecked_into()).await, 0);
}

#[wasm_bindgen_test]
async fn a_suspended_page_gives_its_session_up_and_takes_it_again() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    store.call("suspend", &[]);
    // In the order in which a page that is put aside does it, or the other way.
    store.write(2.0, &[("b", bytes(&[2]))]).await;
    assert_eq!(wait(locks_of(&key)).await, 0);
    wait(store.promised("wake", &[])).await;
    assert_eq!(wait(locks_of(&key)).await, 1);
    store.write(3.0, &[("c", bytes(&[3]))]).await;
    assert_eq!(records(&key).await, "a b c");
    assert_eq!(store.heard(), "");
    store.release().await;
}

/// A tab takes the session of one that was put aside, and lives or ends.
async fn taken_while_suspended(lives: bool) {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    let saved = js_sys::Date::now();
    store.write(saved, &[("a", bytes(&[1]))]).await;
    store.call("suspend", &[]);
    let thief = open().await;
    assert_eq!(thief.claim(None).await.key(), key);
    if !lives {
        thief.write(saved + 1.0, &[("t", bytes(&[9]))]).await;
        thief.release().await;
    }
    wait(store.promised("wake", &[])).await;
    let new = store.told(1).await.split_off(4);
    assert_ne!(new, key);
    assert_eq!(store.told(2).await, "lost taken");
    store.write(saved + 2.0, &[("a", bytes(&[1]))]).await;
    assert_eq!(records(&new).await, "a");
    assert_eq!(records(&key).await, if lives { "a" } else { "a t" });
    store.release().await;
    thief.release().await;
}

#[wasm_bindgen_test]
async fn a_session_taken_while_suspended_is_not_written_to() {
    taken_while_suspended(true).await;
    taken_while_suspended(false).await;
}

#[wasm_bindgen_test]
async fn a_session_taken_while_suspended_is_not_written_to_without_locks() {
    let undo = without_locks();
    taken_while_suspended(true).await;
    taken_while_suspended(false).await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_a_lease_is_given_up_at_the_end_of_the_page() {
    let undo = without_locks();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    let began = now();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    assert!(wait(field(&key, "lease")).await.is_object());
    dispatch("pagehide");
    assert!(wait(field(&key, "lease")).await.is_null());
    let next = open().await;
    let claim = next.claim(Some(&key)).await;
    assert_eq!((claim.key(), claim.reason().unwrap().as_str()), (key, "page-reloaded"));
    assert!(now() - began < 3_000.0);
    next.release().await;
    store.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_a_duplicated_tab_sees_the_heartbeat() {
    let undo = without_locks();
    wait(fresh()).await;
    let first = open().await;
    let key = first.claim(None).await.key();
    first.write(1.0, &[("a", bytes(&[1]))]).await;
    let second = open().await;
    let began = now();
    let claim = second.claim(Some(&key)).await;
    assert_ne!(claim.key(), key);
    assert_eq!(claim.reason(), None);
    assert!(now() - began < 7_500.0);
    assert_eq!(first.heard(), "");
    first.release().await;
    second.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_the_lease_of_a_crashed_page_runs_out() {
    let undo = without_locks();
    wait(fresh()).await;
    let until = js_sys::Date::now() + 1_500.0;
    let lease = format!(r#"{{"lease":{{"owner":"crashed","until":{until}}}}}"#);
    left("mine", HOUR, &lease, &[1]).await;
    let store = open().await;
    // Without its key it is not waited for.
    assert_eq!(store.claim(None).await.reason(), None);
    let claim = store.claim(Some("mine")).await;
    assert!(js_sys::Date::now() >= until);
    assert_eq!((claim.key().as_str(), claim.reason().unwrap().as_str()), ("mine", "page-reloaded"));
    store.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_a_page_that_slept_too_long_does_not_overwrite() {
    let undo = without_locks();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    // Its timers stood still, and somebody else took the session.
    let awake = later(60_000.0);
    let until = js_sys::Date::now() + 6_000.0;
    let lease = format!(r#"{{"savedAt":2,"lease":{{"owner":"thief","until":{until}}}}}"#);
    wait(patch(&key, &parsed(&lease))).await;
    let written = store.writing(3.0, &[("a", bytes(&[2]))]);
    assert_eq!(rejected(written).await, "taken");
    assert!(store.told(1).await.starts_with("key "));
    assert_eq!(store.told(2).await, "lost taken");
    assert_eq!(wait(field(&key, "savedAt")).await, 2);
    store.release().await;
    end(&awake);
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_the_heartbeat_notices_a_thief() {
    let undo = without_locks();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    let until = js_sys::Date::now() + 60_000.0;
    let lease = format!(r#"{{"lease":{{"owner":"thief","until":{until}}}}}"#);
    wait(patch(&key, &parsed(&lease))).await;
    assert_ne!(store.told(1).await, format!("key {key}"));
    assert_eq!(store.told(2).await, "lost taken");
    store.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn a_page_without_indexed_db_is_told_so() {
    for throws in [false, true] {
        let undo = without_database(throws);
        let (opened, _) = opening("", WIDE);
        let fault = rejected(opened).await;
        end(&undo);
        assert_eq!(fault, "missing");
    }
}

#[wasm_bindgen_test]
async fn a_database_that_hangs_does_not_hang_the_client() {
    wait(fresh()).await;
    let unstick: Function = wait(stuck()).await.into();
    let began = now();
    let (opened, _) = opening("", WIDE);
    assert_eq!(rejected(opened).await, "blocked");
    assert!((2_900.0..6_000.0).contains(&(now() - began)), "{}", now() - began);
    wait(end(&unstick).unchecked_into()).await;
    // What was opened too late was closed again: this is not blocked.
    wait(fresh()).await;
    let store = open().await;
    store.claim(None).await;
    store.release().await;
}

#[wasm_bindgen_test]
async fn failing_writes_reject_and_reach_nobody_else() {
    let counted = page_errors();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    for (how, fault) in [("quota", "full"), ("later", "failed")] {
        let undo = failing(how);
        let written = store.writing(2.0, &[("a", bytes(&[2])), ("b", bytes(&[2]))]);
        end(&undo);
        assert_eq!(rejected(written).await, fault);
        assert_eq!(records(&key).await, "a");
        assert_eq!(wait(field(&key, "savedAt")).await, 1);
    }
    let written = store.writing(2.0, &[("b", Function::new_no_args("").into())]);
    assert_eq!(rejected(written).await, "failed");
    store.write(3.0, &[("b", bytes(&[3]))]).await;
    assert_eq!(records(&key).await, "a b");
    store.release().await;
    assert_eq!(wait(end(&counted).unchecked_into()).await, 0);
}

#[wasm_bindgen_test]
async fn a_released_store_does_nothing_any_more() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    let last = store.writing(1.0, &[("a", bytes(&[1]))]);
    store.release().await;
    wait(last).await;
    assert_eq!(wait(locks_of(&key)).await, 0);
    assert_eq!(rejected(store.writing(2.0, &[("a", bytes(&[2]))])).await, "failed");
    assert_eq!(rejected(store.claiming(None)).await, "failed");
    assert_eq!(rejected(store.promised("list", &[ADDRESS.into()])).await, "failed");
    store.call("suspend", &[]);
    wait(store.promised("wake", &[])).await;
    store.release().await;
    assert_eq!(records(&key).await, "a");
    assert_eq!(wait(field(&key, "savedAt")).await, 1);
    assert_eq!(store.heard(), "");
}

/// A content security policy without `'unsafe-eval'` is enough.
#[wasm_bindgen_test]
async fn nothing_is_evaluated() {
    wait(fresh()).await;
    let counted = evaluations();
    let store = open().await;
    store.claim(None).await;
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    store.set_aside("declined");
    store.list().await;
    store.call("suspend", &[]);
    wait(store.promised("wake", &[])).await;
    store.release().await;
    assert_eq!(end(&counted), 0);
}

#[wasm_bindgen_test]
async fn what_version_1_wrote_is_read() {
    wait(fresh()).await;
    wait(load(&parsed(include_str!("fixtures/storage/v1.json")))).await;
    // On the day after it was written.
    let undo = later(1_763_726_400_000.0 - js_sys::Date::now());
    let store = open().await;
    let address = "ws://localhost:3002/socket";
    let claim = Claim(wait(store.promised("claim", &[address.into(), JsValue::UNDEFINED])).await);
    assert_eq!(claim.key(), "0f8kqj3x9v1c2m5n7b4t");
    assert_eq!(claim.reason().unwrap(), "tab-closed");
    assert_eq!(get(&claim.0, "sessionId"), 3_141_592_653_u32);
    assert_eq!(claim.records(), [vec![1, 2, 3, 4, 5], vec![255, 0, 254, 1, 253, 2], vec![0; 3]]);
    let list: Array = wait(store.promised("list", &[address.into()])).await.into();
    assert_eq!(list.length(), 1);
    assert_eq!(get(&list.get(0), "id"), "h2d7w5y0p9s3k1q8z6r4");
    assert_eq!(get(&list.get(0), "why"), "declined");
    assert_eq!(get(&list.get(0), "bytes"), 9);
    let loaded = wait(store.promised("load", &["h2d7w5y0p9s3k1q8z6r4".into()])).await;
    assert_eq!(Claim(loaded).records(), [vec![9, 8, 7, 6, 5, 4, 3, 2, 1]]);
    assert!(there("m4v8c1x6j2g9f5l0a7e3").await);
    store.release().await;

    let without = without_locks();
    let ada = open_as("ada", WIDE).await;
    let address = "ws://127.0.0.1:3002/socket";
    let claim = Claim(wait(ada.promised("claim", &[address.into(), JsValue::UNDEFINED])).await);
    assert_eq!(
        (claim.key().as_str(), claim.records()),
        ("t6n1b8q3w0u5i2o9p7d4", vec![vec![42; 4]])
    );
    ada.release().await;
    end(&without);
    end(&undo);
}

/// What is written now has the fields and types that the fixture has. Whoever
/// changes them makes a new version.
#[wasm_bindgen_test]
async fn version_1_is_what_is_written() {
    let fixture = parsed(include_str!("fixtures/storage/v1.json"));
    let shape = |row: &JsValue| {
        let names = Object::keys(row.unchecked_ref::<Object>());
        names.iter().map(|name| name.as_string().unwrap()).collect::<Vec<_>>().join(" ")
    };
    let stored = |key: String| async move {
        let row = Object::new();
        for name in ["address", "user", "sessionId", "savedAt", "images", "catalogs", "state"]
            .into_iter()
            .chain(["why", "archivedAt", "bytes", "lease"])
        {
            let value = wait(field(&key, name)).await;
            assert!(!value.is_undefined(), "{name}");
            Reflect::set(&row, &name.into(), &value).unwrap();
        }
        JsValue::from(row)
    };
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    store.write(1.0, &[("a", bytes(&[1]))]).await;
    let row = stored(key).await;
    let known = get(&get(&fixture, "sessions"), "0f8kqj3x9v1c2m5n7b4t");
    assert_eq!(shape(&row), shape(&known));
    let expected = format!(
        r#"{{"address":"{ADDRESS}","user":"","sessionId":5,"savedAt":1,"images":[{{"fileId":0,"file":"a.fits"}}],"catalogs":[],"state":"live","why":null,"archivedAt":0,"bytes":null,"lease":null}}"#
    );
    assert_eq!(json(&row), expected);
    store.release().await;
}

#[wasm_bindgen_test]
async fn ten_thousand_records() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key();
    let names: Vec<String> = (0..10_000).map(|at| format!("r{at:05}")).collect();
    let records: Vec<(&str, JsValue)> =
        names.iter().map(|name| (name.as_str(), bytes(&[7; 60]))).collect();
    let began = now();
    let written = store.writing(js_sys::Date::now(), &records);
    let asked = now() - began;
    wait(written).await;
    let all = now() - began;
    let one = now();
    let written = store.writing(js_sys::Date::now(), &records[..1]);
    let one = now() - one;
    wait(written).await;
    store.release().await;

    let began = now();
    let again = open().await;
    let opened = now() - began;
    let claim = Claim(wait(again.claiming(Some(&key))).await);
    let claimed = now() - began - opened;
    let listing = now();
    again.set_aside("declined");
    again.list().await;
    let listed = now() - listing;
    let forgetting = now();
    wait(again.promised("forget", &[ADDRESS.into()])).await;
    let forgotten = now() - forgetting;
    console_log!(
        "10,000 records: write asked for in {asked:.0} ms, done in {all:.0}; one more in {one:.2}; \
         open {opened:.0}, claim {claimed:.0}; set aside and counted {listed:.0}; forgotten \
         {forgotten:.0}"
    );
    assert_eq!(claim.records().len(), 10_000);
    again.release().await;
}
