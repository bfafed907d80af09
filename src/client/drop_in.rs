//! Standing in for a viewer that speaks for itself: it opens the connection and
//! registers, and does not notice what happens to the connection after that.
//!
//! What it asks under ids of its own is answered, once, or it is told in the
//! message's own terms that it was not done. What this client asks for it is
//! not shown to it.

use super::{Code, Driver, Effect, Machine, Now, Problem, state::State};
use crate::protocol::{Frame, Header, handshake::Handshake, refusal::refusal};

/// Who registers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Registrar {
    /// This client, on every connection.
    Client,
    /// The viewer, on its first connection; it has not been accepted yet.
    Viewer(OwnRegistration),
    /// This client for the viewer, on every connection since.
    Deputy(OwnRegistration),
}

/// What the viewer's own REGISTER_VIEWER said.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnRegistration {
    /// It named no session: the viewer starts from scratch.
    pub(super) is_new: bool,
    pub(super) icd_version: u16,
}

impl Registrar {
    pub(super) const fn is_viewer(self) -> bool {
        matches!(self, Self::Viewer(_))
    }

    /// The viewer, if it has registered by itself.
    pub(super) const fn viewer(self) -> Option<OwnRegistration> {
        match self {
            Self::Client => None,
            Self::Viewer(own) | Self::Deputy(own) => Some(own),
        }
    }
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Takes over a socket that is open, with the viewer's own REGISTER_VIEWER,
    /// which is sent. Until the backend accepts it, whatever ends the
    /// connection is the viewer's business: [`Effect::Ended`].
    ///
    /// Only a machine at rest can, and only if it speaks the viewer's version of
    /// the interface.
    pub fn take_over(&mut self, now: Now, register: Frame) -> Result<(), Problem> {
        self.note_time(now);
        let version = register.header().icd_version;
        if !matches!(self.state, State::Idle) || !H::VERSIONS.contains(&version) {
            let message = "This viewer speaks a version of the CARTA interface that is not \
                           supported. Its connection is not kept.";
            return Err(Problem::new(Code::UnsupportedIcdVersion, message));
        }
        self.learn_from(&register)?;
        let socket = self.new_socket();
        self.register(socket, register.header().request_id, register);
        self.refresh_status();
        Ok(())
    }

    /// The viewer registers by itself; what it says is said on the next connections
    /// too.
    pub(super) fn learn_from(&mut self, register: &Frame) -> Result<(), Problem> {
        let header = register.header();
        let session_id = self.own.handshake.learn(register).map_err(|_| {
            let message = "The viewer's REGISTER_VIEWER cannot be read.";
            Problem::new(Code::InvalidFrame, message).about(vec![header])
        })?;
        let icd_version = header.icd_version;
        self.own.registrar =
            Registrar::Viewer(OwnRegistration { is_new: session_id == 0, icd_version });
        Ok(())
    }

    /// The viewer does not have to know this client.
    pub(super) const fn is_drop_in(&self) -> bool {
        self.own.registrar.viewer().is_some()
    }

    /// Whether a RESUME_SESSION of the viewer's own is unanswered. If that fells the
    /// backend, sending it again would do so again: its user has to want it.
    pub(super) fn viewer_is_resuming(&self) -> bool {
        self.is_drop_in() && self.own.tracker.awaits_resume()
    }

    /// Whether the viewer may see this frame of the backend: not if it answers what this
    /// client has asked.
    pub(super) fn is_for_viewer(&self, header: Header) -> bool {
        if !self.is_drop_in() {
            return true;
        }
        if self.state.socket().is_none() {
            return false;
        }
        let ours =
            (self.own.first_own_id..self.own.requests.next_id()).contains(&header.request_id);
        !ours || self.own.tracker.awaits(header.request_id)
    }

    /// The version of the interface that frames of the viewer's may have to go out
    /// before they are looked at, by [`sent_first`](Self::sent_first).
    pub fn direct_version(&self) -> Option<u16> {
        (self.state.is_active() && !self.own.ghosts.are_closing())
            .then(|| self.own.handshake.version())
    }

    /// A frame of the viewer's that has gone out already.
    pub fn sent_first(&mut self, now: Now, frame: &Frame) {
        self.note_time(now);
        let awaits_data = self.own.tracker.awaits_data();
        self.note_asked(awaits_data);
        self.own.tracker.sent(frame);
    }

    /// Bytes that wait for a connection.
    pub const fn queued_bytes(&self) -> usize {
        self.own.queue.bytes()
    }

    /// This many bytes came in without being looked at.
    pub fn heard(&mut self, now: Now, bytes: usize) {
        self.note_time(now);
        self.received(bytes);
    }

    /// Tells the viewer that this was not done.
    pub(super) fn refuse(&mut self, request: &Frame, why: &str) {
        if self.is_drop_in()
            && let Some(answer) = refusal(request, why)
        {
            self.effects.push_back(Effect::Feed(answer));
        }
    }
}
