//! The connection to a Lavalink node, on a virtual clock against a model of one.

mod keeping;
mod properties;
mod resuming;
mod support;
