//! What drives the machine in these tests: a message is its frame, and an exception is a text.

use carta_resume::{client, protocol::Frame};

#[derive(Clone, Debug, PartialEq)]
pub struct Native;

impl client::Driver for Native {
    type Message = Frame;
    type Cause = String;

    fn size(message: &Frame) -> usize {
        message.bytes().len()
    }
}

pub type Machine = client::Machine<Native>;
pub type Input = client::Input<Native>;
pub type Effect = client::Effect<Native>;

pub fn wanted(generation: u32, frame: Frame) -> Input {
    let message = frame.clone();
    Input::Frame { generation, frame, message }
}

pub fn skimmed(generation: u32, frame: Frame) -> Input {
    Input::Skimmed { generation, header: frame.header(), message: frame }
}

pub fn cannot_ask(offer: u32, message: &str) -> Input {
    Input::AnswerFailed { offer, message: message.into(), cause: Some("thrown".into()) }
}
