//! What is done without a connection stays done.

use std::collections::BTreeSet;

use carta_resume::protocol::{
    EventType, Frame,
    messages::{
        CloseFile, OpenFile, RemoveRegion, ResumeSession, SetRegion, SetRegionAck,
        SetStatsRequirements,
    },
};

/// What the viewer has closed and removed without a connection: it is never sent again,
/// unless the viewer opens or makes it again.
#[derive(Debug, Default)]
pub struct Gone {
    pub images: BTreeSet<i32>,
    regions: BTreeSet<i32>,
}

impl Gone {
    pub fn sent(&mut self, frame: &Frame, connected: bool) {
        match frame.event() {
            Some(EventType::OpenFile) => {
                if let Ok(open) = frame.decode::<OpenFile>() {
                    self.images.remove(&open.file_id);
                }
            }
            Some(EventType::SetRegion) => {
                if let Ok(set) = frame.decode::<SetRegion>() {
                    self.regions.remove(&set.region_id);
                }
            }
            Some(EventType::CloseFile) if !connected => match frame.decode::<CloseFile>() {
                Ok(CloseFile { file_id: -1 }) => {
                    self.images.extend(0..8);
                    self.regions.extend(1..100);
                }
                Ok(CloseFile { file_id }) => drop(self.images.insert(file_id)),
                Err(_) => {}
            },
            Some(EventType::RemoveRegion) if !connected => {
                if let Ok(remove) = frame.decode::<RemoveRegion>() {
                    self.regions.insert(remove.region_id);
                }
            }
            _ => {}
        }
    }

    pub fn received(&mut self, frame: &Frame) {
        if frame.event() == Some(EventType::SetRegionAck)
            && let Ok(ack) = frame.decode::<SetRegionAck>()
        {
            self.regions.remove(&ack.region_id);
        }
    }

    /// The client sends something of its own.
    pub fn check(&self, frame: &Frame) {
        match frame.event() {
            Some(EventType::ResumeSession) => {
                let resume: ResumeSession = frame.decode().unwrap();
                for image in resume.images {
                    assert!(!self.images.contains(&image.file_id), "{} was closed", image.file_id);
                    let removed = image.regions.keys().find(|id| self.regions.contains(id));
                    assert_eq!(removed, None, "a region was removed");
                }
            }
            Some(EventType::SetStatsRequirements) => {
                let set: SetStatsRequirements = frame.decode().unwrap();
                assert!(!self.images.contains(&set.file_id), "{} was closed", set.file_id);
                assert!(!self.regions.contains(&set.region_id), "{} was removed", set.region_id);
            }
            _ => {}
        }
    }
}
