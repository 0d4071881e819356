//! Tables: comma, semicolon or tab between the cells, quotes as RFC 4180 has them, a header in the first row.
//!
//! Cells are read by the same reader as `--set` and forms ([`Kind::set_text`](erikti_protocol::kind::Kind::set_text)).
//! An empty cell is a field that is not there. Rows that are blank altogether are no rows.

use std::collections::{BTreeMap, BTreeSet};

use ::csv::{ReaderBuilder, StringRecord};
use erikti_protocol::{field::FieldFault, id::OrgId};
use serde_json::Map;

use super::{
    COLUMNS_MAX, Collector, FormatFault, Import, ImportedThing, Mapping, ROW_BYTES_MAX, Rejection,
    mapping::{Column, SOURCE_CHARS_MAX},
    text,
};
use crate::nearest::nearest;

/// Reads a table into what its mapping says.
///
/// Errors   the whole file is refused when it is too large, not UTF-8, has no header, or lacks a mapped column;
///          whatever is wrong with one row is in [`Import::rejected`]
pub fn read(bytes: &[u8], mapping: &Mapping, organisation: &OrgId) -> Result<Import, FormatFault> {
    let text = text(bytes)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|fault| FormatFault::Header {
            what: fault.to_string(),
        })?
        .clone();
    let table = Table::new(&header, mapping)?;
    let mut collector = Collector::new(organisation);
    let mut record = StringRecord::new();
    let mut row = 1;
    while reader
        .read_record(&mut record)
        .map_err(|fault| FormatFault::Header {
            what: fault.to_string(),
        })?
    {
        row += 1;
        let outcome = table.thing(row, &record, &collector);
        collector.row(outcome);
    }
    let mut import = collector.import;
    import.ignored_columns = table.ignored;
    Ok(import)
}

/// The beginning of a table, for people to see what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glance {
    /// What the first row calls the columns.
    pub columns: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// Looks at the first rows of a table.
///
/// Errors   as [`read`] for the whole file
pub fn glance(bytes: &[u8], rows: usize) -> Result<Glance, FormatFault> {
    let text = text(bytes)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|fault| FormatFault::Header {
        what: fault.to_string(),
    })?;
    if header.is_empty() || header.iter().all(|name| name.trim().is_empty()) {
        return Err(FormatFault::Header {
            what: "it is empty".to_owned(),
        });
    }
    if header.len() > COLUMNS_MAX {
        return Err(FormatFault::Header {
            what: format!(
                "it has {} columns, expected at most {COLUMNS_MAX}",
                header.len()
            ),
        });
    }
    let cells = |record: &StringRecord| record.iter().map(|cell| cell.trim().to_owned()).collect();
    let columns = cells(header);
    let rows = reader
        .records()
        .take(rows)
        .map_while(Result::ok)
        .map(|record| cells(&record))
        .collect();
    Ok(Glance { columns, rows })
}

/// What separates the cells: whichever of comma, semicolon and tab the first line has most of, outside quotes.
/// Spreadsheets write semicolons where the comma is the decimal point.
pub(super) fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some((_, count)) =
                    counts.iter_mut().find(|(candidate, _)| *candidate == byte)
                {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals wins, so a table of one column counts as separated by commas.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(byte, _)| *byte)
}

/// A mapping that has met a header.
struct Table<'a> {
    mapping: &'a Mapping,
    width: usize,
    id: usize,
    fields: Vec<(&'a str, &'a Column, usize)>,
    ignored: Vec<String>,
}

impl<'a> Table<'a> {
    fn new(header: &StringRecord, mapping: &'a Mapping) -> Result<Self, FormatFault> {
        if header.is_empty() || header.iter().all(|name| name.trim().is_empty()) {
            return Err(FormatFault::Header {
                what: "it is empty".to_owned(),
            });
        }
        if header.len() > COLUMNS_MAX {
            let what = format!(
                "it has {} columns, expected at most {COLUMNS_MAX}",
                header.len()
            );
            return Err(FormatFault::Header { what });
        }
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, name) in header.iter().enumerate() {
            places.entry(name.trim()).or_default().push(at);
        }
        let find = |field: &str, column: &str| match places.get(column).map(Vec::as_slice) {
            Some([at]) => Ok(*at),
            Some(several) => Err(FormatFault::ColumnTwice {
                column: column.to_owned(),
                times: several.len(),
            }),
            None => Err(FormatFault::MissingColumn {
                field: field.to_owned(),
                column: column.to_owned(),
                nearest: nearest(column, places.keys().copied()).map(str::to_owned),
            }),
        };
        let id = find("id", &mapping.id)?;
        let fields: Vec<_> = mapping
            .columns
            .iter()
            .map(|(field, column)| {
                let at = find(&format!("columns.{field}"), &column.name)?;
                Ok((field.as_str(), column, at))
            })
            .collect::<Result<_, FormatFault>>()?;
        let used: BTreeSet<usize> = fields.iter().map(|(_, _, at)| *at).chain([id]).collect();
        let ignored = header
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .map(|(at, name)| match name.trim() {
                "" => format!("(column {} without a name)", at + 1),
                name => name.to_owned(),
            })
            .collect();
        Ok(Self {
            mapping,
            width: header.len(),
            id,
            fields,
            ignored,
        })
    }

    fn thing(
        &self,
        row: usize,
        record: &StringRecord,
        collector: &Collector<'_>,
    ) -> Result<ImportedThing, Rejection> {
        let bytes = record.as_slice().len();
        if bytes > ROW_BYTES_MAX {
            let reason = format!(
                "expected at most {ROW_BYTES_MAX} bytes; an unclosed quote makes a row of all that follows it"
            );
            return Err(Rejection::new(row, "", &format!("{bytes} bytes"), reason));
        }
        if record.len() != self.width {
            let reason = format!("expected {} cells, as in the header", self.width);
            return Err(Rejection::new(
                row,
                "",
                &format!("{} cells", record.len()),
                reason,
            ));
        }
        let kind = self.mapping.kind;
        let source_id = cell(record, self.id);
        if source_id.is_empty() || source_id.chars().count() > SOURCE_CHARS_MAX {
            let reason = format!(
                "expected an id of 1 to {SOURCE_CHARS_MAX} characters in column `{}`",
                self.mapping.id
            );
            let found = if source_id.is_empty() {
                "nothing"
            } else {
                source_id
            };
            return Err(Rejection::new(row, "id", found, reason));
        }
        let mut subject = Map::new();
        for (field, column, at) in &self.fields {
            let text = cell(record, *at);
            if text.is_empty() {
                continue;
            }
            let of_column = |fault| {
                let mut rejection = Rejection::of(row, fault);
                rejection
                    .reason
                    .push_str(&format!(" (column `{}`)", column.name));
                rejection
            };
            let written = match &column.format {
                None => text.to_owned(),
                Some((format, shape)) => format
                    .read(text, shape)
                    .map_err(|allowed| of_column(FieldFault::text(*field, text, allowed)))?,
            };
            kind.set_text(&mut subject, field, &written)
                .map_err(of_column)?;
        }
        let source = [
            ("source.name", &self.mapping.source),
            ("source.id", &source_id.to_owned()),
        ];
        let has_source = kind.field("source").is_some();
        let said = source.into_iter().filter(|_| has_source);
        let constants = self
            .mapping
            .constants
            .iter()
            .map(|(field, value)| (field.as_str(), value));
        for (field, value) in said.chain(constants) {
            kind.set_text(&mut subject, field, value)
                .map_err(|fault| Rejection::of(row, fault))?;
        }
        collector
            .thing(row, kind, &self.mapping.source, source_id, subject)
            .map_err(|fault| Rejection::of(row, fault))
    }
}

fn cell(record: &StringRecord, at: usize) -> &str {
    record.get(at).unwrap_or_default().trim()
}
