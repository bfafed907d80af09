//! A small model of a viewer, for tests of rebuilding: it reads calls as the viewers 4.1.0 and
//! 6.0.0 do, and keeps what they say.

pub mod kept;

use std::collections::BTreeMap;

use carta_resume::rebuild::{Call, Outcome, Rebuild};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V4,
    V6,
}

pub const VERSIONS: [Version; 2] = [Version::V4, Version::V6];

/// An image in a viewer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The parameters by which it was opened.
    pub opened: Value,
    pub stokes_files: Value,
    pub channels: (i64, i64),
    /// Whether the backend was told.
    pub announced: bool,
    /// The image that it is matched to, whose regions it shows in place of its own.
    pub reference: Option<i32>,
    /// Type, points, rotation and name, by id.
    pub regions: BTreeMap<i32, Value>,
    pub contours: Value,
    pub contours_drawn: bool,
    pub overlay: Value,
    pub overlay_drawn: bool,
}

#[derive(Debug)]
pub struct Viewer {
    pub version: Version,
    pub frames: BTreeMap<i32, Frame>,
    pub in_view: Option<i32>,
    pub catalogs: Vec<Value>,
    /// Files that do not open.
    pub missing: Vec<&'static str>,
    /// Region types that the backend refuses.
    pub refused: Vec<i64>,
    /// Images are matched to the first as they are opened.
    pub matches: bool,
    /// A method that this viewer lacks.
    pub lacks: &'static str,
    pub calls: Vec<Call>,
    /// Errors that it has written to its console.
    pub errors: usize,
    scheduled: Option<i32>,
    next_file: i32,
    next_region: i32,
}

/// What a viewer answers: the result as JSON, or why there is none.
pub type Answer = Result<String, String>;

impl Viewer {
    /// Ids start at numbers that nothing that was kept has.
    pub fn new(version: Version) -> Self {
        Self {
            version,
            frames: BTreeMap::new(),
            in_view: None,
            catalogs: Vec::new(),
            missing: Vec::new(),
            refused: Vec::new(),
            matches: false,
            lacks: "",
            calls: Vec::new(),
            errors: 0,
            scheduled: None,
            next_file: 100,
            next_region: 500,
        }
    }

    pub fn call(&mut self, call: &Call) -> Answer {
        self.calls.push(call.clone());
        let text = with_macros(&call.parameters);
        let Ok(Value::Array(parameters)) = serde_json::from_str::<Value>(&text) else {
            return Err("Failed to parse scripting request".to_owned());
        };
        let result = self.execute(call, &parameters).inspect_err(|_| self.errors += 1)?;
        Ok(match &result {
            Value::Object(_) if !call.return_path.is_empty() => {
                let pointer = format!("/{}", call.return_path.replace('.', "/"));
                result.pointer(&pointer).map(ToString::to_string).unwrap_or_default()
            }
            // `undefined` is not JSON.
            Value::Null => String::new(),
            _ => result.to_string(),
        })
    }

    fn execute(&mut self, call: &Call, parameters: &[Value]) -> Result<Value, String> {
        let unknown = || Err(format!("Error: Missing action function: {}", call.action));
        if call.action == self.lacks {
            return unknown();
        }
        let Some(target) = call.target.strip_prefix("frameMap[") else {
            return match call.target.as_str() {
                "" => self.of_store(&call.action, parameters).unwrap_or_else(unknown),
                "throttledSetChannels" if call.action == "flush" => {
                    self.flush();
                    Ok(Value::Null)
                }
                _ => Err(format!("Error: Missing target object: {}", call.target)),
            };
        };
        let (id, part) = target.split_once(']').unwrap();
        let mut id: i32 = id.parse().unwrap();
        if part == ".regionSet" {
            id = self.frames.get(&id).and_then(|frame| frame.reference).unwrap_or(id);
        }
        let region = self.next_region;
        let Some(frame) = self.frames.get_mut(&id) else {
            return Err(format!("Error: Missing target object: {}", call.target));
        };
        match (part, call.action.as_str()) {
            ("", "setStokesFiles") => frame.stokes_files = parameters[0].clone(),
            ("", "setChannels") => {
                assert_eq!(parameters[2], json!(false));
                let channels = (parameters[0].as_i64().unwrap(), parameters[1].as_i64().unwrap());
                frame.announced = false;
                frame.channels = channels;
            }
            ("", "applyContours") => frame.contours_drawn = true,
            ("", "applyVectorOverlay") => frame.overlay_drawn = true,
            (".contourConfig", "setContourConfiguration") => frame.contours = json!(parameters),
            (".vectorOverlayConfig", "setVectorOverlayConfiguration") => {
                frame.overlay = json!(parameters);
            }
            (".regionSet", "addRegionAsync") => {
                if self.refused.contains(&parameters[0].as_i64().unwrap()) {
                    return Ok(json!({ "regionId": -1 }));
                }
                frame.regions.insert(region, kept::as_floats(&json!(parameters)));
                self.next_region += 1;
                return Ok(json!({ "regionId": region }));
            }
            (".regionSet", "deleteRegion") => {
                let path = parameters[0]["macroVariable"].as_str().unwrap();
                let place = path.strip_prefix(target).unwrap().strip_prefix(".regionMap[").unwrap();
                frame.regions.remove(&place.strip_suffix(']').unwrap().parse().unwrap());
            }
            _ => return unknown(),
        }
        Ok(Value::Null)
    }

    fn of_store(&mut self, action: &str, parameters: &[Value]) -> Option<Result<Value, String>> {
        Some(match (action, self.version) {
            ("getFrame", _) => Ok(self.property(parameters[0].as_i64()?)),
            ("appendFile", _) => {
                let name = parameters[1].as_str()?;
                if self.missing.contains(&name) {
                    Err(format!("File {name} does not exist."))
                } else {
                    let id = self.open(parameters, parameters[4].as_bool()?);
                    Ok(json!({ "frameInfo": { "fileId": id } }))
                }
            }
            ("appendConcatFile", _) => {
                let name = parameters[0][0]["file"].as_str()?;
                if self.missing.contains(&name) {
                    Err(format!("File {name} does not exist."))
                } else {
                    Ok(json!(self.open(parameters, true)))
                }
            }
            ("setChannelsByFrame", _) => {
                // Scheduling another one replaces the previous one.
                let path = parameters[0]["macroVariable"].as_str()?;
                let id = path.strip_prefix("frameMap[")?.strip_suffix(']')?;
                self.scheduled = id.parse().ok();
                Ok(Value::Null)
            }
            ("setSpatialMatchingEnabled", _) => {
                assert_eq!(parameters[1], json!(false));
                let path = parameters[0]["macroVariable"].as_str()?;
                let id: i32 = path.strip_prefix("frameMap[")?.strip_suffix(']')?.parse().ok()?;
                self.unmatch(id);
                Ok(Value::Null)
            }
            ("valueOf", _) => Ok(self.methods()),
            ("setActiveFrameById", Version::V4) => {
                self.show(parameters[0].as_i64()?);
                Ok(Value::Null)
            }
            ("setActiveImageById", Version::V6) => {
                assert_eq!(parameters[0], json!(0));
                self.show(parameters[1].as_i64()?);
                Ok(Value::Null)
            }
            ("appendCatalog", _) if self.frames.is_empty() => Err("No image file".to_owned()),
            ("appendCatalog", _) => {
                let name = parameters[1].as_str()?;
                if self.missing.contains(&name) {
                    Err(format!("Catalog {name} does not exist."))
                } else {
                    self.catalogs.push(json!(parameters));
                    Ok(json!(self.catalogs.len()))
                }
            }
            _ => return None,
        })
    }

    fn property(&self, id: i64) -> Value {
        let id = if id == -1 { self.in_view } else { i32::try_from(id).ok() };
        let Some(id) = id.filter(|id| self.frames.contains_key(id)) else { return Value::Null };
        let overlays = match self.version {
            Version::V4 => json!({ "pixelAveragingEnabled": false }),
            Version::V6 => json!({ "thresholdOption": 1 }),
        };
        let reference = match self.frames[&id].reference {
            Some(id) => json!({ "frameInfo": { "fileId": id } }),
            None => Value::Null,
        };
        json!({
            "frameInfo": { "fileId": id },
            "vectorOverlayConfig": overlays,
            "spatialReference": reference,
        })
    }

    /// How many parameters each method has, for the methods that can be asked about.
    fn methods(&self) -> Value {
        let mut methods = match self.version {
            Version::V4 => json!({ "setActiveFrameById": { "length": 1 } }),
            Version::V6 => json!({ "setActiveImageById": { "length": 2 } }),
        };
        methods.as_object_mut().unwrap().remove(self.lacks);
        methods
    }

    /// The image gets copies of the regions that it has shown.
    fn unmatch(&mut self, id: i32) {
        let Some(reference) = self.frames.get_mut(&id).and_then(|frame| frame.reference.take())
        else {
            return;
        };
        for region in self.frames[&reference].regions.clone().into_values() {
            self.frames.get_mut(&id).unwrap().regions.insert(self.next_region, region);
            self.next_region += 1;
        }
    }

    fn open(&mut self, parameters: &[Value], in_view: bool) -> i32 {
        let id = self.next_file;
        self.next_file += 1;
        let reference = self.frames.first_key_value().map(|(&id, _)| id).filter(|_| self.matches);
        self.frames.insert(id, Frame { opened: json!(parameters), reference, ..Frame::default() });
        if in_view {
            self.in_view = Some(id);
        }
        id
    }

    fn show(&mut self, id: i64) {
        self.in_view = i32::try_from(id).ok().filter(|id| self.frames.contains_key(id));
    }

    fn flush(&mut self) {
        if let Some(id) = self.scheduled.take()
            && let Some(frame) = self.frames.get_mut(&id)
        {
            frame.announced = true;
        }
    }

    /// Carries out a whole rebuild.
    pub fn rebuild(&mut self, mut rebuild: Rebuild) -> Outcome {
        while let Some(call) = rebuild.next() {
            match self.call(&call) {
                Ok(value) => rebuild.answered(true, &value, ""),
                Err(why) => rebuild.answered(false, "", &why),
            }
            let (done, all) = rebuild.progress();
            assert!(done <= all);
        }
        let (done, all) = rebuild.progress();
        assert_eq!(done, all, "all is done in the end");
        rebuild.outcome()
    }
}

/// Replaces each `$name`, `$a.b[0].name` by an object of the viewer, as a viewer does before it
/// reads the JSON.
fn with_macros(parameters: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '[' | ']');
    let mut text = String::new();
    let mut rest = parameters;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let path_end = after.find(|c: char| !word(c) && c != '.').unwrap_or(after.len());
        let path = after[..path_end].trim_end_matches('.');
        if path.is_empty() {
            text.push('$');
        } else {
            text.push_str(&json!({ "macroVariable": path }).to_string());
        }
        rest = &after[path.len()..];
    }
    text.push_str(rest);
    text
}
