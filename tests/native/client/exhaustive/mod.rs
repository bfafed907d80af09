//! Every short schedule: all sequences of a few inputs, from several starts.
//! The invariants are checked at every step, and every sequence ends at work.

mod driver;

use carta_resume::{
    client::{Options, Phase, options::Backoff},
    protocol::messages::SessionType,
};

use driver::{
    Act::{
        self, Awake, CallEmpties, CannotAsk, Close, CloseAll, Connect, Lost, LostBefore, No,
        Online, Opened, Patience, Pong, Refused, ResumeAcked, RetryNow, SecondLost, SecondOpened,
        Send, Silence, Sleep, StaleYes, TimerFires, TimerFiresLate, Visible, Welcomed, Yes,
    },
    Driver,
};

use crate::client::support::{
    archiving::with_resume_deadline,
    bench::Bench,
    driver::Input,
    frames::{register, welcome},
    kept::archived,
};

fn all(start: fn() -> Bench, alphabet: &[Act], length: usize) {
    all_after(&[], start, alphabet, length);
}

fn all_after(before: &[Act], start: fn() -> Bench, alphabet: &[Act], length: usize) {
    let count = alphabet.len().pow(u32::try_from(length).unwrap());
    for number in 0..count {
        let mut rest = number;
        let schedule: Vec<Act> = (0..length)
            .map(|_| {
                let act = alphabet[rest % alphabet.len()];
                rest /= alphabet.len();
                act
            })
            .collect();
        let mut driver = Driver::new(start());
        for &act in before.iter().chain(&schedule) {
            driver.act(act);
        }
        driver.finish(&schedule);
    }
}

fn dropped() -> Bench {
    let mut bench = Bench::with_image();
    bench.lose();
    bench
}

fn connecting() -> Bench {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench
}

#[test]
fn from_the_question() {
    all(Bench::asking, &[Yes, No, Lost, RetryNow, Opened, Welcomed, ResumeAcked], 5);
}

#[test]
fn from_the_question_with_wrong_answers() {
    let alphabet =
        [Yes, No, StaleYes, CannotAsk, Lost, RetryNow, Opened, Welcomed, CallEmpties, CloseAll];
    all(Bench::asking, &alphabet, 4);
}

#[test]
fn from_a_drop() {
    all(dropped, &[RetryNow, TimerFires, TimerFiresLate, Opened, Lost, Welcomed], 5);
    all(dropped, &[RetryNow, Opened, LostBefore, Welcomed, Yes, No, Send, Visible], 4);
}

#[test]
fn from_the_start() {
    all(connecting, &[RetryNow, Opened, Lost, Welcomed, Refused, TimerFires, Visible, Close], 4);
}

/// A PING is unanswered, and a second socket is being opened.
fn silent() -> Bench {
    let mut bench = Bench::with_image();
    for _ in 0..3 {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
    }
    assert_ne!(bench.second(), bench.generation());
    bench
}

fn silent_and_asked() -> Bench {
    let mut bench = Bench::asking();
    for _ in 0..3 {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
    }
    assert_ne!(bench.second(), bench.generation());
    bench
}

#[test]
fn from_silence() {
    let alphabet =
        [SecondOpened, SecondLost, Pong, Lost, TimerFires, TimerFiresLate, RetryNow, Online];
    all(silent, &alphabet, 4);
    all(silent_and_asked, &alphabet, 4);
    let alphabet = [SecondOpened, Pong, Lost, TimerFires, Welcomed, Yes, No, Send, Visible, Close];
    all(silent, &alphabet, 3);
    all(silent_and_asked, &alphabet, 3);
}

#[test]
fn from_work() {
    all(Bench::with_image, &[Send, Lost, RetryNow, Opened, Welcomed, Yes], 5);
    let alphabet = [
        Send,
        CloseAll,
        CallEmpties,
        Lost,
        RetryNow,
        Opened,
        Welcomed,
        Yes,
        No,
        ResumeAcked,
        TimerFires,
        TimerFiresLate,
        Visible,
        Close,
    ];
    all(Bench::with_image, &alphabet, 3);
}

fn registering() -> Bench {
    let mut bench = Bench::new();
    bench.open_socket();
    bench
}

fn asking_about_the_archive() -> Bench {
    let mut bench = Bench::with_image();
    bench.restore(archived(&[1])).0.unwrap();
    bench
}

/// The current attempt is the last one.
fn last_attempt() -> Bench {
    let backoff = Backoff { max_attempts: Some(1), ..Backoff::default() };
    let mut bench = Bench::with(Options { backoff, ..Options::default() }, 7);
    bench.input(Input::Connect);
    bench
}

fn failed() -> Bench {
    let mut bench = last_attempt();
    bench.lose();
    assert_eq!(bench.phase(), Phase::Failed);
    bench
}

/// A viewer that does not know the client has opened a socket and registers.
fn taken_over() -> Bench {
    let mut bench = Bench::new();
    bench.take_over(register(1, 0));
    bench
}

fn taken_over_and_registering() -> Bench {
    let mut bench = taken_over();
    bench.receive(welcome(&register(1, 0), 7, SessionType::New));
    bench.receive_image();
    bench.lose();
    bench.open_socket();
    bench
}

fn taken_over_and_asking() -> Bench {
    let mut bench = taken_over_and_registering();
    bench.register(SessionType::Resumed);
    assert_eq!(bench.phase(), Phase::Confirming);
    bench
}

/// A client that does not wait forever for the answer to RESUME_SESSION.
fn impatient() -> Bench {
    Bench::asking_and(with_resume_deadline())
}

/// Any two inputs, from every phase and every variant of it.
#[test]
pub fn from_everywhere() {
    let alphabet = [
        Opened,
        Lost,
        Welcomed,
        Refused,
        ResumeAcked,
        RetryNow,
        Yes,
        No,
        CannotAsk,
        TimerFires,
        TimerFiresLate,
        Visible,
        Send,
        CloseAll,
        CallEmpties,
        Close,
        Connect,
        Awake,
        Online,
        Sleep,
        Silence,
        Patience,
    ];
    for start in [
        Bench::new,
        connecting,
        registering,
        Bench::asking,
        Bench::with_image,
        dropped,
        failed,
        last_attempt,
        asking_about_the_archive,
        taken_over,
        taken_over_and_registering,
        taken_over_and_asking,
    ] {
        all(start, &alphabet, 2);
    }
    for start in [Bench::asking, impatient] {
        all_after(&[Yes], start, &alphabet, 2);
    }
}
