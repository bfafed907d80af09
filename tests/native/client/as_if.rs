//! As if nothing had happened: a viewer that keeps working through drops, restarts and sleeps, with
//! a user who says yes, ends up with what it asked for, each thing done exactly once.

use std::collections::{BTreeMap, BTreeSet};

use carta_resume::{
    client::{Answer, Options, Phase, problem::Code},
    protocol::EventType,
};

use crate::client::support::{
    driver::Input,
    frames::{remove_region, set_region, want_stats},
    session::Session,
    steps::{Fault, Step, Viewer, drops, page, time, viewer},
    world::{User, World},
};
use proptest::{collection::vec, prelude::*};

/// What the viewer wants open. It knows a region by the request that made it,
/// and speaks of it once it has been told its id.
#[derive(Debug, Default)]
struct Intent {
    images: BTreeMap<i32, (i32, Vec<f64>)>,
    /// Its owner, and the places that it was given, each with the request; the last one counts.
    regions: BTreeMap<u32, (i32, Vec<(u32, f32)>)>,
    /// The requests that opened it. The backend opens the same catalog again for each, so a request
    /// that fails leaves what the others have opened.
    catalogs: BTreeMap<i32, BTreeSet<u32>>,
    stats: BTreeSet<(i32, u32)>,
    made: u32,
    /// The request that opened an image.
    opened: BTreeMap<i32, u32>,
    parts_lost: bool,
}

/// The part of a session that does not depend on the backend's numbering.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    images: BTreeMap<i32, (i32, Vec<f64>)>,
    regions: BTreeSet<(i32, u32)>,
    catalogs: BTreeSet<i32>,
    stats: BTreeSet<(i32, u32)>,
}

/// Places are whole numbers.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn place(x: f32) -> u32 {
    x as u32
}

impl Intent {
    fn outcome(&self) -> Outcome {
        let last = |places: &[(u32, f32)]| place(places.last().unwrap().1);
        let at = |region: &u32| last(&self.regions[region].1);
        Outcome {
            images: self.images.clone(),
            regions: self.regions.values().map(|(owner, places)| (*owner, last(places))).collect(),
            catalogs: self.catalogs.keys().copied().collect(),
            stats: self.stats.iter().map(|(file, region)| (*file, at(region))).collect(),
        }
    }

    fn close(&mut self, id: i32) {
        self.images.remove(&id);
        self.regions.retain(|_, (owner, _)| *owner != id);
        let regions = &self.regions;
        self.stats.retain(|(file, region)| *file != id && regions.contains_key(region));
    }

    /// Takes note of what the viewer was told.
    fn hear(&mut self, world: &mut World) {
        for problem in std::mem::take(&mut world.errors) {
            if problem.code == Code::LostTwice {
                self.parts_lost |= problem.frames.is_empty();
                for header in problem.frames {
                    self.refused(header.request_id);
                }
            }
        }
    }

    /// A request from the viewer was not carried out, and the viewer was told.
    fn refused(&mut self, request_id: u32) {
        if let Some((&id, _)) = self.opened.iter().find(|(_, by)| **by == request_id) {
            self.close(id);
        }
        self.catalogs.retain(|_, opened| {
            opened.remove(&request_id);
            !opened.is_empty()
        });
        if self.regions.remove(&request_id).is_some() {
            self.stats.retain(|&(_, region)| region != request_id);
        }
        for (_, places) in self.regions.values_mut() {
            places.retain(|&(by, _)| by != request_id);
        }
    }

    /// The nth region whose id the viewer knows.
    fn known(&self, world: &World, nth: i32) -> Option<(u32, i32)> {
        let known = self
            .regions
            .keys()
            .filter_map(|made| world.new_regions.get(made).map(|&region_id| (*made, region_id)));
        let known: Vec<(u32, i32)> = known.collect();
        let nth = usize::try_from(nth).ok()?;
        known.get(nth.checked_rem(known.len())?).copied()
    }

    /// Carries it out, if a sensible viewer would.
    #[allow(clippy::cast_precision_loss)]
    fn act(&mut self, world: &mut World, number: u32, act: &Viewer) {
        let x = number as f32;
        match *act {
            Viewer::Open(id) if !self.images.contains_key(&id) => {
                self.images.insert(id, (0, Vec::new()));
                self.opened.insert(id, number);
            }
            Viewer::Close(-1) => {
                self.images.clear();
                self.regions.clear();
                self.stats.clear();
            }
            Viewer::Close(id) => self.close(id),
            Viewer::Channel(id, channel) if channel >= 0 && self.images.contains_key(&id) => {
                self.images.entry(id).or_default().0 = channel;
            }
            Viewer::Contours(id, shown) if self.images.contains_key(&id.cast_signed()) => {
                let levels = if shown { vec![f64::from(number)] } else { Vec::new() };
                self.images.entry(id.cast_signed()).or_default().1 = levels;
            }
            Viewer::NewRegion(id) if self.images.contains_key(&id) => {
                self.regions.insert(number, (id, vec![(number, x)]));
                self.made += 1;
            }
            Viewer::MoveRegion(_, nth) => {
                let Some((made, region_id)) = self.known(world, nth) else { return };
                let region = self.regions.get_mut(&made).unwrap();
                region.1.push((number, x));
                let owner = region.0;
                return world.send(set_region(number, owner, region_id, x));
            }
            Viewer::RemoveRegion(nth) => {
                let Some((made, region_id)) = self.known(world, nth) else { return };
                self.regions.remove(&made);
                self.stats.retain(|&(_, region)| region != made);
                return world.send(remove_region(number, region_id));
            }
            Viewer::Stats(_, nth, wanted) => {
                let Some((made, region_id)) = self.known(world, nth) else { return };
                let owner = self.regions[&made].0;
                if wanted {
                    self.stats.insert((owner, made));
                } else {
                    self.stats.remove(&(owner, made));
                }
                return world.send(want_stats(number, owner, region_id, wanted));
            }
            Viewer::Catalog(id, true) => {
                self.catalogs.entry(id).or_default().insert(number);
            }
            Viewer::Catalog(id, false) => {
                self.catalogs.remove(&id);
            }
            Viewer::List | Viewer::Request(EventType::SaveFile | EventType::FileListRequest) => {}
            _ => return,
        }
        world.viewer(number, act.clone());
    }
}

fn outcome(session: &Session) -> Outcome {
    let at = |region: &i32| place(session.regions[region].x);
    let image =
        |image: &crate::client::support::session::Image| (image.channel, image.levels.clone());
    Outcome {
        images: session.images.iter().map(|(id, state)| (*id, image(state))).collect(),
        regions: session.regions.values().map(|r| (r.owner.unwrap(), place(r.x))).collect(),
        catalogs: session.catalogs.keys().copied().collect(),
        stats: session.stats.iter().map(|(file, region)| (*file, at(region))).collect(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        14 => viewer().prop_map(Step::Viewer),
        10 => time(),
        3 => page().prop_map(Step::Page),
        5 => drops().prop_map(Step::Fault),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_wish_comes_true_exactly_once(
        seed: u64, patience in 0..5_000_u64, steps in vec(step(), 0..60)
    ) {
        let mut world = World::new(Options::default(), seed);
        world.user = User::Answers(patience, Answer::Yes);
        world.input(Input::Connect);
        let mut intent = Intent::default();
        for (number, step) in (1..).zip(steps) {
            match step {
                Step::Viewer(act) => intent.act(&mut world, number, &act),
                // A viewer that is refused for good would be told so.
                Step::Page(Input::Probed { .. }) => {}
                Step::Fault(Fault::Busy(event, ms)) => {
                    world.fault(Fault::Busy(event, ms.min(5_000)));
                }
                step => world.step(number, step),
            }
            intent.hear(&mut world);
        }
        world.faults_end();
        world.run(300_000);
        intent.hear(&mut world);
        prop_assert_eq!(world.phase(), Phase::Active);
        let (mut is, mut wanted) = (outcome(&world.backend_session()), intent.outcome());
        if intent.parts_lost {
            // How images are displayed, and the statistics, were left out.
            for outcome in [&mut is, &mut wanted] {
                outcome.stats.clear();
                outcome.images.values_mut().for_each(|(_, levels)| levels.clear());
            }
        }
        prop_assert_eq!(is, wanted);
        prop_assert_eq!(world.workspace(), world.backend_session());
        world.check.traffic.assert_complete(world.generation());
    }
}
