//! What is read of a payload in place is what a generated decoder reads.

use carta_resume::protocol::{
    messages::{
        self, ImageBounds, IntBounds, Point, RegionInfo, SetContourParameters,
        SetVectorOverlayParameters,
    },
    views,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use prost::Message;

/// A message of each kind that goes into a RESUME_SESSION, filled.
fn filled() -> [Vec<u8>; 6] {
    let name = || "a\u{e9}.fits".to_owned();
    [
        messages::OpenFile {
            directory: "set".into(),
            file: name(),
            hdu: "1".into(),
            file_id: -3,
            render_mode: 1,
            lel_expr: true,
            support_aips_beam: true,
        }
        .encode_to_vec(),
        messages::StokesFile {
            directory: "set".into(),
            file: name(),
            hdu: "1".into(),
            polarization_type: -1,
        }
        .encode_to_vec(),
        messages::OpenCatalogFile {
            directory: "set".into(),
            name: name(),
            file_id: 300,
            preview_data_size: 50,
        }
        .encode_to_vec(),
        RegionInfo {
            region_type: 3,
            control_points: vec![Point { x: 1.5, y: -2.0 }, Point::default()],
            rotation: 45.0,
        }
        .encode_to_vec(),
        SetContourParameters {
            file_id: 2,
            reference_file_id: 1,
            image_bounds: Some(ImageBounds { x_min: 1, x_max: 2, y_min: -3, y_max: 4 }),
            levels: vec![0.5, -1e300],
            smoothing_mode: 2,
            smoothing_factor: 4,
            decimation_factor: 5,
            compression_level: -6,
            contour_chunk_size: 100_000,
            channel_range: Some(IntBounds { min: 1, max: 9 }),
        }
        .encode_to_vec(),
        SetVectorOverlayParameters {
            file_id: 2,
            image_bounds: Some(ImageBounds { x_min: 1, x_max: 2, y_min: -3, y_max: 4 }),
            smoothing_factor: 3,
            fractional: true,
            threshold: f64::NAN,
            debiasing: true,
            q_error: 0.1,
            u_error: 0.2,
            stokes_intensity: -1,
            stokes_angle: 1,
            compression_type: 1,
            compression_quality: 11.0,
            threshold_option: 2,
        }
        .encode_to_vec(),
    ]
}

/// What is read in place must be readable by a generated decoder, and be the
/// same. Returns which of the kinds could be read.
fn compare(payload: &[u8]) -> [bool; 6] {
    let mut read = [false; 6];
    if let Ok(view) = views::OpenFile::read(payload) {
        let message = messages::OpenFile::decode(payload).unwrap();
        assert_eq!(
            (view.directory, view.file, view.hdu, view.file_id),
            (&*message.directory, &*message.file, &*message.hdu, message.file_id)
        );
        assert_eq!(
            (view.render_mode, view.lel_expr, view.support_aips_beam),
            (message.render_mode, message.lel_expr, message.support_aips_beam)
        );
        read[0] = true;
    }
    if let Ok(view) = views::StokesFile::read(payload) {
        let message = messages::StokesFile::decode(payload).unwrap();
        assert_eq!(
            (view.directory, view.file, view.hdu, view.polarization_type),
            (&*message.directory, &*message.file, &*message.hdu, message.polarization_type)
        );
        read[1] = true;
    }
    if let Ok(view) = views::OpenCatalogFile::read(payload) {
        let message = messages::OpenCatalogFile::decode(payload).unwrap();
        assert_eq!(
            (view.directory, view.name, view.file_id, view.preview_data_size),
            (&*message.directory, &*message.name, message.file_id, message.preview_data_size)
        );
        read[2] = true;
    }
    if let Ok(view) = views::RegionInfo::read(payload) {
        let message = RegionInfo::decode(payload).unwrap();
        let bits = |(x, y): (f32, f32)| (x.to_bits(), y.to_bits());
        let points: Vec<_> = view.points.into_iter().map(bits).collect();
        let expected: Vec<_> = message.control_points.iter().map(|p| bits((p.x, p.y))).collect();
        assert_eq!((view.region_type, points), (message.region_type, expected));
        assert_eq!(view.rotation.to_bits(), message.rotation.to_bits());
        read[3] = true;
    }
    if let Ok(view) = views::ContourParameters::read(payload) {
        let message = SetContourParameters::decode(payload).unwrap();
        let bits = |levels: Vec<f64>| levels.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(view.has_levels(), !message.levels.is_empty());
        assert_eq!(bits(view.levels()), bits(message.levels));
        assert_eq!(
            (view.reference_file_id(), view.image_bounds().is_some()),
            (message.reference_file_id, message.image_bounds.is_some())
        );
        assert_eq!(
            [
                view.smoothing_mode(),
                view.smoothing_factor(),
                view.decimation_factor(),
                view.compression_level(),
                view.contour_chunk_size(),
            ],
            [
                message.smoothing_mode,
                message.smoothing_factor,
                message.decimation_factor,
                message.compression_level,
                message.contour_chunk_size,
            ]
        );
        read[4] = true;
    }
    if let Ok(overlay) = views::VectorOverlayParameters::read(payload) {
        let message = SetVectorOverlayParameters::decode(payload).unwrap();
        let shown = message.stokes_intensity >= 0 || message.stokes_angle >= 0;
        assert_eq!(overlay.is_shown(), shown);
        assert_eq!(
            [overlay.threshold(), overlay.q_error(), overlay.u_error()].map(f64::to_bits),
            [message.threshold, message.q_error, message.u_error].map(f64::to_bits)
        );
        assert_eq!(
            (overlay.fractional(), overlay.debiasing(), overlay.threshold_option()),
            (message.fractional, message.debiasing, message.threshold_option)
        );
        assert_eq!(overlay.smoothing_factor().cast_unsigned(), message.smoothing_factor);
        read[5] = true;
    }
    read
}

#[test]
fn every_kind_is_read_whole() {
    for (kind, payload) in filled().iter().enumerate() {
        assert!(compare(payload)[kind], "kind {kind}");
    }
    assert_eq!(compare(&[]), [true; 6], "a message with every field at its default");
    let contours = views::ContourParameters::read(&filled()[4]).unwrap().image_bounds();
    assert_eq!(contours, Some([1, 2, -3, 4]));
}

#[test]
fn what_is_cut_off_is_not_read() {
    for (kind, payload) in filled().iter().enumerate() {
        let decodes = |length: usize| compare(&payload[..length])[kind];
        let read = (0..payload.len()).filter(|&length| decodes(length)).count();
        // Between two fields there is nothing to notice.
        assert!(read < 16, "kind {kind}: {read}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn whatever_the_bytes_nothing_is_read_that_a_decoder_refuses(
        kind in 0..6_usize,
        changes in vec((any::<Index>(), any::<u8>()), 1..4),
        cut in any::<Index>(),
    ) {
        let mut payload = filled()[kind].clone();
        for (at, byte) in changes {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        compare(&payload);
        payload.truncate(cut.index(payload.len() + 1));
        compare(&payload);
    }

    #[test]
    fn whatever_a_decoder_reads_is_read_unless_it_has_groups(payload in vec(any::<u8>(), 0..12)) {
        let read = compare(&payload);
        let has_group = payload.iter().any(|byte| matches!(byte & 7, 3 | 4));
        if !has_group {
            prop_assert_eq!(read[0], messages::OpenFile::decode(&*payload).is_ok());
            prop_assert_eq!(read[3], RegionInfo::decode(&*payload).is_ok());
            prop_assert_eq!(read[4], SetContourParameters::decode(&*payload).is_ok());
        }
    }
}
