//! The client in a real browser's page, on a real socket, against the development backend.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs, clippy::future_not_send)]

mod support;

use carta_resume::{
    browser::{ResumeClient, use_error_class},
    protocol::{EventType, Header, messages::OpenFileAck},
};
use js_sys::{ArrayBuffer, Function, Object, Uint8Array};
use prost::Message;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use support::*;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_dropped_connection_is_restored_after_a_yes() {
    let (url, http) = addresses("yes").await;
    let question = question();
    let client = client(&url, &get(&question, "confirm"));
    wait(promised(&client, "connect", &[])).await;
    open_a_fits(&client).await;
    // Any answer proves that what was sent before has arrived.
    list_files(&client).await;
    let before = backend_state(&http, &client).await;

    drop_connection(&http, &client).await;
    let asked = wait(promised(&question, "next", &[1.into()])).await;
    let offer = get(&asked, "offer");
    assert_eq!(
        keys(&offer),
        "backendMessage canRemake cannotRestore catalogs hasView images reason savedAt sessionId \
         sessionType stillRestoring suspected"
    );
    assert_eq!(get(&offer, "reason"), "connection-lost");
    let image = get(&get(&offer, "images"), "0");
    assert_eq!(get(&image, "file"), "a.fits");
    assert_eq!(get(&image, "channel"), 3);
    assert_eq!(get(&image, "regionCount"), 1);
    assert_eq!(keys(&image), "channel directory file fileId hasContours hdu regionCount stokes");

    let resumed = next(&client, "resumed");
    call(&asked, "answer", &[true.into()]).unwrap();
    let report = wait(resumed).await;
    assert_eq!(get(&report, "success"), true, "{}", json(&report));
    assert_eq!(
        keys(&report),
        "bytesSent catalogs changedImages durationMs failedImages failedRegions images lostImages \
         message reason regionCount remaking state success"
    );
    assert_eq!(json(&get(&report, "images")), "[0]");
    assert_eq!(get(&report, "state"), JsValue::NULL);
    let state = call(&client, "viewerState", &[]).unwrap();
    let ack = get(&get(&get(&state, "images"), "0"), "openFileAck");
    let ack = ack.dyn_into::<Uint8Array>().unwrap().to_vec();
    assert!(OpenFileAck::decode(ack.as_slice()).unwrap().success);
    reached(&client, "active").await;
    list_files(&client).await;
    let after = backend_state(&http, &client).await;
    assert_eq!(json(&before), json(&after));
    call(&client, "close", &[]).unwrap();
}

async fn list_files(client: &JsValue) {
    let event = EventType::FileListRequest.number();
    wait(promised(client, "request", &[event.into(), Uint8Array::new_with_length(0).into()])).await;
}

#[wasm_bindgen_test]
async fn a_no_leaves_an_empty_session_and_a_working_client() {
    let (url, http) = addresses("no").await;
    let client = client(&url, &function("return false"));
    wait(promised(&client, "connect", &[])).await;
    open_a_fits(&client).await;
    drop_connection(&http, &client).await;
    reached(&client, "active").await;
    list_files(&client).await;
    let state = backend_state(&http, &client).await;
    assert_eq!(json(&get(&state, "images")), "[]");
    assert_eq!(json(&call(&client, "viewerState", &[]).unwrap()), r#"{"images":[],"catalogs":[]}"#);
    call(&client, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
async fn the_session_id_outlives_the_page_and_the_token_does_not() {
    let (url, _) = addresses("reload").await;
    let first = client(&url, &function("return true"));
    wait(promised(&first, "connect", &[])).await;
    let id = get(&get(&first, "status"), "sessionId");
    call(&first, "close", &[]).unwrap();

    let second = client(&url, &function("return true"));
    wait(promised(&second, "connect", &[])).await;
    assert_eq!(get(&get(&second, "status"), "sessionId"), id);
    assert_eq!(get(&get(&second, "status"), "sessionType"), "resumed");
    let storage = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    assert!(!json(&storage).contains("secret"), "{}", json(&storage));
    call(&second, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
async fn callbacks_may_call_back_into_the_client() {
    let (url, _) = addresses("callback").await;
    let client = client(&url, &function("return true"));
    let code = "x.on('status', (s) => { if (s.phase === 'registering') x.send(new Uint8Array([2,\
                0,28,0,9,0,0,0])); }); x.on('frame', (f) => { const t = new \
                DataView(f).getUint16(0, true); if (t === 19) x.close(); });";
    Function::new_with_args("x", code).call1(&JsValue::NULL, &client).unwrap();
    wait(promised(&client, "connect", &[])).await;
    reached(&client, "closed").await;
    let refused = call(&client, "send", &[Uint8Array::new_with_length(8).into()]).unwrap_err();
    assert_eq!(code_of(&refused), "closed");
}

#[wasm_bindgen_test]
async fn status_is_one_object_until_it_changes() {
    let (url, _) = addresses("status").await;
    let client = client(&url, &function("return true"));
    let idle = get(&client, "status");
    assert!(Object::is(&idle, &get(&client, "status")));
    wait(promised(&client, "connect", &[])).await;
    assert!(!Object::is(&idle, &get(&client, "status")));
    assert_eq!(get(&idle, "phase"), "idle");
    call(&client, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
async fn frames_reach_the_viewer_as_array_buffers_with_their_header() {
    let (url, _) = addresses("frames").await;
    let client = client(&url, &function("return true"));
    let frame = next(&client, "frame");
    wait(promised(&client, "connect", &[])).await;
    let buffer: ArrayBuffer = wait(frame).await.dyn_into().unwrap();
    let header = Header::read(&Uint8Array::new(&buffer).to_vec()).unwrap();
    assert_eq!(header.event(), Some(EventType::RegisterViewerAck));
    call(&client, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
async fn coming_online_ends_a_long_wait() {
    let (url, http) = addresses("online").await;
    let options = object(&[
        ("url", url.into()),
        ("icdVersion", 28.into()),
        ("confirmResume", function("return true")),
        ("storage", "memory".into()),
        // Without jitter the second delay is 20 seconds.
        (
            "backoff",
            object(&[
                ("initialMs", 200.into()),
                ("maxMs", 3_600_000.into()),
                ("factor", 100.into()),
                ("resetAfterMs", 3_600_000.into()),
                ("jitter", "none".into()),
            ]),
        ),
    ]);
    let client: JsValue = ResumeClient::new(&options).unwrap().into();
    wait(promised(&client, "connect", &[])).await;
    drop_connection(&http, &client).await;
    reached(&client, "active").await;
    let waiting = drop_connection(&http, &client).await;
    assert_eq!(get(&waiting, "retryInMs"), 20_000);
    dispatch("online");
    reached(&client, "active").await;
    call(&client, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
async fn an_aborted_request_rejects_with_the_reason() {
    let (url, _) = addresses("abort").await;
    let client = client(&url, &function("return true"));
    let controller = web_sys::AbortController::new().unwrap();
    let options = object(&[("signal", controller.signal().into())]);
    let event = EventType::FileListRequest.number();
    let request = promised(
        &client,
        "request",
        &[event.into(), Uint8Array::new_with_length(0).into(), options],
    );
    controller.abort_with_reason(&"enough".into());
    assert_eq!(JsFuture::from(request).await.unwrap_err(), "enough");
    call(&client, "close", &[]).unwrap();
}

#[wasm_bindgen_test]
fn the_workspace_can_be_stated_by_calls() {
    let client = client("ws://127.0.0.1:1/", &function("return true"));
    let image = object(&[("fileId", 2.into()), ("file", "cube.fits".into())]);
    call(&client, "openImage", &[image]).unwrap();
    call(&client, "setChannel", &[2.into(), 4.into(), 0.into()]).unwrap();
    let points = js_sys::Float32Array::from([1.0_f32, 2.0, 3.0, 4.0].as_slice());
    let region = |points: JsValue| {
        object(&[("regionType", 3.into()), ("controlPoints", points), ("rotation", 0.into())])
    };
    call(&client, "setRegion", &[2.into(), 1.into(), region(points.into())]).unwrap();
    let state = json(&call(&client, "viewerState", &[]).unwrap());
    assert!(state.contains(r#""channel":4"#), "{state}");
    assert!(state.contains(r#"[{"x":1,"y":2},{"x":3,"y":4}]"#), "{state}");

    let bad = js_sys::Float32Array::from([1.0_f32, f32::NAN, 3.0, 4.0].as_slice());
    let error = call(&client, "setRegion", &[2.into(), 1.into(), region(bad.into())]).unwrap_err();
    assert_eq!(code_of(&error), "invalid-region");
    let error = call(&client, "setChannel", &[9.into(), 4.into(), 0.into()]).unwrap_err();
    assert_eq!(code_of(&error), "unknown-image");
    assert_eq!(json(&call(&client, "viewerState", &[]).unwrap()), state);
}

#[wasm_bindgen_test]
fn the_viewer_state_has_the_declared_shape() {
    let client = client("ws://127.0.0.1:1/", &function("return true"));
    let image = parsed(
        r#"{"fileId":2,"directory":"d","file":"cube.fits","hdu":"1","channel":4,"stokesFiles":
            [{"directory":"e","file":"i.fits","hdu":"","polarizationType":1}]}"#,
    );
    call(&client, "openImage", &[image]).unwrap();
    let points = js_sys::Float32Array::from([1.5_f32, 2.0, 3.0, 4.0].as_slice());
    let region = object(&[
        ("regionType", 3.into()),
        ("controlPoints", points.into()),
        ("rotation", 12.5.into()),
    ]);
    call(&client, "setRegion", &[2.into(), 7.into(), region]).unwrap();
    let cursor = parsed(r#"{"regionType":0,"controlPoints":[{"x":5,"y":6.25}],"rotation":0}"#);
    call(&client, "setRegion", &[2.into(), 0.into(), cursor]).unwrap();
    let settings = r#"{"levels":[0.5,1e-30],"imageBounds":{"xMin":1,"xMax":2,"yMin":3,"yMax":4}}"#;
    call(&client, "setContours", &[2.into(), parsed(settings)]).unwrap();
    call(&client, "openImage", &[parsed(r#"{"fileId":3,"file":"bare.fits"}"#)]).unwrap();
    call(&client, "openCatalog", &[parsed(r#"{"fileId":1,"name":"c.xml"}"#)]).unwrap();

    let full = concat!(
        r#"{"fileId":2,"directory":"d","file":"cube.fits","hdu":"1","lelExpr":false,"#,
        r#""supportAipsBeam":false,"channel":4,"stokes":0,"stokesFiles":[{"directory":"e","#,
        r#""file":"i.fits","hdu":"","polarizationType":1}],"regions":[{"regionId":7,"#,
        r#""regionType":3,"controlPoints":[{"x":1.5,"y":2},{"x":3,"y":4}],"rotation":12.5}],"#,
        r#""cursor":{"x":5,"y":6.25},"contours":{"levels":[0.5,1e-30],"referenceFileId":0,"#,
        r#""imageBounds":{"xMin":1,"xMax":2,"yMin":3,"yMax":4},"smoothingMode":2,"#,
        r#""smoothingFactor":4,"decimationFactor":4,"compressionLevel":8,"#,
        r#""contourChunkSize":100000},"hasVectorOverlay":false,"live":true,"#,
        r#""openFileAck":null}"#,
    );
    let bare = concat!(
        r#"{"fileId":3,"directory":"","file":"bare.fits","hdu":"","lelExpr":false,"#,
        r#""supportAipsBeam":false,"channel":0,"stokes":0,"stokesFiles":[],"regions":[],"#,
        r#""cursor":null,"contours":null,"hasVectorOverlay":false,"live":true,"#,
        r#""openFileAck":null}"#,
    );
    let catalog = r#"{"fileId":1,"directory":"","name":"c.xml","previewDataSize":0}"#;
    assert_eq!(
        json(&call(&client, "viewerState", &[]).unwrap()),
        format!(r#"{{"images":[{full},{bare}],"catalogs":[{catalog}]}}"#)
    );
}

fn parsed(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap()
}

/// The names of an object's properties.
fn keys(object: &JsValue) -> String {
    let keys = Object::keys(object.unchecked_ref::<Object>());
    keys.sort();
    keys.join(" ").into()
}

#[wasm_bindgen_test]
fn a_client_at_rest_has_a_frozen_status_with_every_property() {
    let client = client("ws://127.0.0.1:1/", &function("return true"));
    let status = get(&client, "status");
    let expected = concat!(
        r#"{"phase":"idle","attempt":0,"retryInMs":null,"sessionId":0,"sessionType":null,"#,
        r#""latencyMs":null,"silentSince":null,"error":null}"#,
    );
    assert_eq!(json(&status), expected);
    assert!(Object::is_frozen(status.unchecked_ref::<Object>()));
}

/// May run before or after the other tests without affecting them: the parts of an error that they
/// check are there with or without the class.
#[wasm_bindgen_test]
fn errors_are_made_of_the_class_that_was_set() {
    let refuse = || {
        let client = client("ws://127.0.0.1:1/", &function("return true"));
        call(&client, "closeImage", &["2".into()]).unwrap_err()
    };
    let error = refuse();
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(get(&error, "name"), "ResumeError");
    assert_eq!(get(&error, "code"), "unknown-image");
    assert_eq!(get(&error, "message"), "fileId must be a whole number.");

    let class = Function::new_no_args(
        "return class extends Error { constructor(code, message, details) { super(message); \
         Object.assign(this, details); this.code = code; this.isOurs = true; } }",
    );
    let class = class.call0(&JsValue::UNDEFINED).unwrap();
    use_error_class(class.unchecked_into());
    let error = refuse();
    assert_eq!(get(&error, "isOurs"), true);
    assert_eq!(get(&error, "code"), "unknown-image");
    assert_eq!(get(&error, "message"), "fileId must be a whole number.");
}
