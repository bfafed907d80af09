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
mod effects;
mod interruption;
mod ledger;
mod responses;
mod stored;
mod subject;
mod tiles;
mod tracker;

pub use subject::depends_on_session;
pub use tracker::{Tracker, Unreadable};
