//! What is written, and what earlier versions wrote.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use super::support::*;

#[wasm_bindgen_test]
async fn what_version_1_wrote_is_read() {
    wait(fresh()).await;
    wait(load(&parsed(include_str!("../fixtures/storage/v1.json")))).await;
    // On the day after it was written.
    let undo = later(1_763_726_400_000.0 - js_sys::Date::now());
    let store = open().await;
    let address = "ws://localhost:3002/socket";
    let claim = store.claiming_at(address, None).done().await;
    assert_eq!(claim.key, "0f8kqj3x9v1c2m5n7b4t");
    assert_eq!(claim.reason().unwrap(), "tab-closed");
    assert_eq!(claim.stored().session_id, 3_141_592_653);
    assert_eq!(claim.records(), [vec![1, 2, 3, 4, 5], vec![255, 0, 254, 1, 253, 2], vec![0; 3]]);
    let list = store.store.list().await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].id, "h2d7w5y0p9s3k1q8z6r4");
    assert_eq!(list[0].why, "declined");
    assert_eq!(list[0].bytes, 9.0);
    let loaded = store.load("h2d7w5y0p9s3k1q8z6r4").await;
    assert_eq!(loaded.unwrap().records.unwrap(), [vec![9, 8, 7, 6, 5, 4, 3, 2, 1]]);
    assert!(there("m4v8c1x6j2g9f5l0a7e3").await);
    store.release().await;

    let without = without_locks();
    let ada = open_as("ada", WIDE).await;
    // Stored under 127.0.0.1.
    let address = "ws://localhost:3002/socket";
    let claim = ada.claiming_at(address, None).done().await;
    assert_eq!((claim.key.as_str(), claim.records()), ("t6n1b8q3w0u5i2o9p7d4", vec![vec![42; 4]]));
    ada.release().await;
    end(&without);
    end(&undo);
}

/// What is written now has the same fields and types as the fixture. Changing them takes a new
/// version.
#[wasm_bindgen_test]
async fn version_1_is_what_is_written() {
    let fixture = parsed(include_str!("../fixtures/storage/v1.json"));
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
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    let row = stored(key).await;
    let known = get(&get(&fixture, "sessions"), "0f8kqj3x9v1c2m5n7b4t");
    assert_eq!(shape(&row), shape(&known));
    let expected = format!(
        r#"{{"address":"{ADDRESS}","user":"","sessionId":5,"savedAt":1,"images":{IMAGES},"catalogs":[],"state":"live","why":null,"archivedAt":0,"bytes":null,"lease":null}}"#
    );
    assert_eq!(json(&row), expected);
    store.release().await;
}

#[wasm_bindgen_test]
async fn ten_thousand_records() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    let names: Vec<String> = (0..10_000).map(|at| format!("r{at:05}")).collect();
    let records: Vec<_> = names.iter().map(|name| record(name, &[7; 60])).collect();
    let began = now();
    let written = store.writing(js_sys::Date::now(), &records);
    let asked = now() - began;
    written.done().await;
    let all = now() - began;
    let one = now();
    let written = store.writing(js_sys::Date::now(), &records[..1]);
    let one = now() - one;
    written.done().await;
    store.release().await;

    let began = now();
    let again = open().await;
    let opened = now() - began;
    let claim = again.claim(Some(&key)).await;
    let claimed = now() - began - opened;
    let listing = now();
    again.archive("declined");
    again.list().await;
    let listed = now() - listing;
    let forgetting = now();
    again.forgetting().done().await;
    let forgotten = now() - forgetting;
    console_log!(
        "10,000 records: write asked for in {asked:.0} ms, done in {all:.0}; one more in {one:.2}; \
         open {opened:.0}, claim {claimed:.0}; archived and counted {listed:.0}; forgotten \
         {forgotten:.0}"
    );
    assert_eq!(claim.records().len(), 10_000);
    again.release().await;
}
