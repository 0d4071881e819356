//! Whose eyes a question is answered for.

use erikti_protocol::record::{Readers, Record};

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
        self == Self::Staff || record.readers() == Readers::Public
    }
}
