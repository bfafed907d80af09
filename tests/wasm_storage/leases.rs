//! Browsers without Web Locks.

use carta_resume::keeping::fault::Fault;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

#[wasm_bindgen_test]
async fn without_locks_a_lease_is_given_up_at_the_end_of_the_page() {
    let undo = without_locks();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    let began = now();
    store.write(1.0, &[record("a", &[1])]).await;
    assert!(wait(field(&key, "lease")).await.is_object());
    dispatch("pagehide");
    assert!(wait(field(&key, "lease")).await.is_null());
    let next = open().await;
    let claim = next.claim(Some(&key)).await;
    assert_eq!((claim.key.as_str(), claim.reason().unwrap()), (key.as_str(), "page-reloaded"));
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
    let key = first.claim(None).await.key;
    first.write(1.0, &[record("a", &[1])]).await;
    let second = open().await;
    let began = now();
    let claim = second.claim(Some(&key)).await;
    assert_ne!(claim.key, key);
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
    assert_eq!((claim.key.as_str(), claim.reason().unwrap()), ("mine", "page-reloaded"));
    store.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn without_locks_a_page_that_slept_too_long_does_not_overwrite() {
    let undo = without_locks();
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    // Its timers stood still, and another store took the session.
    let awake = later(60_000.0);
    let until = js_sys::Date::now() + 6_000.0;
    let lease = format!(r#"{{"savedAt":2,"lease":{{"owner":"thief","until":{until}}}}}"#);
    wait(patch(&key, &parsed(&lease))).await;
    let written = store.writing(3.0, &[record("a", &[2])]);
    assert_eq!(written.fault().await, Fault::Taken);
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
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    let until = js_sys::Date::now() + 60_000.0;
    let lease = format!(r#"{{"lease":{{"owner":"thief","until":{until}}}}}"#);
    wait(patch(&key, &parsed(&lease))).await;
    assert_ne!(store.told(1).await, format!("key {key}"));
    assert_eq!(store.told(2).await, "lost taken");
    store.release().await;
    end(&undo);
}
