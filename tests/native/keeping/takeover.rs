//! Whether another tab's work is offered.

use carta_resume::keeping::takeover::{
    Others, Step,
    Word::{self, CutOff, HandOver, HandedOver, HowAreYou, Well},
};

fn of(keys: &[&str]) -> (Others, Step) {
    Others::of(keys.iter().map(|&key| key.to_owned()).collect())
}

fn ask(key: &str, after: u32) -> Step {
    Step::Ask(key.into(), after)
}

#[test]
fn only_a_tab_that_stays_cut_off_gives_its_work_away() {
    let (mut others, step) = of(&["a", "b"]);
    assert_eq!(step, ask("a", 0));
    // The tab may have been about to connect again.
    assert_eq!(others.said("a", Some(CutOff)), ask("a", 4_000));
    assert_eq!(others.said("a", Some(CutOff)), ask("a", 4_000));
    assert_eq!(others.said("a", Some(Well)), ask("b", 0));
    assert_eq!(others.said("b", Some(CutOff)), ask("b", 4_000));
    assert_eq!(others.said("b", Some(CutOff)), ask("b", 4_000));
    assert_eq!(others.said("b", Some(CutOff)), Step::Offer("b".into()));
}

#[test]
fn a_tab_that_works_or_says_nothing_is_left_alone() {
    for word in [Some(Well), None, Some(HandedOver)] {
        let (mut others, _) = of(&["a"]);
        assert_eq!(others.said("a", word), Step::Nothing);
        assert_eq!(others.said("a", Some(CutOff)), Step::Nothing, "too late");
    }
    assert_eq!(of(&[]).1, Step::Nothing);
    // From a tab other than the one that was asked.
    let (mut others, _) = of(&["a"]);
    assert_eq!(others.said("b", Some(CutOff)), Step::Nothing);
    assert_eq!(others.said("a", Some(CutOff)), ask("a", 4_000));
}

#[test]
fn a_tab_that_is_registered_is_well() {
    use carta_resume::client::Phase;
    for phase in [Phase::Active, Phase::Confirming, Phase::Resuming] {
        assert_eq!(Word::of(phase), Well);
    }
    for phase in [Phase::Connecting, Phase::Registering, Phase::Waiting, Phase::Failed] {
        assert_eq!(Word::of(phase), CutOff);
    }
}

#[test]
fn words_come_from_anywhere() {
    for word in [HowAreYou, Well, CutOff, HandOver, HandedOver] {
        assert_eq!(Word::from_text(word.text()), Some(word));
    }
    for text in ["", "?", "Well", "hand over ", "\u{0}"] {
        assert_eq!(Word::from_text(text), None);
    }
}
