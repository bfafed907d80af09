//! The names of regions, as far as a viewer reveals them.

use crate::tracking::support::{
    Session, rectangle, region_ack, set_region,
    stored::{keys, records, reloaded},
};
use carta_resume::{
    protocol::{
        EventType,
        messages::{
            CloseFile, ImageProperties, ImportRegion, ImportRegionAck, RegionStyle, RemoveRegion,
            ResumeSession, ResumeSessionAck,
        },
    },
    workspace::{RecordKey, Workspace},
};

fn style(name: &str) -> RegionStyle {
    RegionStyle { name: name.to_owned(), color: "#ff0000".to_owned(), ..RegionStyle::default() }
}

/// Regions 1 and 2 are imported on image 0, under these names.
fn import(session: &mut Session, names: [&str; 2]) {
    let id = session.send(EventType::ImportRegion, &ImportRegion::default());
    let regions = [(1, rectangle(5.0)), (2, rectangle(9.0))];
    let region_styles = [(1, style(names[0])), (2, style(names[1]))];
    let ack = ImportRegionAck {
        success: true,
        message: String::new(),
        regions: regions.into(),
        region_styles: region_styles.into(),
    };
    assert!(session.receive(EventType::ImportRegionAck, id, &ack));
}

fn imported() -> Session {
    let mut session = Session::with_two_images();
    import(&mut session, ["core", "jet"]);
    session
}

/// An EXPORT_REGION, which has its styles in the same field as the ack above.
fn export(session: &mut Session, names: &[(i32, &str)]) {
    let region_styles = names.iter().map(|&(id, name)| (id, style(name))).collect();
    let message = ImportRegionAck { region_styles, ..ImportRegionAck::default() };
    session.send(EventType::ExportRegion, &message);
}

fn names(session: &Session) -> [String; 2] {
    let workspace = session.tracker.workspace();
    [1, 2].map(|id| workspace.region_name(id).to_owned())
}

#[test]
fn imported_regions_have_the_names_of_their_file() {
    assert_eq!(names(&imported()), ["core", "jet"]);
}

#[test]
fn a_refused_import_names_nothing() {
    let mut session = imported();
    let id = session.send(EventType::ImportRegion, &ImportRegion::default());
    let ack = ImportRegionAck { region_styles: [(1, style("x"))].into(), ..Default::default() };
    session.receive(EventType::ImportRegionAck, id, &ack);
    assert_eq!(names(&session), ["core", "jet"]);
}

#[test]
fn exported_regions_tell_how_the_user_has_named_them_since() {
    let mut session = imported();
    export(&mut session, &[(1, "nucleus"), (2, ""), (77, "nobody")]);
    assert_eq!(names(&session), ["nucleus", ""]);
    assert_eq!(session.tracker.workspace().region_name(77), "");
}

#[test]
fn a_region_that_is_moved_keeps_its_name() {
    let mut session = imported();
    let id = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(30.0)));
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert_eq!(names(&session), ["core", "jet"]);
}

#[test]
fn a_name_goes_with_its_region_and_not_to_the_next_of_that_id() {
    type Removal = fn(&mut Session);
    let removals: [Removal; 3] = [
        |session| {
            session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 1 });
        },
        |session| {
            session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
            session.open(0, "a.fits");
        },
        |session| {
            session.send(EventType::CloseFile, &CloseFile { file_id: -1 });
            session.open(0, "a.fits");
        },
    ];
    for remove in removals {
        let mut session = imported();
        remove(&mut session);
        session.draw(0, 1, rectangle(1.0));
        assert_eq!(names(&session)[0], "");
    }
}

#[test]
fn a_viewer_that_resumes_by_itself_keeps_the_names() {
    let mut session = imported();
    let image = ImageProperties {
        directory: String::new(),
        file: "a.fits".to_owned(),
        regions: [(2, rectangle(9.0))].into(),
        ..ImageProperties::default()
    };
    let resume = ResumeSession { images: vec![image], catalog_files: vec![] };
    let id = session.send(EventType::ResumeSession, &resume);
    let ack = ResumeSessionAck { success: true, message: String::new() };
    session.receive(EventType::ResumeSessionAck, id, &ack);
    assert_eq!(session.region_ids(), [2]);
    assert_eq!(names(&session), ["", "jet"]);
}

#[test]
fn names_are_stored_with_their_regions() {
    let session = imported();
    let back = reloaded(&records(&session.tracker));
    assert_eq!([1, 2].map(|id| back.workspace().region_name(id).to_owned()), ["core", "jet"]);
    assert!(!back.workspace().has_changes());
}

#[test]
fn a_new_name_is_a_change_of_that_region_only() {
    let mut session = imported();
    session.tracker.workspace_mut().take_changes();
    export(&mut session, &[(1, "core"), (2, "outflow")]);
    assert_eq!(session.tracker.workspace_mut().take_changes(), [RecordKey::Region(2)]);
}

#[test]
fn a_region_without_a_name_is_stored_as_it_always_was() {
    let mut named = Session::with_two_images();
    named.draw(0, 1, rectangle(5.0));
    let before = records(&named.tracker);
    named.tracker.workspace_mut().name_region(1, "core");
    let with_name = records(&named.tracker);
    named.tracker.workspace_mut().name_region(1, "");
    assert_eq!(records(&named.tracker), before);
    let key = keys(&named.tracker).into_iter().find(|key| *key == RecordKey::Region(1)).unwrap();
    // Field 4, a text of four bytes.
    let grown = with_name[&key.name()].len() - before[&key.name()].len();
    assert_eq!(grown, 2 + 4);
}

#[test]
fn endless_names_are_not_kept() {
    let mut session = imported();
    export(&mut session, &[(1, &"n".repeat(1001)), (2, &"n".repeat(1000))]);
    assert_eq!(names(&session), ["core".to_owned(), "n".repeat(1000)]);
}

#[test]
fn only_regions_have_names() {
    let mut workspace = Workspace::default();
    for id in [i32::MIN, -1, 0, 1, i32::MAX] {
        workspace.name_region(id, "name");
        assert_eq!(workspace.region_name(id), "");
    }
    assert!(!workspace.has_changes());
}

#[test]
fn an_export_that_cannot_be_read_names_nothing() {
    let mut session = imported();
    for payload in [&[0x22, 0xFF][..], &[0x22, 2, 0x0D, 1], &[0x22, 3, 0x12, 1, 0x0A], &[0x25]] {
        session.send_raw(EventType::ExportRegion, payload);
        assert_eq!(names(&session), ["core", "jet"]);
    }
}
