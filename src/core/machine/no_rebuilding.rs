//! In place of `rebuilding.rs` in the module whose viewers rebuild themselves.

use crate::core::{
    offer::{Answer, Kept},
    time::Now,
    timers::Due,
};

use crate::protocol::{Frame, handshake::Handshake};

use super::Machine;

pub(super) enum Rebuilding {}

impl core::fmt::Debug for Rebuilding {
    fn fmt(&self, _: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {}
    }
}

#[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, clippy::needless_pass_by_value)]
impl<H: Handshake> Machine<H> {
    /// Never.
    pub fn keep_for_rebuilding(&mut self, _: Kept) -> bool {
        false
    }

    pub(super) fn rebuild_from_archive(&mut self, _: Kept) -> bool {
        false
    }

    pub(super) fn go_on_rebuilding(&mut self) {}

    pub(super) fn answers_us(&mut self, _: Now, _: &Frame) -> bool {
        false
    }

    pub(super) fn asks_about_rebuilding(&self, _: u32) -> bool {
        false
    }

    pub(super) fn rebuilding_was_not_asked(&mut self, _: &str) {}

    pub(super) fn answered_about_rebuilding(&mut self, _: Now, _: Answer) {}

    pub(super) fn adopt_when_open(&mut self, _: Now) {}

    pub(super) fn rebuilding_overdue(&mut self, _: Now, _: Due) {}

    pub(super) fn end_rebuilding(&mut self) {}

    pub(super) fn pause_rebuilding(&mut self) {}
}
