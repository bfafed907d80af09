//! What happens in the network and at the backend.

use super::{
    super::{
        driver::{Input, cannot_ask, skimmed, wanted},
        frames::image_data,
        network::{Event, Message, Reach},
    },
    World,
};

impl World {
    pub(super) fn happens(&mut self, event: Event) {
        let wall = self.clock.wall;
        match event {
            Event::Settled { generation, opens } => self.settled(generation, opens),
            Event::ToBackend { generation, message } => {
                if self.network.sockets.get(&generation).is_some_and(|socket| socket.served) {
                    self.serve(generation, message);
                }
            }
            Event::ToViewer { generation, message } => {
                if self.is_heard(generation) {
                    self.receive(generation, message);
                }
            }
            Event::Closed { generation } => {
                if self.is_heard(generation) {
                    self.network.sockets.entry(generation).or_default().heard = false;
                    self.input(Input::Lost { generation });
                }
            }
            Event::Gone { generation } => {
                self.network.sockets.entry(generation).or_default().served = false;
                self.backend.disconnect(wall, generation);
            }
            Event::Dies => {
                self.backend.is_dying = false;
                self.backend.crashes += 1;
                self.restart_backend();
            }
            Event::Barred { generation, by } => self.input(Input::Barred { generation, by }),
            Event::Probed { answered } => self.input(Input::Probed { answered }),
            Event::Answer { offer, answer } => self.input(Input::Answered { offer, answer }),
            Event::AnswerFails { offer } => {
                self.input(cannot_ask(offer, "no window"));
            }
        }
    }

    fn is_heard(&self, generation: u32) -> bool {
        self.network.sockets.get(&generation).is_some_and(|socket| socket.heard)
    }

    fn settled(&mut self, generation: u32, opens: bool) {
        if !self.is_heard(generation) {
            return;
        }
        let opens = opens && self.network.reach == Reach::Open;
        let socket = self.network.sockets.entry(generation).or_default();
        if opens {
            socket.served = true;
            self.backend.accept(generation);
            self.input(Input::Opened { generation });
        } else {
            socket.heard = false;
            self.input(Input::Lost { generation });
        }
    }

    fn serve(&mut self, generation: u32, message: Message) {
        let wall = self.clock.wall;
        if self.backend.is_dying {
            return;
        }
        if let Message::Binary(frame) = &message
            && self.backend.killers.iter().any(|killer| killer.kills_by(frame))
        {
            self.backend.is_dying = true;
            self.network.at(wall + self.backend.dies_after_ms, Event::Dies);
            return;
        }
        let mut replies = Vec::new();
        match message {
            Message::Ping => replies.push(Message::Pong),
            Message::Pong => {}
            Message::Binary(frame) => {
                let event = frame.event();
                let busy = event.and_then(|event| self.backend.busy_ms.get(&event));
                self.network.occupy(wall, busy.copied().unwrap_or_default());
                replies.extend(self.backend.receive(wall, generation, &frame).map(Message::Binary));
                let stream = event.and_then(|event| self.backend.streams.get(&event));
                replies.extend(stream.map(|&size| Message::Binary(image_data(size))));
            }
        }
        for message in replies {
            self.network.reply(wall, generation, message);
        }
    }

    /// As a page's socket handler does it.
    pub fn receive(&mut self, generation: u32, message: Message) {
        let input = match message {
            Message::Ping => Input::Text { generation, pong: false },
            Message::Pong => Input::Text { generation, pong: true },
            Message::Binary(frame) if self.machine.wants(generation, frame.header()) => {
                wanted(generation, frame)
            }
            Message::Binary(frame) => skimmed(generation, frame),
        };
        self.input(input);
    }
}
