//! Lavalink v4, the second protocol: a node keeps a session for a bot that is away, if it
//! was told to.
//!
//! | file | what it knows |
//! |---|---|
//! | `messages` | what a node says, as far as the session depends on it, and session ids |
//! | `session` | Lavalink's side of the seam: resuming, and what to do if the node does not |
//! | `settings`, `input`, `effect` | what can be set, what goes in, what comes out |
//! | `record`, `keeper` | what is stored of a node's session, and whose it is |
//! | `node` | the main type: connection and stored session together |
//!
//! When to connect, how long to wait, and when silence is death are the
//! [`connection`](crate::connection)'s; leases are [`keeping`](crate::keeping)'s. There is
//! no I/O: `src/lavalink/wasm` and `src/npm/lavalink` carry the effects out.

mod effect;
mod input;
mod keeper;
mod messages;
mod node;
mod record;
mod session;
mod settings;

pub use effect::{Ask, Effect, WhyLost};
pub use input::{Input, Outcome};
pub use keeper::Revision;
pub use messages::SessionId;
pub use node::Node;
pub use settings::{Settings, StillConnected};
