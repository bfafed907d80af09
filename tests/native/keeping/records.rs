//! What is stored of a workspace gives the workspace back.

use std::{collections::BTreeMap, fs};

use crate::tracking::support::{
    Session, failed, open_file, opened,
    recorded::{exchanges, pass, track, viewer_connection},
    rectangle, region_ack, set_region,
    stored::{
        Records, Shown, answer_bytes, contours, keys, load, overlay, records, reloaded, rich,
        set_region_with_unknown_fields, shown, stats,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use carta_resume::{
    protocol::{
        EventType,
        messages::{
            CloseFile, MomentResponse, OpenCatalogFile, OpenFile, OpenFileAck, Point, RegionInfo,
            ResumeSessionAck, SetContourParameters, SetStatsRequirements,
            SetVectorOverlayParameters, StokesFile,
            stored::{StoredAnswer, StoredCatalog, StoredImage, StoredRegion, StoredRequirement},
            views::ResumeSession,
        },
    },
    tracking::Tracker,
    workspace::{CatalogSpec, ImageSpec, RecordKey, RegionSpec, Workspace},
};
use prost::Message;
use serde_json::{Value, json};

fn assert_comes_back(tracker: &Tracker) {
    let stored = records(tracker);
    let back = reloaded(&stored);
    assert_eq!(shown(&back), shown(tracker));
    assert_eq!(records(&back), stored, "and is stored again as it was");
    assert!(!back.workspace().has_changes(), "a store has it all");
}

// Everything comes back

#[test]
fn everything_comes_back() {
    let session = rich();
    let state = session.tracker.workspace().viewer_state();
    assert_eq!((state.images.len(), state.catalogs.len()), (4, 2));
    assert_eq!(session.region_ids(), [0, 1, 2, 3, 70_000, i32::MAX]);
    assert!(session.after_resume().len() > 8);
    assert_comes_back(&session.tracker);
}

#[test]
fn the_order_of_the_records_does_not_matter() {
    let session = rich();
    let mut stored: Vec<Vec<u8>> = records(&session.tracker).into_values().collect();
    for _ in 0..stored.len() {
        stored.rotate_left(1);
        let mut tracker = Tracker::default();
        *tracker.workspace_mut() = Workspace::from_records(&stored).unwrap();
        assert_eq!(shown(&tracker), shown(&session.tracker));
    }
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(records(&Tracker::default()), Records::new());
    assert!(Workspace::from_records(&[]).unwrap().is_empty());
}

#[test]
fn a_workspace_stated_by_calls_comes_back() {
    let mut tracker = Tracker::default();
    let workspace = tracker.workspace_mut();
    let image = ImageSpec {
        file_id: 4,
        file: "d.fits".into(),
        channel: 3,
        stokes: 14,
        support_aips_beam: true,
        ..ImageSpec::default()
    };
    workspace.open_image(image).unwrap();
    let point = RegionSpec { points: vec![(1.0, 2.0)], ..RegionSpec::default() };
    workspace.set_region(4, 0, &point).unwrap();
    workspace.set_region(4, 9, &RegionSpec { rotation: 12.0, ..point }).unwrap();
    let catalog = CatalogSpec { file_id: 0, name: "c.xml".into(), ..CatalogSpec::default() };
    workspace.open_catalog(catalog).unwrap();
    assert_comes_back(&tracker);
}

#[test]
fn every_moment_of_the_recorded_viewer_comes_back() {
    let mut tracker = Tracker::new(1 << 20);
    let mut compared = 0;
    for recorded in viewer_connection(1) {
        pass(&mut tracker, &recorded);
        let sets =
            |frame: &carta_resume::protocol::Frame| frame.event() == Some(EventType::SetRegion);
        if !tracker.unanswered().iter().any(sets) {
            assert_comes_back(&tracker);
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
    assert_eq!(tracker.workspace().offer_images().len(), 2);
    for image in tracker.workspace().viewer_state().images {
        assert!(image.open_file_ack.is_some_and(|ack| ack.len() > 100));
    }
}

#[test]
fn every_recorded_exchange_comes_back() {
    for frames in exchanges().values() {
        assert_comes_back(&track(frames));
    }
}

#[test]
fn what_the_backend_could_not_restore_is_tried_again_after_a_reload() {
    let mut session = rich();
    let before = shown(&session.tracker);
    let message = "Problem loading files: 1 Problem loading regions: 2 ";
    let ack = ResumeSessionAck { success: false, message: message.into() };
    session.tracker.workspace_mut().restored(&ack);
    assert_ne!(shown(&session.tracker), before);
    assert_eq!(shown(&reloaded(&records(&session.tracker))), before);
}

// The answers to OPEN_FILE

#[test]
fn answers_are_kept_up_to_the_bound_and_no_further() {
    let one = answer_bytes(1, "a.fits").len();
    for (bound, kept) in [(0, 0), (one - 1, 0), (one, 1), (2 * one - 1, 1), (2 * one, 2)] {
        let mut session = Session::keeping(bound);
        session.open(1, "a.fits");
        session.open(2, "b.fits");
        let stored = records(&session.tracker);
        let answers = stored.keys().filter(|name| name.starts_with("answer")).count();
        assert_eq!(answers, kept, "within {bound} bytes");
        assert_comes_back(&session.tracker);
        let images = reloaded(&stored).workspace().viewer_state().images;
        if kept > 0 {
            assert_eq!(images[0].open_file_ack, Some(answer_bytes(1, "a.fits")));
        }
    }
}

#[test]
fn a_closed_image_makes_room_for_another_answer() {
    let mut session = Session::keeping(answer_bytes(1, "a.fits").len());
    session.open(1, "a.fits");
    session.open(2, "b.fits");
    session.open(1, "c.fits");
    let names: Vec<String> = records(&session.tracker).into_keys().collect();
    assert_eq!(names, ["answer 1", "image 1", "image 2"]);
    let images = reloaded(&records(&session.tracker)).workspace().viewer_state().images;
    assert_eq!(images[0].open_file_ack, Some(answer_bytes(1, "c.fits")));
}

// The format

/// Name, what it holds by a generated decoder, for all of `rich`.
#[test]
fn records_are_what_the_format_says() {
    let stored = records(&rich().tracker);
    let body = |name: &str, kind: u8| -> &[u8] {
        let record = &stored[name];
        assert_eq!((record[0], record[1]), (1, kind), "{name}");
        &record[6..]
    };

    let image = StoredImage::decode(body("image 0", 1)).unwrap();
    let open = OpenFile::decode(image.open.unwrap()).unwrap();
    let expected = OpenFile {
        directory: "data/日本".into(),
        file: "cube.fits".into(),
        hdu: "3".into(),
        file_id: 0,
        render_mode: 1,
        lel_expr: false,
        support_aips_beam: true,
    };
    assert_eq!(open, expected);
    assert_eq!((image.channel, image.stokes, image.depth, image.stokes_planes), (5, 2, 8, 4));
    let settings = SetContourParameters::decode(&*image.contours.unwrap()).unwrap();
    assert_eq!(settings, contours(0, &[0.5, 1.5e-7]));
    let cursor = Point::decode(&*image.cursor.unwrap()).unwrap();
    assert_eq!(cursor, Point { x: 12.5, y: 31.0 });
    assert_eq!((image.overlay, image.stokes_files), (None, vec![]));

    let image = StoredImage::decode(body("image 1", 1)).unwrap();
    let open = OpenFile::decode(image.open.unwrap()).unwrap();
    // An expression is not what the backend calls the result.
    assert_eq!((&*open.file, open.lel_expr), ("\"a.fits\" + \"b.fits\"", true));
    assert_eq!((image.channel, image.stokes), (7, 13));
    let settings = SetContourParameters::decode(&*image.contours.unwrap()).unwrap();
    assert_eq!(settings, contours(1, &[]), "cleared");

    let image = StoredImage::decode(body("image 2", 1)).unwrap();
    let open = OpenFile::decode(image.open.unwrap()).unwrap();
    assert_eq!((&*open.directory, &*open.file), ("stokes", "iq_hypercube.fits"));
    let files = image.stokes_files.iter().map(|file| StokesFile::decode(&**file).unwrap());
    let files: Vec<(String, i32)> = files.map(|file| (file.file, file.polarization_type)).collect();
    assert_eq!(files, [("i.fits".to_owned(), 1), ("q.fits".to_owned(), 2)]);
    let shown = image.overlay.unwrap();
    assert_eq!(shown, overlay(2).encode_to_vec());
    SetVectorOverlayParameters::decode(&*shown).unwrap();

    let answer = StoredAnswer::decode(body("answer 2", 5)).unwrap();
    let ack = OpenFileAck::decode(answer.open_file_ack.unwrap()).unwrap();
    assert_eq!((answer.file_id, ack.file_id), (2, 2));
    assert_eq!(ack.file_info.unwrap().size, 1 << 40);

    let catalog = StoredCatalog::decode(body("catalog 2", 2)).unwrap();
    let open = OpenCatalogFile::decode(catalog.open.unwrap()).unwrap();
    assert_eq!((&*open.directory, &*open.name), ("catalogs", "galaxies.fits"));
    assert_eq!((open.file_id, open.preview_data_size), (2, 50));

    let region = StoredRegion::decode(body("region 2", 3)).unwrap();
    assert_eq!((region.region_id, region.owner), (2, 0));
    assert_eq!(RegionInfo::decode(region.info.unwrap()).unwrap(), rectangle(-3.5));
    let region = StoredRegion::decode(body("region 70000", 3)).unwrap();
    assert_eq!((region.region_id, region.owner), (70_000, 2));
    let sent = set_region_with_unknown_fields(2, -1, 9.0);
    let info = region.info.unwrap();
    assert!(sent.ends_with(&info), "byte for byte, unknown fields included");
    assert!(info.len() > rectangle(9.0).encoded_len());

    let wanted = StoredRequirement::decode(body("requirement 10 2 70000", 4)).unwrap();
    assert_eq!(wanted.event_type, i32::from(EventType::SetStatsRequirements.number()));
    let message = SetStatsRequirements::decode(wanted.message.unwrap()).unwrap();
    assert_eq!(message, stats(2, 70_000));
}

/// The checksum as the format describes it, written again.
fn fnv_1a(parts: &[&[u8]]) -> u32 {
    parts
        .concat()
        .iter()
        .fold(2_166_136_261, |sum: u32, &byte| (sum ^ u32::from(byte)).wrapping_mul(16_777_619))
}

#[test]
fn records_are_sealed_as_the_format_says() {
    assert_eq!(fnv_1a(&[b"foobar"]), 0xBF9C_F968, "as published");
    for (name, record) in records(&rich().tracker) {
        let (head, body) = record.split_at(6);
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        let sum = fnv_1a(&[&head[1..2], &length, body]);
        assert_eq!(head[2..], sum.to_le_bytes(), "{name}");
    }
}

#[test]
fn names_are_what_they_have_always_been() {
    let names: Vec<String> = records(&rich().tracker).into_keys().collect();
    let expected = [
        "answer 0",
        "answer 1",
        "answer 2",
        "answer 3",
        "catalog 1",
        "catalog 2",
        "image 0",
        "image 1",
        "image 2",
        "image 3",
        "region 1",
        "region 2",
        "region 2147483647",
        "region 3",
        "region 70000",
        "requirement 10 0 -1",
        "requirement 10 2 70000",
        "requirement 14 0 0",
        "requirement 14 0 2",
        "requirement 8 0 0",
        "requirement 8 1 3",
        "requirement 9 0 -2",
        "requirement 9 1 -1",
    ];
    assert_eq!(names, expected);
    assert_eq!(keys(&rich().tracker).len(), expected.len(), "no two have the same name");
}

// A fixture for each format that was ever released

const V1: &str = "tests/fixtures/stored/v1.json";

fn base64(bytes: &[u8]) -> Value {
    STANDARD.encode(bytes).into()
}

fn described(shown: &Shown) -> Value {
    let after = |messages: &[(EventType, Vec<u8>)]| -> Value {
        messages.iter().map(|(event, payload)| json!([event.number(), base64(payload)])).collect()
    };
    json!({
        "viewerState": shown.state,
        "resume": { "28": base64(&shown.resume[0]), "30": base64(&shown.resume[1]) },
        "afterResume": { "28": after(&shown.after_resume[0]), "30": after(&shown.after_resume[1]) },
    })
}

fn fixture(path: &str) -> (Records, Value) {
    let mut fixture: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let records: BTreeMap<String, String> =
        serde_json::from_value(fixture["records"].take()).unwrap();
    let decode = |(name, record)| (name, STANDARD.decode::<String>(record).unwrap());
    (records.into_iter().map(decode).collect(), fixture["gives"].take())
}

#[test]
fn records_of_format_1_can_be_read() {
    let (stored, gives) = fixture(V1);
    assert!(stored.len() > 20 && stored.values().all(|record| record[0] == 1));
    let mut shown = described(&shown(&reloaded(&stored)));
    let mut gives = gives;
    for version in ["28", "30"] {
        // The order of fields is free.
        let resume = |of: &mut Value| messages_in(&of["resume"][version].take());
        assert_eq!(resume(&mut shown), resume(&mut gives));
    }
    assert_eq!(shown, gives);
}

/// What a RESUME_SESSION says, inner messages byte for byte.
fn messages_in(resume: &Value) -> ResumeSession {
    let payload = STANDARD.decode(resume.as_str().unwrap()).unwrap();
    ResumeSession::decode(&*payload).unwrap()
}

/// While format 1 is written, it is this: a change of what is written is a
/// change of format, with a number of its own.
#[test]
fn records_of_format_1_are_written_as_ever() {
    assert_eq!(records(&rich().tracker), fixture(V1).0);
}

// What is not stored

/// A session with an image made by the backend, id 2, and a region on it, id 4.
fn with_generated_image() -> Session {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::MomentRequest, &());
    let open_file_acks = vec![opened(2, "a.moment0")];
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    session.receive(EventType::MomentResponse, id, &response);
    session.draw(2, 4, rectangle(1.0));
    session
}

#[test]
fn of_generated_images_it_is_stored_what_made_them_and_nothing_on_them() {
    let mut session = with_generated_image();
    for (file_id, region_id) in [(2, -1), (2, 4), (0, 4)] {
        session.send(EventType::SetStatsRequirements, &stats(file_id, region_id));
    }
    let stored = records(&session.tracker);
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["calculation 0", "image 0", "image 1"]);
    let reloaded = reloaded(&stored);
    let lost = reloaded.workspace().cannot_restore();
    assert_eq!((lost.len(), lost[0].file_id, &*lost[0].name), (1, 2, "a.moment0"));

    session.tracker.workspace_mut().take_changes();
    session.send(EventType::CloseFile, &CloseFile { file_id: 2 });
    let closed = session.tracker.workspace_mut().take_changes();
    assert!(closed.contains(&RecordKey::Calculation(0)), "{closed:?}");
    assert_eq!(records(&session.tracker).len(), 2);
}

#[test]
fn temporary_regions_are_not_stored() {
    let mut session = Session::with_two_images();
    for (sent, acked) in [(-2, -2), (-100, -101), (0, 0), (-1, 0), (-1, -5)] {
        let id = session.send(EventType::SetRegion, &set_region(0, sent, rectangle(1.0)));
        session.receive(EventType::SetRegionAck, id, &region_ack(acked));
    }
    assert_eq!(records(&session.tracker).len(), 2);
}

#[test]
fn there_is_no_record_of_what_is_not_there() {
    let mut session = rich();
    let gone = keys(&session.tracker);
    session.tracker.workspace_mut().clear();
    assert_eq!(session.tracker.workspace_mut().take_changes().len(), gone.len());
    for key in gone.into_iter().chain([RecordKey::Image(99), RecordKey::Region(99)]) {
        assert_eq!(session.tracker.record(key), None, "{key:?}");
    }
}

#[test]
fn an_image_that_did_not_open_is_not_stored() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    assert!(records(&session.tracker).is_empty(), "not answered yet");
    session.receive(EventType::OpenFileAck, id, &failed("no such file"));
    assert!(records(&session.tracker).is_empty());
    assert!(load(&records(&session.tracker)).unwrap().is_empty());
}
