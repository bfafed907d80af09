//! Sample images for the demo and the tests, with the same bytes every time.

use std::{
    f64::consts::TAU,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use crate::cli::SampleKind;

/// Where the sample sky is, and how large its pixels are.
const RIGHT_ASCENSION: f64 = 148.888;
const DECLINATION: f64 = 69.065;
const PIXEL_ARCSEC: f64 = 4.0;
const BEAM_ARCSEC: f64 = 14.0;

/// Frequency of the first channel and the rest frequency of neutral hydrogen, and the spacing of
/// channels, in hertz.
const FIRST_HZ: f64 = 1.421_16e9;
const REST_HZ: f64 = 1.420_405_752e9;
const STEP_HZ: f64 = -48_828.125;

/// Writes a sample image.
///
/// # Errors
///
/// One line that says why the file could not be written.
pub fn write(path: &Path, kind: SampleKind) -> Result<(), String> {
    let (size, axes): (usize, &[(&str, usize)]) = match kind {
        SampleKind::Cube => (256, &[("FREQ", 32)]),
        SampleKind::Continuum => (512, &[]),
        SampleKind::Stokes => (128, &[("FREQ", 4), ("STOKES", 4)]),
    };
    let mut noise = Noise(fastrand::Rng::with_seed(20_260_801));
    let planes = axes.iter().map(|(_, length)| length).product::<usize>();
    let pixel = |plane: usize, x: f64, y: f64, noise: &mut Noise| match kind {
        SampleKind::Cube => disk(x, y, plane as f64 - 15.5) + noise.next(0.04),
        SampleKind::Continuum => radio_galaxy(x, y) + noise.next(0.01),
        SampleKind::Stokes => polarized(x, y, plane % 4, plane / 4) + noise.next(0.005),
    };
    let mut write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(&header(size, axes, kind))?;
        let centre = (size as f64 - 1.0) / 2.0;
        let mut length = 0;
        for plane in 0..planes {
            for index in 0..size * size {
                // Between -1 and 1 from edge to edge.
                let x = ((index % size) as f64 - centre) / centre;
                let y = ((index / size) as f64 - centre) / centre;
                let value = pixel(plane, x, y, &mut noise);
                // Nothing was observed outside the telescope's field of view.
                let seen = x.hypot(y) < 0.97 || kind == SampleKind::Continuum;
                let value = if seen { value as f32 } else { f32::NAN };
                file.write_all(&value.to_be_bytes())?;
                length += 4;
            }
        }
        file.write_all(&vec![0; padding(length)])?;
        file.flush()
    };
    write().map_err(|why| format!("cannot write {}: {why}", path.display()))
}

/// A galaxy's disk, seen at an inclination, with a velocity counted in channels.
fn disk(x: f64, y: f64, velocity: f64) -> f64 {
    let (sin, cos) = 35.0_f64.to_radians().sin_cos();
    let major = x * sin + y * cos;
    let minor = (y * sin - x * cos) / 0.5;
    let radius = major.hypot(minor);
    let angle = minor.atan2(major);
    let rotation = 12.5 * (1.0 - (-radius / 0.12).exp());
    let expected = if radius > 0.0 { rotation * major / radius } else { 0.0 };
    let arms = 1.0 + 0.6 * (2.0 * angle - 6.0 * (radius + 0.05).ln()).cos();
    let brightness = 1.6 * (-radius / 0.3).exp() * (1.0 - 0.7 * (-(radius / 0.08).powi(2)).exp());
    let width: f64 = 1.3;
    brightness * arms * (-((velocity - expected) / width).powi(2) / 2.0).exp()
}

/// A core with two jets and two lobes.
fn radio_galaxy(x: f64, y: f64) -> f64 {
    let (sin, cos) = 25.0_f64.to_radians().sin_cos();
    let (along, across) = (x * cos + y * sin, y * cos - x * sin);
    let blob = |u: f64, v: f64, su: f64, sv: f64| {
        (-((along - u) / su).powi(2) / 2.0 - ((across - v) / sv).powi(2) / 2.0).exp()
    };
    let wiggle = 0.02 * (along * 18.0).sin();
    let jet =
        0.5 * (-((across - wiggle) / 0.015).powi(2) / 2.0).exp() * (-along.abs() / 0.25).exp();
    3.0 * blob(0.0, 0.0, 0.012, 0.012)
        + jet
        + 0.9 * blob(0.55, 0.03, 0.12, 0.07)
        + 0.7 * blob(-0.6, -0.02, 0.1, 0.09)
        + 0.6 * blob(0.66, 0.05, 0.02, 0.02)
        + 0.5 * blob(-0.1, 0.6, 0.012, 0.012)
        + 0.3 * blob(0.35, -0.7, 0.012, 0.012)
}

/// Stokes I, Q, U, V of a round source whose polarization turns around it.
fn polarized(x: f64, y: f64, channel: usize, stokes: usize) -> f64 {
    let radius = x.hypot(y);
    let total = (-(radius / 0.35).powi(2)).exp();
    let angle = 2.0 * y.atan2(x) + channel as f64 * 0.4;
    match stokes {
        0 => total,
        1 => 0.3 * radius.min(1.0) * total * angle.cos(),
        2 => 0.3 * radius.min(1.0) * total * angle.sin(),
        _ => 0.02 * total,
    }
}

/// Normally distributed numbers (Box and Muller 1958).
struct Noise(fastrand::Rng);

impl Noise {
    fn next(&mut self, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.f64()).ln()).sqrt();
        sigma * radius * (TAU * self.0.f64()).cos()
    }
}

fn padding(length: usize) -> usize {
    length.next_multiple_of(2880) - length
}

fn header(size: usize, axes: &[(&str, usize)], kind: SampleKind) -> Vec<u8> {
    let mut cards = Vec::new();
    let mut card = |keyword: &str, value: String| cards.push(format!("{keyword:<8}= {value}"));
    let number = |value: f64| format!("{value:>20.12E}");
    let whole = |value: i64| format!("{value:>20}");
    let string = |value: &str| format!("'{value:<8}'");
    card("SIMPLE", format!("{:>20}", "T"));
    card("BITPIX", whole(-32));
    card("NAXIS", whole(axes.len() as i64 + 2));
    card("NAXIS1", whole(size as i64));
    card("NAXIS2", whole(size as i64));
    for (axis, (_, length)) in axes.iter().enumerate() {
        card(&format!("NAXIS{}", axis + 3), whole(*length as i64));
    }
    let middle = size as f64 / 2.0 + 0.5;
    let step = PIXEL_ARCSEC / 3600.0;
    for (axis, kind, value, step) in
        [(1, "RA---SIN", RIGHT_ASCENSION, -step), (2, "DEC--SIN", DECLINATION, step)]
    {
        card(&format!("CTYPE{axis}"), string(kind));
        card(&format!("CRVAL{axis}"), number(value));
        card(&format!("CRPIX{axis}"), number(middle));
        card(&format!("CDELT{axis}"), number(step));
        card(&format!("CUNIT{axis}"), string("deg"));
    }
    for (index, (kind, _)) in (3..).zip(axes) {
        let is_frequency = *kind == "FREQ";
        let (value, step) = if is_frequency { (FIRST_HZ, STEP_HZ) } else { (1.0, 1.0) };
        card(&format!("CTYPE{index}"), string(kind));
        card(&format!("CRVAL{index}"), number(value));
        card(&format!("CRPIX{index}"), number(1.0));
        card(&format!("CDELT{index}"), number(step));
        card(&format!("CUNIT{index}"), string(if is_frequency { "Hz" } else { "" }));
    }
    card("BUNIT", string("Jy/beam"));
    card("BMAJ", number(BEAM_ARCSEC / 3600.0));
    card("BMIN", number(BEAM_ARCSEC / 3600.0));
    card("BPA", number(0.0));
    card("RADESYS", string("ICRS"));
    if !axes.is_empty() {
        card("SPECSYS", string("BARYCENT"));
        card("RESTFRQ", number(REST_HZ));
    }
    let object = match kind {
        SampleKind::Cube => "Sample disk",
        SampleKind::Continuum => "Sample radio galaxy",
        SampleKind::Stokes => "Sample polarization",
    };
    card("OBJECT", string(object));
    cards.push("END".to_owned());
    let mut bytes = Vec::new();
    for card in &mut cards {
        card.extend(std::iter::repeat_n(' ', 80_usize.saturating_sub(card.len())));
        bytes.extend_from_slice(card.as_bytes());
    }
    bytes.resize(bytes.len() + padding(bytes.len()), b' ');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::statistics::Statistics,
        fits::{self, FitsImage},
    };

    fn image(kind: SampleKind) -> (Vec<u8>, FitsImage) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sample.fits");
        write(&path, kind).unwrap();
        let unit = fits::scan(&path).unwrap().remove(0);
        (std::fs::read(&path).unwrap(), FitsImage::open(&path, unit).unwrap())
    }

    #[test]
    fn the_stokes_cube_can_be_read_and_is_the_same_every_time() {
        let (bytes, image) = image(SampleKind::Stokes);
        assert_eq!(bytes, self::image(SampleKind::Stokes).0);
        assert_eq!(bytes.len() % 2880, 0);
        let described = fits::describe(&image, "s.fits", "0");
        assert_eq!(described.extended.stokes_vals, ["I", "Q", "U", "V"]);
        assert_eq!(described.extended.depth, 4);
        let statistics = |stokes| {
            let plane = image.read(0, stokes, 0, 128 * 128).unwrap();
            Statistics::of(plane.into_iter())
        };
        assert!(statistics(0).max > 0.9 && statistics(3).max < 0.1);
        assert!(statistics(0).count < 128 * 128);
    }

    #[test]
    fn the_disk_turns() {
        let brightest = |velocity: f64| {
            let places = (0..40_000)
                .map(|i| (f64::from(i % 200) / 100.0 - 1.0, f64::from(i / 200) / 100.0 - 1.0));
            let best =
                places.max_by(|a, b| disk(a.0, a.1, velocity).total_cmp(&disk(b.0, b.1, velocity)));
            best.unwrap()
        };
        assert!(brightest(10.0).1 > 0.1 && brightest(-10.0).1 < -0.1);
    }
}
