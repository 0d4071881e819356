//! Refusals: the one way to say no, with a code that programs act on.

use serde::{Deserialize, Serialize};

use super::message::{Message, MessageFault, NUMBER_MAX, bounds};

/// Characters of a refusal's detail, at most: a sentence for people.
pub const DETAIL_CHARS_MAX: usize = 200;
/// The longest wait that a refusal can ask for: an hour. Longer ones count as an hour.
pub const RETRY_MS_MAX: u64 = 60 * 60 * 1_000;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RefusalCode {
    /// Too much is going on; the same request may succeed later.
    Busy,
    /// The log, size, tile or package is not here.
    NotFound,
    /// The peer may not ask this.
    NotAllowed,
    /// The request breaks a rule of its protocol.
    BadRequest,
    /// The peer belongs to another network.
    OtherNetwork,
    /// No common version or codec.
    Version,
    /// Cosigning: the witness knows another size, which stands in `size`.
    Conflict,
    /// Joining: the invitation was used before.
    Used,
    /// Joining: the invitation is over.
    Expired,
    /// A code that this reader does not know.
    #[serde(other)]
    Unknown,
}

impl RefusalCode {
    /// The code as it stands in the message.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NotFound => "not-found",
            Self::NotAllowed => "not-allowed",
            Self::BadRequest => "bad-request",
            Self::OtherNetwork => "other-network",
            Self::Version => "version",
            Self::Conflict => "conflict",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: the first and only frame of an answer.
///
/// Shape    `{"refused":"busy","detail":"…","retry_ms":1000}`; all but `refused` may be missing
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    #[serde(rename = "refused")]
    pub code: RefusalCode,
    /// A sentence for people. It is a stranger's text: escape it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// When asking again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u64>,
    /// With `conflict`: the size that the witness knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

impl Refusal {
    /// A refusal with a sentence, cut to [`DETAIL_CHARS_MAX`].
    pub fn new(code: RefusalCode, detail: &str) -> Self {
        Self {
            code,
            detail: detail.chars().take(DETAIL_CHARS_MAX).collect(),
            retry_ms: None,
            size: None,
        }
    }

    /// The refusal of a node that is full for now.
    pub fn busy(retry_ms: u64) -> Self {
        Self {
            retry_ms: Some(retry_ms),
            ..Self::new(RefusalCode::Busy, "")
        }
    }
}

impl Message for Refusal {
    const NAME: &'static str = "refusal";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            self.detail.chars().count() <= DETAIL_CHARS_MAX,
            "detail",
            "at most 200 characters",
        )?;
        bounds::<Self>(
            self.retry_ms.is_none_or(|wait| wait <= NUMBER_MAX),
            "retry_ms",
            "at most 2^53 - 1",
        )?;
        bounds::<Self>(
            self.size.is_none_or(|size| size <= NUMBER_MAX),
            "size",
            "at most 2^53 - 1",
        )
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}
