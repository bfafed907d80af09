//! A viewer and a backend in brief, for tests of tracking.

use carta_resume::{
    protocol::{
        EventType, Frame, Header,
        messages::{
            FileInfo, FileInfoExtended, OpenFile, OpenFileAck, Point, RegionInfo, RegionType,
            ResumeSession, SetRegion, SetRegionAck,
        },
    },
    tracking::Tracker,
};
use prost::Message;

pub mod backend;
pub mod recorded;
pub mod steps;
pub mod store;
pub mod stored;

pub const ICD: u16 = 28;

pub fn frame(event: EventType, request_id: u32, message: &impl Message) -> Frame {
    let header = Header { event_type: event.number(), icd_version: ICD, request_id };
    Frame::encode(header, message)
}

pub fn raw_frame(event: EventType, request_id: u32, payload: &[u8]) -> Frame {
    let header = Header { event_type: event.number(), icd_version: ICD, request_id };
    Frame::from_payload(header, payload)
}

/// A tracker, and the viewer's request counter.
#[derive(Default)]
pub struct Session {
    pub tracker: Tracker,
    last_id: u32,
}

impl Session {
    /// Two images: a.fits as 0 and b.fits as 1, of 8 channels and 4 planes.
    pub fn with_two_images() -> Self {
        let mut session = Self::default();
        session.open(0, "a.fits");
        session.open(1, "b.fits");
        session
    }

    /// Keeps up to this many bytes of answers to OPEN_FILE.
    pub fn keeping(max_answers: usize) -> Self {
        Self { tracker: Tracker::new(max_answers), last_id: 0 }
    }

    /// The viewer sends; returns the request id.
    pub fn send(&mut self, event: EventType, message: &impl Message) -> u32 {
        self.last_id += 1;
        self.tracker.sent(&frame(event, self.last_id, message));
        self.last_id
    }

    pub fn send_raw(&mut self, event: EventType, payload: &[u8]) -> u32 {
        self.last_id += 1;
        self.tracker.sent(&raw_frame(event, self.last_id, payload));
        self.last_id
    }

    /// The backend sends. Returns whether the payload was wanted.
    pub fn receive(&mut self, event: EventType, request_id: u32, message: &impl Message) -> bool {
        self.deliver(&frame(event, request_id, message))
    }

    pub fn deliver(&mut self, frame: &Frame) -> bool {
        let wanted = self.tracker.wants(frame.header());
        if wanted {
            self.tracker.received(frame).expect("readable");
        } else {
            self.tracker.answered(frame.header());
        }
        wanted
    }

    pub fn open(&mut self, file_id: i32, name: &str) {
        let id = self.send(EventType::OpenFile, &open_file(file_id, name));
        self.receive(EventType::OpenFileAck, id, &opened(file_id, name));
    }

    /// Draws a new region that gets this id.
    pub fn draw(&mut self, file_id: i32, region_id: i32, info: RegionInfo) {
        let id = self.send(EventType::SetRegion, &set_region(file_id, -1, info));
        self.receive(EventType::SetRegionAck, id, &region_ack(region_id));
    }

    pub fn resume(&self) -> ResumeSession {
        self.resume_at(ICD)
    }

    pub fn resume_at(&self, icd_version: u16) -> ResumeSession {
        ResumeSession::decode(&*self.tracker.resume_payload(icd_version)).expect("decodes")
    }

    /// Channel and plane of an image in the workspace.
    pub fn channel(&self, file_id: i32) -> Option<(i32, i32)> {
        let images = self.resume().images;
        images.iter().find(|image| image.file_id == file_id).map(|i| (i.channel, i.stokes))
    }

    /// Ids of the images that a resume would open, in its order.
    pub fn file_ids(&self) -> Vec<i32> {
        self.resume().images.iter().map(|image| image.file_id).collect()
    }

    /// Region ids in the workspace, of all images.
    pub fn region_ids(&self) -> Vec<i32> {
        let mut ids: Vec<i32> =
            self.resume().images.iter().flat_map(|i| i.regions.keys().copied()).collect();
        ids.sort_unstable();
        ids
    }

    pub fn after_resume(&self) -> Vec<EventType> {
        self.tracker.clone().after_resume(ICD).into_iter().map(|(event, _)| event).collect()
    }

    /// (event type, request id) of what would be sent again.
    pub fn unanswered(&self) -> Vec<(EventType, u32)> {
        let frames = self.tracker.unanswered();
        frames.iter().map(|f| (f.event().unwrap(), f.header().request_id)).collect()
    }
}

pub fn open_file(file_id: i32, name: &str) -> OpenFile {
    OpenFile { file: name.into(), file_id, ..Default::default() }
}

pub fn opened(file_id: i32, name: &str) -> OpenFileAck {
    OpenFileAck {
        success: true,
        file_id,
        file_info: Some(FileInfo { name: name.into(), ..Default::default() }),
        file_info_extended: Some(FileInfoExtended { depth: 8, stokes: 4, ..Default::default() }),
        ..Default::default()
    }
}

pub fn failed(message: &str) -> OpenFileAck {
    OpenFileAck { success: false, message: message.into(), ..Default::default() }
}

pub fn set_region(file_id: i32, region_id: i32, info: RegionInfo) -> SetRegion {
    SetRegion { file_id, region_id, region_info: Some(info), preview_region: false }
}

pub fn region_ack(region_id: i32) -> SetRegionAck {
    SetRegionAck { success: true, message: String::new(), region_id }
}

pub fn rectangle(x: f32) -> RegionInfo {
    RegionInfo {
        region_type: RegionType::Rectangle as i32,
        control_points: vec![Point { x, y: 2.0 }, Point { x: 3.0, y: 4.0 }],
        rotation: 15.0,
    }
}
