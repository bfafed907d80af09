//! Reading what a viewer passes in: property by property, each checked, and an
//! error that names the one at fault.

use js_sys::{Array, Function, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::error::invalid_option;

/// An object and what it is called in errors.
pub(super) struct Reader<'a> {
    object: &'a JsValue,
    path: String,
}

impl<'a> Reader<'a> {
    /// `path` is "" for the options themselves. An unknown property is refused:
    /// it is a misspelt one.
    pub(super) fn new(object: &'a JsValue, path: &str, known: &[&str]) -> Result<Self, JsValue> {
        let reader = Self { object, path: path.to_owned() };
        if !object.is_object() || Array::is_array(object) || object.is_function() {
            let name = if path.is_empty() { "options" } else { path };
            return Err(invalid_option(&format!("{name} must be an object.")));
        }
        for key in Object::keys(object.unchecked_ref::<Object>()) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let known = known.join(", ");
                let name = reader.name(&key);
                return Err(invalid_option(&format!("{name} is not known. Known: {known}.")));
            }
        }
        Ok(reader)
    }

    pub(super) fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, key: &str, expected: &str) -> JsValue {
        invalid_option(&format!("{} must be {expected}.", self.name(key)))
    }

    /// The property's value, `None` if it is missing or undefined.
    pub(super) fn get(&self, key: &str) -> Option<JsValue> {
        let value = Reflect::get(self.object, &key.into()).ok()?;
        if value.is_undefined() { None } else { Some(value) }
    }

    pub(super) fn required(&self, key: &str, expected: &str) -> Result<JsValue, JsValue> {
        self.get(key).ok_or_else(|| self.wrong(key, expected))
    }

    pub(super) fn function(&self, key: &str, expected: &str) -> Result<Function, JsValue> {
        self.required(key, expected)?.dyn_into().map_err(|_| self.wrong(key, expected))
    }

    /// A finite number from `min` to `max`.
    pub(super) fn number(
        &self,
        key: &str,
        default: f64,
        (min, max): (f64, f64),
    ) -> Result<f64, JsValue> {
        let Some(value) = self.get(key) else { return Ok(default) };
        value
            .as_f64()
            .filter(|number| number.is_finite() && (min..=max).contains(number))
            .ok_or_else(|| {
                self.wrong(key, &format!("a number from {} to {}", shown(min), shown(max)))
            })
    }

    /// A time in milliseconds, rounded; at most what a timer can take.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub(super) fn milliseconds(&self, key: &str, default: u64, min: u32) -> Result<u64, JsValue> {
        let range = (f64::from(min), f64::from(i32::MAX));
        Ok(self.number(key, default as f64, range)?.round() as u64)
    }

    /// A whole number that fits.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn integer(
        &self,
        key: &str,
        default: Option<i64>,
        (min, max): (i64, i64),
    ) -> Result<i64, JsValue> {
        let wrong = || self.wrong(key, &format!("a whole number from {min} to {max}"));
        let Some(value) = self.get(key) else { return default.ok_or_else(wrong) };
        let number = value.as_f64().filter(|number| number.fract() == 0.0).ok_or_else(wrong)?;
        // The cast saturates; the check of the range follows it.
        let number = number as i64;
        if (min..=max).contains(&number) { Ok(number) } else { Err(wrong()) }
    }

    /// A number of the interface: 32 bits, signed.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn i32(&self, key: &str, default: Option<i32>) -> Result<i32, JsValue> {
        let range = (i64::from(i32::MIN), i64::from(i32::MAX));
        Ok(self.integer(key, default.map(i64::from), range)? as i32)
    }

    /// A number of the interface: 32 bits, unsigned.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn u32(&self, key: &str, default: u32) -> Result<u32, JsValue> {
        let range = (0, i64::from(u32::MAX));
        Ok(self.integer(key, Some(i64::from(default)), range)? as u32)
    }

    /// A text; without a default it must be there.
    pub(super) fn text(&self, key: &str, default: Option<&str>) -> Result<String, JsValue> {
        let Some(value) = self.get(key) else {
            return default.map(str::to_owned).ok_or_else(|| self.wrong(key, "a string"));
        };
        value.as_string().ok_or_else(|| self.wrong(key, "a string"))
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, JsValue> {
        let Some(value) = self.get(key) else { return Ok(false) };
        value.as_bool().ok_or_else(|| self.wrong(key, "true or false"))
    }

    /// One of a few texts.
    pub(super) fn one_of<'b>(&self, key: &str, choices: &[&'b str]) -> Result<&'b str, JsValue> {
        let first = choices.first().copied().unwrap_or_default();
        let Some(value) = self.get(key) else { return Ok(first) };
        let value = value.as_string().unwrap_or_default();
        choices.iter().copied().find(|choice| *choice == value).ok_or_else(|| {
            let choices: Vec<String> = choices.iter().map(|c| format!("\"{c}\"")).collect();
            self.wrong(key, &choices.join(" or "))
        })
    }

    /// The elements of an array; none if it is missing.
    pub(super) fn array(&self, key: &str) -> Result<Vec<JsValue>, JsValue> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        if Array::is_array(&value) {
            Ok(Array::from(&value).to_vec())
        } else {
            Err(self.wrong(key, "an array"))
        }
    }

    /// An object inside this one, with its path; `None` if it is missing.
    pub(super) fn nested(&self, key: &str) -> Option<(JsValue, String)> {
        Some((self.get(key)?, self.name(key)))
    }
}

/// A number as JavaScript writes it: formatting floats is 16 kB of code.
fn shown(number: f64) -> String {
    Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
