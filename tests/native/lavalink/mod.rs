//! The connection to a Lavalink node, tested on a virtual clock with a model of a node.

mod keeping;
mod properties;
mod resuming;
mod support;
