//! A page with an unmodified viewer that has just been loaded, the client behind
//! its socket, and a backend, all of which answer at once.

use std::collections::{BTreeMap, VecDeque};

use carta_resume::{
    client::{
        Answer, Now, Offer, Options, Report,
        offer::{Kept, Reason},
    },
    protocol::{
        EventType, Frame,
        carta::Carta,
        messages::{
            ImportRegion, ImportRegionAck, OpenFileAck, ScriptingRequest, ScriptingResponse,
            SetRegionAck, views::RegionCalculation,
        },
    },
    workspace::Workspace,
};
use serde_json::{Value, json};

use crate::client::support::{
    backend::Backend,
    driver::{Effect, Input, Machine, wanted},
    frames::{VERSION, frame, open_file, register, remove_region, set_channel, set_region},
    kept::{SAVED_AT, workspace},
};

/// Longer than a viewer may take for one call.
pub const TOO_LONG_MS: u64 = 120_001;

pub const PROBE: &str = "getFrame";
pub const NOTHING: [&str; 0] = [];

pub fn part(images: &[i32]) -> Answer {
    Answer::Part { images: images.to_vec(), catalogs: None }
}

/// A viewer that does not listen, for which something was kept.
pub fn deaf() -> Page {
    let mut page = Page::new();
    page.listens = false;
    assert!(page.keep(kept(&[0, 1])));
    page
}

/// A yes, and the viewer hangs on the first call of this name.
pub fn hanging_on(action: &'static str) -> Page {
    let mut page = Page::asking(kept(&[0, 1]));
    page.hangs_on = action;
    page.answer(Answer::Yes);
    assert!(page.hanging.is_some());
    page
}

/// What the viewer's page before kept: these images, each with a channel and a
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
    /// The viewer carries out what it is called for.
    pub listens: bool,
    /// A method that it carries out and never answers.
    pub hangs_on: &'static str,
    /// Calls that have come in and are not carried out yet.
    pub calls: VecDeque<ScriptingRequest>,
    /// Methods that were called, in order.
    pub called: Vec<String>,
    /// The last call that it did not answer.
    pub hanging: Option<i32>,
    /// The call that waits for the backend, and for the answer to what.
    waits: Option<(i32, u32)>,
    pub effects: Vec<Effect>,
    /// SCRIPTING_RESPONSEs that have reached the backend, by request id.
    pub responses_at_backend: Vec<i32>,
    inputs: VecDeque<Input>,
    reachable: bool,
    /// The backend's answers come when it is released.
    pub holds: bool,
    held: VecDeque<Input>,
    last_id: u32,
    next_file: i32,
    /// The image that the viewer draws all regions on, instead of their own.
    pub draws_on: Option<i32>,
    /// How far beside their places it draws them.
    pub draws_beside: f32,
    /// What becomes of the backend's answers to SET_REGION; false: they do not come.
    pub acks: fn(&mut SetRegionAck) -> bool,
    /// The call by which the viewer imports regions, and its IMPORT_REGION.
    pub importing: Option<(i32, u32)>,
    /// What it was answered to that.
    pub imported: Vec<ImportRegionAck>,
    /// What the viewer says of itself, as JSON.
    pub values: BTreeMap<&'static str, &'static str>,
}

impl Page {
    /// The viewer registers and is accepted; it is new to the backend.
    pub fn new() -> Self {
        let mut page = Self::registering(0);
        page.settle();
        page
    }

    /// The viewer has sent its REGISTER_VIEWER, which nobody has answered yet.
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
        let offer = self.offers().last().expect("somebody is asked").id;
        self.input(Input::Answered { offer, answer });
    }

    pub fn send(&mut self, frame: Frame) {
        self.machine.send(self.now, frame).expect("taken");
        self.settle();
    }

    /// The viewer begins to listen, and does what it was called for meanwhile.
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

    /// The connection is gone, and none can be had.
    pub fn cut(&mut self) {
        self.reachable = false;
        let generation = self.machine.generation();
        self.backend.disconnect(self.now.wall, generation);
        self.input(Input::Lost { generation });
    }

    /// The backend answers what it has held back.
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
                        panic!("nothing came in")
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
            // A page passes everything on that it is allowed to.
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

    // The viewer

    fn fed(&mut self, frame: &Frame) {
        if let Some((call, request)) = self.importing
            && frame.event() == Some(EventType::ImportRegionAck)
            && frame.header().request_id == request
        {
            self.importing = None;
            self.imported.push(frame.decode().expect("readable"));
            self.respond(call, "");
        }
        if frame.event() == Some(EventType::ScriptingRequest) {
            self.calls.push_back(frame.decode().expect("readable"));
        }
    }

    /// The backend answers the viewer.
    fn told(&mut self, frame: &Frame) {
        let Some((call, request)) = self.waits else { return };
        if frame.header().request_id != request {
            return;
        }
        self.waits = None;
        let (success, id) = if frame.event() == Some(EventType::OpenFileAck) {
            let ack: OpenFileAck = frame.decode().expect("readable");
            (ack.success, ack.file_id)
        } else {
            let ack: SetRegionAck = frame.decode().expect("readable");
            (ack.success, ack.region_id)
        };
        if success { self.respond(call, &id.to_string()) } else { self.fail(call, "No such file") }
    }

    /// False if there is none.
    fn carry_out_a_call(&mut self) -> bool {
        let Some(call) = self.calls.pop_front() else { return false };
        self.called.push(call.action.clone());
        let id = call.scripting_request_id;
        if call.action == self.hangs_on {
            self.hanging = Some(id);
            return true;
        }
        let parameters: Value = serde_json::from_str(&call.parameters).expect("JSON");
        let image = || {
            let index = call.target.strip_prefix("frameMap[")?;
            index[..index.find(']')?].parse::<i32>().ok()
        };
        match call.action.as_str() {
            "appendFile" => {
                let file_id = self.next_file;
                self.next_file += 1;
                let request = self.next_id();
                self.waits = Some((id, request));
                self.say(open_file(request, file_id, parameters[1].as_str().expect("a name")));
            }
            "addRegionAsync" => {
                let request = self.next_id();
                self.waits = Some((id, request));
                #[allow(clippy::cast_possible_truncation)]
                let x = parameters[1][0]["x"].as_f64().expect("a number") as f32;
                let image = self.draws_on.or_else(image).expect("an image");
                self.say(set_region(request, image, -1, x + self.draws_beside));
            }
            "importRegion" => {
                let path = parameters[3]["macroVariable"].as_str().expect("a path");
                let index = path.strip_prefix("frameMap[").expect("an image").trim_end_matches(']');
                let group_id = self.draws_on.unwrap_or_else(|| index.parse().expect("a number"));
                let request = self.next_id();
                self.importing = Some((id, request));
                self.say(import(request, group_id, parameters[1].as_str().expect("a name")));
            }
            "deleteRegion" => {
                let path = parameters[0]["macroVariable"].as_str().expect("a path");
                let (_, region) = path.split_once("regionMap[").expect("a region");
                let region = region.trim_end_matches(']').parse().expect("a number");
                let request = self.next_id();
                self.say(remove_region(request, region));
                self.respond(id, "");
            }
            "setChannels" => {
                let request = self.next_id();
                let channel = i32::try_from(parameters[0].as_i64().expect("a number")).unwrap();
                self.say(set_channel(request, image().expect("an image"), channel));
                self.respond(id, "");
            }
            "requestMoment" => {
                let id = |name: &str| {
                    Some(i32::try_from(parameters[0][name].as_i64().expect("an id")).unwrap())
                };
                let ids = RegionCalculation {
                    file_id: id("fileId"),
                    region_id: id("regionId"),
                    spectral_range: None,
                };
                let request = self.next_id();
                self.say(frame(EventType::MomentRequest, request, &ids));
            }
            "valueOf" => {
                let value = self.values.get(&*call.return_path).copied().unwrap_or_default();
                self.respond(id, value);
            }
            _ => self.respond(id, ""),
        }
        true
    }

    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn say(&mut self, frame: Frame) {
        self.machine.send(self.now, frame).expect("taken");
    }

    /// The viewer answers a call: a late one of the client's, or one of the backend's.
    pub fn responds_to(&mut self, call: i32) {
        self.respond(call, "");
        self.settle();
    }

    /// It answers what it hung on, and hangs no more.
    pub fn wakes(&mut self) {
        self.hangs_on = "";
        let call = self.hanging.take().expect("it hangs");
        self.responds_to(call);
    }

    fn respond(&mut self, call: i32, response: &str) {
        self.scripting_response(call, true, "", response);
    }

    fn fail(&mut self, call: i32, message: &str) {
        self.scripting_response(call, false, message, "");
    }

    fn scripting_response(&mut self, call: i32, success: bool, message: &str, response: &str) {
        let response = ScriptingResponse {
            scripting_request_id: call,
            success,
            message: message.to_owned(),
            response: response.to_owned(),
        };
        let request_id = self.next_id();
        self.say(frame(EventType::ScriptingResponse, request_id, &response));
    }

    // What has come of it

    pub fn offers(&self) -> Vec<&Offer> {
        let offers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(offer) => Some(offer),
            _ => None,
        });
        offers.collect()
    }

    pub fn reports(&self) -> Vec<&Report> {
        let reports = self.effects.iter().filter_map(|effect| match effect {
            Effect::Resumed(report) => Some(report),
            _ => None,
        });
        reports.collect()
    }

    /// Effects on the archive and on what was restored from it, in order.
    pub fn outcome(&self) -> Vec<String> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::ArchiveKept(why) => Some(format!("kept archived: {why:?}")),
            Effect::Archive(why) => Some(format!("archived: {why:?}")),
            Effect::Rebuilt { whole } => Some(format!("rebuilt, whole: {whole}")),
            Effect::RestoreEnded(Ok(outcome)) => Some(outcome.name().to_owned()),
            Effect::RestoreEnded(Err(problem)) => Some(problem.code.name().to_owned()),
            _ => None,
        });
        told.collect()
    }

    pub fn times(&self, matches: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| matches(effect)).count()
    }

    /// How often the viewer was called so.
    pub fn called(&self, action: &str) -> usize {
        self.called.iter().filter(|called| *called == action).count()
    }

    pub fn workspace(&self) -> &Workspace {
        self.machine.tracker().workspace()
    }

    /// File, channel, and regions by name of every image that is kept.
    pub fn images(&self) -> Value {
        let images = self.workspace().viewer_state().images;
        let told = images.iter().map(|image| {
            let regions = image.regions.iter().map(|region| {
                let name = self.workspace().region_name(region.region_id);
                json!([name, region.control_points[0].x])
            });
            json!([image.file, image.channel, regions.collect::<Vec<_>>()])
        });
        told.collect()
    }
}

/// IMPORT_REGION as the viewer sends it.
pub fn import(request: u32, group_id: i32, file: &str) -> Frame {
    let message = ImportRegion {
        group_id,
        r#type: 1,
        directory: ".".into(),
        file: file.into(),
        contents: Vec::new(),
    };
    frame(EventType::ImportRegion, request, &message)
}

/// What [`Page::images`] tells when all of [`kept`] is back.
pub fn all_of(file_ids: &[i32]) -> Value {
    let images = file_ids.iter().map(|id| {
        let region = json!([format!("region of {id}"), f64::from(*id)]);
        json!([format!("kept {id}.fits"), id + 10, [region]])
    });
    images.collect()
}
