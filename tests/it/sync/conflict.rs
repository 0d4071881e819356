//! What divides a network: nodes that are away, organisations that no longer belong, a log that tells two stories.

use erikti_tests::chance::Chance;
use erikti_tests::process::{Member, converge, until};
use serde_json::Value;

use super::{all, line, opportunity, text};

#[test]
fn nodes_that_were_apart_agree_whatever_the_order_in_which_they_come_back() {
    let mut members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    let mut chance = Chance::new(4);
    // The middle is away: both ends go on.
    members[2].stop();
    let ends = [
        opportunity(&members[0], "Published at one end"),
        opportunity(&members[3], "Published at the other"),
    ];
    members[2].start();
    converge(&all(&members), 4);
    for round in 0..2 {
        for number in shuffled(members.len(), &mut chance) {
            members[number].stop();
            // A command alone with the folder: nobody is there to hear of it yet.
            opportunity(&members[number], &format!("Round {round} at {number}"));
        }
        for number in shuffled(members.len(), &mut chance) {
            members[number].start();
        }
        converge(&all(&members), 4);
    }
    for id in ends {
        for member in &members {
            member.ask(&["record", "show", &id]);
        }
    }
}

#[test]
fn records_after_a_revocation_are_not_followed() {
    let members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    let dakar = members[3].organisation.as_str();
    let before = opportunity(&members[3], "While it belonged");
    converge(&all(&members), 4);
    assert_eq!(standing(&members[1], dakar), "accredited");
    members[0].ask(&["org", "revoke", dakar]);
    until("the revocation is everywhere", || {
        standing(&members[1], dakar) != "accredited" && standing(&members[2], dakar) != "accredited"
    });
    let after = opportunity(&members[3], "When it did not belong any more");
    // Its inviting partner still hears it: that is its operator's own decision.
    until("the partner holds it", || {
        members[2].run(&["record", "show", &after]).status.success()
    });
    // What the partner publishes now comes after that on the same stream.
    let later = opportunity(&members[2], "Later");
    until("what came later is held", || {
        members[1].run(&["record", "show", &later]).status.success()
    });
    // Control entries count for good, so the log grows here too; its records stay away.
    let logs = members[1].ask(&["log", "status"])["logs"].clone();
    let mut logs = logs.as_array().cloned().unwrap_or_default().into_iter();
    let held = logs.find(|log| log["origin"] == members[3].origin.as_str());
    assert_eq!(held.expect("it is held")["absent"], 1);
    for member in &members[..2] {
        let (_, problem) = member.refused(&["record", "show", &after]);
        assert_eq!(problem["code"], "record.unknown", "{}", member.name);
        // What it said while it belonged stays.
        member.ask(&["record", "show", &before]);
    }
}

#[test]
fn a_log_that_tells_two_stories_is_frozen_and_everybody_is_told() {
    let mut members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    converge(&all(&members), 4);
    members[3].stop();
    let mut twin = members[3].copy();
    let one = opportunity(&members[3], "One story");
    let other = opportunity(&twin, "Another story");
    members[3].start();
    converge(&all(&members), 4);
    members[3].stop();
    twin.start();
    let origin = twin.origin.clone();
    let frozen = |member: &Member| {
        let logs = member.ask(&["log", "status"])["logs"].clone();
        let logs = logs.as_array().cloned().unwrap_or_default();
        logs.iter()
            .any(|log| log["origin"] == origin.as_str() && log["frozen"] == true)
    };
    until("all know that the log contradicts itself", || {
        members[..3].iter().all(frozen) && frozen(&twin)
    });
    twin.stop();
    // Nothing is deleted, nothing of the other story is taken, and it stays so after a restart.
    members[1].stop();
    members[1].start();
    for member in &members[..3] {
        assert!(frozen(member), "{}", member.name);
        member.ask(&["record", "show", &one]);
        let (_, problem) = member.refused(&["record", "show", &other]);
        assert_eq!(problem["code"], "record.unknown", "{}", member.name);
        let doctor = member.run(&["doctor"]);
        let doctor: Value = serde_json::from_slice(&doctor.stdout).expect("an answer");
        let checks = doctor["checks"].as_array().cloned().unwrap_or_default();
        let told = checks
            .iter()
            .any(|check| check["ok"] == false && text(&check["check"]).contains("Dakar"));
        assert!(told, "{}: {doctor}", member.name);
    }
    // The others go on among themselves.
    let later = opportunity(&members[0], "Life goes on");
    until("the last hears of it", || {
        members[2].run(&["record", "show", &later]).status.success()
    });
}

fn standing(member: &Member, organisation: &str) -> String {
    text(&member.ask(&["org", "show", organisation])["standing"])
}

fn shuffled(count: usize, chance: &mut Chance) -> Vec<usize> {
    let mut numbers: Vec<(u64, usize)> =
        (0..count).map(|number| (chance.number(), number)).collect();
    numbers.sort_unstable();
    numbers.into_iter().map(|(_, number)| number).collect()
}
