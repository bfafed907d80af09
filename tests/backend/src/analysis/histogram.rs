//! Histograms, with the bins that the real backend chooses.

use carta_resume::protocol::messages as m;

use super::statistics::Statistics;

/// The most bins that a histogram has.
const MAX_BINS: usize = 1 << 20;

/// The number of bins if the viewer leaves it open: the square root of the number of pixels in the
/// bounding box.
pub fn automatic_bins(width: usize, height: usize) -> usize {
    (((width * height) as f64).sqrt() as usize).max(2)
}

/// The histogram of a set of pixels. Bounds and widths are computed in single
/// precision, as the pixels are.
pub fn histogram(
    pixels: impl Iterator<Item = f32> + Clone,
    config: &m::HistogramConfig,
    automatic_bins: usize,
) -> m::Histogram {
    let statistics = Statistics::of(pixels.clone());
    if statistics.count == 0 {
        return m::Histogram {
            num_bins: 1,
            bins: vec![0],
            bin_width: 0.0,
            first_bin_center: 0.0,
            mean: f64::NAN,
            std_dev: f64::NAN,
        };
    }
    let bounds = config.bounds.filter(|bounds| config.fixed_bounds && bounds.min < bounds.max);
    let (min, max) = match bounds {
        Some(bounds) => (bounds.min as f32, bounds.max as f32),
        None => (statistics.min, statistics.max),
    };
    let count = match usize::try_from(config.num_bins) {
        Ok(count) if config.fixed_num_bins && count > 0 => count.min(MAX_BINS),
        _ => automatic_bins,
    };
    let width = (max - min) / count as f32;
    let mut bins = vec![0; count];
    for value in pixels.filter(|value| *value >= min && *value <= max) {
        let index = if width > 0.0 { ((value - min) / width) as usize } else { 0 };
        if let Some(bin) = bins.get_mut(index.min(count - 1)) {
            *bin += 1;
        }
    }
    m::Histogram {
        num_bins: count as i32,
        bin_width: f64::from(width),
        first_bin_center: f64::from(min + width / 2.0),
        bins,
        mean: statistics.mean(),
        std_dev: statistics.sigma(),
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // Exact by construction.
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_is_in_the_last_bin() {
        let pixels = [0.0, 0.4, 1.0, f32::NAN, 2.0];
        let histogram = histogram(pixels.into_iter(), &m::HistogramConfig::default(), 2);
        assert_eq!(histogram.bins, [2, 2]);
        assert_eq!(histogram.bin_width, 1.0);
        assert_eq!(histogram.first_bin_center, 0.5);
    }

    #[test]
    fn fixed_bounds_leave_out_what_is_beyond() {
        let config = m::HistogramConfig {
            fixed_num_bins: true,
            num_bins: 4,
            fixed_bounds: true,
            bounds: Some(m::DoubleBounds { min: 0.0, max: 4.0 }),
            ..Default::default()
        };
        let histogram = histogram([-1.0, 0.5, 3.5, 9.0].into_iter(), &config, 2);
        assert_eq!(histogram.bins, [1, 0, 0, 1]);
    }

    #[test]
    fn one_value_everywhere() {
        let histogram = histogram([3.0; 5].into_iter(), &m::HistogramConfig::default(), 2);
        assert_eq!(histogram.bins, [5, 0]);
    }
}
