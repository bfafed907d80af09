//! What goes wrong, with a stable code and a sentence that says what to do.

use crate::protocol::Header;

/// The stable name of a kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A frame given to `send` is not one, or is the client's own business.
    InvalidFrame,
    /// The queue of unsent frames is at its bound.
    QueueFull,
    /// The client was closed.
    Closed,
    /// The backend speaks a version of the interface that this client does not.
    UnsupportedIcdVersion,
    /// The backend refused to register the viewer.
    RegistrationRefused,
    /// The backend answers, but not to this connection.
    ConnectionRefused,
    /// An attempt did not get as far as a registered connection in time.
    ConnectionTimeout,
    /// The connection was open, or opening, and is gone.
    ConnectionLost,
    /// The permitted number of attempts is used up.
    RetryBudgetSpent,
    /// The user did not want the session back; this went with it.
    Declined,
    /// The request acts outside the session and must not be sent twice.
    NotReplayed,
    /// A frame from the backend does not decode.
    UnreadableFrame,
    /// `confirmResume` threw or rejected.
    ConfirmFailed,
    /// The backend did not finish resuming in time.
    ResumeTimeout,
    /// The backend's address could not be determined.
    UrlFailed,
    /// A handler of the viewer's threw.
    HandlerFailed,
    /// A workspace can be restored from the archive on a working connection only.
    NotActive,
    /// The archive has no such workspace.
    UnknownWorkspace,
    /// The browser's storage is missing, full, blocked or damaged.
    StorageFailed,
}

impl Code {
    /// Every code.
    pub const ALL: &'static [Self] = &[
        Self::InvalidFrame,
        Self::QueueFull,
        Self::Closed,
        Self::UnsupportedIcdVersion,
        Self::RegistrationRefused,
        Self::ConnectionRefused,
        Self::ConnectionTimeout,
        Self::ConnectionLost,
        Self::RetryBudgetSpent,
        Self::Declined,
        Self::NotReplayed,
        Self::UnreadableFrame,
        Self::ConfirmFailed,
        Self::ResumeTimeout,
        Self::UrlFailed,
        Self::HandlerFailed,
        Self::NotActive,
        Self::UnknownWorkspace,
        Self::StorageFailed,
    ];

    /// The code as JavaScript sees it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidFrame => "invalid-frame",
            Self::QueueFull => "queue-full",
            Self::Closed => "closed",
            Self::UnsupportedIcdVersion => "unsupported-icd-version",
            Self::RegistrationRefused => "registration-refused",
            Self::ConnectionRefused => "connection-refused",
            Self::ConnectionTimeout => "connection-timeout",
            Self::ConnectionLost => "connection-lost",
            Self::RetryBudgetSpent => "retry-budget-spent",
            Self::Declined => "declined",
            Self::NotReplayed => "not-replayed",
            Self::UnreadableFrame => "unreadable-frame",
            Self::ConfirmFailed => "confirm-failed",
            Self::ResumeTimeout => "resume-timeout",
            Self::UrlFailed => "url-failed",
            Self::HandlerFailed => "handler-failed",
            Self::NotActive => "not-active",
            Self::UnknownWorkspace => "unknown-workspace",
            Self::StorageFailed => "storage-failed",
        }
    }
}

/// A problem to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// A sentence for people: what happened, and what to do.
    pub message: String,
    /// The frames that it is about. Whoever shows the message names them.
    pub frames: Vec<Header>,
    /// Bytes in the payload, for an unreadable frame.
    pub length: Option<usize>,
}

impl Problem {
    /// A problem that is not about particular frames.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), frames: Vec::new(), length: None }
    }

    /// The same problem, about these frames.
    #[must_use]
    pub fn about(mut self, frames: Vec<Header>) -> Self {
        self.frames = frames;
        self
    }

    pub(crate) fn closed() -> Self {
        Self::new(Code::Closed, "The client was closed. Make a new one to connect again.")
    }
}
