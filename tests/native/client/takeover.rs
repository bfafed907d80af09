//! Work that another tab has is moved here after a yes, once that tab has given it up; and work
//! from here is moved away.

use crate::client::page::{NOTHING, Page, all_of, kept_for, part};
use crate::client::support::{
    archiving::{file_ids, no, yes},
    bench::{Bench, asked, codes, events, offer, restore_ended, sent, why_archived},
    driver::Effect,
    kept::{archived, kept, resume_payload, workspace},
};
use carta_resume::{
    client::{
        Answer, Phase,
        offer::{Reason, WhyArchived},
        problem::Code,
    },
    protocol::EventType,
};

fn agreed(effects: &[Effect]) -> Vec<&Answer> {
    let answers = effects.iter().filter_map(|effect| match effect {
        Effect::TakeOver(answer) => Some(answer),
        _ => None,
    });
    answers.collect()
}

/// At work with image 0, and asked about another tab's images 1 and 3.
fn asking() -> Bench {
    let mut bench = Bench::with_image();
    let (taken, effects) = bench.restore(kept(Reason::OtherTab, 9, &[1, 3]));
    taken.unwrap();
    assert_eq!(asked(&effects), Some(1));
    assert_eq!(offer(&effects).unwrap().reason, Reason::OtherTab);
    bench
}

#[test]
fn after_a_yes_the_other_tab_gives_it_up_first() {
    let mut bench = asking();
    let effects = bench.input(yes(1));
    assert_eq!(agreed(&effects), [&Answer::Yes]);
    assert_eq!((events(&effects), why_archived(&effects)), (vec![], vec![]));
    assert_eq!((file_ids(&bench), bench.phase()), (vec![0], Phase::Active));

    // The workspace as it is by then.
    let (restored, effects) = bench.restore_agreed(archived(&[1, 3, 4]), Answer::Yes);
    assert_eq!(restored, Ok(()));
    assert_eq!(why_archived(&effects), [WhyArchived::Superseded]);
    let resume = sent(&effects).remove(0);
    assert_eq!(resume.event(), Some(EventType::ResumeSession));
    assert_eq!(resume.payload(), resume_payload(&workspace(&[1, 3, 4], &[])));
    assert_eq!(bench.machine.session_id(), 7, "never the other tab's session id");
}

#[test]
fn after_a_no_nothing_has_happened() {
    let mut bench = asking();
    let effects = bench.input(no(1));
    assert_eq!(agreed(&effects), [&Answer::Yes; 0]);
    assert_eq!((restore_ended(&effects), events(&effects)), (vec!["declined"], vec![]));
    assert_eq!(file_ids(&bench), [0]);
}

#[test]
fn without_a_connection_it_is_not_carried_out() {
    let mut bench = asking();
    bench.input(yes(1));
    bench.lose();
    let (refused, effects) = bench.restore_agreed(archived(&[1]), Answer::Yes);
    assert_eq!((refused.unwrap_err().code, effects), (Code::NotActive, vec![]));
    assert_eq!((bench.phase(), file_ids(&bench)), (Phase::Waiting, vec![0]));
}

#[test]
fn a_viewer_that_cannot_be_told_gets_it_by_calls() {
    let mut page = Page::new();
    page.machine.restore(kept_for(Reason::OtherTab, &[0, 1])).unwrap();
    page.settle();
    assert_eq!(page.offers()[0].reason, Reason::OtherTab);
    page.answer(part(&[1]));
    assert_eq!((page.called("appendFile"), page.outcome()), (0, NOTHING.map(String::from).into()));
    assert_eq!(agreed(&page.effects), [&part(&[1])]);
    page.machine.restore_agreed(kept_for(Reason::Archive, &[0, 1]), part(&[1])).unwrap();
    page.settle();
    assert_eq!(page.images(), all_of(&[1]));
    assert_eq!(page.outcome(), ["part"]);
}

#[test]
fn what_has_moved_away_is_closed_and_says_so() {
    for start in [Bench::with_image, Bench::asking, || {
        let mut bench = Bench::with_image();
        bench.lose();
        bench
    }] {
        let mut bench = start();
        bench.machine.moved();
        let effects = bench.effects(None);
        assert_eq!(codes(&effects), ["moved"]);
        assert_eq!(events(&effects), []);
        assert_eq!(bench.phase(), Phase::Closed);
        let problem = bench.machine.status().error.clone().unwrap();
        assert_eq!(problem.code, Code::Moved);
        assert!(problem.message.starts_with("This work has moved to another tab."));
        assert!(effects.contains(&Effect::Status));
        assert!(bench.machine.next_deadline().is_none());
        bench.machine.moved();
        assert_eq!(bench.effects(None), []);
    }
    // A viewer that cannot be told sees its connection end.
    let mut page = Page::new();
    page.machine.moved();
    page.settle();
    let ended =
        |effect: &Effect| matches!(effect, Effect::Ended(problem) if problem.code == Code::Moved);
    assert_eq!(page.times(ended), 1);
}
