//! What a record is, said a second time and slowly: parse, judge, write, compare. The one-pass scan has to agree.

use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::json::{self, INTEGER_MAX};
use erikti_protocol::key::{PublicKey, Signature};
use erikti_protocol::record::{
    CONTEXT_BYTES_MAX, ISSUER_NAME_BYTES_MAX, READERS_MAX, TYPE_NAME_BYTES_MAX, scan,
};
use erikti_protocol::time::Timestamp;
use erikti_tests::synthetic::{Generator, Set};
use serde_json::{Map, Value, json};

/// Whether these bytes are a record's, whatever its proof is worth.
pub(super) fn accepts(bytes: &[u8]) -> bool {
    let Ok(value) = json::parse(bytes) else {
        return false;
    };
    json::profile(&value).is_ok()
        && json::canonical(&value) == bytes
        && is_envelope(&value).is_some()
}

fn is_envelope(record: &Value) -> Option<()> {
    let record = record.as_object()?;
    is_context(record.get("@context")?)?;
    record.get("credentialSubject")?.as_object()?;
    RecordId::parse(record.get("id")?.as_str()?)?;
    let key = issuer(record.get("issuer")?)?;
    is_proof(record.get("proof")?, record.get("@context")?, &key)?;
    is_audience(record.get("termsOfUse")?)?;
    let [credential, name] = record.get("type")?.as_array()?.as_slice() else {
        return None;
    };
    holds(credential == "VerifiableCredential" && is_type_name(name.as_str()?))?;
    Timestamp::parse(record.get("validFrom")?.as_str()?)?;
    if let Some(until) = record.get("validUntil") {
        Timestamp::parse(until.as_str()?)?;
    }
    holds((1..=INTEGER_MAX).contains(&record.get("version")?.as_u64()?))
}

fn holds(condition: bool) -> Option<()> {
    condition.then_some(())
}

/// Exactly these members and no other.
fn members<'a, const N: usize>(value: &'a Value, names: [&str; N]) -> Option<[&'a Value; N]> {
    let object = value.as_object()?;
    holds(object.len() == N)?;
    let found = names.map(|name| object.get(name));
    found
        .iter()
        .all(Option::is_some)
        .then(|| found.map(|value| value.expect("checked before")))
}

fn is_context(context: &Value) -> Option<()> {
    let vocabulary = json!({"@vocab": "urn:erikti:v1:"});
    let (first, rest) = context.as_array()?.split_first()?;
    let (last, own) = rest.split_last()?;
    holds(first == "https://www.w3.org/ns/credentials/v2" && *last == vocabulary)?;
    match own {
        [] => Some(()),
        [address] => {
            let spelled = json::canonical(address);
            let address = address.as_str()?;
            holds(address.starts_with("https://") && spelled.len() - 2 <= CONTEXT_BYTES_MAX)
        }
        _ => None,
    }
}

fn issuer(issuer: &Value) -> Option<PublicKey> {
    let mut issuer = issuer.clone();
    if let Some(known) = issuer.as_object_mut()?.remove("alsoKnownAs") {
        let [organisation] = known.as_array()?.as_slice() else {
            return None;
        };
        OrgId::parse(organisation.as_str()?)?;
    }
    let [id, name, types] = members(&issuer, ["id", "name", "type"])?;
    name.as_str()?;
    let length = json::canonical(name).len() - 2;
    holds((1..=ISSUER_NAME_BYTES_MAX).contains(&length) && *types == json!(["Profile"]))?;
    PublicKey::parse_did(id.as_str()?).ok()
}

fn is_proof(proof: &Value, context: &Value, key: &PublicKey) -> Option<()> {
    let [own, created, suite, nonce, purpose, value, kind, method] = members(
        proof,
        [
            "@context",
            "created",
            "cryptosuite",
            "nonce",
            "proofPurpose",
            "proofValue",
            "type",
            "verificationMethod",
        ],
    )?;
    Timestamp::parse(created.as_str()?)?;
    Signature::parse(value.as_str()?)?;
    holds(
        own == context
            && suite == "eddsa-jcs-2022"
            && is_nonce(nonce.as_str()?)
            && purpose == "assertionMethod"
            && kind == "DataIntegrityProof"
            && *method == key.verification_method(),
    )
}

/// 16 bytes in base64url: 22 characters, of the last one only the upper two bits.
fn is_nonce(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 22 && text.bytes().all(plain) && text.ends_with(['A', 'Q', 'g', 'w'])
}

fn is_audience(terms: &Value) -> Option<()> {
    let [term] = terms.as_array()?.as_slice() else {
        return None;
    };
    let [readers, kind] = members(term, ["readers", "type"])?;
    holds(kind == "Audience")?;
    if let Some(word) = readers.as_str() {
        return holds(word == "public" || word == "network");
    }
    let names: Option<Vec<&str>> = readers.as_array()?.iter().map(Value::as_str).collect();
    let names = names?;
    holds(
        (1..=READERS_MAX).contains(&names.len())
            && names.iter().all(|name| OrgId::parse(name).is_some())
            && names.is_sorted_by(|a, b| a < b),
    )
}

fn is_type_name(name: &str) -> bool {
    name.len() <= TYPE_NAME_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Chance of the mutations: an xorshift, so that a failure is repeated from the seed alone.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// Pieces of text that stand between what is allowed and what is not.
const PIECES: [&str; 44] = [
    "0",
    "-0",
    "01",
    "1.0",
    "1e0",
    "-1",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740991",
    "-9007199254740992",
    "18446744073709551616",
    "true",
    "null",
    "nul",
    "\"\"",
    "\"",
    "\\",
    "\\\\",
    "\\\"",
    "\\/",
    "\\b",
    "\\n",
    "\\u0008",
    "\\u0000",
    "\\u001f",
    "\\u001F",
    "\\u007f",
    "\\ud83d\\ude00",
    "\\ud800",
    "\u{7f}",
    "\u{1}",
    "😀",
    "ә",
    "{}",
    "[]",
    "[0,1]",
    "{\"a\":0}",
    "{\"b\":0,\"a\":0}",
    "{\"a\":0,\"a\":0}",
    "{\"ә\":0}",
    "{\"\":0}",
    ",",
    " ",
    "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
];

/// Changes bytes somewhere.
fn change_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    let end = (at + dice.below(6)).min(bytes.len());
    match dice.below(5) {
        0 => bytes[at] ^= 1 << dice.below(8),
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..at, dice.pick(&PIECES).bytes())),
        3 => {
            let copied = bytes[at..end].to_vec();
            let to = dice.below(bytes.len());
            bytes.splice(to..to, copied);
        }
        // A value replaced as a whole: behind a colon, up to what ends it.
        _ => {
            let colon = bytes[at..].iter().position(|&byte| byte == b':');
            let from = at + colon.map_or(0, |colon| colon + 1);
            let length = bytes[from..].iter().position(|byte| b",}]".contains(byte));
            let to = from + length.unwrap_or(0);
            bytes.splice(from..to, dice.pick(&PIECES).bytes());
        }
    }
}

/// Changes the value somewhere, so that the text stays canonical.
fn change_value(value: &mut Value, dice: &mut Dice) {
    let name = |object: &Map<String, Value>, dice: &mut Dice| {
        let names: Vec<_> = object.keys().cloned().collect();
        names[dice.below(names.len())].clone()
    };
    let deeper = dice.below(3) > 0;
    match value {
        Value::Object(object) if deeper && !object.is_empty() => {
            let name = name(object, dice);
            change_value(object.get_mut(&name).expect("a name of this object"), dice);
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = dice.below(items.len());
            change_value(&mut items[at], dice);
        }
        Value::Object(object) if dice.below(3) > 0 => {
            if !object.is_empty() && dice.below(2) == 0 {
                let name = name(object, dice);
                object.remove(&name);
            } else {
                let names = [
                    "aaa",
                    "zzz",
                    "validUntil",
                    "domain",
                    "id",
                    "",
                    "\u{1}",
                    "ә",
                    "A b",
                ];
                let name = dice.pick(&names).to_owned();
                object.insert(name, piece(dice));
            }
        }
        Value::Array(items) if dice.below(3) > 0 => {
            if !items.is_empty() && dice.below(2) == 0 {
                items.pop();
            } else {
                let twin = items.last().cloned();
                items.push(twin.unwrap_or_else(|| piece(dice)));
            }
        }
        Value::String(text) if dice.below(2) == 0 && !text.is_empty() => {
            let mut characters: Vec<char> = text.chars().collect();
            let at = dice.below(characters.len());
            characters[at] = dice
                .pick(&["1", "A", "z", "Z", "-", "\u{1}", "ә", "\""])
                .chars()
                .next()
                .expect("no piece is empty");
            *text = characters.into_iter().collect();
        }
        other => *other = piece(dice),
    }
}

fn piece(dice: &mut Dice) -> Value {
    let words = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(INTEGER_MAX),
        json!(INTEGER_MAX + 1),
        json!(null),
        json!(true),
        json!(""),
        json!("public"),
        json!("network"),
        json!("https://a.example"),
        json!("2026-01-01T00:00:00Z"),
        json!("2026-02-30T00:00:00Z"),
        json!([]),
        json!({}),
        json!("Service"),
        json!("\u{8}\u{b}\u{1f}\u{7f}\\\"/"),
        json!({"a": [{"b": 1}]}),
        json!("urn:uuid:018bcfe5-6800-7505-8505-050505050505"),
    ];
    words[dice.below(words.len())].clone()
}

#[test]
fn the_scan_accepts_exactly_what_the_slow_way_accepts() {
    let seed = std::env::var("ERIKTI_SEED").ok();
    let seed = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("ERIKTI_SEED={seed}");
    let mut dice = Dice(seed);
    let generator = Generator::new(Set::Bench, 3, 6);
    let mut records: Vec<Vec<u8>> = Vec::new();
    for organisation in generator.organisations() {
        records.extend((0..10).map(|n| generator.record(organisation, n).into_bytes()));
    }
    records.extend(
        super::samples()
            .into_iter()
            .map(|record| record.into_bytes()),
    );
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..30_000 {
        let mut bytes = records[dice.below(records.len())].clone();
        if round % 2 == 0 {
            let mut value = json::parse(&bytes).expect("a record is JSON");
            change_value(&mut value, &mut dice);
            bytes = json::canonical(&value);
        } else {
            for _ in 0..=dice.below(2) {
                change_bytes(&mut bytes, &mut dice);
            }
        }
        let wanted = accepts(&bytes);
        let found = scan(&bytes);
        assert_eq!(
            found.is_ok(),
            wanted,
            "seed {seed}, round {round}: {found:?}\n{}",
            String::from_utf8_lossy(&bytes)
        );
        *(if wanted { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(
        accepted > 2_500 && refused > 10_000,
        "{accepted} accepted, {refused} refused"
    );
}
