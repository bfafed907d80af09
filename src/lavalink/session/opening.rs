//! The opening conversation: which session is continued.

use super::{
    super::{Ask, Effect, Outcome, SessionId, Settings, WhyLost},
    New, Opening, Untold,
};
use crate::connection::{Code, Connection, Problem, SessionType, Wanted, state::State};

const UNNOTICED: &str = "The node has not noticed that the old connection is gone. Trying \
                         again to resume its session.";
const DOUBTED: &str = "The node does not find the session. Trying once more to resume it before \
                       giving it up.";
const UNKNOWN: &str = "The node did not say whether it still holds the session. Trying again.";

impl Connection<super::Lavalink> {
    /// The node is ready. What it says here counts, not what its header says: that only
    /// tells whether a timer was stopped, which an earlier handshake may have done.
    pub(super) fn ready(&mut self, session_id: SessionId, resumed: bool) {
        if resumed {
            return self.resumed(session_id);
        }
        let new = New { session_id, uptime_ms: None, lost: None, held: Vec::new() };
        match self.own.session_id.clone() {
            Some(old) => {
                self.own.opening = Opening::Looking(new);
                self.ask(Ask::Look { session_id: old });
            }
            None => self.accept(new),
        }
    }

    /// The session goes on. What is to be held, and how long, may be other than before.
    fn resumed(&mut self, session_id: SessionId) {
        self.own.session_id = Some(session_id.clone());
        self.tell(Vec::new());
        self.hold(session_id);
    }

    /// Goes on with a new session: resuming is switched on before anything else. It is
    /// presented from now on, because it may be held though the answer is lost.
    fn accept(&mut self, mut new: New) {
        let session_id = new.session_id.clone();
        let own = &mut self.own;
        own.session_id = Some(session_id.clone());
        own.untold = Some(Untold { lost: new.lost.take() });
        own.uptime_ms = new.uptime_ms;
        own.left_at = self.now.wall;
        own.is_changed = true;
        if !own.settings.resuming {
            return self.begin(new);
        }
        own.opening = Opening::Holding(new);
        self.hold(session_id);
    }

    fn begin(&mut self, new: New) {
        self.own.uptime_ms = new.uptime_ms;
        self.tell(new.held);
        self.work();
    }

    /// Tells that the node is ready, and what came in since.
    fn tell(&mut self, held: Vec<String>) {
        let own = &mut self.own;
        own.window_s = own.settings.timeout_s;
        own.is_doubted = false;
        own.is_changed = true;
        own.opening = Opening::Told;
        let untold = own.untold.take();
        let resumed = untold.is_none();
        own.kind = Some(if resumed { SessionType::Resumed } else { SessionType::New });
        let Some(session_id) = own.session_id.clone() else { return };
        if let Some((session_id, why)) = untold.and_then(|untold| untold.lost) {
            self.effects.push_back(Effect::Lost { session_id, why });
        }
        self.effects.push_back(Effect::Ready { session_id, resumed });
        self.effects.extend(held.into_iter().map(|text| Effect::Message { text }));
    }

    fn work(&mut self) {
        let socket = self.state.take_socket();
        self.enter(State::Active { socket });
        self.established();
        self.want(Wanted::Connected);
    }

    fn hold(&mut self, session_id: SessionId) {
        let Settings { resuming, timeout_s, .. } = self.own.settings;
        self.ask(Ask::Hold { session_id, resuming, timeout_s });
    }

    fn ask(&mut self, ask: Ask) {
        self.own.asked = self.own.asked.wrapping_add(1);
        self.effects.push_back(Effect::Ask { number: self.own.asked, ask });
    }

    /// A REST request is answered.
    pub(super) fn told(&mut self, number: u32, outcome: Outcome) {
        if number != self.own.asked || !matches!(self.state, State::Registering { .. }) {
            return;
        }
        if let Outcome::Status(status @ (401 | 403)) = outcome {
            return self.refused(status);
        }
        match std::mem::replace(&mut self.own.opening, Opening::Begun) {
            Opening::Begun => {}
            Opening::Looking(new) => self.looked(new, outcome),
            Opening::LettingGo(new) => match outcome {
                // The node may have noticed just now that the old connection is dead, and
                // then it waits for this client.
                Outcome::Status(404) if !self.own.is_doubted => {
                    self.own.is_doubted = true;
                    self.try_old_again(DOUBTED);
                }
                Outcome::Done | Outcome::Status(404) => self.accept(new),
                Outcome::Status(_) | Outcome::Failed => self.try_old_again(UNKNOWN),
            },
            Opening::Holding(new) => match outcome {
                Outcome::Done => self.begin(new),
                Outcome::Status(_) | Outcome::Failed => self.not_held(outcome),
            },
            Opening::Told => {
                self.own.opening = Opening::Told;
                match outcome {
                    Outcome::Done => self.work(),
                    Outcome::Status(_) | Outcome::Failed => self.not_held(outcome),
                }
            }
        }
    }

    /// A session that the node may not hold is not used.
    fn not_held(&mut self, outcome: Outcome) {
        let message = match outcome {
            Outcome::Status(404) => "The node does not know the session it has just given. \
                                     Connecting again."
                .to_owned(),
            Outcome::Status(status) => format!(
                "The node did not switch resuming on: it answered with HTTP status {status}. \
                 Connecting again."
            ),
            Outcome::Done | Outcome::Failed => {
                "The node did not confirm the session in time. Reconnecting.".to_owned()
            }
        };
        let problem = Problem::new(Code::RequestFailed, message);
        self.effects.push_back(Effect::Error { problem: problem.clone() });
        self.drop_socket(problem);
    }

    /// What has become of the old session, in whose place there is a new one. Where REST
    /// finds it, it is connected: a session that waits for its client is not found, and
    /// would have been resumed.
    fn looked(&mut self, mut new: New, outcome: Outcome) {
        let Some(old) = self.own.session_id.clone() else { return self.accept(new) };
        let window_s = self.own.window_s;
        let away_ms = self.now.wall.saturating_sub(self.own.left_at);
        let is_restarted =
            new.uptime_ms.zip(self.own.uptime_ms).is_some_and(|(new, old)| new < old);
        let is_within = away_ms < self.own.settings.patience_ms(window_s);
        match outcome {
            Outcome::Status(404) => {
                if !is_restarted && !self.own.is_doubted {
                    self.own.is_doubted = true;
                    return self.try_old_again(DOUBTED);
                }
                let why = if is_restarted { WhyLost::NodeRestarted } else { WhyLost::Expired };
                new.lost = self.loss(old, why);
                self.accept(new);
            }
            Outcome::Done if is_within => self.try_old_again(UNNOTICED),
            _ if is_within => self.try_old_again(UNKNOWN),
            _ => {
                let is_found = outcome == Outcome::Done;
                let why = if is_found { WhyLost::StillConnected } else { WhyLost::Expired };
                new.lost = self.loss(old.clone(), why);
                self.own.opening = Opening::LettingGo(new);
                let timeout_s = self.own.settings.timeout_s;
                self.ask(Ask::Hold { session_id: old, resuming: false, timeout_s });
            }
        }
    }

    /// What is lost with a session: of one that was not told, what was lost before.
    fn loss(&self, old: SessionId, why: WhyLost) -> Option<(SessionId, WhyLost)> {
        match &self.own.untold {
            Some(untold) => untold.lost.clone(),
            None => Some((old, why)),
        }
    }

    /// The new session ends with its socket.
    fn try_old_again(&mut self, why: &str) {
        self.drop_socket(Problem::new(Code::ConnectionLost, why));
    }
}
