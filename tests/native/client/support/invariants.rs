//! What must hold at every step, whatever happens: judged from the inputs and
//! the effects, not from the machine's own memory.

use super::driver::{Effect, Input, Machine};
use carta_resume::{
    client::{
        Answer, Now, Options, Phase, Status,
        offer::{Suspected, WhyArchived},
        problem::Code,
        timers::Timer,
    },
    protocol::{EventType, Frame, Header},
};

use super::{
    gone::Gone,
    socket::Socket,
    traffic::Traffic,
    transitions::{Told, note},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    None,
    Open(u32),
    /// The viewer could not ask.
    Broken(u32),
    Yes(u32),
}

/// The part of REGISTER_VIEWER_ACK that decides.
#[derive(Clone, PartialEq, prost::Message)]
struct Verdict {
    #[prost(bool, tag = "2")]
    success: bool,
}

/// The viewer's calls end with it.
const TOUCHED: &str = "touched";

#[derive(Debug)]
pub struct Invariants {
    pub traffic: Traffic,
    options: Options,
    /// The socket in use.
    socket: Option<Socket>,
    /// Tried beside it.
    second: Option<Socket>,
    newest: u32,
    /// The socket that the viewer has opened itself.
    taken_over: Option<u32>,
    question: Question,
    /// The question about a workspace from the archive that is open.
    archived: Option<u32>,
    /// A restore was begun and has not come to its end.
    restoring: bool,
    /// The offer to which the user has said yes, and which another tab has still.
    agreed: Option<u32>,
    newest_offer: u32,
    /// What it says of what may be what stops the backend.
    suspected: Suspected,
    /// Connections lost while a yes was being carried out.
    lost_resumes: u32,
    closed: bool,
    status: Option<Status>,
    suspended: bool,
    gone: Gone,
    /// The machine's method that was called, if it was not `handle`.
    command: &'static str,
    /// The timer that is due next.
    due: Option<Timer>,
    /// How far the wall clock is ahead of the monotonic one.
    ahead_ms: u64,
}

impl Invariants {
    pub fn new(options: Options) -> Self {
        Self {
            traffic: Traffic::default(),
            options,
            socket: None,
            second: None,
            newest: 0,
            taken_over: None,
            question: Question::None,
            archived: None,
            restoring: false,
            agreed: None,
            newest_offer: 0,
            suspected: Suspected::default(),
            lost_resumes: 0,
            closed: false,
            status: None,
            suspended: false,
            gone: Gone::default(),
            command: TOUCHED,
            due: None,
            ahead_ms: u64::MAX,
        }
    }

    pub fn sent(&mut self, frame: &Frame, taken: bool) {
        self.command = "send";
        if taken {
            let phase = self.status.as_ref().map(|status| status.phase);
            self.traffic.sent(frame.header(), phase == Some(Phase::Active));
            let connected = [Phase::Active, Phase::Resuming].map(Some).contains(&phase);
            self.gone.sent(frame, connected);
        }
    }

    /// The viewer has stated a workspace by a call, or another one was taken up.
    pub fn stated(&mut self) {
        self.gone = Gone::default();
    }

    pub fn requested(&mut self, event: EventType, request_id: u32) {
        self.traffic.requested(event, request_id);
        if event == EventType::OpenFile {
            // Without a payload.
            self.gone.images.remove(&0);
        }
    }

    /// The machine takes over a socket that is open.
    pub fn taken_over(&mut self, generation: u32) {
        self.command = "take_over";
        self.newest = generation;
        self.taken_over = Some(generation);
        self.socket = Some(Socket { opened: true, ..Socket::new(generation) });
    }

    /// The machine was told to restore something from the archive.
    /// The other tab has handed over what the user has said yes to.
    pub fn restore_agreed(&mut self, taken: bool) {
        let agreed = self.agreed.take().expect("nobody said yes");
        self.restoring |= taken;
        if taken {
            self.question = Question::Yes(agreed);
        }
    }

    pub fn restoring(&mut self, taken: bool) {
        self.command = "restore";
        let at_work = self.status.as_ref().is_some_and(|status| status.phase == Phase::Active);
        assert_eq!(taken, at_work, "restored from the archive in {:?}", self.status);
        self.restoring |= taken;
        self.stated();
    }

    /// What the input alone changes.
    pub fn before(&mut self, now: Now, input: &Input) {
        match input {
            Input::Barred { generation, .. }
                if self.is_live(*generation) && !self.is_open(*generation) =>
            {
                self.ended(*generation);
            }
            Input::Lost { generation } | Input::NoAddress { generation, .. }
                if self.is_live(*generation) =>
            {
                self.ended(*generation);
            }
            Input::Opened { generation } => {
                let sockets = self.socket.iter_mut().chain(&mut self.second);
                let opened = sockets.filter(|socket| socket.generation == *generation);
                opened.for_each(|socket| socket.opened = true);
            }
            Input::Frame { generation, frame, .. } if self.is_used(*generation) => {
                self.traffic.received(*generation, frame.header());
                self.gone.received(frame);
                self.frame(now, frame);
            }
            Input::Skimmed { generation, header, .. } if self.is_used(*generation) => {
                self.traffic.received(*generation, *header);
            }
            Input::Answered { offer, answer } if self.archived == Some(*offer) => {
                self.archived = None;
                if *answer != Answer::No {
                    self.question = Question::Yes(*offer);
                }
            }
            Input::AnswerFailed { offer, .. } if self.archived == Some(*offer) => {
                self.archived = None;
            }
            Input::Answered { offer, answer: Answer::Part { .. } }
                if self.taken_over.is_some()
                    && self.suspected == Suspected::default()
                    && self.question == Question::Open(*offer) =>
            {
                self.question = Question::Broken(*offer);
            }
            Input::Answered { offer, answer } => match self.question {
                Question::Open(id) | Question::Broken(id) if id == *offer => {
                    let no = *answer == Answer::No;
                    self.question = if no { Question::None } else { Question::Yes(id) };
                }
                _ => {}
            },
            Input::AnswerFailed { offer, .. } if self.question == Question::Open(*offer) => {
                self.question = Question::Broken(*offer);
            }
            Input::Abort { request_id } if !self.closed => self.traffic.aborted(*request_id),
            Input::Suspended => self.suspended = true,
            Input::Awake => self.suspended = false,
            _ => {}
        }
    }

    fn frame(&mut self, now: Now, frame: &Frame) {
        let Some(socket) = &mut self.socket else { return };
        let answers = |request: Option<Header>| {
            request.is_some_and(|request| {
                request.event().and_then(EventType::answer) == frame.event()
                    && request.request_id == frame.header().request_id
            })
        };
        if answers(socket.register) && socket.registered_at.is_none() {
            match frame.decode::<Verdict>() {
                Ok(verdict) if verdict.success => socket.registered_at = Some(now.monotonic),
                Ok(_) => socket.refused = true,
                Err(_) => {}
            }
        }
        if answers(socket.resume) && !socket.resumed {
            socket.resumed = true;
            self.question = Question::None;
            self.lost_resumes = 0;
        }
    }

    fn is_used(&self, generation: u32) -> bool {
        self.socket.as_ref().is_some_and(|socket| socket.generation == generation)
    }

    fn sockets(&self) -> impl Iterator<Item = &Socket> {
        self.socket.iter().chain(&self.second)
    }

    /// A socket is gone; if it was the one in use, the other takes its place.
    fn ended(&mut self, generation: u32) {
        if !self.is_used(generation) {
            self.second = None;
            return;
        }
        let Some(socket) = self.socket.take() else { return };
        self.traffic.socket_lost(socket.generation);
        if socket.resume.is_some() && !socket.resumed {
            self.lost_resumes += 1;
        }
        self.socket = self.second.take();
        self.traffic.socket_changed();
    }

    /// What the machine made of it. `input` is `None` for a command.
    pub fn after(
        &mut self,
        now: Now,
        input: Option<&Input>,
        effects: &[Effect],
        machine: &Machine,
    ) {
        assert!(!self.closed || effects.is_empty(), "after close: {effects:?}");
        let registered_at = self.socket.as_ref().and_then(|socket| socket.registered_at);
        let phase = machine.status().phase;
        for effect in effects {
            self.traffic.effect(effect);
            match (effect, input) {
                // A sleep shows in the same moment: the PING goes nowhere, and the
                // socket is gone already.
                (
                    Effect::Ping { generation } | Effect::Shut { generation },
                    Some(Input::Lost { generation: lost }),
                ) if generation == lost => {}
                _ => {
                    if input == Some(&Input::Timeout) {
                        self.has_reason(effect, effects);
                    }
                    self.effect(effect, phase);
                }
            }
        }
        let ended = effects.iter().any(|effect| matches!(effect, Effect::Ended(_)));
        self.closed |= ended || input == Some(&Input::Close);
        self.note(now, input, machine);
        self.status(now, input, effects, machine, registered_at);
        self.consistent(machine);
        if phase == Phase::Closed {
            self.traffic.assert_closed();
        }
    }

    /// A connection that has worked is given up only when another one has opened, or
    /// when the backend answers everything but RESUME_SESSION.
    fn has_reason(&self, effect: &Effect, effects: &[Effect]) {
        let Effect::Shut { generation } = effect else { return };
        let registered = self.socket.as_ref().is_some_and(|socket| socket.registered_at.is_some());
        if self.is_used(*generation) && registered {
            let other = self.second.as_ref().is_some_and(|second| second.opened);
            let overdue = effects.iter().any(|effect| {
                matches!(effect, Effect::Error(problem) if problem.code == Code::ResumeTimeout)
            });
            assert!(other || overdue, "given up in favour of {:?}", self.second);
        }
    }

    fn note(&mut self, now: Now, input: Option<&Input>, machine: &Machine) {
        let before = self.status.as_ref().map_or(Phase::Idle, |status| status.phase);
        let told = match input {
            Some(input) => Told::Input(input, self.due),
            None => Told::Command(self.command),
        };
        let ahead_ms = now.wall - now.monotonic;
        note(before, told, ahead_ms > self.ahead_ms, machine.status().phase);
        self.ahead_ms = ahead_ms;
        self.command = TOUCHED;
        self.due = machine.next_deadline().map(|deadline| deadline.timer);
    }

    fn effect(&mut self, effect: &Effect, phase: Phase) {
        match effect {
            Effect::Open { generation, .. } => {
                assert!(*generation > self.newest, "a generation twice");
                self.newest = *generation;
                let socket = Some(Socket::new(*generation));
                match &self.socket {
                    None => {
                        self.traffic.socket_changed();
                        self.socket = socket;
                    }
                    Some(first) => {
                        assert!(first.registered_at.is_some(), "two sockets: {first:?}");
                        assert!(self.second.is_none(), "three sockets: {:?}", self.second);
                        self.second = socket;
                    }
                }
            }
            Effect::Shut { generation } => {
                assert!(self.is_live(*generation), "shut {generation}, not {:?}", self.socket);
                self.ended(*generation);
            }
            Effect::Send { generation, frame } => self.send(*generation, frame, phase),
            Effect::Ping { generation } => {
                assert!(self.is_used(*generation));
                assert!(self.socket.as_ref().is_some_and(|s| s.registered_at.is_some()));
            }
            Effect::Ask(offer) if phase == Phase::Active => {
                assert!(self.restoring, "asked at work");
                assert!(offer.reason.is_from_elsewhere(), "{:?}", offer.reason);
                assert_eq!(self.question, Question::None);
                assert!(offer.id > self.newest_offer, "an offer's id twice");
                self.newest_offer = offer.id;
                self.archived = Some(offer.id);
            }
            Effect::Ask(offer) => {
                self.suspected = offer.suspected.clone();
                let may_ask = match self.question {
                    Question::None | Question::Broken(_) => true,
                    Question::Yes(_) => {
                        self.lost_resumes >= 1 && self.suspected != Suspected::default()
                    }
                    Question::Open(_) => false,
                };
                assert!(may_ask, "asked again: {:?}", self.question);
                assert!(offer.id > self.newest_offer, "an offer's id twice");
                assert!(!offer.images.is_empty() || !offer.catalogs.is_empty(), "nothing to ask");
                self.newest_offer = offer.id;
                self.lost_resumes = 0;
                self.question = Question::Open(offer.id);
            }
            Effect::UpdateOffer(offer) => {
                let id = offer.id;
                let open = [Question::Open(id), Question::Broken(id)].contains(&self.question);
                assert!(open, "updated {id}, but {:?}", self.question);
            }
            Effect::WithdrawOffer if self.archived.is_some() => self.archived = None,
            Effect::WithdrawOffer => {
                assert_ne!(self.question, Question::None, "withdrawn for nothing");
                self.question = Question::None;
            }
            Effect::Archive(why) => {
                let yes = matches!(self.question, Question::Yes(_));
                assert!(yes || *why == WhyArchived::Declined, "gave way to nothing");
            }
            Effect::TakeOver(_) => {
                assert!(self.restoring && self.archived.is_none(), "nobody was asked");
                let Question::Yes(offer) = self.question else { panic!("nobody said yes") };
                (self.restoring, self.agreed, self.question) = (false, Some(offer), Question::None);
            }
            Effect::RestoreEnded(_) => {
                assert!(self.restoring, "a restore ended twice");
                assert_eq!(self.archived, None, "it is still asked");
                self.restoring = false;
            }
            Effect::Error(problem) if problem.code == Code::ResumeTimeout => {
                self.question = Question::None;
            }
            Effect::Connected => assert_eq!(phase, Phase::Active),
            Effect::ConnectFailed(_) => assert!([Phase::Failed, Phase::Closed].contains(&phase)),
            _ => {}
        }
    }

    fn send(&mut self, generation: u32, frame: &Frame, phase: Phase) {
        let header = frame.header();
        assert_eq!(Header::read(frame.bytes()), Some(header));
        assert!(self.is_used(generation), "{header:?} on {generation}, not {:?}", self.socket);
        self.traffic.transmitted(generation, frame);
        if !self.traffic.is_the_viewers(header) {
            self.gone.check(frame);
        }
        let Some(socket) = &mut self.socket else { return };
        assert!(socket.opened, "{header:?} before the socket is open");
        match frame.event() {
            Some(EventType::ResumeSession) if self.traffic.is_the_viewers(header) => {}
            Some(EventType::RegisterViewer) => {
                assert!(socket.register.is_none() || socket.refused, "registered twice");
                assert!(socket.registered_at.is_none(), "registered again");
                socket.register = Some(header);
                socket.refused = false;
            }
            Some(EventType::ResumeSession) => {
                assert!(socket.registered_at.is_some(), "resumed before registering");
                assert!(socket.resume.is_none() || socket.resumed, "resumed twice");
                socket.resumed = false;
                assert!(matches!(self.question, Question::Yes(_)), "nobody said yes");
                assert_eq!(phase, Phase::Resuming);
                socket.resume = Some(header);
            }
            // A viewer that has not been accepted says what it likes.
            _ if self.taken_over == Some(generation) && socket.registered_at.is_none() => {}
            // Nothing depends on what answers a script, which does not wait.
            Some(EventType::ScriptingResponse) => {
                assert!(socket.registered_at.is_some(), "{header:?} before registering");
            }
            _ => {
                assert!(socket.registered_at.is_some(), "{header:?} before registering");
                assert_eq!(socket.resume.is_some(), socket.resumed, "{header:?} while resuming");
                assert_eq!(phase, Phase::Active, "{header:?}");
            }
        }
    }

    fn status(
        &mut self,
        now: Now,
        input: Option<&Input>,
        effects: &[Effect],
        machine: &Machine,
        registered_at: Option<u64>,
    ) {
        let status = machine.status();
        let told = effects.contains(&Effect::Status);
        if let Some(old) = &self.status {
            assert_eq!(told, old != status, "{old:?} → {status:?}");
            let anew = old.phase == Phase::Failed
                && matches!(input, Some(Input::Connect | Input::RetryNow));
            let stable = registered_at.is_some_and(|at| {
                now.monotonic >= at.saturating_add(self.options.backoff.reset_after_ms)
            });
            if status.attempt < old.attempt {
                assert!(anew || stable, "{old:?} → {status:?}");
            }
        }
        if let Some(delay) = status.retry_in_ms {
            let backoff = &self.options.backoff;
            let code = status.error.as_ref().map(|problem| problem.code);
            // A user who has to log in first is asked for as seldom as may be.
            let is_rare = code == Some(Code::LoginRequired);
            let bound = backoff.bound(if is_rare { u32::MAX } else { status.attempt }, 0, true);
            assert!(delay <= bound, "{delay} ms after {} attempts", status.attempt);
        }
        if let Some(since) = status.silent_since {
            let connected = [Phase::Confirming, Phase::Resuming, Phase::Active];
            assert!(connected.contains(&status.phase), "silent in {:?}", status.phase);
            assert!(since <= now.wall || self.status.as_ref() == Some(status));
            let speaks = match input {
                Some(
                    Input::Frame { generation, .. }
                    | Input::Skimmed { generation, .. }
                    | Input::Text { generation, .. },
                ) => self.is_used(*generation),
                _ => false,
            };
            assert!(!speaks, "it speaks, and is called silent");
        }
        self.status = Some(status.clone());
    }

    /// The phase fits what was seen, and there is always a way on.
    fn consistent(&self, machine: &Machine) {
        let phase = machine.status().phase;
        let connecting = self.socket.as_ref().map(|socket| !socket.opened);
        match phase {
            Phase::Idle | Phase::Waiting | Phase::Failed | Phase::Closed => {
                assert!(connecting.is_none(), "{phase:?} with {:?}", self.socket);
            }
            Phase::Connecting => assert_eq!(connecting, Some(true)),
            Phase::Registering | Phase::Confirming | Phase::Resuming | Phase::Active => {
                assert_eq!(connecting, Some(false), "{phase:?}");
            }
        }
        if !matches!(phase, Phase::Confirming | Phase::Resuming | Phase::Active) {
            assert!(self.second.is_none(), "{phase:?} with {:?} too", self.second);
        }
        if phase == Phase::Active {
            assert_eq!(self.question, Question::None, "at work with a question open");
            assert_eq!(self.restoring, self.archived.is_some(), "a restore without an end");
        }
        if phase == Phase::Closed {
            assert!(!self.restoring, "a restore that never ends");
        }
        let idle = [Phase::Idle, Phase::Failed, Phase::Closed].contains(&phase);
        let beats = self.options.heartbeat.is_some();
        // A viewer that registers by itself has a patience of its own.
        let viewers = phase == Phase::Registering && self.taken_over == Some(self.newest);
        let rests = viewers
            || [Phase::Confirming, Phase::Resuming, Phase::Active].contains(&phase) && !beats;
        if idle || self.suspended {
            assert_eq!(machine.next_deadline(), None, "{phase:?}");
        } else if !rests {
            assert!(machine.next_deadline().is_some(), "stuck in {phase:?}");
        }
    }
}

/// For the one who drives.
impl Invariants {
    /// The number of the socket in use, or of the newest.
    pub fn current(&self) -> u32 {
        self.socket.as_ref().map_or(self.newest, |socket| socket.generation)
    }

    /// The number of the second socket, or of the newest.
    pub fn second(&self) -> u32 {
        self.second.as_ref().map_or(self.newest, |socket| socket.generation)
    }

    /// Is it the socket in use, or the second?
    pub fn is_live(&self, generation: u32) -> bool {
        self.sockets().any(|socket| socket.generation == generation)
    }

    pub fn is_open(&self, generation: u32) -> bool {
        self.sockets().any(|socket| socket.generation == generation && socket.opened)
    }

    /// The REGISTER_VIEWER that is on its way, or was the last.
    pub fn register(&self) -> Option<Header> {
        self.socket.as_ref().and_then(|socket| socket.register)
    }
}
