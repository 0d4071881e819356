//! Trains the dictionary that compresses bodies, on synthetic records only.
//!
//! `cargo run --release -p erikti-tests --bin dictionary -- FILE` writes one and prints its digest and what it saves on
//! records of the other set. A released dictionary never changes: train another under another number instead.

use std::error::Error;

use erikti_protocol::codec::Encoder;
use erikti_protocol::hash::Hash;
use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Readers};
use erikti_tests::synthetic::{Generator, Set};
use zstd::zstd_safe::CParameter;

/// Bytes of a dictionary: 64 KiB.
const BYTES: usize = 64 * 1024;
/// Organisations whose records it is trained on: many, so that nobody's key looks worth keeping.
const ORGANISATIONS: u64 = 1_650;
/// Records of each: 16,500 together.
const RECORDS: u64 = 10;
/// Organisations that also sign a sample of every kind, for the kinds that are not invented in numbers.
const SAMPLERS: usize = 150;
/// The seed of the first dictionary.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: dictionary FILE")?;
    let dictionary = zstd::dict::from_samples(&training(), BYTES)?;
    std::fs::write(&path, &dictionary)?;
    println!(
        "{} bytes, sha-256 {}",
        dictionary.len(),
        Hash::of(&dictionary)
    );
    let other = Generator::new(Set::Bench, SEED, 66);
    let other: Vec<_> = records(&other, 100).collect();
    let plain: usize = other.iter().map(Vec::len).sum();
    println!("{} bytes a record of the other set", plain / other.len());

    let mut compressor = zstd::bulk::Compressor::with_dictionary(3, &dictionary)?;
    compressor.set_parameter(CParameter::DictIdFlag(false))?;
    let mut packed = 0;
    for record in &other {
        packed += compressor.compress(record)?.len();
    }
    println!(
        "{:.4} of them with this dictionary",
        packed as f64 / plain as f64
    );

    let (mut encoder, mut packed) = (Encoder::new(), Vec::new());
    for record in &other {
        encoder.encode(record, &mut packed);
    }
    println!(
        "{:.4} with the embedded one",
        packed.len() as f64 / plain as f64
    );
    Ok(())
}

fn records(generator: &Generator, count: u64) -> impl Iterator<Item = Vec<u8>> {
    let numbered = generator.organisations().iter().zip((0..).step_by(7));
    numbered.flat_map(move |(organisation, first)| {
        (first..first + count).map(|n| generator.record(organisation, n).into_bytes())
    })
}

/// What it is trained on: invented records, for some of them other readers, and samples of every kind.
fn training() -> Vec<Vec<u8>> {
    let generator = Generator::new(Set::Training, SEED, ORGANISATIONS);
    let mut samples: Vec<_> = records(&generator, RECORDS).collect();
    for (n, organisation) in generator.organisations().iter().enumerate() {
        let n = n as u64;
        let mut draft = generator.draft(organisation, n);
        draft.readers = match n % 4 {
            0 => Readers::Listed(vec![organisation.id]),
            _ => Readers::Network,
        };
        samples.push(generator.sign(organisation, draft, n).into_bytes());
    }
    for (n, organisation) in generator.organisations()[..SAMPLERS].iter().enumerate() {
        for kind in kind::all() {
            let draft = Draft {
                kind: kind.name.to_owned(),
                subject: (kind.sample)(),
                extra: (kind.sample_extra)(),
                ..generator.draft(organisation, n as u64)
            };
            samples.push(generator.sign(organisation, draft, n as u64).into_bytes());
        }
    }
    samples
}
