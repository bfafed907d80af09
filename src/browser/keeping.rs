//! What outlives the page: the shell's side of the vault, which is loaded when
//! it is needed and writes to the browser's storage.

use crate::prelude::*;

use core::cell::{Cell, RefCell};

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};

use crate::core::{
    Code, Machine, Problem,
    keeper::Keeper,
    offer::{Aside, Kept, Reason},
    store::Store,
    tracking::{Damaged, Workspace},
};

use super::{
    error::from_problem,
    options::{KeepingOptions, UrlSource},
    promises::{Resolver, settle},
    shell::Shell,
    socket::bare_address,
    timer::Timer,
    values::{self, Out},
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
    fn write(
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
    fn set_aside(this: &Vault, why: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &Vault, address: &str, id: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &Vault) -> Result<Promise, JsValue>;
}

/// What one client keeps.
pub(super) struct Keeping {
    options: KeepingOptions,
    state: RefCell<State>,
    keeper: RefCell<Keeper>,
    timer: RefCell<Option<Timer>>,
    /// What is stored under this client's key is an earlier page's still, and
    /// the user is asked about it while the viewer is at work.
    unasked: Cell<bool>,
    /// Where that was stored.
    kept_key: RefCell<String>,
    /// Settles what [`Shell::restore_kept`] gave out.
    restoring: RefCell<Option<Resolver>>,
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
        let about = Out::new();
        about
            .text("address", bare)
            .text("user", &options.user)
            .number("maxCount", options.max_count)
            .number("maxAgeMs", options.max_age_ms)
            .number("maxBytes", options.max_bytes)
            .value("say", &say.into_js_value());
        let opened = self.weakly(|shell, vault| shell.opened_vault(Ok(vault)));
        let failed = self.weakly(|shell, message| shell.opened_vault(Err(message)));
        match load_vault(&about.js()) {
            Ok(vault) => settle(&vault, Closure::new(opened), Closure::new(failed)),
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

    /// Something may have changed that is to be written.
    pub(super) fn keep_changes(&self) {
        if self.keeping.vault().is_none() {
            return;
        }
        let has_changes = self.machine.borrow().tracker().workspace().has_changes();
        if has_changes && self.drop_in().is_some() {
            self.supersede_kept();
        }
        let mut keeper = self.keeping.keeper.borrow_mut();
        if has_changes {
            keeper.changed(self.monotonic());
        }
        let mut timer = self.keeping.timer.borrow_mut();
        let (Some(deadline), true) = (keeper.deadline(), timer.is_none()) else { return };
        let delay = deadline.saturating_sub(self.monotonic());
        let fire = self.weakly(|shell, _| {
            let fired = shell.keeping.timer.take();
            shell.flush();
            drop(fired);
        });
        *timer = Some(Timer::new(delay, fire));
    }

    /// Writes what has changed, at once.
    pub(super) fn flush(&self) {
        let Some(vault) = self.keeping.vault() else { return };
        self.keep_changes();
        let mut machine = self.machine.borrow_mut();
        let mut keeper = self.keeping.keeper.borrow_mut();
        let Some(batch) = keeper.take(machine.tracker_mut()) else { return };
        let (names, records) = (Array::new(), Array::new());
        for (name, record) in &batch.records {
            names.push(&name.into());
            records.push(&match record {
                Some(record) => Uint8Array::from(record.as_slice()).into(),
                None => JsValue::NULL,
            });
        }
        let workspace = machine.tracker().workspace();
        let written = vault.write(
            &self.bare_address(),
            machine.session_id(),
            values::whole(machine.saved_at(self.now())),
            batch.summary.then(|| values::offered_images(&workspace.offer_images())),
            batch.summary.then(|| values::offered_catalogs(&workspace.offer_catalogs())),
            &names,
            &records,
        );
        drop((machine, keeper));
        let number = batch.number;
        let done = self.weakly(move |shell, _: JsValue| {
            shell.keeping.keeper.borrow_mut().written(number);
        });
        let failed = self.weakly(|shell, message: JsValue| shell.write_failed(&message));
        match written {
            Ok(written) => settle(&written, Closure::new(done), Closure::new(failed)),
            Err(message) => self.write_failed(&message),
        }
    }

    fn write_failed(&self, message: &JsValue) {
        let now = self.monotonic();
        let is_news = self.keeping.keeper.borrow_mut().failed(now);
        if is_news && self.keeping.vault().is_some() {
            self.report_storage(&text(message), TRIED_AGAIN);
        }
        self.keep_changes();
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

    /// What an earlier page stored gives way to this one's work.
    fn supersede_kept(&self) {
        if self.keeping.take_unasked() {
            self.set_aside("superseded");
            self.start_over();
        }
    }

    /// A viewer was rebuilt from what an earlier page stored.
    pub(super) fn rebuilt(&self, whole: bool) {
        let key = self.keeping.kept_key.take();
        if let (true, Some(vault)) = (whole, self.keeping.vault()) {
            // What cannot be removed stays in the archive.
            if let Ok(removed) = vault.remove(&self.bare_address(), &key) {
                settle(&removed, Closure::new(|_| ()), Closure::new(|_| ()));
            }
        }
    }

    /// The stored session has nothing of the workspace yet.
    pub(super) fn start_over(&self) {
        let now = self.monotonic();
        let mut machine = self.machine.borrow_mut();
        self.keeping.keeper.borrow_mut().start_over(now, machine.tracker_mut());
        drop(machine);
        self.keep_changes();
    }

    /// The workspace goes to the archive as it is stored.
    pub(super) fn aside(&self, why: Aside) {
        self.set_aside(match why {
            Aside::Declined => "declined",
            Aside::Superseded => "superseded",
        });
    }

    fn set_aside(&self, why: &str) {
        if let Some(vault) = self.keeping.vault()
            && let Err(message) = vault.set_aside(why)
        {
            self.report_storage(&text(&message), "");
        }
    }

    /// The session id is written with the workspace too.
    pub(super) fn session_changed(&self) {
        if !self.machine.borrow().tracker().workspace().is_empty() {
            self.keeping.keeper.borrow_mut().summary_changed(self.monotonic());
        }
    }

    /// Asks whether to restore a workspace from the archive. Resolves with
    /// "declined", "part" or "whole".
    pub(super) fn restore_kept(&self, archived: &JsValue) -> Promise {
        let (promise, resolver) = Resolver::new();
        let Some(resolver) = resolver else { return promise };
        let Ok(kept) = kept(archived, Reason::Archive) else {
            resolver.reject(&from_problem(&storage_failed(ARCHIVED_DAMAGED, ""), None));
            return promise;
        };
        if let Err(problem) = self.machine.borrow_mut().restore(kept) {
            resolver.reject(&from_problem(&problem, None));
            return promise;
        }
        // One that is still asked about gives way.
        if let Some(earlier) = self.keeping.restoring.replace(Some(resolver)) {
            earlier.resolve(&"declined".into());
        }
        self.with(|_| ());
        promise
    }

    pub(super) fn restore_ended(&self, outcome: Result<&'static str, &Problem>) {
        let Some(resolver) = self.keeping.restoring.take() else { return };
        match outcome {
            Ok(outcome) => resolver.resolve(&outcome.into()),
            Err(problem) => resolver.reject(&from_problem(problem, None)),
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
        bare_address(&self.address.borrow()).unwrap_or_default()
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

    fn report_storage(&self, message: &str, and_now: &str) {
        self.report(&storage_failed(message, and_now));
    }
}

const WITHOUT: &str = " Work goes on, but is not kept for a reloaded page.";
const SET_ASIDE: &str = " It is set aside, and a new session is begun.";
const TRIED_AGAIN: &str = " Work goes on, and storing it is tried again.";
const ARCHIVED_DAMAGED: &str = "This workspace is damaged and cannot be restored. Delete it.";

fn storage_failed(message: &str, and_now: &str) -> Problem {
    Problem::new(Code::StorageFailed, message.to_owned() + and_now)
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// Reads what the vault has of a session. All of it is hostile.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn kept(stored: &JsValue, reason: Reason) -> Result<Kept, Damaged> {
    let number = |name| get(stored, name).as_f64().unwrap_or_default();
    let list = get(stored, "records").dyn_into::<Array>().map_err(|_| Damaged)?;
    let mut records = Vec::with_capacity(list.length() as usize);
    for record in list {
        records.push(record.dyn_into::<Uint8Array>().map_err(|_| Damaged)?.to_vec());
    }
    Ok(Kept {
        reason,
        session_id: number("sessionId") as u32,
        saved_at: number("savedAt") as u64,
        workspace: Workspace::from_records(&records)?,
    })
}
