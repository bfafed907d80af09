//! Images that are computed from an LEL expression.

use std::{fs, path::Path};

use carta_resume::protocol::{EventType, messages as m};
use serde_json::json;

use crate::support::{Backend, FIXTURES, Viewer, image, resume, stats};

fn expression(text: &str, file_id: i32) -> m::OpenFile {
    m::OpenFile { file: text.into(), file_id, lel_expr: true, ..Default::default() }
}

/// Moves an image to channel 5; returns the sum and the number of its pixels.
async fn sum(viewer: &mut Viewer, file_id: i32) -> (f64, f64) {
    let channels = m::SetImageChannels { file_id, channel: 5, ..Default::default() };
    viewer.send(EventType::SetImageChannels, &channels).await;
    let kinds = [m::StatsType::Sum, m::StatsType::NumPixels];
    viewer.send(EventType::SetStatsRequirements, &stats(file_id, -1, &kinds)).await;
    loop {
        let frame = viewer.next().await;
        if frame.event() == Some(EventType::RegionStatsData) {
            let data: m::RegionStatsData = frame.decode().unwrap();
            assert_eq!((data.file_id, data.channel), (file_id, 5));
            let value = |kind| data.statistics.iter().find(|it| it.stats_type == kind as i32);
            return (value(kinds[0]).unwrap().value, value(kinds[1]).unwrap().value);
        }
    }
}

#[tokio::test]
async fn an_expression_is_an_image_of_its_own_and_comes_back() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let a = viewer.open("a.fits", 0).await.file_info_extended.unwrap();
    viewer.open("b.fits", 1).await;
    let text = "(\"a.fits\" - 'b.fits') / 2 + 1";
    let ack: m::OpenFileAck = viewer.request(EventType::OpenFile, &expression(text, 2)).await;
    assert!(ack.success, "{}", ack.message);
    assert_eq!(ack.file_info.unwrap().name, text);
    let made = ack.file_info_extended.unwrap();
    assert_eq!((made.width, made.height, made.depth), (64, 64, 8));
    assert_eq!(made.header_entries, a.header_entries);
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;

    let (a, pixels) = sum(&mut viewer, 0).await;
    let (b, _) = sum(&mut viewer, 1).await;
    let (made, made_pixels) = sum(&mut viewer, 2).await;
    assert_eq!(made_pixels.to_bits(), pixels.to_bits());
    assert!((made - ((a - b) / 2.0 + pixels)).abs() < 1e-3, "{made} {a} {b}");

    let before = backend.sessions().await;
    let state = &before[0]["images"][2];
    assert_eq!((&state["file"], &state["lelExpr"]), (&json!(text), &json!(true)));
    assert_eq!(before[0]["images"][0]["lelExpr"], false);
    let again = m::ImageProperties { lel_expr: true, ..image(text, 2, 5) };
    let images = vec![image("a.fits", 0, 5), image("b.fits", 1, 5), again.clone()];
    assert!(resume(&mut viewer, images).await.success);
    assert_eq!(backend.sessions().await[0]["images"], before[0]["images"]);
    assert_eq!(sum(&mut viewer, 2).await, (made, pixels));

    let gone = m::ImageProperties { file: "\"gone.fits\" * 2".into(), ..again };
    let ack = resume(&mut viewer, vec![gone]).await;
    assert_eq!(ack.message, "Problem loading files: 2 Problem loading regions: ");
}

#[tokio::test]
async fn what_cannot_be_computed_gets_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    let sub = folder.path().join("sub");
    fs::create_dir(&sub).unwrap();
    let a = fs::read(Path::new(FIXTURES).join("a.fits")).unwrap();
    fs::write(folder.path().join("a.fits"), &a).unwrap();
    let header = String::from_utf8_lossy(&a[..2880]);
    let narrow = header.replacen("                   64", "                   32", 1);
    fs::write(sub.join("narrow.fits"), [narrow.as_bytes(), &a[2880..]].concat()).unwrap();
    // As many pixels along the third axis, but an axis of another kind.
    let other = header.replacen("'FREQ", "'LINE", 1);
    assert_ne!(header, other);
    fs::write(sub.join("other.fits"), [other.as_bytes(), &a[2880..]].concat()).unwrap();
    fs::write(sub.join("notes.fits"), "Dear diary").unwrap();
    let mut backend = Backend::start_in(folder.path(), &[]).await;
    let (mut viewer, _) = backend.register(0).await;
    let deep = format!("{}1", "(".repeat(900));
    let wrong = [
        ("\"../a.fits\" + narrow.fits", "has images of different shapes: ../a.fits and narrow"),
        ("\"../a.fits\" + other.fits", "has images of different shapes: ../a.fits and other.fits"),
        ("narrow.fits / nosuch.fits", "File nosuch.fits does not exist."),
        ("narrow.fits / notes.fits", "File notes.fits is not a FITS file."),
        ("\"../../../etc/passwd\" * 2", "File ../../../etc/passwd is outside"),
        ("\"\"", "cannot be read"),
        ("narrow.fits narrow.fits", "The expression lacks an operator at character 13."),
        ("narrow.fits\n\u{7}", "The expression has '\\u{7}' at character 13, which is not"),
        (deep.as_str(), "The expression never closes the parenthesis at character 900."),
        (&"-".repeat(1 << 20), "The expression is longer than 1000 bytes."),
    ];
    for (text, words) in wrong {
        let request = m::OpenFile { directory: "sub".into(), ..expression(text, 3) };
        let ack: m::OpenFileAck = viewer.request(EventType::OpenFile, &request).await;
        assert!(!ack.success && ack.file_id == 3, "{text}");
        assert!(ack.message.contains(words) && !ack.message.contains('\n'), "{}", ack.message);
    }
    let request = m::OpenFile { directory: "sub".into(), ..expression("\"../a.fits\" * 2", 3) };
    let ack: m::OpenFileAck = viewer.request(EventType::OpenFile, &request).await;
    assert!(ack.success, "{}", ack.message);
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    viewer.quiet().await;
    backend.child.start_kill().unwrap();
    let (_, log) = backend.ended().await;
    assert_eq!(log.lines().count(), wrong.len(), "one line for each: {log}");
    assert!(!log.contains("panicked"));
}
