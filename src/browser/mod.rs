//! The shell that carries the machine's effects out in a browser, and what a
//! viewer imports.

mod answer;
mod archive;
mod client;
mod clock;
mod connection;
mod driver;
mod drop_in;
mod error;
mod events;
mod keeping;
mod numbers;
mod options;
mod others;
mod page;
mod probe;
mod promises;
mod reader;
mod shell;
mod socket;
mod specs;
pub mod storage;
mod timer;
mod user;
mod values;
mod worker_timer;
mod writing;

pub use client::ResumeClient;
pub use error::use_error_class;
