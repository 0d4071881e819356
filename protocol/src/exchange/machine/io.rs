//! What goes into the machine and what comes out of it.

use std::collections::BTreeSet;

use super::super::fetch::FetchRequest;
use super::super::message::{Consistency, ConsistencyRequest, Heads, HeadsRequest, Hello, TableId};
use super::super::package::{Opened, PackageFault, Want};
use super::super::refusal::Refusal;
use super::event::{Blame, Event};
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::evidence::Contradiction;
use crate::log::{Compact, Entry, SignedCheckpoint};
use crate::record::Verified;

/// Names a request until its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Who this node is.
#[derive(Clone, Debug)]
pub struct Own {
    /// The network.
    pub network: String,
    /// Sixteen random bytes, drawn at start.
    pub table: TableId,
    /// The own organisation and its open log, with its newest checkpoint if there is one.
    pub log: Option<(OrgId, Origin, Option<SignedCheckpoint>)>,
}

/// A log that is followed, and what the store has of it.
#[derive(Clone, Debug)]
pub struct FollowedLog {
    /// The log.
    pub origin: Origin,
    /// Whose it is.
    pub organisation: OrgId,
    /// The tree over all durable entries.
    pub durable: Compact,
    /// The newest checkpoint everything below of which is durable and applied.
    pub adopted: Option<SignedCheckpoint>,
    /// The checkpoint of [`Output::Pursue`], when entries beyond the adopted one are durable.
    pub pursued: Option<SignedCheckpoint>,
    /// Whether its records are wanted, or its control records only.
    pub records: bool,
    /// Proof that it told two stories.
    pub evidence: Option<Contradiction>,
}

/// Whom this node follows. Replaces what was said before.
#[derive(Clone, Debug, Default)]
pub struct Following {
    /// Organisations that stand: any log announced for one of them is looked at.
    pub organisations: BTreeSet<OrgId>,
    /// Logs that the store knows, also those of which only control records are wanted. What is said here of a log
    /// that the machine follows already is not read, except for `records`.
    pub logs: Vec<FollowedLog>,
    /// Peers that staleness is watched of.
    pub partners: BTreeSet<PublicKey>,
}

/// What the caller did, heard or was asked for.
#[derive(Debug)]
pub enum Input {
    /// A partner is connected and has said hello. Peers that may only read are none of the machine's business.
    Connected {
        /// The peer, as the transport has proved.
        peer: PublicKey,
        /// Its hello.
        hello: Hello,
    },
    /// A peer is gone, with every request to it.
    Disconnected {
        /// The peer.
        peer: PublicKey,
    },
    /// A frame of heads came on the stream that [`Output::SubscribeHeads`] opened.
    Heads {
        /// The peer.
        peer: PublicKey,
        /// The frame.
        heads: Heads,
    },
    /// That stream ended although the peer is connected.
    HeadsClosed {
        /// The peer.
        peer: PublicKey,
    },
    /// A request ended.
    Answer {
        /// Which.
        request: RequestId,
        /// How.
        answer: Answer,
    },
    /// The writer has taken what was appended up to this size: more may come.
    Written {
        /// The log.
        origin: Origin,
        /// Entries.
        size: u64,
    },
    /// Everything up to this size is durable.
    Stored {
        /// The log.
        origin: Origin,
        /// The tree over it.
        durable: Compact,
    },
    /// What [`Output::Adopt`] asked for is done and flushed: others may hear of it.
    Adopted {
        /// The log.
        origin: Origin,
        /// The checkpoint's size.
        size: u64,
    },
    /// The own log has a new checkpoint, or a checkpoint has new cosignatures. It is flushed.
    Sealed {
        /// The checkpoint with its cosignatures.
        head: SignedCheckpoint,
    },
    /// Whom to follow.
    Follow(Following),
    /// What the ledger says about a log's first entry: the answer to [`Output::Judge`].
    Verdict {
        /// The log.
        origin: Origin,
        /// Nothing, or why the log is none of that organisation.
        verdict: Result<(), String>,
    },
    /// The ledger refuses a log that is being followed.
    Reject {
        /// The log.
        origin: Origin,
        /// Why, for people.
        reason: String,
    },
    /// The answer to [`Output::Compare`].
    Compared {
        /// The checkpoint that was compared.
        suspect: SignedCheckpoint,
        /// What was found.
        found: Option<Contradiction>,
    },
    /// The answer to [`Output::ListMissing`]: entries whose records are absent, in order, at most the limit.
    Missing {
        /// The log.
        origin: Origin,
        /// Index and entry.
        entries: Vec<(u64, Entry)>,
        /// Where to go on, if there are more.
        next: Option<u64>,
    },
    /// A peer sent evidence, read and therefore verified; or it came from this node's own store.
    Evidence {
        /// The peer.
        peer: Option<PublicKey>,
        /// The evidence.
        evidence: Box<Contradiction>,
    },
    /// A peer sent what no honest node sends, noticed outside the machine.
    Blame {
        /// The peer.
        peer: PublicKey,
        /// What.
        blame: Blame,
    },
    /// Time has passed.
    Tick,
}

/// How a request ended.
#[derive(Debug)]
pub enum Answer {
    /// A tile's bytes.
    Tile(Vec<u8>),
    /// A package that was opened.
    Package(Box<Opened>),
    /// A package that could not be opened.
    Fault(PackageFault),
    /// A consistency proof.
    Consistency(Consistency),
    /// The peer said no.
    Refused(Refusal),
    /// The peer broke the protocol: no message, wrong bounds, too many bytes.
    Broken(Blame),
    /// The stream broke, or took too long: nobody's fault.
    Failed,
}

/// What to ask a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// On a stream of `/erikti/fetch/1`.
    Fetch(FetchRequest),
    /// On a stream of `/erikti/consistency/1`.
    Consistency(ConsistencyRequest),
}

/// What the caller is to do.
#[derive(Debug)]
pub enum Output {
    /// Open a stream of `/erikti/heads/1` and hand over every frame that comes; closes the one that was open before.
    SubscribeHeads {
        /// The peer.
        peer: PublicKey,
        /// The question.
        request: HeadsRequest,
    },
    /// Ask a peer, and hand over the answer.
    Request {
        /// The peer.
        peer: PublicKey,
        /// Names the request.
        request: RequestId,
        /// The question.
        ask: Ask,
        /// For packages: what to open them with.
        want: Option<Want>,
    },
    /// Nobody waits for this answer any more.
    Cancel {
        /// Which.
        request: RequestId,
    },
    /// Write this frame to every stream of heads that stays open.
    Announce {
        /// The frame.
        heads: Heads,
    },
    /// Everything appended from here on belongs to this checkpoint: keep it beside the log until the log is adopted.
    Pursue {
        /// The checkpoint.
        checkpoint: SignedCheckpoint,
    },
    /// Append entries at the end of a log. They are verified; they become visible with [`Output::Adopt`].
    Append {
        /// The log.
        origin: Origin,
        /// Whose it is.
        organisation: OrgId,
        /// The entries: they follow on what was appended last.
        package: Box<Opened>,
        /// Whether these are the last ones for now: sync at once.
        last: bool,
    },
    /// Put records beside entries that were absent. They are verified.
    Fill {
        /// The log.
        origin: Origin,
        /// The entries that are present now.
        package: Box<Opened>,
    },
    /// Everything below this checkpoint is durable: apply its control records in order, keep the checkpoint, show its
    /// records, and say [`Input::Adopted`].
    Adopt {
        /// The checkpoint, with the cosignatures that came with it (unverified).
        checkpoint: SignedCheckpoint,
        /// Whose log it is.
        organisation: OrgId,
        /// Witnesses' lines.
        cosignatures: Vec<String>,
    },
    /// Ask the ledger whether this first entry makes the log one of that organisation.
    Judge {
        /// The log.
        origin: Origin,
        /// The organisation that it was announced for.
        organisation: OrgId,
        /// The record of entry 0: its proof holds, and the checkpoint covers it.
        opening: Box<Verified>,
    },
    /// Compare a smaller checkpoint with the own tree ([`Contradiction::between`] with the adopted one).
    Compare {
        /// The checkpoint.
        suspect: SignedCheckpoint,
    },
    /// List entries whose records are absent, from this index on.
    ListMissing {
        /// The log.
        origin: Origin,
        /// First index.
        from: u64,
        /// How many, at most.
        limit: usize,
    },
    /// Keep evidence and send it to these peers.
    Evidence {
        /// The evidence.
        evidence: Box<Contradiction>,
        /// Whom to send it to.
        to: Vec<PublicKey>,
        /// Whether it is new here.
        fresh: bool,
    },
    /// Close the connection.
    Disconnect {
        /// The peer.
        peer: PublicKey,
    },
    /// Tell people.
    Note(Event),
}
