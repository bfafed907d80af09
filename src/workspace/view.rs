//! How the viewer shows the workspace: what the interface does not carry, in parts that
//! are kept and given back as they are. Only the code that reads them from a viewer knows
//! what they mean.

use litemap::LiteMap;
use serde::Serialize;

use super::{Refused, Workspace};

/// Bytes of a key, of a part, and of all parts; and how many parts there may be.
const LONGEST_KEY: usize = 200;
const LARGEST_PART: usize = 8 << 20;
const LARGEST_VIEW: usize = 32 << 20;
const MOST_PARTS: usize = 2_000;

/// A part of the view that can change by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ViewPart {
    /// What it is about, such as "regions/2".
    pub key: String,
    /// JSON.
    pub json: String,
}

/// The parts, by the numbers under which they are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct View(LiteMap<u32, ViewPart>);

impl View {
    pub(super) fn get(&self, number: u32) -> Option<&ViewPart> {
        self.0.get(&number)
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }

    /// Takes a stored part up; false if that makes no sense.
    pub(super) fn load(&mut self, number: u32, part: ViewPart) -> bool {
        let is_new = self.find(&part.key).is_none() && self.get(number).is_none();
        let fits = self.fits(None, &part.key, &part.json);
        is_new && fits && self.0.insert(number, part).is_none()
    }

    fn find(&self, key: &str) -> Option<u32> {
        self.0.iter().find(|(_, part)| part.key == key).map(|(&number, _)| number)
    }

    /// The lowest number that is not in use.
    fn free(&self) -> u32 {
        (0..u32::MAX).find(|&number| self.get(number).is_none()).unwrap_or_default()
    }

    /// Whether there is room for a part; `instead`: of the one with this number.
    fn fits(&self, instead: Option<u32>, key: &str, json: &str) -> bool {
        let others = self.0.iter().filter(|(number, _)| Some(**number) != instead);
        let (mut count, mut bytes) = (0, json.len());
        for (_, part) in others {
            count += 1;
            bytes += part.json.len();
        }
        (1..=LONGEST_KEY).contains(&key.len())
            && (1..=LARGEST_PART).contains(&json.len())
            && bytes <= LARGEST_VIEW
            && count < MOST_PARTS
    }
}

impl Workspace {
    /// States a part of the view, `None` = there is none.
    pub fn set_view_part(&mut self, key: &str, json: Option<&str>) -> Result<(), Refused> {
        let known = self.view.find(key);
        let Some(json) = json else {
            if let Some(number) = known {
                self.view.0.remove(&number);
                self.changes.view.insert(number, ());
            }
            return Ok(());
        };
        if !self.view.fits(known, key, json) {
            return Err(Refused { what: "json", why: "must fit into what is kept of a view" });
        }
        let number = known.unwrap_or_else(|| self.view.free());
        let part = ViewPart { key: key.to_owned(), json: json.to_owned() };
        if self.view.get(number) != Some(&part) {
            self.view.0.insert(number, part);
            self.changes.view.insert(number, ());
        }
        Ok(())
    }

    /// The parts of the view.
    pub fn view_parts(&self) -> Vec<ViewPart> {
        self.view.0.values().cloned().collect()
    }

    /// The JSON of a part of the view.
    pub(crate) fn view_part(&self, key: &str) -> Option<&str> {
        Some(&self.view.get(self.view.find(key)?)?.json)
    }

    /// Whether anything is known of how the workspace was shown.
    pub fn has_view(&self) -> bool {
        !self.view.0.is_empty()
    }

    pub(super) fn clear_view(&mut self) {
        for number in self.view.numbers() {
            self.changes.view.insert(number, ());
        }
        self.view.0.clear();
    }
}
