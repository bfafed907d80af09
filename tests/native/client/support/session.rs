//! What a backend has open for one viewer.

use std::collections::{BTreeMap, BTreeSet};

use carta_resume::{
    protocol::{
        EventType, Frame,
        messages::{
            CloseCatalogFile, CloseFile, FileInfoRequest, FileInfoResponse, OpenCatalogFile,
            OpenFile, OpenFileAck, RegionInfo, RemoveRegion, ResumeSession, ResumeSessionAck,
            SetContourParameters, SetImageChannels, SetRegion, SetStatsRequirements,
        },
    },
    workspace::Workspace,
};

use super::frames::{
    DEPTH, answer, bare, changed_file_ack, open_catalog_ack, open_file, open_file_ack,
    set_region_ack,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    pub images: BTreeMap<i32, Image>,
    pub regions: BTreeMap<i32, Region>,
    pub catalogs: BTreeMap<i32, String>,
    /// By file and region.
    pub stats: BTreeSet<(i32, i32)>,
    /// How often something was done outside the session.
    pub saves: usize,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    pub file: String,
    pub channel: i32,
    pub levels: Vec<f64>,
}

/// `owner` is `None` once its image is closed: the backend keeps the region.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub owner: Option<i32>,
    pub x: f32,
}

/// What can be opened.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// Files that do not exist.
    pub missing: BTreeSet<String>,
    /// Files that were rewritten: larger by a byte, and with fewer channels.
    pub changed: BTreeSet<String>,
    /// Regions that a resume fails to set.
    pub bad_regions: BTreeSet<i32>,
}

impl Session {
    /// Carries out one message and gives the answer, as the backend does.
    pub fn apply(&mut self, frame: &Frame, disk: &Disk) -> Option<Frame> {
        match frame.event()? {
            EventType::OpenFile => {
                let open: OpenFile = frame.decode().ok()?;
                let success = self.open(open.file_id, &open.file, disk);
                Some(if disk.changed.contains(&open.file) {
                    changed_file_ack(frame, open.file_id)
                } else {
                    open_file_ack(frame, open.file_id, success)
                })
            }
            EventType::FileInfoRequest => {
                let ask: FileInfoRequest = frame.decode().ok()?;
                let of = open_file(0, 0, &ask.file);
                let ack = if disk.changed.contains(&ask.file) {
                    changed_file_ack(&of, 0)
                } else {
                    open_file_ack(&of, 0, true)
                };
                let OpenFileAck { file_info, file_info_extended, .. } = ack.decode().ok()?;
                let units = file_info_extended.map(|extended| ("0".to_owned(), extended));
                let response = FileInfoResponse {
                    success: !disk.missing.contains(&ask.file),
                    file_info: Some(file_info.unwrap_or_default()),
                    file_info_extended: units.into_iter().collect(),
                    ..Default::default()
                };
                Some(answer(frame, &response))
            }
            EventType::CloseFile => {
                let close: CloseFile = frame.decode().ok()?;
                if close.file_id == -1 {
                    self.close_all();
                } else {
                    self.close(close.file_id);
                }
                None
            }
            EventType::SetImageChannels => {
                let set: SetImageChannels = frame.decode().ok()?;
                self.set_channel(set.file_id, set.channel);
                None
            }
            EventType::SetRegion => {
                let set: SetRegion = frame.decode().ok()?;
                let id = self.set_region(set.file_id, set.region_id, &set.region_info?);
                Some(set_region_ack(frame, id.unwrap_or_default(), id.is_some()))
            }
            EventType::RemoveRegion => {
                let remove: RemoveRegion = frame.decode().ok()?;
                self.regions.remove(&remove.region_id);
                self.stats.retain(|&(_, region)| region != remove.region_id);
                None
            }
            EventType::SetStatsRequirements => {
                let set: SetStatsRequirements = frame.decode().ok()?;
                self.require(set.file_id, set.region_id, !set.stats_configs.is_empty());
                None
            }
            EventType::SetContourParameters => {
                let set: SetContourParameters = frame.decode().ok()?;
                let image = self.images.get_mut(&set.file_id.cast_signed())?;
                image.levels = set.levels;
                None
            }
            EventType::OpenCatalogFile => {
                let open: OpenCatalogFile = frame.decode().ok()?;
                let success = !disk.missing.contains(&open.name);
                if success {
                    self.catalogs.insert(open.file_id, open.name);
                }
                Some(open_catalog_ack(frame, open.file_id, success))
            }
            EventType::CloseCatalogFile => {
                let close: CloseCatalogFile = frame.decode().ok()?;
                self.catalogs.remove(&close.file_id);
                None
            }
            EventType::SaveFile => {
                self.saves += 1;
                Some(bare(EventType::SaveFileAck, frame.header().request_id))
            }
            EventType::FileListRequest => {
                Some(bare(EventType::FileListResponse, frame.header().request_id))
            }
            EventType::ResumeSession => {
                let ack = self.resume(frame.decode().ok()?, disk);
                Some(answer(frame, &ack))
            }
            _ => None,
        }
    }

    fn open(&mut self, id: i32, file: &str, disk: &Disk) -> bool {
        if disk.missing.contains(file) {
            return false;
        }
        self.close(id);
        self.images.insert(id, Image { file: file.into(), ..Image::default() });
        true
    }

    fn close(&mut self, id: i32) {
        if self.images.remove(&id).is_none() {
            return;
        }
        let mut kept = BTreeSet::new();
        for (&region, state) in &mut self.regions {
            if state.owner == Some(id) {
                state.owner = None;
                kept.insert(region);
            }
        }
        self.stats.retain(|&(file, region)| file != id && !kept.contains(&region));
    }

    /// Closes everything but the catalogs.
    fn close_all(&mut self) {
        self.images.clear();
        self.regions.clear();
        self.stats.clear();
    }

    fn set_channel(&mut self, id: i32, channel: i32) {
        if let Some(image) = self.images.get_mut(&id).filter(|_| (0..DEPTH).contains(&channel)) {
            image.channel = channel;
        }
    }

    fn set_region(&mut self, file_id: i32, id: i32, info: &RegionInfo) -> Option<i32> {
        if !self.images.contains_key(&file_id) {
            return None;
        }
        let [centre, _size] = &*info.control_points else { return None };
        let next = self.regions.keys().max().map_or(1, |last| last + 1);
        let id = if id == -1 { next } else { id };
        self.regions.insert(id, Region { owner: Some(file_id), x: centre.x });
        Some(id)
    }

    fn require(&mut self, file: i32, region: i32, wanted: bool) {
        let known = region <= 0 || self.regions.get(&region).is_some_and(|r| r.owner.is_some());
        if !self.images.contains_key(&file) || !known {
            return;
        }
        if wanted {
            self.stats.insert((file, region));
        } else {
            self.stats.remove(&(file, region));
        }
    }

    fn resume(&mut self, state: ResumeSession, disk: &Disk) -> ResumeSessionAck {
        self.close_all();
        let (mut files, mut regions) = (Vec::new(), Vec::new());
        for image in state.images {
            if !self.open(image.file_id, &image.file, disk) {
                files.push(image.file_id);
                continue;
            }
            self.set_channel(image.file_id, image.channel);
            for (id, info) in image.regions {
                assert!(id != 0 || !info.control_points.is_empty(), "this kills the backend");
                if disk.bad_regions.contains(&id) {
                    regions.push(id);
                } else {
                    self.set_region(image.file_id, id, &info);
                }
            }
        }
        for catalog in state.catalog_files {
            if !disk.missing.contains(&catalog.name) {
                self.catalogs.insert(catalog.file_id, catalog.name);
            }
        }
        if files.is_empty() && regions.is_empty() {
            return ResumeSessionAck { success: true, message: String::new() };
        }
        let (files, regions) = (list(&files), list(&regions));
        let message = format!("Problem loading files: {files}Problem loading regions: {regions}");
        ResumeSessionAck { success: false, message }
    }

    /// What a workspace can know about: no regions of closed images.
    pub fn visible(&self) -> Self {
        let mut visible = self.clone();
        visible.regions.retain(|_, region| region.owner.is_some());
        visible
    }

    /// The state that a workspace describes. It does not tell requirements, so `stats` are passed
    /// in.
    pub fn of(workspace: &Workspace, stats: &BTreeSet<(i32, i32)>) -> Self {
        let known = workspace.viewer_state();
        let mut session = Self { stats: stats.clone(), ..Self::default() };
        for image in known.images {
            for region in image.regions {
                let x = region.control_points[0].x;
                let region_state = Region { owner: Some(image.file_id), x };
                session.regions.insert(region.region_id, region_state);
            }
            let levels = image.contours.map(|contours| contours.levels).unwrap_or_default();
            let image_state = Image { file: image.file, channel: image.channel, levels };
            session.images.insert(image.file_id, image_state);
        }
        for catalog in known.catalogs {
            session.catalogs.insert(catalog.file_id, catalog.name);
        }
        session
    }
}

/// Each followed by a space, as the backend writes it.
fn list(ids: &[i32]) -> String {
    ids.iter().flat_map(|id| [id.to_string(), " ".to_owned()]).collect()
}
