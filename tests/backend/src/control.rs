//! The control endpoints: they make the backend misbehave, and tell what is really in the sessions.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use carta_resume::protocol::{EventType, Header};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    registry::{Connection, lock},
    scripting::{self, ScriptingRequest},
    session::Environment,
};

/// The answer to a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// Done; JSON.
    Done(String),
    /// A parameter is missing or wrong; one line.
    Bad(String),
    /// No such command.
    Unknown,
}

/// Carries a command out. Faults are in force when this returns.
pub fn run(environment: &Arc<Environment>, is_post: bool, command: &str, query: &str) -> Reply {
    let parameters = Parameters(query);
    let done = match (is_post, command) {
        (true, "drop") => drop_sockets(environment, &parameters),
        (true, "restart") => restart(environment, &parameters),
        (true, "stall") => parameters.milliseconds("ms").map(|time| environment.faults.stall(time)),
        (true, "refuse") => {
            parameters.milliseconds("ms").map(|time| environment.faults.refuse(time))
        }
        (true, "delay") => {
            parameters.milliseconds("ms").map(|time| environment.faults.set_delay(time))
        }
        (true, "half-open") => half_open(environment, &parameters),
        (true, "rate") => rate(environment, &parameters),
        (true, "busy-type") => busy_type(environment, &parameters),
        (true, "delay-type") => delay_type(environment, &parameters),
        (true, "lose-next") => {
            parameters.event("type").map(|event| environment.faults.lose_next(event))
        }
        (true, "die-of") => die_of(environment, &parameters),
        (true, "survive") => {
            environment.faults.survive();
            Ok(())
        }
        (true, "garbage") => garbage(environment, &parameters),
        (true, "flood") => flood(environment, &parameters),
        (true, "icd") => {
            parameters.number("version").map(|version| environment.faults.set_icd(version))
        }
        (true, "scripting") => {
            return scripting(environment, &parameters)
                .map_or_else(Reply::Bad, |answer| Reply::Done(answer.to_string()));
        }
        (false, "sessions") => {
            let sessions = environment.registry.snapshots();
            return Reply::Done(json!({ "sessions": sessions }).to_string());
        }
        (false, "frames") => return frames(environment, &parameters),
        _ => return Reply::Unknown,
    };
    match done {
        Ok(()) => Reply::Done("{}".to_owned()),
        Err(why) => Reply::Bad(why),
    }
}

fn drop_sockets(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let session = parameters.optional("session")?;
    environment.registry.drop_sockets(session);
    Ok(())
}

/// Like a process that was killed and started again: no socket, no session.
fn restart(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    if parameters.get("down").is_some() {
        environment.faults.refuse(parameters.milliseconds("down")?);
    }
    environment.registry.restart();
    Ok(())
}

fn delay_type(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let delay = parameters.milliseconds("ms")?;
    environment.faults.set_delay_of(parameters.event("type")?, delay);
    Ok(())
}

/// Kills on every message of a type, or on those that contain a text.
fn die_of(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let after =
        parameters.get("ms").map_or(Ok(Duration::ZERO), |_| parameters.milliseconds("ms"))?;
    let text = parameters.get("text").unwrap_or_default();
    environment.faults.die_of(parameters.event("type")?, &text, after);
    Ok(())
}

fn busy_type(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let duration = parameters.milliseconds("ms")?;
    environment.faults.set_busy(parameters.event("type")?, duration);
    Ok(())
}

/// Every socket that there is now, or those of one session, go dead without notice; new ones work.
fn half_open(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    for connection in connections(environment, parameters)? {
        connection.deaf.cancel();
    }
    Ok(())
}

/// The speed of what reaches the viewers of every current socket, or of one session.
fn rate(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let bytes = parameters.number("bytes")?;
    for connection in connections(environment, parameters)? {
        connection.rate.store(bytes, Ordering::Relaxed);
    }
    Ok(())
}

/// Sends what no viewer can understand.
fn garbage(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let header =
        |event_type| Header { event_type, icd_version: environment.faults.icd(), request_id: 0 };
    let broken =
        [header(EventType::OpenFileAck.number()).to_bytes().as_slice(), &[0xff; 5]].concat();
    let unknown = [header(0xfffe).to_bytes().as_slice(), &[1, 2, 3]].concat();
    for connection in connections(environment, parameters)? {
        for message in [
            Message::binary(broken.clone()),
            Message::binary(unknown.clone()),
            Message::binary(vec![1, 2, 3]),
            Message::text("garbage"),
        ] {
            // A socket that has just ended needs none.
            let _ = connection.inject.send(message);
        }
    }
    Ok(())
}

/// The most bytes in one frame of a flood.
const MAX_FLOOD: usize = 64 * 1024 * 1024;

/// Sends `count` frames of a type, each with a meaningless payload of `bytes` bytes.
fn flood(environment: &Environment, parameters: &Parameters<'_>) -> Result<(), String> {
    let bytes: usize = parameters.number("bytes")?;
    let count: u32 = parameters.number("count")?;
    if bytes > MAX_FLOOD {
        return Err(format!("parameter bytes must be {MAX_FLOOD} at most"));
    }
    let header = Header {
        event_type: parameters.event("type")?.number(),
        icd_version: environment.faults.icd(),
        request_id: 0,
    };
    let mut frame = header.to_bytes().to_vec();
    frame.resize(Header::SIZE + bytes, 0);
    let frame = Message::binary(frame);
    for connection in connections(environment, parameters)? {
        for _ in 0..count {
            let _ = connection.inject.send(frame.clone());
        }
    }
    Ok(())
}

/// Makes the viewer of a session call one of its own functions, and returns the result. Without a
/// session, there must be exactly one viewer. `timeout` is in milliseconds; without it, the caller
/// is expected to have a deadline of its own.
fn scripting(environment: &Environment, parameters: &Parameters<'_>) -> Result<Value, String> {
    let connections = connections(environment, parameters)?.into_iter();
    // Sockets that a fault has made deaf do not get it.
    let mut viewers = connections.filter(|connection| !connection.deaf.is_cancelled());
    let (Some(viewer), None) = (viewers.next(), viewers.next()) else {
        return Err("there must be exactly one such session".to_owned());
    };
    let text = |name| parameters.get(name).unwrap_or_default();
    let action = text("action");
    if action.is_empty() {
        return Err("parameter action is missing".to_owned());
    }
    let request = ScriptingRequest {
        target: text("target"),
        action,
        parameters: text("parameters"),
        r#async: parameters.get("async").is_some(),
        return_path: text("returnPath"),
        ..Default::default()
    };
    let patience = match parameters.get("timeout") {
        Some(_) => parameters.milliseconds("timeout")?,
        None => Duration::MAX,
    };
    scripting::ask(&viewer, environment.faults.icd(), request, patience)
}

fn frames(environment: &Environment, parameters: &Parameters<'_>) -> Reply {
    match connections(environment, parameters) {
        Err(why) => Reply::Bad(why),
        Ok(connections) => {
            let frames: Vec<_> = connections.iter().flat_map(|it| lock(&it.log).clone()).collect();
            Reply::Done(json!({ "frames": frames }).to_string())
        }
    }
}

/// Every socket, or those of one session.
fn connections(
    environment: &Environment,
    parameters: &Parameters<'_>,
) -> Result<Vec<Connection>, String> {
    let wanted: Option<u32> = parameters.optional("session")?;
    let mut connections = environment.registry.connections();
    connections.retain(|it| wanted.is_none_or(|wanted| wanted == lock(&it.session).id()));
    Ok(connections)
}

/// The part of the address after the question mark.
struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let mut parameters = form_urlencoded::parse(self.0.as_bytes());
        parameters.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn optional<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let wrong = || format!("parameter {name} must be a number in range");
        self.get(name).map(|text| text.parse().map_err(|_| wrong())).transpose()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("parameter {name} is missing"))
    }

    fn milliseconds(&self, name: &str) -> Result<Duration, String> {
        let number: u32 = self.number(name)?;
        Ok(Duration::from_millis(number.into()))
    }

    fn event(&self, name: &str) -> Result<EventType, String> {
        let text = self.get(name).ok_or_else(|| format!("parameter {name} is missing"))?;
        let mut events = EventType::ALL.iter().copied();
        events
            .find(|event| event.name() == text)
            .ok_or_else(|| format!("parameter {name} must be an event type such as OPEN_FILE_ACK"))
    }
}
