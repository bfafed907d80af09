//! What other tabs have, and what another tab wants from this one.

use carta_resume::{
    client::{
        Answer, Code, Problem,
        offer::{Reason, RestoreOutcome},
    },
    keeping::{
        keeper::{Command, Input, LoadTo, Viewer},
        session::Holder,
        takeover::Word,
    },
};

use super::support::*;

const SOCKET: Viewer = Viewer::OfSocket { rebuilds: true };

fn found(keys: &[&str]) -> Input {
    Input::OthersFound(Ok(keys.iter().map(|&key| key.to_owned()).collect()))
}

fn said(word: Word) -> Input {
    Input::TabSaid { key: "k".into(), word: Some(word) }
}

fn loaded(request: u32, holder: Holder) -> Input {
    let outcome = Ok(Some((holder, stored())));
    Input::Loaded { request, id: "k".into(), to: LoadTo::Restore, outcome }
}

/// Connected with an empty workspace, and told three times that the other tab is cut off.
fn offered(viewer: Viewer) -> Bench {
    let mut bench = Bench::with_session(viewer);
    assert_eq!(bench.does(Input::Working), "find-others");
    assert_eq!(bench.does(found(&["k"])), "ask k after 0");
    assert_eq!(bench.does(said(Word::CutOff)), "ask k after 4000");
    assert_eq!(bench.does(said(Word::CutOff)), "ask k after 4000");
    assert_eq!(bench.does(said(Word::CutOff)), "load 0 k Restore");
    bench
}

/// The user is being asked about what another tab has.
fn asked(request: u32) -> Bench {
    let mut bench = match request {
        0 => offered(Viewer::OfClient),
        _ => Bench::with_session(Viewer::OfClient),
    };
    if request != 0 {
        let command = Command::Restore { id: "k".into() };
        bench.does(Input::Command { request, command });
    }
    assert_eq!(bench.does(loaded(request, Holder::OtherTab)), format!("restore {request} k"));
    assert_eq!(bench.kept.as_ref().unwrap().reason, Reason::OtherTab);
    assert_eq!(bench.does(Input::Restoring { request, id: "k".into() }), "");
    bench
}

#[test]
fn it_is_looked_for_once_by_a_page_that_begins_with_nothing() {
    for viewer in [Viewer::OfClient, SOCKET] {
        let mut bench = offered(viewer);
        assert_eq!(bench.does(Input::Working), "");
        assert_eq!(bench.does(said(Word::CutOff)), "");
    }
    // The viewer's own socket works before the stored session has been read.
    let mut bench = Bench::opened(SOCKET, remembering("own"));
    assert_eq!(bench.does(Input::Working), "");
    assert!(bench.does(claimed("own", None)).ends_with("ready, find-others"));
    // This page has an earlier session to decide about.
    assert_eq!(Bench::with_earlier().does(Input::Working), "");
}

#[test]
fn a_page_that_has_begun_to_work_is_not_asked() {
    let asks = |viewer| {
        let mut bench = Bench::with_session(viewer);
        bench.does(Input::Working);
        bench.does(found(&["k"]));
        bench.writes(1);
        bench.does(said(Word::CutOff))
    };
    assert_eq!(asks(Viewer::OfClient), "");
    // With such a viewer, it is restored beside what is open.
    assert_eq!(asks(SOCKET), "ask k after 4000");
}

#[test]
fn after_a_yes_it_is_handed_over_and_restored_as_it_is_then() {
    for request in [0, 5] {
        let mut bench = asked(request);
        assert_eq!(bench.does(Input::TakeOverAgreed(Answer::Yes)), "take-over k");
        assert_eq!(bench.does(Input::HandedOver), format!("load {request} k Restore"));
        let agreed = format!("restore-agreed {request} k Yes");
        assert_eq!(bench.does(loaded(request, Holder::Nobody)), agreed);
        assert_eq!(bench.kept.as_ref().unwrap().reason, Reason::Archive);
        bench.does(Input::Restoring { request, id: "k".into() });
        assert_eq!(
            bench.does(Input::RestoreEnded(Ok(RestoreOutcome::Whole))),
            format!("remove Restored {{ request: {request} }} k")
        );
        assert_eq!(bench.does(Input::HandedOver), "", "once");
    }
}

#[test]
fn what_the_other_tab_does_not_give_away_is_not_restored() {
    let silent = "other-tab-silent";
    for (request, expected) in [(0, format!("report {silent}")), (5, format!("settle 5 {silent}"))]
    {
        let mut bench = asked(request);
        bench.does(Input::TakeOverAgreed(Answer::Yes));
        bench.does(Input::HandedOver);
        assert!(bench.does(loaded(request, Holder::OtherTab)).starts_with(&expected));
    }
    // Another tab was faster.
    let mut bench = asked(0);
    bench.does(Input::TakeOverAgreed(Answer::Yes));
    bench.does(Input::HandedOver);
    let gone = Input::Loaded { request: 0, id: "k".into(), to: LoadTo::Restore, outcome: Ok(None) };
    assert_eq!(bench.does(gone.clone()), "report unknown-workspace");
    // The same, before the user was asked.
    assert_eq!(offered(SOCKET).does(gone), "");
    // The connection is lost, and no caller is waiting: the user is told.
    let mut bench = asked(0);
    let problem = Problem::new(Code::ConnectionLost, "gone");
    assert_eq!(bench.does(Input::RestoreEnded(Err(problem))), "report connection-lost");
}

#[test]
fn after_a_no_it_stays_where_it_is() {
    let mut bench = asked(0);
    assert_eq!(bench.does(Input::RestoreEnded(Ok(RestoreOutcome::Declined))), "settle 0 false");
    assert_eq!(bench.does(Input::HandedOver), "");
}

#[test]
fn what_another_tab_wants_is_archived_and_never_written_again() {
    let hand_over = |key: &str| Input::HandOver { key: key.into() };
    let mut bench = Bench::with_session(Viewer::OfClient);
    bench.writes(1);
    assert_eq!(bench.does(hand_over("other")), "");
    assert_eq!(bench.does(hand_over("own")), "forget-write, archive moved, close, moved");
    assert_eq!(bench.does(Input::KeyChanged("new".into())), "");
    bench.does(Input::Changed);
    assert_eq!((bench.keeper.deadline(), bench.flushes()), (None, String::new()));
    assert_eq!(bench.does(hand_over("own")), "");
    assert_eq!(bench.does(Input::Close { forget: None }), "");
    assert_eq!(bench.does(Input::Released), "forget-write, ended");
}
