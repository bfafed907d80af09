//! What a node says, as far as the session depends on it.

use serde::{Deserialize, Serialize};

/// The longest session id that is taken; nodes make 16 characters.
const MAX_ID: usize = 128;

/// A session's name. It goes into a header, an address and a file, so it is letters,
/// digits, `-` and `_`, wherever it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionId(String);

impl SessionId {
    /// `None` if this cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let is_id = (1..=MAX_ID).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_id.then(|| Self(text.to_owned()))
    }

    /// As the node wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message, by what it means for the session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The first one on each socket.
    Ready { session_id: SessionId, resumed: bool },
    /// The node is up for this many milliseconds.
    Stats { uptime_ms: Option<u64> },
    /// Nothing to the session.
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    op: String,
    session_id: Option<String>,
    resumed: Option<bool>,
    uptime: Option<f64>,
}

/// `None` if no node would say this.
pub(super) fn read(text: &str) -> Option<Message> {
    let fields: Fields = serde_json::from_str(text).ok()?;
    Some(match fields.op.as_str() {
        "ready" => Message::Ready {
            session_id: SessionId::read(&fields.session_id?)?,
            resumed: fields.resumed?,
        },
        "stats" => Message::Stats { uptime_ms: fields.uptime.map(whole) },
        _ => Message::Other,
    })
}

/// The cast saturates, and what is not a number becomes 0.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
const fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says() {
        let id = SessionId::read("la3kfsdf5eafe848").unwrap();
        let ready = r#"{"op":"ready","resumed":true,"sessionId":"la3kfsdf5eafe848"}"#;
        assert_eq!(read(ready), Some(Message::Ready { session_id: id, resumed: true }));
        let stats = r#"{"op":"stats","players":1,"uptime":60000,"frameStats":null}"#;
        assert_eq!(read(stats), Some(Message::Stats { uptime_ms: Some(60_000) }));
        assert_eq!(read(r#"{"op":"event","type":"TrackEndEvent"}"#), Some(Message::Other));
    }

    #[test]
    fn what_no_node_says() {
        for text in [
            "",
            "[]",
            "null",
            r#"{"op":1}"#,
            r#"{"op":"ready"}"#,
            r#"{"op":"ready","resumed":false,"sessionId":""}"#,
            r#"{"op":"ready","resumed":false,"sessionId":"a/../b"}"#,
            r#"{"op":"ready","resumed":false,"sessionId":"a\n"}"#,
            r#"{"op":"ready","resumed":"no","sessionId":"a"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn ids_are_safe_in_headers_and_addresses() {
        for text in ["", " a", "a\n", "a b", "é", "a/b", "a%20", &"a".repeat(129)] {
            assert_eq!(SessionId::read(text), None, "{text}");
        }
    }
}
