//! A connection on which CARTA is spoken for a viewer: a state machine without I/O.
//!
//! What holds for any protocol is in [`connection`](crate::connection).
//!
//! | file | what it knows |
//! |---|---|
//! | `machine` | the main type, and CARTA's side of the seam |
//! | `driver`, `input`, `effect` | what goes in, what comes out, and what passes through |
//! | `login` | what keeps an attempt from opening a socket where people log in |
//! | `register` | REGISTER_VIEWER, accepted or refused; the session |
//! | `question`, `offer` | what the user is asked before anything is restored |
//! | `resume`, `leftovers` | restoring or starting empty, and what the backend may still have from before |
//! | `traffic`, `requests`, `queue` | the frames of the viewer and of the backend |
//! | `offline` | what is done while there is no connection, and what is not tried again |
//! | `drop_in`, `rebuild`, `ghosts` | a viewer that does not know this client |
//! | `remaking` | images that the backend has lost, made again |
//! | `closing` | what ends with the client |
//! | `options`, `store` | settings, where the session id is kept |

mod closing;
mod driver;
mod drop_in;
mod effect;
mod files;
mod ghosts;
mod input;
mod leftovers;
pub mod login;
mod machine;
pub mod offer;
mod offline;
pub mod options;
mod question;
mod queue;
mod rebuild;
mod register;
pub mod remaking;
mod requests;
mod resume;
pub mod store;
mod traffic;

pub use driver::Driver;
pub use effect::Effect;
pub use input::Input;
pub use machine::Machine;
pub use offer::{Answer, Offer, Report};
pub use options::Options;

use crate::connection::state;
pub use crate::connection::{Code, Now, Phase, Problem, backoff, problem, time, timers};

/// Where the connection stands.
pub type Status = crate::connection::Status<u32>;
