//! Notes, checkpoints, cosignatures and proofs as texts: one spelling, bounds, frozen vectors.

use erikti_protocol::hash::Hash;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::checkpoint::{CheckpointFault, TreeHead, verifier_key};
use erikti_protocol::log::cosignature::{self, witness_key};
use erikti_protocol::log::note::{
    Algorithm, NAME_BYTES_MAX, NOTE_BYTES_MAX, NoteFault, SIGNATURES_MAX, SignatureLine,
    SignedNote, VerifierKey,
};
use erikti_protocol::log::proof::{EXTRA_BYTES_MAX, LogProof, PROOF_BYTES_MAX, ProofFault};
use erikti_protocol::log::tree::empty_root;
use erikti_protocol::log::{Checkpoint, Class, Entry, SIZE_MAX, SignedCheckpoint, TreeFault};
use erikti_protocol::time::Timestamp;

use super::{Tree, assert_frozen, origin};

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn line(name: &str, signature: Vec<u8>) -> SignatureLine {
    SignatureLine {
        name: name.to_owned(),
        key_id: [1, 2, 3, 4],
        signature,
    }
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn what_is_no_note_is_refused_with_its_reason() {
    let good = SignedNote::sign("text\n", "key", &secret(1))
        .unwrap()
        .to_string();
    let signature = good.rsplit(' ').next().unwrap().trim_end();
    let cases = [
        ("text\n\n".to_owned(), NoteFault::Shape),
        ("text\n— key AAAAAAA=\n".to_owned(), NoteFault::Shape),
        (good.trim_end().to_owned(), NoteFault::Shape),
        (format!("{good}\n"), NoteFault::Shape),
        (good.replace('—', "-"), NoteFault::Line { line: 1 }),
        (good.replace("key ", "key  "), NoteFault::Line { line: 1 }),
        (
            good.replace(signature, &signature.replace('=', "")),
            NoteFault::Line { line: 1 },
        ),
        (good.replace(signature, "AAAA"), NoteFault::Line { line: 1 }),
        (
            good.replace(signature, "AAAAAA=="),
            NoteFault::Line { line: 1 },
        ),
        (format!("{good}junk\n"), NoteFault::Line { line: 2 }),
        (good.replace("text", "te\txt"), NoteFault::Text { at: 2 }),
        (
            good.replace("text\n", "text\r\n"),
            NoteFault::Text { at: 4 },
        ),
        (
            good.replace("key ", "k+y "),
            NoteFault::Name {
                found: "k+y".to_owned(),
            },
        ),
        (
            good.replace("key ", "k\u{3000}y "),
            NoteFault::Name {
                found: "k\u{3000}y".to_owned(),
            },
        ),
    ];
    for (text, fault) in cases {
        assert_eq!(SignedNote::parse(text.as_bytes()), Err(fault), "{text:?}");
    }
    let mut bytes = good.into_bytes();
    bytes[1] = 0xff;
    assert_eq!(SignedNote::parse(&bytes), Err(NoteFault::Text { at: 1 }));
}

#[test]
fn a_note_may_be_empty_lines_and_unknown_lines_are_no_fault() {
    let key = VerifierKey::ed25519("key", &secret(1).public()).unwrap();
    let mut note = SignedNote::sign("one\n\n\ntwo\n", "key", &secret(1)).unwrap();
    note.add(line("stranger", vec![9; 2_420])).unwrap();
    note.add(line("key", vec![9; 64])).unwrap();
    let read = SignedNote::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(
        (read.text(), read.signatures().len()),
        ("one\n\n\ntwo\n", 3)
    );
    assert_eq!(read.verify(&key), Ok(()), "another id is another key");

    let other = VerifierKey::ed25519("stranger", &secret(1).public()).unwrap();
    let name = || "stranger".to_owned();
    assert_eq!(
        read.verify(&other),
        Err(NoteFault::Unsigned { name: name() })
    );
    let mut forged = read;
    forged
        .add(SignatureLine {
            name: "key".to_owned(),
            key_id: key.id(),
            signature: vec![9; 64],
        })
        .unwrap();
    let fault = NoteFault::Signature {
        name: "key".to_owned(),
    };
    assert_eq!(forged.verify(&key), Err(fault.clone()));
    let both = format!("{note}{}\n", forged.signatures().last().unwrap());
    let both = SignedNote::parse(both.as_bytes()).unwrap();
    assert_eq!(both.verify(&key), Err(fault), "one forged line is too many");
}

#[test]
fn bounds_of_notes_hold_at_the_bound() {
    let note = |lines: usize| {
        let lines: String = (0..lines).map(|at| format!("— k{at} AAAAAAA=\n")).collect();
        format!("text\n\n{lines}")
    };
    assert!(SignedNote::parse(note(SIGNATURES_MAX).as_bytes()).is_ok());
    let found = SIGNATURES_MAX + 1;
    assert_eq!(
        SignedNote::parse(note(found).as_bytes()),
        Err(NoteFault::Signatures { found })
    );
    let mut full = SignedNote::parse(note(SIGNATURES_MAX).as_bytes()).unwrap();
    let before = full.clone();
    assert_eq!(
        full.add(line("more", vec![1])),
        Err(NoteFault::Signatures { found })
    );
    assert_eq!(full, before);

    let rest = note(1).len() - 4;
    let long = "x".repeat(NOTE_BYTES_MAX - rest);
    let text = note(1).replace("text", &long);
    assert_eq!(text.len(), NOTE_BYTES_MAX);
    assert!(SignedNote::parse(text.as_bytes()).is_ok());
    assert_eq!(
        SignedNote::parse(format!("x{text}").as_bytes()),
        Err(NoteFault::Bytes {
            found: NOTE_BYTES_MAX + 1
        })
    );

    let key = secret(1).public();
    assert!(VerifierKey::ed25519(&"n".repeat(NAME_BYTES_MAX), &key).is_ok());
    for name in ["", "a b", "a+b", "a\nb", &"n".repeat(NAME_BYTES_MAX + 1)] {
        let refused = VerifierKey::ed25519(name, &key);
        assert!(matches!(refused, Err(NoteFault::Name { .. })), "{name}");
    }
}

#[test]
fn verifier_keys_have_one_spelling() {
    let key = secret(5).public();
    for key in [
        verifier_key(&origin(5)),
        witness_key("demo", &key).unwrap(),
        VerifierKey::cosigner("example.com/w", &key).unwrap(),
    ] {
        let text = key.to_string();
        assert_eq!(VerifierKey::parse(&text), Ok(key));
        let (name, rest) = text.split_once('+').unwrap();
        let (id, bytes) = rest.split_once('+').unwrap();
        for other in [
            format!("{name}+{}+{bytes}", id.to_uppercase() + "0"),
            format!("{name}+00000000+{bytes}"),
            format!("{name}x+{id}+{bytes}"),
            format!("{name}+{id}+{bytes}A"),
            format!("{name}+{id}"),
            format!("{name} +{id}+{bytes}"),
            String::new(),
        ] {
            assert!(VerifierKey::parse(&other).is_err(), "{other}");
        }
    }
    assert_eq!(witness_key("DEMO", &key), None);
}

#[test]
fn keys_and_lines_of_ml_dsa_are_read_and_never_count() {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut key = vec![0x06];
    key.extend([7; 1_312]);
    let id = Hash::of_parts(&[b"example.com/pq", b"\n", &key]);
    let id: [u8; 4] = id.as_bytes()[..4].try_into().unwrap();
    let vkey = format!(
        "example.com/pq+{:08x}+{}",
        u32::from_be_bytes(id),
        encode(&key)
    );
    let vkey = VerifierKey::parse(&vkey).unwrap();
    assert_eq!(vkey.algorithm(), Algorithm::MlDsa44);

    let mut checkpoint = Tree::new(3, "pq").checkpoint(1, 3).note().clone();
    checkpoint
        .add(SignatureLine {
            name: "example.com/pq".to_owned(),
            key_id: id,
            signature: vec![1; 8 + 2_420],
        })
        .unwrap();
    let text = checkpoint.to_string();
    let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(signed.to_string(), text, "it is passed on");
    assert_eq!(
        cosignature::verify(signed.note(), &vkey),
        Err(NoteFault::Algorithm { found: 6 })
    );
    assert_eq!(signed.cosigners(), []);
}

#[test]
fn our_checkpoint_is_frozen_and_no_changed_byte_passes() {
    let signed = Tree::new(300, "frozen").checkpoint(11, 300);
    let text = signed.to_string();
    assert_frozen("log/checkpoint.txt", &text);
    assert_eq!(SignedCheckpoint::parse(text.as_bytes()), Ok(signed));
    assert_no_change_passes(&text, |bytes| SignedCheckpoint::parse(bytes).is_ok());
}

/// Every bit of every byte, every byte lost, and one byte too many at every place.
pub(crate) fn assert_no_change_passes(text: &str, passes: impl Fn(&[u8]) -> bool) {
    assert!(passes(text.as_bytes()));
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            assert!(!passes(&bytes), "bit {bit} of byte {at}");
        }
        let mut bytes = text.as_bytes().to_vec();
        let lost = bytes.remove(at);
        assert!(!passes(&bytes), "byte {at} lost");
        bytes.insert(at, lost);
        bytes.insert(at, b'\n');
        assert!(!passes(&bytes), "a newline before byte {at}");
    }
}

#[test]
fn checkpoints_that_no_log_of_ours_makes_are_refused() {
    let key = secret(1);
    let name = origin(1);
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let refused = |text: &str| {
        let note = SignedNote::sign(text, name.as_str(), &key).unwrap();
        SignedCheckpoint::from_note(note).expect_err(text)
    };
    let line = |line| CheckpointFault::Line { line };
    for (text, fault) in [
        (format!("{name}\n1\n{root}\nextension\n"), line(4)),
        (format!("{name}\n1\n\n{root}\n"), line(3)),
        (format!("{name}\n01\n{root}\n"), line(2)),
        (format!("{name}\n+1\n{root}\n"), line(2)),
        (format!("{name}\n-1\n{root}\n"), line(2)),
        (format!("{name}\n18446744073709551616\n{root}\n"), line(2)),
        (format!("{name}\n1\n{}\n", &root[..43]), line(3)),
        (
            format!("{name}\n1\n{}\n", root.replace("FU=", "FV=")),
            line(3),
        ),
        (format!("{name}\n1\n"), line(3)),
        (format!("{name}\n"), line(2)),
        (
            format!("{name}\n{}\n{root}\n", SIZE_MAX + 1),
            CheckpointFault::Size {
                found: SIZE_MAX + 1,
            },
        ),
        (
            format!("cosignature/v1\n1\n{root}\n"),
            CheckpointFault::Origin {
                found: "cosignature/v1".to_owned(),
            },
        ),
        (
            format!("example.com/log\n1\n{root}\n"),
            CheckpointFault::Origin {
                found: "example.com/log".to_owned(),
            },
        ),
    ] {
        assert_eq!(refused(&text), fault, "{text}");
    }
    let other = Checkpoint {
        origin: name.clone(),
        size: 0,
        root: Hash::of(b"other"),
    };
    assert!(matches!(
        refused(&other.text()),
        CheckpointFault::EmptyRoot { .. }
    ));
    let of_another = format!("{}\n1\n{root}\n", origin(2));
    assert!(matches!(
        refused(&of_another),
        CheckpointFault::Note(NoteFault::Unsigned { .. })
    ));
    assert!(matches!(
        other.sign(&secret(2)),
        Err(CheckpointFault::Key { .. })
    ));
    assert!(TreeHead::parse("cosignature/v1\n1\n").is_err());
}

#[test]
fn the_largest_and_the_empty_log_are_signed() {
    for (size, root) in [(0, empty_root()), (SIZE_MAX, Hash::of(b"root"))] {
        let checkpoint = Checkpoint {
            origin: origin(1),
            size,
            root,
        };
        let signed = checkpoint.clone().sign(&secret(1)).unwrap();
        let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
        assert_eq!(read.checkpoint(), &checkpoint);
    }
}

#[test]
fn our_cosigned_checkpoint_is_frozen_and_every_witness_counts_once() {
    let mut signed = Tree::new(300, "frozen").checkpoint(11, 300);
    let bare = signed.clone();
    let (first, second) = (time("2026-11-22T06:33:00Z"), time("2026-11-22T06:34:00Z"));
    for (seed, at) in [(21, first), (22, first), (21, second)] {
        let witness = witness_key("demo", &secret(seed).public()).unwrap();
        let line = cosignature::cosign(signed.note(), &witness, &secret(seed), at).unwrap();
        assert_eq!(signed.add_cosignature(line, &witness), Ok(at));
    }
    let text = signed.to_string();
    assert_frozen("log/checkpoint-cosigned.txt", &text);
    let read = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    let (a, b) = (secret(21).public(), secret(22).public());
    assert_eq!(read.cosigners(), [(b, first), (a, second)]);
    assert_eq!(read.bare(), bare);

    // An older line of a known witness changes nothing.
    let witness = witness_key("demo", &a).unwrap();
    let line = cosignature::cosign(read.note(), &witness, &secret(21), first).unwrap();
    let mut same = read.clone();
    assert_eq!(same.add_cosignature(line.clone(), &witness), Ok(first));
    assert_eq!(same, read);

    // Two lines of one witness are one witness, and none when one of them is forged.
    let twice = format!("{text}{line}\n");
    let twice = SignedCheckpoint::parse(twice.as_bytes()).unwrap();
    assert_eq!(twice.cosigners(), [(b, first), (a, second)]);
    let mut forged = line;
    forged.signature[7] ^= 1;
    let forged = format!("{text}{forged}\n");
    let forged = SignedCheckpoint::parse(forged.as_bytes()).unwrap();
    assert_eq!(forged.cosigners(), [(b, first)]);
}

#[test]
fn a_cosignature_is_of_one_checkpoint_one_time_and_one_witness() {
    let tree = Tree::new(300, "frozen");
    let (one, other) = (tree.checkpoint(11, 300), tree.checkpoint(11, 299));
    let at = time("2026-11-22T06:33:00Z");
    let witness = witness_key("demo", &secret(21).public()).unwrap();
    let line = cosignature::cosign(one.note(), &witness, &secret(21), at).unwrap();
    assert_eq!(
        cosignature::verify_line(one.note().text(), &line, &witness),
        Ok(at)
    );
    let verify = |line: &SignatureLine, note: &SignedNote, witness: &VerifierKey| {
        cosignature::verify_line(note.text(), line, witness).is_ok()
    };
    assert!(!verify(&line, other.note(), &witness));
    let elsewhere = witness_key("other", &secret(21).public()).unwrap();
    assert!(!verify(&line, one.note(), &elsewhere));
    for at in 0..line.signature.len() {
        let mut changed = line.clone();
        changed.signature[at] ^= 0x80;
        assert!(!verify(&changed, one.note(), &witness), "byte {at}");
    }
    let refused = cosignature::cosign(one.note(), &witness, &secret(22), at);
    assert!(matches!(refused, Err(NoteFault::Algorithm { .. })));
    let before_1970 = cosignature::cosign(
        one.note(),
        &witness,
        &secret(21),
        time("1969-12-31T23:59:59Z"),
    );
    assert!(before_1970.is_err());
}

fn entry() -> Entry {
    Entry {
        class: Class::Record,
        digest: Hash::of(b"record"),
    }
}

fn log_proof() -> LogProof {
    let mut leaves = Tree::new(300, "frozen").leaves().to_vec();
    leaves[77] = entry().leaf();
    let tree = Tree::of(leaves);
    LogProof::make(77, tree.checkpoint(11, 300), |level, index| {
        tree.hash_at(level, index)
    })
    .unwrap()
}

#[test]
fn our_tlog_proof_is_frozen_and_no_changed_byte_passes() {
    let proof = log_proof();
    let text = proof.to_string();
    assert_frozen("log/tlog-proof.txt", &text);
    assert_eq!(LogProof::parse(text.as_bytes()), Ok(proof.clone()));
    assert_eq!(proof.verify(&entry()), Ok(()));
    assert_no_change_passes(&text, |bytes| {
        LogProof::parse(bytes).is_ok_and(|proof| proof.verify(&entry()).is_ok())
    });
    let control = Entry {
        class: Class::Control,
        ..entry()
    };
    assert_eq!(
        proof.verify(&control),
        Err(ProofFault::Tree(TreeFault::Proof))
    );

    let extra = LogProof {
        extra: b"what was logged".to_vec(),
        ..proof
    };
    assert_frozen("log/tlog-proof-extra.txt", &extra.to_string());
    assert_eq!(LogProof::parse(extra.to_string().as_bytes()), Ok(extra));
}

#[test]
fn bounds_of_proofs_hold_at_the_bound() {
    let proof = log_proof();
    let parse = |proof: &LogProof| LogProof::parse(proof.to_string().as_bytes());
    let extra = |bytes: usize| LogProof {
        extra: vec![7; bytes],
        ..proof.clone()
    };
    assert!(parse(&extra(EXTRA_BYTES_MAX)).is_ok());
    assert_eq!(
        parse(&extra(EXTRA_BYTES_MAX + 1)),
        Err(ProofFault::Line { line: 2 })
    );
    let hashes = |count: usize| LogProof {
        hashes: vec![Hash::of(b"hash"); count],
        ..proof.clone()
    };
    assert!(parse(&hashes(63)).is_ok_and(|proof| proof.verify(&entry()).is_err()));
    assert_eq!(parse(&hashes(64)), Err(ProofFault::Line { line: 66 }));
    let found = PROOF_BYTES_MAX + 1;
    assert_eq!(
        LogProof::parse(&vec![b'a'; found]),
        Err(ProofFault::Bytes { found })
    );
    let text = proof.to_string();
    for (from, to, line) in [
        ("tlog-proof@v1", "tlog-proof@v2", 1),
        ("index 77", "index 077", 2),
        ("index 77", "extra \nindex 77", 2),
        ("index 77", "extra AAAA\nextra AAAA\nindex 77", 3),
        ("index 77", "Index 77", 2),
        ("index 77", "index 77\nhash", 3),
    ] {
        let text = text.replace(from, to);
        let fault = Err(ProofFault::Line { line });
        assert_eq!(LogProof::parse(text.as_bytes()), fault, "{to}");
    }
    assert_eq!(LogProof::parse(b"index 1"), Err(ProofFault::Shape));
    let beyond = LogProof::make::<TreeFault>(300, proof.checkpoint, |_, _| Ok(Hash::of(b"")));
    assert!(matches!(beyond, Err(TreeFault::Range { .. })));
}
