//! The stored session of one client, as a state machine without I/O.
//!
//! * [`Keeper::handle`] takes what has happened, with the time.
//! * [`Keeper::poll_effect`] gives what is to be done, in order. The same inputs
//!   give the same effects.
//! * [`Keeper::deadline`] and [`Keeper::flush`]: when what has changed is to be
//!   written, and writing it.
//! * [`Keeper::is_ready`] and [`Keeper::is_open`] tell where it stands.
//!
//! The order of a life: the address of the backend and the user become known, the database
//! opens, a stored session is claimed, what an earlier page left in it is
//! offered, changes are written, the client is closed. Whatever fails, the
//! client goes on in memory.

mod earlier;
mod effect;
mod ending;
mod input;
mod opening;
mod others;
mod requests;

use std::{collections::VecDeque, rc::Rc};

pub use effect::{Effect, LoadTo, Purpose, Removal};
pub use input::{Command, Input, TabMemory};

use crate::{
    client::{Answer, Now, offer::WhyArchived},
    tracking::Tracker,
};

use super::{
    fault::{Fault, GOES_ON_IN_MEMORY, TRIED_AGAIN},
    session::{Contents, Write},
    takeover::Others,
    user::User,
    writes::{Batch, Writes},
};
use earlier::Earlier;
use opening::Opening;

/// Which viewer the client works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// One that uses the client: it waits for the storage before it connects,
    /// and takes up what is stored.
    OfClient,
    /// One that speaks through a WebSocket of its own and starts empty, at once.
    OfSocket {
        /// It may be rebuilt from what is stored.
        rebuilds: bool,
    },
}

/// What a write is taken from.
#[derive(Debug)]
pub struct Source<'a> {
    /// The workspace, and what has changed in it.
    pub tracker: &'a mut Tracker,
    /// The session id, 0 = none.
    pub session_id: u32,
    /// When the workspace was last known to be the backend's state; epoch
    /// milliseconds.
    pub saved_at: u64,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Keeper {
    viewer: Viewer,
    state: State,
    /// The backend's address, without query, of the newest attempt.
    address: String,
    /// The user that the session belongs to: the first one that becomes known.
    user: Option<User>,
    /// The restore from the archive that waits for its end.
    restoring: Option<Restoring>,
    /// The user has agreed to it, and another tab is to hand it over.
    taking_over: Option<(Restoring, Answer)>,
    /// The client has been at work.
    is_working: bool,
    /// What the viewer wants from the archive before it is known whether there is one.
    commands: Vec<(u32, Command)>,
    effects: VecDeque<Effect>,
}

#[derive(Debug)]
enum State {
    /// Nothing has been asked of the storage.
    Unopened,
    /// Finding the stored session that the client continues.
    Opening(Opening),
    Open(Box<Open>),
    /// In memory only: by choice, or because of this fault.
    InMemory(Option<Fault>),
    /// The client is closed, and what it held is being given up.
    Closing {
        /// There was a stored session.
        was_open: bool,
        /// Everything stored for this address is removed then.
        forget: Option<String>,
    },
    Closed,
}

/// What exists only while there is a stored session.
#[derive(Debug, Default)]
struct Open {
    /// The session's key.
    key: String,
    writes: Writes,
    /// Writes whose outcome is unknown, oldest first.
    under_way: Vec<Rc<Write>>,
    /// The page is being left: a write that begins now may be lost too.
    is_left: bool,
    earlier: Earlier,
    /// Nothing of an earlier page was found, and other tabs have not been asked yet.
    may_look: bool,
    others: Others,
}

#[derive(Debug)]
struct Restoring {
    request: u32,
    /// The workspace's id in the archive.
    id: String,
}

fn write_of(batch: Batch, address: &str, source: &Source<'_>) -> Rc<Write> {
    let workspace = source.tracker.workspace();
    Rc::new(Write {
        number: batch.number,
        address: address.to_owned(),
        session_id: source.session_id,
        saved_at: source.saved_at,
        contents: batch.summary.then(|| Contents {
            images: workspace.offer_images(),
            catalogs: workspace.offer_catalogs(),
        }),
        records: batch.records,
    })
}

impl Keeper {
    /// A keeper that has not begun. `durable`: in the browser, not in memory.
    pub fn new(viewer: Viewer, durable: bool) -> Self {
        Self {
            viewer,
            state: if durable { State::Unopened } else { State::InMemory(None) },
            address: String::new(),
            user: None,
            restoring: None,
            taking_over: None,
            is_working: false,
            commands: Vec::new(),
            effects: VecDeque::new(),
        }
    }

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Is it known which stored session the client goes on with, if any? It
    /// does not connect before.
    pub const fn is_ready(&self) -> bool {
        !matches!(self.state, State::Unopened | State::Opening(_))
    }

    /// May the person who works with the viewer now go on with this session?
    pub fn is_of(&self, user: &User) -> bool {
        self.user.as_ref() == Some(user)
    }

    /// The key of the stored session, if there is one.
    pub fn key(&self) -> Option<&str> {
        match &self.state {
            State::Open(open) => Some(&open.key),
            _ => None,
        }
    }

    /// Under which name it is stored, if it is.
    pub fn user(&self) -> Option<&str> {
        self.user.as_ref()?.name()
    }

    /// Is there a stored session that is written to?
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// When to [`flush`](Self::flush) what has changed; on the monotonic clock.
    pub fn deadline(&self) -> Option<u64> {
        match &self.state {
            State::Open(open) => open.writes.deadline(),
            _ => None,
        }
    }

    /// Writes what has changed, now.
    pub fn flush(&mut self, source: &mut Source<'_>) {
        let open = match &mut self.state {
            State::Open(open) => open,
            State::Opening(opening) => {
                let batch = Writes::whole(source.tracker);
                let write = batch.map(|batch| write_of(batch, &self.address, source));
                return opening.has(write);
            }
            _ => return,
        };
        let Some(batch) = open.writes.take(source.tracker) else { return };
        let write = write_of(batch, &self.address, source);
        open.under_way.push(write.clone());
        let is_left = open.is_left;
        self.effects.push_back(Effect::Write(write));
        if is_left {
            self.note_last_write();
        }
    }

    /// Something has happened. What comes too late, or twice, does nothing.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.take(now, input);
        if !self.commands.is_empty() && !self.is_beginning() {
            for (request, command) in std::mem::take(&mut self.commands) {
                self.command(now, request, command);
            }
        }
    }

    fn take(&mut self, now: Now, input: Input) {
        match input {
            Input::AddressKnown { address } => self.address_known(address),
            Input::UserKnown(user) => self.user_known(user),
            Input::Opened(opened) => self.opened(opened),
            Input::SecondPassed => self.second_passed(),
            Input::Claimed(claimed) => self.claimed(now, claimed),
            Input::WrittenAgain(written) => self.written_again(written),
            Input::UnfinishedLoaded(loaded) => self.unfinished_loaded(now, loaded),
            Input::Adopted(taken) => self.adopted(now, taken),
            Input::Changed => self.changed(now),
            Input::SessionIdChanged => {
                if let State::Open(open) = &mut self.state {
                    open.writes.summary_changed(now.monotonic);
                }
            }
            Input::Written { number, outcome } => self.written(now, number, outcome),
            Input::KeyChanged(key) => self.key_changed(key),
            Input::Lost(fault) => self.lost(now, fault),
            Input::Archive(why) => self.archive(why),
            Input::Discard => self.discard(),
            Input::RebuildDecided(why) => self.rebuild_decided(now, why),
            Input::Rebuilt { whole } => self.rebuilt(whole),
            Input::PageLeft { may_come_back } => self.page_left(may_come_back),
            Input::PageCameBack => {
                if let State::Open(open) = &mut self.state {
                    open.is_left = false;
                    self.effects.extend([Effect::ForgetLastWrite, Effect::Wake]);
                }
            }
            Input::Woken(outcome) => {
                if let Err(fault) = outcome {
                    self.report(fault, "");
                }
            }
            Input::Command { request, command } => self.command(now, request, command),
            Input::Loaded { request, id, to, outcome } => self.loaded(request, id, to, outcome),
            Input::Restoring { request, id } => self.restore_began(Restoring { request, id }),
            Input::RestoreRefused { request, problem } => {
                self.effects.push_back(Effect::Settle { request, outcome: Err(problem) });
            }
            Input::RestoreEnded(outcome) => self.restore_ended(outcome),
            Input::Working => self.working(),
            Input::OthersFound(keys) => self.others_found(keys.unwrap_or_default()),
            Input::TabSaid { key, word } => self.tab_said(&key, word),
            Input::TakeOverAgreed(answer) => self.take_over_agreed(answer),
            Input::HandedOver => self.handed_over(),
            Input::HandOver { key } => self.hand_over(&key),
            Input::Removed { purpose, outcome } => self.removed(purpose, outcome),
            Input::Close { forget } => self.close(forget),
            Input::Released => self.released(),
            Input::Forgotten => self.effects.push_back(Effect::Ended),
        }
    }

    fn changed(&mut self, now: Now) {
        self.supersede_earlier(now);
        if let State::Open(open) = &mut self.state {
            if self.viewer == Viewer::OfClient {
                // It would have to give way.
                open.others = Others::default();
            }
            open.writes.changed(now.monotonic);
        }
    }

    fn written(&mut self, now: Now, number: u64, outcome: Result<(), Fault>) {
        let State::Open(open) = &mut self.state else { return };
        open.under_way.retain(|write| write.number != number);
        match outcome {
            Ok(()) => open.writes.written(number),
            Err(fault) => {
                let is_news = open.writes.failed(now.monotonic);
                // That another tab has the session is no trouble.
                if is_news && fault != Fault::Taken {
                    self.report(fault, TRIED_AGAIN);
                }
            }
        }
    }

    fn key_changed(&mut self, key: String) {
        match &mut self.state {
            State::Open(open) => open.key.clone_from(&key),
            State::Opening(opening) => opening.moved_to(key.clone()),
            State::Unopened | State::InMemory(_) | State::Closing { .. } | State::Closed => return,
        }
        self.effects.push_back(Effect::RememberKey(key));
    }

    /// Trouble that is not the outcome of a write.
    fn lost(&mut self, now: Now, fault: Fault) {
        match fault {
            Fault::Taken => {
                if self.is_open() {
                    self.effects.push_back(Effect::DisownSessionId);
                }
                self.start_over(now);
            }
            Fault::Gone => {
                self.report(fault, "");
                self.start_over(now);
            }
            Fault::Unreadable => self.report(fault, ""),
            Fault::Missing
            | Fault::Blocked
            | Fault::Silent
            | Fault::UnknownUser
            | Fault::Newer
            | Fault::Full
            | Fault::Failed => self.go_on_in_memory(fault),
        }
    }

    /// What was stored goes to the archive as it is.
    fn archive(&mut self, why: WhyArchived) {
        if let State::Open(open) = &mut self.state {
            open.under_way.clear();
            self.effects.extend([Effect::ForgetLastWrite, Effect::Archive(why)]);
        }
    }

    /// The stored session has nothing of the workspace yet.
    fn start_over(&mut self, now: Now) {
        match &mut self.state {
            State::Open(open) => open.writes.start_over(now.monotonic),
            State::Opening(opening) => opening.is_gone(),
            State::Unopened | State::InMemory(_) | State::Closing { .. } | State::Closed => {}
        }
    }

    fn go_on_in_memory(&mut self, fault: Fault) {
        match self.state {
            State::Opening(_) => return self.opening_failed(fault),
            State::Open(_) => {}
            State::Unopened | State::InMemory(_) | State::Closing { .. } | State::Closed => return,
        }
        // What is held stays held: no other tab may take the session of a living one.
        self.state = State::InMemory(Some(fault));
        self.report(fault, GOES_ON_IN_MEMORY);
    }

    fn report(&mut self, fault: Fault, and_now: &str) {
        if !self.is_closed() {
            self.effects.push_back(Effect::Report(fault.problem(and_now)));
        }
    }

    /// It will soon be known whether there is an archive.
    const fn is_beginning(&self) -> bool {
        match self.state {
            State::Unopened => !self.address.is_empty(),
            State::Opening(_) => true,
            State::Open(_) | State::InMemory(_) | State::Closing { .. } | State::Closed => false,
        }
    }

    const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closing { .. } | State::Closed)
    }
}
