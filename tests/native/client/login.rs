//! Sites with a login: what keeps an attempt from opening a socket.

use crate::client::support::{
    driver::{Effect, Input},
    frames::open_file,
    world::World,
};
use carta_resume::client::{Code, Options, Phase, login::Barrier};

/// Attempts to connect in the given time.
fn attempts(world: &mut World, ms: u64) -> usize {
    let before = world.times(|effect| matches!(effect, Effect::Open { .. })).len();
    world.run(ms);
    world.times(|effect| matches!(effect, Effect::Open { .. })).len() - before
}

/// A viewer behind a login has an image open, and then its connection is lost.
fn cut(by: Barrier) -> World {
    let mut world = World::drop_in(Options::default(), 1);
    world.send(open_file(2, 0, "a.fits"));
    world.run(20_000);
    world.barrier = Some(by);
    world.cut();
    world.run(5_000);
    world
}

fn error(world: &World) -> (Code, String) {
    let error = world.machine.status().error.clone().unwrap();
    (error.code, error.message)
}

#[test]
fn a_login_that_is_over_is_told_once_and_the_work_is_kept() {
    for (by, sentence) in [
        (
            Barrier::LoggedOut,
            "You are logged out. Log in again, for example in another tab, then come back to this \
             one. Your work is kept.",
        ),
        (
            Barrier::OtherUser,
            "Another user has logged in. Log in as before to continue the work in this tab, or \
             reload the page to start as the other user. The work is kept.",
        ),
    ] {
        let mut world = cut(by);
        assert_eq!(world.phase(), Phase::Waiting);
        assert_eq!(error(&world), (Code::LoginRequired, sentence.to_owned()));
        let hour = attempts(&mut world, 3_600_000);
        assert!((60..240).contains(&hour), "{hour} in an hour");
        assert_eq!(world.errors.len(), 1, "{:?}", world.errors);
        assert!(world.ended.is_empty(), "the viewer is not told, so that it can go on");
        assert!(!world.workspace().images.is_empty());
        assert!(world.offers.is_empty(), "nobody is asked");
    }
}

#[test]
fn after_logging_in_again_one_click_brings_it_back() {
    let mut world = cut(Barrier::LoggedOut);
    world.run(600_000);
    world.barrier = None;
    // The user has come back from the tab with the login.
    world.input(Input::Visible);
    world.run(3_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.offers.len(), 1);
    assert_eq!(world.workspace(), world.backend_session());

    let mut world = cut(Barrier::LoggedOut);
    world.barrier = None;
    world.input(Input::RetryNow);
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn it_costs_nothing_of_the_retry_budget() {
    let mut options = Options::default();
    options.backoff.max_attempts = Some(3);
    let mut world = World::at_work(options, 1);
    world.barrier = Some(Barrier::LoggedOut);
    world.cut();
    world.run(3_600_000);
    assert_eq!(world.phase(), Phase::Waiting);
}

#[test]
fn a_server_that_does_not_renew_the_login_now_is_asked_as_a_backend_is() {
    let mut world = cut(Barrier::Silence);
    // An address that answers HTTP says nothing about the one that renews the login.
    world.network.answers_http = true;
    assert!(attempts(&mut world, 60_000) > 10);
    assert_eq!(error(&world).0, Code::ConnectionLost);
    assert!(world.errors.is_empty() && world.ended.is_empty());
    world.barrier = None;
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn what_comes_too_late_changes_nothing() {
    let mut world = cut(Barrier::Silence);
    world.barrier = None;
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    for generation in 0..=world.machine.generation() {
        world.input(Input::Barred { generation, by: Barrier::LoggedOut });
    }
    assert_eq!(world.phase(), Phase::Active);
    assert!(world.errors.is_empty());
}
