//! The exchange between nodes: messages, packages, and the machine that decides what to ask whom.
//!
//! (The page that describes every byte comes with the machine.)

pub mod fetch;
pub mod frame;
pub mod machine;
pub mod message;
pub mod package;
pub mod refusal;
mod varint;

/// How nodes name the protocol of a stream.
pub mod protocol {
    /// Who speaks.
    pub const HELLO: &str = "/erikti/hello/1";
    /// Checkpoints newer than a cursor.
    pub const HEADS: &str = "/erikti/heads/1";
    /// Tiles and packages.
    pub const FETCH: &str = "/erikti/fetch/1";
    /// Consistency proofs.
    pub const CONSISTENCY: &str = "/erikti/consistency/1";
    /// Cosignatures of witnesses.
    pub const COSIGN: &str = "/erikti/cosign/1";
    /// Proofs that a log told two stories.
    pub const EVIDENCE: &str = "/erikti/evidence/1";
    /// Invited organisations introduce themselves.
    pub const JOIN: &str = "/erikti/join/1";
    /// All of them.
    pub const ALL: [&str; 7] = [HELLO, HEADS, FETCH, CONSISTENCY, COSIGN, EVIDENCE, JOIN];
}

pub use fetch::{BODY_BYTES_MAX, FetchRequest, PackageHeader, TileHeader, TileRequest};
pub use machine::{
    Answer, Ask, Blame, Blocked, Event, Exchange, FollowedLog, Following, Input, Output, Own,
    RequestId,
};
pub use message::{
    Accepted, CodecOffer, Consistency, ConsistencyRequest, CosignRequest, Cosigned, EvidenceReport,
    Head, Heads, HeadsRequest, Hello, JoinRequest, Message, MessageFault, TableId,
};
pub use refusal::{Refusal, RefusalCode};
