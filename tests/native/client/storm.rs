//! Very many clients lose the same backend at the same moment, and it comes back: each should be at
//! work again soon, and they should not all come at once. Run with `--nocapture` for the figures.

use carta_resume::client::{Answer, Options, Phase};

use crate::client::support::{
    driver::{Effect, Input},
    frames::open_file,
    network::{Event, Reach},
    world::{User, World},
};

/// In a run of 1,000 clients, chance alone adds about 1 % to the fullest slot. Ten runs show the
/// effect of the policy.
const CLIENTS: u32 = 10_000;

const SLOT_MS: u64 = 100;

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap()
}

fn opened(effect: &Effect) -> bool {
    matches!(effect, Effect::Open { .. })
}

/// A client at work, whose user says yes at once. The latency is low, and there are no liveness
/// checks: what takes time is waiting.
fn at_work(seed: u64) -> World {
    let mut world = World::new(Options { heartbeat: None, ..Options::default() }, seed);
    world.user = User::Answers(0, Answer::Yes);
    world.network.latency_ms = 1;
    world.input(Input::Connect);
    world.send(open_file(1, 0, "a.fits"));
    world.run(15_000);
    world
}

/// An attempt that gets no reply still succeeds once TCP repeats its first packet: 1, 3, 7, 15 and
/// 31 s after the first time.
fn repeat_by_tcp(world: &mut World) {
    let begun = world.times(opened).pop().unwrap();
    let mut repeats = [1, 3, 7, 15, 31].map(|seconds| begun + seconds * 1_000).into_iter();
    let next = repeats.find(|&at| at >= world.clock.wall).unwrap();
    let generation = world.generation();
    world.network.at(next, Event::Settled { generation, opens: true });
}

struct Storm {
    /// The time from the backend's return until each client is at work, in milliseconds, sorted.
    recovered: Vec<u64>,
    /// Attempts of all clients while the backend was away.
    failed: u32,
}

impl Storm {
    fn after(away_ms: u64, reach: Reach, clients: u32) -> Self {
        let mut seeds = fastrand::Rng::with_seed(away_ms);
        let (mut recovered, mut failed) = (Vec::new(), 0);
        for _ in 0..clients {
            let mut world = at_work(seeds.u64(..));
            world.network.reach = reach;
            world.restart_backend();
            world.run(away_ms);
            failed += count(world.times(opened).len() - 1);
            world.network.reach = Reach::Open;
            let back = world.clock.wall;
            if reach == Reach::Silent && world.phase() == Phase::Connecting {
                repeat_by_tcp(&mut world);
            }
            world.run(120_000);
            let resumed = world.times(|effect| matches!(effect, Effect::Resumed(_)));
            assert_eq!(resumed.len(), 1, "back at work");
            recovered.push(resumed[0] - back);
        }
        recovered.sort_unstable();
        let storm = Self { recovered, failed };
        println!(
            "{reach:?} for {away_ms} ms: p50 {} ms, max {} ms, fullest slot {:.1} %, {:.1} attempts \
             failed",
            storm.median(),
            storm.slowest(),
            storm.fullest_slot(),
            f64::from(storm.failed) / f64::from(clients)
        );
        storm
    }

    fn median(&self) -> u64 {
        self.recovered[self.recovered.len() / 2]
    }

    fn slowest(&self) -> u64 {
        self.recovered[self.recovered.len() - 1]
    }

    /// The largest share that comes back within one slot, in percent.
    fn fullest_slot(&self) -> f64 {
        let slots = self.recovered.chunk_by(|a, b| a / SLOT_MS == b / SLOT_MS);
        let fullest = slots.map(<[u64]>::len).max().unwrap_or_default();
        f64::from(count(fullest)) * 100.0 / f64::from(count(self.recovered.len()))
    }
}

#[test]
fn after_three_seconds_they_are_soon_back_and_spread_out() {
    let storm = Storm::after(3_000, Reach::Refused, CLIENTS);
    assert!(storm.median() <= 800);
    assert!(storm.slowest() <= 3_000);
    assert!(storm.fullest_slot() <= 7.0);
}

#[test]
fn after_twenty_seconds_too() {
    let storm = Storm::after(20_000, Reach::Refused, CLIENTS / 10);
    assert!(storm.median() <= 1_500);
    assert!(storm.slowest() <= 4_000);
    assert!(storm.fullest_slot() <= 7.0);
}

#[test]
fn after_an_hour_they_are_back_as_soon_as_after_half_a_minute() {
    let storm = Storm::after(3_600_000, Reach::Refused, 20);
    assert!(storm.slowest() <= 4_000);
}

/// Attempts and HTTP probes of 200 tabs in each second of the hour that the backend is away.
fn load_per_second(hidden: bool) -> (f64, f64) {
    const TABS: u32 = 10;
    let (mut attempts, mut probes) = (0, 0);
    for seed in 0..TABS {
        let mut world = at_work(seed.into());
        if hidden {
            world.input(Input::Hidden);
        }
        world.network.reach = Reach::Refused;
        world.restart_backend();
        world.run(3_600_000);
        attempts += count(world.times(opened).len() - 1);
        probes += count(world.times(|effect| matches!(effect, Effect::Probe)).len());
    }
    [attempts, probes].map(|all| f64::from(all) * 200.0 / f64::from(TABS) / 3_600.0).into()
}

#[test]
fn a_backend_that_stays_away_is_not_stormed() {
    for (hidden, most) in [(false, 75.0), (true, 5.0)] {
        let (attempts, probes) = load_per_second(hidden);
        println!("200 tabs, hidden: {hidden}: {attempts:.1} attempts/s, {probes:.1} probes/s");
        assert!(attempts <= most && probes <= attempts);
    }
}

#[test]
fn attempts_that_hang_succeed_when_tcp_repeats_them() {
    let storm = Storm::after(3_000, Reach::Silent, CLIENTS / 10);
    assert!(storm.slowest() <= 1_000);
    let storm = Storm::after(20_000, Reach::Silent, CLIENTS / 10);
    assert!(storm.slowest() <= 8_000);
}
