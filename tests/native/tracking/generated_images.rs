//! Images that the backend has made and has only in its memory.

use crate::tracking::support::{Session, failed, opened, rectangle};
use carta_resume::protocol::{
    EventType,
    messages::{
        CloseFile, FittingResponse, MomentResponse, PvResponse, RemoteFileResponse,
        ResumeSessionAck, SetContourParameters,
    },
};

#[test]
fn generated_images_are_named_and_never_resumed() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::MomentRequest, &());
    let response = MomentResponse {
        success: true,
        open_file_acks: vec![opened(2, "a.moment0"), failed("no"), opened(3, "a.moment1")],
        ..Default::default()
    };
    session.receive(EventType::MomentResponse, id, &response);
    let id = session.send(EventType::PvRequest, &());
    let response =
        PvResponse { success: true, open_file_ack: Some(opened(4, "a.pv")), ..Default::default() };
    session.receive(EventType::PvResponse, id, &response);
    let id = session.send(EventType::FittingRequest, &());
    let response = FittingResponse {
        success: true,
        model_image: Some(opened(5, "model")),
        residual_image: Some(opened(6, "residual")),
        ..Default::default()
    };
    session.receive(EventType::FittingResponse, id, &response);
    let id = session.send(EventType::RemoteFileRequest, &());
    let response = RemoteFileResponse {
        success: true,
        message: String::new(),
        open_file_ack: Some(opened(7, "survey")),
    };
    session.receive(EventType::RemoteFileResponse, id, &response);
    session.draw(4, 1, rectangle(1.0));
    let contours =
        SetContourParameters { file_id: 4, levels: vec![1.0], ..SetContourParameters::default() };
    session.send(EventType::SetContourParameters, &contours);

    let lost = session.tracker.workspace().cannot_restore();
    let ids: Vec<i32> = lost.iter().map(|image| image.file_id).collect();
    assert_eq!((ids, &*lost[0].name), (vec![2, 3, 4, 5, 6, 7], "a.moment0"));
    assert!(lost[2].why.contains("region"), "{}", lost[2].why);
    assert!(!lost[0].why.contains("region"), "{}", lost[0].why);
    assert_eq!((session.file_ids(), session.region_ids()), (vec![0, 1], vec![]));
    assert!(session.after_resume().is_empty());

    session.send(EventType::CloseFile, &CloseFile { file_id: 4 });
    assert_eq!(session.tracker.workspace().cannot_restore().len(), 5);
}

#[test]
fn regions_on_one_that_is_gone_are_reported() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::MomentRequest, &());
    let open_file_acks = vec![opened(2, "a.moment0")];
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    session.receive(EventType::MomentResponse, id, &response);
    session.draw(2, 1, rectangle(1.0));
    session.draw(0, 2, rectangle(1.0));
    let ack = ResumeSessionAck { success: true, ..Default::default() };
    let restored = session.tracker.workspace_mut().restored(&ack);
    assert_eq!((restored.lost_images, restored.failed_regions), (vec![2], vec![1]));
    assert_eq!((restored.success, restored.region_count), (true, 1));
    let restored = session.tracker.workspace_mut().restored(&ack);
    assert_eq!((restored.lost_images, restored.failed_regions), (vec![], vec![]), "told once");
}

#[test]
fn a_generated_image_replaces_the_image_whose_id_it_got() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::PvRequest, &());
    let response =
        PvResponse { success: true, open_file_ack: Some(opened(1, "a.pv")), ..Default::default() };
    session.receive(EventType::PvResponse, id, &response);
    assert_eq!(session.file_ids(), [0]);
    assert_eq!(session.tracker.workspace().cannot_restore()[0].file_id, 1);
}

#[test]
fn with_only_generated_images_there_is_nothing_to_restore() {
    let mut session = Session::default();
    let id = session.send(EventType::RemoteFileRequest, &());
    let response = RemoteFileResponse {
        success: true,
        message: String::new(),
        open_file_ack: Some(opened(0, "survey")),
    };
    session.receive(EventType::RemoteFileResponse, id, &response);
    assert!(session.tracker.workspace().is_empty());
    assert_eq!(session.tracker.workspace().cannot_restore().len(), 1);
}
