//! Catalogs. Only what a viewer needs to list them: name, size, rows.

use std::fs;

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session};
use crate::{fits, root};

impl Session {
    pub(super) fn open_catalog_file(
        &mut self,
        request: m::OpenCatalogFile,
        id: u32,
        out: &mut Replies,
    ) {
        let file_id = request.file_id;
        let ack = self.load_catalog(request).unwrap_or_else(|message| {
            crate::log(&message);
            m::OpenCatalogFileAck { file_id, message, ..Default::default() }
        });
        out.answer(EventType::OpenCatalogFileAck, id, &ack);
    }

    /// Opens a catalog in place of one with the same id.
    pub(super) fn load_catalog(
        &mut self,
        request: m::OpenCatalogFile,
    ) -> Result<m::OpenCatalogFileAck, String> {
        let name = &request.name;
        let path = self.environment.root.find(&request.directory, name);
        let path = path.map_err(|why| format!("Catalog {name} {why}"))?;
        let metadata = path.metadata().map_err(|why| format!("Catalog {name}: {why}"))?;
        let table = fits::scan(&path).ok().and_then(|units| {
            let table = units.into_iter().find(fits::Unit::is_table)?;
            i32::try_from(*table.axes.get(1)?).ok()
        });
        let (kind, rows) = if let Some(rows) = table {
            (m::CatalogFileType::FitsTable, rows)
        } else {
            let text = fs::read(&path).map_err(|why| format!("Catalog {name}: {why}"))?;
            let rows = votable_rows(&text)
                .ok_or_else(|| format!("Catalog {name} is neither VOTable nor FITS table."))?;
            (m::CatalogFileType::VoTable, rows)
        };
        let ack = m::OpenCatalogFileAck {
            success: true,
            file_id: request.file_id,
            file_info: Some(m::CatalogFileInfo {
                name: name.clone(),
                r#type: kind.into(),
                file_size: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
                date: root::modified(&metadata),
                ..Default::default()
            }),
            data_size: rows,
            ..Default::default()
        };
        self.state.catalogs.insert(request.file_id, request);
        Ok(ack)
    }

    pub(super) fn close_catalog_file(&mut self, file_id: i32) {
        self.state.catalogs.remove(&file_id);
    }
}

/// Rows of a VOTable that is written as text, `None` if it is none.
fn votable_rows(bytes: &[u8]) -> Option<i32> {
    let contains = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    if !contains(b"<VOTABLE") {
        return None;
    }
    let rows = bytes
        .windows(4)
        .filter(|window| matches!(*window, [b'<', b'T', b'R', b'>' | b' ']))
        .count();
    i32::try_from(rows).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_votable() {
        let table = b"<VOTABLE><TABLEDATA><TR><TD>1</TD></TR><TR ID=\"x\"/></TABLEDATA></VOTABLE>";
        assert_eq!(votable_rows(table), Some(2));
        assert_eq!(votable_rows(b"<html><TR>"), None);
    }
}
