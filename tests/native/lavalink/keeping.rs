//! What is stored, and who owns it.

use carta_resume::{
    connection::{Code, Phase},
    lavalink::{Input, WhyLost},
};

use super::support::{Told, World, settings};

#[test]
fn of_two_processes_with_one_store_one_is_refused() {
    let mut world = World::started(settings());
    world.start(settings());
    world.run(9_000);
    assert_eq!(world.phase(), Phase::Failed);
    let told = world.told();
    let [Told::Failed(failed), Told::Error(_)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(failed.code, Code::SessionInUse);
    assert_eq!(world.clients[0].node.status().phase, Phase::Active);
    assert_eq!(world.sessions.len(), 1, "it never connected");
    // Once the other one is gone, this one may try again.
    world.input_of(0, Input::Close { forget: false });
    world.run(100);
    world.input(Input::RetryNow);
    world.run(1_000);
    assert!(matches!(world.told().as_slice(), [Told::Ready(_, true), Told::Connected]));
}

#[test]
fn a_process_that_was_stopped_for_long_gives_way() {
    let mut world = World::started(settings());
    // Its clock stands still, and another process takes the session.
    let stored = world.store.borrow().clone().unwrap();
    world.store.borrow_mut().replace(stored.replace("process-0", "process-x"));
    world.run(3_000);
    assert_eq!(world.phase(), Phase::Failed);
    assert!(matches!(world.told().last(), Some(Told::Error(it)) if it.code == Code::SessionInUse));
}

#[test]
fn what_is_stored_names_no_password_and_outlives_the_process() {
    let mut world = World::started(settings());
    world.run(5_000);
    let stored: serde_json::Value =
        serde_json::from_str(world.store.borrow().as_deref().unwrap()).unwrap();
    let mut fields: Vec<&str> = stored.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "address",
        "aliveAt",
        "owner",
        "ownedUntil",
        "savedAt",
        "sessionId",
        "timeoutS",
        "uptimeMs",
        "user",
        "version",
    ];
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(fields, expected);
    world.input(Input::Close { forget: true });
    world.run(100);
    assert_eq!(*world.store.borrow(), None);
}

#[test]
fn another_bots_session_is_not_presented() {
    let mut world = World::started(settings());
    world.input(Input::Close { forget: false });
    world.run(100);
    let mut other = settings();
    other.user = "2".into();
    world.start(other);
    world.run(1_000);
    assert_eq!(world.handshakes, [None, None]);
}

#[test]
fn damaged_and_newer_records() {
    for (text, presented_again) in [("{", true), (r#"{"version":2}"#, false), ("", true)] {
        let mut world = World::new();
        *world.store.borrow_mut() = Some(text.to_owned());
        world.start(settings());
        world.run(5_000);
        assert_eq!(world.phase(), Phase::Active, "{text}");
        let told = world.told();
        assert!(matches!(&told[0], Told::Error(it) if it.code == Code::StorageFailed), "{told:?}");
        let is_written = world.store.borrow().as_deref() != Some(text);
        assert_eq!(is_written, presented_again, "a newer record stays as it is: {text}");
    }
}

#[test]
fn a_hostile_id_in_the_store_is_not_presented() {
    let world = World::started(settings());
    let stored: String = world.store.borrow().clone().unwrap();
    let mut fields: serde_json::Value = serde_json::from_str(&stored).unwrap();
    fields["sessionId"] = "a\r\nAuthorization: x".into();
    fields["owner"] = serde_json::Value::Null;
    let mut world = World::new();
    *world.store.borrow_mut() = Some(fields.to_string());
    world.start(settings());
    world.run(1_000);
    assert_eq!(world.handshakes, [None]);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn a_store_that_fails_does_not_keep_from_connecting() {
    let mut world = World::new();
    world.store_fails = true;
    world.start(settings());
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
    assert!(matches!(&world.told()[0], Told::Error(it) if it.code == Code::StorageFailed));
}

#[test]
fn a_store_that_fails_later_is_reported_once() {
    let mut world = World::started(settings());
    world.told();
    world.store_fails = true;
    world.run(60_000);
    assert_eq!(world.told().len(), 1);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn a_session_named_by_the_caller_wins() {
    let mut world = World::new();
    let mut settings = settings();
    settings.session_id = carta_resume::lavalink::SessionId::read("abc");
    world.start(settings);
    world.run(10_000);
    assert_eq!(world.handshakes[0].as_deref(), Some("abc"));
    assert!(matches!(&world.told()[0], Told::Lost(id, WhyLost::Expired) if id == "abc"));
}
