//! A region comes back on the image that it was drawn on, even if the viewer matches images as they
//! are opened: a matched image shows another one's regions.

use std::collections::BTreeMap;

use crate::rebuild::support::{
    Frame, VERSIONS, Version, Viewer,
    kept::{every_region, image, plain, told},
};
use carta_resume::{rebuild::Rebuild, workspace::Workspace};

fn matching(version: Version) -> Viewer {
    let mut viewer = Viewer::new(version);
    viewer.matches = true;
    viewer
}

#[test]
fn regions_of_two_images_stay_apart() {
    let mut kept = plain(&[(0, 0), (1, 0), (2, 0)]);
    for (id, owner, region) in [(1, 1, 3), (2, 0, 0), (3, 2, 4), (4, 1, 5)] {
        kept.set_region(owner, id, &every_region()[region]).unwrap();
    }
    for version in VERSIONS {
        let mut viewer = matching(version);
        let outcome = viewer.rebuild(Rebuild::new(&kept));
        assert_eq!(outcome.regions, [(1, 500), (2, 501), (3, 502), (4, 503)]);
        let drawn = |id: i32| viewer.frames[&id].regions.clone();
        let region = |id: i32, region: usize| (id, told(&every_region()[region], ""));
        assert_eq!(drawn(100), BTreeMap::from([region(501, 0)]));
        assert_eq!(drawn(101), BTreeMap::from([region(500, 3), region(503, 5)]));
        assert_eq!(drawn(102), BTreeMap::from([region(502, 4)]));
    }
}

#[test]
fn an_image_without_regions_of_its_own_stays_matched() {
    let mut viewer = matching(Version::V6);
    viewer.rebuild(Rebuild::new(&plain(&[(0, 300), (1, 0)])));
    assert_eq!(viewer.frames[&101].reference, Some(100));
    assert_eq!((viewer.frames[&100].regions.len(), viewer.frames[&101].regions.len()), (300, 0));
    let calls = |action: &str| viewer.calls.iter().filter(|call| call.action == action).count();
    assert_eq!((calls("setSpatialMatchingEnabled"), calls("addRegionAsync")), (0, 300));
}

#[test]
fn an_image_that_shows_the_regions_of_another_gets_none() {
    let kept = plain(&[(0, 1), (1, 2)]);
    let mut open = Workspace::default();
    for id in [0, 1] {
        open.open_image(image(id, &format!("{id}.fits"))).unwrap();
    }
    open.set_region(0, 7, &every_region()[5]).unwrap();
    let mut viewer = matching(Version::V6);
    viewer.frames.insert(0, Frame::default());
    viewer.frames.insert(1, Frame { reference: Some(0), ..Frame::default() });
    let mut rebuild = Rebuild::new(&kept);
    rebuild.adopt(&open);
    let outcome = viewer.rebuild(rebuild);
    assert_eq!((outcome.regions.len(), &outcome.failed_regions[..]), (1, &[2, 3][..]));
    let message = "The regions of 1.fits could not be restored: the image is matched to another \
                   one.";
    assert_eq!(outcome.messages, [message]);
    assert_eq!(viewer.frames[&1].regions.len(), 0);
}
