//! The client without I/O: inputs come in with the time, effects come out.
//!
//! * [`machine`]: the life of a connection.
//! * [`tracking`]: what the backend must know again after a resume.
//!
//! Nothing here reads a clock, a random source, a browser interface or a
//! global; the same inputs give the same effects.

pub mod backoff;
pub mod keeper;
pub mod machine;
pub mod offer;
pub mod options;
pub mod problem;
mod queue;
pub mod rebuild;
mod set;
pub mod store;
pub(crate) mod text;
pub mod time;
pub mod timers;
pub mod tracking;

pub use machine::{Effect, Input, Machine};
pub use offer::{Answer, Offer, Report};
pub use options::Options;
pub use problem::{Code, Problem};
pub use time::Now;
