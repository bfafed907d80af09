//! The connection's state machine.

mod archive;
mod archive_again;
mod as_if;
mod backoff;
mod drop_in;
mod exhaustive;
mod generated;
mod liveness;
mod page;
mod phases;
mod properties;
mod question;
mod rebuilding;
mod rebuilding_archive;
mod rebuilding_drops;
mod registering;
mod reload;
mod resuming;
mod second_socket;
mod silence;
mod storm;
mod support;
mod traffic;
