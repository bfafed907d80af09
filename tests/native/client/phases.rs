//! The life of a connection, phase by phase: what leads from one to the next.

use crate::client::support::{
    bench::{Bench, asked, codes, events, file_questions, report, sent},
    driver::{Effect, Input, skimmed, wanted},
    frames::{VERSION, bare, frame, refusal, resume_ack, set_region, welcome},
};
use carta_resume::{
    client::{Answer, Phase, timers::Timer},
    protocol::{EventType, messages::SessionType},
};

#[test]
fn idle_until_connect() {
    let mut bench = Bench::new();
    for input in [Input::Timeout, Input::Online, Input::Visible, Input::Awake, Input::RetryNow] {
        assert_eq!(bench.input(input), []);
    }
    assert_eq!(bench.phase(), Phase::Idle);
    let effects = bench.input(Input::Connect);
    assert_eq!(effects, [Effect::Open { generation: 1, attempt: 1 }, Effect::Status]);
    assert_eq!(bench.phase(), Phase::Connecting);
}

#[test]
fn an_open_socket_gets_register_viewer_first() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    let effects = bench.input(Input::Opened { generation: 1 });
    assert_eq!(events(&effects), [EventType::RegisterViewer]);
    assert_eq!(sent(&effects)[0].header().icd_version, VERSION);
    assert_eq!(bench.phase(), Phase::Registering);
}

#[test]
fn an_ack_with_nothing_to_restore_leads_to_work() {
    let mut bench = Bench::new();
    bench.open_socket();
    let effects = bench.register(SessionType::New);
    assert!(effects.contains(&Effect::KeepSessionId(7)), "{effects:?}");
    assert!(effects.contains(&Effect::Connected));
    assert_eq!(events(&effects), [], "a new session is empty");
    assert_eq!(bench.phase(), Phase::Active);
    assert_eq!(bench.machine.status().session_id, 7);
}

#[test]
fn an_error_while_connecting_leads_to_waiting() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    assert_eq!(bench.lose(), [Effect::Status]);
    assert_eq!(bench.phase(), Phase::Waiting);
    assert!(bench.machine.status().retry_in_ms.is_some());
}

#[test]
fn no_socket_within_the_connect_timeout_leads_to_waiting() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    assert_eq!(bench.after(9_999), []);
    let effects = bench.after(1);
    assert_eq!(effects, [Effect::Shut { generation: 1 }, Effect::Status]);
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn no_ack_within_the_register_timeout_leads_to_waiting() {
    let mut bench = Bench::new();
    bench.open_socket();
    assert_eq!(bench.after(9_999), []);
    assert_eq!(bench.after(1)[0], Effect::Shut { generation: 1 });
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn the_end_of_the_delay_leads_to_the_next_attempt() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench.lose();
    let delay = bench.machine.status().retry_in_ms.unwrap();
    let due = bench.machine.next_deadline().unwrap().at;
    assert_eq!(due, bench.now.monotonic + delay);
    let effects = bench.after(delay);
    assert_eq!(effects, [Effect::Open { generation: 2, attempt: 2 }, Effect::Status]);
}

#[test]
fn retry_now_ends_the_delay() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    bench.lose();
    let effects = bench.input(Input::RetryNow);
    assert_eq!(effects[0], Effect::Open { generation: 2, attempt: 2 });
}

#[test]
fn an_ack_with_something_to_restore_leads_to_the_question() {
    let mut bench = Bench::with_image();
    bench.lose();
    assert_eq!(bench.phase(), Phase::Waiting);
    let effects = bench.reconnect();
    assert!(asked(&effects).is_some());
    assert_eq!(events(&effects), []);
    assert_eq!(bench.phase(), Phase::Confirming);
}

#[test]
fn a_yes_leads_to_resuming_and_its_ack_to_work() {
    let mut bench = Bench::asking();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!(events(&effects), [EventType::ResumeSession]);
    assert_eq!(bench.phase(), Phase::Resuming);
    let resume = sent(&effects).remove(0);
    bench.pass(40);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(bench.phase(), Phase::Active);
    assert_eq!(file_questions(&effects).len(), 1);
    let report = report(&effects).unwrap();
    assert!(report.restored.success);
    assert_eq!(report.restored.images, [0]);
    assert_eq!(report.duration_ms.to_string(), "40");
    assert_eq!(report.bytes_sent, resume.bytes().len());
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_no_leads_to_work_with_nothing() {
    let mut bench = Bench::asking();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::No });
    assert_eq!(events(&effects), [EventType::CloseFile]);
    assert_eq!(bench.phase(), Phase::Active);
    assert!(bench.machine.tracker().workspace().is_empty());
}

#[test]
fn a_resume_ack_counts_only_with_its_type_and_its_id() {
    let mut bench = Bench::asking();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    let resume = sent(&effects).remove(0);
    let id = resume.header().request_id;
    for stray in [
        bare(EventType::ResumeSessionAck, id + 1),
        bare(EventType::ResumeSessionAck, 1),
        bare(EventType::ConcatStokesFilesAck, id),
    ] {
        bench.only_delivers(stray.clone());
        // Even if the whole message was read.
        let generation = bench.generation();
        let effects = bench.input(wanted(generation, stray.clone()));
        assert_eq!(effects, [Effect::Deliver(stray)]);
        assert_eq!(bench.phase(), Phase::Resuming);
    }
    bench.receive(resume_ack(&resume, ""));
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_drop_leads_back_to_waiting_from_every_phase_with_a_socket() {
    let registering = || {
        let mut bench = Bench::new();
        bench.open_socket();
        bench
    };
    let resuming = || {
        let mut bench = Bench::asking();
        bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
        bench
    };
    for mut bench in [registering(), Bench::active(), Bench::asking(), resuming()] {
        let phase = bench.phase();
        bench.lose();
        assert_eq!(bench.phase(), Phase::Waiting, "{phase:?}");
    }
}

#[test]
fn failed_until_connect_or_retry_now() {
    for way_out in [Input::Connect, Input::RetryNow] {
        let mut bench = Bench::new();
        let register = bench.open_socket();
        let effects = bench.receive(refusal(&register, "This server is full."));
        assert!(effects.iter().any(|effect| matches!(effect, Effect::ConnectFailed(_))));
        assert_eq!(codes(&effects), ["registration-refused"]);
        assert_eq!(bench.phase(), Phase::Failed);
        let error = bench.machine.status().error.clone().unwrap();
        assert!(error.message.contains("This server is full."), "{}", error.message);

        let inputs = [Input::Online, Input::Visible, Input::Awake, Input::Timeout];
        for input in inputs.into_iter().chain([Input::Lost { generation: 1 }]) {
            bench.pass(100_000);
            assert_eq!(bench.input(input), []);
        }
        let effects = bench.input(way_out);
        assert_eq!(effects[0], Effect::Open { generation: 2, attempt: 1 });
    }
}

#[test]
fn after_close_nothing_happens_any_more() {
    let mut bench = Bench::asking();
    let generation = bench.generation();
    let effects = bench.input(Input::Close);
    assert!(effects.contains(&Effect::Shut { generation }));
    assert!(effects.contains(&Effect::WithdrawOffer));
    assert_eq!(bench.phase(), Phase::Closed);
    for input in [
        Input::Connect,
        Input::RetryNow,
        Input::Close,
        Input::Online,
        Input::Visible,
        Input::Awake,
        Input::Timeout,
        Input::Answered { offer: 1, answer: Answer::Yes },
        Input::Opened { generation },
        Input::Lost { generation },
    ] {
        bench.pass(60_000);
        assert_eq!(bench.input(input), []);
    }
    let refused = bench.machine.send(bench.now, set_region(9, 0, -1, 1.0));
    assert_eq!(refused.unwrap_err().code.name(), "closed");
    let refused = bench.machine.request(bench.now, EventType::OpenFile.number(), &[]);
    assert_eq!(refused.unwrap_err().code.name(), "closed");
    assert_eq!(bench.effects(None), []);
    assert_eq!(bench.machine.next_deadline(), None);
}

#[test]
fn what_an_old_socket_says_changes_nothing() {
    let mut bench = Bench::active();
    bench.lose();
    let register = bench.open_socket();
    assert_eq!(bench.generation(), 2);
    let late_welcome = welcome(&register, 9, SessionType::New);
    for input in [
        Input::Opened { generation: 1 },
        wanted(1, late_welcome.clone()),
        skimmed(1, late_welcome.clone()),
        Input::Text { generation: 1, pong: true },
        Input::Lost { generation: 1 },
        Input::NoAddress { generation: 1, message: "no token".into(), cause: None },
    ] {
        assert_eq!(bench.input(input), []);
        assert_eq!(bench.phase(), Phase::Registering);
    }
    assert!(!bench.machine.wants(1, late_welcome.header()));
}

#[test]
fn an_open_that_comes_twice_registers_once() {
    let mut bench = Bench::new();
    bench.open_socket();
    assert_eq!(bench.input(Input::Opened { generation: 1 }), []);
    bench.register(SessionType::New);
    assert_eq!(bench.input(Input::Opened { generation: 1 }), []);
}

#[test]
fn connect_while_at_work_says_so_again() {
    let mut bench = Bench::active();
    assert_eq!(bench.input(Input::Connect), [Effect::Connected]);
}

#[test]
fn connect_on_the_way_starts_no_second_attempt() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    assert_eq!(bench.input(Input::Connect), []);
    bench.lose();
    assert_eq!(bench.input(Input::Connect), []);
    bench.open_socket();
    assert_eq!(bench.input(Input::Connect), []);
}

#[test]
fn an_unreadable_frame_is_reported_and_passed_on_and_the_connection_goes_on() {
    let mut bench = Bench::active();
    bench.send(crate::client::support::frames::open_file(5, 0, "a.fits"));
    let garbage = carta_resume::protocol::Frame::from_payload(
        bare(EventType::OpenFileAck, 5).header(),
        &[0xFF, 0xFF, 0xFF],
    );
    let effects = bench.receive(garbage.clone());
    assert_eq!(effects[0], Effect::Deliver(garbage));
    let Effect::Error(problem) = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(problem.code.name(), "unreadable-frame");
    assert_eq!(problem.length, Some(3));
    assert_eq!(problem.frames[0].request_id, 5);
    assert_eq!(problem.frames[0].event(), Some(EventType::OpenFileAck));
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn an_unreadable_register_ack_is_reported_and_waited_out() {
    let mut bench = Bench::new();
    let register = bench.open_socket();
    let id = register.header().request_id;
    let garbage = carta_resume::protocol::Frame::from_payload(
        bare(EventType::RegisterViewerAck, id).header(),
        &[0xFF],
    );
    assert_eq!(codes(&bench.receive(garbage)), ["unreadable-frame"]);
    assert_eq!(bench.phase(), Phase::Registering);
    bench.after(10_000);
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn acks_that_nobody_asked_for_are_passed_on_without_effect() {
    let mut bench = Bench::with_image();
    let before = bench.machine.tracker().workspace().viewer_state();
    for event in EventType::ALL {
        for request_id in [0, 1, 77, 0xF000_0001] {
            bench.only_delivers(bare(*event, request_id));
        }
    }
    let close = crate::client::support::frames::close_file(0, 0);
    bench.receive(frame(
        EventType::CloseFile,
        0,
        &close.decode::<carta_resume::protocol::messages::CloseFile>().unwrap(),
    ));
    assert_eq!(bench.machine.tracker().workspace().viewer_state(), before);
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_deadline_says_what_it_is_for() {
    let mut bench = Bench::new();
    let due = |bench: &Bench| bench.machine.next_deadline().map(|due| due.timer);
    assert_eq!(due(&bench), None);
    bench.input(Input::Connect);
    assert_eq!(due(&bench), Some(Timer::Connect));
    bench.lose();
    assert_eq!(due(&bench), Some(Timer::Retry));
    bench.open_socket();
    assert_eq!(due(&bench), Some(Timer::Register));
    bench.register(SessionType::New);
    assert_eq!(due(&bench), Some(Timer::Ping));
    bench.after(5_000);
    bench.after(4_999);
    assert_eq!(due(&bench), Some(Timer::Stable));
    bench.after(1);
    assert_eq!(due(&bench), Some(Timer::Liveness));
    bench.input(Input::Close);
    assert_eq!(due(&bench), None);
}
