//! A viewer with its machine, a network, a backend and a user.

mod effects;
mod events;
mod user;

pub use user::User;

use std::collections::BTreeMap;

use carta_resume::{
    client::{Answer, Offer, Options, Phase, Problem, Report, login::Barrier, offer::Kept},
    protocol::{EventType, Frame, Header, carta::Carta},
    tracking::Tracker,
};

use super::{
    backend::Backend,
    driver::{Effect, Input, Machine},
    frames::VERSION,
    invariants::Invariants,
    network::{Clock, Network},
};

pub struct World {
    pub machine: Machine,
    pub backend: Backend,
    pub network: Network,
    pub user: User,
    /// No socket is opened as long as this is in the way.
    pub barrier: Option<Barrier>,
    pub clock: Clock,
    /// Timers fire only at multiples of this, as in a hidden page.
    pub throttle_ms: u64,
    pub check: Invariants,
    /// Every effect, with the real time.
    pub log: Vec<(u64, Effect)>,
    pub offers: Vec<Offer>,
    pub reports: Vec<Report>,
    pub errors: Vec<Problem>,
    /// What the client passed on to a viewer that does not know it.
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

    /// A viewer that does not know the client has registered, under id 1, on a socket that it has
    /// opened itself.
    pub fn drop_in(options: Options, seed: u64) -> Self {
        let world = Self::taken_over(options, seed, super::frames::register(1, 0));
        assert_eq!(world.phase(), Phase::Active);
        world
    }

    /// The same, whatever the outcome of this REGISTER_VIEWER.
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

    /// The computer sleeps. What is due meanwhile happens afterwards.
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
