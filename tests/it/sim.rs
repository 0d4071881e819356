//! The exchange on a simulated network: everything that is published arrives everywhere, whoever dies or lies.

use erikti_tests::chance::Chance;
use erikti_tests::sim::{Lie, Sim, Weather, seeds};

const STORM: Weather = Weather {
    delay_ms: (20, 300),
    loss_per_mille: 50,
    sync_ms: (1, 200),
};

#[test]
fn records_travel_down_a_line() {
    for seed in seeds(3) {
        let mut sim = Sim::new(seed, 6, &Sim::line(6), Weather::default());
        sim.publish(0, 100);
        sim.publish(5, 3_000);
        let ms = sim.run_until_equal(60_000).expect("all are equal");
        assert!(ms > 0);
        sim.publish(0, 1);
        sim.run_until_equal(10_000).expect("one more arrives");
    }
}

#[test]
fn two_hundred_small_storms_end_with_equal_nodes() {
    for seed in seeds(200) {
        let mut chance = Chance::new(seed);
        let mut sim = Sim::new(seed, 6, &Sim::random(seed, 6, 3), STORM);
        for _ in 0..6 {
            let node = chance.between(0, 5) as usize;
            if chance.happens(300) {
                sim.crash(node);
                sim.run(chance.between(0, 2_000));
                sim.start(node);
            } else {
                // More than 1,024 entries are pulled in bulk.
                let count = match chance.happens(100) {
                    true => chance.between(1_025, 1_500),
                    false => chance.between(1, 80),
                };
                sim.publish(node, count);
            }
            sim.run(chance.between(0, 1_000));
        }
        sim.run_until_equal(120_000).expect("all are equal");
    }
}

#[test]
fn thirty_nodes_converge_while_a_third_of_them_restarts() {
    for seed in seeds(2) {
        let mut chance = Chance::new(seed);
        let mut sim = Sim::new(seed, 30, &Sim::random(seed, 30, 40), STORM);
        for _ in 0..10 {
            let node = chance.between(0, 29) as usize;
            sim.crash(node);
            sim.run(chance.between(100, 3_000));
            for _ in 0..3 {
                let publisher = chance.between(0, 29) as usize;
                if publisher != node {
                    sim.publish(publisher, chance.between(1, 40));
                }
            }
            sim.start(node);
            sim.run(chance.between(100, 3_000));
        }
        sim.run_until_equal(60_000)
            .expect("all are equal a minute after the churn");
    }
}

#[test]
fn two_halves_grow_apart_and_together_again() {
    for seed in seeds(3) {
        let mut sim = Sim::new(seed, 20, &Sim::random(seed, 20, 30), Weather::default());
        sim.run_until_equal(30_000).expect("all are equal before");
        sim.partition(|node| node < 10);
        sim.publish(3, 50);
        sim.publish(15, 2_000);
        sim.run(600_000);
        assert!(sim.difference().is_some(), "nothing crosses a cut");
        sim.heal();
        sim.run_until_equal(60_000).expect("all are equal after");
    }
}

#[test]
fn a_star_spreads_through_its_middle() {
    let mut sim = Sim::new(1, 40, &Sim::star(40), Weather::default());
    sim.publish(7, 10);
    sim.run_until_equal(60_000).expect("all are equal");
}

//   0 – 1 – 2
//   |       |      1 lies; 3 has the same from 0
//   3 ──────┘
#[test]
fn a_liar_is_caught_and_the_truth_comes_from_elsewhere() {
    for lie in [Lie::Records, Lie::Hashes] {
        let mut caught = 0;
        for seed in seeds(10) {
            let links = [(0, 1), (1, 2), (0, 3), (2, 3)];
            let mut sim = Sim::new(seed, 4, &links, Weather::default());
            sim.run_until_equal(30_000).expect("all are equal before");
            sim.lie(1, lie);
            sim.publish(0, 3_000);
            sim.run_until_equal(300_000).expect("the truth arrives");
            for honest in [0, 2, 3] {
                let blamed = sim.blamed_by(honest);
                assert!(
                    blamed.iter().all(|node| *node == 1),
                    "only liars are blamed"
                );
                caught += blamed.len();
            }
        }
        assert!(caught > 0, "a liar that is asked is caught");
    }
}

#[test]
fn stale_heads_delay_nobody_who_has_another_peer() {
    let links = [(0, 1), (1, 2), (0, 3), (2, 3)];
    let mut sim = Sim::new(5, 4, &links, Weather::default());
    sim.run_until_equal(30_000).expect("all are equal before");
    sim.lie(1, Lie::StaleHeads);
    sim.publish(0, 10);
    sim.run_until_equal(30_000).expect("the news arrive");
}

#[test]
fn evidence_of_two_stories_reaches_everyone() {
    for seed in seeds(20) {
        let mut sim = Sim::new(seed, 12, &Sim::random(seed, 12, 12), Weather::default());
        sim.publish(0, 20);
        sim.run_until_equal(60_000).expect("all are equal before");
        let sizes = [(5, 5), (5, 9), (2_000, 7), (3, 1_500)];
        let (first, second) = sizes[seed as usize % sizes.len()];
        sim.fork(0, first, second);
        sim.run(60_000);
        sim.connect(0, 1);
        sim.connect(0, 2);
        sim.run(120_000);
        sim.publish(3, 10);
        sim.run_until_equal(60_000).expect("other logs go on");
        let origin = sim.nodes[0].origin.clone();
        for (number, node) in sim.nodes.iter().enumerate().skip(1) {
            assert!(
                node.evidence.contains_key(&origin),
                "node {number} has the evidence"
            );
            let blamed = sim.blamed_by(number);
            assert!(
                blamed.iter().all(|node| *node == 0),
                "{blamed:?} by {number}"
            );
        }
    }
}

#[test]
fn honest_networks_find_no_evidence_and_blame_nobody() {
    for seed in seeds(20) {
        let mut chance = Chance::new(seed);
        let mut sim = Sim::new(seed, 8, &Sim::random(seed, 8, 6), STORM);
        for _ in 0..20 {
            sim.publish(chance.between(0, 7) as usize, chance.between(1, 600));
            sim.run(chance.between(0, 400));
        }
        sim.run_until_equal(120_000).expect("all are equal");
        for (number, node) in sim.nodes.iter().enumerate() {
            assert!(node.evidence.is_empty() && sim.blamed_by(number).is_empty());
        }
    }
}

//   0 – 1 – 2      records for 2 only: 1 never has them, 2 gets them once it meets 0
#[test]
fn what_is_meant_for_one_reader_comes_from_the_issuer_itself() {
    let mut sim = Sim::new(9, 3, &Sim::line(3), Weather::default());
    sim.publish(0, 300);
    sim.publish_to(0, 40, Some(2));
    sim.publish(0, 2_000);
    sim.run_until_equal(60_000).expect("all roots are equal");
    let origin = sim.nodes[0].origin.clone();
    let absent = |sim: &Sim, node: usize| sim.nodes[node].logs[&origin].absent();
    assert_eq!((absent(&sim, 1), absent(&sim, 2)), (40, 40));
    sim.connect(0, 2);
    sim.run(5_000);
    assert_eq!((absent(&sim, 1), absent(&sim, 2)), (40, 0));
    sim.publish_to(0, 5, Some(2));
    sim.run(5_000);
    assert_eq!((absent(&sim, 1), absent(&sim, 2)), (45, 0));
}

#[test]
fn one_seed_is_one_run() {
    let run = |seed| {
        let mut sim = Sim::new(seed, 8, &Sim::random(seed, 8, 8), STORM);
        sim.publish(0, 700);
        sim.run(20_000);
        sim.fingerprint()
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}
