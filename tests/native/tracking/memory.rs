//! A tracked workspace takes at most twice as many bytes as its RESUME_SESSION.
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use crate::tracking::support::{ICD, Session, rectangle, region_ack, set_region};
use carta_resume::protocol::{
    EventType,
    messages::{ImportRegion, ImportRegionAck, Point, RegionInfo, RegionType},
};

thread_local! {
    /// Bytes that this test's thread has allocated and not freed.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get().wrapping_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const REGIONS: i32 = 10_000;

/// Rectangles, and every fifth region a polygon with twelve vertices.
fn region(id: i32) -> RegionInfo {
    let x = f32::from(i16::try_from(id % 1000).unwrap());
    if id % 5 != 0 {
        return rectangle(x);
    }
    RegionInfo {
        region_type: RegionType::Polygon as i32,
        control_points: (0..12_u8).map(|y| Point { x, y: f32::from(y) }).collect(),
        rotation: 0.0,
    }
}

/// Bytes allocated for a session per byte of its RESUME_SESSION.
fn ratio(name: &str, fill: impl FnOnce(&mut Session)) -> f64 {
    let before = HELD.get();
    let mut session = Session::default();
    session.open(0, "a.fits");
    fill(&mut session);
    let held = HELD.get().wrapping_sub(before);
    let encoded = session.tracker.resume_payload(ICD).len();
    assert_eq!(session.tracker.workspace().offer_images()[0].region_count, 10_000);
    #[allow(clippy::cast_precision_loss)]
    let ratio = held as f64 / encoded as f64;
    println!("{name}: {held} bytes held, {encoded} bytes encoded, ratio {ratio:.2}");
    ratio
}

#[test]
fn ten_thousand_regions_take_at_most_twice_their_encoded_size() {
    let drawn = ratio("drawn one by one", |session| {
        for id in 1..=REGIONS {
            session.draw(0, id, region(id));
        }
    });
    let rectangles = ratio("rectangles only", |session| {
        for id in 1..=REGIONS {
            session.draw(0, id, rectangle(1.0));
        }
    });
    let imported = ratio("imported at once", |session| {
        let id = session.send(EventType::ImportRegion, &ImportRegion::default());
        let regions = (1..=REGIONS).map(|id| (id, region(id))).collect();
        let ack = ImportRegionAck { success: true, regions, ..Default::default() };
        session.receive(EventType::ImportRegionAck, id, &ack);
    });
    let edited = ratio("each changed in shape and length", |session| {
        for round in 0..3 {
            for id in 1..=REGIONS {
                let request = set_region(0, id, region(id + round));
                let request = session.send(EventType::SetRegion, &request);
                session.receive(EventType::SetRegionAck, request, &region_ack(id));
            }
        }
    });
    for ratio in [drawn, rectangles, imported, edited] {
        assert!(ratio <= 2.0, "{ratio}");
    }
}
