//! The workspace stated by the viewer, instead of watched.

use std::fmt;

use crate::protocol::{messages::RegionType, writer::Writer};

use super::{
    Workspace,
    description::{ContourSpec, StokesFileState},
    image::Image,
    regions::points_are_valid,
    unacknowledged::ALL_FILES,
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

/// A catalog as the viewer states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogSpec {
    /// The viewer's number for the catalog, 0 or above.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub name: String,
    /// Rows to preview; below 1 means 50.
    pub preview_data_size: i32,
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
            stokes_files: spec.stokes_files.iter().map(stokes_file).collect(),
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
        let valid = points_are_valid(spec.region_type, &spec.points);
        require(valid.is_some(), "regionType", "must be a number of the enumeration RegionType")?;
        require(
            valid == Some(true),
            "controlPoints",
            "must be finite and as many as the region type has, sizes above 0",
        )?;
        if region_id == 0 {
            let is_point = spec.region_type == RegionType::Point as i32;
            require(is_point, "regionType", "must be POINT for region 0, the cursor")?;
            let point = spec.points.first().copied().map(point).unwrap_or_default();
            self.edit_image(file_id, &mut |image| image.set_cursor(&point));
            return Ok(());
        }
        self.put_region(region_id, file_id, &region_info(spec));
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
        let settings = contour_settings(file_id, &spec);
        self.edit_image(file_id, &mut |image| image.set_contours(&settings));
        Ok(())
    }

    /// States an open catalog. It takes the place of a catalog with the same
    /// id.
    pub fn open_catalog(&mut self, spec: CatalogSpec) -> Result<(), Refused> {
        require_file_id(spec.file_id)?;
        require(!spec.name.is_empty(), "name", "must not be empty")?;
        let CatalogSpec { file_id, directory, name, preview_data_size } = spec;
        let mut open = Writer::new();
        open.text(1, &directory).text(2, &name).sfixed32(3, file_id).sfixed32(4, preview_data_size);
        self.put_catalog(file_id, &open.into_bytes());
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

/// A `StokesFile`.
fn stokes_file(file: &StokesFileState) -> Box<[u8]> {
    let mut message = Writer::new();
    message
        .text(1, &file.directory)
        .text(2, &file.file)
        .text(3, &file.hdu)
        .varint(4, file.polarization_type);
    message.into_bytes().into()
}

/// A `Point`.
fn point((x, y): (f32, f32)) -> Vec<u8> {
    let mut message = Writer::new();
    message.float(1, x).float(2, y);
    message.into_bytes()
}

/// A `RegionInfo`.
fn region_info(spec: &RegionSpec) -> Vec<u8> {
    let mut message = Writer::new();
    message.varint(1, spec.region_type);
    for &at in &spec.points {
        message.message(2, &point(at));
    }
    message.float(3, spec.rotation);
    message.into_bytes()
}

/// A `SetContourParameters`.
fn contour_settings(file_id: i32, spec: &ContourSpec) -> Vec<u8> {
    let mut message = Writer::new();
    message.sfixed32(1, file_id).sfixed32(2, spec.reference_file_id.cast_signed());
    if let Some(bounds) = spec.image_bounds {
        let mut inner = Writer::new();
        inner
            .sfixed32(1, bounds.x_min)
            .sfixed32(2, bounds.x_max)
            .sfixed32(3, bounds.y_min)
            .sfixed32(4, bounds.y_max);
        message.message(3, &inner.into_bytes());
    }
    message
        .doubles(4, &spec.levels)
        .varint(5, spec.smoothing_mode)
        .varint(6, spec.smoothing_factor)
        .varint(7, spec.decimation_factor)
        .varint(8, spec.compression_level)
        .varint(9, spec.contour_chunk_size);
    message.into_bytes()
}
