//! The connection's state machine.

mod archive;
mod archive_again;
mod as_if;
mod backoff;
mod drop_in;
mod exhaustive;
mod generated;
mod killers;
mod liveness;
mod login;
mod offline;
mod page;
mod phases;
mod properties;
mod question;
mod rebuilding;
mod rebuilding_archive;
mod rebuilding_drops;
mod rebuilding_opening;
mod registering;
mod reload;
mod resuming;
mod storm;
mod support;
mod traffic;
