//! What an input changes by itself.

use carta_resume::{
    client::{Answer, Now, offer::Suspected},
    protocol::{EventType, Frame, Header},
};

use super::{super::driver::Input, Invariants, Question};

/// The part of REGISTER_VIEWER_ACK that matters here.
#[derive(Clone, PartialEq, prost::Message)]
struct Verdict {
    #[prost(bool, tag = "2")]
    success: bool,
}

impl Invariants {
    pub fn before(&mut self, now: Now, input: &Input) {
        match input {
            Input::Barred { generation, .. }
                if self.is_live(*generation) && !self.is_open(*generation) =>
            {
                self.ended(*generation);
            }
            Input::Lost { generation } | Input::NoAddress { generation, .. }
                if self.is_live(*generation) =>
            {
                self.ended(*generation);
            }
            Input::Opened { generation } => {
                let sockets = self.socket.iter_mut().chain(&mut self.second);
                let opened = sockets.filter(|socket| socket.generation == *generation);
                opened.for_each(|socket| socket.opened = true);
            }
            Input::Frame { generation, frame, .. } if self.is_used(*generation) => {
                self.traffic.received(*generation, frame.header());
                self.gone.received(frame);
                self.frame(now, frame);
            }
            Input::Skimmed { generation, header, .. } if self.is_used(*generation) => {
                self.traffic.received(*generation, *header);
            }
            Input::Answered { offer, answer } if self.archived == Some(*offer) => {
                self.archived = None;
                if *answer != Answer::No {
                    self.question = Question::Yes(*offer);
                }
            }
            Input::AnswerFailed { offer, .. } if self.archived == Some(*offer) => {
                self.archived = None;
            }
            Input::Answered { offer, answer: Answer::Part { .. } }
                if self.taken_over.is_some()
                    && self.suspected == Suspected::default()
                    && self.question == Question::Open(*offer) =>
            {
                self.question = Question::Broken(*offer);
            }
            Input::Answered { offer, answer } => match self.question {
                Question::Open(id) | Question::Broken(id) if id == *offer => {
                    let no = *answer == Answer::No;
                    self.question = if no { Question::None } else { Question::Yes(id) };
                }
                _ => {}
            },
            Input::AnswerFailed { offer, .. } if self.question == Question::Open(*offer) => {
                self.question = Question::Broken(*offer);
            }
            Input::Abort { request_id } if !self.closed => self.traffic.aborted(*request_id),
            Input::Suspended => self.suspended = true,
            Input::Awake => self.suspended = false,
            _ => {}
        }
    }

    fn frame(&mut self, now: Now, frame: &Frame) {
        let Some(socket) = &mut self.socket else { return };
        let answers = |request: Option<Header>| {
            request.is_some_and(|request| {
                request.event().and_then(EventType::answer) == frame.event()
                    && request.request_id == frame.header().request_id
            })
        };
        if answers(socket.register) && socket.registered_at.is_none() {
            match frame.decode::<Verdict>() {
                Ok(verdict) if verdict.success => socket.registered_at = Some(now.monotonic),
                Ok(_) => socket.refused = true,
                Err(_) => {}
            }
        }
        if answers(socket.resume) && !socket.resumed {
            socket.resumed = true;
            self.question = Question::None;
            self.lost_resumes = 0;
        }
    }

    /// A socket is gone; if it was the one in use, the other takes its place.
    pub(super) fn ended(&mut self, generation: u32) {
        if !self.is_used(generation) {
            self.second = None;
            return;
        }
        let Some(socket) = self.socket.take() else { return };
        self.traffic.socket_lost(socket.generation);
        if socket.resume.is_some() && !socket.resumed {
            self.lost_resumes += 1;
        }
        self.socket = self.second.take();
        self.traffic.socket_changed();
    }
}
