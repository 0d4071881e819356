//! Packages: up to 256 entries of a log with their records, written by the server and opened by the reader.
//!
//! ```text
//! body    = entry…                          one for each place that was asked for, in order
//! entry   = tag ‖ rest
//! tag     = one byte: bits 0–2 status, bit 3 class, bits 4–7 codec
//! present = tag ‖ varint n ‖ n bytes        status 0: the record, packed with the codec
//! absent  = tag ‖ digest                    status 1: not held, or not yours
//! erased  = tag ‖ digest ‖ varint e         status 2: e − 1 is the erasure's index in this log; 0: in a later log
//! bad     = tag ‖ digest                    status 3: held once, and it broke the record profile
//! later   = tag ‖ digest                    status 4: held, left out because the body was full; only later follow
//! ```
//!
//! A present record costs three or four bytes beside its own: its digest is computed, never sent.
//! Opening judges bytes and records; it decides nothing about logs, peers or standing.

use super::fetch::BODY_BYTES_MAX;
use super::varint;
use crate::codec::Codec;
use crate::hash::Hash;
use crate::json::RECORD_BYTES_MAX;
use crate::key::PublicKey;
use crate::log::{Class, Entry};
use crate::record::{ReadersClass, Verified};

mod open;

pub use open::{Opener, PackageFault, Terms};

/// Bytes of a packed record, at most: a record, and what zstd adds to bytes that do not shrink.
pub const STORED_BYTES_MAX: usize = RECORD_BYTES_MAX + 1024;
/// Bytes of an entry without its record, at most: tag, digest, varint.
const BARE_BYTES_MAX: usize = 1 + Hash::LEN + varint::BYTES_MAX;
/// Bytes of a varint that tells a packed record's length, at most: 66,560 < 2^21.
const LENGTH_BYTES_MAX: usize = 3;

const PRESENT: u8 = 0;
const ABSENT: u8 = 1;
const ERASED: u8 = 2;
const BAD: u8 = 3;
const LATER: u8 = 4;

/// What a server has of an entry, for the peer that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served<'a> {
    /// The record, packed with a codec that the request allows.
    Present {
        /// The codec.
        codec: Codec,
        /// The packed bytes.
        stored: &'a [u8],
    },
    /// Not held, or not for this peer: one answer for both. Never for a control entry.
    Absent,
    /// Destroyed on its organisation's demand.
    Erased {
        /// The erasure's index, when it stands in the same log.
        by: Option<u64>,
    },
    /// The record broke the profile; its bytes were dropped.
    Bad,
}

/// Writes a package's body for a peer.
#[derive(Debug)]
pub struct Writer {
    body: Vec<u8>,
    /// Entries that are still to come.
    left: usize,
    full: bool,
}

impl Writer {
    /// Begins the body of an answer with `count` entries, at most 256.
    pub fn new(count: usize) -> Self {
        Self {
            body: Vec::with_capacity(count * 400),
            left: count,
            full: false,
        }
    }

    /// Writes the next entry; leaves its record out once the body is full.
    pub fn entry(&mut self, entry: &Entry, served: Served<'_>) {
        self.left = self.left.saturating_sub(1);
        let tag = |status, codec: u8| status | entry.class.byte() << 3 | codec << 4;
        if let Served::Present { stored, .. } = served {
            let room = BODY_BYTES_MAX - (self.left * BARE_BYTES_MAX).min(BODY_BYTES_MAX);
            self.full |= self.body.len() + 1 + LENGTH_BYTES_MAX + stored.len() > room;
        }
        if self.full {
            return self.bare(tag(LATER, 0), &entry.digest);
        }
        match served {
            Served::Present { codec, stored } => {
                self.body.push(tag(PRESENT, codec as u8));
                varint::write(stored.len() as u64, &mut self.body);
                self.body.extend_from_slice(stored);
            }
            Served::Absent => self.bare(tag(ABSENT, 0), &entry.digest),
            Served::Erased { by } => {
                self.bare(tag(ERASED, 0), &entry.digest);
                varint::write(by.map_or(0, |index| index + 1), &mut self.body);
            }
            Served::Bad => self.bare(tag(BAD, 0), &entry.digest),
        }
    }

    fn bare(&mut self, tag: u8, digest: &Hash) {
        self.body.push(tag);
        self.body.extend_from_slice(digest.as_bytes());
    }

    /// Whether the body is full: no further record will be taken, so none need be read.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// The body, at most [`BODY_BYTES_MAX`] bytes.
    pub fn finish(self) -> Vec<u8> {
        self.body
    }
}

/// What a package must turn out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Which package of the log.
    pub package: u64,
    /// The entries that were asked for, as places in the package.
    pub places: Vec<u16>,
    /// What their hashes are compared with.
    pub check: Check,
}

/// What an answer's hashes are compared with while it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// All 256 leaves together: the package's hash, from a tile of level 1.
    Package(Hash),
    /// Leaf by leaf.
    Leaves(Vec<Hash>),
    /// Nothing yet: the exchange compares the root once all packages of a small pull are there.
    Root,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The record is there and has the form of one. Its proof was checked if it is a control record, otherwise not yet.
    Present {
        /// Who may read it.
        readers: ReadersClass,
    },
    /// The server does not hold it, or not for us, or says that it is bad: to be asked for elsewhere.
    Absent,
    /// The server says that it was erased. Believed once the erasure itself is known; until then it is absent.
    Erased {
        /// The erasure's index, when it stands in the same log.
        by: Option<u64>,
    },
    /// The author logged what is no record, or under the wrong class, or a control record whose proof fails.
    /// Kept: the digest, and the bytes of control entries only, so that everybody can see it for themselves.
    Bad,
}

/// One entry of an opened package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedEntry {
    /// Index in the log.
    pub index: u64,
    /// Class and digest, which make the leaf.
    pub entry: Entry,
    /// What became of it.
    pub status: Status,
    /// How the bytes are packed.
    pub codec: Codec,
    /// Bytes of the record when unpacked; 0 without bytes.
    pub plain_bytes: u32,
    stored: (u32, u32),
}

/// A package that was opened: hashed, and compared where the [`Check`] allowed it.
#[derive(Debug)]
pub struct Opened {
    /// Which package of the log.
    pub package: u64,
    /// The entries, up to the first that the server left for later.
    pub entries: Vec<OpenedEntry>,
    /// Leaves of all entries that were asked for, those left for later included.
    pub leaves: Vec<Hash>,
    /// Places of the entries that were left for later.
    pub later: Vec<u16>,
    /// The control records, verified, with their indices.
    pub controls: Vec<(u64, Verified)>,
    /// Who signed: each key with the index of the first present entry from which on it signed, until the next one.
    pub issuers: Vec<(u64, PublicKey)>,
    /// Entries that the server called bad, which is believed only after seeing the bytes.
    pub called_bad: u32,
    body: Vec<u8>,
}

impl Opened {
    /// The packed bytes of an entry; empty where there are none.
    pub fn stored(&self, entry: &OpenedEntry) -> &[u8] {
        &self.body[entry.stored.0 as usize..entry.stored.1 as usize]
    }

    /// Index of the first entry, or `None` when there is none.
    pub fn first(&self) -> Option<u64> {
        self.entries.first().map(|entry| entry.index)
    }

    /// Makes every record but the control records absent: for logs of which nothing else is wanted.
    pub fn drop_records(&mut self) {
        for entry in &mut self.entries {
            if entry.entry.class == Class::Record && entry.status != Status::Bad {
                entry.status = Status::Absent;
                entry.codec = Codec::None;
                entry.plain_bytes = 0;
                entry.stored = (0, 0);
            }
        }
    }

    /// Bytes that this package keeps in memory, nearly.
    pub fn size_bytes(&self) -> usize {
        self.body.len() + self.entries.len() * size_of::<OpenedEntry>()
    }
}
