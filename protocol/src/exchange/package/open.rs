//! Opening a package: unpack, hash, read, compare.

use super::super::varint;
use super::{
    BAD, Check, ERASED, LATER, Opened, OpenedEntry, PRESENT, STORED_BYTES_MAX, Status, Want,
};
use crate::codec::{Codec, Decoder};
use crate::hash::Hash;
use crate::json::RECORD_BYTES_MAX;
use crate::log::{Class, Entry, PACKAGE_ENTRIES, tree};
use crate::record::{Record, RecordRef};

/// Unpacked bytes that are hashed and read together: what stays in a core's own cache.
const GROUP_BYTES: usize = 128 * 1024;

/// Why a package is refused. Always the server's fault, never the author's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageFault {
    /// The body ends too early, or a length is no varint.
    #[error("the package is cut short or garbled at byte {at}")]
    Garbled {
        /// Where, in the body.
        at: usize,
    },
    /// Bytes are left over after the last entry.
    #[error("the package has {found} bytes after its last entry")]
    Trailing {
        /// How many.
        found: usize,
    },
    /// A tag says what no tag may say.
    #[error("the tag of entry {place} is {found:#04x}, which has no meaning here")]
    Tag {
        /// The entry's place in the package.
        place: u16,
        /// The tag.
        found: u8,
    },
    /// A record is longer than any record.
    #[error("entry {place} has {found} packed bytes, at most {STORED_BYTES_MAX} are allowed")]
    TooLong {
        /// The entry's place in the package.
        place: u16,
        /// The length.
        found: u64,
    },
    /// A record cannot be unpacked.
    #[error("entry {place} cannot be unpacked")]
    Packing {
        /// The entry's place in the package.
        place: u16,
    },
    /// A control record is missing; they are public and never erased.
    #[error("entry {place} is a control entry without its record")]
    Withheld {
        /// The entry's place in the package.
        place: u16,
    },
    /// Not one entry came.
    #[error("the answer leaves every entry for later")]
    NoProgress,
    /// The hash of the whole package differs.
    #[error("the package's hash is {found}, expected {expected}")]
    Package {
        /// What the entries hash to.
        found: Hash,
        /// What the tile says.
        expected: Hash,
    },
    /// The hash of an entry differs.
    #[error("the leaf of entry {place} differs")]
    Leaf {
        /// The entry's place in the package.
        place: u16,
    },
}

/// Opens packages. One for each thread: keeps the unpacking context and its buffers.
#[derive(Debug)]
pub struct Opener {
    decoder: Decoder,
    /// Unpacked records that wait to be hashed and read.
    plain: Vec<u8>,
    waiting: Vec<Waiting>,
}

/// A record that was unpacked and not yet read.
#[derive(Debug)]
struct Waiting {
    /// Which of the opened entries it is.
    slot: usize,
    end: usize,
}

/// Takes what an index needs from a present record: its index in the log and the record.
///
/// It is called before the package's hash is compared: when opening fails, forget what was taken.
pub type Terms<'a> = dyn FnMut(u64, &RecordRef<'_>) + 'a;

impl Opener {
    /// Makes an opener with an unpacking context of its own.
    pub fn new(decoder: Decoder) -> Self {
        Self {
            decoder,
            plain: Vec::with_capacity(GROUP_BYTES + RECORD_BYTES_MAX),
            waiting: Vec::new(),
        }
    }

    /// Unpacks, hashes and reads every record of a package, and compares with what is wanted.
    ///
    /// Errors   [`PackageFault`], which blames the server. A record that is no record is [`Status::Bad`], which blames
    ///          its author.
    pub fn open(
        &mut self,
        body: Vec<u8>,
        want: &Want,
        terms: &mut Terms<'_>,
    ) -> Result<Opened, PackageFault> {
        let count = want.places.len();
        let mut opened = Opened {
            package: want.package,
            entries: Vec::with_capacity(count),
            leaves: Vec::with_capacity(count),
            later: Vec::new(),
            controls: Vec::new(),
            issuers: Vec::new(),
            called_bad: 0,
            body: Vec::new(),
        };
        self.plain.clear();
        self.waiting.clear();
        let mut at = 0;
        for &place in &want.places {
            self.entry(&body, &mut at, place, &mut opened)?;
            if self.plain.len() >= GROUP_BYTES {
                self.read_waiting(&mut opened, terms);
            }
        }
        self.read_waiting(&mut opened, terms);
        if at != body.len() {
            return Err(PackageFault::Trailing {
                found: body.len() - at,
            });
        }
        if opened.entries.is_empty() {
            return Err(PackageFault::NoProgress);
        }
        compare(&opened.leaves, want)?;
        opened.body = body;
        Ok(opened)
    }

    /// Takes the next entry off the body; what is present is unpacked and waits.
    fn entry(
        &mut self,
        body: &[u8],
        at: &mut usize,
        place: u16,
        opened: &mut Opened,
    ) -> Result<(), PackageFault> {
        let index = opened.package * PACKAGE_ENTRIES + u64::from(place);
        let tag = take(body, at, 1)?[0];
        let unknown = PackageFault::Tag { place, found: tag };
        let class = Class::from_byte(tag >> 3 & 1).expect("one bit is one of two classes");
        let status = tag & 7;
        if status > LATER
            || status != PRESENT && tag >> 4 != 0
            || status != LATER && !opened.later.is_empty()
        {
            return Err(unknown);
        }
        let mut found = OpenedEntry {
            index,
            entry: Entry {
                class,
                digest: Hash::from_bytes([0; Hash::LEN]),
            },
            status: Status::Absent,
            codec: Codec::None,
            plain_bytes: 0,
            stored: (0, 0),
        };
        if status == PRESENT {
            found.codec = Codec::from_byte(tag >> 4).ok_or(unknown)?;
            let length = number(body, at)?;
            if length > STORED_BYTES_MAX as u64 {
                return Err(PackageFault::TooLong {
                    place,
                    found: length,
                });
            }
            let start = *at;
            let stored = take(body, at, length as usize)?;
            self.decoder
                .decode_as(found.codec, stored, &mut self.plain)
                .map_err(|_| PackageFault::Packing { place })?;
            self.waiting.push(Waiting {
                slot: opened.entries.len(),
                end: self.plain.len(),
            });
            found.stored = (start as u32, *at as u32);
            // Digest, leaf and status are filled in when the record is read.
            opened.leaves.push(found.entry.digest);
            opened.entries.push(found);
            return Ok(());
        }
        found.entry.digest = Hash::from_slice(take(body, at, Hash::LEN)?)
            .expect("as many bytes were taken as a digest has");
        opened.leaves.push(found.entry.leaf());
        if status == LATER {
            opened.later.push(place);
            return Ok(());
        }
        if class == Class::Control {
            return Err(PackageFault::Withheld { place });
        }
        opened.called_bad += u32::from(status == BAD);
        if status == ERASED {
            found.status = Status::Erased {
                by: number(body, at)?.checked_sub(1),
            };
        }
        opened.entries.push(found);
        Ok(())
    }

    /// Hashes all that waits, then reads all that waits: step by step, so that each step's code stays in the cache.
    fn read_waiting(&mut self, opened: &mut Opened, terms: &mut Terms<'_>) {
        let mut start = 0;
        for Waiting { slot, end } in &self.waiting {
            let entry = &mut opened.entries[*slot].entry;
            entry.digest = Hash::of(&self.plain[start..*end]);
            opened.leaves[*slot] = entry.leaf();
            start = *end;
        }
        start = 0;
        for Waiting { slot, end } in &self.waiting {
            let plain = &self.plain[start..*end];
            let (index, class) = (
                opened.entries[*slot].index,
                opened.entries[*slot].entry.class,
            );
            let status = judge(plain, index, class, opened, terms);
            let entry = &mut opened.entries[*slot];
            entry.status = status;
            entry.plain_bytes = plain.len() as u32;
            if status == Status::Bad && class == Class::Record {
                entry.codec = Codec::None;
                entry.plain_bytes = 0;
                entry.stored = (0, 0);
            }
            start = *end;
        }
        self.plain.clear();
        self.waiting.clear();
    }
}

/// Whether bytes are a record of the class that the log gave them; a control record's proof included.
fn judge(
    plain: &[u8],
    index: u64,
    class: Class,
    opened: &mut Opened,
    terms: &mut Terms<'_>,
) -> Status {
    let Ok(view) = Record::view(plain) else {
        return Status::Bad;
    };
    if view.class() != class {
        return Status::Bad;
    }
    if class == Class::Control {
        let verified = Record::parse(plain.to_vec()).and_then(Record::verify);
        let Ok(verified) = verified else {
            return Status::Bad;
        };
        opened.controls.push((index, verified));
    }
    let issuer = view.issuer();
    if opened.issuers.last().is_none_or(|(_, key)| *key != issuer) {
        opened.issuers.push((index, issuer));
    }
    terms(index, &view);
    Status::Present {
        readers: view.readers_class(),
    }
}

fn compare(leaves: &[Hash], want: &Want) -> Result<(), PackageFault> {
    match &want.check {
        Check::Root => Ok(()),
        Check::Package(expected) => {
            let found = tree::package_root(leaves);
            if found == Some(*expected) {
                return Ok(());
            }
            Err(PackageFault::Package {
                found: found.unwrap_or_else(tree::empty_root),
                expected: *expected,
            })
        }
        Check::Leaves(expected) => {
            for (at, place) in want.places.iter().enumerate() {
                if leaves.get(at) != expected.get(at) {
                    return Err(PackageFault::Leaf { place: *place });
                }
            }
            Ok(())
        }
    }
}

fn take<'a>(body: &'a [u8], at: &mut usize, length: usize) -> Result<&'a [u8], PackageFault> {
    let rest = body.get(*at..).unwrap_or_default();
    let found = rest
        .get(..length)
        .ok_or(PackageFault::Garbled { at: *at })?;
    *at += length;
    Ok(found)
}

fn number(body: &[u8], at: &mut usize) -> Result<u64, PackageFault> {
    let rest = body.get(*at..).unwrap_or_default();
    let (number, used) = varint::read(rest).map_err(|_| PackageFault::Garbled { at: *at })?;
    *at += used;
    Ok(number)
}
