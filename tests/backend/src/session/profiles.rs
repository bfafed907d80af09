//! Profiles along the axes of an image.

use carta_resume::protocol::{EventType, messages as m};
use m::{set_spatial_requirements::SpatialConfig, set_spectral_requirements::SpectralConfig};

use super::{Replies, Session, requirements::CURSOR, state::OpenImage};
use crate::{
    analysis::{mask::Mask, statistics::Statistics},
    fits::FitsError,
};

impl Session {
    /// Sends the value under the cursor or a point region, and the required profiles through it.
    /// Lines have no profile here.
    pub(super) fn send_spatial(&mut self, key: (i32, i32), out: &mut Replies) {
        let configs = self.state.spatial.get(&key).cloned().unwrap_or_default();
        if configs.is_empty() && key.1 != CURSOR {
            return;
        }
        let Some(pixel) = self.pixel(key) else { return };
        self.report(key, out, |session, key, out| {
            let Some(open) = session.state.images.get_mut(&key.0) else { return Ok(()) };
            let data = spatial_data(open, key, pixel, &configs)?;
            out.stream(EventType::SpatialProfileData, &data);
            Ok(())
        });
    }

    /// Sends the required spectral profiles of the cursor or a region.
    pub(super) fn send_spectral(&mut self, key: (i32, i32), out: &mut Replies) {
        let configs = self.state.spectral.get(&key).cloned().unwrap_or_default();
        for config in configs {
            self.report(key, out, |session, key, out| session.send_spectrum(key, &config, out));
        }
    }

    fn send_spectrum(
        &mut self,
        (file_id, region_id): (i32, i32),
        config: &SpectralConfig,
        out: &mut Replies,
    ) -> Result<(), FitsError> {
        let key = (file_id, region_id);
        let Some(open) = self.state.images.get(&file_id) else { return Ok(()) };
        let Some(stokes) = open.stokes_of(&config.coordinate) else { return Ok(()) };
        let profiles = if let Some((x, y)) = self.pixel(key) {
            vec![pixel_spectrum(open, stokes, x, y, config)?]
        } else if let Some(mask) = self.mask(key) {
            region_spectra(open, stokes, &mask, config)?
        } else {
            return Ok(());
        };
        let data = m::SpectralProfileData { file_id, region_id, stokes, progress: 1.0, profiles };
        out.stream(EventType::SpectralProfileData, &data);
        Ok(())
    }
}

fn spatial_data(
    open: &mut OpenImage,
    (file_id, region_id): (i32, i32),
    (x, y): (usize, usize),
    configs: &[SpatialConfig],
) -> Result<m::SpatialProfileData, FitsError> {
    let width = open.image.shape().width;
    let plane = open.current_plane()?;
    let mut profiles = Vec::new();
    for config in configs {
        let Some(stokes) = open.stokes_of(&config.coordinate) else { continue };
        let plane = open.plane_of(stokes)?;
        let line: Vec<f32> = if config.coordinate.ends_with('y') {
            plane.iter().skip(x).step_by(width).copied().collect()
        } else {
            plane.iter().skip(y * width).take(width).copied().collect()
        };
        profiles.push(spatial_profile(&line, config));
    }
    Ok(m::SpatialProfileData {
        file_id,
        region_id,
        x: x as i32,
        y: y as i32,
        channel: open.channel,
        stokes: open.stokes,
        value: plane.get(y * width + x).copied().unwrap_or(f32::NAN),
        profiles,
    })
}

/// The required part of a line of pixels, coarser if that is required.
fn spatial_profile(line: &[f32], config: &SpatialConfig) -> m::SpatialProfile {
    let whole = config.start == 0 && config.end == 0;
    let bound = |pixel: i32| usize::try_from(pixel).unwrap_or(0).min(line.len());
    let (start, end) =
        if whole { (0, line.len()) } else { (bound(config.start), bound(config.end)) };
    let mip = usize::try_from(config.mip).unwrap_or(1).max(1);
    let part = line.get(start..end).unwrap_or_default();
    let values = part.chunks(mip).flat_map(|pixels| {
        let statistics = Statistics::of(pixels.iter().copied());
        (if mip == 1 {
            pixels.first().copied().unwrap_or(f32::NAN)
        } else {
            statistics.mean() as f32
        })
        .to_le_bytes()
    });
    m::SpatialProfile {
        start: start as i32,
        end: end as i32,
        raw_values_fp32: values.collect(),
        coordinate: config.coordinate.clone(),
        mip: config.mip,
    }
}

fn pixel_spectrum(
    open: &OpenImage,
    stokes: i32,
    x: usize,
    y: usize,
    config: &SpectralConfig,
) -> Result<m::SpectralProfile, FitsError> {
    let shape = open.image.shape();
    let mut raw_values_fp32 = Vec::new();
    for channel in 0..shape.depth {
        for value in open.image.read(channel, stokes, y * shape.width + x, 1)? {
            raw_values_fp32.extend_from_slice(&value.to_le_bytes());
        }
    }
    Ok(m::SpectralProfile {
        coordinate: config.coordinate.clone(),
        stats_type: config.stats_types.first().copied().unwrap_or(m::StatsType::Sum.into()),
        raw_values_fp32,
        raw_values_fp64: Vec::new(),
    })
}

/// One profile for each statistic; only the rows of the region are read.
fn region_spectra(
    open: &OpenImage,
    stokes: i32,
    mask: &Mask,
    config: &SpectralConfig,
) -> Result<Vec<m::SpectralProfile>, FitsError> {
    let shape = open.image.shape();
    let area = open.image.described.beam_area;
    let (start, count) = (mask.y * shape.width, mask.height() * shape.width);
    let mut spectra: Vec<Vec<u8>> = config.stats_types.iter().map(|_| Vec::new()).collect();
    for channel in 0..shape.depth {
        let rows = open.image.read(channel, stokes, start, count)?;
        let pixels: Vec<f32> = mask.select(&rows, shape.width).collect();
        let statistics = Statistics::of(pixels.iter().copied());
        for (kind, spectrum) in config.stats_types().zip(&mut spectra) {
            spectrum.extend_from_slice(&statistics.value(kind, area).to_le_bytes());
        }
    }
    let profile = |(kind, raw_values_fp64): (m::StatsType, Vec<u8>)| m::SpectralProfile {
        coordinate: config.coordinate.clone(),
        stats_type: kind.into(),
        raw_values_fp32: Vec::new(),
        raw_values_fp64,
    };
    Ok(config.stats_types().zip(spectra).map(profile).collect())
}
