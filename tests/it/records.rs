//! Records against everything that could be done to them.

mod scan;

use std::fs;
use std::path::Path;

use erikti_protocol::codec::{Decoder, Encoder};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::json::{self, DEPTH_MAX, INTEGER_MAX, RECORD_BYTES_MAX};
use erikti_protocol::key::{SecretKey, Signature};
use erikti_protocol::kind;
use erikti_protocol::record::{
    CONTEXT_BYTES_MAX, Draft, ISSUER_NAME_BYTES_MAX, Issuer, READERS_MAX, Readers, Record,
    RecordFault, TYPE_NAME_BYTES_MAX, Verified,
};
use erikti_protocol::suite;
use erikti_protocol::time::Timestamp;
use erikti_tests::oracle;
use erikti_tests::synthetic::{Generator, Set};
use serde_json::{Map, Value, json};

fn key() -> SecretKey {
    SecretKey::from_seed(&[0x5a; 32])
}

fn organisation(n: usize) -> OrgId {
    OrgId::from_founding(Hash::of(&n.to_be_bytes()))
}

fn draft(kind: &str, subject: Map<String, Value>, extra: Map<String, Value>) -> Draft {
    Draft {
        kind: kind.to_owned(),
        id: RecordId::v7(1_767_225_600_000, [0x11; 10]),
        version: 1,
        valid_from: Timestamp::parse("2026-01-01T00:00:00Z").expect("a time"),
        readers: Readers::Public,
        subject,
        extra,
    }
}

fn sign(draft: Draft) -> Result<Verified, RecordFault> {
    let issuer = Issuer {
        key: &key(),
        name: "Жасыл аула \"Орман\"",
        organisation: Some(organisation(0)),
    };
    let created = Timestamp::parse("2026-01-01T00:01:00Z").expect("a time");
    draft.sign(&issuer, created, [0x22; 16])
}

/// A record of each kind, from its sample.
fn samples() -> Vec<Verified> {
    let sample = |kind: &&kind::Kind| {
        let draft = draft(kind.name, (kind.sample)(), (kind.sample_extra)());
        sign(draft).expect("a sample keeps the profile")
    };
    kind::all().iter().map(sample).collect()
}

fn with(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}

fn verifies(bytes: Vec<u8>) -> bool {
    Record::parse(bytes).and_then(Record::verify).is_ok()
}

#[test]
fn one_changed_byte_never_verifies() {
    let samples = samples();
    assert_eq!(samples.len(), kind::all().len());
    for record in samples {
        let bytes = record.bytes();
        assert!(verifies(bytes.to_vec()), "{}", record.kind());
        for at in 0..bytes.len() {
            for change in [0x01, 0x20] {
                let mut changed = bytes.to_vec();
                changed[at] ^= change;
                assert!(
                    !verifies(changed),
                    "{}, byte {at} ^ {change}",
                    record.kind()
                );
            }
        }
    }
}

#[test]
fn one_byte_more_or_less_never_verifies() {
    for record in samples() {
        let bytes = record.bytes();
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            let more = [before, b" ", after].concat();
            assert!(
                !verifies(more),
                "{}, a space before byte {at}",
                record.kind()
            );
            if let Some((_, after)) = after.split_first() {
                let less = [before, after].concat();
                assert!(!verifies(less), "{}, without byte {at}", record.kind());
            }
        }
    }
}

/// Canonical bytes of a value whose proof is made anew, so that only the envelope can be wrong.
fn signed(mut value: Value) -> Vec<u8> {
    let mut document = value.clone();
    let mut proof = document
        .as_object_mut()
        .and_then(|document| document.remove("proof"))
        .expect("a proof");
    proof
        .as_object_mut()
        .expect("a proof is an object")
        .remove("proofValue");
    let (config, document) = (json::canonical(&proof), json::canonical(&document));
    let signature: Signature = suite::sign(&key(), &config, &document);
    value["proof"]["proofValue"] = signature.to_string().into();
    json::canonical(&value)
}

fn opportunity() -> Value {
    let subject = json!({"title": {"kk": "Тоғай күні"}, "capacity": 3});
    let subject = subject.as_object().expect("an object").clone();
    let record = sign(draft("opportunity", subject, Map::new()));
    record.expect("the draft is sound").value()
}

#[test]
fn a_deviating_envelope_is_refused_although_its_proof_is_sound() {
    let sound = opportunity();
    assert!(verifies(signed(sound.clone())), "unchanged, it verifies");
    let credentials = "https://www.w3.org/ns/credentials/v2";
    let vocabulary = json!({"@vocab": "urn:erikti:v1:"});
    let other = json!([credentials, {"@vocab": "urn:other:"}]);
    let long = format!("https://{}", "a".repeat(CONTEXT_BYTES_MAX));
    let cases: Vec<(&str, Value)> = vec![
        ("/proof/domain", json!("a.example")),
        ("/proof/expires", json!("2030-01-01T00:00:00Z")),
        (
            "/proof/id",
            json!("urn:uuid:00000000-0000-0000-0000-000000000000"),
        ),
        ("/proof/previousProof", json!("urn:x")),
        ("/proof/@context", other.clone()),
        ("/proof/@context", json!([credentials])),
        ("/proof/@context", Value::Null),
        ("/proof/created", json!("2026-01-01T00:01:00.0Z")),
        ("/proof/created", json!("2026-01-01T03:01:00+03:00")),
        ("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
        ("/proof/nonce", json!("IiIiIiIiIiIiIiIiIiIiIg==")),
        ("/proof/nonce", json!("IiIiIiIiIiIiIiIiIiIiIh")),
        ("/proof/nonce", json!("IiIiIiIiIiIiIiIiIiIi")),
        ("/proof/proofPurpose", json!("authentication")),
        ("/proof/type", json!("Ed25519Signature2020")),
        ("/proof/type", json!(["DataIntegrityProof"])),
        ("/@context", other),
        ("/@context", json!([vocabulary, credentials])),
        (
            "/@context",
            json!([credentials, "http://a.example", vocabulary]),
        ),
        ("/@context", json!([credentials, long, vocabulary])),
        ("/@context", json!([credentials, vocabulary, vocabulary])),
        ("/issuer", json!(key().public().did())),
        ("/issuer/email", json!("a@a.example")),
        ("/issuer/id", json!("did:web:a.example")),
        (
            "/issuer/id",
            json!(SecretKey::from_seed(&[1; 32]).public().did()),
        ),
        ("/issuer/alsoKnownAs", json!([])),
        (
            "/issuer/alsoKnownAs",
            json!([organisation(0), organisation(1)]),
        ),
        ("/issuer/alsoKnownAs", json!(organisation(0))),
        ("/issuer/name", json!("")),
        ("/issuer/name", json!({"kk": "Орман"})),
        ("/issuer/type", json!("Profile")),
        (
            "/id",
            json!("urn:uuid:018BCFE5-6800-7505-8505-050505050505"),
        ),
        ("/id", json!("https://a.example/1")),
        ("/type", json!("VerifiableCredential")),
        ("/type", json!(["VerifiableCredential"])),
        ("/type", json!(["Opportunity", "VerifiableCredential"])),
        (
            "/type",
            json!(["VerifiableCredential", "Opportunity", "Event"]),
        ),
        ("/type", json!(["VerifiableCredential", "opportunity"])),
        (
            "/type",
            json!(["VerifiableCredential", "A".repeat(TYPE_NAME_BYTES_MAX + 1)]),
        ),
        ("/version", json!(0)),
        ("/version", json!(-1)),
        ("/version", json!("1")),
        ("/version", json!(INTEGER_MAX + 1)),
        ("/validFrom", json!("2026-01-01")),
        ("/validFrom", json!("2026-02-29T00:00:00Z")),
        ("/validUntil", json!("soon")),
        ("/termsOfUse", json!([])),
        (
            "/termsOfUse",
            json!({"readers": "public", "type": "Audience"}),
        ),
        ("/termsOfUse/0/readers", json!("friends")),
        ("/termsOfUse/0/readers", json!([])),
        (
            "/termsOfUse/0/readers",
            json!([organisation(0), organisation(0)]),
        ),
        ("/termsOfUse/0/prohibition", json!([])),
        (
            "/termsOfUse/1",
            json!({"readers": "network", "type": "Audience"}),
        ),
        ("/credentialSubject", json!([{"a": 1}])),
        ("/credentialSubject", json!("a")),
    ];
    for (path, changed) in cases {
        let mut value = sound.clone();
        put(&mut value, path, changed.clone());
        let bytes = signed(value);
        assert!(!verifies(bytes.clone()), "{path} = {changed}");
        assert!(!oracle::accepts(&bytes), "{path} = {changed}");
    }
    for path in [
        "/@context",
        "/credentialSubject",
        "/id",
        "/issuer/id",
        "/issuer/name",
        "/issuer/type",
        "/proof/@context",
        "/proof/created",
        "/proof/cryptosuite",
        "/proof/nonce",
        "/proof/proofPurpose",
        "/proof/type",
        "/termsOfUse",
        "/type",
        "/validFrom",
        "/version",
    ] {
        let mut value = sound.clone();
        let (object, name) = path.rsplit_once('/').expect("a path");
        let object = value.pointer_mut(object).and_then(Value::as_object_mut);
        object.expect("an object").remove(name).expect("a member");
        assert!(!verifies(signed(value)), "without {path}");
    }
    let mut proofs = sound;
    proofs["proof"] = json!([proofs["proof"]]);
    assert!(!verifies(json::canonical(&proofs)), "a list of proofs");
}

fn put(value: &mut Value, path: &str, changed: Value) {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    match value.pointer_mut(parent).expect("the parent is there") {
        Value::Array(items) => match name.parse::<usize>().expect("an index") {
            at if at < items.len() => items[at] = changed,
            _ => items.push(changed),
        },
        Value::Object(members) => drop(members.insert(name.to_owned(), changed)),
        _ => panic!("nothing is within {parent}"),
    }
}

#[test]
fn another_spelling_of_the_same_value_is_refused() {
    let bytes = json::canonical(&opportunity());
    let text = String::from_utf8(bytes).expect("records are UTF-8");
    assert!(verifies(text.clone().into_bytes()));
    for (from, to) in [
        (r#""version":1"#, r#""version": 1"#),
        (r#""version":1"#, r#""version":1.0"#),
        (r#""version":1"#, r#""version":1e0"#),
        (r#""version":1"#, r#""version":01"#),
        (r#""version":1"#, r#""version":1,"version":1"#),
        (r#""capacity":3"#, r#""capacity":3,"capacity":3"#),
        (r#""capacity":3"#, r#""capacity":3,"capacit\u0079":3"#),
        (
            r#""capacity":3,"title""#,
            r#""title":{"kk":"a"},"capacity":3,"title""#,
        ),
        ("Тоғай", r"\u0422оғай"),
        (r#"\"Орман\""#, r"\u0022Орман\u0022"),
        ("public", r"publi\u0063"),
        ("{\"@context\"", "\u{feff}{\"@context\""),
        ("{\"@context\"", "\n{\"@context\""),
        (r#""nonce":"#, r#""Nonce":"#),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from} stands in the record");
        assert!(!verifies(changed.clone().into_bytes()), "{changed}");
        assert!(!oracle::accepts(changed.as_bytes()), "{changed}");
    }
    for behind in [" ", "\n", "{}", "\0", ","] {
        assert!(!verifies([text.as_bytes(), behind.as_bytes()].concat()));
    }
}

#[test]
fn limits_hold_just_below_and_just_above() {
    let size = |subject| sign(draft("Anything", subject, Map::new())).map(|r| r.bytes().len());
    let padded = |length: usize| with("a", "a".repeat(length).into());
    // A signature has 87 or 88 characters, so several records are tried at each length around the limit.
    let least = size(padded(0)).expect("the least record");
    let around = RECORD_BYTES_MAX - least;
    let attempt = |at: usize| {
        let id = RecordId::v4([at as u8; 16]);
        let subject = padded(around - 4 + at / 8);
        let draft = Draft {
            id,
            ..draft("Anything", subject, Map::new())
        };
        sign(draft).map(|record| record.bytes().len())
    };
    let sizes: Vec<_> = (0..64).map(attempt).collect();
    let above = |found| RecordFault::TooLarge {
        found,
        allowed: RECORD_BYTES_MAX,
    };
    assert!(sizes.contains(&Ok(RECORD_BYTES_MAX)));
    assert!(sizes.contains(&Err(above(RECORD_BYTES_MAX + 1))));
    assert!(sizes.iter().all(
        |size| size.as_ref().is_ok_and(|size| *size <= RECORD_BYTES_MAX)
            || matches!(size, Err(RecordFault::TooLarge { found, .. }) if *found > RECORD_BYTES_MAX)
    ));
    // The record and its subject are two of the containers.
    let nested = |depth| (0..depth).fold(json!(0), |inner, _| json!([inner]));
    let deep = |depth: usize| size(with("a", nested(depth - 2))).is_ok();
    assert!(deep(DEPTH_MAX) && !deep(DEPTH_MAX + 1));

    let edge = INTEGER_MAX as i64;
    for (number, kept) in [
        (edge, true),
        (-edge, true),
        (edge + 1, false),
        (-edge - 1, false),
    ] {
        assert_eq!(size(with("a", number.into())).is_ok(), kept, "{number}");
        let version = Draft {
            version: number.unsigned_abs(),
            ..draft("Anything", Map::new(), Map::new())
        };
        assert_eq!(sign(version).is_ok(), kept, "version {number}");
    }

    let named = |bytes: usize| {
        let mut value = opportunity();
        value["issuer"]["name"] = "a".repeat(bytes).into();
        verifies(signed(value))
    };
    assert!(named(1) && named(ISSUER_NAME_BYTES_MAX) && !named(ISSUER_NAME_BYTES_MAX + 1));

    let listed = |count: usize| {
        let mut names: Vec<_> = (0..count).map(|n| organisation(n).to_string()).collect();
        names.sort_unstable();
        let mut value = opportunity();
        value["termsOfUse"][0]["readers"] = json!(names);
        verifies(signed(value))
    };
    assert!(listed(1) && listed(READERS_MAX) && !listed(READERS_MAX + 1));

    let typed = |bytes: usize| sign(draft(&"A".repeat(bytes), Map::new(), Map::new())).is_ok();
    assert!(typed(TYPE_NAME_BYTES_MAX) && !typed(TYPE_NAME_BYTES_MAX + 1));
}

#[test]
fn the_frozen_record_is_made_and_verified_byte_for_byte() {
    let subject = json!({
        "title": {"en": "Tree day", "kk": "Ағаш күні", "ru": "День дерева"},
        "capacity": 60,
        "note": "\u{1}\t\"\\/\u{7f}😀",
    });
    let subject = subject.as_object().expect("an object").clone();
    let extra = with("validUntil", json!("2027-01-01T00:00:00Z"));
    let readers = Readers::Listed(vec![organisation(2), organisation(1)]);
    let made = Draft {
        readers,
        version: 3,
        ..draft("opportunity", subject, extra)
    };
    let made = sign(made).expect("the draft is sound");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/record.json");
    let frozen = fs::read(path).expect("the vector is part of the project");
    assert_eq!(
        String::from_utf8_lossy(made.bytes()),
        String::from_utf8_lossy(&frozen)
    );
    let digest = Hash::of(&frozen).to_string();
    assert_eq!(
        digest,
        "813168b53cfd3d65d2385c13072e62f8b820cb830aa63884189919dc414f66e6"
    );
    assert!(verifies(frozen));
}

#[test]
fn bodies_of_the_other_set_are_packed_to_less_than_three_tenths() {
    let generator = Generator::new(Set::Bench, 5, 12);
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let (mut plain, mut packed) = (0, 0);
    let (mut stored, mut body) = (Vec::new(), Vec::new());
    for organisation in generator.organisations() {
        for n in 0..50 {
            let record = generator.record(organisation, n);
            stored.clear();
            body.clear();
            encoder.encode(record.bytes(), &mut stored);
            assert_eq!(decoder.decode(&stored, &mut body), Ok(()));
            assert_eq!(body, record.bytes());
            plain += body.len();
            packed += stored.len();
        }
    }
    let share = packed as f64 / plain as f64;
    assert!(share < 0.285, "{share:.4}");
}

#[test]
fn a_damaged_frame_is_refused_or_unpacks_to_bytes_whose_digest_tells() {
    let record = opportunity();
    let bytes = json::canonical(&record);
    let (mut stored, mut body) = (Vec::new(), Vec::new());
    Encoder::new().encode(&bytes, &mut stored);
    let mut decoder = Decoder::new();
    for at in 0..stored.len() {
        for bit in 0..8 {
            let mut damaged = stored.clone();
            damaged[at] ^= 1 << bit;
            body.clear();
            match decoder.decode(&damaged, &mut body) {
                // zstd carries no checksum here: the log entry's digest is one already.
                Ok(()) => assert!(body.len() <= RECORD_BYTES_MAX),
                Err(_) => assert_eq!(body, b"", "byte {at}, bit {bit}"),
            }
        }
    }
    body.clear();
    assert_eq!(decoder.decode(&stored, &mut body), Ok(()), "and serves on");
    assert_eq!(body, bytes);
}
