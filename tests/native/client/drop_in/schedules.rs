//! Whatever happens to the connection, the viewer is answered once and in order.

use std::collections::BTreeSet;

use carta_resume::{
    client::{Options, Phase},
    protocol::EventType,
};
use proptest::{collection::vec, prelude::*};

use super::answered;
use crate::client::support::{
    archiving::with_resume_deadline,
    steps::{Fault, Step, Viewer, anything, drops, time, viewer},
    world::World,
};

/// What a viewer that does not know the client can do.
fn wish() -> impl Strategy<Value = Viewer> {
    let plain =
        |wish: &Viewer| !matches!(wish, Viewer::Request(_) | Viewer::Abort(_) | Viewer::State(_));
    viewer().prop_filter("a viewer that knows the client", plain)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => wish().prop_map(Step::Viewer),
        8 => time(),
        4 => drops().prop_map(Step::Fault),
    ]
}

/// The same, on connections that lose answers and stay open.
fn lossy_step() -> impl Strategy<Value = Step> {
    let lost = prop_oneof![
        Just(EventType::OpenFileAck),
        Just(EventType::SetRegionAck),
        Just(EventType::FileListResponse),
        Just(EventType::OpenCatalogFileAck),
        Just(EventType::ResumeSessionAck),
        Just(EventType::RegisterViewerAck),
    ];
    prop_oneof![8 => step(), 1 => lost.prop_map(|event| Step::Fault(Fault::Lose(event)))]
}

const BACK_AT_WORK_MS: u64 = 300_000;

/// A viewer that has taken these steps and is at work again; which of its requests were answered,
/// in order.
fn played(seed: u64, steps: Vec<Step>) -> (World, Vec<u32>) {
    let mut world = World::drop_in(with_resume_deadline(), seed);
    let mut asked = BTreeSet::from([1]);
    for (number, step) in (2..).zip(steps) {
        if let Step::Viewer(_) = step {
            asked.insert(number);
        }
        world.step(number, step);
    }
    world.faults_end();
    world.run(BACK_AT_WORK_MS);
    assert_eq!(world.phase(), Phase::Active);
    // An answer that was lost on a live connection comes after a drop.
    world.cut();
    world.run(30_000);
    assert_eq!(world.phase(), Phase::Active);

    assert_eq!(world.workspace(), world.backend_session());
    world.check.traffic.assert_complete(world.generation());
    assert!(world.ended.is_empty());
    let answered = answered(&world);
    assert!(answered.iter().all(|id| asked.contains(id)), "{answered:?}");
    (world, answered)
}

/// Whatever steps a viewer takes, it hears once that its connection has ended, if it has.
pub fn play(seed: u64, steps: Vec<Step>) {
    let mut world = World::drop_in(Options::default(), seed);
    for (number, step) in (2..).zip(steps) {
        // Such a viewer is rebuilt from the archive, which other tests cover.
        if matches!(step, Step::Restore { .. } | Step::Adopt { .. }) {
            continue;
        }
        world.step(number, step);
        assert_eq!(world.ended.is_empty(), world.phase() != Phase::Closed);
    }
    assert!(world.ended.len() <= 1);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn everything_is_done_and_answered_once_and_in_order(
        seed: u64, steps in vec(step(), 0..60)
    ) {
        let (_, answered) = played(seed, steps);
        prop_assert!(answered.is_sorted_by(|a, b| a < b), "{:?}", answered);
    }

    #[test]
    fn lost_answers_come_once(seed: u64, steps in vec(lossy_step(), 0..60)) {
        let (_, mut answered) = played(seed, steps);
        answered.sort_unstable();
        prop_assert!(answered.is_sorted_by(|a, b| a < b), "{:?}", answered);
    }

    #[test]
    fn whatever_comes_it_ends_in_order(seed: u64, steps in vec(anything(), 0..50)) {
        play(seed, steps);
    }
}
