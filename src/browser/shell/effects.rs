//! What the machine wants done, done with what a browser has.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::Shell;
use crate::browser::{
    driver::{Effect, Input},
    error::from_problem,
    events::Event,
    probe::probe,
    promises::call,
    socket::Socket,
    values,
};
use crate::client::{Phase, Report, offer::Reason, store::Store};
use crate::keeping::keeper;

impl Shell {
    pub(super) fn perform(&self, effect: Effect) {
        match effect {
            Effect::Open { generation, attempt } => self.open(generation, attempt),
            Effect::Shut { generation } => self.shut(generation),
            Effect::Send { generation, frame } => {
                self.sockets.with(generation, |socket| socket.send(frame.bytes()));
            }
            Effect::Ping { generation } => {
                self.sockets.with(generation, Socket::ping);
            }
            Effect::Probe => {
                let address = self.address.borrow().clone();
                let done = self.weakly(|shell, answered| shell.input(Input::Probed { answered }));
                probe(&address, done);
            }
            Effect::Deliver(message) => self.emit(Event::Frame, message.buffer()),
            Effect::Feed(frame) => match self.drop_in() {
                Some(drop_in) => drop_in.feed(&frame),
                None => self.emit(Event::Frame, &Uint8Array::from(frame.bytes()).buffer()),
            },
            Effect::Ended(problem) => {
                if let Some(drop_in) = self.drop_in() {
                    drop_in.end(&problem);
                }
            }
            Effect::Status => {
                let status = self.status();
                if self.told.replace(status.clone()) != status {
                    self.emit(Event::Status, &status);
                }
                if self.machine.borrow().status().phase == Phase::Active {
                    self.keep(keeper::Input::Working);
                }
            }
            Effect::Connected => {
                for connecting in self.connecting.take() {
                    call(&connecting.resolve, &JsValue::UNDEFINED);
                }
            }
            Effect::ConnectFailed(problem) => self.connect_failed(&problem),
            Effect::Ask(offer) => self.ask(&offer),
            Effect::UpdateOffer(offer) => {
                if let Some(open) = &*self.offer.borrow() {
                    open.update(&offer);
                }
            }
            Effect::WithdrawOffer => self.withdraw(),
            Effect::Resumed(report) => self.resumed(&report),
            Effect::Rebuilding { done, all, regions } => {
                if let Some(drop_in) = self.drop_in() {
                    drop_in.note_progress(done, all, regions);
                }
            }
            Effect::Remaking(progress) => self.emit(Event::Remaking, &values::to_js(&progress)),
            Effect::Remade(remade) => self.emit(Event::Remade, &values::to_js(&remade)),
            Effect::RemadeImages(images) => {
                if let Some(drop_in) = self.drop_in() {
                    drop_in.tell_remade(&images);
                }
            }
            Effect::ViewOfImages(view) => {
                if let Some(drop_in) = self.drop_in() {
                    drop_in.give_view_of_images(&view);
                }
            }
            Effect::View(view) => {
                if let Some(drop_in) = self.drop_in() {
                    drop_in.give_view(&view);
                }
            }
            Effect::Rebuilt { whole } => self.keep(keeper::Input::Rebuilt { whole }),
            Effect::Archive(why) => self.keep(keeper::Input::Archive(why)),
            Effect::Discard => self.keep(keeper::Input::Discard),
            Effect::ArchiveKept(why) => self.keep(keeper::Input::RebuildDecided(why)),
            Effect::TakeOver(answer) => self.keep(keeper::Input::TakeOverAgreed(answer)),
            Effect::RestoreEnded(outcome) => self.keep(keeper::Input::RestoreEnded(outcome)),
            Effect::Error(problem) => self.report(&problem),
            Effect::CallbackFailed { problem, cause } => {
                self.emit(Event::Error, &from_problem(&problem, cause.as_ref()));
            }
            Effect::Fulfilled { request_id, message } => self.fulfil(request_id, message),
            Effect::Rejected { request_id, problem } => {
                if let Some(request) = self.take_request(request_id) {
                    call(&request.answer.reject, &from_problem(&problem, None));
                }
            }
            Effect::KeepSessionId(session_id) => {
                let address = self.bare_address();
                let kept = self.store.borrow_mut().keep_session_id(&address, session_id);
                self.report_fault(kept);
                self.session_changed();
            }
        }
    }

    /// A viewer that starts from scratch gets what it has to rebuild.
    fn resumed(&self, report: &Report) {
        let state = (report.reason != Reason::ConnectionLost)
            .then(|| self.machine.borrow().tracker().workspace().viewer_state());
        self.emit(Event::Resumed, &values::report(report, state.as_ref()));
    }
}
