//! Carries out one act after another on the bench, with what each needs to know of the earlier
//! ones.

use carta_resume::{
    client::{Answer, Phase},
    protocol::{EventType, Frame, Header, messages::SessionType},
};

use crate::client::support::{
    bench::{Bench, asked, sent},
    driver::{Effect, Input, cannot_ask},
    frames::{bare, close_file, refusal, resume_ack, set_region, welcome},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Opened,
    Lost,
    LostBefore,
    Welcomed,
    Refused,
    ResumeAcked,
    RetryNow,
    Yes,
    No,
    StaleYes,
    CannotAsk,
    TimerFires,
    TimerFiresLate,
    Visible,
    Send,
    CloseAll,
    CallEmpties,
    Close,
    SecondOpened,
    SecondLost,
    Pong,
    /// The rest are for [`from_everywhere`](super::from_everywhere).
    Connect,
    Awake,
    Online,
    /// The computer sleeps, and something else happens first.
    Sleep,
    /// Time passes until something happens, on a dead connection.
    Silence,
    /// The same, on a live one.
    Patience,
}

use Act::{
    Awake, CallEmpties, CannotAsk, Close, CloseAll, Connect, Lost, LostBefore, No, Online, Opened,
    Patience, Pong, Refused, ResumeAcked, RetryNow, SecondLost, SecondOpened, Send, Silence, Sleep,
    StaleYes, TimerFires, TimerFiresLate, Visible, Welcomed, Yes,
};

/// The bench, with what is needed to answer.
pub struct Driver {
    bench: Bench,
    offers: u32,
    sends: u32,
    resume: Option<Frame>,
}

impl Driver {
    pub fn new(bench: Bench) -> Self {
        // The first offer's number is 1.
        Self { bench, offers: 1, sends: 100, resume: None }
    }

    pub fn act(&mut self, act: Act) {
        self.bench.pass(7);
        let generation = self.bench.generation();
        let effects = match act {
            // An open event comes once, and only from a socket that was opened.
            Opened => self.bench.input(Input::Opened { generation }),
            Lost => self.bench.lose(),
            LostBefore => {
                let generation = generation.wrapping_sub(1);
                self.bench.input(Input::Lost { generation })
            }
            Welcomed => self.reply(|register| welcome(register, 7, SessionType::Resumed)),
            Refused => self.reply(|register| refusal(register, "No.")),
            ResumeAcked => match self.resume.clone() {
                Some(resume) => self.bench.receive(resume_ack(&resume, "")),
                None => self.bench.receive(bare(EventType::ResumeSessionAck, 5)),
            },
            RetryNow => self.bench.input(Input::RetryNow),
            Yes => self.answer(self.offers, Answer::Yes),
            No => self.answer(self.offers, Answer::No),
            StaleYes => self.answer(self.offers.wrapping_sub(1), Answer::Yes),
            CannotAsk => self.bench.input(cannot_ask(self.offers, "thrown")),
            TimerFires => self.fire(0),
            TimerFiresLate => self.fire(10_000),
            Visible => self.bench.input(Input::Visible),
            Send => {
                self.sends += 1;
                self.send(set_region(self.sends, 0, -1, 1.0))
            }
            CloseAll => {
                self.sends += 1;
                self.send(close_file(self.sends, -1))
            }
            CallEmpties => {
                self.bench.machine.tracker_mut().workspace_mut().clear();
                self.bench.machine.touched();
                self.bench.effects(None)
            }
            Close => self.bench.input(Input::Close),
            SecondOpened => {
                let generation = self.bench.second();
                self.bench.input(Input::Opened { generation })
            }
            SecondLost => {
                let generation = self.bench.second();
                self.bench.input(Input::Lost { generation })
            }
            Pong => self.bench.input(Input::Text { generation, pong: true }),
            Connect => self.bench.input(Input::Connect),
            Awake => self.bench.input(Input::Awake),
            Online => self.bench.input(Input::Online),
            Sleep => {
                self.bench.now.wall += 60_000;
                self.bench.input(Input::Hidden)
            }
            Silence => self.fire_until_something_comes_of_it(false),
            Patience => self.fire_until_something_comes_of_it(true),
        };
        self.note(&effects);
    }

    fn note(&mut self, effects: &[Effect]) {
        if let Some(offer) = asked(effects) {
            self.offers = offer;
        }
        let resume = |frame: &Frame| frame.event() == Some(EventType::ResumeSession);
        if let Some(frame) = sent(effects).into_iter().find(resume) {
            self.resume = Some(frame);
        }
    }

    fn send(&mut self, frame: Frame) -> Vec<Effect> {
        self.bench.send(frame)
    }

    fn answer(&mut self, offer: u32, answer: Answer) -> Vec<Effect> {
        self.bench.input(Input::Answered { offer, answer })
    }

    fn reply(&mut self, reply: impl Fn(&Frame) -> Frame) -> Vec<Effect> {
        let header = self.bench.register_header().unwrap_or(Header {
            event_type: EventType::RegisterViewer.number(),
            icd_version: 28,
            request_id: 1,
        });
        if self.bench.machine.is_connected() {
            self.bench.receive(reply(&Frame::from_payload(header, &[])))
        } else {
            Vec::new()
        }
    }

    fn fire(&mut self, late: u64) -> Vec<Effect> {
        let due = self.bench.machine.next_deadline().map_or(self.bench.now.monotonic, |due| due.at);
        let wait = due.saturating_sub(self.bench.now.monotonic);
        self.bench.after(wait + late)
    }

    fn fire_until_something_comes_of_it(&mut self, lives: bool) -> Vec<Effect> {
        let phase = self.bench.phase();
        let mut effects = Vec::new();
        for _ in 0..100 {
            effects.extend(self.fire(0));
            if self.bench.phase() != phase {
                break;
            }
            let (generation, second) = (self.bench.generation(), self.bench.second());
            if lives {
                effects.extend(self.bench.input(Input::Text { generation, pong: true }));
            } else if second != generation {
                effects.extend(self.bench.input(Input::Opened { generation: second }));
            }
        }
        effects
    }

    /// A backend that answers and a user who says yes: the way back to work.
    pub fn finish(&mut self, schedule: &[Act]) {
        for _ in 0..12 {
            match self.bench.phase() {
                Phase::Active | Phase::Closed => return,
                Phase::Idle => {
                    self.bench.input(Input::Connect);
                }
                Phase::Waiting | Phase::Failed => self.act(RetryNow),
                Phase::Connecting => self.act(Opened),
                Phase::Registering => self.act(Welcomed),
                Phase::Confirming => {
                    self.act(RetryNow);
                    self.act(Yes);
                }
                Phase::Resuming => self.act(ResumeAcked),
            }
        }
        panic!("never back at work after {schedule:?}: {:?}", self.bench.machine);
    }
}
