//! Many records closed at once: kept like an import, so that it can be undone like one.

use super::batch::{self, Batch, Planned, State};
use crate::deeds::Actor;
use crate::desk::edits;
use crate::desk::note;
use crate::node::Node;
use crate::problem::Problem;

/// The format of such a batch.
pub const FORMAT: &str = "close";

/// Closes things of this organisation; those that cannot be closed are listed in the batch. `None` when there is none.
///
/// Errors   `file.unwritable`; those of publishing
pub fn close(node: &Node, by: &Actor, ids: &[String]) -> Result<Option<(String, usize)>, Problem> {
    if ids.is_empty() {
        return Ok(None);
    }
    batch::make_room(node)?;
    let mut batch = Batch::new(by, "", FORMAT, None);
    batch.state = State::Running;
    batch.read = ids.len();
    batch.keep(node)?;
    for (row, id) in ids.iter().enumerate() {
        if let Err(problem) = close_one(node, by, &mut batch, id) {
            batch.rejected_count += 1;
            batch.rejected.push(batch::Row {
                row: row + 1,
                field: String::new(),
                found: id.clone(),
                reason: problem.detail.clone(),
            });
        }
    }
    batch.state = State::Done;
    batch.keep(node)?;
    note(node, by, "record.close-many", &batch.id, None);
    Ok(Some((batch.id.clone(), batch.updated)))
}

fn close_one(node: &Node, by: &Actor, batch: &mut Batch, id: &str) -> Result<(), Problem> {
    let begun = edits::begin(node, id, None)?;
    let newest = edits::newest(node, id)?;
    let planned = Planned {
        id: begun.id,
        before: newest,
        after: newest + 1,
    };
    batch.plan(node, &[planned])?;
    let (before, after) = edits::close(node, by, id)?;
    match after > before {
        true => batch.updated += 1,
        false => batch.unchanged += 1,
    }
    Ok(())
}
