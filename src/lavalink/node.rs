//! The main type: the connection to one node, and what is stored of its session.

use std::collections::VecDeque;

use super::{
    Effect, Input, Revision, SessionId, Settings,
    keeper::{Keeper, News},
    record::Record,
    session::Lavalink,
};
use crate::connection::{Code, Connection, Now, Phase, Problem, Status};

/// One node.
///
/// # Order of calls
///
/// 1. [`handle`](Self::handle) with an input.
/// 2. [`poll_effect`](Self::poll_effect) until there is none, with the node let go.
///    [`Effect::Revise`] asks for [`revise`](Self::revise) while nobody else changes what
///    is stored, and then for [`Input::Revised`].
/// 3. [`deadline`](Self::deadline): [`Input::Timeout`] is due then.
#[derive(Debug)]
pub struct Node {
    connection: Connection<Lavalink>,
    keeper: Keeper,
    /// Sessions are stored. If the store fails before anything is read, they are not.
    is_stored: bool,
    /// A connection is wanted as soon as the session is claimed.
    is_wanted: bool,
    effects: VecDeque<Effect>,
}

impl Node {
    /// A node at rest. `owner` names this client in the store; nobody else has the name.
    pub fn new(settings: Settings, owner: String, seed: u64, now: Now) -> Self {
        let keeper = Keeper::new(settings.address.clone(), settings.user.clone(), owner);
        let is_stored = settings.is_stored;
        let options = settings.connection.clone();
        let own = Lavalink::new(settings, now.wall);
        let connection = Connection::at_rest(options, own, seed, now);
        Self { connection, keeper, is_stored, is_wanted: false, effects: VecDeque::new() }
    }

    /// Takes note of what happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        match input {
            Input::Connect | Input::RetryNow if self.needs_claim(&input) => {
                self.is_wanted = true;
                self.keeper.claim(now);
            }
            Input::Close { forget } => self.close(now, forget),
            Input::Revised { fault } => {
                let news = self.keeper.revised(now, fault);
                self.hear(now, news);
            }
            input => self.connection.handle(now, input),
        }
        if std::mem::take(&mut self.connection.own.is_changed) {
            self.keeper.changed(now);
        }
        if self.keeper.is_due(now) {
            self.effects.push_back(Effect::Revise);
        }
    }

    /// Nobody connects in a session that may be another's.
    fn needs_claim(&self, input: &Input) -> bool {
        let is_begun = *input == Input::Connect || self.status().phase == Phase::Failed;
        is_begun && self.is_stored && !self.keeper.holds() && !self.connection.is_closed()
    }

    fn close(&mut self, now: Now, forget: bool) {
        if self.connection.is_closed() {
            return;
        }
        self.connection.handle(now, Input::Close { forget });
        if !self.keeper.leave(now, forget) {
            self.effects.push_back(Effect::Released);
        }
    }

    fn hear(&mut self, now: Now, news: Option<News>) {
        match news {
            Some(News::Granted { found, problem }) => {
                self.effects.extend(problem.map(|problem| Effect::Error { problem }));
                if let Some(found) = found {
                    self.take_up(&found);
                }
                self.connect(now);
            }
            Some(News::Taken) => {
                self.is_wanted = false;
                let message = "Another process works with the stored session of this node. Stop \
                               it, or give one of them another node id or another store.";
                self.connection.own.session_id = None;
                self.connection.give_up(now, Problem::new(Code::SessionInUse, message));
            }
            Some(News::InMemory(problem)) => {
                self.is_stored = false;
                self.effects.push_back(Effect::Error { problem });
                self.connect(now);
            }
            Some(News::Report(problem)) => self.effects.push_back(Effect::Error { problem }),
            Some(News::Left) => self.effects.push_back(Effect::Released),
            None => {}
        }
    }

    fn connect(&mut self, now: Now) {
        if std::mem::take(&mut self.is_wanted) {
            self.connection.handle(now, Input::Connect);
        }
    }

    /// Goes on with a stored session, unless the caller has named one.
    fn take_up(&mut self, found: &Record) {
        let own = &mut self.connection.own;
        let Some(session_id) = found.session_of(&own.settings.address, &own.settings.user) else {
            return;
        };
        if own.session_id.is_none() {
            own.session_id = Some(session_id);
            own.left_at = found.alive_at;
            own.window_s = found.timeout_s;
            own.uptime_ms = found.uptime_ms;
        }
    }

    /// Looks at what is stored, and says what is to become of it.
    pub fn revise(&mut self, now: Now, stored: Option<&str>) -> Revision {
        let own = &self.connection.own;
        let mut current = Record::new(own.settings.address.clone(), own.settings.user.clone());
        current.session_id = own.session_id.as_ref().map(|id| id.as_str().to_owned());
        current.timeout_s = own.window_s;
        current.alive_at = own.alive_at(now.wall);
        current.uptime_ms = own.uptime_ms;
        self.keeper.revise(now, stored, current)
    }

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.connection.poll_effect().or_else(|| self.effects.pop_front())
    }

    /// When [`Input::Timeout`] is due, on the monotonic clock.
    pub fn deadline(&self) -> Option<u64> {
        let connection = self.connection.next_deadline().map(|deadline| deadline.at);
        connection.into_iter().chain(self.keeper.deadline()).min()
    }

    /// Where the connection stands.
    pub const fn status(&self) -> &Status<Option<SessionId>> {
        self.connection.status()
    }

    /// Is a socket of this number to be opened?
    pub fn awaits_socket(&self, generation: u32) -> bool {
        self.connection.awaits_socket(generation)
    }
}
