//! Carries out what the machine wants done, as a page would.

use carta_resume::protocol::{EventType, Frame, messages::SetRegionAck};

use super::{
    super::{
        driver::{Effect, Input},
        network::{Event, Message},
    },
    World,
};

impl World {
    pub(super) fn settle(&mut self, input: Option<&Input>) {
        let mut effects = Vec::new();
        while let Some(effect) = self.machine.poll_effect() {
            effects.push(effect);
        }
        self.check.after(self.clock.now(), input, &effects, &self.machine);
        for effect in effects {
            self.carry_out(input, &effect);
            self.log.push((self.clock.wall, effect));
        }
    }

    fn carry_out(&mut self, input: Option<&Input>, effect: &Effect) {
        let wall = self.clock.wall;
        match effect.clone() {
            Effect::Open { generation, .. } => match self.barrier {
                Some(by) => self.network.at(wall + 1, Event::Barred { generation, by }),
                None => self.network.connect(wall, generation),
            },
            Effect::Shut { generation } => self.network.shut(wall, generation),
            Effect::Send { generation, frame } => {
                self.network.send(wall, generation, Message::Binary(frame));
            }
            Effect::Ping { generation } => self.network.send(wall, generation, Message::Ping),
            Effect::Probe => {
                let answered = self.network.answers_http;
                self.network.at(wall + self.network.latency_ms, Event::Probed { answered });
            }
            Effect::Deliver(frame) => {
                let Some(Input::Frame { message, .. } | Input::Skimmed { message, .. }) = input
                else {
                    panic!("no message came in")
                };
                assert_eq!(&frame, message);
                self.deliver(&frame);
            }
            Effect::Ask(offer) => self.ask(offer),
            Effect::Feed(frame) => self.fed.push(frame),
            Effect::Ended(problem) => self.ended.push(problem),
            Effect::Resumed(report) => self.reports.push(report),
            Effect::Error(problem) | Effect::CallbackFailed { problem, .. } => {
                self.errors.push(problem);
            }
            Effect::Status
            | Effect::Connected
            | Effect::ConnectFailed(_)
            | Effect::UpdateOffer(_)
            | Effect::WithdrawOffer
            | Effect::Fulfilled { .. }
            | Effect::Rejected { .. }
            | Effect::KeepSessionId(_)
            | Effect::Archive(_)
            | Effect::Discard
            | Effect::ArchiveKept(_)
            | Effect::Remaking(_)
            | Effect::Remade(_)
            | Effect::RemadeImages(_)
            | Effect::Rebuilding { .. }
            | Effect::Rebuilt { .. }
            | Effect::ViewOfImages(_)
            | Effect::View(_)
            | Effect::RestoreEnded(_)
            | Effect::TakeOver(_) => {}
        }
    }

    fn deliver(&mut self, frame: &Frame) {
        self.delivered.push(frame.header());
        if frame.event() == Some(EventType::SetRegionAck)
            && let Ok(SetRegionAck { success: true, region_id, .. }) = frame.decode()
        {
            self.new_regions.insert(frame.header().request_id, region_id);
        }
    }
}
