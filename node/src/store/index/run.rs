//! Runs: sorted rows of one table in blocks, and walking through them from any place.

use sled::Tree;

use super::block::{Packer, unpack};
use super::{IndexFault, Table};

/// A key of a block: table, run, the block's first row.
pub(super) fn block_key(table: Table, run: u32, first: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(5 + first.len());
    key.push(table as u8);
    key.extend(run.to_be_bytes());
    key.extend_from_slice(first);
    key
}

/// Writes one run, a few blocks at a time.
pub(super) struct Writer<'a> {
    tree: &'a Tree,
    table: Table,
    run: u32,
    packer: Packer,
    batch: sled::Batch,
    waiting: usize,
    /// Blocks written.
    pub(super) blocks: u64,
}

/// Blocks handed to the database at once: 200 KiB.
const BATCH_BLOCKS: usize = 64;

impl<'a> Writer<'a> {
    pub(super) fn new(tree: &'a Tree, table: Table, run: u32) -> Self {
        Self {
            tree,
            table,
            run,
            packer: Packer::new(table.width()),
            batch: sled::Batch::default(),
            waiting: 0,
            blocks: 0,
        }
    }

    pub(super) fn push(&mut self, row: &[u8]) -> Result<(), IndexFault> {
        match self.packer.push(row) {
            Some(block) => self.write(&block),
            None => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> Result<u64, IndexFault> {
        if let Some(block) = self.packer.close() {
            self.write(&block)?;
        }
        self.tree.apply_batch(self.batch)?;
        Ok(self.blocks)
    }

    fn write(&mut self, (first, block): &(Vec<u8>, Vec<u8>)) -> Result<(), IndexFault> {
        self.batch
            .insert(block_key(self.table, self.run, first), block.as_slice());
        self.blocks += 1;
        self.waiting += 1;
        if self.waiting >= BATCH_BLOCKS {
            self.waiting = 0;
            self.tree.apply_batch(std::mem::take(&mut self.batch))?;
        }
        Ok(())
    }
}

/// Stands at a row of a run and moves upwards.
pub(super) struct Cursor<'a> {
    tree: &'a Tree,
    table: Table,
    run: u32,
    /// Key of the block that `rows` came from.
    key: Vec<u8>,
    rows: Vec<u8>,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Stands at the first row that is not below `from`.
    pub(super) fn new(
        tree: &'a Tree,
        table: Table,
        run: u32,
        from: &[u8],
    ) -> Result<Self, IndexFault> {
        let mut cursor = Self {
            tree,
            table,
            run,
            key: block_key(table, run, &[]),
            rows: Vec::new(),
            at: 0,
        };
        cursor.seek(from)?;
        Ok(cursor)
    }

    /// The row here, or `None` at the end.
    pub(super) fn row(&self) -> Option<&[u8]> {
        self.rows.get(self.at..self.at + self.table.width())
    }

    /// Key of the block it stands in.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Moves to the next row.
    pub(super) fn advance(&mut self) -> Result<(), IndexFault> {
        self.at += self.table.width();
        if self.at >= self.rows.len() && !self.rows.is_empty() {
            self.next_block()?;
        }
        Ok(())
    }

    /// Moves to the first row that is not below `from`.
    pub(super) fn seek(&mut self, from: &[u8]) -> Result<(), IndexFault> {
        let width = self.table.width();
        let beyond = self
            .rows
            .len()
            .checked_sub(width)
            .is_none_or(|last| &self.rows[last..] < from);
        if beyond || self.rows[..width] > *from {
            // The block that would hold the row is the last one that begins at or below it.
            let prefix = block_key(self.table, self.run, &[]);
            let key = block_key(self.table, self.run, from);
            let found = self
                .tree
                .range(prefix.as_slice()..=key.as_slice())
                .next_back();
            match found.transpose()? {
                Some((key, block)) => self.load(&key, &block)?,
                None => {
                    self.key = prefix;
                    self.next_block()?;
                }
            }
        }
        let (mut low, mut high) = (0, self.rows.len() / width);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.rows[middle * width..(middle + 1) * width] < *from {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        self.at = low * width;
        if self.at >= self.rows.len() && !self.rows.is_empty() {
            self.next_block()?;
        }
        Ok(())
    }

    /// Moves up to the first row that is not below `from`; never down.
    pub(super) fn seek_up(&mut self, from: &[u8]) -> Result<(), IndexFault> {
        match self.row() {
            Some(row) if row < from => self.seek(from),
            _ => Ok(()),
        }
    }

    fn next_block(&mut self) -> Result<(), IndexFault> {
        let mut after = self.key.clone();
        after.push(0);
        let end = block_key(self.table, self.run, &[0xff; 64]);
        self.rows.clear();
        self.at = 0;
        if let Some(found) = self.tree.range(after..=end).next() {
            let (key, block) = found?;
            self.load(&key, &block)?;
        }
        Ok(())
    }

    fn load(&mut self, key: &[u8], block: &[u8]) -> Result<(), IndexFault> {
        self.at = 0;
        self.key.clear();
        self.key.extend_from_slice(key);
        unpack(self.table.width(), block, &mut self.rows).ok_or(IndexFault::Corrupt {
            what: "a block cannot be read",
        })
    }
}

/// Removes all blocks of a run.
pub(super) fn remove(tree: &Tree, table: Table, run: u32) -> Result<(), IndexFault> {
    loop {
        let mut batch = sled::Batch::default();
        let mut count = 0;
        for key in tree
            .scan_prefix(block_key(table, run, &[]))
            .keys()
            .take(BATCH_BLOCKS)
        {
            batch.remove(key?);
            count += 1;
        }
        if count == 0 {
            return Ok(());
        }
        tree.apply_batch(batch)?;
    }
}

/// Merges runs into one, rows in ascending order, each once.
pub(super) fn merge(tree: &Tree, table: Table, runs: &[u32], into: u32) -> Result<u64, IndexFault> {
    let mut cursors = runs
        .iter()
        .map(|run| Cursor::new(tree, table, *run, &[]))
        .collect::<Result<Vec<_>, _>>()?;
    let mut writer = Writer::new(tree, table, into);
    // Cursors by the row they stand at, the lowest last.
    let mut order: Vec<usize> = (0..cursors.len())
        .filter(|at| cursors[*at].row().is_some())
        .collect();
    order.sort_by(|a, b| cursors[*b].row().cmp(&cursors[*a].row()));
    let mut last = Vec::new();
    while let Some(least) = order.pop() {
        if let Some(row) = cursors[least].row()
            && row != last
        {
            writer.push(row)?;
            last.clear();
            last.extend_from_slice(row);
        }
        cursors[least].advance()?;
        if let Some(row) = cursors[least].row() {
            let at = order.partition_point(|other| cursors[*other].row() > Some(row));
            order.insert(at, least);
        }
    }
    writer.finish()
}
