//! Standing in for a viewer that speaks for itself: it opens the connection and
//! registers, and does not notice what happens to the connection after that.
//!
//! What it asks under ids of its own is answered, once, or it is told in the
//! message's own terms that it was not done. What this client asks for it is
//! not shown to it.

use super::{
    problem::{Code, Problem},
    time::Now,
};
use crate::protocol::{
    Frame, Header,
    carta::SUPPORTED_VERSIONS,
    handshake::{Handshake, Refusal, Reply},
    messages::views::RegisterViewerAck,
    refusal::refusal,
};

use super::{Effect, Machine, State, connection::refused};

/// Who registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registrar {
    /// This client, on every connection.
    Client,
    /// The viewer, on its first connection; it has not been accepted yet.
    Viewer,
    /// This client for the viewer, on every connection since.
    Deputy,
}

/// What the viewer's own REGISTER_VIEWER said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registered {
    /// It named no session: the viewer starts anew.
    pub(super) is_new: bool,
    pub(super) icd_version: u16,
}

impl<H: Handshake> Machine<H> {
    /// Takes over a socket that is open, with the viewer's own REGISTER_VIEWER,
    /// which is sent. Until the backend accepts it, whatever ends the
    /// connection is the viewer's business: [`Effect::Ended`].
    ///
    /// Only a machine at rest can, and only if it speaks the viewer's version of
    /// the interface.
    pub fn take_over(&mut self, now: Now, register: Frame) -> Result<(), Problem> {
        self.note_time(now);
        let version = register.header().icd_version;
        if !matches!(self.state, State::Idle) || !SUPPORTED_VERSIONS.contains(&version) {
            let message = "This viewer speaks a version of the CARTA interface that this client \
                           does not. Its connection is left alone.";
            return Err(Problem::new(Code::UnsupportedIcdVersion, message));
        }
        self.registrar = Registrar::Viewer;
        self.generation = self.generation.wrapping_add(1);
        self.first_own_id = self.next_request_id;
        self.viewer_registers(register)?;
        self.refresh_status();
        Ok(())
    }

    pub(super) fn viewer_registers(&mut self, register: Frame) -> Result<(), Problem> {
        let session_id = self.handshake.learn(&register).map_err(|_| {
            let message = "The viewer's REGISTER_VIEWER cannot be read.";
            Problem::new(Code::InvalidFrame, message).about(vec![register.header()])
        })?;
        let icd_version = register.header().icd_version;
        self.registered = Some(Registered { is_new: session_id == 0, icd_version });
        self.state = State::Registering { request_id: register.header().request_id };
        self.push_frame(register);
        Ok(())
    }

    /// The backend answers the viewer's own REGISTER_VIEWER, which the viewer
    /// sees too: a refusal is for it to act on.
    pub(super) fn viewer_answered(&mut self, now: Now, frame: &Frame) {
        match self.handshake.read(frame) {
            Ok(Reply::Welcome(welcome)) => {
                self.registrar = Registrar::Deputy;
                self.welcomed(now, &welcome);
                self.work();
            }
            // The viewer hears it too; that nothing is kept then, it cannot know.
            Ok(Reply::Refused(refusal)) => {
                self.effects.push_back(Effect::Error(refused(&refusal)));
            }
            // Whether it is tried in another way is the viewer's to say.
            Ok(Reply::Again { .. }) => {
                if let Ok(RegisterViewerAck { message, .. }) = frame.decode() {
                    self.effects.push_back(Effect::Error(refused(&Refusal::Other { message })));
                }
            }
            Err(_) => {}
        }
    }

    /// The viewer does not have to know this client.
    pub(super) fn is_drop_in(&self) -> bool {
        self.registrar != Registrar::Client
    }

    pub(super) fn viewer_is_registering(&self) -> bool {
        self.registrar == Registrar::Viewer
    }

    /// Whether a RESUME_SESSION of the viewer's own is unanswered. If that fells the
    /// backend, sending it again would do so again: its user has to want it.
    pub(super) fn viewer_is_resuming(&self) -> bool {
        self.is_drop_in() && self.tracker.awaits_resume()
    }

    /// What the viewer may see of the backend's: not the answers to what this
    /// client has asked.
    pub(super) fn is_for_viewer(&self, header: Header) -> bool {
        if !self.is_drop_in() {
            return true;
        }
        let ours = (self.first_own_id..self.next_request_id).contains(&header.request_id);
        !ours || self.tracker.awaits(header.request_id)
    }

    /// Nothing more can be done: the viewer's own logic has to.
    pub(super) fn end(&mut self, problem: Problem) {
        self.effects.push_back(Effect::Ended(problem));
        self.close();
    }

    /// The version of the interface that frames of the viewer's may have to go out
    /// before they are looked at, by [`sent_first`](Self::sent_first).
    pub fn direct_version(&self) -> Option<u16> {
        matches!(self.state, State::Active).then(|| self.handshake.version())
    }

    /// A frame of the viewer's that has gone out already.
    pub fn sent_first(&mut self, now: Now, frame: &Frame) {
        self.note_time(now);
        self.tracker.sent(frame);
    }

    /// Bytes that wait for a connection.
    pub const fn queued_bytes(&self) -> usize {
        self.queue.bytes()
    }

    /// Something came in that nobody had to look at.
    pub const fn heard(&mut self) {
        self.alive();
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
