//! What goes wrong, with a stable code and a sentence that says what to do.

use serde::{Serialize, Serializer};

use crate::protocol::Header;

macro_rules! codes {
    ($($(#[doc = $line:literal])+ $variant:ident $name:literal,)+) => {
        /// The stable name of a kind of problem: the `code` of a `ResumeError`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $line])+ $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as JavaScript sees it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What the code means, for the TypeScript declarations.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($line, "\n"),+),)+
                }
            }
        }
    };
}

// The npm package's `ResumeErrorCode` is generated from this table.
codes! {
    /// An option is unknown, mistyped or out of range; the message names it.
    InvalidOption "invalid-option",
    /// What was passed to `send` or `request` is not a frame, or has an event type that
    /// gets no answer.
    InvalidFrame "invalid-frame",
    /// The queue's bound is reached; `frames` names what was refused.
    QueueFull "queue-full",
    /// The client is closed.
    Closed "closed",
    /// The backend speaks an interface version that this client does not.
    UnsupportedIcdVersion "unsupported-icd-version",
    /// The backend answered REGISTER_VIEWER with a refusal.
    RegistrationRefused "registration-refused",
    /// The connection is refused each time: check address and token.
    ConnectionRefused "connection-refused",
    /// The login has expired, or a different user has logged in.
    LoginRequired "login-required",
    /// `backoff.maxAttempts` attempts have failed.
    RetryBudgetSpent "retry-budget-spent",
    /// An attempt did not get as far as an open, registered connection in time.
    ConnectionTimeout "connection-timeout",
    /// The connection was open and is gone.
    ConnectionLost "connection-lost",
    /// The user said no, so this request's answer will never come.
    Declined "declined",
    /// The request's answer was lost, and it has effects outside the session (saving,
    /// exporting), or calculates from a channel or region that may have changed since.
    /// It may have happened: check before you send it again.
    NotReplayed "not-replayed",
    /// It was under way when two connections in a row were lost, and may be the cause: it
    /// is not sent again automatically. A request that was sent by `send` is also
    /// answered with `success = false` in its own terms.
    LostTwice "lost-twice",
    /// What the request is about was closed or removed while there was no connection, so
    /// it is not sent. It is answered like `lost-twice`.
    Abandoned "abandoned",
    /// A frame from the backend could not be decoded. It was passed on, unless it is
    /// shorter than 8 bytes.
    UnreadableFrame "unreadable-frame",
    /// `confirmResume` threw, rejected or returned something else.
    ConfirmFailed "confirm-failed",
    /// RESUME_SESSION was not answered within `timeouts.resumeMs`, although other
    /// requests were.
    ResumeTimeout "resume-timeout",
    /// The `url` function threw, rejected or returned no WebSocket address.
    UrlFailed "url-failed",
    /// A region's points are not finite, or not as many as its type needs.
    InvalidRegion "invalid-region",
    /// No image with this file id is open.
    UnknownImage "unknown-image",
    /// An `on` handler threw. The client goes on.
    HandlerFailed "handler-failed",
    /// `archive.restore` was called while there is no working connection.
    NotActive "not-active",
    /// The file of a restored image has changed since it was opened: a different size,
    /// date or shape. `viewerState()` has the new one, as in the backend's answer to
    /// FILE_INFO_REQUEST.
    FileChanged "file-changed",
    /// The archive has no workspace with this id.
    UnknownWorkspace "unknown-workspace",
    /// This work was moved to another tab, and this client was closed.
    Moved "moved",
    /// The tab that has this work open does not respond.
    OtherTabSilent "other-tab-silent",
    /// `archive.import` was given a file that is not an exported workspace, is damaged,
    /// or comes from a newer version.
    InvalidFile "invalid-file",
    /// Another process or tab has the stored session of this Lavalink node.
    SessionInUse "session-in-use",
    /// A Lavalink node answered a REST request with an error, or not in time.
    RequestFailed "request-failed",
    /// The browser's storage is missing, full, blocked or damaged. Work goes on in memory.
    StorageFailed "storage-failed",
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A problem to report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// A sentence for people: what happened, and what to do.
    pub message: String,
    /// The frames that it is about. The code that shows the message names them.
    #[serde(skip)]
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

    /// The client was asked for something after its end.
    pub fn closed() -> Self {
        Self::new(Code::Closed, "The client was closed. Make a new one to connect again.")
    }
}
