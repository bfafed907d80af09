//! The stored sessions in the browser: carries out what the
//! [keeper](crate::keeping::keeper) wants.
//!
//! * [`Store`]: the sessions in the database, one for each client; `claim`,
//!   `writing`, `holding` and `archive` are its methods. Below it: `queries`,
//!   `rows`, `transaction`, `database` and `log` (IndexedDB); `locks`, `presence`,
//!   `channel` and `heartbeat` (whose a session is); `tidying` (the archive's bounds).
//! * [`TabStorage`]: what a tab remembers in `sessionStorage`.
//! * `session_id`: the session id there, and which ones this page's clients have.
//! * `turns`: in which order the clients of a page open and close.

mod archive;
mod channel;
mod claim;
mod database;
mod heartbeat;
mod holding;
mod locks;
mod log;
mod presence;
mod queries;
mod rows;
mod session_id;
mod store;
mod tab;
mod tidying;
mod transaction;
mod turns;
mod values;
mod writing;

pub use archive::ArchiveEntry;
pub(super) use channel::{Channel, Voice};
pub(super) use session_id::SessionIds;
pub use store::{Event, Store};
pub(super) use tab::TabStorage;
pub(super) use turns::{Closing, Turn};
