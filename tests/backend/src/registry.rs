//! Every session: those with a socket, and those kept for a while after a drop.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU32},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{sync::mpsc, time::Instant};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{
    scripting::Scripting,
    session::{Environment, Session, Snapshot, State},
};

/// The number of frames of a socket that are remembered.
const LOG_LENGTH: usize = 10_000;

/// One socket's session and what others may do to it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Number of the socket, never used again.
    pub number: u64,
    /// The session.
    pub session: Arc<Mutex<Session>>,
    /// Cuts the socket.
    pub cut: CancellationToken,
    /// Nothing is read from the socket or written to it any more: it is half open.
    pub deaf: CancellationToken,
    /// Bytes per second that reach the viewer; 0 = no limit.
    pub rate: Arc<AtomicU32>,
    /// Sends something out of turn.
    pub inject: mpsc::UnboundedSender<Message>,
    /// The frames that have passed.
    pub log: Arc<Mutex<FrameLog>>,
    /// What the viewer has been asked to do.
    pub scripting: Arc<Mutex<Scripting>>,
}

/// What has passed through a socket: direction, event type, request id.
pub type FrameLog = VecDeque<(&'static str, String, u32)>;

impl Connection {
    /// Remembers a frame.
    pub fn note(&self, direction: &'static str, event: &str, request_id: u32) {
        let mut log = lock(&self.log);
        if log.len() == LOG_LENGTH {
            log.pop_front();
        }
        log.push_back((direction, event.to_owned(), request_id));
    }
}

/// Every session.
#[derive(Debug, Default)]
pub struct Registry {
    grace: Duration,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    last_number: u64,
    last_id: u32,
    connections: BTreeMap<u64, Connection>,
    kept: BTreeMap<u32, (Instant, Session)>,
}

/// Locks, even if somebody panicked while holding it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registry {
    /// An empty one that keeps sessions for this long after a drop.
    pub fn new(grace: Duration) -> Self {
        Self { grace, ..Self::default() }
    }

    /// Makes a session for a new socket.
    pub fn begin(
        &self,
        environment: &Arc<Environment>,
        inject: mpsc::UnboundedSender<Message>,
    ) -> Connection {
        let mut sessions = lock(&self.sessions);
        sessions.last_number += 1;
        sessions.last_id = new_id(sessions.last_id);
        let session = Session::new(Arc::clone(environment), sessions.last_id);
        let connection = Connection {
            number: sessions.last_number,
            session: Arc::new(Mutex::new(session)),
            cut: CancellationToken::new(),
            deaf: CancellationToken::new(),
            rate: Arc::default(),
            inject,
            log: Arc::default(),
            scripting: Arc::default(),
        };
        sessions.connections.insert(connection.number, connection.clone());
        connection
    }

    /// A socket has ended, or is being cut. Its session is deleted, or kept for a while if it ended
    /// by a drop.
    pub fn end(&self, number: u64, is_drop: bool) {
        let ended = lock(&self.sessions).connections.remove(&number);
        let Some(connection) = ended else { return };
        connection.cut.cancel();
        if !is_drop || self.grace.is_zero() {
            return;
        }
        let mut session = lock(&connection.session);
        let environment = session.environment();
        let state = session.take_state();
        drop(session);
        let until = Instant::now() + self.grace;
        let kept = Session::with_state(environment, state);
        lock(&self.sessions).kept.insert(kept.id(), (until, kept));
    }

    /// Cuts every socket, or those of one session. Returns how many.
    pub fn drop_sockets(&self, session_id: Option<u32>) -> usize {
        let mut numbers = Vec::new();
        for connection in self.connections() {
            let id = lock(&connection.session).id();
            if session_id.is_none_or(|wanted| wanted == id) {
                numbers.push(connection.number);
            }
        }
        for number in &numbers {
            self.end(*number, true);
        }
        numbers.len()
    }

    /// Forgets everything and cuts every socket. Returns the number of sockets.
    pub fn restart(&self) -> usize {
        let mut sessions = lock(&self.sessions);
        let connections = std::mem::take(&mut sessions.connections);
        sessions.kept.clear();
        drop(sessions);
        for connection in connections.values() {
            connection.cut.cancel();
        }
        connections.len()
    }

    /// Takes a kept session's state, if it has not expired.
    pub fn take_kept(&self, id: u32) -> Option<State> {
        let mut sessions = lock(&self.sessions);
        purge(&mut sessions);
        let (_, mut session) = sessions.kept.remove(&id)?;
        Some(session.take_state())
    }

    /// Every socket.
    pub fn connections(&self) -> Vec<Connection> {
        lock(&self.sessions).connections.values().cloned().collect()
    }

    /// What every session has open, by session id. Waits for sessions that
    /// are at work.
    pub fn snapshots(&self) -> Vec<Snapshot> {
        let mut snapshots: Vec<_> = self
            .connections()
            .iter()
            .map(|connection| lock(&connection.session).snapshot(true))
            .collect();
        let mut sessions = lock(&self.sessions);
        purge(&mut sessions);
        snapshots.extend(sessions.kept.values().map(|(_, session)| session.snapshot(false)));
        snapshots.sort_by_key(Snapshot::session_id);
        snapshots
    }
}

fn purge(sessions: &mut Sessions) {
    let now = Instant::now();
    sessions.kept.retain(|_, (until, _)| *until > now);
}

/// Microseconds since 1970, truncated to 32 bits, as in the real backend; never 0 and never the
/// same twice in a row.
fn new_id(last: u32) -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let id = now.as_micros() as u32;
    if id <= last && last - id < 1000 { last.wrapping_add(1).max(1) } else { id.max(1) }
}
