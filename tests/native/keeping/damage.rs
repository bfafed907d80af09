//! Records that differ from what was written: reported as damaged, or harmless.

use crate::tracking::support::stored::{
    Records, contours, load, overlay, records, reloaded, rich, shown, stats,
};
use carta_resume::{
    protocol::messages::{
        OpenCatalogFile, OpenFile, Point, RegionInfo, ResumeSession, SetContourParameters,
        SetStatsRequirements, SetVectorOverlayParameters, StokesFile,
        stored::{StoredAnswer, StoredCatalog, StoredImage, StoredRegion, StoredRequirement},
    },
    tracking::Tracker,
    workspace::{Damaged, Workspace},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use prost::{Message, bytes::Bytes};

const IMAGE: u8 = 1;
const CATALOG: u8 = 2;
const REGION: u8 = 3;
const REQUIREMENT: u8 = 4;
const ANSWER: u8 = 5;

/// A record with a correct checksum.
fn seal(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let sum = [&[kind], &length[..], body]
        .concat()
        .iter()
        .fold(0x811C_9DC5, |sum: u32, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    [&[1, kind][..], &sum.to_le_bytes(), body].concat()
}

/// Loads `rich` once for each of its records, with that record spoilt.
fn assert_damaged(what: &str, spoil: impl Fn(&mut Vec<u8>, &mut dyn FnMut(&[u8]))) {
    let sound = records(&rich().tracker);
    let mut cases = 0;
    for (name, record) in &sound {
        let mut stored: Vec<Vec<u8>> =
            sound.iter().filter(|(other, _)| *other != name).map(|(_, r)| r.clone()).collect();
        spoil(&mut record.clone(), &mut |spoilt| {
            stored.push(spoilt.to_vec());
            assert_eq!(Workspace::from_records(&stored).err(), Some(Damaged), "{name}: {what}");
            stored.pop();
            cases += 1;
        });
    }
    assert!(cases >= sound.len(), "{cases}");
}

#[test]
fn what_is_sealed_here_is_what_is_written() {
    for record in records(&rich().tracker).values() {
        assert_eq!(&seal(record[1], &record[6..]), record);
    }
}

#[test]
fn every_byte_counts() {
    assert_damaged("one byte changed", |record, check| {
        for at in 0..record.len() {
            for flip in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] {
                record[at] ^= flip;
                check(record);
                record[at] ^= flip;
            }
        }
    });
}

#[test]
fn every_truncation_is_noticed() {
    assert_damaged("cut off", |record, check| {
        for length in 0..record.len() {
            check(&record[..length]);
        }
    });
}

#[test]
fn every_extra_byte_is_noticed() {
    assert_damaged("one byte more", |record, check| {
        for byte in [0x00, 0x01, 0x7F, 0xFF] {
            check(&[&record[..], &[byte]].concat());
            check(&[&[byte], &record[..]].concat());
        }
    });
}

#[test]
fn bytes_that_changed_places_are_noticed() {
    assert_damaged("two bytes swapped", |record, check| {
        for at in 1..record.len() {
            if record[at - 1] != record[at] {
                record.swap(at - 1, at);
                check(record);
                record.swap(at - 1, at);
            }
        }
    });
}

#[test]
fn records_of_other_formats_are_not_read() {
    assert_damaged("of another format", |record, check| {
        for format in (0..=u8::MAX).filter(|&format| format != 1) {
            record[0] = format;
            check(record);
        }
    });
}

#[test]
fn records_of_unknown_kinds_are_not_read() {
    assert_damaged("of another kind", |record, check| {
        for kind in [0, 7, 8, 255] {
            check(&seal(kind, &record[6..]));
        }
    });
}

#[test]
fn two_records_of_the_same_thing_are_damage() {
    let sound = records(&rich().tracker);
    for (name, record) in &sound {
        let mut stored: Vec<Vec<u8>> = sound.values().cloned().collect();
        stored.push(record.clone());
        assert_eq!(Workspace::from_records(&stored).err(), Some(Damaged), "{name} twice");
    }
}

#[test]
fn what_is_on_an_image_needs_the_image() {
    let sound = records(&rich().tracker);
    for image in 0..4 {
        let mut stored = sound.clone();
        stored.remove(&format!("image {image}")).unwrap();
        assert_eq!(load(&stored).err(), Some(Damaged), "image {image} is missing");
    }
}

#[test]
fn what_is_lost_alone_leaves_the_rest() {
    let sound = records(&rich().tracker);
    for name in sound.keys().filter(|name| !name.starts_with("image")) {
        let mut stored = sound.clone();
        stored.remove(name);
        let tracker = reloaded(&stored);
        assert_ne!(shown(&tracker), shown(&rich().tracker), "{name} is missing");
        exercise(&tracker);
    }
}

#[test]
fn records_that_make_no_sense_are_damage() {
    let open = |open: OpenFile| StoredImage {
        open: Some(open.encode_to_vec().into()),
        ..Default::default()
    };
    let image = |file_id| open(OpenFile { file_id, file: "a".into(), ..Default::default() });
    let sound = seal(IMAGE, &image(0).encode_to_vec());
    let point = Point { x: 1.0, y: f32::NAN }.encode_to_vec();
    let region = |region_id, owner, info: &[u8]| {
        let info = Some(info.to_vec().into());
        StoredRegion { region_id, owner, info, ..Default::default() }.encode_to_vec()
    };
    let wants = |event_type, message: Vec<u8>| {
        StoredRequirement { event_type, message: Some(message.into()) }.encode_to_vec()
    };
    let senseless = [
        (IMAGE, StoredImage::default().encode_to_vec()),
        (IMAGE, image(-1).encode_to_vec()),
        (IMAGE, StoredImage { channel: -1, ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { channel: 8, depth: 8, ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { stokes: 4, stokes_planes: 4, ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { contours: Some(vec![0xFF].into()), ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { overlay: Some(vec![0xFF].into()), ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { cursor: Some(point.into()), ..image(1) }.encode_to_vec()),
        (IMAGE, StoredImage { stokes_files: vec![vec![0xFF].into()], ..image(1) }.encode_to_vec()),
        // A name that is not UTF-8.
        (IMAGE, StoredImage { open: Some(vec![0x12, 1, 0xFF].into()), ..image(1) }.encode_to_vec()),
        (CATALOG, StoredCatalog::default().encode_to_vec()[..0].to_vec()),
        (CATALOG, StoredCatalog { open: Some(vec![0x12, 1, 0xFF].into()) }.encode_to_vec()),
        (REGION, region(0, 0, &[8, 3])),
        (REGION, region(-1, 0, &[8, 3])),
        (REGION, region(1, 9, &[8, 3])),
        (REGION, region(1, 0, &[0xFF])),
        (REQUIREMENT, wants(0, stats(0, 0).encode_to_vec())),
        (REQUIREMENT, wants(5, stats(0, 0).encode_to_vec())),
        (REQUIREMENT, wants(65_536 + 10, stats(0, 0).encode_to_vec())),
        (REQUIREMENT, wants(-1, stats(0, 0).encode_to_vec())),
        (REQUIREMENT, wants(10, stats(9, 0).encode_to_vec())),
        (REQUIREMENT, wants(10, stats(0, -3).encode_to_vec())),
        (REQUIREMENT, wants(10, vec![0xFF])),
        (
            ANSWER,
            StoredAnswer { file_id: 9, open_file_ack: Some(vec![8, 1].into()) }.encode_to_vec(),
        ),
        (
            ANSWER,
            StoredAnswer { file_id: 0, open_file_ack: Some(vec![0xFF].into()) }.encode_to_vec(),
        ),
    ];
    assert!(Workspace::from_records(std::slice::from_ref(&sound)).is_ok());
    for (at, (kind, body)) in senseless.into_iter().enumerate() {
        let stored = [sound.clone(), seal(kind, &body)];
        assert_eq!(Workspace::from_records(&stored).err(), Some(Damaged), "record {at}");
    }
}

/// Whatever loads can be offered, shown, resumed, and stored again.
fn exercise(tracker: &Tracker) {
    let workspace = tracker.workspace();
    let images = workspace.offer_images();
    workspace.offer_catalogs();
    assert!(workspace.cannot_restore().is_empty(), "nothing generated is stored");
    let before = shown(tracker);
    for resume in &before.resume {
        let resume = ResumeSession::decode(&**resume).unwrap();
        assert_eq!(resume.images.len(), images.len());
        let mut last = -1;
        for image in resume.images {
            assert!(image.file_id > last, "ascending, and none below 0");
            last = image.file_id;
            assert!(image.channel >= 0 && image.stokes >= 0);
            for (id, info) in image.regions {
                let is_cursor = id == 0 && last == 0 && info.control_points.len() == 1;
                assert!(id > 0 || is_cursor);
            }
        }
    }
    let back = reloaded(&records(tracker));
    // Compared as text, because NaN is not equal to itself.
    assert_eq!(format!("{:?}", shown(&back)), format!("{before:?}"));
}

fn any_body() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let written: Vec<(u8, Vec<u8>)> =
        records(&rich().tracker).values().map(|r| (r[1], r[6..].to_vec())).collect();
    let mutated = (select(written), vec((any::<prop::sample::Index>(), any::<u8>()), 0..3))
        .prop_map(|((kind, mut body), changes)| {
            for (at, byte) in changes {
                let at = at.index(body.len());
                body[at] = byte;
            }
            (kind, body)
        });
    let number = || prop_oneof![6 => -2..6_i32, 1 => any::<i32>()];
    let inner = || {
        let messages = vec![
            vec![],
            Point { x: 1.0, y: 2.0 }.encode_to_vec(),
            Point { x: f32::INFINITY, y: 2.0 }.encode_to_vec(),
            StokesFile { file: "q.fits".into(), ..Default::default() }.encode_to_vec(),
            contours(0, &[1.0, f64::NAN]).encode_to_vec(),
            SetContourParameters::default().encode_to_vec(),
            overlay(0).encode_to_vec(),
            SetVectorOverlayParameters { stokes_intensity: -1, ..overlay(0) }.encode_to_vec(),
            RegionInfo::default().encode_to_vec(),
        ];
        prop_oneof![8 => select(messages), 1 => vec(any::<u8>(), 0..12)].prop_map(Bytes::from)
    };
    let open = (number(), ".{0,4}", any::<bool>(), number()).prop_map(
        |(file_id, file, lel_expr, render_mode)| {
            let open = OpenFile { file, file_id, lel_expr, render_mode, ..Default::default() };
            Some(open.encode_to_vec().into())
        },
    );
    let inners = (vec(inner(), 0..2), [0; 3].map(|_| option::of(inner())));
    let image = (open, [0; 4].map(|_| number()), inners).prop_map(
        |(open, [channel, stokes, depth, stokes_planes], (stokes_files, inners))| {
            let [contours, overlay, cursor] = inners;
            let image = StoredImage {
                open,
                channel,
                stokes,
                depth,
                stokes_planes,
                stokes_files,
                contours,
                overlay,
                cursor,
            };
            (IMAGE, image.encode_to_vec())
        },
    );
    let region = (number(), number(), inner()).prop_map(|(region_id, owner, info)| {
        (
            REGION,
            StoredRegion { region_id, owner, info: Some(info), ..Default::default() }
                .encode_to_vec(),
        )
    });
    let requirement = (number(), number(), 6..16_i32, any::<bool>()).prop_map(
        |(file_id, region_id, event_type, wanted)| {
            let stats_configs = if wanted { stats(0, 0).stats_configs } else { vec![] };
            let message = SetStatsRequirements { file_id, region_id, stats_configs };
            let message = Some(message.encode_to_vec().into());
            (REQUIREMENT, StoredRequirement { event_type, message }.encode_to_vec())
        },
    );
    let catalog = (number(), ".{0,4}").prop_map(|(file_id, name)| {
        let open = OpenCatalogFile { file_id, name, ..Default::default() }.encode_to_vec();
        (CATALOG, StoredCatalog { open: Some(open.into()) }.encode_to_vec())
    });
    let answer = (number(), inner()).prop_map(|(file_id, open_file_ack)| {
        (ANSWER, StoredAnswer { file_id, open_file_ack: Some(open_file_ack) }.encode_to_vec())
    });
    prop_oneof![
        3 => mutated,
        6 => image,
        2 => region,
        2 => requirement,
        1 => catalog,
        1 => answer,
        1 => (0..8_u8, vec(any::<u8>(), 0..30)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(stored in vec(vec(any::<u8>(), 0..40), 0..4)) {
        prop_assert!(stored.is_empty() || Workspace::from_records(&stored).is_err());
    }

    /// Someone who knows the format writes anything that they like: one record beside images 0 to
    /// 5, or a few records alone.
    #[test]
    fn no_sealed_record_panics_or_spoils_a_resume(
        bodies in vec(any_body(), 1..5), beside_images: bool
    ) {
        let mut stored = Records::new();
        if beside_images {
            for file_id in 0..6_i32 {
                let open = OpenFile { file_id, ..Default::default() }.encode_to_vec();
                let image = StoredImage { open: Some(open.into()), ..Default::default() };
                stored.insert(file_id.to_string(), seal(IMAGE, &image.encode_to_vec()));
            }
        }
        for (at, (kind, body)) in bodies.iter().enumerate() {
            stored.insert(format!("hostile {at}"), seal(*kind, body));
            // They accumulate, so that most of those that load are exercised.
            if let Ok(workspace) = load(&stored) {
                let mut tracker = Tracker::new(usize::MAX);
                *tracker.workspace_mut() = workspace;
                exercise(&tracker);
            } else {
                stored.remove(&format!("hostile {at}"));
            }
        }
    }
}
