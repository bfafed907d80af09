//! Answers that say "this was not done" in a message's own terms.

use super::{
    EventType, Frame, Header,
    messages::{
        OpenCatalogFile, OpenFile, SaveFile, SaveFileAck, SetRegionAck,
        views::{OpenFileRefusal, Outcome, SetRegion},
    },
};

/// The answer that refuses a request, for this reason. `None` for what gets no
/// answer, or one that has no way to say no.
///
/// A request that cannot be read is refused as one with id 0.
pub fn refusal(request: &Frame, why: &str) -> Option<Frame> {
    let answer = request.event()?.answer()?;
    let header = Header { event_type: answer.number(), ..request.header() };
    let (success, message) = (false, why.to_owned());
    let refused = match answer {
        EventType::OpenFileAck => {
            let OpenFile { file_id, .. } = request.decode().unwrap_or_default();
            Frame::encode(header, &OpenFileRefusal { success, file_id, message })
        }
        EventType::SetRegionAck => {
            let SetRegion { region_id, .. } = request.decode().unwrap_or_default();
            Frame::encode(header, &SetRegionAck { success, message, region_id })
        }
        EventType::OpenCatalogFileAck => {
            let OpenCatalogFile { file_id, .. } = request.decode().unwrap_or_default();
            // It begins as the answer about a region does.
            Frame::encode(header, &SetRegionAck { success, message, region_id: file_id })
        }
        EventType::SaveFileAck => {
            let SaveFile { file_id } = request.decode().unwrap_or_default();
            Frame::encode(header, &SaveFileAck { success, message, file_id })
        }
        EventType::FileListResponse
        | EventType::FileInfoResponse
        | EventType::StartAnimationAck
        | EventType::RegionListResponse
        | EventType::RegionFileInfoResponse
        | EventType::ImportRegionAck
        | EventType::ExportRegionAck
        | EventType::ResumeSessionAck
        | EventType::CatalogListResponse
        | EventType::CatalogFileInfoResponse
        | EventType::MomentResponse
        | EventType::ConcatStokesFilesAck
        | EventType::PvResponse
        | EventType::FittingResponse
        | EventType::RemoteFileResponse => Frame::encode(header, &Outcome { success, message }),
        _ => return None,
    };
    Some(refused)
}
