//! What must hold at every step, whatever happens: judged by the inputs and the effects, not by the
//! machine's own state.

mod effects;
mod inputs;
mod status;

use super::{
    driver::{Effect, Input, Machine},
    gone::Gone,
    socket::Socket,
    traffic::Traffic,
    transitions::{Told, note},
};
use carta_resume::{
    client::{Now, Options, Phase, Status, offer::Suspected, timers::Timer},
    protocol::{EventType, Frame, Header},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    None,
    Open(u32),
    /// The viewer could not ask the user.
    Broken(u32),
    Yes(u32),
}

/// Calls to the viewer end with it.
const TOUCHED: &str = "touched";

#[derive(Debug)]
pub struct Invariants {
    pub traffic: Traffic,
    options: Options,
    /// The socket in use.
    socket: Option<Socket>,
    /// The one tried beside it.
    second: Option<Socket>,
    newest: u32,
    /// The socket that the viewer has opened itself.
    taken_over: Option<u32>,
    question: Question,
    /// The question about a workspace from the archive that is open.
    archived: Option<u32>,
    /// A restore was begun and has not ended.
    restoring: bool,
    /// The offer to which the user has said yes, while another tab still has the workspace.
    agreed: Option<u32>,
    newest_offer: u32,
    /// What the offer names as the possible cause of the crashes.
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

    /// The viewer has stated a workspace by a call, or a stored one was taken up.
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

    /// The machine takes over an open socket.
    pub fn taken_over(&mut self, generation: u32) {
        self.command = "take_over";
        self.newest = generation;
        self.taken_over = Some(generation);
        self.socket = Some(Socket { opened: true, ..Socket::new(generation) });
    }

    /// The other tab has handed over what the user has said yes to.
    pub fn restore_agreed(&mut self, taken: bool) {
        let agreed = self.agreed.take().expect("nobody said yes");
        self.restoring |= taken;
        if taken {
            self.question = Question::Yes(agreed);
        }
    }

    /// The machine was told to restore something from the archive.
    pub fn restoring(&mut self, taken: bool) {
        self.command = "restore";
        let at_work = self.status.as_ref().is_some_and(|status| status.phase == Phase::Active);
        assert_eq!(taken, at_work, "restored from the archive in {:?}", self.status);
        self.restoring |= taken;
        self.stated();
    }

    /// What the machine did with it. `input` is `None` for a command.
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
                // Here it turns out that the computer had slept: the PING goes nowhere, and the
                // socket is already gone.
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

    fn is_used(&self, generation: u32) -> bool {
        self.socket.as_ref().is_some_and(|socket| socket.generation == generation)
    }

    fn sockets(&self) -> impl Iterator<Item = &Socket> {
        self.socket.iter().chain(&self.second)
    }
}

/// For what drives the machine.
impl Invariants {
    /// The number of the socket in use, or of the newest.
    pub fn current(&self) -> u32 {
        self.socket.as_ref().map_or(self.newest, |socket| socket.generation)
    }

    /// The number of the second socket, or of the newest.
    pub fn second(&self) -> u32 {
        self.second.as_ref().map_or(self.newest, |socket| socket.generation)
    }

    /// Whether it is the socket in use or the second one.
    pub fn is_live(&self, generation: u32) -> bool {
        self.sockets().any(|socket| socket.generation == generation)
    }

    pub fn is_open(&self, generation: u32) -> bool {
        self.sockets().any(|socket| socket.generation == generation && socket.opened)
    }

    /// The REGISTER_VIEWER that is under way, or the last one.
    pub fn register(&self) -> Option<Header> {
        self.socket.as_ref().and_then(|socket| socket.register)
    }
}
