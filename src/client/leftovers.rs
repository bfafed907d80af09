//! What the backend may still have and nobody wants.
//!
//! CLOSE_CATALOG_FILE gets no ack and may be lost, and RESUME_SESSION and CLOSE_FILE
//! leave catalogs alone. So a backend that kept the session may still have catalogs
//! that were closed; they are closed again on every connection.

use prost::Message;

use super::{Driver, Machine};
use crate::protocol::{
    EventType, Frame,
    handshake::Handshake,
    messages::{OpenCatalogFile, views::FirstId},
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Makes sure that the backend has nothing that the viewer does not know.
    pub(super) fn empty_backend(&mut self) {
        self.send_id(EventType::CloseFile, -1);
        self.close_unwanted_catalogs();
    }

    /// Sends a message that has nothing but an id.
    pub(super) fn send_id(&mut self, event: EventType, id: i32) {
        self.send_own(event, &FirstId { id }.encode_to_vec());
    }

    pub(super) fn note_closed_catalog(&mut self, frame: &Frame) {
        if frame.event() == Some(EventType::CloseCatalogFile)
            && let Ok(FirstId { id: file_id }) = frame.decode()
        {
            self.own.unwanted_catalogs.insert(file_id, ());
        }
    }

    /// The catalogs that are open or being opened are given up.
    pub(super) fn note_unwanted_catalogs(&mut self) {
        for catalog in self.own.tracker.workspace().offer_catalogs() {
            self.own.unwanted_catalogs.insert(catalog.file_id, ());
        }
        for frame in self.own.tracker.unanswered() {
            self.note_unwanted_catalog(&frame);
        }
    }

    /// A request is given up; the backend may have carried it out.
    pub(super) fn note_unwanted_catalog(&mut self, request: &Frame) {
        if request.event() == Some(EventType::OpenCatalogFile)
            && let Ok(open) = request.decode::<OpenCatalogFile>()
        {
            self.own.unwanted_catalogs.insert(open.file_id, ());
        }
    }

    /// Nothing tells whether this arrives, so it is said again after the next drop.
    pub(super) fn close_unwanted_catalogs(&mut self) {
        for catalog in self.own.tracker.workspace().offer_catalogs() {
            self.own.unwanted_catalogs.remove(&catalog.file_id);
        }
        for &file_id in self.own.unwanted_catalogs.clone().keys() {
            self.send_id(EventType::CloseCatalogFile, file_id);
        }
    }
}
