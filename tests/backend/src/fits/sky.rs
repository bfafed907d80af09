//! Where a pixel is on the sky, for the zenithal projections, and how
//! positions are written.
//!
//! Source: Calabretta and Greisen 2002, sections 2 and 5.1.

use super::Header;

/// The celestial axes of an image.
#[derive(Clone, Debug)]
pub(super) struct Sky {
    projection: String,
    reference_pixel: (f64, f64),
    reference: (f64, f64),
    /// Degrees per pixel: from (x, y) to (east, north).
    matrix: [f64; 4],
}

impl Sky {
    /// Reads the celestial axes, which must be the first two, right ascension
    /// or longitude first.
    pub(super) fn read(header: &Header) -> Option<Self> {
        let (kind, projection) = header.text("CTYPE1")?.split_once('-')?;
        let second = header.text("CTYPE2")?;
        let sorted = kind == "RA" && second.starts_with("DEC")
            || kind.ends_with("LON") && second.get(1..4) == Some("LAT");
        let number = |keyword: &str| header.number(keyword);
        let sky = Self {
            projection: projection.trim_matches(['-', ' ']).to_owned(),
            reference_pixel: (number("CRPIX1")?, number("CRPIX2")?),
            reference: (number("CRVAL1")?, number("CRVAL2")?),
            matrix: read_matrix(header)?,
        };
        sorted.then_some(sky)
    }

    /// Name of the projection, for example `SIN`.
    pub(super) fn projection(&self) -> &str {
        &self.projection
    }

    /// Longitude and latitude of a pixel (0-based), in degrees; `None` off the sky or for an
    /// unknown projection.
    pub(super) fn position(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let [xx, xy, yx, yy] = self.matrix;
        let (dx, dy) = (x + 1.0 - self.reference_pixel.0, y + 1.0 - self.reference_pixel.1);
        let (east, north) = (xx * dx + xy * dy, yx * dx + yy * dy);
        let radius = east.hypot(north).to_radians();
        let theta = match self.projection.as_str() {
            "SIN" => radius.acos(),
            "TAN" => 1.0_f64.atan2(radius),
            "ARC" => std::f64::consts::FRAC_PI_2 - radius,
            "ZEA" => std::f64::consts::FRAC_PI_2 - 2.0 * (radius / 2.0).asin(),
            "STG" => std::f64::consts::FRAC_PI_2 - 2.0 * (radius / 2.0).atan(),
            _ => return None,
        };
        // Native longitude minus that of the celestial pole, 180 degrees.
        let phi = east.atan2(-north) - std::f64::consts::PI;
        let pole = self.reference.1.to_radians();
        let latitude =
            (theta.sin() * pole.sin() + theta.cos() * pole.cos() * phi.cos()).clamp(-1.0, 1.0);
        let longitude = (-theta.cos() * phi.sin())
            .atan2(theta.sin() * pole.cos() - theta.cos() * pole.sin() * phi.cos());
        let position = (
            (self.reference.0 + longitude.to_degrees()).rem_euclid(360.0),
            latitude.asin().to_degrees(),
        );
        (position.0.is_finite() && position.1.is_finite()).then_some(position)
    }
}

fn read_matrix(header: &Header) -> Option<[f64; 4]> {
    let number = |keyword: &str| header.number(keyword);
    if let (Some(xx), Some(yy)) = (number("CD1_1"), number("CD2_2")) {
        let cross = |keyword| number(keyword).unwrap_or(0.0);
        return Some([xx, cross("CD1_2"), cross("CD2_1"), yy]);
    }
    let (dx, dy) = (number("CDELT1")?, number("CDELT2")?);
    let (sin, cos) = number("CROTA2").unwrap_or(0.0).to_radians().sin_cos();
    let pc = |keyword, default| number(keyword).unwrap_or(default);
    Some([
        dx * pc("PC1_1", cos),
        dx * pc("PC1_2", -sin * dy / dx),
        dy * pc("PC2_1", sin * dx / dy),
        dy * pc("PC2_2", cos),
    ])
}

/// Hours, minutes and seconds: `12:00:02.464`.
pub(super) fn hours(degrees: f64, digits: usize) -> String {
    let [hours, minutes, seconds] = sexagesimal(degrees / 15.0, digits);
    format!("{hours:02}:{minutes:02}:{}", padded(seconds, digits))
}

/// Degrees, minutes and seconds: `+29.59.27.999`.
pub(super) fn degrees(degrees: f64, width: usize, digits: usize) -> String {
    let sign = if degrees < 0.0 { '-' } else { '+' };
    let [whole, minutes, seconds] = sexagesimal(degrees.abs(), digits);
    format!("{sign}{whole:0width$}.{minutes:02}.{}", padded(seconds, digits))
}

/// Whole units, whole sixtieths, and the rest in units of the last digit.
fn sexagesimal(value: f64, digits: usize) -> [u64; 3] {
    let scale = 10_u64.pow(digits as u32);
    let ticks = (value * 3600.0 * scale as f64).round() as u64;
    [ticks / (3600 * scale), ticks / (60 * scale) % 60, ticks % (60 * scale)]
}

fn padded(ticks: u64, digits: usize) -> String {
    let scale = 10_u64.pow(digits as u32);
    format!("{:02}.{:0digits$}", ticks / scale, ticks % scale)
}

/// At most six significant digits, without trailing zeros, like C's `%g`.
pub(super) fn general(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let scientific = format!("{value:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if (-5..6).contains(&exponent) {
        trim(&format!("{value:.*}", (5 - exponent).max(0) as usize))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(mantissa), exponent.abs())
    }
}

/// Thirteen significant digits with a two-digit exponent, like C's `%.12E`.
pub(super) fn scientific(value: f64) -> String {
    let text = format!("{value:.12E}");
    let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}E{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_c_does() {
        for (value, text) in
            [(33.0, "33"), (-0.999_999_999, "-1"), (1.5e9, "1.5e+09"), (0.000_25, "0.00025")]
        {
            assert_eq!(general(value), text);
        }
        assert_eq!(scientific(180.0), "1.800000000000E+02");
        assert_eq!(scientific(-0.000_277_777_777_777_77), "-2.777777777778E-04");
        assert_eq!(scientific(0.0), "0.000000000000E+00");
    }

    #[test]
    fn angles_are_rounded_before_they_are_split() {
        assert_eq!(hours(359.999_999_999, 3), "24:00:00.000");
        assert_eq!(degrees(-0.5, 2, 3), "-00.30.00.000");
        assert_eq!(degrees(30.0, 3, 4), "+030.00.00.0000");
    }
}
