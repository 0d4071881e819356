//! The messages: one JSON object a frame, read strictly and within bounds.
//!
//! Unknown members are skipped, so that messages can grow; a known member of a wrong shape, twice, or out of bounds
//! refuses the whole message. What each message means stands in [the exchange's page](super).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::frame::FRAME_BYTES_MAX;
use super::refusal::Refusal;
use crate::hash::Hash;
use crate::id::{OrgId, Origin, is_network};
use crate::log::evidence::EVIDENCE_BYTES_MAX;
use crate::log::{PROOF_HASHES_MAX, SIZE_MAX};

/// The versions of the exchange that this code speaks.
pub const VERSIONS: [u32; 1] = [1];
/// The largest size of a log and cursor, so that every JSON reader keeps the number.
pub const NUMBER_MAX: u64 = SIZE_MAX;
/// Characters of `agent`, at most: a name and a version.
pub const AGENT_CHARS_MAX: usize = 64;
/// Versions and codecs in a hello, at most: far more than will ever live side by side.
pub const OFFERS_MAX: usize = 16;
/// Characters of a codec's name, at most.
pub const CODEC_CHARS_MAX: usize = 32;
/// Bytes of a checkpoint's signed note without cosignatures, at most: three lines of at most 91, 16 and 44 bytes,
/// one signature line of about 200, and room for keys of a later kind (ML-DSA-44: 3.3 KiB).
pub const NOTE_BYTES_MAX: usize = 4 * 1024;
/// Cosignatures with a head, at most: 16 lines of about 200 bytes are 3.2 KiB.
pub const COSIGNATURES_MAX: usize = 16;
/// Bytes of one cosignature's line, at most: as for the note.
pub const COSIGNATURE_BYTES_MAX: usize = 4 * 1024;
/// Heads in one frame, at most: 256 × ~600 bytes are 150 KiB; the frame's own bound holds as well.
pub const HEADS_MAX: usize = 256;
/// Bytes of an `add-checkpoint` body, at most: 63 hashes of 45 bytes, the first line, and a note.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = 8 * 1024;
/// Addresses in a join, at most.
pub const ADDRESSES_MAX: usize = 16;
/// Bytes of one address, at most.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// Characters of an organisation's name in a join, at most.
pub const NAME_CHARS_MAX: usize = 200;
/// `log` records of successors in a join, at most: a log a year for a decade, and some trouble.
pub const SUCCESSORS_MAX: usize = 16;
/// Bytes of one `log` record in a join, at most: such a record is about 1.6 KiB; 17 of them fit into a frame.
pub const LOG_RECORD_BYTES_MAX: usize = 12 * 1024;

/// Why a frame is not the message that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageFault {
    /// The frame is no JSON object of this message's shape.
    #[error("no {message} message: {found}")]
    Shape {
        /// The message that was expected.
        message: &'static str,
        /// What the reader tripped over, at most 160 characters.
        found: String,
    },
    /// A member is outside its bounds.
    #[error("`{member}` of a {message} message is not {allowed}")]
    Bounds {
        /// The message that was read.
        message: &'static str,
        /// The member's name.
        member: &'static str,
        /// What is allowed there.
        allowed: &'static str,
    },
}

/// What can be read from and written to a frame.
pub trait Message: Serialize + DeserializeOwned {
    /// The message's name in errors.
    const NAME: &'static str;

    /// Checks the bounds that the shape alone does not keep.
    ///
    /// Errors   [`MessageFault::Bounds`]
    fn check(&self) -> Result<(), MessageFault>;
}

/// Reads a message from a frame's payload.
///
/// Errors   [`MessageFault`]
pub fn read<M: Message>(payload: &[u8]) -> Result<M, MessageFault> {
    let message: M = parse(M::NAME, payload)?;
    message.check()?;
    Ok(message)
}

/// Reads the first frame of an answer: the message, or why it was refused.
///
/// Errors   [`MessageFault`] when it is neither
pub fn read_answer<M: Message>(payload: &[u8]) -> Result<Result<M, Refusal>, MessageFault> {
    #[derive(Deserialize)]
    struct Probe {
        refused: Option<serde::de::IgnoredAny>,
    }
    let probe: Probe = parse(M::NAME, payload)?;
    if probe.refused.is_some() {
        return read::<Refusal>(payload).map(Err);
    }
    read(payload).map(Ok)
}

/// Writes a message as a frame's payload.
///
/// Errors   [`MessageFault::Bounds`] when a bound is broken or the message is longer than a frame
pub fn write<M: Message>(message: &M) -> Result<Vec<u8>, MessageFault> {
    message.check()?;
    let payload = serde_json::to_vec(message).map_err(|fault| shape(M::NAME, &fault))?;
    bounds::<M>(
        payload.len() <= FRAME_BYTES_MAX,
        "(all)",
        "within one frame",
    )?;
    Ok(payload)
}

fn parse<T: DeserializeOwned>(name: &'static str, payload: &[u8]) -> Result<T, MessageFault> {
    if payload.len() > FRAME_BYTES_MAX || payload.first() != Some(&b'{') {
        return Err(MessageFault::Shape {
            message: name,
            found: "not one JSON object within a frame".to_owned(),
        });
    }
    serde_json::from_slice(payload).map_err(|fault| shape(name, &fault))
}

fn shape(message: &'static str, fault: &serde_json::Error) -> MessageFault {
    MessageFault::Shape {
        message,
        found: fault.to_string().chars().take(160).collect(),
    }
}

pub(super) fn bounds<M: Message>(
    holds: bool,
    member: &'static str,
    allowed: &'static str,
) -> Result<(), MessageFault> {
    if holds {
        return Ok(());
    }
    Err(MessageFault::Bounds {
        message: M::NAME,
        member,
        allowed,
    })
}

/// The random id of a heads table, new whenever its owner starts.
///
/// Shape    16 bytes; as text 32 lower-case hexadecimal digits
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableId(pub [u8; 16]);

impl Serialize for TableId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:032x}", u128::from_be_bytes(self.0)))
    }
}

impl<'de> Deserialize<'de> for TableId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let digits = text.len() == 32
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        digits
            .then(|| u128::from_str_radix(&text, 16).ok())
            .flatten()
            .map(|number| Self(number.to_be_bytes()))
            .ok_or_else(|| {
                serde::de::Error::custom("a table id is 32 lower-case hexadecimal digits")
            })
    }
}

/// A way to pack records that a node can serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodecOffer {
    /// `none`, or `zstd-1` for zstd with the network's first dictionary.
    pub name: String,
    /// SHA-256 of the dictionary, so that nobody decodes with another one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictionary: Option<Hash>,
}

/// `/erikti/hello/1`: who speaks, in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The network's name.
    pub network: String,
    /// Versions of the exchange that the node speaks.
    pub versions: Vec<u32>,
    /// Codecs that the node serves, best first; `none` is always among them.
    pub codecs: Vec<CodecOffer>,
    /// The node's organisation, or nothing for a reader without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrgId>,
    /// The organisation's open log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The size of that log's newest checkpoint.
    #[serde(default)]
    pub size: u64,
    /// The node's heads table.
    pub table: TableId,
    /// Software and version, for people.
    pub agent: String,
}

impl Message for Hello {
    const NAME: &'static str = "hello";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(is_network(&self.network), "network", "`[a-z0-9-]{1,32}`")?;
        bounds::<Self>(
            (1..=OFFERS_MAX).contains(&self.versions.len()),
            "versions",
            "a list of 1 to 16 numbers",
        )?;
        let names = self.codecs.iter().map(|codec| codec.name.as_str());
        bounds::<Self>(
            self.codecs.len() <= OFFERS_MAX
                && names.clone().any(|name| name == "none")
                && names.clone().all(|name| name.len() <= CODEC_CHARS_MAX),
            "codecs",
            "a list of 1 to 16 codecs with `none` among them",
        )?;
        bounds::<Self>(
            self.organisation.is_some() == self.origin.is_some(),
            "origin",
            "there exactly when `organisation` is",
        )?;
        bounds::<Self>(
            self.origin
                .as_ref()
                .is_none_or(|origin| origin.network() == self.network),
            "origin",
            "a log of the network that the message names",
        )?;
        bounds::<Self>(self.size <= NUMBER_MAX, "size", "at most 2^53 - 1")?;
        bounds::<Self>(
            self.agent.len() <= AGENT_CHARS_MAX
                && self.agent.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "agent",
            "at most 64 printable ASCII characters",
        )
    }
}

/// `/erikti/heads/1`, the question: which checkpoints are newer than a cursor?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadsRequest {
    /// The table that the cursor belongs to; with another table the answer starts from the beginning.
    pub table: TableId,
    /// The `cursor` of the last answer, or 0.
    pub cursor: u64,
    /// Whether the stream stays open for later heads. Between partners only.
    #[serde(default)]
    pub stay: bool,
}

impl Message for HeadsRequest {
    const NAME: &'static str = "heads request";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(self.cursor <= NUMBER_MAX, "cursor", "at most 2^53 - 1")
    }
}

/// A checkpoint that the sender holds everything below of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The organisation whose log it is, as the sender sees it.
    pub organisation: OrgId,
    /// The signed note, with the log's own signature and no other.
    pub checkpoint: String,
    /// Witnesses' signature lines over the note, without line ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cosignatures: Vec<String>,
}

/// `/erikti/heads/1`, one frame of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// The table that the cursor belongs to.
    pub table: TableId,
    /// Newest heads of the logs that changed after the cursor, oldest change first.
    pub heads: Vec<Head>,
    /// What to ask with next time.
    pub cursor: u64,
    /// Whether more frames follow at once.
    #[serde(default)]
    pub more: bool,
}

impl Message for Heads {
    const NAME: &'static str = "heads";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(self.heads.len() <= HEADS_MAX, "heads", "at most 256 heads")?;
        bounds::<Self>(self.cursor <= NUMBER_MAX, "cursor", "at most 2^53 - 1")?;
        for head in &self.heads {
            bounds::<Self>(
                head.checkpoint.len() <= NOTE_BYTES_MAX,
                "checkpoint",
                "at most 4 KiB",
            )?;
            bounds::<Self>(
                head.cosignatures.len() <= COSIGNATURES_MAX
                    && head
                        .cosignatures
                        .iter()
                        .all(|line| line.len() <= COSIGNATURE_BYTES_MAX && !line.contains('\n')),
                "cosignatures",
                "at most 16 lines of at most 4 KiB",
            )?;
        }
        Ok(())
    }
}

/// `/erikti/consistency/1`, the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyRequest {
    /// The log.
    pub origin: Origin,
    /// The smaller size.
    pub from: u64,
    /// The larger size.
    pub to: u64,
}

impl Message for ConsistencyRequest {
    const NAME: &'static str = "consistency request";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(self.to <= NUMBER_MAX, "to", "at most 2^53 - 1")?;
        bounds::<Self>(
            (1..self.to).contains(&self.from),
            "from",
            "at least 1 and below `to`",
        )
    }
}

/// `/erikti/consistency/1`, the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consistency {
    /// The root of the tree of size `from`, as the server computes it.
    pub root: Hash,
    /// The proof, in the order of RFC 6962 §2.1.2.
    pub hashes: Vec<Hash>,
}

impl Message for Consistency {
    const NAME: &'static str = "consistency";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            self.hashes.len() <= PROOF_HASHES_MAX,
            "hashes",
            "at most 63 hashes",
        )
    }
}

/// `/erikti/cosign/1`, the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CosignRequest {
    /// The body of C2SP tlog-witness `add-checkpoint`: `old` line, proof lines, empty line, signed note.
    pub add_checkpoint: String,
}

impl Message for CosignRequest {
    const NAME: &'static str = "cosign request";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            self.add_checkpoint.len() <= ADD_CHECKPOINT_BYTES_MAX,
            "add_checkpoint",
            "at most 8 KiB",
        )
    }
}

/// `/erikti/cosign/1`, the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosigned {
    /// Signature lines, without line ends.
    pub cosignatures: Vec<String>,
}

impl Message for Cosigned {
    const NAME: &'static str = "cosigned";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            self.cosignatures.len() <= COSIGNATURES_MAX
                && self
                    .cosignatures
                    .iter()
                    .all(|line| line.len() <= COSIGNATURE_BYTES_MAX && !line.contains('\n')),
            "cosignatures",
            "at most 16 lines of at most 4 KiB",
        )
    }
}

/// `/erikti/evidence/1`, the question: two checkpoints of one log that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceReport {
    /// The text of a [`crate::log::evidence::Contradiction`].
    pub evidence: String,
}

impl Message for EvidenceReport {
    const NAME: &'static str = "evidence";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            self.evidence.len() <= EVIDENCE_BYTES_MAX,
            "evidence",
            "at most 16 KiB",
        )
    }
}

/// `/erikti/join/1`, the question: an invited organisation introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The invitation's one-time secret, 16 bytes as 22 base64url characters.
    pub secret: String,
    /// The text of the `log` record that founded the organisation.
    pub founding: String,
    /// The `log` records of its later logs, oldest first; the last one's log is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<String>,
    /// The organisation's name, for people.
    pub name: String,
    /// Where the node listens.
    pub addresses: Vec<String>,
}

impl Message for JoinRequest {
    const NAME: &'static str = "join request";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(self.secret.len() == 22, "secret", "22 base64url characters")?;
        bounds::<Self>(
            self.founding.len() <= LOG_RECORD_BYTES_MAX,
            "founding",
            "at most 12 KiB",
        )?;
        bounds::<Self>(
            self.successors.len() <= SUCCESSORS_MAX
                && self
                    .successors
                    .iter()
                    .all(|record| record.len() <= LOG_RECORD_BYTES_MAX),
            "successors",
            "at most 16 records of at most 12 KiB",
        )?;
        bounds::<Self>(
            self.name.chars().count() <= NAME_CHARS_MAX,
            "name",
            "at most 200 characters",
        )?;
        bounds::<Self>(
            self.addresses.len() <= ADDRESSES_MAX
                && self
                    .addresses
                    .iter()
                    .all(|address| address.len() <= ADDRESS_BYTES_MAX),
            "addresses",
            "at most 16 addresses of at most 256 bytes",
        )
    }
}

/// The answer that only says yes: to a join, and to evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Always true: a no is a [`Refusal`].
    pub accepted: bool,
}

impl Message for Accepted {
    const NAME: &'static str = "accepted";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(self.accepted, "accepted", "true")
    }
}
