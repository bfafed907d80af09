//! The life of a connection as a state machine without I/O, whatever is spoken on it.
//!
//! | file | what it knows |
//! |---|---|
//! | `connection` | the main type, with the order of calls |
//! | `protocol` | the seam: what a protocol brings, and what it is asked |
//! | `state`, `status` | where the connection stands, and how that is shown |
//! | `reconnect`, `attempts`, `backoff` | when to try again, and when to stop |
//! | `liveness`, `second_socket`, `line` | finding out that a connection is dead, and not taking a live one for dead |
//! | `closing` | giving up, and closing for good |
//! | `options`, `problem`, `time`, `timers` | settings, errors, the time, deadlines |
//!

mod attempts;
pub mod backoff;
mod closing;
#[allow(clippy::module_inception)]
mod connection;
pub(crate) mod line;
pub(crate) mod liveness;
pub mod options;
pub mod problem;
mod protocol;
mod reconnect;
mod second_socket;
pub(crate) mod state;
mod status;
pub mod time;
pub mod timers;

pub use connection::Connection;
pub use options::Options;
pub use problem::{Code, Problem};
pub use protocol::{Protocol, Wanted, Words};
pub use status::{Phase, SessionType, Status};
pub use time::Now;
pub use timers::Due;
