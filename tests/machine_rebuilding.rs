//! A viewer that starts empty and does not know the client is given back what the
//! page before had: when it is asked about, and what becomes of it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

mod machine;
mod rebuilding;

use carta_resume::{
    core::{Answer, Effect, Input, machine::Phase, offer::Reason, problem::Code},
    protocol::EventType,
};
use machine::frames::{open_file, set_channel, set_region};
use rebuilding::{Page, all_of, kept, kept_for};
use serde_json::json;

/// Longer than a viewer may take for one call.
const TOO_LONG_MS: u64 = 120_001;

const PROBE: &str = "getFrame";
const NOTHING: [&str; 0] = [];

fn part(images: &[i32]) -> Answer {
    Answer::Part { images: images.to_vec(), catalogs: None }
}

/// A viewer that does not listen, for which something was kept.
fn deaf() -> Page {
    let mut page = Page::new();
    page.listens = false;
    assert!(page.keep(kept(&[0, 1])));
    page
}

/// A yes, and the viewer hangs on the first call of this name.
fn hanging_on(action: &'static str) -> Page {
    let mut page = Page::asking(kept(&[0, 1]));
    page.hangs_on = action;
    page.answer(Answer::Yes);
    assert!(page.hanging.is_some());
    page
}

// Whether it can be rebuilt

#[test]
fn a_viewer_that_answers_is_asked_about() {
    let mut page = deaf();
    assert_eq!(page.calls.len(), 1);
    assert_eq!((page.calls[0].action.as_str(), page.offers().len()), (PROBE, 0));
    assert!(page.calls[0].scripting_request_id.cast_unsigned() >= 0xF000_0001);
    page.listen();
    let offers = page.offers();
    assert_eq!(offers.len(), 1);
    let files: Vec<i32> = offers[0].images.iter().map(|image| image.file_id).collect();
    assert_eq!((offers[0].reason, files), (Reason::PageReloaded, vec![0, 1]));
    assert_eq!(offers[0].saved_at, machine::kept::SAVED_AT);
    assert_eq!(page.outcome(), NOTHING, "nobody has said yes");
    assert_eq!(page.called, [PROBE]);
}

#[test]
fn a_viewer_that_never_answers_is_never_asked_about() {
    let mut page = deaf();
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.calls.len(), 30);
    assert!(page.calls.iter().all(|call| call.action == PROBE));
    assert_eq!((page.offers().len(), page.outcome()), (0, vec![]), "it is kept still");
    assert_eq!(page.machine.next_deadline(), None, "nothing is tried any more");
    page.send(open_file(20, 3, "own.fits"));
    assert_eq!(page.images(), json!([["own.fits", 0, []]]));
}

#[test]
fn a_viewer_that_listens_late_is_asked_about_once() {
    let mut page = deaf();
    page.run(5_500);
    assert_eq!(page.calls.len(), 6, "once a second");
    page.listen();
    assert_eq!((page.called(PROBE), page.offers().len()), (6, 1));
    page.run(10_000);
    assert_eq!((page.called(PROBE), page.offers().len()), (6, 1));
    assert_eq!(page.responses_at_backend, [0; 0]);
}

#[test]
fn nothing_is_tried_before_the_backend_has_accepted_the_viewer() {
    let mut page = Page::registering(0);
    assert!(page.machine.keep_for_rebuilding(kept(&[0])));
    assert!(!page.effects.iter().any(|effect| matches!(effect, Effect::Feed(_))));
    assert_eq!(page.machine.next_deadline(), None);
    page.settle();
    assert_eq!((page.called(PROBE), page.offers().len()), (1, 1));
}

#[test]
fn a_viewer_that_knows_its_session_is_not_asked_about() {
    let mut page = Page::registering(5);
    page.settle();
    assert_eq!(page.machine.status().phase, Phase::Active);
    assert!(!page.keep(kept(&[0])));
    page.run(TOO_LONG_MS);
    assert_eq!((page.called.len(), page.offers().len()), (0, 0));
}

// The answer

#[test]
fn after_a_yes_everything_comes_back_under_new_ids() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0, 1]));
    assert_eq!(page.workspace().viewer_state().images[0].file_id, 50);
    let session = page.backend.connections[&1].session.clone();
    assert_eq!(session.images.keys().collect::<Vec<_>>(), [&50, &51]);
    assert_eq!(session.regions.len(), 2);
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
    let [report] = page.reports()[..] else { panic!("one report") };
    assert!(report.restored.success);
    assert_eq!(report.restored.images, [50, 51]);
    assert_eq!(report.reason, Reason::PageReloaded);
    assert_eq!(page.responses_at_backend, [0; 0], "they are nobody else's business");
}

#[test]
fn its_progress_is_told() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(Answer::Yes);
    let progress = page.effects.iter().filter_map(|effect| match effect {
        Effect::Rebuilding { done, all } => Some((*done, *all)),
        _ => None,
    });
    let progress: Vec<_> = progress.collect();
    let all = progress[0].1;
    assert_eq!(progress, (0..=all).map(|done| (done, all)).collect::<Vec<_>>());
    assert_eq!(page.called("addRegionAsync"), 2);
}

#[test]
fn how_long_it_took_is_reported() {
    let mut page = hanging_on("appendFile");
    page.pass(2_345);
    page.wakes();
    assert_eq!(page.reports()[0].duration_ms, 2_345);
}

#[test]
fn after_a_no_nothing_is_done_and_work_goes_on() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(Answer::No);
    assert_eq!(page.outcome(), ["put away: Declined"]);
    assert_eq!((&page.called[..], page.reports().len()), (&[PROBE.to_owned()][..], 0));
    assert_eq!(page.machine.status().phase, Phase::Active);
    assert_eq!(page.times(|effect| matches!(effect, Effect::Ended(_))), 0);
    page.answer(Answer::Yes);
    assert_eq!(page.called("appendFile"), 0, "it was answered");
    page.run(TOO_LONG_MS);
    assert_eq!(page.called.len(), 1);
}

#[test]
fn a_part_comes_back_as_a_part() {
    let mut page = Page::asking(kept(&[0, 1, 2]));
    page.answer(part(&[1]));
    assert_eq!(page.images(), all_of(&[1]));
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: false"]);
    assert!(page.reports()[0].restored.success, "it is all that was wanted");

    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(part(&[0, 1]));
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_question_that_fails_is_asked_on_the_next_connection() {
    let mut page = Page::asking(kept(&[0]));
    page.input(Input::AnswerFailed { offer: 1, message: "no window".into() });
    let failed = |effect: &Effect| matches!(effect, Effect::Error(problem) if problem.code == Code::ConfirmFailed);
    assert_eq!((page.times(failed), page.outcome()), (1, vec![]));
    page.run(TOO_LONG_MS);
    page.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!((page.offers().len(), page.called("appendFile")), (1, 0));
    page.cut();
    assert_eq!(page.times(|effect| *effect == Effect::WithdrawOffer), 0, "nobody asks");
    page.reconnect();
    assert_eq!(page.offers().len(), 2);
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0]));
}

#[test]
fn what_does_not_open_is_reported_and_stays_put_away() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.backend.disk.missing.insert("kept 0.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[1]));
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: false"]);
    let restored = &page.reports()[0].restored;
    assert_eq!((restored.success, &restored.images[..]), (false, &[51][..]));
    assert_eq!((&restored.failed_images[..], &restored.failed_regions[..]), (&[0][..], &[20][..]));
    assert!(restored.message.contains("kept 0.fits"), "{}", restored.message);
}

#[test]
fn what_the_viewer_has_opened_by_itself_is_not_opened_twice() {
    let mut page = Page::asking(kept(&[0, 1]));
    // As the address of a page may tell it to, while the user thinks.
    page.send(open_file(20, 9, "kept 1.fits"));
    page.answer(Answer::Yes);
    assert_eq!(page.called("appendFile"), 1);
    let mut files = page.reports()[0].restored.images.clone();
    files.sort_unstable();
    assert_eq!(files, [9, 50]);
    let session = page.backend.connections[&1].session.clone();
    assert_eq!(session.images[&9].channel, 11);
    assert_eq!(session.regions.values().filter(|region| region.owner == Some(9)).count(), 1);
    assert_eq!(page.images(), json!([all_of(&[1])[0], all_of(&[0])[0]]));
}

#[test]
fn what_the_viewer_is_opening_by_itself_is_waited_for() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.holds = true;
    page.send(open_file(20, 9, "kept 1.fits"));
    page.answer(Answer::Yes);
    assert_eq!(page.called("appendFile"), 0);
    page.release();
    assert_eq!(page.called("appendFile"), 1);
    assert_eq!(page.images(), json!([all_of(&[1])[0], all_of(&[0])[0]]));

    // Not for ever.
    let mut page = Page::asking(kept(&[0]));
    page.holds = true;
    page.send(open_file(20, 9, "huge.fits"));
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 1);
}

#[test]
fn a_drop_while_it_is_opening_costs_nothing() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.holds = true;
    page.send(open_file(20, 9, "kept 1.fits"));
    page.answer(Answer::Yes);
    page.cut();
    page.holds = false;
    page.reconnect();
    assert_eq!(page.called("appendFile"), 1);
    assert_eq!(page.images(), json!([all_of(&[1])[0], all_of(&[0])[0]]));
}

// Answers of the viewer's

#[test]
fn its_answers_to_others_reach_the_backend_and_to_us_never() {
    let mut page = Page::new();
    page.responds_to(1);
    page.listens = false;
    page.keep(kept(&[0]));
    let probe = page.calls[0].scripting_request_id;
    page.responds_to(2);
    page.listen();
    page.responds_to(3);
    page.hangs_on = "appendFile";
    page.answer(Answer::Yes);
    page.responds_to(4);
    page.responds_to(probe);
    let opening = page.hanging.unwrap();
    page.wakes();
    page.responds_to(5);
    page.responds_to(opening);
    assert_eq!(page.responses_at_backend, [1, 2, 3, 4, 5]);
    assert_eq!(page.reports().len(), 1);
}

#[test]
fn an_answer_to_another_call_is_not_taken_for_this_one() {
    let mut page = hanging_on("addRegionAsync");
    let opened = page.hanging.unwrap() - 1;
    page.responds_to(opened);
    assert_eq!((page.called("addRegionAsync"), page.reports().len()), (1, 0));
    page.hangs_on = "";
    page.wakes();
    assert_eq!((page.called("addRegionAsync"), page.reports().len()), (2, 1));
}

#[test]
fn a_call_that_is_not_answered_in_time_is_passed_over() {
    let mut page = hanging_on("addRegionAsync");
    let late = page.hanging.unwrap();
    page.run(TOO_LONG_MS - 2);
    assert_eq!(page.called("addRegionAsync"), 1);
    page.hangs_on = "";
    page.run(2);
    assert_eq!(page.called("addRegionAsync"), 2);
    assert_eq!(page.reports()[0].restored.failed_regions, [20]);
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: false"]);
    page.responds_to(late);
    assert_eq!((page.reports().len(), page.responses_at_backend.len()), (1, 0));
    assert_eq!(page.machine.next_deadline(), None);
}

#[test]
fn every_call_may_fail_to_be_answered() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.listens = false;
    page.answer(Answer::Yes);
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.calls.len(), 2, "what needs an image is not tried without it");
    let [report] = page.reports()[..] else { panic!("one report") };
    assert_eq!((report.restored.success, &report.restored.failed_images[..]), (false, &[0, 1][..]));
    assert!(report.restored.message.contains("did not answer in time"));
}

#[test]
fn a_computer_that_slept_gives_the_viewer_more_time() {
    let mut page = hanging_on("appendFile");
    page.pass(20 * TOO_LONG_MS);
    page.input(Input::Timeout);
    assert_eq!((page.called("appendFile"), page.reports().len()), (1, 0));
    page.wakes();
    assert_eq!(page.called("appendFile"), 2);
}

// Drops

#[test]
fn a_drop_while_asked_asks_again() {
    let mut page = Page::asking(kept(&[0]));
    page.cut();
    assert_eq!(page.times(|effect| *effect == Effect::WithdrawOffer), 1);
    page.input(Input::Answered { offer: 1, answer: Answer::Yes });
    page.run(30_000);
    assert_eq!((page.called("appendFile"), page.offers().len()), (0, 1));
    page.reconnect();
    assert_eq!(page.offers().len(), 2);
    page.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!(page.called("appendFile"), 0, "nobody asks that any more");
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0]));
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_drop_before_the_viewer_answers_asks_it_again() {
    let mut page = deaf();
    page.run(20_500);
    page.cut();
    let probes = page.calls.len();
    assert_eq!(probes, 21);
    page.run(60_000);
    assert_eq!(page.calls.len(), probes, "not without a connection");
    page.reconnect();
    page.run(60_000);
    assert_eq!(page.calls.len(), probes + 30);
    page.listen();
    assert_eq!((page.offers().len(), page.responses_at_backend.len()), (1, 0));
}

#[test]
fn a_viewer_that_answers_without_a_connection_is_asked_about_on_the_next() {
    let mut page = deaf();
    page.cut();
    page.listen();
    assert_eq!(page.offers().len(), 0);
    page.reconnect();
    assert_eq!((page.offers().len(), page.called(PROBE)), (1, 1));
}

#[test]
fn a_drop_while_the_viewer_opens_a_file_costs_nothing() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.backend.loses.push(EventType::OpenFileAck);
    page.answer(Answer::Yes);
    assert_eq!((page.called("appendFile"), page.reports().len()), (1, 0));
    page.cut();
    page.run(10 * TOO_LONG_MS);
    page.reconnect();
    assert_eq!(page.images(), all_of(&[0, 1]));
    assert_eq!(page.called("appendFile"), 2);
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
    assert_eq!(page.offers().len(), 1);
}

#[test]
fn a_drop_between_two_calls_costs_one_click() {
    let mut page = hanging_on("flush");
    page.cut();
    page.run(10 * TOO_LONG_MS);
    page.wakes();
    assert_eq!(page.called("appendFile"), 2, "which waits for the connection");
    page.run(10 * TOO_LONG_MS);
    page.reconnect();
    assert_eq!(page.offers().len(), 2);
    assert_eq!(page.offers()[1].reason, Reason::ConnectionLost);
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0, 1]));
    let reasons: Vec<Reason> = page.reports().iter().map(|report| report.reason).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&Reason::ConnectionLost) && reasons.contains(&Reason::PageReloaded));
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_user_who_takes_long_after_a_drop_costs_nothing() {
    let mut page = hanging_on("flush");
    page.cut();
    page.reconnect();
    assert_eq!(page.machine.status().phase, Phase::Confirming);
    page.wakes();
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 2, "which waits for the user");
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["put away: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_call_that_outlives_its_connection_has_its_time_on_the_next() {
    let mut page = hanging_on("appendFile");
    page.cut();
    page.reconnect();
    page.run(TOO_LONG_MS - 2);
    assert_eq!(page.called("appendFile"), 1);
    page.run(2);
    assert_eq!(page.called("appendFile"), 2);
}

#[test]
fn a_no_after_a_drop_ends_it() {
    let mut page = hanging_on("addRegionAsync");
    page.cut();
    page.reconnect();
    page.answer(Answer::No);
    assert_eq!(page.times(|effect| matches!(effect, Effect::Ended(_))), 1);
    assert_eq!(page.machine.status().phase, Phase::Closed);
    assert_eq!(page.outcome(), ["put away: Superseded", "set aside: Declined"]);
}

// From the archive

fn archived() -> Page {
    let mut page = Page::new();
    page.send(open_file(20, 3, "own.fits"));
    page.send(set_channel(21, 3, 4));
    page.send(set_region(22, 3, -1, 33.0));
    page.machine.restore(kept_for(Reason::Archive, &[0, 1])).unwrap();
    page.settle();
    assert_eq!(page.offers()[0].reason, Reason::Archive);
    page
}

#[test]
fn what_comes_from_the_archive_is_added_to_what_is_open() {
    let mut page = archived();
    page.answer(Answer::Yes);
    let own = json!(["own.fits", 4, [["", 33.0]]]);
    assert_eq!(page.images(), json!([own, all_of(&[0, 1])[0], all_of(&[0, 1])[1]]));
    assert_eq!(page.outcome(), ["whole"], "the archive has it still");
    assert_eq!(page.reports()[0].reason, Reason::Archive);
}

#[test]
fn a_no_a_part_and_a_failure_are_told_to_the_one_who_restores() {
    let mut page = archived();
    page.answer(Answer::No);
    assert_eq!((page.outcome(), page.called("appendFile")), (vec!["declined".to_owned()], 0));

    let mut page = archived();
    page.answer(part(&[1]));
    assert_eq!((page.outcome(), page.called("appendFile")), (vec!["part".to_owned()], 1));

    let mut page = archived();
    page.backend.disk.missing.insert("kept 1.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["part"]);

    let mut page = archived();
    page.input(Input::AnswerFailed { offer: 1, message: "no window".into() });
    assert_eq!(page.outcome(), ["confirm-failed"]);
    page.cut();
    page.reconnect();
    let reasons: Vec<Reason> = page.offers().iter().map(|offer| offer.reason).collect();
    assert_eq!(reasons, [Reason::Archive, Reason::ConnectionLost], "it is not asked about again");
}

#[test]
fn one_thing_is_restored_at_a_time() {
    let mut page = archived();
    let second = page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap_err();
    assert_eq!(second.code, Code::NotActive);
    page.answer(Answer::No);
    page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap();
    page.settle();
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["declined", "whole"]);
}

#[test]
fn what_nobody_is_asked_about_does_not_block_the_archive() {
    let mut page = deaf();
    let busy = page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap_err();
    assert_eq!(busy.code, Code::NotActive, "the viewer may answer yet");
    page.run(TOO_LONG_MS);
    page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap();
    page.listen();
    page.answer(Answer::Yes);
    assert_eq!((page.outcome(), page.images()), (vec!["whole".to_owned()], all_of(&[2])));
}

#[test]
fn the_rest_comes_from_the_archive_and_nothing_twice() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.backend.disk.missing.insert("kept 1.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0]));
    page.backend.disk.missing.clear();
    page.machine.restore(kept_for(Reason::Archive, &[0, 1])).unwrap();
    page.settle();
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0, 1]));
}

#[test]
fn a_viewer_that_cannot_be_rebuilt_restores_nothing() {
    let mut page = Page::new();
    page.listens = false;
    page.machine.restore(kept_for(Reason::Archive, &[0])).unwrap();
    page.settle();
    page.run(TOO_LONG_MS);
    assert_eq!((page.outcome(), page.offers().len()), (vec!["not-active".to_owned()], 0));
    page.machine.restore(kept_for(Reason::Archive, &[0])).unwrap();
    page.settle();
    page.listen();
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["not-active", "whole"]);
}

// Closing

#[test]
fn closing_ends_it_at_every_moment() {
    let moments: [fn(Page) -> Page; 4] = [
        |page| page,
        |mut page| {
            page.listen();
            page
        },
        |mut page| {
            page.listen();
            page.hangs_on = "appendFile";
            page.answer(Answer::Yes);
            page
        },
        |mut page| {
            page.listen();
            page.cut();
            page
        },
    ];
    for reason in [Reason::Archive, Reason::PageReloaded] {
        for (at, moment) in moments.into_iter().enumerate() {
            let mut page = Page::new();
            page.listens = false;
            if reason == Reason::Archive {
                page.machine.restore(kept_for(reason, &[0])).unwrap();
                page.settle();
            } else {
                page.keep(kept(&[0]));
            }
            let mut page = moment(page);
            let ended = page.outcome().len();
            page.input(Input::Close);
            let closed = if reason == Reason::Archive { vec!["closed"] } else { vec![] };
            assert_eq!(page.outcome()[ended..], closed, "moment {at}");
            let withdrawn = page.times(|effect| matches!(effect, Effect::WithdrawOffer));
            assert_eq!(withdrawn, usize::from(at == 1 || at == 3), "moment {at}");
            let effects = page.effects.len();
            page.run(TOO_LONG_MS);
            page.input(Input::Answered { offer: 1, answer: Answer::Yes });
            assert_eq!(page.effects.len(), effects, "moment {at}");
            assert!(!page.keep(kept(&[0])));
        }
    }
}
