//! A viewer that does not know the client: it registers once, and all its requests are answered
//! once, in order, whatever happens to its connection.

mod answering;
mod gone_images;
mod registering;
mod schedules;

pub use schedules::play;

use super::support::{frames::open_file, world::World};
use carta_resume::client::Options;

fn world() -> World {
    World::drop_in(Options::default(), 1)
}

fn with_image() -> World {
    let mut world = world();
    world.send(open_file(2, 0, "a.fits"));
    world.run(100);
    world
}

/// Request ids of what was answered, in the order in which the viewer saw it.
fn answered(world: &World) -> Vec<u32> {
    let answers = world.delivered.iter().filter(|header| header.request_id != 0);
    answers.map(|header| header.request_id).collect()
}
