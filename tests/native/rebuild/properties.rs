//! Whatever a viewer answers, a rebuild ends and accounts for everything once.

use std::collections::BTreeSet;

use crate::rebuild::support::{
    VERSIONS, Version, Viewer,
    kept::{catalog, contours, every_region, image, rich},
};
use carta_resume::{
    rebuild::{Outcome, Rebuild},
    workspace::Workspace,
};
use proptest::prelude::*;
use serde_json::Value;

/// Everything that was kept is accounted for once: as restored or as failed.
fn assert_accounted(kept: &Workspace, outcome: &Outcome) {
    let state = kept.viewer_state();
    let all_images = state.images.iter().map(|image| image.file_id);
    let all_regions =
        state.images.iter().flat_map(|image| image.regions.iter().map(|region| region.region_id));
    for (all, came, failed) in [
        (all_images.collect::<Vec<_>>(), &outcome.images, &outcome.failed_images),
        (all_regions.collect(), &outcome.regions, &outcome.failed_regions),
    ] {
        let mut told: Vec<i32> = came.iter().map(|ids| ids.0).chain(failed.clone()).collect();
        told.sort_unstable();
        let mut all = all;
        all.sort_unstable();
        assert_eq!(told, all);
        let new: BTreeSet<i32> = came.iter().map(|ids| ids.1).collect();
        assert_eq!(new.len(), came.len(), "two things have the same id");
    }
    assert!(outcome.images.iter().all(|ids| ids.1 >= 0));
    assert!(outcome.regions.iter().all(|ids| ids.1 > 0));
    assert_eq!(outcome.catalogs.len() + outcome.failed_catalogs.len(), state.catalogs.len());
    for image in &state.images {
        if outcome.failed_images.contains(&image.file_id) {
            for region in &image.regions {
                assert!(outcome.failed_regions.contains(&region.region_id));
            }
        }
    }
}

// A failure at every step

#[test]
fn whichever_call_fails_the_rest_goes_on() {
    for version in VERSIONS {
        let mut tried = 0;
        for failing in 0.. {
            let mut viewer = Viewer::new(version);
            let mut rebuild = Rebuild::new(&rich());
            let mut calls = 0;
            while let Some(call) = rebuild.next() {
                match viewer.call(&call) {
                    Ok(value) if calls != failing => rebuild.answered(true, &value, ""),
                    Ok(_) => rebuild.answered(false, "", "out of memory"),
                    Err(why) => rebuild.answered(false, "", &why),
                }
                calls += 1;
            }
            let outcome = rebuild.outcome();
            assert_accounted(&rich(), &outcome);
            let lost = outcome.failed_images.len() + outcome.failed_catalogs.len();
            assert!(lost <= 1 && outcome.messages.len() <= 2, "{outcome:?}");
            let (done, all) = rebuild.progress();
            assert_eq!(done, all);
            if failing >= calls {
                assert_eq!((lost, outcome.failed_regions.len()), (0, 0));
                tried = failing;
                break;
            }
        }
        assert!(tried > 30, "each of {tried} calls has failed once");
    }
}

// Any answer

fn any_answer() -> impl Strategy<Value = (bool, String, String)> {
    let value = prop_oneof![
        4 => (-2..12_i32).prop_map(|id| id.to_string()),
        1 => any::<i64>().prop_map(|id| id.to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => Just("99999999999999999999999".to_owned()),
        1 => Just(" 7\n".to_owned()),
        1 => Just("+7".to_owned()),
        1 => Just("null".to_owned()),
        1 => Just("true".to_owned()),
        1 => Just("\"7\"".to_owned()),
        1 => Just("{\"frameInfo\":".to_owned()),
        1 => any::<String>(),
    ];
    let message = prop_oneof![
        2 => Just(String::new()),
        1 => Just("Error: Missing action function: setActiveImageById".to_owned()),
        1 => any::<String>(),
    ];
    (prop::bool::weighted(0.8), value, message)
}

fn any_workspace() -> impl Strategy<Value = Workspace> {
    let images = prop::collection::btree_map(
        0..20_i32,
        (0..5_i32, 0..3_i32, any::<bool>(), prop::collection::vec(0..16_usize, 0..4)),
        0..6,
    );
    (images, prop::collection::btree_set(0..9_i32, 0..3), ".*").prop_map(
        |(images, catalogs, name)| {
            let mut workspace = Workspace::default();
            let mut next = 1;
            for (id, (channel, stokes, drawn, regions)) in images {
                let mut spec = image(id, &format!("{name}{id}"));
                (spec.channel, spec.stokes) = (channel, stokes);
                workspace.open_image(spec).unwrap();
                workspace.set_contours(id, drawn.then(|| contours(&[0.25]))).unwrap();
                for shape in regions {
                    workspace.set_region(id, next, &every_region()[shape]).unwrap();
                    workspace.name_region(next, &name);
                    next += 1;
                }
            }
            for id in catalogs {
                workspace.open_catalog(catalog(id, &format!("{id}{name}"))).unwrap();
            }
            workspace
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_answered_it_ends_and_everything_is_accounted_for(
        kept in any_workspace(),
        open in any_workspace(),
        adopts: bool,
        answers in prop::collection::vec(any_answer(), 1..200),
    ) {
        let mut rebuild = Rebuild::new(&kept);
        if adopts {
            rebuild.adopt(&open);
        }
        let (_, all) = rebuild.progress();
        let mut answers = answers.iter().cycle();
        let mut calls = 0;
        let mut before = 0;
        while let Some(call) = rebuild.next() {
            let parameters: Value = serde_json::from_str(&call.parameters).unwrap();
            prop_assert!(parameters.is_array());
            prop_assert!(!call.parameters.contains('$'));
            let (success, value, message) = answers.next().unwrap();
            rebuild.answered(*success, value, message);
            calls += 1;
            let (done, _) = rebuild.progress();
            prop_assert!(done >= before && done <= all);
            before = done;
        }
        // Each image may have to be taken out of a match, an import may not happen, and there are
        // two ways to show the first image.
        let more = kept.viewer_state().images.len() + 1 + 2;
        prop_assert!(calls <= all + more, "{calls} calls for {all} tasks");
        prop_assert_eq!(rebuild.progress(), (all, all));
        prop_assert!(rebuild.next().is_none());
        assert_accounted(&kept, &rebuild.outcome());
    }

    #[test]
    fn a_viewer_that_works_gets_everything(kept in any_workspace(), newer: bool) {
        let mut viewer = Viewer::new(if newer { Version::V6 } else { Version::V4 });
        let outcome = viewer.rebuild(Rebuild::new(&kept));
        assert_accounted(&kept, &outcome);
        prop_assert!(outcome.failed_images.is_empty() && outcome.failed_regions.is_empty());
        prop_assert!(outcome.messages.is_empty() || viewer.frames.is_empty());
        let state = kept.viewer_state();
        for (image, frame) in state.images.iter().zip(viewer.frames.values()) {
            prop_assert_eq!(&frame.opened[1], &Value::from(image.file.clone()));
            let channels = (i64::from(image.channel), i64::from(image.stokes));
            prop_assert_eq!(frame.channels, channels);
            prop_assert_eq!(frame.announced, channels != (0, 0));
            prop_assert_eq!(frame.contours_drawn, image.contours.is_some());
            prop_assert_eq!(frame.regions.len(), image.regions.len());
            for (region, told) in image.regions.iter().zip(frame.regions.values()) {
                prop_assert_eq!(&told[0], &Value::from(f64::from(region.region_type)));
                prop_assert_eq!(&told[3], &Value::from(kept.region_name(region.region_id)));
            }
        }
    }
}
