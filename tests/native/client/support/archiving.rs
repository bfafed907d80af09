//! The archive's question, from the moment it is asked.

use carta_resume::{
    client::{Answer, Options, offer::Reason, problem::Code},
    protocol::Frame,
};

use super::{
    bench::{Bench, asked, codes, offer, restore_ended, sent},
    driver::{Effect, Input},
    kept::archived,
};

pub fn yes(offer: u32) -> Input {
    Input::Answered { offer, answer: Answer::Yes }
}

pub fn no(offer: u32) -> Input {
    Input::Answered { offer, answer: Answer::No }
}

pub const NOTHING: [&str; 0] = [];

/// At work with image 0, and asked about images 1 and 3 by offer 1.
pub fn asking() -> Bench {
    let mut bench = Bench::with_image_and(with_resume_deadline());
    let (taken, effects) = bench.restore(archived(&[1, 3]));
    taken.unwrap();
    assert_eq!(asked(&effects), Some(1));
    bench
}

/// The user has said yes; with the RESUME_SESSION.
pub fn resuming() -> (Bench, Frame) {
    let mut bench = asking();
    let resume = sent(&bench.input(yes(1))).remove(0);
    (bench, resume)
}

pub fn file_ids(bench: &Bench) -> Vec<i32> {
    let images = bench.machine.tracker().workspace().offer_images();
    images.iter().map(|image| image.file_id).collect()
}

/// The socket's requests that were reported as given up.
pub fn given_up(effects: &[Effect]) -> Vec<u32> {
    let problems = effects.iter().filter_map(|effect| match effect {
        Effect::Error(problem) | Effect::Rejected { problem, .. }
            if problem.code == Code::Declined =>
        {
            Some(problem.frames.iter().map(|header| header.request_id))
        }
        _ => None,
    });
    problems.flatten().collect()
}

/// The backend did not finish; the user is asked again, by offer 2.
pub fn asked_again() -> Bench {
    let (mut bench, _) = resuming();
    let effects = bench.hang();
    assert_eq!(codes(&effects), ["resume-timeout"]);
    assert_eq!(restore_ended(&effects), NOTHING);
    let effects = bench.reconnect();
    assert_eq!(offer(&effects).map(|offer| (offer.id, offer.reason)), Some((2, Reason::Archive)));
    bench
}

pub fn without_heartbeat() -> Options {
    Options { heartbeat: None, ..Options::default() }
}

pub fn with_resume_deadline() -> Options {
    let mut options = Options::default();
    options.timeouts.resume_ms = Some(120_000);
    options
}
