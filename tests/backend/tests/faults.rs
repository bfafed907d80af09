//! Misbehaving on command.

use std::time::{Duration, Instant};

use carta_resume::protocol::{EventType, Frame, messages as m};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Backend, image, region, set_region};

#[tokio::test]
async fn drop_cuts_without_a_close_frame_and_deletes_sessions() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, ack) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    assert_eq!(backend.sessions().await.len(), 1);
    backend.control("drop").await;
    assert!(backend.sessions().await.is_empty());
    assert!(!viewer.ended_with_close_frame().await);
    let (_viewer, again) = backend.register(ack.session_id).await;
    assert_eq!(again.session_type(), m::SessionType::Resumed);
    assert!(again.message.starts_with("Start a new backend"));
    assert_eq!(backend.sessions().await[0]["images"], serde_json::json!([]));
}

#[tokio::test]
async fn drop_can_be_meant_for_one_session() {
    let backend = Backend::start(&[]).await;
    let (mut one, _) = backend.register(11).await;
    let (mut two, _) = backend.register(22).await;
    backend.control("drop?session=11").await;
    assert!(!one.ended_with_close_frame().await);
    two.quiet().await;
    let sessions = backend.sessions().await;
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["sessionId"], 22);
}

#[tokio::test]
async fn restart_forgets_kept_sessions_and_stays_down_for_a_while() {
    let backend = Backend::start(&["--session-grace", "600"]).await;
    let (mut viewer, _) = backend.register(11).await;
    viewer.open("a.fits", 0).await;
    let (_kept, _) = backend.register(22).await;
    backend.control("drop?session=22").await;
    assert_eq!(backend.sessions().await.len(), 2);
    backend.control("restart?down=600000").await;
    assert!(!viewer.ended_with_close_frame().await);
    assert!(backend.sessions().await.is_empty());
    assert!(backend.try_connect("", &[]).await.is_err());
    backend.control("refuse?ms=0").await;
    let (_viewer, ack) = backend.register(11).await;
    assert!(ack.message.starts_with("Start a new backend"), "{}", ack.message);
}

#[tokio::test]
async fn a_stalled_backend_is_silent_and_goes_on_where_it_was() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("stall?ms=600000").await;
    viewer.send_message(Message::text("PING")).await;
    let silence = tokio::time::timeout(Duration::from_millis(300), viewer.next_message()).await;
    assert!(silence.is_err());
    let connecting = tokio::time::timeout(Duration::from_millis(300), backend.connect()).await;
    assert!(connecting.is_err(), "a new socket hangs too");
    backend.control("stall?ms=0").await;
    assert_eq!(viewer.next_message().await.unwrap(), Message::text("PONG"));
    backend.connect().await.quiet().await;
}

#[tokio::test]
async fn a_stall_ends_by_itself() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    let start = Instant::now();
    backend.control("stall?ms=400").await;
    viewer.quiet().await;
    assert!(start.elapsed() >= Duration::from_millis(350));
}

#[tokio::test]
async fn a_stalled_socket_can_still_be_cut() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("stall?ms=600000").await;
    backend.control("drop").await;
    assert!(!viewer.ended_with_close_frame().await);
}

#[tokio::test]
async fn a_half_open_socket_is_silent_and_new_ones_work() {
    let backend = Backend::start(&[]).await;
    let (mut one, _) = backend.register(11).await;
    let (mut two, _) = backend.register(22).await;
    backend.control("half-open?session=11").await;
    one.send_message(Message::text("PING")).await;
    let silence = tokio::time::timeout(Duration::from_millis(300), one.next_message()).await;
    assert!(silence.is_err());
    two.quiet().await;
    backend.connect().await.quiet().await;
    backend.control("drop?session=11").await;
    assert!(!one.ended_with_close_frame().await);
}

#[tokio::test]
async fn work_on_one_socket_stalls_all() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    let (mut neighbour, _) = backend.register(0).await;
    backend.control("busy-type?type=OPEN_FILE&ms=500").await;
    let start = Instant::now();
    let open = m::OpenFile { file: "a.fits".into(), ..Default::default() };
    viewer.send(EventType::OpenFile, &open).await;
    // What is sent after it waits, and so do the other connections and new ones.
    viewer.send_message(Message::text("PING")).await;
    let _: m::OpenFileAck = viewer.expect(EventType::OpenFileAck).await;
    assert!(start.elapsed() >= Duration::from_millis(500));
    let start = Instant::now();
    viewer.send(EventType::OpenFile, &open).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let connecting = tokio::time::timeout(Duration::from_millis(200), backend.connect()).await;
    assert!(connecting.is_err(), "a new socket hangs");
    neighbour.quiet().await;
    assert!(start.elapsed() >= Duration::from_millis(450));
}

#[tokio::test]
async fn on_a_slow_line_a_message_takes_its_time_and_others_wait_behind_it() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("rate?bytes=100000").await;
    let start = Instant::now();
    backend.control("flood?type=RASTER_TILE_DATA&bytes=50000&count=1").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    viewer.send_message(Message::text("PING")).await;
    assert_eq!(viewer.next().await.payload().len(), 50_000);
    assert!(start.elapsed() >= Duration::from_millis(500));
    assert_eq!(viewer.next_message().await.unwrap(), Message::text("PONG"));
}

#[tokio::test]
async fn refuse_closes_new_sockets_and_leaves_old_ones() {
    let backend = Backend::start(&[]).await;
    let mut old = backend.connect().await;
    backend.control("refuse?ms=600000").await;
    assert!(backend.try_connect("", &[]).await.is_err());
    old.quiet().await;
    backend.control("refuse?ms=0").await;
    backend.connect().await.quiet().await;
}

#[tokio::test]
async fn delay_holds_every_frame_back_and_keeps_their_order() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("delay?ms=300").await;
    let start = Instant::now();
    let open = m::OpenFile { file: "a.fits".into(), ..Default::default() };
    viewer.send(EventType::OpenFile, &open).await;
    let _: m::OpenFileAck = viewer.expect(EventType::OpenFileAck).await;
    assert!(start.elapsed() >= Duration::from_millis(300));
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    backend.control("delay?ms=0").await;
    viewer.quiet().await;
}

#[tokio::test]
async fn delay_of_one_type_holds_back_what_follows() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("delay-type?type=OPEN_FILE_ACK&ms=300").await;
    viewer.quiet().await;
    let start = Instant::now();
    viewer.open("a.fits", 0).await;
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn the_next_frame_of_a_type_is_lost_once() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("lose-next?type=OPEN_FILE_ACK").await;
    let open = m::OpenFile { file: "a.fits".into(), ..Default::default() };
    viewer.send(EventType::OpenFile, &open).await;
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    viewer.quiet().await;
    assert!(viewer.open("b.fits", 1).await.success);
}

#[tokio::test]
async fn a_deadly_message_ends_it_for_everybody_each_time() {
    let backend = Backend::start(&[]).await;
    backend.control("die-of?type=OPEN_FILE&text=b.fits&ms=10").await;
    for _ in 0..2 {
        let (mut other, _) = backend.register(0).await;
        let (mut viewer, _) = backend.register(0).await;
        assert!(viewer.open("a.fits", 0).await.success);
        let open = m::OpenFile { file: "b.fits".into(), file_id: 1, ..Default::default() };
        viewer.send(EventType::OpenFile, &open).await;
        assert!(!viewer.ended_with_close_frame().await);
        assert!(!other.ended_with_close_frame().await);
    }
    backend.control("survive").await;
    let (mut viewer, _) = backend.register(0).await;
    assert!(viewer.open("b.fits", 1).await.success);
}

#[tokio::test]
async fn garbage_reaches_every_socket() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("garbage").await;
    let broken = viewer.next().await;
    assert_eq!(broken.event(), Some(EventType::OpenFileAck));
    assert!(broken.decode::<m::OpenFileAck>().is_err());
    assert_eq!(viewer.next().await.event(), None);
    assert_eq!(viewer.next_message().await.unwrap().len(), 3);
    assert_eq!(viewer.next_message().await.unwrap(), Message::text("garbage"));
    viewer.quiet().await;
}

#[tokio::test]
async fn a_flood_is_as_many_frames_of_that_size() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    backend.control("flood?type=RASTER_TILE_DATA&bytes=100000&count=3").await;
    for _ in 0..3 {
        let frame = viewer.next().await;
        assert_eq!(frame.event(), Some(EventType::RasterTileData));
        assert_eq!(frame.payload().len(), 100_000);
    }
    viewer.quiet().await;
}

#[tokio::test]
async fn the_expected_version_can_change() {
    let backend = Backend::start(&["--icd", "30"]).await;
    let mut viewer = backend.connect().await;
    let ack = viewer.register(5).await;
    assert_eq!((ack.success, ack.session_id), (false, 5));
    assert_eq!(ack.message, "Invalid ICD version number. Expected 30, got 28");
    backend.control("icd?version=28").await;
    assert!(viewer.register(5).await.success);
}

#[tokio::test]
async fn what_has_not_left_when_a_resume_arrives_is_thrown_away() {
    let backend = Backend::start(&[]).await;
    let mut viewer = backend.connect().await;
    backend.control("delay?ms=1000").await;
    let register = m::RegisterViewer { session_id: 7, ..Default::default() };
    viewer.send(EventType::RegisterViewer, &register).await;
    let resume = m::ResumeSession { images: vec![image("a.fits", 0, 0)], ..Default::default() };
    viewer.send(EventType::ResumeSession, &resume).await;
    // The acknowledgement of registering is gone.
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let ack: m::ResumeSessionAck = viewer.expect(EventType::ResumeSessionAck).await;
    assert!(ack.success);
    backend.control("delay?ms=0").await;
    viewer.quiet().await;
}

#[tokio::test]
async fn region_0_without_a_point_kills_the_process() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(7).await;
    let missing = with_region(image("nosuch.fits", 0, 0), 0, &[]);
    let resume = m::ResumeSession { images: vec![missing], ..Default::default() };
    let ack: m::ResumeSessionAck = viewer.request(EventType::ResumeSession, &resume).await;
    assert!(!ack.success, "it is ignored in a file that does not open");
    let opens = with_region(image("a.fits", 0, 0), 0, &[]);
    let resume = m::ResumeSession { images: vec![opens], ..Default::default() };
    viewer.send(EventType::ResumeSession, &resume).await;
    assert!(!viewer.ended_with_close_frame().await);
    let (code, log) = backend.ended().await;
    assert_eq!(code, Some(139));
    assert!(log.contains("region 0 without a point"), "{log}");
}

fn with_region(
    mut image: m::ImageProperties,
    id: i32,
    points: &[(f32, f32)],
) -> m::ImageProperties {
    image.regions.insert(id, region(m::RegionType::Point, points, 0.0));
    image
}

#[tokio::test]
async fn control_checks_its_parameters() {
    let backend = Backend::start(&[]).await;
    for (method, path, status) in [
        ("POST", "/control/frobnicate", 404),
        ("GET", "/control/drop", 404),
        ("POST", "/control/sessions", 404),
        ("POST", "/control/stall", 400),
        ("POST", "/control/stall?ms=-1", 400),
        ("POST", "/control/stall?ms=NaN", 400),
        ("POST", "/control/busy-type?ms=1", 400),
        ("POST", "/control/rate?bytes=-1", 400),
        ("POST", "/control/delay?ms=99999999999", 400),
        ("POST", "/control/icd?version=70000", 400),
        ("POST", "/control/lose-next?type=NOTHING", 400),
        ("POST", "/control/drop?session=x", 400),
        ("OPTIONS", "/control/drop", 200),
        ("DELETE", "/control/drop", 404),
    ] {
        let (got, head, body) = backend.http(method, path).await;
        assert_eq!(got, status, "{method} {path}");
        assert!(head.contains("access-control-allow-origin: *"));
        assert!(!body.contains(&b'\n'));
    }
}

#[tokio::test]
async fn frames_are_remembered_in_order() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, ack) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    viewer.quiet().await;
    let path = format!("/control/frames?session={}", ack.session_id);
    let (_, _, body) = backend.http("GET", &path).await;
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!([
        ["received", "REGISTER_VIEWER", 1],
        ["sent", "REGISTER_VIEWER_ACK", 1],
        ["received", "OPEN_FILE", 2],
        ["sent", "OPEN_FILE_ACK", 2],
        ["sent", "REGION_HISTOGRAM_DATA", 0],
    ]);
    assert_eq!(json["frames"], expected);
}

#[tokio::test]
async fn a_frame_too_short_for_a_header_is_ignored() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.send_message(Message::binary(vec![4, 0, 28])).await;
    for text in ["ping", "PING ", "hello"] {
        viewer.send_message(Message::text(text)).await;
    }
    viewer.quiet().await;
    let request = set_region(0, -1, region(m::RegionType::Point, &[(1.0, 1.0)], 0.0));
    let frame: Frame = viewer.frame(EventType::SetRegion, &request);
    viewer.send_message(Message::binary(frame.bytes()[..frame.bytes().len() - 3].to_vec())).await;
    viewer.quiet().await;
}
