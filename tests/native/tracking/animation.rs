//! An animation that is running when the connection is lost.

use crate::tracking::support::Session;
use carta_resume::protocol::{
    EventType,
    messages::{
        AnimationFrame, CloseFile, RasterTileSync, ResumeSessionAck, StartAnimation,
        StartAnimationAck, StopAnimation,
    },
};

const FIRST_CHANNEL: i32 = 1;

fn start() -> StartAnimation {
    let at = |channel| Some(AnimationFrame { channel, stokes: 0 });
    StartAnimation {
        file_id: 0,
        first_frame: at(0),
        start_frame: at(FIRST_CHANNEL),
        last_frame: at(7),
        looping: true,
        ..StartAnimation::default()
    }
}

fn playing() -> Session {
    playing_this(&start())
}

fn playing_this(start: &StartAnimation) -> Session {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::StartAnimation, start);
    let ack = StartAnimationAck { success: true, animation_id: 3, ..Default::default() };
    session.receive(EventType::StartAnimationAck, id, &ack);
    session
}

/// A frame of the animation arrives, whole or in part.
fn comes(session: &mut Session, file_id: i32, channel: i32, end_sync: bool) {
    let sync = RasterTileSync { file_id, channel, animation_id: 3, end_sync, ..Default::default() };
    session.receive(EventType::RasterTileSync, 0, &sync);
}

/// The connection is lost, and the backend has restored everything except what this says.
fn resumed(session: &mut Session, problem: &str) {
    session.tracker.dropped();
    let ack = ResumeSessionAck { success: problem.is_empty(), message: problem.to_owned() };
    session.tracker.workspace_mut().restored(&ack);
}

/// The channel at which it continues, if it does.
fn goes_on_at(session: &mut Session) -> Option<i32> {
    let again: StartAnimation = session.tracker.continued_animation()?.decode().unwrap();
    let frame = again.start_frame;
    assert_eq!(StartAnimation { start_frame: start().start_frame, ..again }, start());
    Some(frame.unwrap().channel)
}

#[test]
fn it_goes_on_with_the_last_frame_that_came_whole() {
    let mut session = playing();
    comes(&mut session, 0, 4, true);
    comes(&mut session, 0, 5, false);
    // An image that is matched to it has its own frames.
    comes(&mut session, 1, 6, true);
    assert_eq!((session.channel(0), session.channel(1)), (Some((5, 0)), Some((6, 0))));
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(4));
    assert_eq!(goes_on_at(&mut session), None, "once");
}

#[test]
fn before_its_first_frame_it_begins_anew() {
    let mut session = playing();
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(FIRST_CHANNEL));
}

/// The plane at which an animation over these planes continues that began at `first`, after a frame
/// of `plane`.
fn goes_on_with(planes: &[i32], first: i32, plane: i32) -> i32 {
    let at = |stokes| Some(AnimationFrame { channel: FIRST_CHANNEL, stokes });
    let start =
        StartAnimation { start_frame: at(first), stokes_indices: planes.to_vec(), ..start() };
    let mut session = playing_this(&start);
    let sync = RasterTileSync {
        channel: 4,
        stokes: plane,
        animation_id: 3,
        end_sync: true,
        ..Default::default()
    };
    session.receive(EventType::RasterTileSync, 0, &sync);
    resumed(&mut session, "");
    let again: StartAnimation = session.tracker.continued_animation().unwrap().decode().unwrap();
    let frame = again.start_frame.unwrap();
    assert_eq!(frame.channel, 4);
    assert_eq!(StartAnimation { start_frame: start.start_frame, ..again }, start);
    frame.stokes
}

#[test]
fn a_plane_is_named_by_its_place_among_those_to_show() {
    assert_eq!(goes_on_with(&[], 1, 2), 2);
    assert_eq!(goes_on_with(&[0, 1, 2, 13, 14], 3, 13), 3);
    assert_eq!(goes_on_with(&[0, 1, 2, 13, 14], 3, 14), 4);
    // The backend knows best, but a place that does not exist crashes it.
    assert_eq!(goes_on_with(&[0, 1, 2, 13, 14], 3, 17), 3);
}

#[test]
fn it_survives_drop_after_drop() {
    let mut session = playing();
    comes(&mut session, 0, 4, true);
    // The next connection is lost before the resume is done.
    session.tracker.dropped();
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(4));
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(4));
    comes(&mut session, 0, 5, true);
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(5));
}

#[test]
fn without_its_image_it_does_not_go_on() {
    let mut session = playing();
    resumed(&mut session, "Problem loading files: 0 Problem loading regions: ");
    assert_eq!(goes_on_at(&mut session), None);

    let mut session = playing();
    session.tracker.dropped();
    session.tracker.workspace_mut().close_image(0).unwrap();
    assert_eq!(goes_on_at(&mut session), None);

    let mut session = playing();
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), None);
}

#[test]
fn one_that_was_stopped_does_not_go_on() {
    let mut session = playing();
    let other = StopAnimation { file_id: 1, ..StopAnimation::default() };
    session.send(EventType::StopAnimation, &other);
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), Some(FIRST_CHANNEL), "another animation was stopped");
    session.send(EventType::StopAnimation, &StopAnimation::default());
    resumed(&mut session, "");
    assert_eq!(goes_on_at(&mut session), None);
}
