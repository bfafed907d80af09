//! The recorded session of the real viewer, replayed against this backend:
//! two images, regions, profiles, statistics of every kind, a drop, a resume.

use base64::{Engine, prelude::BASE64_STANDARD};
use carta_resume::protocol::{EventType, Frame, Header, messages as m};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Backend, FIXTURES, Viewer};

fn recorded() -> Vec<Value> {
    let text = std::fs::read_to_string(format!("{FIXTURES}/viewer-4.1.0.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn frame(line: &Value) -> Option<Frame> {
    let number = |name: &str| line[name].as_u64();
    let header = Header {
        event_type: number("type")?.try_into().unwrap(),
        icd_version: number("icd")?.try_into().unwrap(),
        request_id: number("id")?.try_into().unwrap(),
    };
    let payload = BASE64_STANDARD.decode(line["payload"].as_str().unwrap()).unwrap();
    Some(Frame::from_payload(header, &payload))
}

#[tokio::test]
async fn the_whole_session() {
    let backend = Backend::start(&[]).await;
    let mut viewer: Option<Viewer> = None;
    let mut compared = std::collections::BTreeMap::new();
    for line in recorded() {
        if line["event"] == "open" {
            viewer = Some(backend.connect().await);
        } else if line["event"] == "backend-close" && line["conn"] == 1 {
            viewer.as_mut().unwrap().quiet().await;
            backend.control("drop").await;
        }
        let Some(viewer) = &mut viewer else { continue };
        match (line["dir"].as_str(), frame(&line), line["text"].as_str()) {
            (Some("viewer"), Some(frame), _) => {
                viewer.send_message(Message::binary(frame.bytes().to_vec())).await;
            }
            (Some("viewer"), None, Some(text)) => viewer.send_message(Message::text(text)).await,
            (Some("backend"), Some(expected), _) => {
                let answer = viewer.next().await;
                assert_eq!(answer.header(), expected.header(), "{line}");
                compare(&answer, &expected);
                *compared.entry(expected.event().unwrap().name()).or_insert(0) += 1;
            }
            (Some("backend"), None, Some(text)) => {
                assert_eq!(viewer.next_message().await.unwrap(), Message::text(text));
            }
            _ => {}
        }
    }
    for (event, times) in [
        ("RESUME_SESSION_ACK", 1),
        ("REGION_STATS_DATA", 2),
        ("SPATIAL_PROFILE_DATA", 2),
        ("SPECTRAL_PROFILE_DATA", 1),
    ] {
        assert_eq!(compared[event], times, "{event}");
    }
}

fn compare(answer: &Frame, expected: &Frame) {
    match expected.event().unwrap() {
        // Compared elsewhere, without the parts that differ each time.
        EventType::RegisterViewerAck | EventType::OpenFileAck => {}
        EventType::RegionStatsData => {
            let answer: m::RegionStatsData = answer.decode().unwrap();
            let expected: m::RegionStatsData = expected.decode().unwrap();
            assert_eq!(answer.statistics.len(), expected.statistics.len());
            for (a, b) in answer.statistics.iter().zip(&expected.statistics) {
                assert_eq!(a.stats_type, b.stats_type);
                assert!((a.value - b.value).abs() <= 1e-12 * b.value.abs(), "{a:?} {b:?}");
            }
        }
        EventType::RegionHistogramData => {
            let [a, b] = [answer, expected].map(|frame| {
                let data: m::RegionHistogramData = frame.decode().unwrap();
                (data.file_id, data.region_id, data.channel, data.histograms.unwrap().bins)
            });
            assert_eq!(a, b);
        }
        EventType::RasterTileData => {
            // Byte for byte, including the compressed pixels.
            same::<m::RasterTileData>(answer, expected);
        }
        EventType::RasterTileSync => same::<m::RasterTileSync>(answer, expected),
        EventType::SetRegionAck => same::<m::SetRegionAck>(answer, expected),
        EventType::SpatialProfileData => same::<m::SpatialProfileData>(answer, expected),
        EventType::SpectralProfileData => same::<m::SpectralProfileData>(answer, expected),
        EventType::ResumeSessionAck => same::<m::ResumeSessionAck>(answer, expected),
        other => panic!("no comparison for {}", other.name()),
    }
}

fn same<M: prost::Message + Default + PartialEq + std::fmt::Debug>(
    answer: &Frame,
    expected: &Frame,
) {
    assert_eq!(answer.decode::<M>().unwrap(), expected.decode().unwrap());
}
