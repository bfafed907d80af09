//! What silence costs: a dead connection is noticed soon, and a busy backend or a slow line is
//! never mistaken for one. `npm run report:liveness` shows the table.

use crate::client::support::{
    driver::{Effect, Input},
    frames::{bare, open_file, set_channel},
    world::World,
};
use carta_resume::{
    client::{Options, Phase},
    protocol::{EventType, Frame},
};

/// The result of one case.
struct Row {
    case: &'static str,
    sockets: usize,
    questions: usize,
    repeated: usize,
    longest_silence_ms: u64,
    /// The time until a dead connection was given up.
    noticed_ms: Option<u64>,
    met: bool,
}

/// Watches a world from now on.
struct Watch {
    world: World,
    sockets: usize,
    offers: usize,
    effects: usize,
    generation: u32,
    longest_silence_ms: u64,
}

impl Watch {
    fn new(world: World) -> Self {
        let (sockets, offers) = (world.network.sockets.len(), world.offers.len());
        let (effects, generation) = (world.log.len(), world.generation());
        Self { world, sockets, offers, effects, generation, longest_silence_ms: 0 }
    }

    fn at_work(seed: u64) -> Self {
        Self::new(World::at_work(Options::default(), seed))
    }

    fn run(&mut self, ms: u64) {
        for _ in 0..ms / 100 {
            self.world.run(100);
            if let Some(since) = self.world.machine.status().silent_since {
                let silence = self.world.clock.wall - since;
                self.longest_silence_ms = self.longest_silence_ms.max(silence);
            }
        }
    }

    fn sent(&self) -> impl Iterator<Item = &Frame> {
        self.world.log[self.effects..].iter().filter_map(|(_, effect)| match effect {
            Effect::Send { frame, .. } => Some(frame),
            _ => None,
        })
    }

    /// Frames that went out a second time.
    fn repeated(&self) -> usize {
        let ids: Vec<u32> = self.sent().map(|frame| frame.header().request_id).collect();
        let distinct: std::collections::BTreeSet<u32> = ids.iter().copied().collect();
        ids.len() - distinct.len()
    }

    /// No false alarm: `frames` frames were sent, each once, on the same connection, and the client
    /// is still at work.
    fn no_alarm(self, case: &'static str, frames: usize) -> Row {
        let questions = self.world.offers.len() - self.offers;
        let met = self.world.phase() == Phase::Active
            && self.world.generation() == self.generation
            && questions == 0
            && self.sent().count() == frames
            && self.world.errors.is_empty()
            && self.world.machine.status().silent_since.is_none()
            && !self.world.machine.tracker().awaits_data();
        self.row(case, None, met)
    }

    fn row(self, case: &'static str, noticed_ms: Option<u64>, met: bool) -> Row {
        Row {
            case,
            sockets: self.world.network.sockets.len() - self.sockets,
            questions: self.world.offers.len() - self.offers,
            repeated: self.repeated(),
            longest_silence_ms: self.longest_silence_ms,
            noticed_ms,
            met: met && self.repeated() == 0,
        }
    }
}

fn half_open(case: &'static str, prepare: fn(&mut World, u64)) -> Row {
    let mut worst: Option<Row> = None;
    for moment in (0..5_000).step_by(250) {
        let mut watch = Watch::at_work(1);
        prepare(&mut watch.world, moment);
        watch.world.network.silence();
        let (start, silent) = (watch.world.clock.wall, watch.generation);
        while watch.world.check.is_live(silent) && watch.world.clock.wall < start + 60_000 {
            watch.run(100);
        }
        let noticed = watch.world.clock.wall - start;
        if worst.as_ref().is_none_or(|row| row.noticed_ms < Some(noticed)) {
            worst = Some(watch.row(case, Some(noticed), noticed <= 13_000));
        }
    }
    worst.expect("one of them")
}

fn idle() -> Row {
    half_open("half-open, idle", World::run)
}

/// At 100 Mbit/s.
fn working() -> Row {
    half_open("half-open, at work on a fast line", |world, moment| {
        world.network.rate = Some(12_500_000);
        world.backend.streams.insert(EventType::SetImageChannels, 2_000_000);
        world.send(set_channel(50, 0, 1));
        world.run(moment + 1_000);
        world.send(open_file(51, 3, "c.fits"));
    })
}

fn busy(case: &'static str, event: EventType, ms: u64, times: u32) -> Row {
    let mut watch = Watch::at_work(2);
    watch.world.backend.busy_ms.insert(event, ms);
    for time in 0..times {
        watch.world.send(match event {
            EventType::OpenFile => open_file(50 + time, 3, "large.fits"),
            _ => bare(event, 50 + time),
        });
        watch.run(ms + 1_000);
    }
    watch.no_alarm(case, times.try_into().unwrap_or_default())
}

fn resuming() -> Row {
    let mut world = World::at_work(Options::default(), 3);
    world.backend.busy_ms.insert(EventType::ResumeSession, 300_000);
    world.cut();
    world.run_until(Phase::Resuming);
    let mut watch = Watch::new(world);
    watch.run(301_000);
    // The requirements after the resume, and the questions whether the two files have changed.
    watch.no_alarm("RESUME_SESSION of 300 s", 3)
}

fn neighbour() -> Row {
    let mut watch = Watch::at_work(4);
    for ms in [12_000, 30_000, 180_000, 8_000, 60_000] {
        watch.world.network.occupy(watch.world.clock.wall, ms);
        watch.run(ms + 3_700);
    }
    watch.no_alarm("a neighbour who stalls the backend, five times", 0)
}

fn slow_line() -> Row {
    let mut watch = Watch::at_work(5);
    watch.world.network.rate = Some(125_000);
    for (id, bytes) in (50..).zip([20_000, 4_000_000, 100_000, 4_000_000, 4_000_000]) {
        watch.world.backend.streams.insert(EventType::SetImageChannels, bytes);
        watch.world.send(set_channel(id, 0, 1));
        watch.run(38_000);
    }
    watch.no_alarm("messages of 4 MB at 1 Mbit/s", 5)
}

fn hidden() -> Row {
    let mut watch = Watch::at_work(6);
    watch.world.input(Input::Hidden);
    watch.world.throttle_ms = 60_000;
    watch.run(3_600_000);
    watch.world.throttle_ms = 1;
    watch.world.input(Input::Visible);
    watch.run(1_000);
    watch.no_alarm("an hour hidden and throttled", 0)
}

#[test]
fn dead_connections_are_noticed_and_living_ones_kept() {
    let rows = [
        idle(),
        working(),
        busy("SAVE_FILE of 60 s", EventType::SaveFile, 60_000, 1),
        busy("FILE_INFO of 20 s, ten times", EventType::FileInfoRequest, 20_000, 10),
        busy("OPEN_FILE of 300 s", EventType::OpenFile, 300_000, 1),
        resuming(),
        neighbour(),
        slow_line(),
        hidden(),
    ];
    println!(
        "| {:<46} | noticed | sockets | questions | repeated | longest silence |     |",
        "case"
    );
    for row in &rows {
        let seconds = |ms: u64| format!("{}.{} s", ms / 1_000, ms % 1_000 / 100);
        println!(
            "| {:<46} | {:>7} | {:>7} | {:>9} | {:>8} | {:>15} | {:<3} |",
            row.case,
            row.noticed_ms.map(seconds).unwrap_or_default(),
            row.sockets,
            row.questions,
            row.repeated,
            seconds(row.longest_silence_ms),
            if row.met { "met" } else { "NOT" },
        );
    }
    let missed: Vec<&str> = rows.iter().filter(|row| !row.met).map(|row| row.case).collect();
    assert!(missed.is_empty(), "not met: {missed:?}");
}

/// Whenever the backend stops answering, and for however long.
#[test]
fn a_busy_backend_is_never_left() {
    for ms in (1_000..120_000).step_by(1_700) {
        let mut watch = Watch::at_work(ms);
        watch.world.network.latency_ms = ms % 400;
        watch.run(ms % 5_000);
        watch.world.send(bare(EventType::SaveFile, 50));
        watch.world.network.occupy(watch.world.clock.wall, ms);
        watch.run(ms + 10_000);
        let row = watch.no_alarm("", 1);
        assert!(row.met, "{ms} ms: {} sockets, {} questions", row.sockets, row.questions);
    }
}
