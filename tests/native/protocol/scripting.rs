//! Scripting frames.

use carta_resume::protocol::{
    messages::{ScriptingRequest, ScriptingResponse},
    scripting::Call,
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
    let read = ScriptingResponse::decode(&[][..]).unwrap();
    assert_eq!((read.scripting_request_id, read.success), (0, false));
    assert_eq!((&*read.message, &*read.response), ("", ""));
}

#[test]
fn an_answer_that_is_not_one_is_refused() {
    for payload in [
        &[0x0D, 1, 2][..],            // A truncated id.
        &[0x08, 1],                   // An id of the wrong type.
        &[0x1A, 2, 0xC3, 0x28],       // A message that is not UTF-8.
        &[0x22, 0xFF, 0xFF, 0x03, 0], // A result longer than the frame.
        &[0x10],                      // No flag.
    ] {
        assert!(ScriptingResponse::decode(payload).is_err(), "{payload:02x?}");
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
}
