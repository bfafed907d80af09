//! The viewer, which carries out one call after another.

use carta_resume::protocol::{
    EventType, Frame,
    messages::{
        ImportRegion, OpenFileAck, ScriptingResponse, SetRegionAck, views::RegionCalculation,
    },
};
use serde_json::Value;

use super::Page;
use crate::client::support::frames::{frame, open_file, remove_region, set_channel, set_region};

impl Page {
    pub(super) fn fed(&mut self, frame: &Frame) {
        if let Some((call, request)) = self.importing
            && frame.event() == Some(EventType::ImportRegionAck)
            && frame.header().request_id == request
        {
            self.importing = None;
            self.imported.push(frame.decode().expect("readable"));
            self.respond(call, "");
        }
        if frame.event() == Some(EventType::ScriptingRequest) {
            self.calls.push_back(frame.decode().expect("readable"));
        }
    }

    /// The backend answers the viewer.
    pub(super) fn told(&mut self, frame: &Frame) {
        let Some((call, request)) = self.waits else { return };
        if frame.header().request_id != request {
            return;
        }
        self.waits = None;
        let (success, id) = if frame.event() == Some(EventType::OpenFileAck) {
            let ack: OpenFileAck = frame.decode().expect("readable");
            (ack.success, ack.file_id)
        } else {
            let ack: SetRegionAck = frame.decode().expect("readable");
            (ack.success, ack.region_id)
        };
        if success { self.respond(call, &id.to_string()) } else { self.fail(call, "No such file") }
    }

    /// False if there is no such call.
    pub(super) fn carry_out_a_call(&mut self) -> bool {
        let Some(call) = self.calls.pop_front() else { return false };
        self.called.push(call.action.clone());
        let id = call.scripting_request_id;
        if call.action == self.hangs_on {
            self.hanging = Some(id);
            return true;
        }
        let parameters: Value = serde_json::from_str(&call.parameters).expect("JSON");
        let image = || {
            let index = call.target.strip_prefix("frameMap[")?;
            index[..index.find(']')?].parse::<i32>().ok()
        };
        match call.action.as_str() {
            "appendFile" => {
                let file_id = self.next_file;
                self.next_file += 1;
                let request = self.next_id();
                self.waits = Some((id, request));
                self.say(open_file(request, file_id, parameters[1].as_str().expect("a name")));
            }
            "addRegionAsync" => {
                let request = self.next_id();
                self.waits = Some((id, request));
                #[allow(clippy::cast_possible_truncation)]
                let x = parameters[1][0]["x"].as_f64().expect("a number") as f32;
                let image = self.draws_on.or_else(image).expect("an image");
                self.say(set_region(request, image, -1, x + self.draws_beside));
            }
            "importRegion" => {
                let path = parameters[3]["macroVariable"].as_str().expect("a path");
                let index = path.strip_prefix("frameMap[").expect("an image").trim_end_matches(']');
                let group_id = self.draws_on.unwrap_or_else(|| index.parse().expect("a number"));
                let request = self.next_id();
                self.importing = Some((id, request));
                self.say(import(request, group_id, parameters[1].as_str().expect("a name")));
            }
            "deleteRegion" => {
                let path = parameters[0]["macroVariable"].as_str().expect("a path");
                let (_, region) = path.split_once("regionMap[").expect("a region");
                let region = region.trim_end_matches(']').parse().expect("a number");
                let request = self.next_id();
                self.say(remove_region(request, region));
                self.respond(id, "");
            }
            "setChannels" => {
                let request = self.next_id();
                let channel = i32::try_from(parameters[0].as_i64().expect("a number")).unwrap();
                self.say(set_channel(request, image().expect("an image"), channel));
                self.respond(id, "");
            }
            "requestMoment" => {
                let id = |name: &str| {
                    Some(i32::try_from(parameters[0][name].as_i64().expect("an id")).unwrap())
                };
                let ids = RegionCalculation {
                    file_id: id("fileId"),
                    region_id: id("regionId"),
                    spectral_range: None,
                };
                let request = self.next_id();
                self.say(frame(EventType::MomentRequest, request, &ids));
            }
            "valueOf" => {
                let value = self.values.get(&*call.return_path).copied().unwrap_or_default();
                self.respond(id, value);
            }
            _ => self.respond(id, ""),
        }
        true
    }

    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn say(&mut self, frame: Frame) {
        self.machine.send(self.now, frame).expect("taken");
    }

    /// The viewer answers a call: a late one from the client, or one from the backend.
    pub fn responds_to(&mut self, call: i32) {
        self.respond(call, "");
        self.settle();
    }

    /// It answers the call that it hung on, and hangs no more.
    pub fn wakes(&mut self) {
        self.hangs_on = "";
        let call = self.hanging.take().expect("it hangs");
        self.responds_to(call);
    }

    pub(super) fn respond(&mut self, call: i32, response: &str) {
        self.scripting_response(call, true, "", response);
    }

    fn fail(&mut self, call: i32, message: &str) {
        self.scripting_response(call, false, message, "");
    }

    fn scripting_response(&mut self, call: i32, success: bool, message: &str, response: &str) {
        let response = ScriptingResponse {
            scripting_request_id: call,
            success,
            message: message.to_owned(),
            response: response.to_owned(),
        };
        let request_id = self.next_id();
        self.say(frame(EventType::ScriptingResponse, request_id, &response));
    }
}

/// IMPORT_REGION as the viewer sends it.
pub fn import(request: u32, group_id: i32, file: &str) -> Frame {
    let message = ImportRegion {
        group_id,
        r#type: 1,
        directory: ".".into(),
        file: file.into(),
        contents: Vec::new(),
    };
    frame(EventType::ImportRegion, request, &message)
}
