//! The connection's state machine under test: driven input by input ([`bench`]), or in a world of
//! its own with a network, a backend and a user on a virtual clock ([`world`]), and checked at
//! every step ([`invariants`]).

// Tests read better with values than with references to them.
#![allow(clippy::needless_pass_by_value)]

pub mod archiving;
pub mod backend;
pub mod bench;
pub mod driver;
pub mod frames;
pub mod gone;
pub mod invariants;
pub mod kept;
pub mod network;
pub mod observe;
pub mod session;
pub mod socket;
pub mod steps;
pub mod traffic;
pub mod transitions;
pub mod world;
