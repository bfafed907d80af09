//! What is not made is named, with the reason.

use carta_resume::{
    client::{Answer, Options, Phase, remaking::RemadeImage},
    protocol::{
        EventType,
        messages::{MomentResponse, views::FirstId},
    },
};

use super::support::{
    actions, answer, come_in, drop_and_ask, drop_and_tick, made, moments, offered, outcomes, pv,
    pv_made, reasons, with_moments, with_moments_and_preview, with_moments_and_pv,
};
use crate::client::support::{
    backend::Killer,
    driver::Input,
    frames::frame,
    world::{User, World},
};

#[test]
fn what_was_made_again_and_is_lost_again_is_not_told_as_made() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    world.send(moments(9, 0, 1));
    made(&mut world, 9, &[4, 5]);
    drop_and_tick(&mut world, &[]);
    let outcome = outcomes(&world).pop().unwrap();
    let kinds: Vec<_> = outcome.not_made.iter().map(|it| it.calculation.kind).collect();
    assert_eq!((outcome.made.len(), kinds), (0, vec!["pv-image"]));
}

#[test]
fn a_preview_that_is_not_ticked_is_named() {
    let mut world = with_moments_and_preview();
    drop_and_tick(&mut world, &[]);
    assert!(world.frames_sent(EventType::PvRequest).len() == 1);
    let outcome = outcomes(&world).pop().unwrap();
    let named: Vec<_> = outcome.not_made.iter().map(|it| &it.calculation).collect();
    let named: Vec<_> = named.iter().map(|it| (it.kind, it.preview_id)).collect();
    let expected = vec![("pv-preview", Some(8))];
    assert_eq!((outcome.made.len(), named), (0, expected), "the moments are lost images");
    assert_eq!(reasons(&world), [""]);
    // It is not offered again.
    drop_and_ask(&mut world);
    assert!(world.offers.last().unwrap().can_remake.is_empty());
}

#[test]
fn what_fails_is_named_with_the_backends_words_and_the_rest_is_made() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    world.send(moments(9, 0, 1));
    let message = "Too large.".to_owned();
    let no = MomentResponse { message, ..Default::default() };
    come_in(&mut world, frame(EventType::MomentResponse, 9, &no));
    world.send(pv(10, 0, 1, None));
    pv_made(&mut world, 10, Some(1));
    assert_eq!(reasons(&world), ["The backend says “Too large”."]);
    assert_eq!(outcomes(&world)[0].made.len(), 1);
    // It is not offered again.
    drop_and_ask(&mut world);
    assert_eq!(world.offers.last().unwrap().can_remake.len(), 1);
}

#[test]
fn what_it_is_made_from_has_to_be_back() {
    let mut world = with_moments();
    world.backend.disk.missing.insert("a.fits".into());
    drop_and_tick(&mut world, &[0]);
    assert_eq!(actions(&world), ["closeFile", "closeFile"]);
    assert_eq!(reasons(&world), ["The data it was made from could not be restored."]);
}

#[test]
fn it_can_be_stopped() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    world.send(moments(9, 0, 1));
    world.machine.stop_remaking(world.clock.now());
    world.run(100);
    let stops = world.frames_sent(EventType::StopMomentCalc);
    assert_eq!(stops[0].decode::<FirstId>().unwrap().id, 0);
    assert!(outcomes(&world).is_empty(), "the backend has not stopped yet");
    made(&mut world, 9, &[]);
    assert_eq!(reasons(&world), ["It was stopped."; 2]);
}

#[test]
fn what_was_under_way_at_two_losses_is_not_sent_a_third_time() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    world.backend.killers.push(Killer::Event(EventType::MomentRequest));
    world.send(moments(9, 0, 1));
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Confirming);
    assert_eq!(offered(&world), [1], "the other is unanswered");
    // The backend crashes on it again.
    let offer = world.offers.last().unwrap().id;
    world.input(Input::Ticked { offer, calculations: vec![1] });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(10_000);
    answer(&mut world, &[1]);
    let sent = world.frames_sent(EventType::MomentRequest);
    assert_eq!(sent.len(), 3, "the first, and two more");
    assert_eq!(actions(&world).last().unwrap(), "requestPV");
    world.send(pv(10, 0, 1, None));
    pv_made(&mut world, 10, Some(1));
    let reasons = reasons(&world);
    assert!(reasons.len() == 1 && reasons[0].contains("twice"), "{reasons:?}");
}

#[test]
fn what_waits_its_turn_is_offered_again_after_another_drop() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    // The connection drops before the viewer has asked.
    drop_and_ask(&mut world);
    assert_eq!(offered(&world), [0, 1]);
    answer(&mut world, &[1]);
    assert_eq!(actions(&world).last().unwrap(), "requestPV");
    world.send(pv(10, 0, 1, None));
    pv_made(&mut world, 10, Some(1));
    assert_eq!(reasons(&world), [""], "named, without a reason");
    assert_eq!(outcomes(&world)[0].made.len(), 1);
}

#[test]
fn what_is_asked_when_the_connection_is_lost_goes_on_after_the_resume() {
    let mut world = with_moments();
    drop_and_tick(&mut world, &[0]);
    world.send(moments(9, 0, 1));
    world.restart_backend();
    answer(&mut world, &[]);
    assert_eq!(world.frames_sent(EventType::MomentRequest).len(), 3);
    assert_eq!(world.reports.last().unwrap().remaking.len(), 1);
    made(&mut world, 9, &[1, 2]);
    let images = [1, 2].map(|id| RemadeImage { file_id: id, was: Some(id) });
    assert_eq!(outcomes(&world)[0].made[0].images, images);
}

#[test]
fn a_no_forgets_it() {
    let mut world = World::at_work(Options::default(), 1);
    world.user = User::Answers(500, Answer::No);
    world.send(moments(20, 0, 1));
    made(&mut world, 20, &[7]);
    world.restart_backend();
    world.run(20_000);
    assert_eq!(world.phase(), Phase::Active);
    assert!(world.offers[0].can_remake.len() == 1 && outcomes(&world).is_empty());
    assert!(world.machine.tracker().workspace().offer_calculations().is_empty());
}
