//! A log that told two stories is convicted by what it signed; an honest one never is.

use erikti_protocol::hash::Hash;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::cosignature::{self, witness_key};
use erikti_protocol::log::evidence::{EVIDENCE_BYTES_MAX, EvidenceFault};
use erikti_protocol::log::path::{consistency_proof, root_at};
use erikti_protocol::log::{Checkpoint, PROOF_HASHES_MAX};
use erikti_protocol::log::{Contradiction, SIZE_MAX, SignedCheckpoint, TreeFault};
use erikti_protocol::time::Timestamp;
use erikti_tests::chance::Chance;

use super::texts::assert_no_change_passes;
use super::{Tree, assert_frozen, origin};

/// What a store of the larger tree answers with.
#[derive(Debug, PartialEq)]
enum Fault {
    Tree(TreeFault),
    Evidence(EvidenceFault),
}

impl From<TreeFault> for Fault {
    fn from(fault: TreeFault) -> Self {
        Self::Tree(fault)
    }
}

impl From<EvidenceFault> for Fault {
    fn from(fault: EvidenceFault) -> Self {
        Self::Evidence(fault)
    }
}

fn between(
    a: &SignedCheckpoint,
    b: &SignedCheckpoint,
    larger: &Tree,
) -> Result<Option<Contradiction>, Fault> {
    Contradiction::between(a, b, |level, index| {
        larger.hash_at(level, index).map_err(Fault::from)
    })
}

/// Two stories that agree up to `common` entries.
fn forked(common: u64, size: u64) -> (Tree, Tree) {
    let honest = Tree::new(size, "told to one");
    let mut leaves = honest.leaves().to_vec();
    let other = Tree::new(size, "told to the other");
    leaves[common as usize..].copy_from_slice(&other.leaves()[common as usize..]);
    (honest, Tree::of(leaves))
}

#[test]
fn an_honest_log_is_never_convicted() {
    let tree = Tree::new(48, "only story");
    let signed: Vec<SignedCheckpoint> = (0..=48).map(|size| tree.checkpoint(1, size)).collect();
    for a in &signed {
        for b in &signed {
            assert_eq!(between(a, b, &tree), Ok(None), "{} {}", a.size(), b.size());
        }
    }
}

#[test]
fn every_fork_convicts_in_both_forms() {
    let mut chance = Chance::new(0xf0f0);
    for _ in 0..150 {
        let size = 2 + chance.below(600);
        let common = chance.below(size);
        let (one, other) = forked(common, size);
        let smaller = common + 1 + chance.below(size - common);
        let a = one.checkpoint(7, smaller);
        let b = other.checkpoint(7, size);
        let found = between(&a, &b, &other).unwrap().expect("they differ");
        assert_eq!(
            between(&b, &a, &other),
            Ok(Some(found.clone())),
            "either order"
        );
        assert_eq!(found.origin(), &origin(7));
        let (first, second) = found.checkpoints();
        assert_eq!((first.size(), second.size()), (smaller, size));
        let text = found.to_string();
        assert!(text.len() < EVIDENCE_BYTES_MAX);
        assert_eq!(Contradiction::parse(text.as_bytes()), Ok(found));

        // Up to where the stories part, nothing convicts.
        let before = one.checkpoint(7, common);
        assert_eq!(between(&before, &b, &other), Ok(None));
    }
}

#[test]
fn both_forms_are_frozen_and_no_changed_byte_convicts() {
    let (one, other) = forked(5, 12);
    let equal =
        Contradiction::of_equal_sizes(&one.checkpoint(11, 12), &other.checkpoint(11, 12)).unwrap();
    let prefix = between(&one.checkpoint(11, 7), &other.checkpoint(11, 12), &other);
    let prefix = prefix.unwrap().unwrap();
    for (name, found) in [("equal", equal), ("prefix", prefix)] {
        let text = found.to_string();
        assert_frozen(&format!("log/contradiction-{name}.txt"), &text);
        assert_no_change_passes(&text, |bytes| Contradiction::parse(bytes).is_ok());
    }
}

#[test]
fn pairs_that_can_both_be_true_convict_nobody() {
    let (one, other) = forked(5, 12);
    let (a, b) = (one.checkpoint(7, 12), other.checkpoint(7, 12));
    assert_eq!(
        Contradiction::of_equal_sizes(&a, &a),
        Err(EvidenceFault::Agrees)
    );
    let stranger = other.checkpoint(8, 12);
    assert_eq!(
        Contradiction::of_equal_sizes(&a, &stranger),
        Err(EvidenceFault::Order),
        "two logs may differ"
    );
    let earlier = one.checkpoint(7, 7);
    assert_eq!(
        Contradiction::of_equal_sizes(&earlier, &b),
        Err(EvidenceFault::Order)
    );
    let hash_at = |level, index| other.hash_at(level, index);
    let root = root_at(7, hash_at).unwrap();
    let proof = consistency_proof::<TreeFault>(7, 12, hash_at).unwrap();
    assert!(Contradiction::of_prefix(&earlier, &b, root, proof.clone()).is_ok());
    assert_eq!(
        Contradiction::of_prefix(&b, &earlier, root, proof.clone()),
        Err(EvidenceFault::Order)
    );
    assert_eq!(
        Contradiction::of_prefix(&earlier, &b, earlier.root(), proof.clone()),
        Err(EvidenceFault::Agrees)
    );
    assert_eq!(
        Contradiction::of_prefix(&earlier, &b, Hash::of(b"invented"), proof.clone()),
        Err(EvidenceFault::Tree(TreeFault::Proof))
    );
    assert_eq!(
        Contradiction::of_prefix(&earlier, &a, root, proof),
        Err(EvidenceFault::Tree(TreeFault::Proof)),
        "the other story's proof says nothing of this one"
    );
    let empty = one.checkpoint(7, 0);
    assert_eq!(
        Contradiction::of_prefix(&empty, &b, Hash::of(b"invented"), Vec::new()),
        Err(EvidenceFault::Agrees)
    );
}

#[test]
fn a_forged_checkpoint_convicts_nobody() {
    let (one, other) = forked(5, 12);
    let found =
        Contradiction::of_equal_sizes(&one.checkpoint(7, 12), &other.checkpoint(7, 12)).unwrap();
    let text = found.to_string();
    let (head, _) = text.split_once("\n\n").unwrap();
    let forged = Checkpoint {
        origin: origin(7),
        size: 12,
        root: Hash::of(b"never signed"),
    };
    let honest = one.checkpoint(7, 12).to_string();
    let signature = honest.rsplit("\n\n").next().unwrap();
    let text = format!("{head}\n\n{honest}\n{}\n{signature}", forged.text());
    assert!(matches!(
        Contradiction::parse(text.as_bytes()),
        Err(EvidenceFault::Checkpoint(_))
    ));
}

#[test]
fn evidence_has_one_order_and_no_cosignatures() {
    let (one, other) = forked(5, 12);
    let (a, b) = (one.checkpoint(7, 12), other.checkpoint(7, 12));
    let found = Contradiction::of_equal_sizes(&a, &b).unwrap();
    assert_eq!(Contradiction::of_equal_sizes(&b, &a), Ok(found.clone()));
    let (first, second) = found.checkpoints();
    let text = |first: &SignedCheckpoint, second: &SignedCheckpoint| {
        format!("erikti/contradiction/v1\n\n{first}\n{second}")
    };
    assert_eq!(text(first, second), found.to_string());
    let swapped = text(second, first);
    assert_eq!(
        Contradiction::parse(swapped.as_bytes()),
        Err(EvidenceFault::Order)
    );
    let secret = SecretKey::from_seed(&[3; 32]);
    let witness = witness_key("demo", &secret.public()).unwrap();
    let mut cosigned = second.clone();
    let at = Timestamp::from_seconds(1_800_000_000).unwrap();
    let line = cosignature::cosign(cosigned.note(), &witness, &secret, at).unwrap();
    cosigned.add_cosignature(line, &witness).unwrap();
    assert_eq!(
        Contradiction::of_equal_sizes(first, &cosigned),
        Ok(found.clone()),
        "they are left out when it is made"
    );
    let text = text(first, &cosigned);
    assert_eq!(
        Contradiction::parse(text.as_bytes()),
        Err(EvidenceFault::Order)
    );
}

#[test]
fn bounds_of_evidence_hold_at_the_bound() {
    let uniform = |level: u8, _| {
        let mut hash = Hash::of(b"leaf");
        for _ in 0..level {
            hash = Hash::of_parts(&[&[1], hash.as_bytes(), hash.as_bytes()]);
        }
        Ok::<Hash, TreeFault>(hash)
    };
    let sign = |size, root| {
        let checkpoint = Checkpoint {
            origin: origin(7),
            size,
            root,
        };
        checkpoint.sign(&SecretKey::from_seed(&[7; 32])).unwrap()
    };
    let (m, n) = (SIZE_MAX / 2 + 2, SIZE_MAX);
    let larger = sign(n, root_at(n, uniform).unwrap());
    let smaller = sign(m, Hash::of(b"another story"));
    let root = root_at(m, uniform).unwrap();
    let proof = consistency_proof(m, n, uniform).unwrap();
    let found = Contradiction::of_prefix(&smaller, &larger, root, proof).unwrap();
    let text = found.to_string();
    assert_eq!(Contradiction::parse(text.as_bytes()), Ok(found));
    assert!(text.len() < EVIDENCE_BYTES_MAX);

    let with = |hashes: usize| {
        let (head, rest) = text.split_once("\n\n").unwrap();
        let mut lines: Vec<&str> = head.lines().take(2).collect();
        lines.extend(vec!["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; hashes]);
        Contradiction::parse(format!("{}\n\n{rest}", lines.join("\n")).as_bytes())
    };
    assert_eq!(
        with(PROOF_HASHES_MAX),
        Err(EvidenceFault::Tree(TreeFault::Proof))
    );
    assert_eq!(
        with(PROOF_HASHES_MAX + 1),
        Err(EvidenceFault::Line { line: 66 })
    );
    let found = EVIDENCE_BYTES_MAX + 1;
    assert_eq!(
        Contradiction::parse(&vec![b'a'; found]),
        Err(EvidenceFault::Bytes { found })
    );
    for text in ["", "a\n\nb", "a\n\nb\n\nc\n\nd\n\ne\n\nf"] {
        assert_eq!(
            Contradiction::parse(text.as_bytes()),
            Err(EvidenceFault::Shape),
            "{text:?}"
        );
    }
}
