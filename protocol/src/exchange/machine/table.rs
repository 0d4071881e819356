//! The heads table: the newest checkpoint of every log that this node holds whole, in the order of change.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::super::message::{HEADS_MAX, Head, Heads, HeadsRequest, TableId};
use crate::id::Origin;

/// Bytes of checkpoints and cosignatures in one frame, at most: leaves room for names and quotes within 256 KiB.
const FRAME_HEADS_BYTES_MAX: usize = 160 * 1024;

/// Newest heads, each under the number of its last change.
#[derive(Debug)]
pub(super) struct HeadsTable {
    id: TableId,
    last: u64,
    changes: BTreeMap<u64, Origin>,
    heads: BTreeMap<Origin, (u64, Head)>,
}

impl HeadsTable {
    pub(super) fn new(id: TableId) -> Self {
        Self {
            id,
            last: 0,
            changes: BTreeMap::new(),
            heads: BTreeMap::new(),
        }
    }

    /// The number of the last change: the cursor of someone who has seen everything.
    pub(super) fn cursor(&self) -> u64 {
        self.last
    }

    /// Puts a log's newest head.
    pub(super) fn put(&mut self, origin: &Origin, head: Head) {
        self.last += 1;
        let before = self.heads.insert(origin.clone(), (self.last, head));
        if let Some((number, _)) = before {
            self.changes.remove(&number);
        }
        self.changes.insert(self.last, origin.clone());
    }

    /// Takes a log out.
    pub(super) fn remove(&mut self, origin: &Origin) {
        if let Some((number, _)) = self.heads.remove(origin) {
            self.changes.remove(&number);
        }
    }

    /// What changed after a cursor, as much as fits into one frame.
    pub(super) fn after(&self, request: &HeadsRequest) -> Heads {
        let cursor = if request.table == self.id {
            request.cursor
        } else {
            0
        };
        let mut answer = Heads {
            table: self.id,
            heads: Vec::new(),
            cursor,
            more: false,
        };
        let mut bytes = 0;
        let later = (Bound::Excluded(cursor), Bound::Unbounded);
        for (number, origin) in self.changes.range(later) {
            let Some((_, head)) = self.heads.get(origin) else {
                continue;
            };
            // A line end takes two bytes in JSON; names, quotes and the organisation take 200.
            bytes += 200 + head.checkpoint.len() * 5 / 4;
            bytes += head
                .cosignatures
                .iter()
                .map(|line| line.len() + 8)
                .sum::<usize>();
            if answer.heads.len() == HEADS_MAX
                || bytes > FRAME_HEADS_BYTES_MAX && !answer.heads.is_empty()
            {
                answer.more = true;
                return answer;
            }
            answer.heads.push(head.clone());
            answer.cursor = *number;
        }
        answer.cursor = answer.cursor.max(self.last);
        answer
    }
}
