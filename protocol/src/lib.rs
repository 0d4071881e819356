//! What all Erikti nodes must agree on, byte for byte. This page is the map.
//!
//! The razor: if two nodes disagree about it, does the network break? Then it is here. Otherwise it is in the node.
//!
//! # Floors
//!
//! From the ground up. A module names only modules above it in this list; a test reads the sources and says so.
//!
//! | module | what it is |
//! |---|---|
//! | [`spelling`] | values that JSON spells as one text |
//! | [`hash`] | SHA-256, the one hash |
//! | [`time`] | `YYYY-MM-DDTHH:MM:SSZ` and days; never a clock |
//! | [`text`] | texts in several languages, from the reader's side |
//! | [`json`] | strict JSON in, RFC 8785 out, the profile that records keep |
//! | [`key`] | Ed25519 and `did:key`; weak and published keys are refused |
//! | [`suite`] | `eddsa-jcs-2022`: which bytes a proof signs |
//! | [`id`] | organisations (`urn:erikti:org:z…`), things (`urn:uuid:…`), logs (`erikti/<network>/<key>`) |
//! | [`log`](mod@log) | RFC 6962 tree, C2SP notes, checkpoints, cosignatures, tiles, proofs, evidence |
//! | [`field`] | what a field is, once: for JSON, typed text, forms, tables, search |
//! | [`kind`] | the registry, one file a kind, one line a kind |
//! | [`codec`] | one zstd frame a record, with a dictionary that everybody carries |
//! | [`record`] | a W3C Verifiable Credential 2.0 as bytes: made, read in one pass, verified |
//! | [`trust`] | who belongs, who may sign, what is erased: a pure function of control entries |
//! | [`invitation`] | a link that makes two organisations partners, once |
//! | [`bundle`] | one file that proves a record without a connection |
//! | [`exchange`] | messages, packages, and the machine that decides what to ask whom |
//!
//! A client can be written from [`exchange`] alone, in any language.
//!
//! # What does not happen
//!
//! - No disk, socket, clock, randomness, thread or `async`: time and random bytes are arguments, inputs go in, outputs
//!   come out. `tests/it/tidy.rs` reads the sources for the words.
//! - No record is ever written again: it *is* its canonical bytes, stored, sent and hashed as it was received.
//! - No second parser: a record from a peer, a file, a form or the command line is read by [`record::scan`].
//! - No order that differs from run to run: maps are `BTreeMap`, and RFC 8785 order does not rest on a library's.
//! - No allocation before the size was checked, and no recursion deeper than its bound.
//! - No signature is checked in a batch: batch and single verification disagree on crafted ones, and nodes would too.
//! - No decision rests on a time that someone claims: which key may sign is a matter of position in the log.
//! - No list of codes is judged, only their shape: lists change, and nodes with different ones must still agree.
//!
//! # What a type proves
//!
//! ```text
//! Draft ──sign──▶ Verified            made here: canonical, within the profile, signed by the key it names
//! bytes ──parse─▶ Record ──verify──▶ Verified       from elsewhere: the form holds; then the signature holds
//! bytes ──parse─▶ SignedCheckpoint    the node key in its origin signed size and root
//! bytes ──open──▶ Opened              every entry hashes to what was wanted, or the server is to blame
//! ```
//!
//! Whether a record *counts* is a later question: its key must be in force at its place ([`trust::Ledger`]), its
//! organisation must stand ([`trust::Standings`]), its kind's check must pass ([`kind::Kind::check_subject`]).

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the map names what only this crate uses, too"
)]

pub mod bundle;
pub mod codec;
pub mod exchange;
pub mod field;
pub mod hash;
pub mod id;
pub mod invitation;
pub mod json;
pub mod key;
pub mod kind;
pub mod log;
pub mod record;
mod spelling;
pub mod suite;
pub mod text;
pub mod time;
pub mod trust;
