//! A witness cosigns what continues what it cosigned last, and says why when it does not.

use erikti_protocol::hash::Hash;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::cosignature::{self, witness_key};
use erikti_protocol::log::note::{NoteFault, SIGNATURES_MAX, SignatureLine};
use erikti_protocol::log::path::consistency_proof;
use erikti_protocol::log::witness::{
    AddCheckpoint, Known, REQUEST_BYTES_MAX, WitnessFault, parse_answer,
};
use erikti_protocol::log::{Checkpoint, TreeFault};
use erikti_protocol::time::Timestamp;

use super::{Tree, assert_frozen, origin};

fn request(tree: &Tree, old: u64, size: u64) -> AddCheckpoint {
    let proof = consistency_proof::<TreeFault>(old, size.max(old), |level, index| {
        tree.hash_at(level, index)
    });
    AddCheckpoint {
        old,
        proof: proof.unwrap(),
        note: tree.checkpoint(11, size).note().clone(),
    }
}

#[test]
fn our_request_is_frozen_and_has_one_spelling() {
    let tree = Tree::new(300, "frozen");
    let text = request(&tree, 77, 300).to_string();
    assert_frozen("log/add-checkpoint.txt", &text);
    let read = AddCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(read, request(&tree, 77, 300));
    for (from, to, line) in [
        ("old 77", "old 077", 1),
        ("old 77", "Old 77", 1),
        ("old 77", "old 77\nold 77", 2),
        ("old 77", "old 77\n!", 2),
    ] {
        let text = text.replace(from, to);
        let fault = WitnessFault::Line { line };
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Err(fault), "{to}");
    }
    let with = |hashes: usize| AddCheckpoint {
        proof: vec![Hash::of(b"hash"); hashes],
        ..read.clone()
    };
    assert!(AddCheckpoint::parse(with(63).to_string().as_bytes()).is_ok());
    assert_eq!(
        AddCheckpoint::parse(with(64).to_string().as_bytes()),
        Err(WitnessFault::Line { line: 65 })
    );
    let found = REQUEST_BYTES_MAX + 1;
    assert_eq!(
        AddCheckpoint::parse(&vec![b'a'; found]),
        Err(WitnessFault::Bytes { found })
    );
    let foreign = text.replace(origin(11).as_str(), "cosignature/v1");
    let fault = AddCheckpoint::parse(foreign.as_bytes()).unwrap_err();
    assert_eq!(fault.status(), 400);
}

#[test]
fn a_witness_follows_one_story_step_by_step() {
    let (tree, other) = (Tree::new(300, "one"), Tree::new(300, "other"));
    let mut last: Option<Checkpoint> = None;
    let mut send = |request: AddCheckpoint| {
        let known = last.clone().map_or(Known::Never, Known::Last);
        let verdict = request.judge(|asked| {
            assert_eq!(asked, &origin(11));
            known
        });
        match verdict {
            Ok(signed) => {
                last = Some(signed.checkpoint().clone());
                200
            }
            Err(fault) => fault.status(),
        }
    };
    let mut unproved = request(&tree, 10, 20);
    unproved.proof.clear();
    let mut overproved = request(&tree, 20, 20);
    overproved.proof.push(Hash::of(b"more"));
    let mut shrunk = request(&tree, 20, 20);
    shrunk.note = tree.checkpoint(11, 10).note().clone();
    let mut forged = request(&tree, 20, 30);
    forged.note = tree.checkpoint(12, 30).note().clone();
    let forged = forged
        .to_string()
        .replace(origin(12).as_str(), origin(11).as_str());
    let mut first_with_proof = request(&tree, 0, 10);
    first_with_proof.proof.push(Hash::of(b"more"));
    assert_eq!(send(first_with_proof), 422);
    assert_eq!(send(request(&tree, 0, 10)), 200);
    assert_eq!(send(unproved), 422);
    assert_eq!(send(request(&other, 10, 20)), 422);
    assert_eq!(send(request(&tree, 10, 20)), 200);
    assert_eq!(
        send(request(&tree, 20, 20)),
        200,
        "asking again is no fault"
    );
    assert_eq!(send(overproved), 422);
    assert_eq!(send(shrunk), 400);
    assert_eq!(send(request(&other, 20, 20)), 409);
    assert_eq!(send(request(&tree, 10, 30)), 409, "the old size is stale");
    assert_eq!(
        send(request(&tree, 0, 10)),
        409,
        "a restored log begins again"
    );
    assert_eq!(send(AddCheckpoint::parse(forged.as_bytes()).unwrap()), 403);
    assert_eq!(send(request(&tree, 20, 300)), 200);
}

#[test]
fn refusals_say_what_was_found_and_allowed() {
    let (tree, other) = (Tree::new(300, "one"), Tree::new(300, "other"));
    let last = || Known::Last(tree.checkpoint(11, 20).checkpoint().clone());
    assert_eq!(
        request(&tree, 10, 30).judge(|_| last()),
        Err(WitnessFault::Conflict {
            found: 10,
            allowed: 20
        })
    );
    assert_eq!(
        request(&other, 20, 20).judge(|_| last()),
        Err(WitnessFault::Split { size: 20 })
    );
    assert_eq!(
        request(&tree, 20, 30).judge(|_| Known::Unknown),
        Err(WitnessFault::Unknown)
    );
    assert_eq!(WitnessFault::Unknown.status(), 404);
    let mut shrunk = request(&tree, 20, 20);
    shrunk.note = tree.checkpoint(11, 10).note().clone();
    assert_eq!(
        shrunk.judge(|_| last()),
        Err(WitnessFault::Shrinks { old: 20, found: 10 })
    );
}

#[test]
fn an_answer_is_signature_lines_and_the_log_checks_them() {
    let tree = Tree::new(300, "one");
    let mut signed = tree.checkpoint(11, 300);
    let secret = SecretKey::from_seed(&[21; 32]);
    let witness = witness_key("demo", &secret.public()).unwrap();
    let at = Timestamp::from_seconds(1_800_000_000).unwrap();
    let line = cosignature::cosign(signed.note(), &witness, &secret, at).unwrap();
    let answer = format!("{line}\n— example.com/stranger AAAAAAA=\n");
    let lines = parse_answer(&answer).unwrap();
    assert_eq!(lines.len(), 2);
    let mut added = Vec::new();
    for line in lines {
        added.push(signed.add_cosignature(line, &witness).is_ok());
    }
    assert_eq!(added, [true, false]);
    assert_eq!(signed.cosigners(), [(secret.public(), at)]);
    assert_eq!(
        signed.note().signatures().len(),
        2,
        "the stranger's is left out"
    );

    assert_eq!(parse_answer(""), Err(NoteFault::Shape));
    assert_eq!(parse_answer(&line.to_string()), Err(NoteFault::Shape));
    assert!(parse_answer(&format!("{line}\n\n")).is_err());
    let many = |count: usize| parse_answer(&format!("{line}\n").repeat(count));
    let read: Vec<SignatureLine> = many(SIGNATURES_MAX).unwrap();
    assert_eq!(read.len(), SIGNATURES_MAX);
    let found = SIGNATURES_MAX + 1;
    assert_eq!(many(found), Err(NoteFault::Signatures { found }));
}
