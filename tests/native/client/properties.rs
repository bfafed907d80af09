//! Random schedules: whatever happens, the invariants hold at every step, and once the faults end,
//! the client gets back to work.

use crate::client::support::{
    archiving::with_resume_deadline,
    driver::Input,
    steps::{Step, anything, killers},
    world::{User, World},
};
use carta_resume::client::{Answer, Phase};
use proptest::{collection::vec, prelude::*};

fn schedule() -> impl Strategy<Value = Vec<Step>> {
    vec(anything(), 0..50)
}

pub fn world(seed: u64) -> World {
    // The client would wait for an answer that was lost.
    let mut world = World::new(with_resume_deadline(), seed);
    world.user = match seed % 3 {
        0 => User::Absent,
        1 => User::Answers(700, Answer::Yes),
        _ => User::Answers(30_000, Answer::Yes),
    };
    world
}

pub fn play(world: &mut World, steps: Vec<Step>) {
    world.input(Input::Connect);
    for (number, step) in (1..).zip(steps) {
        world.step(number, step);
    }
}

/// Back at work, and anything left over from lost and spoilt answers is put right by a resume.
fn settle(world: &mut World) {
    world.faults_end();
    world.run(BACK_AT_WORK_MS);
    assert_eq!(world.phase(), Phase::Active);
    world.cut();
    world.run(30_000);
    assert_eq!(world.phase(), Phase::Active);
}

/// Starting when the faults end: the longest case is a silent connection on which a file is being
/// opened, and then a resume.
const BACK_AT_WORK_MS: u64 = 300_000;

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn when_faults_end_the_backend_has_the_workspace(seed: u64, steps in schedule()) {
        let mut world = world(seed);
        play(&mut world, steps);
        settle(&mut world);
        prop_assert_eq!(world.workspace(), world.backend_session());
        world.check.traffic.assert_complete(world.generation());
    }

    /// A careful user leaves out what is suspected, and gets back to work although the backend
    /// still crashes on the same things.
    #[test]
    fn what_kills_the_backend_does_not_keep_the_client_from_work(
        seed: u64, killers in vec(killers(), 1..4), steps in schedule()
    ) {
        let mut world = world(seed);
        for killer in killers {
            world.fault(killer);
        }
        play(&mut world, steps);
        world.faults_end_but_killers(User::Careful(100));
        world.run(600_000);
        prop_assert_eq!(world.phase(), Phase::Active);
        world.cut();
        world.run(600_000);
        prop_assert_eq!(world.phase(), Phase::Active);
        let crashes = world.backend.crashes;
        world.run(600_000);
        prop_assert_eq!(world.backend.crashes, crashes, "it still crashes");
        prop_assert_eq!(world.workspace(), world.backend_session());
        world.check.traffic.assert_complete(world.generation());
    }

    #[test]
    fn after_a_no_both_sides_are_empty(seed: u64, steps in schedule()) {
        let mut world = world(seed);
        play(&mut world, steps);
        settle(&mut world);
        world.user = User::Answers(100, Answer::No);
        world.cut();
        world.run(30_000);
        prop_assert_eq!(world.phase(), Phase::Active);
        prop_assert!(world.machine.tracker().workspace().is_empty());
        let left = world.backend_session();
        prop_assert!(left.images.is_empty() && left.catalogs.is_empty(), "{:?}", left);
        prop_assert!(left.regions.is_empty() && left.stats.is_empty(), "{:?}", left);
        world.check.traffic.assert_complete(world.generation());
    }

    #[test]
    fn after_close_nothing_happens_any_more(
        seed: u64, before in schedule(), after in schedule()
    ) {
        let mut world = world(seed);
        play(&mut world, before);
        world.input(Input::Close);
        let effects = world.log.len();
        play(&mut world, after);
        world.faults_end();
        world.run(BACK_AT_WORK_MS);
        prop_assert_eq!(world.log.len(), effects);
        prop_assert_eq!(world.phase(), Phase::Closed);
    }
}
