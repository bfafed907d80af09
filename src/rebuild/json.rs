//! Parameters of a call as JSON.

use std::fmt::Write;

use serde::Serialize;

/// JSON in which nothing but text is a text to a viewer: it looks for `$name`
/// anywhere, before it reads the JSON, and puts an object of its own there. So
/// `$` is escaped, and what some readers take for the end of a line.
pub(super) fn written(value: &(impl Serialize + ?Sized)) -> String {
    // Numbers, texts and lists of them always can be written.
    let plain = serde_json::to_string(value).unwrap_or_default();
    let mut json = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            '$' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn what_a_viewer_would_replace_is_escaped() {
        let text = "$activeFrame $frames[0].x $$ \u{2028}\u{2029}\u{0}\u{1f}\u{7f}";
        let written = written(&json!([text]));
        assert!(!written.contains(['$', '\u{2028}', '\u{2029}']));
        assert!(written.contains("\\u0024activeFrame"));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text: String) {
            let written = written(&json!([text]));
            prop_assert!(!written.contains('$'));
            prop_assert!(!written.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
        }
    }
}
