//! Where the connection stands, with what exists only there.

use super::{Connection, Phase, Problem, Protocol, line::Line, liveness::Silence, timers::Timer};

/// One for each [`Phase`]. A protocol need not pass through all of them.
#[derive(Debug)]
pub(crate) enum State {
    /// Not asked to connect yet.
    Idle,
    /// The socket is opening.
    Connecting { socket: Socket },
    /// The opening conversation is under way; `request_id` names what was said first, if
    /// the protocol numbers it.
    Registering { socket: Socket, request_id: u32 },
    /// The user is asked; `message` is what the backend said on registering.
    Confirming { socket: Socket, message: String },
    /// RESUME_SESSION is on its way.
    Resuming { socket: Socket, resume: Resume },
    /// At work.
    Active { socket: Socket },
    /// The next attempt is planned; `problem` ended the last one.
    Waiting { delay_ms: u64, problem: Problem },
    /// Trying again cannot help.
    Failed { problem: Problem },
    /// Closed by the viewer; `problem` is what was shown at that time.
    Closed { problem: Option<Problem> },
}

/// A socket that is open or opening. What is known of it ends with it.
#[derive(Debug, Default)]
pub(crate) struct Socket {
    /// What ended the attempt before, until this one succeeds.
    pub(crate) after: Option<Problem>,
    /// Nothing has come in since a PING.
    pub(crate) silence: Option<Silence>,
    pub(crate) line: Line,
    /// From the last PING to its PONG, in milliseconds.
    pub(crate) latency_ms: Option<u64>,
}

/// A RESUME_SESSION that is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resume {
    pub(crate) request_id: u32,
    /// When it was sent.
    pub(crate) since: u64,
    /// Its size.
    pub(crate) bytes: usize,
    /// The viewer has asked for other things on this connection before.
    pub(crate) at_work: bool,
}

impl State {
    pub(crate) const fn socket(&self) -> Option<&Socket> {
        match self {
            Self::Connecting { socket }
            | Self::Registering { socket, .. }
            | Self::Confirming { socket, .. }
            | Self::Resuming { socket, .. }
            | Self::Active { socket } => Some(socket),
            Self::Idle | Self::Waiting { .. } | Self::Failed { .. } | Self::Closed { .. } => None,
        }
    }

    pub(crate) const fn socket_mut(&mut self) -> Option<&mut Socket> {
        match self {
            Self::Connecting { socket }
            | Self::Registering { socket, .. }
            | Self::Confirming { socket, .. }
            | Self::Resuming { socket, .. }
            | Self::Active { socket } => Some(socket),
            Self::Idle | Self::Waiting { .. } | Self::Failed { .. } | Self::Closed { .. } => None,
        }
    }

    /// The socket, for the next state with the same one.
    pub(crate) fn take_socket(&mut self) -> Socket {
        self.socket_mut().map(std::mem::take).unwrap_or_default()
    }

    /// From when waiting began to the next attempt.
    pub(crate) const fn retry_in_ms(&self) -> Option<u64> {
        match self {
            Self::Waiting { delay_ms, .. } => Some(*delay_ms),
            Self::Idle
            | Self::Connecting { .. }
            | Self::Registering { .. }
            | Self::Confirming { .. }
            | Self::Resuming { .. }
            | Self::Active { .. }
            | Self::Failed { .. }
            | Self::Closed { .. } => None,
        }
    }

    /// What ended the last attempt, until one succeeds.
    pub(crate) const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Waiting { problem, .. } | Self::Failed { problem } => Some(problem),
            Self::Closed { problem } => problem.as_ref(),
            Self::Connecting { socket }
            | Self::Registering { socket, .. }
            | Self::Confirming { socket, .. }
            | Self::Resuming { socket, .. }
            | Self::Active { socket } => socket.after.as_ref(),
            Self::Idle => None,
        }
    }

    /// What the backend said on registering, while the user is asked.
    pub(crate) fn backend_message(&self) -> &str {
        match self {
            Self::Confirming { message, .. } => message,
            Self::Idle
            | Self::Connecting { .. }
            | Self::Registering { .. }
            | Self::Resuming { .. }
            | Self::Active { .. }
            | Self::Waiting { .. }
            | Self::Failed { .. }
            | Self::Closed { .. } => "",
        }
    }

    pub(crate) const fn is_active(&self) -> bool {
        matches!(self, Self::Active { .. })
    }

    pub(crate) const fn phase(&self) -> Phase {
        match self {
            Self::Idle => Phase::Idle,
            Self::Connecting { .. } => Phase::Connecting,
            Self::Registering { .. } => Phase::Registering,
            Self::Confirming { .. } => Phase::Confirming,
            Self::Resuming { .. } => Phase::Resuming,
            Self::Active { .. } => Phase::Active,
            Self::Waiting { .. } => Phase::Waiting,
            Self::Failed { .. } => Phase::Failed,
            Self::Closed { .. } => Phase::Closed,
        }
    }
}

impl<P: Protocol> Connection<P> {
    /// Enters a state and sets its deadline; those of the states before it are
    /// cleared. Nothing else changes the state.
    pub(crate) fn enter(&mut self, state: State) {
        self.state = state;
        match &mut self.state {
            State::Idle | State::Failed { .. } | State::Closed { .. } => self.timers.clear_all(),
            State::Connecting { .. } => {
                let patience = self.attempts.patience(self.options.timeouts.connect_ms);
                self.timers.clear_all();
                self.timers.set(Timer::Connect, self.now.after(patience));
            }
            State::Registering { .. } => {
                self.timers.clear(Timer::Connect);
                if self.own.limits_opening() {
                    let at = self.now.after(self.options.timeouts.register_ms);
                    self.timers.set(Timer::Register, at);
                }
            }
            State::Confirming { .. } => self.timers.clear(Timer::Register),
            State::Resuming { .. } => {
                if let Some(patience) = self.options.timeouts.resume_ms {
                    self.timers.set(Timer::Resume, self.now.after(patience));
                }
            }
            State::Active { socket } => {
                socket.after = None;
                self.timers.clear(Timer::Register);
                self.timers.clear(Timer::Resume);
            }
            State::Waiting { delay_ms, .. } => {
                self.timers.clear_all();
                self.timers.set(Timer::Retry, self.now.after(*delay_ms));
            }
        }
    }
}
