//! A view reads and writes on the wire what the full message does.

use std::fmt::Debug;

use carta_resume::protocol::messages::{self as m, views};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::Index,
};
use prost::{Message, bytes::Bytes};

/// The full message, as a viewer or backend sends it, is read as the view and written again: the
/// result is the same message. Fields that the view leaves out must be empty.
fn agree<Full, View>(full: &Full) -> View
where
    Full: Message + Default + PartialEq + Debug,
    View: Message + Default,
{
    let view = View::decode(&*full.encode_to_vec()).unwrap();
    assert_eq!(&Full::decode(&*view.encode_to_vec()).unwrap(), full);
    view
}

fn any_point() -> impl Strategy<Value = m::Point> {
    let number = -1e6_f32..1e6;
    (number.clone(), number).prop_map(|(x, y)| m::Point { x, y })
}

prop_compose! {
    fn any_region()(
        region_type in 0..14_i32, control_points in vec(any_point(), 0..5), rotation in 0_f32..360.0,
    ) -> m::RegionInfo {
        m::RegionInfo { region_type, control_points, rotation }
    }
}

prop_compose! {
    fn any_stokes_file()(
        directory: String, file: String, hdu: String, polarization_type: i32,
    ) -> m::StokesFile {
        m::StokesFile { directory, file, hdu, polarization_type }
    }
}

prop_compose! {
    fn any_contours()(
        file_id: u32, reference_file_id: u32, levels in vec(-1e9..1e9_f64, 0..4),
        bounds in proptest::option::of(any::<[i32; 4]>()), smoothing_factor: i32,
    ) -> m::SetContourParameters {
        let image_bounds = bounds
            .map(|[x_min, x_max, y_min, y_max]| m::ImageBounds { x_min, x_max, y_min, y_max });
        m::SetContourParameters {
            file_id,
            reference_file_id,
            image_bounds,
            levels,
            smoothing_factor,
            ..Default::default()
        }
    }
}

prop_compose! {
    fn any_overlay()(
        file_id: u32, threshold in -1e9..1e9_f64, stokes_intensity: i32, fractional: bool,
    ) -> m::SetVectorOverlayParameters {
        m::SetVectorOverlayParameters {
            file_id,
            threshold,
            stokes_intensity,
            fractional,
            ..Default::default()
        }
    }
}

prop_compose! {
    fn any_image()(
        texts: [String; 3], numbers: [i32; 4], flags: [bool; 2],
        regions in btree_map(any::<i32>(), any_region(), 0..4),
        contour_settings in proptest::option::of(any_contours()),
        stokes_files in vec(any_stokes_file(), 0..3),
        vector_overlay_settings in proptest::option::of(any_overlay()),
    ) -> m::ImageProperties {
        let [directory, file, hdu] = texts;
        let [file_id, render_mode, channel, stokes] = numbers;
        let [lel_expr, support_aips_beam] = flags;
        m::ImageProperties {
            directory,
            file,
            lel_expr,
            hdu,
            file_id,
            render_mode,
            channel,
            stokes,
            regions,
            contour_settings,
            stokes_files,
            support_aips_beam,
            vector_overlay_settings,
        }
    }
}

prop_compose! {
    fn any_catalog()(
        directory: String, name: String, file_id: i32, preview_data_size: i32,
    ) -> m::OpenCatalogFile {
        m::OpenCatalogFile { directory, name, file_id, preview_data_size }
    }
}

prop_compose! {
    fn any_session()(
        images in vec(any_image(), 0..4), catalog_files in vec(any_catalog(), 0..3),
    ) -> m::ResumeSession {
        m::ResumeSession { images, catalog_files }
    }
}

proptest! {
    #[test]
    fn a_session_is_the_same(session in any_session()) {
        let view: views::ResumeSession = agree(&session);
        for (image, full) in view.images.iter().zip(&session.images) {
            for (entry, (&id, region)) in image.regions.iter().zip(&full.regions) {
                // Encoders of maps leave out a key that is 0.
                prop_assert_eq!(entry.region_id.unwrap_or_default(), id);
                let info = entry.info.clone().unwrap_or_default();
                prop_assert_eq!(&m::RegionInfo::decode(info).unwrap(), region);
            }
        }
    }

    #[test]
    fn a_region_that_is_set_is_the_same(
        file_id: i32, region_id: i32, info in any_region(), preview_region: bool,
    ) {
        let region_info = Some(info.clone());
        let set = m::SetRegion { file_id, region_id, region_info, preview_region };
        let view: views::SetRegion = agree(&set);
        prop_assert_eq!((view.file_id, view.region_id), (file_id, region_id));
        prop_assert_eq!(view.preview_region, preview_region);
        prop_assert_eq!(m::RegionInfo::decode(view.region_info).unwrap(), info.clone());
        let points = views::RegionInfo::decode(&*info.encode_to_vec()).unwrap().control_points;
        let points: Vec<m::Point> =
            points.into_iter().map(|point| m::Point::decode(point).unwrap()).collect();
        prop_assert_eq!(points, info.control_points);
    }

    #[test]
    fn a_cursor_is_the_same(
        file_id: i32, point in proptest::option::of(any_point()), wants: Option<i32>,
    ) {
        let spatial_requirements =
            wants.map(|file_id| m::SetSpatialRequirements { file_id, ..Default::default() });
        let set = m::SetCursor { file_id, point, spatial_requirements };
        let view: views::SetCursor = agree(&set);
        prop_assert_eq!(view.point.is_some(), point.is_some());
    }

    #[test]
    fn a_joined_image_is_the_same(
        file_id: i32, render_mode: i32, stokes_files in vec(any_stokes_file(), 0..4),
    ) {
        let join = m::ConcatStokesFiles { stokes_files, file_id, render_mode };
        agree::<_, views::ConcatStokesFiles>(&join);
        let ack = m::ConcatStokesFilesAck {
            success: true,
            open_file_ack: Some(opened(file_id)),
            ..Default::default()
        };
        let view: views::ConcatStokesFilesAck = agree(&ack);
        prop_assert_eq!(&*view.open_file_ack, opened(file_id).encode_to_vec());
    }

    #[test]
    fn imported_regions_are_the_same(
        success: bool, regions in btree_map(any::<i32>(), any_region(), 0..4), name: String,
    ) {
        let style = m::RegionStyle { name: name.clone(), ..Default::default() };
        let region_styles = [(7, style)].into();
        let ack = m::ImportRegionAck { success, regions, region_styles, ..Default::default() };
        let view: views::ImportRegionAck = agree(&ack);
        let style = &view.region_styles[0];
        prop_assert_eq!(style.region_id, 7);
        prop_assert_eq!(&*style.style.clone().unwrap_or_default().name, name.as_bytes());
    }

    #[test]
    fn a_registration_is_read_alike(session_id: u32, success: bool, message: String) {
        let ack = m::RegisterViewerAck { session_id, success, message, session_type: 1, ..Default::default() };
        agree::<_, views::RegisterViewerAck>(&ack);
    }

    /// Fields that are left out may hold anything; the others are refused where the full message
    /// refuses them.
    #[test]
    fn a_view_refuses_no_more_than_the_message(
        session in any_session(), changes in vec((any::<Index>(), any::<u8>()), 0..3),
        cut in any::<Index>(),
    ) {
        let mut payload = session.encode_to_vec();
        for (at, byte) in changes {
            if !payload.is_empty() {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
        }
        payload.truncate(cut.index(payload.len() + 1));
        if let Ok(full) = m::ResumeSession::decode(&*payload) {
            let view = views::ResumeSession::decode(&*payload).unwrap();
            let again = m::ResumeSession::decode(&*view.encode_to_vec()).unwrap();
            // Compared as text, because NaN is not equal to itself.
            prop_assert_eq!(format!("{again:?}"), format!("{full:?}"));
        }
    }
}

/// What a backend says about an image, as far as it is read.
fn opened(file_id: i32) -> m::OpenFileAck {
    m::OpenFileAck {
        success: true,
        file_id,
        file_info: Some(m::FileInfo { name: "a\u{e9}.fits".into(), ..Default::default() }),
        file_info_extended: Some(m::FileInfoExtended { depth: 8, stokes: 4, ..Default::default() }),
        ..Default::default()
    }
}

#[test]
fn an_opened_image_is_read_alike() {
    let view: views::OpenFileAck = agree(&opened(3));
    assert_eq!((view.success, view.file_id), (true, 3));
    assert_eq!(view.file_info.unwrap().name, "a\u{e9}.fits");
    let size = view.file_info_extended.unwrap();
    assert_eq!((size.depth, size.stokes), (8, 4));
}

#[test]
fn generated_images_are_the_same() {
    let acks = vec![opened(1001), opened(1002)];
    let moments = m::MomentResponse { open_file_acks: acks, ..Default::default() };
    assert_eq!(agree::<_, views::GeneratedImages>(&moments).open_file_acks.len(), 2);
    let pv = m::PvResponse { open_file_ack: Some(opened(1003)), ..Default::default() };
    assert_eq!(agree::<_, views::GeneratedImages>(&pv).open_file_acks[0].file_id, 1003);
    let remote = m::RemoteFileResponse { open_file_ack: Some(opened(9)), ..Default::default() };
    assert_eq!(agree::<_, views::GeneratedImages>(&remote).open_file_acks[0].file_id, 9);
    let fit = m::FittingResponse {
        model_image: Some(opened(1004)),
        residual_image: Some(opened(1005)),
        ..Default::default()
    };
    let view: views::FittedImages = agree(&fit);
    assert_eq!(view.residual_image.unwrap().file_id, 1005);
}

#[test]
fn an_animation_begins_where_it_is_told_last() {
    let frame = |channel| Some(m::AnimationFrame { channel, stokes: 1 });
    let tiles = m::AddRequiredTiles { file_id: 1, tiles: vec![0, 5], ..Default::default() };
    let start = m::StartAnimation {
        file_id: 1,
        first_frame: frame(0),
        start_frame: frame(3),
        last_frame: Some(m::AnimationFrame::default()),
        delta_frame: frame(1),
        frame_rate: 5,
        looping: true,
        reverse: true,
        required_tiles: Some(tiles),
        matched_frames: [(7, m::MatchedFrameList { frame_numbers: vec![0.5, 1.5] })].into(),
        stokes_indices: vec![0, 13],
    };
    let view = views::StartAnimation::decode(&*start.encode_to_vec()).unwrap();
    let at = view.start_frame.unwrap();
    assert_eq!((view.file_id, at.channel, at.stokes), (1, Some(3), Some(1)));
    assert_eq!((view.matched_frames[0].file_id, view.stokes_indices), (Some(7), vec![0, 13]));
    // Another start frame after it replaces its own.
    let again = views::AnimationFrame { channel: Some(0), stokes: Some(0) };
    let again = views::StartFrame { start_frame: Some(again) };
    let payload = [start.encode_to_vec(), again.encode_to_vec()].concat();
    let again = m::StartAnimation::decode(&*payload).unwrap();
    assert_eq!(
        again,
        m::StartAnimation { start_frame: Some(m::AnimationFrame::default()), ..start }
    );
}

#[test]
fn all_requirements_are_the_same() {
    let config = || "z".to_owned();
    let spatial = m::set_spatial_requirements::SpatialConfig {
        coordinate: config(),
        width: 3,
        ..Default::default()
    };
    let (file_id, region_id) = (2, -1);
    let full = m::SetSpatialRequirements { file_id, region_id, spatial_profiles: vec![spatial] };
    assert_eq!(agree::<_, views::SetRequirements>(&full).configs.len(), 1);
    let stats =
        m::set_stats_requirements::StatsConfig { coordinate: config(), ..Default::default() };
    let full = m::SetStatsRequirements { file_id, region_id, stats_configs: vec![stats] };
    assert_eq!(agree::<_, views::SetRequirements>(&full).configs.len(), 1);
    let spectral = m::set_spectral_requirements::SpectralConfig {
        coordinate: config(),
        stats_types: vec![1, 2],
    };
    let full = m::SetSpectralRequirements { file_id, region_id, spectral_profiles: vec![spectral] };
    assert_eq!(agree::<_, views::SetRequirements>(&full).configs.len(), 1);
    let histogram = m::HistogramConfig { coordinate: config(), ..Default::default() };
    let full = m::SetHistogramRequirements { file_id, region_id, histograms: vec![histogram] };
    let view: views::SetRequirements = agree(&full);
    assert_eq!((view.file_id, view.region_id), (file_id, region_id));
}

#[test]
fn what_is_not_text_in_what_is_left_out_is_no_reason_to_refuse() {
    // user_preferences with a value that is not UTF-8.
    let entry = [0x0A, 1, b'k', 0x12, 1, 0xFF];
    let ack = [&[0x10, 1, 0x32, 6][..], &entry].concat();
    assert!(m::RegisterViewerAck::decode(&*ack).is_err());
    assert!(views::RegisterViewerAck::decode(&*ack).unwrap().success);
    // A header entry whose name is not.
    let ack = [0x08, 1, 0x2A, 5, 0x3A, 3, 0x0A, 1, 0xFF];
    assert!(m::OpenFileAck::decode(&ack[..]).is_err());
    assert!(views::OpenFileAck::decode(&ack[..]).unwrap().success);
    // The name of an imported region.
    let style = [0x22, 10, 0x0D, 1, 0, 0, 0, 0x12, 3, 0x0A, 1, 0xFF];
    let ack = [&[0x08, 1][..], &style].concat();
    assert!(m::ImportRegionAck::decode(&*ack).is_err());
    let styles = views::ImportRegionAck::decode(&*ack).unwrap().region_styles;
    assert_eq!(&*styles[0].style.as_ref().unwrap().name, [0xFF]);
}

#[test]
fn nothing_is_copied_of_what_is_kept_as_bytes() {
    let info = m::RegionInfo { rotation: 1.0, ..Default::default() };
    let set = m::SetRegion { region_info: Some(info), ..Default::default() };
    let payload = Bytes::from(set.encode_to_vec());
    let view = views::SetRegion::decode(payload.clone()).unwrap();
    assert!(payload.as_ptr_range().contains(&view.region_info.as_ptr()));
}
