//! A region is stored as the viewer last sent it, whether or not the backend has answered: a page
//! that is reloaded cannot wait for that. If the backend does not do what was asked, the region is
//! stored again as it really is.

use crate::tracking::support::{
    Session, raw_frame, rectangle, region_ack, set_region,
    stored::{move_region, records, reloaded},
};
use carta_resume::{
    protocol::{
        EventType,
        messages::{RegionInfo, RemoveRegion, SetRegion, SetRegionAck, stored::StoredRegion},
    },
    workspace::RecordKey,
};
use prost::Message;

/// Image 0 with region 1 at x = 1.0, all of it written.
fn session() -> Session {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.tracker.workspace_mut().take_changes();
    session
}

/// The position of region 1 in the store.
fn stored_at(session: &Session) -> f32 {
    let record = session.tracker.record(RecordKey::Region(1)).unwrap();
    let region = StoredRegion::decode(&record[6..]).unwrap();
    assert_eq!(region.owner, 0);
    let info = RegionInfo::decode(region.info.unwrap()).unwrap();
    let state = reloaded(&records(&session.tracker)).workspace().viewer_state();
    assert_eq!(state.images[0].regions[0].control_points[0].x, info.control_points[0].x);
    info.control_points[0].x
}

/// Whether region 1, and nothing else, is to be written.
fn is_to_be_written(session: &mut Session) -> bool {
    let changes = session.tracker.workspace_mut().take_changes();
    assert!(changes.is_empty() || changes == [RecordKey::Region(1)], "{changes:?}");
    !changes.is_empty()
}

#[test]
fn a_region_is_stored_as_it_was_sent_before_the_backend_answers() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 5.0);
    let workspace = session.tracker.workspace().viewer_state();
    assert_eq!(workspace.images[0].regions[0].control_points[0].x, 1.0, "a resume repeats it");
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 5.0);
}

#[test]
fn the_newest_of_several_is_stored() {
    let mut session = session();
    let ids = [3.0, 4.0, 5.0].map(|x| move_region(&mut session, 0, 1, x));
    session.send(EventType::SetRegion, &set_region(0, 2, rectangle(99.0)));
    assert_eq!(stored_at(&session), 5.0);
    for id in ids {
        session.receive(EventType::SetRegionAck, id, &region_ack(1));
        assert_eq!(stored_at(&session), 5.0);
    }
}

#[test]
fn what_the_backend_refuses_is_stored_as_it_was() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    is_to_be_written(&mut session);
    session.receive(EventType::SetRegionAck, id, &SetRegionAck::default());
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 1.0);
}

#[test]
fn what_is_refused_leaves_an_earlier_one_that_is_not_answered() {
    let mut session = session();
    move_region(&mut session, 0, 1, 4.0);
    let id = move_region(&mut session, 0, 1, 5.0);
    is_to_be_written(&mut session);
    session.receive(EventType::SetRegionAck, id, &SetRegionAck::default());
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 4.0);
}

#[test]
fn an_answer_that_cannot_be_read_changes_nothing_and_is_stored_so() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    is_to_be_written(&mut session);
    assert!(session.tracker.received(&raw_frame(EventType::SetRegionAck, id, &[0xFF])).is_err());
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 1.0);
}

#[test]
fn points_that_the_backend_ignores_are_not_stored() {
    let mut session = session();
    let nothing = RegionInfo { control_points: vec![], ..rectangle(5.0) };
    let id = session.send(EventType::SetRegion, &set_region(0, 1, nothing));
    assert_eq!(stored_at(&session), 1.0);
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert_eq!(stored_at(&session), 1.0);
}

#[test]
fn a_new_region_is_stored_once_it_has_an_id() {
    let mut session = session();
    let id = session.send(EventType::SetRegion, &set_region(0, -1, rectangle(2.0)));
    assert!(!is_to_be_written(&mut session));
    assert_eq!(records(&session.tracker).len(), 3, "two images and region 1");
    session.receive(EventType::SetRegionAck, id, &region_ack(2));
    assert_eq!(session.tracker.workspace_mut().take_changes(), [RecordKey::Region(2)]);
    assert_eq!(records(&session.tracker).len(), 4);
}

#[test]
fn a_drop_changes_nothing_about_what_will_be_sent_again() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    is_to_be_written(&mut session);
    session.tracker.dropped();
    assert!(!is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 5.0);
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert_eq!(stored_at(&session), 5.0);
}

#[test]
fn what_the_viewer_gives_up_on_an_open_connection_is_stored_once_it_is_answered() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    is_to_be_written(&mut session);
    session.tracker.forget(EventType::SetRegion, id);
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 1.0);
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert!(is_to_be_written(&mut session), "the backend carried it out all the same");
    assert_eq!(stored_at(&session), 5.0);
}

#[test]
fn what_the_viewer_gives_up_after_a_drop_is_stored_as_it_was() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    session.tracker.dropped();
    is_to_be_written(&mut session);
    session.tracker.forget(EventType::SetRegion, id);
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 1.0);
}

#[test]
fn what_was_given_up_before_a_drop_is_stored_as_it_was() {
    let mut session = session();
    let id = move_region(&mut session, 0, 1, 5.0);
    session.tracker.forget(EventType::SetRegion, id);
    is_to_be_written(&mut session);
    session.tracker.dropped();
    is_to_be_written(&mut session);
    assert_eq!(stored_at(&session), 1.0);
}

#[test]
fn a_preview_is_stored_at_once() {
    let mut session = session();
    let preview = SetRegion { preview_region: true, ..set_region(0, 1, rectangle(8.0)) };
    session.send(EventType::SetRegion, &preview);
    assert!(is_to_be_written(&mut session));
    assert_eq!(stored_at(&session), 8.0);
}

#[test]
fn a_region_that_is_removed_is_gone_from_the_store() {
    let mut session = session();
    session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 1 });
    assert!(is_to_be_written(&mut session));
    assert_eq!(session.tracker.record(RecordKey::Region(1)), None);
    move_region(&mut session, 0, 1, 5.0);
    assert_eq!(session.tracker.record(RecordKey::Region(1)), None, "until it is there again");
}
