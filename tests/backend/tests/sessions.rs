//! What a session does, beyond what was recorded: regions, requirements,
//! resuming.

#![allow(clippy::float_cmp)]

use std::collections::BTreeMap;

use carta_resume::protocol::{EventType, messages as m};
use m::RegionType as T;
use serde_json::json;

use crate::support::{Backend, FIXTURES, Viewer, image, region, resume, set_region, stats};

async fn put_region(viewer: &mut Viewer, request: m::SetRegion) -> m::SetRegionAck {
    viewer.request(EventType::SetRegion, &request).await
}

#[tokio::test]
async fn region_ids_are_one_more_than_the_largest() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    viewer.open("b.fits", 1).await;
    let point = region(T::Point, &[(1.0, 1.0)], 0.0);
    for (file_id, region_id, expected) in [(0, -1, 1), (1, -1, 2), (1, 77, 77), (0, -1, 78)] {
        let ack = put_region(&mut viewer, set_region(file_id, region_id, point.clone())).await;
        assert!(ack.success);
        assert_eq!(ack.region_id, expected);
    }
    // Invalid points leave a region as it is, and that is a success.
    let nowhere = region(T::Point, &[(f32::NAN, 1.0)], 0.0);
    assert!(put_region(&mut viewer, set_region(0, 1, nowhere.clone())).await.success);
    let ack = put_region(&mut viewer, set_region(0, 5, nowhere)).await;
    assert_eq!((ack.success, ack.region_id), (false, 5));
    assert_eq!(ack.message, "Region 5 parameters for file 0 failed");
    for region_id in [78, 77] {
        viewer.send(EventType::RemoveRegion, &m::RemoveRegion { region_id }).await;
    }
    assert_eq!(put_region(&mut viewer, set_region(0, -1, point)).await.region_id, 3);
    let sessions = backend.sessions().await;
    let ids: Vec<_> = sessions[0]["regions"].as_array().unwrap().iter().collect();
    assert_eq!(
        ids.iter().map(|it| it["regionId"].as_i64().unwrap()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(ids[0]["controlPoints"], json!([[1.0, 1.0]]));
}

#[tokio::test]
async fn closing_one_image_keeps_the_regions() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    put_region(&mut viewer, set_region(0, -1, region(T::Point, &[(1.0, 1.0)], 0.0))).await;
    viewer.send(EventType::CloseFile, &m::CloseFile { file_id: 0 }).await;
    viewer.quiet().await;
    let session = &backend.sessions().await[0];
    assert_eq!(session["images"], json!([]));
    assert_eq!(session["regions"].as_array().unwrap().len(), 1);
    viewer.send(EventType::CloseFile, &m::CloseFile { file_id: -1 }).await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["regions"], json!([]));
}

#[tokio::test]
async fn moving_a_region_sends_its_data_again() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let small = region(T::Rectangle, &[(30.0, 30.0), (10.0, 6.0)], 0.0);
    let large = region(T::Rectangle, &[(30.0, 30.0), (20.0, 6.0)], 0.0);
    put_region(&mut viewer, set_region(0, 1, small)).await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, 1, &[m::StatsType::NumPixels])).await;
    let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
    assert_eq!(data.statistics[0].value, 77.0);
    put_region(&mut viewer, set_region(0, 1, large.clone())).await;
    let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
    assert_eq!(data.statistics[0].value, 147.0);
    // The same message again changes nothing; an empty list ends it.
    put_region(&mut viewer, set_region(0, 1, large)).await;
    viewer.quiet().await;
    let none = m::SetStatsRequirements { file_id: 0, region_id: 1, stats_configs: vec![] };
    viewer.send(EventType::SetStatsRequirements, &none).await;
    put_region(&mut viewer, set_region(0, 1, region(T::Rectangle, &[(9.0, 9.0), (2.0, 2.0)], 0.0)))
        .await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["requirements"], json!([]));
}

#[tokio::test]
async fn unknown_images_and_regions_are_named() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let kinds = [m::StatsType::Sum];
    for (request, tag, message) in [
        (stats(9, -1, &kinds), "stats", "File id 9 not found"),
        (stats(0, 4, &kinds), "stats", "Region 4 has not been set"),
    ] {
        viewer.send(EventType::SetStatsRequirements, &request).await;
        let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
        assert_eq!((error.tags, error.message.as_str()), (vec![tag.to_owned()], message));
    }
    put_region(&mut viewer, set_region(0, 4, region(T::Line, &[(1.0, 1.0), (5.0, 5.0)], 0.0)))
        .await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, 4, &kinds)).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!(error.message, "Stats requirements not valid for region id 4");
}

#[tokio::test]
async fn a_resume_replaces_everything_but_catalogs() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.fits", "b.fits"] {
        std::fs::copy(format!("{FIXTURES}/{name}"), folder.path().join(name)).unwrap();
    }
    let table = "<VOTABLE><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></VOTABLE>";
    std::fs::write(folder.path().join("stars.xml"), table).unwrap();
    let backend = Backend::start_in(folder.path(), &[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let catalog = m::OpenCatalogFile { name: "stars.xml".into(), file_id: 1, ..Default::default() };
    let ack: m::OpenCatalogFileAck = viewer.request(EventType::OpenCatalogFile, &catalog).await;
    assert!(ack.success);
    assert_eq!(ack.data_size, 1);
    let missing = m::OpenCatalogFile { name: "none.xml".into(), file_id: 2, ..Default::default() };
    let ack: m::OpenCatalogFileAck = viewer.request(EventType::OpenCatalogFile, &missing).await;
    assert_eq!((ack.success, ack.file_id), (false, 2));

    viewer.open("a.fits", 0).await;
    put_region(&mut viewer, set_region(0, 9, region(T::Point, &[(1.0, 1.0)], 0.0))).await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, -1, &[m::StatsType::Sum])).await;
    let mut restored = image("b.fits", 4, 3);
    let rectangle = region(T::Rectangle, &[(30.5, 30.25), (10.0, 6.0)], 15.0);
    restored.regions = BTreeMap::from([(2, rectangle.clone()), (-1, rectangle)]);
    restored.contour_settings =
        Some(m::SetContourParameters { file_id: 4, levels: vec![1.0, 2.0], ..Default::default() });
    assert!(resume(&mut viewer, vec![restored]).await.success);
    viewer.quiet().await;
    let rectangle = |id: i32| {
        json!({
            "regionId": id,
            "fileId": 4,
            "regionType": 3,
            "controlPoints": [[30.5, 30.25], [10.0, 6.0]],
            "rotation": 15.0,
        })
    };
    let expected = json!({
        "sessionId": 5,
        "connected": true,
        "images": [{
            "fileId": 4,
            "directory": "",
            "file": "b.fits",
            "hdu": "0",
            "lelExpr": false,
            "channel": 3,
            "stokes": 0,
            "stokesFiles": [],
            "contours": {
                "fileId": 4,
                "referenceFileId": 0,
                "imageBounds": null,
                "levels": [1.0, 2.0],
                "smoothingMode": 0,
                "smoothingFactor": 0,
                "decimationFactor": 0,
                "compressionLevel": 0,
                "contourChunkSize": 0,
            },
            "vectorOverlay": null,
        }],
        // The new region got its number before region 2 existed.
        "regions": [rectangle(1), rectangle(2)],
        "cursors": [],
        "catalogs": [{ "fileId": 1, "directory": "", "name": "stars.xml" }],
        "requirements": [],
        "previews": [],
        "animation": null,
    });
    assert_eq!(backend.sessions().await[0], expected);
}

#[tokio::test]
async fn the_cursor_of_a_resume_is_always_that_of_file_0() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let mut second = image("b.fits", 1, 0);
    second.regions.insert(0, region(T::Point, &[(3.0, 4.0)], 0.0));
    assert!(resume(&mut viewer, vec![image("a.fits", 0, 0), second.clone()]).await.success);
    let cursors = &backend.sessions().await[0]["cursors"];
    assert_eq!(*cursors, json!([{ "fileId": 0, "x": 3.0, "y": 4.0 }]));
    // Without file 0 there is an error message, but the resume does not fail.
    let request = m::ResumeSession { images: vec![second], ..Default::default() };
    viewer.send(EventType::ResumeSession, &request).await;
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!((error.tags[0].as_str(), error.message.as_str()), ("cursor", "File id 0 not found"));
    let ack: m::ResumeSessionAck = viewer.expect(EventType::ResumeSessionAck).await;
    assert!(ack.success);
}

#[tokio::test]
async fn regions_are_imported_and_exported_as_text() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let request = m::ImportRegion {
        r#type: m::FileType::Ds9Reg.into(),
        contents: ["# Region file", "image", "circle(11,21,5)", "annulus(1,2,3,4)", "point(3,3)"]
            .map(str::to_owned)
            .to_vec(),
        ..Default::default()
    };
    let ack: m::ImportRegionAck = viewer.request(EventType::ImportRegion, &request).await;
    assert!(ack.success);
    assert_eq!(ack.message, "Import region: 1 regions could not be read.");
    let expected = BTreeMap::from([
        (1, region(T::Ellipse, &[(10.0, 20.0), (5.0, 5.0)], 0.0)),
        (2, region(T::Point, &[(2.0, 2.0)], 0.0)),
    ]);
    assert_eq!(ack.regions, expected);
    let empty: m::ImportRegionAck =
        viewer.request(EventType::ImportRegion, &m::ImportRegion::default()).await;
    assert!(!empty.success && empty.message.starts_with("Import region failed:"));
    let unknown = m::ImportRegion { group_id: 8, ..Default::default() };
    viewer.send(EventType::ImportRegion, &unknown).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!(error.tags, ["import"]);
    viewer.quiet().await;
}

#[tokio::test]
async fn sessions_do_not_wait_for_each_other_and_share_nothing() {
    let backend = Backend::start(&[]).await;
    let (mut one, _) = backend.register(33).await;
    let (mut two, ack) = backend.register(33).await;
    assert_eq!(ack.session_type(), m::SessionType::Resumed);
    one.open("a.fits", 0).await;
    two.quiet().await;
    let mut counts: Vec<_> = backend
        .sessions()
        .await
        .iter()
        .map(|session| session["images"].as_array().unwrap().len())
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [0, 1]);
}
