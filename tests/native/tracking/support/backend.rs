//! A backend reduced to its state, as the protocol describes it: enough to tell whether two
//! histories end in the same state.

use std::collections::BTreeMap;

use carta_resume::protocol::{
    EventType, Frame,
    messages::{
        AddRequiredTiles, CloseCatalogFile, CloseFile, ConcatStokesFiles, ConcatStokesFilesAck,
        ImportRegion, ImportRegionAck, OpenCatalogFile, OpenCatalogFileAck, OpenFile, Point,
        RasterTileSync, RegionInfo, RegionType, RemoveRegion, ResumeSession, ResumeSessionAck,
        SetContourParameters, SetCursor, SetHistogramRequirements, SetImageChannels, SetRegion,
        SetRegionAck, SetSpatialRequirements, SetSpectralRequirements, SetStatsRequirements,
        SetVectorOverlayParameters, StokesFile,
    },
};
use prost::Message;

use super::{failed, frame, opened, raw_frame};

pub const CHANNELS: i32 = 8;
pub const PLANES: i32 = 4;
/// Files with this name do not open.
pub const MISSING: &str = "missing";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    pub file: String,
    pub stokes_files: Vec<StokesFile>,
    pub channel: i32,
    pub stokes: i32,
    pub cursor: Option<Point>,
    pub contours: Option<SetContourParameters>,
    pub overlay: Option<SetVectorOverlayParameters>,
}

/// Event type, file id, region id.
type RequirementKey = (EventType, i32, i32);

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backend {
    pub images: BTreeMap<i32, Image>,
    /// With the file id of the owner.
    pub regions: BTreeMap<i32, (i32, RegionInfo)>,
    pub catalogs: BTreeMap<i32, String>,
    pub requirements: BTreeMap<RequirementKey, Vec<u8>>,
}

impl Backend {
    /// Carries out a frame; returns what it sends.
    #[allow(clippy::too_many_lines)] // One arm per message.
    pub fn handle(&mut self, request: &Frame) -> Vec<Frame> {
        let id = request.header().request_id;
        let Some(event) = request.event() else { return vec![] };
        match event {
            EventType::OpenFile => {
                let open: OpenFile = request.decode().unwrap();
                if open.file == MISSING {
                    return vec![frame(EventType::OpenFileAck, id, &failed("no such file"))];
                }
                let ack = opened(open.file_id, &open.file);
                self.open(open.file_id, Image { file: open.file, ..Default::default() });
                vec![frame(EventType::OpenFileAck, id, &ack)]
            }
            EventType::ConcatStokesFiles => {
                let join: ConcatStokesFiles = request.decode().unwrap();
                let ack = ConcatStokesFilesAck {
                    success: true,
                    message: String::new(),
                    open_file_ack: Some(opened(join.file_id, "joined")),
                };
                let image = Image {
                    file: "joined".into(),
                    stokes_files: join.stokes_files,
                    ..Default::default()
                };
                self.open(join.file_id, image);
                vec![frame(EventType::ConcatStokesFilesAck, id, &ack)]
            }
            EventType::CloseFile => {
                match request.decode::<CloseFile>().unwrap().file_id {
                    -1 => {
                        self.images.clear();
                        self.regions.clear();
                        self.requirements.clear();
                    }
                    id => self.close(id),
                }
                vec![]
            }
            EventType::SetImageChannels => {
                let set: SetImageChannels = request.decode().unwrap();
                let changed = self.change_channel(set.file_id, set.channel, set.stokes);
                set.required_tiles.filter(|_| changed).map(|t| self.tiles(&t)).unwrap_or_default()
            }
            EventType::AddRequiredTiles => self.tiles(&request.decode().unwrap()),
            EventType::SetCursor => {
                let set: SetCursor = request.decode().unwrap();
                if let Some(requirements) = set.spatial_requirements {
                    let requirements = raw_frame(
                        EventType::SetSpatialRequirements,
                        0,
                        &requirements.encode_to_vec(),
                    );
                    self.require(EventType::SetSpatialRequirements, &requirements);
                }
                if let Some(image) = self.images.get_mut(&set.file_id) {
                    image.cursor = set.point;
                }
                vec![]
            }
            EventType::SetRegion => {
                let set: SetRegion = request.decode().unwrap();
                let preview = set.preview_region;
                let ack = self.set_region(set);
                if preview { vec![] } else { vec![frame(EventType::SetRegionAck, id, &ack)] }
            }
            EventType::RemoveRegion => {
                self.remove_region(request.decode::<RemoveRegion>().unwrap().region_id);
                vec![]
            }
            EventType::ImportRegion => self.import(id, &request.decode().unwrap()),
            EventType::SetContourParameters => {
                let set: SetContourParameters = request.decode().unwrap();
                if let Some(image) = self.images.get_mut(&set.file_id.cast_signed()) {
                    image.contours = Some(set);
                }
                vec![]
            }
            EventType::SetVectorOverlayParameters => {
                let set: SetVectorOverlayParameters = request.decode().unwrap();
                if let Some(image) = self.images.get_mut(&set.file_id.cast_signed()) {
                    let off = set.stokes_intensity < 0 && set.stokes_angle < 0;
                    image.overlay = (!off).then_some(set);
                }
                vec![]
            }
            EventType::OpenCatalogFile => {
                let open: OpenCatalogFile = request.decode().unwrap();
                let success = self.open_catalog(open);
                let ack = OpenCatalogFileAck { success, ..Default::default() };
                vec![frame(EventType::OpenCatalogFileAck, id, &ack)]
            }
            EventType::CloseCatalogFile => {
                self.catalogs.remove(&request.decode::<CloseCatalogFile>().unwrap().file_id);
                vec![]
            }
            EventType::ResumeSession => {
                self.resume(request.decode().unwrap());
                let ack = ResumeSessionAck { success: true, message: String::new() };
                vec![frame(EventType::ResumeSessionAck, id, &ack)]
            }
            _ => {
                self.require(event, request);
                vec![]
            }
        }
    }

    fn open(&mut self, id: i32, image: Image) {
        self.close(id);
        self.images.insert(id, image);
    }

    fn close(&mut self, id: i32) {
        if self.images.remove(&id).is_none() {
            return;
        }
        let owned: Vec<i32> =
            self.regions.iter().filter(|(_, (owner, _))| *owner == id).map(|(&r, _)| r).collect();
        for region in owned {
            self.remove_region(region);
        }
        self.requirements.retain(|&(_, file, _), _| file != id);
    }

    fn change_channel(&mut self, file_id: i32, channel: i32, stokes: i32) -> bool {
        let valid = (0..CHANNELS).contains(&channel)
            && ((0..PLANES).contains(&stokes) || (13..=17).contains(&stokes));
        match self.images.get_mut(&file_id).filter(|_| valid) {
            Some(image) => {
                (image.channel, image.stokes) = (channel, stokes);
                true
            }
            None => false,
        }
    }

    fn tiles(&self, add: &AddRequiredTiles) -> Vec<Frame> {
        let Some(image) = self.images.get(&add.file_id) else { return vec![] };
        let begin = RasterTileSync {
            file_id: add.file_id,
            channel: image.channel,
            stokes: image.stokes,
            ..Default::default()
        };
        let end = RasterTileSync { end_sync: true, ..begin };
        vec![frame(EventType::RasterTileSync, 0, &begin), frame(EventType::RasterTileSync, 0, &end)]
    }

    fn set_region(&mut self, set: SetRegion) -> SetRegionAck {
        let info = set.region_info.unwrap_or_default();
        let known = self.regions.contains_key(&set.region_id);
        let region_id = match set.region_id {
            -1 => self.next_region(),
            id => id,
        };
        let open = self.images.contains_key(&set.file_id);
        let valid = is_valid(&info);
        let makes = !set.preview_region || known;
        if open && valid && makes {
            self.regions.insert(region_id, (set.file_id, info));
        }
        SetRegionAck { success: open && (valid || known), message: String::new(), region_id }
    }

    fn next_region(&self) -> i32 {
        self.regions.last_key_value().map_or(1, |(&last, _)| last + 1)
    }

    fn remove_region(&mut self, id: i32) {
        if self.regions.remove(&id).is_some() {
            self.requirements.retain(|&(_, _, region), _| region != id);
        }
    }

    /// One region for each line, at that line's x.
    fn import(&mut self, id: u32, import: &ImportRegion) -> Vec<Frame> {
        if !self.images.contains_key(&import.group_id) {
            return vec![];
        }
        let mut regions = BTreeMap::new();
        for line in &import.contents {
            let info = super::rectangle(line.parse().unwrap());
            let region_id = self.next_region();
            self.regions.insert(region_id, (import.group_id, info.clone()));
            regions.insert(region_id, info);
        }
        let ack = ImportRegionAck { success: true, regions, ..Default::default() };
        vec![frame(EventType::ImportRegionAck, id, &ack)]
    }

    fn open_catalog(&mut self, open: OpenCatalogFile) -> bool {
        let success = open.name != MISSING;
        if success {
            self.catalogs.insert(open.file_id, open.name);
        }
        success
    }

    fn require(&mut self, event: EventType, request: &Frame) {
        let (file, region, empty) = match event {
            EventType::SetSpatialRequirements => {
                let set: SetSpatialRequirements = request.decode().unwrap();
                (set.file_id, set.region_id, set.spatial_profiles.is_empty())
            }
            EventType::SetSpectralRequirements => {
                let set: SetSpectralRequirements = request.decode().unwrap();
                (set.file_id, set.region_id, set.spectral_profiles.is_empty())
            }
            EventType::SetStatsRequirements => {
                let set: SetStatsRequirements = request.decode().unwrap();
                (set.file_id, set.region_id, set.stats_configs.is_empty())
            }
            EventType::SetHistogramRequirements => {
                let set: SetHistogramRequirements = request.decode().unwrap();
                (set.file_id, set.region_id, set.histograms.is_empty() && set.region_id != -1)
            }
            _ => return,
        };
        let known = region <= 0 || self.regions.contains_key(&region);
        if !known || !self.images.contains_key(&file) {
            return;
        }
        if empty {
            self.requirements.remove(&(event, file, region));
        } else {
            self.requirements.insert((event, file, region), request.payload().to_vec());
        }
    }

    fn resume(&mut self, resume: ResumeSession) {
        self.images.clear();
        self.regions.clear();
        self.requirements.clear();
        let mut cursor = None;
        for image in resume.images {
            let id = image.file_id;
            assert!(self.images.keys().all(|&earlier| earlier < id), "ascending ids");
            let opened = Image {
                file: image.file,
                stokes_files: image.stokes_files,
                contours: image.contour_settings,
                overlay: image.vector_overlay_settings,
                ..Default::default()
            };
            self.images.insert(id, opened);
            assert!(self.change_channel(id, image.channel, image.stokes));
            for (region, info) in image.regions {
                if region == 0 {
                    assert!(id == 0, "the cursor is in image 0");
                    cursor = Some(*info.control_points.first().expect("or the backend crashes"));
                } else {
                    assert!(region > 0 && is_valid(&info));
                    self.regions.insert(region, (id, info));
                }
            }
        }
        if let (Some(point), Some(image)) = (cursor, self.images.get_mut(&0)) {
            image.cursor = Some(point);
        }
        for open in resume.catalog_files {
            self.open_catalog(open);
        }
    }
}

fn is_valid(info: &RegionInfo) -> bool {
    info.region_type == RegionType::Rectangle as i32
        && matches!(&*info.control_points, [_, size] if size.x > 0.0 && size.y > 0.0)
}
