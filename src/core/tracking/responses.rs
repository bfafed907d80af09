//! What an answer of the backend's means to a tracker.

use crate::protocol::{
    EventType, Frame,
    messages::{
        ImportRegion, OpenCatalogFileAck, OpenFile, ResumeSessionAck, SetRegionAck,
        StartAnimationAck, views,
    },
};

use prost::Message;

use super::{
    animation::Animation,
    images::Origin,
    ledger::{Entry, Sequence},
    tracker::Tracker,
};

impl Tracker {
    /// Carries out what an answer means.
    pub(super) fn answer(
        &mut self,
        sequence: Sequence,
        entry: &Entry,
        frame: &Frame,
    ) -> Result<(), prost::DecodeError> {
        let request = entry.frame.payload();
        let workspace = &mut self.workspace;
        match entry.event {
            EventType::OpenFile => {
                let ack: views::OpenFileAck = frame.decode()?;
                if let Ok(request) = OpenFile::decode(request) {
                    workspace.opened(&request, &ack);
                    if ack.success {
                        self.image_replaced(request.file_id, sequence);
                    }
                }
            }
            EventType::ConcatStokesFiles => {
                let ack: views::ConcatStokesFilesAck = frame.decode()?;
                let opened = ack.open_file_ack.unwrap_or_default();
                if let Ok(request) = views::ConcatStokesFiles::decode(request)
                    && ack.success
                    && opened.success
                {
                    let file_id = request.file_id;
                    workspace.joined(request, &opened);
                    self.image_replaced(file_id, sequence);
                }
            }
            EventType::SetRegion => {
                let ack: SetRegionAck = frame.decode()?;
                if let Ok(request) = views::SetRegion::decode(request) {
                    workspace.region_set(request, &ack);
                }
            }
            EventType::ImportRegion => {
                let ack: views::ImportRegionAck = frame.decode()?;
                if let Ok(request) = ImportRegion::decode(request) {
                    workspace.imported(&request, ack);
                }
            }
            EventType::StartAnimation => {
                let ack: StartAnimationAck = frame.decode()?;
                if let Ok(request) = views::StartAnimation::decode(request)
                    && ack.success
                {
                    self.animation = Some(Animation { file_id: request.file_id });
                    let matched = request.matched_frames.iter().map(|image| image.file_id);
                    for file_id in matched.chain([request.file_id]) {
                        self.ledger.tiles_superseded(Some(file_id), sequence);
                    }
                }
            }
            EventType::OpenCatalogFile => {
                let ack: OpenCatalogFileAck = frame.decode()?;
                if ack.success {
                    workspace.catalog_opened(request);
                }
            }
            EventType::MomentRequest | EventType::PvRequest | EventType::RemoteFileRequest => {
                let ack: views::GeneratedImages = frame.decode()?;
                let origin = match entry.event {
                    EventType::MomentRequest => Origin::Moment,
                    EventType::PvRequest => Origin::PositionVelocity,
                    _ => Origin::Remote,
                };
                workspace.generated(origin, &ack.open_file_acks);
            }
            EventType::FittingRequest => {
                let ack: views::FittedImages = frame.decode()?;
                let images = ack.model_image.iter().chain(&ack.residual_image);
                workspace.generated(Origin::Fit, images);
            }
            EventType::ResumeSession => {
                let ack: ResumeSessionAck = frame.decode()?;
                if let Ok(request) = views::ResumeSession::decode(request) {
                    workspace.resumed(request, &ack);
                    self.ledger.tiles_superseded(None, sequence);
                    self.animation = None;
                }
            }
            // Answers that change nothing that is kept.
            _ => {}
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
