//! Registering: the first frame on every socket, and what the backend says to it.
//!
//! What can be tried after a refusal is the protocol's to say
//! ([`Reply`](crate::protocol::handshake::Reply), for CARTA in
//! [`carta`](crate::protocol::carta)): another opening frame on the same socket, or
//! nothing. A viewer that registers by itself acts on a refusal itself.

use super::{
    Code, Driver, Effect, Machine, Problem,
    drop_in::Registrar,
    offer::SessionType,
    state::{Socket, State},
};
use crate::protocol::{
    Frame,
    handshake::{Handshake, NextStep, Refusal, Reply, SessionKind, Welcome},
};

/// The session that the backend has given this client.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// To be presented on the next connection, 0 = none.
    pub(super) id: u32,
    /// What the backend called it on registering.
    pub(super) kind: Option<SessionType>,
    /// Another page has it now: it is not presented.
    disowned: bool,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The session id to present on the next connection, 0 = none.
    pub const fn session_id(&self) -> u32 {
        self.own.session.id
    }

    /// Takes up the session id that an earlier page kept for this backend,
    /// unless there is one already. It is presented, whatever was disowned before.
    pub const fn adopt_session_id(&mut self, session_id: u32) {
        if self.own.session.id == 0 {
            self.own.session.id = session_id;
            self.own.session.disowned = false;
        }
    }

    /// Another page has this session id now: the next connection presents none.
    pub const fn disown_session_id(&mut self) {
        self.own.session.disowned = true;
    }

    /// What is said first on a socket.
    pub(super) fn say_who(&mut self) {
        let socket = self.state.take_socket();
        let request_id = self.new_request_id();
        let session = &self.own.session;
        let session_id = if session.disowned { 0 } else { session.id };
        let frame = self.own.handshake.opening(session_id, request_id);
        self.register(socket, request_id, frame);
    }

    pub(super) fn register(&mut self, socket: Socket, request_id: u32, opening: Frame) {
        self.enter(State::Registering { socket, request_id });
        self.push_frame(opening);
    }

    /// The backend answers the opening frame.
    pub(super) fn register_reply(&mut self, frame: &Frame) {
        let reply = self.own.handshake.read_reply(frame);
        if let Registrar::Viewer(own) = self.own.registrar {
            // The viewer sees the reply too: a refusal is for it to act on. It cannot
            // know that nothing is kept for it then.
            match reply {
                Ok(Reply::Welcome(welcome)) => {
                    self.own.registrar = Registrar::Deputy(own);
                    self.registered(&welcome);
                    self.work();
                }
                Ok(Reply::Again { message, .. }) => {
                    self.effects
                        .push_back(Effect::Error(refused::<H>(&Refusal::Other { message })));
                }
                Ok(Reply::Refused(refusal)) => {
                    self.effects.push_back(Effect::Error(refused::<H>(&refusal)));
                }
                Err(_) => {}
            }
            return;
        }
        match reply {
            Ok(Reply::Welcome(welcome)) => self.welcome(welcome),
            Ok(Reply::Again { session_id, .. }) => {
                let socket = self.state.take_socket();
                let request_id = self.new_request_id();
                let frame = self.own.handshake.opening_again(session_id, request_id);
                self.register(socket, request_id, frame);
            }
            Ok(Reply::Refused(refusal)) => self.fail(refused::<H>(&refusal)),
            Err(_) => self.unreadable(frame.header(), frame.payload().len()),
        }
    }

    fn welcome(&mut self, welcome: Welcome) {
        self.registered(&welcome);
        let has_state = !self.own.tracker.workspace().is_empty();
        match self.own.handshake.next_step(&welcome, has_state) {
            NextStep::AskThenSendState => self.confirm(welcome.message),
            NextStep::EmptyBackend => {
                self.empty_backend();
                self.start_empty();
            }
            NextStep::Nothing => self.start_empty(),
        }
    }

    fn registered(&mut self, welcome: &Welcome) {
        self.established();
        self.own.session.kind = Some(match welcome.kind {
            SessionKind::New => SessionType::New,
            SessionKind::Resumed => SessionType::Resumed,
        });
        self.own.session.disowned = false;
        if self.own.session.id != welcome.session_id {
            self.own.session.id = welcome.session_id;
            self.effects.push_back(Effect::KeepSessionId(welcome.session_id));
        }
    }
}

fn refused<H: Handshake>(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::UnsupportedVersion { expected } => Problem::new(
            Code::UnsupportedIcdVersion,
            format!(
                "The backend speaks version {expected} of the CARTA interface; this client \
                 speaks {} to {}. Use a matching version of the backend or of this client.",
                H::VERSIONS.start(),
                H::VERSIONS.end(),
            ),
        ),
        Refusal::Other { message } => Problem::new(
            Code::RegistrationRefused,
            format!("The backend refused to register the viewer: {message}"),
        ),
    }
}
