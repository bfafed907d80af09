//! Rows as they lie in the database.

use js_sys::{Array, Object, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    browser::{
        numbers::{integer, milliseconds},
        values::{set, to_js},
    },
    client::offer::WhyArchived,
    keeping::{
        address::canonical,
        lease::Lease,
        row::{Row, State, is_key},
        session::{Contents, Stored, Write},
    },
    workspace::{OfferCatalog, OfferImage},
};

use super::{
    queries::Session,
    values::{array, get, number, set_number, set_text, text},
};

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
            address: canonical(&text(value, "address")?),
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

/// What is stored in a session. All of it is hostile.
pub(super) fn stored(session: &Session) -> Stored {
    let number = |name| number(&session.value, name).unwrap_or_default();
    let bytes = |record: JsValue| Some(record.dyn_ref::<Uint8Array>()?.to_vec());
    Stored {
        session_id: integer(number("sessionId")).unwrap_or_default(),
        saved_at: milliseconds(number("savedAt")),
        records: session.records.unchecked_ref::<Array>().iter().map(bytes).collect(),
    }
}

/// What a row has apart from its state.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contained<'a> {
    address: &'a str,
    user: &'a str,
    session_id: u32,
    saved_at: u64,
    images: &'a [OfferImage],
    catalogs: &'a [OfferCatalog],
}

/// The row of a session that a client works with.
pub(super) fn live(user: &str, write: &Write, contents: &Contents) -> JsValue {
    let row = to_js(&Contained {
        address: &write.address,
        user,
        session_id: write.session_id,
        saved_at: write.saved_at,
        images: &contents.images,
        catalogs: &contents.catalogs,
    });
    set_state(&row, State::Live, None, 0.0);
    row
}

/// In place of a row that cannot be read; its records stay until it is old.
pub(super) fn unreadable(now: f64) -> JsValue {
    let row = live("", &Write::default(), &Contents::default());
    set_state(&row, State::Damaged, None, now);
    row
}

// A row that was read keeps fields that only a later version knows.

/// Marks a row as archived, or as damaged if `why` is `None`.
pub(super) fn set_archived(row: &JsValue, why: Option<WhyArchived>, now: f64) {
    let state = if why.is_some() { State::Archived } else { State::Damaged };
    set_state(row, state, why, now);
}

fn set_state(row: &JsValue, state: State, why: Option<WhyArchived>, archived_at: f64) {
    set_text(row, "state", state.name());
    set(row, "why", &why.map_or(JsValue::NULL, |why| why.name().into()));
    set_number(row, "archivedAt", archived_at);
    set(row, "bytes", &JsValue::NULL);
    set(row, "lease", &JsValue::NULL);
}

/// Marks a row's owner.
pub(super) fn set_lease(row: &JsValue, owner: &str, until: f64) {
    let lease = Object::new();
    set_text(&lease, "owner", owner);
    set_number(&lease, "until", until);
    set(row, "lease", &lease);
}
