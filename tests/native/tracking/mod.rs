//! Watching frames, and what they mean for the workspace.

mod animation;
mod generated_images;
mod hostile;
mod images;
mod ledger;
mod memory;
mod properties;
mod recorded;
mod region_names;
mod regions;
pub mod support;
mod unanswered;
mod viewers_resume;
mod workspace;
