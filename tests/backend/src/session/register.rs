//! Registering.

use carta_resume::protocol::{EventType, Header, messages as m};

use super::{Replies, Session};

impl Session {
    /// Takes over the session id that the viewer presents. Nothing is looked up, unless sessions
    /// are kept for a while after a drop.
    pub(super) fn register(
        &mut self,
        request: &m::RegisterViewer,
        header: Header,
        out: &mut Replies,
    ) {
        let expected = self.environment.faults.icd();
        let id = request.session_id;
        let mut ack = m::RegisterViewerAck {
            session_id: id,
            platform_strings: platform_strings(),
            ..Default::default()
        };
        if header.icd_version == expected {
            ack.success = true;
            (ack.message, ack.session_type) = self.take_over(id);
            ack.session_id = self.id();
        } else {
            let got = header.icd_version;
            ack.message = format!("Invalid ICD version number. Expected {expected}, got {got}");
        }
        out.answer(EventType::RegisterViewerAck, header.request_id, &ack);
    }

    fn take_over(&mut self, id: u32) -> (String, i32) {
        if id == 0 {
            let id = self.id();
            let message = format!("Start a new frontend and assign it with session id {id}");
            return (message, m::SessionType::New.into());
        }
        let known = id == self.id();
        if let Some(kept) = self.environment.registry.take_kept(id).filter(|_| !known) {
            self.state = kept;
        } else if !known {
            self.state.id = id;
            let message = format!("Start a new backend and assign it with session id {id}");
            return (message, m::SessionType::Resumed.into());
        }
        let message = format!("Network reconnected with session id {id}");
        (message, m::SessionType::Resumed.into())
    }
}

fn platform_strings() -> std::collections::BTreeMap<String, String> {
    [
        ("release_info", concat!("carta-resume development backend ", env!("CARGO_PKG_VERSION"))),
        ("deployment", "development"),
        ("architecture", std::env::consts::ARCH),
        ("platform", std::env::consts::OS),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}
