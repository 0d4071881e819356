//! Files that others made, read into records to be: bytes in, rows out, no disk and no network.
//!
//! Nothing is dropped silently. Every row is either a thing or a rejection that names row, field, what was found and
//! why; every column or member that has no field here is listed as ignored. What a thing is called follows from who
//! imports it, the source's name and the source's own id ([`RecordId::imported`]), so importing a file again lands on
//! the same things. Whether a thing is new, changed or unchanged is for the importer to say, by comparing
//! [`ImportedThing::fingerprint`] with the record it holds; this module knows no store.

pub mod cell;
pub mod csv;
pub mod mapping;
pub mod rpde;
pub mod table;
pub mod vds;

use std::collections::BTreeMap;

use erikti_protocol::{
    field::{FOUND_CHARS_MAX, FieldFault},
    hash::Hash,
    id::{OrgId, RecordId},
    json::{self, JsonFault},
    kind::Kind,
};
use serde::Serialize;
use serde_json::{Map, Value};

pub use mapping::{Mapping, MappingFault};

/// The largest file: 256 times the larger of the two real ones, and what a small machine still holds in memory.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The largest row (an activity with all its sessions, in the Volunteering Data Standard, is many rows).
/// A record has at most 64 KiB, so this is 16 times what can become of it.
pub const ROW_BYTES_MAX: usize = 1024 * 1024;
/// The largest subject: a record's limit, less 2 KiB for everything around the subject (context, ids, proof: 1.2 KiB).
pub const SUBJECT_BYTES_MAX: usize = json::RECORD_BYTES_MAX - 2 * 1024;
/// Ignored columns that are listed; a file has no more columns than that, or its first line is no header.
pub const COLUMNS_MAX: usize = 1_024;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table, with a mapping file.
    Csv,
    /// JSON-LD of the Volunteering Data Standard.
    Vds,
    /// Pages of Realtime Paged Data Exchange.
    Rpde,
    /// A table of own records, as it was downloaded here.
    Records,
}

impl Format {
    /// Every format's name.
    pub const NAMES: [&str; 4] = ["csv", "vds", "rpde", "records"];

    /// Reads a format's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "vds" => Some(Self::Vds),
            "rpde" => Some(Self::Rpde),
            "records" => Some(Self::Records),
            _ => None,
        }
    }

    /// The format that a file's name suggests.
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "jsonld" | "json" => Some(Self::Vds),
            _ => None,
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// Rows read; `things` and `rejected` together are as many.
    pub read: usize,
    /// Rows that can become records, in the file's order; a session comes after its opportunity.
    pub things: Vec<ImportedThing>,
    /// Rows that cannot.
    pub rejected: Vec<Rejection>,
    /// Rows that say what a record of this organisation is to say from now on.
    pub edits: Vec<table::Edit>,
    /// Columns (in JSON: paths of members) that nothing was read from.
    pub ignored_columns: Vec<String>,
}

/// A row that can become a record.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedThing {
    /// Where it stands: in a table as a spreadsheet counts, the header being row 1;
    /// in JSON the activity's number from 1, also for its sessions.
    pub row: usize,
    /// The record's id.
    pub id: RecordId,
    /// The kind's name.
    pub kind: &'static str,
    /// The source's name.
    pub source: String,
    /// What the source calls it.
    pub source_id: String,
    /// The kind's own fields, checked.
    pub subject: Map<String, Value>,
}

impl ImportedThing {
    /// Digest of the subject's canonical text: equal for equal content, whatever order the members came in.
    pub fn fingerprint(&self) -> Hash {
        fingerprint(&self.subject)
    }
}

/// Digest of a subject's canonical text, to tell whether a record says the same as a row.
pub fn fingerprint(subject: &Map<String, Value>) -> Hash {
    Hash::of(&json::canonical(&Value::Object(subject.clone())))
}

/// A row that cannot become a record, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Where it stands, as in [`ImportedThing::row`].
    pub row: usize,
    /// The field that is wrong, with dots.
    pub field: String,
    /// What was found, shortened.
    pub found: String,
    /// What was expected instead.
    pub reason: String,
}

impl Rejection {
    fn new(row: usize, field: impl Into<String>, found: &str, reason: impl Into<String>) -> Self {
        let fault = FieldFault::text(field, found, reason);
        Self {
            row,
            field: fault.field,
            found: fault.found,
            reason: fault.allowed,
        }
    }

    fn of(row: usize, fault: FieldFault) -> Self {
        Self {
            row,
            field: fault.field,
            found: fault.found,
            reason: format!("expected {}", fault.allowed),
        }
    }
}

/// Why a whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatFault {
    /// More bytes than are read into memory.
    #[error("the file has {found} bytes, expected at most {FILE_BYTES_MAX}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not UTF-8.
    #[error("byte {at} is {byte:#04x}, which is not UTF-8: save the file as UTF-8{}", .guess.map_or(String::new(), |guess| format!(" (it looks like {guess})")))]
    Encoding {
        /// The first wrong byte's position, from 0.
        at: usize,
        /// That byte.
        byte: u8,
        /// What the file probably is.
        guess: Option<&'static str>,
    },
    /// A table without a header, or with one that cannot be one.
    #[error("the first row is not a header: {what}")]
    Header {
        /// What is wrong with it.
        what: String,
    },
    /// A mapping names a column that the file does not have.
    #[error("the mapping's `{field}` names the column `{column}`, which the file does not have{}", did_you_mean(.nearest.as_deref()))]
    MissingColumn {
        /// The mapping's entry.
        field: String,
        /// The column named.
        column: String,
        /// The column that was probably meant.
        nearest: Option<String>,
    },
    /// A mapped column stands twice.
    #[error(
        "the column `{column}` stands {times} times in the header, so the mapping cannot tell which one it means"
    )]
    ColumnTwice {
        /// The column.
        column: String,
        /// How often.
        times: usize,
    },
    /// Not JSON, or not as strict as every text that comes in.
    #[error(transparent)]
    Json(#[from] JsonFault),
    /// JSON, but not of this standard.
    #[error(
        "{found} is not a list of activities: expected an object with `@graph`, as the Volunteering Data Standard writes it"
    )]
    NotVds {
        /// What was found.
        found: String,
    },
    /// JSON, but no page.
    #[error("{found} is no page: expected an object with `items` and `next`, as RPDE writes it")]
    NotRpde {
        /// What was found.
        found: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!(", did you mean `{name}`?"))
}

/// The text of a file: UTF-8, with or without the mark that some programs put first.
///
/// Errors   too large; not UTF-8, with the position of the first wrong byte
pub fn text(bytes: &[u8]) -> Result<&str, FormatFault> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FormatFault::TooLarge { found: bytes.len() });
    }
    if let [a @ 0xff, 0xfe, ..] | [a @ 0xfe, 0xff, ..] = bytes {
        return Err(FormatFault::Encoding {
            at: 0,
            byte: *a,
            guess: Some("UTF-16"),
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| {
        let at = fault.valid_up_to();
        FormatFault::Encoding {
            at,
            byte: bytes[at],
            guess: None,
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Collects what becomes of the rows, and refuses a second row with the id of an earlier one.
struct Collector<'a> {
    organisation: &'a OrgId,
    import: Import,
    rows: BTreeMap<RecordId, usize>,
}

impl<'a> Collector<'a> {
    fn new(organisation: &'a OrgId) -> Self {
        Self {
            organisation,
            import: Import::default(),
            rows: BTreeMap::new(),
        }
    }

    /// The record's id, its subject completed and checked: what a row becomes when every field was read.
    fn thing(
        &self,
        row: usize,
        kind: &'static Kind,
        source: &str,
        source_id: &str,
        mut subject: Map<String, Value>,
    ) -> Result<ImportedThing, FieldFault> {
        kind.complete(&mut subject);
        kind.check_subject(&subject)?;
        let bytes = json::canonical(&Value::Object(subject.clone())).len();
        if bytes > SUBJECT_BYTES_MAX {
            let found = format!("{bytes} bytes");
            return Err(FieldFault::text(
                "",
                &found,
                format!("at most {SUBJECT_BYTES_MAX} in one record"),
            ));
        }
        Ok(ImportedThing {
            row,
            id: self.id(source, source_id),
            kind: kind.name,
            source: source.to_owned(),
            source_id: source_id.to_owned(),
            subject,
        })
    }

    fn id(&self, source: &str, source_id: &str) -> RecordId {
        RecordId::imported(self.organisation, source, source_id)
    }

    /// Keeps a row's thing, or why there is none; says whether it was kept.
    fn row(&mut self, outcome: Result<ImportedThing, Rejection>) -> bool {
        self.import.read += 1;
        let refused = match outcome {
            Err(rejection) => rejection,
            Ok(thing) => match self.rows.get(&thing.id) {
                None => {
                    self.rows.insert(thing.id, thing.row);
                    self.import.things.push(thing);
                    return true;
                }
                Some(first) => Rejection::new(
                    thing.row,
                    "id",
                    &thing.source_id,
                    format!("row {first} has this id already"),
                ),
            },
        };
        self.import.rejected.push(refused);
        false
    }
}

/// A value as a rejection shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(members) => format!("{} members", members.len()),
        other => other.to_string().chars().take(FOUND_CHARS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf_8_with_or_without_its_mark() {
        assert_eq!(text("\u{feff}ерікті".as_bytes()), Ok("ерікті"));
        assert_eq!(text(b""), Ok(""));
        assert_eq!(
            text(b"caf\xe9,1").expect_err("Latin-1").to_string(),
            "byte 3 is 0xe9, which is not UTF-8: save the file as UTF-8"
        );
        assert_eq!(
            text(b"\xff\xfei\0d\0").expect_err("UTF-16").to_string(),
            "byte 0 is 0xff, which is not UTF-8: save the file as UTF-8 (it looks like UTF-16)"
        );
    }

    #[test]
    fn formats_are_known_by_name_and_by_ending() {
        for name in Format::NAMES {
            assert!(Format::parse(name).is_some(), "{name}");
        }
        assert_eq!(Format::of_file("a.b.CSV"), Some(Format::Csv));
        assert_eq!(Format::of_file("activities.jsonld"), Some(Format::Vds));
        assert_eq!(Format::of_file("csv"), None);
    }
}
