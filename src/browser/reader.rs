//! Reading what a viewer passes in, property by property, so that what is wrong
//! is refused by name.

use std::ops::RangeInclusive;

use js_sys::{Array, Function, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    error::invalid_option,
    numbers::{integer, milliseconds},
};

/// What was read, or the error that the viewer gets.
pub(super) type Result<T> = std::result::Result<T, JsValue>;

/// The longest time that a timer can take, in milliseconds.
const MAX_MS: f64 = i32::MAX as f64;

/// An object and what it is called in errors. What may be missing is read as an
/// `Option`; `undefined` is missing, and `null` is not.
pub(super) struct Reader {
    object: JsValue,
    path: String,
}

impl Reader {
    /// The options themselves, whose properties are named without a path.
    pub(super) fn options(object: &JsValue, known: &[&str]) -> Result<Self> {
        Self::new(object.clone(), String::new(), "options", known)
    }

    /// The argument `name` of a call.
    pub(super) fn argument(object: &JsValue, name: &str, known: &[&str]) -> Result<Self> {
        Self::new(object.clone(), name.to_owned(), name, known)
    }

    /// An unknown property is a misspelt one.
    fn new(object: JsValue, path: String, name: &str, known: &[&str]) -> Result<Self> {
        if !object.is_object() || object.is_function() {
            return Err(invalid_option(&format!("{name} must be an object.")));
        }
        let reader = Self { object, path };
        for key in Object::keys(reader.object.unchecked_ref::<Object>()) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let (name, known) = (reader.name(&key), known.join(" "));
                return Err(invalid_option(&format!("{name} is not known. Known: {known}.")));
            }
        }
        Ok(reader)
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The error that says what a property must be.
    pub(super) fn wrong(&self, key: &str, expected: &str) -> JsValue {
        invalid_option(&format!("{} must be {expected}.", self.name(key)))
    }

    /// A property as it is. What a getter of the viewer's throws, the viewer gets
    /// back.
    pub(super) fn get(&self, key: &str) -> Result<Option<JsValue>> {
        let value = Reflect::get(&self.object, &key.into())?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// An object inside this one.
    pub(super) fn nested(&self, key: &str, known: &[&str]) -> Result<Option<Self>> {
        let Some(object) = self.get(key)? else { return Ok(None) };
        let name = self.name(key);
        Self::new(object, name.clone(), &name, known).map(Some)
    }

    /// A function, which must be there.
    pub(super) fn function(&self, key: &str, expected: &str) -> Result<Function> {
        let function = self.get(key)?.and_then(|value| value.dyn_into().ok());
        function.ok_or_else(|| self.wrong(key, expected))
    }

    pub(super) fn number(&self, key: &str, range: RangeInclusive<f64>) -> Result<Option<f64>> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        let number = value.as_f64().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (from, to) = (shown(*range.start()), shown(*range.end()));
            self.wrong(key, &format!("a number from {from} to {to}"))
        })
    }

    /// A time in milliseconds, rounded.
    pub(super) fn milliseconds(&self, key: &str, min: u32) -> Result<Option<u64>> {
        let time = self.number(key, f64::from(min)..=MAX_MS)?;
        Ok(time.map(|time| milliseconds(time.round())))
    }

    pub(super) fn integer<T>(&self, key: &str, range: RangeInclusive<T>) -> Result<Option<T>>
    where
        T: Copy + Into<f64> + TryFrom<i64>,
    {
        let range = (*range.start()).into()..=(*range.end()).into();
        let Some(number) = self.number(key, range)? else { return Ok(None) };
        integer(number).map(Some).ok_or_else(|| self.wrong(key, WHOLE))
    }

    /// Most numbers of the interface.
    pub(super) fn i32(&self, key: &str) -> Result<Option<i32>> {
        self.integer(key, i32::MIN..=i32::MAX)
    }

    /// The same where it must be there.
    pub(super) fn required_i32(&self, key: &str) -> Result<i32> {
        self.i32(key)?.ok_or_else(|| self.wrong(key, WHOLE))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| self.wrong(key, TEXT))
    }

    /// The same where it must be there.
    pub(super) fn required_text(&self, key: &str) -> Result<String> {
        self.text(key)?.ok_or_else(|| self.wrong(key, TEXT))
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong(key, "true or false"))
    }

    /// The elements of an array; none if it is missing.
    pub(super) fn array(&self, key: &str) -> Result<Vec<JsValue>> {
        let Some(value) = self.get(key)? else { return Ok(Vec::new()) };
        elements(&value).ok_or_else(|| self.wrong(key, "an array"))
    }

    /// Each object in an array; none if it is missing.
    pub(super) fn each<T>(
        &self,
        key: &str,
        known: &[&str],
        read: impl Fn(&Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let name = self.name(key);
        let elements = self.array(key)?.into_iter();
        elements.map(|value| read(&Self::new(value, name.clone(), &name, known)?)).collect()
    }
}

const WHOLE: &str = "a whole number";
const TEXT: &str = "a string";

/// The elements of an array; `None` if it is none or does not let itself be
/// read.
pub(super) fn elements(value: &JsValue) -> Option<Vec<JsValue>> {
    if !Array::is_array(value) {
        return None;
    }
    let length = Reflect::get(value, &"length".into()).ok()?.as_f64()?;
    (0..integer(length)?).map(|at| Reflect::get_u32(value, at).ok()).collect()
}

/// A number as JavaScript writes it: `Infinity`, not `inf`.
fn shown(number: f64) -> String {
    Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
