//! The frames whose outcome is not known yet, in the order sent.

use litemap::LiteMap;

use crate::protocol::{EventType, Frame, Header};

use crate::core::set::Set;

use super::{subject::Subject, tiles::TileRequest};

/// Position in the order of sending.
pub(super) type Sequence = u64;

/// A frame whose outcome is not known yet. It leaves when nothing is open any
/// more: no answer, no effect, no tiles.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) frame: Frame,
    pub(super) event: EventType,
    /// What it changes at the backend.
    pub(super) subject: Option<Subject>,
    /// The event type that answers it, until it does.
    pub(super) answer: Option<EventType>,
    /// The effect of a message without an ack that has to wait its turn.
    pub(super) effect: Effect,
    /// The tiles it asked for, until they are there.
    pub(super) tiles: Option<TileRequest>,
    /// The connection on which it was sent is gone.
    pub(super) survivor: bool,
    pub(super) prospect: Prospect,
}

/// What becomes of an unanswered request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prospect {
    /// It is sent again after a drop.
    Wanted,
    /// The viewer does not want the answer any more.
    Forgotten,
    /// The backend does not answer it.
    Hopeless,
}

/// Whether an entry's effect is in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It has none of its own, or has had it.
    Done,
    /// It waits for these entries.
    Waits(Set<Sequence>),
}

impl Entry {
    fn unsettled(&self) -> bool {
        self.answer.is_some() || self.effect != Effect::Done
    }

    fn finished(&self) -> bool {
        !self.unsettled() && self.tiles.is_none()
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    entries: LiteMap<Sequence, Entry>,
    next: Sequence,
    /// (answering event type, request id, sequence).
    awaited: Set<(u16, u32, Sequence)>,
    /// Entries by what they wait for.
    waiting: LiteMap<Sequence, Set<Sequence>>,
    /// (file id, sequence) of entries that asked for tiles.
    pub(super) tiles: Set<(i32, Sequence)>,
}

impl Ledger {
    /// The sequence of the entry that is added next.
    pub(super) fn next(&self) -> Sequence {
        self.next
    }

    pub(super) fn get(&self, sequence: Sequence) -> Option<&Entry> {
        self.entries.get(&sequence)
    }

    /// In the order sent.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Sequence, &Entry)> {
        self.entries.iter().map(|(&sequence, entry)| (sequence, entry))
    }

    pub(super) fn add(&mut self, entry: Entry) {
        let sequence = self.next;
        self.next += 1;
        if let Some(answer) = entry.answer {
            let request_id = entry.frame.header().request_id;
            self.awaited.insert((answer.number(), request_id, sequence));
        }
        if let Effect::Waits(for_these) = &entry.effect {
            for &earlier in for_these.as_slice() {
                self.waiting.entry(earlier).or_default().insert(sequence);
            }
        }
        let tiles = entry.tiles;
        self.entries.insert(sequence, entry);
        if let Some(request) = tiles {
            self.tiles.insert((request.file_id, sequence));
            self.bound_tiles(request.file_id);
        }
    }

    /// The unsettled entries that a message about `subject` has to wait for.
    pub(super) fn unsettled_before(&self, subject: Subject) -> Set<Sequence> {
        self.iter()
            .filter(|(_, entry)| entry.unsettled())
            .filter(|(_, entry)| entry.subject.is_some_and(|earlier| subject.waits_for(earlier)))
            .map(|(sequence, _)| sequence)
            .collect()
    }

    /// The oldest request that a frame with this header answers.
    pub(super) fn answered_by(&self, header: Header) -> Option<Sequence> {
        let (event, id) = (header.event_type, header.request_id);
        let oldest = self.awaited.from((event, id, Sequence::MIN)).first();
        oldest.filter(|at| (at.0, at.1) == (event, id)).map(|at| at.2)
    }

    /// Whether anything waits for an answer of this type.
    pub(super) fn awaits(&self, answer: EventType) -> bool {
        let number = answer.number();
        let first = self.awaited.from((number, u32::MIN, Sequence::MIN)).first();
        first.is_some_and(|at| at.0 == number)
    }

    /// Removes an entry, whatever is still open.
    pub(super) fn remove(&mut self, sequence: Sequence) -> Option<Entry> {
        let entry = self.entries.remove(&sequence)?;
        if let Some(answer) = entry.answer {
            let request_id = entry.frame.header().request_id;
            self.awaited.remove((answer.number(), request_id, sequence));
        }
        if let Effect::Waits(for_these) = &entry.effect {
            for earlier in for_these.as_slice() {
                if let Some(waiting) = self.waiting.get_mut(earlier) {
                    waiting.remove(sequence);
                    if waiting.is_empty() {
                        self.waiting.remove(earlier);
                    }
                }
            }
        }
        if let Some(request) = entry.tiles {
            self.tiles.remove((request.file_id, sequence));
        }
        Some(entry)
    }

    /// What this entry does is settled: the entries that waited for nothing
    /// else are due.
    pub(super) fn settled(&mut self, sequence: Sequence) -> Set<Sequence> {
        let mut due = Set::default();
        for later in self.waiting.remove(&sequence).unwrap_or_default() {
            if let Some(Entry { effect: Effect::Waits(for_these), .. }) =
                self.entries.get_mut(&later)
            {
                for_these.remove(sequence);
                if for_these.is_empty() {
                    due.insert(later);
                }
            }
        }
        due
    }

    /// The effect of a waiting entry is carried out now: returns its frame.
    /// Tiles that it asked for stay open.
    pub(super) fn take_effect(&mut self, sequence: Sequence) -> Option<(EventType, Frame)> {
        self.get(sequence).filter(|entry| entry.effect != Effect::Done)?;
        let mut entry = self.remove(sequence)?;
        let taken = (entry.event, entry.frame.clone());
        entry.effect = Effect::Done;
        if !entry.finished() {
            if let Some(request) = entry.tiles {
                self.tiles.insert((request.file_id, sequence));
            }
            self.entries.insert(sequence, entry);
        }
        Some(taken)
    }

    /// Waiting entries before `sequence` that a message about `subject` has to
    /// wait for.
    pub(super) fn effects_before(&self, sequence: Sequence, subject: Subject) -> Vec<Sequence> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.iter()
            .take_while(|&(earlier, _)| earlier < sequence)
            .filter(|(_, entry)| entry.effect != Effect::Done)
            .filter(|(_, entry)| entry.subject.is_some_and(|earlier| subject.waits_for(earlier)))
            .map(|(earlier, _)| earlier)
            .collect()
    }

    /// The tiles of an entry are there, or not wanted any more.
    pub(super) fn drop_tiles(&mut self, sequence: Sequence) {
        let Some(entry) = self.entries.get_mut(&sequence) else { return };
        if let Some(request) = entry.tiles.take() {
            self.tiles.remove((request.file_id, sequence));
        }
        if entry.finished() {
            self.entries.remove(&sequence);
        }
    }

    /// The connection is gone.
    pub(super) fn mark_survivors(&mut self) {
        for (_, entry) in self.entries.iter_mut() {
            entry.survivor = true;
        }
    }

    /// The viewer does not want the answer of this entry.
    pub(super) fn mark_forgotten(&mut self, sequence: Sequence) {
        if let Some(entry) = self.entries.get_mut(&sequence) {
            entry.prospect = Prospect::Forgotten;
        }
    }

    /// The backend does not answer this entry: nothing waits for it any more.
    pub(super) fn mark_hopeless(&mut self, sequence: Sequence) {
        if let Some(entry) = self.entries.get_mut(&sequence) {
            entry.prospect = Prospect::Hopeless;
            entry.subject = None;
        }
    }

    /// Unanswered requests of this type before `sequence`.
    pub(super) fn unanswered_before(&self, sequence: Sequence, event: EventType) -> Vec<Sequence> {
        let Some(answer) = event.answer().filter(|&answer| self.awaits(answer)) else {
            return Vec::new();
        };
        self.iter()
            .take_while(|&(earlier, _)| earlier < sequence)
            .filter(|(_, entry)| entry.answer == Some(answer))
            .map(|(earlier, _)| earlier)
            .collect()
    }
}
