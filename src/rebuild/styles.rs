//! How regions look, as the adapter of the viewer in the page has noted it. What was
//! stored is believed only as far as it makes sense.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    protocol::messages::{AnnotationStyle, RegionStyle, RegionType},
    workspace::Workspace,
};

/// Longer texts are not taken, in bytes.
const LONGEST_TEXT: usize = 10_000;

/// The largest width, size or number of a shape.
const LARGEST: f64 = 10_000.0;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Style {
    name: String,
    color: String,
    line_width: f64,
    dash_list: Vec<f64>,
    annotation: Option<Annotation>,
}

/// Of points and texts; of others, the page itself knows how to restore it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Annotation {
    point_shape: f64,
    point_width: f64,
    text_label0: String,
    text_position: f64,
    font_style: String,
    font: String,
    font_size: f64,
}

/// The styles of an image's regions, by their ids.
pub(super) struct Styles(BTreeMap<i32, Style>);

impl Styles {
    /// Those of an image, as it is kept.
    pub(super) fn of(workspace: &Workspace, file_id: i32) -> Self {
        let part = workspace.view_part(&format!("regions/{file_id}")).unwrap_or_default();
        Self(serde_json::from_str(part).unwrap_or_default())
    }

    /// The style of a region; `name` is the one that it has if none was noted.
    pub(super) fn take(&mut self, id: i32, region_type: i32, name: &str) -> RegionStyle {
        let Some(style) = self.0.remove(&id) else {
            return RegionStyle { name: name.to_owned(), ..RegionStyle::default() };
        };
        let has_style = [RegionType::Annpoint, RegionType::Anntext].map(i32::from);
        let annotation = style.annotation.filter(|_| has_style.contains(&region_type));
        let mut dash_list = Vec::new();
        for dash in style.dash_list.into_iter().take(2) {
            dash_list.push(whole(dash));
        }
        RegionStyle {
            name: text(style.name),
            color: text(style.color),
            line_width: whole(style.line_width),
            dash_list,
            annotation_style: annotation.map(|annotation| AnnotationStyle {
                point_shape: whole(annotation.point_shape),
                point_width: whole(annotation.point_width),
                text_label0: text(annotation.text_label0),
                text_position: whole(annotation.text_position),
                font_style: text(annotation.font_style),
                font: text(annotation.font),
                font_size: whole(annotation.font_size),
                ..AnnotationStyle::default()
            }),
        }
    }
}

fn text(given: String) -> String {
    if given.len() <= LONGEST_TEXT { given } else { String::new() }
}

/// 0 stands for "as the viewer prefers".
#[allow(clippy::cast_possible_truncation)] // It is within bounds.
fn whole(given: f64) -> i32 {
    if given.is_finite() { given.round().clamp(0.0, LARGEST) as i32 } else { 0 }
}
