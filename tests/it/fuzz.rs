//! Every parser, over inputs that are right and thousands of changed ones, without a fuzzer.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use erikti_tests::chance::Chance;
use erikti_tests::targets::{self, Target};

/// Longest that one input may take: seconds, where a millisecond is usual, because machines that test are busy.
const ONE_INPUT_MAX: Duration = Duration::from_secs(5);

#[test]
fn every_target_has_a_name_of_its_own_and_seeds() {
    let names: BTreeSet<_> = targets::ALL.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), targets::ALL.len());
    for target in targets::ALL {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty() && target.rounds > 0, "{target:?}");
        assert!(seeds.iter().all(|seed| !seed.is_empty()), "{target:?}");
    }
}

#[test]
fn no_bytes_break_a_promise_of_a_parser() {
    let given = std::env::var("ERIKTI_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok()).unwrap_or(1_122);
    println!("ERIKTI_SEED={seed}");
    for target in targets::ALL {
        // A broken promise panics: the target's name then stands above it.
        println!("{target:?}");
        try_all(target, &mut Chance::new(seed));
    }
}

fn try_all(target: &Target, chance: &mut Chance) {
    let seeds = (target.seeds)();
    for input in &seeds {
        within_time(target, input);
    }
    for input in [&[][..], &[0], b"\n", b"{}", &[0xff; 100]] {
        within_time(target, input);
    }
    for round in 0..target.rounds {
        let mut input = seeds[round % seeds.len()].clone();
        targets::change(&mut input, chance);
        within_time(target, &input);
    }
}

fn within_time(target: &Target, input: &[u8]) {
    let begun = Instant::now();
    (target.run)(input);
    let took = begun.elapsed();
    assert!(took < ONE_INPUT_MAX, "{target:?}: {took:?} over {input:?}");
}
