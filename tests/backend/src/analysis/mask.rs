//! Which pixels belong to a region: those whose centre is inside it or on its
//! edge, as the recordings of the real backend show.

use carta_resume::protocol::messages as m;

/// The rounding error within which a pixel still counts as on the edge.
const EDGE: f64 = 1e-9;

/// A rectangle of pixels, each of them inside or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Column of the first pixel.
    pub x: usize,
    /// Row of the first pixel.
    pub y: usize,
    /// Pixels per row.
    pub width: usize,
    inside: Vec<bool>,
}

impl Mask {
    /// Every pixel of a plane.
    pub fn whole(width: usize, height: usize) -> Self {
        Self { x: 0, y: 0, width, inside: vec![true; width * height] }
    }

    /// The pixels of a region in an image, clipped to the image. `None` for
    /// shapes that have no area, and for annotations.
    pub fn of(region: &m::RegionInfo, width: usize, height: usize) -> Option<Self> {
        let points: Vec<(f64, f64)> =
            region.control_points.iter().map(|p| (f64::from(p.x), f64::from(p.y))).collect();
        let shape = Shape::of(region, &points)?;
        let (low, high) = shape.bounds(&points);
        let clip = |low: f64, high: f64, length: usize| {
            let first = (low - EDGE).ceil().max(0.0);
            let last = (high + EDGE).floor().min(length as f64 - 1.0);
            if first > last { 0..0 } else { first as usize..last as usize + 1 }
        };
        let (columns, rows) = (clip(low.0, high.0, width), clip(low.1, high.1, height));
        let inside = rows
            .clone()
            .flat_map(|y| columns.clone().map(move |x| (x as f64, y as f64)))
            .map(|pixel| shape.contains(pixel))
            .collect();
        Some(Self { x: columns.start, y: rows.start, width: columns.len(), inside })
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.inside.len().checked_div(self.width).unwrap_or(0)
    }

    /// The values of the pixels inside. `rows` holds whole rows of the image, `width` pixels each,
    /// starting with this mask's first.
    pub fn select<'a>(&'a self, rows: &'a [f32], width: usize) -> impl Iterator<Item = f32> + 'a {
        let inside = self.inside.chunks(self.width.max(1));
        rows.chunks(width.max(1)).zip(inside).flat_map(move |(row, inside)| {
            row.iter().skip(self.x).zip(inside).filter(|(_, inside)| **inside).map(|(v, _)| *v)
        })
    }

    /// Number of pixels inside.
    pub fn count(&self) -> usize {
        self.inside.iter().filter(|inside| **inside).count()
    }
}

enum Shape<'a> {
    Pixel(f64, f64),
    Box { centre: (f64, f64), half: (f64, f64), turn: Turn },
    Ellipse { centre: (f64, f64), axes: (f64, f64), turn: Turn },
    Polygon(&'a [(f64, f64)]),
}

/// A rotation, counter-clockwise.
#[derive(Clone, Copy)]
struct Turn {
    sin: f64,
    cos: f64,
}

impl Turn {
    fn degrees(angle: f32) -> Self {
        let (sin, cos) = f64::from(angle).to_radians().sin_cos();
        Self { sin, cos }
    }

    /// A pixel in the frame of the rotated shape.
    fn back(self, centre: (f64, f64), (x, y): (f64, f64)) -> (f64, f64) {
        let (dx, dy) = (x - centre.0, y - centre.1);
        (dx * self.cos + dy * self.sin, dy * self.cos - dx * self.sin)
    }
}

impl<'a> Shape<'a> {
    fn of(region: &m::RegionInfo, points: &'a [(f64, f64)]) -> Option<Self> {
        let turn = Turn::degrees(region.rotation);
        match (region.region_type(), points) {
            (m::RegionType::Point, &[(x, y)]) => Some(Self::Pixel(x.round(), y.round())),
            (m::RegionType::Rectangle, &[centre, (width, height)]) => {
                Some(Self::Box { centre, half: (width / 2.0, height / 2.0), turn })
            }
            // The first axis points along y when not rotated.
            (m::RegionType::Ellipse, &[centre, (along_y, along_x)]) => {
                Some(Self::Ellipse { centre, axes: (along_x, along_y), turn })
            }
            (m::RegionType::Polygon, points) => Some(Self::Polygon(points)),
            _ => None,
        }
    }

    /// Corners of an upright box around the shape.
    fn bounds(&self, points: &[(f64, f64)]) -> ((f64, f64), (f64, f64)) {
        let around = |centre: (f64, f64), x: f64, y: f64| {
            ((centre.0 - x, centre.1 - y), (centre.0 + x, centre.1 + y))
        };
        match *self {
            Self::Pixel(x, y) => ((x, y), (x, y)),
            Self::Box { centre, half: (a, b), turn: Turn { sin, cos } } => {
                let reach = |a: f64, b: f64| a.abs() + b.abs();
                around(centre, reach(a * cos, b * sin), reach(a * sin, b * cos))
            }
            Self::Ellipse { centre, axes: (a, b), turn: Turn { sin, cos } } => {
                around(centre, (a * cos).hypot(b * sin), (a * sin).hypot(b * cos))
            }
            Self::Polygon(_) => points.iter().fold(
                ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY)),
                |(low, high), &(x, y)| {
                    ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y)))
                },
            ),
        }
    }

    fn contains(&self, pixel: (f64, f64)) -> bool {
        match *self {
            Self::Pixel(..) => true,
            Self::Box { centre, half, turn } => {
                let (u, v) = turn.back(centre, pixel);
                u.abs() <= half.0 + EDGE && v.abs() <= half.1 + EDGE
            }
            Self::Ellipse { centre, axes, turn } => {
                let (u, v) = turn.back(centre, pixel);
                (u / axes.0).powi(2) + (v / axes.1).powi(2) <= 1.0 + EDGE
            }
            Self::Polygon(points) => polygon_contains(points, pixel),
        }
    }
}

/// Even-odd rule, edges included.
fn polygon_contains(points: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let mut inside = false;
    for (&(x1, y1), &(x2, y2)) in points.iter().zip(points.iter().cycle().skip(1)) {
        let across = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1);
        let within = x >= x1.min(x2) && x <= x1.max(x2) && y >= y1.min(y2) && y <= y1.max(y2);
        if within && across.abs() <= EDGE {
            return true;
        }
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(kind: m::RegionType, points: &[(f32, f32)], rotation: f32) -> m::RegionInfo {
        m::RegionInfo {
            region_type: kind.into(),
            control_points: points.iter().map(|&(x, y)| m::Point { x, y }).collect(),
            rotation,
        }
    }

    fn count(kind: m::RegionType, points: &[(f32, f32)], rotation: f32) -> usize {
        Mask::of(&region(kind, points, rotation), 64, 64).map_or(0, |mask| mask.count())
    }

    #[test]
    fn edges_belong_to_a_region() {
        assert_eq!(count(m::RegionType::Rectangle, &[(32.0, 32.0), (10.0, 10.0)], 0.0), 121);
        assert_eq!(count(m::RegionType::Rectangle, &[(31.0, 30.0), (10.0, 6.0)], 15.0), 61);
        let triangle = [(5.0, 5.0), (15.0, 6.0), (10.0, 18.0)];
        assert_eq!(count(m::RegionType::Polygon, &triangle, 0.0), 65);
        assert_eq!(count(m::RegionType::Point, &[(3.4, 3.6)], 0.0), 1);
    }

    #[test]
    fn the_first_axis_of_an_ellipse_points_up() {
        let upright = region(m::RegionType::Ellipse, &[(20.0, 20.0), (7.0, 2.0)], 0.0);
        let mask = Mask::of(&upright, 64, 64).unwrap();
        assert_eq!((mask.width, mask.height()), (5, 15));
        let turned = region(m::RegionType::Ellipse, &[(20.0, 20.0), (7.0, 2.0)], 90.0);
        let mask = Mask::of(&turned, 64, 64).unwrap();
        assert_eq!((mask.width, mask.height()), (15, 5));
    }

    #[test]
    fn a_region_off_the_image_has_no_pixels() {
        assert_eq!(count(m::RegionType::Rectangle, &[(-50.0, 3.0), (4.0, 4.0)], 0.0), 0);
        assert_eq!(count(m::RegionType::Rectangle, &[(0.0, 0.0), (2.0, 2.0)], 0.0), 4);
        assert!(
            Mask::of(&region(m::RegionType::Line, &[(0.0, 0.0), (2.0, 2.0)], 0.0), 9, 9).is_none()
        );
    }
}
