//! A table of own records that comes back: each row that was changed becomes its record's next version.

use erikti_protocol::json;
use erikti_protocol::record::Draft;
use serde_json::Value;

use super::Change;
use crate::desk::{edits, records};
use crate::formats::table::{Edit, apply};
use crate::formats::{FormatFault, SUBJECT_BYTES_MAX};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// What a row means for its record.
///
/// Errors   `record.unknown`, `record.erased`, `record.not_own`; `record.conflict` when somebody else changed it since the
///          table was made; `record.malformed`
pub(super) fn change(node: &Node, edit: &Edit) -> Result<Change, Problem> {
    let id = edit.id.to_string();
    let begun = edits::begin(node, &id, Some(edit.version))?;
    if begun.kind.name != edit.kind {
        return Err(Problem::new(
            Code::RecordMalformed,
            "the record is of another kind than its row says",
        )
        .field("kind")
        .found(&*edit.kind)
        .allowed(begun.kind.name));
    }
    let mut subject = begun.said.subject.clone();
    if !apply(begun.kind, &mut subject, edit)? {
        return Ok(Change::Unchanged);
    }
    begun.kind.complete(&mut subject);
    let newest = edits::newest(node, &id)?;
    if newest != edit.version {
        let standing = edits::begin(node, &id, None)?;
        // The same table brought once more, or an import that goes on.
        if standing.said.subject == subject {
            return Ok(Change::Unchanged);
        }
        return Err(Problem::new(
            Code::RecordConflict,
            "the record has changed since the table was made: download it again",
        )
        .field("version")
        .found(edit.version.to_string()));
    }
    begun.kind.check_subject(&subject)?;
    let bytes = json::canonical(&Value::Object(subject.clone())).len();
    if bytes > SUBJECT_BYTES_MAX {
        return Err(Problem::new(
            Code::RecordMalformed,
            format!("expected at most {SUBJECT_BYTES_MAX} bytes in one record"),
        )
        .found(format!("{bytes} bytes")));
    }
    Ok(Change::Updated(Draft {
        id: edit.id,
        version: newest + 1,
        readers: begun.readers,
        extra: begun.said.extra,
        ..records::new_draft(node, begun.kind, subject)?
    }))
}

/// Why a table of own records cannot be read at all.
pub(super) fn unreadable(fault: &FormatFault) -> Problem {
    Problem::new(Code::ImportInvalid, fault.to_string())
        .hint("download the table again, and save it as CSV in UTF-8")
}
