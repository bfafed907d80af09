//! What an earlier page left for a viewer that starts empty: its user decides while the
//! client works already.

use crate::client::{Now, offer::WhyArchived};

use super::{Effect, Keeper, Purpose, Removal, State};

/// What an earlier page left for a viewer that has started from scratch and works
/// already.
#[derive(Debug, Default)]
pub(super) enum Earlier {
    #[default]
    Nothing,
    /// It is stored under the client's own key still, and the user has not
    /// decided. `is_whole`: it was being rebuilt, and has all that the stored session has.
    Undecided { key: String, is_whole: bool },
    /// It is in the archive, and the viewer is being rebuilt from it.
    Wanted { key: String },
}

impl Keeper {
    /// What an earlier page left gives way to this one's work.
    pub(super) fn supersede_earlier(&mut self, now: Now) {
        let State::Open(open) = &mut self.state else { return };
        if let Earlier::Undecided { is_whole, .. } = open.earlier {
            open.earlier = Earlier::Nothing;
            self.leave(WhyArchived::Superseded, is_whole);
            self.effects.push_back(Effect::RememberRebuilding(None));
            self.start_over(now);
        }
    }

    pub(super) fn rebuild_decided(&mut self, now: Now, why: WhyArchived) {
        let State::Open(open) = &mut self.state else { return };
        let Earlier::Undecided { key, is_whole } = std::mem::take(&mut open.earlier) else {
            return;
        };
        // If the page ends before all is back, the next one asks again.
        let unfinished = (why == WhyArchived::Superseded).then(|| key.clone());
        if unfinished.is_some() {
            open.earlier = Earlier::Wanted { key };
        }
        self.leave(why, is_whole);
        self.effects.push_back(Effect::RememberRebuilding(unfinished));
        self.start_over(now);
    }

    /// Archives the stored session, unless the archive `has_all` that is in it.
    fn leave(&mut self, why: WhyArchived, has_all: bool) {
        if has_all {
            self.discard();
        } else {
            self.archive(why);
        }
    }

    /// Begins another session, and deletes what is stored of this one.
    pub(super) fn discard(&mut self) {
        let Some(key) = self.key().map(str::to_owned) else { return };
        self.archive(WhyArchived::Superseded);
        self.effects
            .push_back(Effect::Remove { purpose: Purpose::Rebuilt, what: Removal::One(key) });
    }

    pub(super) fn rebuilt(&mut self, whole: bool) {
        let State::Open(open) = &mut self.state else { return };
        self.effects.push_back(Effect::RememberRebuilding(None));
        if let (true, Earlier::Wanted { key }) = (whole, std::mem::take(&mut open.earlier)) {
            // What cannot be removed stays in the archive.
            self.effects
                .push_back(Effect::Remove { purpose: Purpose::Rebuilt, what: Removal::One(key) });
        }
    }
}
