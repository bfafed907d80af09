//! One binary WebSocket message: an 8-byte header and a protobuf payload.
//!
//! | offset | size | type | meaning |
//! |---|---|---|---|
//! | 0 | 2 | u16 | event type |
//! | 2 | 2 | u16 | ICD major version of the sender |
//! | 4 | 4 | u32 | request id; 0 in streamed data |
//!
//! All little-endian. A frame of exactly 8 bytes is legal: every field of its
//! message has its default. Source: CARTA interface control document,
//! presentation layer.

use prost::{DecodeError, Message, bytes::Bytes};

use super::EventType;

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Header {
    /// Number of the event type; [`EventType::from_number`] names it.
    pub event_type: u16,
    /// Major version of the interface that the sender speaks.
    pub icd_version: u16,
    /// Chosen by the sender of a request and repeated in its answer.
    pub request_id: u32,
}

impl Header {
    /// Bytes in a header.
    pub const SIZE: usize = 8;

    /// Reads the header of a frame, `None` if there are too few bytes for one.
    pub fn read(frame: &[u8]) -> Option<Self> {
        let head: [u8; Self::SIZE] = frame.get(..Self::SIZE)?.try_into().ok()?;
        Some(Self::from_bytes(head))
    }

    /// Reads a header from its bytes.
    pub const fn from_bytes([t0, t1, v0, v1, i0, i1, i2, i3]: [u8; Self::SIZE]) -> Self {
        Self {
            event_type: u16::from_le_bytes([t0, t1]),
            icd_version: u16::from_le_bytes([v0, v1]),
            request_id: u32::from_le_bytes([i0, i1, i2, i3]),
        }
    }

    /// The header's bytes.
    pub const fn to_bytes(self) -> [u8; Self::SIZE] {
        let [t0, t1] = self.event_type.to_le_bytes();
        let [v0, v1] = self.icd_version.to_le_bytes();
        let [i0, i1, i2, i3] = self.request_id.to_le_bytes();
        [t0, t1, v0, v1, i0, i1, i2, i3]
    }

    /// The event type by name, `None` for a number that this client does not
    /// know.
    pub const fn event(self) -> Option<EventType> {
        EventType::from_number(self.event_type)
    }
}

/// A whole frame. Cloning shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    header: Header,
    bytes: Bytes,
}

impl Frame {
    /// Makes a frame from a message.
    pub fn encode(header: Header, message: &impl Message) -> Self {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&header.to_bytes());
        message.encode_raw(&mut bytes);
        Self { header, bytes: bytes.into() }
    }

    /// Makes a frame from a payload that is encoded already.
    pub fn from_payload(header: Header, payload: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(Header::SIZE + payload.len());
        bytes.extend_from_slice(&header.to_bytes());
        bytes.extend_from_slice(payload);
        Self { header, bytes: bytes.into() }
    }

    /// Takes the bytes of a whole frame, `None` if they are too few.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        Some(Self { header: Header::read(&bytes)?, bytes: bytes.into() })
    }

    /// The header.
    pub const fn header(&self) -> Header {
        self.header
    }

    /// The event type by name.
    pub const fn event(&self) -> Option<EventType> {
        self.header.event()
    }

    /// What follows the header.
    pub fn payload(&self) -> &[u8] {
        self.bytes.get(Header::SIZE..).unwrap_or_default()
    }

    /// Header and payload.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What follows the header, sharing the frame's bytes.
    pub fn shared_payload(&self) -> Bytes {
        self.bytes.slice(Header::SIZE.min(self.bytes.len())..)
    }

    /// Reads the payload as a message. What the message has as bytes shares the
    /// frame's.
    pub fn decode<M: Message + Default>(&self) -> Result<M, DecodeError> {
        M::decode(self.shared_payload())
    }

    /// The same frame with another interface version in its header.
    #[must_use]
    pub fn with_icd_version(self, icd_version: u16) -> Self {
        if self.header.icd_version == icd_version {
            return self;
        }
        Self::from_payload(Header { icd_version, ..self.header }, self.payload())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_little_endian() {
        let header = Header { event_type: 0x0102, icd_version: 0x0304, request_id: 0x0506_0708 };
        assert_eq!(header.to_bytes(), [2, 1, 4, 3, 8, 7, 6, 5]);
        assert_eq!(Header::read(&header.to_bytes()), Some(header));
    }

    #[test]
    fn seven_bytes_are_no_frame_and_eight_are() {
        assert_eq!(Frame::from_bytes(vec![0; 7]), None);
        assert_eq!(Frame::from_bytes(vec![0; 8]).map(|frame| frame.payload().len()), Some(0));
    }

    #[test]
    fn another_version_changes_nothing_else() {
        let header = Header { event_type: 4, icd_version: 30, request_id: 9 };
        let frame = Frame::from_payload(header, b"payload").with_icd_version(28);
        assert_eq!(frame.header(), Header { icd_version: 28, ..header });
        assert_eq!(Header::read(frame.bytes()), Some(frame.header()));
        assert_eq!(frame.payload(), b"payload");
    }
}
