//! Work that another tab has: whether it is offered to this one.
//!
//! A tab that has it and works is left alone. One that is cut off from the backend, which
//! this tab reaches, may never come back: its login is over, or the backend was restarted
//! with another token. It gets the time for a few attempts.

use crate::client::Phase;

/// What tabs say to each other, on a channel of each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// To the tab that has the session: does it reach the backend? If not, it tries.
    HowAreYou,
    /// It does.
    Well,
    /// It does not.
    CutOff,
    /// To the tab that has the session: another one is to have the work.
    HandOver,
    /// It is in the archive, and this tab does nothing more with it.
    HandedOver,
}

impl Word {
    const ALL: [Self; 5] =
        [Self::HowAreYou, Self::Well, Self::CutOff, Self::HandOver, Self::HandedOver];

    /// What a tab says whose client is in this phase.
    pub const fn of(phase: Phase) -> Self {
        match phase {
            Phase::Confirming | Phase::Resuming | Phase::Active => Self::Well,
            Phase::Idle
            | Phase::Connecting
            | Phase::Registering
            | Phase::Waiting
            | Phase::Failed
            | Phase::Closed => Self::CutOff,
        }
    }

    /// As it is sent.
    pub const fn text(self) -> &'static str {
        match self {
            Self::HowAreYou => "how are you",
            Self::Well => "well",
            Self::CutOff => "cut off",
            Self::HandOver => "hand over",
            Self::HandedOver => "handed over",
        }
    }

    /// Anything may come.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.text() == text)
    }
}

/// So often a tab must have been cut off, each time after another attempt.
const ASKED: u32 = 3;

/// How long after each other it is asked; milliseconds.
const PAUSE: u32 = 4_000;

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the tab that has this session, after this many milliseconds.
    Ask(String, u32),
    /// Offer its work.
    Offer(String),
    /// Nothing is offered.
    Nothing,
}

/// The sessions that other tabs have, best first.
#[derive(Debug, Default)]
pub struct Others {
    keys: std::vec::IntoIter<String>,
    /// The one that is asked, and how often it was cut off.
    asked: Option<(String, u32)>,
}

impl Others {
    /// Begins with the best one.
    pub fn of(keys: Vec<String>) -> (Self, Step) {
        let mut others = Self { keys: keys.into_iter(), asked: None };
        let step = others.next();
        (others, step)
    }

    fn next(&mut self) -> Step {
        self.asked = self.keys.next().map(|key| (key, 0));
        self.asked.clone().map_or(Step::Nothing, |(key, _)| Step::Ask(key, 0))
    }

    /// What a tab has said; `None` = nothing in time: it cannot give anything away.
    pub fn said(&mut self, key: &str, word: Option<Word>) -> Step {
        match &mut self.asked {
            Some((asked, times)) if asked == key => {
                if word != Some(Word::CutOff) {
                    return self.next();
                }
                *times += 1;
                let key = asked.clone();
                if *times < ASKED {
                    return Step::Ask(key, PAUSE);
                }
                *self = Self::default();
                Step::Offer(key)
            }
            Some(_) | None => Step::Nothing,
        }
    }
}
