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
    reader::{Faults, Reader},
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
    pub(super) fn read(options: &JsValue) -> Result<Self, JsValue> {
        let faults = Faults::default();
        let reader = Reader::new(options.clone(), String::new(), KNOWN, &faults);
        let (first, last) = (*SUPPORTED_VERSIONS.start(), *SUPPORTED_VERSIONS.end());
        let range = (f64::from(first), f64::from(last));
        let version = reader.integer("icdVersion", Some(range.1), range);
        let options = Self {
            url: url(&reader),
            confirm_resume: reader.function("confirmResume", "a function (offer, signal)"),
            carta: Carta::new(
                u16::try_from(version).unwrap_or(last),
                reader.text("apiKey", Some("")),
                reader.u32("clientFeatureFlags", 5),
            ),
            core: Options {
                backoff: backoff(&reader),
                heartbeat: heartbeat(&reader),
                timeouts: timeouts(&reader),
                queue: queue(&reader),
                max_answers: max_answers(&reader),
            },
            keeping: keeping(&reader),
            drop_in: DropIn::read(&reader),
        };
        faults.check(options)
    }
}

fn url(reader: &Reader) -> UrlSource {
    let value = reader.get("url").unwrap_or_default();
    if let Some(function) = value.dyn_ref::<Function>() {
        return UrlSource::Function(function.clone());
    }
    // The address itself is not repeated: it may hold a token.
    UrlSource::Fixed(address(&value).unwrap_or_else(|| {
        reader.wrong("url", &["a ws: or wss: address, or a function that gives one"]);
        String::new()
    }))
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

fn backoff(reader: &Reader) -> Backoff {
    let default = Backoff::default();
    let known =
        &["initialMs", "maxMs", "hiddenMaxMs", "factor", "jitter", "maxAttempts", "resetAfterMs"];
    let Some(reader) = reader.nested("backoff", known) else { return default };
    let jitter = match reader.text("jitter", Some("full")).as_str() {
        "full" => Jitter::Full,
        "none" => Jitter::None,
        _ => {
            reader.wrong("jitter", &["\"full\" or \"none\""]);
            Jitter::None
        }
    };
    let attempts = reader.get("maxAttempts").and_then(|attempts| attempts.as_f64());
    let max_attempts = if attempts == Some(f64::INFINITY) {
        None
    } else {
        let most = f64::from(u32::MAX);
        let attempts = reader.integer("maxAttempts", Some(most), (1.0, most));
        u32::try_from(attempts).ok().filter(|&attempts| attempts < u32::MAX)
    };
    Backoff {
        initial_ms: reader.milliseconds("initialMs", default.initial_ms, 0),
        max_ms: reader.milliseconds("maxMs", default.max_ms, 0),
        hidden_max_ms: reader.milliseconds("hiddenMaxMs", default.hidden_max_ms, 0),
        factor: reader.number("factor", default.factor, (1.0, 100.0)),
        jitter,
        max_attempts,
        reset_after_ms: reader.milliseconds("resetAfterMs", default.reset_after_ms, 0),
    }
}

fn heartbeat(reader: &Reader) -> Option<Heartbeat> {
    let default = Heartbeat::default();
    if let Some(value) = reader.get("heartbeat").filter(|value| !value.is_object()) {
        if value != JsValue::FALSE {
            reader.wrong("heartbeat", &["an object or false"]);
        }
        return None;
    }
    let known = &["intervalMs", "timeoutMs", "busyTimeoutMs"];
    let Some(reader) = reader.nested("heartbeat", known) else { return Some(default) };
    Some(Heartbeat {
        interval_ms: reader.milliseconds("intervalMs", default.interval_ms, 1),
        timeout_ms: reader.milliseconds("timeoutMs", default.timeout_ms, 1),
        busy_timeout_ms: reader.milliseconds("busyTimeoutMs", default.busy_timeout_ms, 1),
    })
}

fn timeouts(reader: &Reader) -> Timeouts {
    let default = Timeouts::default();
    let known = &["connectMs", "registerMs", "resumeMs"];
    let Some(reader) = reader.nested("timeouts", known) else { return default };
    Timeouts {
        connect_ms: reader.milliseconds("connectMs", default.connect_ms, 1),
        register_ms: reader.milliseconds("registerMs", default.register_ms, 1),
        resume_ms: reader.milliseconds("resumeMs", default.resume_ms, 1),
    }
}

fn max_answers(reader: &Reader) -> usize {
    let default = Options::default().max_answers;
    let answers = reader.nested("openFileAnswers", &["maxBytes"]);
    answers.map_or(default, |reader| size(&reader, "maxBytes", default))
}

/// A number of things that fit in memory.
#[allow(clippy::cast_precision_loss)]
fn size(reader: &Reader, key: &str, default: usize) -> usize {
    let size = reader.integer(key, Some(default as f64), (0.0, f64::from(i32::MAX)));
    usize::try_from(size).unwrap_or_default()
}

fn keeping(reader: &Reader) -> KeepingOptions {
    let storage = reader.text("storage", Some("browser"));
    if storage != "browser" && storage != "memory" {
        reader.wrong("storage", &["\"browser\" or \"memory\""]);
    }
    let bounds = reader.nested("archive", &["maxCount", "maxAgeMs", "maxBytes"]);
    let bound = |key, default| {
        bounds.as_ref().map_or(default, |bounds| bounds.number(key, default, (0.0, f64::INFINITY)))
    };
    KeepingOptions {
        durable: storage == "browser",
        user: reader.text("user", Some("")),
        max_count: bound("maxCount", 20.0),
        max_age_ms: bound("maxAgeMs", 30.0 * 86_400_000.0),
        max_bytes: bound("maxBytes", 50_000_000.0),
    }
}

fn queue(reader: &Reader) -> QueueLimits {
    let default = QueueLimits::default();
    let Some(reader) = reader.nested("queue", &["maxFrames", "maxBytes"]) else { return default };
    QueueLimits {
        max_frames: size(&reader, "maxFrames", default.max_frames),
        max_bytes: size(&reader, "maxBytes", default.max_bytes),
    }
}
