//! A second socket beside a silent one: when it is opened, what decides between the two, and what
//! neither the user nor the backend notices.

use crate::client::support::{
    bench::{Bench, codes, events},
    driver::{Effect, Input},
    frames::{bare, image_data, open_file, set_channel},
    network::Reach,
    world::World,
};
use carta_resume::{
    client::{Options, Phase},
    protocol::EventType,
};

const SECOND: Input = Input::Opened { generation: 2 };

fn pong(generation: u32) -> Input {
    Input::Text { generation, pong: true }
}

fn open(generation: u32, attempt: u32) -> Effect {
    Effect::Open { generation, attempt }
}

fn shut(generation: u32) -> Effect {
    Effect::Shut { generation }
}

/// A PING has been unanswered for 5.5 s, and a second socket is being opened.
fn with_second(mut bench: Bench) -> Bench {
    bench.after(5_000);
    bench.after(5_000);
    assert_eq!(bench.after(499), []);
    assert_eq!(bench.after(1), [open(2, 1)]);
    bench
}

#[test]
fn once_the_second_is_open_the_first_is_asked_again_and_has_a_short_while() {
    let mut bench = with_second(Bench::active());
    bench.pass(20);
    assert_eq!(bench.input(SECOND), [Effect::Ping { generation: 1 }]);
    assert_eq!(bench.after(1_480), [Effect::Status]);
    assert!(bench.machine.status().silent_since.is_some());
    let effects = bench.after(20);
    assert_eq!(effects[0], shut(1));
    assert_eq!(events(&effects), [EventType::RegisterViewer], "on the second, at once");
    assert_eq!(bench.generation(), 2);
    assert_eq!(bench.phase(), Phase::Registering);
    assert_eq!(bench.machine.status().silent_since, None);
}

#[test]
fn any_message_of_the_first_ends_it_and_nothing_has_happened() {
    let says: [fn(&mut Bench) -> Vec<Effect>; 3] = [
        |bench| bench.input(pong(1)),
        |bench| bench.input(Input::Text { generation: 1, pong: false }),
        |bench| bench.receive(bare(EventType::RasterTileData, 0)),
    ];
    for say in says {
        for is_open in [false, true] {
            let mut bench = with_second(Bench::active());
            let before = bench.machine.status().clone();
            if is_open {
                bench.input(SECOND);
            }
            bench.pass(1_000);
            assert!(say(&mut bench).contains(&shut(2)));
            let after = bench.machine.status();
            assert_eq!((after.phase, after.attempt), (before.phase, before.attempt));
            assert_eq!(after.silent_since, None);
            // It may still say that it has opened.
            assert_eq!(bench.input(SECOND), []);
            assert_eq!(bench.input(Input::Lost { generation: 2 }), []);
            assert_eq!(bench.generation(), 1);
        }
    }
}

#[test]
fn what_the_second_says_is_no_sign_of_life_of_the_first() {
    let mut bench = with_second(Bench::active());
    bench.input(SECOND);
    assert_eq!(bench.input(pong(2)), []);
    assert!(bench.after(1_500).contains(&shut(1)));
}

#[test]
fn a_first_that_closes_gives_way_at_once() {
    let mut bench = with_second(Bench::with_image());
    bench.input(SECOND);
    assert_eq!(events(&bench.lose()), [EventType::RegisterViewer]);
    assert_eq!(bench.phase(), Phase::Registering);

    let mut bench = with_second(Bench::with_image());
    assert_eq!(events(&bench.lose()), []);
    assert_eq!(bench.phase(), Phase::Connecting, "no delay");
    assert_eq!(events(&bench.input(SECOND)), [EventType::RegisterViewer]);
}

#[test]
fn a_second_that_does_not_open_is_followed_by_others_and_the_first_is_kept() {
    let mut world = World::at_work(Options::default(), 1);
    world.network.silence();
    world.network.reach = Reach::Silent;
    world.run(600_000);
    assert_eq!((world.phase(), world.generation()), (Phase::Active, 1));
    let opened = world.times(|effect| matches!(effect, Effect::Open { .. }));
    let gaps: Vec<u64> = opened[1..].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((6..=9).contains(&gaps.len()), "{gaps:?}");
    for (gap, patience) in gaps.iter().zip([10, 20, 40, 80, 80, 80]) {
        assert!((patience * 1_000..=patience * 1_000 + 5_000).contains(gap), "{gaps:?}");
    }
    let silent_since = world.machine.status().silent_since.expect("the silence is reported");
    assert!((595_000..=605_000).contains(&(world.clock.wall - silent_since)));
    world.network.reach = Reach::Open;
    world.run(100_000);
    assert_eq!(world.phase(), Phase::Active);
    assert!(world.generation() > 1, "a later socket has opened");
}

#[test]
fn a_second_that_is_refused_is_tried_again_with_delays_that_grow() {
    let mut world = World::at_work(Options::default(), 2);
    world.network.silence();
    world.network.reach = Reach::Refused;
    world.network.answers_http = true;
    world.run(120_000);
    assert_eq!((world.phase(), world.generation()), (Phase::Active, 1));
    let opened = world.network.sockets.len();
    assert!((20..=70).contains(&opened), "{opened}");
    assert!(world.errors.is_empty() && world.ended.is_empty());
}

#[test]
fn an_address_that_cannot_be_determined_counts_as_a_second_that_does_not_open() {
    let mut bench = with_second(Bench::active());
    let input =
        Input::NoAddress { generation: 2, message: "the url function threw".into(), cause: None };
    assert_eq!(bench.input(input), []);
    assert_eq!(bench.phase(), Phase::Active);
    let effects = bench.after(1_000);
    assert!(effects.contains(&open(3, 2)), "{effects:?}");
}

#[test]
fn retry_now_gives_up_the_first() {
    // The second socket is planned, being opened, open.
    for stage in 0..3 {
        let mut bench = with_second(Bench::with_image());
        match stage {
            0 => drop(bench.input(Input::Lost { generation: 2 })),
            1 => {}
            _ => drop(bench.input(SECOND)),
        }
        assert!(!bench.input(Input::RetryNow).contains(&shut(1)), "it is not late yet");
        bench.pass(1_400);
        bench.input(Input::Timeout);
        bench.pass(100);
        if stage == 2 {
            // A large message may be on its way.
            assert_eq!(bench.phase(), Phase::Active);
        }
        let effects = bench.input(Input::RetryNow);
        assert!(effects.contains(&shut(1)), "stage {stage}: {effects:?}");
        let expected = if stage == 2 { Phase::Registering } else { Phase::Connecting };
        assert_eq!(bench.phase(), expected, "stage {stage}");
    }
}

#[test]
fn while_the_user_is_asked_and_while_it_resumes_it_is_the_same() {
    for resumes in [false, true] {
        let mut bench = Bench::asking();
        if resumes {
            bench.input(Input::Answered { offer: 1, answer: carta_resume::client::Answer::Yes });
        }
        let phase = bench.phase();
        bench.after(5_000);
        bench.after(5_000);
        assert!(matches!(bench.after(500)[..], [Effect::Open { generation: 3, .. }]));
        assert!(bench.input(pong(2)).contains(&shut(3)));
        assert_eq!(bench.phase(), phase);

        bench.after(5_000);
        bench.after(5_500);
        bench.input(Input::Opened { generation: 4 });
        let effects = bench.after(if resumes { 45_000 } else { 1_500 });
        assert!(effects.contains(&shut(2)), "{effects:?}");
        let effects = bench.register(carta_resume::protocol::messages::SessionType::Resumed);
        let again = if resumes { vec![EventType::ResumeSession] } else { vec![] };
        assert_eq!(events(&effects), again, "asked once, answered once");
    }
}

#[test]
fn what_was_under_way_is_as_after_any_drop() {
    let mut bench = Bench::with_image();
    bench.send(bare(EventType::SaveFile, 9));
    bench.send(image_wanted(10));
    let mut bench = with_second(bench);
    bench.input(SECOND);
    let effects = bench.after(45_000);
    assert!(effects.contains(&shut(1)));
    assert_eq!(codes(&effects), ["not-replayed"], "it acts outside the session");
}

#[test]
fn closing_closes_both() {
    let mut bench = with_second(Bench::active());
    let effects = bench.input(Input::Close);
    assert!(effects.contains(&shut(1)) && effects.contains(&shut(2)), "{effects:?}");
}

// Large messages

fn image_wanted(request_id: u32) -> carta_resume::protocol::Frame {
    set_channel(request_id, 0, 5)
}

/// A viewer waits for an answer, on a line that has shown its speed: this many bytes in 100 ms.
/// Returns how long the first socket has after the second has opened.
fn grace(shown: Option<usize>, last: Input) -> u64 {
    let mut bench = Bench::with_image();
    if let Some(bytes) = shown {
        bench.after(10);
        bench.send(set_channel(7, 0, 3));
        bench.pass(100);
        bench.receive(image_data(bytes));
    }
    bench.send(open_file(8, 1, "b.fits"));
    let mut bench = {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
        bench
    };
    bench.after(5_500);
    bench.input(SECOND);
    bench.input(last);
    let opened = bench.now.monotonic;
    while bench.generation() == 1 {
        let due = bench.machine.next_deadline().unwrap().at;
        bench.after(due - bench.now.monotonic);
        if bench.generation() == 1 {
            bench.input(Input::Timeout);
        }
    }
    bench.now.monotonic - opened
}

#[test]
fn waiting_for_data_takes_as_long_as_the_line_needs() {
    assert_eq!(grace(None, Input::Hidden), 45_000, "nothing is known of the line");
    assert_eq!(grace(Some(2_000_000), Input::Hidden), 1_500, "20 MB/s");
    let slower = grace(Some(100_000), Input::Hidden);
    assert!((8_000..=8_400).contains(&slower), "1 MB/s: {slower}");
    assert_eq!(grace(Some(1_000), Input::Hidden), 45_000);
}

#[test]
fn after_something_suspicious_nobody_waits() {
    for suspicious in [Input::Online, Input::Offline] {
        assert_eq!(grace(None, suspicious), 1_500);
    }
    assert_eq!(grace(None, Input::Visible), 45_000, "changing tabs is not suspicious");
}

#[test]
fn after_a_silent_death_the_next_connection_has_more_patience() {
    let mut world = World::at_work(Options::default(), 3);
    let mut noticed = Vec::new();
    for _ in 0..5 {
        world.run(20_000);
        world.network.silence();
        let (start, silent) = (world.clock.wall, world.generation());
        while world.generation() == silent {
            world.run(1);
        }
        noticed.push((world.clock.wall - start) / 1_000);
        world.run_until(Phase::Active);
    }
    assert!(noticed.is_sorted(), "{noticed:?}");
    assert!(noticed[0] <= 12 && (14..=20).contains(&noticed[1]), "{noticed:?}");
    assert!(noticed[4] <= 75, "{noticed:?}");
    world.run(121_000);
    world.network.silence();
    let silent = world.generation();
    world.run(13_000);
    assert_ne!(world.generation(), silent, "the connection had lasted");
}
