//! A viewer that opens something by itself, because its page's address or its user tells it to, is
//! not called meanwhile: two files that are opened at once would get the same id.

use crate::client::page::{Page, TOO_LONG_MS, all_of, kept};
use crate::client::support::frames::{open_file, set_region};
use carta_resume::client::Answer;
use serde_json::json;

/// Longer than the time between two polls.
const POLL_MS: u64 = 251;

/// The user has said yes; the viewer has not yet opened what its address names.
fn early() -> Page {
    let mut page = Page::asking(kept(&[0, 1]));
    page.values.insert("layoutStore.currentLayoutName", "");
    page.answer(Answer::Yes);
    page
}

fn opens(page: &mut Page, request: u32, file_id: i32, file: &str) {
    page.values.insert("layoutStore.currentLayoutName", "\"Default\"");
    page.values.insert("isFileLoading", "true");
    page.values.insert("isLoadingMultipleFiles", "true");
    page.holds = true;
    page.send(open_file(request, file_id, file));
}

fn has_opened(page: &mut Page) {
    page.release();
    page.values.insert("isFileLoading", "false");
}

#[test]
fn what_the_viewer_is_opening_by_itself_is_waited_for_however_long_it_takes() {
    let mut page = early();
    opens(&mut page, 20, 9, "kept 1.fits");
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 0);
    has_opened(&mut page);
    page.values.insert("isLoadingMultipleFiles", "false");
    page.run(POLL_MS);
    assert_eq!(page.called("appendFile"), 1, "and what it has opened is not opened again");
    assert_eq!(page.images(), json!([all_of(&[1])[0], all_of(&[0])[0]]));
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn before_it_has_begun_nothing_is_opened() {
    let mut page = early();
    page.run(20_000);
    assert_eq!(page.called("appendFile"), 0, "the page's own server may be slow");
    opens(&mut page, 20, 9, "kept 0.fits");
    has_opened(&mut page);
    page.values.insert("isLoadingMultipleFiles", "false");
    page.run(POLL_MS);
    assert_eq!(page.images(), json!([all_of(&[0])[0], all_of(&[1])[0]]));
}

#[test]
fn between_two_files_nothing_is_unanswered_and_it_is_not_done() {
    let mut page = early();
    for (request, file) in [(20, "kept 0.fits"), (21, "kept 1.fits"), (22, "other.fits")] {
        opens(&mut page, request, i32::try_from(request).unwrap(), file);
        page.run(3 * POLL_MS);
        has_opened(&mut page);
        page.run(3 * POLL_MS);
        assert_eq!(page.called("appendFile"), 0);
    }
    page.values.insert("isLoadingMultipleFiles", "false");
    page.run(POLL_MS);
    assert_eq!(page.called("appendFile"), 0, "everything is there");
    assert_eq!(page.reports()[0].restored.images, [20, 21]);
    assert_eq!(page.images(), json!([all_of(&[0])[0], all_of(&[1])[0], ["other.fits", 0, []]]));
}

#[test]
fn a_workspace_of_its_own_is_waited_for() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.values.insert("isLoadingWorkspace", "true");
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 0);
    page.values.insert("isLoadingWorkspace", "false");
    page.run(POLL_MS);
    assert_eq!(page.images(), all_of(&[0, 1]));
}

#[test]
fn its_regions_are_waited_for_too() {
    let mut page = Page::asking(kept(&[0]));
    page.send(open_file(20, 9, "kept 0.fits"));
    page.holds = true;
    page.send(set_region(21, 9, -1, 0.0));
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS);
    page.release();
    page.run(POLL_MS);
    assert_eq!(page.called("addRegionAsync"), 0, "it is already there");
    assert_eq!(page.reports()[0].restored.region_count, 1);
}

#[test]
fn a_file_that_does_not_open_leaves_it_saying_that_it_opens_several() {
    let mut page = early();
    page.backend.disk.missing.insert("gone.fits".into());
    opens(&mut page, 20, 0, "gone.fits");
    has_opened(&mut page);
    page.run(4 * POLL_MS);
    assert_eq!(page.called("appendFile"), 0);
    page.run(10 * POLL_MS);
    assert_eq!(page.images(), all_of(&[0, 1]));
}

#[test]
fn what_its_user_opens_meanwhile_is_waited_for_too() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.hangs_on = "appendFile";
    page.answer(Answer::Yes);
    page.values.insert("isFileLoading", "true");
    page.wakes();
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 1, "the second one waits");
    page.values.insert("isFileLoading", "false");
    page.run(POLL_MS);
    assert_eq!(page.called("appendFile"), 2);
}

#[test]
fn a_viewer_of_4_1_0_has_other_names_for_it() {
    let mut page = Page::asking(kept(&[0]));
    page.values.clear();
    page.values.insert("layoutStore.currentLayoutName", "\"Default\"");
    page.values.insert("fileLoading", "true");
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 0);
    page.values.insert("fileLoading", "false");
    page.values.insert("loadingWorkspace", "true");
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 0);
    page.values.insert("loadingWorkspace", "false");
    page.run(POLL_MS);
    assert_eq!(page.images(), all_of(&[0]));
}

#[test]
fn a_viewer_that_cannot_say_it_gets_half_a_minute() {
    let mut page = Page::asking(kept(&[0]));
    page.values.clear();
    page.answer(Answer::Yes);
    page.run(29_000);
    assert_eq!(page.called("appendFile"), 0);
    page.run(2_000);
    assert_eq!(page.images(), all_of(&[0]));
}

#[test]
fn a_drop_while_it_is_opening_costs_nothing() {
    let mut page = Page::asking(kept(&[0, 1]));
    opens(&mut page, 20, 9, "kept 1.fits");
    page.answer(Answer::Yes);
    page.cut();
    page.holds = false;
    page.values.insert("isFileLoading", "false");
    page.values.insert("isLoadingMultipleFiles", "false");
    page.reconnect();
    page.run(POLL_MS);
    assert_eq!(page.called("appendFile"), 1);
    assert_eq!(page.images(), json!([all_of(&[1])[0], all_of(&[0])[0]]));
}
