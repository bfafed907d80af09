//! From the backend's address and the user to the stored session that the client
//! goes on with.

use std::rc::Rc;

use crate::{
    client::{
        Code, Now, Problem,
        offer::{Reason, WhyArchived},
    },
    keeping::{
        fault::{BEGINS_ANEW, Fault, GOES_ON_IN_MEMORY},
        last_write,
        session::{Claim, Found, Stored, Write},
        user::User,
    },
};

use super::{Earlier, Effect, Keeper, Open, State, TabMemory, Viewer};

/// A storage that does not answer must not keep the viewer from connecting.
/// Counted in seconds that the page had.
const PATIENCE_S: u32 = 9;

/// How far it is.
#[derive(Debug)]
pub(super) struct Opening {
    seconds: u32,
    step: Step,
    /// Another tab has taken the session meanwhile; this is the new key.
    moved_to: Option<String>,
    /// What was found is not stored any more.
    is_gone: bool,
    /// What the viewer has opened meanwhile, as of the last flush.
    work: Option<Rc<Write>>,
}

impl Opening {
    pub(super) fn has(&mut self, work: Option<Rc<Write>>) {
        self.work = work;
    }

    pub(super) const fn work(&self) -> Option<&Rc<Write>> {
        self.work.as_ref()
    }

    pub(super) fn moved_to(&mut self, key: String) {
        self.moved_to = Some(key);
    }

    pub(super) const fn is_gone(&mut self) {
        self.is_gone = true;
    }
}

#[derive(Debug)]
enum Step {
    /// The database is being opened.
    Database,
    /// A session is being found.
    Claiming(TabMemory),
    /// What the previous page may have lost is being written; then the session is claimed
    /// again.
    WritingAgain(TabMemory),
    /// What the viewer was being rebuilt from is being looked up.
    LoadingUnfinished { claim: Claim, is_own: bool, id: String },
}

impl Claim {
    /// What the page before has noted, if it is not stored.
    fn unstored(&self, noted: &str, is_own: bool) -> Option<Write> {
        let lost = is_own.then(|| last_write::read(noted, &self.key)).flatten();
        // Without its row there is nothing that it could be added to.
        let lost = lost.filter(|write| self.found.is_some() || write.contents.is_some());
        // What was stored before is worth more than what a page had in its first seconds.
        lost.or_else(|| last_write::read_unclaimed(noted).filter(|_| self.found.is_none()))
    }
}

impl Keeper {
    pub(super) fn address_known(&mut self, address: String) {
        self.address = address;
        self.open();
    }

    pub(super) fn user_known(&mut self, user: User) {
        self.user.get_or_insert(user);
        self.open();
    }

    /// Nothing is looked up before the address and the user are known.
    fn open(&mut self) {
        let State::Unopened = self.state else { return };
        match &self.user {
            Some(User::Unknown) if !self.address.is_empty() => {
                self.state = State::InMemory(Some(Fault::UnknownUser));
                self.report(Fault::UnknownUser, GOES_ON_IN_MEMORY);
                self.effects.push_back(Effect::Ready);
            }
            Some(User::Named(_)) if !self.address.is_empty() => {
                self.state = State::Opening(Opening {
                    seconds: 0,
                    step: Step::Database,
                    moved_to: None,
                    is_gone: false,
                    work: None,
                });
                self.effects.push_back(Effect::Open);
            }
            Some(_) | None => {}
        }
    }

    pub(super) fn second_passed(&mut self) {
        let State::Opening(opening) = &mut self.state else { return };
        opening.seconds += 1;
        if opening.seconds >= PATIENCE_S {
            self.opening_failed(Fault::Silent);
        }
    }

    pub(super) fn opened(&mut self, opened: Result<TabMemory, Fault>) {
        let State::Opening(opening) = &mut self.state else { return };
        match opened {
            Ok(memory) => {
                let (address, key) = (self.address.clone(), memory.key.clone());
                opening.step = Step::Claiming(memory);
                self.effects.push_back(Effect::Claim { address, key });
            }
            Err(fault) => self.opening_failed(fault),
        }
    }

    pub(super) fn opening_failed(&mut self, fault: Fault) {
        self.state = State::InMemory(Some(fault));
        self.report(fault, GOES_ON_IN_MEMORY);
        self.effects.extend([Effect::Close, Effect::Ready]);
    }

    pub(super) fn claimed(&mut self, now: Now, claimed: Result<Claim, Fault>) {
        let State::Opening(opening) = &mut self.state else { return };
        let claim = match claimed {
            Ok(claim) => claim,
            Err(fault) => return self.opening_failed(fault),
        };
        let Step::Claiming(memory) = &mut opening.step else { return };
        let is_own = memory.key.as_deref() == Some(&claim.key);
        if let Some(write) = memory.last_write.take().and_then(|text| claim.unstored(&text, is_own))
        {
            let memory = TabMemory { key: Some(claim.key), ..std::mem::take(memory) };
            opening.step = Step::WritingAgain(memory);
            return self.effects.push_back(Effect::WriteAgain(Rc::new(write)));
        }
        let unfinished = memory.rebuilding.take();
        self.effects.push_back(Effect::ForgetLastWrite);
        self.effects.push_back(Effect::RememberKey(claim.key.clone()));
        match unfinished {
            Some(id) => {
                opening.step = Step::LoadingUnfinished { claim, is_own, id: id.clone() };
                self.effects.push_back(Effect::LoadUnfinished { id });
            }
            None => self.begin(now, claim, is_own, None),
        }
    }

    pub(super) fn written_again(&mut self, written: Result<(), Fault>) {
        let State::Opening(opening) = &mut self.state else { return };
        let Step::WritingAgain(memory) = &mut opening.step else { return };
        if let Err(fault) = written {
            return self.opening_failed(fault);
        }
        let memory = std::mem::take(memory);
        let (address, key) = (self.address.clone(), memory.key.clone());
        opening.step = Step::Claiming(memory);
        self.effects.push_back(Effect::Claim { address, key });
    }

    pub(super) fn unfinished_loaded(&mut self, now: Now, loaded: Result<Option<Stored>, Fault>) {
        let State::Opening(opening) = &mut self.state else { return };
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(fault) => return self.opening_failed(fault),
        };
        let step = std::mem::replace(&mut opening.step, Step::Database);
        if let Step::LoadingUnfinished { claim, is_own, id } = step {
            self.begin(now, claim, is_own, loaded.map(|stored| (id, stored)));
        }
    }

    /// The client goes on with this session. `unfinished`: the previous page ended while
    /// its viewer was being rebuilt from this workspace of the archive.
    fn begin(
        &mut self,
        now: Now,
        claim: Claim,
        is_own: bool,
        unfinished: Option<(String, Stored)>,
    ) {
        let State::Opening(opening) = &mut self.state else { return };
        let (moved_to, is_gone) = (opening.moved_to.take(), opening.is_gone);
        let is_own = is_own && moved_to.is_none();
        let key = moved_to.unwrap_or_else(|| claim.key.clone());
        let mut is_whole = false;
        let found = match unfinished {
            Some((id, stored)) => {
                is_whole = claim.found.is_some_and(|part| part.stored.is_subset_of(&stored));
                Some((id, Found { reason: Reason::PageReloaded, stored }))
            }
            None => claim.found.map(|found| (claim.key, found)),
        };
        let may_look = found.is_none();
        self.state = State::Open(Box::new(Open { key, may_look, ..Open::default() }));
        if self.viewer == Viewer::OfClient && !is_own {
            self.effects.push_back(Effect::DisownSessionId);
        }
        if is_gone {
            self.start_over(now);
        }
        if let Some((key, found)) = found {
            self.offer(now, key, found, is_whole);
        }
        self.effects.push_back(Effect::Ready);
        self.look_for_others();
    }

    fn offer(&mut self, now: Now, key: String, found: Found, is_whole: bool) {
        let Ok(kept) = found.stored.read(found.reason) else {
            // The next page could not read it either.
            self.effects.extend([
                Effect::RememberRebuilding(None),
                Effect::ForgetLastWrite,
                Effect::MarkDamaged,
            ]);
            let message = "The stored copy of your last session is damaged.".to_owned();
            let problem = Problem::new(Code::StorageFailed, message + BEGINS_ANEW);
            return self.effects.push_back(Effect::Report(problem));
        };
        let Viewer::OfSocket { rebuilds } = self.viewer else {
            return self.effects.push_back(Effect::Adopt(kept));
        };
        if let State::Open(open) = &mut self.state {
            open.earlier = Earlier::Undecided { key, is_whole };
        }
        if rebuilds {
            self.effects.push_back(Effect::OfferForRebuilding(kept));
        } else {
            self.supersede_earlier(now);
        }
    }

    pub(super) fn adopted(&mut self, now: Now, taken: bool) {
        if taken {
            return;
        }
        match self.viewer {
            Viewer::OfClient => {
                self.archive(WhyArchived::Superseded);
                self.start_over(now);
            }
            Viewer::OfSocket { .. } => self.supersede_earlier(now),
        }
    }
}
