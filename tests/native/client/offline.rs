//! What is done without a connection stays done: it is neither offered nor sent later, and what was
//! moved is resumed where it is now.

use crate::client::support::{
    backend::Killer,
    bench::{Bench, asked, codes, events, sent},
    driver::{Effect, Input},
    frames::{
        close_catalog, close_file, open_catalog, open_catalog_ack, open_file, open_file_ack,
        remove_region, resume_ack, set_channel, set_contours, set_region, set_region_ack,
        want_stats,
    },
    world::{User, World},
};
use carta_resume::{
    client::{Answer, Options, Phase},
    protocol::{
        EventType, Frame,
        messages::{OpenFileAck, ResumeSession},
    },
};

/// Two images with a region on the first, statistics of it, and a catalog.
fn at_work() -> Bench {
    let mut bench = Bench::with_image();
    let open = open_file(2, 1, "b.fits");
    bench.send(open.clone());
    bench.receive(open_file_ack(&open, 1, true));
    let set = set_region(3, 0, -1, 10.0);
    bench.send(set.clone());
    bench.receive(set_region_ack(&set, 1, true));
    bench.send(want_stats(4, 0, 1, true));
    let open = open_catalog(5, 1, "stars.vot");
    bench.send(open.clone());
    bench.receive(open_catalog_ack(&open, 1, true));
    for _ in 0..2 {
        bench.input(Input::Text { generation: bench.generation(), pong: true });
    }
    bench
}

/// In each of the phases without a connection that works.
fn in_every_phase(act: impl Fn(&mut Bench)) {
    for phase in [Phase::Waiting, Phase::Connecting, Phase::Registering, Phase::Confirming] {
        let mut bench = at_work();
        bench.lose();
        if phase == Phase::Connecting {
            bench.input(Input::RetryNow);
        } else if phase == Phase::Registering {
            bench.open_socket();
        } else if phase == Phase::Confirming {
            bench.reconnect();
        }
        assert_eq!(bench.phase(), phase);
        act(&mut bench);
    }
}

/// Back at work after a yes: RESUME_SESSION, and what was sent after its answer.
fn resume(bench: &mut Bench) -> (ResumeSession, Vec<Frame>) {
    if bench.phase() == Phase::Connecting {
        bench.lose();
    }
    if bench.phase() == Phase::Registering {
        bench.lose();
    }
    if bench.phase() == Phase::Waiting {
        bench.reconnect();
    }
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    let resume = sent(&effects).remove(0);
    let after = sent(&bench.receive(resume_ack(&resume, "")));
    assert_eq!(bench.phase(), Phase::Active);
    (resume.decode().unwrap(), after)
}

fn files(resume: &ResumeSession) -> Vec<i32> {
    resume.images.iter().map(|image| image.file_id).collect()
}

#[test]
fn a_closed_image_is_neither_restored_nor_closed_again() {
    in_every_phase(|bench| {
        let asks = bench.phase() == Phase::Confirming;
        let effects = bench.send(close_file(20, 0));
        let offered = effects.iter().find_map(|effect| match effect {
            Effect::UpdateOffer(offer) => Some(offer.images.len()),
            _ => None,
        });
        assert_eq!(offered, asks.then_some(1));
        assert_eq!(asked(&effects), None);
        let (resume, after) = resume(bench);
        assert_eq!(files(&resume), [1]);
        assert_eq!(after, [], "no requirement, and nothing to close");
    });
}

#[test]
fn a_removed_region_is_neither_restored_nor_removed_again() {
    in_every_phase(|bench| {
        bench.send(remove_region(20, 1));
        let (resume, after) = resume(bench);
        assert!(resume.images[0].regions.is_empty());
        assert_eq!(after, []);
    });
}

#[test]
fn a_new_region_that_takes_the_number_of_a_removed_one_stays() {
    let mut bench = at_work();
    bench.lose();
    bench.send(set_region(20, 0, -1, 5.0));
    bench.send(remove_region(21, 1));
    let (_, after) = resume(&mut bench);
    assert_eq!(after, [set_region(20, 0, -1, 5.0)]);
}

#[test]
fn a_closed_catalog_is_not_opened_again() {
    in_every_phase(|bench| {
        bench.send(close_catalog(20, 1));
        let (resume, after) = resume(bench);
        assert!(resume.catalog_files.is_empty());
        // RESUME_SESSION does not close it if the session was kept.
        let after: Vec<_> = after.iter().filter_map(Frame::event).collect();
        assert_eq!(after, [EventType::CloseCatalogFile, EventType::SetStatsRequirements]);
    });
}

#[test]
fn what_is_moved_is_resumed_where_it_is_now() {
    in_every_phase(|bench| {
        bench.send(set_channel(20, 1, 7));
        bench.send(set_region(21, 0, 1, 55.0));
        bench.send(set_contours(22, 1, &[3.0]));
        bench.send(want_stats(23, 0, 1, false));
        let (resume, after) = resume(bench);
        assert_eq!(resume.images[1].channel, 7);
        assert_eq!(resume.images[0].regions[&1].control_points[0].x, 55.0);
        assert_eq!(resume.images[1].contour_settings.as_ref().unwrap().levels, [3.0]);
        let after: Vec<_> = after.iter().filter_map(Frame::event).collect();
        let drawn = EventType::SetContourParameters;
        // The region's answer is awaited, and perhaps tiles.
        assert_eq!(after, [drawn, drawn, EventType::SetImageChannels, EventType::SetRegion]);
    });
}

#[test]
fn what_is_moved_in_an_image_that_is_being_opened_waits_for_it() {
    let mut bench = at_work();
    let open = open_file(20, 0, "c.fits");
    bench.send(open.clone());
    bench.lose();
    bench.send(set_channel(21, 0, 7));
    bench.send(set_contours(22, 0, &[3.0]));
    let (resume, after) = resume(&mut bench);
    assert_eq!(resume.images[0].channel, 0, "the earlier image");
    let expected = [
        want_stats(0, 0, 1, true).event(),
        open.event(),
        Some(EventType::SetImageChannels),
        Some(EventType::SetContourParameters),
    ];
    assert_eq!(after.iter().map(Frame::event).collect::<Vec<_>>(), expected);
}

fn refused(effects: &[Effect]) -> Vec<(u32, bool)> {
    let fed = effects.iter().filter_map(|effect| match effect {
        Effect::Feed(frame) => {
            Some((frame.header().request_id, frame.decode::<OpenFileAck>().unwrap().success))
        }
        _ => None,
    });
    fed.collect()
}

#[test]
fn opening_what_is_closed_again_is_answered_and_not_sent() {
    let mut bench = at_work();
    bench.send(open_file(20, 2, "c.fits"));
    bench.lose();
    bench.send(open_file(21, 3, "d.fits"));
    bench.send(set_channel(22, 3, 1));
    let effects = bench.send(close_file(23, 2));
    assert_eq!((codes(&effects), refused(&effects)), (vec!["abandoned"], vec![(20, false)]));
    let effects = bench.send(close_file(24, 3));
    assert_eq!((codes(&effects), refused(&effects)), (vec!["abandoned"], vec![(21, false)]));
    let (resume, after) = resume(&mut bench);
    assert_eq!(files(&resume), [0, 1]);
    assert_eq!(
        after.iter().map(Frame::event).collect::<Vec<_>>(),
        [Some(EventType::SetStatsRequirements)]
    );
}

#[test]
fn what_was_closed_on_a_dead_connection_is_closed() {
    let mut bench = at_work();
    bench.send(set_region(20, 0, 1, 5.0));
    bench.send(close_file(21, 0));
    let effects = bench.lose();
    assert_eq!(codes(&effects), ["abandoned"]);
    let (resume, after) = resume(&mut bench);
    assert_eq!((files(&resume), after), (vec![1], vec![]));
}

#[test]
fn closing_everything_ends_the_question() {
    in_every_phase(|bench| {
        let asks = bench.phase() == Phase::Confirming;
        bench.send(close_catalog(20, 1));
        let effects = bench.send(close_file(21, -1));
        assert_eq!(effects.contains(&Effect::WithdrawOffer), asks);
        if asks {
            assert_eq!(bench.phase(), Phase::Active);
            assert_eq!(events(&effects), [EventType::CloseFile, EventType::CloseCatalogFile]);
        }
    });
}

#[test]
fn what_is_closed_while_resuming_is_closed_after_it() {
    let mut bench = at_work();
    bench.lose();
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!(bench.send(close_file(20, 0)), []);
    let after = bench.receive(resume_ack(&sent(&effects)[0], ""));
    assert_eq!(events(&after).last(), Some(&EventType::CloseFile));
    assert_eq!(bench.machine.tracker().workspace().offer_images().len(), 1);
}

#[test]
fn what_is_closed_while_resuming_is_not_in_the_next_one() {
    let mut bench = at_work();
    bench.lose();
    bench.reconnect();
    bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    bench.send(close_file(20, 0));
    bench.lose();
    let resume = sent(&bench.reconnect()).remove(0);
    assert_eq!(files(&resume.decode().unwrap()), [1]);
    let after = sent(&bench.receive(resume_ack(&resume, "")));
    assert_eq!(after, []);
}

#[test]
fn a_killer_that_is_closed_in_time_never_kills() {
    let mut world = World::at_work(Options::default(), 1);
    world.backend.killers.push(Killer::Resuming("a.fits".into()));
    world.user = User::Absent;
    world.restart_backend();
    world.run_until(Phase::Confirming);
    world.send(close_file(60, 0));
    let offer = world.offers[0].id;
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(30_000);
    assert_eq!((world.phase(), world.backend.crashes), (Phase::Active, 0));
    assert_eq!(world.backend_session().images.keys().collect::<Vec<_>>(), [&1]);
}
