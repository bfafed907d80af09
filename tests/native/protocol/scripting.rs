//! Scripting frames against a generated encoder and decoder.

use carta_resume::protocol::{
    messages::{ScriptingRequest, ScriptingResponse as Response},
    scripting::{Call, ScriptingResponse},
};
use proptest::prelude::*;
use prost::Message;

#[test]
fn a_viewer_is_told_to_wait_for_the_result() {
    let call = Call { action: "flush".to_owned(), ..Call::default() };
    assert!(!ScriptingRequest::decode(&*call.encode(1)).unwrap().r#async);
}

#[test]
fn an_empty_answer_is_a_failure_of_request_0() {
    let read = ScriptingResponse::read(&[]).unwrap();
    assert_eq!((read.request_id, read.success), (0, false));
    assert_eq!((read.message, read.response), ("", ""));
}

#[test]
fn an_answer_that_is_none_is_refused() {
    for payload in [
        &[0x0D, 1, 2][..],            // An id that is cut off.
        &[0x08, 1],                   // An id of another type.
        &[0x1A, 2, 0xC3, 0x28],       // A message that is not UTF-8.
        &[0x22, 0xFF, 0xFF, 0x03, 0], // A result longer than the frame.
        &[0x10],                      // No flag.
    ] {
        assert!(ScriptingResponse::read(payload).is_err(), "{payload:02x?}");
    }
}

proptest! {
    #[test]
    fn a_request_says_what_was_meant(
        id: u32, target: String, action: String, parameters: String, return_path: String,
    ) {
        let call = Call { target, action, parameters, return_path };
        let request = ScriptingRequest::decode(&*call.encode(id)).unwrap();
        prop_assert_eq!(request.scripting_request_id.cast_unsigned(), id);
        prop_assert_eq!(request.target, call.target);
        prop_assert_eq!(request.action, call.action);
        prop_assert_eq!(request.parameters, call.parameters);
        prop_assert_eq!(request.return_path, call.return_path);
    }

    #[test]
    fn an_answer_is_read_as_it_was_meant(
        id: i32, success: bool, message: String, response: String,
    ) {
        let sent = Response { scripting_request_id: id, success, message, response };
        let payload = sent.encode_to_vec();
        let read = ScriptingResponse::read(&payload).unwrap();
        prop_assert_eq!(read.request_id, id.cast_unsigned());
        prop_assert_eq!(read.success, success);
        prop_assert_eq!(read.message, sent.message);
        prop_assert_eq!(read.response, sent.response);
    }

    #[test]
    fn whatever_is_read_a_generated_decoder_reads_alike(payload: Vec<u8>) {
        if let Ok(read) = ScriptingResponse::read(&payload) {
            let decoded = Response::decode(&*payload).unwrap();
            prop_assert_eq!(read.request_id, decoded.scripting_request_id.cast_unsigned());
            prop_assert_eq!(read.response, decoded.response);
        }
    }
}
