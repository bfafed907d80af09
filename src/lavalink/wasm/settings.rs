//! The options, as TypeScript hands them over: checked, with every default.

use carta_resume::{
    connection::{
        Options,
        options::{Backoff, Heartbeat, Jitter, Timeouts},
    },
    lavalink::{SessionId, Settings, StillConnected},
};
use serde::Deserialize;

/// Times are milliseconds, but for the window.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Given {
    address: String,
    user_id: String,
    session_id: Option<String>,
    resuming: bool,
    timeout_seconds: u32,
    /// −1 = as long as the window.
    still_connected_ms: f64,
    is_stored: bool,
    connect_ms: f64,
    ready_ms: f64,
    heartbeat: Option<Beat>,
    backoff: Delays,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Beat {
    interval_ms: f64,
    timeout_ms: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delays {
    initial_ms: f64,
    max_ms: f64,
    factor: f64,
    full_jitter: bool,
    max_attempts: Option<u32>,
    reset_after_ms: f64,
}

impl Given {
    pub(super) fn read(self) -> Settings {
        let backoff = Backoff {
            initial_ms: whole(self.backoff.initial_ms),
            max_ms: whole(self.backoff.max_ms),
            factor: self.backoff.factor,
            jitter: if self.backoff.full_jitter { Jitter::Full } else { Jitter::None },
            max_attempts: self.backoff.max_attempts,
            reset_after_ms: whole(self.backoff.reset_after_ms),
            ..Backoff::default()
        };
        let heartbeat = self.heartbeat.map(|beat| Heartbeat {
            interval_ms: whole(beat.interval_ms),
            timeout_ms: whole(beat.timeout_ms),
            busy_timeout_ms: 0,
        });
        let timeouts = Timeouts {
            connect_ms: whole(self.connect_ms),
            register_ms: whole(self.ready_ms),
            ..Timeouts::default()
        };
        let still_connected = match self.still_connected_ms {
            ms if ms < 0.0 => StillConnected::Wait,
            0.0 => StillConnected::Accept,
            ms => StillConnected::WaitMs(whole(ms)),
        };
        Settings {
            connection: Options { backoff, heartbeat, timeouts },
            address: self.address,
            user: self.user_id,
            session_id: self.session_id.as_deref().and_then(SessionId::read),
            resuming: self.resuming,
            timeout_s: self.timeout_seconds,
            still_connected,
            is_stored: self.is_stored,
        }
    }
}

/// The cast saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
const fn whole(number: f64) -> u64 {
    number as u64
}
