//! Frozen vectors: each kind's sample, signed, byte for byte. Whoever changes a record's form breaks one of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind::{self, Kind, ReadersDefault};
use erikti_protocol::record::{Draft, Issuer, Readers, Record, RecordFault, Verified};
use erikti_protocol::time::Timestamp;
use serde_json::json;

use super::kind_of;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/kinds")
}

/// Signs a subject with a key made from a seed that everybody can read.
fn signed(
    kind: &Kind,
    subject: serde_json::Map<String, serde_json::Value>,
) -> Result<Verified, RecordFault> {
    let at = Timestamp::parse("2026-11-22T06:33:00Z").expect("a time written here");
    let organisation = |name: &str| OrgId::from_founding(Hash::of(name.as_bytes()));
    let own = organisation("an organisation, for samples");
    // A key change is signed by the key it brings, which in the sample is the second one.
    let seed = if kind.name == "key_change" { 2 } else { 1 };
    let draft = Draft {
        kind: kind.name.to_owned(),
        id: RecordId::v7(1_795_329_180_000, [9; 10]),
        version: 1,
        valid_from: at,
        readers: match kind.readers_default {
            ReadersDefault::Public => Readers::Public,
            ReadersDefault::Network => Readers::Network,
            ReadersDefault::Own => Readers::Listed(vec![own]),
            ReadersDefault::Addressee => Readers::Listed(vec![organisation("another one")]),
        },
        subject,
        extra: (kind.sample_extra)(),
    };
    let issuer = Issuer {
        key: &SecretKey::from_seed(&[seed; 32]),
        name: "Жасыл ел еріктілері",
        organisation: Some(own),
    };
    draft.sign(&issuer, at, [7; 16])
}

fn made(kind: &Kind) -> Verified {
    signed(kind, (kind.sample)()).unwrap_or_else(|fault| panic!("{}: {fault}", kind.name))
}

/// File name and digest of each vector, as `sha256sum` writes and checks them.
fn digests() -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder().join("SHA256SUMS")).expect("the list of digests");
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
        .collect()
}

/// Writes the vector of a kind that has none, when `ERIKTI_FREEZE` is `1`. What is frozen is never written again:
/// signatures that left this house cannot be called back.
fn freeze(name: &str, record: &Verified) {
    let path = folder().join(name);
    let asked = std::env::var("ERIKTI_FREEZE").is_ok_and(|value| value == "1");
    if asked && !path.exists() {
        fs::write(&path, record.bytes()).expect("the folder of vectors can be written");
        let mut digests = digests();
        digests.insert(name.to_owned(), record.digest().to_string());
        let lines = digests
            .iter()
            .map(|(name, digest)| format!("{digest}  {name}\n"));
        fs::write(folder().join("SHA256SUMS"), lines.collect::<String>())
            .expect("the list of digests can be written");
    }
}

#[test]
fn every_kind_signs_to_its_frozen_bytes_and_digest() {
    for kind in kind::all() {
        freeze(&format!("{}.json", kind.name), &made(kind));
    }
    let digests = digests();
    for kind in kind::all() {
        let name = format!("{}.json", kind.name);
        let record = made(kind);
        let frozen = fs::read(folder().join(&name)).unwrap_or_else(|_| {
            panic!("`tests/vectors/kinds/{name}` is missing: write it once with ERIKTI_FREEZE=1")
        });
        assert_eq!(
            String::from_utf8_lossy(record.bytes()),
            String::from_utf8_lossy(&frozen),
            "{name}"
        );
        assert_eq!(record.digest(), Hash::of(&frozen), "{name}");
        let digest = record.digest().to_string();
        assert_eq!(digests.get(&name), Some(&digest), "{name} in SHA256SUMS");
    }
}

#[test]
fn every_vector_belongs_to_a_kind_and_verifies_as_it() {
    let mut count = 0;
    for file in fs::read_dir(folder()).expect("the folder of vectors") {
        let path = file.expect("a file of the folder").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("ASCII names");
        if name == "SHA256SUMS" {
            continue;
        }
        let stem = name.strip_suffix(".json").unwrap_or(name);
        let kind = kind::by_name(stem).unwrap_or_else(|| panic!("{name} belongs to no kind"));
        let bytes = fs::read(&path).expect("a readable vector");
        let record = Record::parse(bytes).expect("a well-formed record");
        assert_eq!((record.kind(), record.class()), (kind.name, kind.class));
        let record = record.verify().expect("a good proof");
        let subject = record.subject();
        let subject = subject.as_object().expect("a subject is an object");
        assert_eq!(kind.check_subject(subject), Ok(()), "{name}");
        count += 1;
    }
    assert_eq!(
        (count, digests().len()),
        (kind::all().len(), kind::all().len())
    );
}

#[test]
fn a_vector_with_any_byte_changed_never_verifies() {
    let record = made(kind_of("service"));
    for at in 0..record.bytes().len() {
        let mut bytes = record.bytes().to_vec();
        bytes[at] ^= 1;
        let verified = Record::parse(bytes).and_then(Record::verify);
        assert!(verified.is_err(), "byte {at} changed and nobody noticed");
    }
}

#[test]
fn a_description_at_its_bound_fits_into_a_record_and_three_do_not() {
    let kind = kind_of("opportunity");
    let described = |languages: &[&str]| {
        let mut subject = (kind.sample)();
        for language in languages {
            subject["description"][language] = json!("ә".repeat(20_000));
        }
        assert_eq!(kind.check_subject(&subject), Ok(()));
        signed(kind, subject)
    };
    assert!(described(&["kk"]).is_ok());
    assert!(described(&["kk", "ru", "en"]).is_err());
}
