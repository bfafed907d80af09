//! What outlives the page: turns what happens into inputs of the keeper, and
//! carries out what it wants.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::{Interval, Timeout};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::{
    client::store::Store as _,
    keeping::{
        archive::Bounds,
        fault::Fault,
        keeper::{Effect, Input, Keeper, LoadTo, Viewer},
    },
};

use super::{
    archive::Requests,
    driver::Machine,
    drop_in::DropIn,
    options::{KeepingOptions, UrlSource},
    page::{Listener, is_persisted},
    promises::{Deferred, call, spawn},
    shell::Shell,
    socket::bare_address,
    storage::{Channel, Closing, Event, Store, TabStorage, Turn},
};

/// What one client keeps.
pub(super) struct Keeping {
    pub(super) options: KeepingOptions,
    pub(super) keeper: RefCell<Keeper>,
    pub(super) tab: TabStorage,
    /// From the opening on, for as long as something may be asked of it.
    pub(super) store: RefCell<Option<Rc<Store>>>,
    /// The attempt to connect that waits for the storage: its number, and the
    /// address.
    waiting: RefCell<Option<(u32, String)>>,
    pub(super) requests: Requests,
    ending: RefCell<Vec<Deferred>>,
    pub(super) timer: RefCell<Option<(u64, Timeout)>>,
    /// On which other tabs ask for what this client has.
    pub(super) channel: RefCell<Option<Channel>>,
    /// Under which address.
    opened_at: RefCell<String>,
    /// While the storage opens.
    turn: RefCell<Option<Turn>>,
    seconds: RefCell<Option<Interval>>,
    listeners: RefCell<Vec<Listener>>,
    draining: Cell<bool>,
}

impl Keeping {
    pub(super) fn new(options: KeepingOptions, drop_in: Option<&DropIn>) -> Self {
        let viewer = drop_in
            .map_or(Viewer::OfClient, |drop_in| Viewer::OfSocket { rebuilds: drop_in.rebuilds });
        Self {
            keeper: RefCell::new(Keeper::new(viewer, options.durable)),
            tab: TabStorage::default(),
            options,
            store: RefCell::default(),
            waiting: RefCell::default(),
            requests: Requests::default(),
            ending: RefCell::default(),
            timer: RefCell::default(),
            channel: RefCell::default(),
            opened_at: RefCell::default(),
            turn: RefCell::default(),
            seconds: RefCell::default(),
            listeners: RefCell::default(),
            draining: Cell::default(),
        }
    }

    fn bounds(&self) -> Bounds {
        let KeepingOptions { max_count, max_age_ms, max_bytes, .. } = self.options;
        Bounds { max_count, max_age: max_age_ms, max_bytes }
    }

    /// The store, unless there is none.
    pub(super) fn store(&self) -> Result<Rc<Store>, Fault> {
        self.store.borrow().clone().ok_or(Fault::Failed)
    }
}

impl Shell {
    /// Tells the keeper, and does what it wants done.
    pub(super) fn keep(&self, input: Input) {
        self.keeping.keeper.borrow_mut().handle(self.now(), input);
        self.drain_keeper();
    }

    pub(super) fn drain_keeper(&self) {
        if self.keeping.draining.replace(true) {
            return;
        }
        loop {
            // The borrow ends here, before the effect is carried out.
            let effect = self.keeping.keeper.borrow_mut().poll_effect();
            match effect {
                Some(effect) => self.carry_out_storage(effect),
                None => break,
            }
        }
        self.keeping.draining.set(false);
        self.arm_keeper();
    }

    fn carry_out_storage(&self, effect: Effect) {
        let keeping = &self.keeping;
        let tab = &keeping.tab;
        let address = keeping.opened_at.borrow().clone();
        match effect {
            Effect::Open => self.open_store(self.bare_address()),
            Effect::Claim { address, key } => {
                let claim = |store: Rc<Store>| async move { store.claim(&address, key).await };
                self.with_store(Input::Claimed, claim);
            }
            Effect::WriteAgain(write) => {
                self.with_store(Input::WrittenAgain, |store| store.write(write));
            }
            Effect::LoadUnfinished { id } => {
                self.with_store(Input::UnfinishedLoaded, move |store| {
                    let loading = store.load(&id, LoadTo::Restore);
                    async move { Ok(loading.await?.map(|(_, stored)| stored)) }
                });
            }
            Effect::Adopt(kept) => {
                let taken = self.machine.borrow_mut().adopt(kept);
                self.keep(Input::Adopted(taken));
            }
            Effect::OfferForRebuilding(kept) => {
                let taken = self.with(|machine| machine.offer_for_rebuilding(kept));
                self.keep(Input::Adopted(taken));
            }
            Effect::Ready => {
                self.end_turn_if_ready();
                let waiting = keeping.waiting.take();
                if let Some((generation, address)) = waiting {
                    self.open_at(generation, &address);
                }
                self.keep_changes();
            }
            Effect::Write(write) => {
                let number = write.number;
                let told = move |outcome| Input::Written { number, outcome };
                self.with_store(told, |store| store.write(write));
            }
            Effect::Archive(why) => self.begin_session(|store| store.archive(why)),
            Effect::MarkDamaged => self.begin_session(Store::mark_damaged),
            Effect::RememberKey(key) => {
                tab.remember_key(&address, &key);
                self.answer_tabs(&key);
            }
            Effect::RememberRebuilding(id) => tab.remember_rebuilding(&address, id.as_deref()),
            Effect::NoteLastWrite(text) => tab.note_last_write(&address, Some(&text)),
            Effect::NoteUnclaimed(text) => {
                if tab.memory(&address).last_write.is_none() {
                    tab.note_last_write(&address, Some(&text));
                }
            }
            Effect::ForgetLastWrite => tab.note_last_write(&address, None),
            Effect::DisownSessionId => {
                self.store.borrow_mut().disown(&self.bare_address());
                self.with(Machine::disown_session_id);
            }
            Effect::Suspend => {
                keeping.channel.take();
                if let Ok(store) = keeping.store() {
                    store.suspend();
                }
            }
            Effect::Wake => {
                let key = keeping.keeper.borrow().key().map(str::to_owned);
                if let Some(key) = key {
                    self.answer_tabs(&key);
                }
                self.with_store(Input::Woken, |store: Rc<Store>| async move { store.wake().await });
            }
            Effect::List { request, is_empty } => self.list(request, is_empty),
            Effect::Load { request, id, to } => {
                let wanted = id.clone();
                let told = move |outcome| Input::Loaded { request, id, to, outcome };
                self.with_store(told, move |store| store.load(&wanted, to));
            }
            Effect::Restore { request, id, kept } => self.restore(request, id, kept),
            Effect::RestoreAgreed { request, id, kept, answer } => {
                self.restore_agreed(request, id, kept, answer);
            }
            Effect::FindOthers { address } => self.find_others(address),
            Effect::AskTab { key, after } => self.ask_tab(key, after),
            Effect::TakeOver { key } => self.take_over_from(key),
            Effect::Moved => self.with(Machine::moved),
            Effect::Remove { purpose, what } => {
                let told = move |outcome| Input::Removed { purpose, outcome };
                self.with_store(told, move |store| store.remove(what));
            }
            Effect::Import { request, write } => self.import(request, write),
            Effect::Export { request, file } => self.exported(request, &file),
            Effect::Settle { request, outcome } => keeping.requests.settle(request, &outcome),
            Effect::Report(problem) => self.report(&problem),
            Effect::Close => self.close_store(),
            Effect::Forget { address } => self.forget_stored(address),
            Effect::Ended => {
                for ended in keeping.ending.take() {
                    call(&ended.resolve, &JsValue::UNDEFINED);
                }
            }
        }
    }

    /// Whether a socket can be opened now. If not, it is opened as soon as the stored
    /// session that this client continues is known.
    pub(super) fn is_ready(&self, generation: u32, address: &str, bare: &str) -> bool {
        *self.keeping.waiting.borrow_mut() = Some((generation, address.to_owned()));
        self.keep(Input::AddressKnown { address: bare.to_owned() });
        let is_ready = self.keeping.keeper.borrow().is_ready();
        if is_ready {
            self.keeping.waiting.take();
        }
        is_ready
    }

    /// Begins something with the store before this returns, and tells the keeper
    /// the outcome. The client lives until then.
    pub(super) fn with_store<T: 'static, W: Future<Output = Result<T, Fault>> + 'static>(
        &self,
        told: impl FnOnce(Result<T, Fault>) -> Input + 'static,
        work: impl FnOnce(Rc<Store>) -> W,
    ) {
        let Some(shell) = self.living() else { return };
        match self.keeping.store().map(work) {
            Ok(work) => spawn(async move {
                let outcome = work.await;
                shell.keep(told(outcome));
            }),
            Err(fault) => self.keep(told(Err(fault))),
        }
    }

    fn begin_session(&self, begin: impl FnOnce(&Rc<Store>) -> String) {
        if let Ok(store) = self.keeping.store() {
            self.keep(Input::KeyChanged(begin(&store)));
        }
    }

    fn open_store(&self, address: String) {
        let keeping = &self.keeping;
        let tell = self.weakly(|shell, event| {
            shell.keep(match event {
                Event::KeyChanged(key) => Input::KeyChanged(key),
                Event::Lost(fault) => Input::Lost(fault),
            });
        });
        let user = keeping.keeper.borrow().user().unwrap_or_default().to_owned();
        let store = Store::new(&user, keeping.bounds(), tell);
        keeping.store.replace(Some(store.clone()));
        keeping.opened_at.replace(address);
        self.listen_to_page();
        let turn = Turn::next();
        let begins = self.weakly_once(Self::begin_turn);
        let opened = self.weakly_once(|shell, opened: Result<(), Fault>| {
            let memory =
                opened.map(|()| shell.keeping.tab.memory(&shell.keeping.opened_at.borrow()));
            shell.keep(Input::Opened(memory));
            shell.end_turn_if_ready();
        });
        spawn(async move {
            begins(turn.await);
            Closing::all().await;
            opened(store.open().await);
        });
    }

    fn begin_turn(&self, turn: Turn) {
        let second = self.weakly(|shell, ()| shell.keep(Input::SecondPassed));
        self.keeping.seconds.replace(Some(Interval::new(1_000, move || second(()))));
        self.keeping.turn.replace(Some(turn));
        self.end_turn_if_ready();
    }

    /// The next client's turn comes once it is known which session this one has.
    fn end_turn_if_ready(&self) {
        if self.keeping.keeper.borrow().is_ready() {
            self.keeping.seconds.take();
            self.keeping.turn.take();
        }
    }

    fn close_store(&self) {
        let Some(shell) = self.living() else { return };
        self.end_turn_if_ready();
        let Some(store) = self.keeping.store.take() else { return self.keep(Input::Released) };
        let closing = Closing::begin();
        let released = store.release();
        spawn(async move {
            released.await;
            shell.keep(Input::Released);
            drop(closing);
        });
    }

    fn forget_stored(&self, address: String) {
        let Some(shell) = self.living() else { return };
        let known = self.keeping.keeper.borrow().user().map(str::to_owned);
        let fixed = || self.keeping.options.user.fixed().map(str::to_owned);
        let Some(user) = known.or_else(fixed) else { return self.keep(Input::Forgotten) };
        self.keeping.tab.be_of(Some(&user));
        self.keeping.tab.forget(&address);
        let bounds = Bounds { max_count: 0.0, max_age: f64::INFINITY, max_bytes: 0.0 };
        let store = Store::new(&user, bounds, |_| ());
        let closing = Closing::begin();
        spawn(async move {
            // Storage that fails keeps nothing from ending.
            if store.open().await.is_ok() {
                let _ = store.forget(&address).await;
            }
            store.release().await;
            shell.keep(Input::Forgotten);
            drop(closing);
        });
    }

    /// After the client's own listeners, so that its last write is under way.
    fn listen_to_page(&self) {
        let global = js_sys::global();
        let Some(target) = global.dyn_ref::<EventTarget>() else { return };
        let left = self.weakly(|shell, may_come_back| {
            shell.keep(Input::PageLeft { may_come_back });
        });
        let came_back = self.weakly(|shell, ()| shell.keep(Input::PageCameBack));
        self.keeping.listeners.replace(vec![
            Listener::new(target, "pagehide", move |event| left(is_persisted(&event))),
            Listener::new(target, "pageshow", move |event| {
                if is_persisted(&event) {
                    came_back(());
                }
            }),
        ]);
    }

    /// The client is closed: writes what is left.
    pub(super) fn end_keeping(&self) {
        self.flush();
        self.keeping.timer.take();
        self.keeping.channel.take();
        self.keeping.listeners.take();
        self.keep(Input::Close { forget: None });
    }

    /// Resolves when everything is written after a close, or forgotten.
    pub(super) fn ended(&self, forget: bool) -> Promise {
        let ended = Deferred::new();
        self.keeping.ending.borrow_mut().push(ended.clone());
        self.keep(Input::Close { forget: forget.then(|| self.stored_under()) });
        ended.promise
    }

    /// The address under which work is stored; "" before there is one.
    pub(super) fn bare_address(&self) -> String {
        self.address.borrow().clone()
    }

    /// The same, also before the first connection if it is given.
    fn stored_under(&self) -> String {
        let known = self.bare_address();
        match &self.url {
            UrlSource::Fixed(address) if known.is_empty() => {
                bare_address(address).unwrap_or_default()
            }
            UrlSource::Fixed(_) | UrlSource::Function(_) => known,
        }
    }
}
