//! What a viewer wants of its archive.

use std::rc::Rc;

use crate::{
    client::{
        Code, Now, Problem,
        offer::{Reason, RestoreOutcome},
    },
    keeping::{
        export,
        fault::Fault,
        session::{Holder, Stored},
    },
};

use super::{Command, Effect, Keeper, LoadTo, Purpose, Removal, Restoring, State, others::OWN};

impl Keeper {
    pub(super) fn command(&mut self, now: Now, request: u32, command: Command) {
        let address = self.address.clone();
        if self.is_beginning() {
            return self.commands.push((request, command));
        }
        // That nothing can be read does not mean that nothing is there.
        if let State::InMemory(Some(fault)) = self.state {
            return self.settle(request, Err(fault.problem("")));
        }
        // Before the first connection, and in memory by choice, there is no archive.
        if !self.is_open() {
            return match command {
                Command::List => self.effects.push_back(Effect::List { request, is_empty: true }),
                Command::Restore { .. } | Command::Export { .. } | Command::Delete { .. } => {
                    self.settle(request, Err(self.unknown()));
                }
                Command::Import { .. } => self.settle(request, Err(self.no_archive())),
                Command::DeleteAll { is_active } => {
                    self.settle(request, self.without_archive(is_active));
                }
            };
        }
        self.effects.push_back(match command {
            Command::List => Effect::List { request, is_empty: false },
            Command::Restore { id } => Effect::Load { request, id, to: LoadTo::Restore },
            Command::Export { id } => Effect::Load { request, id, to: LoadTo::Export },
            Command::Import { file } => match export::import(&file, &address, now.wall) {
                Ok(write) => Effect::Import { request, write: Rc::new(write) },
                Err(problem) => return self.settle(request, Err(problem)),
            },
            Command::Delete { id } => {
                Effect::Remove { purpose: Purpose::Delete { request }, what: Removal::One(id) }
            }
            Command::DeleteAll { .. } => Effect::Remove {
                purpose: Purpose::Delete { request },
                what: Removal::AllOf(address),
            },
        });
    }

    pub(super) fn loaded(
        &mut self,
        request: u32,
        id: String,
        to: LoadTo,
        outcome: Result<Option<(Holder, Stored)>, Fault>,
    ) {
        let agreed = self.take_agreed(request);
        let (holder, stored) = match outcome {
            Ok(Some((Holder::OtherTab, _))) if agreed.is_some() => {
                return self.settle(request, Err(silent()));
            }
            Ok(Some(loaded)) => loaded,
            // Nobody has been asked about it yet.
            Ok(None) if request == OWN && agreed.is_none() => return,
            Ok(None) => return self.settle(request, Err(self.unknown())),
            Err(fault) => return self.settle(request, Err(fault.problem(""))),
        };
        let effect = match to {
            LoadTo::Restore => {
                let reason = match holder {
                    Holder::Nobody => Reason::Archive,
                    Holder::OtherTab => Reason::OtherTab,
                };
                stored.read(reason).ok().map(|kept| match agreed {
                    Some(answer) => Effect::RestoreAgreed { request, id, kept, answer },
                    None => Effect::Restore { request, id, kept },
                })
            }
            LoadTo::Export => {
                export::of_stored(stored).map(|file| Effect::Export { request, file })
            }
        };
        match effect {
            Some(effect) => self.effects.push_back(effect),
            None => self.settle(request, Err(damaged())),
        }
    }

    pub(super) fn restore_began(&mut self, restoring: Restoring) {
        // One that is still asked about gives way.
        if let Some(earlier) = self.restoring.replace(restoring) {
            self.settle(earlier.request, Ok(false));
        }
    }

    pub(super) fn restore_ended(&mut self, outcome: Result<RestoreOutcome, Problem>) {
        let Some(Restoring { request, id }) = self.restoring.take() else { return };
        match outcome {
            Ok(RestoreOutcome::Declined) => self.settle(request, Ok(false)),
            // What was wanted only in part is still there.
            Ok(RestoreOutcome::Part) => self.settle(request, Ok(true)),
            Ok(RestoreOutcome::Whole) => {
                let purpose = Purpose::Restored { request };
                self.effects.push_back(Effect::Remove { purpose, what: Removal::One(id) });
            }
            Err(problem) => self.settle(request, Err(problem)),
        }
    }

    pub(super) fn removed(&mut self, purpose: Purpose, outcome: Result<bool, Fault>) {
        match (purpose, outcome) {
            (Purpose::Rebuilt, _) => {}
            (Purpose::Delete { request }, Ok(false)) => self.settle(request, Err(self.unknown())),
            (Purpose::Delete { request } | Purpose::Restored { request }, Ok(_)) => {
                self.settle(request, Ok(true));
            }
            (Purpose::Delete { request } | Purpose::Restored { request }, Err(fault)) => {
                self.settle(request, Err(fault.problem("")));
            }
        }
    }

    pub(super) fn settle(&mut self, request: u32, outcome: Result<bool, Problem>) {
        // No request waits for this one, so a failure is reported to the user.
        if let (OWN, Err(problem)) = (request, &outcome) {
            return self.effects.push_back(Effect::Report(problem.clone()));
        }
        self.effects.push_back(Effect::Settle { request, outcome });
    }

    fn unknown(&self) -> Problem {
        if self.is_closed() {
            return closed();
        }
        let message =
            "The archive has no workspace with this id. It may have been deleted; list them again.";
        Problem::new(Code::UnknownWorkspace, message)
    }

    /// There is no archive, so there is nothing to delete.
    fn without_archive(&self, is_active: bool) -> Result<bool, Problem> {
        if self.is_closed() {
            return Err(closed());
        }
        if is_active { Ok(true) } else { Err(not_yet()) }
    }

    /// There is nothing to add to.
    fn no_archive(&self) -> Problem {
        match self.state {
            State::Closing { .. } | State::Closed => closed(),
            State::InMemory(_) => Problem::new(
                Code::StorageFailed,
                "The archive is not available, because this page does not store anything in the \
                 browser.",
            ),
            State::Unopened | State::Opening(_) | State::Open(_) => not_yet(),
        }
    }
}

fn not_yet() -> Problem {
    let message = "The archive is available after the first connection. Call connect() first.";
    Problem::new(Code::NotActive, message)
}

fn damaged() -> Problem {
    let message = "This workspace is damaged and cannot be used. Delete it.";
    Problem::new(Code::StorageFailed, message)
}

fn silent() -> Problem {
    let message = "The other tab that has this work does not respond, so nothing was moved. Close \
                   that tab, then try again.";
    Problem::new(Code::OtherTabSilent, message)
}

fn closed() -> Problem {
    Problem::new(Code::Closed, "The client was closed. Make a new one to use the archive.")
}
