//! Workspaces in files, and the names under which work of a backend is stored.

use carta_resume::{
    keeping::{
        address::canonical,
        archive::reachable,
        export::{self, import},
        fault::Fault,
        keeper::{Command, Input, Keeper, LoadTo, Viewer},
        row::{Row, State},
        session::{Holder, Stored},
    },
    protocol::messages::stored::ExportedWorkspace,
    tracking::Tracker,
    workspace::{ImageSpec, Workspace},
};
use proptest::prelude::*;
use prost::Message;

use super::keeper::support::{ADDRESS, Bench, stored};

fn names(write: &carta_resume::keeping::session::Write) -> Vec<&str> {
    write.records.iter().map(|(name, _)| name.as_str()).collect()
}

fn file() -> Vec<u8> {
    export::of_stored(stored()).unwrap()
}

fn refusal(file: &[u8]) -> String {
    let problem = import(file, ADDRESS, 100).unwrap_err();
    assert_eq!(problem.code.name(), "invalid-file");
    problem.message
}

#[test]
fn what_is_exported_is_imported_whole_without_the_session_id() {
    let write = import(&file(), "ws://elsewhere/", 100).unwrap();
    assert_eq!((write.session_id, write.saved_at), (0, 77));
    assert_eq!(write.address, "ws://elsewhere/");
    assert_eq!(names(&write), ["image 7"]);
    let records: Vec<Vec<u8>> =
        write.records.into_iter().filter_map(|(_, record)| record).collect();
    assert_eq!(Some(records), stored().records);
    assert_eq!(write.contents.unwrap().images[0].file, "kept.fits");
}

#[test]
fn what_is_open_is_exported_with_what_the_backend_has_not_answered_yet() {
    let mut tracker = Tracker::new(1_000);
    assert_eq!(export::of_open(&tracker, 5), None);
    let image = ImageSpec { file_id: 7, file: "kept.fits".into(), ..ImageSpec::default() };
    tracker.workspace_mut().open_image(image).unwrap();
    tracker.workspace_mut().take_changes();
    let write = import(&export::of_open(&tracker, 5).unwrap(), ADDRESS, 100).unwrap();
    assert_eq!(names(&write), ["image 7"]);
    assert!(!tracker.workspace().has_changes());
}

#[test]
fn a_file_that_is_no_workspace_is_refused_with_what_to_do() {
    const FOREIGN: &str = "This file is not an exported workspace. Choose a file that was \
                           exported here or in another browser.";
    const DAMAGED: &str = "This file is damaged. Export the work again and import that file.";
    assert_eq!(refusal(b""), FOREIGN);
    assert_eq!(refusal(b"SIMPLE  =                    T"), FOREIGN);
    let exported = ExportedWorkspace::decode(file().as_slice()).unwrap();
    let newer = ExportedWorkspace { format: 2, ..exported.clone() };
    assert!(refusal(&newer.encode_to_vec()).contains("newer version"));
    let mut changed = file();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(refusal(&changed), DAMAGED);
    let empty = ExportedWorkspace { records: Vec::new(), ..exported };
    assert_eq!(refusal(&empty.encode_to_vec()), DAMAGED);
    assert_eq!(export::of_stored(Stored { records: None, ..stored() }), None);
}

#[test]
fn a_file_from_the_future_was_saved_now() {
    let exported = ExportedWorkspace::decode(file().as_slice()).unwrap();
    let future = ExportedWorkspace { saved_at: u64::MAX, ..exported };
    assert_eq!(import(&future.encode_to_vec(), ADDRESS, 100).unwrap().saved_at, 100);
}

proptest! {
    #[test]
    fn no_bytes_of_a_file_do_harm(mut bytes in any::<Vec<u8>>(), at in any::<u16>(), to in any::<u8>()) {
        drop(import(&bytes, ADDRESS, 100));
        bytes = file();
        let at = usize::from(at) % bytes.len();
        bytes[at] = to;
        if let Ok(write) = import(&bytes, ADDRESS, 100) {
            let records: Vec<Vec<u8>> =
                write.records.into_iter().filter_map(|(_, record)| record).collect();
            prop_assert!(Workspace::from_records(&records).is_ok());
        }
    }
}

#[test]
fn the_archive_exports_and_imports() {
    let mut bench = Bench::with_session(Viewer::OfClient);
    let export = Command::Export { id: "k".into() };
    assert_eq!(bench.does(Input::Command { request: 1, command: export }), "load 1 k Export");
    let (to, outcome) = (LoadTo::Export, Ok(Some((Holder::Nobody, stored()))));
    let loaded = Input::Loaded { request: 1, id: "k".into(), to, outcome };
    assert_eq!(bench.does(loaded), "export 1");
    let file = bench.file.take().unwrap();
    let import = |file| Input::Command { request: 2, command: Command::Import { file } };
    assert_eq!(bench.does(import(file.clone())), "import 2");
    assert_eq!(names(&bench.writes[0]), ["image 7"]);
    assert_eq!(bench.writes[0].address, ADDRESS);
    assert!(bench.does(import(b"no".to_vec())).starts_with("settle 2 invalid-file: This file is"));
    bench.does(Input::Lost(Fault::Failed));
    assert_eq!(bench.does(import(file)), "settle 2 storage-failed: The browser's storage failed.");
    bench.keeper = Keeper::new(Viewer::OfClient, false);
    assert_eq!(
        bench.does(import(Vec::new())),
        "settle 2 storage-failed: The archive is not available, because this page does not store \
         anything in the browser."
    );
    assert!(Bench::new().does(import(Vec::new())).starts_with("settle 2 not-active: "));
}

#[test]
fn addresses_that_surely_lead_to_one_backend_have_one_name() {
    for (address, name) in [
        ("ws://a.org/", "ws://a.org/"),
        ("ws://a.org/index.html", "ws://a.org/"),
        ("wss://a.org/carta/index.html", "wss://a.org/carta/"),
        ("ws://127.0.0.1:3002/", "ws://localhost:3002/"),
        ("ws://[::1]:3002/index.html", "ws://localhost:3002/"),
        ("ws://localhost/", "ws://localhost/"),
        // Not the same backend, or not certainly.
        ("ws://a.org/myindex.html", "ws://a.org/myindex.html"),
        ("ws://a.org/index.htm", "ws://a.org/index.htm"),
        ("ws://127.0.0.10/", "ws://127.0.0.10/"),
        ("ws://127.0.0.1.evil.org/", "ws://127.0.0.1.evil.org/"),
        ("nonsense", "nonsense"),
        ("", ""),
    ] {
        assert_eq!(canonical(address), name);
        assert_eq!(canonical(name), name);
    }
}

#[test]
fn all_of_a_users_work_is_reachable_whatever_its_backend() {
    let row = |key: &str, state, saved_at: f64| Row {
        key: key.into(),
        address: format!("ws://{key}/"),
        user: String::new(),
        state,
        saved_at,
        archived_at: if state == State::Archived { saved_at + 1.0 } else { 0.0 },
        bytes: None,
        lease: None,
        empty: false,
    };
    let rows = [
        row("archived", State::Archived, 1.0),
        row("left", State::Live, 3.0),
        row("own", State::Live, 9.0),
        Row { empty: true, ..row("empty", State::Live, 9.0) },
        Row { user: "ada".into(), ..row("ada", State::Archived, 9.0) },
        Row { user: "ada".into(), ..row("ada-live", State::Live, 9.0) },
        row("damaged", State::Damaged, 9.0),
        Row::unreadable("unreadable".into()),
    ];
    let keys = |user| -> Vec<&str> {
        reachable(&rows, user, "own").into_iter().map(|row| row.key.as_str()).collect()
    };
    assert_eq!(keys(""), ["left", "archived"]);
    assert_eq!(keys("ada"), ["ada", "ada-live"]);
}
