//! Statistics of a set of pixels, in double precision.

use carta_resume::protocol::messages as m;

/// Statistics of the pixels that are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Pixels that are numbers.
    pub count: usize,
    /// Sum of the values.
    pub sum: f64,
    /// Sum of their squares.
    pub sum_of_squares: f64,
    /// Sum of the squared distances from the mean.
    squared_distances: f64,
    /// Smallest value, infinite if there is none.
    pub min: f32,
    /// Largest value, negative infinite if there is none.
    pub max: f32,
}

impl Statistics {
    /// Looks at every pixel, twice: once for the mean.
    pub fn of(pixels: impl Iterator<Item = f32> + Clone) -> Self {
        let finite = pixels.filter(|value| value.is_finite());
        let mut statistics = Self {
            count: 0,
            sum: 0.0,
            sum_of_squares: 0.0,
            squared_distances: 0.0,
            min: f32::INFINITY,
            max: f32::NEG_INFINITY,
        };
        for value in finite.clone() {
            let wide = f64::from(value);
            statistics.count += 1;
            statistics.sum += wide;
            statistics.sum_of_squares += wide * wide;
            statistics.min = statistics.min.min(value);
            statistics.max = statistics.max.max(value);
        }
        let mean = statistics.mean();
        statistics.squared_distances = finite.map(|value| (f64::from(value) - mean).powi(2)).sum();
        statistics
    }

    /// Mean; NaN if there is no pixel.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// Standard deviation of a sample; NaN for fewer than two pixels.
    pub fn sigma(&self) -> f64 {
        if self.count < 2 {
            return f64::NAN;
        }
        (self.squared_distances / (self.count as f64 - 1.0)).sqrt()
    }

    /// One statistic. `beam_area` is in pixels. The number of NaN pixels is
    /// NaN itself: the real backend does not count them.
    pub fn value(&self, kind: m::StatsType, beam_area: Option<f64>) -> f64 {
        if kind == m::StatsType::NumPixels {
            return self.count as f64;
        }
        if self.count == 0 {
            return f64::NAN;
        }
        match kind {
            m::StatsType::NumPixels => self.count as f64,
            m::StatsType::Sum => self.sum,
            m::StatsType::FluxDensity => beam_area.map_or(f64::NAN, |area| self.sum / area),
            m::StatsType::Mean => self.mean(),
            m::StatsType::Rms => (self.sum_of_squares / self.count as f64).sqrt(),
            m::StatsType::Sigma => self.sigma(),
            m::StatsType::SumSq => self.sum_of_squares,
            m::StatsType::Min => f64::from(self.min),
            m::StatsType::Max => f64::from(self.max),
            m::StatsType::Extrema => {
                f64::from(if self.min.abs() > self.max.abs() { self.min } else { self.max })
            }
            m::StatsType::NanCount
            | m::StatsType::Blc
            | m::StatsType::Trc
            | m::StatsType::MinPos
            | m::StatsType::MaxPos
            | m::StatsType::Blcf
            | m::StatsType::Trcf
            | m::StatsType::MinPosf
            | m::StatsType::MaxPosf => f64::NAN,
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // Exact by construction.
mod tests {
    use super::*;

    #[test]
    fn nan_is_left_out() {
        let pixels = [1.0, f32::NAN, 3.0, -5.0];
        let statistics = Statistics::of(pixels.into_iter());
        let value = |kind| statistics.value(kind, Some(0.5));
        assert_eq!(value(m::StatsType::NumPixels), 3.0);
        assert_eq!(value(m::StatsType::Sum), -1.0);
        assert_eq!(value(m::StatsType::FluxDensity), -2.0);
        assert_eq!(value(m::StatsType::SumSq), 35.0);
        assert_eq!(value(m::StatsType::Extrema), -5.0);
        assert!((value(m::StatsType::Sigma) - 4.163_331_998_932_265).abs() < 1e-12);
    }

    #[test]
    fn no_pixel_has_no_mean() {
        let statistics = Statistics::of(std::iter::empty());
        assert_eq!(statistics.value(m::StatsType::NumPixels, None), 0.0);
        assert!(statistics.value(m::StatsType::Sum, None).is_nan());
        assert!(statistics.value(m::StatsType::Min, None).is_nan());
    }
}
