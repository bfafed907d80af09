//! What outlives the page: the shell's side of the vault, which is loaded when
//! it is needed and writes to the browser's storage.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, prelude::*};

use crate::{
    client::{
        Code, Problem,
        offer::{Kept, Reason},
        store::Store,
    },
    keeping::writes::Keeper,
    workspace::{Damaged, Workspace},
};

use super::{
    driver::Machine,
    numbers::{integer, milliseconds},
    options::{KeepingOptions, UrlSource},
    promises::{Resolver, settle},
    shell::Shell,
    socket::bare_address,
    values::{set, to_js},
};

#[wasm_bindgen(module = "/src/npm/load-storage.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = loadVault)]
    fn load_vault(options: &JsValue) -> Result<Promise, JsValue>;

    /// See `src/npm/vault.js`.
    #[derive(Clone)]
    pub(super) type Vault;

    #[wasm_bindgen(method, getter)]
    fn claim(this: &Vault) -> JsValue;

    #[wasm_bindgen(method, catch)]
    pub(super) fn write(
        this: &Vault,
        address: &str,
        session_id: u32,
        saved_at: f64,
        images: Option<Array>,
        catalogs: Option<Array>,
        names: &Array,
        records: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAside)]
    pub(super) fn set_aside(this: &Vault, why: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = noteRebuilding)]
    pub(super) fn note_rebuilding(this: &Vault, id: Option<&str>);

    #[wasm_bindgen(method, catch)]
    pub(super) fn remove(this: &Vault, address: &str, id: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &Vault) -> Result<Promise, JsValue>;
}

/// What the vault is opened with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    address: &'a str,
    user: &'a str,
    max_count: f64,
    max_age_ms: f64,
    max_bytes: f64,
}

/// What one client keeps.
pub(super) struct Keeping {
    options: KeepingOptions,
    state: RefCell<State>,
    pub(super) keeper: RefCell<Keeper>,
    pub(super) timer: RefCell<Option<Timeout>>,
    /// What is stored under this client's key is an earlier page's still, and
    /// the user is asked about it while the viewer is at work.
    unasked: Cell<bool>,
    /// Where that was stored.
    pub(super) kept_key: RefCell<String>,
    /// Settles what [`Shell::restore_kept`] gave out.
    pub(super) restoring: RefCell<Option<Resolver>>,
    ended: RefCell<Option<Promise>>,
}

enum State {
    Unopened,
    /// With the attempt that waits for it.
    Opening(u32, String),
    Open(Vault),
    /// In memory only, by choice or because storage failed.
    Without,
}

impl Keeping {
    pub(super) fn new(options: KeepingOptions) -> Self {
        let state = if options.durable { State::Unopened } else { State::Without };
        Self {
            options,
            state: RefCell::new(state),
            keeper: RefCell::default(),
            timer: RefCell::default(),
            unasked: Cell::default(),
            kept_key: RefCell::default(),
            restoring: RefCell::default(),
            ended: RefCell::default(),
        }
    }

    pub(super) fn user(&self) -> &str {
        &self.options.user
    }

    pub(super) const fn take_unasked(&self) -> bool {
        self.unasked.replace(false)
    }

    pub(super) fn vault(&self) -> Option<Vault> {
        match &*self.state.borrow() {
            State::Open(vault) => Some(vault.clone()),
            _ => None,
        }
    }
}

impl Shell {
    /// Whether a socket can be opened now. If not, it is opened as soon as it
    /// is known which stored session this client goes on with.
    pub(super) fn is_ready(&self, generation: u32, address: &str, bare: &str) -> bool {
        let mut state = self.keeping.state.borrow_mut();
        match &mut *state {
            State::Open(_) | State::Without => return true,
            State::Opening(..) => {
                *state = State::Opening(generation, address.to_owned());
                return false;
            }
            State::Unopened => {}
        }
        drop(state);
        self.open_vault(bare);
        *self.keeping.state.borrow_mut() = State::Opening(generation, address.to_owned());
        false
    }

    /// Begins to look for the stored session that this client goes on with.
    pub(super) fn open_vault(&self, bare: &str) {
        if !matches!(&*self.keeping.state.borrow(), State::Unopened) {
            return;
        }
        // Of an attempt that there never is.
        *self.keeping.state.borrow_mut() = State::Opening(0, String::new());
        let say = self.weakly(|shell, (what, message): (JsValue, JsValue)| {
            shell.vault_said(&what, &message);
        });
        let say = Closure::<dyn FnMut(JsValue, JsValue)>::new(move |what, message| {
            say((what, message));
        });
        let options = &self.keeping.options;
        let about = to_js(&About {
            address: bare,
            user: &options.user,
            max_count: options.max_count,
            max_age_ms: options.max_age_ms,
            max_bytes: options.max_bytes,
        });
        set(&about, "say", &say.into_js_value());
        let opened = self.weakly(|shell, vault| shell.opened_vault(Ok(vault)));
        let failed = self.weakly(|shell, message| shell.opened_vault(Err(message)));
        match load_vault(&about) {
            Ok(vault) => settle(&vault, opened, failed),
            Err(message) => failed(message),
        }
    }

    fn opened_vault(&self, vault: Result<JsValue, JsValue>) {
        let vault = vault.map(JsValue::unchecked_into::<Vault>);
        if self.machine.borrow().is_closed() {
            if let Ok(vault) = vault {
                let _ = vault.close();
            }
            return;
        }
        let next = match &vault {
            Ok(vault) => State::Open(vault.clone()),
            Err(_) => State::Without,
        };
        let waiting = self.keeping.state.replace(next);
        match vault {
            Ok(vault) => self.take_up(&vault),
            Err(message) => self.report_storage(&text(&message), WITHOUT),
        }
        if let (State::Opening(generation, address), None) = (waiting, self.drop_in()) {
            self.open_at(generation, &address);
        }
    }

    /// Goes on with the stored session that is this client's.
    fn take_up(&self, vault: &Vault) {
        let claim = vault.claim();
        let reason = match text(&get(&claim, "reason")).as_str() {
            "page-reloaded" => Some(Reason::PageReloaded),
            "tab-closed" => Some(Reason::TabClosed),
            _ => None,
        };
        if self.drop_in().is_none() && !get(&claim, "isOwn").is_truthy() {
            let address = self.bare_address();
            self.store.borrow_mut().disown(&address);
        }
        let Some(reason) = reason else { return };
        let Ok(kept) = kept(&claim, reason) else {
            self.set_aside("damaged");
            self.report_storage("What was stored of your last session is damaged.", SET_ASIDE);
            return;
        };
        if let Some(drop_in) = self.drop_in() {
            self.keeping.unasked.set(true);
            *self.keeping.kept_key.borrow_mut() = text(&get(&claim, "key"));
            let rebuilds = drop_in.rebuilds;
            if !self.with(|machine| rebuilds && machine.keep_for_rebuilding(kept)) {
                self.supersede_kept();
            }
            return;
        }
        if !self.machine.borrow_mut().adopt(kept) {
            self.set_aside("superseded");
            self.start_over();
        }
    }

    /// Later trouble with the storage.
    fn vault_said(&self, what: &JsValue, message: &JsValue) {
        let message = text(message);
        match text(what).as_str() {
            "rewrite" => {
                self.report_storage(&message, "");
                self.start_over();
            }
            "moved" => {
                let address = self.bare_address();
                self.store.borrow_mut().disown(&address);
                self.with(Machine::disown_session_id);
                self.start_over();
            }
            "end" => {
                self.keeping.state.replace(State::Without);
                self.report_storage(&message, WITHOUT);
            }
            _ => self.report_storage(&message, ""),
        }
    }

    /// The client is closed: writes what is left.
    pub(super) fn end_keeping(&self) {
        self.flush();
        self.keeping.timer.take();
        if let State::Open(vault) = self.keeping.state.replace(State::Without) {
            *self.keeping.ended.borrow_mut() = vault.close().ok();
        }
    }

    /// Resolves when everything is written after a close.
    pub(super) fn ended(&self) -> Promise {
        let ended = self.keeping.ended.borrow().clone();
        ended.unwrap_or_else(|| Promise::resolve(&JsValue::UNDEFINED))
    }

    /// The address under which is stored; "" before there is one.
    pub(super) fn bare_address(&self) -> String {
        self.address.borrow().clone()
    }

    /// The same, also before the first connection if it is given.
    pub(super) fn stored_under(&self) -> String {
        let known = self.bare_address();
        match &self.url {
            UrlSource::Fixed(address) if known.is_empty() => {
                bare_address(address).unwrap_or_default()
            }
            _ => known,
        }
    }

    pub(super) fn report_storage(&self, message: &str, and_now: &str) {
        self.report(&storage_failed(message, and_now));
    }
}

const WITHOUT: &str = " Work goes on, but is not kept for a reloaded page.";
const SET_ASIDE: &str = " It is set aside, and a new session is begun.";
pub(super) const TRIED_AGAIN: &str = " Work goes on, and storing it is tried again.";

pub(super) fn storage_failed(message: &str, and_now: &str) -> Problem {
    Problem::new(Code::StorageFailed, message.to_owned() + and_now)
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

pub(super) fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// Reads what the vault has of a session. All of it is hostile.
pub(super) fn kept(stored: &JsValue, reason: Reason) -> Result<Kept, Damaged> {
    let number = |name| get(stored, name).as_f64().unwrap_or_default();
    let list = get(stored, "records").dyn_into::<Array>().map_err(|_| Damaged)?;
    let mut records = Vec::with_capacity(list.length() as usize);
    for record in list {
        records.push(record.dyn_into::<Uint8Array>().map_err(|_| Damaged)?.to_vec());
    }
    Ok(Kept {
        reason,
        session_id: integer(number("sessionId")).unwrap_or_default(),
        saved_at: milliseconds(number("savedAt")),
        workspace: Workspace::from_records(&records)?,
    })
}
