//! Regions as text: DS9 and CRTF, in image coordinates. Points, lines, circles, ellipses, boxes and
//! polygons; anything else is skipped and counted in the message.

use std::{collections::BTreeMap, fs};

use carta_resume::protocol::{EventType, messages as m};
use m::RegionType as T;

use super::{Replies, Session, regions::is_valid};

/// Longest region file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// EXPORT_REGION, as far as it is read.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExportRegion {
    #[prost(enumeration = "m::FileType", tag = "1")]
    pub r#type: i32,
    #[prost(sfixed32, tag = "3")]
    pub file_id: i32,
    #[prost(btree_map = "sfixed32, message", tag = "4")]
    pub region_styles: BTreeMap<i32, m::RegionStyle>,
    #[prost(string, tag = "6")]
    pub file: String,
}

/// EXPORT_REGION_ACK.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExportRegionAck {
    #[prost(bool, tag = "1")]
    pub success: bool,
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(string, repeated, tag = "3")]
    pub contents: Vec<String>,
}

impl Session {
    pub(super) fn import_region(&mut self, request: &m::ImportRegion, id: u32, out: &mut Replies) {
        let file_id = request.group_id;
        if !self.state.images.contains_key(&file_id) {
            out.no_file("import", file_id);
            return;
        }
        let mut ack = m::ImportRegionAck::default();
        match self.region_lines(request) {
            Err(why) => ack.message = format!("Import region failed: {why}"),
            Ok(lines) => {
                let mut skipped = 0;
                for line in lines.iter().flat_map(|line| line.split([';', '\n'])) {
                    match parse_line(line) {
                        Some(info) if is_valid(&info) => {
                            if let Ok((region_id, _)) = self.put_region(file_id, -1, info.clone()) {
                                ack.regions.insert(region_id, info);
                                ack.region_styles.insert(region_id, style(line));
                            }
                        }
                        Some(_) => skipped += 1,
                        None => {}
                    }
                }
                ack.success = !ack.regions.is_empty();
                if skipped > 0 || !ack.success {
                    ack.message = format!("Import region: {skipped} regions could not be read.");
                }
            }
        }
        out.answer(EventType::ImportRegionAck, id, &ack);
    }

    fn region_lines(&self, request: &m::ImportRegion) -> Result<Vec<String>, String> {
        if !request.contents.is_empty() {
            return Ok(request.contents.clone());
        }
        if request.file.is_empty() {
            return Err("cannot import an empty file.".to_owned());
        }
        let name = &request.file;
        let path = self.environment.root.find(&request.directory, name);
        let path = path.map_err(|why| format!("file {name} {why}"))?;
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        if size > MAX_FILE {
            return Err(format!("file {name} is too large."));
        }
        let text = fs::read_to_string(&path).map_err(|why| format!("file {name}: {why}"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Returns the text of regions in image coordinates. Files are not written.
    pub(super) fn export_region(&mut self, request: &ExportRegion, id: u32, out: &mut Replies) {
        let mut ack = ExportRegionAck::default();
        if !self.state.images.contains_key(&request.file_id) {
            out.no_file("export", request.file_id);
            return;
        }
        if !request.file.is_empty() {
            "Export region failed: the development backend writes no files."
                .clone_into(&mut ack.message);
        } else if request.region_styles.is_empty() {
            "Export region failed: no regions requested.".clone_into(&mut ack.message);
        } else {
            let crtf = request.r#type() == m::FileType::Crtf;
            let header: &[&str] =
                if crtf { &["#CRTFv0"] } else { &["# Region file format: DS9", "image"] };
            let regions = request.region_styles.keys().filter_map(|id| self.state.regions.get(id));
            let lines = regions.filter_map(|region| write_line(&region.info, crtf));
            ack.contents = header.iter().map(|&line| line.to_owned()).chain(lines).collect();
            ack.success = true;
        }
        out.answer(EventType::ExportRegionAck, id, &ack);
    }
}

/// Reads one region; `None` for lines without one.
fn parse_line(line: &str) -> Option<m::RegionInfo> {
    let line = line.trim().trim_start_matches('+');
    if line.starts_with('#') {
        return None;
    }
    let end = line.find(['(', '[', ' '])?;
    let (name, rest) = line.split_at(end);
    // DS9 counts pixels from 1 and uses round brackets, CRTF from 0 and square ones.
    let rest = rest.trim_start();
    let crtf = rest.starts_with('[');
    if !crtf && !rest.starts_with('(') {
        return None;
    }
    let body = if crtf {
        rest.rsplit_once(']').map_or(rest, |(body, _)| body)
    } else {
        rest.split(')').next().unwrap_or_default()
    };
    let numbers = numbers(body);
    shape(name, crtf, &numbers)
}

/// What DS9 writes after a region: `# color=red text={a name}`.
fn style(line: &str) -> m::RegionStyle {
    let (_, properties) = line.split_once('#').unwrap_or_default();
    let value = |key: &str, begin: &str, end: char| {
        let (_, rest) = properties.split_once(key)?;
        rest.strip_prefix(begin)?.split(end).next().map(str::to_owned)
    };
    m::RegionStyle {
        name: value("text=", "{", '}').unwrap_or_default(),
        color: value("color=", "", ' ').unwrap_or_default(),
        ..m::RegionStyle::default()
    }
}

/// Every number in the text, whatever is around it.
fn numbers(text: &str) -> Vec<f32> {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')))
        .filter_map(|word| word.trim_matches(['e', 'E']).parse().ok())
        .collect()
}

/// The region with that name. A known shape with impossible values comes out invalid, a word that
/// is not a shape as `None`.
fn shape(name: &str, crtf: bool, numbers: &[f32]) -> Option<m::RegionInfo> {
    let offset = if crtf { 0.0 } else { 1.0 };
    let at = |x: f32, y: f32| (x - offset, y - offset);
    let points = || {
        numbers.chunks(2).map(|p| match *p {
            [x, y] => at(x, y),
            _ => (f32::NAN, f32::NAN),
        })
    };
    let region = |kind: T, points: Vec<(f32, f32)>, rotation| m::RegionInfo {
        region_type: kind.into(),
        control_points: points.into_iter().map(|(x, y)| m::Point { x, y }).collect(),
        rotation,
    };
    Some(match (name.to_lowercase().as_str(), numbers) {
        ("point" | "symbol", &[x, y, ..]) => region(T::Point, vec![at(x, y)], 0.0),
        ("line", &[a, b, c, d]) => region(T::Line, vec![at(a, b), at(c, d)], 0.0),
        ("circle", &[x, y, r]) => region(T::Ellipse, vec![at(x, y), (r, r)], 0.0),
        // DS9's first axis points along x when not rotated, ours along y.
        ("ellipse", &[x, y, a, b, ref angle @ ..]) => {
            let angle = angle.first().copied().unwrap_or(0.0);
            let turn = if crtf { 0.0 } else { -90.0 };
            region(T::Ellipse, vec![at(x, y), (a, b)], angle + turn)
        }
        ("box", &[a, b, c, d]) if crtf => {
            let centre = (f32::midpoint(a, c), f32::midpoint(b, d));
            region(T::Rectangle, vec![centre, ((c - a).abs(), (d - b).abs())], 0.0)
        }
        ("box" | "centerbox" | "rotbox", &[x, y, w, h, ref angle @ ..]) => {
            let angle = angle.first().copied().unwrap_or(0.0);
            region(T::Rectangle, vec![at(x, y), (w, h)], angle)
        }
        ("polygon" | "poly", _) => region(T::Polygon, points().collect(), 0.0),
        ("polyline", _) => region(T::Polyline, points().collect(), 0.0),
        (
            "point" | "symbol" | "line" | "circle" | "ellipse" | "box" | "centerbox" | "rotbox"
            | "annulus" | "panda" | "vector" | "text" | "ruler" | "compass" | "projection",
            _,
        ) => region(T::Annulus, Vec::new(), 0.0),
        _ => return None,
    })
}

fn write_line(info: &m::RegionInfo, crtf: bool) -> Option<String> {
    let offset = if crtf { 0.0 } else { 1.0 };
    let points: Vec<(f32, f32)> = info.control_points.iter().map(|p| (p.x, p.y)).collect();
    let rotation = info.rotation;
    let at = |(x, y): (f32, f32)| {
        let (x, y) = (x + offset, y + offset);
        if crtf { format!("[{x}pix, {y}pix]") } else { format!("{x},{y}") }
    };
    let all = || points.iter().copied().map(at).collect::<Vec<_>>().join(", ");
    Some(match (info.region_type(), points.as_slice(), crtf) {
        (T::Point, &[point], true) => format!("symbol [{}, .]", at(point)),
        (T::Point, &[point], false) => format!("point({})", at(point)),
        (T::Line, _, true) => format!("line [{}]", all()),
        (T::Line, _, false) => format!("line({})", all()),
        (T::Rectangle, &[centre, (w, h)], true) => {
            format!("rotbox [{}, [{w}pix, {h}pix], {rotation}deg]", at(centre))
        }
        (T::Rectangle, &[centre, (w, h)], false) => {
            format!("box({},{w},{h},{rotation})", at(centre))
        }
        (T::Ellipse, &[centre, (a, b)], true) => {
            format!("ellipse [{}, [{a}pix, {b}pix], {rotation}deg]", at(centre))
        }
        (T::Ellipse, &[centre, (a, b)], false) => {
            format!("ellipse({},{a},{b},{})", at(centre), rotation + 90.0)
        }
        (T::Polygon, _, true) => format!("poly [{}]", all()),
        (T::Polygon, _, false) => format!("polygon({})", all()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn info(kind: T, points: &[(f32, f32)], rotation: f32) -> m::RegionInfo {
        let control_points = points.iter().map(|&(x, y)| m::Point { x, y }).collect();
        m::RegionInfo { region_type: kind.into(), control_points, rotation }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let regions = [
            info(T::Point, &[(3.5, 4.0)], 0.0),
            info(T::Line, &[(3.5, 4.0), (-1.0, 2.0)], 0.0),
            info(T::Rectangle, &[(30.0, 31.0), (10.0, 6.0)], 15.0),
            info(T::Ellipse, &[(30.0, 31.0), (7.0, 4.0)], 30.0),
            info(T::Polygon, &[(5.0, 5.0), (15.0, 6.0), (10.0, 18.25)], 0.0),
        ];
        for region in regions {
            for crtf in [true, false] {
                let line = write_line(&region, crtf).unwrap();
                assert_eq!(parse_line(&line).unwrap(), region, "{line}");
            }
        }
    }

    #[test]
    fn other_programs_write_other_things() {
        let circle = parse_line("circle(11,21,5) # color=red").unwrap();
        let both = style("circle(11,21,5) # color=red text={a name}");
        assert_eq!((&*both.name, &*both.color), ("a name", "red"));
        assert_eq!(style("circle(11,21,5)"), m::RegionStyle::default());
        assert_eq!(circle, info(T::Ellipse, &[(10.0, 20.0), (5.0, 5.0)], 0.0));
        let corners = parse_line("box [[1pix, 2pix], [5pix, 10pix]]").unwrap();
        assert_eq!(corners, info(T::Rectangle, &[(3.0, 6.0), (4.0, 8.0)], 0.0));
        assert_eq!(parse_line("# comment"), None);
        assert_eq!(parse_line("global color=green"), None);
        assert_eq!(parse_line("image"), None);
        assert!(!is_valid(&parse_line("annulus(1,2,3,4)").unwrap()));
        assert!(!is_valid(&parse_line("circle(1,2)").unwrap()));
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,60}") {
            let _ = parse_line(&line);
        }
    }
}
