//! What the calls are named in a CARTA viewer, and what they take.
//!
//! Seen in the viewers 4.1.0 and 6.0.0, and tried on both. Where they differ it
//! is said. An image is addressed as an entry of the application store's
//! `frameMap`, so that nothing depends on which one is in view.

use prost::Message;
use serde::Serialize;

use crate::{
    protocol::{
        EventType,
        messages::{FileType, Point, views::FittingRequest},
    },
    workspace::{
        CatalogSpec, ContourSpec, ImageState, PointState, RegionState, Remake, Source,
        StokesFileState,
    },
};

use super::{Call, json::written, overlay::Overlay};

use Value::{Flag, Points, Text, Whole};

/// The viewer's number for VOTable; it accepts no other, and takes FITS tables
/// under it too.
const VOTABLE: i32 = 1;

/// Rows of a catalog that are shown first where the viewer did not say.
const CATALOG_ROWS: i32 = 50;

/// A parameter of a call.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Whole(i32),
    Number(f64),
    Degrees(f32),
    Flag(bool),
    Text(&'a str),
    Points(&'a [PointState]),
    Levels(Vec<f64>),
    StokesFiles(&'a [StokesFileState]),
    Calculation(Calculation),
    /// An object of the viewer's, which it puts in the place of this.
    Object {
        #[serde(rename = "macroVariable")]
        path: String,
    },
}

/// A request as far as the viewer looks at it: what goes to the backend is what was sent
/// before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Calculation {
    file_id: i32,
    region_id: i32,
    /// Images of before stay.
    keep: bool,
    // Of a fit.
    fixed_params: Vec<bool>,
    fov_info: Option<RegionInfo>,
    create_model_image: bool,
    create_residual_image: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionInfo {
    region_type: i32,
    control_points: Vec<PointState>,
    rotation: f32,
}

/// A method of the application store.
fn store(action: &str, parameters: &[Value]) -> Call {
    Call { action: action.to_owned(), parameters: written(parameters), ..Call::default() }
}

/// A method of an image, or of a part of it.
fn on_image(id: i32, part: &str, action: &str, parameters: &[Value]) -> Call {
    Call { target: path(id) + part, ..store(action, parameters) }
}

fn path(id: i32) -> String {
    format!("frameMap[{id}]")
}

/// Reads a property of an image; -1 = the one in view.
pub(super) fn property(id: i32, path: &str) -> Call {
    Call { return_path: path.to_owned(), ..store("getFrame", &[Whole(id)]) }
}

/// Reads a value of the application store; one that it does not have is no error.
pub(super) fn value(path: &str) -> Call {
    Call { return_path: path.to_owned(), ..store("valueOf", &[]) }
}

/// Opens an image beside the others and gives its file id.
pub(super) fn open(image: &ImageState, in_view: bool) -> Call {
    let ImageState { directory, file, hdu, lel_expr, .. } = image;
    let parameters = [Text(directory), Text(file), Text(hdu), Flag(*lel_expr), Flag(in_view)];
    Call { return_path: "frameInfo.fileId".to_owned(), ..store("appendFile", &parameters) }
}

/// Closes an image without asking the user.
pub fn close_image(id: i32) -> Call {
    store("closeFile", &[Value::Object { path: path(id) }, Flag(false)])
}

/// Has the viewer make images again: it asks the backend for them.
pub(crate) fn remake(remake: &Remake) -> Call {
    let Remake { event, source: Source { file_id, region_id, preview_id, .. }, .. } = *remake;
    let frame = Value::Object { path: path(file_id) };
    let fit: FittingRequest = match event {
        EventType::FittingRequest => Message::decode(remake.payload.clone()).unwrap_or_default(),
        _ => FittingRequest::default(),
    };
    let request = Value::Calculation(Calculation {
        file_id,
        region_id,
        keep: true,
        fixed_params: fit.fixed_params,
        fov_info: fit.fov_info.map(|info| RegionInfo {
            region_type: info.region_type,
            control_points: info
                .control_points
                .iter()
                .map(|&Point { x, y }| PointState { x, y })
                .collect(),
            rotation: info.rotation,
        }),
        create_model_image: fit.create_model_image,
        create_residual_image: fit.create_residual_image,
    });
    match (event, preview_id) {
        (EventType::MomentRequest, _) => store("requestMoment", &[request, frame]),
        (EventType::FittingRequest, _) => store("requestFitting", &[request]),
        (_, None) => store("requestPV", &[request, frame, Flag(true)]),
        // The widget's own name for itself.
        (_, Some(preview_id)) => {
            let widget = format!("pv-generator-{preview_id}");
            store("requestPreviewPV", &[request, frame, Text(&widget)])
        }
    }
}

/// Opens an image that is joined from several files and gives its file id.
pub(super) fn join(image: &ImageState) -> Call {
    let files = Value::StokesFiles(&image.stokes_files);
    store("appendConcatFile", &[files, Text(&image.directory), Text(&image.hdu)])
}

/// Tells a joined image what it is joined from, so that the viewer can say so
/// when it resumes by itself.
pub(super) fn name_stokes_files(id: i32, image: &ImageState) -> Call {
    on_image(id, "", "setStokesFiles", &[Value::StokesFiles(&image.stokes_files)])
}

/// Moves an image to its channel, images that are matched to it apart.
pub(super) fn set_channels(id: i32, image: &ImageState) -> Call {
    let parameters = [Whole(image.channel), Whole(image.stokes), Flag(false)];
    on_image(id, "", "setChannels", &parameters)
}

/// Has the viewer tell the backend the channel of an image that is not in view,
/// which it does not do by itself.
pub(super) fn announce_channels(id: i32) -> Call {
    store("setChannelsByFrame", &[Value::Object { path: path(id) }])
}

/// Sends what the last call has scheduled: the next image would take its place.
pub(super) fn flush_channels() -> Call {
    Call { target: "throttledSetChannels".to_owned(), ..store("flush", &[]) }
}

/// Reads the file id of the image that an image is matched to.
pub(super) fn reference(id: i32) -> Call {
    property(id, "spatialReference.frameInfo.fileId")
}

/// Takes an image from the one that it is matched to, whose regions it shows in place
/// of its own.
pub(super) fn unmatch(id: i32) -> Call {
    store("setSpatialMatchingEnabled", &[Value::Object { path: path(id) }, Flag(false)])
}

const IMPORT: &str = "importRegion";

/// Asks whether the viewer has the call of [`import_regions`].
pub(super) fn imports() -> Call {
    value(&format!("{IMPORT}.length"))
}

/// Has the viewer ask the backend for the regions in a file, and take in what it is
/// answered.
pub(super) fn import_regions(id: i32, file: &str) -> Call {
    let image = Value::Object { path: path(id) };
    store(IMPORT, &[Text("."), Text(file), Whole(FileType::Crtf.into()), image])
}

/// Draws a region, waits for the backend, and gives the region id: the
/// backend's, or one below 0 if it refused.
pub(super) fn add_region(id: i32, region: &RegionState, name: &str) -> Call {
    let parameters = [
        Whole(region.region_type),
        Points(&region.control_points),
        Value::Degrees(region.rotation),
        Text(name),
    ];
    let add = on_image(id, ".regionSet", "addRegionAsync", &parameters);
    Call { return_path: "regionId".to_owned(), ..add }
}

/// Removes a region.
pub(super) fn remove_region(id: i32, region_id: i32) -> Call {
    let region = Value::Object { path: format!("{}.regionSet.regionMap[{region_id}]", path(id)) };
    on_image(id, ".regionSet", "deleteRegion", &[region])
}

/// Sets levels and smoothing of contours.
pub(super) fn set_contours(id: i32, contours: &ContourSpec) -> Call {
    let mut levels = contours.levels.clone();
    levels.retain(|level| level.is_finite());
    let (mode, factor) = (contours.smoothing_mode, contours.smoothing_factor);
    let parameters = [Value::Levels(levels), Whole(mode), Whole(factor)];
    on_image(id, ".contourConfig", "setContourConfiguration", &parameters)
}

/// Draws the contours.
pub(super) fn draw_contours(id: i32) -> Call {
    on_image(id, "", "applyContours", &[])
}

/// Sets a vector overlay: 6.0.0 takes last what the threshold is on, and 4.1.0 (`older`)
/// takes before the averaging whether there is any.
pub(super) fn set_overlay(id: i32, overlay: &Overlay, older: bool) -> Call {
    let mut parameters = vec![
        Whole(overlay.angle),
        Whole(overlay.intensity),
        Whole(overlay.averaging),
        Flag(overlay.fractional),
        Flag(overlay.threshold.is_some()),
        Value::Number(overlay.threshold.unwrap_or_default()),
        Flag(overlay.debiasing),
        Value::Number(overlay.q_error),
        Value::Number(overlay.u_error),
    ];
    if older {
        parameters.insert(2, Flag(overlay.averaging > 1));
    } else {
        parameters.push(Whole(overlay.threshold_option));
    }
    on_image(id, ".vectorOverlayConfig", "setVectorOverlayConfiguration", &parameters)
}

/// Draws the vector overlay.
pub(super) fn draw_overlay(id: i32) -> Call {
    on_image(id, "", "applyVectorOverlay", &[])
}

const SHOW: &str = "setActiveImageById";
const OLDER_SHOW: &str = "setActiveFrameById";

/// Asks whether the viewer has the call of [`show`]: how many parameters it has.
pub(super) fn shows(older: bool) -> Call {
    value(&format!("{}.length", if older { OLDER_SHOW } else { SHOW }))
}

/// Puts an image in view: by the call of 6.0.0, where 0 is the image type, or
/// by that of 4.1.0.
pub(super) fn show(id: i32, older: bool) -> Call {
    if older { store(OLDER_SHOW, &[Whole(id)]) } else { store(SHOW, &[Whole(0), Whole(id)]) }
}

/// Opens a catalog on the image in view and gives the catalog's file id.
pub(super) fn open_catalog(catalog: &CatalogSpec) -> Call {
    let rows = match catalog.preview_data_size {
        rows if rows > 0 => rows,
        _ => CATALOG_ROWS,
    };
    let (directory, name) = (Text(&catalog.directory), Text(&catalog.name));
    store("appendCatalog", &[directory, name, Whole(rows), Whole(VOTABLE)])
}
