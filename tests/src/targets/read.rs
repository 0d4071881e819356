//! The targets: what is read, and what must hold whatever the bytes are.

use std::collections::BTreeSet;
use std::fmt::Display;

use erikti_node::config;
use erikti_node::formats::{Import, Mapping, csv as table, vds as activities};
use erikti_node::net::addresses::{Address, Reach, Source};
use erikti_node::store::Store;
use erikti_node::store::journal::{Journal, Options};
use erikti_protocol::bundle as bundles;
use erikti_protocol::codec::{Codec, Decoder, Encoder};
use erikti_protocol::exchange::frame::{Cutter, write as write_frame};
use erikti_protocol::exchange::package::{Check, Opener, Status, Want};
use erikti_protocol::exchange::{
    Accepted, Consistency, ConsistencyRequest, CosignRequest, Cosigned, EvidenceReport,
    FetchRequest, Heads, HeadsRequest, Hello, JoinRequest, Message, PackageHeader, Refusal,
    TileHeader, message as messages,
};
use erikti_protocol::field::{check_value, read_text, terms};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::invitation::{LINK_BYTES_MAX, Link};
use erikti_protocol::json::{self as texts, RECORD_BYTES_MAX};
use erikti_protocol::key::{PublicKey, Signature};
use erikti_protocol::kind::accreditation::Accreditation;
use erikti_protocol::kind::erasure::Erasure;
use erikti_protocol::kind::key_change::KeyChange;
use erikti_protocol::kind::log::LogOpened;
use erikti_protocol::kind::{self as kinds};
use erikti_protocol::log::note::{SignatureLine, SignedNote, VerifierKey};
use erikti_protocol::log::tile::{Bundle, Tile};
use erikti_protocol::log::witness::{AddCheckpoint, Known, parse_answer};
use erikti_protocol::log::{Checkpoint, Compact, Contradiction, LogProof, SignedCheckpoint};
use erikti_protocol::record::{self, Record};
use erikti_protocol::time::{Date, Timestamp};
use serde_json::Value;

use super::seeds;
use crate::oracle;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What was read from `text` is written as `text`: one thing has one spelling.
fn one_spelling(read: Option<impl Display>, text: &str) {
    if let Some(read) = read {
        assert_eq!(read.to_string(), text, "a second spelling");
    }
}

fn organisation() -> OrgId {
    OrgId::from_founding(Hash::of(b"whoever imports"))
}

/// Canonical text is a fixed point, and keeps the profile where the text it was made from does.
pub(super) fn json(bytes: &[u8]) {
    let Ok(value) = texts::parse(bytes) else {
        return;
    };
    let canonical = texts::canonical(&value);
    if let Ok(again) = texts::parse(&canonical) {
        assert_eq!(texts::canonical(&again), canonical);
        // Not the other way round: `0e0` breaks the profile, its canonical text `0` does not.
        assert!(texts::profile(&value).is_err() || texts::profile(&again).is_ok());
    } else {
        // Control characters cost six bytes instead of one or two, so the canonical text may break the bound.
        assert!(canonical.len() > RECORD_BYTES_MAX);
    }
}

/// The one-pass scan accepts exactly what the slow way accepts.
pub(super) fn record(bytes: &[u8]) {
    let scanned = record::scan(bytes);
    assert_eq!(scanned.is_ok(), oracle::accepts(bytes), "{scanned:?}");
    let Ok(record) = Record::parse(bytes.to_vec()) else {
        return;
    };
    let _ = (record.kind(), record.class(), record.issuer_name());
    let _ = (record.readers(), record.subject(), record.version());
    assert_eq!(texts::canonical(&record.value()), bytes);
    assert_eq!(record.digest(), Hash::of(bytes));
    let _ = record.verify();
}

/// Nothing unpacks beyond its bound, and whatever fits comes back as it went in.
pub(super) fn codec(bytes: &[u8]) {
    let (mut decoder, mut out) = (Decoder::new(), Vec::new());
    let _ = decoder.decode(bytes, &mut out);
    assert!(out.len() <= RECORD_BYTES_MAX);
    out.clear();
    let mut packed = Vec::new();
    Encoder::new().encode(bytes, &mut packed);
    let back = decoder.decode_as(Codec::Zstd1, &packed, &mut out);
    assert_eq!(back.is_ok(), bytes.len() <= RECORD_BYTES_MAX);
    assert!(back.is_err() || out == bytes);
}

pub(super) fn note(bytes: &[u8]) {
    one_spelling(SignedNote::parse(bytes).ok(), &text(bytes));
    for line in text(bytes).lines() {
        one_spelling(SignatureLine::parse(line).ok(), line);
        one_spelling(VerifierKey::parse(line).ok(), line);
    }
    let _ = parse_answer(&text(bytes));
}

pub(super) fn checkpoint(bytes: &[u8]) {
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        let unsigned = signed.checkpoint().text();
        assert!(Checkpoint::parse(&unsigned).is_ok_and(|it| it.text() == unsigned));
        let _ = signed.cosigners();
        one_spelling(Some(signed.note()), &text(bytes));
    }
}

pub(super) fn proof(bytes: &[u8]) {
    one_spelling(LogProof::parse(bytes).ok(), &text(bytes));
}

pub(super) fn evidence(bytes: &[u8]) {
    one_spelling(Contradiction::parse(bytes).ok(), &text(bytes));
}

pub(super) fn cosign(bytes: &[u8]) {
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        one_spelling(Some(&request), &text(bytes));
        let _ = request.judge(|_| Known::Never);
    }
}

pub(super) fn tile(bytes: &[u8]) {
    let path = text(bytes);
    if let Ok(tile) = Tile::parse(&path) {
        assert_eq!(tile.path(), path);
        let _ = tile.read(bytes);
    }
    if let Ok(bundle) = Bundle::parse(&path) {
        assert_eq!(bundle.path(), path);
    }
    let width = (bytes.len() % 256 + 1) as u16;
    let _ = Bundle { index: 0, width }.read(bytes);
}

pub(super) fn compact(bytes: &[u8]) {
    if let Ok(compact) = Compact::from_bytes(bytes) {
        assert_eq!(compact.to_bytes(), bytes);
        let _ = compact.root();
    }
}

pub(super) fn invitation(bytes: &[u8]) {
    if let Ok(link) = Link::parse(&text(bytes)) {
        assert!(link.to_string().len() <= LINK_BYTES_MAX);
        one_spelling(Some(link), &text(bytes));
    }
}

pub(super) fn name(bytes: &[u8]) {
    for text in text(bytes).lines() {
        one_spelling(Hash::parse(text), text);
        one_spelling(Timestamp::parse(text), text);
        one_spelling(Date::parse(text), text);
        one_spelling(PublicKey::parse(text).ok(), text);
        one_spelling(Signature::parse(text), text);
        one_spelling(OrgId::parse(text), text);
        one_spelling(RecordId::parse(text), text);
        one_spelling(Origin::parse(text), text);
        if let Ok(key) = PublicKey::parse_did(text) {
            assert_eq!(key.did(), text);
        }
    }
}

pub(super) fn address(bytes: &[u8]) {
    for text in text(bytes).lines() {
        for source in [
            Source::Listen,
            Source::Operator,
            Source::Stranger(Reach::Internet),
        ] {
            if let Ok(address) = Address::read(text, source) {
                let printed = address.to_string();
                assert!(Address::read(&printed, source).is_ok_and(|it| it == address));
            }
        }
    }
}

/// What was read can be written, and reads the same.
fn round_trip<M: Message>(bytes: &[u8]) {
    let Ok(message) = messages::read::<M>(bytes) else {
        return;
    };
    let Ok(written) = messages::write(&message) else {
        return;
    };
    let again = messages::read::<M>(&written).expect("what was written is read");
    assert_eq!(messages::write(&again).ok(), Some(written));
}

pub(super) fn message(bytes: &[u8]) {
    round_trip::<Hello>(bytes);
    round_trip::<HeadsRequest>(bytes);
    round_trip::<Heads>(bytes);
    round_trip::<FetchRequest>(bytes);
    round_trip::<TileHeader>(bytes);
    round_trip::<PackageHeader>(bytes);
    round_trip::<ConsistencyRequest>(bytes);
    round_trip::<Consistency>(bytes);
    round_trip::<CosignRequest>(bytes);
    round_trip::<Cosigned>(bytes);
    round_trip::<EvidenceReport>(bytes);
    round_trip::<JoinRequest>(bytes);
    round_trip::<Accepted>(bytes);
    round_trip::<Refusal>(bytes);
    let _ = messages::read_answer::<Heads>(bytes);
}

/// Frames that were cut out, written again, are the bytes they were cut from.
pub(super) fn frame(bytes: &[u8]) {
    let (mut cutter, mut again) = (Cutter::default(), Vec::new());
    cutter.push(bytes);
    while let Ok(Some(payload)) = cutter.next_frame() {
        write_frame(payload, &mut again).expect("a frame's payload fits into a frame");
    }
    assert!(bytes.starts_with(&again));
}

/// Entries come one for one, and those that are there are what their digests say.
pub(super) fn package(bytes: &[u8]) {
    for count in [1, seeds::PACKAGE_ENTRIES, 256] {
        let want = Want {
            package: 0,
            places: (0..count).collect(),
            check: Check::Root,
        };
        let mut opener = Opener::new(Decoder::new());
        let mut seen = 0;
        let Ok(opened) = opener.open(bytes.to_vec(), &want, &mut |_, _| seen += 1) else {
            continue;
        };
        assert_eq!(opened.leaves.len() + opened.later.len(), usize::from(count));
        let present = |status: &Status| matches!(status, Status::Present { .. });
        let held = opened.entries.iter().filter(|it| present(&it.status));
        assert!(held.count() >= seen);
    }
}

pub(super) fn bundle(bytes: &[u8]) {
    let on = Date::parse("2026-11-22").expect("a day written here");
    let verdict = bundles::verify(bytes, &BTreeSet::new(), on);
    assert!(verdict.standing.is_none(), "nobody is trusted");
    assert_eq!(verdict.ok(), verdict.faults.is_empty());
}

pub(super) fn kind(bytes: &[u8]) {
    let Ok(Value::Object(subject)) = texts::parse(bytes) else {
        return;
    };
    for kind in kinds::all() {
        let _ = (kind.check_subject(&subject), kind.check_extra(&subject));
        let _ = terms(kind.fields, &subject).count();
    }
    let again = |fine: bool| assert!(fine, "what was written is not read");
    if let Ok(read) = LogOpened::from_subject(&subject) {
        again(LogOpened::from_subject(&read.to_subject()).is_ok());
    }
    if let Ok(read) = KeyChange::from_subject(&subject) {
        again(KeyChange::from_subject(&read.to_subject()).is_ok());
    }
    if let Ok(read) = Accreditation::from_subject(&subject) {
        again(Accreditation::from_subject(&read.to_subject()).is_ok());
    }
    if let Ok(read) = Erasure::from_subject(&subject) {
        again(Erasure::from_subject(&read.to_subject()).is_ok());
    }
}

/// What typed text is read as passes the check of its field.
pub(super) fn field(bytes: &[u8]) {
    let text = text(bytes);
    for field in kinds::all().iter().flat_map(|kind| kind.fields) {
        if let Ok(value) = read_text(field, &text) {
            let checked = check_value(field.name, &field.shape, &value);
            assert!(checked.is_ok(), "{}: {value}: {checked:?}", field.name);
        }
    }
}

pub(super) fn mapping(bytes: &[u8]) {
    let _ = Mapping::parse(&text(bytes));
}

/// Every row is a thing or a rejection; each thing passes its kind's check.
fn account(import: &Import) {
    assert_eq!(import.read, import.things.len() + import.rejected.len());
    for thing in &import.things {
        let kind = kinds::by_name(thing.kind).expect("imports know their kinds");
        let checked = kind.check_subject(&thing.subject);
        assert!(checked.is_ok(), "{checked:?}: {:?}", thing.subject);
    }
}

pub(super) fn csv(bytes: &[u8]) {
    let mapping = Mapping::parse(seeds::MAPPING).expect("the mapping is right");
    if let Ok(import) = table::read(bytes, &mapping, &organisation()) {
        account(&import);
    }
}

pub(super) fn vds(bytes: &[u8]) {
    if let Ok(import) = activities::read(bytes, &organisation()) {
        account(&import);
    }
}

pub(super) fn settings(bytes: &[u8]) {
    if let Ok(settings) = config::read(&text(bytes), [], &[]) {
        let written = config::first_file(&settings);
        let again = config::read(&written, [], &[]);
        assert!(again.is_ok(), "{again:?}\n{written}");
    }
}

/// A log whose segment holds any bytes is opened, read to its end, and opened again as it was.
pub(super) fn journal(bytes: &[u8]) {
    let folder = seeds::log_with_segment(bytes);
    let open = || {
        let (journal, report) =
            Journal::open(folder.path(), Options::default()).expect("the folder is a store's");
        let mut sizes = Vec::new();
        for origin in journal.logs() {
            let size = journal.frontier(&origin).expect("a log that is known").size;
            for index in 0..size {
                let _ = journal.record(&origin, index);
            }
            sizes.push(size);
        }
        (sizes, report)
    };
    let (sizes, _) = open();
    let (again, report) = open();
    assert_eq!(again, sizes);
    assert!(report.set_aside.is_empty());
}
