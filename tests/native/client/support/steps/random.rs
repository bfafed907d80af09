//! Random steps.

use carta_resume::{
    client::{Answer, login::Barrier},
    protocol::{EventType, Header},
};
use proptest::{collection::vec, prelude::*};

use super::{
    super::{
        backend::{Killer, Refuses},
        driver::Input,
        frames::DEPTH,
        network::Reach,
    },
    Fault, Step, Viewer,
};

/// Any request, sensible or not.
pub fn viewer() -> impl Strategy<Value = Viewer> {
    let file = || 0..3_i32;
    prop_oneof![
        4 => file().prop_map(Viewer::Open),
        2 => prop_oneof![8 => file(), 1 => Just(-1)].prop_map(Viewer::Close),
        3 => (file(), -1..DEPTH).prop_map(|(file, channel)| Viewer::Channel(file, channel)),
        4 => file().prop_map(Viewer::NewRegion),
        2 => (file(), 1..5_i32).prop_map(|(file, region)| Viewer::MoveRegion(file, region)),
        2 => (1..5_i32).prop_map(Viewer::RemoveRegion),
        2 => (file(), -1..4_i32, any::<bool>()).prop_map(|(f, r, on)| Viewer::Stats(f, r, on)),
        1 => (0..3_u32, any::<bool>()).prop_map(|(file, shown)| Viewer::Contours(file, shown)),
        2 => (1..3_i32, any::<bool>()).prop_map(|(id, open)| Viewer::Catalog(id, open)),
        1 => Just(Viewer::List),
        2 => prop_oneof![
            Just(EventType::SaveFile),
            Just(EventType::FileListRequest),
            Just(EventType::OpenFile)
        ]
        .prop_map(Viewer::Request),
        1 => (0..3_u32).prop_map(Viewer::Abort),
        1 => file().prop_map(Viewer::State),
    ]
}

pub fn page() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Connect),
        Just(Input::RetryNow),
        Just(Input::Online),
        Just(Input::Offline),
        Just(Input::Visible),
        Just(Input::Hidden),
        Just(Input::Suspended),
        Just(Input::Awake),
        Just(Input::Timeout),
        Just(Input::Probed { answered: true }),
    ]
}

pub fn time() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..50_u64).prop_map(Step::Pass),
        4 => (50..3_000_u64).prop_map(Step::Pass),
        2 => (3_000..30_000_u64).prop_map(Step::Pass),
        1 => (30_000..400_000_u64).prop_map(Step::Pass),
        1 => (0..4_000_000_u64, any::<bool>())
            .prop_map(|(ms, clock_runs)| Step::Sleep { ms, clock_runs }),
        1 => prop_oneof![Just(1), Just(1_000), Just(60_000)].prop_map(Step::Throttle),
    ]
}

/// What crashes the backend, each time.
pub fn killers() -> impl Strategy<Value = Fault> {
    let file = || (0..3_i32).prop_map(|id| format!("{id}.fits"));
    let event = prop_oneof![
        Just(EventType::SetRegion),
        Just(EventType::OpenCatalogFile),
        Just(EventType::FileListRequest),
        Just(EventType::SaveFile),
        Just(EventType::SetContourParameters),
    ];
    let killer = prop_oneof![
        3 => file().prop_map(Killer::Opening),
        3 => file().prop_map(Killer::Resuming),
        2 => (-1..4_i32).prop_map(Killer::Stats),
        2 => event.prop_map(Killer::Event),
    ];
    killer.prop_map(Fault::Kills)
}

pub fn drops() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::Cut),
        2 => Just(Fault::Silence),
        2 => Just(Fault::Restart),
        2 => prop_oneof![2 => Just(Reach::Open), 1 => Just(Reach::Refused), 1 => Just(Reach::Silent)]
            .prop_map(Fault::Reach),
        1 => (0..2_000_u64).prop_map(Fault::Latency),
        1 => prop_oneof![Just(None), (10..2_000_u64).prop_map(Some)].prop_map(Fault::Rate),
        2 => prop_oneof![0..20_000_u64, 0..400_000_u64].prop_map(Fault::Stall),
        1 => (busy(), 0..60_000_u64).prop_map(|(event, ms)| Fault::Busy(event, ms)),
        1 => prop_oneof![Just(None), Just(Some(60_000))].prop_map(Fault::Grace),
    ]
}

fn busy() -> impl Strategy<Value = EventType> {
    prop_oneof![Just(EventType::OpenFile), Just(EventType::ResumeSession)]
}

fn faults() -> impl Strategy<Value = Fault> {
    let answers = prop_oneof![
        Just(EventType::RegisterViewerAck),
        Just(EventType::ResumeSessionAck),
        Just(EventType::OpenFileAck),
        Just(EventType::SetRegionAck),
    ];
    let refuses = prop_oneof![
        2 => Just(Refuses::Nobody),
        1 => Just(Refuses::StoredIds),
        1 => Just(Refuses::Everybody),
    ];
    prop_oneof![
        14 => drops(),
        2 => answers.prop_map(Fault::Lose),
        1 => refuses.prop_map(Fault::Refuses),
        1 => (27..32_u16).prop_map(Fault::Icd),
        1 => killers(),
        1 => any::<bool>().prop_map(Fault::AnswersHttp),
        1 => (0..3_i32).prop_map(Fault::Missing),
        2 => barrier().prop_map(Fault::Barrier),
    ]
}

fn barrier() -> impl Strategy<Value = Option<Barrier>> {
    prop_oneof![
        Just(None),
        Just(Some(Barrier::Silence)),
        Just(Some(Barrier::LoggedOut)),
        Just(Some(Barrier::OtherUser)),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => Just(Answer::Yes),
        1 => Just(Answer::No),
        1 => (vec(0..4_i32, 0..3), proptest::option::of(vec(0..3_i32, 0..2)))
            .prop_map(|(images, catalogs)| Answer::Part { images, catalogs }),
    ]
}

/// Bytes with a random header, which may or may not fit.
fn stray() -> impl Strategy<Value = Vec<u8>> {
    let known = (0..EventType::ALL.len()).prop_map(|at| EventType::ALL[at].number());
    let event = prop_oneof![4 => known, 1 => any::<u16>()];
    let id = prop_oneof![2 => 0..30_u32, 1 => 0xF000_0001..0xF000_0010_u32, 1 => any::<u32>()];
    (event, id, vec(any::<u8>(), 0..24), 0..40_usize).prop_map(|(event, id, payload, length)| {
        let header = Header { event_type: event, icd_version: 28, request_id: id };
        let mut bytes = [&header.to_bytes()[..], &payload].concat();
        bytes.truncate(length);
        bytes
    })
}

pub fn anything() -> impl Strategy<Value = Step> {
    let spoilt = prop_oneof![
        Just(EventType::RegisterViewerAck),
        Just(EventType::ResumeSessionAck),
        Just(EventType::OpenFileAck),
        Just(EventType::SetRegionAck),
    ];
    prop_oneof![
        12 => viewer().prop_map(Step::Viewer),
        6 => page().prop_map(Step::Page),
        12 => time(),
        8 => faults().prop_map(Step::Fault),
        4 => (0..3_u32, answer()).prop_map(|(older, answer)| Step::Answer { older, answer }),
        1 => (0..2_u32).prop_map(|older| Step::AnswerFails { older }),
        1 => (0..3_u32, vec(0..4_i32, 0..3))
            .prop_map(|(session_id, file_ids)| Step::Adopt { session_id, file_ids }),
        3 => (vec(0..4_i32, 1..3), vec(1..4_i32, 0..2))
            .prop_map(|(file_ids, catalogs)| Step::Restore { file_ids, catalogs }),
        3 => (0..2_u32, stray()).prop_map(|(older, frame)| Step::Stray { older, frame }),
        1 => (0..3_u32, any::<bool>()).prop_map(|(older, opened)| Step::Late { older, opened }),
        1 => (spoilt, vec(any::<u8>(), 0..16))
            .prop_map(|(event, payload)| Step::Spoilt { event, payload }),
    ]
}
