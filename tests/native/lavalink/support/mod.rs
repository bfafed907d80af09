//! A model of a node's sessions, a network that fails on request, and clients with one store.

mod effects;
mod node;

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use carta_resume::{
    connection::{Now, Options, Phase, Problem, options::Heartbeat},
    lavalink::{Ask, Input, Node, Settings, StillConnected, WhyLost},
};

pub const WINDOW_S: u32 = 60;
const LATENCY_MS: u64 = 20;
const EPOCH: u64 = 1_700_000_000_000;
/// How long to wait for a REST request.
const REST_MS: u64 = 5_000;

/// A session on the node.
#[derive(Debug)]
pub struct Session {
    pub id: String,
    pub resuming: bool,
    timeout_s: u32,
    /// The connection, as far as the node knows.
    pub line: Option<u32>,
    ends_at: u64,
    queue: Vec<String>,
    /// How many events there have been in it.
    events: u32,
}

/// A connection: a client's socket, and the node's view of it.
#[derive(Debug)]
struct Line {
    number: u32,
    client: usize,
    generation: u32,
    /// What is sent on it arrives.
    is_whole: bool,
}

#[derive(Debug)]
enum Event {
    ToClient { line: u32, input: Input },
    Input { client: usize, input: Input },
    Handshake { client: usize, generation: u32, session_id: Option<String> },
    Rest { client: usize, number: u32, ask: Ask },
    Closed { line: u32 },
}

/// What a client has reported.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Ready(String, bool),
    /// The session and the number of its event.
    Event(String, u32),
    Lost(String, WhyLost),
    Error(Problem),
    Connected,
    Failed(Problem),
}

pub struct Client {
    pub node: Node,
    pub told: Vec<Told>,
    /// The process is gone.
    is_dead: bool,
    pub released: bool,
}

/// The network between a client and the node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Whole,
    /// Nothing gets through, and neither side notices by itself.
    Cut,
    /// Nothing answers.
    NoNode,
}

pub struct World {
    pub now: u64,
    events: VecDeque<(u64, u64, Event)>,
    order: u64,
    pub sessions: Vec<Session>,
    lines: Vec<Line>,
    next: u32,
    started_at: u64,
    pub password_is_wrong: bool,
    pub network: Network,
    pub clients: Vec<Client>,
    pub store: Rc<RefCell<Option<String>>>,
    pub store_fails: bool,
    pub handshakes: Vec<Option<String>>,
    /// The largest number of sessions that were held at the same time.
    pub most_held: usize,
}

pub fn settings() -> Settings {
    Settings {
        connection: Options {
            heartbeat: Some(Heartbeat {
                interval_ms: 15_000,
                timeout_ms: 10_000,
                busy_timeout_ms: 10_000,
            }),
            ..Options::default()
        },
        address: "ws://node:2333/v4/websocket".into(),
        user: "170939974227591168".into(),
        session_id: None,
        resuming: true,
        timeout_s: WINDOW_S,
        still_connected: StillConnected::Wait,
        is_stored: true,
    }
}

impl World {
    pub fn new() -> Self {
        Self {
            now: 1_000,
            events: VecDeque::new(),
            order: 0,
            sessions: Vec::new(),
            lines: Vec::new(),
            next: 0,
            started_at: 0,
            password_is_wrong: false,
            network: Network::Whole,
            clients: Vec::new(),
            store: Rc::default(),
            store_fails: false,
            handshakes: Vec::new(),
            most_held: 0,
        }
    }

    /// A client that connects.
    pub fn started(settings: Settings) -> Self {
        let mut world = Self::new();
        world.start(settings);
        world.run(1_000);
        assert_eq!(world.phase(), Phase::Active);
        world
    }

    pub fn time(&self) -> Now {
        Now { monotonic: self.now, wall: EPOCH + self.now }
    }

    // The client

    /// Another process starts and connects.
    pub fn start(&mut self, settings: Settings) {
        let owner = format!("process-{}", self.clients.len());
        let seed = self.clients.len() as u64;
        let node = Node::new(settings, owner, seed, self.time());
        self.clients.push(Client { node, told: Vec::new(), is_dead: false, released: false });
        self.input(Input::Connect);
    }

    pub fn newest(&self) -> &Client {
        self.clients.last().unwrap()
    }

    pub fn phase(&self) -> Phase {
        self.newest().node.status().phase
    }

    /// What the newest client has reported since the last call.
    pub fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.clients.last_mut().unwrap().told)
    }

    pub fn input(&mut self, input: Input) {
        let newest = self.clients.len() - 1;
        self.input_of(newest, input);
    }

    pub fn input_of(&mut self, client: usize, input: Input) {
        let now = self.time();
        self.clients[client].node.handle(now, input);
        self.carry_out(client);
    }

    /// The newest process is killed.
    pub fn kill(&mut self) {
        let client = self.clients.len() - 1;
        self.clients[client].is_dead = true;
        for line in self.lines.iter().filter(|line| line.client == client) {
            if line.is_whole {
                let at = self.now + LATENCY_MS;
                self.order += 1;
                self.events.push_back((at, self.order, Event::Closed { line: line.number }));
            }
        }
    }

    fn carry_out(&mut self, client: usize) {
        if self.clients[client].is_dead {
            return;
        }
        while let Some(effect) = self.clients[client].node.poll_effect() {
            self.perform(client, effect);
        }
        let held = self.sessions.iter().filter(|session| session.resuming).count();
        self.most_held = self.most_held.max(held);
    }

    fn later(&mut self, ms: u64, event: Event) {
        self.order += 1;
        self.events.push_back((self.now + ms, self.order, event));
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            let event = self.events.iter().map(|(at, order, _)| (*at, *order)).min();
            let deadline = (self.clients.iter().enumerate())
                .filter(|(_, client)| !client.is_dead)
                .filter_map(|(number, client)| Some((client.node.deadline()?, number)))
                .min();
            let window =
                self.sessions.iter().filter(|it| it.line.is_none()).map(|it| it.ends_at).min();
            let next = [event.map(|(at, _)| at), deadline.map(|(at, _)| at), window];
            let Some(at) = next.into_iter().flatten().min().filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            if window == Some(at) {
                self.sessions.retain(|it| it.line.is_some() || it.ends_at > at);
            } else if let Some((due, order)) = event.filter(|(due, _)| *due == at) {
                let place = self.events.iter().position(|it| (it.0, it.1) == (due, order)).unwrap();
                let (_, _, event) = self.events.remove(place).unwrap();
                self.happen(event);
            } else if let Some((_, client)) = deadline {
                self.input_of(client, Input::Timeout);
            }
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ToClient { line, input } => {
                if let Some(Line { client, is_whole: true, .. }) = self.line(line)
                    && self.network != Network::Cut
                {
                    let client = *client;
                    self.input_of(client, input);
                }
            }
            Event::Input { client, input } => self.input_of(client, input),
            Event::Handshake { client, generation, session_id } => {
                self.handshake(client, generation, session_id.as_deref());
            }
            Event::Rest { client, number, ask } => self.rest(client, number, &ask),
            Event::Closed { line } => self.close_line(line),
        }
    }
}
