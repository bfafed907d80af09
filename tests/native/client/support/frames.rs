//! Frames as a viewer and a backend write them.

use carta_resume::protocol::{
    EventType, Frame, Header,
    messages::{
        CloseCatalogFile, CloseFile, FileInfo, FileInfoExtended, OpenCatalogFile,
        OpenCatalogFileAck, OpenFile, OpenFileAck, Point, RegionInfo, RegionType, RegisterViewer,
        RegisterViewerAck, RemoveRegion, ResumeSessionAck, SessionType, SetContourParameters,
        SetImageChannels, SetRegion, SetRegionAck, SetStatsRequirements,
        set_stats_requirements::StatsConfig,
    },
};
use prost::Message;

pub const VERSION: u16 = 28;

/// The id of the first request of the client's own; they count up.
pub const FIRST_OWN_ID: u32 = 0xF000_0001;

/// Channels of every image.
pub const DEPTH: i32 = 100;
/// The number of channels of a file that was rewritten.
pub const CHANGED_DEPTH: i32 = 3;

pub fn frame(event: EventType, request_id: u32, message: &impl Message) -> Frame {
    let header = Header { event_type: event.number(), icd_version: VERSION, request_id };
    Frame::encode(header, message)
}

/// A request whose content does not matter.
pub fn bare(event: EventType, request_id: u32) -> Frame {
    let header = Header { event_type: event.number(), icd_version: VERSION, request_id };
    Frame::from_payload(header, &[])
}

/// Image data of this many bytes.
pub fn image_data(size: usize) -> Frame {
    let header = Header {
        event_type: EventType::RasterTileData.number(),
        icd_version: VERSION,
        request_id: 0,
    };
    Frame::from_payload(header, &vec![0; size])
}

pub fn register(request_id: u32, session_id: u32) -> Frame {
    let register =
        RegisterViewer { session_id, client_feature_flags: 5, ..RegisterViewer::default() };
    frame(EventType::RegisterViewer, request_id, &register)
}

pub fn open_file(request_id: u32, file_id: i32, file: &str) -> Frame {
    let open = OpenFile { file: file.into(), file_id, ..OpenFile::default() };
    frame(EventType::OpenFile, request_id, &open)
}

pub fn close_file(request_id: u32, file_id: i32) -> Frame {
    frame(EventType::CloseFile, request_id, &CloseFile { file_id })
}

pub fn set_channel(request_id: u32, file_id: i32, channel: i32) -> Frame {
    let set = SetImageChannels { file_id, channel, ..SetImageChannels::default() };
    frame(EventType::SetImageChannels, request_id, &set)
}

/// `region_id` -1 makes a new region. `x` is where it is.
pub fn set_region(request_id: u32, file_id: i32, region_id: i32, x: f32) -> Frame {
    let region_info = Some(rectangle(x));
    let set = SetRegion { file_id, region_id, region_info, preview_region: false };
    frame(EventType::SetRegion, request_id, &set)
}

pub fn rectangle(x: f32) -> RegionInfo {
    RegionInfo {
        region_type: RegionType::Rectangle.into(),
        control_points: vec![Point { x, y: 5.0 }, Point { x: 10.0, y: 20.0 }],
        rotation: 0.0,
    }
}

pub fn remove_region(request_id: u32, region_id: i32) -> Frame {
    frame(EventType::RemoveRegion, request_id, &RemoveRegion { region_id })
}

/// Statistics of a region, or the end of them.
pub fn want_stats(request_id: u32, file_id: i32, region_id: i32, wanted: bool) -> Frame {
    let config = StatsConfig { coordinate: "z".into(), stats_types: vec![4] };
    let stats_configs = if wanted { vec![config] } else { Vec::new() };
    let set = SetStatsRequirements { file_id, region_id, stats_configs };
    frame(EventType::SetStatsRequirements, request_id, &set)
}

pub fn set_contours(request_id: u32, file_id: u32, levels: &[f64]) -> Frame {
    let set =
        SetContourParameters { file_id, levels: levels.into(), ..SetContourParameters::default() };
    frame(EventType::SetContourParameters, request_id, &set)
}

pub fn open_catalog(request_id: u32, file_id: i32, name: &str) -> Frame {
    let open = OpenCatalogFile { name: name.into(), file_id, ..OpenCatalogFile::default() };
    frame(EventType::OpenCatalogFile, request_id, &open)
}

pub fn close_catalog(request_id: u32, file_id: i32) -> Frame {
    frame(EventType::CloseCatalogFile, request_id, &CloseCatalogFile { file_id })
}

/// The answer of `event`'s type to `request`.
pub fn answer(request: &Frame, message: &impl Message) -> Frame {
    let event = request.event().and_then(EventType::answer).expect("a request");
    frame(event, request.header().request_id, message)
}

pub fn welcome(register: &Frame, session_id: u32, session_type: SessionType) -> Frame {
    let message = format!("session {session_id}");
    let session_type = session_type.into();
    let ack = RegisterViewerAck {
        session_id,
        success: true,
        message,
        session_type,
        ..RegisterViewerAck::default()
    };
    answer(register, &ack)
}

pub fn refusal(register: &Frame, message: &str) -> Frame {
    let ack = RegisterViewerAck { message: message.into(), ..RegisterViewerAck::default() };
    answer(register, &ack)
}

/// An empty message means that everything is restored.
pub fn resume_ack(resume: &Frame, message: &str) -> Frame {
    let ack = ResumeSessionAck { success: message.is_empty(), message: message.into() };
    answer(resume, &ack)
}

pub fn open_file_ack(request: &Frame, file_id: i32, success: bool) -> Frame {
    let file_info_extended = success.then(|| FileInfoExtended {
        dimensions: 3,
        width: 640,
        height: 480,
        depth: DEPTH,
        stokes: 1,
        ..FileInfoExtended::default()
    });
    let ack = OpenFileAck { success, file_id, file_info_extended, ..OpenFileAck::default() };
    answer(request, &ack)
}

/// The same, for a file that was rewritten.
pub fn changed_file_ack(request: &Frame, file_id: i32) -> Frame {
    let mut ack: OpenFileAck = open_file_ack(request, file_id, true).decode().unwrap();
    if let Some(extended) = &mut ack.file_info_extended {
        extended.depth = CHANGED_DEPTH;
    }
    ack.file_info = Some(FileInfo { size: 1, ..FileInfo::default() });
    answer(request, &ack)
}

pub fn set_region_ack(request: &Frame, region_id: i32, success: bool) -> Frame {
    answer(request, &SetRegionAck { success, region_id, message: String::new() })
}

pub fn open_catalog_ack(request: &Frame, file_id: i32, success: bool) -> Frame {
    answer(request, &OpenCatalogFileAck { success, file_id, ..OpenCatalogFileAck::default() })
}
