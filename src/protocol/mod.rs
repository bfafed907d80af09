//! The CARTA interface: frames, event types, messages, and the conversation
//! that opens a connection.

pub mod carta;
pub mod event_type;
pub mod frame;
pub mod handshake;
pub mod messages;
pub mod refusal;
pub mod scripting;
pub mod words;

pub use event_type::EventType;
pub use frame::{Frame, Header};
