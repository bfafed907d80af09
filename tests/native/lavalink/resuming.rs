//! Which session is continued.

use carta_resume::{
    connection::{Code, Phase},
    lavalink::{Input, SessionId, StillConnected, WhyLost},
};

use super::support::{Told, World, settings};

fn first_session(world: &mut World) -> String {
    let told = world.told();
    let [Told::Ready(id, false), Told::Connected] = told.as_slice() else { panic!("{told:?}") };
    id.clone()
}

fn event(id: &str, number: u32) -> Told {
    Told::Event(id.to_owned(), number)
}

fn ready(id: &str, resumed: bool) -> Told {
    Told::Ready(id.to_owned(), resumed)
}

/// The three steps: save the id, present it after a restart, check what the node says.
#[test]
fn a_process_that_starts_again_goes_on_with_its_session() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    assert_eq!(world.held(), [&id]);
    world.kill();
    world.run(1_000);
    world.emit();
    world.emit();
    world.run(20_000);
    world.start(settings());
    world.run(9_000);
    let expected = [ready(&id, true), event(&id, 1), event(&id, 2), Told::Connected];
    assert_eq!(world.told(), expected);
    assert_eq!(world.newest().node.status().session_id, SessionId::read(&id));
    assert_eq!(world.held(), [&id]);
}

#[test]
fn after_the_window_the_session_is_lost_and_a_new_one_held() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.kill();
    world.run(70_000);
    world.start(settings());
    world.run(5_000);
    let told = world.told();
    let [Told::Lost(lost, WhyLost::Expired), Told::Ready(new, false), Told::Connected] =
        told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(*lost, id);
    assert_eq!(world.held(), [new]);
    assert_eq!(world.most_held, 1);
}

#[test]
fn a_restart_of_the_node_is_told() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.restart_node(3_000);
    world.run(10_000);
    let told = world.told();
    let [Told::Lost(lost, why), Told::Ready(new, false), Told::Connected] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((lost, *why), (&id, WhyLost::NodeRestarted));
    assert_eq!(world.held(), [new]);
}

/// The trap: the node has not noticed that the old connection is dead.
#[test]
fn an_old_session_is_not_given_up_while_the_node_takes_it_for_connected() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.half_open(true);
    world.run(20_000);
    assert_eq!(world.told(), []);
    assert!(world.handshakes.len() > 2, "it is tried again");
    assert!(world.handshakes[1..].iter().all(|presented| presented.as_ref() == Some(&id)));
    world.notice();
    world.emit();
    world.run(5_000);
    assert_eq!(world.told(), [ready(&id, true), event(&id, 1), Told::Connected]);
    assert_eq!((world.held(), world.sessions.len()), (vec![id.as_str()], 1));
    assert_eq!(world.most_held, 1);
}

#[test]
fn an_old_session_that_stays_connected_is_let_go() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.half_open(true);
    world.run(70_000);
    let told = world.told();
    let [Told::Lost(lost, WhyLost::StillConnected), Told::Ready(new, false), Told::Connected] =
        told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(*lost, id);
    assert_eq!(world.held(), [new]);
    world.notice();
    world.run(1_000);
    assert_eq!(world.sessions.len(), 1, "the old one ended with its connection");
    assert_eq!(world.most_held, 1);
}

/// A session that has begun to wait for its client is not found, like a session that is gone.
#[test]
fn a_node_that_notices_while_the_old_session_is_given_up_resumes_it() {
    for noticed_ms in (59_000..66_000).step_by(10) {
        let mut world = World::started(settings());
        world.half_open(true);
        world.run(noticed_ms);
        world.notice();
        world.run(10_000);
        assert_eq!((world.most_held, world.sessions.len()), (1, 1), "{noticed_ms}");
    }
}

#[test]
fn the_caller_sets_how_long_the_old_session_is_tried() {
    for (policy, wait_ms) in [(StillConnected::Accept, 0), (StillConnected::WaitMs(10_000), 10_000)]
    {
        let mut settings = settings();
        settings.still_connected = policy;
        let mut world = World::started(settings);
        world.told();
        world.half_open(true);
        if wait_ms > 0 {
            world.run(wait_ms);
            assert_eq!(world.told(), [], "{policy:?}");
        }
        world.run(6_000);
        assert!(
            matches!(world.told().as_slice(), [Told::Lost(_, WhyLost::StillConnected), ..]),
            "{policy:?}"
        );
    }
}

#[test]
fn a_silent_connection_is_found_dead_and_its_session_resumed() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.half_open(false);
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active, "nothing shows that it is dead");
    world.run(20_000);
    assert_ne!(world.phase(), Phase::Active, "no pong came");
    world.notice();
    world.run(10_000);
    assert_eq!(world.told(), [ready(&id, true), Told::Connected]);
}

#[test]
fn a_connection_that_answers_pings_lives() {
    let mut world = World::started(settings());
    world.run(600_000);
    assert_eq!(world.handshakes.len(), 1);
    assert_eq!(world.newest().node.status().latency_ms, Some(40));
}

#[test]
fn a_wrong_password_is_final() {
    let mut world = World::new();
    world.password_is_wrong = true;
    world.start(settings());
    world.run(600_000);
    assert_eq!(world.phase(), Phase::Failed);
    assert_eq!(world.handshakes.len(), 1, "no endless loop");
    let told = world.told();
    let [Told::Failed(failed), Told::Error(error)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((failed.code, error.code), (Code::ConnectionRefused, Code::ConnectionRefused));
    world.password_is_wrong = false;
    world.input(Input::RetryNow);
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn a_closed_node_does_nothing_any_more() {
    let mut world = World::started(settings());
    let id = first_session(&mut world);
    world.input(Input::Close { forget: false });
    world.run(600);
    assert!(world.newest().released);
    assert_eq!(world.newest().node.deadline(), None);
    assert_eq!(world.held(), [&id], "the session waits for the next process");
    let handshakes = world.handshakes.len();
    world.input(Input::Connect);
    world.input(Input::RetryNow);
    world.run(30_000);
    assert_eq!(world.handshakes.len(), handshakes);
    // Which does not have to wait for a lease.
    world.start(settings());
    world.run(200);
    assert_eq!(world.told(), [ready(&id, true), Told::Connected]);
}

#[test]
fn without_resuming_nothing_is_held() {
    let mut settings = settings();
    settings.resuming = false;
    let mut world = World::started(settings);
    assert_eq!(world.held(), Vec::<&str>::new());
    world.drop_connection();
    world.run(5_000);
    assert_eq!(world.sessions.len(), 1);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn what_no_node_says_is_reported_and_left_out() {
    let mut world = World::started(settings());
    world.told();
    let generation = 1;
    world.input(Input::Text { generation, text: "{".into() });
    let told = world.told();
    let [Told::Error(problem)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((problem.code, problem.length), (Code::UnreadableFrame, Some(1)));
    assert_eq!(world.phase(), Phase::Active);
}
