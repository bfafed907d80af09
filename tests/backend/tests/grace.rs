//! Sessions that are kept for a while after a drop.

use carta_resume::protocol::{EventType, messages as m};

use crate::support::{Backend, Viewer, region, set_region, within};

/// Opens an image, draws a region, and requires statistics.
async fn work(viewer: &mut Viewer) {
    viewer.open("a.fits", 0).await;
    let rectangle = region(m::RegionType::Rectangle, &[(30.0, 30.0), (10.0, 6.0)], 15.0);
    let request = set_region(0, -1, rectangle);
    let ack: m::SetRegionAck = viewer.request(EventType::SetRegion, &request).await;
    assert_eq!(ack.region_id, 1);
    viewer.send(EventType::SetStatsRequirements, &stats(1)).await;
    let _: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
}

/// Waits until there is no session.
async fn gone(backend: &Backend) {
    while !backend.sessions().await.is_empty() {
        tokio::task::yield_now().await;
    }
}

fn stats(region_id: i32) -> m::SetStatsRequirements {
    m::SetStatsRequirements {
        file_id: 0,
        region_id,
        stats_configs: vec![m::set_stats_requirements::StatsConfig {
            coordinate: "z".into(),
            stats_types: vec![m::StatsType::NumPixels.into()],
        }],
    }
}

#[tokio::test]
async fn a_kept_session_goes_on() {
    let backend = Backend::start(&["--session-grace", "600"]).await;
    let (mut viewer, ack) = backend.register(0).await;
    work(&mut viewer).await;
    let before = backend.sessions().await;
    backend.control("drop").await;
    let mut kept = backend.sessions().await;
    assert_eq!(kept[0]["connected"], false);
    kept[0]["connected"] = true.into();
    assert_eq!(kept, before);

    let (mut viewer, again) = backend.register(ack.session_id).await;
    assert_eq!(again.session_type(), m::SessionType::Resumed);
    assert_eq!(again.message, format!("Network reconnected with session id {}", ack.session_id));
    assert_eq!(backend.sessions().await, before);
    // The requirements are in force without being sent again.
    let channels = m::SetImageChannels { channel: 5, ..Default::default() };
    viewer.send(EventType::SetImageChannels, &channels).await;
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
    assert_eq!((data.channel, data.statistics[0].value), (5, 61.0));
}

#[tokio::test]
async fn a_kept_session_is_given_once() {
    let backend = Backend::start(&["--session-grace", "600"]).await;
    let (mut viewer, ack) = backend.register(0).await;
    work(&mut viewer).await;
    backend.control("drop").await;
    let (_first, _) = backend.register(ack.session_id).await;
    let (_second, again) = backend.register(ack.session_id).await;
    assert!(again.message.starts_with("Start a new backend"));
    let images = backend.sessions().await;
    let counts: Vec<_> =
        images.iter().map(|session| session["images"].as_array().unwrap().len()).collect();
    assert_eq!(counts.iter().sum::<usize>(), 1);
}

#[tokio::test]
async fn other_ids_get_nothing() {
    let backend = Backend::start(&["--session-grace", "600"]).await;
    let (mut viewer, ack) = backend.register(0).await;
    work(&mut viewer).await;
    drop(viewer);
    backend.control("drop").await;
    let (_viewer, other) = backend.register(ack.session_id ^ 1).await;
    assert!(other.message.starts_with("Start a new backend"));
    let (_viewer, new) = backend.register(0).await;
    assert_eq!(new.session_type(), m::SessionType::New);
}

#[tokio::test]
async fn a_session_that_said_goodbye_is_not_kept() {
    let backend = Backend::start(&["--session-grace", "600"]).await;
    let (mut viewer, _) = backend.register(0).await;
    work(&mut viewer).await;
    let close = tokio_tungstenite::tungstenite::protocol::CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };
    viewer.socket.close(Some(close)).await.unwrap();
    assert!(viewer.ended_with_close_frame().await);
    within(gone(&backend)).await;
}

#[tokio::test]
async fn a_kept_session_expires() {
    let backend = Backend::start(&["--session-grace", "0.2"]).await;
    let (mut viewer, ack) = backend.register(0).await;
    work(&mut viewer).await;
    backend.control("drop").await;
    within(gone(&backend)).await;
    let (_viewer, again) = backend.register(ack.session_id).await;
    assert!(again.message.starts_with("Start a new backend"));
}
