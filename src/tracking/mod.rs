//! Watching the frames that pass, and what they mean for the workspace.
//!
//! [`Tracker`] takes the frames. What was acknowledged goes into the
//! [`Workspace`](crate::workspace::Workspace), what is unanswered stays in the
//! ledger.
//!
//! RESUME_SESSION rebuilds the backend from the workspace alone, so sending the
//! ledger's frames again afterwards, in order, gives each its effect exactly
//! once. Sources: CARTA interface control document; the C++ backend
//! 5.0.0-dev and the viewers 4.1.0 and 6.0.0 as observed.

mod animation;
mod doing;
mod effects;
mod interruption;
mod ledger;
mod offline;
mod responses;
mod stored;
mod subject;
mod suspicions;
mod tiles;
mod tracker;

pub use doing::LostTwice;
pub use interruption::Lost;
pub use subject::depends_on_session;
pub use tracker::{Tracker, Unreadable};

pub(crate) use offline::{Gone, Offline};
pub(crate) use responses::generated_images;
pub(crate) use subject::Subject;
