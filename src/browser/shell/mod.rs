//! Carries the machine's effects out.
//!
//! The machine is borrowed for one input or one effect at a time and let go
//! before anything of the viewer's is called, so that every callback may call
//! straight back in: what it causes is carried out after what is under way.

mod effects;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::client::{
    Now, Problem, Status,
    store::Store,
    timers::{Deadline, Timer},
};

use super::{
    answer::OpenOffer,
    clock::{Clock, seed},
    driver::{Input, Machine, Message},
    drop_in::DropIn,
    error::from_problem,
    events::Handlers,
    keeping::Keeping,
    options::{ClientOptions, UrlSource},
    page::{self, Listener, PageEvent},
    promises::{Deferred, call},
    socket::Sockets,
    storage::SessionIds,
    timer::{after, later},
    values,
    worker_timer::WorkerTimer,
};

/// One client in a browser.
pub(super) struct Shell {
    me: Weak<Self>,
    clock: Clock,
    pub(super) machine: RefCell<Machine>,
    pub(super) url: UrlSource,
    pub(super) confirm_resume: js_sys::Function,
    pub(super) drop_in: Option<DropIn>,
    pub(super) handlers: Handlers,
    pub(super) sockets: Sockets,
    /// The address of the newest attempt, without what may hold a token.
    pub(super) address: RefCell<String>,
    pub(super) store: RefCell<SessionIds>,
    pub(super) keeping: Keeping,
    timer: RefCell<Option<(u64, Timeout)>>,
    /// While the page is hidden.
    worker_timer: WorkerTimer,
    is_hidden: Cell<bool>,
    listeners: RefCell<Vec<Listener>>,
    connecting: RefCell<Vec<Deferred>>,
    requests: RefCell<Vec<(u32, Request)>>,
    pub(super) offer: RefCell<Option<OpenOffer>>,
    /// The newest status and its object, and the object that was told last.
    status: RefCell<(Status, JsValue)>,
    told: RefCell<JsValue>,
    /// Held while effects are carried out: one after another, in order.
    carrying_out: RefCell<()>,
}

/// A request that waits for its answer.
pub(super) struct Request {
    pub(super) answer: Deferred,
    pub(super) _abort: Option<Listener>,
}

impl Shell {
    pub(super) fn new(options: ClientOptions) -> Rc<Self> {
        let clock = Clock::new();
        let machine = Machine::new(options.core, options.carta, seed(), clock.now());
        let shell = Rc::new_cyclic(|me: &Weak<Self>| Self {
            me: me.clone(),
            status: RefCell::new((machine.status().clone(), values::status(machine.status()))),
            told: RefCell::default(),
            clock,
            machine: RefCell::new(machine),
            url: options.url,
            confirm_resume: options.confirm_resume,
            handlers: Handlers::default(),
            sockets: Sockets::default(),
            address: RefCell::default(),
            store: RefCell::new(SessionIds::default()),
            keeping: Keeping::new(options.keeping, options.drop_in.as_ref()),
            drop_in: options.drop_in,
            timer: RefCell::default(),
            worker_timer: WorkerTimer::default(),
            is_hidden: Cell::new(page::is_hidden()),
            listeners: RefCell::default(),
            connecting: RefCell::default(),
            requests: RefCell::default(),
            offer: RefCell::default(),
            carrying_out: RefCell::default(),
        });
        if shell.is_hidden.get() {
            shell.input(Input::Hidden);
        }
        let handle = shell.weakly(Self::page_event);
        *shell.listeners.borrow_mut() = page::listen(handle);
        shell
    }

    /// A function that does something with the shell while that lives.
    pub(super) fn weakly<T>(
        &self,
        act: impl Fn(&Self, T) + Clone + 'static,
    ) -> impl Fn(T) + Clone + 'static {
        let me = self.me.clone();
        move |value| {
            if let Some(shell) = me.upgrade() {
                act(&shell, value);
            }
        }
    }

    /// The same for a task that has to be finished: a shell that is freed meanwhile lives
    /// until then.
    pub(super) fn living(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    /// As [`weakly`](Self::weakly), for once.
    pub(super) fn weakly_once<T>(
        &self,
        act: impl FnOnce(&Self, T) + 'static,
    ) -> impl FnOnce(T) + 'static {
        let me = self.me.clone();
        move |value| {
            if let Some(shell) = me.upgrade() {
                act(&shell, value);
            }
        }
    }

    pub(super) fn now(&self) -> Now {
        self.clock.now()
    }

    pub(super) fn monotonic(&self) -> u64 {
        self.clock.monotonic()
    }

    /// The same object until something in it changes.
    pub(super) fn status(&self) -> JsValue {
        let machine = self.machine.borrow();
        let mut status = self.status.borrow_mut();
        if status.0 != *machine.status() {
            *status = (machine.status().clone(), values::status(machine.status()));
        }
        status.1.clone()
    }

    /// Does something with the machine, then what the machine wants done.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Machine) -> T) -> T {
        let result = act(&mut self.machine.borrow_mut());
        self.carry_out();
        result
    }

    pub(super) fn input(&self, input: Input) {
        let now = self.now();
        self.with(|machine| machine.handle(now, input));
    }

    fn page_event(&self, event: PageEvent) {
        // What came in before this says nothing about the time after it.
        self.note_heard();
        match event {
            PageEvent::Online => self.input(Input::Online),
            PageEvent::Offline => self.input(Input::Offline),
            PageEvent::Visible => {
                self.is_hidden.set(false);
                self.worker_timer.stop();
                self.input(Input::Visible);
            }
            PageEvent::Hidden => {
                self.is_hidden.set(true);
                self.input(Input::Hidden);
            }
            PageEvent::Suspended => self.input(Input::Suspended),
            PageEvent::Awake => self.input(Input::Awake),
            PageEvent::Left => {}
        }
        // It may be the last that the page does.
        if matches!(event, PageEvent::Hidden | PageEvent::Suspended | PageEvent::Left) {
            self.flush();
        }
    }

    /// Something is being carried out, and what is sent meanwhile follows it.
    pub(super) fn is_carrying_out(&self) -> bool {
        self.carrying_out.try_borrow().is_err()
    }

    fn carry_out(&self) {
        let Ok(turn) = self.carrying_out.try_borrow_mut() else { return };
        loop {
            // The borrow ends here, before the effect is carried out.
            let effect = self.machine.borrow_mut().poll_effect();
            match effect {
                Some(effect) => self.perform(effect),
                None => break,
            }
        }
        drop(turn);
        self.keep_changes();
        if self.machine.borrow().is_closed() {
            self.let_go();
        } else {
            self.arm();
        }
    }

    pub(super) fn connect(&self) -> Promise {
        let connected = Deferred::new();
        self.connecting.borrow_mut().push(connected.clone());
        self.input(Input::Connect);
        if self.machine.borrow().is_closed() {
            self.connect_failed(&Problem::closed());
        }
        connected.promise
    }

    fn connect_failed(&self, problem: &Problem) {
        for connecting in self.connecting.take() {
            call(&connecting.reject, &from_problem(problem, None));
        }
    }

    pub(super) fn await_answer(&self, request_id: u32, request: Request) {
        self.requests.borrow_mut().push((request_id, request));
    }

    pub(super) fn is_awaited(&self, request_id: u32) -> bool {
        self.requests.borrow().iter().any(|(id, _)| *id == request_id)
    }

    pub(super) fn take_request(&self, request_id: u32) -> Option<Request> {
        let mut requests = self.requests.borrow_mut();
        let at = requests.iter().position(|(id, _)| *id == request_id)?;
        Some(requests.swap_remove(at).1)
    }

    fn fulfil(&self, request_id: u32, message: Message) {
        if let Some(request) = self.take_request(request_id) {
            call(&request.answer.resolve, &message.into_answer());
        }
    }

    /// A function of the viewer's has failed. The machine hears it in a task of
    /// its own: a handler that tries again at once must not stop the page.
    pub(super) fn input_later(&self, input: Input) {
        let say = self.weakly(Self::input);
        later(move || say(input));
    }

    /// One timer for all deadlines. One that fires early is cheaper than
    /// setting it again for every frame.
    fn arm(&self) {
        let Some(Deadline { timer: next, at: deadline }) = self.machine.borrow().next_deadline()
        else {
            return;
        };
        if self.is_hidden.get() && next == Timer::Ping {
            let fire = self.weakly(|shell, ()| {
                shell.worker_timer.rang();
                shell.time_is_up();
            });
            let refused = self.weakly(|shell, ()| shell.worker_timer.refuse());
            let delay = deadline.saturating_sub(self.monotonic());
            self.worker_timer.set(deadline, delay, move || fire(()), move || refused(()));
        }
        let mut timer = self.timer.borrow_mut();
        if timer.as_ref().is_some_and(|(at, _)| *at <= deadline) {
            return;
        }
        let delay = deadline.saturating_sub(self.monotonic());
        let fire = self.weakly(|shell, ()| {
            shell.timer.take();
            shell.time_is_up();
        });
        *timer = Some((deadline, after(delay, move || fire(()))));
    }

    fn time_is_up(&self) {
        self.note_heard();
        self.input(Input::Timeout);
    }

    /// Closed: drops all references between this, the browser and the viewer.
    fn let_go(&self) {
        self.end_keeping();
        self.store.borrow_mut().release();
        self.handlers.clear();
        self.listeners.take();
        self.timer.take();
        self.worker_timer.stop();
    }
}
