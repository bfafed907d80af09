//! Regions come back all at once: the viewer is made to import them, and the backend
//! gets the regions themselves.

use crate::client::page::{Page, TOO_LONG_MS, all_of, import, kept};
use crate::client::support::driver::{Effect, Input};
use crate::client::support::frames::{open_file, set_region};
use carta_resume::{
    client::{Answer, offer::Kept},
    protocol::{
        EventType,
        messages::{RegionStyle, SetRegion},
    },
    rebuild::Ahead,
    workspace::RegionSpec,
};
use serde_json::json;

/// The user is asked about this, and the viewer can import regions.
fn asking(kept: Kept) -> Page {
    let mut page = Page::asking(kept);
    page.values.insert("importRegion.length", "4");
    page
}

/// One image with this many regions, from id 20 on.
fn many(count: i32) -> Kept {
    let mut kept = kept(&[0]);
    for id in 21..20 + count {
        let x = f32::from(i16::try_from(id).unwrap());
        let region = RegionSpec {
            region_type: 3,
            points: vec![(x, 5.0), (10.0, 20.0)],
            ..RegionSpec::default()
        };
        kept.workspace.set_region(0, id, &region).unwrap();
    }
    kept
}

/// The SET_REGIONs that went to the backend, by their region ids, in order.
fn sent(page: &Page) -> Vec<i32> {
    let sent = page.effects.iter().filter_map(|effect| match effect {
        Effect::Send { frame, .. } if frame.event() == Some(EventType::SetRegion) => {
            Some(frame.decode::<SetRegion>().unwrap().region_id)
        }
        _ => None,
    });
    sent.collect()
}

fn regions(regions: usize) -> Ahead {
    Ahead { regions, ..Ahead::default() }
}

fn at_backend(page: &Page) -> Vec<i32> {
    let session = &page.backend.connections.values().last().unwrap().session;
    session.regions.keys().copied().collect()
}

/// The ids that the viewer was given.
fn shown(page: &Page) -> Vec<i32> {
    page.imported.iter().flat_map(|ack| ack.regions.keys().copied()).collect()
}

fn styles(page: &Page) -> Vec<RegionStyle> {
    page.imported.iter().flat_map(|ack| ack.region_styles.values().cloned()).collect()
}

const WHOLE: [&str; 2] = ["kept archived: Superseded", "rebuilt, whole: true"];
const PART: [&str; 2] = ["kept archived: Superseded", "rebuilt, whole: false"];

#[test]
fn each_image_gets_its_own_under_their_ids() {
    let mut page = asking(kept(&[0, 1]));
    page.answer(Answer::Yes);
    assert_eq!((page.called("importRegion"), page.called("addRegionAsync")), (2, 0));
    assert_eq!(
        (page.images(), page.outcome()),
        (all_of(&[0, 1]), WHOLE.map(String::from).to_vec())
    );
    assert_eq!((at_backend(&page), shown(&page)), (vec![20, 21], vec![20, 21]));
    assert!(page.imported.iter().all(|ack| ack.success));
    assert_eq!(page.imported[1].regions[&21].control_points[0].x, 1.0);
    assert_eq!(styles(&page)[1].name, "region of 1");
    let answered = |effect: &Effect| matches!(effect, Effect::Deliver(frame) if frame.event() == Some(EventType::SetRegionAck));
    assert_eq!(page.times(answered), 0, "the viewer has not asked for these");
    assert_eq!(page.reports()[0].restored.region_count, 2);
}

#[test]
fn they_are_drawn_at_once_and_their_progress_is_told() {
    let mut page = asking(many(2_500));
    page.answer(Answer::Yes);
    assert_eq!((page.called("importRegion"), at_backend(&page).len()), (1, 2_500));
    assert_eq!(shown(&page), (20..2_520).collect::<Vec<_>>());
    assert_eq!(sent(&page)[..2], [2_519, 2_518], "what is drawn meanwhile gets another id");
    let told = page.effects.iter().filter_map(|effect| match effect {
        Effect::Rebuilding { done, all, regions } => Some((*done <= *all, *regions)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert!(told.iter().all(|(sound, _)| *sound));
    let regions: Vec<_> = told.into_iter().filter_map(|(_, regions)| regions).collect();
    let expected: Vec<_> = (0..=25).map(|hundreds| (hundreds * 100, 2_500)).collect();
    assert_eq!(regions, expected);
}

#[test]
fn they_look_as_the_page_before_has_noted() {
    let mut kept = many(2);
    let text = RegionSpec { region_type: 15, points: vec![(1.0, 2.0), (3.0, 4.0)], rotation: 0.0 };
    kept.workspace.set_region(0, 30, &text).unwrap();
    let styles_of = json!({
        "20": { "name": "a", "color": "#ff0000", "lineWidth": 3, "dashList": [4], "locked": true },
        "21": { "name": "b", "lineWidth": 1e300, "dashList": [-1, 2, 3, 4], "unknown": {} },
        "30": { "annotation": { "textLabel0": "x", "font": "Times", "fontSize": 17.0, "textPosition": 2 } },
        "99": { "name": "of nothing" },
    });
    kept.workspace.set_view_part("regions/0", Some(&styles_of.to_string())).unwrap();
    let mut page = asking(kept);
    page.answer(Answer::Yes);
    let [a, b, text] = &styles(&page)[..] else { panic!("three") };
    assert_eq!(
        (&*a.name, &*a.color, a.line_width, &a.dash_list[..]),
        ("a", "#ff0000", 3, &[4][..])
    );
    assert_eq!((&*b.name, b.line_width, &b.dash_list[..]), ("b", 10_000, &[0, 2][..]));
    assert_eq!((&a.annotation_style, &b.annotation_style), (&None, &None));
    let label = text.annotation_style.as_ref().unwrap();
    assert_eq!((&*label.text_label0, &*label.font, label.font_size), ("x", "Times", 17));
    assert_eq!(label.text_position, 2);
    assert_eq!(page.images()[0][2][0][0], "a", "and keep their names");
}

#[test]
fn styles_that_make_no_sense_cost_nothing_but_themselves() {
    for styles_of in ["", "[", "null", "[1]", r#"{"x":{}}"#, r#"{"20":{}"#] {
        let mut kept = kept(&[0]);
        // An empty style cannot be set.
        let _ = kept.workspace.set_view_part("regions/0", Some(styles_of));
        let mut page = asking(kept);
        page.answer(Answer::Yes);
        assert_eq!(page.images(), all_of(&[0]), "{styles_of}");
        assert_eq!(styles(&page)[0].name, "region of 0");
    }
}

// What does not come back

#[test]
fn what_the_backend_refuses_is_told_and_the_rest_comes() {
    let mut page = asking(many(3));
    page.acks = |ack| {
        ack.success = ack.region_id != 21;
        true
    };
    page.answer(Answer::Yes);
    assert_eq!(shown(&page), [20, 22]);
    let restored = &page.reports()[0].restored;
    assert_eq!((restored.region_count, &restored.failed_regions[..]), (2, &[21][..]));
    assert_eq!(page.outcome(), PART);
}

#[test]
fn an_ack_of_another_region_is_not_believed() {
    let mut page = asking(many(3));
    page.acks = |ack| {
        if ack.region_id == 21 {
            ack.region_id = 77;
        }
        true
    };
    page.answer(Answer::Yes);
    assert_eq!((shown(&page), at_backend(&page)), (vec![20, 22], vec![20, 22]));
    let restored = &page.reports()[0].restored;
    assert_eq!(restored.failed_regions, [21]);
    assert!(restored.message.starts_with("A region of kept 0.fits"), "{}", restored.message);
}

#[test]
fn an_ack_that_never_comes_is_given_up() {
    let mut page = asking(many(3));
    page.acks = |ack| ack.region_id != 21;
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS - 2);
    assert_eq!(shown(&page), [0; 0]);
    page.run(2);
    assert_eq!((shown(&page), at_backend(&page)), (vec![20, 22], vec![20, 22]));
    let restored = &page.reports()[0].restored;
    assert_eq!(restored.failed_regions, [21]);
    assert!(restored.message.contains("did not answer in time"), "{}", restored.message);
}

#[test]
fn on_an_image_that_shows_the_regions_of_another_there_come_none() {
    let mut page = asking(kept(&[0, 1]));
    page.draws_on = Some(50);
    page.answer(Answer::Yes);
    assert_eq!((shown(&page), at_backend(&page)), (vec![20], vec![20]));
    let restored = &page.reports()[0].restored;
    assert_eq!(restored.failed_regions, [21]);
    assert!(restored.message.contains("matched to another"), "{}", restored.message);
}

#[test]
fn a_viewer_that_cannot_gets_them_one_by_one() {
    let mut page = asking(kept(&[0, 1]));
    page.values.remove("importRegion.length");
    page.answer(Answer::Yes);
    assert_eq!((page.called("importRegion"), page.called("addRegionAsync")), (0, 2));
    assert_eq!(page.images(), all_of(&[0, 1]));

    // It says that it can, but does not send the request.
    let mut page = asking(kept(&[0, 1]));
    page.hangs_on = "importRegion";
    page.answer(Answer::Yes);
    page.wakes();
    assert_eq!((page.called("importRegion"), page.called("addRegionAsync")), (1, 2));
    assert_eq!(
        (page.images(), page.outcome()),
        (all_of(&[0, 1]), WHOLE.map(String::from).to_vec())
    );
}

#[test]
fn an_import_that_nobody_waits_for_any_more_is_answered_with_nothing() {
    let mut page = asking(kept(&[0]));
    page.hangs_on = "importRegion";
    page.answer(Answer::Yes);
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("addRegionAsync"), 1);
    let late = 900;
    page.importing = Some((0, late));
    page.send(import(late, 50, "carta-resume regions"));
    assert!(page.imported[0].success && page.imported[0].regions.is_empty());
    assert_eq!(at_backend(&page).len(), 1);
}

// Ids

#[test]
fn an_id_that_something_else_has_is_not_taken() {
    let mut page = asking(kept(&[0]));
    page.send(open_file(20, 9, "own.fits"));
    page.send(set_region(21, 9, 20, 70.0));
    page.answer(Answer::Yes);
    assert_eq!((shown(&page), at_backend(&page)), (vec![21], vec![20, 21]));
    assert_eq!(page.images()[0], json!(["own.fits", 0, [["", 70.0]]]));
}

#[test]
fn what_the_user_is_drawing_gets_its_id_first() {
    let mut page = asking(kept(&[0]));
    page.hangs_on = "flush";
    page.answer(Answer::Yes);
    page.holds = true;
    page.send(set_region(90, 50, -1, 70.0));
    page.wakes();
    page.run(1_000);
    assert_eq!(page.called("importRegion"), 0);
    page.release();
    page.run(1_000);
    assert_eq!((page.called("importRegion"), at_backend(&page)), (1, vec![1, 20]));
}

// Drops

#[test]
fn a_drop_in_the_middle_costs_one_click() {
    let mut page = asking(many(40));
    page.acks = |ack| ack.region_id > 50;
    page.answer(Answer::Yes);
    let first = sent(&page).len();
    assert_eq!((first, shown(&page).len()), (40, 0));
    page.cut();
    page.acks = |_| true;
    page.reconnect();
    let asked = &page.offers()[1];
    assert_eq!((asked.images[0].region_count, asked.still_restoring), (9, regions(31)));
    page.answer(Answer::Yes);
    assert_eq!(sent(&page)[first..], (20..=50).rev().collect::<Vec<_>>(), "the rest only");
    assert_eq!((shown(&page), at_backend(&page).len()), ((20..60).collect::<Vec<_>>(), 40));
    assert_eq!(page.outcome(), WHOLE);
}

#[test]
fn a_region_that_was_under_way_at_two_drops_is_left_out() {
    let mut page = asking(many(10));
    page.acks = |ack| ack.region_id > 25;
    page.answer(Answer::Yes);
    for _ in 0..2 {
        page.cut();
        page.reconnect();
        page.answer(Answer::Yes);
    }
    let times = sent(&page).iter().filter(|id| **id == 25).count();
    assert_eq!(times, 2, "not sent a third time");
    assert_eq!(sent(&page).last(), Some(&24), "one at a time");
    page.acks = |_| true;
    page.cut();
    page.reconnect();
    page.answer(Answer::Yes);
    let restored = &page.reports().last().unwrap().restored;
    assert!(restored.failed_regions.contains(&25) && restored.region_count < 10);
    assert!(restored.message.contains("went away, twice"), "{}", restored.message);
}

// The user does not want to wait

#[test]
fn it_can_be_stopped_and_what_is_there_stays() {
    let mut page = asking(many(2_500));
    page.acks = |ack| ack.region_id > 1_600;
    page.answer(Answer::Yes);
    assert_eq!(sent(&page).len(), 1_919, "a thousand are unanswered");
    page.machine.stop_rebuilding(page.now);
    page.settle();
    assert_eq!(page.reports().len(), 0, "what is under way comes to its end");
    page.run(TOO_LONG_MS);
    assert_eq!(page.called("importRegion"), 1);
    assert_eq!((shown(&page).len(), at_backend(&page).len()), (919, 919));
    let restored = &page.reports()[0].restored;
    assert_eq!((restored.region_count, restored.failed_regions.len()), (919, 1_581));
    assert!(restored.message.contains("stopped"), "{}", restored.message);
    assert_eq!(page.outcome(), PART, "the rest is in the archive");
}

#[test]
fn it_can_be_stopped_before_anything_is_open() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.values.insert("isFileLoading", "true");
    page.answer(Answer::Yes);
    page.machine.stop_rebuilding(page.now);
    page.settle();
    let restored = &page.reports()[0].restored;
    assert_eq!(
        (&restored.failed_images[..], &restored.failed_regions[..]),
        (&[0, 1][..], &[20, 21][..])
    );
    assert_eq!((page.called("appendFile"), page.outcome()), (0, PART.map(String::from).to_vec()));
    page.input(Input::Timeout);
    assert_eq!(page.reports().len(), 1);
}
