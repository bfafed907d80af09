//! The node, its sessions and their connections.

use carta_resume::lavalink::{Ask, Input, Outcome};

use super::{Event, LATENCY_MS, Line, Network, REST_MS, Session, World};

impl World {
    /// The session in which a client is connected, or which waits for one.
    pub fn held(&self) -> Vec<&str> {
        self.sessions.iter().filter(|it| it.resuming).map(|it| it.id.as_str()).collect()
    }

    /// Something happens in every session that is held.
    pub fn emit(&mut self) {
        let ids: Vec<String> = self.held().into_iter().map(str::to_owned).collect();
        for id in ids {
            let session = self.sessions.iter_mut().find(|it| it.id == id).unwrap();
            session.events += 1;
            let number = session.events;
            let text = format!(r#"{{"op":"event","session":"{id}","number":{number}}}"#);
            match session.line {
                Some(line) => self.say(line, text),
                None => session.queue.push(text),
            }
        }
    }

    pub(super) fn say(&mut self, line: u32, text: String) {
        let Some(generation) = self.line(line).map(|line| line.generation) else { return };
        self.later(LATENCY_MS, Event::ToClient { line, input: Input::Text { generation, text } });
    }

    pub(super) fn line(&self, number: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// The connection breaks, and both sides know it.
    pub fn drop_connection(&mut self) {
        for at in 0..self.lines.len() {
            let Line { number, client, generation, is_whole } = self.lines[at];
            if is_whole {
                self.lines[at].is_whole = false;
                self.later(LATENCY_MS, Event::Input { client, input: Input::Lost { generation } });
                self.later(LATENCY_MS, Event::Closed { line: number });
            }
        }
    }

    /// The connection is gone, and the node is not told; the client is only if `client_knows`.
    pub fn half_open(&mut self, client_knows: bool) {
        for at in 0..self.lines.len() {
            let Line { client, generation, is_whole, .. } = self.lines[at];
            if is_whole {
                self.lines[at].is_whole = false;
                if client_knows {
                    self.later(
                        LATENCY_MS,
                        Event::Input { client, input: Input::Lost { generation } },
                    );
                }
            }
        }
    }

    /// The node notices all connections that are gone.
    pub fn notice(&mut self) {
        let gone: Vec<u32> =
            self.lines.iter().filter(|line| !line.is_whole).map(|line| line.number).collect();
        for line in gone {
            self.close_line(line);
        }
    }

    pub(super) fn close_line(&mut self, line: u32) {
        self.lines.retain(|it| it.number != line);
        let now = self.now;
        if let Some(session) = self.sessions.iter_mut().find(|it| it.line == Some(line)) {
            session.line = None;
            session.ends_at = now + u64::from(session.timeout_s) * 1_000;
        }
        self.sessions.retain(|session| session.resuming || session.line.is_some());
    }

    /// The node is restarted, after this long.
    pub fn restart_node(&mut self, ms: u64) {
        self.drop_connection();
        self.sessions.clear();
        self.network = Network::NoNode;
        self.run(ms);
        self.network = Network::Whole;
        self.started_at = self.now;
    }

    pub(super) fn handshake(&mut self, client: usize, generation: u32, session_id: Option<&str>) {
        if self.network == Network::Cut || self.clients[client].is_dead {
            return;
        }
        if self.network == Network::NoNode {
            return self
                .later(LATENCY_MS, Event::Input { client, input: Input::Lost { generation } });
        }
        self.handshakes.push(session_id.map(str::to_owned));
        if self.password_is_wrong {
            return self
                .later(LATENCY_MS, Event::Input { client, input: Input::Refused { status: 401 } });
        }
        self.next += 1;
        let line = self.next;
        self.lines.push(Line { number: line, client, generation, is_whole: true });
        self.later(LATENCY_MS, Event::ToClient { line, input: Input::Opened { generation } });
        let ready = |id: &str, resumed| {
            format!(r#"{{"op":"ready","sessionId":"{id}","resumed":{resumed}}}"#)
        };
        let parked = self
            .sessions
            .iter_mut()
            .find(|it| Some(it.id.as_str()) == session_id && it.line.is_none());
        if let Some(session) = parked {
            session.line = Some(line);
            let queue = std::mem::take(&mut session.queue);
            let id = session.id.clone();
            self.say(line, ready(&id, true));
            for text in queue {
                self.say(line, text);
            }
            return;
        }
        let id = format!("session{line:09}");
        self.sessions.push(Session {
            id: id.clone(),
            resuming: false,
            timeout_s: 60,
            line: Some(line),
            ends_at: u64::MAX,
            queue: Vec::new(),
            events: 0,
        });
        self.say(line, ready(&id, false));
        let uptime = self.now - self.started_at;
        self.say(line, format!(r#"{{"op":"stats","uptime":{uptime}}}"#));
    }

    pub(super) fn rest(&mut self, client: usize, number: u32, ask: &Ask) {
        if self.network != Network::Whole || self.clients[client].is_dead {
            let input = Input::Told { number, outcome: Outcome::Failed };
            return self.later(REST_MS, Event::Input { client, input });
        }
        let (Ask::Look { session_id } | Ask::Hold { session_id, .. }) = ask;
        let session =
            self.sessions.iter_mut().find(|it| it.id == session_id.as_str() && it.line.is_some());
        let outcome = match session {
            None => Outcome::Status(404),
            Some(session) => {
                if let Ask::Hold { resuming, timeout_s, .. } = ask {
                    (session.resuming, session.timeout_s) = (*resuming, *timeout_s);
                }
                Outcome::Done
            }
        };
        self.later(LATENCY_MS, Event::Input { client, input: Input::Told { number, outcome } });
    }
}
