//! TypeScript that is generated from this crate: what both sides must agree on is
//! written once, in Rust. `UPDATE_GENERATED=1 cargo test --test native generated`
//! writes the files again.

use std::{env, fmt::Write, fs};

use carta_resume::{
    client::{Code, Options},
    protocol::EventType,
};

fn check(name: &str, source: &str, body: &str) {
    let text =
        format!("// Generated from {source} by tests/native/generated.rs. Do not edit.\n{body}");
    compare(&format!("src/npm/generated/{name}"), &text);
}

/// Compares a checked-in file with what it should be, or writes it.
pub fn compare(path: &str, text: &str) {
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let current = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        current == text,
        "{path} is out of date: UPDATE_GENERATED=1 cargo test --test native generated"
    );
}

#[test]
fn event_types() {
    let mut body = String::from(
        "\n/** Every event type of the interface by name. Frozen. */\nexport const EventType = Object.freeze({\n",
    );
    for event in EventType::ALL {
        writeln!(body, "  {}: {},", event.name(), event.number()).unwrap();
    }
    body += "} as const);\n\n/** The number of an event type. */\n";
    body += "export type EventType = (typeof EventType)[keyof typeof EventType];\n";
    check("event-type.ts", "src/protocol/event_type.rs", &body);
}

#[test]
fn frame_kinds() {
    let list = |belongs: fn(EventType) -> bool| {
        EventType::ALL
            .iter()
            .filter(|event| belongs(**event))
            .fold(String::new(), |list, event| list + &format!("  EventType.{},\n", event.name()))
    };
    let body = format!(
        "import {{ EventType }} from \"./event-type.js\";

/** Event types that stream in: they answer nothing, and the client learns nothing from them. */
export const STREAMS: readonly EventType[] = [
{}];

/** Event types that viewers send many times a second. */
export const FREQUENT: readonly EventType[] = [
{}];
",
        list(EventType::is_stream),
        list(EventType::is_frequent),
    );
    check("frame-kinds.ts", "src/protocol/event_type.rs", &body);
}

#[test]
fn error_codes() {
    let mut body = String::from(
        "\n/** What a `ResumeError` is about. Stable: new ones may join. */\nexport type ResumeErrorCode =",
    );
    for code in Code::ALL {
        let lines: Vec<&str> = code.meaning().lines().map(str::trim).collect();
        match lines.as_slice() {
            [line] => write!(body, "\n  /** {line} */").unwrap(),
            lines => {
                let text = lines.join("\n   * ");
                write!(body, "\n  /**\n   * {text}\n   */").unwrap();
            }
        }
        write!(body, "\n  | \"{}\"", code.name()).unwrap();
    }
    body += ";\n";
    check("error-codes.ts", "src/connection/problem.rs", &body);
}

#[test]
fn the_documents_name_every_error_code() {
    let documents = fs::read_to_string("docs/errors-and-limits.md").unwrap();
    for code in Code::ALL {
        let name = code.name();
        assert!(documents.contains(&format!("`{name}`")), "{name} is not documented");
    }
}

#[test]
fn the_documents_have_the_defaults() {
    let Options { backoff, heartbeat, timeouts, queue, max_answers } = Options::default();
    let heartbeat = heartbeat.unwrap();
    let document = fs::read_to_string("docs/api.md").unwrap().replace('_', "");
    let types = fs::read_to_string("src/npm/options.ts").unwrap();
    for (name, value) in [
        ("initialMs", backoff.initial_ms.to_string()),
        ("maxMs", backoff.max_ms.to_string()),
        ("hiddenMaxMs", backoff.hidden_max_ms.to_string()),
        ("factor", backoff.factor.to_string()),
        ("resetAfterMs", backoff.reset_after_ms.to_string()),
        ("intervalMs", heartbeat.interval_ms.to_string()),
        ("timeoutMs", heartbeat.timeout_ms.to_string()),
        ("busyTimeoutMs", heartbeat.busy_timeout_ms.to_string()),
        ("connectMs", timeouts.connect_ms.to_string()),
        ("registerMs", timeouts.register_ms.to_string()),
        ("resumeMs", timeouts.resume_ms.map_or("Infinity".into(), |ms| ms.to_string())),
        ("maxFrames", queue.max_frames.to_string()),
        ("maxBytes", queue.max_bytes.to_string()),
        ("maxBytes", max_answers.to_string()),
    ] {
        let defaults = format!("{name}: {value}");
        let follows = |end: &str| document.contains(&format!("{defaults}{end}"));
        assert!(follows(",") || follows(" }"), "docs/api.md does not say {defaults}");
        // Bytes are in other units there.
        if name != "maxBytes" {
            let (before, _) = types.split_once(&format!(" {name}?: number")).expect(name);
            let comment = before.rsplit("/**").next().unwrap_or_default().to_lowercase();
            let said = comment.contains(&format!("default {value}").to_lowercase());
            assert!(said, "src/npm/options.ts does not say {defaults}");
        }
    }
}
