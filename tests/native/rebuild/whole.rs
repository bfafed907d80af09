//! A viewer that starts empty gets back what was kept.

use crate::rebuild::support::{
    VERSIONS, Version, Viewer,
    kept::{catalog, every_region, image, plain, rich, stokes_file, told},
};
use carta_resume::{
    rebuild::{Outcome, Rebuild},
    workspace::{ImageSpec, RegionSpec, Workspace},
};
use serde_json::{Value, json};

fn rebuilt(version: Version, workspace: &Workspace) -> (Viewer, Outcome) {
    let mut viewer = Viewer::new(version);
    let outcome = viewer.rebuild(Rebuild::new(workspace));
    (viewer, outcome)
}

// All of it

#[test]
fn images_come_back_in_the_order_of_their_ids_with_their_channels() {
    for version in VERSIONS {
        let (viewer, outcome) = rebuilt(version, &rich());
        assert_eq!(outcome.images, [(0, 100), (3, 101), (4, 102), (9, 103)]);
        assert_eq!(outcome.failed_images, [0; 0]);
        let opened = |id: i32| viewer.frames[&id].opened.clone();
        assert_eq!(opened(100), json!(["set", "a.fits", "", false, true]));
        assert_eq!(opened(101), json!(["set", "b.fits", "2", false, false]));
        assert_eq!(opened(103), json!(["set", "\"a\" + \"b\"", "", true, false]));
        let channels: Vec<_> = viewer.frames.values().map(|frame| frame.channels).collect();
        assert_eq!(channels, [(0, 0), (5, 0), (2, 1), (0, 0)]);
        for (id, announced) in [(101, true), (102, true), (103, false)] {
            assert_eq!(viewer.frames[&id].announced, announced, "{id}");
        }
    }
}

#[test]
fn a_joined_image_is_joined_again() {
    for version in VERSIONS {
        let (viewer, _) = rebuilt(version, &rich());
        let file = |name: &str, polarization: i32| {
            json!({
                "directory": "pol", "file": name, "hdu": "0", "polarizationType": polarization,
            })
        };
        let files = json!([file("i.fits", 1), file("q.fits", 2)]);
        let joined = &viewer.frames[&102];
        assert_eq!(joined.opened, json!([files, "set", ""]));
        assert_eq!(joined.stokes_files, files);
    }
}

#[test]
fn every_region_comes_back_with_its_points_rotation_and_name() {
    for version in VERSIONS {
        let (viewer, outcome) = rebuilt(version, &rich());
        assert_eq!(outcome.failed_regions, [0; 0]);
        let regions = &viewer.frames[&100].regions;
        for (old, spec) in (1..).zip(&every_region()) {
            let new = outcome.regions.iter().find(|ids| ids.0 == old).unwrap().1;
            let name = format!("region \"{old}\"");
            assert_eq!(regions[&new], told(spec, &name));
            assert!(outcome.region_names.contains(&(new, name)));
        }
        assert_eq!(regions.len(), every_region().len());
        let unnamed = outcome.regions.iter().find(|ids| ids.0 == 40).unwrap().1;
        assert_eq!(viewer.frames[&101].regions[&unnamed], told(&every_region()[3], ""));
        assert!(outcome.region_names.iter().all(|named| named.0 != unnamed));
    }
}

#[test]
fn contours_are_set_and_drawn_where_they_were() {
    for version in VERSIONS {
        let (viewer, outcome) = rebuilt(version, &rich());
        for (&id, frame) in &viewer.frames {
            let drawn = id == 101;
            let expected = if drawn { json!([[-1.5, 0.1, 1e9], 2, 4]) } else { Value::Null };
            assert_eq!((&frame.contours, frame.contours_drawn), (&expected, drawn), "{id}");
        }
        assert_eq!(outcome.messages, [""; 0]);
    }
}

#[test]
fn an_overlay_is_set_as_the_viewers_version_takes_it() {
    for (version, expected) in [
        (Version::V4, json!([-1, 0, true, 4, true, false, 0.0, false, 0.0, 0.0])),
        (Version::V6, json!([-1, 0, 4, true, false, 0.0, false, 0.0, 0.0, 1])),
    ] {
        let (viewer, _) = rebuilt(version, &rich());
        let drawn: Vec<_> = viewer.frames.iter().filter(|(_, frame)| frame.overlay_drawn).collect();
        assert_eq!(drawn.len(), 1);
        assert_eq!((*drawn[0].0, &drawn[0].1.overlay), (102, &expected));
    }
}

#[test]
fn the_image_that_was_looked_at_is_in_view_in_the_end() {
    for version in VERSIONS {
        assert_eq!(rebuilt(version, &rich()).0.in_view, Some(101));
        // Nothing says which one: it is the first.
        assert_eq!(rebuilt(version, &plain(&[(2, 0), (5, 0)])).0.in_view, Some(100));
    }
}

#[test]
fn catalogs_come_back_on_the_image_in_view() {
    for version in VERSIONS {
        let (viewer, outcome) = rebuilt(version, &rich());
        let expected = [json!(["cat", "one.vot", 50, 1]), json!(["cat", "two.fits", 7, 1])];
        assert_eq!(viewer.catalogs, expected);
        assert_eq!((outcome.catalogs, outcome.failed_catalogs), (vec![(1, 1), (2, 2)], vec![]));
        let calls: Vec<&str> = viewer.calls.iter().map(|call| call.action.as_str()).collect();
        let (shown, last) = calls.split_at(calls.len() - 2);
        assert_eq!(last, ["appendCatalog", "appendCatalog"]);
        assert!(shown.last().unwrap().starts_with("setActive"));
    }
}

#[test]
fn with_nothing_kept_there_is_nothing_to_do() {
    let mut rebuild = Rebuild::new(&Workspace::default());
    assert_eq!((rebuild.next(), rebuild.progress()), (None, (0, 0)));
    assert_eq!(rebuild.outcome(), Outcome::default());
}

#[test]
fn regions_come_in_the_order_of_their_ids_whichever_image_they_are_on() {
    let mut workspace = plain(&[(0, 0), (1, 0)]);
    for id in [1, 2, 3, 5, 8] {
        workspace.set_region(1 - id % 2, id, &every_region()[0]).unwrap();
    }
    let (_, outcome) = rebuilt(Version::V6, &workspace);
    assert_eq!(outcome.regions, [(1, 500), (2, 501), (3, 502), (5, 503), (8, 504)]);
}

// One after another

#[test]
fn a_call_waits_for_the_answer_to_the_one_before() {
    let mut rebuild = Rebuild::new(&plain(&[(0, 1)]));
    assert_eq!(rebuild.next().unwrap().action, "appendFile");
    assert_eq!(rebuild.next(), None);
    rebuild.answered(true, "7", "");
    assert_eq!(rebuild.progress(), (1, 4));
    let matching = rebuild.next().unwrap();
    assert_eq!(matching.return_path, "spatialReference.frameInfo.fileId");
    rebuild.answered(true, "", "");
    assert_eq!(rebuild.next().unwrap().return_path, "importRegion.length");
    rebuild.answered(true, "", "");
    let region = rebuild.next().unwrap();
    assert_eq!((&*region.target, &*region.action), ("frameMap[7].regionSet", "addRegionAsync"));
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut rebuild = Rebuild::new(&plain(&[(0, 0), (1, 0)]));
    rebuild.answered(true, "5", "");
    assert_eq!(rebuild.progress(), (0, 2));
    rebuild.next().unwrap();
    rebuild.answered(true, "5", "");
    rebuild.answered(true, "6", "");
    assert_eq!((rebuild.progress(), rebuild.outcome().images), ((1, 2), vec![(0, 5)]));
}

#[test]
fn a_viewer_is_recognised_by_a_call_that_does_nothing() {
    for version in VERSIONS {
        let mut viewer = Viewer::new(version);
        assert_eq!(viewer.call(&Rebuild::probe()), Ok(String::new()), "the viewer is empty");
        assert_eq!(viewer.frames.len(), 0);
        viewer.rebuild(Rebuild::new(&plain(&[(0, 0)])));
        assert_eq!(viewer.call(&Rebuild::probe()), Ok("100".to_owned()), "it shows this image");
    }
}

// Names that are not what they seem

#[test]
fn a_name_never_acts_as_a_macro_or_leaves_its_place() {
    let hostile = [
        "$activeFrame",
        "$frames[0].frameInfo.directory",
        "a$b$",
        "\"],\"x\":[\"",
        "\\",
        "\\\"",
        "\\u0024activeFrame",
        "{\"macroVariable\":\"undefined\"}",
        "\u{0}\u{1f}\n\r\t\u{7f}\u{2028}\u{2029}\u{feff}\u{202e}",
        "<img src=x onerror=alert(1)>",
        "../../etc/passwd",
        "\u{1f30c} \u{10ffff}",
        "",
    ];
    for version in VERSIONS {
        for name in hostile {
            let mut workspace = Workspace::default();
            let directory = format!("{name}/");
            let file = format!("{name}.fits");
            let spec = ImageSpec { directory, hdu: name.to_owned(), ..image(0, &file) };
            workspace.open_image(spec).unwrap();
            let files = vec![stokes_file(&file, 1), stokes_file(name, 2)];
            workspace.open_image(ImageSpec { stokes_files: files, ..image(1, &file) }).unwrap();
            workspace.set_region(0, 1, &every_region()[0]).unwrap();
            workspace.name_region(1, name);
            workspace.open_catalog(catalog(0, &file)).unwrap();
            let (viewer, outcome) = rebuilt(version, &workspace);
            assert_eq!(outcome.messages, [""; 0], "{name:?}");
            let opened = json!([format!("{name}/"), file, name, false, true]);
            assert_eq!(viewer.frames[&100].opened, opened);
            assert_eq!(viewer.frames[&101].stokes_files[1]["file"], name);
            let region = &viewer.frames[&100].regions[&500];
            assert_eq!(*region, told(&every_region()[0], name));
            assert_eq!(viewer.catalogs[0], json!(["cat", file, 50, 1]));
        }
    }
}

#[test]
fn numbers_that_json_cannot_express_are_left_out() {
    let mut session = crate::tracking::support::Session::with_two_images();
    let info = carta_resume::protocol::messages::RegionInfo {
        rotation: f32::NAN,
        ..crate::tracking::support::rectangle(5.0)
    };
    session.draw(0, 1, info);
    session.draw(0, 2, crate::tracking::support::rectangle(5.0));
    let levels = crate::tracking::support::stored::contours(1, &[f64::NAN, f64::INFINITY]);
    session.send(carta_resume::protocol::EventType::SetContourParameters, &levels);
    let levels = crate::tracking::support::stored::contours(0, &[f64::NAN, 2.5]);
    session.send(carta_resume::protocol::EventType::SetContourParameters, &levels);
    let (viewer, outcome) = rebuilt(Version::V6, session.tracker.workspace());
    assert_eq!((outcome.regions, outcome.failed_regions), (vec![(2, 500)], vec![1]));
    assert_eq!(viewer.frames[&100].contours, json!([[2.5], 2, 4]));
    assert_eq!(viewer.frames[&101].contours, Value::Null, "there is no level to draw");
}

// What does not come back

#[test]
fn a_file_that_is_gone_takes_its_regions_with_it_and_nothing_else() {
    for version in VERSIONS {
        let mut viewer = Viewer::new(version);
        viewer.missing = vec!["a.fits", "one.vot"];
        let outcome = viewer.rebuild(Rebuild::new(&rich()));
        assert_eq!(outcome.failed_images, [0]);
        assert_eq!(outcome.failed_regions, (1..=16).collect::<Vec<_>>());
        assert_eq!(outcome.images, [(3, 100), (4, 101), (9, 102)]);
        assert_eq!(outcome.regions, [(40, 500)]);
        assert_eq!((outcome.catalogs, outcome.failed_catalogs), (vec![(2, 1)], vec![1]));
        let expected = [
            "a.fits could not be restored: File a.fits does not exist.",
            "one.vot could not be restored: Catalog one.vot does not exist.",
        ];
        assert_eq!(outcome.messages, expected);
        assert_eq!(viewer.frames[&100].opened[4], true, "the first that opens is shown");
    }
}

#[test]
fn without_any_image_no_catalog_is_tried() {
    let mut workspace = plain(&[(0, 1)]);
    workspace.open_catalog(catalog(8, "c.vot")).unwrap();
    let mut viewer = Viewer::new(Version::V6);
    viewer.missing = vec!["0.fits"];
    let outcome = viewer.rebuild(Rebuild::new(&workspace));
    assert_eq!(viewer.calls.len(), 1);
    assert_eq!((outcome.failed_images, outcome.failed_regions), (vec![0], vec![1]));
    assert_eq!(outcome.failed_catalogs, [8]);
}

#[test]
fn a_region_that_the_backend_refuses_is_named_and_the_others_come() {
    let mut viewer = Viewer::new(Version::V4);
    viewer.refused = vec![3];
    let outcome = viewer.rebuild(Rebuild::new(&rich()));
    assert_eq!(outcome.failed_regions, [4, 40], "the rectangles");
    assert_eq!(outcome.regions.len(), 15);
}

#[test]
fn a_call_that_a_viewer_lacks_costs_what_needs_it() {
    let all = rebuilt(Version::V6, &rich()).1;
    for (lacks, message) in [
        ("setStokesFiles", ""),
        ("setChannelsByFrame", ""),
        ("flush", ""),
        ("setActiveImageById", ""),
        (
            "setChannels",
            "The channel of b.fits could not be restored: Error: Missing action function: setChannels.",
        ),
        (
            "applyContours",
            "The contours of b.fits could not be restored: Error: Missing action function: applyContours.",
        ),
        (
            "setContourConfiguration",
            "The contours of b.fits could not be restored: Error: Missing action function: setContourConfiguration.",
        ),
        (
            "applyVectorOverlay",
            "The vector overlay of i.hypercube could not be restored: Error: Missing action function: applyVectorOverlay.",
        ),
        (
            "getFrame",
            "The vector overlay of i.hypercube could not be restored: the viewer does not support it.",
        ),
    ] {
        let mut viewer = Viewer::new(Version::V6);
        viewer.lacks = lacks;
        let outcome = viewer.rebuild(Rebuild::new(&rich()));
        assert_eq!(outcome.images, all.images);
        assert_eq!(outcome.regions, all.regions);
        assert_eq!(outcome.catalogs, all.catalogs);
        assert_eq!(outcome.messages.first().map_or("", |text| text), message, "{lacks}");
    }
}

#[test]
fn nothing_that_is_only_tried_leaves_an_error_in_the_viewers_console() {
    for (version, lacks, shown) in [
        (Version::V4, "", true),
        (Version::V6, "", true),
        (Version::V4, "setActiveFrameById", false),
        (Version::V6, "setActiveImageById", false),
    ] {
        let mut viewer = Viewer::new(version);
        viewer.lacks = lacks;
        let outcome = viewer.rebuild(Rebuild::new(&rich()));
        assert_eq!((viewer.errors, outcome.messages.len()), (0, 0), "{version:?} {lacks}");
        assert_eq!(viewer.in_view == Some(101), shown);
    }
}

#[test]
fn messages_are_bounded() {
    let images: Vec<_> = (0..80).map(|id| (id, 0)).collect();
    let mut rebuild = Rebuild::new(&plain(&images));
    while rebuild.next().is_some() {
        rebuild.answered(false, "", &"\u{1f30c}".repeat(5000));
    }
    let outcome = rebuild.outcome();
    assert_eq!((outcome.failed_images.len(), outcome.messages.len()), (80, 50));
    assert!(outcome.messages.iter().all(|message| message.chars().count() <= 300));
}

#[test]
fn ten_thousand_regions_come_back_in_order() {
    let (viewer, outcome) = rebuilt(Version::V6, &plain(&[(0, 10_000)]));
    assert_eq!(viewer.frames[&100].regions.len(), 10_000);
    let expected: Vec<(i32, i32)> = (1..=10_000).zip(500..).collect();
    assert_eq!(outcome.regions, expected);
}

#[test]
fn a_region_of_a_future_type_is_passed_on() {
    // What a later viewer draws, it can draw again.
    let mut workspace = plain(&[(0, 0)]);
    assert!(
        workspace
            .set_region(0, 1, &RegionSpec { region_type: 99, ..RegionSpec::default() })
            .is_err(),
        "by a call it is refused"
    );
    let mut session = crate::tracking::support::Session::with_two_images();
    let info = carta_resume::protocol::messages::RegionInfo {
        region_type: 99,
        ..crate::tracking::support::rectangle(5.0)
    };
    session.draw(1, 1, info);
    let (viewer, outcome) = rebuilt(Version::V6, session.tracker.workspace());
    assert_eq!(outcome.regions, [(1, 500)]);
    assert_eq!(viewer.frames[&101].regions[&500][0], 99.0);
}
