//! Whose eyes a question is answered for.

use erikti_protocol::id::OrgId;
use erikti_protocol::record::{ReadersClass, Record};

use crate::node::Node;
use crate::store::index::{Query, Term};

/// Whose eyes a question is answered for. What a reader may not read is, in every answer, as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Everybody: public records only.
    Everybody,
    /// The organisation's own people and programs: whatever this node may hold.
    Staff,
}

impl Reader {
    /// Whether a record is there for this reader.
    pub fn may_read(self, record: &Record) -> bool {
        self.may_read_class(record.readers_class())
    }

    /// Whether a record whose header names these readers is there for this one.
    pub fn may_read_class(self, readers: ReadersClass) -> bool {
        self == Self::Staff || matches!(readers, ReadersClass::Control | ReadersClass::Public)
    }

    /// What the index is asked for to see what an organisation published, in whichever of its logs.
    pub fn query_of(self, node: &Node, organisation: &OrgId) -> Query {
        let ledger = node.ingest().ledger();
        let logs = ledger.line(organisation).iter().map(Term::log);
        self.query().with_any(logs.collect())
    }

    /// What the index is asked for, so that the answer has nothing of what this reader may not read.
    pub fn query(self) -> Query {
        Query {
            public_only: self == Self::Everybody,
            ..Query::default()
        }
    }
}
