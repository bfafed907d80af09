//! What an answer of the backend's means to a tracker.

use prost::Message;

use prost::DecodeError;

use super::{
    animation::Animation,
    ledger::{Entry, Prospect, Sequence},
    tracker::Tracker,
};
use crate::{
    protocol::{
        EventType, Frame,
        messages::{
            OpenCatalogFile, OpenFile, SetRegionAck,
            views::{
                ConcatStokesFiles, ConcatStokesFilesAck, FirstId, FittedImages, GeneratedImages,
                ImportRegionAck, OpenFileAck, Outcome, ResumeSession, StartAnimation,
            },
        },
    },
    workspace::Origin,
};

impl Tracker {
    /// Carries out what an answer means. A request that cannot be read changed
    /// nothing.
    pub(super) fn answer(
        &mut self,
        sequence: Sequence,
        entry: &Entry,
        answer: &Frame,
    ) -> Result<(), DecodeError> {
        let request = &entry.frame;
        let workspace = &mut self.workspace;
        match entry.event {
            EventType::OpenFile => {
                let ack: OpenFileAck = answer.decode()?;
                if let Ok(request) = request.decode::<OpenFile>()
                    && ack.success
                {
                    let file_id = request.file_id;
                    workspace.opened(request, ack, answer.payload(), self.max_answers);
                    self.image_replaced(file_id, sequence);
                }
            }
            EventType::ConcatStokesFiles => {
                let joined: ConcatStokesFilesAck = answer.decode()?;
                let ack = OpenFileAck::decode(joined.open_file_ack.clone())?;
                if let Ok(request) = request.decode::<ConcatStokesFiles>()
                    && joined.success
                    && ack.success
                {
                    workspace.joined(&request, ack, &joined.open_file_ack, self.max_answers);
                    self.image_replaced(request.file_id, sequence);
                }
            }
            EventType::SetRegion => {
                let ack: SetRegionAck = answer.decode()?;
                if ack.success
                    && let Some((request, acceptable)) = entry.region()
                {
                    workspace.region_set(&request, acceptable, ack.region_id);
                }
            }
            EventType::ImportRegion => {
                let ack: ImportRegionAck = answer.decode()?;
                if let Ok(FirstId { id: owner }) = request.decode()
                    && ack.success
                {
                    for region in ack.regions {
                        let id = region.region_id.unwrap_or_default();
                        workspace.imported(owner, id, &region.info.unwrap_or_default());
                    }
                    workspace.name_regions(ack.region_styles);
                }
            }
            EventType::StartAnimation => {
                let Outcome { success, .. } = answer.decode()?;
                if let Ok(start) = request.decode::<StartAnimation>()
                    && success
                {
                    self.animation = Some(Animation::new(start.file_id, request));
                    self.ledger.tiles_superseded(Some(start.file_id), sequence);
                    for matched in start.matched_frames {
                        let file_id = matched.file_id.unwrap_or_default();
                        self.ledger.tiles_superseded(Some(file_id), sequence);
                    }
                }
            }
            EventType::ResumeSession => {
                let ack = answer.decode()?;
                if let Ok(resume) = request.decode::<ResumeSession>() {
                    workspace.replaced_by(resume, &ack);
                    self.ledger.tiles_superseded(None, sequence);
                    self.animation = None;
                }
            }
            EventType::OpenCatalogFile => {
                let Outcome { success, .. } = answer.decode()?;
                if let Ok(OpenCatalogFile { file_id, .. }) = request.decode()
                    && success
                {
                    workspace.put_catalog(file_id, request.payload());
                }
            }
            event => {
                // Other answers change nothing that is kept.
                let Some(origin) = Origin::of(event) else { return Ok(()) };
                let images = generated_images(answer)?;
                // What it was calculated from has changed since: it would be another one.
                let is_repeatable =
                    origin != Origin::Remote && entry.prospect != Prospect::Outdated;
                let done = answer.decode::<Outcome>()?.success;
                let payload = (done && is_repeatable).then(|| request.shared_payload());
                self.workspace.generated(origin, payload, images);
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

/// The images that an answer of the backend's says it has made.
pub(crate) fn generated_images(answer: &Frame) -> Result<Vec<OpenFileAck>, DecodeError> {
    if answer.event() != Some(EventType::FittingResponse) {
        return Ok(answer.decode::<GeneratedImages>()?.open_file_acks);
    }
    let FittedImages { model_image, residual_image } = answer.decode()?;
    // A missing one keeps its place.
    Ok(vec![model_image.unwrap_or_default(), residual_image.unwrap_or_default()])
}
