//! Raster tiles, compressed as the viewer requests.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session};
use crate::analysis::{
    compress::Compression,
    tiles::{TileCode, cut},
};

impl Session {
    /// While an animation runs, only it sends tiles; from now on these.
    pub(super) fn add_required_tiles(&mut self, request: m::AddRequiredTiles, out: &mut Replies) {
        match &mut self.state.animation {
            Some(animation) => animation.require_tiles(request),
            None => self.send_tiles(&request, 0, out),
        }
    }

    /// Sends tiles of the current plane between two sync messages. Tiles that are not in the image
    /// are left out.
    pub(super) fn send_tiles(
        &mut self,
        request: &m::AddRequiredTiles,
        animation_id: i32,
        out: &mut Replies,
    ) {
        let Some(open) = self.state.images.get(&request.file_id) else { return };
        self.send_tiles_of(open.channel, request, animation_id, out);
    }

    /// Sends the same tiles of several channels, each with its histogram: the
    /// viewer shows them side by side, as a channel map.
    pub(super) fn send_channel_map(
        &mut self,
        range: m::IntBounds,
        request: &m::AddRequiredTiles,
        out: &mut Replies,
    ) {
        let Some(open) = self.state.images.get(&request.file_id) else { return };
        let last = open.image.shape().depth - 1;
        for channel in range.min.max(0)..=range.max.min(last) {
            self.send_histogram_of(request.file_id, channel, out);
            self.send_tiles_of(channel, request, 0, out);
        }
    }

    fn send_tiles_of(
        &mut self,
        channel: i32,
        request: &m::AddRequiredTiles,
        animation_id: i32,
        out: &mut Replies,
    ) {
        let file_id = request.file_id;
        let Some(open) = self.state.images.get_mut(&file_id) else { return };
        let plane = match open.plane_at(channel, open.stokes) {
            Ok(plane) => plane,
            Err(why) => {
                crate::log(&format!("image {file_id} {why}"));
                return;
            }
        };
        self.state.sync_id += 1;
        let shape = open.image.shape();
        let (stokes, sync_id) = (open.stokes, self.state.sync_id);
        let compression =
            Compression::wanted(request.compression_type(), request.compression_quality);
        let mut sync = m::RasterTileSync {
            file_id,
            channel,
            stokes,
            sync_id,
            animation_id,
            tile_count: request.tiles.len() as i32,
            end_sync: false,
        };
        out.stream(EventType::RasterTileSync, &sync);
        for &code in &request.tiles {
            let tile = cut(&plane, shape.width, shape.height, TileCode::decode(code));
            let Some(tile) = tile.and_then(|tile| compression.encode(&tile)) else { continue };
            let data = m::RasterTileData {
                file_id,
                channel,
                stokes,
                compression_type: compression.kind().into(),
                compression_quality: compression.quality(),
                sync_id,
                animation_id,
                tiles: vec![tile],
            };
            out.stream(EventType::RasterTileData, &data);
        }
        sync.end_sync = true;
        out.stream(EventType::RasterTileSync, &sync);
    }
}
