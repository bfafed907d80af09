//! Smoothing before contours are drawn. Pixels that are not numbers are left
//! out of the averages.

use carta_resume::protocol::messages as m;

/// A plane and the distance between its pixels, in pixels of the image.
pub struct Smoothed {
    /// Values, row by row.
    pub plane: Vec<f32>,
    /// Pixels per row.
    pub width: usize,
    /// Image pixels per pixel, and the image coordinate of the first pixel.
    pub scale: f64,
}

/// Smooths a plane.
pub fn smooth(plane: &[f32], width: usize, mode: m::SmoothingMode, factor: i32) -> Smoothed {
    let factor = usize::try_from(factor).unwrap_or(0).min(64);
    let width = width.max(1);
    match mode {
        m::SmoothingMode::GaussianBlur if factor > 1 => {
            let kernel = gaussian(factor);
            let rows = convolve(plane, width, &kernel, 1);
            Smoothed { plane: convolve(&rows, width, &kernel, width), width, scale: 1.0 }
        }
        m::SmoothingMode::BlockAverage if factor > 1 => {
            let rows: Vec<&[f32]> = plane.chunks(width).collect();
            let columns = width.div_ceil(factor);
            let plane = rows
                .chunks(factor)
                .flat_map(|rows| (0..columns).map(move |x| block(rows, x * factor, factor)))
                .collect();
            Smoothed { plane, width: columns, scale: factor as f64 }
        }
        m::SmoothingMode::GaussianBlur
        | m::SmoothingMode::BlockAverage
        | m::SmoothingMode::NoSmoothing => Smoothed { plane: plane.to_vec(), width, scale: 1.0 },
    }
}

/// Half of a kernel of `2 factor - 1` pixels, the centre first.
fn gaussian(factor: usize) -> Vec<f32> {
    let sigma = (factor as f32 - 1.0) / 2.0;
    (0..factor).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect()
}

/// Convolves along rows (`step` 1) or columns (`step` = width).
fn convolve(plane: &[f32], width: usize, kernel: &[f32], step: usize) -> Vec<f32> {
    let along_rows = step == 1;
    let height = plane.len() / width;
    let smoothed = |index: usize| {
        let (position, length) =
            if along_rows { (index % width, width) } else { (index / width, height) };
        let (mut sum, mut weights) = (0.0, 0.0);
        for (distance, weight) in kernel.iter().enumerate() {
            let before = (position >= distance).then(|| index - distance * step);
            let after =
                (distance > 0 && position + distance < length).then(|| index + distance * step);
            for neighbour in [before, after].into_iter().flatten() {
                if let Some(value) = plane.get(neighbour).filter(|value| value.is_finite()) {
                    sum += value * weight;
                    weights += weight;
                }
            }
        }
        if weights > 0.0 { sum / weights } else { f32::NAN }
    };
    (0..plane.len()).map(smoothed).collect()
}

fn block(rows: &[&[f32]], x: usize, factor: usize) -> f32 {
    let values = rows.iter().flat_map(|row| row.iter().skip(x).take(factor));
    let (sum, count) = values
        .filter(|value| value.is_finite())
        .fold((0.0_f32, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { f32::NAN } else { sum / count as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_plane_stays_flat() {
        let plane = vec![2.0; 20];
        for mode in [m::SmoothingMode::GaussianBlur, m::SmoothingMode::BlockAverage] {
            let smoothed = smooth(&plane, 5, mode, 3);
            assert!(smoothed.plane.iter().all(|value| (value - 2.0).abs() < 1e-6));
        }
    }

    #[test]
    fn blocks_are_averaged() {
        let plane = [1.0, 3.0, 5.0, 5.0, 7.0, f32::NAN];
        let smoothed = smooth(&plane, 3, m::SmoothingMode::BlockAverage, 2);
        assert_eq!((smoothed.plane, smoothed.width), (vec![4.0, 5.0], 2));
    }
}
