//! What a request does, in a user's words.

use super::tracker::Tracker;
use crate::{
    protocol::{
        EventType, Frame,
        messages::{
            FileInfoRequest, OpenCatalogFile, OpenFile, StokesFile,
            views::{ConcatStokesFiles, FirstId},
        },
    },
    workspace::{CannotRestore, Part, RequirementKind},
};
use prost::Message;

/// Something that was under way when two connections in a row were lost.
#[derive(Clone, Debug, PartialEq)]
pub struct LostTwice {
    /// The request, if the viewer waits for its answer.
    pub request: Option<Frame>,
    /// The image that it is about, if it is about one.
    pub file_id: Option<i32>,
    /// "a.fits", or something like "A folder".
    pub name: String,
    /// "was being opened"
    pub doing: &'static str,
}

const WHY: &str = "when the backend went away, twice. That may be the cause, so it is not tried \
                   again unless you ask for it.";

impl LostTwice {
    /// A sentence for people.
    pub fn sentence(&self) -> String {
        [&self.name, self.doing, WHY].join(" ")
    }

    /// The same for the question, if it is about an image.
    pub fn left_out(&self) -> Option<CannotRestore> {
        let why = ["It", self.doing, WHY].join(" ");
        Some(CannotRestore { file_id: self.file_id?, name: self.name.clone(), why })
    }
}

impl Tracker {
    pub(super) fn request_lost_twice(&self, frame: &Frame) -> LostTwice {
        let (file_id, name, doing) = self.doing(frame);
        LostTwice { request: Some(frame.clone()), file_id, name, doing }
    }

    pub(super) fn part_lost_twice(&self, part: Part) -> LostTwice {
        let (file_id, doing) = match part {
            Part::Image(id) => (id, "was being reopened"),
            Part::Catalog(_) => {
                return LostTwice {
                    request: None,
                    file_id: None,
                    name: "A catalog".into(),
                    doing: "was being reopened",
                };
            }
            Part::Contours(id) => (id, "was being drawn with contours"),
            Part::Overlay(id) => (id, "was being drawn with a vector overlay"),
            Part::Cursor(id) => (id, "was getting its cursor"),
            Part::Requirement(key) => (key.file_id, wanted(key.kind)),
        };
        LostTwice { request: None, file_id: Some(file_id), name: self.image_name(file_id), doing }
    }

    fn image_name(&self, file_id: i32) -> String {
        self.workspace.image_name(file_id).unwrap_or("An image").to_owned()
    }

    fn doing(&self, frame: &Frame) -> (Option<i32>, String, &'static str) {
        const OPENED: &str = "was being opened";
        const LISTED: &str = "was being listed";
        let default = (None, "Something".to_owned(), "was being done");
        let Some(event) = frame.event() else { return default };
        let doing = match event {
            EventType::OpenFile => {
                let OpenFile { file_id, file, .. } = frame.decode().unwrap_or_default();
                return (Some(file_id), file, OPENED);
            }
            EventType::ConcatStokesFiles => {
                let open: ConcatStokesFiles = frame.decode().unwrap_or_default();
                let first = open.stokes_files.first().cloned().unwrap_or_default();
                let first = StokesFile::decode(first).unwrap_or_default();
                return (Some(open.file_id), first.file, "was being joined with other files");
            }
            EventType::OpenCatalogFile => {
                return (None, frame.decode::<OpenCatalogFile>().unwrap_or_default().name, OPENED);
            }
            EventType::FileInfoRequest => {
                let FileInfoRequest { file, .. } = frame.decode().unwrap_or_default();
                return (None, file, "was being read");
            }
            EventType::FileListRequest
            | EventType::RegionListRequest
            | EventType::CatalogListRequest => return (None, "A folder".into(), LISTED),
            EventType::RegionFileInfoRequest => {
                return (None, "A region file".into(), "was being read");
            }
            EventType::CatalogFileInfoRequest => {
                return (None, "A catalog".into(), "was being read");
            }
            EventType::CatalogFilterRequest => {
                return (None, "A catalog".into(), "was being filtered");
            }
            EventType::RemoteFileRequest => {
                return (None, "An image from a service".into(), "was being fetched");
            }
            EventType::SetRegion => "was getting a region",
            EventType::ImportRegion => "was getting regions from a file",
            EventType::MomentRequest => "was being used to calculate moments",
            EventType::PvRequest => "was being used to calculate a position-velocity image",
            EventType::FittingRequest => "was being fitted",
            EventType::StartAnimation => "was being animated",
            EventType::SetImageChannels | EventType::AddRequiredTiles => "was being drawn",
            _ => return default,
        };
        let FirstId { id } = frame.decode().unwrap_or_default();
        (Some(id), self.image_name(id), doing)
    }
}

const fn wanted(kind: RequirementKind) -> &'static str {
    match kind {
        RequirementKind::Spatial | RequirementKind::Spectral => "was being used for profiles",
        RequirementKind::Histogram => "was being used for a histogram",
        RequirementKind::Stats => "was being used for statistics",
    }
}
