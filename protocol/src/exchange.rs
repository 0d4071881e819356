//! The exchange between nodes: messages, packages, and the machine that decides what to ask whom.
//!
//! This page is the specification: a client can be written from it alone, in any language with libp2p. The Rust
//! names in brackets are where each thing is checked. Nothing here opens a socket or reads a clock.
//!
//! # Transport
//!
//! libp2p over TCP with noise (XX) and yamux. A node's libp2p key is an Ed25519 key, and the same key names its log:
//! origin `erikti/<network>/<key>`, where `<key>` is multibase base58btc of `ed 01` and the 32 bytes (`z6Mk…`).
//! What a peer may ask is decided by the key that noise has proved, never by what it writes.
//!
//! Every question takes a stream of its own, opened with multistream-select for one of these names ([`protocol`]):
//!
//! | protocol | question | answer |
//! |---|---|---|
//! | `/erikti/hello/1` | hello | hello |
//! | `/erikti/heads/1` | table, cursor, stay | heads, and later ones while the stream stays open |
//! | `/erikti/fetch/1` | tile or package | header and bytes |
//! | `/erikti/consistency/1` | two sizes of a log | root of the smaller, hashes |
//! | `/erikti/cosign/1` | C2SP `add-checkpoint` | cosignatures |
//! | `/erikti/evidence/1` | a contradiction | accepted |
//! | `/erikti/join/1` | an invitation's secret, and who comes | accepted |
//!
//! The opener writes its question and closes its writing side (on a heads stream that stays it may leave it open). The
//! other side answers and closes. Either side may reset a stream at any time; the request is then as if never made.
//! An answer takes at most 30 seconds, hello 5, and 16 KiB have to move every 15 seconds.
//! With js-libp2p: never queue more than 512 KiB on one stream (a yamux frame over 1 MiB ends the connection).
//!
//! # Frames
//!
//! ```text
//! frame  = length ‖ payload
//! length = unsigned LEB128, shortest form, 1 to 262,144 (at most 3 bytes)
//! ```
//!
//! The first frame of a question and of an answer is one JSON object in UTF-8. `{"refused":"busy"}` is `12 7b 22 … 7d`:
//! 18 bytes. Unknown members are skipped; a known member twice, of another type, or out of its bounds makes the
//! whole message bad ([`message::read`]). Numbers are integers from 0 to 2^53 − 1. Digests and roots are 64 lower-case
//! hexadecimal digits. Members marked `?` may be missing.
//!
//! # Refusals
//!
//! Any answer can be, instead of what was asked for, one frame ([`Refusal`]):
//!
//! ```json
//! {"refused":"busy","detail":"…","retry_ms":200}
//! ```
//!
//! | code | means | what to do |
//! |---|---|---|
//! | `busy` | too much is going on | ask again after `retry_ms` |
//! | `not-found` | no such log, size, tile or package here | ask another peer |
//! | `not-allowed` | you may not ask this | do not repeat it |
//! | `bad-request` | a bound or rule is broken | mend your program |
//! | `other-network` | hello names another network | hang up |
//! | `version` | no common version or codec | hang up |
//! | `conflict` | cosign: the witness knows size `size` | prove from there |
//! | `used`, `expired` | join: the invitation is over | ask for a new one |
//!
//! `detail?` is a sentence of at most 200 characters for people; `retry_ms?` and `size?` are numbers. A code that
//! you do not know is a `not-allowed`. A record that is restricted is *not* refused: see `absent` below.
//!
//! # `/erikti/hello/1`
//!
//! The side that dialled opens the stream and writes its hello; the other side answers with its own ([`Hello`]).
//!
//! ```json
//! {"network":"demo","versions":[1],
//!  "codecs":[{"name":"zstd-1","dictionary":"<sha-256>"},{"name":"none"}],
//!  "organisation":"urn:erikti:org:z…","origin":"erikti/demo/z6Mk…","size":12,
//!  "table":"00112233445566778899aabbccddeeff","agent":"erikti 0.1.0"}
//! ```
//!
//! `network` is `[a-z0-9-]{1,32}`; `versions` has 1 to 16 numbers, this page is version 1; `codecs` 1 to 16 names of at
//! most 32 bytes, best first, `none` always among them: what the writer can *serve*. `zstd-1` is zstd with the dictionary
//! of that SHA-256 ([`crate::codec`]). `organisation?` and `origin?` come together and name the writer's open log, `size`
//! is that of its newest checkpoint (0 when missing); a reader without organisation leaves all three out. `table` is
//! the random id of the writer's heads table, 32 hexadecimal digits. `agent` is 0 to 64 printable ASCII characters.
//! A peer without standing may read what is public, and nothing more.
//!
//! # `/erikti/heads/1`
//!
//! Question ([`HeadsRequest`]): `{"table":"…","cursor":0,"stay":false}`. A node keeps a table of the newest checkpoint of
//! every log that it holds *whole*, numbered by last change. `cursor` is the `cursor` of the last answer, with its `table`;
//! with another table (the node was restarted) the answer begins anew, so 32 zeros and 0 are how to begin.
//!
//! Answer ([`Heads`]), one frame or several:
//!
//! ```json
//! {"table":"…","heads":[{"organisation":"urn:erikti:org:z…","checkpoint":"<signed note>",
//!   "cosignatures":["— erikti/demo/witness/z6Mk… <base64>"]}],"cursor":7,"more":false}
//! ```
//!
//! At most 256 heads a frame. `checkpoint` is a C2SP signed note of at most 4 KiB with the log's own signature only:
//! origin, size, base64 root, an empty line, the signature line. Verify it under the key in the origin before using it.
//! `organisation` is what the sender believes. `cosignatures?` has at most 16 lines of at most 4 KiB.
//! While `more` is true another frame follows at once. With `stay` (partners only) the stream then stays open, and frames
//! with later heads come as they are made, changes within 50 ms in one frame; a frame without heads is a sign of life.
//!
//! # `/erikti/fetch/1`: tiles
//!
//! ```json
//! {"origin":"erikti/demo/z6Mk…","size":70000,"tile":{"level":1,"index":0,"width":256}}
//! ```
//!
//! C2SP `tlog-tiles`: tile `index` of `level` l holds the roots of the full subtrees of 256^l entries number
//! `index` × 256 to `index` × 256 + `width` − 1; level 0 are leaf hashes, level 1 one hash a package. `size` is
//! the size of a checkpoint that the server announced, or any smaller size. `width` is 1 to 256, and the tile must be in
//! the tree of that size. Answer: `{"bytes":8192}`, then 32 × `width` bytes in one frame.
//!
//! # `/erikti/fetch/1`: packages
//!
//! ```json
//! {"origin":"erikti/demo/z6Mk…","size":70000,"package":273,"from":100,"codec":"zstd-1"}
//! ```
//!
//! Package p are the entries 256 p to 256 p + 255, or to `size` − 1. `from?` is the first wanted *place* in the package
//! (0 to 255, 0 when missing); `only?` instead is a list of wanted places, ascending. `codec?` is one that the server
//! offers; without it records come as they are. Answer: `{"count":12,"bytes":3456}`, then `bytes` bytes of
//! body, at most 1 MiB, in frames that are full except the last. The body has exactly one entry for each wanted place:
//!
//! ```text
//! tag     = one byte: bits 0–2 status, bit 3 class (1: control), bits 4–7 codec (0: none, 1: zstd-1)
//! present = tag(0) ‖ LEB128 n ‖ n bytes    the record packed with the codec; n ≤ 66,560, unpacked ≤ 65,536
//! absent  = tag(1) ‖ digest                not held, or not yours: one answer for both
//! erased  = tag(2) ‖ digest ‖ LEB128 e     e − 1: index of the erasure in this log; 0: it stands in a later log
//! bad     = tag(3) ‖ digest                held once, and it was no record
//! later   = tag(4) ‖ digest                held, left out because the body was full
//! ```
//!
//! A digest is 32 bytes. Entries that are not `present` have codec 0. After the first `later` come only `later`s, and at
//! least one entry is not `later`: ask again with `from` (or `only`). Control entries are always `present` (or
//! `later`), for every peer: a server that withholds one is not to be believed. With `none` asked for, every codec is 0.
//! A package of 256 ordinary records is one byte of tag and two of length a record: 3 beside its own bytes.
//!
//! To check a package, make the leaf of each entry: SHA-256(`00` ‖ class ‖ digest), digest = SHA-256 of
//! the *unpacked* record, and compare with the leaves or, for all 256, with the package's hash from level 1 (RFC 6962:
//! node = SHA-256(`01` ‖ left ‖ right)). Wrong hashes are the server's fault: ask another. Right hashes over bytes that are
//! no record (or a record whose class is not the entry's) are the *author's* fault: such an entry is bad, on every
//! node alike. Its bytes are dropped, except for control entries, which are kept and served so that all can see it.
//! `erased` is believed once the erasure itself is known, `bad` never: until then both are `absent`.
//!
//! # `/erikti/consistency/1`
//!
//! `{"origin":"…","from":100,"to":200}` → `{"root":"<root of the first 100>","hashes":["…",…]}`, at most 63 hashes in the
//! order of RFC 6962 §2.1.2, 1 ≤ `from` < `to`. The answer is true when the hashes lead from `root` to the root of the
//! checkpoint of size `to`. Then, if `root` is not the root of a signed checkpoint of size `from`, the *log* told two stories.
//!
//! # `/erikti/cosign/1`
//!
//! `{"add_checkpoint":"old 100\n<base64 hash>\n…\n\n<signed note>"}`, the body of C2SP `tlog-witness`, at most 8 KiB →
//! `{"cosignatures":["— … …"]}`, or the refusals `conflict` (with `size`), `bad-request`, `not-found` (unknown log).
//!
//! # `/erikti/evidence/1`
//!
//! `{"evidence":"<text>"}`, the text of a [`crate::log::evidence::Contradiction`], at most 16 KiB → `{"accepted":true}`.
//! It is verified, kept, and passed on once to every other partner; a peer that connects is told what is known.
//!
//! # `/erikti/join/1`
//!
//! ```json
//! {"secret":"<22 base64url>","founding":"<log record>","successors":["<log record>"],
//!  "name":"…","addresses":["/dns4/…/tcp/4001"]}
//! ```
//!
//! `secret` is the invitation's; `founding` the text of the record that founded the organisation, `successors?` those that
//! opened its later logs (at most 16, each at most 12 KiB), the last one's node being the peer that asks. `name` has at most
//! 200 characters, `addresses` at most 16 of 256 bytes → `{"accepted":true}` or a refusal: `used`, `expired`, `not-found`.
//!
//! # Life of a pull
//!
//! 1. Connect, say hello, ask for heads. A checkpoint of size n is announced; m entries are held and durable.
//! 2. A log never seen: fetch `only` entry 0 and the consistency proof from 1 to n, which proves that the checkpoint
//!    begins with that leaf. The entry must be a control entry with a valid `log` record: the founding one has the digest
//!    that names the organisation, and its node key is the origin's; a later one must succeed an earlier log.
//! 3. n − m ≤ 1,024: fetch the packages from entry m on, add all leaves to the held tree, compare the root with the checkpoint.
//! 4. Otherwise fetch the tiles of level 1 from package ⌊m/256⌋ on, and of level 0 those that m and n lie within.
//!    Add the leaves that complete package ⌊m/256⌋, the hashes of whole packages, and the last leaves to the held tree, and
//!    compare the root. From here on each package is checked alone: ask any peers that announced size n or more, in
//!    parallel, and append in order.
//! 5. Roots differ: ask the same peer for the consistency proof from the last checkpoint to this one. If it leads
//!    to another old root, log and not peer has lied: the two checkpoints and the proof are evidence. Otherwise the
//!    peer has, and is not asked for a while.
//! 6. When everything below the checkpoint is durable it is adopted: control records are applied in order, records become
//!    visible, and the checkpoint is announced to others. Cut short, a pull goes on from what is durable.
//! 7. Records that were `absent` are asked for at the issuer's own node (the origin's key) at each new checkpoint, all
//!    of them once a day.
//!
//! A client that only reads needs hello, heads, fetch and steps 3 or 4.
//!
//! # Limits
//!
//! 16 requests in flight a peer, 64 in all: with bodies of at most 1 MiB that is 16 MiB and 64 MiB of unverified bytes.
//! More in [`machine::limits`], [`message`] and [`package`], each with its arithmetic.

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
