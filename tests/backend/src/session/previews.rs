//! Previews of position-velocity images: calculated again whenever their line is moved, from pixels
//! that were read once.

use carta_resume::protocol::{EventType, messages as m};

use super::{
    Replies, Session,
    pv::{Cube, Cut},
};
use crate::analysis::{
    compress::Compression,
    histogram::{automatic_bins, histogram},
    statistics::Statistics,
    tiles::{Tile, TileCode},
};

/// Every pixel of the image is read.
const WHOLE_IMAGE: i32 = -1;

/// A preview that a viewer shows.
#[derive(Debug)]
pub struct Preview {
    /// The request that made it.
    pub request: m::PvRequest,
    cube: Cube,
}

impl Session {
    pub(super) fn make_preview(&mut self, request: &m::PvRequest, id: u32, out: &mut Replies) {
        let preview_id = request.preview_settings.unwrap_or_default().preview_id;
        let progress = m::PvProgress { file_id: request.file_id, preview_id, progress: 0.5 };
        out.answer(EventType::PvProgress, id, &progress);
        let shown = self.read_preview(request).and_then(|id| self.show(id, false));
        let mut response = m::PvResponse::default();
        match shown {
            Err(message) => {
                response.message = message;
                response.preview_data = Some(m::PvPreviewData { preview_id, ..Default::default() });
            }
            Ok(data) => {
                response.success = true;
                response.preview_data = Some(data);
            }
        }
        out.answer(EventType::PvResponse, id, &response);
    }

    fn read_preview(&mut self, request: &m::PvRequest) -> Result<i32, String> {
        let settings = request.preview_settings.unwrap_or_default();
        let (file_id, region_id) = (request.file_id, settings.region_id);
        self.line(request)?;
        let part = if region_id == WHOLE_IMAGE {
            None
        } else {
            let part = self.mask((file_id, region_id));
            Some(part.ok_or("Failed to set preview region for preview cube.")?)
        };
        let open = self.state.images.get(&file_id).ok_or("The image is not open.")?;
        let factor = |rebin: i32| usize::try_from(rebin).unwrap_or(1).max(1);
        let (rebin, rebin_channels) = (factor(settings.rebin_xy), factor(settings.rebin_z));
        let cube = Cube::read(open, request.spectral_range, part.as_ref(), rebin, rebin_channels);
        let cube = cube.map_err(|why| format!("The image {why}."))?;
        self.state.previews.insert(settings.preview_id, Preview { request: *request, cube });
        Ok(settings.preview_id)
    }

    /// Sends the previews that use this line; `moving`: it is being dragged.
    pub(super) fn send_previews(
        &self,
        file_id: i32,
        region_id: i32,
        moving: bool,
        out: &mut Replies,
    ) {
        for (&id, Preview { request, .. }) in &self.state.previews {
            if (request.file_id, request.region_id) != (file_id, region_id) {
                continue;
            }
            match self.show(id, moving) {
                Ok(data) => out.stream(EventType::PvPreviewData, &data),
                Err(why) => crate::log(&format!("preview {id}: {why}")),
            }
        }
    }

    fn show(&self, id: i32, moving: bool) -> Result<m::PvPreviewData, String> {
        let Preview { request, cube } = self.state.previews.get(&id).ok_or("It is closed.")?;
        let open = self.state.images.get(&request.file_id).ok_or("The image is not open.")?;
        let [start, end] = self.line(request)?;
        let cut = cube.along(start, end);
        let cut = if request.reverse { cut.turned() } else { cut };
        let Cut { width, height, pixels } = cut;
        let info = open.image.flat(width, height, Vec::new()).described.extended;
        let statistics = Statistics::of(pixels.iter().copied());
        let bars = || {
            let bins = automatic_bins(width, height);
            histogram(pixels.iter().copied(), &m::HistogramConfig::default(), bins)
        };
        let mut data = m::PvPreviewData {
            preview_id: id,
            width: info.width,
            height: info.height,
            image_info: Some(info),
            histogram_bounds: Some(m::FloatBounds { min: statistics.min, max: statistics.max }),
            histogram: (!moving).then(bars),
            ..Default::default()
        };
        let settings = request.preview_settings.unwrap_or_default();
        let quality = if moving {
            settings.animation_compression_quality
        } else {
            settings.image_compression_quality
        };
        let compression = Compression::wanted(settings.compression_type(), quality);
        let tile = Tile { code: TileCode::decode(0), width, height, mip: 1, pixels };
        let encoded = compression.encode(&tile).ok_or("It cannot be compressed.")?;
        data.image_data = encoded.image_data;
        data.nan_encodings = encoded.nan_encodings;
        data.compression_type = compression.kind().into();
        data.compression_quality = compression.quality();
        Ok(data)
    }

    pub(super) fn close_preview(&mut self, preview_id: i32) {
        self.state.previews.remove(&preview_id);
    }
}
