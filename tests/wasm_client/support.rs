//! A client, its calls, and the backend's side of it.

use carta_resume::{
    browser::ResumeClient,
    protocol::{
        EventType, Frame, Header,
        messages::{OpenFile, OpenFileAck, Point, RegionInfo, SetImageChannels, SetRegion},
    },
};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use prost::Message;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/wasm_support.js")]
extern "C" {
    pub fn backend() -> Promise;
    #[wasm_bindgen(js_name = statusThat)]
    pub fn status_that(client: &JsValue, test: &Function) -> Promise;
    pub fn next(client: &JsValue, event: &str) -> Promise;
    pub fn post(url: &str) -> Promise;
    #[wasm_bindgen(js_name = sessionOf)]
    pub fn session_of(http: &str, session_id: &JsValue) -> Promise;
    pub fn question() -> JsValue;
    pub fn dispatch(name: &str);
    pub fn json(value: &JsValue) -> String;
    #[wasm_bindgen(js_name = codeOf)]
    pub fn code_of(error: &JsValue) -> String;
}

pub(crate) async fn wait(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap()
}

pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

pub(crate) fn call(
    object: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let function: Function = get(object, method).dyn_into().unwrap();
    Reflect::apply(&function, object, &arguments.iter().collect::<Array>())
}

pub(crate) fn promised(object: &JsValue, method: &str, arguments: &[JsValue]) -> Promise {
    call(object, method, arguments).unwrap().unchecked_into()
}

pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

pub(crate) fn function(body: &str) -> JsValue {
    Function::new_with_args("x", body).into()
}

/// The backend's two addresses. Each test has a path of its own, so that no
/// test finds the session id of another.
pub(crate) async fn addresses(path: &str) -> (String, String) {
    let addresses = wait(backend()).await;
    let text = |name| get(&addresses, name).as_string().unwrap();
    (format!("{}/{path}?token=secret", text("ws").trim_end_matches('/')), text("http"))
}

pub(crate) fn client(url: &str, confirm: &JsValue) -> JsValue {
    let options = object(&[
        ("url", url.into()),
        ("icdVersion", 28.into()),
        ("confirmResume", confirm.clone()),
        // Storage has tests of its own.
        ("storage", "memory".into()),
        ("backoff", object(&[("initialMs", 20.into()), ("maxMs", 100.into())])),
    ]);
    ResumeClient::new(&options).unwrap().into()
}

pub(crate) async fn reached(client: &JsValue, phase: &str) -> JsValue {
    let test = Function::new_with_args("status", &format!("return status.phase === '{phase}'"));
    wait(status_that(client, &test)).await
}

pub(crate) fn frame(event: EventType, request_id: u32, message: &impl Message) -> JsValue {
    let header = Header { event_type: event.number(), icd_version: 28, request_id };
    Uint8Array::from(Frame::encode(header, message).bytes()).into()
}

pub(crate) fn payload(message: &impl Message) -> JsValue {
    Uint8Array::from(message.encode_to_vec().as_slice()).into()
}

pub(crate) fn rectangle() -> RegionInfo {
    let control_points = vec![Point { x: 30.0, y: 30.0 }, Point { x: 10.0, y: 6.0 }];
    RegionInfo { region_type: 3, control_points, rotation: 15.0 }
}

/// Opens an image and draws a region, as a viewer does.
pub(crate) async fn open_a_fits(client: &JsValue) {
    let open = OpenFile { file: "a.fits".into(), ..OpenFile::default() };
    let answer =
        wait(promised(client, "request", &[EventType::OpenFile.number().into(), payload(&open)]))
            .await;
    let bytes: Uint8Array = get(&answer, "payload").unchecked_into();
    assert!(OpenFileAck::decode(bytes.to_vec().as_slice()).unwrap().success);
    let region =
        SetRegion { region_id: -1, region_info: Some(rectangle()), ..SetRegion::default() };
    wait(promised(client, "request", &[EventType::SetRegion.number().into(), payload(&region)]))
        .await;
    let channel = SetImageChannels { channel: 3, ..SetImageChannels::default() };
    call(client, "send", &[frame(EventType::SetImageChannels, 7, &channel)]).unwrap();
}

/// Makes the backend drop the connection. The phase is watched from before that, because the wait
/// may be over by the time the backend's answer is read.
pub(crate) async fn drop_connection(http: &str, client: &JsValue) -> JsValue {
    let test = Function::new_with_args("status", "return status.phase === 'waiting'");
    let waiting = status_that(client, &test);
    let session_id = get(&get(client, "status"), "sessionId").as_f64().unwrap();
    wait(post(&format!("{http}/control/drop?session={session_id}"))).await;
    wait(waiting).await
}

pub(crate) async fn backend_state(http: &str, client: &JsValue) -> JsValue {
    wait(session_of(http, &get(&get(client, "status"), "sessionId"))).await
}
