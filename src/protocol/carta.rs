//! CARTA's opening conversation: REGISTER_VIEWER and its acknowledgement.
//!
//! As seen on carta-backend 5.0.0-dev: the version is checked in
//! REGISTER_VIEWER only; a refusal leaves the socket open, and a second
//! REGISTER_VIEWER with the right version succeeds on it. An unknown session
//! id is accepted with RESUMED, though nothing is there to resume.

use prost::DecodeError;

use super::{
    EventType, Frame, Header,
    handshake::{Handshake, NextStep, Refusal, Reply, SessionKind, Welcome},
    messages::{RegisterViewer, SessionType, views::RegisterViewerAck},
};

/// Interface versions that this client speaks: what it reads and writes is the
/// same in all of them.
pub const SUPPORTED_VERSIONS: std::ops::RangeInclusive<u16> = 28..=30;

/// CARTA's [`Handshake`].
#[derive(Debug)]
pub struct Carta {
    version: u16,
    api_key: String,
    client_feature_flags: u32,
    asked: Asked,
}

/// What the opening frames of this socket have asked for so far.
#[derive(Debug, Default)]
struct Asked {
    session_id: u32,
    other_version: bool,
}

impl Carta {
    /// `version` is tried first; what the backend expects wins.
    pub const fn new(version: u16, api_key: String, client_feature_flags: u32) -> Self {
        Self {
            version,
            api_key,
            client_feature_flags,
            asked: Asked { session_id: 0, other_version: false },
        }
    }

    fn refused(&mut self, ack: RegisterViewerAck) -> Reply {
        if let Some(expected) = expected_version(&ack.message) {
            if !SUPPORTED_VERSIONS.contains(&expected) {
                return Reply::Refused(Refusal::UnsupportedVersion { expected });
            }
            if !self.asked.other_version && expected != self.version {
                self.asked.other_version = true;
                self.version = expected;
                let session_id = self.asked.session_id;
                return Reply::Again { session_id, message: ack.message };
            }
        }
        if self.asked.session_id != 0 {
            return Reply::Again { session_id: 0, message: ack.message };
        }
        Reply::Refused(Refusal::Other { message: ack.message })
    }
}

impl Handshake for Carta {
    const VERSIONS: std::ops::RangeInclusive<u16> = SUPPORTED_VERSIONS;
    const REPLY: EventType = EventType::RegisterViewerAck;
    const RESUME: EventType = EventType::ResumeSession;
    const RESUME_REPLY: EventType = EventType::ResumeSessionAck;

    fn opening(&mut self, session_id: u32, request_id: u32) -> Frame {
        self.asked = Asked::default();
        self.opening_again(session_id, request_id)
    }

    fn opening_again(&mut self, session_id: u32, request_id: u32) -> Frame {
        self.asked.session_id = session_id;
        let event_type = EventType::RegisterViewer.number();
        let header = Header { event_type, icd_version: self.version, request_id };
        let register = RegisterViewer {
            session_id,
            api_key: self.api_key.clone(),
            client_feature_flags: self.client_feature_flags,
        };
        Frame::encode(header, &register)
    }

    fn learn(&mut self, opening: &Frame) -> Result<u32, DecodeError> {
        let register: RegisterViewer = opening.decode()?;
        self.version = opening.header().icd_version;
        self.api_key = register.api_key;
        self.client_feature_flags = register.client_feature_flags;
        self.asked = Asked { session_id: register.session_id, other_version: false };
        Ok(register.session_id)
    }

    fn read_reply(&mut self, reply: &Frame) -> Result<Reply, DecodeError> {
        let ack: RegisterViewerAck = reply.decode()?;
        if !ack.success {
            return Ok(self.refused(ack));
        }
        Ok(Reply::Welcome(Welcome {
            session_id: ack.session_id,
            kind: match ack.session_type() {
                SessionType::Resumed => SessionKind::Resumed,
                SessionType::New => SessionKind::New,
            },
            message: ack.message,
        }))
    }

    fn next_step(&self, welcome: &Welcome, has_state: bool) -> NextStep {
        match (has_state, welcome.kind) {
            (true, _) => NextStep::AskThenSendState,
            (false, SessionKind::Resumed) => NextStep::EmptyBackend,
            (false, SessionKind::New) => NextStep::Nothing,
        }
    }

    fn version(&self) -> u16 {
        self.version
    }
}

/// The version that a refusal asks for: `Invalid ICD version number. Expected
/// 28, got 30`.
fn expected_version(message: &str) -> Option<u16> {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(|word| *word == "ICD")?;
    words.find(|word| word.eq_ignore_ascii_case("expected"))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::messages;

    fn ack(success: bool, session_type: SessionType, message: &str) -> Frame {
        let header = Header { event_type: 18, icd_version: 28, request_id: 1 };
        let ack = messages::RegisterViewerAck {
            session_id: 7,
            success,
            message: message.into(),
            session_type: session_type.into(),
            ..Default::default()
        };
        Frame::encode(header, &ack)
    }

    fn again(session_id: u32, message: &str) -> Reply {
        Reply::Again { session_id, message: message.into() }
    }

    fn refusal(message: &str) -> Frame {
        ack(false, SessionType::New, message)
    }

    #[test]
    fn the_backends_version_wins_if_we_speak_it() {
        let mut carta = Carta::new(30, String::new(), 5);
        let first = carta.opening(7, 1);
        assert_eq!(first.header().icd_version, 30);
        let message = "Invalid ICD version number. Expected 28, got 30";
        let reply = carta.read_reply(&refusal(message));
        assert_eq!(reply, Ok(again(7, message)));
        assert_eq!(carta.opening_again(7, 2).header().icd_version, 28);
        assert_eq!(carta.version(), 28);
    }

    #[test]
    fn a_version_that_we_do_not_speak_is_final() {
        let mut carta = Carta::new(30, String::new(), 5);
        carta.opening(7, 1);
        let reply = carta.read_reply(&refusal("Invalid ICD version number. Expected 31, got 30"));
        let expected = Refusal::UnsupportedVersion { expected: 31 };
        assert_eq!(reply, Ok(Reply::Refused(expected)));
    }

    #[test]
    fn two_backends_that_contradict_themselves_do_not_loop() {
        let mut carta = Carta::new(30, String::new(), 5);
        carta.opening(7, 1);
        let message = |n| format!("Invalid ICD version number. Expected {n}, got 30");
        let no = |n| refusal(&message(n));
        assert_eq!(carta.read_reply(&no(28)), Ok(again(7, &message(28))));
        carta.opening_again(7, 2);
        assert_eq!(carta.read_reply(&no(29)), Ok(again(0, &message(29))));
        carta.opening_again(0, 3);
        assert!(matches!(carta.read_reply(&no(29)), Ok(Reply::Refused(Refusal::Other { .. }))));
    }

    #[test]
    fn a_refused_id_is_followed_by_a_new_session() {
        let mut carta = Carta::new(30, String::new(), 5);
        carta.opening(7, 1);
        assert_eq!(carta.read_reply(&refusal("Not implemented")), Ok(again(0, "Not implemented")));
        carta.opening_again(0, 2);
        let expected = Refusal::Other { message: "Not implemented".into() };
        assert_eq!(carta.read_reply(&refusal("Not implemented")), Ok(Reply::Refused(expected)));
    }

    #[test]
    fn state_is_sent_whatever_the_backend_calls_the_session() {
        let mut carta = Carta::new(30, String::new(), 5);
        carta.opening(7, 1);
        for kind in [SessionType::New, SessionType::Resumed] {
            let Ok(Reply::Welcome(welcome)) = carta.read_reply(&ack(true, kind, "hello")) else {
                panic!("not welcome")
            };
            assert_eq!(carta.next_step(&welcome, true), NextStep::AskThenSendState);
        }
    }
}
