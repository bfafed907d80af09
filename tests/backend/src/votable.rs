//! Tables in VOTable files that are written as text, in the simplest form.

use std::cmp::Ordering;

use carta_resume::protocol::messages as m;

/// A table: its columns, and their values by row.
#[derive(Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// A value may be missing at the end of a row.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Default, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its unit, or nothing.
    pub unit: String,
    /// Whether it holds numbers; otherwise, text.
    pub is_number: bool,
}

impl Table {
    /// Reads the first table; `None` if there is none.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (_, text) = text.split_once("<VOTABLE")?;
        let columns = elements(text, "FIELD").map(|(tag, _)| Column {
            name: attribute(tag, "name").unwrap_or_default(),
            unit: attribute(tag, "unit").unwrap_or_default(),
            is_number: attribute(tag, "datatype").is_some_and(|kind| {
                ["double", "float", "int", "long", "short"].contains(&kind.as_str())
            }),
        });
        let values = |row| elements(row, "TD").map(|(_, value)| value.trim().to_owned()).collect();
        let rows = elements(text, "TR").map(|(_, row)| values(row)).collect();
        Some(Self { columns: columns.collect(), rows })
    }

    /// The columns as they are announced.
    pub fn headers(&self) -> Vec<m::CatalogHeader> {
        let header = |(index, column): (usize, &Column)| m::CatalogHeader {
            name: column.name.clone(),
            data_type: column.kind().into(),
            column_index: i32::try_from(index).unwrap_or(i32::MAX),
            units: column.unit.clone(),
            ..Default::default()
        };
        self.columns.iter().enumerate().map(header).collect()
    }

    /// The values of a column in these rows.
    pub fn data(&self, column: usize, rows: &[usize]) -> Option<m::ColumnData> {
        let kind = self.columns.get(column)?.kind();
        let mut data = m::ColumnData { data_type: kind.into(), ..Default::default() };
        if kind == m::ColumnType::Double {
            let numbers = rows.iter().map(|row| self.number(*row, column));
            data.binary_data = numbers.flat_map(f64::to_le_bytes).collect();
        } else {
            data.string_data = rows.iter().map(|row| self.text(*row, column).to_owned()).collect();
        }
        Some(data)
    }

    /// The rows that pass the filters, sorted as requested.
    pub fn select(&self, request: &m::CatalogFilterRequest) -> Vec<usize> {
        let filters = &request.filter_configs;
        let mut rows: Vec<usize> = (0..self.rows.len())
            .filter(|row| filters.iter().all(|filter| self.passes(*row, filter)))
            .collect();
        if let Some(column) = self.column(&request.sort_column) {
            rows.sort_by(|a, b| self.compare(*a, *b, column));
            if request.sorting_type() == m::SortingType::Descending {
                rows.reverse();
            }
        }
        rows
    }

    fn passes(&self, row: usize, filter: &m::FilterConfig) -> bool {
        use m::ComparisonOperator as Is;
        let Some(column) = self.column(&filter.column_name) else { return true };
        if !self.columns.get(column).is_some_and(|column| column.is_number) {
            return self.text(row, column).contains(&filter.sub_string);
        }
        let (number, value, end) = (self.number(row, column), filter.value, filter.secondary_value);
        let order = number.total_cmp(&value);
        match filter.comparison_operator() {
            Is::Equal => order.is_eq(),
            Is::NotEqual => order.is_ne(),
            Is::Lesser => number < value,
            Is::Greater => number > value,
            Is::LessorOrEqual => number <= value,
            Is::GreaterOrEqual => number >= value,
            Is::RangeOpen => number > value && number < end,
            Is::RangeClosed => number >= value && number <= end,
        }
    }

    fn compare(&self, a: usize, b: usize, column: usize) -> Ordering {
        if self.columns.get(column).is_some_and(|column| column.is_number) {
            return self.number(a, column).total_cmp(&self.number(b, column));
        }
        self.text(a, column).cmp(self.text(b, column))
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    fn text(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", String::as_str)
    }

    fn number(&self, row: usize, column: usize) -> f64 {
        self.text(row, column).parse().unwrap_or(f64::NAN)
    }
}

impl Column {
    fn kind(&self) -> m::ColumnType {
        if self.is_number { m::ColumnType::Double } else { m::ColumnType::String }
    }
}

/// The elements with this name, in order: the attributes of their tag, and their content.
fn elements<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            rest = after;
            let Some(after) = after.strip_prefix(name) else { continue };
            if !after.starts_with(['>', '/', ' ', '\n', '\r', '\t']) {
                continue;
            }
            let (tag, after) = after.split_once('>')?;
            rest = after;
            if tag.ends_with('/') {
                return Some((tag, ""));
            }
            let end = format!("</{name}>");
            let (inside, after) = after.split_once(&end).unwrap_or((after, ""));
            rest = after;
            return Some((tag, inside));
        }
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"<?xml?><VOTABLE><TABLE><FIELD name=\"flux\" datatype=\"double\" \
        unit=\"Jy\"/><FIELD name=\"id\" datatype=\"char\"></FIELD><DATA><TABLEDATA>\
        <TR><TD>3</TD><TD>b1</TD></TR><TR><TD>1</TD><TD>a</TD></TR>\
        <TR ID=\"x\"><TD>2</TD><TD>b2</TD></TR><TR/></TABLEDATA></DATA></TABLE></VOTABLE>";

    #[test]
    fn columns_and_rows() {
        let table = Table::parse(TABLE).unwrap();
        let headers = table.headers();
        assert_eq!(headers.len(), 2);
        assert_eq!((headers[0].name.as_str(), headers[0].units.as_str()), ("flux", "Jy"));
        assert_eq!(headers[1].data_type(), m::ColumnType::String);
        assert_eq!(table.rows.len(), 4);
        assert_eq!(table.data(1, &[2, 0]).unwrap().string_data, ["b2", "b1"]);
        assert_eq!(table.data(0, &[1]).unwrap().binary_data, 1f64.to_le_bytes());
        assert_eq!(Table::parse(b"<html><TR>"), None);
    }

    #[test]
    fn filters_and_sorting() {
        let table = Table::parse(TABLE).unwrap();
        let filter = |column: &str, operator: m::ComparisonOperator, value| m::FilterConfig {
            column_name: column.to_owned(),
            comparison_operator: operator.into(),
            value,
            sub_string: "b".to_owned(),
            ..Default::default()
        };
        let request = m::CatalogFilterRequest {
            filter_configs: vec![
                filter("flux", m::ComparisonOperator::Greater, 1.5),
                filter("id", m::ComparisonOperator::Equal, 0.0),
            ],
            sort_column: "flux".to_owned(),
            ..Default::default()
        };
        assert_eq!(table.select(&request), [2, 0]);
        let sorting_type = m::SortingType::Descending.into();
        assert_eq!(table.select(&m::CatalogFilterRequest { sorting_type, ..request }), [0, 2]);
    }
}
