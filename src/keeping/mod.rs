//! What is stored of a session, when, and whose it is; free of I/O.
//!
//! [`keeper`] is the state machine of one client's stored session: what happens
//! to it from the opening of the storage to the end of the client. It uses
//! [`writes`] (when what has changed is written), [`last_write`] (what a page
//! notes of a write that may be lost with it) and [`session`] (what is written
//! and read).
//!
//! What several tabs have to agree on: [`row`] (what is stored), [`choice`]
//! (which session a new page goes on with), [`claim`] (whether it gets it),
//! [`lease`] (whose a session is where the browser has no Web Locks), [`takeover`] (work
//! that another tab has) and [`archive`] (what is archived and what deleted). [`export`]: a workspace as a file.
//! [`address`]: under which name a backend's work is stored. [`user`]: whose work it is.
//! [`fault`]: what goes wrong.

pub mod address;
pub mod archive;
pub mod choice;
pub mod claim;
pub mod export;
pub mod fault;
pub mod keeper;
pub mod last_write;
pub mod lease;
pub mod row;
pub mod session;
pub mod takeover;
pub mod user;
pub mod writes;
