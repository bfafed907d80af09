//! The user, and how they answer.

use carta_resume::client::{Answer, Offer};

use super::{super::network::Event, World};

/// What the user does when asked.
#[derive(Clone, Debug)]
pub enum User {
    /// Is not there.
    Absent,
    /// Answers after this time.
    Answers(u64, Answer),
    /// Wants everything back except what is suspected, after this time.
    Careful(u64),
    /// The viewer's own question fails.
    Fails,
}

impl World {
    pub(super) fn ask(&mut self, offer: Offer) {
        let wall = self.clock.wall;
        match self.user.clone() {
            User::Absent => {}
            User::Answers(after, answer) => {
                self.network.at(wall + after, Event::Answer { offer: offer.id, answer });
            }
            User::Careful(after) => {
                let answer = careful(&offer);
                self.network.at(wall + after, Event::Answer { offer: offer.id, answer });
            }
            User::Fails => self.network.at(wall, Event::AnswerFails { offer: offer.id }),
        }
        self.offers.push(offer);
    }
}

/// Everything except what is suspected.
fn careful(offer: &Offer) -> Answer {
    let suspected = &offer.suspected;
    if suspected.images.is_empty() && suspected.catalogs.is_empty() {
        return Answer::Yes;
    }
    let images: Vec<i32> = offer.images.iter().map(|image| image.file_id).collect();
    let catalogs: Vec<i32> = offer.catalogs.iter().map(|catalog| catalog.file_id).collect();
    let without = |all: Vec<i32>, some: &[i32]| -> Vec<i32> {
        all.into_iter().filter(|id| !some.contains(id)).collect()
    };
    let images = without(images, &suspected.images);
    let catalogs = without(catalogs, &suspected.catalogs);
    if images.is_empty() && catalogs.is_empty() {
        Answer::No
    } else {
        Answer::Part { images, catalogs: Some(catalogs) }
    }
}
