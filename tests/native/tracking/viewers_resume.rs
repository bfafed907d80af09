//! A RESUME_SESSION of the viewer's own: afterwards, the tracker keeps what it says.

use crate::tracking::support::{Session, rectangle, stored::overlay};
use carta_resume::protocol::{
    EventType,
    messages::{
        ImageProperties, OpenCatalogFile, OpenCatalogFileAck, Point, RegionInfo, ResumeSession,
        ResumeSessionAck, SetContourParameters, SetVectorOverlayParameters, StokesFile,
    },
};
use prost::Message;

const ICD: u16 = 30;

fn cursor(points: &[Point]) -> RegionInfo {
    RegionInfo { control_points: points.to_vec(), ..RegionInfo::default() }
}

/// Everything that a viewer can say.
fn everything() -> ResumeSession {
    let stokes = |file: &str, polarization_type| StokesFile {
        directory: "pol".into(),
        file: file.into(),
        hdu: "1".into(),
        polarization_type,
    };
    let contours =
        SetContourParameters { levels: vec![0.5, 2.0], smoothing_factor: 4, ..Default::default() };
    let joined = ImageProperties {
        directory: "set".into(),
        file: "joined.hypercube".into(),
        file_id: 4,
        channel: 3,
        stokes: 1,
        regions: [(7, rectangle(1.5)), (9, rectangle(20.0))].into(),
        stokes_files: vec![stokes("i.fits", 1), stokes("q.fits", 2)],
        vector_overlay_settings: Some(overlay(4)),
        ..ImageProperties::default()
    };
    let plain = ImageProperties {
        directory: "other".into(),
        file: "a.fits".into(),
        hdu: "2".into(),
        file_id: 2,
        channel: 5,
        support_aips_beam: true,
        contour_settings: Some(SetContourParameters { file_id: 2, ..contours }),
        ..ImageProperties::default()
    };
    let expression = ImageProperties {
        file: "\"a\" + 1".into(),
        file_id: 6,
        lel_expr: true,
        ..ImageProperties::default()
    };
    let catalog = OpenCatalogFile { name: "stars.vot".into(), file_id: 1, ..Default::default() };
    ResumeSession { images: vec![plain, joined, expression], catalog_files: vec![catalog] }
}

#[test]
fn an_overlay_that_says_nothing_is_no_overlay() {
    // CARTA 6.0.0 sends one for every image that has none.
    let image = |file_id, settings| ImageProperties {
        file: format!("{file_id}.fits"),
        file_id,
        vector_overlay_settings: Some(settings),
        ..ImageProperties::default()
    };
    let images = vec![image(0, overlay(0)), image(3, SetVectorOverlayParameters::default())];
    let session = after(&ResumeSession { images, ..ResumeSession::default() }, "");
    let state = session.tracker.workspace().viewer_state();
    let overlays: Vec<_> = state.images.iter().map(|image| image.has_vector_overlay).collect();
    assert_eq!(overlays, [true, false]);
    let again = session.tracker.clone().after_resume(28);
    assert_eq!(again, [(EventType::SetVectorOverlayParameters, overlay(0).encode_to_vec())]);
}

/// A viewer that had other things open sends this, and gets this answer.
fn after(resume: &ResumeSession, problem: &str) -> Session {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(3.0));
    let old = OpenCatalogFile { name: "old.vot".into(), file_id: 5, ..Default::default() };
    let id = session.send(EventType::OpenCatalogFile, &old);
    let opened = OpenCatalogFileAck { success: true, file_id: 5, ..Default::default() };
    session.receive(EventType::OpenCatalogFileAck, id, &opened);

    let id = session.send(EventType::ResumeSession, resume);
    let ack = ResumeSessionAck { success: problem.is_empty(), message: problem.to_owned() };
    assert!(session.receive(EventType::ResumeSessionAck, id, &ack));
    session
}

#[test]
fn everything_that_it_says_is_kept_and_nothing_else() {
    let session = after(&everything(), "");
    let kept = session.resume_at(ICD);
    for (kept, said) in kept.images.iter().zip(&everything().images) {
        assert_eq!(format!("{kept:?}"), format!("{said:?}"), "NaN is NaN here");
    }
    assert_eq!(kept.images.len(), 3);
    // A RESUME_SESSION leaves open catalogs alone.
    assert!(kept.catalog_files.contains(&everything().catalog_files[0]));
}

#[test]
fn what_it_could_not_say_of_an_image_is_left_out() {
    let said = |file_id| ImageProperties { file_id, ..ImageProperties::default() };
    let resume = ResumeSession { images: vec![said(-1), said(3)], ..ResumeSession::default() };
    let ids: Vec<i32> = after(&resume, "").resume().images.iter().map(|it| it.file_id).collect();
    assert_eq!(ids, [3]);
}

#[test]
fn its_cursor_is_kept_if_it_has_a_point() {
    let at = Point { x: 12.0, y: 34.5 };
    let image = |cursor| ImageProperties {
        file: "a.fits".into(),
        regions: [(0, cursor), (1, rectangle(2.0))].into(),
        ..ImageProperties::default()
    };
    let of = |image| ResumeSession { images: vec![image], ..ResumeSession::default() };
    let session = after(&of(image(cursor(&[at]))), "");
    assert_eq!(session.resume().images[0].regions[&0].control_points, [at]);
    let session = after(&of(image(cursor(&[]))), "");
    assert_eq!(session.region_ids(), [1]);
}

#[test]
fn what_the_backend_could_not_restore_is_not_there() {
    let whole = after(&everything(), "");
    let part = after(&everything(), "Problem loading files: 4 Problem loading regions: ");
    assert_eq!(whole.after_resume().len(), part.after_resume().len() + 1, "one overlay less");
}
