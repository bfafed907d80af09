//! What is stored of a node's session: a small JSON text, without the password.

use serde::{Deserialize, Serialize};

use super::SessionId;
use crate::keeping::{
    lease::Lease,
    row::{Row, State},
};

const VERSION: u32 = 1;

/// Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    version: u32,
    /// The node's, without secrets.
    pub(super) address: String,
    /// The bot's user id.
    pub(super) user: String,
    /// The session to present.
    pub(super) session_id: Option<String>,
    /// How long the node holds it; seconds.
    pub(super) timeout_s: u32,
    /// When there was last a connection in it.
    pub(super) alive_at: u64,
    /// How long the node was up when it said so last.
    pub(super) uptime_ms: Option<u64>,
    /// When it was written.
    pub(super) saved_at: u64,
    /// Who works with it.
    owner: Option<String>,
    /// Until when it is that one's, unless renewed.
    owned_until: Option<u64>,
}

/// Why a stored text is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Damaged,
    /// A newer version of this package has written it.
    Newer,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl Record {
    pub(super) const fn new(address: String, user: String) -> Self {
        Self {
            version: VERSION,
            address,
            user,
            session_id: None,
            timeout_s: 0,
            alive_at: 0,
            uptime_ms: None,
            saved_at: 0,
            owner: None,
            owned_until: None,
        }
    }

    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let version: Version = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
        if version.version > VERSION {
            return Err(Unreadable::Newer);
        }
        serde_json::from_str(text).map_err(|_| Unreadable::Damaged)
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The session, if it is this node's and this bot's.
    pub(super) fn session_of(&self, address: &str, user: &str) -> Option<SessionId> {
        let is_same = self.address == address && self.user == user;
        SessionId::read(self.session_id.as_deref().filter(|_| is_same)?)
    }

    pub(super) fn own_by(&mut self, owner: Option<&str>, until: f64) {
        self.owner = owner.map(str::to_owned);
        // Milliseconds since 1970 fit.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let until = until as u64;
        self.owned_until = owner.map(|_| until);
    }

    /// As claims see it: it belongs to the node's name, whatever the address.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn row(&self, address: &str, user: &str) -> Row {
        let lease = self.owner.clone().zip(self.owned_until);
        Row {
            key: String::new(),
            address: address.to_owned(),
            user: user.to_owned(),
            state: State::Live,
            saved_at: self.saved_at as f64,
            archived_at: 0.0,
            bytes: None,
            lease: lease.map(|(owner, until)| Lease { owner, until: until as f64 }),
            empty: false,
        }
    }
}
