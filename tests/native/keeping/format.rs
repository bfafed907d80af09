//! What is stored is written as the format specifies, and what was written before can be read.

use std::{collections::BTreeMap, fs};

use crate::tracking::support::{
    rectangle,
    stored::{
        Records, Shown, contours, keys, overlay, records, reloaded, rich,
        set_region_with_unknown_fields, shown, stats,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use carta_resume::protocol::{
    EventType,
    messages::{
        OpenCatalogFile, OpenFile, OpenFileAck, Point, RegionInfo, SetContourParameters,
        SetStatsRequirements, SetVectorOverlayParameters, StokesFile,
        stored::{StoredAnswer, StoredCatalog, StoredImage, StoredRegion, StoredRequirement},
        views::ResumeSession,
    },
};
use prost::Message;
use serde_json::{Value, json};

/// The name and the content of each record of `rich`, read by a generated decoder.
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
    // The expression itself, not what the backend calls the result.
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

/// The checksum as the format describes it, implemented independently.
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
        // Fields may come in any order.
        let resume = |of: &mut Value| messages_in(&of["resume"][version].take());
        assert_eq!(resume(&mut shown), resume(&mut gives));
    }
    assert_eq!(shown, gives);
}

/// The content of a RESUME_SESSION, with its inner messages byte for byte.
fn messages_in(resume: &Value) -> ResumeSession {
    let payload = STANDARD.decode(resume.as_str().unwrap()).unwrap();
    ResumeSession::decode(&*payload).unwrap()
}

/// As long as format 1 is written, it stays like this: a change of what is written is a new format,
/// with a number of its own.
#[test]
fn records_of_format_1_are_written_as_always() {
    assert_eq!(records(&rich().tracker), fixture(V1).0);
}
