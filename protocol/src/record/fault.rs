//! Why a record is refused.

use crate::key::KeyFault;

/// Why bytes are no record, or a draft cannot become one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// More bytes than a record may have.
    #[error("the record has {found} bytes, allowed are {allowed}")]
    TooLarge {
        /// Bytes of the record.
        found: usize,
        /// Bytes allowed.
        allowed: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 from byte {at} on")]
    Encoding {
        /// Where the first wrong byte stands, counted from 0.
        at: usize,
    },
    /// Not RFC 8785 text, or outside the profile.
    #[error("not canonical at byte {at}: expected {wanted}")]
    Canonical {
        /// Where, counted from 0.
        at: usize,
        /// What could stand there.
        wanted: &'static str,
    },
    /// A member of the envelope is spelled otherwise, out of place or too many.
    #[error("the envelope is wrong at byte {at}: expected {wanted}")]
    Envelope {
        /// Where, counted from 0.
        at: usize,
        /// What has to stand there.
        wanted: &'static str,
    },
    /// A member of the envelope is missing.
    #[error("`{name}` is missing")]
    Missing {
        /// The member.
        name: &'static str,
    },
    /// A control record that not everybody may read.
    #[error("a control record is read by `{found}`, it has to be public")]
    ControlNotPublic {
        /// The readers it names: `network` or `listed`.
        found: &'static str,
    },
    /// A draft's further member has a name that the envelope uses.
    #[error("`{name}` belongs to the envelope")]
    Reserved {
        /// The member.
        name: String,
    },
    /// A draft's kind is neither registered nor a type's name.
    #[error("no kind is called `{found}`")]
    Kind {
        /// The kind, at most 64 characters of it.
        found: String,
    },
    /// A draft lists nobody, or more readers than a record can.
    #[error("a record lists 1 to {allowed} readers, this one {found}")]
    ReadersCount {
        /// Readers listed, duplicates not counted.
        found: usize,
        /// Readers allowed.
        allowed: usize,
    },
    /// The proof does not hold.
    #[error("proof: {0}")]
    Proof(KeyFault),
}
