//! Parameters of a call as JSON, and what was noted of a viewer in JSON.

use std::fmt::{self, Write};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};

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

/// Any JSON, as far as it is looked at. Nothing in it is of a wrong type: that takes a
/// quarter of the code that reading into types does, and costs only what is wrong.
#[derive(Debug, PartialEq)]
pub(super) enum Json {
    Number(f64),
    Text(String),
    List(Vec<Self>),
    Fields(Vec<(String, Self)>),
    Other,
}

impl Json {
    /// `Other` if this is no JSON.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::Other)
    }

    /// The fields of an object; none of anything else.
    pub(super) fn fields(self) -> Vec<(String, Self)> {
        if let Self::Fields(fields) = self { fields } else { Vec::new() }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Fields(fields))
    }
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
