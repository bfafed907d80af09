//! What is stored, when, and whose it is.

mod claim;
mod damage;
mod export;
mod keeper;
mod properties;
mod records;
mod rules;
mod unanswered;
mod view;
