//! When what the viewer has sent takes effect, and what it does.

use super::{animation::Animation, ledger::Sequence, tracker::Tracker};
use crate::{
    protocol::{EventType, Frame, messages::views::FirstId},
    workspace::ALL_FILES,
};

impl Tracker {
    /// Carries out a message that gets no ack.
    pub(super) fn apply(&mut self, sequence: Sequence, event: EventType, frame: &Frame) -> bool {
        let file_id = || frame.decode().ok().map(|FirstId { id }| id);
        match event {
            EventType::StopAnimation => {
                let stops = |animation: &mut Animation| Some(animation.file_id) == file_id();
                let stopped = self.animation.take_if(stops);
                if let Some(animation) = &stopped {
                    // Tiles came with its frames.
                    self.ledger.tiles_superseded(Some(animation.file_id), sequence);
                }
                stopped.is_some()
            }
            EventType::CloseFile => {
                let closed = file_id().filter(|&id| id != ALL_FILES);
                if file_id().is_some() {
                    self.ledger.tiles_superseded(closed, sequence);
                    self.animation.take_if(|at| closed.is_none_or(|id| id == at.file_id));
                }
                self.workspace.apply(event, frame)
            }
            _ => self.workspace.apply(event, frame),
        }
    }

    /// An entry is settled: what waited for it takes effect, in order.
    pub(super) fn settled(&mut self, sequence: Sequence) {
        self.ledger.settled(sequence);
        self.take_due_effects();
        self.drop_tiles_of_closed_images();
    }

    /// What waits for nothing any more takes effect.
    pub(super) fn take_due_effects(&mut self) {
        while let Some(due) = self.ledger.due() {
            self.take_effect(due);
        }
    }

    /// A waiting message takes effect.
    pub(super) fn take_effect(&mut self, sequence: Sequence) {
        if let Some((event, frame)) = self.ledger.take_effect(sequence)
            && !self.apply(sequence, event, &frame)
        {
            self.ledger.drop_tiles(sequence);
        }
        self.ledger.settled(sequence);
    }
}
