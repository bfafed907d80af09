//! What an answer of the backend's means to a tracker.

use crate::protocol::{
    EventType, Frame,
    messages::ResumeSessionAck,
    views::{self, ConcatStokesFiles, OpenCatalogFile, OpenFile, OpenFileAck, SetRegion},
    wire::Malformed,
};

use super::{
    animation::Animation,
    ledger::{Entry, Sequence},
    tracker::Tracker,
};
use crate::workspace::Origin;

impl Tracker {
    /// Carries out what an answer means. A request that cannot be read changed
    /// nothing.
    pub(super) fn answer(
        &mut self,
        sequence: Sequence,
        entry: &Entry,
        frame: &Frame,
    ) -> Result<(), Malformed> {
        let request = entry.frame.payload();
        let answer = frame.payload();
        let workspace = &mut self.workspace;
        match entry.event {
            EventType::OpenFile => {
                let ack = OpenFileAck::read(answer)?;
                if let Ok(request) = OpenFile::read(request)
                    && ack.success
                {
                    workspace.opened(&request, &ack, self.max_answers);
                    self.image_replaced(request.file_id, sequence);
                }
            }
            EventType::ConcatStokesFiles => {
                let opened = views::joined_image(answer)?;
                if let Ok(request) = ConcatStokesFiles::read(request)
                    && let Some(opened) = opened
                {
                    workspace.joined(&request, &opened, self.max_answers);
                    self.image_replaced(request.file_id, sequence);
                }
            }
            EventType::SetRegion => {
                let id = views::region_that_was_set(answer)?;
                if let (Ok(request), Some(id)) = (SetRegion::read(request), id) {
                    workspace.region_set(&request, id);
                }
            }
            EventType::ImportRegion => {
                let regions = views::imported_regions(answer)?;
                if let Ok(owner) = views::first_id(request) {
                    for (id, info) in regions {
                        workspace.imported(owner, id, info);
                    }
                    if views::is_success(answer)? {
                        workspace.name_regions(answer);
                    }
                }
            }
            EventType::StartAnimation => {
                let started = views::is_success(answer)?;
                if let Ok(images) = views::animated_images(request)
                    && let Some(&file_id) = images.first()
                    && started
                {
                    self.animation = Some(Animation::new(file_id, &entry.frame));
                    for file_id in images {
                        self.ledger.tiles_superseded(Some(file_id), sequence);
                    }
                }
            }
            EventType::ResumeSession => {
                let (success, message) = views::resume_outcome(answer)?;
                if let Ok(resume) = views::ResumeSession::read(request) {
                    let ack = ResumeSessionAck { success, message: message.to_owned() };
                    workspace.replaced_by(resume, &ack);
                    self.ledger.tiles_superseded(None, sequence);
                    self.animation = None;
                }
            }
            EventType::OpenCatalogFile => {
                let opened = views::is_success(answer)?;
                if let Ok(OpenCatalogFile { file_id, .. }) = OpenCatalogFile::read(request)
                    && opened
                {
                    workspace.put_catalog(file_id, request);
                }
            }
            event => {
                // Other answers change nothing that is kept.
                if let Some(origin) = Origin::of(event) {
                    let images = views::generated_images(answer, origin == Origin::Fit)?;
                    workspace.generated(origin, &images);
                }
            }
        }
        Ok(())
    }

    /// Another image has this id now: what was asked of the old one does not
    /// come.
    fn image_replaced(&mut self, file_id: i32, sequence: Sequence) {
        self.ledger.tiles_superseded(Some(file_id), sequence);
        self.animation.take_if(|animation| animation.file_id == file_id);
    }
}
