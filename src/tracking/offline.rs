//! What the viewer does while there is no connection: it counts at once.
//!
//! What it closes or removes leaves the workspace, and what was asked about it is
//! not sent. What it moves is resumed where it is now. Only what depends on a
//! request that is still unanswered waits for that.

use super::{
    ledger::{Effect, Entry, Sequence},
    subject::Subject,
    tracker::Tracker,
};
use crate::{
    protocol::{
        EventType, Frame,
        messages::{
            OpenCatalogFile, OpenFile,
            views::{ConcatStokesFiles, FirstId, SetRegion},
        },
    },
    workspace::{ALL_FILES, Requirement, RequirementKind},
};

/// What the viewer gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Every image and every region.
    Everything,
    /// An image, by its file id.
    Image(i32),
    /// A region.
    Region(i32),
    /// A catalog, by its file id.
    Catalog(i32),
    /// The animation of an image, by its file id.
    Animation(i32),
}

impl Gone {
    /// What a message gives up, `None` if it gives up nothing.
    pub(crate) fn by(frame: &Frame) -> Option<Self> {
        let id = || frame.decode().ok().map(|FirstId { id }| id);
        Some(match frame.event()? {
            EventType::CloseFile => match id()? {
                ALL_FILES => Self::Everything,
                id => Self::Image(id),
            },
            EventType::RemoveRegion => Self::Region(id()?),
            EventType::CloseCatalogFile => Self::Catalog(id()?),
            EventType::StopAnimation => Self::Animation(id()?),
            _ => return None,
        })
    }
}

/// What a message is about, by its numbers.
#[derive(Default)]
struct About {
    file: Option<i32>,
    region: Option<i32>,
    catalog: Option<i32>,
}

impl About {
    fn of(frame: &Frame) -> Option<Self> {
        let event = frame.event()?;
        let first = || frame.decode().ok().map(|FirstId { id }| id);
        let of_file = |file| Self { file, ..Self::default() };
        Some(match event {
            EventType::OpenFile => of_file(Some(frame.decode::<OpenFile>().ok()?.file_id)),
            EventType::ConcatStokesFiles => {
                of_file(Some(frame.decode::<ConcatStokesFiles>().ok()?.file_id))
            }
            EventType::SetImageChannels
            | EventType::SetCursor
            | EventType::AddRequiredTiles
            | EventType::SetContourParameters
            | EventType::SetVectorOverlayParameters
            | EventType::StartAnimation
            | EventType::AnimationFlowControl
            | EventType::ChannelMapFlowControl
            | EventType::ImportRegion
            | EventType::SaveFile
            | EventType::MomentRequest
            | EventType::PvRequest
            | EventType::FittingRequest => of_file(Some(first()?)),
            EventType::SetRegion => {
                let set: SetRegion = frame.decode().ok()?;
                Self { region: Some(set.region_id), ..of_file(Some(set.file_id)) }
            }
            EventType::RemoveRegion => Self { region: Some(first()?), ..Self::default() },
            EventType::OpenCatalogFile => {
                let catalog = Some(frame.decode::<OpenCatalogFile>().ok()?.file_id);
                Self { catalog, ..Self::default() }
            }
            EventType::CatalogFilterRequest => Self { catalog: Some(first()?), ..Self::default() },
            _ => {
                let payload = frame.shared_payload();
                let key = Requirement::read(RequirementKind::of(event)?, payload)?.key;
                Self { region: Some(key.region_id), ..of_file(Some(key.file_id)) }
            }
        })
    }
}

/// What is left to do about a message that the viewer has sent while there is no
/// connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offline {
    /// Nothing: a resume brings it to the backend.
    Done,
    /// It has had its effect, and is to be sent for its answer or its tiles.
    Settled,
    /// It is to be sent, and has its effect then.
    Waits(Option<Subject>),
}

impl Tracker {
    /// Whether a message is about what is given up.
    pub(crate) fn is_about(&self, gone: Gone, frame: &Frame) -> bool {
        let Some(about) = About::of(frame) else { return false };
        match gone {
            Gone::Everything => about.file.or(about.region).is_some(),
            Gone::Image(id) => {
                about.file == Some(id)
                    || about.region.is_some_and(|it| self.workspace.owner(it) == Some(id))
            }
            Gone::Region(id) => about.region == Some(id),
            Gone::Catalog(id) => about.catalog == Some(id),
            Gone::Animation(id) => {
                let animates = matches!(
                    frame.event(),
                    Some(EventType::StartAnimation | EventType::AnimationFlowControl)
                );
                animates && about.file == Some(id)
            }
        }
    }

    /// The viewer gives something up while there is no connection; `frame` says so.
    /// Returns the requests about it that will not be answered, in the order sent.
    pub(crate) fn abandon(&mut self, gone: Gone, frame: &Frame) -> Vec<Frame> {
        self.abandon_before(Sequence::MAX, gone, frame)
    }

    fn abandon_before(&mut self, end: Sequence, gone: Gone, frame: &Frame) -> Vec<Frame> {
        let mut unanswered = Vec::new();
        let leaving = self.ledger.select(end, &|entry| self.is_about(gone, &entry.frame));
        for &sequence in &leaving {
            if let Some(entry) = self.ledger.remove(sequence)
                && entry.answer.is_some()
                && entry.prospect.is_awaited()
            {
                unanswered.push(entry.frame);
            }
        }
        for sequence in leaving {
            self.settled(sequence);
        }
        if let Some(event) = frame.event() {
            self.workspace.apply(event, frame);
        }
        self.interrupted.take_if(|running| match gone {
            Gone::Everything => true,
            Gone::Image(id) | Gone::Animation(id) => running.file_id == id,
            Gone::Region(_) | Gone::Catalog(_) => false,
        });
        self.drop_tiles_of_closed_images();
        unanswered
    }

    /// The viewer sends something that gives nothing up while there is no connection;
    /// `queued` is what waits to be sent before it.
    pub(crate) fn sent_offline(
        &mut self,
        frame: &Frame,
        mut queued: impl Iterator<Item = Subject>,
    ) -> Offline {
        let Some(event) = frame.event() else { return Offline::Waits(None) };
        let subject = Subject::of(event, frame);
        if let Some(subject) = subject
            && !queued.any(|earlier| self.holds_up(earlier, subject))
            && !self.is_held_up(subject)
            && self.workspace.settle(event, frame)
        {
            return match event {
                EventType::SetImageChannels | EventType::SetRegion => Offline::Settled,
                _ => Offline::Done,
            };
        }
        Offline::Waits(subject)
    }

    /// Whether what a message about `subject` does depends on an `earlier` one. Which
    /// regions there are, and which of them an image takes with it, is known here.
    fn holds_up(&self, earlier: Subject, subject: Subject) -> bool {
        use Subject as S;
        let (file, region) = match subject {
            S::Region { file, id: Some(region) } => (file, region),
            S::Requirement { file, region } => (Some(file), region),
            _ => return subject.waits_for(earlier),
        };
        let owner = self.workspace.owner(region);
        match earlier {
            S::Image(image) => file == Some(image) || owner == Some(image),
            // A new one gets an id that is not in use.
            S::Region { id: None, .. } => owner.is_none(),
            _ => subject.waits_for(earlier),
        }
    }

    /// Whether a message about `subject` has to wait for something that is unanswered.
    /// Where a region was told to be does not matter.
    fn is_held_up(&self, subject: Subject) -> bool {
        let holds_up = |earlier: Subject| {
            let moves = matches!(earlier, Subject::Region { id: Some(id), .. }
                if self.workspace.owner(id).is_some());
            !moves && self.holds_up(earlier, subject)
        };
        let chosen = |entry: &Entry| entry.is_unsettled() && entry.subject.is_some_and(holds_up);
        self.ledger.entries().iter().any(chosen)
    }

    /// The connection is lost before what the viewer gave up was carried out: it counts
    /// now. Returns the requests about it that will not be answered.
    pub(super) fn abandon_waiting(&mut self) -> Vec<Frame> {
        let mut unanswered = Vec::new();
        for sequence in self.ledger.select(Sequence::MAX, &|entry| entry.effect != Effect::Done) {
            let Some(entry) = self.ledger.get(sequence) else { continue };
            let frame = entry.frame.clone();
            if let Some(gone) = Gone::by(&frame).filter(|&gone| self.can_leave(sequence, gone)) {
                unanswered.extend(self.abandon_before(sequence, gone, &frame));
                self.ledger.remove(sequence);
                self.settled(sequence);
            }
        }
        unanswered
    }

    /// Whether something can leave before what is unanswered. A new region's number
    /// depends on which regions are there, and an image takes with it what is being
    /// moved to it from another one.
    fn can_leave(&self, sequence: Sequence, gone: Gone) -> bool {
        let moves_in = |file: Option<i32>, region: i32| {
            let leaves = match gone {
                Gone::Everything => true,
                Gone::Image(id) => file == Some(id),
                Gone::Region(_) | Gone::Catalog(_) | Gone::Animation(_) => false,
            };
            leaves && self.workspace.owner(region) != file
        };
        let holds = |entry: &Entry| {
            entry.is_unsettled()
                && match entry.subject {
                    Some(Subject::Region { id: None, .. }) => true,
                    Some(Subject::Region { file, id: Some(region) }) => moves_in(file, region),
                    _ => false,
                }
        };
        let is_known = match gone {
            Gone::Region(id) => self.workspace.owner(id).is_some(),
            Gone::Everything | Gone::Image(_) | Gone::Catalog(_) | Gone::Animation(_) => true,
        };
        is_known && self.ledger.select(sequence, &holds).is_empty()
    }
}
