//! Finding out that a connection is dead, and not taking a live one for dead.

use crate::client::support::{
    bench::Bench,
    driver::{Effect, Input},
    frames::bare,
    world::World,
};
use carta_resume::{
    client::{Options, Phase},
    protocol::EventType,
};

fn opens(effects: &[Effect], generation: u32) -> bool {
    let is_it = |effect: &Effect| matches!(effect, Effect::Open { generation: it, .. } if *it == generation);
    effects.iter().any(is_it)
}

fn shuts(effects: &[Effect], generation: u32) -> bool {
    effects.contains(&Effect::Shut { generation })
}

/// How long it takes until the silent connection is given up.
fn noticed_after(world: &mut World) -> u64 {
    let (start, silent) = (world.clock.wall, world.generation());
    while world.check.is_live(silent) {
        world.run(1);
        assert!(world.clock.wall < start + 300_000, "never");
    }
    world.clock.wall - start
}

#[test]
fn a_half_open_connection_is_noticed_within_13_seconds_whenever_it_happens() {
    for moment in (0..5_000).step_by(250) {
        let mut world = World::at_work(Options::default(), 1);
        world.run(moment);
        world.network.silence();
        let noticed = noticed_after(&mut world);
        assert!(noticed <= 13_000, "{noticed} ms after {moment}");
    }
}

#[test]
fn a_half_open_connection_is_noticed_while_the_user_is_asked() {
    let mut world = World::at_work(Options::default(), 1);
    world.user = crate::client::support::world::User::Absent;
    world.cut();
    world.run_until(Phase::Confirming);
    world.network.silence();
    assert!(noticed_after(&mut world) <= 13_000);
}

#[test]
fn ping_every_interval_and_pong_gives_the_latency() {
    let mut bench = Bench::active();
    assert_eq!(bench.after(4_999), []);
    for latency in [30, 40, 50] {
        let effects = bench.after(1);
        assert_eq!(effects[0], Effect::Ping { generation: 1 });
        bench.pass(latency);
        bench.input(Input::Text { generation: 1, pong: true });
        assert_eq!(bench.machine.status().latency_ms, Some(latency));
        bench.after(4_999 - latency);
    }
}

#[test]
fn any_message_proves_life() {
    let messages: [fn(&mut Bench); 3] = [
        |bench| drop(bench.input(Input::Text { generation: 1, pong: false })),
        |bench| drop(bench.receive(bare(EventType::RasterTileData, 0))),
        |bench| drop(bench.receive(bare(EventType::OpenFileAck, 99))),
    ];
    for message in messages {
        let mut bench = Bench::active();
        bench.after(5_000);
        bench.pass(6_999);
        message(&mut bench);
        bench.after(1);
        assert_eq!(bench.phase(), Phase::Active);
    }
}

#[test]
fn a_throttled_page_keeps_its_connection() {
    let mut world = World::at_work(Options::default(), 6);
    let generation = world.generation();
    world.input(Input::Hidden);
    world.throttle_ms = 60_000;
    world.run(3_600_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.generation(), generation);
}

#[test]
fn a_throttled_page_notices_a_dead_connection_all_the_same() {
    let mut world = World::at_work(Options::default(), 7);
    world.throttle_ms = 60_000;
    world.run(60_000);
    world.network.silence();
    // Two wake-ups each, for the PING's deadline and for giving up.
    world.run(300_000);
    assert!(world.generation() > 1 && world.phase() == Phase::Active, "connected again");
}

#[test]
fn a_sleep_is_judged_by_what_arrives_afterwards() {
    for clock_runs in [true, false] {
        let mut world = World::at_work(Options::default(), 8);
        let generation = world.generation();
        world.sleep(3_600_000, clock_runs);
        world.run(20_000);
        assert_eq!(world.phase(), Phase::Active, "the connection survived the sleep");
        assert_eq!(world.generation(), generation);

        world.network.silence();
        world.sleep(3_600_000, clock_runs);
        let noticed = noticed_after(&mut world);
        // The time until the next PING, and then the short deadline.
        assert!(noticed <= 8_100, "{noticed} ms, clock_runs {clock_runs}");
    }
}

#[test]
fn a_deadline_that_was_slept_through_proves_nothing_and_the_next_one_does() {
    let mut bench = Bench::active();
    bench.after(5_000);
    bench.pass(3_600_000);
    let effects = bench.input(Input::Timeout);
    assert!(effects.contains(&Effect::Ping { generation: 1 }));
    assert_eq!(bench.phase(), Phase::Active, "the answer may be there in a moment");
    assert!(opens(&bench.after(1_500), 2));
    bench.input(Input::Opened { generation: 2 });
    bench.after(1_499);
    assert_eq!(bench.phase(), Phase::Active);
    assert!(shuts(&bench.after(1), 1));
}

#[test]
fn a_jump_of_the_wall_clock_probes_at_once() {
    let mut bench = Bench::active();
    bench.now.wall += 4_000;
    assert_eq!(bench.input(Input::Hidden), [], "clocks drift");
    bench.now.wall += 6_000;
    assert_eq!(bench.input(Input::Hidden), [Effect::Ping { generation: 1 }]);
    assert_eq!(bench.input(Input::Hidden), [], "once");
    bench.now.wall -= 3_600_000;
    assert_eq!(bench.input(Input::Hidden), [], "a jump backwards means nothing");
    assert!(opens(&bench.after(1_500), 2));
}

#[test]
fn a_jump_that_shows_in_a_send_probes_too() {
    let mut bench = Bench::active();
    bench.now.wall += 60_000;
    let effects = bench.send(bare(EventType::FileListRequest, 1));
    assert!(effects.contains(&Effect::Ping { generation: 1 }), "{effects:?}");
}

#[test]
fn signs_of_a_return_probe_the_connection() {
    for input in [Input::Online, Input::Offline, Input::Visible, Input::Awake, Input::RetryNow] {
        let mut bench = Bench::active();
        assert_eq!(bench.input(input.clone()), [Effect::Ping { generation: 1 }], "{input:?}");
        assert_eq!(bench.after(1_499), []);
        assert!(opens(&bench.after(1), 2), "{input:?}");
        bench.input(Input::Opened { generation: 2 });
        assert!(!shuts(&bench.after(1_499), 1));
        assert!(shuts(&bench.after(1), 1), "{input:?}");

        let mut bench = Bench::active();
        bench.input(input.clone());
        bench.input(Input::Text { generation: 1, pong: true });
        bench.after(3_000);
        assert_eq!(bench.phase(), Phase::Active, "{input:?}");
    }
}

#[test]
fn a_page_that_keeps_coming_and_going_notices_a_dead_connection_too() {
    let mut bench = Bench::active();
    for second in 0..4 {
        bench.input(Input::Visible);
        bench.pass(1_000);
        if opens(&bench.input(Input::Timeout), 2) {
            bench.input(Input::Opened { generation: 2 });
        }
        assert_eq!(bench.phase() == Phase::Active, second < 3);
    }
}

#[test]
fn a_suspended_page_has_no_deadlines_and_probes_on_its_return() {
    let mut bench = Bench::active();
    bench.after(5_000);
    assert_eq!(bench.input(Input::Suspended), []);
    assert_eq!(bench.machine.next_deadline(), None);
    bench.pass(3_600_000);
    assert_eq!(bench.input(Input::Timeout), [], "spurious");
    assert_eq!(bench.input(Input::Awake), [Effect::Ping { generation: 1 }]);
    bench.input(Input::Timeout);
    assert_eq!(bench.phase(), Phase::Active);
    assert_eq!(
        bench.machine.status().silent_since,
        None,
        "a suspended page could not hear anything"
    );
    assert!(opens(&bench.after(1_500), 2));
    bench.input(Input::Opened { generation: 2 });
    assert!(shuts(&bench.after(1_500), 1));
}

#[test]
fn a_socket_that_the_browser_closed_meanwhile_is_replaced() {
    // `pageshow` arrives before the socket's `close`.
    let mut world = World::at_work(Options::default(), 9);
    let before = world.backend_session();
    world.input(Input::Suspended);
    world.cut();
    world.sleep(600_000, true);
    world.input(Input::Awake);
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
}

#[test]
fn a_connect_timeout_that_was_slept_through_gives_the_socket_a_little_longer() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench.after(3_600_000);
    assert_eq!(bench.phase(), Phase::Connecting);
    bench.input(Input::Opened { generation: 1 });
    assert_eq!(bench.phase(), Phase::Registering);

    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench.after(3_600_000);
    bench.after(3_000);
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn spurious_timeouts_do_nothing() {
    for mut bench in [Bench::active(), Bench::asking(), Bench::with_image()] {
        for _ in 0..100 {
            assert_eq!(bench.input(Input::Timeout), []);
        }
    }
}

#[test]
fn without_a_heartbeat_nothing_is_sent_and_nothing_is_suspected() {
    let options = Options { heartbeat: None, ..Options::default() };
    let mut world = World::at_work(options, 10);
    world.network.silence();
    world.input(Input::Online);
    world.run(3_600_000);
    assert_eq!(world.phase(), Phase::Active);
    assert!(world.times(|effect| matches!(effect, Effect::Ping { .. })).is_empty());
}
