//! When the next attempt is made.

use crate::client::support::{
    bench::Bench,
    driver::{Effect, Input},
    network::Reach,
    world::World,
};
use carta_resume::client::{Options, Phase, options::Jitter};

fn opened(effect: &Effect) -> bool {
    matches!(effect, Effect::Open { .. })
}

/// The delays between the attempts at a backend that is away, from the first
/// failure on.
fn delays(world: &mut World, attempts: usize) -> Vec<u64> {
    world.network.reach = Reach::Refused;
    world.network.latency_ms = 0;
    world.input(Input::Connect);
    while world.times(opened).len() <= attempts {
        world.run(1_000);
    }
    let times = world.times(opened);
    times.windows(2).map(|pair| pair[1] - pair[0]).take(attempts).collect()
}

#[test]
fn delays_grow_to_the_cap() {
    let mut options = Options::default();
    options.backoff.jitter = Jitter::None;
    let delays = delays(&mut World::new(options, 1), 20);
    // The cap is 1,900 ms and a sixteenth of the time since the first failure.
    assert_eq!(delays[..5], [500, 1_500, 2_025, 2_151, 2_286]);
    assert_eq!(delays[15..], [3_800; 5]);
}

/// Three attempts in a row have timed out, and the fourth is given more time.
fn long_attempt() -> Bench {
    let mut options = Options::default();
    options.backoff.jitter = Jitter::None;
    let mut bench = Bench::with(options, 0);
    bench.input(Input::Connect);
    for usual in [10_000, 20_000, 40_000] {
        assert!(!bench.after(usual - 1).iter().any(opened));
        bench.after(1);
        assert_eq!(bench.phase(), Phase::Waiting);
        let delay = bench.machine.status().retry_in_ms.unwrap();
        assert!(bench.after(delay).iter().any(opened));
    }
    bench
}

#[test]
fn a_long_attempt_can_be_cut_short() {
    let mut bench = long_attempt();
    bench.after(9_999);
    assert_eq!(bench.input(Input::RetryNow), [], "it still has its usual time");
    bench.after(1);
    let effects = bench.input(Input::RetryNow);
    assert!(matches!(effects[..], [Effect::Shut { .. }, Effect::Open { .. }, ..]), "{effects:?}");

    for awake in [Input::Online, Input::Visible, Input::Awake] {
        let mut bench = long_attempt();
        bench.after(30_000);
        assert!(matches!(bench.input(awake)[..], [Effect::Shut { .. }, ..]));
        let delay = bench.machine.status().retry_in_ms.unwrap();
        assert!(delay <= 1_000, "{delay}");
        assert!(bench.after(delay).iter().any(opened));
    }
}

#[test]
fn a_fresh_start_has_the_usual_connect_timeout() {
    let mut options = Options::default();
    options.backoff.max_attempts = Some(3);
    let mut bench = Bench::with(options, 0);
    bench.input(Input::Connect);
    while bench.phase() != Phase::Failed {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
    }
    bench.input(Input::RetryNow);
    bench.after(10_000);
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn delays_after_a_drop_start_over() {
    let mut options = Options::default();
    options.backoff.jitter = Jitter::None;
    let mut world = World::at_work(options, 1);
    world.network.latency_ms = 0;
    let start = world.clock.wall;
    world.network.reach = Reach::Refused;
    world.cut();
    world.run(20_000);
    let times: Vec<u64> = world.times(opened)[1..].iter().map(|at| at - start).collect();
    assert_eq!(times[..4], [500, 2_000, 4_025, 6_176]);
}

#[test]
fn delays_are_drawn_between_half_of_the_cap_and_all_of_it() {
    let (mut short, mut long) = (0, 0);
    for seed in 0..100 {
        // More than half a minute has passed by now.
        for delay in &delays(&mut World::new(Options::default(), seed), 27)[20..] {
            assert!((1_900..=3_800).contains(delay));
            short += usize::from(*delay < 2_280);
            long += usize::from(*delay > 3_420);
        }
    }
    // A fifth of 700 each, give or take four standard deviations.
    assert!((97..=183).contains(&short) && (97..=183).contains(&long), "{short} {long}");
}

#[test]
fn two_clients_do_not_try_at_the_same_moments() {
    let of = |seed| delays(&mut World::new(Options::default(), seed), 5);
    assert_ne!(of(1), of(2));
    assert_eq!(of(1), of(1), "the seed decides");
}

#[test]
fn a_hidden_page_tries_rarely_and_a_shown_one_soon() {
    let mut options = Options::default();
    options.backoff.jitter = Jitter::None;
    let mut world = World::new(options, 1);
    world.input(Input::Hidden);
    world.network.reach = Reach::Refused;
    world.input(Input::Connect);
    world.run(3_600_000);
    let attempts = world.times(opened).len();
    assert!((60..75).contains(&attempts), "{attempts} in an hour");
    world.run(10_000);
    world.input(Input::Visible);
    let shown = world.clock.wall;
    world.run(501);
    let last = *world.times(opened).last().unwrap();
    assert!(last > shown, "with jitter, here its upper bound");
}

#[test]
fn good_moments_bring_an_early_attempt_with_jitter() {
    for input in [Input::Online, Input::Visible, Input::Awake] {
        let mut waits = Vec::new();
        for seed in 0..40 {
            let mut world = World::new(Options::default(), seed);
            world.input(Input::Hidden);
            world.network.reach = Reach::Refused;
            world.input(Input::Connect);
            world.run(3_600_000);
            // Wait for a moment when nothing is due soon.
            while world.machine.status().retry_in_ms.is_none_or(|ms| ms < 20_000) {
                world.run(1_000);
            }
            world.run(1_000);
            let now = world.clock.wall;
            world.input(input.clone());
            world.run(501);
            let next = world.times(opened).into_iter().find(|&at| at >= now);
            waits.push(next.expect("an early attempt") - now);
        }
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 20, "{input:?} spreads: {waits:?}");
        assert!(*waits.last().unwrap() <= 500);
    }
}

#[test]
fn an_attempt_that_fell_due_during_a_sleep_is_made_with_jitter_too() {
    let mut waits = Vec::new();
    for seed in 0..40 {
        let mut world = World::new(Options::default(), seed);
        world.network.reach = Reach::Refused;
        world.input(Input::Connect);
        world.run_until(Phase::Waiting);
        world.input(Input::Suspended);
        world.sleep(3_600_000, true);
        let now = world.clock.wall;
        world.input(Input::Awake);
        world.run(501);
        let next = world.times(opened).into_iter().find(|&at| at >= now);
        waits.push(next.expect("an early attempt") - now);
    }
    waits.sort_unstable();
    waits.dedup();
    assert!(waits.len() > 20, "a whole campus wakes at once: {waits:?}");
}

#[test]
fn early_attempts_keep_a_distance() {
    let mut world = World::new(Options::default(), 3);
    world.network.reach = Reach::Refused;
    world.network.latency_ms = 0;
    world.input(Input::Connect);
    for _ in 0..10_000 {
        world.input(Input::Online);
        world.input(Input::Visible);
        world.run(1);
    }
    let times = world.times(opened);
    // A shorter delay that was drawn is kept; an early attempt does not add one.
    assert!(times.len() < 60, "{} attempts in ten seconds", times.len());
}

#[test]
fn a_good_moment_never_puts_an_attempt_off() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench.lose();
    let mut due = bench.machine.next_deadline().unwrap().at;
    for _ in 0..50 {
        bench.input(Input::Online);
        let next = bench.machine.next_deadline().unwrap().at;
        assert!(next <= due);
        due = next;
    }
}

#[test]
fn offline_holds_nothing_back() {
    let mut world = World::at_work(Options::default(), 4);
    world.input(Input::Offline);
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active, "localhost is reachable offline");
}

#[test]
fn the_count_of_attempts_starts_over_only_after_a_good_while() {
    let mut bench = Bench::active();
    assert_eq!(bench.machine.status().attempt, 1);
    bench.after(9_999);
    bench.input(Input::Text { generation: 1, pong: true });
    assert_eq!(bench.machine.status().attempt, 1);
    bench.after(1);
    assert_eq!(bench.machine.status().attempt, 0);

    let mut flapping = Bench::active();
    for attempt in 2..20 {
        flapping.pass(9_000);
        flapping.lose();
        flapping.reconnect();
        assert_eq!(flapping.machine.status().attempt, attempt);
    }
}

#[test]
fn an_open_socket_alone_does_not_count_as_good() {
    let mut bench = Bench::new();
    for attempt in 1..10 {
        bench.open_socket();
        bench.after(9_999);
        assert_eq!(bench.machine.status().attempt, attempt);
        bench.lose();
    }
}

#[test]
fn absurd_options_do_not_overflow() {
    let mut options = Options::default();
    options.backoff.initial_ms = u64::MAX;
    options.backoff.max_ms = u64::MAX;
    options.backoff.hidden_max_ms = u64::MAX;
    options.backoff.reset_after_ms = u64::MAX;
    options.timeouts.connect_ms = u64::MAX;
    options.timeouts.register_ms = u64::MAX;
    options.timeouts.resume_ms = Some(u64::MAX);
    let heartbeat = options.heartbeat.as_mut().unwrap();
    heartbeat.interval_ms = u64::MAX;
    heartbeat.timeout_ms = u64::MAX;
    heartbeat.busy_timeout_ms = u64::MAX;
    let mut bench = Bench::with(options, 0);
    bench.open_socket();
    bench.register(carta_resume::protocol::messages::SessionType::New);
    for input in [Input::Online, Input::Timeout, Input::RetryNow, Input::Visible] {
        bench.pass(1_000);
        bench.input(input);
    }
    assert_eq!(bench.phase(), Phase::Active);
    bench.lose();
    bench.input(Input::Online);
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn a_browser_that_holds_connections_back_is_given_more_time_each_time() {
    let mut world = World::at_work(Options::default(), 1);
    world.network.reach = Reach::Silent;
    world.cut();
    world.run(300_000);
    let opened = world.times(|effect| matches!(effect, Effect::Open { .. }));
    let shut = world.times(|effect| matches!(effect, Effect::Shut { .. }));
    // The first opened; the others were given up.
    let given: Vec<u64> =
        opened.iter().skip(1).zip(&shut).map(|(opened, shut)| shut - opened).collect();
    assert_eq!(given[..4], [10_000, 20_000, 40_000, 80_000]);
    world.network.reach = Reach::Open;
    world.input(Input::RetryNow);
    world.run(100_000);
    assert_eq!(world.phase(), Phase::Active);
}
