//! What the user has ticked is made again, by the viewer or by the client.

use carta_resume::{
    client::{
        Answer, Options,
        remaking::{Made, RemadeImage},
    },
    protocol::{
        EventType,
        messages::{
            ScriptingResponse,
            views::{FirstId, Progress},
        },
    },
};
use prost::Message;

use super::support::{
    actions, answer, calls, come_in, drop_and_ask, drop_and_tick, made, moments, outcomes,
    progress, pv, pv_made, reasons, with_moments, with_moments_and_preview, with_moments_and_pv,
};
use crate::client::support::{
    driver::{Effect, Input},
    frames::{FIRST_OWN_ID, frame, open_file, set_region},
    world::{User, World},
};

#[test]
fn an_unmodified_viewer_is_called_to_ask_and_sends_what_it_sent_before() {
    let mut world = with_moments();
    drop_and_tick(&mut world, &[0]);
    assert_eq!(actions(&world), ["closeFile", "closeFile", "requestMoment"]);
    let (call, _, parameters) = calls(&world).pop().unwrap();
    assert!(parameters.contains(r#""fileId":0,"regionId":1,"keep":true"#), "{parameters}");
    assert!(parameters.ends_with(r#"{"macroVariable":"frameMap[0]"}]"#), "{parameters}");
    let report = &world.reports[0];
    assert_eq!((&*report.restored.lost_images, report.remaking.len()), (&[1, 2][..], 1));

    world.send(moments(9, 7, 1));
    let others = frame(EventType::MomentRequest, 10, &FirstId { id: 0 });
    world.send(others.clone());
    world.send(others);
    let sent = world.frames_sent(EventType::MomentRequest);
    assert_eq!(
        sent[1].payload(),
        moments(9, 7, 1).payload(),
        "the other image has its own request"
    );
    assert_eq!(sent[2].payload(), moments(4, 0, 1).payload(), "as before");
    assert_eq!(sent[3].payload(), FirstId { id: 0 }.encode_to_vec(), "once");

    let half = Progress { file_id: 0, second: Some(0.5), third: None };
    come_in(&mut world, frame(EventType::MomentProgress, 10, &half));
    let other = Progress { file_id: 7, second: Some(0.9), third: None };
    come_in(&mut world, frame(EventType::MomentProgress, 9, &other));
    assert_eq!(progress(&world), [(0, 0.0, 0, 1), (0, 0.5, 0, 1)]);
    made(&mut world, 10, &[5, 6]);
    let images = [(5, 1), (6, 2)].map(|(file_id, was)| RemadeImage { file_id, was: Some(was) });
    let outcome = outcomes(&world).pop().unwrap();
    assert_eq!((&*outcome.made[0].images, outcome.not_made.len()), (&images[..], 0));

    // The answer to the call comes last, and is kept from the backend.
    let done = ScriptingResponse { scripting_request_id: call, ..Default::default() };
    world.send(frame(EventType::ScriptingResponse, 11, &done));
    assert_eq!(world.frames_sent(EventType::ScriptingResponse).len(), 0);
    assert_eq!(outcomes(&world).len(), 1);

    // And again.
    drop_and_ask(&mut world);
    let again = &world.offers.last().unwrap().can_remake;
    assert_eq!(again.iter().map(|it| it.images[0].file_id).collect::<Vec<_>>(), [5]);
}

#[test]
fn without_a_tick_nothing_is_asked() {
    let mut world = with_moments();
    drop_and_tick(&mut world, &[]);
    assert_eq!(actions(&world), ["closeFile", "closeFile"]);
    assert_eq!(world.reports[0].restored.lost_images, [1, 2]);
    assert!(world.reports[0].remaking.is_empty() && outcomes(&world).is_empty());
    assert!(world.machine.tracker().workspace().cannot_restore().is_empty());
}

#[test]
fn a_tick_counts_for_the_offer_that_it_was_made_for() {
    let mut world = with_moments();
    drop_and_ask(&mut world);
    let offer = world.offers[0].id;
    world.input(Input::Ticked { offer: offer - 1, calculations: vec![0] });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(1_000);
    assert_eq!(actions(&world), ["closeFile", "closeFile"]);
}

#[test]
fn an_answer_that_waits_for_a_connection_keeps_its_ticks() {
    let mut world = with_moments();
    drop_and_ask(&mut world);
    let offer = world.offers[0].id;
    world.input(Input::Ticked { offer, calculations: vec![0] });
    world.cut();
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(200);
    world.cut();
    world.run(10_000);
    assert_eq!(actions(&world).last().unwrap(), "requestMoment");
}

#[test]
fn of_several_images_those_that_were_closed_are_closed_again() {
    let mut world = with_moments();
    world.send(frame(EventType::CloseFile, 5, &FirstId { id: 1 }));
    drop_and_tick(&mut world, &[0]);
    world.send(moments(9, 0, 1));
    made(&mut world, 9, &[5, 6]);
    let (_, action, parameters) = calls(&world).pop().unwrap();
    assert_eq!(
        (&*action, &*parameters),
        ("closeFile", r#"[{"macroVariable":"frameMap[5]"},false]"#)
    );
    let outcome = outcomes(&world).pop().unwrap();
    assert_eq!(outcome.made[0].images, [RemadeImage { file_id: 6, was: Some(2) }]);
}

#[test]
fn a_viewer_that_does_not_ask_costs_that_alone() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    let (call, action, _) = calls(&world).pop().unwrap();
    assert_eq!(action, "requestMoment");
    let no = ScriptingResponse { scripting_request_id: call, ..Default::default() };
    world.send(frame(EventType::ScriptingResponse, 11, &no));
    assert_eq!(actions(&world).last().unwrap(), "requestPV");
    assert_eq!(progress(&world).last(), Some(&(1, 0.0, 1, 2)));
    world.run(60_000);
    let reasons = reasons(&world);
    assert!(reasons.iter().all(|why| why.contains("did not ask")) && reasons.len() == 2);
}

#[test]
fn images_are_told_as_soon_as_they_are_made() {
    let mut world = with_moments_and_pv();
    drop_and_tick(&mut world, &[0, 1]);
    world.send(moments(9, 0, 1));
    made(&mut world, 9, &[5, 6]);
    let told = world.log.iter().filter_map(|(_, effect)| match effect {
        Effect::RemadeImages(images) => Some(images.clone()),
        _ => None,
    });
    let images = [(5, 1), (6, 2)].map(|(file_id, was)| RemadeImage { file_id, was: Some(was) });
    assert_eq!(told.collect::<Vec<_>>(), [images]);
    assert_eq!((actions(&world).pop().unwrap(), outcomes(&world).len()), ("requestPV".into(), 0));
}

#[test]
fn a_preview_goes_on_in_its_own_window() {
    let mut world = with_moments_and_preview();
    drop_and_tick(&mut world, &[1]);
    let (_, action, parameters) = calls(&world).pop().unwrap();
    assert_eq!(action, "requestPreviewPV");
    assert!(parameters.ends_with(r#","pv-generator-8"]"#), "{parameters}");
    world.send(pv(9, 0, 1, None));
    let sent = world.frames_sent(EventType::PvRequest);
    assert_eq!(sent.last().unwrap().payload(), pv(5, 0, 1, Some(8)).payload());
    pv_made(&mut world, 9, None);
    let outcome = outcomes(&world).pop().unwrap();
    assert!(matches!(&*outcome.made, [Made { images, .. }] if images.is_empty()), "{outcome:?}");
}

#[test]
fn a_preview_that_was_made_again_is_offered_again() {
    let mut world = World::drop_in(Options::default(), 1);
    world.user = User::Absent;
    world.send(open_file(2, 0, "a.fits"));
    world.send(set_region(3, 0, -1, 10.0));
    world.run(100);
    world.send(pv(4, 0, 1, Some(0)));
    pv_made(&mut world, 4, None);
    for id in 5..8 {
        drop_and_ask(&mut world);
        let offered = world.offers.last().unwrap().can_remake.clone();
        assert_eq!(offered.len(), 1, "{id}");
        answer(&mut world, &[offered[0].id]);
        world.send(pv(id, 0, 1, None));
        pv_made(&mut world, id, None);
        assert_eq!(outcomes(&world).pop().unwrap().made.len(), 1);
        world.run(60_000);
    }
}

#[test]
fn for_a_viewer_that_knows_it_the_client_asks_and_tells_old_and_new_ids() {
    let mut world = World::at_work(Options::default(), 1);
    world.user = User::Absent;
    world.send(moments(20, 0, 1));
    made(&mut world, 20, &[7, 8]);
    drop_and_tick(&mut world, &[0]);
    let sent = world.frames_sent(EventType::MomentRequest);
    assert_eq!(sent[1].payload(), moments(20, 0, 1).payload());
    let id = sent[1].header().request_id;
    assert!(id >= FIRST_OWN_ID && sent.len() == 2);
    made(&mut world, id, &[2, 3]);
    assert!(world.delivered.iter().any(|header| header.request_id == id), "it gets the answer");
    let images = [(2, 7), (3, 8)].map(|(file_id, was)| RemadeImage { file_id, was: Some(was) });
    assert_eq!(outcomes(&world)[0].made[0].images, images);
    assert_eq!(actions(&world), [""; 0]);
}
