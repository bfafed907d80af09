//! The whole story: a viewer, a network, a backend and a user.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

mod machine;

use carta_resume::core::{Options, machine::Phase};
use machine::world::World;

#[test]
fn a_drop_costs_one_yes() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.offers.len(), 1);
    assert_eq!(world.backend_session(), before);
    assert_eq!(world.workspace(), before);
}
