//! What is archived, and how long it stays.

use carta_resume::keeping::{archive::Bounds, keeper::LoadTo};
use js_sys::Function;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

#[wasm_bindgen_test]
async fn what_is_archived_stays_and_the_client_goes_on_under_a_new_key() {
    wait(fresh()).await;
    let saved = js_sys::Date::now();
    let store = open().await;
    let first = store.claim(None).await.key;
    let before = store.writing(saved, &[record("a", &[1, 2, 3])]);
    let second = store.archive("declined");
    let after = store.writing(saved + 1.0, &[record("b", &[4])]);
    before.done().await;
    after.done().await;
    assert_eq!(store.list().await, [format!("declined:{first}")]);
    assert_eq!(records(&first).await, "a");
    assert_eq!(records(&second).await, "b");
    assert_eq!(wait(field(&second, "state")).await, "live");
    assert_eq!(wait(locks_of(&second)).await, 1);
    assert_eq!(wait(locks_of(&first)).await, 0);

    let third = store.archive("superseded");
    assert_eq!(store.list().await, [format!("superseded:{second}"), format!("declined:{first}")]);
    // Nothing is stored under this key, so there is nothing to archive.
    let fourth = store.archive("declined");
    assert_ne!(third, fourth);
    assert_eq!(store.list().await.len(), 2);

    let loaded = store.load(&first).await.unwrap();
    assert_eq!(loaded.records.unwrap(), [vec![1, 2, 3]]);
    assert_eq!((loaded.session_id, loaded.saved_at), (5, saved as u64));
    let list = store.listing().done().await;
    assert_eq!(list[1].bytes, 3.0);
    assert_eq!(json(&list[1].images), IMAGES);
    store.release().await;
    assert_eq!(store.heard(), "");
}

#[wasm_bindgen_test]
async fn a_damaged_session_is_never_offered_again() {
    wait(fresh()).await;
    left("broken", HOUR, "{}", &[1]).await;
    let store = open().await;
    assert_eq!(store.claim(None).await.key, "broken");
    store.archive("damaged");
    assert_eq!(store.list().await, [""; 0]);
    assert_eq!(store.claim(Some("broken")).await.reason(), None);
    assert_eq!(wait(field("broken", "state")).await, "damaged");
    assert_eq!(store.load("broken").await, None);
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
    let release: Function = wait(hold_lock("living")).await.into();
    let store = open().await;
    assert!(store.remove(Some("two")).await);
    assert!(!store.remove(Some("two")).await);
    assert!(!store.remove(Some("living")).await);
    assert_eq!(records("two").await, "");
    assert_eq!(store.list().await, ["open:living", "declined:one", "declined:three"]);
    assert!(store.remove(None).await);
    assert_eq!(store.list().await, ["open:living"]);
    assert!(!there("one").await && there("living").await);
    store.release().await;
    end(&release);
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
    let key = store.claim(None).await.key;
    store.write(1.0, &[record("a", &[1])]).await;
    // Nothing is awaited in between: the page may be closing.
    let forgotten = store.forgetting();
    let released = store.release();
    forgotten.done().await;
    released.await;
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
    let store = open_as("", Bounds { max_count: 3.0, ..WIDE }).await;
    let mut keys = vec![store.claim(None).await.key];
    for at in 0..5 {
        let undo = later(f64::from(at) * 1_000.0);
        store.write(js_sys::Date::now(), &[record("a", &[1])]).await;
        keys.push(store.archive("declined"));
        end(&undo);
    }
    let kept = [&keys[4], &keys[3], &keys[2]].map(|key| format!("declined:{key}"));
    assert_eq!(store.list().await, kept);
    assert_eq!(records(&keys[1]).await, "");
    store.release().await;
}

#[wasm_bindgen_test]
async fn what_closed_tabs_left_is_listed_whatever_its_backend() {
    wait(fresh()).await;
    left("left", HOUR, r#"{"address":"ws://127.0.0.1/index.html"}"#, &[1, 1]).await;
    left("held", HOUR, "{}", &[1]).await;
    left("empty", HOUR, r#"{"images":[]}"#, &[1]).await;
    left("ada", HOUR, r#"{"user":"ada"}"#, &[1]).await;
    let release: Function = wait(hold_lock("held")).await.into();
    let store = open().await;
    let mut list = store.listing().done().await;
    list.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(list.len(), 2);
    assert_eq!((list[0].why.as_str(), list[0].id.as_str()), ("open", "held"));
    assert_eq!((list[1].why.as_str(), list[1].id.as_str()), ("closed", "left"));
    assert_eq!(list[1].address, "ws://localhost/");
    for hidden in ["empty", "ada"] {
        assert_eq!(store.load(hidden).await, None, "{hidden}");
        assert!(!store.remove(Some(hidden)).await, "{hidden}");
    }
    // What another tab has can be looked at, and stays with that tab.
    assert!(store.load("held").await.is_some());
    assert_eq!(wait(field("held", "state")).await, "live");
    assert!(!store.remove(Some("held")).await);
    // Looking at it leaves it where it is; restoring it takes it into the archive.
    assert!(store.store.load("left", LoadTo::Export).await.unwrap().is_some());
    assert_eq!(wait(field("left", "state")).await, "live");
    assert_eq!(store.load("left").await.unwrap().records.unwrap().len(), 2);
    assert_eq!(wait(field("left", "state")).await, "archived");
    assert!(store.remove(Some("left")).await);
    store.release().await;
    end(&release);
}

#[wasm_bindgen_test]
async fn what_is_imported_is_in_the_archive_and_counts() {
    wait(fresh()).await;
    let store = open_as("ada", Bounds { max_count: 1.0, ..WIDE }).await;
    let long_ago = js_sys::Date::now() - 300.0 * DAY;
    let first = store.import(long_ago, &[record("a", &[1, 2, 3])]).await;
    let list = store.listing().done().await;
    assert_eq!((list[0].why.as_str(), &list[0].id), ("imported", &first));
    assert_eq!((list[0].saved_at, list[0].bytes), (long_ago.floor(), 3.0));
    assert_eq!(json(&list[0].images), IMAGES);
    assert_eq!(store.load(&first).await.unwrap().session_id, 0);
    let undo = later(HOUR);
    let second = store.import(long_ago, &[record("a", &[4])]).await;
    assert_eq!(store.list().await, [format!("imported:{second}")]);
    assert_eq!(records(&first).await, "");
    store.release().await;
    end(&undo);
}

#[wasm_bindgen_test]
async fn the_archive_is_bounded_in_bytes_and_the_oldest_goes_first() {
    wait(fresh()).await;
    let store = open_as("", Bounds { max_bytes: 100.0, ..WIDE }).await;
    let mut keys = vec![store.claim(None).await.key];
    for at in 0..4 {
        let undo = later(f64::from(at) * 1_000.0);
        store.write(js_sys::Date::now(), &[record("a", &[1; 20]), record("b", &[2; 20])]).await;
        keys.push(store.archive("declined"));
        end(&undo);
    }
    let kept = store.list().await;
    assert_eq!(kept, [format!("declined:{}", keys[3]), format!("declined:{}", keys[2])]);
    assert_eq!(records(&keys[0]).await, "");
    // One that is too big by itself is not kept, and nothing older either.
    let undo = later(HOUR);
    store.write(js_sys::Date::now(), &[record("a", &[1; 101])]).await;
    store.archive("declined");
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
    store.archive("superseded");
    let list = store.listing().done().await;
    assert_eq!(list[0].bytes, f64::from(lengths.iter().sum::<u32>()));
    store.release().await;
}

#[wasm_bindgen_test]
async fn abandoned_sessions_expire_and_are_then_deleted() {
    wait(fresh()).await;
    left("week", 7.5 * DAY, "{}", &[1, 2]).await;
    left("month", 31.0 * DAY, "{}", &[1]).await;
    left("held", 31.0 * DAY, "{}", &[1]).await;
    left("elsewhere", 31.0 * DAY, r#"{"address":"ws://else/"}"#, &[1]).await;
    left("empty", 8.0 * DAY, r#"{"images":[]}"#, &[1]).await;
    let archived = |state: &str, age: f64| {
        let time = js_sys::Date::now() - age * DAY;
        format!(r#"{{"state":"{state}","why":"declined","archivedAt":{time}}}"#)
    };
    left("young", 29.0 * DAY, &archived("archived", 1.0), &[1]).await;
    left("old", 31.0 * DAY, &archived("archived", 31.0), &[1]).await;
    left("broken", 40.0 * DAY, &archived("damaged", 31.0), &[1]).await;
    let release: Function = wait(hold_lock("held")).await.into();
    let store = open().await;
    assert_eq!(store.claim(None).await.reason(), None);
    assert_eq!(store.list().await, ["expired:week", "declined:young", "open:held"]);
    for gone in ["month", "elsewhere", "empty", "old", "broken"] {
        assert!(!there(gone).await, "{gone}");
        assert_eq!(records(gone).await, "");
    }
    assert!(there("held").await);
    store.release().await;
    end(&release);
}
