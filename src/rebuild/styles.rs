//! How regions look, as the adapter of the viewer in the page has noted it. What was
//! stored is believed only as far as it makes sense.

use litemap::LiteMap;

use super::json::Json;
use crate::{
    protocol::messages::{AnnotationStyle, RegionStyle, RegionType},
    workspace::Workspace,
};

/// Longer texts are not taken, in bytes.
const LONGEST_TEXT: usize = 10_000;

/// The largest width, size or number of a shape.
const LARGEST: f64 = 10_000.0;

/// The styles of an image's regions, by their ids.
pub(super) struct Styles(LiteMap<i32, RegionStyle>);

impl Styles {
    /// Those of an image, as it is kept.
    pub(super) fn of(workspace: &Workspace, file_id: i32) -> Self {
        let part = workspace.view_part(&format!("regions/{file_id}")).unwrap_or_default();
        let mut styles = LiteMap::new();
        for (id, style) in Json::read(part).fields() {
            if let Ok(id) = id.parse() {
                styles.insert(id, region_style(style));
            }
        }
        Self(styles)
    }

    /// The style of a region; `name` is the one that it has if none was noted.
    pub(super) fn take(&mut self, id: i32, region_type: i32, name: &str) -> RegionStyle {
        let Some(mut style) = self.0.remove(&id) else {
            return RegionStyle { name: name.to_owned(), ..RegionStyle::default() };
        };
        // Of other annotations the interface says less than what was noted; the adapter
        // itself gives them back.
        let (point, text) = (RegionType::Annpoint as i32, RegionType::Anntext as i32);
        style.annotation_style.take_if(|_| region_type != point && region_type != text);
        style
    }
}

fn region_style(noted: Json) -> RegionStyle {
    let mut style = RegionStyle::default();
    for (field, value) in noted.fields() {
        match &*field {
            "name" => style.name = text(value),
            "color" => style.color = text(value),
            "lineWidth" => style.line_width = whole(&value),
            "dashList" => {
                if let Json::List(dashes) = value {
                    style.dash_list = dashes.iter().take(2).map(whole).collect();
                }
            }
            "annotation" => style.annotation_style = Some(annotation_style(value)),
            _ => {}
        }
    }
    style
}

fn annotation_style(noted: Json) -> AnnotationStyle {
    let mut style = AnnotationStyle::default();
    for (field, value) in noted.fields() {
        match &*field {
            "pointShape" => style.point_shape = whole(&value),
            "pointWidth" => style.point_width = whole(&value),
            "textLabel0" => style.text_label0 = text(value),
            "textPosition" => style.text_position = whole(&value),
            "fontStyle" => style.font_style = text(value),
            "font" => style.font = text(value),
            "fontSize" => style.font_size = whole(&value),
            _ => {}
        }
    }
    style
}

fn text(value: Json) -> String {
    match value {
        Json::Text(text) if text.len() <= LONGEST_TEXT => text,
        _ => String::new(),
    }
}

/// 0 stands for "as the viewer prefers".
#[allow(clippy::cast_possible_truncation)] // It is within bounds.
fn whole(value: &Json) -> i32 {
    match value {
        Json::Number(number) => number.round().clamp(0.0, LARGEST) as i32,
        _ => 0,
    }
}
