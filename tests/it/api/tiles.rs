//! A log read by a stranger: a small C2SP client that knows nothing of this program but two addresses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use erikti_protocol::hash::Hash;
use erikti_protocol::key::PublicKey;
use erikti_protocol::record::Record;
use erikti_tests::process::Member;
use serde_json::json;

use super::wire::{Answer, Door};

/// Hash of a leaf and of a node.
///
/// Source   RFC 6962 section 2.1
fn leaf(entry: &[u8]) -> Hash {
    Hash::of_parts(&[&[0], entry])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root, as the RFC says it: the left half is the largest power of two below the size.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(b""),
        [one] => *one,
        many => {
            let half = many.len().next_power_of_two() / 2;
            node(&root(&many[..half]), &root(&many[half..]))
        }
    }
}

/// A checkpoint's size and root, once the log's key has signed it.
fn checkpoint(note: &str, origin: &str, key: &PublicKey) -> (usize, Hash) {
    let (text, signatures) = note.split_once("\n\n").expect("text and signatures");
    let text = format!("{text}\n");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(origin));
    let size = lines
        .next()
        .and_then(|line| line.parse().ok())
        .expect("a size");
    let root = STANDARD
        .decode(lines.next().expect("a root"))
        .expect("base64");
    assert_eq!(lines.next(), None, "no extension lines");
    let id = Hash::of_parts(&[origin.as_bytes(), b"\n\x01", key.as_bytes()]);
    let signature = signatures
        .lines()
        .find_map(|line| line.strip_prefix(&format!("\u{2014} {origin} ")))
        .expect("the log's own signature");
    let signature = STANDARD.decode(signature).expect("base64");
    assert_eq!(&signature[..4], &id.as_bytes()[..4], "the key's id");
    let bytes: [u8; 64] = signature[4..].try_into().expect("an Ed25519 signature");
    let signature = erikti_protocol::key::Signature::from_bytes(bytes);
    key.verify(text.as_bytes(), &signature)
        .expect("signed by the log");
    (size, Hash::from_slice(&root).expect("a hash"))
}

fn keeps(answer: &Answer, kind: &str, for_ever: bool) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some(kind));
    let keep = answer.header("cache-control").expect("how long to keep it");
    assert_eq!(
        keep == "public, max-age=31536000, immutable",
        for_ever,
        "{keep}"
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_stranger_reads_the_whole_log_and_finds_the_signed_root() {
    let mut member = Member::init("Tiles", &[]);
    member.start();
    let operator = Door::operator(&member);
    let rows: String = (0..600)
        .map(|row| format!("{row},Plant {row} trees\n"))
        .collect();
    let import = json!({
        "format": "csv", "text": format!("id,title\n{rows}"),
        "map": "source = \"table\"\nid = \"id\"\n[columns]\n\"title.en\" = \"title\"\n",
    });
    assert_eq!(operator.post("/v1/imports", &import).good()["created"], 600);
    let hidden = json!({"kind": "opportunity", "readers": "network", "subject": {"title": {"en": "Canary"}}});
    operator.post("/v1/records", &hidden).good();

    let world = Door::world(&member);
    let key = member.origin.rsplit('/').next().expect("a key").to_owned();
    let public = PublicKey::parse(&key).expect("a key");
    let base = format!("/logs/{key}");
    let note = world.get(&format!("{base}/checkpoint"));
    keeps(&note, "text/plain; charset=utf-8", false);
    let (size, wanted) = checkpoint(&note.text(), &member.origin, &public);
    assert!(size > 600, "{size}");

    let (mut leaves, mut hashes) = (Vec::new(), Vec::new());
    for tile in 0..size.div_ceil(256) {
        let width = (size - tile * 256).min(256);
        let partial = if width < 256 {
            format!(".p/{width}")
        } else {
            String::new()
        };
        let entries = world.get(&format!("{base}/tile/entries/{tile:03}{partial}"));
        keeps(&entries, "application/octet-stream", width == 256);
        let mut rest = entries.body.as_slice();
        while let [high, low, tail @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            assert_eq!(length, 33);
            leaves.push(leaf(&tail[..length]));
            rest = &tail[length..];
        }
        let tile = world.get(&format!("{base}/tile/0/{tile:03}{partial}"));
        keeps(&tile, "application/octet-stream", width == 256);
        assert_eq!(tile.body.len(), width * 32);
        hashes.extend(
            tile.body
                .chunks_exact(32)
                .map(|hash| Hash::from_slice(hash).expect("a hash")),
        );
        assert!(!entries.text().contains("Canary"));
    }
    assert_eq!(leaves.len(), size);
    assert_eq!(leaves, hashes);
    assert_eq!(root(&leaves), wanted);
    let full = size / 256;
    let above = world.get(&format!("{base}/tile/1/000.p/{full}"));
    keeps(&above, "application/octet-stream", false);
    for (number, hash) in above.body.chunks_exact(32).enumerate() {
        assert_eq!(root(&leaves[number * 256..][..256]).as_bytes(), hash);
    }
    // An earlier, narrower state of the last tile is still there; what is not yet is not.
    let last = size / 256;
    keeps(
        &world.get(&format!("{base}/tile/0/{last:03}.p/1")),
        "application/octet-stream",
        false,
    );
    let missing = [
        format!("{base}/tile/0/{last:03}"),
        format!("{base}/tile/0/{last:03}.p/255"),
        format!("{base}/tile/entries/{last:03}"),
        format!("{base}/tile/1/001"),
        format!("{base}/tile/2/000.p/1"),
        format!("{base}/tile/8/000"),
        format!("{base}/tile/0/0"),
        format!("{base}/tile/0/000.p/0"),
        format!("{base}/tile/0/000.p/256"),
        format!("{base}/tile/0/x000/000"),
        format!("{base}/tile/0/../0/000"),
        format!("{base}/tile/-1/000"),
        format!("{base}/tile/0/999999999999999999999999"),
        format!("/logs/{}/checkpoint", key.replace("z6Mk", "z6Mm")),
        "/logs/none/checkpoint".to_owned(),
    ];
    for target in missing {
        let answer = world.get(&target);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "log.unknown"),
            "{target}"
        );
    }
}

#[test]
fn the_keys_of_the_address_verify_what_the_organisation_signed() {
    let mut member = Member::init("Keys", &[]);
    member.start();
    let world = Door::world(&member);
    let none = world.get("/.well-known/did.json");
    assert_eq!(
        (none.status, none.problem().as_str()),
        (404, "address.unknown")
    );
    member.stop();
    member.set("http.public_url", "https://volunteers.example.org:8443");
    member.start();
    let operator = Door::operator(&member);
    let body = json!({"kind": "opportunity", "subject": {"title": {"en": "Plant trees"}}});
    let id = operator.post("/v1/records", &body).good()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let world = Door::world(&member);
    let document = world.get("/.well-known/did.json").good();
    let did = "did:web:volunteers.example.org%3A8443";
    assert_eq!(document["id"], did);
    let key = |id: &str| {
        let methods = document["verificationMethod"].as_array().expect("methods");
        let method = methods
            .iter()
            .find(|method| method["id"] == id)
            .expect("the method");
        assert_eq!(method["controller"], did);
        method["publicKeyMultibase"]
            .as_str()
            .expect("a key")
            .to_owned()
    };
    let signing = key(document["assertionMethod"][0].as_str().expect("a method"));
    let bundle = operator.post("/v1/export", &json!({"ids": [id]})).good();
    let record = Record::parse(bundle["text"].as_str().expect("text").as_bytes().to_vec())
        .expect("a record");
    let record = record.verify().expect("its own proof");
    assert_eq!(record.issuer().to_string(), signing);
    let also = document["alsoKnownAs"].as_array().expect("names");
    assert!(also.contains(&json!(format!("did:key:{signing}"))));
    assert!(also.contains(&json!(member.organisation)));
    let transport = key(document["authentication"][0].as_str().expect("a method"));
    assert!(member.origin.ends_with(&transport));
}
