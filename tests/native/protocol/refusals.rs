//! Answers that say that a request was not carried out, as a viewer decodes them.

use carta_resume::protocol::{
    EventType, Frame, Header,
    messages::{
        ConcatStokesFiles, ConcatStokesFilesAck, FileListRequest, FileListResponse, ImportRegion,
        ImportRegionAck, OpenCatalogFile, OpenCatalogFileAck, OpenFile, OpenFileAck, SetRegion,
        SetRegionAck, StartAnimation, StartAnimationAck,
    },
    refusal::refusal,
};
use prost::Message;

const WHY: &str = "The connection was lost.";

/// Answers that have a flag, a reason and nothing else that matters.
#[derive(Clone, PartialEq, Message)]
struct Outcome {
    #[prost(bool, tag = "1")]
    success: bool,
    #[prost(string, tag = "2")]
    message: String,
}

/// SAVE_FILE, and its answer.
#[derive(Clone, PartialEq, Message)]
struct SaveFile {
    #[prost(sfixed32, tag = "1")]
    file_id: i32,
}

#[derive(Clone, PartialEq, Message)]
struct SaveFileAck {
    #[prost(sfixed32, tag = "1")]
    file_id: i32,
    #[prost(bool, tag = "2")]
    success: bool,
    #[prost(string, tag = "3")]
    message: String,
}

/// The refusal of a request, with its header checked.
fn refused<A: Message + Default>(event: EventType, answer: EventType, request: &impl Message) -> A {
    let header = Header { event_type: event.number(), icd_version: 30, request_id: 77 };
    let frame = refusal(&Frame::encode(header, request), WHY).expect("it can be refused");
    assert_eq!(frame.header(), Header { event_type: answer.number(), ..header });
    frame.decode().expect("readable")
}

#[test]
fn answers_that_repeat_an_id_repeat_it() {
    let open = OpenFile { file: "a.fits".into(), file_id: 5, ..OpenFile::default() };
    let ack: OpenFileAck = refused(EventType::OpenFile, EventType::OpenFileAck, &open);
    let expected = OpenFileAck { file_id: 5, message: WHY.into(), ..OpenFileAck::default() };
    assert_eq!(ack, expected);

    let set = SetRegion { file_id: 5, region_id: -1, ..SetRegion::default() };
    let ack: SetRegionAck = refused(EventType::SetRegion, EventType::SetRegionAck, &set);
    assert_eq!(ack, SetRegionAck { success: false, message: WHY.into(), region_id: -1 });

    let open = OpenCatalogFile { name: "b.vot".into(), file_id: 6, ..OpenCatalogFile::default() };
    let ack: OpenCatalogFileAck =
        refused(EventType::OpenCatalogFile, EventType::OpenCatalogFileAck, &open);
    let message = WHY.into();
    assert_eq!(ack, OpenCatalogFileAck { message, file_id: 6, ..OpenCatalogFileAck::default() });

    let ack: SaveFileAck =
        refused(EventType::SaveFile, EventType::SaveFileAck, &SaveFile { file_id: 7 });
    assert_eq!(ack, SaveFileAck { file_id: 7, success: false, message: WHY.into() });
}

#[test]
fn answers_that_are_read_by_name_say_why() {
    let list: FileListResponse = refused(
        EventType::FileListRequest,
        EventType::FileListResponse,
        &FileListRequest::default(),
    );
    assert_eq!((list.success, &list.message[..]), (false, WHY));
    let import: ImportRegionAck =
        refused(EventType::ImportRegion, EventType::ImportRegionAck, &ImportRegion::default());
    assert_eq!((import.success, &import.message[..]), (false, WHY));
    let start: StartAnimationAck = refused(
        EventType::StartAnimation,
        EventType::StartAnimationAck,
        &StartAnimation::default(),
    );
    assert_eq!((start.success, &start.message[..]), (false, WHY));
    let concat: ConcatStokesFilesAck = refused(
        EventType::ConcatStokesFiles,
        EventType::ConcatStokesFilesAck,
        &ConcatStokesFiles::default(),
    );
    assert_eq!((concat.success, &concat.message[..]), (false, WHY));
}

#[test]
fn every_other_request_can_be_refused() {
    use EventType as E;
    let others = [
        (E::FileInfoRequest, E::FileInfoResponse),
        (E::RegionListRequest, E::RegionListResponse),
        (E::RegionFileInfoRequest, E::RegionFileInfoResponse),
        (E::ExportRegion, E::ExportRegionAck),
        (E::ResumeSession, E::ResumeSessionAck),
        (E::CatalogListRequest, E::CatalogListResponse),
        (E::CatalogFileInfoRequest, E::CatalogFileInfoResponse),
        (E::MomentRequest, E::MomentResponse),
        (E::PvRequest, E::PvResponse),
        (E::FittingRequest, E::FittingResponse),
        (E::RemoteFileRequest, E::RemoteFileResponse),
    ];
    for (request, answer) in others {
        let outcome: Outcome = refused(request, answer, &Outcome::default());
        assert_eq!(outcome, Outcome { success: false, message: WHY.into() }, "{request:?}");
    }
}

#[test]
fn what_gets_no_answer_is_not_refused() {
    let header =
        |event: EventType| Header { event_type: event.number(), icd_version: 30, request_id: 77 };
    for event in [EventType::CloseFile, EventType::SetCursor, EventType::RasterTileData] {
        assert_eq!(refusal(&Frame::from_payload(header(event), &[]), WHY), None);
    }
    // What cannot be read is still answered.
    let broken = Frame::from_payload(header(EventType::OpenFile), &[0xFF]);
    let ack: OpenFileAck = refusal(&broken, WHY).unwrap().decode().unwrap();
    assert_eq!((ack.success, ack.file_id, &ack.message[..]), (false, 0, WHY));
    let unknown = Header { event_type: 0xFFFE, ..header(EventType::OpenFile) };
    assert_eq!(refusal(&Frame::from_payload(unknown, &[]), WHY), None);
}
