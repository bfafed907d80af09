//! What is stored, when, and whose it is.

mod damage;
mod properties;
mod records;
mod rules;
mod unanswered;
