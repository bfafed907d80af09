//! What can be made again is offered, and nothing else.

use carta_resume::{
    protocol::{
        EventType,
        messages::{FittingResponse, views::FirstId},
    },
    workspace::OfferGenerated,
};

use super::support::{
    calculation, come_in, image, made, moments, pv, pv_made, with_moments, with_moments_and_pv,
};
use crate::client::support::{
    frames::{frame, set_channel, set_region},
    world::World,
};

#[test]
fn what_can_be_made_again_is_offered_by_what_made_it() {
    let mut world = with_moments_and_pv();
    world.send(pv(6, 0, 1, Some(8)));
    pv_made(&mut world, 6, None);
    world.send(calculation(EventType::FittingRequest, 7, 0, -1));
    come_in(&mut world, frame(EventType::FittingResponse, 7, &()));
    world.cut();
    world.run(5_000);
    let offer = &world.offers[0];
    let offered: Vec<_> = offer.can_remake.iter().map(|it| (it.kind, &*it.file)).collect();
    let expected = ["moments", "pv-image", "pv-preview"].map(|kind| (kind, "a.fits"));
    assert_eq!(offered, expected, "what made nothing is not offered");
    let apart: Vec<_> =
        offer.can_remake.iter().map(|it| (it.region_id, it.channels.clone())).collect();
    assert_eq!(apart, [(Some(1), vec![3, 8]), (Some(1), vec![]), (Some(1), vec![])]);
    let images = &offer.can_remake[0].images;
    let expected =
        [1, 2].map(|file_id| OfferGenerated { file_id, name: format!("made {file_id}") });
    assert_eq!(*images, expected);
    assert_eq!(
        offer.cannot_restore.len(),
        3,
        "a viewer that does not ask about them reports them as lost"
    );
}

#[test]
fn what_would_be_another_image_is_not_offered_and_it_is_said_why() {
    let why = |change: &dyn Fn(&mut World)| {
        let mut world = with_moments();
        // A fit of the field of view, which is part of the request.
        world.send(calculation(EventType::FittingRequest, 5, 0, 0));
        let fitted =
            FittingResponse { success: true, model_image: Some(image(3)), ..Default::default() };
        come_in(&mut world, frame(EventType::FittingResponse, 5, &fitted));
        change(&mut world);
        world.run(100);
        world.cut();
        world.run(5_000);
        let offer = &world.offers[0];
        let kinds: Vec<&str> = offer.can_remake.iter().map(|it| it.kind).collect();
        (kinds.join(" "), offer.cannot_restore[0].why.clone())
    };
    let (kinds, unchanged) = why(&|_| {});
    assert_eq!((&*kinds, unchanged.contains("again")), ("moments fit", false));
    let (kinds, moved) = why(&|world| world.send(set_region(9, 0, 1, 11.0)));
    assert_eq!((&*kinds, moved.contains("region has changed")), ("fit", true), "{moved}");
    let (kinds, shown) = why(&|world| world.send(set_channel(9, 0, 3)));
    assert_eq!(
        (&*kinds, shown.contains("again")),
        ("moments", false),
        "a moment map uses all channels"
    );
}

#[test]
fn what_changes_while_it_is_calculated_is_not_offered() {
    let mut world = with_moments();
    world.send(moments(5, 0, 1));
    world.send(set_region(6, 0, 1, 12.0));
    world.run(100);
    made(&mut world, 5, &[3]);
    world.cut();
    world.run(5_000);
    assert!(world.offers[0].can_remake.is_empty(), "{:?}", world.offers[0].can_remake);
}

#[test]
fn what_the_viewer_has_closed_is_not_offered() {
    let mut world = with_moments();
    world.send(frame(EventType::CloseFile, 5, &FirstId { id: 1 }));
    world.send(pv(6, 0, 1, Some(8)));
    pv_made(&mut world, 6, None);
    world.send(frame(EventType::ClosePvPreview, 7, &FirstId { id: 8 }));
    world.cut();
    world.run(5_000);
    let offered = &world.offers[0].can_remake;
    assert_eq!((offered.len(), offered[0].images.len()), (1, 1), "one of two is there");
    world.send(frame(EventType::CloseFile, 8, &FirstId { id: 2 }));
    assert!(world.machine.tracker().workspace().offer_calculations().is_empty());
}
