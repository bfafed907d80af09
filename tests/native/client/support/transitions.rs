//! The changes of phase that the machines of a test have made.

use std::{cell::RefCell, collections::BTreeSet};

use carta_resume::{
    client::{Answer, Phase, timers::Timer},
    protocol::EventType,
};

use super::driver::Input;

/// In the order of a connection's life.
pub const PHASES: [Phase; 9] = [
    Phase::Idle,
    Phase::Connecting,
    Phase::Registering,
    Phase::Confirming,
    Phase::Resuming,
    Phase::Active,
    Phase::Waiting,
    Phase::Failed,
    Phase::Closed,
];

/// From, to (places in [`PHASES`]), and what led from one to the other.
pub type Transition = (usize, usize, String);

thread_local! {
    // Each test has a thread of its own. The flag says that the computer had slept.
    static MADE: RefCell<BTreeSet<(Transition, bool)>> = const { RefCell::new(BTreeSet::new()) };
}

/// What the machine was told.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// An input, and the timer that was due next.
    Input(&'a Input, Option<Timer>),
    /// A method of the machine's.
    Command(&'static str),
}

/// Takes note of a change of phase.
pub fn note(from: Phase, told: Told, slept: bool, to: Phase) {
    if from != to {
        let place = |phase| PHASES.iter().position(|each| *each == phase).expect("a phase");
        let transition = (place(from), place(to), name(told));
        MADE.with_borrow_mut(|made| made.insert((transition, slept)));
    }
}

/// All that were made in this test, sorted. Where an input leads somewhere only if the computer has
/// slept, the sleep is what led there.
pub fn made() -> BTreeSet<Transition> {
    let made = MADE.take();
    let awake = |transition: &Transition| made.contains(&(transition.clone(), false));
    made.iter()
        .map(|(transition, _)| match transition {
            (from, to, _) if !awake(transition) => (*from, *to, "any input after a sleep".into()),
            _ => transition.clone(),
        })
        .collect()
}

fn name(told: Told) -> String {
    match told {
        Told::Command(command) => format!("{command}()"),
        Told::Input(Input::Timeout, Some(timer)) => format!("Timeout ({timer:?})"),
        Told::Input(Input::Frame { frame, .. }, _) => frame_name(frame.event()),
        Told::Input(Input::Skimmed { header, .. }, _) => frame_name(header.event()),
        Told::Input(Input::Answered { answer: Answer::No, .. }, _) => "Answered (no)".into(),
        Told::Input(Input::Answered { .. }, _) => "Answered (yes)".into(),
        Told::Input(input, _) => {
            let text = format!("{input:?}");
            text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().into()
        }
    }
}

fn frame_name(event: Option<EventType>) -> String {
    event.map_or("a frame", EventType::name).into()
}
