//! What is stored of a session, when, and whose it is; free of I/O.
//!
//! [`writes`] (when what has changed is written), [`row`] (what is stored),
//! [`choice`] (which session a new page goes on with), [`lease`] (whose a
//! session is where the browser has no Web Locks), [`archive`] (what is put away
//! and what deleted) and [`fault`] (what went wrong).

pub mod archive;
pub mod choice;
pub mod fault;
pub mod lease;
pub mod row;
pub mod writes;
