//! A viewer is being rebuilt when the connection is lost or the client is closed.

use crate::client::page::{PROBE, Page, TOO_LONG_MS, all_of, deaf, hanging_on, kept, kept_for};
use crate::client::support::{
    driver::{Effect, Input},
    frames::open_file,
};
use carta_resume::{
    client::{Answer, Phase, offer::Reason},
    protocol::EventType,
    rebuild::Ahead,
};

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
    assert_eq!(page.called("appendFile"), 0, "that question is gone");
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0]));
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
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
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
    assert_eq!(page.offers().len(), 1);
}

#[test]
fn a_drop_between_two_calls_costs_one_click() {
    let mut page = hanging_on("flush");
    page.cut();
    page.run(10 * TOO_LONG_MS);
    page.wakes();
    assert_eq!(page.called("appendFile"), 2, "the second one waits for the connection");
    page.run(10 * TOO_LONG_MS);
    page.reconnect();
    assert_eq!(page.offers().len(), 2);
    assert_eq!(page.offers()[1].reason, Reason::ConnectionLost);
    let ahead = |images, regions| Ahead { images, regions, catalogs: 0 };
    assert_eq!(page.offers()[0].still_restoring, ahead(0, 0));
    assert_eq!(page.offers()[1].still_restoring, ahead(1, 2), "the second image, and regions");
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0, 1]));
    let reasons: Vec<Reason> = page.reports().iter().map(|report| report.reason).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&Reason::ConnectionLost) && reasons.contains(&Reason::PageReloaded));
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
}

#[test]
fn a_user_who_takes_long_after_a_drop_costs_nothing() {
    let mut page = hanging_on("flush");
    page.cut();
    page.reconnect();
    assert_eq!(page.machine.status().phase, Phase::Confirming);
    page.wakes();
    page.run(10 * TOO_LONG_MS);
    assert_eq!(page.called("appendFile"), 2, "the second one waits for the user");
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["kept archived: Superseded", "rebuilt, whole: true"]);
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
fn a_yes_after_a_drop_does_not_bring_what_has_failed() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.hangs_on = "importRegion";
    page.values.insert("importRegion.length", "4");
    page.backend.disk.missing.insert("kept 1.fits".into());
    page.answer(Answer::Yes);
    page.cut();
    page.reconnect();
    assert_eq!(page.offers()[1].still_restoring, Ahead { regions: 1, ..Ahead::default() });
    page.answer(Answer::Yes);
    page.wakes();
    let restored = &page.reports()[1].restored;
    assert_eq!((&restored.failed_images[..], restored.region_count), (&[1][..], 1));
}

#[test]
fn a_no_after_a_drop_ends_it() {
    let mut page = hanging_on("addRegionAsync");
    page.cut();
    page.reconnect();
    page.answer(Answer::No);
    assert_eq!(page.times(|effect| matches!(effect, Effect::Ended(_))), 1);
    assert_eq!(page.machine.status().phase, Phase::Closed);
    assert_eq!(page.outcome(), ["kept archived: Superseded", "discarded"], "all is archived");
    // What the user has opened meanwhile is not.
    let mut page = hanging_on("addRegionAsync");
    page.send(open_file(9, 9, "other.fits"));
    page.cut();
    page.reconnect();
    page.answer(Answer::No);
    assert_eq!(page.outcome(), ["kept archived: Superseded", "archived: Declined"]);
}

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
