//! Tracking the frames of real viewers and of a real backend.

use std::collections::BTreeMap;

use crate::tracking::support::{
    ICD,
    recorded::{Recorded, exchanges, pass, track, viewer_connection},
};
use carta_resume::{
    protocol::{
        EventType, Frame,
        messages::{ResumeSession, ResumeSessionAck, views},
    },
    tracking::Tracker,
};
use prost::{Message, bytes::Bytes};

fn resume(tracker: &Tracker) -> ResumeSession {
    ResumeSession::decode(&*tracker.resume_payload(ICD)).unwrap()
}

fn sent_by_viewer(frames: &[Recorded], event: EventType) -> &Frame {
    let mut sent = frames.iter().filter(|recorded| recorded.by_viewer);
    &sent.find(|recorded| recorded.frame.event() == Some(event)).unwrap().frame
}

#[test]
fn the_recorded_viewer_would_be_resumed_as_it_resumes_itself() {
    let tracker = track(&viewer_connection(1));
    let second = viewer_connection(2);
    let mut own: ResumeSession =
        sent_by_viewer(&second, EventType::ResumeSession).decode().unwrap();
    let mut ours = resume(&tracker);
    assert_eq!((own.images.len(), ours.images.len()), (2, 2));
    assert_eq!(own.images.iter().map(|image| image.regions.len() - 1).sum::<usize>(), 5);

    for (own, ours) in own.images.iter_mut().zip(&mut ours.images) {
        // The viewer never sent its first cursor in a SET_CURSOR.
        assert!(own.regions.remove(&0).is_some() && !ours.regions.contains_key(&0));
        // The viewer leaves out where the contours are.
        if let Some(contours) = &mut ours.contour_settings {
            assert!(contours.image_bounds.take().is_some());
            contours.reference_file_id = 0;
        }
    }
    assert!(ours.images[0].contour_settings.is_some());
    assert_eq!(ours, own);
}

#[test]
fn the_recorded_viewers_requirements_are_sent_again_as_it_does() {
    let mut tracker = track(&viewer_connection(1));
    tracker.dropped();
    let second = viewer_connection(2);
    let own: BTreeMap<EventType, Vec<u8>> = second
        .iter()
        .filter(|recorded| recorded.by_viewer)
        .filter(|recorded| !matches!(recorded.frame.header().event_type, 1 | 47))
        .map(|recorded| (recorded.frame.event().unwrap(), recorded.frame.payload().to_vec()))
        .collect();
    assert_eq!(own.len(), 3, "spatial, spectral, statistics");
    let ours: BTreeMap<EventType, Vec<u8>> = tracker.after_resume(ICD).into_iter().collect();
    assert_eq!(ours, own);
    assert!(tracker.unanswered().is_empty());
}

#[test]
fn the_recorded_viewers_tiles_are_all_answered() {
    let mut tracker = Tracker::new(0);
    let mut open = 0;
    for recorded in viewer_connection(1) {
        pass(&mut tracker, &recorded);
        open = open.max(tracker.unanswered().len());
    }
    assert!(open > 0 && tracker.unanswered().is_empty());
}

#[test]
fn every_recorded_answer_is_understood() {
    let exchanges = exchanges();
    assert_eq!(exchanges.len(), 28);
    for (name, frames) in &exchanges {
        let tracker = track(frames);
        let open: Vec<_> = tracker.unanswered().iter().map(|f| f.header().event_type).collect();
        // The backend does not answer an OPEN_FILE that it cannot read.
        let expected: &[u16] = if name == "garbage" { &[4] } else { &[] };
        assert_eq!(open, expected, "{name}");
    }
}

/// For each image: file, channel, and regions with their first points.
type Expected<'a> = &'a [(i32, &'a str, i32, &'a [(i32, f32)])];

#[test]
fn the_workspace_after_each_exchange_is_what_the_backend_has() {
    let exchanges = exchanges();
    let expected: &[(&str, Expected)] = &[
        (
            "open-and-regions",
            &[(0, "a.fits", 5, &[(1, 31.0), (2, 20.0)]), (1, "b.fits", 0, &[(3, 5.0)])],
        ),
        ("open-missing", &[]),
        ("region-bad-points", &[(0, "a.fits", 0, &[])]),
        ("region-unknown-file", &[]),
        ("region-annulus", &[(0, "a.fits", 0, &[])]),
        ("resume-empty", &[]),
        ("resume-one", &[(0, "a.fits", 3, &[])]),
        (
            "resume-two-with-regions",
            &[(0, "a.fits", 3, &[(1, 30.0), (2, 20.0), (4, 5.0)]), (1, "b.fits", 5, &[(3, 5.0)])],
        ),
        ("resume-twice", &[(0, "b.fits", 0, &[(1, 5.0)])]),
        ("resume-contours", &[(0, "a.fits", 1, &[])]),
        ("resume-cursor", &[(0, "a.fits", 0, &[(0, 31.5)])]),
        ("close-all", &[(0, "a.fits", 0, &[(1, 3.0)])]),
        ("cursor", &[(0, "a.fits", 0, &[(0, 10.0)])]),
        ("garbage", &[]),
    ];
    for (name, images) in expected {
        let tracker = track(&exchanges[*name]);
        let resume = resume(&tracker);
        let found: Vec<_> = resume
            .images
            .iter()
            .map(|image| {
                let regions: Vec<_> =
                    image.regions.iter().map(|(&id, r)| (id, r.control_points[0].x)).collect();
                (image.file_id, &*image.file, image.channel, regions)
            })
            .collect();
        let images: Vec<_> = images
            .iter()
            .map(|&(id, file, at, regions)| (id, file, at, regions.to_vec()))
            .collect();
        assert_eq!(found, images, "{name}");
    }
}

#[test]
fn recorded_resume_acks_name_what_failed() {
    let exchanges = exchanges();
    let expected: &[(&str, &[i32], &[i32])] = &[
        ("resume-empty", &[], &[]),
        ("resume-two-with-regions", &[], &[]),
        ("resume-missing-file", &[1], &[]),
        ("resume-two-missing", &[3, 7], &[]),
        ("resume-bad-region", &[], &[1]),
        ("resume-missing-file-and-bad-region", &[1], &[9]),
        ("resume-bad-channel", &[], &[]),
        ("resume-missing-catalog", &[], &[]),
    ];
    for &(name, files, regions) in expected {
        let frames = &exchanges[name];
        let mut tracker = track(frames);
        let ack = frames.iter().find(|recorded| {
            !recorded.by_viewer && recorded.frame.event() == Some(EventType::ResumeSessionAck)
        });
        let ack: ResumeSessionAck = ack.unwrap().frame.decode().unwrap();
        let before = resume(&tracker);
        let restored = tracker.workspace_mut().restored(&ack);
        assert_eq!(
            (&*restored.failed_images, &*restored.failed_regions),
            (files, regions),
            "{name}"
        );
        assert_eq!(restored.success, files.is_empty() && regions.is_empty(), "{name}");
        let live: Vec<i32> = before
            .images
            .iter()
            .map(|image| image.file_id)
            .filter(|id| !files.contains(id))
            .collect();
        assert_eq!(restored.images, live, "{name}");
        assert_eq!(resume(&tracker), before, "{name}: what failed is kept");
    }
}

#[test]
fn what_the_recorded_viewer_sent_for_a_region_is_resumed_byte_for_byte() {
    let frames = viewer_connection(1);
    let tracker = track(&frames);
    let resumed = views::ResumeSession::decode(&*tracker.resume_payload(ICD)).unwrap();
    let regions = resumed.images.into_iter().flat_map(|image| image.regions);
    let kept: Vec<Bytes> = regions.map(|entry| entry.info.unwrap()).collect();
    let sent: Vec<Bytes> = frames
        .iter()
        .filter(|recorded| recorded.frame.event() == Some(EventType::SetRegion))
        .map(|recorded| recorded.frame.decode::<views::SetRegion>().unwrap().region_info)
        .collect();
    assert_eq!(kept.len(), 5);
    assert!(kept.iter().all(|info| sent.contains(info)));
}
