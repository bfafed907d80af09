//! Restoring a workspace from the archive while connected.

use crate::client::support::{
    archiving::{
        NOTHING, asked_again, asking, file_ids, given_up, no, resuming, without_heartbeat, yes,
    },
    bench::{Bench, asked, events, fulfilled, offer, report, restore_ended, sent, why_archived},
    driver::{Effect, Input, cannot_ask},
    frames::{
        bare, close_file, open_catalog, open_file, open_file_ack, resume_ack, set_channel,
        set_region, set_region_ack,
    },
    kept::{SAVED_AT, archived, resume_payload, workspace},
    world::{User, World},
};
use carta_resume::{
    client::{
        Answer, Phase,
        offer::{Kept, Reason, WhyArchived},
        problem::Code,
    },
    protocol::{EventType, messages::SessionType},
    workspace::RecordKey,
};

// Asking

#[test]
fn the_offer_says_that_it_is_from_the_archive() {
    let mut bench = Bench::with_image();
    let (taken, effects) = bench.restore(archived(&[1, 3]));
    assert_eq!(taken, Ok(()));
    let offer = offer(&effects).unwrap();
    assert_eq!((offer.reason, offer.saved_at), (Reason::Archive, SAVED_AT));
    assert_eq!((offer.session_id, &*offer.backend_message), (7, ""));
    let ids: Vec<i32> = offer.images.iter().map(|image| image.file_id).collect();
    assert_eq!(ids, [1, 3]);
    assert_eq!((bench.phase(), events(&effects)), (Phase::Active, vec![]));
    assert_eq!(file_ids(&bench), [0], "nothing has changed");
}

#[test]
fn work_goes_on_while_asked() {
    let mut bench = asking();
    let set = set_region(10, 0, -1, 1.0);
    assert_eq!(events(&bench.send(set.clone())), [EventType::SetRegion]);
    let ack = set_region_ack(&set, 5, true);
    assert!(bench.receive(ack.clone()).contains(&Effect::Deliver(ack)));
    let (request_id, effects) = bench.request(EventType::FileListRequest);
    assert_eq!(events(&effects), [EventType::FileListRequest]);
    let effects = bench.receive(bare(EventType::FileListResponse, request_id));
    assert_eq!(fulfilled(&effects), [request_id]);
    let state = bench.machine.tracker().workspace().viewer_state();
    assert_eq!(state.images[0].regions[0].region_id, 5);
    assert_eq!(bench.phase(), Phase::Active);
    assert_eq!(events(&bench.input(yes(1))), [EventType::ResumeSession]);
}

#[test]
fn nothing_is_restored_where_there_is_no_working_connection() {
    let starts: [fn() -> Bench; 5] = [
        Bench::new,
        || {
            let mut bench = Bench::with_image();
            bench.lose();
            bench
        },
        Bench::asking,
        || resuming().0,
        || {
            let mut bench = Bench::with_image();
            bench.input(Input::Close);
            bench
        },
    ];
    for start in starts {
        let mut bench = start();
        let before = (bench.phase(), file_ids(&bench));
        let (taken, effects) = bench.restore(archived(&[5]));
        assert_eq!(taken.unwrap_err().code, Code::NotActive, "{before:?}");
        assert_eq!(effects, []);
        assert_eq!((bench.phase(), file_ids(&bench)), before);
    }
}

#[test]
fn a_second_restore_takes_the_place_of_the_question() {
    let mut bench = asking();
    let (_, effects) = bench.restore(archived(&[5]));
    assert_eq!(asked(&effects), Some(2));
    assert_eq!(bench.input(yes(1)), [], "that question is gone");
    assert_eq!(bench.input(no(1)), []);
    assert_eq!(bench.input(cannot_ask(1, "late")), []);
    let resume = sent(&bench.input(yes(2))).remove(0);
    assert_eq!(resume.payload(), resume_payload(&workspace(&[5], &[])));
    assert_eq!(restore_ended(&bench.receive(resume_ack(&resume, ""))), ["whole"]);
}

// The answer

#[test]
fn a_yes_puts_it_in_the_place_of_what_is_open() {
    let mut bench = asking();
    let effects = bench.input(yes(1));
    assert_eq!(why_archived(&effects), [WhyArchived::Superseded]);
    assert_eq!(restore_ended(&effects), NOTHING, "not yet");
    let resume = sent(&effects).remove(0);
    assert_eq!(resume.payload(), resume_payload(&workspace(&[1, 3], &[])));
    assert_eq!((bench.phase(), events(&effects).len()), (Phase::Resuming, 1));

    let effects = bench.receive(resume_ack(&resume, ""));
    let resumed = report(&effects).unwrap();
    assert_eq!(resumed.reason, Reason::Archive);
    assert_eq!(resumed.restored.images, [1, 3]);
    assert_eq!(restore_ended(&effects), ["whole"]);
    assert_eq!(why_archived(&effects), []);
    assert_eq!((bench.phase(), file_ids(&bench)), (Phase::Active, vec![1, 3]));
    let changes = bench.machine.tracker_mut().workspace_mut().take_changes();
    for key in [RecordKey::Image(1), RecordKey::Region(21), RecordKey::Image(3)] {
        assert!(changes.contains(&key), "the store has none of it: {key:?}");
    }
}

#[test]
fn what_is_open_is_archived_before_it_is_replaced() {
    let effects = asking().input(yes(1));
    let archived = effects.iter().position(|effect| matches!(effect, Effect::Archive(_)));
    let resume = effects.iter().position(|effect| matches!(effect, Effect::Send { .. }));
    assert!(archived.unwrap() < resume.unwrap());
}

#[test]
fn with_nothing_open_nothing_is_archived() {
    let mut bench = Bench::active();
    bench.restore(archived(&[1])).0.unwrap();
    let effects = bench.input(yes(1));
    assert_eq!(
        (why_archived(&effects), events(&effects)),
        (vec![], vec![EventType::ResumeSession])
    );
}

#[test]
fn a_part_is_restored_as_a_part() {
    let mut bench = asking();
    let answer = Answer::Part { images: vec![3], catalogs: None };
    let effects = bench.input(Input::Answered { offer: 1, answer });
    assert_eq!(why_archived(&effects), [WhyArchived::Superseded], "the archive still has the rest");
    let resume = sent(&effects).remove(0);
    assert_eq!(resume.payload(), resume_payload(&workspace(&[3], &[])));
    assert_eq!(restore_ended(&bench.receive(resume_ack(&resume, ""))), ["part"]);
    assert_eq!(file_ids(&bench), [3]);
}

#[test]
fn a_no_changes_nothing() {
    let mut bench = asking();
    let effects = bench.input(no(1));
    assert_eq!(restore_ended(&effects), ["declined"]);
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert_eq!((bench.phase(), file_ids(&bench)), (Phase::Active, vec![0]));
    assert_eq!(bench.input(yes(1)), [], "answered once");
}

#[test]
fn a_question_that_fails_restores_nothing() {
    let mut bench = asking();
    let failed = cannot_ask(1, "no window");
    let effects = bench.input(failed.clone());
    assert_eq!(restore_ended(&effects), ["confirm-failed"]);
    assert_eq!(effects.len(), 1, "told once: {effects:?}");
    assert_eq!(bench.input(failed), []);
    assert_eq!(bench.input(yes(1)), []);
    assert_eq!(file_ids(&bench), [0]);
}

#[test]
fn what_the_backend_could_not_restore_is_reported() {
    let (mut bench, resume) = resuming();
    let effects =
        bench.receive(resume_ack(&resume, "Problem loading files: 3 Problem loading regions: "));
    assert_eq!(report(&effects).unwrap().restored.failed_images, [3]);
    assert_eq!(restore_ended(&effects), ["whole"], "it was asked for");
}

// What is under way

#[test]
fn what_was_asked_of_the_old_session_is_given_up() {
    let mut bench = asking();
    bench.send(open_file(10, 5, "b.fits"));
    bench.send(set_region(11, 0, -1, 1.0));
    let (promised, _) = bench.request(EventType::SaveFile);
    let effects = bench.input(yes(1));
    let rejected = |effect: &Effect| matches!(effect, Effect::Rejected { request_id, .. } if *request_id == promised);
    assert!(effects.iter().any(rejected));
    let mut ids = given_up(&effects);
    ids.sort_unstable();
    assert_eq!(ids, [10, 11, promised]);
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    let mut bench = asking();
    let open = open_file(10, 5, "b.fits");
    bench.send(open.clone());
    let resume = sent(&bench.input(yes(1))).remove(0);
    bench.only_delivers(open_file_ack(&open, 5, true));
    bench.receive(resume_ack(&resume, ""));
    bench.only_delivers(open_file_ack(&open, 5, true));
    assert_eq!(file_ids(&bench), [1, 3]);
}

#[test]
fn what_does_not_depend_on_the_session_is_answered_and_not_asked_twice() {
    let mut bench = asking();
    let (early, _) = bench.request(EventType::FileListRequest);
    let (late, _) = bench.request(EventType::FileListRequest);
    let effects = bench.input(yes(1));
    assert_eq!(given_up(&effects), [0_u32; 0]);
    let resume = sent(&effects).remove(0);
    let effects = bench.receive(bare(EventType::FileListResponse, early));
    assert_eq!(fulfilled(&effects), [early]);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [], "it is already on its way");
    let effects = bench.receive(bare(EventType::FileListResponse, late));
    assert_eq!(fulfilled(&effects), [late]);
}

#[test]
fn what_does_not_depend_on_the_session_is_asked_again_after_a_drop() {
    let mut bench = asking();
    let (request_id, _) = bench.request(EventType::FileListRequest);
    bench.input(yes(1));
    bench.lose();
    let effects = bench.reconnect();
    let resume = sent(&effects).remove(0);
    let stray = bare(EventType::FileListResponse, request_id);
    bench.only_delivers(stray.clone()); // not sent on this connection yet.
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::FileListRequest]);
    assert_eq!(fulfilled(&bench.receive(stray)), [request_id]);
}

#[test]
fn a_catalog_that_was_being_opened_is_closed() {
    let mut bench = asking();
    bench.send(open_catalog(10, 5, "stars.vot"));
    let resume = sent(&bench.input(yes(1))).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::CloseCatalogFile]);
}

#[test]
fn what_is_said_while_resuming_waits() {
    let (mut bench, resume) = resuming();
    assert_eq!(bench.send(set_channel(20, 1, 5)), []);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::SetImageChannels]);
}

// Drops

#[test]
fn a_drop_while_asked_ends_it_and_the_usual_question_follows() {
    let mut bench = asking();
    let effects = bench.lose();
    assert_eq!(restore_ended(&effects), ["connection-lost"]);
    assert!(effects.contains(&Effect::WithdrawOffer));
    assert_eq!(bench.input(yes(1)), [], "the question is gone");
    let effects = bench.reconnect();
    let offer = offer(&effects).unwrap();
    assert_eq!((offer.id, offer.reason), (2, Reason::ConnectionLost));
    assert_eq!(file_ids(&bench), [0]);
}

#[test]
fn a_drop_after_a_yes_costs_no_second_question() {
    let (mut bench, _) = resuming();
    assert_eq!(restore_ended(&bench.lose()), NOTHING);
    let effects = bench.open_socket();
    assert_eq!(effects.event(), Some(EventType::RegisterViewer));
    assert_eq!(restore_ended(&bench.lose()), NOTHING);
    let resume = sent(&bench.reconnect()).remove(0);
    assert_eq!(resume.payload(), resume_payload(&workspace(&[1, 3], &[])));
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(restore_ended(&effects), ["whole"]);
    assert_eq!(report(&effects).unwrap().reason, Reason::Archive);
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(
        offer(&effects).unwrap().reason,
        Reason::ConnectionLost,
        "an ordinary question again"
    );
}

#[test]
fn closing_ends_it_at_every_moment() {
    let moments: [fn() -> Bench; 5] = [
        asking,
        || resuming().0,
        || {
            let (mut bench, _) = resuming();
            bench.lose();
            bench
        },
        || {
            let (mut bench, _) = resuming();
            bench.hang();
            assert_eq!(bench.phase(), Phase::Waiting, "and no question is open");
            bench
        },
        asked_again,
    ];
    for (at, moment) in moments.into_iter().enumerate() {
        assert_eq!(restore_ended(&moment().input(Input::Close)), ["closed"], "moment {at}");
    }
}

#[test]
fn closing_afterwards_ends_nothing() {
    let (mut bench, resume) = resuming();
    bench.receive(resume_ack(&resume, ""));
    assert_eq!(restore_ended(&bench.input(Input::Close)), NOTHING);
    let mut bench = asking();
    bench.input(no(1));
    assert_eq!(restore_ended(&bench.input(Input::Close)), NOTHING);
}

// With a backend

#[test]
fn the_backend_has_what_was_restored_and_nothing_else() {
    for grace_ms in [None, Some(60_000)] {
        for drops in 0..2 {
            let mut world = World::at_work(without_heartbeat(), 1);
            world.backend.grace_ms = grace_ms;
            world.user = User::Answers(700, Answer::Yes);
            let kept = Kept { workspace: workspace(&[0, 3], &[2]), ..archived(&[]) };
            world.restore(kept).unwrap();
            world.send(close_file(30, 1));
            world.send(set_region(31, 0, -1, 9.0));
            world.run(700);
            for _ in 0..drops {
                assert_eq!(world.phase(), Phase::Resuming);
                world.cut();
                world.run(20);
                world.run_until(Phase::Resuming);
            }
            world.run(5_000);
            assert_eq!(world.phase(), Phase::Active);
            let session = world.backend_session();
            assert_eq!(session.images.keys().collect::<Vec<_>>(), [&0, &3]);
            assert_eq!(session.catalogs.keys().collect::<Vec<_>>(), [&2]);
            assert_eq!(world.workspace(), session);
            assert_eq!((world.offers.len(), world.reports.len()), (1, 1));
            world.check.traffic.assert_complete(world.generation());
        }
    }
}

#[test]
fn a_client_that_never_registered_restores_nothing() {
    let mut bench = Bench::new();
    bench.open_socket();
    assert_eq!(bench.restore(archived(&[1])).0.unwrap_err().code, Code::NotActive);
    bench.register(SessionType::New);
    bench.restore(archived(&[1])).0.unwrap();
}

#[test]
fn what_waits_to_be_sent_cannot_have_been_answered() {
    let (mut bench, resume) = resuming();
    let (request_id, effects) = bench.request(EventType::FileListRequest);
    assert_eq!(effects, []);
    let answer = bare(EventType::FileListResponse, request_id);
    bench.only_delivers(answer.clone());
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::FileListRequest]);
    assert_eq!(fulfilled(&bench.receive(answer)), [request_id]);
}
