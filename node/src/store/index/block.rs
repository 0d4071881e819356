//! Blocks: sorted rows of one width, each written as what differs from the one before.
//!
//! Shape    rows u16 big-endian ‖ first row ‖ per further row: bytes shared with the one before u8 ‖ one bit for each
//!          byte after those, set where it differs, in whole bytes ‖ the bytes that differ

/// Encoded bytes after which a block is closed. One entry of the database costs as much as the block itself does
/// when it is smaller, and reading one row means reading its block.
pub(super) const BLOCK_BYTES: usize = 3 * 1024;
/// Rows of a block at most: 3 KiB of rows that differ in one byte, twice over.
const BLOCK_ROWS_MAX: usize = 4096;

/// Writes blocks from rows in ascending order.
#[derive(Debug)]
pub(super) struct Packer {
    width: usize,
    first: Vec<u8>,
    last: Vec<u8>,
    rows: u16,
    bytes: Vec<u8>,
}

impl Packer {
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            first: Vec::new(),
            last: Vec::new(),
            rows: 0,
            bytes: Vec::new(),
        }
    }

    /// Adds a row; returns a block, with its first row, when this row begins another one.
    pub(super) fn push(&mut self, row: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        // A row that differs everywhere needs a bit more than a byte for each of its bytes.
        let full = self.bytes.len() + 2 + self.width + self.width / 8 >= BLOCK_BYTES
            || usize::from(self.rows) >= BLOCK_ROWS_MAX;
        let closed = match full {
            true => self.close(),
            false => None,
        };
        if self.rows == 0 {
            self.first = row.to_vec();
            self.bytes.extend([0, 0]);
            self.bytes.extend_from_slice(row);
        } else {
            let shared = shared(&self.last, row);
            // A row is shorter than 256 bytes.
            self.bytes.push(shared as u8);
            let bits = self.bytes.len();
            self.bytes
                .resize(bits + (self.width - shared).div_ceil(8), 0);
            for (at, (before, byte)) in self.last[shared..].iter().zip(&row[shared..]).enumerate() {
                if before != byte {
                    self.bytes[bits + at / 8] |= 1 << (at % 8);
                    self.bytes.push(*byte);
                }
            }
        }
        self.last.clear();
        self.last.extend_from_slice(row);
        self.rows += 1;
        closed
    }

    /// Ends the block under way.
    pub(super) fn close(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        if self.rows == 0 {
            return None;
        }
        self.bytes[..2].copy_from_slice(&self.rows.to_be_bytes());
        self.rows = 0;
        Some((
            std::mem::take(&mut self.first),
            std::mem::replace(&mut self.bytes, Vec::with_capacity(BLOCK_BYTES)),
        ))
    }
}

/// Unpacks a block into `rows`, one after the other; `None` when it is none.
pub(super) fn unpack(width: usize, block: &[u8], rows: &mut Vec<u8>) -> Option<()> {
    rows.clear();
    let (count, mut rest) = block.split_first_chunk::<2>()?;
    let count = usize::from(u16::from_be_bytes(*count));
    rows.extend_from_slice(rest.get(..width)?);
    rest = &rest[width..];
    for _ in 1..count {
        let (shared, tail) = rest.split_first()?;
        let shared = usize::from(*shared);
        let own = width.checked_sub(shared)?;
        let (bits, mut changed) = tail.split_at_checked(own.div_ceil(8))?;
        let before = rows.len() - width;
        rows.extend_from_within(before..);
        let row = &mut rows[before + width + shared..];
        for (at, bits) in bits.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let (byte, left) = changed.split_first()?;
                *row.get_mut(at * 8 + bits.trailing_zeros() as usize)? = *byte;
                changed = left;
                bits &= bits - 1;
            }
        }
        rest = changed;
    }
    (count > 0 && rest.is_empty()).then_some(())
}

fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_round_trip_through_blocks_of_bounded_size() {
        let rows: Vec<[u8; 8]> = (0_u64..10_000)
            .map(|row| (row * row).to_be_bytes())
            .collect();
        let mut packer = Packer::new(8);
        let mut blocks: Vec<_> = rows.iter().filter_map(|row| packer.push(row)).collect();
        blocks.extend(packer.close());
        assert!(blocks.len() > 2);
        let (mut found, mut unpacked) = (Vec::new(), Vec::new());
        for (first, block) in &blocks {
            assert!(block.len() <= BLOCK_BYTES);
            unpack(8, block, &mut unpacked).expect("a block");
            assert_eq!(&unpacked[..8], first);
            found.extend_from_slice(&unpacked);
        }
        assert_eq!(found, rows.concat());
    }

    #[test]
    fn a_block_that_was_cut_or_lengthened_is_refused() {
        let mut packer = Packer::new(8);
        for row in 0_u64..9 {
            assert_eq!(packer.push(&row.to_be_bytes()), None);
        }
        let (_, block) = packer.close().expect("nine rows");
        let mut rows = Vec::new();
        for length in 0..block.len() {
            assert_eq!(unpack(8, &block[..length], &mut rows), None, "{length}");
        }
        assert_eq!(unpack(8, &[&block[..], &[0]].concat(), &mut rows), None);
        assert_eq!(packer.close(), None);
    }
}
