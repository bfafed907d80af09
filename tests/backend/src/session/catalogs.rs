//! Catalogs. A FITS table is read only as far as a viewer needs to list it: name, size, rows.

use std::fs;

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session};
use crate::{fits, root, votable::Table};

/// Rows that are sent at once if the viewer does not say.
const ROWS: usize = 50;

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
        let (kind, rows, table) = if let Some(rows) = table {
            (m::CatalogFileType::FitsTable, rows, Table::default())
        } else {
            let table = self.table(&request)?;
            let rows = i32::try_from(table.rows.len()).unwrap_or(i32::MAX);
            (m::CatalogFileType::VoTable, rows, table)
        };
        let preview = usize::try_from(request.preview_data_size).ok().filter(|rows| *rows > 0);
        let first: Vec<usize> = (0..table.rows.len().min(preview.unwrap_or(ROWS))).collect();
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
            headers: table.headers(),
            preview_data: data(&table, 0..table.columns.len(), &first),
            ..Default::default()
        };
        self.state.catalogs.insert(request.file_id, request);
        Ok(ack)
    }

    pub(super) fn close_catalog_file(&mut self, file_id: i32) {
        self.state.catalogs.remove(&file_id);
    }

    /// Sends rows of a catalog, filtered and sorted.
    pub(super) fn filter_catalog(
        &self,
        request: &m::CatalogFilterRequest,
        id: u32,
        out: &mut Replies,
    ) {
        let Some(catalog) = self.state.catalogs.get(&request.file_id) else { return };
        let Ok(table) = self.table(catalog) else { return };
        let rows = table.select(request);
        let start = usize::try_from(request.subset_start_index).unwrap_or(0).min(rows.len());
        let size = usize::try_from(request.subset_data_size).ok().filter(|size| *size > 0);
        let end = start.saturating_add(size.unwrap_or(ROWS)).min(rows.len());
        let part = rows.get(start..end).unwrap_or_default();
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let columns = request.column_indices.iter().filter_map(|at| usize::try_from(*at).ok());
        let answer = m::CatalogFilterResponse {
            file_id: request.file_id,
            columns: data(&table, columns, part),
            subset_data_size: number(part.len()),
            subset_end_index: number(end),
            progress: 1.0,
            filter_data_size: number(rows.len()),
            request_end_index: number(end),
        };
        out.answer(EventType::CatalogFilterResponse, id, &answer);
    }

    fn table(&self, catalog: &m::OpenCatalogFile) -> Result<Table, String> {
        let name = &catalog.name;
        let path = self.environment.root.find(&catalog.directory, name);
        let path = path.map_err(|why| format!("Catalog {name} {why}"))?;
        let bytes = fs::read(&path).map_err(|why| format!("Catalog {name}: {why}"))?;
        Table::parse(&bytes)
            .ok_or_else(|| format!("Catalog {name} is neither VOTable nor FITS table."))
    }
}

/// The values of these columns in these rows.
fn data(
    table: &Table,
    columns: impl IntoIterator<Item = usize>,
    rows: &[usize],
) -> Vec<m::ColumnEntry> {
    let entry = |at| m::ColumnEntry { key: u32::try_from(at).ok(), value: table.data(at, rows) };
    columns.into_iter().map(entry).collect()
}
