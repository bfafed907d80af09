//! Asking whether the tab that holds a lock lives.
//!
//! The page before a reload holds its lock until the browser has ended it, which takes
//! seconds on a busy machine. That page does not answer any more. The original of a
//! duplicated tab does, at once.

use super::channel::Channel;

const ASK: &str = "?";
const LIVE: &str = "!";

/// Answers for a tab that holds a lock. `None` where there are no channels.
pub(super) fn answering(name: &str) -> Option<Channel> {
    Channel::open(name, |word, voice| {
        if word == ASK {
            voice.say(LIVE);
        }
    })
}

/// Asks, and calls `lives` if there is an answer.
pub(super) fn asking(name: &str, mut lives: impl FnMut() + 'static) -> Option<Channel> {
    let channel = Channel::open(name, move |word, _| {
        if word == LIVE {
            lives();
        }
    })?;
    channel.say(ASK);
    Some(channel)
}
