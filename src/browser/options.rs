//! The constructor's options.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;

use crate::{
    core::{
        Options,
        options::{Backoff, Heartbeat, Jitter, QueueLimits, Timeouts},
    },
    protocol::carta::{Carta, SUPPORTED_VERSIONS},
};

use super::{error::invalid_option, reader::Reader};

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
];

const URL: &str = "a ws: or wss: address, or a function that gives one";

impl ClientOptions {
    pub(super) fn read(options: &JsValue) -> Result<Self, JsValue> {
        let reader = Reader::new(options, "", KNOWN)?;
        reader.one_of("storage", &["memory"])?;
        let versions =
            (i64::from(*SUPPORTED_VERSIONS.start()), i64::from(*SUPPORTED_VERSIONS.end()));
        let version = reader.integer("icdVersion", Some(versions.1), versions)?;
        let carta = Carta::new(
            u16::try_from(version).unwrap_or(*SUPPORTED_VERSIONS.end()),
            reader.text("apiKey", Some(""))?,
            reader.u32("clientFeatureFlags", 5)?,
        );
        Ok(Self {
            url: url(&reader)?,
            confirm_resume: reader.function("confirmResume", "a function (offer, signal)")?,
            carta,
            core: Options {
                backoff: backoff(&reader)?,
                heartbeat: heartbeat(&reader)?,
                timeouts: timeouts(&reader)?,
                queue: queue(&reader)?,
            },
        })
    }
}

fn url(reader: &Reader) -> Result<UrlSource, JsValue> {
    let value = reader.required("url", URL)?;
    if let Some(function) = value.dyn_ref::<Function>() {
        return Ok(UrlSource::Function(function.clone()));
    }
    // The address itself is not repeated: it may hold a token.
    let address = address(&value).ok_or_else(|| invalid_option(&format!("url must be {URL}.")))?;
    Ok(UrlSource::Fixed(address))
}

/// The text of a WebSocket address, `None` if it is not one.
pub(super) fn address(value: &JsValue) -> Option<String> {
    let text = match value.dyn_ref::<Url>() {
        Some(url) => url.href(),
        None => value.as_string()?,
    };
    let url = Url::new(&text).ok()?;
    matches!(url.protocol().as_str(), "ws:" | "wss:").then_some(text)
}

fn backoff(reader: &Reader) -> Result<Backoff, JsValue> {
    let default = Backoff::default();
    let Some((value, path)) = reader.nested("backoff") else { return Ok(default) };
    let known =
        ["initialMs", "maxMs", "hiddenMaxMs", "factor", "jitter", "maxAttempts", "resetAfterMs"];
    let reader = Reader::new(&value, &path, &known)?;
    let unlimited = reader.get("maxAttempts").and_then(|v| v.as_f64()) == Some(f64::INFINITY);
    Ok(Backoff {
        initial_ms: reader.milliseconds("initialMs", default.initial_ms, 0)?,
        max_ms: reader.milliseconds("maxMs", default.max_ms, 0)?,
        hidden_max_ms: reader.milliseconds("hiddenMaxMs", default.hidden_max_ms, 0)?,
        factor: reader.number("factor", default.factor, (1.0, 100.0))?,
        jitter: match reader.one_of("jitter", &["full", "none"])? {
            "none" => Jitter::None,
            _ => Jitter::Full,
        },
        max_attempts: if unlimited || reader.get("maxAttempts").is_none() {
            None
        } else {
            let attempts = reader.integer("maxAttempts", None, (1, i64::from(u32::MAX)))?;
            u32::try_from(attempts).ok()
        },
        reset_after_ms: reader.milliseconds("resetAfterMs", default.reset_after_ms, 0)?,
    })
}

fn heartbeat(reader: &Reader) -> Result<Option<Heartbeat>, JsValue> {
    let default = Heartbeat::default();
    let Some((value, path)) = reader.nested("heartbeat") else { return Ok(Some(default)) };
    if value == JsValue::FALSE {
        return Ok(None);
    }
    let reader = Reader::new(&value, &path, &["intervalMs", "timeoutMs", "busyTimeoutMs"])?;
    Ok(Some(Heartbeat {
        interval_ms: reader.milliseconds("intervalMs", default.interval_ms, 1)?,
        timeout_ms: reader.milliseconds("timeoutMs", default.timeout_ms, 1)?,
        busy_timeout_ms: reader.milliseconds("busyTimeoutMs", default.busy_timeout_ms, 1)?,
    }))
}

fn timeouts(reader: &Reader) -> Result<Timeouts, JsValue> {
    let default = Timeouts::default();
    let Some((value, path)) = reader.nested("timeouts") else { return Ok(default) };
    let reader = Reader::new(&value, &path, &["connectMs", "registerMs", "resumeMs"])?;
    Ok(Timeouts {
        connect_ms: reader.milliseconds("connectMs", default.connect_ms, 1)?,
        register_ms: reader.milliseconds("registerMs", default.register_ms, 1)?,
        resume_ms: reader.milliseconds("resumeMs", default.resume_ms, 1)?,
    })
}

fn queue(reader: &Reader) -> Result<QueueLimits, JsValue> {
    let default = QueueLimits::default();
    let Some((value, path)) = reader.nested("queue") else { return Ok(default) };
    let reader = Reader::new(&value, &path, &["maxFrames", "maxBytes"])?;
    let size = |key, default: usize| {
        let default = i64::try_from(default).ok();
        let size = reader.integer(key, default, (0, i64::from(i32::MAX)))?;
        Ok::<usize, JsValue>(usize::try_from(size).unwrap_or(usize::MAX))
    };
    Ok(QueueLimits {
        max_frames: size("maxFrames", default.max_frames)?,
        max_bytes: size("maxBytes", default.max_bytes)?,
    })
}
