//! The log against vectors that nobody here wrote: trees, checkpoints, tiles, cosignatures.
//!
//! Counts are pinned, so that a vector that silently stops being read fails the suite.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use erikti_protocol::hash::Hash;
use erikti_protocol::key::{SecretKey, Signature};
use erikti_protocol::log::checkpoint::TreeHead;
use erikti_protocol::log::cosignature;
use erikti_protocol::log::note::{Algorithm, NoteFault, SignedNote, VerifierKey};
use erikti_protocol::log::path::{
    verify_consistency, verify_inclusion, verify_inclusion_in_subtree, verify_subtree,
};
use erikti_protocol::log::tile::{self, Bundle, Tile};
use erikti_protocol::log::tree::{Compact, leaf_hash, package_root, root_of};
use erikti_protocol::log::witness::{AddCheckpoint, Known, WitnessFault};
use erikti_tests::shared;
use serde_json::Value;

#[test]
fn merkle_proofs_verify_or_fail_as_their_vectors_say() {
    let Some(folder) = shared::path("vectors/merkle-rfc6962/testdata") else {
        return;
    };
    let kinds = [
        ("inclusion", 6, 92),
        ("consistency", 6, 92),
        ("subtreeinclusion", 12, 192),
        ("subtreeconsistency", 12, 106),
    ];
    let (mut good, mut bad) = (0, 0);
    for (kind, good_of_kind, bad_of_kind) in kinds {
        let (verified, failed) = run_merkle(kind, &folder.join(kind));
        assert_eq!((verified, failed), (good_of_kind, bad_of_kind), "{kind}");
        good += verified;
        bad += failed;
    }
    assert_eq!((good, bad), (36, 482));
}

/// Runs all files below a folder, and counts those that verified and those that failed.
fn run_merkle(kind: &str, folder: &Path) -> (usize, usize) {
    let (mut verified, mut failed) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let (more_verified, more_failed) = run_merkle(kind, &path);
            verified += more_verified;
            failed += more_failed;
            continue;
        }
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let wanted = !case["wantErr"].as_bool().unwrap();
        assert_eq!(merkle_verifies(kind, &case), wanted, "{}", path.display());
        match wanted {
            true => verified += 1,
            false => failed += 1,
        }
    }
    (verified, failed)
}

fn merkle_verifies(kind: &str, case: &Value) -> bool {
    let number = |name: &str| case[name].as_u64().unwrap();
    let proof = case["proof"].as_array().into_iter().flatten();
    let proof: Vec<Hash> = proof.map(any_hash).collect();
    let verdict = match kind {
        "inclusion" | "subtreeinclusion" => {
            // What is not 32 bytes long is refused before it can be called a leaf or a root.
            let (Some(leaf), Some(root)) = (hash(&case["leafHash"]), hash(&case["root"])) else {
                return false;
            };
            match kind {
                "inclusion" => {
                    verify_inclusion(number("leafIdx"), number("treeSize"), &leaf, &root, &proof)
                }
                _ => {
                    let (start, end) = (number("start"), number("end"));
                    let index = number("leafIdx");
                    verify_inclusion_in_subtree(index, start, end, &leaf, &root, &proof)
                }
            }
        }
        _ => {
            let (part, root) = (any_hash(&case["root1"]), any_hash(&case["root2"]));
            match kind {
                "consistency" => {
                    verify_consistency(number("size1"), number("size2"), &part, &root, &proof)
                }
                _ => {
                    let (start, end) = (number("start"), number("end"));
                    verify_subtree(start, end, number("size"), &part, &root, &proof)
                }
            }
        }
    };
    verdict.is_ok()
}

fn hash(text: &Value) -> Option<Hash> {
    Hash::from_slice(&STANDARD.decode(text.as_str().unwrap()).unwrap())
}

/// A hash; the vectors' "don't care" texts, which some good ones compare, become hashes equal to themselves alone.
fn any_hash(text: &Value) -> Hash {
    let other = || Hash::of_parts(&[b"no hash: ", text.as_str().unwrap().as_bytes()]);
    hash(text).unwrap_or_else(other)
}

#[test]
fn tesseras_log_is_recomputed_from_its_entries_at_all_16_sizes() {
    let Some(folder) = shared::path("vectors/tessera-testlog/testdata/log") else {
        return;
    };
    let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    let key = VerifierKey::parse(key).unwrap();
    let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
    for size in 0..16 {
        let bytes = read(&format!("checkpoint.{size}"));
        let note = SignedNote::parse(&bytes).unwrap();
        assert_eq!(note.to_string().as_bytes(), bytes);
        assert_eq!(note.verify(&key), Ok(()));
        assert_refused_when_altered(&bytes, |note| note.verify(&key).is_ok());

        let head = TreeHead::parse(note.text()).unwrap();
        assert_eq!(
            (head.origin.as_str(), head.size),
            ("example.com/log/testdata", size)
        );
        assert_eq!(head.to_string(), note.text());
        let leaves = match (Tile::at(0, 0, size), Bundle::at(0, size)) {
            (Some(tile), Some(bundle)) => {
                let bytes = read(&bundle.path());
                let entries = bundle.read(&bytes).unwrap();
                let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
                assert_eq!(tile.read(&read(&tile.path())).unwrap(), leaves);
                assert_eq!(Bundle::write(entries), Some(bytes));
                leaves
            }
            _ => Vec::new(),
        };
        assert_eq!(
            (leaves.len() as u64, root_of(&leaves)),
            (size, head.root),
            "{size}"
        );
    }
    assert_eq!(read("checkpoint"), read("checkpoint.15"));
}

#[test]
fn sunlights_three_cosignatures_verify_and_no_altered_one_does() {
    let Some(folder) = shared::path("vectors/sunlight") else {
        return;
    };
    let rome = "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706";
    let milan = "88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482";
    let cases = [
        ("witness/witness.v0.json", format!("witness/{rome}"), 2),
        ("witness2/witness.v0.json", format!("witness2/{milan}"), 1),
        (
            "witness/mirror/mirror.v0.json",
            format!("witness/mirror/{rome}"),
            1,
        ),
    ];
    let mut verified = 0;
    for (witness, place, lines) in cases {
        let witness: Value =
            serde_json::from_slice(&std::fs::read(folder.join(witness)).unwrap()).unwrap();
        let text = witness["verifier_keys"][0].as_str().unwrap();
        let key = VerifierKey::parse(text).unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(key.algorithm(), Algorithm::Cosignature);

        let bytes = std::fs::read(folder.join(place).join("checkpoint")).unwrap();
        let note = SignedNote::parse(&bytes).unwrap();
        // Rome's own line is of a type that is not read here, and is no reason to refuse the others.
        assert_eq!(note.signatures().len(), lines);
        let time = cosignature::verify(&note, &key).unwrap();
        assert_eq!(time.to_string(), "2025-12-31T00:00:00Z");
        assert!(matches!(
            note.verify(&key),
            Err(NoteFault::Algorithm { found: 4 })
        ));
        assert_refused_when_altered(&bytes, |note| {
            // A changed byte in a foreign line changes nothing that the witness said.
            let same = SignedNote::parse(&bytes).unwrap();
            let of_witness = |note: &SignedNote| {
                let lines = note.signatures().iter();
                let lines: Vec<_> = lines.filter(|line| line.is_of(&key)).cloned().collect();
                (note.text().to_owned(), lines)
            };
            cosignature::verify(note, &key).is_ok() && of_witness(note) != of_witness(&same)
        });
        verified += 1;
    }
    assert_eq!(verified, 3);
}

/// Changes each byte in turn; what still is a note must not satisfy `accepts`.
fn assert_refused_when_altered(bytes: &[u8], accepts: impl Fn(&SignedNote) -> bool) {
    let mut altered = bytes.to_vec();
    for at in 0..bytes.len() {
        altered[at] ^= 1;
        let accepted = SignedNote::parse(&altered).is_ok_and(|note| accepts(&note));
        assert!(!accepted, "byte {at} was changed and nobody saw it");
        altered[at] ^= 1;
    }
}

#[test]
fn sunlights_mirror_tiles_lead_to_its_root() {
    let Some(folder) = shared::path("vectors/sunlight/witness/mirror") else {
        return;
    };
    let rome = "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706";
    let folder = folder.join(rome);
    let bytes = std::fs::read(folder.join("checkpoint")).unwrap();
    let head = TreeHead::parse(SignedNote::parse(&bytes).unwrap().text()).unwrap();
    let tiles: Vec<Vec<Hash>> = Tile::all(head.size)
        .map(|tile| {
            let bytes = std::fs::read(folder.join(tile.path())).unwrap();
            tile.read(&bytes).unwrap()
        })
        .collect();
    let [full, partial, packages] = &tiles[..] else {
        panic!("a log of 300 has three tiles");
    };
    assert_eq!((full.len(), partial.len(), packages.len()), (256, 44, 1));
    assert_eq!(package_root(full), Some(packages[0]));
    assert_eq!(tile::check_full(full, &packages[0]), Ok(()));
    assert!(tile::check_full(partial, &packages[0]).is_err());
    let mut tree = Compact::new();
    tree.push_package(packages[0]).unwrap();
    partial.iter().for_each(|leaf| tree.push(*leaf));
    assert_eq!((tree.size(), tree.root()), (300, head.root));
}

#[test]
fn the_note_that_c2sp_prints_with_its_key_verifies() {
    let Some(folder) = shared::path("vectors/c2sp-spec-examples") else {
        return;
    };
    let key = std::fs::read_to_string(folder.join("signed-note.vkey.txt")).unwrap();
    let key = VerifierKey::parse(key.trim_end()).unwrap();
    let bytes = std::fs::read(folder.join("signed-note.valid.txt")).unwrap();
    let note = SignedNote::parse(&bytes).unwrap();
    assert_eq!(note.verify(&key), Ok(()));
    assert_refused_when_altered(&bytes, |note| note.verify(&key).is_ok());
}

#[test]
fn the_examples_that_c2sp_prints_unsigned_parse_and_are_refused() {
    let Some(folder) = shared::path("vectors/c2sp-spec-examples") else {
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let note = SignedNote::parse(&read("signed-note.format-only.txt")).unwrap();
    assert_eq!(note.text().lines().count(), 4);
    let cosigned = SignedNote::parse(&read("tlog-cosignature.format-only.txt")).unwrap();
    let head = TreeHead::parse(cosigned.text()).unwrap();
    assert_eq!(
        (head.origin.as_str(), head.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    let bytes = read("tlog-witness.add-checkpoint.format-only.txt");
    let request = AddCheckpoint::parse(&bytes).unwrap();
    assert_eq!(request.to_string().as_bytes(), bytes);
    assert_eq!((request.old, request.proof.len()), (20_852_014, 4));
    assert_eq!(
        request.judge(|_| Known::Never),
        Err(WitnessFault::Unknown),
        "a log of no network of ours is watched by nobody here"
    );

    let mut lines = 0;
    for note in [&note, &cosigned, &request.note] {
        for line in note.signatures() {
            let key = SecretKey::from_seed(&[3; 32]).public();
            let named = VerifierKey::ed25519(&line.name, &key).unwrap();
            let cosigner = VerifierKey::cosigner(&line.name, &key).unwrap();
            let unsigned = || NoteFault::Unsigned {
                name: line.name.clone(),
            };
            assert_eq!(note.verify(&named), Err(unsigned()));
            assert_eq!(cosignature::verify(note, &cosigner), Err(unsigned()));
            if let Ok(signature) = line.signature.clone().try_into() {
                let signature = Signature::from_bytes(signature);
                assert!(key.verify(note.text().as_bytes(), &signature).is_err());
            }
            lines += 1;
        }
    }
    assert_eq!(lines, 5);
}

#[test]
fn tiles_are_named_and_counted_as_c2sp_prints_them() {
    let Some(path) = shared::path("vectors/c2sp-spec-examples/tile-index-encoding.json") else {
        return;
    };
    let examples: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let paths = examples["index_path"].as_object().unwrap();
    assert_eq!(paths.len(), 1);
    for (index, path) in paths {
        let tile = Tile {
            level: 0,
            index: index.parse().unwrap(),
            width: tile::WIDTH,
        };
        assert_eq!(tile.path(), format!("tile/0/{}", path.as_str().unwrap()));
        assert_eq!(Tile::parse(&tile.path()), Ok(tile));
    }
    for size in [70_000, 256] {
        let tree = &examples[&format!("tree_{size}")];
        for level in 0..=tile::LEVEL_MAX {
            let number = |what: &str| tree[format!("level{level}_{what}")].as_u64().unwrap_or(0);
            let tiles = || Tile::all(size).filter(|tile| tile.level == level);
            let full = tiles().filter(Tile::is_full).count() as u64;
            let partial: u64 = tiles()
                .filter(|tile| !tile.is_full())
                .map(|tile| u64::from(tile.width))
                .sum();
            assert_eq!(
                (full, partial),
                (number("full"), number("partial_width")),
                "level {level} of {size}"
            );
        }
    }
}
