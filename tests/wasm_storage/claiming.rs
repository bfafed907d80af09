//! Which session a tab continues, and that what it writes is there.

use carta_resume::keeping::{
    fault::Fault,
    session::{Claim, Contents},
};
use js_sys::Function;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

#[wasm_bindgen_test]
async fn a_reloaded_page_finds_what_it_wrote() {
    wait(fresh()).await;
    let store = open().await;
    let claim = store.claim(None).await;
    assert_eq!((claim.reason(), claim.records().len()), (None, 0));
    store.write(1.0, &[record("i0", &[1, 2]), record("r0", &[3]), record("r1", &[4])]).await;
    store.write(2.0, &[("r0", None), record("r1", &[5, 6])]).await;
    store.release().await;

    let again = open().await;
    let claimed = again.claim(Some(&claim.key)).await;
    assert_eq!(claimed.key, claim.key);
    assert_eq!(claimed.reason().unwrap(), "page-reloaded");
    assert_eq!(claimed.records(), [vec![1, 2], vec![5, 6]]);
    assert_eq!(claimed.stored().session_id, 5);
    assert_eq!(claimed.stored().saved_at, 2);

    again.writing_row(3.0, Some(Contents::default()), &[]).done().await;
    assert!(!there(&claim.key).await);
    assert_eq!(records(&claim.key).await, "");
    again.release().await;
    assert_eq!(again.heard(), "");
}

#[wasm_bindgen_test]
async fn all_of_a_write_is_asked_for_before_it_returns() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    let first = store.writing(1.0, &[record("a", &[1])]);
    let second = store.writing(2.0, &[record("b", &[2])]);
    // This comes after both, although nothing has waited for them.
    assert_eq!(records(&key).await, "a b");
    first.done().await;
    second.done().await;
    store.release().await;
}

/// Ten tabs that open together, with one session that no tab has.
async fn ten_claims() {
    wait(fresh()).await;
    left("orphan", HOUR, "{}", &[3]).await;
    let mut stores = Vec::new();
    for _ in 0..10 {
        stores.push(open().await);
    }
    let claims: Vec<Pending<Claim>> = stores.iter().map(|store| store.claiming(None)).collect();
    let mut keys = Vec::new();
    let mut restored = 0;
    for claim in claims {
        let claim = claim.done().await;
        if claim.reason().is_some() {
            assert_eq!(claim.reason().unwrap(), "tab-closed");
            assert_eq!((claim.key.as_str(), claim.records()), ("orphan", vec![vec![0; 3]]));
            restored += 1;
        }
        keys.push(claim.key);
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
async fn of_ten_tabs_at_once_one_gets_the_orphan() {
    ten_claims().await;
}

#[wasm_bindgen_test]
async fn of_ten_tabs_at_once_one_gets_the_orphan_without_locks() {
    let undo = without_locks();
    ten_claims().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn a_duplicated_tab_gets_a_session_of_its_own() {
    wait(fresh()).await;
    let first = open().await;
    let key = first.claim(None).await.key;
    first.write(1.0, &[record("a", &[1])]).await;
    let second = open().await;
    let began = now();
    let claim = second.claim(Some(&key)).await;
    // The first one has answered.
    assert!(now() - began < 3_000.0);
    assert_ne!(claim.key, key);
    assert_eq!((claim.reason(), claim.records().len()), (None, 0));
    second.write(1.0, &[record("b", &[2])]).await;
    assert_eq!(records(&key).await, "a");
    assert_eq!(records(&claim.key).await, "b");
    first.release().await;
    second.release().await;
}

#[wasm_bindgen_test]
async fn a_reload_may_overlap_with_the_old_page() {
    wait(fresh()).await;
    left("mine", HOUR, "{}", &[1]).await;
    // It holds its lock and no longer answers.
    let release: Function = wait(hold_lock("mine")).await.into();
    let store = open().await;
    let claim = store.claiming(Some("mine"));
    while wait(locks_of("mine")).await != 2 {}
    end(&release);
    let claim = claim.done().await;
    assert_eq!((claim.key.as_str(), claim.reason().unwrap()), ("mine", "page-reloaded"));
    store.release().await;
}

/// A page that is reloaded again and again before anything is open.
#[wasm_bindgen_test]
async fn an_empty_session_keeps_its_key() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.release().await;
    let again = open().await;
    let claim = again.claim(Some(&key)).await;
    assert_eq!((claim.key.as_str(), claim.reason()), (key.as_str(), None));
    assert_eq!(wait(locks_of(&key)).await, 1);
    again.release().await;
}

#[wasm_bindgen_test]
async fn waiting_for_a_lock_ends_when_released() {
    wait(fresh()).await;
    left("held", HOUR, "{}", &[1]).await;
    let release: Function = wait(hold_lock("held")).await.into();
    let store = open().await;
    let claim = store.claiming(Some("held"));
    let began = now();
    store.release().await;
    assert_eq!(claim.fault().await, Fault::Failed);
    assert!(now() - began < 450.0);
    // The store that holds it.
    assert_eq!(wait(locks_of("held")).await, 1);
    end(&release);
}

#[wasm_bindgen_test]
async fn keys_that_no_store_has_made_are_not_accepted() {
    wait(fresh()).await;
    left("a", HOUR, r#"{"images":[]}"#, &[1]).await;
    for key in ["", "a/r0", "a/", "/", "\u{0}", "é", &"x".repeat(65)] {
        let store = open().await;
        let claim = store.claim(Some(key)).await;
        assert_eq!(claim.reason(), None);
        assert_ne!(claim.key, key);
        store.release().await;
    }
}

#[wasm_bindgen_test]
async fn sessions_are_kept_apart_by_address_and_user() {
    wait(fresh()).await;
    let store = open_as("ada", WIDE).await;
    let key = store.claim(None).await.key;
    store.write(js_sys::Date::now(), &[record("a", &[1])]).await;
    store.release().await;
    let other = open_as("bob", WIDE).await;
    assert_eq!(other.claim(Some(&key)).await.reason(), None);
    assert_eq!(other.claim(None).await.reason(), None);
    other.release().await;
    let ada = open_as("ada", WIDE).await;
    let elsewhere = ada.claiming_at("ws://localhost:3003/", Some(&key));
    assert_eq!(elsewhere.done().await.reason(), None);
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
    assert_eq!(first.claim(None).await.key, "newer");
    assert_eq!(second.claim(None).await.key, "older");
    assert_eq!(third.claim(None).await.reason(), None);
    for store in [first, second, third] {
        store.release().await;
    }
}
