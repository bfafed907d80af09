//! What can be observed of a world.

use carta_resume::protocol::{EventType, Frame};

use super::{driver::Effect, session::Session, world::World};

impl World {
    /// What the backend has open on the connection in use.
    pub fn backend_session(&self) -> Session {
        let connection = self.backend.connections.get(&self.generation());
        connection.map(|connection| connection.session.visible()).unwrap_or_default()
    }

    /// What the machine would restore, with the requirements taken from the backend, because the
    /// workspace does not tell them.
    pub fn workspace(&self) -> Session {
        let mut session =
            Session::of(self.machine.tracker().workspace(), &self.backend_session().stats);
        session.saves = self.backend_session().saves;
        session
    }

    pub fn frames_sent(&self, event: EventType) -> Vec<&Frame> {
        let sent = self.log.iter().filter_map(|(_, effect)| match effect {
            Effect::Send { frame, .. } => Some(frame),
            _ => None,
        });
        sent.filter(|frame| frame.event() == Some(event)).collect()
    }

    /// The real times of the effects that match.
    pub fn times(&self, matches: impl Fn(&Effect) -> bool) -> Vec<u64> {
        self.log.iter().filter(|(_, effect)| matches(effect)).map(|&(when, _)| when).collect()
    }
}
