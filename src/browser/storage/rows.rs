//! Rows as they lie in the database.

use wasm_bindgen::JsValue;

use crate::keeping::{
    lease::Lease,
    row::{Row, State, is_key},
};

use super::values::{array, get, number, set, set_number, set_text, text};

/// What a row says, as far as it makes sense.
pub(super) fn parse(key: &JsValue, value: &JsValue) -> Row {
    let key = key.as_string().filter(|key| is_key(key)).unwrap_or_default();
    let known = || {
        let state = match text(value, "state")?.as_str() {
            "live" => State::Live,
            "archived" => State::Archived,
            "damaged" => State::Damaged,
            _ => return None,
        };
        Some(Row {
            key: key.clone(),
            address: text(value, "address")?,
            user: text(value, "user")?,
            state,
            saved_at: number(value, "savedAt")?,
            archived_at: number(value, "archivedAt")?,
            bytes: number(value, "bytes"),
            lease: lease(&get(value, "lease")),
            empty: array(value, "images").length() + array(value, "catalogs").length() == 0,
        })
    };
    let row = if key.is_empty() { None } else { known() };
    row.unwrap_or_else(|| Row::unreadable(key))
}

fn lease(value: &JsValue) -> Option<Lease> {
    Some(Lease { owner: text(value, "owner")?, until: number(value, "until")? })
}

/// Marks a row's owner.
pub(super) fn set_lease(row: &JsValue, owner: &str, until: f64) {
    let lease = js_sys::Object::new();
    set_text(&lease, "owner", owner);
    set_number(&lease, "until", until);
    set(row, "lease", &lease);
}

/// Marks a row as put away or set aside.
pub(super) fn set_state(row: &JsValue, state: State, why: Option<&str>, now: f64) {
    set_text(row, "state", state.name());
    set(row, "why", &why.map_or(JsValue::NULL, Into::into));
    set_number(row, "archivedAt", now);
    set(row, "bytes", &JsValue::NULL);
    set(row, "lease", &JsValue::NULL);
}
