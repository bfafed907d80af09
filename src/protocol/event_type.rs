//! The numbers that say what a frame carries, and which answers which.
//!
//! Source: CARTA interface control document, enumeration `EventType`; the
//! viewers 4.1.0 and 6.0.0. The gaps in the numbering are unused.

macro_rules! event_types {
    ($($number:literal $variant:ident $name:literal,)+) => {
        /// What a frame carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum EventType {
            $($variant = $number,)+
        }

        impl EventType {
            /// Every event type, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The event type of a header's number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The interface's own name, for example `OPEN_FILE`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

event_types! {
    0 EmptyEvent "EMPTY_EVENT",
    1 RegisterViewer "REGISTER_VIEWER",
    2 FileListRequest "FILE_LIST_REQUEST",
    3 FileInfoRequest "FILE_INFO_REQUEST",
    4 OpenFile "OPEN_FILE",
    6 SetImageChannels "SET_IMAGE_CHANNELS",
    7 SetCursor "SET_CURSOR",
    8 SetSpatialRequirements "SET_SPATIAL_REQUIREMENTS",
    9 SetHistogramRequirements "SET_HISTOGRAM_REQUIREMENTS",
    10 SetStatsRequirements "SET_STATS_REQUIREMENTS",
    11 SetRegion "SET_REGION",
    12 RemoveRegion "REMOVE_REGION",
    13 CloseFile "CLOSE_FILE",
    14 SetSpectralRequirements "SET_SPECTRAL_REQUIREMENTS",
    15 StartAnimation "START_ANIMATION",
    16 StartAnimationAck "START_ANIMATION_ACK",
    17 StopAnimation "STOP_ANIMATION",
    18 RegisterViewerAck "REGISTER_VIEWER_ACK",
    19 FileListResponse "FILE_LIST_RESPONSE",
    20 FileInfoResponse "FILE_INFO_RESPONSE",
    21 OpenFileAck "OPEN_FILE_ACK",
    22 SetRegionAck "SET_REGION_ACK",
    23 RegionHistogramData "REGION_HISTOGRAM_DATA",
    25 SpatialProfileData "SPATIAL_PROFILE_DATA",
    26 SpectralProfileData "SPECTRAL_PROFILE_DATA",
    27 RegionStatsData "REGION_STATS_DATA",
    28 ErrorData "ERROR_DATA",
    29 AnimationFlowControl "ANIMATION_FLOW_CONTROL",
    30 AddRequiredTiles "ADD_REQUIRED_TILES",
    31 RemoveRequiredTiles "REMOVE_REQUIRED_TILES",
    32 RasterTileData "RASTER_TILE_DATA",
    33 RegionListRequest "REGION_LIST_REQUEST",
    34 RegionListResponse "REGION_LIST_RESPONSE",
    35 RegionFileInfoRequest "REGION_FILE_INFO_REQUEST",
    36 RegionFileInfoResponse "REGION_FILE_INFO_RESPONSE",
    37 ImportRegion "IMPORT_REGION",
    38 ImportRegionAck "IMPORT_REGION_ACK",
    39 ExportRegion "EXPORT_REGION",
    40 ExportRegionAck "EXPORT_REGION_ACK",
    45 SetContourParameters "SET_CONTOUR_PARAMETERS",
    46 ContourImageData "CONTOUR_IMAGE_DATA",
    47 ResumeSession "RESUME_SESSION",
    48 ResumeSessionAck "RESUME_SESSION_ACK",
    49 RasterTileSync "RASTER_TILE_SYNC",
    50 CatalogListRequest "CATALOG_LIST_REQUEST",
    51 CatalogListResponse "CATALOG_LIST_RESPONSE",
    52 CatalogFileInfoRequest "CATALOG_FILE_INFO_REQUEST",
    53 CatalogFileInfoResponse "CATALOG_FILE_INFO_RESPONSE",
    54 OpenCatalogFile "OPEN_CATALOG_FILE",
    55 OpenCatalogFileAck "OPEN_CATALOG_FILE_ACK",
    56 CloseCatalogFile "CLOSE_CATALOG_FILE",
    57 CatalogFilterRequest "CATALOG_FILTER_REQUEST",
    58 CatalogFilterResponse "CATALOG_FILTER_RESPONSE",
    59 ScriptingRequest "SCRIPTING_REQUEST",
    60 ScriptingResponse "SCRIPTING_RESPONSE",
    61 MomentRequest "MOMENT_REQUEST",
    62 MomentResponse "MOMENT_RESPONSE",
    63 MomentProgress "MOMENT_PROGRESS",
    64 StopMomentCalc "STOP_MOMENT_CALC",
    65 SaveFile "SAVE_FILE",
    66 SaveFileAck "SAVE_FILE_ACK",
    69 ConcatStokesFiles "CONCAT_STOKES_FILES",
    70 ConcatStokesFilesAck "CONCAT_STOKES_FILES_ACK",
    71 FileListProgress "FILE_LIST_PROGRESS",
    72 StopFileList "STOP_FILE_LIST",
    75 PvRequest "PV_REQUEST",
    76 PvResponse "PV_RESPONSE",
    77 PvProgress "PV_PROGRESS",
    78 StopPvCalc "STOP_PV_CALC",
    79 FittingRequest "FITTING_REQUEST",
    80 FittingResponse "FITTING_RESPONSE",
    81 SetVectorOverlayParameters "SET_VECTOR_OVERLAY_PARAMETERS",
    82 VectorOverlayTileData "VECTOR_OVERLAY_TILE_DATA",
    83 FittingProgress "FITTING_PROGRESS",
    84 StopFitting "STOP_FITTING",
    85 PvPreviewData "PV_PREVIEW_DATA",
    86 StopPvPreview "STOP_PV_PREVIEW",
    87 ClosePvPreview "CLOSE_PV_PREVIEW",
    88 RemoteFileRequest "REMOTE_FILE_REQUEST",
    89 RemoteFileResponse "REMOTE_FILE_RESPONSE",
    90 ChannelMapFlowControl "CHANNEL_MAP_FLOW_CONTROL",
}

impl EventType {
    /// The number in a frame's header.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// What answers this request, with the same request id. `None` for what
    /// gets no answer.
    pub const fn answer(self) -> Option<Self> {
        Some(match self {
            Self::RegisterViewer => Self::RegisterViewerAck,
            Self::FileListRequest => Self::FileListResponse,
            Self::FileInfoRequest => Self::FileInfoResponse,
            Self::OpenFile => Self::OpenFileAck,
            Self::SetRegion => Self::SetRegionAck,
            Self::StartAnimation => Self::StartAnimationAck,
            Self::RegionListRequest => Self::RegionListResponse,
            Self::RegionFileInfoRequest => Self::RegionFileInfoResponse,
            Self::ImportRegion => Self::ImportRegionAck,
            Self::ExportRegion => Self::ExportRegionAck,
            Self::ResumeSession => Self::ResumeSessionAck,
            Self::CatalogListRequest => Self::CatalogListResponse,
            Self::CatalogFileInfoRequest => Self::CatalogFileInfoResponse,
            Self::OpenCatalogFile => Self::OpenCatalogFileAck,
            Self::CatalogFilterRequest => Self::CatalogFilterResponse,
            Self::MomentRequest => Self::MomentResponse,
            Self::SaveFile => Self::SaveFileAck,
            Self::ConcatStokesFiles => Self::ConcatStokesFilesAck,
            Self::PvRequest => Self::PvResponse,
            Self::FittingRequest => Self::FittingResponse,
            Self::RemoteFileRequest => Self::RemoteFileResponse,
            _ => return None,
        })
    }

    /// Whether the backend streams it, image data first of all: it answers
    /// nothing, and nothing of it is kept, so that the viewer can have it
    /// without a look at it.
    ///
    /// RASTER_TILE_SYNC is not among them: it tells when tiles are complete. Nor is how far
    /// a calculation is, which may be one that is made again.
    pub const fn is_stream(self) -> bool {
        matches!(
            self,
            Self::RegionHistogramData
                | Self::SpatialProfileData
                | Self::SpectralProfileData
                | Self::RegionStatsData
                | Self::ErrorData
                | Self::RasterTileData
                | Self::ContourImageData
                | Self::FileListProgress
                | Self::VectorOverlayTileData
                | Self::PvPreviewData
        )
    }

    /// Whether a viewer sends it many times a second, while the user moves the
    /// cursor, drags a region, or steps through channels and tiles.
    pub const fn is_frequent(self) -> bool {
        matches!(
            self,
            Self::SetImageChannels | Self::SetCursor | Self::SetRegion | Self::AddRequiredTiles
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_go_both_ways() {
        for &event in EventType::ALL {
            assert_eq!(EventType::from_number(event.number()), Some(event), "{}", event.name());
        }
        assert_eq!(EventType::from_number(5), None);
        assert_eq!(EventType::from_number(90), Some(EventType::ChannelMapFlowControl));
    }

    #[test]
    fn streams_answer_nothing() {
        let answers: Vec<EventType> =
            EventType::ALL.iter().filter_map(|event| event.answer()).collect();
        for &event in EventType::ALL.iter().filter(|event| event.is_stream()) {
            assert!(!answers.contains(&event), "{}", event.name());
            assert!(!event.is_frequent(), "{}", event.name());
        }
    }
}
