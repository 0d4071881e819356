//! Forgetting: rows of erased records leave the blocks they stand in.

use std::collections::BTreeSet;

use erikti_protocol::id::Origin;

use super::block::{Packer, unpack};
use super::manifest::Manifest;
use super::run::{Cursor, block_key};
use super::{FIVE_MAX, Index, IndexFault, Rows, State, Table, five, rows_of};
use crate::store::log::hold;

/// Number of a log, and entry.
type Spot = (u32, u64);

impl Index {
    /// Removes one record's rows, known from the record itself.
    pub fn forget(&self, origin: &Origin, index: u64, rows: &Rows) -> Result<(), IndexFault> {
        let _alone = hold(&self.writing);
        let mut state = self.write();
        let Some(log) = state.logs.get(origin).copied() else {
            return Ok(());
        };
        state.forget_memory(&BTreeSet::from([(log.number, index)]));
        let (id, terms) = rows_of(&log, index, rows);
        let wanted = std::iter::once((Table::Ids, id.to_vec()))
            .chain(terms.map(|row| (Table::Terms, row.to_vec())));
        for (table, row) in wanted {
            for at in 0..state.runs.len() {
                let number = state.runs[at].number;
                let cursor = Cursor::new(&self.db, table, number, &row)?;
                if cursor.row() == Some(&row[..]) {
                    let key = cursor.key().to_vec();
                    drop(cursor);
                    self.rewrite(&mut state, at, table, &key, |other| other != row)?;
                }
            }
        }
        self.save(&state)
    }

    /// Removes the rows of records that nobody can read any more, by looking through everything; remembers how far
    /// the log is known with that.
    pub fn forget_all(
        &self,
        origin: &Origin,
        indices: &[u64],
        marks: u64,
    ) -> Result<(), IndexFault> {
        let _alone = hold(&self.writing);
        let mut state = self.write();
        let log = state.log(origin);
        let gone: BTreeSet<Spot> = indices.iter().map(|index| (log.number, *index)).collect();
        state.forget_memory(&gone);
        for at in 0..state.runs.len() {
            for table in Table::BOTH {
                let prefix = block_key(table, state.runs[at].number, &[]);
                let keys = self.db.scan_prefix(prefix).keys();
                for key in keys.collect::<Result<Vec<_>, _>>()? {
                    self.rewrite(&mut state, at, table, &key, |row| {
                        !gone.contains(&spot_of(table, row))
                    })?;
                }
            }
        }
        if let Some(log) = state.logs.get_mut(origin) {
            log.progress.marks = marks;
        }
        self.save(&state)
    }

    /// Writes a block again with the rows that `keep` keeps.
    fn rewrite(
        &self,
        state: &mut State,
        at: usize,
        table: Table,
        key: &[u8],
        keep: impl Fn(&[u8]) -> bool,
    ) -> Result<(), IndexFault> {
        let Some(block) = self.db.get(key)? else {
            return Ok(());
        };
        let width = table.width();
        let mut rows = Vec::new();
        unpack(width, &block, &mut rows).ok_or(IndexFault::Corrupt {
            what: "a block cannot be read",
        })?;
        if rows.chunks_exact(width).all(&keep) {
            return Ok(());
        }
        let run = &mut state.runs[at];
        let mut packer = Packer::new(width);
        let mut batch = sled::Batch::default();
        batch.remove(key);
        run.blocks -= 1;
        let kept = rows.chunks_exact(width).filter(|row| keep(row));
        let mut blocks: Vec<_> = kept.filter_map(|row| packer.push(row)).collect();
        blocks.extend(packer.close());
        for (first, block) in blocks {
            batch.insert(block_key(table, run.number, &first), block);
            run.blocks += 1;
        }
        Ok(self.db.apply_batch(batch)?)
    }

    fn save(&self, state: &State) -> Result<(), IndexFault> {
        // How far logs are known is written with the rows that make it true, never here: rows in memory are lost
        // when the process ends.
        Manifest::of(&state.runs, state.next_run).save(&self.db, std::iter::empty())
    }
}

impl State {
    fn forget_memory(&mut self, gone: &BTreeSet<Spot>) {
        self.ids
            .retain(|row| !gone.contains(&spot_of(Table::Ids, row)));
        self.terms
            .retain(|row| !gone.contains(&spot_of(Table::Terms, row)));
    }
}

fn spot_of(table: Table, row: &[u8]) -> Spot {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().expect("four bytes"));
    match table {
        Table::Ids => (number(&row[16..20]), five(&row[20..25])),
        Table::Terms => (number(&row[13..17]), FIVE_MAX - five(&row[17..])),
    }
}
