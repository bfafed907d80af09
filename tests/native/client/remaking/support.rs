//! Viewers with such images, what they send, and what they are told.

use carta_resume::{
    client::{
        Answer, Options, Phase,
        remaking::{NotMade, Remade, RemakeProgress},
    },
    protocol::{
        EventType, Frame,
        messages::{
            FileInfo, IntBounds, MomentResponse, OpenFileAck, PvResponse, ScriptingRequest,
            views::{PvPreviewSettings, PvRequest, RegionCalculation},
        },
    },
};
use prost::Message;

use crate::client::support::{
    driver::{Effect, Input, wanted},
    frames::{frame, open_file, set_region},
    world::{User, World},
};

/// A MOMENT_REQUEST or FITTING_REQUEST, with a field that the client does not know.
pub fn calculation(event: EventType, id: u32, file_id: i32, region_id: i32) -> Frame {
    let (file_id, region_id) = (Some(file_id), Some(region_id));
    let is_moment = event == EventType::MomentRequest;
    let spectral_range = is_moment.then_some(IntBounds { min: 3, max: 8 });
    let ids = RegionCalculation { file_id, region_id, spectral_range };
    let payload = [&ids.encode_to_vec()[..], b"\xfa\x3e\x03abc"].concat();
    Frame::from_payload(frame(event, id, &()).header(), &payload)
}

pub fn moments(id: u32, file_id: i32, region_id: i32) -> Frame {
    calculation(EventType::MomentRequest, id, file_id, region_id)
}

pub fn pv(id: u32, file_id: i32, region_id: i32, preview: Option<i32>) -> Frame {
    let preview_settings = preview.map(|preview_id| PvPreviewSettings { preview_id });
    let (file_id, region_id) = (Some(file_id), Some(region_id));
    frame(EventType::PvRequest, id, &PvRequest { file_id, region_id, preview_settings })
}

pub fn image(file_id: i32) -> OpenFileAck {
    let file_info = Some(FileInfo { name: format!("made {file_id}"), ..FileInfo::default() });
    OpenFileAck { success: true, file_id, file_info, ..OpenFileAck::default() }
}

pub fn come_in(world: &mut World, frame: Frame) {
    world.input(wanted(world.generation(), frame));
}

/// The backend has made these.
pub fn made(world: &mut World, id: u32, file_ids: &[i32]) {
    let open_file_acks = file_ids.iter().map(|&id| image(id)).collect();
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    come_in(world, frame(EventType::MomentResponse, id, &response));
}

pub fn pv_made(world: &mut World, id: u32, file_id: Option<i32>) {
    let response =
        PvResponse { success: true, open_file_ack: file_id.map(image), ..Default::default() };
    come_in(world, frame(EventType::PvResponse, id, &response));
}

/// An unmodified viewer with image 0, region 1 on it, and images 1 and 2, which are the
/// moments of that region.
pub fn with_moments() -> World {
    let mut world = World::drop_in(Options::default(), 1);
    world.user = User::Absent;
    world.send(open_file(2, 0, "a.fits"));
    world.send(set_region(3, 0, -1, 10.0));
    world.run(100);
    world.send(moments(4, 0, 1));
    made(&mut world, 4, &[1, 2]);
    world
}

/// The same with a position-velocity image of the region, id 3.
pub fn with_moments_and_pv() -> World {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, None));
    pv_made(&mut world, 5, Some(3));
    world
}

/// The same with a preview of such an image, id 8.
pub fn with_moments_and_preview() -> World {
    let mut world = with_moments();
    world.send(pv(5, 0, 1, Some(8)));
    pv_made(&mut world, 5, None);
    world
}

/// The connection is lost, and the user is asked.
pub fn drop_and_ask(world: &mut World) {
    world.restart_backend();
    world.run(10_000);
}

/// The ids of what can be made again according to the last offer.
pub fn offered(world: &World) -> Vec<i32> {
    world.offers.last().unwrap().can_remake.iter().map(|it| it.id).collect()
}

/// The connection is lost, and the user says yes with these ticked.
pub fn drop_and_tick(world: &mut World, ticked: &[i32]) {
    world.restart_backend();
    answer(world, ticked);
}

pub fn answer(world: &mut World, ticked: &[i32]) {
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Confirming);
    let offer = world.offers.last().unwrap().id;
    world.input(Input::Ticked { offer, calculations: ticked.to_vec() });
    world.input(Input::Answered { offer, answer: Answer::Yes });
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
}

/// The numbers and actions of the viewer's calls.
pub fn calls(world: &World) -> Vec<(i32, String, String)> {
    let calls = world.fed.iter().filter(|it| it.event() == Some(EventType::ScriptingRequest));
    let calls = calls.map(|frame| frame.decode::<ScriptingRequest>().unwrap());
    calls.map(|call| (call.scripting_request_id, call.action, call.parameters)).collect()
}

pub fn actions(world: &World) -> Vec<String> {
    calls(world).into_iter().map(|(_, action, _)| action).collect()
}

pub fn progress(world: &World) -> Vec<(i32, f32, usize, usize)> {
    let told = world.log.iter().filter_map(|(_, effect)| match effect {
        Effect::Remaking(RemakeProgress { calculation, progress, done, all }) => {
            Some((calculation.id, *progress, *done, *all))
        }
        _ => None,
    });
    told.collect()
}

pub fn outcomes(world: &World) -> Vec<Remade> {
    let told = world.log.iter().filter_map(|(_, effect)| match effect {
        Effect::Remade(remade) => Some(remade.clone()),
        _ => None,
    });
    told.collect()
}

/// The reasons why something was not made, from the only outcome.
pub fn reasons(world: &World) -> Vec<String> {
    let outcomes = outcomes(world);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes[0].not_made.iter().map(|NotMade { message, .. }| message.clone()).collect()
}
