//! What a viewer wants of its archive.

use crate::{
    client::{
        Code, Problem,
        offer::{Reason, RestoreOutcome},
    },
    keeping::{fault::Fault, session::Stored},
};

use super::{Command, Effect, Keeper, Purpose, Restoring};

impl Keeper {
    pub(super) fn command(&mut self, request: u32, command: Command) {
        let address = self.address.clone();
        // Before the first connection, and in memory, there is no archive.
        if !self.is_open() {
            return match command {
                Command::List => self.effects.push_back(Effect::List { request, address: None }),
                Command::Restore { .. } | Command::Delete { .. } => {
                    self.settle(request, Err(self.unknown()));
                }
                Command::DeleteAll { is_active } => {
                    self.settle(request, self.without_archive(is_active));
                }
            };
        }
        self.effects.push_back(match command {
            Command::List => Effect::List { request, address: Some(address) },
            Command::Restore { id } => Effect::Load { request, id },
            Command::Delete { id } => {
                Effect::Remove { purpose: Purpose::Delete { request }, address, id: Some(id) }
            }
            Command::DeleteAll { .. } => {
                Effect::Remove { purpose: Purpose::Delete { request }, address, id: None }
            }
        });
    }

    pub(super) fn loaded(
        &mut self,
        request: u32,
        id: String,
        outcome: Result<Option<Stored>, Fault>,
    ) {
        let stored = match outcome {
            Ok(Some(stored)) => stored,
            Ok(None) => return self.settle(request, Err(self.unknown())),
            Err(fault) => return self.settle(request, Err(fault.problem(""))),
        };
        let Ok(kept) = stored.read(Reason::Archive) else {
            let message = "This workspace is damaged and cannot be restored. Delete it.";
            return self.settle(request, Err(Problem::new(Code::StorageFailed, message)));
        };
        self.effects.push_back(Effect::Restore { request, id, kept });
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
            // What was wanted in part is there still.
            Ok(RestoreOutcome::Part) => self.settle(request, Ok(true)),
            Ok(RestoreOutcome::Whole) => {
                let (purpose, address) = (Purpose::Restored { request }, self.address.clone());
                self.effects.push_back(Effect::Remove { purpose, address, id: Some(id) });
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

    fn settle(&mut self, request: u32, outcome: Result<bool, Problem>) {
        self.effects.push_back(Effect::Settle { request, outcome });
    }

    fn unknown(&self) -> Problem {
        if self.is_closed() {
            return closed();
        }
        let message =
            "The archive has no workspace of this id. It may have been deleted; list them again.";
        Problem::new(Code::UnknownWorkspace, message)
    }

    /// Deletes all of an archive that there is not.
    fn without_archive(&self, is_active: bool) -> Result<bool, Problem> {
        if self.is_closed() {
            return Err(closed());
        }
        if !is_active {
            let message =
                "The archive is available after the first connection. Call connect() first.";
            return Err(Problem::new(Code::NotActive, message));
        }
        Ok(true)
    }
}

fn closed() -> Problem {
    Problem::new(Code::Closed, "The client was closed. Make a new one to use the archive.")
}
