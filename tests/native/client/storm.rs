//! A hundred clients lose one backend, which comes back: they must not come
//! back all at once. Run with `--nocapture` for the figures.

use std::collections::BTreeMap;

use crate::client::support::{network::Reach, world::World};
use carta_resume::client::{Options, Phase};

const CLIENTS: u64 = 100;

/// Milliseconds from the backend's return to each client at work, sorted.
fn recovered(away_ms: u64, seeds: std::ops::Range<u64>) -> Vec<u64> {
    let mut times: Vec<u64> = seeds
        .map(|seed| {
            let mut world = World::at_work(Options::default(), seed);
            world.user =
                crate::client::support::world::User::Answers(0, carta_resume::client::Answer::Yes);
            world.network.reach = Reach::Refused;
            world.restart_backend();
            world.run(away_ms);
            world.network.reach = Reach::Open;
            let back = world.clock.wall;
            world.run_until(Phase::Active);
            world.clock.wall - back
        })
        .collect();
    times.sort_unstable();
    times
}

fn fullest_slot(times: &[u64]) -> usize {
    let mut slots = BTreeMap::new();
    for time in times {
        *slots.entry(time / 100).or_insert(0) += 1;
    }
    slots.into_values().max().unwrap_or_default()
}

fn report(away_ms: u64) -> Vec<u64> {
    let times = recovered(away_ms, 0..CLIENTS);
    println!(
        "away {away_ms} ms: p50 {} ms, max {} ms, most in one 100 ms slot {}",
        times[times.len() / 2],
        times[times.len() - 1],
        fullest_slot(&times),
    );
    times
}

#[test]
fn after_three_seconds_they_come_back_spread_out() {
    let times = report(3_000);
    assert!(fullest_slot(&times) <= 15, "{times:?}");
    assert!(times[times.len() - 1] <= 5_200);
}

#[test]
fn after_twenty_seconds_they_come_back_spread_out() {
    let times = report(20_000);
    assert!(fullest_slot(&times) <= 15, "{times:?}");
    assert!(times[times.len() - 1] <= 5_200);
}
