//! A write that is under way when the page ends may be lost: browsers abort the
//! transactions of a page that is gone, those that it has committed included. So
//! the last one is noted as a text in `sessionStorage`, which takes it at once,
//! and the next page of this tab writes it again.
//!
//! Each write repeats those before whose outcome is unknown, so the last one has
//! it all, apart from the row.

use std::rc::Rc;

use prost::{Message, bytes::Bytes};

use crate::protocol::messages::stored::{LastWrite, WrittenRecord};

use super::session::Write;

/// Writing a longer text would stop the page for too long.
const MAX_BYTES: usize = 2_000_000;

/// The key in a note of a page that ended before it got a session.
const UNCLAIMED: &str = "";

/// The text for what a page that has no session yet would write; `None` if it is too much.
pub fn note_unclaimed(work: &Rc<Write>) -> Option<String> {
    note(UNCLAIMED, std::slice::from_ref(work))
}

/// What a page has noted that had no session yet. It has its row.
pub fn read_unclaimed(text: &str) -> Option<Write> {
    read(text, UNCLAIMED).filter(|write| write.contents.is_some())
}

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
    let mut records = Vec::with_capacity(last.records.len());
    for (name, record) in &last.records {
        let record = record.as_ref().map(|bytes| Bytes::copy_from_slice(bytes));
        records.push(WrittenRecord { name: name.clone(), record });
    }
    let note = LastWrite {
        key: key.to_owned(),
        address: last.address.clone(),
        session_id: last.session_id,
        saved_at: last.saved_at,
        contents: contents.cloned(),
        records,
    };
    // A character for each byte: no browser needs more than that for it.
    Some(note.encode_to_vec().into_iter().map(char::from).collect())
}

/// What the previous page noted for this session. `None` if nothing, or if it does not
/// make sense. One of a version before, which was JSON, has no key.
pub fn read(text: &str, key: &str) -> Option<Write> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        bytes.push(u8::try_from(character).ok()?);
    }
    let note = LastWrite::decode(Bytes::from(bytes)).ok().filter(|note| note.key == key)?;
    let mut records = Vec::with_capacity(note.records.len());
    for WrittenRecord { name, record } in note.records {
        records.push((name, record.map(Vec::from)));
    }
    Some(Write {
        number: 0,
        address: note.address,
        session_id: note.session_id,
        saved_at: note.saved_at,
        contents: note.contents,
        records,
    })
}
