//! Opening, closing and stepping through images.

use std::path::Path;

use carta_resume::protocol::{EventType, messages as m};

use super::{
    Replies, Session,
    state::{OpenImage, Origin},
};
use crate::{
    fits::{self, FitsError, FitsImage, Unit},
    image::{Image, Source},
    root,
};

impl Session {
    pub(super) fn open_file(&mut self, request: &m::OpenFile, id: u32, out: &mut Replies) {
        let file_id = request.file_id;
        match self.open(request) {
            Ok(ack) => {
                out.answer(EventType::OpenFileAck, id, &ack);
                self.send_default_histogram(file_id, out);
            }
            Err(message) => {
                crate::log(&message);
                let ack = m::OpenFileAck { file_id, message, ..Default::default() };
                out.answer(EventType::OpenFileAck, id, &ack);
            }
        }
    }

    /// Opens an image without sending anything.
    pub(super) fn open(&mut self, request: &m::OpenFile) -> Result<m::OpenFileAck, String> {
        if request.lel_expr {
            return self.open_expression(request);
        }
        let (file, info) = self.load(&request.directory, &request.file, &request.hdu)?;
        let described = fits::describe(&file, &info.name, &file.unit().label());
        let origin = Origin {
            directory: request.directory.clone(),
            file: request.file.clone(),
            hdu: file.unit().label(),
            ..Origin::default()
        };
        let image = Image::new(Source::File(file), described);
        Ok(self.insert(request.file_id, image, origin, info))
    }

    /// Adds an image in place of one with the same id, and describes it.
    pub(super) fn insert(
        &mut self,
        file_id: i32,
        image: Image,
        origin: Origin,
        info: m::FileInfo,
    ) -> m::OpenFileAck {
        let ack = m::OpenFileAck {
            success: true,
            file_id,
            file_info: Some(info),
            file_info_extended: Some(image.described.extended.clone()),
            beam_table: image.described.beam_table.clone(),
            ..Default::default()
        };
        self.state.forget_file(file_id);
        self.state.images.insert(file_id, OpenImage::new(image, origin));
        self.state.last_opened = file_id;
        ack
    }

    /// Adds an image that was computed, under the next id.
    pub(super) fn add_computed(&mut self, name: String, image: Image) -> m::OpenFileAck {
        let info = m::FileInfo { name: name.clone(), ..file_info_fallback(String::new()) };
        let origin = Origin { file: name, ..Origin::default() };
        self.insert(self.state.last_opened.saturating_add(1), image, origin, info)
    }

    /// Finds a file below the top folder and opens one of its images.
    pub(super) fn load(
        &self,
        directory: &str,
        file: &str,
        hdu: &str,
    ) -> Result<(FitsImage, m::FileInfo), String> {
        let path = self.environment.root.find(directory, file);
        let path = path.map_err(|why| format!("File {file} {why}"))?;
        let load = || {
            let info = file_info(&path)?;
            let units = fits::scan(&path)?;
            let unit = choose(units, hdu).ok_or(FitsError::NoImage)?;
            let info = m::FileInfo { hdu_list: vec![unit.label()], ..info };
            Ok((FitsImage::open(&path, unit)?, info))
        };
        load().map_err(|why: FitsError| format!("File {file} {why}."))
    }

    /// Joins one file for each Stokes plane. Returns whether it worked.
    pub(super) fn concat_stokes(
        &mut self,
        request: &m::ConcatStokesFiles,
        id: u32,
        out: &mut Replies,
    ) -> bool {
        let joined = self.join(request);
        let success = joined.is_ok();
        let ack = match joined {
            Ok(ack) => m::ConcatStokesFilesAck {
                success,
                message: String::new(),
                open_file_ack: Some(ack),
            },
            Err(message) => {
                crate::log(&message);
                m::ConcatStokesFilesAck { success, message, open_file_ack: None }
            }
        };
        out.answer(EventType::ConcatStokesFilesAck, id, &ack);
        if success {
            self.send_default_histogram(request.file_id, out);
        }
        success
    }

    fn join(&mut self, request: &m::ConcatStokesFiles) -> Result<m::OpenFileAck, String> {
        let mut parts = request.stokes_files.clone();
        parts.sort_by_key(|part| part.polarization_type);
        if parts.len() < 2 {
            return Err("Joining Stokes files needs at least two of them.".to_owned());
        }
        if parts
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.polarization_type == b.polarization_type))
        {
            return Err("Two files have the same Stokes type.".to_owned());
        }
        let mut files = Vec::new();
        let mut size = 0;
        for part in &parts {
            let (file, info) = self.load(&part.directory, &part.file, &part.hdu)?;
            size += info.size;
            files.push(file);
        }
        let first = files.first().ok_or("No file to join.")?;
        if files.iter().any(|file| file.unit().axes != first.unit().axes) {
            return Err("Stokes files of different shapes cannot be joined.".to_owned());
        }
        let name = format!("{}.hypercube", parts.first().map_or("", |part| part.file.as_str()));
        let mut described = fits::describe(first, &name, &first.unit().label());
        described.polarizations = parts.iter().map(|part| part.polarization_type).collect();
        described.extended.stokes = files.len() as i32;
        described.extended.stokes_vals =
            parts.iter().map(|part| part.polarization_type().as_str_name().to_owned()).collect();
        let info =
            m::FileInfo { name: name.clone(), size, ..file_info_fallback(first.unit().label()) };
        let origin = Origin {
            directory: parts.first().map(|part| part.directory.clone()).unwrap_or_default(),
            file: name,
            stokes_files: request.stokes_files.clone(),
            ..Origin::default()
        };
        let image = Image::new(Source::Joined(files), described);
        Ok(self.insert(request.file_id, image, origin, info))
    }

    /// Closes one image, or with -1 every image and every region. Closing one image keeps its
    /// regions.
    pub(super) fn close_file(&mut self, file_id: i32) {
        if file_id == -1 {
            self.state.clear();
            return;
        }
        self.state.images.remove(&file_id);
        self.state.previews.retain(|_, preview| preview.request.file_id != file_id);
        self.state.forget_file(file_id);
        if self.state.animation.as_ref().is_some_and(|animation| animation.file_id() == file_id) {
            self.state.animation = None;
        }
    }

    pub(super) fn set_image_channels(&mut self, request: &m::SetImageChannels, out: &mut Replies) {
        let file_id = request.file_id;
        let Some(open) = self.state.images.get_mut(&file_id) else {
            out.no_file("channels", file_id);
            return;
        };
        let (channel, stokes) = (request.channel, request.stokes);
        if !open.image.has(channel, stokes) {
            let message = format!("Channel {channel} or Stokes {stokes} is invalid in image");
            out.error(m::ErrorSeverity::Error, "channels", message);
            return;
        }
        self.move_to(file_id, channel, stokes, out);
        if let Some(tiles) = &request.required_tiles {
            match request.channel_range.filter(|_| request.channel_map_enabled) {
                Some(range) => self.send_channel_map(range, tiles, out),
                None => self.send_tiles(tiles, 0, out),
            }
        }
    }

    /// Changes the plane and sends what depends on it.
    pub(super) fn move_to(&mut self, file_id: i32, channel: i32, stokes: i32, out: &mut Replies) {
        let Some(open) = self.state.images.get_mut(&file_id) else { return };
        let before = (open.channel, open.stokes);
        if before == (channel, stokes) {
            return;
        }
        (open.channel, open.stokes) = (channel, stokes);
        self.send_contours(file_id, out);
        self.send_overlay(file_id, out);
        self.send_image_data(file_id, before.1 != stokes, out);
    }
}

/// The image with that name; the first one if there is no name.
fn choose(units: Vec<Unit>, hdu: &str) -> Option<Unit> {
    let mut images = units.into_iter().filter(Unit::is_image);
    if hdu.is_empty() {
        return images.next();
    }
    let number = hdu.split(':').next().unwrap_or_default().trim().parse::<usize>();
    images.find(|unit| Ok(unit.index) == number || unit.header.text("EXTNAME") == Some(hdu))
}

/// What a folder listing says about a file.
pub(super) fn file_info(path: &Path) -> Result<m::FileInfo, FitsError> {
    let metadata = path.metadata()?;
    Ok(m::FileInfo {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
        date: root::modified(&metadata),
        ..file_info_fallback(String::new())
    })
}

/// What is said about an image that is not a single file.
pub(super) fn file_info_fallback(hdu: String) -> m::FileInfo {
    m::FileInfo { r#type: m::FileType::Fits.into(), hdu_list: vec![hdu], ..Default::default() }
}
