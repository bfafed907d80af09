//! Answers that say "this was not done" in a message's own terms.

use super::{
    EventType, Frame, Header,
    wire::{Fields, Kind::Fixed32},
    writer::Writer,
};

/// Where an answer has what a refusal says. In all of them, a success that is
/// left out is none.
struct Shape {
    answer: EventType,
    /// The field for the reason, a text.
    message: u8,
    /// A number that the answer repeats: its field in the request and in the
    /// answer.
    repeated: Option<(u32, u8)>,
}

const fn shape(answer: EventType, message: u8, repeated: Option<(u32, u8)>) -> Shape {
    Shape { answer, message, repeated }
}

/// Source: CARTA interface control document; the viewers' own decoders.
const SHAPES: &[Shape] = &[
    shape(EventType::FileListResponse, 2, None),
    shape(EventType::FileInfoResponse, 2, None),
    shape(EventType::OpenFileAck, 3, Some((4, 2))),
    shape(EventType::SetRegionAck, 2, Some((2, 3))),
    shape(EventType::StartAnimationAck, 2, None),
    shape(EventType::RegionListResponse, 2, None),
    shape(EventType::RegionFileInfoResponse, 2, None),
    shape(EventType::ImportRegionAck, 2, None),
    shape(EventType::ExportRegionAck, 2, None),
    shape(EventType::ResumeSessionAck, 2, None),
    shape(EventType::CatalogListResponse, 2, None),
    shape(EventType::CatalogFileInfoResponse, 2, None),
    shape(EventType::OpenCatalogFileAck, 2, Some((3, 3))),
    shape(EventType::MomentResponse, 2, None),
    shape(EventType::SaveFileAck, 3, Some((1, 1))),
    shape(EventType::ConcatStokesFilesAck, 2, None),
    shape(EventType::PvResponse, 2, None),
    shape(EventType::FittingResponse, 2, None),
    shape(EventType::RemoteFileResponse, 2, None),
];

/// The answer that refuses a request, for this reason. `None` for what gets no
/// answer, or one that has no way to say no.
pub fn refusal(request: &Frame, why: &str) -> Option<Frame> {
    let answer = request.event()?.answer()?;
    let shape = SHAPES.iter().find(|shape| shape.answer == answer)?;
    let repeated = shape.repeated.and_then(|(from, to)| {
        let fields = Fields::read(request.payload(), &[(from, Fixed32)]).ok()?;
        Some((to, fields.i32(from)))
    });
    let mut message = Writer::new();
    if let Some((to, value)) = repeated {
        message.sfixed32(to, value);
    }
    message.text(shape.message, why);
    let header = Header { event_type: answer.number(), ..request.header() };
    Some(Frame::from_payload(header, &message.into_bytes()))
}
