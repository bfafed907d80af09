//! Images that the backend had in its memory only are made again where the user ticks them.

use carta_resume::{
    client::{
        Answer, Options, Phase,
        offer::{Kept, Reason},
        remaking::{Made, NotMade, Remade, RemadeImage, RemakeProgress},
    },
    protocol::{
        EventType, Frame,
        messages::{
            FileInfo, IntBounds, MomentResponse, OpenFileAck, PvResponse, ScriptingRequest,
            ScriptingResponse,
            views::{FirstId, Progress, PvPreviewSettings, PvRequest, RegionCalculation},
        },
    },
    workspace::{OfferGenerated, Workspace},
};
use prost::Message;

use crate::client::{
    page::Page,
    support::{
        backend::Killer,
        driver::{Effect, Input, wanted},
        frames::{frame, open_file, set_channel, set_region},
        world::{User, World},
    },
};

const FIRST_OWN_ID: u32 = 0xF000_0001;

/// A MOMENT_REQUEST or FITTING_REQUEST, with a field that nobody here knows.
fn calculation(event: EventType, id: u32, file_id: i32, region_id: i32) -> Frame {
    let (file_id, region_id) = (Some(file_id), Some(region_id));
    let is_moment = event == EventType::MomentRequest;
    let spectral_range = is_moment.then_some(IntBounds { min: 3, max: 8 });
    let ids = RegionCalculation { file_id, region_id, spectral_range };
    let payload = [&ids.encode_to_vec()[..], b"\xfa\x3e\x03abc"].concat();
    Frame::from_payload(frame(event, id, &()).header(), &payload)
}

fn moments(id: u32, file_id: i32, region_id: i32) -> Frame {
    calculation(EventType::MomentRequest, id, file_id, region_id)
}

fn pv(id: u32, file_id: i32, region_id: i32, preview: Option<i32>) -> Frame {
    let preview_settings = preview.map(|preview_id| PvPreviewSettings { preview_id });
    let (file_id, region_id) = (Some(file_id), Some(region_id));
    frame(EventType::PvRequest, id, &PvRequest { file_id, region_id, preview_settings })
}

fn image(file_id: i32) -> OpenFileAck {
    let file_info = Some(FileInfo { name: format!("made {file_id}"), ..FileInfo::default() });
    OpenFileAck { success: true, file_id, file_info, ..OpenFileAck::default() }
}

fn come_in(world: &mut World, frame: Frame) {
    world.input(wanted(world.generation(), frame));
}

/// The backend has made these.
fn made(world: &mut World, id: u32, file_ids: &[i32]) {
    let open_file_acks = file_ids.iter().map(|&id| image(id)).collect();
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    come_in(world, frame(EventType::MomentResponse, id, &response));
}

fn pv_made(world: &mut World, id: u32, file_id: Option<i32>) {
    let response =
        PvResponse { success: true, open_file_ack: file_id.map(image), ..Default::default() };
    come_in(world, frame(EventType::PvResponse, id, &response));
}

/// An unmodified viewer with image 0, region 1 on it, and images 1 and 2, which are the
/// moments of that region.
fn with_moments() -> World {
    let mut world = World::drop_in(Options::default(), 1);
    world.user = User::Absent;
    world.send(open_file(2, 0, "a.fits"));
    world.send(set_region(3, 0, -1, 10.0));
    world.run(100);
    world.send(moments(4, 0, 1));
    made(&mut world, 4, &[1, 2]);
    world
}

/// The connection is lost, and the user says yes with these ticked.
fn drop_and_tick(world: &mut World, ticked: &[i32]) {
    world.restart_backend();
    answer(world, ticked);
}

fn answer(world: &mut World, ticked: &[i32]) {
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Confirming);
    let offer = world.offers.last().unwrap().id;
    world.input(Input::Ticked { offer, calculations: ticked.to_vec() });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
}

/// The numbers and actions of the viewer's calls.
fn calls(world: &World) -> Vec<(i32, String, String)> {
    let calls = world.fed.iter().filter(|it| it.event() == Some(EventType::ScriptingRequest));
    let calls = calls.map(|frame| frame.decode::<ScriptingRequest>().unwrap());
    calls.map(|call| (call.scripting_request_id, call.action, call.parameters)).collect()
}

fn actions(world: &World) -> Vec<String> {
    calls(world).into_iter().map(|(_, action, _)| action).collect()
}

fn progress(world: &World) -> Vec<(i32, f32, usize, usize)> {
    let told = world.log.iter().filter_map(|(_, effect)| match effect {
        Effect::Remaking(RemakeProgress { calculation, progress, done, all }) => {
            Some((calculation.id, *progress, *done, *all))
        }
        _ => None,
    });
    told.collect()
}

fn outcomes(world: &World) -> Vec<Remade> {
    let told = world.log.iter().filter_map(|(_, effect)| match effect {
        Effect::Remade(remade) => Some(remade.clone()),
        _ => None,
    });
    told.collect()
}

/// The reasons why something was not made, of the only outcome.
fn reasons(world: &World) -> Vec<String> {
    let outcomes = outcomes(world);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes[0].not_made.iter().map(|NotMade { message, .. }| message.clone()).collect()
}

// What is offered

#[test]
fn what_can_be_made_again_is_offered_by_what_made_it() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
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
    assert_eq!(offer.cannot_restore.len(), 3, "whoever does not ask about them says so");
}

#[test]
fn what_would_be_another_image_is_not_offered_and_it_is_said_why() {
    let why = |change: &dyn Fn(&mut World)| {
        let mut world = with_moments();
        // Of the field of view, which is in the request.
        world.send(calculation(EventType::FittingRequest, 5, 0, 0));
        let fitted = carta_resume::protocol::messages::FittingResponse {
            success: true,
            model_image: Some(image(3)),
            ..Default::default()
        };
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
    assert_eq!((&*kinds, shown.contains("again")), ("moments", false), "a moment is of all");
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

// An unmodified viewer

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
    assert_eq!(sent[1].payload(), moments(9, 7, 1).payload(), "another image's is its own");
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

    // Its answer to the call comes last, and is ours.
    let done = ScriptingResponse { scripting_request_id: call, ..Default::default() };
    world.send(frame(EventType::ScriptingResponse, 11, &done));
    assert_eq!(world.frames_sent(EventType::ScriptingResponse).len(), 0);
    assert_eq!(outcomes(&world).len(), 1);

    // And again.
    world.restart_backend();
    world.run(10_000);
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
    world.restart_backend();
    world.run(10_000);
    let offer = world.offers[0].id;
    world.input(Input::Ticked { offer: offer - 1, calculations: vec![0] });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(1_000);
    assert_eq!(actions(&world), ["closeFile", "closeFile"]);
}

#[test]
fn an_answer_that_waits_for_a_connection_keeps_its_ticks() {
    let mut world = with_moments();
    world.restart_backend();
    world.run(10_000);
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
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
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
fn a_preview_goes_on_in_its_own_window() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, Some(8)));
    pv_made(&mut world, 5, None);
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
        world.restart_backend();
        world.run(10_000);
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
fn what_was_made_again_and_is_lost_again_is_not_told_as_made() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
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
    let mut world = with_moments();
    world.send(pv(5, 0, 1, Some(8)));
    pv_made(&mut world, 5, None);
    drop_and_tick(&mut world, &[]);
    assert!(world.frames_sent(EventType::PvRequest).len() == 1);
    let outcome = outcomes(&world).pop().unwrap();
    let named: Vec<_> = outcome.not_made.iter().map(|it| &it.calculation).collect();
    let named: Vec<_> = named.iter().map(|it| (it.kind, it.preview_id)).collect();
    let expected = vec![("pv-preview", Some(8))];
    assert_eq!((outcome.made.len(), named), (0, expected), "the moments are lost images");
    assert_eq!(reasons(&world), [""]);
    // And that is all.
    world.restart_backend();
    world.run(10_000);
    assert!(world.offers.last().unwrap().can_remake.is_empty());
}

// What does not come true

#[test]
fn what_fails_is_named_with_the_backends_words_and_the_rest_is_made() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
    drop_and_tick(&mut world, &[0, 1]);
    world.send(moments(9, 0, 1));
    let message = "Too large.".to_owned();
    let no = MomentResponse { message, ..Default::default() };
    come_in(&mut world, frame(EventType::MomentResponse, 9, &no));
    world.send(pv(10, 0, 1, None));
    pv_made(&mut world, 10, Some(1));
    assert_eq!(reasons(&world), ["The backend says “Too large”."]);
    assert_eq!(outcomes(&world)[0].made.len(), 1);
    // And is not offered any more.
    world.restart_backend();
    world.run(10_000);
    assert_eq!(world.offers.last().unwrap().can_remake.len(), 1);
}

#[test]
fn what_it_is_made_from_has_to_be_back() {
    let mut world = with_moments();
    world.backend.disk.missing.insert("a.fits".into());
    drop_and_tick(&mut world, &[0]);
    assert_eq!(actions(&world), ["closeFile", "closeFile"]);
    assert_eq!(reasons(&world), ["What it is made from could not be restored."]);
}

#[test]
fn it_can_be_stopped() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
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
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
    drop_and_tick(&mut world, &[0, 1]);
    world.backend.killers.push(Killer::Event(EventType::MomentRequest));
    world.send(moments(9, 0, 1));
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Confirming);
    let offered = &world.offers.last().unwrap().can_remake;
    assert_eq!(offered.iter().map(|it| it.id).collect::<Vec<_>>(), [1], "the other is unanswered");
    // It dies of it again.
    let offer = world.offers.last().unwrap().id;
    world.input(Input::Ticked { offer, calculations: vec![1] });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(10_000);
    answer(&mut world, &[1]);
    let sent = world.frames_sent(EventType::MomentRequest);
    assert_eq!(sent.len(), 3, "the first, and twice again");
    assert_eq!(actions(&world).last().unwrap(), "requestPV");
    world.send(pv(10, 0, 1, None));
    pv_made(&mut world, 10, Some(1));
    let reasons = reasons(&world);
    assert!(reasons.len() == 1 && reasons[0].contains("twice"), "{reasons:?}");
}

#[test]
fn what_waits_its_turn_is_offered_again_after_another_drop() {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
    drop_and_tick(&mut world, &[0, 1]);
    // Before the viewer has asked.
    world.restart_backend();
    world.run(10_000);
    let offered = &world.offers.last().unwrap().can_remake;
    assert_eq!(offered.iter().map(|it| it.id).collect::<Vec<_>>(), [0, 1]);
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

// A viewer that knows the client

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

// A reload

/// The page before had image 0 with region 1 on it, and moments of that.
fn kept() -> Kept {
    let world = with_moments();
    let tracker = world.machine.tracker();
    let mut changed = tracker.workspace().clone();
    changed.note_all();
    let records = changed.take_changes().into_iter().filter_map(|key| tracker.record(key));
    let records: Vec<Vec<u8>> = records.collect();
    let workspace = Workspace::from_records(&records).unwrap();
    Kept { reason: Reason::PageReloaded, session_id: 7, saved_at: 1, workspace }
}

fn after_reload(page: &Page) -> Remade {
    let told = page.effects.iter().filter_map(|effect| match effect {
        Effect::Remade(remade) => Some(remade.clone()),
        _ => None,
    });
    let told: Vec<Remade> = told.collect();
    assert_eq!(told.len(), 1);
    told[0].clone()
}

#[test]
fn after_a_reload_they_are_made_from_what_has_come_back_under_other_ids() {
    let mut page = Page::asking(kept());
    let offer = page.offers()[0].clone();
    assert_eq!((offer.can_remake.len(), offer.cannot_restore.len()), (1, 2));
    page.input(Input::Ticked { offer: offer.id, calculations: vec![0] });
    page.answer(Answer::Yes);
    let sent = page.effects.iter().find_map(|effect| match effect {
        Effect::Send { frame, .. } if frame.event() == Some(EventType::MomentRequest) => {
            Some(frame.clone())
        }
        _ => None,
    });
    let sent = sent.expect("the viewer has asked");
    let ids: RegionCalculation = sent.decode().unwrap();
    assert_eq!((ids.file_id, ids.region_id), (Some(50), Some(1)), "as they are now");
    assert!(sent.payload().starts_with(moments(4, 0, 1).payload()));
    let response = MomentResponse {
        success: true,
        open_file_acks: vec![image(51), image(52)],
        ..Default::default()
    };
    let answer = frame(EventType::MomentResponse, sent.header().request_id, &response);
    page.input(wanted(page.machine.generation(), answer));
    let images = [(51, 1), (52, 2)].map(|(file_id, was)| RemadeImage { file_id, was: Some(was) });
    assert_eq!(after_reload(&page).made[0].images, images);
    assert_eq!(page.reports()[0].remaking.len(), 1);
}

#[test]
fn after_a_reload_what_is_not_ticked_is_named() {
    let mut page = Page::asking(kept());
    page.answer(Answer::Yes);
    let outcome = after_reload(&page);
    let names = outcome.not_made.iter().map(|it| (&*it.calculation.file, &*it.message));
    assert_eq!(names.collect::<Vec<_>>(), [("a.fits", "")]);
    assert!(!page.called.iter().any(|call| call == "requestMoment"));
}
