//! The sessions in the browser's database, as one client has them.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use web_sys::AbortController;

use crate::{
    browser::promises::{Deferred, call, spawn_fallible},
    keeping::{archive::Bounds, fault::Fault},
};

use super::{
    database::Connection,
    heartbeat::{Heartbeat, watch},
    locks::{Lock, LockManager},
    log::begin_new_log,
    values::unique,
};

/// The way to the database.
enum Link {
    Open(Rc<Connection>),
    /// Resolves with whether it is open.
    Opening(Promise),
    /// Closed by others; the next one who needs it opens it again.
    Lost,
    Ended(Fault),
}

/// The session that this client works with.
#[derive(Default)]
pub(super) struct Own {
    pub(super) key: String,
    /// As it was written last, or claimed.
    pub(super) row: Option<JsValue>,
    /// The row is known to be in the database.
    pub(super) stored: bool,
    /// Records may be there that the next write does not know of.
    pub(super) stale: bool,
    pub(super) lock: Option<Lock>,
    /// Until when the lease holds, where there are no locks.
    pub(super) until: f64,
}

impl Own {
    pub(super) fn new() -> Self {
        Self { key: unique(), ..Self::default() }
    }
}

/// What the client is told unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It goes on with a session of this key.
    KeyChanged(String),
    /// Something happened to the session or to the database.
    Lost(Fault),
}

/// The stored sessions of this browser. First [`open`](Self::open), then
/// [`claim`](Self::claim) the session to go on with; [`write`](Self::write),
/// [`archive`](Self::archive) and [`mark_damaged`](Self::mark_damaged) it;
/// [`suspend`](Self::suspend) and [`wake`](Self::wake) when the page is
/// suspended and comes back; [`release`](Self::release) in the end.
///
/// Methods that are not `async` begin before they return and give what ends
/// them.
pub struct Store {
    pub(super) user: String,
    pub(super) bounds: Bounds,
    tell: Box<dyn Fn(Event)>,
    /// `None`: leases instead.
    pub(super) locks: Option<LockManager>,
    /// This store's name in leases.
    pub(super) owner: String,
    link: RefCell<Link>,
    /// Writes that wait for the database.
    pub(super) waiting: Cell<u32>,
    pub(super) own: RefCell<Own>,
    pub(super) suspended: Cell<bool>,
    pub(super) ended: Cell<bool>,
    /// Ends the waiting for a lock, if there is one.
    pub(super) patience: RefCell<Option<AbortController>>,
    pub(super) heartbeat: RefCell<Option<Heartbeat>>,
    /// The last piece of work on the archive; they run one after another.
    pub(super) archiving: RefCell<Promise>,
}

impl Store {
    /// A store that is not open. `tell` is called with no borrow held.
    pub fn new(user: &str, bounds: Bounds, tell: impl Fn(Event) + 'static) -> Rc<Self> {
        Rc::new(Self {
            user: user.to_owned(),
            bounds,
            tell: Box::new(tell),
            locks: LockManager::here(),
            owner: unique(),
            link: RefCell::new(Link::Lost),
            waiting: Cell::new(0),
            own: RefCell::new(Own::new()),
            suspended: Cell::new(false),
            ended: Cell::new(false),
            patience: RefCell::new(None),
            heartbeat: RefCell::new(None),
            archiving: RefCell::new(Promise::resolve(&JsValue::UNDEFINED)),
        })
    }

    /// Opens the database.
    pub async fn open(self: &Rc<Self>) -> Result<(), Fault> {
        self.connect().await?;
        spawn_fallible(begin_new_log());
        if self.locks.is_none() {
            self.heartbeat.replace(Some(watch(self)));
        }
        Ok(())
    }

    /// The open database, if it is.
    pub(super) fn connected(&self) -> Option<Rc<Connection>> {
        match &*self.link.borrow() {
            Link::Open(connection) => Some(connection.clone()),
            Link::Opening(_) | Link::Lost | Link::Ended(_) => None,
        }
    }

    /// Opens the database unless it is open.
    pub(super) async fn connect(self: &Rc<Self>) -> Result<Rc<Connection>, Fault> {
        let opening = match &*self.link.borrow() {
            Link::Open(connection) => return Ok(connection.clone()),
            Link::Ended(fault) => return Err(*fault),
            Link::Opening(opening) => Some(opening.clone()),
            Link::Lost => None,
        };
        if let Some(opening) = opening {
            let _ = opening.await;
            return self.connected().ok_or(Fault::Blocked);
        }
        let opened = Deferred::new();
        self.link.replace(Link::Opening(opened.promise));
        let outcome = Connection::open(self).await;
        let outcome = if self.ended.get() { Err(Fault::Failed) } else { outcome.map(Rc::new) };
        self.link.replace(match &outcome {
            Ok(connection) => Link::Open(connection.clone()),
            Err(Fault::Newer) => Link::Ended(Fault::Newer),
            Err(fault) if self.ended.get() => Link::Ended(*fault),
            Err(_) => Link::Lost,
        });
        call(&opened.resolve, &JsValue::UNDEFINED);
        outcome
    }

    pub(super) fn own_key(&self) -> String {
        self.own.borrow().key.clone()
    }

    /// Ends the way to the database.
    pub(super) fn disconnect(&self) {
        self.link.replace(Link::Ended(Fault::Failed));
    }

    /// The database was closed by others.
    pub(super) fn disconnected(&self, fault: Fault) {
        if self.ended.get() || self.connected().is_none() {
            return;
        }
        let newer = fault == Fault::Newer;
        self.link.replace(if newer { Link::Ended(fault) } else { Link::Lost });
        {
            let mut own = self.own.borrow_mut();
            own.row = None;
            own.stored = false;
            own.stale = true;
        }
        self.tell(fault);
    }

    /// Tells the client that it goes on under a new key.
    pub(super) fn tell_key(&self, key: String) {
        if !self.ended.get() {
            (self.tell)(Event::KeyChanged(key));
        }
    }

    /// Tells the client of trouble. No borrow may be held.
    pub(super) fn tell(&self, fault: Fault) {
        if !self.ended.get() {
            (self.tell)(Event::Lost(fault));
        }
    }

    /// The row was deleted by others: what is left of the session goes, too,
    /// so that nobody finds a part of it.
    pub(super) fn vanished(&self) {
        {
            let mut own = self.own.borrow_mut();
            own.row = None;
            own.stored = false;
            own.stale = true;
            if let Some(connection) = self.connected()
                && let Ok(work) = connection.write()
            {
                let deleted = work.delete(&own.key);
                drop(work.ending(deleted));
            }
        }
        self.tell(Fault::Gone);
    }
}
