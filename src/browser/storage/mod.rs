//! The part that needs a browser.

mod archiving;
mod claim;
mod database;
mod holding;
mod locks;
mod page;
mod queries;
mod rows;
mod store;
mod tab;
mod tidying;
mod transaction;
mod values;
mod voice;
mod writing;

pub use store::{SessionStore, open_session_store};
