//! What is stored, when, and whose it is.

mod claim;
mod damage;
mod export;
mod format;
mod keeper;
mod properties;
mod records;
mod rules;
mod takeover;
mod unanswered;
mod view;
