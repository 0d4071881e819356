//! Trains the dictionary that compresses bodies, on synthetic records only.
//!
//! `cargo run --release -p erikti-tests --bin dictionary -- FILE` writes one and prints its digest and what it saves on
//! records of the other set. A released dictionary never changes: train another under another number instead.

use std::error::Error;

use erikti_protocol::codec::Encoder;
use erikti_protocol::hash::Hash;
use erikti_tests::synthetic::{Generator, Set};

/// Bytes of a dictionary: 64 KiB.
const BYTES: usize = 64 * 1024;
/// Organisations whose records it is trained on.
const ORGANISATIONS: u64 = 66;
/// Records of each: 16,500 together, a hundredth part of which would be the least zstd asks for.
const RECORDS: u64 = 250;
/// The seed of the first dictionary.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: dictionary FILE")?;
    let dictionary = zstd::dict::from_samples(&records(Set::Training), BYTES)?;
    std::fs::write(&path, &dictionary)?;
    println!(
        "{} bytes, sha-256 {}",
        dictionary.len(),
        Hash::of(&dictionary)
    );
    println!("{:.4} of the other set with it", ratio(&dictionary)?);
    let mut encoder = Encoder::new();
    let (mut plain, mut packed) = (0, Vec::new());
    for record in records(Set::Bench) {
        plain += record.len();
        encoder.encode(&record, &mut packed);
    }
    let share = packed.len() as f64 / plain as f64;
    println!("{share:.4} of the other set with the one that is embedded");
    Ok(())
}

fn records(set: Set) -> Vec<Vec<u8>> {
    let generator = Generator::new(set, SEED, ORGANISATIONS);
    let of = |organisation| {
        let record = |n| generator.record(organisation, n).into_bytes();
        (0..RECORDS).map(record).collect::<Vec<_>>()
    };
    generator.organisations().iter().flat_map(of).collect()
}

fn ratio(dictionary: &[u8]) -> std::io::Result<f64> {
    let mut compressor = zstd::bulk::Compressor::with_dictionary(3, dictionary)?;
    let (mut plain, mut packed) = (0, 0);
    for record in records(Set::Bench) {
        plain += record.len();
        packed += compressor.compress(&record)?.len();
    }
    Ok(packed as f64 / plain as f64)
}
