//! What is stored, when, and whose it is.

mod claim;
mod damage;
mod keeper;
mod properties;
mod records;
mod rules;
mod unanswered;
