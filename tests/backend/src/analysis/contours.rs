//! Contours: lines of equal value, and how they are sent.

use std::collections::BTreeMap;

use carta_resume::protocol::messages as m;

use super::smooth::Smoothed;

/// A place where a line crosses the grid of pixel centres: between this pixel
/// and the next one along x (even) or y (odd).
type Crossing = usize;

/// One line of vertices, in image pixels, (0.5, 0.5) being the centre of the
/// first pixel. A closed line ends with its first vertex.
pub type Line = Vec<(f64, f64)>;

/// Finds the lines of one level by marching squares.
pub fn trace(smoothed: &Smoothed, level: f64) -> Vec<Line> {
    let mut joined = join_crossings(smoothed, level as f32);
    let mut lines = Vec::new();
    // Open lines first, from one of their ends, then closed ones from anywhere.
    let ends: Vec<Crossing> =
        joined.iter().filter(|(_, next)| next.len() == 1).map(|(&crossing, _)| crossing).collect();
    for start in ends {
        lines.extend(walk(&mut joined, start));
    }
    while let Some((&start, _)) = joined.iter().next() {
        lines.extend(walk(&mut joined, start));
    }
    let vertex = |crossing| vertex(smoothed, level as f32, crossing);
    lines.into_iter().map(|line| line.into_iter().filter_map(vertex).collect()).collect()
}

/// Which crossings are joined by a piece of a line inside a cell.
fn join_crossings(smoothed: &Smoothed, level: f32) -> BTreeMap<Crossing, Vec<Crossing>> {
    let width = smoothed.width;
    let mut links: BTreeMap<Crossing, Vec<Crossing>> = BTreeMap::new();
    let mut join = |a: Crossing, b: Crossing| {
        links.entry(a).or_default().push(b);
        links.entry(b).or_default().push(a);
    };
    let value = |index: usize| smoothed.plane.get(index).copied().unwrap_or(f32::NAN);
    let cells = smoothed.plane.len().saturating_sub(width);
    for index in (0..cells).filter(|index| index % width + 1 < width) {
        let corners = [index, index + 1, index + width + 1, index + width].map(value);
        if corners.iter().any(|corner| !corner.is_finite()) {
            continue;
        }
        let [a, b, c, d] = corners.map(|corner| corner >= level);
        let bottom = 2 * index;
        let left = bottom + 1;
        let top = 2 * (index + width);
        let right = 2 * (index + 1) + 1;
        match (a, b, c, d) {
            (true, true, true, true) | (false, false, false, false) => {}
            (true, false, false, false) | (false, true, true, true) => join(left, bottom),
            (false, true, false, false) | (true, false, true, true) => join(bottom, right),
            (false, false, true, false) | (true, true, false, true) => join(right, top),
            (false, false, false, true) | (true, true, true, false) => join(top, left),
            (true, true, false, false) | (false, false, true, true) => join(left, right),
            (true, false, false, true) | (false, true, true, false) => join(bottom, top),
            (true, false, true, false) => {
                join(left, top);
                join(bottom, right);
            }
            (false, true, false, true) => {
                join(left, bottom);
                join(right, top);
            }
        }
    }
    links
}

/// Follows a line and takes it out of the links.
fn walk(links: &mut BTreeMap<Crossing, Vec<Crossing>>, start: Crossing) -> Option<Vec<Crossing>> {
    let mut nexts = links.remove(&start)?;
    let mut line = vec![start];
    while let Some(next) = nexts.pop() {
        if let Some(mut beyond) = links.remove(&next) {
            let previous = line.last().copied();
            beyond.retain(|crossing| Some(*crossing) != previous);
            line.push(next);
            nexts = beyond;
        } else if next == start {
            line.push(start);
            break;
        }
    }
    Some(line)
}

fn vertex(smoothed: &Smoothed, level: f32, crossing: Crossing) -> Option<(f64, f64)> {
    let (index, along_y) = (crossing / 2, crossing % 2 == 1);
    let other = index + if along_y { smoothed.width } else { 1 };
    let (a, b) = (*smoothed.plane.get(index)?, *smoothed.plane.get(other)?);
    let part = f64::from((level - a) / (b - a));
    let (x, y) = ((index % smoothed.width) as f64, (index / smoothed.width) as f64);
    let (x, y) = if along_y { (x, y + part) } else { (x + part, y) };
    Some(((x + 0.5) * smoothed.scale, (y + 0.5) * smoothed.scale))
}

/// Packs the lines of a level: coordinates rounded to 1/`decimation` pixel, each as the difference
/// from the previous one, the bytes of four numbers sorted by significance, zstd.
pub fn encode(level: f64, lines: &[Line], settings: &m::SetContourParameters) -> m::ContourSet {
    let decimation = settings.decimation_factor.max(1);
    let mut starts = Vec::new();
    let mut vertices = Vec::new();
    for line in lines {
        starts.extend_from_slice(&((vertices.len() * 2) as i32).to_le_bytes());
        vertices.extend_from_slice(line);
    }
    let mut previous = (0, 0);
    let mut bytes = Vec::with_capacity(vertices.len() * 8);
    for (x, y) in vertices {
        let rounded = |value: f64| (value * f64::from(decimation)).round() as i32;
        let (x, y) = (rounded(x), rounded(y));
        bytes.extend_from_slice(&x.wrapping_sub(previous.0).to_le_bytes());
        bytes.extend_from_slice(&y.wrapping_sub(previous.1).to_le_bytes());
        previous = (x, y);
    }
    let size = bytes.len();
    shuffle(&mut bytes);
    let compressed =
        zstd::bulk::compress(&bytes, settings.compression_level.clamp(1, 19)).unwrap_or_default();
    m::ContourSet {
        level,
        decimation_factor: decimation,
        raw_coordinates: compressed,
        raw_start_indices: starts,
        uncompressed_coordinates_size: size as i32,
    }
}

/// Transposes each 4 × 4 bytes; the remainder stays as it is.
fn shuffle(bytes: &mut [u8]) {
    for block in bytes.as_chunks_mut::<16>().0 {
        let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = *block;
        *block = [a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cone(size: usize) -> Smoothed {
        let centre = size as f64 / 2.0;
        let height = |x: f64, y: f64| (centre - (x - centre).hypot(y - centre)) as f32;
        let plane =
            (0..size * size).map(|i| height((i % size) as f64, (i / size) as f64)).collect();
        Smoothed { plane, width: size, scale: 1.0 }
    }

    #[test]
    fn a_cone_has_one_round_contour() {
        let lines = trace(&cone(40), 10.0);
        assert_eq!(lines.len(), 1);
        let line = lines.first().unwrap();
        assert_eq!(line.first(), line.last());
        for &(x, y) in line {
            assert!(((x - 20.5).hypot(y - 20.5) - 10.0).abs() < 0.2, "{x} {y}");
        }
    }

    #[test]
    fn lines_that_leave_the_image_are_open() {
        let lines = trace(&cone(40), -5.0);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.first() != line.last()));
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let lines = trace(&cone(40), 10.0);
        let settings = m::SetContourParameters {
            decimation_factor: 4,
            compression_level: 8,
            ..Default::default()
        };
        let set = encode(10.0, &lines, &settings);
        let size = usize::try_from(set.uncompressed_coordinates_size).unwrap();
        let mut bytes = zstd::bulk::decompress(&set.raw_coordinates, size).unwrap();
        assert_eq!(bytes.len(), size);
        shuffle(&mut bytes);
        let deltas: Vec<i32> =
            bytes.as_chunks().0.iter().map(|&bytes| i32::from_le_bytes(bytes)).collect();
        let first = lines.first().and_then(|line| line.first()).unwrap();
        assert!((f64::from(deltas[0]) / 4.0 - first.0).abs() <= 0.125);
        assert_eq!(deltas.len(), lines.iter().map(|line| line.len() * 2).sum::<usize>());
    }
}
