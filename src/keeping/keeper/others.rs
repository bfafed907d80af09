//! What other tabs have, and what another tab wants of this one.

use crate::{
    client::{Answer, offer::WhyArchived},
    keeping::takeover::{Others, Step, Word},
};

use super::{Effect, Keeper, LoadTo, Restoring, State};

/// The number of the request that is this client's own.
pub(super) const OWN: u32 = 0;

impl Keeper {
    // What others have

    pub(super) fn working(&mut self) {
        self.is_working = true;
        self.look_for_others();
    }

    /// Once, when the client works and has begun with nothing.
    pub(super) fn look_for_others(&mut self) {
        let State::Open(open) = &mut self.state else { return };
        if self.is_working && std::mem::take(&mut open.may_look) {
            self.effects.push_back(Effect::FindOthers { address: self.address.clone() });
        }
    }

    pub(super) fn others_found(&mut self, keys: Vec<String>) {
        let State::Open(open) = &mut self.state else { return };
        let (others, step) = Others::of(keys);
        open.others = others;
        self.do_step(step);
    }

    pub(super) fn tab_said(&mut self, key: &str, word: Option<Word>) {
        let State::Open(open) = &mut self.state else { return };
        let step = open.others.said(key, word);
        self.do_step(step);
    }

    fn do_step(&mut self, step: Step) {
        self.effects.push_back(match step {
            Step::Ask(key, after) => Effect::AskTab { key, after },
            Step::Offer(id) => Effect::Load { request: OWN, id, to: LoadTo::Restore },
            Step::Nothing => return,
        });
    }

    // The user wants it

    pub(super) fn take_over_agreed(&mut self, answer: Answer) {
        let Some(restoring) = self.restoring.take() else { return };
        self.effects.push_back(Effect::TakeOver { key: restoring.id.clone() });
        self.taking_over = Some((restoring, answer));
    }

    /// Or there was no answer in time; it is seen then who has it.
    pub(super) fn handed_over(&mut self) {
        let Some((Restoring { request, id }, _)) = &self.taking_over else { return };
        let (request, id) = (*request, id.clone());
        self.effects.push_back(Effect::Load { request, id, to: LoadTo::Restore });
    }

    /// What the user has said, if this is loaded for it.
    pub(super) fn take_agreed(&mut self, request: u32) -> Option<Answer> {
        let agreed = self.taking_over.take_if(|(restoring, _)| restoring.request == request);
        agreed.map(|(_, answer)| answer)
    }

    // Another tab wants what this one has

    pub(super) fn hand_over(&mut self, key: &str) {
        if self.key() != Some(key) {
            return;
        }
        self.archive(WhyArchived::Moved);
        self.state = State::Closing { was_open: true, forget: None };
        self.effects.extend([Effect::Close, Effect::Moved]);
    }
}
