//! Random schedules: the client never holds two sessions, and no event that waited for it is lost
//! or delivered twice.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::support::{Network, Told, World, settings};
use carta_resume::{connection::Phase, lavalink::Input};

#[derive(Clone, Debug)]
enum Step {
    Run(u64),
    Emit,
    Drop,
    HalfOpen(bool),
    Notice,
    Cut(u64),
    RestartNode(u64),
    RestartProcess(u64),
    RetryNow,
    Online,
    Offline,
}

fn network() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u64..10_000).prop_map(Step::Run),
        1 => (10_000_u64..90_000).prop_map(Step::Run),
        4 => Just(Step::Emit),
        2 => Just(Step::Drop),
        2 => any::<bool>().prop_map(Step::HalfOpen),
        2 => Just(Step::Notice),
        1 => (0_u64..60_000).prop_map(Step::Cut),
        1 => Just(Step::RetryNow),
        1 => Just(Step::Online),
        1 => Just(Step::Offline),
    ]
}

fn anything() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => network(),
        1 => (0_u64..30_000).prop_map(Step::RestartNode),
        2 => (0_u64..90_000).prop_map(Step::RestartProcess),
    ]
}

fn step(world: &mut World, step: &Step) {
    match *step {
        Step::Run(ms) => world.run(ms),
        Step::Emit => world.emit(),
        Step::Drop => world.drop_connection(),
        Step::HalfOpen(client_knows) => world.half_open(client_knows),
        Step::Notice => world.notice(),
        Step::Cut(ms) => {
            world.network = Network::Cut;
            world.half_open(false);
            world.run(ms);
            world.network = Network::Whole;
        }
        Step::RestartNode(ms) => world.restart_node(ms),
        Step::RestartProcess(ms) => {
            world.kill();
            world.run(ms);
            world.start(settings());
        }
        Step::RetryNow => world.input(Input::RetryNow),
        Step::Online => world.input(Input::Online),
        Step::Offline => world.input(Input::Offline),
    }
}

fn settle(world: &mut World) {
    world.notice();
    for _ in 0..30 {
        world.run(10_000);
        world.notice();
    }
    assert_eq!(world.phase(), Phase::Active);
}

/// In each session, events are delivered in order and once, whichever process delivered them.
fn check_events(world: &World) {
    let mut newest: BTreeMap<&str, u32> = BTreeMap::new();
    for told in world.clients.iter().flat_map(|client| &client.told) {
        if let Told::Event(session, number) = told {
            let before = newest.insert(session, *number).unwrap_or(0);
            assert!(*number > before, "{session}: {number} after {before}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_client_holds_one_session_whatever_the_network_does(steps in vec(network(), 0..40)) {
        let mut world = World::started(settings());
        for it in &steps {
            step(&mut world, it);
        }
        settle(&mut world);
        prop_assert_eq!(world.most_held, 1);
        prop_assert_eq!(world.sessions.len(), 1);
        check_events(&world);
    }

    #[test]
    fn whatever_happens_the_client_gets_back_to_work(steps in vec(anything(), 0..40)) {
        let mut world = World::started(settings());
        for it in &steps {
            step(&mut world, it);
        }
        settle(&mut world);
        let connected = world.sessions.iter().filter(|session| session.line.is_some()).count();
        prop_assert_eq!(connected, 1);
        check_events(&world);
    }

    /// The client is away for less than the window: the session goes on, and everything that
    /// happened meanwhile is delivered, in order, once.
    #[test]
    fn nothing_that_waited_is_lost_within_the_window(
        events in 0_u32..20,
        noticed_ms in 0_u64..40_000,
        kind in 0..3,
    ) {
        let mut world = World::started(settings());
        let id = world.held()[0].to_owned();
        match kind {
            0 => world.half_open(true),
            1 => world.half_open(false),
            _ => world.kill(),
        }
        world.run(noticed_ms);
        world.notice();
        if kind == 2 {
            world.run(50);
        }
        for _ in 0..events {
            world.emit();
        }
        if kind == 2 {
            world.start(settings());
        }
        world.run(25_000);
        let told = world.told();
        let numbers: Vec<u32> = told
            .iter()
            .filter_map(|it| match it {
                Told::Event(session, number) if *session == id => Some(*number),
                _ => None,
            })
            .collect();
        prop_assert_eq!(numbers, (1..=events).collect::<Vec<u32>>());
        prop_assert!(!told.iter().any(|it| matches!(it, Told::Lost(..))), "{:?}", told);
        prop_assert_eq!(world.most_held, 1);
    }
}
