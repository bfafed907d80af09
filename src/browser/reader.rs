//! Reading what a viewer passes in, property by property.
//!
//! A fault does not end the reading: it is kept, the property gets its
//! default, and [`Faults::check`] gives the first one at the end. That reads
//! better than an error on every line, and is a third of the code to ship.

use std::cell::RefCell;

use js_sys::{Array, Function, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::error::{error, invalid_option};

/// The first thing that was wrong.
#[derive(Default)]
pub(super) struct Faults(RefCell<Option<JsValue>>);

impl Faults {
    /// `value`, if nothing was wrong.
    pub(super) fn check<T>(self, value: T) -> Result<T, JsValue> {
        match self.0.into_inner() {
            None => Ok(value),
            Some(error) => Err(error),
        }
    }

    fn note(&self, error: impl FnOnce() -> JsValue) {
        let mut first = self.0.borrow_mut();
        if first.is_none() {
            *first = Some(error());
        }
    }
}

/// An object and what it is called in errors.
pub(super) struct Reader<'a> {
    object: JsValue,
    path: String,
    faults: &'a Faults,
}

impl<'a> Reader<'a> {
    /// `path` is "" for the options themselves. An unknown property is a
    /// fault: it is a misspelt one.
    pub(super) fn new(object: JsValue, path: String, known: &[&str], faults: &'a Faults) -> Self {
        let reader = Self { object, path, faults };
        if !reader.object.is_object() || reader.object.is_function() {
            let name = if reader.path.is_empty() { "options" } else { &reader.path };
            faults.note(|| invalid_option(&[name, " must be an object."]));
            return reader;
        }
        for key in Object::keys(reader.object.unchecked_ref::<Object>()) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let mut message = reader.name(&key) + " is not known. Known:";
                for known in known {
                    message += " ";
                    message += known;
                }
                faults.note(|| invalid_option(&[&message, "."]));
            }
        }
        reader
    }

    /// An object inside this one; `None` if it is missing.
    pub(super) fn nested(&self, key: &str, known: &[&str]) -> Option<Self> {
        Some(Self::new(self.get(key)?, self.name(key), known, self.faults))
    }

    fn name(&self, key: &str) -> String {
        let mut name = self.path.clone();
        if !name.is_empty() {
            name += ".";
        }
        name += key;
        name
    }

    /// Notes that a property is not what it must be.
    pub(super) fn wrong(&self, key: &str, expected: &[&str]) {
        self.faults
            .note(|| invalid_option(&[&self.name(key), " must be ", &expected.concat(), "."]));
    }

    /// Notes a fault of a region.
    pub(super) fn wrong_region(&self, message: &str) {
        self.faults.note(|| error("invalid-region", message));
    }

    /// The property's value, `None` if it is missing or undefined.
    pub(super) fn get(&self, key: &str) -> Option<JsValue> {
        match Reflect::get(&self.object, &key.into()) {
            Ok(value) => (!value.is_undefined()).then_some(value),
            // A getter of the viewer's threw: the viewer gets it back.
            Err(error) => {
                self.faults.note(|| error);
                None
            }
        }
    }

    pub(super) fn function(&self, key: &str, expected: &str) -> Function {
        let function = self.get(key).and_then(|value| value.dyn_into().ok());
        function.unwrap_or_else(|| {
            self.wrong(key, &[expected]);
            JsValue::UNDEFINED.unchecked_into()
        })
    }

    /// A finite number from `min` to `max`.
    pub(super) fn number(&self, key: &str, default: f64, (min, max): (f64, f64)) -> f64 {
        let Some(value) = self.get(key) else { return default };
        let number = value.as_f64().unwrap_or(f64::NAN);
        if !(min..=max).contains(&number) {
            self.wrong(key, &["a number from ", &shown(min), " to ", &shown(max)]);
        }
        number
    }

    /// A time in milliseconds, rounded; at most what a timer can take.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub(super) fn milliseconds(&self, key: &str, default: u64, min: u32) -> u64 {
        let range = (f64::from(min), f64::from(i32::MAX));
        (self.number(key, default as f64, range) + 0.5) as u64
    }

    /// A whole number that fits; without a default it must be there.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn integer(&self, key: &str, default: Option<f64>, range: (f64, f64)) -> i64 {
        if default.is_none() && self.get(key).is_none() {
            self.wrong(key, &["a whole number"]);
        }
        let number = self.number(key, default.unwrap_or_default(), range);
        if !is_whole(number) {
            self.wrong(key, &["a whole number"]);
        }
        number as i64
    }

    /// A number of the interface: 32 bits, signed.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn i32(&self, key: &str, default: Option<i32>) -> i32 {
        let range = (f64::from(i32::MIN), f64::from(i32::MAX));
        self.integer(key, default.map(f64::from), range) as i32
    }

    /// A number of the interface: 32 bits, unsigned.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn u32(&self, key: &str, default: u32) -> u32 {
        self.integer(key, Some(f64::from(default)), (0.0, f64::from(u32::MAX))) as u32
    }

    /// A text; without a default it must be there.
    pub(super) fn text(&self, key: &str, default: Option<&str>) -> String {
        let text = match self.get(key) {
            None => default.map(str::to_owned),
            Some(value) => value.as_string(),
        };
        text.unwrap_or_else(|| {
            self.wrong(key, &["a string"]);
            String::new()
        })
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        let flag = self.get(key).map_or(Some(false), |value| value.as_bool());
        flag.unwrap_or_else(|| {
            self.wrong(key, &["true or false"]);
            false
        })
    }

    /// The elements of an array; none if it is missing.
    pub(super) fn array(&self, key: &str) -> Vec<JsValue> {
        let Some(value) = self.get(key) else { return Vec::new() };
        elements(&value).unwrap_or_else(|| {
            self.wrong(key, &["an array"]);
            Vec::new()
        })
    }

    /// Each object in an array.
    pub(super) fn each<T>(&self, key: &str, known: &[&str], read: fn(&Reader) -> T) -> Vec<T> {
        let mut list = Vec::new();
        for value in self.array(key) {
            list.push(read(&Reader::new(value, self.name(key), known, self.faults)));
        }
        list
    }
}

/// The elements of an array; `None` if it is none or does not let itself be
/// read.
pub(super) fn elements(value: &JsValue) -> Option<Vec<JsValue>> {
    if !Array::is_array(value) {
        return None;
    }
    let length = Reflect::get(value, &"length".into()).ok()?.as_f64()?;
    let mut elements = Vec::new();
    let mut at = 0.0;
    while at < length {
        elements.push(Reflect::get(value, &at.into()).ok()?);
        at += 1.0;
    }
    Some(elements)
}

/// Has it nothing behind the point? Never so beyond 64 bits.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)]
pub(super) fn is_whole(number: f64) -> bool {
    (number as i64) as f64 == number
}

/// A number as JavaScript writes it: formatting floats is 16 kB of code.
fn shown(number: f64) -> String {
    Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
