//! What crashes the backend every time is tried twice, named, and left out, and the rest of the
//! work stays usable.

use crate::client::support::{
    backend::Killer,
    bench::{Bench, codes, events, sent},
    driver::{Effect, Input},
    frames::{bare, open_file, resume_ack, set_region, set_region_ack},
    world::{User, World},
};
use carta_resume::{
    client::{Answer, Options, Phase, offer::Suspected, problem::Code},
    protocol::{
        EventType, Frame,
        messages::{OpenFileAck, SetRegionAck},
    },
};

const TWICE: &str = "when the backend went away, twice. That may be the cause, so it is not \
                     tried again unless you ask for it.";

/// At work with two images, and a backend that crashes on this.
fn with_killer(killer: Killer) -> World {
    let mut world = World::at_work(Options::default(), 1);
    world.backend.killers.push(killer);
    world
}

fn opens_of(world: &World, request_id: u32) -> usize {
    let opens = world.frames_sent(EventType::OpenFile);
    opens.iter().filter(|frame| frame.header().request_id == request_id).count()
}

fn refusals(world: &World) -> Vec<(u32, OpenFileAck)> {
    let acks = world.fed.iter().filter(|frame| frame.event() == Some(EventType::OpenFileAck));
    acks.map(|frame| (frame.header().request_id, frame.decode().unwrap())).collect()
}

fn sentences(world: &World) -> Vec<&str> {
    let twice = world.errors.iter().filter(|problem| problem.code == Code::LostTwice);
    twice.map(|problem| &*problem.message).collect()
}

#[test]
fn a_file_that_kills_is_opened_twice_and_then_refused_by_name() {
    let mut world = with_killer(Killer::Opening("bad.fits".into()));
    let before = world.backend_session();
    world.send(open_file(60, 2, "bad.fits"));
    world.run(60_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!((world.backend.crashes, opens_of(&world, 60), world.offers.len()), (2, 2, 2));
    let refusals = refusals(&world);
    let [(60, ack)] = &*refusals else { panic!("{refusals:?}") };
    assert_eq!((ack.success, ack.file_id), (false, 2));
    assert_eq!(ack.message, format!("bad.fits was being opened {TWICE}"));
    assert_eq!(sentences(&world), [&ack.message]);
    let left_out = &world.offers[1].cannot_restore[0];
    assert_eq!((left_out.file_id, &*left_out.name), (2, "bad.fits"));
    assert_eq!(left_out.why, format!("It was being opened {TWICE}"));
    assert_eq!(world.backend_session(), before, "the rest is there");
    assert_eq!(world.workspace(), before);

    // When it is requested again, it is tried again, and the count starts over.
    world.send(open_file(61, 2, "bad.fits"));
    world.run(60_000);
    assert_eq!((world.backend.crashes, opens_of(&world, 61)), (4, 2));
    world.cut();
    world.run(30_000);
    assert!(world.offers.last().unwrap().cannot_restore.is_empty(), "said once");
}

#[test]
fn a_viewer_that_knows_nothing_is_answered_too() {
    let mut world = World::drop_in(Options::default(), 1);
    world.send(open_file(2, 0, "a.fits"));
    world.run(100);
    world.backend.killers.push(Killer::Opening("bad.fits".into()));
    world.send(open_file(3, 1, "bad.fits"));
    world.run(60_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    let answered: Vec<(u32, bool)> =
        refusals(&world).iter().map(|(id, ack)| (*id, ack.success)).collect();
    assert_eq!(answered, [(3, false)]);
    assert!(world.ended.is_empty());
}

fn back(bench: &mut Bench, offer: u32) -> Vec<Effect> {
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer, answer: Answer::Yes });
    bench.receive(resume_ack(&sent(&effects)[0], ""))
}

#[test]
fn a_promise_is_rejected() {
    let mut bench = Bench::with_image();
    let (request_id, _) = bench.request(EventType::FileListRequest);
    bench.lose();
    assert_eq!(events(&back(&mut bench, 1)), [EventType::FileListRequest]);
    let effects = bench.lose();
    let rejected = effects.iter().find_map(|effect| match effect {
        Effect::Rejected { request_id, problem } => Some((*request_id, problem)),
        _ => None,
    });
    let (rejected, problem) = rejected.unwrap();
    assert_eq!((rejected, problem.code), (request_id, Code::LostTwice));
    assert_eq!(problem.message, format!("A folder was being listed {TWICE}"));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Feed(_))), "once is enough");
    assert_eq!(events(&back(&mut bench, 2)), []);
}

#[test]
fn what_was_answered_on_the_second_try_is_innocent() {
    let mut bench = Bench::with_image();
    let make = set_region(10, 0, -1, 1.0);
    bench.send(make.clone());
    bench.lose();
    assert_eq!(sent(&back(&mut bench, 1)), std::slice::from_ref(&make));
    bench.receive(set_region_ack(&make, 1, true));
    assert_eq!(codes(&bench.lose()), [""; 0]);
}

#[test]
fn attempts_that_come_to_nothing_accuse_nobody() {
    let mut bench = Bench::with_image();
    bench.send(bare(EventType::FileListRequest, 10));
    bench.lose();
    for _ in 0..3 {
        bench.open_socket();
        assert_eq!(codes(&bench.lose()), [""; 0]);
    }
    assert_eq!(events(&back(&mut bench, 1)), [EventType::FileListRequest]);
}

#[test]
fn a_region_that_kills_is_not_kept_and_its_image_is() {
    let mut world = with_killer(Killer::Event(EventType::SetRegion));
    let before = world.backend_session();
    world.send(set_region(60, 0, 1, 99.0));
    world.run(60_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    let acks: Vec<SetRegionAck> = world.fed.iter().map(|frame| frame.decode().unwrap()).collect();
    assert!(matches!(&*acks, [SetRegionAck { success: false, region_id: 1, .. }]), "{acks:?}");
    assert_eq!(sentences(&world), [format!("a.fits was getting a region {TWICE}")]);
    assert_eq!(world.backend_session(), before);
}

// What follows a resume

#[test]
fn statistics_that_kill_are_left_out_and_named() {
    let mut world = with_killer(Killer::Stats(1));
    let before = world.backend_session();
    assert!(before.stats.contains(&(0, 1)));
    world.restart_backend();
    world.run(60_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    assert_eq!(sentences(&world), [format!("a.fits was being used for statistics {TWICE}")]);
    assert_eq!(world.offers.last().unwrap().cannot_restore.len(), 1);
    let session = world.backend_session();
    assert_eq!((&session.images, &session.regions), (&before.images, &before.regions));
    assert!(session.stats.is_empty());
}

#[test]
fn the_viewers_own_wish_counts_as_the_first_time() {
    let mut world = with_killer(Killer::Event(EventType::SetContourParameters));
    world.send(crate::client::support::frames::set_contours(60, 0, &[1.0]));
    world.run(60_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    assert_eq!(sentences(&world), [format!("a.fits was being drawn with contours {TWICE}")]);
    assert!(world.backend_session().images[&0].levels.is_empty());
}

#[test]
fn connections_that_last_accuse_nobody() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    for _ in 0..5 {
        world.cut();
        world.run(30_000);
    }
    assert_eq!((world.backend_session(), sentences(&world)), (before, vec![]));
    assert!(world.offers.iter().all(|offer| offer.suspected == Suspected::default()));
}

#[test]
fn without_a_heartbeat_whatever_comes_shows_that_the_backend_lives() {
    let options = Options { heartbeat: None, ..Options::default() };
    let mut world = World::at_work(options, 1);
    let before = world.backend_session();
    for request_id in 60..70 {
        world.cut();
        world.run(10_000);
        for more in 0..2 {
            world.send(bare(EventType::FileListRequest, request_id + 100 * more));
        }
        world.run(100);
    }
    assert_eq!((world.backend_session(), sentences(&world)), (before, vec![]));
}

// RESUME_SESSION

#[test]
fn after_two_crashes_of_a_resume_the_user_is_told_what_was_in_it() {
    let mut world = with_killer(Killer::Resuming("b.fits".into()));
    world.user = User::Answers(500, Answer::Yes);
    world.restart_backend();
    world.run_until(Phase::Resuming);
    world.user = User::Absent;
    world.run(60_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Confirming, 2));
    assert_eq!(world.frames_sent(EventType::ResumeSession).len(), 2);
    let offer = world.offers[1].clone();
    assert_eq!((&*offer.suspected.images, &*offer.suspected.catalogs), (&[0, 1][..], &[1][..]));

    // The user leaves one out, and that was the cause.
    let answer = Answer::Part { images: vec![0], catalogs: None };
    world.input(Input::Answered { offer: offer.id, answer });
    world.run(20_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    assert_eq!(world.backend_session().images.keys().collect::<Vec<_>>(), [&0]);
    world.user = User::Answers(500, Answer::Yes);
    world.cut();
    world.run(20_000);
    assert_eq!(world.offers[2].suspected, Suspected::default(), "it was restored once");
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn each_more_crash_costs_one_more_yes() {
    let mut world = with_killer(Killer::Resuming("a.fits".into()));
    world.restart_backend();
    world.run(10_000);
    for _ in 0..50 {
        world.run(1_000);
        let (crashes, offers) = (world.backend.crashes, world.offers.len());
        assert!(crashes <= offers + 1, "{crashes} crashes, {offers} questions");
    }
}

#[test]
fn a_viewer_that_knows_nothing_can_do_without_what_is_suspected() {
    let mut world = World::drop_in(Options::default(), 1);
    for (id, file) in [(0, "a.fits"), (1, "b.fits")] {
        world.send(open_file(u32::try_from(id).unwrap() + 2, id, file));
    }
    world.run(100);
    world.backend.killers.push(Killer::Resuming("b.fits".into()));
    world.restart_backend();
    world.run_until(Phase::Resuming);
    world.user = User::Absent;
    world.run(60_000);
    let offer = world.offers.last().unwrap().id;
    let answer = Answer::Part { images: vec![0], catalogs: None };
    world.input(Input::Answered { offer, answer });
    world.run(20_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 2));
    assert_eq!(world.backend_session().images.keys().collect::<Vec<_>>(), [&0]);
}

#[test]
fn an_image_that_kills_after_it_was_restored_comes_under_suspicion() {
    let mut bench = Bench::with_image();
    bench.lose();
    for offer in 1..3 {
        assert_eq!(events(&back(&mut bench, offer)), [] as [EventType; 0]);
        bench.lose();
    }
    let effects = bench.reconnect();
    let suspected = effects.iter().find_map(|effect| match effect {
        Effect::Ask(offer) => Some(offer.suspected.images.clone()),
        _ => None,
    });
    assert_eq!(suspected, Some(vec![0]));
}

/// A report about frames that were never readable cannot say what was in them.
#[test]
fn what_cannot_be_read_is_still_reported() {
    let mut bench = Bench::active();
    let header = bare(EventType::OpenFile, 10).header();
    bench.send(Frame::from_payload(header, &[0xFF]));
    bench.lose();
    bench.reconnect();
    let effects = bench.lose();
    assert_eq!(codes(&effects), ["lost-twice"]);
}
