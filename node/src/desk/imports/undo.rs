//! Undoing an import: what it made is withdrawn, what it changed says again what it said before.

use std::collections::BTreeMap;

use erikti_protocol::id::RecordId;
use erikti_protocol::kind::{self, Kind};
use erikti_protocol::record::Draft;
use serde_json::Value;

use super::batch::{self, Batch, Planned, State, Undone};
use super::{BATCH_RECORDS, note};
use crate::clock;
use crate::deeds::Actor;
use crate::desk::edits::{self, Begun};
use crate::desk::reader::Reader;
use crate::desk::records;
use crate::desk::thing::Thing;
use crate::jobs::Progress;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The reason code of what an undo erases.
const REASON: &str = "mistake";

/// The status that withdraws a thing of a kind; `None` when an undo has to erase it.
pub fn withdrawn(kind: &Kind) -> Option<&'static str> {
    edits::status_that(kind, &["cancelled", "closed"])
}

/// Undoes an import in the background. Never by erasure where the kind has a status that says the same: an erased id is
/// closed, and the corrected file could not be imported again.
///
/// Errors   `import.unknown`; `not_allowed` when its day is over
pub fn undo(node: &Node, by: &Actor, id: &str) -> Result<(), Problem> {
    let mut batch = batch::find(node, id)?;
    if batch.runs(node) || batch.state == State::Undone {
        return Ok(());
    }
    if !batch.can_be_undone(node) {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("an import can be undone for {} hours", batch::UNDO_HOURS),
        )
        .hint("change or close its records one by one, or many at once in the list of records"));
    }
    batch.state = State::Undoing;
    batch.keep(node)?;
    let (working, job, by) = (node.clone(), batch.job(), by.clone());
    node.jobs().start(&job, move |progress| {
        carry_out(&working, &by, &mut batch, progress)?;
        Ok(String::new())
    })
}

fn carry_out(
    node: &Node,
    by: &Actor,
    batch: &mut Batch,
    progress: &Progress,
) -> Result<(), Problem> {
    // An import that was continued may have planned a thing twice: its first version before, its last one after.
    let mut planned: BTreeMap<RecordId, Planned> = BTreeMap::new();
    for line in batch.planned(node) {
        planned
            .entry(line.id)
            .and_modify(|known| known.after = line.after)
            .or_insert(line);
    }
    progress.expect(planned.len());
    let (mut restored, mut kept) = (0, 0);
    let planned: Vec<Planned> = planned.into_values().collect();
    for some in planned.chunks(BATCH_RECORDS) {
        let mut drafts = Vec::new();
        for one in some {
            match step(node, one)? {
                Step::Supersede(draft) => {
                    restored += 1;
                    drafts.push(*draft);
                }
                Step::Erase => {
                    records::erase(node, by, &one.id.to_string(), REASON)?;
                    restored += 1;
                }
                Step::Undone => restored += 1,
                Step::Kept => kept += 1,
                Step::Never => {}
            }
        }
        node.ingest().publish(drafts)?;
        progress.advance(some.len());
    }
    node.ingest().seal()?;
    batch.state = State::Undone;
    batch.undone = Some(Undone {
        by: by.clone(),
        at: clock::now(),
        restored,
        kept,
    });
    batch.keep(node)?;
    batch.drop_file(node);
    note(node, by, "import.undo", &batch.id, None);
    Ok(())
}

/// What undoing means for one thing.
enum Step {
    /// A version that says what was before.
    Supersede(Box<Draft>),
    /// It has no status to be withdrawn by.
    Erase,
    /// It says that already.
    Undone,
    /// Somebody changed it since.
    Kept,
    /// The import never came so far.
    Never,
}

fn step(node: &Node, planned: &Planned) -> Result<Step, Problem> {
    let organisation = node.organisation();
    if node.ingest().ledger().closed(&organisation, &planned.id) {
        return Ok(Step::Undone);
    }
    let Some(thing) = Thing::all(node, Reader::Staff, &planned.id)?.remove(&organisation) else {
        return Ok(Step::Never);
    };
    let newest = thing.versions.last().map_or(0, |place| place.version);
    if newest < planned.after {
        return Ok(Step::Never);
    }
    let id = planned.id.to_string();
    let newest_said = edits::begin(node, &id, Some(newest))?;
    let Some(before) = said_before(node, &id, planned, &newest_said)? else {
        return Ok(match newest == planned.after {
            true => Step::Erase,
            false => Step::Kept,
        });
    };
    if newest > planned.after {
        let undone = newest == planned.after + 1 && before.said == newest_said.said;
        return Ok(if undone { Step::Undone } else { Step::Kept });
    }
    if before.said == newest_said.said {
        return Ok(Step::Undone);
    }
    let draft = records::new_draft(node, before.kind, before.said.subject)?;
    Ok(Step::Supersede(Box::new(Draft {
        id: planned.id,
        version: newest + 1,
        readers: newest_said.readers,
        extra: before.said.extra,
        ..draft
    })))
}

/// What the thing is to say again: its earlier version, or the imported one withdrawn; `None` when it must be erased.
fn said_before(
    node: &Node,
    id: &str,
    planned: &Planned,
    newest: &Begun,
) -> Result<Option<Begun>, Problem> {
    if planned.before > 0 {
        return edits::begin(node, id, Some(planned.before)).map(Some);
    }
    let mut begun = match newest.version == planned.after {
        true => newest.clone(),
        false => edits::begin(node, id, Some(planned.after))?,
    };
    let Some(status) = kind::by_name(begun.kind.name).and_then(withdrawn) else {
        return Ok(None);
    };
    begun
        .said
        .subject
        .insert("status".to_owned(), Value::from(status));
    Ok(Some(begun))
}
