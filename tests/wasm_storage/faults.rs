//! Databases that are newer, gone, damaged, full or silent.

use carta_resume::keeping::fault::Fault;
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

#[wasm_bindgen_test]
async fn a_newer_database_is_not_touched() {
    wait(fresh()).await;
    let other = wait(other_tab(2)).await;
    close(&other);
    let counted = page_errors();
    assert_eq!(not_opening().await, Fault::Newer);
    assert_eq!(wait(end(&counted).unchecked_into()).await, 0);
    assert_eq!(wait(version()).await, 2);
    wait(fresh()).await;
}

#[wasm_bindgen_test]
async fn another_tab_may_upgrade_at_once() {
    wait(fresh()).await;
    let store = open().await;
    store.claim(None).await;
    store.write(1.0, &[record("a", &[1])]).await;
    // Rejects if it is blocked.
    let other = wait(other_tab(2)).await;
    assert_eq!(store.told(1).await, "lost newer");
    assert_eq!(store.writing(2.0, &[record("a", &[2])]).fault().await, Fault::Newer);
    assert_eq!(store.listing().fault().await, Fault::Newer);
    store.archive("declined");
    store.release().await;
    close(&other);
    wait(fresh()).await;
}

#[wasm_bindgen_test]
async fn a_database_that_is_deleted_is_written_again() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1]), record("b", &[2])]).await;
    // As happens when the user clears the page's data.
    wait(fresh()).await;
    assert_eq!(store.told(1).await, "lost gone");
    let first = store.writing(2.0, &[record("a", &[3])]);
    let second = store.writing(3.0, &[record("a", &[4]), record("c", &[5])]);
    first.done().await;
    second.done().await;
    assert_eq!(records(&key).await, "a c");
    assert_eq!(wait(field(&key, "savedAt")).await, 3);
    store.release().await;
    assert_eq!(store.heard(), "lost gone");
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_in_silence_is_opened_again() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    let undo = closed_in_silence();
    assert_eq!(store.writing(2.0, &[record("b", &[2])]).fault().await, Fault::Gone);
    assert_eq!(store.told(1).await, "lost gone");
    store.write(3.0, &[record("a", &[1]), record("b", &[2])]).await;
    end(&undo);
    assert_eq!(records(&key).await, "a b");
    store.release().await;
    assert_eq!(store.heard(), "lost gone");
}

#[wasm_bindgen_test]
async fn a_row_that_vanishes_is_noticed_by_the_next_write() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1]), record("b", &[2])]).await;
    wait(delete_row(&key)).await;
    assert_eq!(store.writing(2.0, &[record("a", &[3])]).fault().await, Fault::Gone);
    assert_eq!(store.told(1).await, "lost gone");
    // No part of the session is left.
    assert!(!there(&key).await);
    assert_eq!(records(&key).await, "");
    store.write(3.0, &[record("a", &[3])]).await;
    store.write(4.0, &[record("b", &[2])]).await;
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
    assert_eq!(store.claim(None).await.key, "sound");
    store.write(js_sys::Date::now(), &[record("a", &[1])]).await;
    store.archive("declined");
    assert!(store.list().await.contains(&"declined:sound".to_owned()));
    store.release().await;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    for at in 0..count as u32 {
        let store = open().await;
        let claim = store.claim(Some(&format!("bad{at}"))).await;
        assert_ne!(claim.key, "");
        store.load(&format!("bad{at}")).await;
        store.release().await;
    }
    let store = open().await;
    store.list().await;
    store.forgetting().done().await;
    store.release().await;
    // Marked as damaged, and deleted when they are old.
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
async fn a_page_without_indexed_db_is_told_so() {
    for throws in [false, true] {
        let undo = without_database(throws);
        let fault = not_opening().await;
        end(&undo);
        assert_eq!(fault, Fault::Missing);
    }
}

#[wasm_bindgen_test]
async fn a_database_that_hangs_does_not_hang_the_client() {
    wait(fresh()).await;
    let unstick: Function = wait(stuck()).await.into();
    let began = now();
    assert_eq!(not_opening().await, Fault::Blocked);
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
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    for (how, fault) in [("quota", Fault::Full), ("later", Fault::Failed)] {
        let undo = failing(how);
        let written = store.writing(2.0, &[record("a", &[2]), record("b", &[2])]);
        end(&undo);
        assert_eq!(written.fault().await, fault);
        assert_eq!(records(&key).await, "a");
        assert_eq!(wait(field(&key, "savedAt")).await, 1);
    }
    store.write(3.0, &[record("b", &[3])]).await;
    assert_eq!(records(&key).await, "a b");
    store.release().await;
    assert_eq!(wait(end(&counted).unchecked_into()).await, 0);
}

#[wasm_bindgen_test]
async fn a_released_store_does_nothing_any_more() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    let last = store.writing(1.0, &[record("a", &[1])]);
    store.release().await;
    last.done().await;
    assert_eq!(wait(locks_of(&key)).await, 0);
    assert_eq!(store.writing(2.0, &[record("a", &[2])]).fault().await, Fault::Failed);
    assert_eq!(store.claiming(None).fault().await, Fault::Failed);
    assert_eq!(store.listing().fault().await, Fault::Failed);
    store.suspend();
    store.wake().await;
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
    drop(Function::new_no_args("1"));
    assert_eq!(end(&counted), 1, "this does");
    let counted = evaluations();
    let store = open().await;
    store.claim(None).await;
    store.write(1.0, &[record("a", &[1])]).await;
    store.archive("declined");
    store.list().await;
    store.suspend();
    store.wake().await;
    store.release().await;
    assert_eq!(end(&counted), 0);
}
