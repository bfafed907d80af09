//! Tile requests: answered by a RASTER_TILE_SYNC that ends, not by an ack.

use super::ledger::{Ledger, Sequence};
use crate::{
    protocol::{
        EventType, Frame,
        messages::{
            IntBounds, RasterTileSync,
            views::{AddRequiredTiles, SetImageChannels},
        },
    },
    workspace::IdSet,
};

/// Open tile requests of one image; the oldest are given up.
const MAX_REQUESTS: usize = 64;

/// Tiles that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TileRequest {
    pub(super) file_id: i32,
    /// What the tiles will be of, where that is known.
    pub(super) of: Option<Channels>,
    /// Channels whose tiles are not complete.
    missing: u32,
    /// They are not needed any more, but may still come.
    pub(super) superseded: bool,
}

/// Channels of one plane, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channels {
    first: i32,
    last: i32,
    stokes: i32,
}

impl Channels {
    pub(super) const fn one(channel: i32, stokes: i32) -> Self {
        Self { first: channel, last: channel, stokes }
    }

    const fn includes(self, sync: &RasterTileSync) -> bool {
        self.first <= sync.channel && sync.channel <= self.last && self.stokes == sync.stokes
    }

    const fn overlaps(self, bounds: IntBounds) -> bool {
        self.first <= bounds.max && bounds.min <= self.last
    }
}

/// Channels in a map of channels, side by side.
struct ChannelMap {
    /// Those of which tiles are wanted now.
    asked: IntBounds,
    /// Those that are shown at all.
    shown: IntBounds,
}

impl ChannelMap {
    fn of(set: &SetImageChannels) -> Option<Self> {
        let asked = set.channel_range.filter(|_| set.channel_map_enabled)?;
        Some(Self { asked, shown: set.current_range.unwrap_or_default() })
    }
}

impl TileRequest {
    /// The tiles that a message asks for, if any.
    pub(super) fn of(event: EventType, frame: &Frame) -> Option<Self> {
        match event {
            EventType::AddRequiredTiles => {
                let AddRequiredTiles { file_id, tiles, .. } = frame.decode().ok()?;
                let request = Self { file_id, of: None, missing: 1, superseded: false };
                (!tiles.is_empty()).then_some(request)
            }
            EventType::SetImageChannels => {
                let set: SetImageChannels = frame.decode().ok()?;
                // Each channel of a map is complete by itself.
                let (first, last) = ChannelMap::of(&set)
                    .map_or((set.channel, set.channel), |map| (map.asked.min, map.asked.max));
                set.required_tiles.filter(|required| !required.tiles.is_empty())?;
                let missing = last.checked_sub(first)?.checked_add(1)?.try_into().ok()?;
                let of = Some(Channels { first, last, stokes: set.stokes });
                Some(Self { file_id: set.file_id, of, missing, superseded: false })
            }
            _ => None,
        }
    }
}

impl Ledger {
    /// Whether any tile request is open.
    pub(super) fn awaits_tiles(&self) -> bool {
        self.entries().iter().any(|entry| entry.tiles.is_some())
    }

    /// The images that tiles were asked of.
    pub(super) fn images_with_tiles(&self) -> IdSet {
        let mut images = IdSet::new();
        for entry in self.entries() {
            if let Some(request) = entry.tiles {
                images.insert(request.file_id, ());
            }
        }
        images
    }

    /// A set of tiles is complete: the oldest request that asked for it is
    /// answered, or has one channel less to wait for.
    pub(super) fn tiles_complete(&mut self, sync: &RasterTileSync) {
        let matching = self.tiles_mut().find(|(_, request)| {
            request.file_id == sync.file_id && request.of.is_none_or(|of| of.includes(sync))
        });
        let Some((sequence, request)) = matching else { return };
        request.missing = request.missing.saturating_sub(1);
        if request.missing == 0 {
            self.drop_tiles(sequence);
        }
    }

    /// The image moves to another channel: what it was asked for until now is not
    /// needed any more, but for the rest of a map of channels. If it comes, it must
    /// not be taken for what is asked next.
    pub(super) fn supersede_tiles(&mut self, set: &SetImageChannels) {
        let map = ChannelMap::of(set);
        for (_, request) in self.tiles_mut().filter(|(_, request)| request.file_id == set.file_id) {
            let is_shown = map
                .as_ref()
                .zip(request.of)
                .is_some_and(|(map, of)| of.overlaps(map.shown) && !of.overlaps(map.asked));
            request.superseded |= !is_shown;
        }
    }

    /// The tiles that were asked for before `sequence` will not come; `None` = of every
    /// image.
    pub(super) fn tiles_superseded(&mut self, file_id: Option<i32>, sequence: Sequence) {
        for earlier in self.tile_requests(file_id, sequence) {
            self.drop_tiles(earlier);
        }
    }

    pub(super) fn bound_tiles(&mut self, file_id: i32) {
        let requests = self.tile_requests(Some(file_id), Sequence::MAX);
        for &oldest in requests.iter().take(requests.len().saturating_sub(MAX_REQUESTS)) {
            self.drop_tiles(oldest);
        }
    }

    fn tile_requests(&self, file_id: Option<i32>, end: Sequence) -> Vec<Sequence> {
        self.select(end, &|entry| {
            entry.tiles.is_some_and(|request| file_id.is_none_or(|id| id == request.file_id))
        })
    }
}
