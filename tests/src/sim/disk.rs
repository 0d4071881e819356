//! What a simulated node keeps: logs with their records, of which only the durable part survives a crash.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use erikti_protocol::codec::{Codec, Decoder, Encoder};
use erikti_protocol::exchange::package::{Opened, OpenedEntry, Served, Status, Writer};
use erikti_protocol::exchange::{
    Consistency, ConsistencyRequest, FetchRequest, Refusal, RefusalCode, message,
};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind;
use erikti_protocol::log::path::{consistency_proof, root_at};
use erikti_protocol::log::tile::Tile;
use erikti_protocol::log::{
    Checkpoint, Class, Compact, Entry, PACKAGE_ENTRIES, SignedCheckpoint, TreeFault, tree,
};
use erikti_protocol::record::{Draft, Issuer, Readers, Verified};
use erikti_protocol::time::Timestamp;

/// A record as it is stored: packed, and plain for peers that cannot unpack.
#[derive(Debug)]
pub(super) struct Body {
    packed: Vec<u8>,
    plain: Vec<u8>,
}

impl Body {
    fn of(plain: &[u8]) -> Arc<Self> {
        let mut packed = Vec::new();
        Encoder::new().encode(plain, &mut packed);
        Arc::new(Self {
            packed,
            plain: plain.to_vec(),
        })
    }
}

/// Records that logs are filled with, signed once for all runs.
static POOL: LazyLock<Vec<(Entry, Arc<Body>)>> = LazyLock::new(|| {
    (0..300)
        .map(|number| {
            let record = sign(
                "service",
                number,
                Some(OrgId::from_founding(Hash::of(b"pool"))),
            );
            let class = Class::Record;
            let digest = record.digest();
            (Entry { class, digest }, Body::of(record.bytes()))
        })
        .collect()
});

/// Where a record of the pool is.
static PLACES: LazyLock<BTreeMap<Hash, usize>> = LazyLock::new(|| {
    let pool = POOL.iter().enumerate();
    pool.map(|(number, (entry, _))| (entry.digest, number))
        .collect()
});

/// Signs a sample; the number makes it differ from the others.
pub fn sign(kind: &str, number: u64, organisation: Option<OrgId>) -> Verified {
    let kind = kind::by_name(kind).expect("the kind is registered");
    let at = Timestamp::parse("2026-11-22T06:33:00Z").expect("a time");
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    let draft = Draft {
        kind: kind.name.to_owned(),
        id: RecordId::v4(nonce),
        version: 1,
        valid_from: at,
        readers: Readers::Public,
        subject: (kind.sample)(),
        extra: serde_json::Map::new(),
    };
    let issuer = Issuer {
        key: &SecretKey::from_seed(&[8; 32]),
        name: "Sample",
        organisation,
    };
    draft.sign(&issuer, at, nonce).expect("the sample is sound")
}

/// One log on one node.
#[derive(Clone, Debug)]
pub struct StoredLog {
    /// Whose it is.
    pub organisation: OrgId,
    entries: Vec<(Entry, Option<Arc<Body>>)>,
    leaves: Vec<Hash>,
    packages: Vec<Hash>,
    /// Entries that survive a crash.
    pub durable: u64,
    /// What is shown.
    pub adopted: Option<SignedCheckpoint>,
    /// What is being pulled.
    pub pursued: Option<SignedCheckpoint>,
    /// Entries that only this node may read beside the issuer.
    readers: BTreeMap<u64, usize>,
}

impl StoredLog {
    pub(super) fn new(organisation: OrgId) -> Self {
        Self {
            organisation,
            entries: Vec::new(),
            leaves: Vec::new(),
            packages: Vec::new(),
            durable: 0,
            adopted: None,
            pursued: None,
            readers: BTreeMap::new(),
        }
    }

    /// A log with its founding record, whose digest names the organisation.
    pub(super) fn found(number: u64) -> Self {
        let record = sign("log", number, None);
        let organisation = OrgId::from_founding(record.digest());
        let mut log = Self::new(organisation);
        let entry = Entry {
            class: Class::Control,
            digest: record.digest(),
        };
        log.push(entry, Some(Body::of(record.bytes())));
        log.durable = 1;
        log
    }

    fn push(&mut self, entry: Entry, body: Option<Arc<Body>>) {
        self.leaves.push(entry.leaf());
        self.entries.push((entry, body));
        if self.leaves.len().is_multiple_of(PACKAGE_ENTRIES as usize) {
            let start = self.leaves.len() - PACKAGE_ENTRIES as usize;
            let root = tree::package_root(&self.leaves[start..]);
            self.packages.push(root.expect("256 leaves"));
        }
    }

    /// Appends records of the pool, beginning anywhere in it.
    pub(super) fn publish(&mut self, count: u64, from: u64, reader: Option<usize>) {
        for number in from..from + count {
            let (entry, body) = &POOL[number as usize % POOL.len()];
            if let Some(reader) = reader {
                self.readers.insert(self.size(), reader);
            }
            self.push(*entry, Some(body.clone()));
        }
        self.durable = self.size();
    }

    /// Signs what is there.
    pub(super) fn seal(&mut self, origin: &Origin, key: &SecretKey) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size: self.size(),
            root: self.root_at(self.size()),
        };
        let signed = checkpoint.sign(key).expect("the origin names this key");
        self.adopted = Some(signed.clone());
        signed
    }

    /// Entries.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn root_at(&self, size: u64) -> Hash {
        root_at(size, |level, index| self.hash_at(level, index)).expect("the log is that large")
    }

    pub(super) fn hash_at(&self, level: u8, index: u64) -> Result<Hash, TreeFault> {
        let cut = |all: &[Hash], range: std::ops::Range<u64>| {
            let found = all.get(range.start as usize..range.end as usize);
            Ok(found.unwrap_or_default().to_vec())
        };
        tree::hash_from(
            level,
            index,
            |range| cut(&self.leaves, range),
            |range| cut(&self.packages, range),
        )
    }

    pub(super) fn compact(&self) -> Compact {
        let hash_at = |level, index| self.hash_at(level, index);
        Compact::at::<TreeFault>(self.durable, hash_at).expect("the log is that large")
    }

    /// Drops what a crash drops.
    pub(super) fn crash(&mut self) {
        let durable = self.durable as usize;
        self.entries.truncate(durable);
        self.leaves.truncate(durable);
        self.packages.truncate(durable / PACKAGE_ENTRIES as usize);
    }

    /// Appends an opened package; panics when it does not follow on what is there.
    pub(super) fn append(&mut self, package: &Opened) {
        for entry in &package.entries {
            assert_eq!(entry.index, self.size(), "entries are appended in order");
            self.push(entry.entry, body_of(package, entry));
        }
    }

    /// Puts records beside entries that were absent.
    pub(super) fn fill(&mut self, package: &Opened) {
        for entry in &package.entries {
            let (held, body) = &mut self.entries[entry.index as usize];
            assert_eq!(*held, entry.entry, "a record is filled in where it belongs");
            if body.is_none() {
                *body = body_of(package, entry);
            }
        }
    }

    /// Entries below the adopted size whose records are absent.
    pub(super) fn missing(&self, from: u64, limit: usize) -> (Vec<(u64, Entry)>, Option<u64>) {
        let adopted = self.adopted.as_ref().map_or(0, SignedCheckpoint::size);
        let mut found = Vec::new();
        for index in from..adopted {
            let (entry, body) = &self.entries[index as usize];
            if body.is_none() {
                if found.len() == limit {
                    return (found, Some(index));
                }
                found.push((index, *entry));
            }
        }
        (found, None)
    }

    /// Entries without their records.
    pub fn absent(&self) -> usize {
        self.entries
            .iter()
            .filter(|(_, body)| body.is_none())
            .count()
    }

    /// Answers a fetch with header and body, or refuses it.
    pub(super) fn serve(&self, request: &FetchRequest, peer: usize) -> Result<Vec<u8>, Refusal> {
        let adopted = self.adopted.as_ref().map_or(0, SignedCheckpoint::size);
        if request.size > adopted {
            return Err(Refusal::new(RefusalCode::NotFound, "not that large here"));
        }
        if let Some(tile) = request.tile {
            let tile = Tile {
                level: tile.level,
                index: tile.index,
                width: tile.width,
            };
            let bytes = tile.bytes(|level, index| self.hash_at(level, index));
            return bytes.map_err(|_| Refusal::new(RefusalCode::NotFound, "no such tile"));
        }
        let places = request.places();
        let first = request.package.expect("no tile, so a package") * PACKAGE_ENTRIES;
        let packs = request.codec.as_deref() == Some(Codec::Zstd1.name());
        let mut writer = Writer::new(places.len());
        for place in places {
            let index = first + u64::from(place);
            let (entry, body) = &self.entries[index as usize];
            let readable = self
                .readers
                .get(&index)
                .is_none_or(|reader| *reader == peer);
            let served = match body.as_ref().filter(|_| readable) {
                Some(body) if packs => Served::Present {
                    codec: Codec::Zstd1,
                    stored: &body.packed,
                },
                Some(body) => Served::Present {
                    codec: Codec::None,
                    stored: &body.plain,
                },
                None => Served::Absent,
            };
            writer.entry(entry, served);
        }
        Ok(writer.finish())
    }

    pub(super) fn prove(&self, request: &ConsistencyRequest) -> Result<Vec<u8>, Refusal> {
        let adopted = self.adopted.as_ref().map_or(0, SignedCheckpoint::size);
        if request.to > adopted {
            return Err(Refusal::new(RefusalCode::NotFound, "not that large here"));
        }
        let hash_at = |level, index| self.hash_at(level, index);
        let hashes = consistency_proof::<TreeFault>(request.from, request.to, hash_at)
            .expect("the log is that large");
        let root = self.root_at(request.from);
        Ok(message::write(&Consistency { root, hashes }).expect("within bounds"))
    }
}

fn body_of(package: &Opened, entry: &OpenedEntry) -> Option<Arc<Body>> {
    if !matches!(entry.status, Status::Present { .. }) {
        return None;
    }
    if let Some(number) = PLACES.get(&entry.entry.digest) {
        return Some(POOL[*number].1.clone());
    }
    let mut plain = Vec::new();
    Decoder::new()
        .decode_as(entry.codec, package.stored(entry), &mut plain)
        .expect("what was opened unpacks");
    Some(Body::of(&plain))
}
