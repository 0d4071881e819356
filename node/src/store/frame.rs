//! Frames: how one log entry, with its record or without, lies in a segment.
//!
//! Judges bytes by their checksums only; whether a body is the record its digest names is for the reader.

use erikti_protocol::codec::Codec;
use erikti_protocol::hash::Hash;
use erikti_protocol::log::{Class, Entry};
use erikti_protocol::record::ReadersClass;

use super::{Frame, Status};

/// Bytes before a frame's body.
pub(super) const HEADER_BYTES: usize = 64;
/// The longest stored body: a record of 64 KiB that does not compress, and what a codec may add to it.
pub const STORED_BYTES_MAX: usize = 64 * 1024 + 1024;
/// First bytes of the origin's hash that each frame repeats, so that a frame of another log is told apart.
pub(super) const TAG_BYTES: usize = 4;

/// A frame's header as read, checksum already compared.
///
/// Shape    crc32c of the rest 4 ‖ origin hash 4 ‖ index 8 ‖ digest 32 ‖ stored length 4 ‖ plain length 4 ‖
///          crc32c of the body 4 ‖ class 1 ‖ readers 1 ‖ codec 1 ‖ status 1, integers little-endian;
///          an `erased` frame has the erasure's index in place of plain length and body checksum
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) index: u64,
    pub(super) class: Class,
    pub(super) digest: Hash,
    pub(super) status: Status,
    pub(super) readers: ReadersClass,
    pub(super) codec: Codec,
    pub(super) stored_len: u32,
    pub(super) plain_len: u32,
    pub(super) body_crc: u32,
}

impl Header {
    /// Describes `frame` as entry `index`.
    pub(super) fn of(index: u64, frame: &Frame<'_>) -> Self {
        Self {
            index,
            class: frame.class,
            digest: frame.digest,
            status: frame.status,
            readers: frame.readers,
            codec: frame.codec,
            stored_len: u32::try_from(frame.stored.len()).unwrap_or(u32::MAX),
            plain_len: frame.plain_len,
            body_crc: crc32c::crc32c(frame.stored),
        }
    }

    /// What the log hashes of it.
    pub(super) fn entry(&self) -> Entry {
        Entry {
            class: self.class,
            digest: self.digest,
        }
    }

    /// Bytes of the whole frame.
    pub(super) fn frame_bytes(&self) -> usize {
        HEADER_BYTES + self.stored_len as usize
    }

    /// Writes the 64 bytes.
    pub(super) fn format(&self, tag: [u8; TAG_BYTES]) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[4..8].copy_from_slice(&tag);
        bytes[8..16].copy_from_slice(&self.index.to_le_bytes());
        bytes[16..48].copy_from_slice(self.digest.as_bytes());
        bytes[48..52].copy_from_slice(&self.stored_len.to_le_bytes());
        if let Status::Erased { by } = self.status {
            bytes[52..60].copy_from_slice(&by.to_le_bytes());
        } else {
            bytes[52..56].copy_from_slice(&self.plain_len.to_le_bytes());
            bytes[56..60].copy_from_slice(&self.body_crc.to_le_bytes());
        }
        bytes[60] = self.class as u8;
        bytes[61] = self.readers as u8;
        bytes[62] = self.codec as u8;
        bytes[63] = status_code(self.status);
        let crc = crc32c::crc32c(&bytes[4..]);
        bytes[..4].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the 64 bytes at the start of `bytes`, or `None` when they are not a whole, unharmed header of this log.
    pub(super) fn parse(tag: [u8; TAG_BYTES], bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER_BYTES] = bytes.get(..HEADER_BYTES)?.try_into().ok()?;
        if bytes[4..8] != tag || crc32c::crc32c(&bytes[4..]) != u32_at(bytes, 0) {
            return None;
        }
        let stored_len = u32_at(bytes, 48);
        let mut header = Self {
            index: u64_at(bytes, 8),
            class: Class::from_byte(bytes[60])?,
            digest: Hash::from_slice(&bytes[16..48])?,
            status: Status::Present,
            readers: ReadersClass::from_byte(bytes[61])?,
            codec: Codec::from_byte(bytes[62])?,
            stored_len,
            plain_len: u32_at(bytes, 52),
            body_crc: u32_at(bytes, 56),
        };
        header.status = match bytes[63] {
            1 => Status::Present,
            2 => Status::Absent,
            3 => {
                header.plain_len = 0;
                header.body_crc = 0;
                Status::Erased {
                    by: u64_at(bytes, 52),
                }
            }
            4 => Status::Bad,
            5 => Status::Foreign,
            _ => return None,
        };
        (stored_len as usize <= STORED_BYTES_MAX).then_some(header)
    }

    /// Whether `body` is what was written after this header.
    pub(super) fn fits(&self, body: &[u8]) -> bool {
        body.len() == self.stored_len as usize
            && (body.is_empty() || crc32c::crc32c(body) == self.body_crc)
    }
}

const fn status_code(status: Status) -> u8 {
    match status {
        Status::Present => 1,
        Status::Absent => 2,
        Status::Erased { .. } => 3,
        Status::Bad => 4,
        Status::Foreign => 5,
        // Found, never written: a header with this code would not be read back.
        Status::Damaged => 0,
    }
}

/// Reads a little-endian integer at `at` of a slice known to be long enough.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Reads a little-endian integer at `at` of a slice known to be long enough.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// Where a frame lies.
///
/// Shape    one u64: segment 15 bits ‖ offset 32 bits ‖ length 17 bits; 0 is nowhere
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) segment: u32,
    pub(super) offset: u32,
    pub(super) length: u32,
}

impl Spot {
    /// Segments of one log, at most: 2^15, so 2 TiB of journal.
    pub(super) const SEGMENTS_MAX: u32 = 1 << 15;

    pub(super) const fn pack(self) -> u64 {
        (self.segment as u64) << 49 | (self.offset as u64) << 17 | self.length as u64
    }

    pub(super) const fn unpack(word: u64) -> Option<Self> {
        if word == 0 {
            return None;
        }
        Some(Self {
            segment: (word >> 49) as u32,
            offset: (word >> 17) as u32,
            length: (word & 0x1_ffff) as u32,
        })
    }
}

/// Bytes before the contents of every file of the store but the frontier.
pub(super) const HEAD_BYTES: usize = 64;
/// The version of all of the store's own file formats.
const FORMAT: u8 = 1;

/// What a file of the journal holds; the letter stands in its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Frames = b'S' as isize,
    Offsets = b'O' as isize,
    Packages = b'P' as isize,
    Control = b'C' as isize,
    Fills = b'F' as isize,
    Marks = b'M' as isize,
}

/// Makes a file's head: `erikti`, version, letter, number, origin hash, crc32c.
pub(super) fn head(holds: Holds, number: u32, origin: &Hash) -> [u8; HEAD_BYTES] {
    let mut bytes = [0; HEAD_BYTES];
    bytes[..6].copy_from_slice(b"erikti");
    bytes[6] = FORMAT;
    bytes[7] = holds as u8;
    bytes[8..12].copy_from_slice(&number.to_le_bytes());
    bytes[16..48].copy_from_slice(origin.as_bytes());
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: [u8; 4] = *b"tag!";

    fn frame(stored: &[u8], status: Status) -> Frame<'_> {
        Frame {
            class: Class::Record,
            digest: Hash::of(b"record"),
            status,
            readers: ReadersClass::Listed,
            codec: Codec::Zstd1,
            plain_len: 1_500,
            stored,
        }
    }

    #[test]
    fn headers_round_trip_and_one_changed_bit_is_noticed() {
        for status in [
            Status::Present,
            Status::Bad,
            Status::Foreign,
            Status::Absent,
        ] {
            let header = Header::of(7, &frame(b"body", status));
            let bytes = header.format(TAG);
            assert_eq!(Header::parse(TAG, &bytes), Some(header));
            for bit in 0..HEADER_BYTES * 8 {
                let mut changed = bytes;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Header::parse(TAG, &changed), None, "bit {bit}");
            }
        }
        let erased = Header::parse(
            TAG,
            &Header::of(7, &frame(b"", Status::Erased { by: u64::MAX })).format(TAG),
        );
        assert_eq!(
            erased.map(|header| header.status),
            Some(Status::Erased { by: u64::MAX })
        );
        assert_eq!(Header::parse(TAG, &[0; HEADER_BYTES]), None);
        assert_eq!(
            Header::parse(
                *b"othr",
                &Header::of(7, &frame(b"", Status::Absent)).format(TAG)
            ),
            None
        );
    }

    #[test]
    fn the_longest_body_is_read_and_one_byte_more_is_not() {
        let body = vec![1; STORED_BYTES_MAX + 1];
        let parse = |len: usize| {
            Header::parse(
                TAG,
                &Header::of(0, &frame(&body[..len], Status::Present)).format(TAG),
            )
        };
        assert!(parse(STORED_BYTES_MAX).is_some());
        assert!(parse(STORED_BYTES_MAX + 1).is_none());
        let longest = (HEADER_BYTES + STORED_BYTES_MAX) as u32;
        let spot = Spot {
            segment: Spot::SEGMENTS_MAX - 1,
            offset: u32::MAX,
            length: longest,
        };
        assert_eq!(Spot::unpack(spot.pack()), Some(spot));
    }
}
