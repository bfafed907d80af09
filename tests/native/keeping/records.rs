//! The stored records of a workspace give the workspace back.

use crate::tracking::support::{
    Session, failed, open_file, opened,
    recorded::{exchanges, pass, track, viewer_connection},
    rectangle, region_ack, set_region,
    stored::{Records, answer_bytes, keys, load, records, reloaded, rich, shown, stats},
};
use carta_resume::{
    protocol::{
        EventType,
        messages::{CloseFile, MomentResponse, RemoveRegion, ResumeSessionAck},
    },
    tracking::Tracker,
    workspace::{CatalogSpec, ImageSpec, RecordKey, RegionSpec, Workspace},
};

fn assert_comes_back(tracker: &Tracker) {
    let stored = records(tracker);
    let back = reloaded(&stored);
    assert_eq!(shown(&back), shown(tracker));
    assert_eq!(records(&back), stored, "and it is stored again as it was");
    assert!(!back.workspace().has_changes(), "the store has everything");
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

// What is not stored

/// A session with an image made by the backend, id 2, and a region on that image, id 4.
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
    assert!(lost[0].why.contains("The region drawn on it is lost too."), "{}", lost[0].why);

    session.tracker.workspace_mut().take_changes();
    session.draw(2, 5, rectangle(2.0));
    let drawn = session.tracker.workspace_mut().take_changes();
    assert_eq!(drawn, [RecordKey::Region(5), RecordKey::Calculation(0)]);
    session.draw(2, 5, rectangle(3.0));
    assert_eq!(session.tracker.workspace_mut().take_changes(), [RecordKey::Region(5)], "moved");
    session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 5 });
    let removed = session.tracker.workspace_mut().take_changes();
    assert_eq!(removed, [RecordKey::Region(5), RecordKey::Calculation(0)]);
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
