//! A bundle: one file that proves, without a connection, who stated a record, in which log it stands, and by whom
//! its author is accredited.
//!
//! ```json
//! {"erikti": "bundle/1",
//!  "logs": [{"checkpoint": "<signed note>",
//!            "entries": [{"index": 0, "path": ["<hex>", …], "record": {…}}, …]},
//!           {"pinned": "<origin>", "entries": […]}, …],
//!  "proof": "<tlog-proof>",
//!  "record": {…}}
//! ```
//!
//! Shape    RFC 8785 text, no other members. `proof` is a C2SP `tlog-proof` of the record, with no `extra`, whose
//!          checkpoint is that of the record's log. `logs` holds control entries, each with its inclusion path from
//!          the leaf's sibling up: for every log entry 0 and the key changes, for accreditors every version of the
//!          accreditation, for the record's organisation erasures of the record if there are any. Logs are in the
//!          order of their origins, entries in the order of their indices. A log that another log of the file
//!          continues has no checkpoint: its head is what the successor's entry 0 pins.
//! Limits   [`BUNDLE_BYTES_MAX`], [`ENTRIES_MAX`]; a checkpoint carries its log's own signature and no other line
//!
//! Every byte of the file is either fixed by the form, or hashed into a tree whose head is signed, or part of that
//! signature: so a file with one changed byte is refused.
//!
//! What it cannot prove is absence: that no key was changed, nothing revoked or erased **after** the sizes that
//! [`Verdict::as_of`] names, or that its maker left nothing out. And it proves standing only to whoever names a
//! root.

mod check;
mod fault;
mod file;
mod make;

use std::collections::BTreeSet;

use crate::id::{OrgId, Origin, RecordId};
use crate::json::DEPTH_MAX;
use crate::key::PublicKey;
use crate::kind::Role;
use crate::time::Date;
use crate::trust::Link;

pub use fault::BundleFault;
pub use make::{Evidence, MakeFault, make};

/// Bytes of a bundle: 64 records of the greatest size, or some 2,000 of the usual one with their paths.
pub const BUNDLE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Control entries in a bundle: a signature each, 35 µs, so at most 0.15 s of checking.
pub const ENTRIES_MAX: usize = 4_096;
/// Logs in a bundle: a chain of seven organisations with ten logs each is far below.
pub const LOGS_MAX: usize = 256;
/// Depth of a bundle: file, `logs`, log, `entries`, entry, and a record in it.
const BUNDLE_DEPTH_MAX: usize = 5 + DEPTH_MAX;

/// What a file proves, and everything that is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What the record says of itself, where there is a record.
    pub stated: Option<Stated>,
    /// Whether the record's own proof holds: this key signed these bytes.
    pub signed: bool,
    /// The organisation whose log holds the record, proved.
    pub organisation: Option<OrgId>,
    /// Where the record stands, proved.
    pub logged: Option<Logged>,
    /// How the organisation stands, proved against the roots named.
    pub standing: Option<Stands>,
    /// Logs that were proved up to a size; nothing is known of what they say after it.
    pub as_of: Vec<(Origin, u64)>,
    /// Everything that is wrong.
    pub faults: Vec<BundleFault>,
}

/// What a record says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The key that it names as its issuer.
    pub issuer: PublicKey,
    /// What the issuer calls itself: outside text.
    pub issuer_name: String,
    /// The organisation it says to be.
    pub organisation: Option<OrgId>,
    /// The kind's name.
    pub kind: String,
    /// The thing it is about.
    pub id: RecordId,
    /// Which state of it.
    pub version: u64,
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The log.
    pub origin: Origin,
    /// The entry.
    pub index: u64,
    /// Entries of the tree that proves it: no key change is known as of this size.
    pub size: u64,
}

/// How an organisation stands, seen from the roots that were named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Accreditations between it and the root.
    pub depth: u8,
    /// Its roles, as far as the bundle proves them.
    pub roles: BTreeSet<Role>,
    /// The accreditations, the root's first.
    pub chain: Vec<Link>,
    /// The day it was judged for.
    pub on: Date,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn ok(&self) -> bool {
        self.faults.is_empty() && self.signed
    }

    fn refused(fault: BundleFault) -> Self {
        Self {
            faults: vec![fault],
            ..Self::default()
        }
    }
}

/// Judges a file: a bundle, or a record alone, of which only the signature can be said.
///
/// With `roots`, the record's organisation must stand on the day and may state its kind.
pub fn verify(bytes: &[u8], roots: &BTreeSet<OrgId>, on: Date) -> Verdict {
    // Every bundle begins with this member, since its name sorts first.
    if bytes.starts_with(file::BEGINS) {
        match file::File::read(bytes) {
            Ok(file) => check::judge(file, roots, on),
            Err(fault) => Verdict::refused(fault),
        }
    } else {
        check::judge_alone(bytes, roots)
    }
}
