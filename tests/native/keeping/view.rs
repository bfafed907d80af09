//! How the viewer displayed its work, stored with the workspace.

use carta_resume::{
    keeping::{export, writes::Writes},
    tracking::Tracker,
    workspace::{ImageSpec, RecordKey, ViewPart, Workspace},
};

use super::keeper::support::ADDRESS;
use crate::tracking::support::stored::{load, records, reloaded, rich};

fn part(key: &str, json: &str) -> ViewPart {
    ViewPart { key: key.to_owned(), json: json.to_owned() }
}

fn tracker(parts: &[(&str, &str)]) -> Tracker {
    let mut tracker = rich().tracker;
    for (key, json) in parts {
        tracker.workspace_mut().set_view_part(key, Some(json)).unwrap();
    }
    tracker
}

const TWO: [(&str, &str); 2] = [("regions/0", r#"{"1":{"name":"α"}}"#), ("zoom/0", "[1,2]")];

#[test]
fn the_view_comes_back_with_the_workspace() {
    let tracker = tracker(&TWO);
    let back = reloaded(&records(&tracker));
    assert_eq!(back.workspace().view_parts(), TWO.map(|(key, json)| part(key, json)));
    assert_eq!(records(&back), records(&tracker), "and it is stored again as it was");
}

#[test]
fn only_the_part_that_has_changed_is_written() {
    let mut tracker = tracker(&TWO);
    let mut writes = Writes::default();
    writes.changed(0);
    let names = |writes: &mut Writes, tracker: &mut Tracker| -> Vec<(String, bool)> {
        let batch = writes.take(tracker).unwrap();
        writes.written(batch.number);
        writes.changed(0);
        batch.records.into_iter().map(|(name, record)| (name, record.is_some())).collect()
    };
    assert!(names(&mut writes, &mut tracker).contains(&("view 1".to_owned(), true)));
    let set = |tracker: &mut Tracker, key, json| {
        tracker.workspace_mut().set_view_part(key, json).unwrap();
    };
    set(&mut tracker, "zoom/0", Some("[1,2]"));
    assert!(!tracker.workspace().has_changes(), "it is the same");
    set(&mut tracker, "zoom/0", Some("[3,4]"));
    assert_eq!(names(&mut writes, &mut tracker), [("view 1".to_owned(), true)]);
    set(&mut tracker, "regions/0", None);
    assert_eq!(names(&mut writes, &mut tracker), [("view 0".to_owned(), false)]);
    set(&mut tracker, "layout", Some("{}"));
    assert_eq!(names(&mut writes, &mut tracker), [("view 0".to_owned(), true)], "a free number");
    let parts = [part("layout", "{}"), part("zoom/0", "[3,4]")];
    assert_eq!(reloaded(&records(&tracker)).workspace().view_parts(), parts);
}

#[test]
fn it_is_exported_and_imported() {
    let tracker = tracker(&TWO);
    let file = export::of_open(&tracker, 5).unwrap();
    let write = export::import(&file, ADDRESS, 100).unwrap();
    let records: Vec<Vec<u8>> = write.records.into_iter().filter_map(|(_, it)| it).collect();
    let back = Workspace::from_records(&records).unwrap();
    assert_eq!(back.view_parts(), TWO.map(|(key, json)| part(key, json)));
}

#[test]
fn it_goes_with_the_workspace() {
    let mut tracker = tracker(&TWO);
    tracker.workspace_mut().take_changes();
    tracker.workspace_mut().clear();
    assert!(!tracker.workspace().has_view());
    let changes = tracker.workspace_mut().take_changes();
    assert!(changes.contains(&RecordKey::ViewPart(0)) && changes.contains(&RecordKey::ViewPart(1)));
    assert_eq!(tracker.record(RecordKey::ViewPart(1)), None);
}

#[test]
fn with_a_view_but_no_files_there_is_nothing_to_restore() {
    let mut workspace = Workspace::default();
    workspace.set_view_part("layout", Some("{}")).unwrap();
    assert!(workspace.is_empty());
}

#[test]
fn it_is_bounded() {
    let mut workspace = Workspace::default();
    let mut refuses = |key: &str, json: &str| workspace.set_view_part(key, Some(json)).is_err();
    let mebibytes = |count: usize| "x".repeat(count << 20);
    assert!(refuses("", "1") && refuses(&"k".repeat(201), "1") && refuses("a", ""));
    assert!(refuses("a", &(mebibytes(8) + "x")));
    assert!(!["a", "b", "c", "d"].iter().any(|key| refuses(key, &mebibytes(8))));
    assert!(refuses("e", "x"), "there is no room");
    assert!(!refuses("a", "x"), "it replaces what was there");
    for number in 4..2_000 {
        assert!(!refuses(&number.to_string(), "1"), "{number}");
    }
    assert!(refuses("one more", "1"));
    assert!(!refuses("b", "2"));
}

#[test]
fn two_parts_of_one_key_are_damage() {
    let sound = records(&tracker(&TWO));
    let mut twice = sound.clone();
    let other = records(&tracker(&[("other", "1"), TWO[1]]));
    assert!(load(&sound).is_ok());
    twice.remove("view 0");
    twice.insert("view 7".to_owned(), other["view 1"].clone());
    assert!(load(&twice).is_err());
}

#[test]
fn without_a_view_the_records_are_as_always() {
    let mut workspace = Workspace::default();
    let image = ImageSpec { file_id: 7, file: "a.fits".into(), ..ImageSpec::default() };
    workspace.open_image(image).unwrap();
    assert!(!workspace.has_view());
    let names: Vec<String> = workspace.take_changes().into_iter().map(RecordKey::name).collect();
    assert_eq!(names, ["image 7", "answer 7"]);
}
