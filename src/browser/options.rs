//! The constructor's options.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;

use crate::{
    client::{
        Options,
        options::{Backoff, Heartbeat, Jitter, QueueLimits, Timeouts},
    },
    protocol::carta::{Carta, SUPPORTED_VERSIONS},
};

use super::{
    drop_in::DropIn,
    error::invalid_option,
    numbers::integer,
    reader::{get, int32, number, text, time},
    user::UserSource,
};

/// Where the backend's address comes from.
pub(super) enum UrlSource {
    Fixed(String),
    /// Called before each attempt.
    Function(Function),
}

/// Everything that a client is made from.
pub(super) struct ClientOptions {
    pub(super) url: UrlSource,
    pub(super) confirm_resume: Function,
    pub(super) carta: Carta,
    pub(super) core: Options,
    pub(super) keeping: KeepingOptions,
    pub(super) drop_in: Option<DropIn>,
}

/// Where and for how long what outlives the page is kept.
pub(super) struct KeepingOptions {
    /// In the browser, not in memory only.
    pub(super) durable: bool,
    pub(super) user: UserSource,
    pub(super) max_count: f64,
    pub(super) max_age_ms: f64,
    pub(super) max_bytes: f64,
}

impl ClientOptions {
    /// Fails if the address is not one; everything else is checked already.
    pub(super) fn read(options: &JsValue) -> Result<Self, JsValue> {
        let flags = number(options, "clientFeatureFlags").and_then(integer);
        let version = number(options, "icdVersion").and_then(integer);
        Ok(Self {
            url: url(&get(options, "url"))?,
            confirm_resume: get(options, "confirmResume").unchecked_into(),
            carta: Carta::new(
                version.unwrap_or(*SUPPORTED_VERSIONS.end()),
                text(options, "apiKey").unwrap_or_default(),
                flags.unwrap_or(5),
            ),
            core: core(options),
            keeping: keeping(options),
            drop_in: DropIn::read(&get(options, "dropIn")),
        })
    }
}

fn url(value: &JsValue) -> Result<UrlSource, JsValue> {
    if let Some(function) = value.dyn_ref::<Function>() {
        return Ok(UrlSource::Function(function.clone()));
    }
    // The address itself is not repeated: it may hold a token.
    let expected = "url must be a ws: or wss: address, or a function that gives one.";
    address(value).map(UrlSource::Fixed).ok_or_else(|| invalid_option(expected))
}

/// The text of a WebSocket address, `None` if it is not one.
pub(super) fn address(value: &JsValue) -> Option<String> {
    let text = match value.dyn_ref::<Url>() {
        Some(url) => url.href(),
        None => value.as_string()?,
    };
    let protocol = Url::new(&text).ok()?.protocol();
    (protocol == "ws:" || protocol == "wss:").then_some(text)
}

fn core(options: &JsValue) -> Options {
    let default = Options::default();
    let answers = get(options, "openFileAnswers");
    Options {
        backoff: backoff(&get(options, "backoff")),
        heartbeat: heartbeat(&get(options, "heartbeat")),
        timeouts: timeouts(&get(options, "timeouts")),
        queue: queue(&get(options, "queue")),
        max_answers: size(&answers, "maxBytes", default.max_answers),
    }
}

fn backoff(given: &JsValue) -> Backoff {
    let default = Backoff::default();
    Backoff {
        initial_ms: time(given, "initialMs").unwrap_or(default.initial_ms),
        max_ms: time(given, "maxMs").unwrap_or(default.max_ms),
        hidden_max_ms: time(given, "hiddenMaxMs").unwrap_or(default.hidden_max_ms),
        factor: number(given, "factor").unwrap_or(default.factor),
        jitter: if get(given, "jitter") == "none" { Jitter::None } else { default.jitter },
        // Infinity means that attempts are not limited.
        max_attempts: number(given, "maxAttempts").and_then(integer),
        reset_after_ms: time(given, "resetAfterMs").unwrap_or(default.reset_after_ms),
    }
}

fn heartbeat(given: &JsValue) -> Option<Heartbeat> {
    let default = Heartbeat::default();
    (*given != JsValue::FALSE).then(|| Heartbeat {
        interval_ms: time(given, "intervalMs").unwrap_or(default.interval_ms),
        timeout_ms: time(given, "timeoutMs").unwrap_or(default.timeout_ms),
        busy_timeout_ms: time(given, "busyTimeoutMs").unwrap_or(default.busy_timeout_ms),
    })
}

fn timeouts(given: &JsValue) -> Timeouts {
    let default = Timeouts::default();
    Timeouts {
        connect_ms: time(given, "connectMs").unwrap_or(default.connect_ms),
        register_ms: time(given, "registerMs").unwrap_or(default.register_ms),
        // Infinity means that there is none.
        resume_ms: time(given, "resumeMs"),
    }
}

fn queue(given: &JsValue) -> QueueLimits {
    let default = QueueLimits::default();
    QueueLimits {
        max_frames: size(given, "maxFrames", default.max_frames),
        max_bytes: size(given, "maxBytes", default.max_bytes),
    }
}

/// A number of things that fit in memory.
fn size(given: &JsValue, name: &str, default: usize) -> usize {
    int32(given, name).and_then(|size| size.try_into().ok()).unwrap_or(default)
}

fn keeping(options: &JsValue) -> KeepingOptions {
    let archive = get(options, "archive");
    // Infinity is allowed as a bound.
    let bound = |name, default| get(&archive, name).as_f64().unwrap_or(default);
    KeepingOptions {
        durable: get(options, "storage") != "memory",
        user: UserSource::read(options),
        max_count: bound("maxCount", 20.0),
        max_age_ms: bound("maxAgeMs", 30.0 * 86_400_000.0),
        max_bytes: bound("maxBytes", 50_000_000.0),
    }
}
