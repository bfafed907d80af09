//! Where the connection stands, for people.

use serde::Serialize;

use super::problem::Problem;

/// What the other side called the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionType {
    /// A session that did not exist before.
    New,
    /// The session that was asked for.
    Resumed,
}

/// A phase in the life of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Not asked to connect yet.
    Idle,
    /// A socket is opening.
    Connecting,
    /// REGISTER_VIEWER is on its way.
    Registering,
    /// The user is asked.
    Confirming,
    /// RESUME_SESSION is on its way.
    Resuming,
    /// At work.
    Active,
    /// The next attempt is planned.
    Waiting,
    /// Trying again cannot help.
    Failed,
    /// Closed by the viewer.
    Closed,
}

/// Where the connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status<SessionId = u32> {
    /// The phase.
    pub phase: Phase,
    /// Attempts since the last connection that was good for a while.
    pub attempt: u32,
    /// From when this status began to the next attempt, in milliseconds.
    pub retry_in_ms: Option<u64>,
    /// 0, or what else names none: none yet.
    pub session_id: SessionId,
    /// What the backend called the session.
    pub session_type: Option<SessionType>,
    /// From the last PING to its PONG, in milliseconds.
    pub latency_ms: Option<u64>,
    /// Since when the backend has not answered although there is a connection, in
    /// milliseconds since 1970; `None` while it does. It may be busy.
    pub silent_since: Option<u64>,
    /// What ended the last attempt, until one succeeds. JavaScript gets an error
    /// made from it.
    #[serde(skip)]
    pub error: Option<Problem>,
}

impl<SessionId: Default> Status<SessionId> {
    /// Of a client that was not asked to connect yet.
    pub(crate) fn idle() -> Self {
        Self {
            phase: Phase::Idle,
            attempt: 0,
            retry_in_ms: None,
            session_id: SessionId::default(),
            session_type: None,
            latency_ms: None,
            silent_since: None,
            error: None,
        }
    }
}
