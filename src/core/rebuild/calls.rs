//! What the calls are named in a CARTA viewer, and what they take.
//!
//! Seen in the viewers 4.1.0 and 6.0.0, and tried on both. Where they differ it
//! is said. An image is addressed as an entry of the application store's
//! `frameMap`, so that nothing depends on which one is in view.

use crate::prelude::*;

use crate::core::{
    text::{decimal, joined},
    tracking::{CatalogState, ContourSpec, ImageState, RegionState},
};

use super::{Call, json::Json, overlay::Overlay};

/// The viewer's number for VOTable; it accepts no other, and takes FITS tables
/// under it too.
const VOTABLE: i32 = 1;

/// Rows of a catalog that are shown first where the viewer did not say.
const CATALOG_ROWS: i32 = 50;

/// A method of the application store.
fn store(action: &str, parameters: Json) -> Call {
    Call { action: action.to_owned(), parameters: parameters.finish(), ..Call::default() }
}

/// A method of an image, or of a part of it.
fn on_image(id: i32, part: &str, action: &str, parameters: Json) -> Call {
    Call { target: joined(&[&path(id), part]), ..store(action, parameters) }
}

fn path(id: i32) -> String {
    joined(&["frameMap[", &decimal(id.into()), "]"])
}

fn ids(ids: &[i32]) -> Json {
    let mut array = Json::array();
    for &id in ids {
        array.integer(id);
    }
    array
}

/// Reads a property of an image; -1 = the one in view.
pub(super) fn property(id: i32, path: &str) -> Call {
    Call { return_path: path.to_owned(), ..store("getFrame", ids(&[id])) }
}

/// Opens an image beside the others and gives its file id.
pub(super) fn open(image: &ImageState, in_view: bool) -> Call {
    let mut parameters = Json::array();
    parameters.text(&image.directory).text(&image.file).text(&image.hdu);
    parameters.flag(image.lel_expr).flag(in_view);
    Call { return_path: "frameInfo.fileId".to_owned(), ..store("appendFile", parameters) }
}

/// Opens an image that is joined from several files and gives its file id.
pub(super) fn join(image: &ImageState) -> Call {
    let mut parameters = Json::array();
    push_stokes_files(&mut parameters, image);
    parameters.text(&image.directory).text(&image.hdu);
    store("appendConcatFile", parameters)
}

/// Tells a joined image what it is joined from, so that the viewer can say so
/// when it resumes by itself.
pub(super) fn name_stokes_files(id: i32, image: &ImageState) -> Call {
    let mut parameters = Json::array();
    push_stokes_files(&mut parameters, image);
    on_image(id, "", "setStokesFiles", parameters)
}

fn push_stokes_files(parameters: &mut Json, image: &ImageState) {
    parameters.open('[');
    for file in &image.stokes_files {
        parameters.open('{');
        parameters.name("directory").text(&file.directory);
        parameters.name("file").text(&file.file);
        parameters.name("hdu").text(&file.hdu);
        parameters.name("polarizationType").integer(file.polarization_type);
        parameters.close('}');
    }
    parameters.close(']');
}

/// Moves an image to its channel, images that are matched to it apart.
pub(super) fn set_channels(id: i32, image: &ImageState) -> Call {
    let mut parameters = Json::array();
    parameters.integer(image.channel).integer(image.stokes).flag(false);
    on_image(id, "", "setChannels", parameters)
}

/// Has the viewer tell the backend the channel of an image that is not in view,
/// which it does not do by itself.
pub(super) fn announce_channels(id: i32) -> Call {
    let mut parameters = Json::array();
    // The viewer puts the object of this path in its place.
    parameters.open('{').name("macroVariable").text(&path(id)).close('}');
    store("setChannelsByFrame", parameters)
}

/// Sends what the last call has scheduled: the next image would take its place.
pub(super) fn flush_channels() -> Call {
    Call { target: "throttledSetChannels".to_owned(), ..store("flush", Json::array()) }
}

/// Draws a region, waits for the backend, and gives the region id: the
/// backend's, or one below 0 if it refused.
pub(super) fn add_region(id: i32, region: &RegionState, name: &str) -> Call {
    let mut parameters = Json::array();
    parameters.integer(region.region_type).open('[');
    for point in &region.control_points {
        parameters.open('{');
        parameters.name("x").number(point.x.into()).name("y").number(point.y.into());
        parameters.close('}');
    }
    parameters.close(']').number(region.rotation.into()).text(name);
    let add = on_image(id, ".regionSet", "addRegionAsync", parameters);
    Call { return_path: "regionId".to_owned(), ..add }
}

/// Sets levels and smoothing of contours.
pub(super) fn set_contours(id: i32, contours: &ContourSpec) -> Call {
    let mut parameters = Json::array();
    parameters.open('[');
    for &level in &contours.levels {
        if level.is_finite() {
            parameters.number(level);
        }
    }
    parameters.close(']');
    parameters.integer(contours.smoothing_mode).integer(contours.smoothing_factor);
    on_image(id, ".contourConfig", "setContourConfiguration", parameters)
}

/// Draws the contours.
pub(super) fn draw_contours(id: i32) -> Call {
    on_image(id, "", "applyContours", Json::array())
}

/// Sets a vector overlay. 4.1.0 takes a flag whether pixels are averaged,
/// 6.0.0 instead says last what the threshold is on.
pub(super) fn set_overlay(id: i32, overlay: &Overlay, has_threshold_option: bool) -> Call {
    let mut parameters = Json::array();
    parameters.integer(overlay.angle).integer(overlay.intensity);
    if !has_threshold_option {
        parameters.flag(overlay.averaging > 1);
    }
    parameters.integer(overlay.averaging).flag(overlay.fractional);
    parameters.flag(overlay.threshold.is_some()).number(overlay.threshold.unwrap_or_default());
    parameters.flag(overlay.debiasing).number(overlay.q_error).number(overlay.u_error);
    if has_threshold_option {
        parameters.integer(overlay.threshold_option);
    }
    on_image(id, ".vectorOverlayConfig", "setVectorOverlayConfiguration", parameters)
}

/// Draws the vector overlay.
pub(super) fn draw_overlay(id: i32) -> Call {
    on_image(id, "", "applyVectorOverlay", Json::array())
}

/// Puts an image in view: by the call of 6.0.0, where 0 is the image type, or
/// by that of 4.1.0.
pub(super) fn show(id: i32, older: bool) -> Call {
    if older {
        store("setActiveFrameById", ids(&[id]))
    } else {
        store("setActiveImageById", ids(&[0, id]))
    }
}

/// Opens a catalog on the image in view and gives the catalog's file id.
pub(super) fn open_catalog(catalog: &CatalogState) -> Call {
    let rows = match catalog.preview_data_size {
        rows if rows > 0 => rows,
        _ => CATALOG_ROWS,
    };
    let mut parameters = Json::array();
    parameters.text(&catalog.directory).text(&catalog.name).integer(rows).integer(VOTABLE);
    store("appendCatalog", parameters)
}

/// Whether a viewer's message says that it has no such method.
pub(super) fn is_unknown(message: &str) -> bool {
    message.contains("Missing action function")
}
