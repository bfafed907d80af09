//! What a tab remembers in `sessionStorage`, where a reload of it finds that.

use web_sys::{Storage, window};

use crate::keeping::keeper::TabMemory;

/// `None` in a worker, where there is none, and where it is blocked.
fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// `None` = to be forgotten. False if it cannot be remembered.
fn remember(name: &str, value: Option<&str>) -> bool {
    storage().is_some_and(|storage| match value {
        Some(value) => storage.set_item(name, value).is_ok(),
        None => storage.remove_item(name).is_ok(),
    })
}

/// The items of one user of this page.
pub(in crate::browser) struct TabStorage {
    /// What their names end with.
    suffix: String,
}

impl TabStorage {
    pub(in crate::browser) fn new(user: &str) -> Self {
        Self { suffix: if user.is_empty() { String::new() } else { format!(" {user}") } }
    }

    fn name(&self, what: &str, address: &str) -> String {
        format!("carta-resume:{what}:{address}{}", self.suffix)
    }

    /// What the keeper decides by.
    pub(in crate::browser) fn memory(&self, address: &str) -> TabMemory {
        let remembered = |what| remembered(&self.name(what, address));
        TabMemory {
            key: remembered("tab"),
            rebuilding: remembered("rebuilding"),
            last_write: remembered("last"),
        }
    }

    // What cannot be remembered is told with the session id.

    /// The key of the tab's stored session.
    pub(in crate::browser) fn remember_key(&self, address: &str, key: &str) {
        remember(&self.name("tab", address), Some(key));
    }

    /// The workspace of the archive from which its viewer is being rebuilt.
    pub(in crate::browser) fn remember_rebuilding(&self, address: &str, id: Option<&str>) {
        remember(&self.name("rebuilding", address), id);
    }

    /// The last write.
    pub(in crate::browser) fn note_last_write(&self, address: &str, text: Option<&str>) {
        remember(&self.name("last", address), text);
    }

    pub(super) fn session_id(&self, address: &str) -> Option<String> {
        remembered(&self.name("session", address))
    }

    /// False if it cannot be remembered.
    pub(super) fn remember_session_id(&self, address: &str, session_id: Option<u32>) -> bool {
        let session_id = session_id.map(|session_id| session_id.to_string());
        remember(&self.name("session", address), session_id.as_deref())
    }

    /// Nothing is remembered any more.
    pub(in crate::browser) fn forget(&self, address: &str) {
        for what in ["session", "tab", "rebuilding", "last"] {
            remember(&self.name(what, address), None);
        }
    }
}
