//! The workspace stated by the viewer, instead of watched.

use std::fmt;

use prost::{Message, bytes::Bytes};

use super::{
    CatalogSpec, ContourSpec, ImageBoundsState, StokesFileState, Workspace, image::Image,
    regions::points_are_valid, unacknowledged::ALL_FILES,
};
use crate::protocol::messages::{
    ImageBounds, OpenCatalogFile, Point, RegionInfo, RegionType, SetContourParameters, StokesFile,
};

/// An image as the viewer states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageSpec {
    /// The viewer's number for the image, 0 or above.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name, or an LEL expression.
    pub file: String,
    /// Header-data unit, "" = the first.
    pub hdu: String,
    /// Whether `file` is an LEL expression.
    pub lel_expr: bool,
    /// Whether AIPS beams in the history are used.
    pub support_aips_beam: bool,
    /// Channel, 0-based.
    pub channel: i32,
    /// Index of the Stokes plane, 13 to 17 = computed.
    pub stokes: i32,
    /// The files that the image is joined from, if it is.
    pub stokes_files: Vec<StokesFileState>,
}

/// A region as the viewer states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegionSpec {
    /// Number of the enumeration `RegionType`.
    pub region_type: i32,
    /// (x, y), image pixels; what each point means depends on the type.
    pub points: Vec<(f32, f32)>,
    /// Degrees.
    pub rotation: f32,
}

/// A call that was refused; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which argument, by its name in the public interface.
    pub what: &'static str,
    /// For people: what it must be.
    pub why: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.why)
    }
}

impl std::error::Error for Refused {}

fn require(holds: bool, what: &'static str, why: &'static str) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(Refused { what, why }) }
}

fn require_file_id(id: i32) -> Result<(), Refused> {
    require(id >= 0, "fileId", "must be 0 or above")
}

impl Workspace {
    /// States an open image. It takes the place of an image with the same id,
    /// whose regions and requirements leave.
    pub fn open_image(&mut self, spec: ImageSpec) -> Result<(), Refused> {
        require_file_id(spec.file_id)?;
        let named = !spec.file.is_empty() || !spec.stokes_files.is_empty();
        require(named, "file", "must not be empty")?;
        let mut image = Image {
            directory: spec.directory,
            file: spec.file,
            hdu: spec.hdu,
            lel_expr: spec.lel_expr,
            support_aips_beam: spec.support_aips_beam,
            stokes_files: spec.stokes_files.into_iter().map(stokes_file).collect(),
            live: true,
            ..Image::default()
        };
        require_channel(image.set_channel(spec.channel, spec.stokes))?;
        self.put_image(spec.file_id, image);
        Ok(())
    }

    /// States that an image is closed, -1 = all of them. Its regions and
    /// requirements leave.
    pub fn close_image(&mut self, file_id: i32) -> Result<(), Refused> {
        if file_id == ALL_FILES {
            self.close_all_images();
            return Ok(());
        }
        require_file_id(file_id)?;
        self.close(file_id);
        Ok(())
    }

    /// States the channel and Stokes plane of an open image.
    pub fn set_channel(&mut self, file_id: i32, channel: i32, stokes: i32) -> Result<(), Refused> {
        self.require_open(file_id)?;
        require_channel(self.edit_image(file_id, &mut |image| image.set_channel(channel, stokes)))
    }

    /// States a region of an open image. Region 0 is the cursor and takes a
    /// POINT with one control point.
    pub fn set_region(
        &mut self,
        file_id: i32,
        region_id: i32,
        spec: &RegionSpec,
    ) -> Result<(), Refused> {
        self.require_open(file_id)?;
        require(region_id >= 0, "regionId", "must be the backend's id, 0 = the cursor")?;
        require(spec.rotation.is_finite(), "rotation", "must be finite")?;
        let info = region_info(spec);
        let valid = points_are_valid(info.region_type, &info.control_points);
        require(valid.is_some(), "regionType", "must be a number of the enumeration RegionType")?;
        require(
            valid == Some(true),
            "controlPoints",
            "must be finite and as many as the region type has, sizes above 0",
        )?;
        if region_id == 0 {
            let is_point = spec.region_type == RegionType::Point as i32;
            require(is_point, "regionType", "must be POINT for region 0, the cursor")?;
            let point = info.control_points.first().copied().unwrap_or_default();
            let point = point.encode_to_vec().into();
            self.edit_image(file_id, &mut |image| image.set_cursor(&point));
            return Ok(());
        }
        self.put_region(region_id, file_id, &info.encode_to_vec());
        Ok(())
    }

    /// States that a region is gone.
    pub fn remove_region(&mut self, region_id: i32) -> Result<(), Refused> {
        require(region_id > 0, "regionId", "must be above 0")?;
        self.drop_region(region_id);
        Ok(())
    }

    /// States the contours of an open image, `None` = no contours.
    pub fn set_contours(&mut self, file_id: i32, spec: Option<ContourSpec>) -> Result<(), Refused> {
        self.require_open(file_id)?;
        let Some(spec) = spec else {
            self.edit_image(file_id, &mut |image| image.contours.take().is_some());
            return Ok(());
        };
        let finite = spec.levels.iter().all(|level| level.is_finite());
        require(finite, "levels", "must be finite")?;
        let settings = contour_settings(file_id, spec).encode_to_vec().into();
        self.edit_image(file_id, &mut |image| image.set_contours(&settings));
        Ok(())
    }

    /// States an open catalog. It takes the place of a catalog with the same
    /// id.
    pub fn open_catalog(&mut self, spec: CatalogSpec) -> Result<(), Refused> {
        require_file_id(spec.file_id)?;
        require(!spec.name.is_empty(), "name", "must not be empty")?;
        let CatalogSpec { file_id, directory, name, preview_data_size } = spec;
        let open = OpenCatalogFile { directory, name, file_id, preview_data_size };
        self.put_catalog(file_id, &open.encode_to_vec());
        Ok(())
    }

    /// States that a catalog is closed.
    pub fn close_catalog(&mut self, file_id: i32) -> Result<(), Refused> {
        require_file_id(file_id)?;
        self.remove_catalog(file_id);
        Ok(())
    }

    fn require_open(&self, file_id: i32) -> Result<(), Refused> {
        require(self.images.contains_key(&file_id), "fileId", "must be an open image's")
    }
}

fn require_channel(accepted: bool) -> Result<(), Refused> {
    require(accepted, "channel", "and stokes must be 0 or above and exist in the image")
}

/// An encoded `StokesFile`.
fn stokes_file(stated: StokesFileState) -> Bytes {
    let StokesFileState { directory, file, hdu, polarization_type } = stated;
    StokesFile { directory, file, hdu, polarization_type }.encode_to_vec().into()
}

fn region_info(spec: &RegionSpec) -> RegionInfo {
    RegionInfo {
        region_type: spec.region_type,
        control_points: spec.points.iter().map(|&(x, y)| Point { x, y }).collect(),
        rotation: spec.rotation,
    }
}

fn contour_settings(file_id: i32, spec: ContourSpec) -> SetContourParameters {
    SetContourParameters {
        file_id: file_id.cast_unsigned(),
        reference_file_id: spec.reference_file_id,
        image_bounds: spec.image_bounds.map(|bounds| {
            let ImageBoundsState { x_min, x_max, y_min, y_max } = bounds;
            ImageBounds { x_min, x_max, y_min, y_max }
        }),
        levels: spec.levels,
        smoothing_mode: spec.smoothing_mode,
        smoothing_factor: spec.smoothing_factor,
        decimation_factor: spec.decimation_factor,
        compression_level: spec.compression_level,
        contour_chunk_size: spec.contour_chunk_size,
        channel_range: None,
    }
}
