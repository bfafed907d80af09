//! Lavalink's side of the seam: what a socket begins with, and which session is
//! continued.
//!
//! A node answers a handshake for a session that it cannot resume with a new one, whatever
//! the reason. So the old one is not given up at once. As long as the new session is not
//! switched to resuming, closing its socket ends it, and the old one can be tried again:
//! the client never has two.

mod opening;

use super::{
    Effect, Input, SessionId, Settings, WhyLost,
    messages::{self, Message},
};
use crate::connection::{
    Code, Connection, Now, Problem, Protocol, SessionType, Wanted, Words, state::State,
};

/// What a connection to a node has in addition.
#[derive(Debug)]
pub struct Lavalink {
    pub(super) settings: Settings,
    /// The session to present.
    pub(super) session_id: Option<SessionId>,
    kind: Option<SessionType>,
    /// When the last connection in this session ended, in milliseconds since 1970.
    pub(super) left_at: u64,
    /// How long the node holds the session; seconds.
    pub(super) window_s: u32,
    /// How long the node was up when it was last heard in this session.
    pub(super) uptime_ms: Option<u64>,
    /// The node did not find it once: it may have noticed just then that the old
    /// connection is dead.
    is_doubted: bool,
    /// The session has not been told to the caller: it is not known yet whether it is
    /// held.
    untold: Option<Untold>,
    opening: Opening,
    /// The newest REST request.
    asked: u32,
    /// The session has changed since it was stored.
    pub(super) is_changed: bool,
}

/// How far the opening conversation is.
#[derive(Debug)]
enum Opening {
    /// `ready` has not come.
    Begun,
    /// There is a new session in place of one: is that one still connected?
    Looking(New),
    /// That one is given up: it is not to be held any more.
    LettingGo(New),
    /// Resuming is being switched on in the new session.
    Holding(New),
    /// The session is known, and what comes in is told.
    Told,
}

/// A new session that is not switched to resuming yet.
#[derive(Debug)]
struct New {
    session_id: SessionId,
    uptime_ms: Option<u64>,
    /// The session in whose place it is, if that is lost.
    lost: Option<(SessionId, WhyLost)>,
    /// What came in before the session is decided about.
    held: Vec<String>,
}

/// What is told with a session when it is told.
#[derive(Debug)]
struct Untold {
    /// The session in whose place it is, if that is lost.
    lost: Option<(SessionId, WhyLost)>,
}

/// More messages than a node sends in a new session while the client decides about it.
const MAX_HELD: usize = 1_000;

impl Lavalink {
    /// `now`: milliseconds since 1970.
    pub(super) fn new(settings: Settings, now: u64) -> Self {
        Self {
            session_id: settings.session_id.clone(),
            window_s: settings.timeout_s,
            settings,
            kind: None,
            left_at: now,
            uptime_ms: None,
            is_doubted: false,
            untold: None,
            opening: Opening::Begun,
            asked: 0,
            is_changed: false,
        }
    }

    /// When there was last a connection in this session; `now`, if there is one.
    pub(super) const fn alive_at(&self, now: u64) -> u64 {
        match self.opening {
            Opening::Told => now,
            _ => self.left_at,
        }
    }
}

impl Protocol for Lavalink {
    type Input = Input;
    type Effect = Effect;
    type SessionId = Option<SessionId>;

    const WORDS: Words = Words {
        cannot_connect: "Cannot connect. Check that the node is running and that its host and \
                         port are right. Trying again.",
        lost: "The connection to the node was lost. Reconnecting.",
        silent: "The node stopped answering. Reconnecting.",
        overdue: "The node did not answer in time. Trying again.",
        refused: "The node is running but refuses the connection. Check the password, and in a \
                  browser the proxy that adds the headers.",
        spent: "Check that the node is running and that its host and port are right, then try \
                again.",
    };

    fn handle(connection: &mut Connection<Self>, input: Input) {
        match input {
            Input::Connect => connection.connect(),
            Input::RetryNow => connection.retry_now(),
            Input::Close { .. } => connection.close(),
            Input::Opened { generation } => connection.opened(generation),
            Input::Lost { generation } => connection.socket_lost(generation),
            Input::Refused { status } => connection.refused(status),
            Input::Probed { answered } => connection.probed(answered),
            Input::Text { generation, text } => connection.said(generation, text),
            Input::Pong { generation } => connection.heard_sign(generation, true),
            Input::Told { number, outcome } => connection.told(number, outcome),
            Input::Updated { resuming, timeout_s } => {
                connection.own.settings.resuming = resuming;
                connection.own.settings.timeout_s = timeout_s;
                connection.own.window_s = timeout_s;
                connection.own.is_changed = true;
            }
            // The keeper's.
            Input::Revised { .. } => {}
            Input::Online => connection.woke(true),
            Input::Offline => connection.probe(true),
            Input::Visible => {
                connection.page.hidden = false;
                connection.woke(false);
            }
            Input::Hidden => connection.page.hidden = true,
            Input::Timeout => connection.timeouts(),
        }
    }

    fn effect(&self, wanted: Wanted) -> Effect {
        match wanted {
            Wanted::Open { generation, is_second: true, .. } => Effect::Version { generation },
            Wanted::Open { generation, .. } => {
                Effect::Open { generation, session_id: self.session_id.clone() }
            }
            Wanted::Shut { generation } => Effect::Shut { generation },
            Wanted::Ping { generation } => Effect::Ping { generation },
            Wanted::Probe => Effect::Probe,
            Wanted::Status => Effect::Status,
            Wanted::Connected => Effect::Connected,
            Wanted::ConnectFailed(problem) => Effect::ConnectFailed { problem },
            Wanted::Error(problem) => Effect::Error { problem },
        }
    }

    fn session(&self) -> (Option<SessionId>, Option<SessionType>) {
        (self.session_id.clone(), self.kind)
    }

    /// The handshake has said everything; now it is the node's turn.
    fn opened(connection: &mut Connection<Self>) {
        connection.own.opening = Opening::Begun;
        let socket = connection.state.take_socket();
        connection.enter(State::Registering { socket, request_id: 0 });
    }

    /// Each is a session: a second one would be a second session.
    fn takes_second_sockets() -> bool {
        false
    }

    fn lost(connection: &mut Connection<Self>, _problem: &Problem) -> bool {
        connection.own.left_at = connection.own.alive_at(connection.now.wall);
        connection.own.opening = Opening::Begun;
        false
    }
}

impl Connection<Lavalink> {
    /// The session is another process's.
    pub(super) fn give_up(&mut self, now: Now, problem: Problem) {
        if !self.is_closed() {
            self.note_time(now);
            self.fail(problem);
            self.refresh_status();
        }
    }

    /// Every attempt will be answered the same.
    fn refused(&mut self, status: u16) {
        let message = match status {
            401 | 403 => {
                "The node rejected the password. Check `authorization`, or in a browser the proxy."
            }
            _ => "The node rejected the connection: it could not read its headers. Check `userId`.",
        };
        if !self.is_closed() && !matches!(self.state, State::Idle | State::Failed { .. }) {
            self.fail(Problem::new(Code::ConnectionRefused, message));
        }
    }

    /// A message came in.
    fn said(&mut self, generation: u32, text: String) {
        if !self.is_current(generation) {
            return;
        }
        self.received(text.len());
        let Some(message) = messages::read(&text) else {
            let message = "A message from the node could not be read and was skipped.";
            let problem = Problem::new(Code::UnreadableFrame, message);
            let problem = Problem { length: Some(text.len()), ..problem };
            return self.effects.push_back(Effect::Error { problem });
        };
        match &mut self.own.opening {
            Opening::Begun => {
                if let Message::Ready { session_id, resumed } = message {
                    self.ready(session_id, resumed);
                }
            }
            Opening::Looking(new) | Opening::LettingGo(new) | Opening::Holding(new) => {
                if let Message::Stats { uptime_ms } = message {
                    new.uptime_ms = uptime_ms.or(new.uptime_ms);
                }
                if new.held.len() < MAX_HELD {
                    new.held.push(text);
                }
            }
            Opening::Told => {
                if let Message::Stats { uptime_ms } = message {
                    self.own.uptime_ms = uptime_ms.or(self.own.uptime_ms);
                }
                self.effects.push_back(Effect::Message { text });
            }
        }
    }
}
