//! What an earlier page kept.

use carta_resume::{
    protocol::{
        EventType,
        messages::{RegionType, SetSpatialRequirements, set_spatial_requirements::SpatialConfig},
    },
    workspace::{CatalogSpec, ContourSpec, ImageSpec, RegionSpec, StokesFileState, Workspace},
};
use serde_json::{Value, json};

use crate::tracking::support::{Session, stored::overlay};

/// Every type that the backend accepts, with points that it accepts.
pub fn every_region() -> Vec<RegionSpec> {
    use RegionType as T;
    let line = vec![(1.0, 2.0), (9.5, 7.25)];
    let path = vec![(1.0, 1.0), (5.1, 9.2), (9.3, 1.4), (3.5, 3.6)];
    let sized = vec![(20.125, -3.1), (5.5, 7.75)];
    let of = |region_type: T, points: &[(f32, f32)], rotation| RegionSpec {
        region_type: region_type as i32,
        points: points.to_vec(),
        rotation,
    };
    vec![
        of(T::Point, &line[..1], 0.0),
        of(T::Line, &line, 121.7),
        of(T::Polyline, &path, 0.0),
        of(T::Rectangle, &sized, 31.5),
        of(T::Ellipse, &sized, 359.9),
        of(T::Polygon, &path, 0.0),
        of(T::Annpoint, &line[..1], 0.0),
        of(T::Annline, &line, 121.7),
        of(T::Annpolyline, &path, 0.0),
        of(T::Annrectangle, &sized, -45.0),
        of(T::Annellipse, &sized, 0.1),
        of(T::Annpolygon, &path, 0.0),
        of(T::Annvector, &line, 1e-7),
        of(T::Annruler, &line, 0.0),
        of(T::Anntext, &sized, 12.3),
        of(T::Anncompass, &[(40.0, 40.0), (8.0, 8.0)], 0.0),
    ]
}

/// A region as a viewer is told about it.
pub fn told(spec: &RegionSpec, name: &str) -> Value {
    let points: Vec<Value> = spec.points.iter().map(|&(x, y)| json!({ "x": x, "y": y })).collect();
    as_floats(&json!([spec.region_type, points, spec.rotation, name]))
}

/// With all numbers as the backend will receive them: 1 and 1.0 are the same.
pub fn as_floats(value: &Value) -> Value {
    match value {
        #[allow(clippy::cast_possible_truncation)]
        Value::Number(number) => json!(number.as_f64().unwrap() as f32),
        Value::Array(values) => values.iter().map(as_floats).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), as_floats(value))).collect()
        }
        other => other.clone(),
    }
}

pub fn image(file_id: i32, file: &str) -> ImageSpec {
    ImageSpec {
        file_id,
        directory: "set".to_owned(),
        file: file.to_owned(),
        ..ImageSpec::default()
    }
}

pub fn stokes_file(file: &str, polarization_type: i32) -> StokesFileState {
    StokesFileState {
        directory: "pol".to_owned(),
        file: file.to_owned(),
        hdu: "0".to_owned(),
        polarization_type,
    }
}

pub fn contours(levels: &[f64]) -> ContourSpec {
    ContourSpec {
        levels: levels.to_vec(),
        smoothing_mode: 2,
        smoothing_factor: 4,
        decimation_factor: 4,
        compression_level: 8,
        contour_chunk_size: 100_000,
        ..ContourSpec::default()
    }
}

pub fn catalog(file_id: i32, name: &str) -> CatalogSpec {
    CatalogSpec {
        file_id,
        directory: "cat".to_owned(),
        name: name.to_owned(),
        preview_data_size: 0,
    }
}

/// Four images: 0 with every region, 3 at channel 5 with contours and in view,
/// 4 joined from two files with an overlay, 9 an expression. Two catalogs.
pub fn rich() -> Workspace {
    let mut session = Session::default();
    let workspace = session.tracker.workspace_mut();
    workspace.open_image(image(0, "a.fits")).unwrap();
    for (id, region) in (1..).zip(&every_region()) {
        workspace.set_region(0, id, region).unwrap();
        workspace.name_region(id, &format!("region \"{id}\""));
    }
    workspace
        .open_image(ImageSpec { channel: 5, hdu: "2".to_owned(), ..image(3, "b.fits") })
        .unwrap();
    workspace.set_contours(3, Some(contours(&[-1.5, 0.1, 1e9]))).unwrap();
    workspace.set_region(3, 40, &every_region()[3]).unwrap();
    let stokes_files = vec![stokes_file("i.fits", 1), stokes_file("q.fits", 2)];
    workspace
        .open_image(ImageSpec { channel: 2, stokes: 1, stokes_files, ..image(4, "i.hypercube") })
        .unwrap();
    workspace.open_image(ImageSpec { lel_expr: true, ..image(9, "\"a\" + \"b\"") }).unwrap();
    workspace.open_catalog(catalog(1, "one.vot")).unwrap();
    workspace.open_catalog(CatalogSpec { preview_data_size: 7, ..catalog(2, "two.fits") }).unwrap();
    session.send(EventType::SetVectorOverlayParameters, &overlay(4));
    session.send(EventType::SetSpatialRequirements, &spatial(3, 0));
    session.tracker.workspace().clone()
}

/// Images with these file ids, each with this many points.
pub fn plain(images: &[(i32, usize)]) -> Workspace {
    let mut workspace = Workspace::default();
    let mut region = 1;
    for &(id, regions) in images {
        workspace.open_image(image(id, &format!("{id}.fits"))).unwrap();
        for _ in 0..regions {
            workspace.set_region(id, region, &every_region()[0]).unwrap();
            region += 1;
        }
    }
    workspace
}

fn spatial(file_id: i32, region_id: i32) -> SetSpatialRequirements {
    let spatial_profiles = vec![SpatialConfig { coordinate: "x".to_owned(), ..Default::default() }];
    SetSpatialRequirements { file_id, region_id, spatial_profiles }
}
