//! The page is left, or the client is closed.

use crate::keeping::last_write;

use super::{Effect, Keeper, State};

impl Keeper {
    pub(super) fn note_last_write(&mut self) {
        if let State::Open(open) = &self.state
            && let Some(text) = last_write::note(&open.key, &open.under_way)
        {
            self.effects.push_back(Effect::NoteLastWrite(text));
        }
    }

    pub(super) fn page_left(&mut self, may_come_back: bool) {
        self.note_last_write();
        match &mut self.state {
            State::Open(open) => {
                open.is_left = true;
                // A page in the back/forward cache must not hold a session.
                if may_come_back {
                    self.effects.push_back(Effect::Suspend);
                }
            }
            State::Opening(opening) if !may_come_back => {
                let text = opening.work().and_then(last_write::note_unclaimed);
                self.effects.extend(text.map(Effect::NoteUnclaimed));
            }
            _ => {}
        }
    }

    pub(super) fn close(&mut self, forget: Option<String>) {
        match &mut self.state {
            State::Unopened | State::Closed => self.end(forget),
            State::Opening(_) | State::Open(_) | State::InMemory(_) => {
                self.note_last_write();
                self.state = State::Closing { was_open: self.is_open(), forget };
                self.effects.push_back(Effect::Close);
            }
            State::Closing { forget: earlier, .. } => *earlier = forget.or_else(|| earlier.take()),
        }
    }

    pub(super) fn released(&mut self) {
        if let State::Closing { was_open, forget } = &mut self.state {
            let forget = forget.take();
            if *was_open {
                self.effects.push_back(Effect::ForgetLastWrite);
            }
            self.end(forget);
        }
    }

    pub(super) fn end(&mut self, forget: Option<String>) {
        self.state = State::Closed;
        self.effects.push_back(match forget {
            Some(address) => Effect::Forget { address },
            None => Effect::Ended,
        });
    }
}
