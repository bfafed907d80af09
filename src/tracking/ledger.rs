//! The frames whose outcome is not known yet, in the order sent.

use std::cell::OnceCell;

use crate::{
    protocol::{EventType, Frame, Header, messages::views::SetRegion},
    workspace::info_is_acceptable,
};

use super::{subject::Subject, tiles::TileRequest};

/// Position in the order of sending.
pub(super) type Sequence = u64;

/// A frame whose outcome is not known yet. It leaves when nothing is open any
/// more: no answer, no effect, no tiles.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Given by the ledger.
    pub(super) sequence: Sequence,
    pub(super) frame: Frame,
    pub(super) event: EventType,
    /// What it changes at the backend.
    pub(super) subject: Option<Subject>,
    /// Whether the backend accepts the points of a SET_REGION, `None` = they cannot be
    /// read. Looked at once: there may be thousands, of a region that is being dragged.
    pub(super) points: OnceCell<Option<bool>>,
    /// The event type that answers it, until it does.
    pub(super) answer: Option<EventType>,
    /// The effect of a message without an ack that has to wait its turn.
    pub(super) effect: Effect,
    /// The tiles it asked for, until they are there.
    pub(super) tiles: Option<TileRequest>,
    /// It is under way: sent on the connection that is open.
    pub(super) under_way: bool,
    /// Connections that were lost while it was under way.
    pub(super) losses: u8,
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
    /// What it is calculated from has changed: its answer counts, but it cannot be
    /// asked again.
    Outdated,
}

impl Prospect {
    /// Whether somebody waits for the answer, and may get it.
    pub(super) fn is_awaited(self) -> bool {
        matches!(self, Self::Wanted | Self::Outdated)
    }
}

/// Whether an entry's effect is in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It has none of its own, or has had it.
    Done,
    /// It waits for these entries.
    Waits(Vec<Sequence>),
}

impl Entry {
    /// The SET_REGION that was sent, and whether the backend accepts its points.
    pub(super) fn region(&self) -> Option<(SetRegion, bool)> {
        let set: SetRegion = self.frame.decode().ok()?;
        let points = self.points.get_or_init(|| info_is_acceptable(&set.region_info));
        points.map(|acceptable| (set, acceptable))
    }

    pub(super) fn is_unsettled(&self) -> bool {
        self.answer.is_some() || self.effect != Effect::Done
    }

    /// Whether it is sent again after a drop.
    pub(super) fn is_wanted(&self) -> bool {
        let waits = self.is_unsettled() || self.tiles.is_some_and(|request| !request.superseded);
        waits && self.prospect == Prospect::Wanted
    }

    fn finished(&self) -> bool {
        !self.is_unsettled() && self.tiles.is_none()
    }
}

/// All of them. There are few, and those that answers are about are the
/// oldest, so that they are looked through instead of indexed.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    next: Sequence,
}

impl Ledger {
    /// The sequence of the entry that is added next.
    pub(super) fn next(&self) -> Sequence {
        self.next
    }

    /// In the order sent.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn add(&mut self, mut entry: Entry) {
        entry.sequence = self.next;
        self.next += 1;
        let tiles = entry.tiles;
        self.entries.push(entry);
        if let Some(request) = tiles {
            self.bound_tiles(request.file_id);
        }
    }

    /// The entries before `end` for which `chosen` holds.
    pub(super) fn select(&self, end: Sequence, chosen: &dyn Fn(&Entry) -> bool) -> Vec<Sequence> {
        let mut selected = Vec::new();
        for entry in &self.entries {
            if entry.sequence >= end {
                break;
            }
            if chosen(entry) {
                selected.push(entry.sequence);
            }
        }
        selected
    }

    fn find(&self, sequence: Sequence) -> Option<usize> {
        self.entries.binary_search_by_key(&sequence, |entry| entry.sequence).ok()
    }

    pub(super) fn get(&self, sequence: Sequence) -> Option<&Entry> {
        self.entries.get(self.find(sequence)?)
    }

    fn get_mut(&mut self, sequence: Sequence) -> Option<&mut Entry> {
        let at = self.find(sequence)?;
        self.entries.get_mut(at)
    }

    /// The unsettled entries that a message about `subject` has to wait for.
    pub(super) fn unsettled_before(&self, subject: Subject) -> Vec<Sequence> {
        self.select(self.next, &|entry| {
            entry.is_unsettled() && entry.subject.is_some_and(|earlier| subject.waits_for(earlier))
        })
    }

    /// The oldest request that a frame with this header answers.
    pub(super) fn answered_by(&self, header: Header) -> Option<Sequence> {
        let answered = self.entries.iter().find(|entry| {
            entry.answer.is_some_and(|answer| answer.number() == header.event_type)
                && entry.frame.header().request_id == header.request_id
        });
        answered.map(|entry| entry.sequence)
    }

    /// Whether anything waits for an answer of this type.
    pub(super) fn awaits(&self, answer: EventType) -> bool {
        self.entries.iter().any(|entry| entry.answer == Some(answer))
    }

    /// Removes an entry, whatever is still open.
    pub(super) fn remove(&mut self, sequence: Sequence) -> Option<Entry> {
        let at = self.find(sequence)?;
        Some(self.entries.remove(at))
    }

    /// What this entry does is settled: nothing waits for it any more.
    pub(super) fn settled(&mut self, sequence: Sequence) {
        for later in &mut self.entries {
            if let Effect::Waits(for_these) = &mut later.effect {
                for_these.retain(|&earlier| earlier != sequence);
            }
        }
    }

    /// The first entry whose effect waits for nothing any more.
    pub(super) fn due(&self) -> Option<Sequence> {
        let due = |entry: &&Entry| matches!(&entry.effect, Effect::Waits(rest) if rest.is_empty());
        self.entries.iter().find(due).map(|entry| entry.sequence)
    }

    /// The effect of a waiting entry is carried out now: returns its frame.
    /// Tiles that it asked for stay open.
    pub(super) fn take_effect(&mut self, sequence: Sequence) -> Option<(EventType, Frame)> {
        let entry = self.get_mut(sequence).filter(|entry| entry.effect != Effect::Done)?;
        entry.effect = Effect::Done;
        let taken = (entry.event, entry.frame.clone());
        if entry.finished() {
            self.remove(sequence);
        }
        Some(taken)
    }

    /// Waiting entries before `sequence` that a message about `subject` has to
    /// wait for.
    pub(super) fn effects_before(&self, sequence: Sequence, subject: Subject) -> Vec<Sequence> {
        self.select(sequence, &|entry| {
            entry.effect != Effect::Done
                && entry.subject.is_some_and(|earlier| subject.waits_for(earlier))
        })
    }

    /// The tiles of an entry are there, or not wanted any more.
    pub(super) fn drop_tiles(&mut self, sequence: Sequence) {
        let Some(entry) = self.get_mut(sequence) else { return };
        entry.tiles = None;
        if entry.finished() {
            self.remove(sequence);
        }
    }

    /// Open tile requests, in the order sent.
    pub(super) fn tiles_mut(&mut self) -> impl Iterator<Item = (Sequence, &mut TileRequest)> {
        let entries = self.entries.iter_mut();
        entries.filter_map(|entry| Some((entry.sequence, entry.tiles.as_mut()?)))
    }

    /// The connection is gone.
    pub(super) fn count_loss(&mut self) {
        // Those of one that is sent again come again.
        let superseded = |entry: &Entry| {
            !entry.is_unsettled() && entry.tiles.is_some_and(|request| request.superseded)
        };
        for sequence in self.select(Sequence::MAX, &superseded) {
            self.drop_tiles(sequence);
        }
        // Tiles are suspected only if nothing else was asked.
        let asked = self.entries.iter().any(|entry| entry.under_way && entry.answer.is_some());
        for entry in &mut self.entries {
            let counts = entry.under_way && (entry.answer.is_some() || !asked);
            entry.losses = entry.losses.saturating_add(u8::from(counts));
            entry.under_way = false;
        }
    }

    /// What is to be sent again goes out.
    pub(super) fn mark_sent_again(&mut self) {
        for entry in &mut self.entries {
            entry.under_way = entry.is_wanted();
        }
    }

    /// The viewer does not want the answer of this entry.
    pub(super) fn mark_forgotten(&mut self, sequence: Sequence) {
        if let Some(entry) = self.get_mut(sequence) {
            entry.prospect = Prospect::Forgotten;
        }
    }

    /// The backend does not answer this entry: nothing waits for it any more.
    pub(super) fn mark_hopeless(&mut self, sequence: Sequence) {
        if let Some(entry) = self.get_mut(sequence) {
            entry.prospect = Prospect::Hopeless;
            entry.subject = None;
        }
    }

    /// What images show, or where regions are, changes: what is being calculated is
    /// calculated from what was.
    pub(super) fn outdate_calculations(&mut self) {
        for entry in &mut self.entries {
            let calculates = matches!(
                entry.event,
                EventType::MomentRequest | EventType::PvRequest | EventType::FittingRequest
            );
            if calculates && entry.prospect == Prospect::Wanted {
                entry.prospect = Prospect::Outdated;
            }
        }
    }

    /// Unanswered requests before `sequence` that wait for this answer.
    pub(super) fn unanswered_before(&self, sequence: Sequence, answer: EventType) -> Vec<Sequence> {
        self.select(sequence, &|entry| entry.answer == Some(answer))
    }
}
