//! Imports: a file's rows become records of this organisation; importing again changes only what changed.
//!
//! What is about to be published is written down first ([`batch`]), so an import that a crash interrupted can be
//! continued, and any import can be undone for a day ([`undo`]).

pub mod batch;
pub mod bulk;
pub mod columns;
mod own;
pub mod undo;

use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Readers, Record};
use serde_json::{Map, Value, json};

use batch::{Batch, Planned, State};
use undo::withdrawn;

use super::note;
use super::reader::Reader;
use super::thing::Thing;
use crate::clock;
use crate::deeds::Actor;
use crate::formats::mapping::Mapping;
use crate::formats::{Format, FormatFault, Import, ImportedThing, Rejection, csv, table, vds};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Drafts that are published in one call: of a crash no more than so many are planned and not there, and whoever looks
/// at the progress sees it move.
const BATCH_RECORDS: usize = 256;
/// Rows of a preview that are shown as they will be.
const SHOWN_ROWS: usize = 20;

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
    let changes = Changes::of(node, read(node, format, bytes, map)?);
    let answer = json!({
        "read": changes.read, "created": changes.created, "updated": changes.updated, "unchanged": changes.unchanged,
        "rejected": changes.rejected.iter().map(rejected_row).collect::<Vec<_>>(),
        "ignored_columns": changes.ignored_columns, "dry_run": dry_run,
    });
    if !dry_run {
        batch::make_room(node)?;
        let mut batch = Batch::new(by, "", format, map);
        batch.state = State::Running;
        changes.told(&mut batch);
        batch.keep(node)?;
        publish(node, &batch, changes.drafts, |_| {})?;
        batch.state = State::Done;
        batch.keep(node)?;
        note(node, by, "import.run", &batch.id, None);
    }
    Ok(answer)
}

/// Takes a file in, to be looked at before anything comes of it.
///
/// Errors   `file.unwritable`, `usage` for a format that there is not
pub fn stage(
    node: &Node,
    by: &Actor,
    name: &str,
    format: &str,
    bytes: &[u8],
    map: Option<&str>,
) -> Result<Batch, Problem> {
    if Format::parse(format).is_none() {
        return Err(no_such_format(format));
    }
    batch::make_room(node)?;
    let batch = Batch::new(by, name, format, map);
    batch.keep_file(node, bytes)?;
    batch.keep(node)?;
    Ok(batch)
}

/// What an import would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Rows read.
    pub read: usize,
    /// Things that it would make.
    pub created: usize,
    /// Things that it would change.
    pub updated: usize,
    /// Things that say the same already.
    pub unchanged: usize,
    /// Rows that it would refuse.
    pub rejected: Vec<Rejection>,
    /// Columns that nothing is read from.
    pub ignored_columns: Vec<String>,
    /// The first things as they would be: kind, whether it is new, subject.
    pub first: Vec<(String, bool, Map<String, Value>)>,
    /// Kinds among them whose new things an undo would erase, having no status to withdraw them by.
    pub erases: Vec<&'static str>,
}

/// Says what a staged import would do.
///
/// Errors   `import.invalid`, `import.mapping`; `import.unknown` when its file is gone
pub fn preview(node: &Node, batch: &Batch) -> Result<Preview, Problem> {
    let bytes = batch.file(node).ok_or_else(file_gone)?;
    let changes = Changes::of(
        node,
        read(node, &batch.format, &bytes, batch.map.as_deref())?,
    );
    let mut erases = Vec::new();
    for draft in changes.drafts.iter().filter(|draft| draft.version == 1) {
        if let Some(kind) = kind::by_name(&draft.kind)
            && withdrawn(kind).is_none()
            && !erases.contains(&kind.name)
        {
            erases.push(kind.name);
        }
    }
    let first = changes.drafts.iter().take(SHOWN_ROWS);
    Ok(Preview {
        first: first
            .map(|draft| {
                (
                    draft.kind.clone(),
                    draft.version == 1,
                    draft.subject.clone(),
                )
            })
            .collect(),
        read: changes.read,
        created: changes.created,
        updated: changes.updated,
        unchanged: changes.unchanged,
        rejected: changes.rejected,
        ignored_columns: changes.ignored_columns,
        erases,
    })
}

fn file_gone() -> Problem {
    Problem::new(
        Code::ImportUnknown,
        "the file of this import is not here any more",
    )
    .hint("bring it again")
}

/// Carries a staged import out in the background, or goes on with one that was interrupted.
///
/// Errors   `import.unknown` when its file is gone; `record.conflict` when it was carried out already
pub fn confirm(node: &Node, by: &Actor, id: &str) -> Result<(), Problem> {
    let mut batch = batch::find(node, id)?;
    let interrupted = batch.state == State::Running && batch.interrupted(node);
    if batch.runs(node) || batch.state == State::Done {
        // A form that was submitted twice.
        return Ok(());
    }
    if batch.state != State::Staged && !interrupted {
        return Err(Problem::new(
            Code::RecordConflict,
            "this import was undone; bring the file again to import it again",
        ));
    }
    let bytes = batch.file(node).ok_or_else(file_gone)?;
    batch.state = State::Running;
    batch.at = clock::now();
    batch.by = by.clone();
    batch.keep(node)?;
    note(node, by, "import.run", &batch.id, None);
    let (working, job) = (node.clone(), batch.job());
    node.jobs().start(&job, move |progress| {
        let import = match read(&working, &batch.format, &bytes, batch.map.as_deref()) {
            Ok(import) => import,
            Err(problem) => {
                batch.state = State::Staged;
                batch.keep(&working)?;
                return Err(problem);
            }
        };
        progress.expect(import.read);
        let changes = Changes::of(&working, import);
        // What was done before an interruption says the same now, and counts as what it was.
        let (created, updated) = (batch.created, batch.updated);
        if interrupted {
            changes.told_again(&mut batch, created, updated);
        } else {
            changes.told(&mut batch);
        }
        batch.keep(&working)?;
        progress.advance(changes.rejected.len() + changes.unchanged);
        publish(&working, &batch, changes.drafts, |some| {
            progress.advance(some)
        })?;
        batch.state = State::Done;
        batch.keep(&working)?;
        batch.drop_file(&working);
        Ok(String::new())
    })
}

/// Publishes drafts, some at a time, each of them written down before.
fn publish(
    node: &Node,
    batch: &Batch,
    mut drafts: Vec<Draft>,
    mut done: impl FnMut(usize),
) -> Result<(), Problem> {
    while !drafts.is_empty() {
        let rest = drafts.split_off(BATCH_RECORDS.min(drafts.len()));
        let planned: Vec<Planned> = drafts
            .iter()
            .map(|draft| Planned {
                id: draft.id,
                before: draft.version - 1,
                after: draft.version,
            })
            .collect();
        batch.plan(node, &planned)?;
        node.ingest().publish(drafts)?;
        done(planned.len());
        drafts = rest;
    }
    node.ingest().seal().map(drop)
}

/// What a file's rows mean for the records that stand.
#[derive(Default)]
struct Changes {
    drafts: Vec<Draft>,
    read: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<Rejection>,
    ignored_columns: Vec<String>,
}

impl Changes {
    fn of(node: &Node, import: Import) -> Self {
        let mut changes = Self {
            read: import.read,
            rejected: import.rejected,
            ignored_columns: import.ignored_columns,
            ..Self::default()
        };
        let things = import.things.into_iter();
        let things = things.map(|thing| (thing.row, change(node, thing)));
        let edits = import.edits.iter();
        let edits = edits.map(|edit| (edit.row, own::change(node, edit)));
        for (row, change) in things.chain(edits) {
            match change {
                Ok(Change::Created(draft)) => {
                    changes.created += 1;
                    changes.drafts.push(draft);
                }
                Ok(Change::Updated(draft)) => {
                    changes.updated += 1;
                    changes.drafts.push(draft);
                }
                Ok(Change::Unchanged) => changes.unchanged += 1,
                Err(problem) => changes.rejected.push(rejection(row, &problem)),
            }
        }
        changes.rejected.sort_by_key(|rejection| rejection.row);
        changes
    }

    fn told(&self, batch: &mut Batch) {
        batch.read = self.read;
        batch.created = self.created;
        batch.updated = self.updated;
        batch.unchanged = self.unchanged;
        self.told_rejected(batch);
    }

    /// After an interruption: what was made or changed before it is unchanged now.
    fn told_again(&self, batch: &mut Batch, created: usize, updated: usize) {
        batch.read = self.read;
        batch.created = created.max(self.created);
        batch.updated = updated.max(self.updated);
        self.told_rejected(batch);
        batch.unchanged = self
            .read
            .saturating_sub(batch.created + batch.updated + batch.rejected_count);
    }

    fn told_rejected(&self, batch: &mut Batch) {
        batch.rejected_count = self.rejected.len();
        let kept = self.rejected.iter().take(batch::REJECTED_MAX);
        batch.rejected = kept.map(batch::Row::from).collect();
        batch.ignored_columns = self.ignored_columns.clone();
    }
}

fn read(node: &Node, format: &str, bytes: &[u8], map: Option<&str>) -> Result<Import, Problem> {
    let organisation = node.organisation();
    let read = match Format::parse(format) {
        Some(Format::Records) => return own_table(bytes),
        // It says itself what its columns are.
        Some(Format::Csv) if map.is_none() && table::is_own(bytes) => return own_table(bytes),
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
        Some(Format::Rpde) => return super::following::read(node, bytes),
        None => {
            return Err(no_such_format(format));
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

fn own_table(bytes: &[u8]) -> Result<Import, Problem> {
    let table = table::read(bytes).map_err(|fault| own::unreadable(&fault))?;
    Ok(Import {
        read: table.read,
        rejected: table.rejected,
        edits: table.edits,
        ignored_columns: table.ignored_columns,
        ..Import::default()
    })
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

fn no_such_format(format: &str) -> Problem {
    Problem::new(Code::Usage, "no such format")
        .field("format")
        .found(format)
        .allowed(Format::NAMES.join(", "))
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
