//! The frames that pass, and what they mean for the workspace.

use std::cell::OnceCell;

use super::{
    animation::Animation,
    ledger::{Effect, Entry, Ledger, Prospect, Sequence},
    subject::Subject,
    suspicions::Suspicions,
    tiles::{Channels, TileRequest},
};
use crate::{
    protocol::{
        EventType, Frame, Header,
        messages::{
            RasterTileSync,
            views::{ExportRegion, SetImageChannels, SetRegion},
        },
    },
    workspace::Workspace,
};

/// A frame of the backend's whose payload is not the message that its header
/// announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The frame's header.
    pub header: Header,
    /// Bytes in the payload.
    pub length: usize,
}

/// Watches the frames of a connection and keeps what they mean.
///
/// * Every frame of the viewer's, once it is handed to a registered socket:
///   [`sent`](Self::sent).
/// * Every frame of the backend's: [`wants`](Self::wants), then
///   [`received`](Self::received) if it does, [`answered`](Self::answered) if
///   it does not.
/// * The connection is gone: [`dropped`](Self::dropped). Then, on the next one,
///   either [`resume_payload`](Self::resume_payload), and after its ack
///   [`Workspace::restored`], [`after_resume`](Self::after_resume) and
///   [`unanswered`](Self::unanswered), whose frames are not told to `sent`
///   again; or [`declined`](Self::declined).
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) workspace: Workspace,
    pub(super) ledger: Ledger,
    pub(super) animation: Option<Animation>,
    /// What ran when the connection was lost.
    pub(super) interrupted: Option<Animation>,
    /// What may be what stops the backend.
    pub(super) suspicions: Suspicions,
    /// Bytes of answers to OPEN_FILE that are kept.
    pub(super) max_answers: usize,
}

impl Default for Tracker {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Tracker {
    /// Nothing open, nothing unanswered. Of the backend's answers to OPEN_FILE,
    /// up to `max_answers` bytes are kept for a viewer that starts from scratch.
    pub fn new(max_answers: usize) -> Self {
        Self {
            workspace: Workspace::default(),
            ledger: Ledger::default(),
            animation: None,
            interrupted: None,
            suspicions: Suspicions::default(),
            max_answers,
        }
    }

    /// What the backend must know again after a resume.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The workspace, for what the viewer states by calls.
    pub fn workspace_mut(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    /// The viewer's frame was handed to an open, registered socket.
    ///
    /// A message without an ack takes effect at once, unless a request about
    /// the same thing is unanswered: then it waits for that.
    pub fn sent(&mut self, frame: &Frame) {
        let Some(event) = frame.event() else { return };
        let subject = Subject::of(event, frame);
        if event == EventType::SetImageChannels
            || matches!(subject, Some(Subject::Region { id: Some(_), .. }))
        {
            self.ledger.outdate_calculations();
        }
        if let Some(answer) = expected_answer(event, frame) {
            let sequence = self.ledger.next();
            self.add(frame, event, subject, Some(answer), Effect::Done, None);
            self.note_region_of(subject);
            if event == EventType::ExportRegion
                && let Ok(export) = frame.decode::<ExportRegion>()
            {
                self.workspace.name_regions(export.region_styles);
            }
            if event == EventType::ImportRegion && !self.is_open_or_opening(subject) {
                self.ledger.mark_hopeless(sequence);
            }
            return;
        }
        let mut tiles = TileRequest::of(event, frame);
        if let Some(TileRequest { file_id, .. }) = tiles
            && self.animation.as_ref().is_some_and(|animation| animation.file_id == file_id)
        {
            // Those of its next frames, and of no other.
            self.ledger.tiles_superseded(Some(file_id), Sequence::MAX);
        }
        if event == EventType::SetImageChannels
            && let Ok(set) = frame.decode::<SetImageChannels>()
        {
            self.ledger.supersede_tiles(&set);
        }
        let order = subject.or(tiles.map(|request| Subject::Settings(request.file_id)));
        let waits_for = order.map(|order| self.ledger.unsettled_before(order)).unwrap_or_default();
        if waits_for.is_empty() {
            let applied = self.apply(self.ledger.next(), event, frame);
            self.note_under_way(event, frame);
            tiles = tiles.filter(|_| applied || event == EventType::AddRequiredTiles);
            self.place(&mut tiles);
            if tiles.is_some() {
                self.add(frame, event, subject, None, Effect::Done, tiles);
            }
        } else if subject.is_some() {
            self.add(frame, event, subject, None, Effect::Waits(waits_for), tiles);
        } else if tiles.is_some() {
            self.add(frame, event, None, None, Effect::Done, tiles);
        }
    }

    /// Whether [`received`](Self::received) needs the payload of a frame with
    /// this header. Image data, histograms, profiles and contours never.
    pub fn wants(&self, header: Header) -> bool {
        match header.event() {
            Some(EventType::RasterTileSync) => {
                self.ledger.awaits_tiles()
                    || self.animation.is_some()
                    || self.ledger.awaits(EventType::StartAnimationAck)
            }
            Some(
                EventType::OpenFileAck
                | EventType::ConcatStokesFilesAck
                | EventType::SetRegionAck
                | EventType::ImportRegionAck
                | EventType::StartAnimationAck
                | EventType::OpenCatalogFileAck
                | EventType::MomentResponse
                | EventType::PvResponse
                | EventType::FittingResponse
                | EventType::RemoteFileResponse
                | EventType::ResumeSessionAck,
            ) => self.ledger.answered_by(header).is_some(),
            _ => false,
        }
    }

    /// Whether data are to come in that the viewer has asked for.
    pub fn awaits_data(&self) -> bool {
        let awaited = |entry: &Entry| {
            entry.tiles.is_some()
                || (entry.answer.is_some() && entry.prospect != Prospect::Hopeless)
        };
        self.animation.is_some() || self.ledger.entries().iter().any(awaited)
    }

    /// A frame of the backend's whose payload is not wanted. Returns whether it
    /// answered a request.
    pub fn answered(&mut self, header: Header) -> bool {
        let Some(sequence) = self.ledger.answered_by(header) else { return false };
        self.ledger.remove(sequence);
        self.settled(sequence);
        true
    }

    /// A frame of the backend's that was wanted. If it cannot be read, the
    /// workspace stays as it is and the request that it answers counts as
    /// answered.
    pub fn received(&mut self, frame: &Frame) -> Result<(), Unreadable> {
        let header = frame.header();
        let unreadable = |_| Unreadable { header, length: frame.payload().len() };
        if header.event() == Some(EventType::RasterTileSync) {
            self.synced(&frame.decode().map_err(unreadable)?);
            return Ok(());
        }
        let Some(sequence) = self.ledger.answered_by(header) else { return Ok(()) };
        let Some(entry) = self.ledger.remove(sequence) else { return Ok(()) };
        if let Some(subject) = entry.subject {
            // The backend works in order: what came before is done by now.
            for earlier in self.ledger.effects_before(sequence, subject) {
                self.take_effect(earlier);
                self.take_due_effects();
            }
        }
        if works_in_order(entry.event) {
            for earlier in self.ledger.unanswered_before(sequence, EventType::ImportRegionAck) {
                self.ledger.mark_hopeless(earlier);
                self.settled(earlier);
            }
        }
        let outcome = self.answer(sequence, &entry, frame);
        self.note_region_of(entry.subject);
        self.settled(sequence);
        outcome.map_err(unreadable)
    }

    /// A region is stored as it was last sent: that changes when something is sent about
    /// it, and again when the backend does not do it.
    pub(super) fn note_region_of(&mut self, subject: Option<Subject>) {
        if let Some(Subject::Region { id: Some(id), .. }) = subject {
            self.workspace.note_region(id);
        }
    }

    fn add(
        &mut self,
        frame: &Frame,
        event: EventType,
        subject: Option<Subject>,
        answer: Option<EventType>,
        effect: Effect,
        tiles: Option<TileRequest>,
    ) {
        self.ledger.add(Entry {
            sequence: 0,
            frame: frame.clone(),
            event,
            subject,
            points: OnceCell::new(),
            answer,
            effect,
            tiles,
            under_way: true,
            losses: 0,
            prospect: Prospect::Wanted,
        });
    }

    /// The backend does not answer IMPORT_REGION for an image that is not open.
    fn is_open_or_opening(&self, subject: Option<Subject>) -> bool {
        let Some(Subject::Region { file: Some(file), .. }) = subject else { return true };
        self.workspace.knows_image(file)
            || !self.ledger.unsettled_before(Subject::Settings(file)).is_empty()
    }

    /// Tiles of the channel that the image has; none of an image that is not
    /// open.
    fn place(&self, tiles: &mut Option<TileRequest>) {
        let Some(request) = tiles else { return };
        if !self.workspace.knows_image(request.file_id) {
            *tiles = None;
        } else if request.of.is_none() && self.animation.is_none() {
            let image = self.workspace.image(request.file_id);
            request.of = image.map(|image| Channels::one(image.channel, image.stokes));
        }
    }

    fn synced(&mut self, sync: &RasterTileSync) {
        if sync.animation_id <= 0 {
            if sync.end_sync {
                self.ledger.tiles_complete(sync);
            }
        } else if self.animation.is_some() || self.ledger.awaits(EventType::StartAnimationAck) {
            self.workspace.animated(sync);
            if let Some(animation) = &mut self.animation
                && sync.end_sync
                && animation.file_id == sync.file_id
            {
                animation.at = Some((sync.channel, sync.stokes));
            }
        }
    }

    /// Tiles of an image that is neither open nor being opened do not come.
    pub(super) fn drop_tiles_of_closed_images(&mut self) {
        for &file_id in self.ledger.images_with_tiles().keys() {
            if !self.workspace.knows_image(file_id)
                && self.ledger.unsettled_before(Subject::Settings(file_id)).is_empty()
            {
                self.ledger.tiles_superseded(Some(file_id), Sequence::MAX);
            }
        }
    }
}

/// What answers a message of the viewer's, if anything does. REGISTER_VIEWER is
/// the connection's, not the viewer's.
fn expected_answer(event: EventType, frame: &Frame) -> Option<EventType> {
    let preview = || frame.decode::<SetRegion>().is_ok_and(|set| set.preview_region);
    match event {
        EventType::RegisterViewer => None,
        EventType::SetRegion if preview() => None,
        _ => event.answer(),
    }
}

/// Requests that the backend answers in the order in which it got them.
fn works_in_order(event: EventType) -> bool {
    matches!(
        event,
        EventType::OpenFile
            | EventType::ConcatStokesFiles
            | EventType::ImportRegion
            | EventType::OpenCatalogFile
            | EventType::ResumeSession
            | EventType::SetRegion
    )
}
