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
    reader::{Reader, Result},
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
    pub(super) user: String,
    pub(super) max_count: f64,
    pub(super) max_age_ms: f64,
    pub(super) max_bytes: f64,
}

const KNOWN: &[&str] = &[
    "url",
    "confirmResume",
    "icdVersion",
    "apiKey",
    "clientFeatureFlags",
    "backoff",
    "heartbeat",
    "timeouts",
    "queue",
    "storage",
    "user",
    "archive",
    "openFileAnswers",
    // Of this package alone.
    "dropIn",
];

impl ClientOptions {
    pub(super) fn read(options: &JsValue) -> Result<Self> {
        let reader = Reader::options(options, KNOWN)?;
        let newest = *SUPPORTED_VERSIONS.end();
        Ok(Self {
            url: url(&reader)?,
            confirm_resume: reader.function("confirmResume", "a function (offer, signal)")?,
            carta: Carta::new(
                reader.integer("icdVersion", SUPPORTED_VERSIONS)?.unwrap_or(newest),
                reader.text("apiKey")?.unwrap_or_default(),
                reader.integer("clientFeatureFlags", 0..=u32::MAX)?.unwrap_or(5),
            ),
            core: Options {
                backoff: backoff(&reader)?,
                heartbeat: heartbeat(&reader)?,
                timeouts: timeouts(&reader)?,
                queue: queue(&reader)?,
                max_answers: max_answers(&reader)?,
            },
            keeping: keeping(&reader)?,
            drop_in: DropIn::read(&reader)?,
        })
    }
}

fn url(reader: &Reader) -> Result<UrlSource> {
    let value = reader.get("url")?.unwrap_or_default();
    if let Some(function) = value.dyn_ref::<Function>() {
        return Ok(UrlSource::Function(function.clone()));
    }
    // The address itself is not repeated: it may hold a token.
    let expected = "a ws: or wss: address, or a function that gives one";
    address(&value).map(UrlSource::Fixed).ok_or_else(|| reader.wrong("url", expected))
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

fn backoff(reader: &Reader) -> Result<Backoff> {
    let default = Backoff::default();
    let known =
        &["initialMs", "maxMs", "hiddenMaxMs", "factor", "jitter", "maxAttempts", "resetAfterMs"];
    let Some(reader) = reader.nested("backoff", known)? else { return Ok(default) };
    let jitter = match reader.text("jitter")?.as_deref() {
        None | Some("full") => Jitter::Full,
        Some("none") => Jitter::None,
        Some(_) => return Err(reader.wrong("jitter", "\"full\" or \"none\"")),
    };
    let attempts = reader.get("maxAttempts")?.and_then(|attempts| attempts.as_f64());
    let max_attempts = if attempts == Some(f64::INFINITY) {
        None
    } else {
        reader.integer("maxAttempts", 1..=u32::MAX)?
    };
    Ok(Backoff {
        initial_ms: reader.milliseconds("initialMs", 0)?.unwrap_or(default.initial_ms),
        max_ms: reader.milliseconds("maxMs", 0)?.unwrap_or(default.max_ms),
        hidden_max_ms: reader.milliseconds("hiddenMaxMs", 0)?.unwrap_or(default.hidden_max_ms),
        factor: reader.number("factor", 1.0..=100.0)?.unwrap_or(default.factor),
        jitter,
        max_attempts,
        reset_after_ms: reader.milliseconds("resetAfterMs", 0)?.unwrap_or(default.reset_after_ms),
    })
}

fn heartbeat(reader: &Reader) -> Result<Option<Heartbeat>> {
    let default = Heartbeat::default();
    if let Some(value) = reader.get("heartbeat")?.filter(|value| !value.is_object()) {
        let is_off = value == JsValue::FALSE;
        let wrong = || reader.wrong("heartbeat", "an object or false");
        return if is_off { Ok(None) } else { Err(wrong()) };
    }
    let known = &["intervalMs", "timeoutMs", "busyTimeoutMs"];
    let Some(reader) = reader.nested("heartbeat", known)? else { return Ok(Some(default)) };
    Ok(Some(Heartbeat {
        interval_ms: reader.milliseconds("intervalMs", 1)?.unwrap_or(default.interval_ms),
        timeout_ms: reader.milliseconds("timeoutMs", 1)?.unwrap_or(default.timeout_ms),
        busy_timeout_ms: reader
            .milliseconds("busyTimeoutMs", 1)?
            .unwrap_or(default.busy_timeout_ms),
    }))
}

fn timeouts(reader: &Reader) -> Result<Timeouts> {
    let default = Timeouts::default();
    let known = &["connectMs", "registerMs", "resumeMs"];
    let Some(reader) = reader.nested("timeouts", known)? else { return Ok(default) };
    Ok(Timeouts {
        connect_ms: reader.milliseconds("connectMs", 1)?.unwrap_or(default.connect_ms),
        register_ms: reader.milliseconds("registerMs", 1)?.unwrap_or(default.register_ms),
        resume_ms: resume_ms(&reader)?,
    })
}

/// `Infinity` is none.
fn resume_ms(reader: &Reader) -> Result<Option<u64>> {
    let is_none = |given: &JsValue| given.as_f64() == Some(f64::INFINITY);
    match reader.get("resumeMs")? {
        Some(given) if is_none(&given) => Ok(None),
        _ => reader.milliseconds("resumeMs", 1),
    }
}

fn max_answers(reader: &Reader) -> Result<usize> {
    let default = Options::default().max_answers;
    match reader.nested("openFileAnswers", &["maxBytes"])? {
        Some(reader) => size(&reader, "maxBytes", default),
        None => Ok(default),
    }
}

/// A number of things that fit in memory.
fn size(reader: &Reader, key: &str, default: usize) -> Result<usize> {
    let size = reader.integer(key, 0..=i32::MAX)?;
    Ok(size.and_then(|size| size.try_into().ok()).unwrap_or(default))
}

fn keeping(reader: &Reader) -> Result<KeepingOptions> {
    let durable = match reader.text("storage")?.as_deref() {
        None | Some("browser") => true,
        Some("memory") => false,
        Some(_) => return Err(reader.wrong("storage", "\"browser\" or \"memory\"")),
    };
    let user = reader.text("user")?.unwrap_or_default();
    let bounds = reader.nested("archive", &["maxCount", "maxAgeMs", "maxBytes"])?;
    let bound = |key, default| -> Result<f64> {
        let Some(bounds) = &bounds else { return Ok(default) };
        Ok(bounds.number(key, 0.0..=f64::INFINITY)?.unwrap_or(default))
    };
    Ok(KeepingOptions {
        durable,
        user,
        max_count: bound("maxCount", 20.0)?,
        max_age_ms: bound("maxAgeMs", 30.0 * 86_400_000.0)?,
        max_bytes: bound("maxBytes", 50_000_000.0)?,
    })
}

fn queue(reader: &Reader) -> Result<QueueLimits> {
    let default = QueueLimits::default();
    let Some(reader) = reader.nested("queue", &["maxFrames", "maxBytes"])? else {
        return Ok(default);
    };
    Ok(QueueLimits {
        max_frames: size(&reader, "maxFrames", default.max_frames)?,
        max_bytes: size(&reader, "maxBytes", default.max_bytes)?,
    })
}
