//! Sessions: when and where volunteers of an opportunity come together.

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind::session;
use serde_json::Value;

use super::reader::Reader;
use super::thing::current_at;
use crate::ingest::index_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::index::{LIST_MAX, Term};

/// Records looked at for one opportunity, at most: the largest known has 945 sessions, and each may have versions.
const LOOKED_AT_MAX: usize = 4_000;

/// One session, in its current version.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: RecordId,
    /// When it begins, on the clock of the place.
    pub start: String,
    /// `credentialSubject`.
    pub subject: Value,
}

/// The sessions of an organisation's opportunity, the earliest first.
///
/// Errors   the store's and the index's
pub fn of(
    node: &Node,
    reader: Reader,
    organisation: &OrgId,
    opportunity: &RecordId,
) -> Result<Vec<Session>, Problem> {
    let term = Term::field(session::KIND.name, "opportunity", &opportunity.to_string());
    let query = reader.query().with(term);
    let mut sessions = Vec::new();
    let (mut cursor, mut looked_at) = (None, 0);
    loop {
        let page = node
            .ingest()
            .index()
            .list(&query, cursor, LIST_MAX)
            .map_err(index_problem)?;
        looked_at += page.places.len().max(1);
        for place in page.places {
            let Some((whose, record)) = current_at(node, reader, &place)? else {
                continue;
            };
            let subject = record.subject();
            // An index term is a hash: what carries it may, once in a long while, say something else.
            let belongs = subject["opportunity"] == opportunity.to_string();
            let belongs = belongs && whose == *organisation;
            if let (true, Some(start)) = (belongs, subject["start"].as_str()) {
                let start = start.to_owned();
                sessions.push(Session {
                    id: record.id(),
                    start,
                    subject,
                });
            }
        }
        cursor = page.next;
        if cursor.is_none() || looked_at >= LOOKED_AT_MAX {
            break;
        }
    }
    sessions.sort_by(|a, b| (&a.start, a.id).cmp(&(&b.start, b.id)));
    Ok(sessions)
}
