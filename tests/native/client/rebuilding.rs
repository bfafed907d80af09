//! A viewer that starts empty and does not know the client gets back what the previous page had:
//! when the user is asked about it, and how it ends.

use crate::client::page::{
    NOTHING, PROBE, Page, TOO_LONG_MS, all_of, deaf, hanging_on, kept, part,
};
use crate::client::support::driver::{Effect, Input, cannot_ask};
use crate::client::support::frames::open_file;
use carta_resume::client::{Answer, Phase, offer::Reason, problem::Code};
use serde_json::json;

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
    assert_eq!(offers[0].saved_at, crate::client::support::kept::SAVED_AT);
    assert_eq!(page.outcome(), NOTHING, "nobody has said yes");
    assert_eq!(page.called, [PROBE]);
}

#[test]
fn a_viewer_that_never_answers_is_never_asked_about() {
    let mut page = deaf();
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.calls.len(), 30);
    assert!(page.calls.iter().all(|call| call.action == PROBE));
    assert_eq!((page.offers().len(), page.outcome()), (0, vec![]), "it is still kept");
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
    assert!(page.machine.offer_for_rebuilding(kept(&[0])));
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
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
    let [report] = page.reports()[..] else { panic!("one report") };
    assert!(report.restored.success);
    assert_eq!(report.restored.images, [50, 51]);
    assert_eq!(report.reason, Reason::PageReloaded);
    assert_eq!(
        page.responses_at_backend, [0; 0],
        "the client's calls stay between it and the viewer"
    );
}

#[test]
fn how_it_was_shown_is_given_with_the_new_ids_before_the_report() {
    let mut kept = kept(&[0, 1]);
    kept.workspace.set_view_part("zoom/1", Some("[2]")).unwrap();
    let mut page = Page::asking(kept);
    assert!(page.offers()[0].has_view);
    page.answer(Answer::Yes);
    let at = |matches: fn(&Effect) -> bool| page.effects.iter().position(matches).unwrap();
    let given = at(|effect| matches!(effect, Effect::View(_)));
    assert!(given < at(|effect| matches!(effect, Effect::Resumed(_))));
    let Effect::View(view) = &page.effects[given] else { panic!("the view") };
    assert_eq!(view.parts.len(), 1);
    assert_eq!((view.parts[0].key.as_str(), view.parts[0].json.as_str()), ("zoom/1", "[2]"));
    assert_eq!(view.images, [(0, 50), (1, 51)]);
    let before: Vec<i32> = view.regions.iter().map(|&(before, _)| before).collect();
    assert_eq!(before, [20, 21]);
    assert_eq!(view.catalogs, []);
    assert_eq!(page.workspace().view_parts(), [], "the viewer states it again");
}

#[test]
fn how_images_were_shown_is_given_before_there_are_regions() {
    let mut kept = kept(&[0, 1]);
    kept.workspace.set_view_part("zoom/1", Some("[2]")).unwrap();
    let mut page = Page::asking(kept);
    page.answer(Answer::Yes);
    let at = |matches: fn(&Effect) -> bool| page.effects.iter().position(matches).unwrap();
    let given = at(|effect| matches!(effect, Effect::ViewOfImages(_)));
    assert!(given < at(|effect| matches!(effect, Effect::Rebuilding { regions: Some(_), .. })));
    let Effect::ViewOfImages(view) = &page.effects[given] else { panic!("the view") };
    assert_eq!((view.parts.len(), &*view.images), (1, &[(0, 50), (1, 51)][..]));
    assert_eq!((view.regions.len(), view.catalogs.len()), (0, 0));
    assert_eq!(page.times(|effect| matches!(effect, Effect::ViewOfImages(_))), 1);
}

#[test]
fn without_a_view_there_is_none_to_give() {
    let mut page = Page::asking(kept(&[0, 1]));
    assert!(!page.offers()[0].has_view);
    page.answer(Answer::Yes);
    let given = |effect: &Effect| matches!(effect, Effect::View(_) | Effect::ViewOfImages(_));
    assert_eq!(page.times(given), 0);
}

#[test]
fn its_progress_is_told() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(Answer::Yes);
    let progress = page.effects.iter().filter_map(|effect| match effect {
        Effect::Rebuilding { done, all, .. } => Some((*done, *all)),
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
    assert_eq!(page.outcome(), ["kept archived: Declined"]);
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
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: false"]);
    assert!(page.reports()[0].restored.success, "it is all that was wanted");

    let mut page = Page::asking(kept(&[0, 1]));
    page.answer(part(&[0, 1]));
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_question_that_fails_is_asked_on_the_next_connection() {
    let mut page = Page::asking(kept(&[0]));
    page.input(cannot_ask(1, "no window"));
    let failed = |effect: &Effect| matches!(effect, Effect::CallbackFailed { problem, .. } if problem.code == Code::ConfirmFailed);
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
fn what_does_not_open_is_reported_and_stays_archived() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.backend.disk.missing.insert("kept 0.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[1]));
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: false"]);
    let restored = &page.reports()[0].restored;
    assert_eq!((restored.success, &restored.images[..]), (false, &[51][..]));
    assert_eq!((&restored.failed_images[..], &restored.failed_regions[..]), (&[0][..], &[20][..]));
    assert!(restored.message.contains("kept 0.fits"), "{}", restored.message);
}

#[test]
fn what_the_viewer_has_opened_by_itself_is_not_opened_twice() {
    let mut page = Page::asking(kept(&[0, 1]));
    // The page's address may make the viewer do this while the user thinks.
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

// Where regions are drawn

#[test]
fn a_region_that_is_drawn_on_another_image_is_removed_and_named() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.draws_on = Some(50);
    page.answer(Answer::Yes);
    let images = page.images();
    assert_eq!(images[0], all_of(&[0])[0]);
    assert_eq!(images[1], json!(["kept 1.fits", 11, []]));
    assert_eq!(page.backend.connections[&1].session.regions.len(), 1);
    let restored = &page.reports()[0].restored;
    assert_eq!((restored.success, &restored.failed_regions[..]), (false, &[21][..]));
    assert!(restored.message.starts_with("A region of kept 1.fits"), "{}", restored.message);
}

#[test]
fn a_region_that_is_drawn_in_another_place_is_removed_and_named() {
    for (beside, failed) in [(0.005, &[][..]), (0.5, &[20])] {
        let mut page = Page::asking(kept(&[0]));
        page.draws_beside = beside;
        page.answer(Answer::Yes);
        assert_eq!(page.reports()[0].restored.failed_regions, failed);
        let regions = page.backend.connections[&1].session.regions.len();
        assert_eq!(regions, 1 - failed.len());
    }
}

// Answers from the viewer

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
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: false"]);
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
    let asked = ["valueOf"; 3];
    let calls: Vec<&str> = page.calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(calls, asked, "what needs an image is not tried without it");
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

// Files that have changed

#[test]
fn an_image_whose_file_has_changed_is_named() {
    for (changes, named) in [(false, 0), (true, 1)] {
        // As the previous page had it open.
        let mut before = Page::new();
        for id in [0, 1] {
            before.send(open_file(20, id, &format!("kept {id}.fits")));
        }
        let mut kept = kept(&[]);
        kept.workspace = before.workspace().clone();
        let mut page = Page::asking(kept);
        if changes {
            page.backend.disk.changed.insert("kept 1.fits".into());
        }
        page.answer(Answer::Yes);
        let restored = &page.reports()[0].restored;
        assert!(restored.success);
        assert_eq!(restored.changed_images.len(), named);
        for changed in &restored.changed_images {
            assert_eq!((changed.file_id, &*changed.file), (51, "kept 1.fits"));
        }
    }
}
