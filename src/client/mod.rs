//! The life of a connection as a state machine without I/O.
//!
//! | file | what it knows |
//! |---|---|
//! | `machine` | the main type, with the order of calls |
//! | `driver`, `input`, `effect` | what goes in, what comes out, and what passes through |
//! | `state`, `status` | where the connection stands, and how that is shown |
//! | `reconnect`, `attempts`, `backoff` | when to try again, and when to stop |
//! | `login` | what keeps an attempt from opening a socket where people log in |
//! | `register` | REGISTER_VIEWER, accepted or refused; the session |
//! | `question`, `offer` | what the user is asked before anything is restored |
//! | `resume`, `leftovers` | restoring or starting empty, and what the backend may still have of before |
//! | `traffic`, `requests`, `queue` | the frames of the viewer and of the backend |
//! | `offline` | what is done while there is no connection, and what is not tried again |
//! | `liveness`, `second_socket`, `line` | finding out that a connection is dead, and not taking a live one for dead |
//! | `drop_in`, `rebuild` | a viewer that does not know this client |
//! | `closing` | giving up, and closing for good |
//! | `options`, `problem`, `store`, `time`, `timers` | settings, errors, where the session id is kept, the time, deadlines |

mod attempts;
pub mod backoff;
mod closing;
mod driver;
mod drop_in;
mod effect;
mod files;
mod ghosts;
mod importing;
mod input;
mod leftovers;
mod line;
mod liveness;
pub mod login;
mod machine;
pub mod offer;
mod offline;
pub mod options;
pub mod problem;
mod question;
mod queue;
mod rebuild;
mod reconnect;
mod register;
mod requests;
mod resume;
mod second_socket;
mod state;
mod status;
pub mod store;
pub mod time;
pub mod timers;
mod traffic;

pub use driver::Driver;
pub use effect::Effect;
pub use input::Input;
pub use machine::Machine;
pub use offer::{Answer, Offer, Report};
pub use options::Options;
pub use problem::{Code, Problem};
pub use status::{Phase, Status};
pub use time::Now;
