//! What the viewer wants to be told, and telling it: at once, and again when the region, the
//! channel or the cursor changes.

use carta_resume::protocol::{EventType, messages as m};
use m::set_stats_requirements::StatsConfig;

use super::{Replies, Session, state::require};
use crate::{
    analysis::{
        histogram::{automatic_bins, histogram},
        mask::Mask,
        statistics::Statistics,
    },
    fits::FitsError,
};

/// The whole image.
const IMAGE: i32 = -1;
/// All channels of the image.
const CUBE: i32 = -2;
/// The cursor.
pub(super) const CURSOR: i32 = 0;

impl Session {
    pub(super) fn require_stats(&mut self, request: m::SetStatsRequirements, out: &mut Replies) {
        let key = (request.file_id, request.region_id);
        if self.check("stats", key, out) {
            require(&mut self.state.stats, key, request.stats_configs);
            self.send_stats(key, out);
        }
    }

    pub(super) fn require_histograms(
        &mut self,
        request: m::SetHistogramRequirements,
        out: &mut Replies,
    ) {
        let key = (request.file_id, request.region_id);
        if self.check("histogram", key, out) {
            if let (Some(open), IMAGE) = (self.state.images.get_mut(&key.0), key.1) {
                open.default_histogram = false;
            }
            require(&mut self.state.histograms, key, request.histograms);
            self.send_histograms(key, out);
        }
    }

    pub(super) fn require_spatial(
        &mut self,
        request: m::SetSpatialRequirements,
        out: &mut Replies,
    ) {
        let key = (request.file_id, request.region_id);
        if self.check("spatial", key, out) {
            let ends = request.spatial_profiles.is_empty();
            require(&mut self.state.spatial, key, request.spatial_profiles);
            if !ends {
                self.send_spatial(key, out);
            }
        }
    }

    pub(super) fn require_spectral(
        &mut self,
        request: m::SetSpectralRequirements,
        out: &mut Replies,
    ) {
        let key = (request.file_id, request.region_id);
        if !self.check("spectral", key, out) {
            return;
        }
        let flat = self.state.images.get(&key.0).is_some_and(|open| open.image.shape().depth < 2);
        if flat && !request.spectral_profiles.is_empty() {
            let message = "Spectral profile not valid for 2D image.".to_owned();
            out.error(m::ErrorSeverity::Warning, "spectral", message);
            return;
        }
        require(&mut self.state.spectral, key, request.spectral_profiles);
        self.send_spectral(key, out);
    }

    /// Reports an error if there is no such image or region.
    fn check(&self, tag: &str, (file_id, region_id): (i32, i32), out: &mut Replies) -> bool {
        if !self.state.images.contains_key(&file_id) {
            out.no_file(tag, file_id);
            return false;
        }
        let known = region_id <= 0 || self.state.regions.contains_key(&region_id);
        if !known {
            let message = format!("Region {region_id} has not been set");
            out.error(m::ErrorSeverity::Error, tag, message);
        }
        known
    }

    /// Sends what depends on a region.
    pub(super) fn send_region_data(&mut self, region_id: i32, out: &mut Replies) {
        let files: Vec<i32> = self.state.images.keys().copied().collect();
        for file_id in files {
            let key = (file_id, region_id);
            self.send_stats(key, out);
            self.send_histograms(key, out);
            self.send_spatial(key, out);
            self.send_spectral(key, out);
        }
    }

    /// Sends what depends on the current plane of an image.
    pub(super) fn send_image_data(
        &mut self,
        file_id: i32,
        stokes_changed: bool,
        out: &mut Replies,
    ) {
        self.send_default_histogram(file_id, out);
        self.send_histograms((file_id, IMAGE), out);
        self.send_stats((file_id, IMAGE), out);
        self.send_spatial((file_id, CURSOR), out);
        if stokes_changed {
            self.send_spectral((file_id, CURSOR), out);
        }
        let regions: Vec<i32> = self.state.regions.keys().copied().filter(|&id| id > 0).collect();
        for region_id in regions {
            let key = (file_id, region_id);
            self.send_histograms(key, out);
            self.send_stats(key, out);
            self.send_spatial(key, out);
            if stokes_changed {
                self.send_spectral(key, out);
            }
        }
    }

    /// The histogram of an image for which none was requested.
    pub(super) fn send_default_histogram(&mut self, file_id: i32, out: &mut Replies) {
        if self.state.images.get(&file_id).is_some_and(|open| open.default_histogram) {
            let config = m::HistogramConfig { channel: -1, num_bins: -1, ..Default::default() };
            self.report((file_id, IMAGE), out, |session, key, out| {
                session.send_histogram(key, &config, out)
            });
        }
    }

    /// The histogram of any channel of an image.
    pub(super) fn send_histogram_of(&mut self, file_id: i32, channel: i32, out: &mut Replies) {
        let config = m::HistogramConfig { channel, num_bins: -1, ..Default::default() };
        self.report((file_id, IMAGE), out, |session, key, out| {
            session.send_histogram(key, &config, out)
        });
    }

    pub(super) fn send_histograms(&mut self, key: (i32, i32), out: &mut Replies) {
        for config in self.state.histograms.get(&key).cloned().unwrap_or_default() {
            self.report(key, out, |session, key, out| session.send_histogram(key, &config, out));
        }
    }

    pub(super) fn send_stats(&mut self, key: (i32, i32), out: &mut Replies) {
        for config in self.state.stats.get(&key).cloned().unwrap_or_default() {
            self.report(key, out, |session, key, out| session.send_stats_of(key, &config, out));
        }
    }

    /// Runs something, and logs an error if the file could not be read.
    pub(super) fn report(
        &mut self,
        key: (i32, i32),
        out: &mut Replies,
        send: impl FnOnce(&mut Self, (i32, i32), &mut Replies) -> Result<(), FitsError>,
    ) {
        if let Err(why) = send(self, key, out) {
            crate::log(&format!("image {} {why}", key.0));
        }
    }

    fn send_histogram(
        &mut self,
        (file_id, region_id): (i32, i32),
        config: &m::HistogramConfig,
        out: &mut Replies,
    ) -> Result<(), FitsError> {
        let Some(mask) = self.mask((file_id, region_id)) else { return Ok(()) };
        let Some(open) = self.state.images.get_mut(&file_id) else { return Ok(()) };
        let Some(stokes) = open.stokes_of(&config.coordinate) else { return Ok(()) };
        let shape = open.image.shape();
        let bins = automatic_bins(mask.width, mask.height());
        let (channel, histogram) = if region_id == CUBE {
            let mut pixels = Vec::new();
            for channel in 0..shape.depth {
                pixels.extend(open.image.plane(channel, stokes)?);
            }
            (CUBE, histogram(pixels.iter().copied(), config, bins))
        } else {
            let channel = if config.channel >= 0 && open.image.has(config.channel, stokes) {
                config.channel
            } else {
                open.channel
            };
            let plane = open.plane_at(channel, stokes)?;
            let rows = plane.get(mask.y * shape.width..).unwrap_or_default();
            let pixels: Vec<f32> = mask.select(rows, shape.width).collect();
            (channel, histogram(pixels.iter().copied(), config, bins))
        };
        let data = m::RegionHistogramData {
            file_id,
            region_id,
            channel,
            stokes,
            histograms: Some(histogram),
            progress: 1.0,
            config: Some(m::HistogramConfig {
                fixed_num_bins: config.fixed_num_bins,
                num_bins: config.num_bins,
                fixed_bounds: config.fixed_bounds,
                bounds: Some(config.bounds.unwrap_or_default()),
                ..Default::default()
            }),
        };
        out.stream(EventType::RegionHistogramData, &data);
        Ok(())
    }

    fn send_stats_of(
        &mut self,
        (file_id, region_id): (i32, i32),
        config: &StatsConfig,
        out: &mut Replies,
    ) -> Result<(), FitsError> {
        let Some(mask) = self.mask((file_id, region_id)) else {
            let message = format!("Stats requirements not valid for region id {region_id}");
            out.error(m::ErrorSeverity::Error, "stats", message);
            return Ok(());
        };
        let Some(open) = self.state.images.get_mut(&file_id) else { return Ok(()) };
        let Some(stokes) = open.stokes_of(&config.coordinate) else { return Ok(()) };
        let plane = open.plane_of(stokes)?;
        let width = open.image.shape().width;
        let rows = plane.get(mask.y * width..).unwrap_or_default();
        let pixels: Vec<f32> = mask.select(rows, width).collect();
        let statistics = Statistics::of(pixels.iter().copied());
        let area = open.image.described.beam_area;
        let value = |kind| m::StatisticsValue {
            stats_type: i32::from(kind),
            value: statistics.value(kind, area),
        };
        let data = m::RegionStatsData {
            file_id,
            region_id,
            channel: open.channel,
            stokes,
            statistics: config.stats_types().map(value).collect(),
        };
        out.stream(EventType::RegionStatsData, &data);
        Ok(())
    }

    /// The pixels of a region in an image; every pixel for the image itself.
    pub(super) fn mask(&self, (file_id, region_id): (i32, i32)) -> Option<Mask> {
        let shape = self.state.images.get(&file_id)?.image.shape();
        if region_id == IMAGE || region_id == CUBE {
            return Some(Mask::whole(shape.width, shape.height));
        }
        let region = self.state.regions.get(&region_id)?;
        Mask::of(&region.info, shape.width, shape.height)
    }
}
