//! What is to be rebuilt, and in which order.

use std::collections::BinaryHeap;

use prost::bytes::Bytes;

use crate::protocol::messages::RegionStyle;
use crate::workspace::{CatalogSpec, ImageState, RegionState, StokesFileState, Workspace};

use super::{overlay::Overlay, styles::Styles};

/// An image that is to be opened.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// As it was kept, without what the plan has taken out: its regions.
    pub(super) kept: ImageState,
    pub(super) regions: Vec<Region>,
    pub(super) overlay: Option<Overlay>,
    /// The file id that the viewer has assigned.
    pub(super) id: Option<i32>,
    /// The channel and plane that it has before it is told.
    pub(super) at: (i32, i32),
    /// It shows the regions of another image, so that none can be drawn on it.
    pub(super) shows_others: bool,
}

/// A region that is to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) kept: RegionState,
    /// The encoded `RegionInfo`, as it was sent.
    pub(super) info: Bytes,
    pub(super) style: RegionStyle,
}

/// One step, of an image, a region or a catalog by its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Open(usize),
    NameStokesFiles(usize),
    SetChannels(usize),
    AnnounceChannels(usize),
    FlushChannels(usize),
    /// Asks whether the image is matched to another.
    AskMatching(usize),
    Unmatch(usize),
    /// Asks whether the viewer can import regions.
    AskAboutImporting,
    /// Imports the regions of an image.
    Import(usize),
    AddRegion(usize, usize),
    /// The region with this id is not where it was.
    RemoveRegion(usize, i32),
    SetContours(usize),
    DrawContours(usize),
    /// Asks which overlays the viewer has; `older` = of 4.1.0.
    AskAboutOverlays {
        older: bool,
    },
    SetOverlay(usize),
    DrawOverlay(usize),
    /// Asks whether the viewer has the call of 6.0.0, or of 4.1.0, that puts an image in
    /// view: one that it lacks would leave an error in its console.
    AskAboutShowing {
        image: usize,
        older: bool,
    },
    Show {
        image: usize,
        older: bool,
    },
    OpenCatalog(usize),
}

impl Task {
    /// How much of the progress it is. Regions that are imported count one by one.
    pub(super) const fn weight(self) -> usize {
        if matches!(self, Self::Import(_)) { 0 } else { 1 }
    }
}

/// What is to be rebuilt.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) images: Vec<Image>,
    pub(super) catalogs: Vec<CatalogSpec>,
    /// The image that was in view, by its place.
    pub(super) in_view: Option<usize>,
    /// The largest region id that was kept, or has been given to one since.
    pub(super) last_region_id: i32,
}

impl Plan {
    pub(super) fn new(workspace: &Workspace) -> Self {
        let state = workspace.viewer_state();
        let in_view = workspace.image_in_view();
        let in_view = state.images.iter().position(|image| Some(image.file_id) == in_view);
        let mut images = Vec::with_capacity(state.images.len());
        for mut kept in state.images {
            let mut regions = Vec::with_capacity(kept.regions.len());
            let mut styles = Styles::of(workspace, kept.file_id);
            for region in std::mem::take(&mut kept.regions) {
                let id = region.region_id;
                let name = workspace.region_name(id);
                let style = styles.take(id, region.region_type, name);
                regions.push(Region { info: workspace.region_info(id), kept: region, style });
            }
            let overlay = workspace.overlay(kept.file_id).and_then(Overlay::read);
            images.push(Image {
                kept,
                regions,
                overlay,
                id: None,
                at: (0, 0),
                shows_others: false,
            });
        }
        Self {
            images,
            catalogs: state.catalogs,
            in_view,
            last_region_id: workspace.last_region_id(),
        }
    }

    /// Images first, so that what comes after can refer to them; catalogs last,
    /// because they are opened on the image in view.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        for (at, image) in self.images.iter().enumerate() {
            tasks.push(Task::Open(at));
            if image.kept.is_joined() {
                tasks.push(Task::NameStokesFiles(at));
            }
            if (image.kept.channel, image.kept.stokes) != image.at {
                tasks.extend([
                    Task::SetChannels(at),
                    Task::AnnounceChannels(at),
                    Task::FlushChannels(at),
                ]);
            }
        }
        // Before there is any region: an image that is taken from another gets copies
        // of that one's.
        for (at, image) in self.images.iter().enumerate() {
            if !image.regions.is_empty() {
                tasks.push(Task::AskMatching(at));
            }
        }
        if self.images.iter().any(|image| !image.regions.is_empty()) {
            tasks.push(Task::AskAboutImporting);
        }
        for (at, image) in self.images.iter().enumerate() {
            if has_finite_level(&image.kept) {
                tasks.extend([Task::SetContours(at), Task::DrawContours(at)]);
            }
        }
        if self.images.iter().any(|image| image.overlay.is_some()) {
            tasks.push(Task::AskAboutOverlays { older: false });
        }
        for (at, image) in self.images.iter().enumerate() {
            if image.overlay.is_some() {
                tasks.extend([Task::SetOverlay(at), Task::DrawOverlay(at)]);
            }
        }
        if let Some(image) = self.in_view {
            tasks.push(Task::AskAboutShowing { image, older: false });
        }
        tasks.extend((0..self.catalogs.len()).map(Task::OpenCatalog));
        tasks
    }

    /// Those of each image at once.
    pub(super) fn imports(&self) -> Vec<Task> {
        let mut imports = Vec::new();
        for (at, image) in self.images.iter().enumerate() {
            if !image.regions.is_empty() {
                imports.push(Task::Import(at));
            }
        }
        imports
    }

    /// One by one, in the order of their ids, which a viewer shows where there is no
    /// name: if none was ever removed, they come back under the same ones.
    pub(super) fn regions(&self) -> Vec<Task> {
        let mut regions = Vec::new();
        for (at, image) in self.images.iter().enumerate() {
            let ids = image.regions.iter().map(|region| region.kept.region_id);
            regions.extend(ids.enumerate().map(|(region, id)| (id, at, region)));
        }
        // The heap sorts with a third of the code of the library's sort.
        let sorted = BinaryHeap::from(regions).into_sorted_vec();
        sorted.into_iter().map(|(_, at, region)| Task::AddRegion(at, region)).collect()
    }

    pub(super) fn region_count(&self) -> usize {
        self.images.iter().map(|image| image.regions.len()).sum()
    }
}

fn has_finite_level(image: &ImageState) -> bool {
    let levels = image.contours.as_ref().map(|contours| contours.levels.as_slice());
    levels.unwrap_or_default().iter().any(|level| level.is_finite())
}

impl CatalogSpec {
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        self.name == other.name && folder(&self.directory) == folder(&other.directory)
    }
}

impl RegionState {
    /// Whether both look the same.
    pub(super) fn is_same_shape(&self, other: &Self) -> bool {
        self.region_type == other.region_type
            && self.control_points == other.control_points
            && self.rotation.to_bits() == other.rotation.to_bits()
    }
}

/// How far a point may be from where it was, in pixels.
const SAME_PLACE: f32 = 0.01;

impl RegionState {
    /// Whether both have their points in the same places.
    pub(super) fn is_at_same_place(&self, other: &Self) -> bool {
        let points = self.control_points.iter().zip(&other.control_points);
        self.region_type == other.region_type
            && self.control_points.len() == other.control_points.len()
            && points.into_iter().all(|(one, other)| {
                (one.x - other.x).abs() <= SAME_PLACE && (one.y - other.y).abs() <= SAME_PLACE
            })
    }
}

impl Region {
    /// Whether JSON can say it.
    pub(super) fn is_finite(&self) -> bool {
        let mut points = self.kept.control_points.iter();
        self.kept.rotation.is_finite()
            && points.all(|point| point.x.is_finite() && point.y.is_finite())
    }
}

impl ImageState {
    pub(super) const fn is_joined(&self) -> bool {
        self.stokes_files.len() > 1
    }

    /// Whether both are opened from the same files. A viewer may call the top
    /// folder "." or "", and the first HDU "" or by its number.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        if self.is_joined() || other.is_joined() {
            let both = self.stokes_files.iter().zip(&other.stokes_files);
            return self.stokes_files.len() == other.stokes_files.len()
                && both.into_iter().all(|(one, other)| is_same_stokes_file(one, other));
        }
        self.lel_expr == other.lel_expr
            && self.file == other.file
            && folder(&self.directory) == folder(&other.directory)
            && is_same_hdu(&self.hdu, &other.hdu)
    }
}

fn is_same_stokes_file(one: &StokesFileState, other: &StokesFileState) -> bool {
    one.polarization_type == other.polarization_type
        && one.file == other.file
        && folder(&one.directory) == folder(&other.directory)
        && is_same_hdu(&one.hdu, &other.hdu)
}

fn folder(directory: &str) -> &str {
    let mut folder = directory;
    while let Some(inside) = folder.strip_prefix("./") {
        folder = inside;
    }
    match folder.trim_matches('/') {
        "." => "",
        folder => folder,
    }
}

fn is_same_hdu(one: &str, other: &str) -> bool {
    one == other || matches!((one, other), ("" | "0", "" | "0"))
}
