//! Every short schedule: all sequences of a few inputs, from several starts.
//! The invariants are checked at every step, and every sequence ends at work.

use crate::client::support::{
    archiving::with_resume_deadline,
    bench::{Bench, asked, sent},
    driver::{Effect, Input, cannot_ask},
    frames::{bare, close_file, refusal, register, resume_ack, set_region, welcome},
    kept::archived,
};
use carta_resume::{
    client::{Answer, Options, Phase, options::Backoff},
    protocol::{EventType, Frame, Header, messages::SessionType},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
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
    /// The rest is for [`from_everywhere`].
    Connect,
    Awake,
    Online,
    /// The computer sleeps, and something else happens first.
    Sleep,
    /// Time passes until something comes of it, on a dead connection.
    Silence,
    /// The same, on one that lives.
    Patience,
}

use Act::{
    Awake, CallEmpties, CannotAsk, Close, CloseAll, Connect, Lost, LostBefore, No, Online, Opened,
    Patience, Pong, Refused, ResumeAcked, RetryNow, SecondLost, SecondOpened, Send, Silence, Sleep,
    StaleYes, TimerFires, TimerFiresLate, Visible, Welcomed, Yes,
};

/// The bench, with what it takes to answer.
struct Driver {
    bench: Bench,
    offers: u32,
    sends: u32,
    resume: Option<Frame>,
}

impl Driver {
    fn new(bench: Bench) -> Self {
        // The first offer's number is 1.
        Self { bench, offers: 1, sends: 100, resume: None }
    }

    fn act(&mut self, act: Act) {
        self.bench.pass(7);
        let generation = self.bench.generation();
        let effects = match act {
            // An open event comes once, and only of a socket that was opened.
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
    fn finish(&mut self, schedule: &[Act]) {
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

fn all(start: fn() -> Bench, alphabet: &[Act], length: usize) {
    all_after(&[], start, alphabet, length);
}

fn all_after(before: &[Act], start: fn() -> Bench, alphabet: &[Act], length: usize) {
    let count = alphabet.len().pow(u32::try_from(length).unwrap());
    for number in 0..count {
        let mut rest = number;
        let schedule: Vec<Act> = (0..length)
            .map(|_| {
                let act = alphabet[rest % alphabet.len()];
                rest /= alphabet.len();
                act
            })
            .collect();
        let mut driver = Driver::new(start());
        for &act in before.iter().chain(&schedule) {
            driver.act(act);
        }
        driver.finish(&schedule);
    }
}

fn dropped() -> Bench {
    let mut bench = Bench::with_image();
    bench.lose();
    bench
}

fn connecting() -> Bench {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench
}

#[test]
fn from_the_question() {
    all(Bench::asking, &[Yes, No, Lost, RetryNow, Opened, Welcomed, ResumeAcked], 5);
}

#[test]
fn from_the_question_with_wrong_answers() {
    let alphabet =
        [Yes, No, StaleYes, CannotAsk, Lost, RetryNow, Opened, Welcomed, CallEmpties, CloseAll];
    all(Bench::asking, &alphabet, 4);
}

#[test]
fn from_a_drop() {
    all(dropped, &[RetryNow, TimerFires, TimerFiresLate, Opened, Lost, Welcomed], 5);
    all(dropped, &[RetryNow, Opened, LostBefore, Welcomed, Yes, No, Send, Visible], 4);
}

#[test]
fn from_the_start() {
    all(connecting, &[RetryNow, Opened, Lost, Welcomed, Refused, TimerFires, Visible, Close], 4);
}

/// A PING is unanswered, and a second socket is opening.
fn silent() -> Bench {
    let mut bench = Bench::with_image();
    for _ in 0..3 {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
    }
    assert_ne!(bench.second(), bench.generation());
    bench
}

fn silent_and_asked() -> Bench {
    let mut bench = Bench::asking();
    for _ in 0..3 {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
    }
    assert_ne!(bench.second(), bench.generation());
    bench
}

#[test]
fn from_silence() {
    let alphabet =
        [SecondOpened, SecondLost, Pong, Lost, TimerFires, TimerFiresLate, RetryNow, Online];
    all(silent, &alphabet, 4);
    all(silent_and_asked, &alphabet, 4);
    let alphabet = [SecondOpened, Pong, Lost, TimerFires, Welcomed, Yes, No, Send, Visible, Close];
    all(silent, &alphabet, 3);
    all(silent_and_asked, &alphabet, 3);
}

#[test]
fn from_work() {
    all(Bench::with_image, &[Send, Lost, RetryNow, Opened, Welcomed, Yes], 5);
    let alphabet = [
        Send,
        CloseAll,
        CallEmpties,
        Lost,
        RetryNow,
        Opened,
        Welcomed,
        Yes,
        No,
        ResumeAcked,
        TimerFires,
        TimerFiresLate,
        Visible,
        Close,
    ];
    all(Bench::with_image, &alphabet, 3);
}

fn registering() -> Bench {
    let mut bench = Bench::new();
    bench.open_socket();
    bench
}

fn asking_about_the_archive() -> Bench {
    let mut bench = Bench::with_image();
    bench.restore(archived(&[1])).0.unwrap();
    bench
}

/// The attempt that it has is its last.
fn last_attempt() -> Bench {
    let backoff = Backoff { max_attempts: Some(1), ..Backoff::default() };
    let mut bench = Bench::with(Options { backoff, ..Options::default() }, 7);
    bench.input(Input::Connect);
    bench
}

fn failed() -> Bench {
    let mut bench = last_attempt();
    bench.lose();
    assert_eq!(bench.phase(), Phase::Failed);
    bench
}

/// A viewer that does not know the client has opened a socket and registers.
fn taken_over() -> Bench {
    let mut bench = Bench::new();
    bench.take_over(register(1, 0));
    bench
}

fn taken_over_and_registering() -> Bench {
    let mut bench = taken_over();
    bench.receive(welcome(&register(1, 0), 7, SessionType::New));
    bench.receive_image();
    bench.lose();
    bench.open_socket();
    bench
}

fn taken_over_and_asking() -> Bench {
    let mut bench = taken_over_and_registering();
    bench.register(SessionType::Resumed);
    assert_eq!(bench.phase(), Phase::Confirming);
    bench
}

/// Does not wait for ever for the answer to RESUME_SESSION.
fn impatient() -> Bench {
    Bench::asking_and(with_resume_deadline())
}

/// Any two things, from every phase and every way to be in it.
#[test]
pub fn from_everywhere() {
    let alphabet = [
        Opened,
        Lost,
        Welcomed,
        Refused,
        ResumeAcked,
        RetryNow,
        Yes,
        No,
        CannotAsk,
        TimerFires,
        TimerFiresLate,
        Visible,
        Send,
        CloseAll,
        CallEmpties,
        Close,
        Connect,
        Awake,
        Online,
        Sleep,
        Silence,
        Patience,
    ];
    for start in [
        Bench::new,
        connecting,
        registering,
        Bench::asking,
        Bench::with_image,
        dropped,
        failed,
        last_attempt,
        asking_about_the_archive,
        taken_over,
        taken_over_and_registering,
        taken_over_and_asking,
    ] {
        all(start, &alphabet, 2);
    }
    for start in [Bench::asking, impatient] {
        all_after(&[Yes], start, &alphabet, 2);
    }
}
