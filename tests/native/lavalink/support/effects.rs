//! Carries out what a client wants done, as its page or process would.

use carta_resume::lavalink::{Effect, Input, Revision, SessionId};

use super::{Event, LATENCY_MS, Network, Told, World};

impl World {
    pub(super) fn perform(&mut self, client: usize, effect: Effect) {
        let id = |id: SessionId| id.as_str().to_owned();
        let whole_line = |world: &Self, generation| {
            let mut lines = world.lines.iter().filter(|line| line.is_whole);
            lines.find(|it| it.client == client && it.generation == generation).map(|it| it.number)
        };
        match effect {
            Effect::Open { generation, session_id } => {
                let session_id = session_id.map(id);
                self.later(LATENCY_MS, Event::Handshake { client, generation, session_id });
            }
            Effect::Shut { generation } => {
                let line = whole_line(self, generation);
                if let Some(line) = line.filter(|_| self.network != Network::Cut) {
                    self.later(LATENCY_MS, Event::Closed { line });
                }
            }
            Effect::Ping { generation } => {
                if let Some(line) = whole_line(self, generation) {
                    let input = Input::Pong { generation };
                    self.later(2 * LATENCY_MS, Event::ToClient { line, input });
                }
            }
            Effect::Version { generation } => {
                if self.network == Network::Whole {
                    self.later(
                        2 * LATENCY_MS,
                        Event::Input { client, input: Input::Opened { generation } },
                    );
                }
            }
            Effect::Probe => {
                let input = match (self.network != Network::Whole, self.password_is_wrong) {
                    (false, true) => Input::Refused { status: 403 },
                    (unreachable, _) => Input::Probed { answered: !unreachable },
                };
                self.later(LATENCY_MS, Event::Input { client, input });
            }
            Effect::Ask { number, ask } => {
                self.later(LATENCY_MS, Event::Rest { client, number, ask });
            }
            Effect::Revise => {
                let now = self.time();
                let fault = if self.store_fails {
                    Some("The disk is full".to_owned())
                } else {
                    let stored = self.store.borrow().clone();
                    match self.clients[client].node.revise(now, stored.as_deref()) {
                        Revision::Unchanged => {}
                        Revision::Write(text) => *self.store.borrow_mut() = Some(text),
                        Revision::Delete => *self.store.borrow_mut() = None,
                    }
                    None
                };
                self.later(1, Event::Input { client, input: Input::Revised { fault } });
            }
            Effect::Released => self.clients[client].released = true,
            Effect::Status => {}
            Effect::Message { text } => {
                let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else {
                    panic!("{text}")
                };
                if value["op"] == "event" {
                    let number = u32::try_from(value["number"].as_u64().unwrap()).unwrap();
                    let session = value["session"].as_str().unwrap().to_owned();
                    self.clients[client].told.push(Told::Event(session, number));
                }
            }
            Effect::Ready { session_id, resumed } => {
                self.clients[client].told.push(Told::Ready(id(session_id), resumed));
            }
            Effect::Lost { session_id, why } => {
                self.clients[client].told.push(Told::Lost(id(session_id), why));
            }
            Effect::Connected => self.clients[client].told.push(Told::Connected),
            Effect::ConnectFailed { problem } => {
                self.clients[client].told.push(Told::Failed(problem));
            }
            Effect::Error { problem } => self.clients[client].told.push(Told::Error(problem)),
        }
    }
}
