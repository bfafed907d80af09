//! Images that the backend has forgotten are closed in the viewer.

use carta_resume::{
    client::Options,
    protocol::{
        EventType,
        messages::{
            MomentResponse, OpenFileAck, PvResponse, ScriptingRequest, ScriptingResponse,
            SetRegionAck,
        },
    },
};

use super::with_image;
use crate::client::support::{
    driver::wanted,
    frames::{bare, close_file, frame, open_file, set_region},
    world::World,
};

/// With moments 1 and 2 of the image, which the backend forgets.
fn with_moments() -> World {
    let mut world = with_image();
    world.send(bare(EventType::MomentRequest, 3));
    let moment = |file_id| OpenFileAck { success: true, file_id, ..Default::default() };
    let open_file_acks = vec![moment(1), moment(2)];
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    let generation = world.generation();
    world.input(wanted(generation, frame(EventType::MomentResponse, 3, &response)));
    world
}

/// The calls that the viewer got: their numbers, and the images that they are about.
fn closing_calls(world: &World) -> Vec<(i32, String)> {
    let requests = world.fed.iter().map(|frame| frame.decode::<ScriptingRequest>().unwrap());
    let closing = requests.filter(|call| call.action == "closeFile");
    closing.map(|call| (call.scripting_request_id, call.parameters)).collect()
}

#[test]
fn images_that_are_gone_are_closed_and_named() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    let calls = closing_calls(&world);
    let images: Vec<&str> = calls.iter().map(|(_, images)| images.as_str()).collect();
    let call = |id: i32| format!(r#"[{{"macroVariable":"frameMap[{id}]"}},false]"#);
    assert_eq!(images, [call(1), call(2)]);
    assert_eq!(world.reports[0].restored.lost_images, [1, 2]);

    // What the viewer says about these images, once or twice, is kept from the backend, which may
    // reuse their ids for new images. Once it has, the backend is told.
    for (id, (call, _)) in (1..).zip(&calls) {
        world.send(close_file(10, id));
        world.send(close_file(10, id));
        let scripting_request_id = *call;
        let done = ScriptingResponse { scripting_request_id, success: true, ..Default::default() };
        world.send(frame(EventType::ScriptingResponse, 11, &done));
    }
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 0);
    assert_eq!(world.frames_sent(EventType::ScriptingResponse).len(), 0);
    world.send(open_file(12, 1, "b.fits"));
    world.run(100);
    world.send(close_file(13, 1));
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 1);

    world.cut();
    world.run(5_000);
    assert_eq!(closing_calls(&world).len(), 2, "once");
    assert_eq!(world.reports[1].restored.lost_images, [0; 0]);
}

#[test]
fn regions_that_a_viewer_draws_on_a_gone_image_are_answered_here() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    let calls = closing_calls(&world);
    let answers = |world: &World| {
        let acks = world.fed.iter().filter(|frame| frame.event() == Some(EventType::SetRegionAck));
        acks.map(|ack| (ack.header().request_id, ack.decode::<SetRegionAck>().unwrap().success))
            .collect::<Vec<_>>()
    };
    // A viewer does this when it closes an image that another one was matched to.
    world.send(set_region(10, 1, -1, 5.0));
    world.send(close_file(0, 1));
    world.send(set_region(11, 1, -1, 6.0));
    assert_eq!(answers(&world), [(10, true), (11, true)]);
    assert_eq!(world.frames_sent(EventType::SetRegion).len(), 0);
    assert_eq!(world.machine.tracker().workspace().viewer_state().images[0].regions, []);

    // No frame bypasses the client until the viewer has closed them.
    assert_eq!(world.machine.direct_version(), None);
    for (scripting_request_id, _) in calls {
        let done = ScriptingResponse { scripting_request_id, success: true, ..Default::default() };
        world.send(frame(EventType::ScriptingResponse, 20, &done));
    }
    assert!(world.machine.direct_version().is_some());

    // Regions on other images go to the backend.
    world.send(set_region(12, 0, -1, 5.0));
    world.send(open_file(13, 1, "b.fits"));
    world.send(set_region(14, 1, -1, 5.0));
    world.run(100);
    assert_eq!((answers(&world).len(), world.frames_sent(EventType::SetRegion).len()), (2, 2));
}

#[test]
fn a_new_image_with_the_id_of_a_gone_one_is_an_image() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    // Even before the backend has opened it.
    world.send(open_file(10, 1, "b.fits"));
    world.send(close_file(11, 1));
    world.run(100);
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 1);
}

#[test]
fn a_viewer_that_knows_the_client_closes_them_itself() {
    let mut world = World::at_work(Options::default(), 1);
    let generation = world.generation();
    world.send(bare(EventType::PvRequest, 3));
    let made = OpenFileAck { success: true, file_id: 7, ..Default::default() };
    let response = PvResponse { success: true, open_file_ack: Some(made), ..Default::default() };
    world.input(wanted(generation, frame(EventType::PvResponse, 3, &response)));
    world.cut();
    world.run(5_000);
    assert_eq!(closing_calls(&world), []);
    assert_eq!(world.reports[0].restored.lost_images, [7]);
}
