//! Listing and describing what is in the folder.

use std::{fs, path::Path};

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, images::file_info};
use crate::{
    fits::{self, FitsImage},
    root,
};

impl Session {
    pub(super) fn list_files(&mut self, request: &m::FileListRequest, id: u32, out: &mut Replies) {
        let response = self.listing(request).unwrap_or_else(|message| m::FileListResponse {
            directory: request.directory.clone(),
            message,
            ..Default::default()
        });
        out.answer(EventType::FileListResponse, id, &response);
    }

    fn listing(&self, request: &m::FileListRequest) -> Result<m::FileListResponse, String> {
        let root = &self.environment.root;
        let name = &request.directory;
        let path = root.find(name, "").map_err(|why| format!("Directory {name} {why}"))?;
        let entries = fs::read_dir(&path).map_err(|why| format!("Directory {name}: {why}"))?;
        let relative = root.relative(&path);
        let parent = Path::new(&relative).parent().map(|p| named(&p.to_string_lossy()));
        let mut response = m::FileListResponse {
            success: true,
            parent: parent.unwrap_or_default(),
            directory: named(&relative),
            ..Default::default()
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            // Links that lead outside are not found, and so are not listed.
            let Ok(path) = root.find(&response.directory, &name) else { continue };
            if path.is_dir() {
                response.subdirectories.push(directory_info(&path, name));
            } else if let Some(info) = listed(&path, name, request.filter_mode()) {
                response.files.push(info);
            }
        }
        response.files.sort_by(|a, b| a.name.cmp(&b.name));
        response.subdirectories.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(response)
    }

    pub(super) fn file_info(&mut self, request: &m::FileInfoRequest, id: u32, out: &mut Replies) {
        let response = match self.describe_file(request) {
            Ok(response) => response,
            Err(message) => m::FileInfoResponse { message, ..Default::default() },
        };
        out.answer(EventType::FileInfoResponse, id, &response);
    }

    /// Every image in the file, or the one that was requested.
    fn describe_file(&self, request: &m::FileInfoRequest) -> Result<m::FileInfoResponse, String> {
        let name = &request.file;
        let path = self.environment.root.find(&request.directory, name);
        let path = path.map_err(|why| format!("File {name} {why}"))?;
        let describe = || {
            let mut info = file_info(&path)?;
            info.hdu_list.clear();
            let mut file_info_extended = std::collections::BTreeMap::new();
            for unit in fits::scan(&path)?.into_iter().filter(fits::Unit::is_image) {
                let label = unit.label();
                info.hdu_list.push(label.clone());
                if request.hdu.is_empty() || request.hdu == label {
                    let image = FitsImage::open(&path, unit)?;
                    let described = fits::describe(&image, &info.name, &label);
                    file_info_extended.insert(label, described.extended);
                }
            }
            if file_info_extended.is_empty() {
                return Err(fits::FitsError::NoImage);
            }
            let message = String::new();
            let file_info = Some(info);
            Ok(m::FileInfoResponse { success: true, message, file_info, file_info_extended })
        };
        describe().map_err(|why| format!("File {name} {why}."))
    }
}

/// The top folder has a name too: the viewers take an empty one for no folder.
fn named(directory: &str) -> String {
    if directory.is_empty() { ".".to_owned() } else { directory.to_owned() }
}

fn directory_info(path: &Path, name: String) -> m::DirectoryInfo {
    let count = fs::read_dir(path).map_or(0, Iterator::count);
    m::DirectoryInfo {
        name,
        item_count: i32::try_from(count).unwrap_or(i32::MAX),
        date: path.metadata().map_or(0, |metadata| root::modified(&metadata)),
    }
}

/// A file as the list shows it; `None` if the filter leaves it out.
fn listed(path: &Path, name: String, filter: m::FileListFilterMode) -> Option<m::FileInfo> {
    let units = fits::scan(path).ok();
    let images: Vec<String> =
        units.into_iter().flatten().filter(fits::Unit::is_image).map(|unit| unit.label()).collect();
    let kind = if images.is_empty() { m::FileType::Unknown } else { m::FileType::Fits };
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let shown = match filter {
        m::FileListFilterMode::Content => kind == m::FileType::Fits,
        m::FileListFilterMode::Extension => matches!(extension.as_str(), "fits" | "fit" | "fts"),
        m::FileListFilterMode::AllFiles => true,
    };
    let info = file_info(path).ok().filter(|_| shown)?;
    Some(m::FileInfo { name, r#type: kind.into(), hdu_list: images, ..info })
}
