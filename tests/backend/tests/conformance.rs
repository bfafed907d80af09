//! The recorded exchanges of the real backend, replayed against this one.

use base64::{Engine, prelude::BASE64_STANDARD};
use carta_resume::protocol::{EventType, Frame, Header, messages as m};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Backend, FIXTURES, Viewer};

fn exchanges() -> Vec<Value> {
    let text = std::fs::read_to_string(format!("{FIXTURES}/backend-exchanges.json")).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    json["exchanges"].as_array().unwrap().clone()
}

fn message(frame: &Value) -> Message {
    if let Some(text) = frame["text"].as_str() {
        return Message::text(text);
    }
    let number = |name: &str| frame[name].as_u64().unwrap();
    let header = Header {
        event_type: number("type").try_into().unwrap(),
        icd_version: number("icd").try_into().unwrap(),
        request_id: number("id").try_into().unwrap(),
    };
    let payload = BASE64_STANDARD.decode(frame["payload"].as_str().unwrap()).unwrap();
    Message::binary(Frame::from_payload(header, &payload).bytes().to_vec())
}

async fn replay(name: &str) {
    let exchange = exchanges().into_iter().find(|exchange| exchange["name"] == name).unwrap();
    let backend = Backend::start(&[]).await;
    let mut viewer = backend.connect().await;
    let frames = exchange["frames"].as_array().unwrap();
    for group in frames.chunk_by(|a, b| a["from"] == b["from"]) {
        let messages = group.iter().map(message);
        if group[0]["from"] == "viewer" {
            for message in messages {
                viewer.send_message(message).await;
            }
        } else {
            let mut expected: Vec<Message> = messages.collect();
            let mut answers = receive(&mut viewer, expected.len()).await;
            // The real backend draws several contour levels in parallel.
            expected.sort_by_key(contour_level);
            answers.sort_by_key(contour_level);
            for (answer, expected) in answers.iter().zip(&expected) {
                compare(answer, expected);
            }
        }
    }
    viewer.quiet().await;
}

async fn receive(viewer: &mut Viewer, count: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    while messages.len() < count {
        messages.push(viewer.next_message().await.unwrap());
    }
    messages
}

/// Contours first, by level; everything else stays in order after them.
fn contour_level(message: &Message) -> Option<u64> {
    let frame = frame(message)?;
    if frame.event() != Some(EventType::ContourImageData) {
        return Some(u64::MAX);
    }
    let data: m::ContourImageData = frame.decode().unwrap();
    Some(data.contour_sets[0].level.to_bits())
}

fn frame(message: &Message) -> Option<Frame> {
    match message {
        Message::Binary(bytes) => Frame::from_bytes(&**bytes),
        _ => None,
    }
}

fn compare(answer: &Message, expected: &Message) {
    let (Some(answer), Some(expected)) = (frame(answer), frame(expected)) else {
        assert_eq!(answer, expected);
        return;
    };
    assert_eq!(answer.header(), expected.header());
    match expected.event().unwrap() {
        EventType::RegisterViewerAck => compare_registration(&answer, &expected),
        EventType::OpenFileAck => {
            let open = |frame: &Frame| {
                let mut ack: m::OpenFileAck = frame.decode().unwrap();
                if let Some(info) = &mut ack.file_info {
                    info.date = 0;
                }
                ack
            };
            assert_eq!(open(&answer), open(&expected));
        }
        EventType::RegionHistogramData => compare_histogram(&answer, &expected),
        EventType::RegionStatsData => compare_statistics(&answer, &expected),
        EventType::ContourImageData => compare_contours(&answer, &expected),
        EventType::SetRegionAck => same::<m::SetRegionAck>(&answer, &expected),
        EventType::SpatialProfileData => same::<m::SpatialProfileData>(&answer, &expected),
        EventType::ErrorData => same::<m::ErrorData>(&answer, &expected),
        EventType::ResumeSessionAck => same::<m::ResumeSessionAck>(&answer, &expected),
        other => panic!("no comparison for {}", other.name()),
    }
}

fn same<M: prost::Message + Default + PartialEq + std::fmt::Debug>(
    answer: &Frame,
    expected: &Frame,
) {
    assert_eq!(answer.decode::<M>().unwrap(), expected.decode().unwrap());
}

fn compare_registration(answer: &Frame, expected: &Frame) {
    let mut acks = [answer, expected].map(|frame| {
        let mut ack: m::RegisterViewerAck = frame.decode().unwrap();
        assert!(ack.session_id != 0 || !ack.success);
        for value in ack.platform_strings.values_mut() {
            assert!(!std::mem::take(value).is_empty());
        }
        ack
    });
    if acks[1].session_type() == m::SessionType::New && acks[1].success {
        // The id is new each time, and the text contains it.
        for ack in &mut acks {
            ack.message = ack.message.replace(&ack.session_id.to_string(), "N");
            ack.session_id = 0;
        }
    }
    assert_eq!(acks[0], acks[1]);
}

/// Sums in double precision differ in the last digits, depending on the order.
fn assert_close(answer: f64, expected: f64) {
    let close = (answer - expected).abs() <= 1e-12 * expected.abs().max(1.0);
    assert!(close || answer.is_nan() && expected.is_nan(), "{answer} {expected}");
}

fn compare_histogram(answer: &Frame, expected: &Frame) {
    let mut data = [answer, expected].map(|frame| {
        let mut data: m::RegionHistogramData = frame.decode().unwrap();
        let histogram = data.histograms.as_mut().unwrap();
        let moments = (histogram.mean, histogram.std_dev);
        (histogram.mean, histogram.std_dev) = (0.0, 0.0);
        (data, moments)
    });
    assert_close(data[0].1.0, data[1].1.0);
    assert_close(data[0].1.1, data[1].1.1);
    data[0].1 = data[1].1;
    assert_eq!(data[0], data[1]);
}

fn compare_statistics(answer: &Frame, expected: &Frame) {
    let mut data = [answer, expected].map(|frame| frame.decode::<m::RegionStatsData>().unwrap());
    for index in 0..data[1].statistics.len() {
        assert_close(data[0].statistics[index].value, data[1].statistics[index].value);
        for data in &mut data {
            data.statistics[index].value = 0.0;
        }
    }
    assert_eq!(data[0], data[1]);
}

/// The same settings, and a closed line through the same vertices.
fn compare_contours(answer: &Frame, expected: &Frame) {
    let mut lines = [answer, expected].map(|frame| {
        let mut data: m::ContourImageData = frame.decode().unwrap();
        assert_eq!(data.contour_sets.len(), 1);
        let set = &mut data.contour_sets[0];
        let line = unpack(set);
        set.raw_coordinates.clear();
        set.uncompressed_coordinates_size = 0;
        (data, line)
    });
    // A closed line may start anywhere and run either way round.
    for (_, line) in &mut lines {
        assert_eq!(line.first(), line.last());
        line.pop();
        line.sort_by(|a, b| a.partial_cmp(b).unwrap());
    }
    assert_eq!(lines[0], lines[1]);
}

/// Unpacks contours: zstd, transposed bytes, differences.
fn unpack(set: &m::ContourSet) -> Vec<(f64, f64)> {
    let size = usize::try_from(set.uncompressed_coordinates_size).unwrap();
    let packed = zstd::bulk::decompress(&set.raw_coordinates, size).unwrap();
    let mut numbers = Vec::new();
    let (blocks, rest) = packed.as_chunks::<16>();
    for block in blocks {
        for i in 0..4 {
            numbers.push(i32::from_le_bytes([block[i], block[4 + i], block[8 + i], block[12 + i]]));
        }
    }
    numbers.extend(rest.as_chunks().0.iter().map(|&bytes| i32::from_le_bytes(bytes)));
    let mut position = (0, 0);
    let step = |pair: &[i32; 2]| {
        position = (position.0 + pair[0], position.1 + pair[1]);
        let scale = f64::from(set.decimation_factor);
        (f64::from(position.0) / scale, f64::from(position.1) / scale)
    };
    numbers.as_chunks().0.iter().map(step).collect()
}

macro_rules! replayed {
    ($($name:ident $text:literal,)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                replay($text).await;
            }
        )+

        #[test]
        fn every_recorded_exchange_is_replayed() {
            let mut recorded: Vec<_> =
                exchanges().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
            let mut replayed = vec![$($text),+];
            recorded.sort();
            replayed.sort_unstable();
            assert_eq!(replayed, recorded);
        }
    };
}

replayed! {
    register_new "register-new",
    register_unknown_id "register-unknown-id",
    register_same_id_twice "register-same-id-twice",
    register_wrong_icd "register-wrong-icd",
    register_wrong_icd_with_id "register-wrong-icd-with-id",
    register_wrong_then_right_icd "register-wrong-then-right-icd",
    ping "ping",
    ping_before_register "ping-before-register",
    open_and_regions "open-and-regions",
    open_missing "open-missing",
    region_bad_points "region-bad-points",
    region_unknown_file "region-unknown-file",
    region_annulus "region-annulus",
    resume_empty "resume-empty",
    resume_one "resume-one",
    resume_two_with_regions "resume-two-with-regions",
    resume_missing_file "resume-missing-file",
    resume_two_missing "resume-two-missing",
    resume_bad_region "resume-bad-region",
    resume_missing_file_and_bad_region "resume-missing-file-and-bad-region",
    resume_cursor "resume-cursor",
    resume_bad_channel "resume-bad-channel",
    resume_missing_catalog "resume-missing-catalog",
    resume_twice "resume-twice",
    resume_contours "resume-contours",
    close_all "close-all",
    cursor "cursor",
    garbage "garbage",
}
