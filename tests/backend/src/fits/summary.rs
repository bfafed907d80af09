//! What a viewer is told about an image when it is opened: the header as it is, and entries
//! computed from it, worded as by the real backend.

use carta_resume::protocol::messages as m;

use super::{
    FitsImage, Header, Roles, Value,
    sky::{self, Sky, degrees, general, hours, scientific},
};

const LIGHT_KM_S: f64 = 299_792.458;

/// An image's description.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Shape, header and computed entries.
    pub extended: m::FileInfoExtended,
    /// The beam, if the header has one.
    pub beam_table: Vec<m::Beam>,
    /// Area of the beam in pixels.
    pub beam_area: Option<f64>,
    /// `PolarizationType` of each Stokes plane; empty without a Stokes axis.
    pub polarizations: Vec<i32>,
}

/// Describes an image.
pub fn describe(image: &FitsImage, file: &str, hdu: &str) -> Described {
    let header = &image.unit().header;
    let roles = image.roles();
    let polarizations = polarizations(header, image, roles);
    let depth_axis = roles.depth.filter(|axis| Some(*axis) != roles.stokes);
    let axis = |axis: Option<usize>| axis.map_or(0, |axis| axis as i32 + 1);
    let beam = Beam::read(header);
    Described {
        extended: m::FileInfoExtended {
            dimensions: image.unit().axes.len() as i32,
            width: image.width() as i32,
            height: image.height() as i32,
            depth: image.length(depth_axis) as i32,
            stokes: image.length(roles.stokes) as i32,
            stokes_vals: polarizations.iter().map(|&kind| polarization_name(kind)).collect(),
            header_entries: header_entries(header),
            computed_entries: computed_entries(image, file, hdu, beam.as_ref()),
            axes_numbers: Some(m::AxesNumbers {
                spatial_x: 1,
                spatial_y: 2,
                spectral: axis(roles.spectral),
                stokes: axis(roles.stokes),
                depth: axis(depth_axis),
            }),
        },
        beam_table: beam.iter().map(Beam::message).collect(),
        beam_area: beam.and_then(|beam| beam.area(header)),
        polarizations,
    }
}

struct Beam {
    /// Degrees, as are the next two.
    major: f64,
    minor: f64,
    angle: f64,
}

impl Beam {
    fn read(header: &Header) -> Option<Self> {
        let major = header.number("BMAJ").filter(|&size| size > 0.0)?;
        let minor = header.number("BMIN").filter(|&size| size > 0.0).unwrap_or(major);
        Some(Self { major, minor, angle: header.number("BPA").unwrap_or(0.0) })
    }

    fn message(&self) -> m::Beam {
        m::Beam {
            channel: -1,
            stokes: -1,
            major_axis: (self.major * 3600.0) as f32,
            minor_axis: (self.minor * 3600.0) as f32,
            pa: self.angle as f32,
        }
    }

    /// Pixels under a Gaussian of this size.
    fn area(&self, header: &Header) -> Option<f64> {
        let pixel = (header.number("CDELT1")? * header.number("CDELT2")?).abs();
        let beam = std::f64::consts::PI * self.major * self.minor / (4.0 * 2.0_f64.ln());
        (pixel > 0.0).then_some(beam / pixel)
    }
}

fn entry(name: &str, value: String) -> m::HeaderEntry {
    m::HeaderEntry { name: name.to_owned(), value, ..Default::default() }
}

fn header_entries(header: &Header) -> Vec<m::HeaderEntry> {
    let entry = |card: &super::Card| {
        let (value, kind, number) = match &card.value {
            Value::Text(text) => (text.clone(), m::EntryType::String, 0.0),
            Value::Logical(true) => ("T".to_owned(), m::EntryType::String, 0.0),
            Value::Logical(false) => ("F".to_owned(), m::EntryType::String, 0.0),
            Value::Integer(number) => (number.to_string(), m::EntryType::Int, *number as f64),
            Value::Real(number) => {
                (real_text(&card.keyword, *number), m::EntryType::Float, *number)
            }
        };
        m::HeaderEntry {
            name: card.keyword.clone(),
            value,
            entry_type: kind.into(),
            numeric_value: number,
            comment: card.comment.clone(),
        }
    };
    header.cards().iter().map(entry).collect()
}

/// Reference pixels and years are short, everything else is exact.
fn real_text(keyword: &str, number: f64) -> String {
    if keyword.starts_with("CRPIX") || keyword == "EQUINOX" {
        general(number)
    } else {
        scientific(number)
    }
}

fn computed_entries(
    image: &FitsImage,
    file: &str,
    hdu: &str,
    beam: Option<&Beam>,
) -> Vec<m::HeaderEntry> {
    let header = &image.unit().header;
    let mut entries = vec![
        entry("Name", file.to_owned()),
        entry("HDU", hdu.to_owned()),
        entry("Data type", data_type(image.unit().bitpix).to_owned()),
        entry("Shape", shape_text(image)),
    ];
    let count = |name: &str, axis| m::HeaderEntry {
        entry_type: m::EntryType::Int.into(),
        numeric_value: image.length(Some(axis)) as f64,
        ..entry(name, image.length(Some(axis)).to_string())
    };
    entries.extend(image.roles().depth.map(|axis| count("Number of channels", axis)));
    entries.extend(image.roles().stokes.map(|axis| count("Number of polarizations", axis)));
    let sky = Sky::read(header);
    if let Some(sky) = &sky {
        push_reference(&mut entries, header, sky);
    }
    let text = |keyword| header.text(keyword).filter(|text| !text.is_empty());
    entries.extend(text("BUNIT").map(|unit| entry("Pixel unit", unit.to_owned())));
    if let Some(frame) = text("RADESYS") {
        let equinox = match (frame, header.number("EQUINOX")) {
            ("FK5", Some(year)) => format!(", J{}", general(year)),
            ("FK4", Some(year)) => format!(", B{}", general(year)),
            _ => String::new(),
        };
        entries.push(entry("Celestial frame", format!("{frame}{equinox}")));
    }
    entries.extend(text("SPECSYS").map(|frame| entry("Spectral frame", frame.to_owned())));
    entries.extend(beam.map(|beam| {
        let size = |degrees: f64| general(degrees * 3600.0);
        let (major, minor) = (size(beam.major), size(beam.minor));
        let value = format!("{major}\" X {minor}\", {} deg", general(beam.angle));
        entry("Restoring beam", value)
    }));
    if let Some(sky) = &sky {
        push_sky_ranges(&mut entries, image, sky);
    }
    push_spectral_ranges(&mut entries, image);
    entries
}

fn data_type(bitpix: i64) -> &'static str {
    match bitpix {
        8 => "uint8",
        16 => "int16",
        32 => "int32",
        64 => "int64",
        -32 => "float",
        _ => "double",
    }
}

fn shape_text(image: &FitsImage) -> String {
    let axes = &image.unit().axes;
    let name = |axis: usize| {
        let kind = image.unit().header.text(&format!("CTYPE{}", axis + 1)).unwrap_or_default();
        kind.split('-').next().unwrap_or_default().trim().to_owned()
    };
    let lengths: Vec<_> = axes.iter().map(ToString::to_string).collect();
    let names: Vec<_> = (0..axes.len()).map(name).collect();
    format!("[{}] ({})", lengths.join(", "), names.join(", "))
}

fn push_reference(entries: &mut Vec<m::HeaderEntry>, header: &Header, sky: &Sky) {
    let number = |keyword| header.number(keyword).unwrap_or(0.0);
    let equatorial = header.text("CTYPE1").is_some_and(|kind| kind.starts_with("RA"));
    let kind = if equatorial { "Right Ascension, Declination" } else { "Longitude, Latitude" };
    entries.push(entry("Coordinate type", kind.to_owned()));
    entries.push(entry("Projection", sky.projection().to_owned()));
    let pair = |first: String, second: String| format!("[{first}, {second}]");
    let (x, y) = (general(number("CRPIX1")), general(number("CRPIX2")));
    entries.push(entry("Image reference pixels", pair(x, y)));
    let (longitude, latitude) = (number("CRVAL1"), number("CRVAL2"));
    if equatorial {
        let text = pair(hours(longitude, 4), degrees(latitude, 3, 4));
        entries.push(entry("Image reference coords", text));
    }
    let text = pair(format!("{} deg", general(longitude)), format!("{} deg", general(latitude)));
    entries.push(entry("Image ref coords (deg)", text));
    if let (Some(x), Some(y)) = (header.number("CDELT1"), header.number("CDELT2")) {
        let text = format!("{}\", {}\"", general(x * 3600.0), general(y * 3600.0));
        entries.push(entry("Pixel increment", text));
    }
}

/// The box around the four corner pixels.
fn push_sky_ranges(entries: &mut Vec<m::HeaderEntry>, image: &FitsImage, sky: &Sky) {
    let (right, top) = (image.width() as f64 - 1.0, image.height() as f64 - 1.0);
    let corners: Option<Vec<_>> = [(0.0, 0.0), (right, 0.0), (0.0, top), (right, top)]
        .into_iter()
        .map(|(x, y)| sky.position(x, y))
        .collect();
    let Some(corners) = corners else { return };
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    // Relative to the first corner, so that a box across 0h is not the whole sky.
    let start = corners.first().map_or(0.0, |corner| corner.0);
    let near = |value: f64| start + (value - start + 180.0).rem_euclid(360.0) - 180.0;
    let (low, high) = range(&mut corners.iter().map(|corner| near(corner.0)));
    let hour = |value: f64| sky::hours(value.rem_euclid(360.0), 3);
    entries.push(entry("RA range", format!("[{}, {}]", hour(low), hour(high))));
    let (low, high) = range(&mut corners.iter().map(|corner| corner.1));
    let text = format!("[{}, {}]", degrees(low, 2, 3), degrees(high, 2, 3));
    entries.push(entry("DEC range", text));
}

fn push_spectral_ranges(entries: &mut Vec<m::HeaderEntry>, image: &FitsImage) {
    let header = &image.unit().header;
    let Some(axis) = image.roles().spectral else { return };
    let key = |name: &str| header.number(&format!("{name}{}", axis + 1));
    let is_frequency =
        header.text(&format!("CTYPE{}", axis + 1)).is_some_and(|kind| kind.starts_with("FREQ"));
    let (Some(value), Some(pixel), Some(step)) = (key("CRVAL"), key("CRPIX"), key("CDELT")) else {
        return;
    };
    if !is_frequency {
        return;
    }
    let frequency = |channel: f64| value + (channel + 1.0 - pixel) * step;
    let (first, last) = (frequency(0.0), frequency(image.length(Some(axis)) as f64 - 1.0));
    let text = format!("[{:.4}, {:.4}] (GHz)", first / 1e9, last / 1e9);
    entries.push(entry("Frequency range", text));
    let rest = header.number("RESTFRQ").or_else(|| header.number("RESTFREQ"));
    if let Some(rest) = rest.filter(|&rest| rest > 0.0) {
        let velocity = |frequency: f64| LIGHT_KM_S * (1.0 - frequency / rest);
        let text = format!("[{:.4}, {:.4}] (km/s)", velocity(first), velocity(last));
        entries.push(entry("Velocity range", text));
    }
}

/// The Stokes axis counts 1 to 4 for I, Q, U, V and down from -1 for the
/// correlations of the feeds (FITS standard 4.0, table 28).
fn polarizations(header: &Header, image: &FitsImage, roles: Roles) -> Vec<i32> {
    let Some(axis) = roles.stokes else { return Vec::new() };
    let key =
        |name: &str, default| header.number(&format!("{name}{}", axis + 1)).unwrap_or(default);
    let (value, pixel, step) = (key("CRVAL", 1.0), key("CRPIX", 1.0), key("CDELT", 1.0));
    (0..image.length(Some(axis)).min(32))
        .map(|index| match (value + (index as f64 + 1.0 - pixel) * step).round() as i32 {
            code @ 1..=4 => code,
            code @ -8..=-1 => 4 - code,
            _ => 0,
        })
        .collect()
}

/// The name of a `PolarizationType`.
fn polarization_name(kind: i32) -> String {
    match m::PolarizationType::try_from(kind) {
        Ok(m::PolarizationType::None) | Err(_) => "Unknown".to_owned(),
        Ok(kind) => kind.as_str_name().to_owned(),
    }
}
