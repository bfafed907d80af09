//! Anything that can happen, for random schedules.

mod random;

pub use random::{anything, drops, killers, page, time, viewer};

use super::{
    backend::{Killer, Refuses},
    driver::{Input, cannot_ask},
    frames::{
        bare, close_catalog, close_file, open_catalog, open_file, remove_region, set_channel,
        set_contours, set_region, want_stats,
    },
    kept::{archived, kept, workspace},
    network::{Message, Reach},
    world::World,
};
use carta_resume::{
    client::{
        Answer,
        login::Barrier,
        offer::{Kept, Reason},
    },
    protocol::{EventType, Frame, Header},
    workspace::ImageSpec,
};

#[derive(Clone, Debug)]
pub enum Step {
    Viewer(Viewer),
    Page(Input),
    Pass(u64),
    Sleep {
        ms: u64,
        clock_runs: bool,
    },
    Throttle(u64),
    Fault(Fault),
    /// An answer to the newest offer, or to one that is this much older.
    Answer {
        older: u32,
        answer: Answer,
    },
    AnswerFails {
        older: u32,
    },
    /// What an earlier page kept turns up, if it is not too late.
    Adopt {
        session_id: u32,
        file_ids: Vec<i32>,
    },
    /// The viewer asks for a workspace from the archive.
    Restore {
        file_ids: Vec<i32>,
        catalogs: Vec<i32>,
    },
    /// A frame comes in on the newest socket, or on one that is this much older.
    Stray {
        older: u32,
        frame: Vec<u8>,
    },
    /// An old socket reports something.
    Late {
        older: u32,
        opened: bool,
    },
    /// The answer to one of the client's own requests, spoilt.
    Spoilt {
        event: EventType,
        payload: Vec<u8>,
    },
}

#[derive(Clone, Debug)]
pub enum Viewer {
    Open(i32),
    Close(i32),
    Channel(i32, i32),
    NewRegion(i32),
    MoveRegion(i32, i32),
    RemoveRegion(i32),
    Stats(i32, i32, bool),
    Contours(u32, bool),
    Catalog(i32, bool),
    List,
    Request(EventType),
    Abort(u32),
    /// By a call, not by a frame.
    State(i32),
}

#[derive(Clone, Debug)]
pub enum Fault {
    Cut,
    Silence,
    Restart,
    Reach(Reach),
    AnswersHttp(bool),
    Latency(u64),
    /// Bytes per second.
    Rate(Option<u64>),
    /// The whole backend answers and accepts nobody for this long.
    Stall(u64),
    Lose(EventType),
    Busy(EventType, u64),
    Refuses(Refuses),
    Icd(u16),
    Grace(Option<u64>),
    Missing(i32),
    Kills(Killer),
    Barrier(Option<Barrier>),
}

impl World {
    /// `number` is a request id that nothing else uses.
    pub fn step(&mut self, number: u32, step: Step) {
        match step {
            Step::Viewer(viewer) => self.viewer(number, viewer),
            Step::Page(input) => self.input(input),
            Step::Pass(ms) => self.run(ms),
            Step::Sleep { ms, clock_runs } => self.sleep(ms, clock_runs),
            Step::Throttle(ms) => self.throttle_ms = ms,
            Step::Fault(fault) => self.fault(fault),
            Step::Answer { older, answer } => {
                let newest = self.offers.last().map_or(0, |offer| offer.id);
                self.input(Input::Answered { offer: newest.saturating_sub(older), answer });
            }
            Step::AnswerFails { older } => {
                let newest = self.offers.last().map_or(0, |offer| offer.id);
                let offer = newest.saturating_sub(older);
                self.input(cannot_ask(offer, "thrown"));
            }
            Step::Adopt { session_id, file_ids } => {
                // Once registered, a client has a session of its own.
                if self.machine.status().session_type.is_none() {
                    self.adopt(kept(Reason::PageReloaded, session_id, &file_ids));
                }
            }
            Step::Restore { file_ids, catalogs } => {
                let workspace = workspace(&file_ids, &catalogs);
                // Refused while there is no connection.
                let _ = self.restore(Kept { workspace, ..archived(&[]) });
            }
            Step::Stray { older, frame } => self.stray(older, Frame::from_bytes(frame)),
            Step::Late { older, opened } => {
                let generation = self.newest().saturating_sub(older);
                let older = u32::from(!self.check.is_live(generation));
                let is_old = older > 0 || !self.machine.awaits_socket(generation);
                if opened && is_old {
                    self.input(Input::Opened { generation });
                } else if is_old && older > 0 {
                    self.input(Input::Lost { generation });
                }
            }
            Step::Spoilt { event, payload } => {
                // The ids of the client's own requests count up.
                for request_id in 0xF000_0001..0xF000_0008 {
                    let header = Header { event_type: event.number(), icd_version: 28, request_id };
                    self.stray(0, Some(Frame::from_payload(header, &payload)));
                }
            }
        }
    }

    fn stray(&mut self, older: u32, frame: Option<Frame>) {
        let generation = self.newest().saturating_sub(older);
        // A socket that is not open gives no frames.
        let open = self.check.is_open(generation) || !self.check.is_live(generation);
        if let Some(frame) = frame.filter(|_| open) {
            self.receive(generation, Message::Binary(frame));
        }
    }

    pub fn viewer(&mut self, number: u32, viewer: Viewer) {
        #[allow(clippy::cast_precision_loss)]
        let x = number as f32;
        let file = |id: i32| format!("{id}.fits");
        match viewer {
            Viewer::Open(id) => self.send(open_file(number, id, &file(id))),
            Viewer::Close(id) => self.send(close_file(number, id)),
            Viewer::Channel(id, channel) => self.send(set_channel(number, id, channel)),
            Viewer::NewRegion(id) => self.send(set_region(number, id, -1, x)),
            Viewer::MoveRegion(id, region) => self.send(set_region(number, id, region, x)),
            Viewer::RemoveRegion(region) => self.send(remove_region(number, region)),
            Viewer::Stats(id, region, on) => self.send(want_stats(number, id, region, on)),
            Viewer::Contours(id, shown) => {
                let levels = [f64::from(number)];
                self.send(set_contours(number, id, if shown { &levels } else { &[] }));
            }
            Viewer::Catalog(id, true) => self.send(open_catalog(number, id, "stars.vot")),
            Viewer::Catalog(id, false) => self.send(close_catalog(number, id)),
            Viewer::List => self.send(bare(EventType::FileListRequest, number)),
            Viewer::Request(event) => {
                // Refused once the client is closed.
                let _ = self.request(event, &[]);
            }
            Viewer::Abort(nth) => {
                let request_id = 0xF000_0001 + nth * 3;
                self.input(Input::Abort { request_id });
            }
            Viewer::State(id) => {
                let spec = ImageSpec { file_id: id, file: file(id), ..ImageSpec::default() };
                self.state(|tracker| tracker.workspace_mut().open_image(spec).unwrap());
            }
        }
    }

    pub fn fault(&mut self, fault: Fault) {
        match fault {
            Fault::Cut => self.cut(),
            Fault::Silence => self.network.silence(),
            Fault::Restart => self.restart_backend(),
            Fault::Reach(reach) => self.network.reach = reach,
            Fault::AnswersHttp(answers) => self.network.answers_http = answers,
            Fault::Latency(ms) => self.network.latency_ms = ms,
            Fault::Rate(rate) => self.network.rate = rate,
            Fault::Stall(ms) => self.network.occupy(self.clock.wall, ms),
            Fault::Lose(event) => self.backend.loses.push(event),
            Fault::Busy(event, ms) => {
                self.backend.busy_ms.insert(event, ms);
            }
            Fault::Refuses(refuses) => self.backend.refuses = refuses,
            Fault::Icd(icd) => self.backend.icd = icd,
            Fault::Kills(killer) => self.backend.killers.push(killer),
            Fault::Grace(grace) => self.backend.grace_ms = grace,
            Fault::Missing(id) => {
                self.backend.disk.missing.insert(format!("{id}.fits"));
            }
            Fault::Barrier(barrier) => self.barrier = barrier,
        }
    }

    /// The faults end, the page is visible, and the user says yes.
    pub fn faults_end(&mut self) {
        self.backend.killers.clear();
        self.faults_end_but_killers(super::world::User::Answers(100, Answer::Yes));
    }

    /// The same, but the backend still crashes on what it crashed on before.
    pub fn faults_end_but_killers(&mut self, user: super::world::User) {
        self.throttle_ms = 1;
        self.network.reach = Reach::Open;
        self.network.latency_ms = 10;
        self.network.rate = None;
        self.network.busy_until = self.clock.wall;
        self.network.answers_http = false;
        self.barrier = None;
        self.backend.refuses = Refuses::Nobody;
        self.backend.icd = self.backend.icd.clamp(28, 30);
        self.backend.loses.clear();
        self.backend.busy_ms.clear();
        self.backend.disk = super::session::Disk::default();
        self.user = user;
        // Let what is under way arrive.
        self.run(5_000);
        for input in [Input::Awake, Input::Visible, Input::Connect, Input::RetryNow] {
            self.input(input);
        }
        let offer = self.offers.last().map_or(0, |offer| offer.id);
        self.input(Input::Answered { offer, answer: Answer::Yes });
    }
}
