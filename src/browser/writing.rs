//! Writing the changes of the workspace, gathered for a moment.

use crate::keeping::keeper::{Input, Source};

use super::{shell::Shell, timer::after};

impl Shell {
    /// Something may have changed that is to be written.
    pub(super) fn keep_changes(&self) {
        if !self.keeping.keeper.borrow().is_open() {
            return;
        }
        if self.machine.borrow().tracker().workspace().has_changes() {
            self.keep(Input::Changed);
        } else {
            self.arm_keeper();
        }
    }

    pub(super) fn arm_keeper(&self) {
        let Some(deadline) = self.keeping.keeper.borrow().deadline() else { return };
        let mut timer = self.keeping.timer.borrow_mut();
        if timer.as_ref().is_some_and(|(at, _)| *at <= deadline) {
            return;
        }
        let fire = self.weakly(|shell, ()| {
            shell.keeping.timer.take();
            shell.write_if_due();
        });
        let delay = deadline.saturating_sub(self.monotonic());
        *timer = Some((deadline, after(delay, move || fire(()))));
    }

    fn write_if_due(&self) {
        let deadline = self.keeping.keeper.borrow().deadline();
        if deadline.is_some_and(|deadline| deadline <= self.monotonic()) {
            self.flush();
        } else {
            self.arm_keeper();
        }
    }

    /// Writes what has changed, at once.
    pub(super) fn flush(&self) {
        self.keep_changes();
        {
            let mut machine = self.machine.borrow_mut();
            let (session_id, saved_at) = (machine.session_id(), machine.saved_at(self.now()));
            let mut source = Source { tracker: machine.tracker_mut(), session_id, saved_at };
            self.keeping.keeper.borrow_mut().flush(&mut source);
        }
        self.drain_keeper();
    }

    /// The session id is written with the workspace too.
    pub(super) fn session_changed(&self) {
        if !self.machine.borrow().tracker().workspace().is_empty() {
            self.keep(Input::SessionIdChanged);
        }
    }
}
