//! The diagram of the state machine in ARCHITECTURE.md, drawn from the phase changes that the
//! machine makes in the schedules of the other tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
};

use proptest::{
    collection::vec,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::{drop_in, exhaustive, properties};
use crate::{
    client::support::{
        steps::{Step, anything},
        transitions::{PHASES, made},
    },
    generated,
};

const DOCUMENT: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- Begin of what tests/native/client/generated.rs writes. -->\n";
const END: &str = "<!-- End of what tests/native/client/generated.rs writes. -->\n";

/// Random schedules. The exhaustive ones cover everything that 300 of these do.
const SCHEDULES: u64 = 60;

#[test]
fn picture_of_the_states() {
    exhaustive::from_everywhere();
    random();
    let document = fs::read_to_string(DOCUMENT).unwrap().replace("\r\n", "\n");
    let (before, rest) = document.split_once(BEGIN).expect("the diagram has a beginning");
    let (_, after) = rest.split_once(END).expect("the diagram has an end");
    let text = format!("{before}{BEGIN}\n{}\n{END}{after}", picture());
    generated::compare(DOCUMENT, &text);
}

/// The same ones each time.
fn random() {
    let mut runner = TestRunner::deterministic();
    let steps = vec(anything(), 0..50);
    let mut schedule = || -> Vec<Step> { steps.new_tree(&mut runner).unwrap().current() };
    for seed in 0..SCHEDULES {
        let mut world = properties::world(seed);
        properties::play(&mut world, schedule());
        world.faults_end();
        drop_in::play(seed, schedule());
    }
}

type Place = usize;

/// The arrows, and a sentence for what leads to one phase from all others.
fn picture() -> String {
    let mut arrows: BTreeMap<(Place, Place), BTreeSet<String>> = BTreeMap::new();
    let mut sources: BTreeMap<(String, Place), usize> = BTreeMap::new();
    for (from, to, name) in made() {
        *sources.entry((name.clone(), to)).or_default() += 1;
        arrows.entry((from, to)).or_default().insert(name);
    }
    let everywhere: BTreeSet<_> = sources
        .into_iter()
        .filter_map(|(leads, from)| (from == PHASES.len() - 1).then_some(leads))
        .collect();
    let mut text = String::from("```mermaid\nstateDiagram-v2\n  [*] --> idle\n");
    for ((from, to), names) in arrows {
        let names: Vec<&str> = names
            .iter()
            .filter(|name| !everywhere.contains(&((*name).clone(), to)))
            .map(String::as_str)
            .collect();
        if !names.is_empty() {
            let label = names.join("<br>");
            writeln!(text, "  {} --> {} : {label}", phase(from), phase(to)).unwrap();
        }
    }
    text += "```\n";
    for (name, to) in everywhere {
        writeln!(text, "\n`{name}` leads from every other phase to `{}`.", phase(to)).unwrap();
    }
    text
}

fn phase(place: Place) -> String {
    format!("{:?}", PHASES[place]).to_lowercase()
}
