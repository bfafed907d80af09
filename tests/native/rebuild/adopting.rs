//! What a viewer has opened by itself is not opened twice.

use crate::rebuild::support::{
    Version, Viewer,
    kept::{catalog, every_region, image, stokes_file},
};
use carta_resume::{
    rebuild::Rebuild,
    workspace::{ImageSpec, Workspace},
};

#[test]
fn an_image_that_the_viewer_has_opened_by_itself_is_not_opened_again() {
    let mut open = Workspace::default();
    open.open_image(ImageSpec { directory: "./set".to_owned(), ..image(0, "b.fits") }).unwrap();
    open.open_image(image(1, "other.fits")).unwrap();
    let mut kept = Workspace::default();
    kept.open_image(image(4, "a.fits")).unwrap();
    kept.open_image(ImageSpec { hdu: "0".to_owned(), channel: 3, ..image(6, "b.fits") }).unwrap();
    kept.open_image(ImageSpec { hdu: "1".to_owned(), ..image(7, "b.fits") }).unwrap();
    kept.set_region(6, 1, &every_region()[0]).unwrap();

    let mut rebuild = Rebuild::new(&kept);
    rebuild.adopt(&open);
    let mut viewer = Viewer::new(Version::V6);
    viewer.frames.insert(0, crate::rebuild::support::Frame::default());
    viewer.in_view = Some(0);
    let outcome = viewer.rebuild(rebuild);
    assert_eq!(outcome.images, [(6, 0), (4, 100), (7, 101)]);
    assert_eq!(viewer.frames[&0].channels, (3, 0));
    assert_eq!(viewer.frames[&0].regions.len(), 1);
    assert_eq!(viewer.in_view, Some(0), "what is looked at stays in view");
}

#[test]
fn what_has_been_moved_already_is_moved_back() {
    let mut open = Workspace::default();
    open.open_image(ImageSpec { channel: 5, ..image(0, "a.fits") }).unwrap();
    let mut kept = Workspace::default();
    kept.open_image(image(0, "a.fits")).unwrap();
    let mut rebuild = Rebuild::new(&kept);
    rebuild.adopt(&open);
    let mut viewer = Viewer::new(Version::V6);
    viewer
        .frames
        .insert(0, crate::rebuild::support::Frame { channels: (5, 0), ..Default::default() });
    viewer.rebuild(rebuild);
    assert_eq!(viewer.frames[&0].channels, (0, 0));
}

#[test]
fn a_dot_makes_it_another_folder() {
    let in_folder = |id: i32, directory: &str| {
        let mut workspace = Workspace::default();
        let directory = directory.to_owned();
        workspace.open_image(ImageSpec { directory, ..image(id, "a.fits") }).unwrap();
        workspace
    };
    for (kept, open, adopted) in [
        (".set", "set", false),
        ("set.", "set", false),
        ("..", "", false),
        ("./set/", "/set", true),
        (".", "", true),
    ] {
        let mut rebuild = Rebuild::new(&in_folder(0, kept));
        rebuild.adopt(&in_folder(1, open));
        assert_eq!(rebuild.outcome().images.len(), usize::from(adopted), "{kept} {open}");
    }
}

#[test]
fn regions_and_catalogs_that_are_there_are_not_made_again() {
    let mut open = Workspace::default();
    open.open_image(image(0, "a.fits")).unwrap();
    open.set_region(0, 7, &every_region()[0]).unwrap();
    open.open_catalog(catalog(3, "stars.xml")).unwrap();
    let mut kept = Workspace::default();
    kept.open_image(image(4, "a.fits")).unwrap();
    for (id, region) in [(1, 0), (2, 0), (3, 1)] {
        kept.set_region(4, id, &every_region()[region]).unwrap();
    }
    for (id, name) in [(1, "stars.xml"), (2, "more.xml")] {
        kept.open_catalog(catalog(id, name)).unwrap();
    }
    let mut rebuild = Rebuild::new(&kept);
    rebuild.adopt(&open);
    let mut viewer = Viewer::new(Version::V6);
    viewer.frames.insert(0, crate::rebuild::support::Frame::default());
    viewer.in_view = Some(0);
    let outcome = viewer.rebuild(rebuild);
    assert_eq!(viewer.frames[&0].regions.len(), 2, "the other one of its kind, and the third");
    assert_eq!(outcome.regions.iter().map(|(kept, _)| *kept).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((outcome.regions[0], outcome.catalogs.len()), ((1, 7), 2));
}

#[test]
fn an_image_that_was_open_twice_is_adopted_once_for_each() {
    let mut kept = Workspace::default();
    for id in [0, 1, 2] {
        kept.open_image(image(id, "a.fits")).unwrap();
    }
    let mut open = Workspace::default();
    for id in [5, 6] {
        open.open_image(image(id, "a.fits")).unwrap();
    }
    let mut rebuild = Rebuild::new(&kept);
    rebuild.adopt(&open);
    assert_eq!(rebuild.outcome().images, [(0, 5), (1, 6)]);
    let call = rebuild.next().unwrap();
    assert_eq!(call.action, "appendFile");
}

#[test]
fn joined_images_are_adopted_by_their_files() {
    let joined = |id: i32, second: &str| ImageSpec {
        stokes_files: vec![stokes_file("i.fits", 1), stokes_file(second, 2)],
        ..image(id, "i.hypercube")
    };
    for (second, adopted) in [("q.fits", 1), ("u.fits", 0)] {
        let (mut kept, mut open) = (Workspace::default(), Workspace::default());
        kept.open_image(joined(0, "q.fits")).unwrap();
        open.open_image(joined(3, second)).unwrap();
        let mut rebuild = Rebuild::new(&kept);
        rebuild.adopt(&open);
        assert_eq!(rebuild.outcome().images.len(), adopted);
    }
}
