//! A page that has just loaded, with an unmodified viewer, the client behind its socket, and a
//! backend, all of which answer at once.

mod outcome;
mod viewer;

pub use viewer::import;

use std::collections::{BTreeMap, VecDeque};

use carta_resume::{
    client::{
        Answer, Now, Options,
        offer::{Kept, Reason},
    },
    protocol::{
        EventType, Frame,
        carta::Carta,
        messages::{ImportRegionAck, ScriptingRequest, ScriptingResponse, SetRegionAck},
    },
};
use serde_json::{Value, json};

use crate::client::support::{
    backend::Backend,
    driver::{Effect, Input, Machine, wanted},
    frames::{VERSION, register},
    kept::{SAVED_AT, workspace},
};

/// Longer than a viewer may take for one call.
pub const TOO_LONG_MS: u64 = 120_001;

pub const PROBE: &str = "getFrame";
pub const NOTHING: [&str; 0] = [];

pub fn part(images: &[i32]) -> Answer {
    Answer::Part { images: images.to_vec(), catalogs: None }
}

/// A viewer that does not listen, with a stored workspace to restore.
pub fn deaf() -> Page {
    let mut page = Page::new();
    page.listens = false;
    assert!(page.keep(kept(&[0, 1])));
    page
}

/// The user says yes, and the viewer hangs on the first call with this name.
pub fn hanging_on(action: &'static str) -> Page {
    let mut page = Page::asking(kept(&[0, 1]));
    page.hangs_on = action;
    page.answer(Answer::Yes);
    assert!(page.hanging.is_some());
    page
}

/// What the previous page kept: these images, each with a channel and a named region of its own.
/// named region of its own.
pub fn kept(file_ids: &[i32]) -> Kept {
    kept_for(Reason::PageReloaded, file_ids)
}

pub fn kept_for(reason: Reason, file_ids: &[i32]) -> Kept {
    let mut workspace = workspace(file_ids, &[]);
    for id in file_ids {
        workspace.name_region(id + 20, &format!("region of {id}"));
    }
    Kept { reason, session_id: 7, saved_at: SAVED_AT, workspace }
}

pub struct Page {
    pub machine: Machine,
    pub backend: Backend,
    pub now: Now,
    /// The viewer carries out calls.
    pub listens: bool,
    /// A method that it carries out but never answers.
    pub hangs_on: &'static str,
    /// Calls that have come in and have not been carried out yet.
    pub calls: VecDeque<ScriptingRequest>,
    /// Methods that were called, in order.
    pub called: Vec<String>,
    /// The last call that it did not answer.
    pub hanging: Option<i32>,
    /// The call that waits for the backend, and the request whose answer it waits for.
    waits: Option<(i32, u32)>,
    pub effects: Vec<Effect>,
    /// SCRIPTING_RESPONSEs that have reached the backend, by request id.
    pub responses_at_backend: Vec<i32>,
    inputs: VecDeque<Input>,
    reachable: bool,
    /// The backend's answers are held back until [`Page::release`].
    pub holds: bool,
    held: VecDeque<Input>,
    last_id: u32,
    next_file: i32,
    /// The image on which the viewer draws all regions, instead of their own.
    pub draws_on: Option<i32>,
    /// How far from their places it draws them.
    pub draws_beside: f32,
    /// Changes the backend's answers to SET_REGION; false: they do not come.
    pub acks: fn(&mut SetRegionAck) -> bool,
    /// The call by which the viewer imports regions, and its IMPORT_REGION.
    pub importing: Option<(i32, u32)>,
    /// The answers to that.
    pub imported: Vec<ImportRegionAck>,
    /// What the viewer says about itself, as JSON.
    pub values: BTreeMap<&'static str, &'static str>,
}

impl Page {
    /// The viewer registers and is accepted, as a new one to the backend.
    pub fn new() -> Self {
        let mut page = Self::registering(0);
        page.settle();
        page
    }

    /// The viewer has sent its REGISTER_VIEWER, which has not been answered yet.
    pub fn registering(session_id: u32) -> Self {
        let now = Now { monotonic: 1_000, wall: 1_700_000_000_000 };
        let options = Options { heartbeat: None, ..Options::default() };
        let carta = Carta::new(VERSION, String::new(), 5);
        let mut machine = Machine::new(options, carta, 1, now);
        let mut backend = Backend::default();
        backend.accept(1);
        machine.take_over(now, register(1, session_id)).expect("it can be taken over");
        Self {
            machine,
            backend,
            now,
            listens: true,
            hangs_on: "",
            calls: VecDeque::new(),
            called: Vec::new(),
            hanging: None,
            waits: None,
            effects: Vec::new(),
            responses_at_backend: Vec::new(),
            inputs: VecDeque::new(),
            reachable: true,
            holds: false,
            held: VecDeque::new(),
            last_id: 1,
            next_file: 50,
            draws_on: None,
            draws_beside: 0.0,
            acks: |_| true,
            importing: None,
            imported: Vec::new(),
            values: BTreeMap::from([
                ("layoutStore.currentLayoutName", "\"Default\""),
                ("isFileLoading", "false"),
                ("isLoadingWorkspace", "false"),
                ("isLoadingMultipleFiles", "false"),
            ]),
        }
    }

    /// A viewer that listens, and whose user is asked about this.
    pub fn asking(kept: Kept) -> Self {
        let mut page = Self::new();
        assert!(page.keep(kept));
        assert_eq!(page.offers().len(), 1);
        page
    }

    pub fn keep(&mut self, kept: Kept) -> bool {
        let taken = self.machine.offer_for_rebuilding(kept);
        self.settle();
        taken
    }

    pub fn input(&mut self, input: Input) {
        self.inputs.push_back(input);
        self.settle();
    }

    pub fn answer(&mut self, answer: Answer) {
        let offer = self.offers().last().expect("the user is asked").id;
        self.input(Input::Answered { offer, answer });
    }

    pub fn send(&mut self, frame: Frame) {
        self.machine.send(self.now, frame).expect("taken");
        self.settle();
    }

    /// The viewer starts to listen, and carries out the calls that have come in.
    pub fn listen(&mut self) {
        self.listens = true;
        self.settle();
    }

    pub fn pass(&mut self, ms: u64) {
        self.now.monotonic += ms;
        self.now.wall += ms;
    }

    /// Lets time pass; timers fire when they are due.
    pub fn run(&mut self, ms: u64) {
        let end = self.now.monotonic + ms;
        while let Some(due) =
            self.machine.next_deadline().map(|due| due.at).filter(|&due| due <= end)
        {
            self.pass(due.saturating_sub(self.now.monotonic));
            self.input(Input::Timeout);
        }
        self.pass(end - self.now.monotonic);
    }

    /// The connection is gone, and no new one opens.
    pub fn cut(&mut self) {
        self.reachable = false;
        let generation = self.machine.generation();
        self.backend.disconnect(self.now.wall, generation);
        self.input(Input::Lost { generation });
    }

    /// The backend sends the answers that it has held back.
    pub fn release(&mut self) {
        self.holds = false;
        self.inputs.append(&mut self.held);
        self.settle();
    }

    /// There is a connection again.
    pub fn reconnect(&mut self) {
        self.reachable = true;
        self.input(Input::RetryNow);
    }

    /// Carries out everything that is due.
    pub fn settle(&mut self) {
        loop {
            self.drain(None);
            if let Some(input) = self.inputs.pop_front() {
                self.machine.handle(self.now, input.clone());
                self.drain(Some(&input));
            } else if self.waits.is_some() || !self.listens || !self.carry_out_a_call() {
                return;
            }
        }
    }

    fn drain(&mut self, input: Option<&Input>) {
        while let Some(effect) = self.machine.poll_effect() {
            match &effect {
                &Effect::Open { generation, .. } if self.reachable => {
                    self.backend.accept(generation);
                    self.inputs.push_back(Input::Opened { generation });
                }
                &Effect::Open { generation, .. } => {
                    self.inputs.push_back(Input::Lost { generation });
                }
                Effect::Send { generation, frame } => self.transmit(*generation, frame),
                Effect::Feed(frame) => self.fed(frame),
                Effect::Deliver(frame) => {
                    let Some(Input::Frame { message, .. }) = input else {
                        panic!("no message came in")
                    };
                    assert_eq!(frame, message);
                    self.told(frame);
                }
                _ => {}
            }
            self.effects.push(effect);
        }
    }

    fn transmit(&mut self, generation: u32, frame: &Frame) {
        assert!(self.reachable, "{:?} goes nowhere", frame.event());
        if frame.event() == Some(EventType::ScriptingResponse) {
            let response: ScriptingResponse = frame.decode().expect("readable");
            self.responses_at_backend.push(response.scripting_request_id);
        }
        assert_ne!(frame.event(), Some(EventType::ImportRegion), "it is kept from the backend");
        if let Some(frame) = self.backend.receive(self.now.wall, generation, frame) {
            let Some(frame) = self.altered(frame) else { return };
            // A page passes on everything that it may.
            let answers = if self.holds { &mut self.held } else { &mut self.inputs };
            answers.push_back(wanted(generation, frame));
        }
    }

    fn altered(&self, frame: Frame) -> Option<Frame> {
        if frame.event() != Some(EventType::SetRegionAck) {
            return Some(frame);
        }
        let mut ack: SetRegionAck = frame.decode().expect("readable");
        (self.acks)(&mut ack).then(|| Frame::encode(frame.header(), &ack))
    }
}

/// What [`Page::images`] returns when all of [`kept`] is back.
pub fn all_of(file_ids: &[i32]) -> Value {
    let images = file_ids.iter().map(|id| {
        let region = json!([format!("region of {id}"), f64::from(*id)]);
        json!([format!("kept {id}.fits"), id + 10, [region]])
    });
    images.collect()
}
