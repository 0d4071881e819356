//! Tables of an organisation's own records: written for spreadsheets, and read again for what was changed in them.
//!
//! Shape    UTF-8 with the mark that spreadsheets know it by; RFC 4180; `id`, `kind`, `version`, then a column for each
//!          field that one cell can hold, by its dotted name, words by language; lists joined by `; `, or JSON where that
//!          would not come apart again
//! Limits   words in languages that nobody reads pages in have no column, and stay as they are
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe, which reading takes off again; numbers
//! are what they are. What was not changed in the table is not read from it: neither how a spreadsheet ends its lines nor
//! what has no column becomes a change.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};
use erikti_protocol::field::{Field, FieldFault, LANGUAGE_UNKNOWN, Shape};
use erikti_protocol::id::RecordId;
use erikti_protocol::json::{DEPTH_MAX, RECORD_BYTES_MAX, parse_within};
use erikti_protocol::kind::{self, Kind};
use erikti_protocol::log::Class;
use serde_json::{Map, Value};

use super::{COLUMNS_MAX, FormatFault, ROW_BYTES_MAX, Rejection, csv::delimiter, text};
use crate::text::Language;
use crate::toml_text::dotted;

/// The first columns.
const HEAD: [&str; 3] = ["id", "kind", "version"];
/// The mark by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";
/// What makes a spreadsheet take a cell for a formula; the wide ones too, which some read alike.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Characters of a number at most: what is longer is no number that anybody counts with.
const NUMBER_CHARS_MAX: usize = 32;

/// A column of a kind's table.
#[derive(Clone, Debug)]
pub struct Column {
    /// The field's dotted name.
    pub path: String,
    shape: &'static Shape,
}

/// The columns of a kind, in the order of its fields.
pub fn columns(kind: &Kind) -> Vec<Column> {
    let mut columns = Vec::new();
    gather(kind.fields, "", &mut columns);
    columns
}

fn gather(fields: &'static [Field], above: &str, into: &mut Vec<Column>) {
    for field in fields {
        let (path, shape) = (dotted(above, field.name), &field.shape);
        match shape {
            Shape::Types(_) => {}
            Shape::Object(fields) => gather(fields, &path, into),
            Shape::Title { .. } | Shape::Words { .. } => {
                let languages = Language::OFFERED.map(Language::tag);
                let languages = languages.into_iter().chain([LANGUAGE_UNKNOWN]);
                into.extend(languages.map(|language| Column {
                    path: dotted(&path, language),
                    shape,
                }));
            }
            _ => into.push(Column { path, shape }),
        }
    }
}

/// The beginning of a kind's table.
///
/// `between`   what stands between cells: a comma, or the semicolon that spreadsheets want where the comma is the
///             decimal point
pub fn head(columns: &[Column], between: u8) -> Vec<u8> {
    let names = columns.iter().map(|column| column.path.as_str());
    let mut bytes = MARK.as_bytes().to_vec();
    bytes.extend(line(HEAD.into_iter().chain(names), between));
    bytes
}

/// A record's row.
pub fn row(
    columns: &[Column],
    (id, kind, version): (&RecordId, &str, u64),
    subject: &Value,
    between: u8,
) -> Vec<u8> {
    let subject = subject.as_object();
    let cells = columns.iter().map(|column| {
        let value = subject.and_then(|subject| at(subject, &column.path));
        value.map_or_else(String::new, |value| cell(column.shape, value))
    });
    let first = [id.to_string(), kind.to_owned(), version.to_string()];
    let cells: Vec<String> = first.into_iter().chain(cells).collect();
    line(cells.iter().map(|cell| guarded(cell)), between)
}

fn line<C: AsRef<str>>(cells: impl Iterator<Item = C>, between: u8) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .delimiter(between)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for cell in cells {
        writer
            .write_field(cell.as_ref())
            .expect("memory takes whatever is written");
    }
    writer
        .write_record(None::<&[u8]>)
        .expect("the end of a row is written, too");
    writer.into_inner().expect("and so is what waits")
}

/// The text of a value; what [`set`] reads as the same value.
fn cell(shape: &Shape, value: &Value) -> String {
    let plain = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(item.to_string()),
        _ => None,
    };
    let comes_apart = |text: &String| {
        !text.is_empty()
            && text.trim() == text
            && !text.contains([';', '\n', '\r'])
            && !text.starts_with('[')
    };
    match (shape, value) {
        (Shape::List(..), Value::Array(items)) => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| plain(item).filter(comes_apart))
                .collect();
            texts.map_or_else(|| value.to_string(), |texts| texts.join("; "))
        }
        _ => plain(value).unwrap_or_else(|| value.to_string()),
    }
}

/// The cell as no spreadsheet takes it for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'');
    let is_formula = bare.starts_with(['\t', '\r', '\n']) || bare.trim_start().starts_with(SIGNS);
    match is_formula && !is_number(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What [`guarded`] was given.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if guarded(text) == cell => text,
        _ => cell,
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, parts) = unsigned
        .split_once('.')
        .map_or((unsigned, None), |(whole, parts)| (whole, Some(parts)));
    text.len() <= NUMBER_CHARS_MAX && digits(whole) && parts.is_none_or(digits)
}

/// A row of such a table, as it came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where it stands, the header being row 1.
    pub row: usize,
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// The version that the table was made of.
    pub version: u64,
    /// Texts by field.
    pub cells: BTreeMap<String, String>,
}

/// Whether a file is a table of own records.
pub fn is_own(bytes: &[u8]) -> bool {
    let Ok(text) = text(bytes) else {
        return false;
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    reader.headers().is_ok_and(|header| {
        let first = header.iter().take(HEAD.len()).map(str::trim);
        header.len() > HEAD.len() && first.eq(HEAD)
    })
}

/// What a table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Rows read; edits and refused rows together are as many.
    pub read: usize,
    /// Rows that name a record.
    pub edits: Vec<Edit>,
    /// Rows that do not.
    pub rejected: Vec<Rejection>,
    /// Columns that are no field of any kind in the table.
    pub ignored_columns: Vec<String>,
}

/// Reads a table of own records.
///
/// Errors   as for every table
pub fn read(bytes: &[u8]) -> Result<Table, FormatFault> {
    let text = text(bytes)?;
    let header_fault = |fault: ::csv::Error| FormatFault::Header {
        what: fault.to_string(),
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(header_fault)?.clone();
    if header.len() > COLUMNS_MAX {
        return Err(FormatFault::Header {
            what: format!(
                "it has {} columns, expected at most {COLUMNS_MAX}",
                header.len()
            ),
        });
    }
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, name) in header.iter().map(str::trim).enumerate().skip(HEAD.len()) {
        if names.insert(name, at).is_some() && !name.is_empty() {
            return Err(FormatFault::ColumnTwice {
                column: name.to_owned(),
                times: 2,
            });
        }
    }
    let mut table = Table::default();
    let mut known: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    let mut rows: BTreeMap<RecordId, usize> = BTreeMap::new();
    let mut record = StringRecord::new();
    let mut at = 1;
    while reader.read_record(&mut record).map_err(header_fault)? {
        at += 1;
        table.read += 1;
        let edit = edit(at, &record, header.len(), &names, &mut known);
        let edit = edit.and_then(|edit| match rows.insert(edit.id, at) {
            None => Ok(edit),
            Some(first) => {
                let reason = format!("row {first} has this id already");
                Err(Rejection::new(at, "id", &edit.id.to_string(), reason))
            }
        });
        match edit {
            Ok(edit) => table.edits.push(edit),
            Err(rejection) => table.rejected.push(rejection),
        }
    }
    let is_read = |name: &str| {
        let mut columns = known.values().flatten();
        columns.any(|column| column.path == name)
    };
    let ignored = header.iter().skip(HEAD.len()).map(str::trim);
    table.ignored_columns = ignored
        .filter(|name| !name.is_empty() && !is_read(name))
        .map(str::to_owned)
        .collect();
    Ok(table)
}

fn edit(
    row: usize,
    record: &StringRecord,
    width: usize,
    names: &BTreeMap<&str, usize>,
    known: &mut BTreeMap<String, Vec<Column>>,
) -> Result<Edit, Rejection> {
    let cell = |at: usize| record.get(at).unwrap_or_default();
    let bytes = record.as_slice().len();
    if bytes > ROW_BYTES_MAX {
        let reason = format!(
            "expected at most {ROW_BYTES_MAX} bytes; an unclosed quote makes a row of all that follows it"
        );
        return Err(Rejection::new(row, "", &format!("{bytes} bytes"), reason));
    }
    if record.len() != width {
        let found = format!("{} cells", record.len());
        let reason = format!("expected {width} cells, as in the header");
        return Err(Rejection::new(row, "", &found, reason));
    }
    let refused = |at: usize, reason: &str| {
        let found = match cell(at).trim() {
            "" => "nothing",
            found => found,
        };
        Rejection::new(row, HEAD[at], found, reason)
    };
    let id = RecordId::parse(cell(0).trim()).ok_or_else(|| {
        refused(
            0,
            "expected the id of a record here; new ones come from a table with a mapping",
        )
    })?;
    let kind = kind::by_name(cell(1).trim())
        .filter(|kind| kind.class == Class::Record)
        .ok_or_else(|| refused(1, "expected a kind of record, such as `opportunity`"))?;
    let version = cell(2)
        .trim()
        .parse()
        .map_err(|_| refused(2, "expected the version that the table was made of"))?;
    let columns = known
        .entry(kind.name.to_owned())
        .or_insert_with(|| columns(kind));
    let cells = columns.iter().filter_map(|column| {
        let at = names.get(column.path.as_str())?;
        Some((column.path.clone(), unguarded(cell(*at)).to_owned()))
    });
    Ok(Edit {
        row,
        id,
        kind: kind.name.to_owned(),
        version,
        cells: cells.collect(),
    })
}

/// Changes in a subject what was changed in its row; says whether anything was.
///
/// Errors   what is wrong with a cell
pub fn apply(
    kind: &Kind,
    subject: &mut Map<String, Value>,
    edit: &Edit,
) -> Result<bool, FieldFault> {
    let mut changed = false;
    for column in columns(kind) {
        let Some(typed) = edit.cells.get(&column.path) else {
            continue;
        };
        let before = at(subject, &column.path);
        let before = before.map_or_else(String::new, |value| cell(column.shape, value));
        if same(&before, typed) {
            continue;
        }
        changed = true;
        if typed.trim().is_empty() {
            remove(subject, &column.path);
        } else {
            set(kind, subject, &column, typed)?;
        }
    }
    Ok(changed)
}

/// Whether two texts differ in nothing but what spreadsheets do to every cell.
fn same(before: &str, after: &str) -> bool {
    let lines = |text: &str| {
        text.replace("\r\n", "\n")
            .replace('\r', "\n")
            .trim()
            .to_owned()
    };
    lines(before) == lines(after)
}

fn set(
    kind: &Kind,
    subject: &mut Map<String, Value>,
    column: &Column,
    typed: &str,
) -> Result<(), FieldFault> {
    let is_list = matches!(column.shape, Shape::List(..));
    if is_list && typed.trim_start().starts_with('[') {
        let value = parse_within(typed.as_bytes(), DEPTH_MAX, RECORD_BYTES_MAX);
        let value = value.map_err(|_| {
            FieldFault::text(column.path.clone(), typed, "a list in JSON".to_owned())
        })?;
        put(subject, &column.path, value);
        return Ok(());
    }
    if matches!(column.shape, Shape::List(Shape::Object(_), _)) {
        return Err(FieldFault::text(
            column.path.clone(),
            typed,
            "a list in JSON".to_owned(),
        ));
    }
    kind.set_text(subject, &column.path, typed)
}

fn at<'a>(subject: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let mut value = subject.get(names.next()?)?;
    for name in names {
        value = value.get(name)?;
    }
    Some(value)
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((name, rest)) => {
            let inner = object
                .entry(name.to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Takes a member away, and whatever is left empty around it.
fn remove(object: &mut Map<String, Value>, path: &str) {
    let Some((name, rest)) = path.split_once('.') else {
        object.remove(path);
        return;
    };
    let Some(Value::Object(inner)) = object.get_mut(name) else {
        return;
    };
    remove(inner, rest);
    // The type that an object carries says nothing by itself.
    if inner.keys().all(|name| name == "type") {
        object.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula_and_each_is_read_as_what_it_was() {
        for text in [
            "=1+1", "+7 701", "-a", "@SUM(A1)", "\t=1", "\r=1", "\n1", " =1", "＝1", "'=1", "''=1",
            "'", "''", "'hello", "hello", "-5", "'-5", "--5", "-5.25", "-5.", "+5", "5", "", "-",
            "=", "\u{a0}=1", "-1e5",
        ] {
            let cell = guarded(text);
            let first = cell.trim_start();
            assert!(
                is_number(text) || !first.starts_with(SIGNS),
                "{text:?}: {cell:?}"
            );
            assert!(!cell.starts_with(['\t', '\r', '\n']), "{text:?}: {cell:?}");
            assert_eq!(unguarded(&cell), text, "{cell:?}");
        }
        assert_eq!(guarded("-43.3005"), "-43.3005");
        assert_eq!(guarded("=1"), "'=1");
    }

    #[test]
    fn every_kinds_sample_comes_back_as_it_was_and_one_cell_changes_one_field() {
        for kind in kind::all()
            .iter()
            .filter(|kind| kind.class == Class::Record)
        {
            for between in [b',', b';'] {
                let subject = (kind.sample)();
                let columns = columns(kind);
                let id = RecordId::v4([7; 16]);
                let mut bytes = head(&columns, between);
                let value = Value::Object(subject.clone());
                bytes.extend(row(&columns, (&id, kind.name, 3), &value, between));
                assert!(is_own(&bytes), "{}", kind.name);
                let mut table = read(&bytes).expect("a table");
                assert_eq!((table.rejected.len(), table.edits.len()), (0, 1));
                let mut edit = table.edits.remove(0);
                assert_eq!((edit.id, edit.version), (id, 3));
                let mut same = subject.clone();
                assert_eq!(apply(kind, &mut same, &edit), Ok(false), "{}", kind.name);
                assert_eq!(same, subject);
                // Written into an empty record, every cell is read again.
                let mut fresh = Map::new();
                apply(kind, &mut fresh, &edit).expect("its own texts");
                kind.complete(&mut fresh);
                for column in &columns {
                    let (read, was) = (at(&fresh, &column.path), at(&subject, &column.path));
                    assert_eq!(read, was, "{} {}", kind.name, column.path);
                }
                for text in edit.cells.values_mut() {
                    text.push_str("\r\n");
                }
                assert_eq!(apply(kind, &mut same, &edit), Ok(false), "{}", kind.name);
            }
        }
    }

    #[test]
    fn an_emptied_cell_takes_its_field_away() {
        let kind = kind::by_name("opportunity").expect("a kind");
        let mut subject = Map::new();
        for (path, text) in [("title.en", "A"), ("title.kk", "Ә"), ("place.name", "Here")] {
            kind.set_text(&mut subject, path, text).expect("a text");
        }
        let cells = [("title.kk", ""), ("place.name", " ")];
        let cells = cells.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let edit = Edit {
            row: 2,
            id: RecordId::v4([7; 16]),
            kind: kind.name.to_owned(),
            version: 1,
            cells: cells.into_iter().collect(),
        };
        assert_eq!(apply(kind, &mut subject, &edit), Ok(true));
        assert_eq!(
            Value::Object(subject),
            serde_json::json!({"title": {"en": "A"}})
        );
    }
}
