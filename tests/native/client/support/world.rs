//! A viewer with its machine, a network, a backend and a user.

use std::collections::BTreeMap;

use carta_resume::{
    client::{Answer, Offer, Options, Phase, Problem, Report, login::Barrier, offer::Kept},
    protocol::{EventType, Frame, Header, carta::Carta, messages::SetRegionAck},
    tracking::Tracker,
};

use super::{
    backend::Backend,
    driver::{Effect, Input, Machine, cannot_ask, skimmed, wanted},
    frames::{VERSION, image_data},
    invariants::Invariants,
    network::{Clock, Event, Message, Network, Reach},
};

/// What the user does when asked.
#[derive(Clone, Debug)]
pub enum User {
    /// Is not there.
    Absent,
    /// Answers after this time.
    Answers(u64, Answer),
    /// Wants everything back but what is suspected, after this time.
    Careful(u64),
    /// The viewer's own question fails.
    Fails,
}

pub struct World {
    pub machine: Machine,
    pub backend: Backend,
    pub network: Network,
    pub user: User,
    /// No socket is opened as long as this stands in the way.
    pub barrier: Option<Barrier>,
    pub clock: Clock,
    /// Timers fire only at multiples of this, as in a page out of sight.
    pub throttle_ms: u64,
    pub check: Invariants,
    /// Every effect, with the true time.
    pub log: Vec<(u64, Effect)>,
    pub offers: Vec<Offer>,
    pub reports: Vec<Report>,
    pub errors: Vec<Problem>,
    /// What the client gave a viewer that does not know it.
    pub fed: Vec<Frame>,
    pub ended: Vec<Problem>,
    pub delivered: Vec<Header>,
    /// Ids of new regions, by the request that asked for them.
    pub new_regions: BTreeMap<u32, i32>,
}

impl World {
    pub fn new(options: Options, seed: u64) -> Self {
        Self::with_session(options, seed, 0)
    }

    /// `session_id` is what an earlier page kept.
    pub fn with_session(options: Options, seed: u64, session_id: u32) -> Self {
        let clock = Clock::default();
        let carta = Carta::new(VERSION, String::new(), 5);
        let check = Invariants::new(options.clone());
        let mut machine = Machine::new(options, carta, seed, clock.now());
        machine.adopt_session_id(session_id);
        Self {
            machine,
            backend: Backend::default(),
            network: Network::default(),
            user: User::Answers(500, Answer::Yes),
            barrier: None,
            clock,
            throttle_ms: 1,
            check,
            log: Vec::new(),
            offers: Vec::new(),
            reports: Vec::new(),
            errors: Vec::new(),
            fed: Vec::new(),
            ended: Vec::new(),
            delivered: Vec::new(),
            new_regions: BTreeMap::new(),
        }
    }

    /// A viewer that knows nothing of the client has registered, under id 1, on
    /// a socket that it has opened itself.
    pub fn drop_in(options: Options, seed: u64) -> Self {
        let world = Self::taken_over(options, seed, super::frames::register(1, 0));
        assert_eq!(world.phase(), Phase::Active);
        world
    }

    /// The same, whatever comes of this REGISTER_VIEWER.
    pub fn taken_over(options: Options, seed: u64, register: Frame) -> Self {
        let mut world = Self::new(options, seed);
        world.network.is_open(1);
        world.backend.accept(1);
        world.check.taken_over(1);
        let taken = world.machine.take_over(world.clock.now(), register);
        taken.expect("it can be taken over");
        world.settle(None);
        world.run(100);
        world
    }

    /// Connected, with two images, a region on each, statistics of the first
    /// region, and a catalog.
    pub fn at_work(options: Options, seed: u64) -> Self {
        use super::frames::{open_catalog, open_file, set_channel, set_region, want_stats};
        let mut world = Self::new(options, seed);
        world.input(Input::Connect);
        for frame in [
            open_file(1, 0, "a.fits"),
            open_file(2, 1, "b.fits"),
            set_channel(3, 1, 7),
            set_region(4, 0, -1, 10.0),
            set_region(5, 1, -1, 20.0),
            open_catalog(6, 1, "stars.vot"),
        ] {
            world.send(frame);
        }
        world.run(1_000);
        world.send(want_stats(7, 0, 1, true));
        world.run(15_000);
        assert_eq!(world.phase(), Phase::Active);
        world
    }

    pub fn phase(&self) -> Phase {
        self.machine.status().phase
    }

    pub fn input(&mut self, input: Input) {
        self.check.before(self.clock.now(), &input);
        self.machine.handle(self.clock.now(), input.clone());
        self.settle(Some(&input));
    }

    pub fn send(&mut self, frame: Frame) {
        let taken = self.machine.send(self.clock.now(), frame.clone());
        self.check.sent(&frame, taken.is_ok());
        self.settle(None);
    }

    pub fn request(&mut self, event: EventType, payload: &[u8]) -> Result<u32, Problem> {
        let taken = self.machine.request(self.clock.now(), event.number(), payload);
        if let Ok(request_id) = taken {
            self.check.requested(event, request_id);
        }
        self.settle(None);
        taken
    }

    /// What an earlier page kept is taken up.
    pub fn adopt(&mut self, kept: Kept) -> bool {
        let taken = self.machine.adopt(kept);
        self.check.stated();
        self.settle(None);
        taken
    }

    /// The viewer asks for a workspace from the archive.
    pub fn restore(&mut self, kept: Kept) -> Result<(), Problem> {
        let taken = self.machine.restore(kept);
        self.check.restoring(taken.is_ok());
        self.settle(None);
        taken
    }

    /// The viewer states its workspace by calls.
    pub fn state(&mut self, change: impl FnOnce(&mut Tracker)) {
        change(self.machine.tracker_mut());
        self.check.stated();
        self.machine.touched();
        self.settle(None);
    }

    /// Carries the effects out, as a page would.
    fn settle(&mut self, input: Option<&Input>) {
        let mut effects = Vec::new();
        while let Some(effect) = self.machine.poll_effect() {
            effects.push(effect);
        }
        self.check.after(self.clock.now(), input, &effects, &self.machine);
        for effect in effects {
            self.carry_out(input, &effect);
            self.log.push((self.clock.wall, effect));
        }
    }

    fn carry_out(&mut self, input: Option<&Input>, effect: &Effect) {
        let wall = self.clock.wall;
        match effect.clone() {
            Effect::Open { generation, .. } => match self.barrier {
                Some(by) => self.network.at(wall + 1, Event::Barred { generation, by }),
                None => self.network.connect(wall, generation),
            },
            Effect::Shut { generation } => self.network.shut(wall, generation),
            Effect::Send { generation, frame } => {
                self.network.send(wall, generation, Message::Binary(frame));
            }
            Effect::Ping { generation } => self.network.send(wall, generation, Message::Ping),
            Effect::Probe => {
                let answered = self.network.answers_http;
                self.network.at(wall + self.network.latency_ms, Event::Probed { answered });
            }
            Effect::Deliver(frame) => {
                let Some(Input::Frame { message, .. } | Input::Skimmed { message, .. }) = input
                else {
                    panic!("nothing came in")
                };
                assert_eq!(&frame, message);
                self.deliver(&frame);
            }
            Effect::Ask(offer) => {
                match self.user.clone() {
                    User::Absent => {}
                    User::Answers(after, answer) => {
                        self.network.at(wall + after, Event::Answer { offer: offer.id, answer });
                    }
                    User::Careful(after) => {
                        let answer = careful(&offer);
                        self.network.at(wall + after, Event::Answer { offer: offer.id, answer });
                    }
                    User::Fails => self.network.at(wall, Event::AnswerFails { offer: offer.id }),
                }
                self.offers.push(offer);
            }
            Effect::Feed(frame) => self.fed.push(frame),
            Effect::Ended(problem) => self.ended.push(problem),
            Effect::Resumed(report) => self.reports.push(report),
            Effect::Error(problem) | Effect::CallbackFailed { problem, .. } => {
                self.errors.push(problem);
            }
            Effect::Status
            | Effect::Connected
            | Effect::ConnectFailed(_)
            | Effect::UpdateOffer(_)
            | Effect::WithdrawOffer
            | Effect::Fulfilled { .. }
            | Effect::Rejected { .. }
            | Effect::KeepSessionId(_)
            | Effect::Archive(_)
            | Effect::ArchiveKept(_)
            | Effect::Remaking(_)
            | Effect::Remade(_)
            | Effect::Rebuilding { .. }
            | Effect::Rebuilt { .. }
            | Effect::ViewOfImages(_)
            | Effect::View(_)
            | Effect::RestoreEnded(_)
            | Effect::TakeOver(_) => {}
        }
    }

    fn deliver(&mut self, frame: &Frame) {
        self.delivered.push(frame.header());
        if frame.event() == Some(EventType::SetRegionAck)
            && let Ok(SetRegionAck { success: true, region_id, .. }) = frame.decode()
        {
            self.new_regions.insert(frame.header().request_id, region_id);
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: u64) {
        let end = self.clock.wall + ms;
        let mut idle_rounds = 0;
        loop {
            let timer = self.timer_due();
            let next = [self.network.next(), timer].into_iter().flatten().min();
            let Some(next) = next.filter(|&next| next <= end) else { break };
            idle_rounds = if next > self.clock.wall { 0 } else { idle_rounds + 1 };
            assert!(idle_rounds < 10_000, "time stands still: {:?}", self.machine);
            self.clock.wall = next.max(self.clock.wall);
            match self.network.take_due(self.clock.wall) {
                Some(event) => self.happens(event),
                None => self.input(Input::Timeout),
            }
        }
        self.clock.wall = end;
    }

    /// Runs until the phase is reached; panics after five minutes.
    pub fn run_until(&mut self, phase: Phase) {
        for _ in 0..300_000 {
            if self.phase() == phase {
                return;
            }
            self.run(1);
        }
        panic!("not {phase:?} but {:?}", self.machine);
    }

    /// The computer sleeps. What falls due meanwhile happens afterwards.
    pub fn sleep(&mut self, ms: u64, clock_runs: bool) {
        self.clock.wall += ms;
        if !clock_runs {
            self.clock.stood_still += ms;
        }
    }

    fn timer_due(&self) -> Option<u64> {
        let due = self.machine.next_deadline()?.at + self.clock.stood_still;
        Some(due.max(self.clock.wall).next_multiple_of(self.throttle_ms))
    }

    fn happens(&mut self, event: Event) {
        let wall = self.clock.wall;
        match event {
            Event::Settled { generation, opens } => self.settled(generation, opens),
            Event::ToBackend { generation, message } => {
                if self.network.sockets.get(&generation).is_some_and(|socket| socket.served) {
                    self.serve(generation, message);
                }
            }
            Event::ToViewer { generation, message } => {
                if self.is_heard(generation) {
                    self.receive(generation, message);
                }
            }
            Event::Closed { generation } => {
                if self.is_heard(generation) {
                    self.network.sockets.entry(generation).or_default().heard = false;
                    self.input(Input::Lost { generation });
                }
            }
            Event::Gone { generation } => {
                self.network.sockets.entry(generation).or_default().served = false;
                self.backend.disconnect(wall, generation);
            }
            Event::Dies => {
                self.backend.is_dying = false;
                self.backend.crashes += 1;
                self.restart_backend();
            }
            Event::Barred { generation, by } => self.input(Input::Barred { generation, by }),
            Event::Probed { answered } => self.input(Input::Probed { answered }),
            Event::Answer { offer, answer } => self.input(Input::Answered { offer, answer }),
            Event::AnswerFails { offer } => {
                self.input(cannot_ask(offer, "no window"));
            }
        }
    }

    fn is_heard(&self, generation: u32) -> bool {
        self.network.sockets.get(&generation).is_some_and(|socket| socket.heard)
    }

    fn settled(&mut self, generation: u32, opens: bool) {
        if !self.is_heard(generation) {
            return;
        }
        let opens = opens && self.network.reach == Reach::Open;
        let socket = self.network.sockets.entry(generation).or_default();
        if opens {
            socket.served = true;
            self.backend.accept(generation);
            self.input(Input::Opened { generation });
        } else {
            socket.heard = false;
            self.input(Input::Lost { generation });
        }
    }

    fn serve(&mut self, generation: u32, message: Message) {
        let wall = self.clock.wall;
        if self.backend.is_dying {
            return;
        }
        if let Message::Binary(frame) = &message
            && self.backend.killers.iter().any(|killer| killer.kills_by(frame))
        {
            self.backend.is_dying = true;
            self.network.at(wall + self.backend.dies_after_ms, Event::Dies);
            return;
        }
        let mut replies = Vec::new();
        match message {
            Message::Ping => replies.push(Message::Pong),
            Message::Pong => {}
            Message::Binary(frame) => {
                let event = frame.event();
                let busy = event.and_then(|event| self.backend.busy_ms.get(&event));
                self.network.occupy(wall, busy.copied().unwrap_or_default());
                replies.extend(self.backend.receive(wall, generation, &frame).map(Message::Binary));
                let stream = event.and_then(|event| self.backend.streams.get(&event));
                replies.extend(stream.map(|&size| Message::Binary(image_data(size))));
            }
        }
        for message in replies {
            self.network.reply(wall, generation, message);
        }
    }

    /// As a page's socket handler does.
    pub fn receive(&mut self, generation: u32, message: Message) {
        let input = match message {
            Message::Ping => Input::Text { generation, pong: false },
            Message::Pong => Input::Text { generation, pong: true },
            Message::Binary(frame) if self.machine.wants(generation, frame.header()) => {
                wanted(generation, frame)
            }
            Message::Binary(frame) => skimmed(generation, frame),
        };
        self.input(input);
    }

    /// The newest socket.
    pub fn newest(&self) -> u32 {
        self.network.sockets.keys().next_back().copied().unwrap_or_default()
    }

    /// The socket in use, or the newest.
    pub fn generation(&self) -> u32 {
        self.check.current()
    }

    pub fn cut(&mut self) {
        self.network.cut(self.clock.wall);
    }

    /// The backend goes away, forgetting everything, and comes back.
    pub fn restart_backend(&mut self) {
        self.network.busy_until = 0;
        self.cut();
        self.backend.restart();
    }
}

/// Everything but what is suspected.
fn careful(offer: &Offer) -> Answer {
    let suspected = &offer.suspected;
    if suspected.images.is_empty() && suspected.catalogs.is_empty() {
        return Answer::Yes;
    }
    let images: Vec<i32> = offer.images.iter().map(|image| image.file_id).collect();
    let catalogs: Vec<i32> = offer.catalogs.iter().map(|catalog| catalog.file_id).collect();
    let without = |all: Vec<i32>, some: &[i32]| -> Vec<i32> {
        all.into_iter().filter(|id| !some.contains(id)).collect()
    };
    let images = without(images, &suspected.images);
    let catalogs = without(catalogs, &suspected.catalogs);
    if images.is_empty() && catalogs.is_empty() {
        Answer::No
    } else {
        Answer::Part { images, catalogs: Some(catalogs) }
    }
}
