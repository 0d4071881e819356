//! Ed25519 and `eddsa-jcs-2022` vectors that nobody here wrote, through the code that verifies records.

use std::fs;
use std::path::Path;

use erikti_protocol::hash::Hash;
use erikti_protocol::json;
use erikti_protocol::key::{KeyFault, PublicKey, SecretKey, Signature, Verifier};
use erikti_protocol::record::Record;
use erikti_protocol::suite;
use erikti_tests::shared;
use serde_json::Value;

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// Whether our code accepts this signature.
fn accepts(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Some(key), Some(signature)) = (array(key), array(signature)) else {
        return false;
    };
    let (key, signature) = (PublicKey::from_bytes(key), Signature::from_bytes(signature));
    let direct = key.verify(message, &signature).is_ok();
    let prepared = Verifier::new(&key).is_ok_and(|key| key.verify(message, &signature).is_ok());
    assert_eq!(direct, prepared, "the two ways to verify agree");
    direct
}

fn read_json(path: &Path) -> Value {
    let text = fs::read(path).expect("the file is readable");
    json::parse_within(&text, 16, 1 << 20).expect("the file is JSON")
}

#[test]
fn wycheproof_is_answered_as_it_expects() {
    let Some(path) = shared::path("vectors/wycheproof/ed25519_test.json") else {
        return;
    };
    let (mut valid, mut invalid) = (0, 0);
    for group in read_json(&path)["testGroups"].as_array().expect("groups") {
        let key = shared::hex(group["publicKey"]["pk"].as_str().expect("a key"));
        for test in group["tests"].as_array().expect("tests") {
            let bytes = |name: &str| shared::hex(test[name].as_str().expect("hexadecimal digits"));
            let wanted = test["result"] == "valid";
            let found = accepts(&key, &bytes("msg"), &bytes("sig"));
            assert_eq!(found, wanted, "case {}", test["tcId"]);
            *(if wanted { &mut valid } else { &mut invalid }) += 1;
        }
    }
    assert_eq!((valid, invalid), (88, 63));
}

#[test]
fn of_the_twelve_edge_cases_only_the_fourth_is_accepted() {
    let Some(path) = shared::path("vectors/ed25519-speccheck/cases.json") else {
        return;
    };
    let cases = read_json(&path);
    let accepted = cases.as_array().expect("a list").iter().map(|case| {
        let bytes = |name: &str| shared::hex(case[name].as_str().expect("hexadecimal digits"));
        accepts(&bytes("pub_key"), &bytes("message"), &bytes("signature"))
    });
    let accepted: Vec<_> = accepted.collect();
    assert_eq!(accepted.len(), 12);
    assert!(
        accepted
            .iter()
            .enumerate()
            .all(|(at, accepted)| *accepted == (at == 3))
    );
}

#[test]
fn the_long_list_of_signatures_is_made_and_verified() {
    let Some(path) = shared::path("vectors/dalek-rfc8032/ed25519-dalek/TESTVECTORS") else {
        return;
    };
    let text = fs::read_to_string(path).expect("the file is readable");
    for line in text.lines() {
        let fields: Vec<_> = line.split(':').map(shared::hex).collect();
        let (secret, public, message) = (&fields[0][..32], &fields[1], &fields[2]);
        let signature = &fields[3][..64];
        let key = SecretKey::from_seed(&array(secret).expect("32 bytes"));
        assert_eq!(key.public().as_bytes(), public.as_slice());
        assert_eq!(key.sign(message).as_bytes(), signature);
        assert!(accepts(public, message, signature));
        let refused = Err(KeyFault::Published);
        assert_eq!(
            key.public().check(),
            refused,
            "anybody can sign with this key"
        );
    }
    assert_eq!(text.lines().count(), 128);
}

/// Reads base58btc, for the one secret key that is spelled so.
fn base58(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes = Vec::<u8>::new();
    for digit in text.chars() {
        let mut carry = ALPHABET.find(digit).expect("a digit");
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.insert(0, carry as u8);
        }
    }
    bytes
}

#[test]
fn every_step_of_the_w3c_example_has_its_published_value() {
    let Some(folder) = shared::path("vectors/w3c-vc-di-eddsa/TestVectors") else {
        return;
    };
    let text = |name: &str| {
        fs::read_to_string(folder.join("eddsa-jcs-2022").join(name)).expect("the file is readable")
    };
    let keys = read_json(&folder.join("keyPair.json"));
    let multikey = keys["publicKeyMultibase"].as_str().expect("a key");
    let public = PublicKey::parse(multikey).expect("an Ed25519 multikey");
    let secret = keys["privateKeyMultibase"].as_str().expect("a key");
    let secret = base58(secret.strip_prefix('z').expect("base58btc"));
    let seed = secret
        .strip_prefix(&[0x80, 0x26])
        .expect("an Ed25519 secret key");
    let secret = SecretKey::from_seed(&array(seed).expect("32 bytes"));
    assert_eq!(secret.public(), public);
    assert_eq!(public.check(), Err(KeyFault::Published));

    let mut document = read_json(&folder.join("eddsa-jcs-2022/signedJCS.json"));
    let signed = json::canonical(&document);
    let mut proof = document["proof"].take();
    document.as_object_mut().expect("an object").remove("proof");
    let value = proof
        .as_object_mut()
        .expect("an object")
        .remove("proofValue");
    let value = value.expect("a proof value");
    let value = value.as_str().expect("a text");
    assert_eq!(
        proof,
        read_json(&folder.join("eddsa-jcs-2022/proofConfigJCS.json"))
    );
    let (document, config) = (json::canonical(&document), json::canonical(&proof));
    assert_eq!(document, text("canonDocJCS.txt").as_bytes());
    assert_eq!(config, text("proofCanonJCS.txt").as_bytes());
    assert_eq!(Hash::of(&document).to_string(), text("docHashJCS.txt"));
    assert_eq!(Hash::of(&config).to_string(), text("proofHashJCS.txt"));
    let data = suite::hash_data(&config, &document);
    assert_eq!(data.as_slice(), shared::hex(&text("combinedHashJCS.txt")));
    let signature = suite::sign(&secret, &config, &document);
    assert_eq!(
        signature.as_bytes().as_slice(),
        shared::hex(&text("sigHexJCS.txt"))
    );
    assert_eq!(signature.to_string(), text("sigBTC58JCS.txt"));
    assert_eq!(signature.to_string(), value);
    assert_eq!(Signature::parse(value), Some(signature));

    let verifier = Verifier::new(&public).expect("a point");
    let verify = |config: &[u8], document: &[u8], signature: &Signature| {
        suite::verify(&verifier, config, document, signature)
    };
    assert_eq!(verify(&config, &document, &signature), Ok(()));
    let refused = Err(KeyFault::Signature);
    for at in 0..document.len() {
        let mut changed = document.clone();
        changed[at] ^= 1;
        assert_eq!(
            verify(&config, &changed, &signature),
            refused,
            "document, byte {at}"
        );
    }
    for at in 0..config.len() {
        let mut changed = config.clone();
        changed[at] ^= 1;
        assert_eq!(
            verify(&changed, &document, &signature),
            refused,
            "proof, byte {at}"
        );
    }
    for at in 0..64 {
        let mut changed = *signature.as_bytes();
        changed[at] ^= 1;
        let changed = Signature::from_bytes(changed);
        assert_eq!(
            verify(&config, &document, &changed),
            refused,
            "signature, byte {at}"
        );
    }
    // A sound credential, and no record of this network: its issuer is no key, and it names no readers.
    assert!(Record::parse(signed).is_err());
}
