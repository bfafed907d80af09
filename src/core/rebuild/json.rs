//! Parameters of a call as JSON, written by hand.
//!
//! A viewer looks for `$name` anywhere in the text, before it reads it as
//! JSON, and puts an object of its own there. So `$` is always escaped.

use crate::prelude::*;

use crate::core::text::decimal;

use super::number::push_number;

/// A JSON array in the making.
#[derive(Clone, Debug)]
pub(super) struct Json(String);

impl Json {
    /// An empty array.
    pub(super) fn array() -> Self {
        Self("[".to_owned())
    }

    /// The array as text.
    pub(super) fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }

    /// Begins an array or an object inside.
    pub(super) fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.0.push(bracket);
        self
    }

    /// Ends an array or an object inside.
    pub(super) fn close(&mut self, bracket: char) -> &mut Self {
        self.0.push(bracket);
        self
    }

    /// The name of the value that comes next, which needs no escaping.
    pub(super) fn name(&mut self, name: &'static str) -> &mut Self {
        self.separate();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
        self
    }

    /// Any text.
    #[inline(never)]
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(character);
                }
                '\0'..='\u{1f}' | '$' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                    self.escape(character.into());
                }
                _ => self.0.push(character),
            }
        }
        self.0.push('"');
        self
    }

    /// A whole number.
    pub(super) fn integer(&mut self, number: i32) -> &mut Self {
        self.separate();
        self.0.push_str(&decimal(number.into()));
        self
    }

    /// A finite number.
    #[inline(never)]
    pub(super) fn number(&mut self, number: f64) -> &mut Self {
        self.separate();
        push_number(&mut self.0, number);
        self
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, flag: bool) -> &mut Self {
        self.separate();
        self.0.push_str(if flag { "true" } else { "false" });
        self
    }

    fn separate(&mut self) {
        if !self.0.ends_with(['[', '{', ':']) {
            self.0.push(',');
        }
    }

    /// Of a character below U+10000.
    fn escape(&mut self, code: u32) {
        self.0.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            self.0.push(char::from_digit(code >> shift & 0xF, 16).unwrap_or('0'));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn array_of(text: &str) -> String {
        let mut array = Json::array();
        array.text(text);
        array.finish()
    }

    #[test]
    fn values_are_separated() {
        let mut array = Json::array();
        array.text("").integer(-3).open('[').close(']').open('{');
        array.name("x").number(1.5).name("y").open('[').flag(true).flag(false).close(']');
        array.close('}').open('[').open('[').close(']').integer(i32::MIN).close(']');
        let expected = json!(["", -3, [], { "x": 1.5, "y": [true, false] }, [[], i32::MIN]]);
        assert_eq!(serde_json::from_str::<Value>(&array.finish()).unwrap(), expected);
    }

    #[test]
    fn a_text_that_ends_like_a_bracket_is_a_text() {
        for text in ["[", "{", ":", "\"", "\\", "\\\"[", "],["] {
            let mut array = Json::array();
            array.text(text).text(text);
            let back: Value = serde_json::from_str(&array.finish()).unwrap();
            assert_eq!(back, json!([text, text]));
        }
    }

    #[test]
    fn what_a_viewer_would_replace_is_escaped() {
        let text = "$activeFrame $frames[0].x $$ \u{2028}\u{2029}\u{0}\u{1f}\u{7f}";
        let written = array_of(text);
        assert!(!written.contains(['$', '\u{2028}', '\u{2029}']));
        assert!(written.contains("\\u0024activeFrame"));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text: String) {
            let written = array_of(&text);
            prop_assert!(!written.contains('$'));
            prop_assert!(!written.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
        }
    }
}
