//! A backend that registers viewers and keeps a session for each connection.

use std::collections::BTreeMap;

use carta_resume::protocol::{
    EventType, Frame,
    messages::{OpenFile, RegisterViewer, ResumeSession, SessionType, SetStatsRequirements},
};

use super::{
    frames::{refusal, welcome},
    session::{Disk, Session},
};

pub struct Backend {
    /// The version that it speaks and insists on.
    pub icd: u16,
    pub refuses: Refuses,
    /// How long it keeps a session whose connection is gone. `None`: not at all, like the C++
    /// backend.
    pub grace_ms: Option<u64>,
    pub disk: Disk,
    /// Answers that get lost, once each.
    pub loses: Vec<EventType>,
    /// How long it answers nothing when it gets one of these.
    pub busy_ms: BTreeMap<EventType, u64>,
    /// This many bytes of image data follow one of these.
    pub streams: BTreeMap<EventType, usize>,
    /// What crashes it, each time.
    pub killers: Vec<Killer>,
    /// How long it takes to crash; it does nothing else meanwhile.
    pub dies_after_ms: u64,
    pub is_dying: bool,
    pub crashes: usize,
    pub connections: BTreeMap<u32, Connection>,
    /// How many of these it has carried out.
    pub resumes: usize,
    pub saves: usize,
    kept: BTreeMap<u32, Kept>,
    next_session: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refuses {
    Nobody,
    /// Like carta-backend-python.
    StoredIds,
    Everybody,
}

/// Something that crashes a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Killer {
    /// Any message of this type.
    Event(EventType),
    /// OPEN_FILE of this file.
    Opening(String),
    /// RESUME_SESSION with this file.
    Resuming(String),
    /// Statistics of a region.
    Stats(i32),
}

impl Killer {
    pub fn kills_by(&self, frame: &Frame) -> bool {
        match self {
            Self::Event(event) => frame.event() == Some(*event),
            Self::Opening(file) => {
                frame.event() == Some(EventType::OpenFile)
                    && frame.decode::<OpenFile>().is_ok_and(|open| open.file == *file)
            }
            Self::Resuming(file) => {
                frame.event() == Some(EventType::ResumeSession)
                    && frame
                        .decode::<ResumeSession>()
                        .is_ok_and(|resume| resume.images.iter().any(|image| image.file == *file))
            }
            Self::Stats(region) => {
                frame.event() == Some(EventType::SetStatsRequirements)
                    && frame
                        .decode::<SetStatsRequirements>()
                        .is_ok_and(|set| set.region_id == *region && !set.stats_configs.is_empty())
            }
        }
    }
}

#[derive(Default)]
pub struct Connection {
    pub session_id: u32,
    pub session: Session,
}

struct Kept {
    until: u64,
    session: Session,
}

impl Default for Backend {
    fn default() -> Self {
        Self {
            icd: 28,
            refuses: Refuses::Nobody,
            grace_ms: None,
            disk: Disk::default(),
            loses: Vec::new(),
            busy_ms: BTreeMap::new(),
            streams: BTreeMap::new(),
            killers: Vec::new(),
            dies_after_ms: 300,
            is_dying: false,
            crashes: 0,
            connections: BTreeMap::new(),
            resumes: 0,
            saves: 0,
            kept: BTreeMap::new(),
            next_session: 100,
        }
    }
}

impl Backend {
    pub fn accept(&mut self, connection: u32) {
        self.next_session += 1;
        let session_id = self.next_session;
        let fresh = Connection { session_id, ..Connection::default() };
        self.connections.insert(connection, fresh);
    }

    /// The answer, unless it gets lost.
    pub fn receive(&mut self, now: u64, connection: u32, frame: &Frame) -> Option<Frame> {
        let reply = if frame.event() == Some(EventType::RegisterViewer) {
            self.register(now, connection, frame)
        } else {
            let session = &mut self.connections.get_mut(&connection)?.session;
            let saves = session.saves;
            let reply = session.apply(frame, &self.disk);
            self.saves += session.saves - saves;
            self.resumes += usize::from(frame.event() == Some(EventType::ResumeSession));
            reply
        }?;
        if let Some(at) = self.loses.iter().position(|&event| Some(event) == reply.event()) {
            self.loses.remove(at);
            return None;
        }
        Some(reply)
    }

    fn register(&mut self, now: u64, connection: u32, frame: &Frame) -> Option<Frame> {
        let register: RegisterViewer = frame.decode().ok()?;
        let got = frame.header().icd_version;
        if got != self.icd {
            let expected = self.icd;
            let message = format!("Invalid ICD version number. Expected {expected}, got {got}");
            return Some(refusal(frame, &message));
        }
        let refused = match self.refuses {
            Refuses::Nobody => false,
            Refuses::StoredIds => register.session_id != 0,
            Refuses::Everybody => true,
        };
        if refused {
            return Some(refusal(frame, "Not implemented"));
        }
        if register.session_id == 0 {
            let own = self.connections.get(&connection)?.session_id;
            return Some(welcome(frame, own, SessionType::New));
        }
        let kept = self.take_session(now, connection, register.session_id);
        let connection = self.connections.get_mut(&connection)?;
        connection.session_id = register.session_id;
        if let Some(session) = kept {
            connection.session = session;
        }
        Some(welcome(frame, register.session_id, SessionType::Resumed))
    }

    /// A session that was kept, or that still has a dead connection.
    fn take_session(&mut self, now: u64, connection: u32, session_id: u32) -> Option<Session> {
        self.grace_ms?;
        self.kept.retain(|_, kept| now < kept.until);
        let other = self
            .connections
            .iter_mut()
            .find(|(id, other)| **id != connection && other.session_id == session_id);
        if let Some((_, other)) = other {
            other.session_id = 0;
            return Some(std::mem::take(&mut other.session));
        }
        self.kept.remove(&session_id).map(|kept| kept.session)
    }

    pub fn disconnect(&mut self, now: u64, connection: u32) {
        let Some(gone) = self.connections.remove(&connection) else { return };
        if let Some(grace) = self.grace_ms.filter(|_| gone.session_id != 0) {
            self.kept.insert(gone.session_id, Kept { until: now + grace, session: gone.session });
        }
    }

    /// It forgets everything.
    pub fn restart(&mut self) {
        self.connections.clear();
        self.kept.clear();
    }
}
