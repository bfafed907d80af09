//! Pages that are put into the back/forward cache.

use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

#[wasm_bindgen_test]
async fn a_suspended_page_gives_its_session_up_and_takes_it_again() {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    store.suspend();
    // In the order in which a suspended page does it, or the other way round.
    store.write(2.0, &[record("b", &[2])]).await;
    assert_eq!(wait(locks_of(&key)).await, 0);
    store.wake().await;
    assert_eq!(wait(locks_of(&key)).await, 1);
    store.write(3.0, &[record("c", &[3])]).await;
    assert_eq!(records(&key).await, "a b c");
    assert_eq!(store.heard(), "");
    store.release().await;
}

/// A tab takes the session of one that was suspended, and lives or ends.
async fn taken_while_suspended(lives: bool) {
    wait(fresh()).await;
    let store = open().await;
    let key = store.claim(None).await.key;
    let saved = js_sys::Date::now();
    store.write(saved, &[record("a", &[1])]).await;
    store.suspend();
    let thief = open().await;
    assert_eq!(thief.claim(None).await.key, key);
    if !lives {
        thief.write(saved + 1.0, &[record("t", &[9])]).await;
        thief.release().await;
    }
    store.wake().await;
    let new = store.told(1).await.split_off(4);
    assert_ne!(new, key);
    assert_eq!(store.told(2).await, "lost taken");
    store.write(saved + 2.0, &[record("a", &[1])]).await;
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
