//! A machine driven input by input.

use carta_resume::{
    client::{
        Answer, Now, Offer, Options, Phase, Problem, Report,
        offer::{Kept, WhyArchived},
    },
    protocol::{EventType, Frame, Header, carta::Carta, messages::SessionType},
};

use super::{
    driver::{Effect, Input, Machine, skimmed, wanted},
    frames::{VERSION, open_file, open_file_ack, welcome},
    invariants::Invariants,
};

pub struct Bench {
    pub machine: Machine,
    pub now: Now,
    check: Invariants,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Options::default(), 0)
    }

    pub fn with(options: Options, session_id: u32) -> Self {
        let now = Now { monotonic: 1_000, wall: 1_700_000_000_000 };
        let carta = Carta::new(VERSION, String::new(), 5);
        let check = Invariants::new(options.clone());
        let mut machine = Machine::new(options, carta, 1, now);
        machine.adopt_session_id(session_id);
        Self { machine, now, check }
    }

    /// At work with an empty workspace.
    pub fn active() -> Self {
        let mut bench = Self::new();
        bench.open_socket();
        bench.register(SessionType::New);
        bench
    }

    /// At work with one image, file id 0.
    pub fn with_image() -> Self {
        Self::with_image_and(Options::default())
    }

    pub fn with_image_and(options: Options) -> Self {
        let mut bench = Self::with(options, 0);
        bench.open_socket();
        bench.register(SessionType::New);
        bench.receive_image();
        bench
    }

    /// Dropped, connected again, and asking.
    pub fn asking() -> Self {
        Self::asking_and(Options::default())
    }

    pub fn asking_and(options: Options) -> Self {
        let mut bench = Self::with_image_and(options);
        bench.lose();
        bench.reconnect();
        bench
    }

    pub fn phase(&self) -> Phase {
        self.machine.status().phase
    }

    pub fn generation(&self) -> u32 {
        self.check.current()
    }

    /// The second socket, or the newest.
    pub fn second(&self) -> u32 {
        self.check.second()
    }

    pub fn pass(&mut self, ms: u64) {
        self.now.monotonic += ms;
        self.now.wall += ms;
    }

    pub fn input(&mut self, input: Input) -> Vec<Effect> {
        self.check.before(self.now, &input);
        self.machine.handle(self.now, input.clone());
        self.effects(Some(&input))
    }

    /// Time passes until the deadline, and its timer fires.
    pub fn after(&mut self, ms: u64) -> Vec<Effect> {
        self.pass(ms);
        self.input(Input::Timeout)
    }

    /// The backend answers PING and nothing else until something happens.
    pub fn hang(&mut self) -> Vec<Effect> {
        let phase = self.phase();
        loop {
            let generation = self.generation();
            self.input(Input::Text { generation, pong: true });
            let effects = self.after(1_000);
            if self.phase() != phase {
                return effects;
            }
        }
    }

    pub fn send(&mut self, frame: Frame) -> Vec<Effect> {
        let taken = self.machine.send(self.now, frame.clone());
        self.check.sent(&frame, taken.is_ok());
        self.effects(None)
    }

    pub fn restore(&mut self, kept: Kept) -> (Result<(), Problem>, Vec<Effect>) {
        let taken = self.machine.restore(kept);
        self.check.restoring(taken.is_ok());
        (taken, self.effects(None))
    }

    /// Another tab has handed this over.
    pub fn restore_agreed(
        &mut self,
        kept: Kept,
        answer: Answer,
    ) -> (Result<(), Problem>, Vec<Effect>) {
        let taken = self.machine.restore_agreed(kept, answer);
        self.check.restore_agreed(taken.is_ok());
        (taken, self.effects(None))
    }

    pub fn request(&mut self, event: EventType) -> (u32, Vec<Effect>) {
        let taken = self.machine.request(self.now, event.number(), &[]);
        let request_id = taken.expect("the request is taken");
        self.check.requested(event, request_id);
        (request_id, self.effects(None))
    }

    pub fn effects(&mut self, input: Option<&Input>) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(effect) = self.machine.poll_effect() {
            effects.push(effect);
        }
        self.check.after(self.now, input, &effects, &self.machine);
        effects
    }

    /// A frame comes in on the socket in use.
    pub fn receive(&mut self, frame: Frame) -> Vec<Effect> {
        let generation = self.generation();
        if self.machine.wants(generation, frame.header()) {
            self.input(wanted(generation, frame))
        } else {
            self.input(skimmed(generation, frame))
        }
    }

    /// Opens an image, file id 0.
    pub fn receive_image(&mut self) {
        let open = open_file(1, 0, "a.fits");
        self.send(open.clone());
        self.receive(open_file_ack(&open, 0, true));
    }

    /// Takes over the socket of a viewer that registers by itself.
    pub fn take_over(&mut self, register: Frame) -> Vec<Effect> {
        self.check.taken_over(1);
        self.machine.take_over(self.now, register).expect("it can be taken over");
        self.effects(None)
    }

    /// A frame comes in, is given to the viewer, and does nothing else.
    pub fn only_delivers(&mut self, frame: Frame) {
        assert_eq!(self.receive(frame.clone()), [Effect::Deliver(frame)]);
    }

    /// The socket in use is lost.
    pub fn lose(&mut self) -> Vec<Effect> {
        let generation = self.generation();
        self.input(Input::Lost { generation })
    }

    /// Connects, opens the socket and gives REGISTER_VIEWER.
    pub fn open_socket(&mut self) -> Frame {
        match self.phase() {
            Phase::Idle => self.input(Input::Connect),
            _ => self.input(Input::RetryNow),
        };
        let generation = self.generation();
        let effects = self.input(Input::Opened { generation });
        sent(&effects).remove(0)
    }

    /// Is welcomed to session 7 on a socket that was just opened.
    pub fn register(&mut self, session_type: SessionType) -> Vec<Effect> {
        let register = self.check.register().expect("REGISTER_VIEWER is on its way");
        self.receive(welcome(&Frame::from_payload(register, &[]), 7, session_type))
    }

    /// The REGISTER_VIEWER of the socket in use.
    pub fn register_header(&self) -> Option<Header> {
        self.check.register()
    }

    /// From waiting to the end of registering.
    pub fn reconnect(&mut self) -> Vec<Effect> {
        self.open_socket();
        self.register(SessionType::Resumed)
    }
}

/// The frames among the effects.
/// What is sent, except the client's own questions about restored files.
pub fn sent(effects: &[Effect]) -> Vec<Frame> {
    all_sent(effects).filter(|frame| !asks_about_file(frame)).collect()
}

/// The client's own questions about restored files.
pub fn file_questions(effects: &[Effect]) -> Vec<Frame> {
    all_sent(effects).filter(asks_about_file).collect()
}

fn all_sent(effects: &[Effect]) -> impl Iterator<Item = Frame> {
    effects.iter().filter_map(|effect| match effect {
        Effect::Send { frame, .. } => Some(frame.clone()),
        _ => None,
    })
}

fn asks_about_file(frame: &Frame) -> bool {
    frame.event() == Some(EventType::FileInfoRequest)
        && frame.header().request_id >= 0xF000_0001
        && !frame.payload().is_empty()
}

pub fn events(effects: &[Effect]) -> Vec<EventType> {
    sent(effects).iter().filter_map(Frame::event).collect()
}

/// The offer that is made.
pub fn offer(effects: &[Effect]) -> Option<&Offer> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(offer) => Some(offer),
        _ => None,
    })
}

/// The id of the offer that is made.
pub fn asked(effects: &[Effect]) -> Option<u32> {
    offer(effects).map(|offer| offer.id)
}

/// The reasons given for what goes to the archive.
pub fn why_archived(effects: &[Effect]) -> Vec<WhyArchived> {
    let archived = effects.iter().filter_map(|effect| match effect {
        Effect::Archive(why) => Some(*why),
        _ => None,
    });
    archived.collect()
}

/// The outcome of a restore: its name or a problem's code.
pub fn restore_ended(effects: &[Effect]) -> Vec<&'static str> {
    let ended = effects.iter().filter_map(|effect| match effect {
        Effect::RestoreEnded(Ok(outcome)) => Some(outcome.name()),
        Effect::RestoreEnded(Err(problem)) => Some(problem.code.name()),
        _ => None,
    });
    ended.collect()
}

/// The requests that are answered.
pub fn fulfilled(effects: &[Effect]) -> Vec<u32> {
    let fulfilled = effects.iter().filter_map(|effect| match effect {
        Effect::Fulfilled { request_id, .. } => Some(*request_id),
        _ => None,
    });
    fulfilled.collect()
}

pub fn report(effects: &[Effect]) -> Option<&Report> {
    effects.iter().find_map(|effect| match effect {
        Effect::Resumed(report) => Some(report),
        _ => None,
    })
}

pub fn codes(effects: &[Effect]) -> Vec<&'static str> {
    let codes = effects.iter().filter_map(|effect| match effect {
        Effect::Error(problem) | Effect::CallbackFailed { problem, .. } => {
            Some(problem.code.name())
        }
        _ => None,
    });
    codes.collect()
}
