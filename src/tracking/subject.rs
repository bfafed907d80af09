//! What a message is about: which messages must wait for which.

use crate::{
    protocol::{
        EventType, Frame,
        messages::{
            OpenCatalogFile, OpenFile,
            views::{ConcatStokesFiles, FirstId, SetRegion},
        },
    },
    workspace::{ALL_FILES, NEW_REGION, Requirement, RequirementKind},
};

/// What a message changes at the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Every image and every region.
    AllImages,
    /// A whole image: opened or closed.
    Image(i32),
    /// Channel, cursor, contours, overlay, animation of an image, and what is
    /// wanted of the image itself.
    Settings(i32),
    /// A region. No `id`: new ones, whose ids only the answer tells. No
    /// `file`: the message does not say.
    Region { file: Option<i32>, id: Option<i32> },
    /// What is wanted of a region.
    Requirement { file: i32, region: i32 },
    /// A catalog.
    Catalog(i32),
    /// A calculation that can be stopped, by the event type that starts it.
    Calculation(EventType),
}

impl Subject {
    /// The subject of a message of the viewer's. `None` if it changes nothing
    /// that other messages depend on, or cannot be read.
    pub(crate) fn of(event: EventType, frame: &Frame) -> Option<Self> {
        let first_id = || frame.decode().ok().map(|FirstId { id }| id);
        Some(match event {
            EventType::OpenFile => Self::Image(frame.decode::<OpenFile>().ok()?.file_id),
            EventType::ConcatStokesFiles => {
                Self::Image(frame.decode::<ConcatStokesFiles>().ok()?.file_id)
            }
            EventType::CloseFile => match first_id()? {
                ALL_FILES => Self::AllImages,
                id => Self::Image(id),
            },
            EventType::ResumeSession => Self::AllImages,
            EventType::SetImageChannels
            | EventType::SetCursor
            | EventType::StartAnimation
            | EventType::StopAnimation
            | EventType::SetContourParameters
            | EventType::SetVectorOverlayParameters => Self::Settings(first_id()?),
            EventType::SetRegion => {
                let set: SetRegion = frame.decode().ok()?;
                let id = (set.region_id != NEW_REGION).then_some(set.region_id);
                Self::Region { file: Some(set.file_id), id }
            }
            EventType::RemoveRegion => Self::Region { file: None, id: Some(first_id()?) },
            EventType::ImportRegion => Self::Region { file: Some(first_id()?), id: None },
            EventType::OpenCatalogFile => {
                Self::Catalog(frame.decode::<OpenCatalogFile>().ok()?.file_id)
            }
            EventType::CloseCatalogFile => Self::Catalog(first_id()?),
            EventType::FileListRequest
            | EventType::MomentRequest
            | EventType::PvRequest
            | EventType::FittingRequest => Self::Calculation(event),
            EventType::StopFileList => Self::Calculation(EventType::FileListRequest),
            EventType::StopMomentCalc => Self::Calculation(EventType::MomentRequest),
            EventType::StopPvCalc => Self::Calculation(EventType::PvRequest),
            EventType::StopFitting => Self::Calculation(EventType::FittingRequest),
            _ => {
                let key =
                    Requirement::read(RequirementKind::of(event)?, frame.shared_payload())?.key;
                if key.region_id <= 0 {
                    Self::Settings(key.file_id)
                } else {
                    Self::Requirement { file: key.file_id, region: key.region_id }
                }
            }
        })
    }

    /// Whether a message about `self` must wait for an `earlier` one that is
    /// not settled, so that both have their effects in the order sent.
    #[allow(clippy::match_same_arms)] // Order tells which comes first.
    pub(super) fn waits_for(self, earlier: Self) -> bool {
        use Subject as S;
        match (earlier, self) {
            (S::Calculation(a), S::Calculation(b)) => a == b,
            (S::Calculation(_), _) | (_, S::Calculation(_)) => false,
            (S::Catalog(a), S::Catalog(b)) => a == b,
            (S::Catalog(_), _) | (_, S::Catalog(_)) => false,
            (S::AllImages, _) | (_, S::AllImages) => true,
            (S::Image(a) | S::Settings(a), S::Image(b) | S::Settings(b))
            | (S::Requirement { file: a, .. }, S::Image(b)) => a == b,
            // An image that is closed or replaced takes regions with it, and
            // which ones a message does not tell.
            (S::Image(_), S::Region { .. } | S::Requirement { .. })
            | (S::Region { .. }, S::Image(_)) => true,
            // The next new region is numbered after the largest id, so that
            // removing one before or after makes a difference.
            (S::Region { id: a, .. }, S::Region { id: b, .. }) => {
                a == b || a.is_none() || b.is_none()
            }
            // A new region may turn out to be this one.
            (S::Region { id, .. }, S::Requirement { region, .. }) => {
                id.is_none_or(|id| id == region)
            }
            (S::Requirement { region, .. }, S::Region { id, .. }) => id == Some(region),
            (
                S::Requirement { file, region },
                S::Requirement { file: other_file, region: other_region },
            ) => (file, region) == (other_file, other_region),
            (S::Region { .. } | S::Requirement { .. }, S::Settings(_))
            | (S::Settings(_), S::Region { .. } | S::Requirement { .. }) => false,
        }
    }
}

/// Whether what a message does depends on what is open in the session.
///
/// | independent | |
/// |---|---|
/// | FILE_LIST_REQUEST, STOP_FILE_LIST, FILE_INFO_REQUEST | folders and files |
/// | REGION_LIST_REQUEST, REGION_FILE_INFO_REQUEST | region files |
/// | CATALOG_LIST_REQUEST, CATALOG_FILE_INFO_REQUEST | catalog files |
/// | SCRIPTING_REQUEST, SCRIPTING_RESPONSE | scripts |
/// | REGISTER_VIEWER, EMPTY_EVENT | |
///
/// Everything else depends.
#[allow(clippy::doc_markdown)]
pub fn depends_on_session(event: EventType) -> bool {
    !matches!(
        event,
        EventType::EmptyEvent
            | EventType::RegisterViewer
            | EventType::FileListRequest
            | EventType::StopFileList
            | EventType::FileInfoRequest
            | EventType::RegionListRequest
            | EventType::RegionFileInfoRequest
            | EventType::CatalogListRequest
            | EventType::CatalogFileInfoRequest
            | EventType::ScriptingRequest
            | EventType::ScriptingResponse
    )
}
