//! Calls to the viewer, over HTTP and through its socket.

use backend::scripting::{ScriptingRequest, ScriptingResponse};
use carta_resume::protocol::EventType;
use serde_json::{Value, json};

use crate::support::{Backend, Viewer};

const ORDER: &str = "/control/scripting?target=activeFrame&action=setChannels\
                     &parameters=%5B3,0%5D&returnPath=channel";

async fn json(backend: &Backend, path: &str) -> (u16, Value) {
    let (status, _, body) = backend.http("POST", path).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn answer(viewer: &mut Viewer, success: bool, response: &str) -> ScriptingRequest {
    let request: ScriptingRequest = viewer.expect(EventType::ScriptingRequest).await;
    let response = ScriptingResponse {
        scripting_request_id: request.scripting_request_id,
        success,
        message: if success { String::new() } else { "no such function".to_owned() },
        response: response.to_owned(),
    };
    viewer.send(EventType::ScriptingResponse, &response).await;
    request
}

#[tokio::test]
async fn an_order_is_carried_out_and_its_result_comes_back() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(7).await;
    let (done, request) = tokio::join!(json(&backend, ORDER), answer(&mut viewer, true, "3"));
    assert_eq!(done, (200, json!({ "success": true, "message": "", "response": 3 })));
    assert_eq!((request.target.as_str(), request.action.as_str()), ("activeFrame", "setChannels"));
    assert_eq!((request.parameters.as_str(), request.return_path.as_str()), ("[3,0]", "channel"));
    let (failed, _) = tokio::join!(json(&backend, ORDER), answer(&mut viewer, false, ""));
    let expected = json!({ "success": false, "message": "no such function", "response": null });
    assert_eq!(failed, (200, expected));
}

#[tokio::test]
async fn answers_find_whom_they_are_for() {
    let backend = Backend::start(&[]).await;
    let (mut one, _) = backend.register(11).await;
    let (mut two, _) = backend.register(22).await;
    let [first, second] = ["11", "22"].map(|id| format!("{ORDER}&session={id}"));
    let (a, b, ..) = tokio::join!(
        json(&backend, &first),
        json(&backend, &second),
        answer(&mut one, true, "\"one\""),
        answer(&mut two, true, "\"two\""),
    );
    assert_eq!((&a.1["response"], &b.1["response"]), (&json!("one"), &json!("two")));
    // The message does not say which of the two it is.
    assert_eq!(json(&backend, ORDER).await.0, 400);
}

#[tokio::test]
async fn without_an_answer_it_says_so() {
    let backend = Backend::start(&[]).await;
    assert_eq!(json(&backend, ORDER).await.0, 400, "there is no viewer");
    let (mut viewer, _) = backend.register(7).await;
    assert_eq!(json(&backend, "/control/scripting?target=x").await.0, 400, "no action");
    let (status, _, body) = backend.http("POST", &format!("{ORDER}&timeout=20")).await;
    assert_eq!((status, body.as_slice()), (400, b"the viewer has not answered".as_slice()));
    // An answer that comes too late, and one that nobody asked for, do no harm.
    answer(&mut viewer, true, "1").await;
    viewer.send(EventType::ScriptingResponse, &ScriptingResponse::default()).await;
    let waiting = backend.http("POST", ORDER);
    let drop = async {
        viewer.expect::<ScriptingRequest>(EventType::ScriptingRequest).await;
        backend.control("drop").await;
    };
    let ((status, _, body), ()) = tokio::join!(waiting, drop);
    assert_eq!((status, body.as_slice()), (400, b"the viewer's socket has ended".as_slice()));
}
