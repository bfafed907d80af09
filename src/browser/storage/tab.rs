//! What a tab remembers in `sessionStorage`, where a reload of it finds that.

use std::cell::RefCell;

use web_sys::{Storage, window};

use crate::keeping::keeper::TabMemory;

/// `None` in a worker, where there is none, and where it is blocked.
fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

fn remember(name: &str, value: Option<&str>) -> bool {
    storage().is_some_and(|storage| match value {
        Some(value) => storage.set_item(name, value).is_ok(),
        None => storage.remove_item(name).is_ok(),
    })
}

/// The items of one user of this page. None are read or written before it is known
/// whose they are.
#[derive(Default)]
pub(in crate::browser) struct TabStorage {
    user: RefCell<Option<String>>,
}

impl TabStorage {
    pub(in crate::browser) fn be_of(&self, user: Option<&str>) {
        *self.user.borrow_mut() = user.map(str::to_owned);
    }

    fn name(&self, what: &str, address: &str) -> Option<String> {
        let user = self.user.borrow();
        let user = user.as_ref()?;
        let space = if user.is_empty() { "" } else { " " };
        Some(format!("carta-resume:{what}:{address}{space}{user}"))
    }

    fn remembered(&self, what: &str, address: &str) -> Option<String> {
        remembered(&self.name(what, address)?)
    }

    /// `None` = to be forgotten. False if it cannot be remembered.
    fn remember(&self, what: &str, address: &str, value: Option<&str>) -> bool {
        self.name(what, address).is_none_or(|name| remember(&name, value))
    }

    /// What the keeper decides by.
    pub(in crate::browser) fn memory(&self, address: &str) -> TabMemory {
        let remembered = |what| self.remembered(what, address);
        TabMemory {
            key: remembered("tab"),
            rebuilding: remembered("rebuilding"),
            last_write: remembered("last"),
        }
    }

    // That it cannot be remembered is reported with the session id.

    /// The key of the tab's stored session.
    pub(in crate::browser) fn remember_key(&self, address: &str, key: &str) {
        self.remember("tab", address, Some(key));
    }

    /// The workspace of the archive from which its viewer is being rebuilt.
    pub(in crate::browser) fn remember_rebuilding(&self, address: &str, id: Option<&str>) {
        self.remember("rebuilding", address, id);
    }

    /// The last write.
    pub(in crate::browser) fn note_last_write(&self, address: &str, text: Option<&str>) {
        self.remember("last", address, text);
    }

    pub(super) fn session_id(&self, address: &str) -> Option<String> {
        self.remembered("session", address)
    }

    /// False if it cannot be remembered.
    pub(super) fn remember_session_id(&self, address: &str, session_id: Option<u32>) -> bool {
        let session_id = session_id.map(|session_id| session_id.to_string());
        self.remember("session", address, session_id.as_deref())
    }

    /// Nothing is remembered any more.
    pub(in crate::browser) fn forget(&self, address: &str) {
        for what in ["session", "tab", "rebuilding", "last"] {
            self.remember(what, address, None);
        }
    }
}
