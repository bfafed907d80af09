//! Frames and messages.

mod refusals;
mod scripting;
mod views;
