//! What the machine reports about itself matches what was observed.

use carta_resume::client::{Now, Phase, problem::Code};

use super::{
    super::driver::{Effect, Input, Machine},
    Invariants, Question,
};

impl Invariants {
    pub(super) fn status(
        &mut self,
        now: Now,
        input: Option<&Input>,
        effects: &[Effect],
        machine: &Machine,
        registered_at: Option<u64>,
    ) {
        let status = machine.status();
        let told = effects.contains(&Effect::Status);
        if let Some(old) = &self.status {
            assert_eq!(told, old != status, "{old:?} → {status:?}");
            let anew = old.phase == Phase::Failed
                && matches!(input, Some(Input::Connect | Input::RetryNow));
            let stable = registered_at.is_some_and(|at| {
                now.monotonic >= at.saturating_add(self.options.backoff.reset_after_ms)
            });
            if status.attempt < old.attempt {
                assert!(anew || stable, "{old:?} → {status:?}");
            }
        }
        if let Some(delay) = status.retry_in_ms {
            let backoff = &self.options.backoff;
            let code = status.error.as_ref().map(|problem| problem.code);
            // A user who has to log in first causes as few attempts as possible.
            let is_rare = code == Some(Code::LoginRequired);
            let bound = backoff.bound(if is_rare { u32::MAX } else { status.attempt }, 0, true);
            assert!(delay <= bound, "{delay} ms after {} attempts", status.attempt);
        }
        if let Some(since) = status.silent_since {
            let connected = [Phase::Confirming, Phase::Resuming, Phase::Active];
            assert!(connected.contains(&status.phase), "silent in {:?}", status.phase);
            assert!(since <= now.wall || self.status.as_ref() == Some(status));
            let speaks = match input {
                Some(
                    Input::Frame { generation, .. }
                    | Input::Skimmed { generation, .. }
                    | Input::Text { generation, .. },
                ) => self.is_used(*generation),
                _ => false,
            };
            assert!(!speaks, "messages arrive, and it is called silent");
        }
        self.status = Some(status.clone());
    }

    /// The phase matches what was observed, and there is always a way forward.
    pub(super) fn consistent(&self, machine: &Machine) {
        let phase = machine.status().phase;
        let connecting = self.socket.as_ref().map(|socket| !socket.opened);
        match phase {
            Phase::Idle | Phase::Waiting | Phase::Failed | Phase::Closed => {
                assert!(connecting.is_none(), "{phase:?} with {:?}", self.socket);
            }
            Phase::Connecting => assert_eq!(connecting, Some(true)),
            Phase::Registering | Phase::Confirming | Phase::Resuming | Phase::Active => {
                assert_eq!(connecting, Some(false), "{phase:?}");
            }
        }
        if !matches!(phase, Phase::Confirming | Phase::Resuming | Phase::Active) {
            assert!(self.second.is_none(), "{phase:?} with {:?} too", self.second);
        }
        if phase == Phase::Active {
            assert_eq!(self.question, Question::None, "at work with a question open");
            assert_eq!(self.restoring, self.archived.is_some(), "a restore without an end");
        }
        if phase == Phase::Closed {
            assert!(!self.restoring, "a restore that never ends");
        }
        let idle = [Phase::Idle, Phase::Failed, Phase::Closed].contains(&phase);
        let beats = self.options.heartbeat.is_some();
        // A viewer that registers by itself decides how long to wait.
        let viewers = phase == Phase::Registering && self.taken_over == Some(self.newest);
        let rests = viewers
            || [Phase::Confirming, Phase::Resuming, Phase::Active].contains(&phase) && !beats;
        if idle || self.suspended {
            assert_eq!(machine.next_deadline(), None, "{phase:?}");
        } else if !rests {
            assert!(machine.next_deadline().is_some(), "stuck in {phase:?}");
        }
    }
}
