//! What a session holds.

use std::{collections::BTreeMap, sync::Arc};

use carta_resume::protocol::messages as m;

use super::{animation::Animation, previews::Preview};
use crate::{fits::FitsError, image::Image};

/// What a session holds.
#[derive(Debug, Default)]
pub struct State {
    /// Number of the session.
    pub id: u32,
    /// Open images by file id.
    pub images: BTreeMap<i32, OpenImage>,
    /// File id of the image opened last.
    pub last_opened: i32,
    /// Regions by region id; the ids are shared by all images.
    pub regions: BTreeMap<i32, Region>,
    /// Open catalogs by file id; their ids are separate from the images'.
    pub catalogs: BTreeMap<i32, m::OpenCatalogFile>,
    /// Required statistics by file and region.
    pub stats: Required<m::set_stats_requirements::StatsConfig>,
    /// Required histograms.
    pub histograms: Required<m::HistogramConfig>,
    /// Required spatial profiles.
    pub spatial: Required<m::set_spatial_requirements::SpatialConfig>,
    /// Required spectral profiles.
    pub spectral: Required<m::set_spectral_requirements::SpectralConfig>,
    /// Previews of position-velocity images by their numbers.
    pub previews: BTreeMap<i32, Preview>,
    /// The running animation.
    pub animation: Option<Animation>,
    /// Number of the last animation.
    pub animation_id: i32,
    /// Number of the last set of tiles.
    pub sync_id: i32,
}

/// Requirements by file and region.
pub(super) type Required<C> = BTreeMap<(i32, i32), Vec<C>>;

impl State {
    /// An empty session.
    pub fn new(id: u32) -> Self {
        Self { id, last_opened: -1, ..Self::default() }
    }

    /// Closes every image and forgets every region, requirement and animation.
    pub fn clear(&mut self) {
        let State { id, catalogs, animation_id, sync_id, .. } = std::mem::take(self);
        *self = Self { catalogs, animation_id, sync_id, ..Self::new(id) };
    }

    /// Forgets the requirements of an image.
    pub fn forget_file(&mut self, file: i32) {
        self.retain_requirements(|(other, _)| other != file);
    }

    /// Keeps only the requirements of these files and regions.
    pub fn retain_requirements(&mut self, keep: impl Fn((i32, i32)) -> bool) {
        self.stats.retain(|key, _| keep(*key));
        self.histograms.retain(|key, _| keep(*key));
        self.spatial.retain(|key, _| keep(*key));
        self.spectral.retain(|key, _| keep(*key));
    }

    /// The id of the next new region: one more than the largest.
    pub fn next_region_id(&self) -> i32 {
        self.regions.keys().next_back().copied().unwrap_or(0).max(0).saturating_add(1)
    }
}

/// Sets or, if empty, removes a requirement.
pub(super) fn require<C>(required: &mut Required<C>, key: (i32, i32), configs: Vec<C>) {
    if configs.is_empty() {
        required.remove(&key);
    } else {
        required.insert(key, configs);
    }
}

/// A region and the image that its points refer to.
#[derive(Clone, Debug)]
pub struct Region {
    /// The image.
    pub file_id: i32,
    /// Its shape.
    pub info: m::RegionInfo,
}

/// How an image was opened.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Folder, relative to the top.
    pub directory: String,
    /// Name of the file or of the generated image, or an LEL expression.
    pub file: String,
    /// Whether it is an expression.
    pub lel_expr: bool,
    /// Header-data unit, even if none was requested.
    pub hdu: String,
    /// The files that were joined.
    pub stokes_files: Vec<m::StokesFile>,
}

/// An open image.
#[derive(Debug)]
pub struct OpenImage {
    /// The pixels.
    pub image: Image,
    /// How it was opened.
    pub origin: Origin,
    /// The current channel.
    pub channel: i32,
    /// The current Stokes plane.
    pub stokes: i32,
    /// Where the cursor is.
    pub cursor: Option<m::Point>,
    /// Contours, if on.
    pub contours: Option<m::SetContourParameters>,
    /// Vector overlay, if on.
    pub overlay: Option<m::SetVectorOverlayParameters>,
    /// The viewer has not said yet which histograms of the image it wants, so it gets the default
    /// one.
    pub default_histogram: bool,
    plane: Option<(i32, i32, Arc<Vec<f32>>)>,
}

impl OpenImage {
    /// The first and the last channel of a range; without a valid one, of the image.
    pub fn channels(&self, range: Option<m::IntBounds>) -> (i32, i32) {
        let last = self.image.shape().depth - 1;
        match range {
            Some(range) if range.max >= range.min => {
                (range.min.clamp(0, last), range.max.clamp(0, last))
            }
            _ => (0, last),
        }
    }

    /// An image that was just opened.
    pub fn new(image: Image, origin: Origin) -> Self {
        Self {
            image,
            origin,
            channel: 0,
            stokes: 0,
            cursor: None,
            contours: None,
            overlay: None,
            default_histogram: true,
            plane: None,
        }
    }

    /// The current plane, read once.
    pub fn current_plane(&mut self) -> Result<Arc<Vec<f32>>, FitsError> {
        match &self.plane {
            Some((channel, stokes, plane))
                if (*channel, *stokes) == (self.channel, self.stokes) =>
            {
                Ok(Arc::clone(plane))
            }
            _ => {
                let plane = Arc::new(self.image.plane(self.channel, self.stokes)?);
                self.plane = Some((self.channel, self.stokes, Arc::clone(&plane)));
                Ok(plane)
            }
        }
    }

    /// A plane of the current channel.
    pub fn plane_of(&mut self, stokes: i32) -> Result<Arc<Vec<f32>>, FitsError> {
        if stokes == self.stokes {
            return self.current_plane();
        }
        self.image.plane(self.channel, stokes).map(Arc::new)
    }

    /// Any plane.
    pub fn plane_at(&mut self, channel: i32, stokes: i32) -> Result<Arc<Vec<f32>>, FitsError> {
        if channel == self.channel {
            return self.plane_of(stokes);
        }
        self.image.plane(channel, stokes).map(Arc::new)
    }

    /// The Stokes plane that a coordinate such as `Qz` names; the current one if it names none.
    pub fn stokes_of(&self, coordinate: &str) -> Option<i32> {
        let name = coordinate.trim_end_matches(['x', 'y', 'z']);
        if name.is_empty() { Some(self.stokes) } else { self.image.stokes_index(name) }
    }
}
