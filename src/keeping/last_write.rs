//! A write that is under way when the page ends may be lost: browsers abort the
//! transactions of a page that is gone, those that it has committed included. So
//! the last one is noted as a text in `sessionStorage`, which takes it at once,
//! and the next page of this tab writes it again.
//!
//! Each write repeats those before whose outcome is unknown, so the last one has
//! it all, apart from the row.

use std::rc::Rc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::workspace::{OfferCatalog, OfferImage};

use super::session::{Contents, Write};

/// Writing a longer text would stop the page for too long.
const MAX_BYTES: usize = 2_000_000;

#[derive(Serialize, Deserialize)]
struct Note {
    /// The session's key.
    key: String,
    what: What,
}

/// The address, the session id, the time, images, catalogs, names of records,
/// and the records in base64.
#[derive(Serialize, Deserialize)]
struct What(
    String,
    u32,
    u64,
    Option<Vec<OfferImage>>,
    Option<Vec<OfferCatalog>>,
    Vec<String>,
    Vec<Option<String>>,
);

/// The text for the writes under way, oldest first; `None` if there is nothing
/// to note or too much.
pub fn note(key: &str, under_way: &[Rc<Write>]) -> Option<String> {
    let last = under_way.last()?;
    let bytes = last.records.iter().filter_map(|(_, record)| record.as_ref()).map(Vec::len);
    if bytes.sum::<usize>() > MAX_BYTES {
        return None;
    }
    // The row may be in an earlier one only.
    let contents = under_way.iter().rev().find_map(|write| write.contents.as_ref());
    let (names, records) = last
        .records
        .iter()
        .map(|(name, record)| (name.clone(), record.as_ref().map(|bytes| STANDARD.encode(bytes))))
        .unzip();
    let what = What(
        last.address.clone(),
        last.session_id,
        last.saved_at,
        contents.map(|contents| contents.images.clone()),
        contents.map(|contents| contents.catalogs.clone()),
        names,
        records,
    );
    serde_json::to_string(&Note { key: key.to_owned(), what }).ok()
}

/// What the page before has noted for this session. `None` if nothing, or if it
/// does not make sense.
pub fn read(text: &str, key: &str) -> Option<Write> {
    let note: Note = serde_json::from_str(text).ok().filter(|note: &Note| note.key == key)?;
    let What(address, session_id, saved_at, images, catalogs, names, records) = note.what;
    if names.len() != records.len() {
        return None;
    }
    let record = |text: Option<String>| match text {
        Some(text) => STANDARD.decode(text).ok().map(Some),
        None => Some(None),
    };
    let records = names
        .into_iter()
        .zip(records)
        .map(|(name, text)| Some((name, record(text)?)))
        .collect::<Option<_>>()?;
    let contents = images.zip(catalogs).map(|(images, catalogs)| Contents { images, catalogs });
    Some(Write { number: 0, address, session_id, saved_at, contents, records })
}
