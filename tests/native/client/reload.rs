//! A page that comes back finds what the previous one kept.

use crate::client::support::{
    bench::{Bench, asked, events, offer, report, restore_ended, sent, why_archived},
    driver::{Effect, Input},
    frames::resume_ack,
    kept::{SAVED_AT, kept, resume_payload, workspace},
    world::{User, World},
};
use carta_resume::{
    client::{
        Answer, Options, Phase,
        offer::{Kept, Reason, WhyArchived},
    },
    protocol::{
        EventType,
        messages::{RegisterViewer, SessionType},
    },
    workspace::{ImageSpec, RecordKey},
};

const YES: Input = Input::Answered { offer: 1, answer: Answer::Yes };
const NO: Input = Input::Answered { offer: 1, answer: Answer::No };

/// A page that was reloaded with images 0 and 2 and session 7.
fn reloaded() -> Bench {
    let mut bench = Bench::new();
    assert!(bench.machine.adopt(kept(Reason::PageReloaded, 7, &[0, 2])));
    assert_eq!(bench.effects(None), [], "there is no connection yet");
    bench
}

/// Connected, and asking the user.
fn asking() -> Bench {
    let mut bench = reloaded();
    bench.open_socket();
    bench.register(SessionType::Resumed);
    bench
}

#[test]
fn the_stored_session_id_is_presented() {
    let mut bench = reloaded();
    let register: RegisterViewer = bench.open_socket().decode().unwrap();
    assert_eq!(register.session_id, 7);
}

#[test]
fn what_a_closed_tab_left_brings_its_session_id_after_a_copied_one_was_disowned() {
    let mut bench = Bench::new();
    bench.machine.disown_session_id();
    assert!(bench.machine.adopt(kept(Reason::TabClosed, 7, &[0])));
    let register: RegisterViewer = bench.open_socket().decode().unwrap();
    assert_eq!(register.session_id, 7);
}

#[test]
fn a_session_that_another_page_has_now_is_not_presented_again() {
    let mut bench = Bench::with_image();
    bench.machine.disown_session_id();
    for presented in [0, 7] {
        bench.lose();
        let register: RegisterViewer = bench.open_socket().decode().unwrap();
        assert_eq!(register.session_id, presented);
        bench.register(SessionType::New);
    }
}

#[test]
fn the_offer_says_why_what_and_from_when() {
    for reason in [Reason::PageReloaded, Reason::TabClosed] {
        for session_type in [SessionType::New, SessionType::Resumed] {
            let mut bench = Bench::new();
            bench.machine.adopt(kept(reason, 7, &[0, 2]));
            bench.open_socket();
            let effects = bench.register(session_type);
            let offer = offer(&effects).expect("a new and a resumed session are both asked about");
            assert_eq!((offer.reason, offer.saved_at), (reason, SAVED_AT));
            assert_eq!((offer.session_id, &*offer.backend_message), (7, "session 7"));
            let images: Vec<(i32, &str, i32, u32)> = offer
                .images
                .iter()
                .map(|image| (image.file_id, &*image.file, image.channel, image.region_count))
                .collect();
            assert_eq!(images, [(0, "kept 0.fits", 10, 1), (2, "kept 2.fits", 12, 1)]);
            assert_eq!(bench.phase(), Phase::Confirming);
            assert_eq!(events(&effects), [], "nothing is sent without a yes");
        }
    }
}

#[test]
fn a_yes_brings_back_what_was_kept() {
    let mut bench = asking();
    let resume = sent(&bench.input(YES)).remove(0);
    assert_eq!(resume.event(), Some(EventType::ResumeSession));
    assert_eq!(resume.payload(), resume_payload(&workspace(&[0, 2], &[])));
    let effects = bench.receive(resume_ack(&resume, ""));
    let report = report(&effects).unwrap();
    assert_eq!(report.reason, Reason::PageReloaded);
    assert_eq!(report.restored.images, [0, 2]);
    assert_eq!(bench.phase(), Phase::Active);
    assert_eq!(why_archived(&effects), []);
    assert_eq!(restore_ended(&effects), [] as [&str; 0]);
    assert!(!bench.machine.tracker().workspace().has_changes(), "the store already has it");
}

#[test]
fn a_no_goes_to_the_archive_and_leaves_both_sides_empty() {
    let mut bench = asking();
    let effects = bench.input(NO);
    assert_eq!(why_archived(&effects), [WhyArchived::Declined]);
    assert_eq!(events(&effects), [EventType::CloseFile]);
    assert!(bench.machine.tracker().workspace().is_empty());
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_part_goes_on_and_the_whole_goes_to_the_archive() {
    let mut bench = asking();
    bench.machine.tracker_mut().workspace_mut().take_changes();
    let answer = Answer::Part { images: vec![2], catalogs: None };
    let effects = bench.input(Input::Answered { offer: 1, answer });
    assert_eq!(why_archived(&effects), [WhyArchived::Declined]);
    let payload = sent(&effects)[0].payload().to_vec();
    assert_eq!(payload, resume_payload(&workspace(&[2], &[])));
    // The store starts from scratch: everything that stays has to be written.
    let changes = bench.machine.tracker_mut().workspace_mut().take_changes();
    for key in [RecordKey::Image(2), RecordKey::Answer(2), RecordKey::Region(22)] {
        assert!(changes.contains(&key), "{key:?}");
    }
    let archived = effects.iter().position(|effect| matches!(effect, Effect::Archive(_)));
    let resume = effects.iter().position(|effect| matches!(effect, Effect::Send { .. }));
    assert!(archived < resume, "the stored workspace is archived first");
}

#[test]
fn a_part_that_is_all_of_it_is_a_yes() {
    let mut bench = asking();
    let answer = Answer::Part { images: vec![0, 2], catalogs: None };
    let effects = bench.input(Input::Answered { offer: 1, answer });
    assert_eq!(why_archived(&effects), []);
    assert_eq!(events(&effects), [EventType::ResumeSession]);
    assert!(!bench.machine.tracker().workspace().has_changes());
}

#[test]
fn what_the_viewer_has_stated_before_is_kept_instead() {
    let mut bench = Bench::new();
    let spec = ImageSpec { file_id: 4, file: "d.fits".into(), ..ImageSpec::default() };
    bench.machine.tracker_mut().workspace_mut().open_image(spec).unwrap();
    bench.machine.touched();
    bench.effects(None);
    assert!(!bench.machine.adopt(kept(Reason::PageReloaded, 7, &[0, 2])));
    let register: RegisterViewer = bench.open_socket().decode().unwrap();
    assert_eq!(register.session_id, 7, "the session goes on all the same");
    let effects = bench.register(SessionType::Resumed);
    let offer = offer(&effects).unwrap();
    assert_eq!(offer.reason, Reason::ConnectionLost);
    let ids: Vec<i32> = offer.images.iter().map(|image| image.file_id).collect();
    assert_eq!(ids, [4]);
}

#[test]
fn a_session_id_that_the_client_has_already_stays() {
    let mut bench = Bench::with(Options::default(), 3);
    assert!(bench.machine.adopt(kept(Reason::PageReloaded, 7, &[0])));
    assert_eq!(bench.machine.session_id(), 3);
}

#[test]
fn with_nothing_kept_nothing_is_asked() {
    let mut bench = Bench::new();
    assert!(bench.machine.adopt(kept(Reason::PageReloaded, 7, &[])));
    bench.open_socket();
    let effects = bench.register(SessionType::Resumed);
    assert_eq!((asked(&effects), bench.phase()), (None, Phase::Active));
    assert_eq!(events(&effects), [EventType::CloseFile], "the backend may still have something");
}

#[test]
fn a_closed_client_takes_up_nothing() {
    let mut bench = Bench::new();
    bench.input(Input::Close);
    assert!(!bench.machine.adopt(kept(Reason::PageReloaded, 7, &[0])));
    assert_eq!(bench.machine.session_id(), 0);
}

#[test]
fn the_next_drop_has_a_reason_of_its_own() {
    let mut bench = asking();
    let resume = sent(&bench.input(YES)).remove(0);
    bench.receive(resume_ack(&resume, ""));
    bench.pass(60_000);
    let dropped_at = bench.now.wall;
    bench.lose();
    let effects = bench.reconnect();
    let offer = offer(&effects).unwrap();
    assert_eq!((offer.reason, offer.saved_at), (Reason::ConnectionLost, dropped_at));
    assert_eq!(offer.id, 2);
}

#[test]
fn a_drop_while_asked_asks_nothing_new() {
    let mut bench = asking();
    for _ in 0..3 {
        bench.pass(60_000);
        bench.lose();
        let effects = bench.reconnect();
        assert_eq!(asked(&effects), None);
        let updated = effects.iter().find_map(|effect| match effect {
            Effect::UpdateOffer(offer) => Some(offer),
            _ => None,
        });
        let updated = updated.unwrap();
        assert_eq!((updated.id, updated.reason), (1, Reason::PageReloaded));
        assert_eq!(updated.saved_at, SAVED_AT);
    }
    assert_eq!(events(&bench.input(YES)), [EventType::ResumeSession]);
}

#[test]
fn a_drop_while_resuming_asks_nothing_new_and_is_reported_as_a_reload() {
    let mut bench = asking();
    bench.input(YES);
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(asked(&effects), None);
    let resume = sent(&effects).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(report(&effects).unwrap().reason, Reason::PageReloaded);
}

#[test]
fn what_is_stated_after_a_no_without_a_connection_was_not_there_before_the_reload() {
    let mut bench = asking();
    bench.lose();
    assert_eq!(why_archived(&bench.input(NO)), [WhyArchived::Declined]);
    let spec = ImageSpec { file_id: 4, file: "d.fits".into(), ..ImageSpec::default() };
    bench.machine.tracker_mut().workspace_mut().open_image(spec).unwrap();
    bench.machine.touched();
    let effects = bench.reconnect();
    assert_eq!(offer(&effects).unwrap().reason, Reason::ConnectionLost);
}

#[test]
fn what_was_kept_is_in_force_until_it_is_answered() {
    let bench = asking();
    let state = bench.machine.tracker().workspace().viewer_state();
    assert_eq!(state.images.len(), 2, "a viewer may draw its panels early");
    assert_eq!(bench.machine.saved_at(bench.now), SAVED_AT);
}

#[test]
fn a_reloaded_page_gets_the_backend_back_to_where_it_was() {
    for grace_ms in [None, Some(60_000)] {
        let mut before = World::at_work(Options::default(), 1);
        before.backend.grace_ms = grace_ms;
        let expected = before.backend_session();
        let tracker = before.machine.tracker();
        let mut workspace = tracker.workspace().clone();
        workspace.note_all();
        let keys = workspace.take_changes();
        let records: Vec<Vec<u8>> = keys.iter().filter_map(|&key| tracker.record(key)).collect();
        let kept = Kept {
            reason: Reason::PageReloaded,
            session_id: before.machine.session_id(),
            saved_at: SAVED_AT,
            workspace: carta_resume::workspace::Workspace::from_records(&records).unwrap(),
        };
        before.cut();
        before.run(5);

        let mut after = World::new(Options::default(), 2);
        after.backend = before.backend;
        after.user = User::Answers(500, Answer::Yes);
        assert!(after.adopt(kept));
        after.input(Input::Connect);
        after.run(5_000);
        assert_eq!(after.phase(), Phase::Active);
        assert_eq!((after.offers.len(), after.reports.len()), (1, 1));
        assert_eq!(after.backend_session(), expected);
        assert_eq!(after.workspace(), expected);
    }
}
