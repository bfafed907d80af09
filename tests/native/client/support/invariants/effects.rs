//! What the machine wants done, and whether it is allowed to.

use carta_resume::{
    client::{
        Phase,
        offer::{Suspected, WhyArchived},
        problem::Code,
    },
    protocol::{EventType, Frame, Header},
};

use super::{
    super::{driver::Effect, socket::Socket},
    Invariants, Question,
};

impl Invariants {
    /// A connection that has worked is given up only when another one has opened, or
    /// when the backend answers everything but RESUME_SESSION.
    pub(super) fn has_reason(&self, effect: &Effect, effects: &[Effect]) {
        let Effect::Shut { generation } = effect else { return };
        let registered = self.socket.as_ref().is_some_and(|socket| socket.registered_at.is_some());
        if self.is_used(*generation) && registered {
            let other = self.second.as_ref().is_some_and(|second| second.opened);
            let overdue = effects.iter().any(|effect| {
                matches!(effect, Effect::Error(problem) if problem.code == Code::ResumeTimeout)
            });
            assert!(other || overdue, "given up in favour of {:?}", self.second);
        }
    }

    pub(super) fn effect(&mut self, effect: &Effect, phase: Phase) {
        match effect {
            Effect::Open { generation, .. } => {
                assert!(*generation > self.newest, "the same generation twice");
                self.newest = *generation;
                let socket = Some(Socket::new(*generation));
                match &self.socket {
                    None => {
                        self.traffic.socket_changed();
                        self.socket = socket;
                    }
                    Some(first) => {
                        assert!(first.registered_at.is_some(), "two sockets: {first:?}");
                        assert!(self.second.is_none(), "three sockets: {:?}", self.second);
                        self.second = socket;
                    }
                }
            }
            Effect::Shut { generation } => {
                assert!(self.is_live(*generation), "shut {generation}, not {:?}", self.socket);
                self.ended(*generation);
            }
            Effect::Send { generation, frame } => self.send(*generation, frame, phase),
            Effect::Ping { generation } => {
                assert!(self.is_used(*generation));
                assert!(self.socket.as_ref().is_some_and(|s| s.registered_at.is_some()));
            }
            Effect::Ask(offer) if phase == Phase::Active => {
                assert!(self.restoring, "asked while at work");
                assert!(offer.reason.is_from_elsewhere(), "{:?}", offer.reason);
                assert_eq!(self.question, Question::None);
                assert!(offer.id > self.newest_offer, "the same offer id twice");
                self.newest_offer = offer.id;
                self.archived = Some(offer.id);
            }
            Effect::Ask(offer) => {
                self.suspected = offer.suspected.clone();
                let may_ask = match self.question {
                    Question::None | Question::Broken(_) => true,
                    Question::Yes(_) => {
                        self.lost_resumes >= 1 && self.suspected != Suspected::default()
                    }
                    Question::Open(_) => false,
                };
                assert!(may_ask, "asked again: {:?}", self.question);
                assert!(offer.id > self.newest_offer, "the same offer id twice");
                assert!(
                    !offer.images.is_empty() || !offer.catalogs.is_empty(),
                    "nothing to ask about"
                );
                self.newest_offer = offer.id;
                self.lost_resumes = 0;
                self.question = Question::Open(offer.id);
            }
            Effect::UpdateOffer(offer) => {
                let id = offer.id;
                let open = [Question::Open(id), Question::Broken(id)].contains(&self.question);
                assert!(open, "updated {id}, but {:?}", self.question);
            }
            Effect::WithdrawOffer if self.archived.is_some() => self.archived = None,
            Effect::WithdrawOffer => {
                assert_ne!(self.question, Question::None, "withdrawn for nothing");
                self.question = Question::None;
            }
            Effect::Archive(why) => {
                let yes = matches!(self.question, Question::Yes(_));
                assert!(yes || *why == WhyArchived::Declined, "replaced by nothing");
            }
            Effect::TakeOver(_) => {
                assert!(self.restoring && self.archived.is_none(), "nobody was asked");
                let Question::Yes(offer) = self.question else { panic!("nobody said yes") };
                (self.restoring, self.agreed, self.question) = (false, Some(offer), Question::None);
            }
            Effect::RestoreEnded(_) => {
                assert!(self.restoring, "a restore ended twice");
                assert_eq!(self.archived, None, "the question is still open");
                self.restoring = false;
            }
            Effect::Error(problem) if problem.code == Code::ResumeTimeout => {
                self.question = Question::None;
            }
            Effect::Connected => assert_eq!(phase, Phase::Active),
            Effect::ConnectFailed(_) => assert!([Phase::Failed, Phase::Closed].contains(&phase)),
            _ => {}
        }
    }

    fn send(&mut self, generation: u32, frame: &Frame, phase: Phase) {
        let header = frame.header();
        assert_eq!(Header::read(frame.bytes()), Some(header));
        assert!(self.is_used(generation), "{header:?} on {generation}, not {:?}", self.socket);
        self.traffic.transmitted(generation, frame);
        if !self.traffic.is_the_viewers(header) {
            self.gone.check(frame);
        }
        let Some(socket) = &mut self.socket else { return };
        assert!(socket.opened, "{header:?} before the socket is open");
        match frame.event() {
            Some(EventType::ResumeSession) if self.traffic.is_the_viewers(header) => {}
            Some(EventType::RegisterViewer) => {
                assert!(socket.register.is_none() || socket.refused, "registered twice");
                assert!(socket.registered_at.is_none(), "registered again");
                socket.register = Some(header);
                socket.refused = false;
            }
            Some(EventType::ResumeSession) => {
                assert!(socket.registered_at.is_some(), "resumed before registering");
                assert!(socket.resume.is_none() || socket.resumed, "resumed twice");
                socket.resumed = false;
                assert!(matches!(self.question, Question::Yes(_)), "nobody said yes");
                assert_eq!(phase, Phase::Resuming);
                socket.resume = Some(header);
            }
            // A viewer that has not been accepted may send anything.
            _ if self.taken_over == Some(generation) && socket.registered_at.is_none() => {}
            // Nothing depends on an answer to a script, and it does not wait.
            Some(EventType::ScriptingResponse) => {
                assert!(socket.registered_at.is_some(), "{header:?} before registering");
            }
            _ => {
                assert!(socket.registered_at.is_some(), "{header:?} before registering");
                assert_eq!(socket.resume.is_some(), socket.resumed, "{header:?} while resuming");
                assert_eq!(phase, Phase::Active, "{header:?}");
            }
        }
    }
}
