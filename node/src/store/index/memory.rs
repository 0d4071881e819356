//! Rows in memory until enough have come together for a run.
//!
//! While many rows come nobody sorts them; whoever looks for one sorts what has come since, so the cost is that of
//! writing while records pour in, and that of a search in sorted rows while people ask.

use std::sync::Arc;

/// Rows that may stand unsorted when somebody looks: reading so many costs microseconds, sorting all the others in
/// memory again with them a millisecond.
const LOOSE_MAX: usize = 1_024;

/// Rows of one table.
#[derive(Clone, Debug)]
pub(super) struct Memory<const WIDTH: usize> {
    /// What is being written as a run, sorted, each once.
    handed_out: Arc<Vec<[u8; WIDTH]>>,
    /// What came since.
    rows: Vec<[u8; WIDTH]>,
    /// How many of those are sorted.
    sorted: usize,
}

impl<const WIDTH: usize> Default for Memory<WIDTH> {
    fn default() -> Self {
        Self {
            handed_out: Arc::default(),
            rows: Vec::new(),
            sorted: 0,
        }
    }
}

impl<const WIDTH: usize> Memory<WIDTH> {
    pub(super) fn push(&mut self, row: [u8; WIDTH]) {
        self.rows.push(row);
    }

    /// Whether few enough rows stand unsorted.
    pub(super) fn is_sorted(&self) -> bool {
        self.rows.len() - self.sorted <= LOOSE_MAX
    }

    pub(super) fn sort(&mut self) {
        // The sorted rows are one stretch, which this sort merges rather than sorts.
        self.rows.sort();
        self.sorted = self.rows.len();
    }

    /// The sorted rows that begin with this, in two stretches.
    pub(super) fn sorted(&self, with: &[u8]) -> [&[[u8; WIDTH]]; 2] {
        [self.handed_out.as_slice(), &self.rows[..self.sorted]].map(|rows| {
            let begin = rows.partition_point(|row| &row[..with.len()] < with);
            let length = rows[begin..].partition_point(|row| row.starts_with(with));
            &rows[begin..begin + length]
        })
    }

    /// The others that begin with it.
    pub(super) fn loose(&self, with: &[u8]) -> impl Iterator<Item = [u8; WIDTH]> {
        let loose = self.rows[self.sorted..].iter();
        loose.filter(move |row| row.starts_with(with)).copied()
    }

    /// Hands out all rows to be written, sorted, each once. Until they are, they are found here.
    pub(super) fn hand_out(&mut self) -> Arc<Vec<[u8; WIDTH]>> {
        // Those that could not be written the last time come first.
        let mut rows = std::mem::take(&mut self.rows);
        rows.extend_from_slice(&self.handed_out);
        rows.sort();
        rows.dedup();
        self.sorted = 0;
        self.handed_out = Arc::new(rows);
        Arc::clone(&self.handed_out)
    }

    /// What was handed out is written.
    pub(super) fn drop_handed_out(&mut self) {
        self.handed_out = Arc::default();
    }

    /// Removes rows.
    pub(super) fn retain(&mut self, keep: impl Fn(&[u8; WIDTH]) -> bool) {
        self.sorted = self.rows[..self.sorted]
            .iter()
            .filter(|row| keep(row))
            .count();
        self.rows.retain(&keep);
        if !self.handed_out.iter().all(&keep) {
            Arc::make_mut(&mut self.handed_out).retain(&keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(memory: &Memory<4>, with: &[u8]) -> Vec<[u8; 4]> {
        let stretches = memory.sorted(with);
        assert!(stretches.iter().all(|rows| rows.is_sorted()));
        let mut found = stretches.concat();
        found.extend(memory.loose(with));
        found.sort_unstable();
        found
    }

    #[test]
    fn rows_are_found_wherever_they_stand() {
        let mut memory = Memory::<4>::default();
        let row = |n: u32| (n.wrapping_mul(2_654_435_761) >> 8).to_be_bytes();
        let mut all: Vec<[u8; 4]> = Vec::new();
        for n in 0..4_000 {
            memory.push(row(n));
            all.push(row(n));
            if n == 1_000 {
                memory.hand_out();
            }
            if n == 2_500 {
                assert!(!memory.is_sorted());
                memory.sort();
            }
        }
        all.sort_unstable();
        assert_eq!(found(&memory, &[]), all);
        let begins = |byte: u8| -> Vec<[u8; 4]> {
            all.iter().filter(|row| row[1] == byte).copied().collect()
        };
        assert!(!begins(7).is_empty());
        for byte in [0, 7, 255] {
            assert_eq!(found(&memory, &[0, byte]), begins(byte));
        }
        memory.retain(|row| row[1] != 7);
        assert_eq!(found(&memory, &[0, 7]), Vec::<[u8; 4]>::new());
        assert_eq!(found(&memory, &[0, 8]), begins(8));
        let left = memory.hand_out();
        assert!(left.is_sorted());
        assert_eq!(left.len(), all.len() - begins(7).len());
        memory.drop_handed_out();
        assert_eq!(found(&memory, &[]), Vec::<[u8; 4]>::new());
    }
}
