//! Imports: a file's rows become records of this organisation; importing again changes only what changed.

use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Readers, Record};
use serde_json::{Map, Value, json};

use super::note;
use super::reader::Reader;
use super::thing::Thing;
use crate::clock;
use crate::deeds::Actor;
use crate::formats::mapping::Mapping;
use crate::formats::{Format, FormatFault, Import, ImportedThing, Rejection, csv, vds};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Drafts that are published in one call: a group of the writer.
const BATCH_RECORDS: usize = 4_096;

/// Imports a file.
///
/// Errors   `import.invalid`, `import.mapping`; rows that cannot be taken are listed in the answer instead
pub fn run(
    node: &Node,
    by: &Actor,
    format: &str,
    bytes: &[u8],
    map: Option<&str>,
    dry_run: bool,
) -> Result<Value, Problem> {
    let mut import = read(node, format, bytes, map)?;
    let mut changes = Changes::default();
    let things = std::mem::take(&mut import.things);
    for thing in things {
        let row = thing.row;
        match change(node, thing) {
            Ok(Change::Created(draft)) => changes.create(draft),
            Ok(Change::Updated(draft)) => changes.update(draft),
            Ok(Change::Unchanged) => changes.unchanged += 1,
            Err(problem) => import.rejected.push(rejection(row, &problem)),
        }
    }
    if !dry_run {
        let mut drafts = std::mem::take(&mut changes.drafts);
        while !drafts.is_empty() {
            let rest = drafts.split_off(BATCH_RECORDS.min(drafts.len()));
            node.ingest().publish(drafts)?;
            drafts = rest;
        }
        node.ingest().seal()?;
        note(node, by, "import.run", format, None);
    }
    import.rejected.sort_by_key(|rejection| rejection.row);
    let rejected: Vec<Value> = import.rejected.iter().map(rejected_row).collect();
    Ok(json!({
        "read": import.read, "created": changes.created, "updated": changes.updated, "unchanged": changes.unchanged,
        "rejected": rejected, "ignored_columns": import.ignored_columns, "dry_run": dry_run,
    }))
}

fn read(node: &Node, format: &str, bytes: &[u8], map: Option<&str>) -> Result<Import, Problem> {
    let organisation = node.organisation();
    let read = match Format::parse(format) {
        Some(Format::Csv) => {
            let map = map.ok_or_else(|| {
                Problem::new(Code::ImportMapping, "a table needs a mapping file")
                    .hint("--map FILE.toml with [columns], [formats], [constants]")
            })?;
            let mapping = Mapping::parse(map).map_err(|fault| {
                Problem::new(Code::ImportMapping, fault.to_string())
                    .hint("correct the mapping file and try again")
            })?;
            csv::read(bytes, &mapping, &organisation)
        }
        Some(Format::Vds) => vds::read(bytes, &organisation),
        None => {
            return Err(Problem::new(Code::Usage, "no such format")
                .field("format")
                .found(format)
                .allowed(Format::NAMES.join(", ")));
        }
    };
    read.map_err(|fault| match &fault {
        FormatFault::MissingColumn { .. } | FormatFault::ColumnTwice { .. } => {
            Problem::new(Code::ImportMapping, fault.to_string())
                .hint("name a column of the file's first row in the mapping file")
        }
        _ => Problem::new(Code::ImportInvalid, fault.to_string())
            .hint("is it the right file, and --format what it is?"),
    })
}

#[derive(Default)]
struct Changes {
    drafts: Vec<Draft>,
    created: usize,
    updated: usize,
    unchanged: usize,
}

impl Changes {
    fn create(&mut self, draft: Draft) {
        self.created += 1;
        self.drafts.push(draft);
    }

    fn update(&mut self, draft: Draft) {
        self.updated += 1;
        self.drafts.push(draft);
    }
}

enum Change {
    Created(Draft),
    Updated(Draft),
    Unchanged,
}

/// What an imported thing means for the record of the same id.
fn change(node: &Node, thing: ImportedThing) -> Result<Change, Problem> {
    // What was erased stays erased, even when its source still lists it.
    if node
        .ingest()
        .ledger()
        .closed(&node.organisation(), &thing.id)
    {
        return Err(Problem::new(
            Code::RecordErased,
            "this was erased here and is not imported again",
        )
        .field("id")
        .found(thing.source_id));
    }
    let standing = Thing::all(node, Reader::Staff, &thing.id)?.remove(&node.organisation());
    let draft = draft(
        &thing,
        standing
            .as_ref()
            .and_then(|standing| standing.versions.last())
            .map_or(1, |newest| newest.version + 1),
    );
    let Some(standing) = standing else {
        return Ok(Change::Created(draft));
    };
    let current = standing
        .current()
        .map(|version| standing.record(node, version))
        .transpose()?;
    if current.is_some_and(|current| same(&current, &draft.subject)) {
        return Ok(Change::Unchanged);
    }
    Ok(Change::Updated(draft))
}

fn same(record: &Record, subject: &Map<String, Value>) -> bool {
    record.subject().as_object() == Some(subject)
}

fn draft(thing: &ImportedThing, version: u64) -> Draft {
    debug_assert!(
        kind::by_name(thing.kind).is_some(),
        "formats make known kinds only"
    );
    Draft {
        kind: thing.kind.to_owned(),
        id: thing.id,
        version,
        valid_from: clock::now(),
        readers: Readers::Public,
        subject: thing.subject.clone(),
        extra: Map::new(),
    }
}

fn rejection(row: usize, problem: &Problem) -> Rejection {
    Rejection {
        row,
        field: problem.field.clone().unwrap_or_default(),
        found: problem.found.clone().unwrap_or_default(),
        reason: problem.detail.clone(),
    }
}

fn rejected_row(rejection: &Rejection) -> Value {
    json!({"row": rejection.row, "field": rejection.field, "found": rejection.found, "reason": rejection.reason})
}
