//! Erasing: ordered once, destroyed everywhere, answered for, and never undone.

use std::fs;
use std::path::Path;

use erikti_node::store::Store;
use erikti_node::store::journal::{Journal, Options};
use erikti_protocol::id::Origin;
use erikti_tests::process::{Member, converge, partner, until};
use serde_json::json;

use super::{Table, accredit, all, line, listed, text};

#[test]
fn what_is_erased_at_its_source_is_gone_everywhere() {
    let mut members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    let mut table = Table::new(0..3);
    table.rows[1].1 = "Walk with a canary named Quillivant every Sunday".to_owned();
    members[0].ask(&table.import());
    converge(&all(&members), 4);
    let records = listed(&members[0], &["--kind", "opportunity"]);
    let canary = records
        .iter()
        .find(|record| text(&record["title"]).contains("Quillivant"));
    let id = text(&canary.expect("the canary is listed")["id"]);

    let place = members[0].ask(&["record", "show", &id])["log"].clone();
    members[0].stop();
    let stored = stored(
        &members[0],
        &text(&place["origin"]),
        place["index"].as_u64().unwrap_or(0),
    );
    members[0].start();
    for member in &members {
        assert!(
            holds(&member.data(), &stored),
            "{} holds it before",
            member.name
        );
    }

    // One of them sleeps while it happens.
    members[3].stop();
    members[0].ask(&["erase", &id, "--reason", "subject_request"]);
    converge(&[&members[0], &members[1], &members[2]], 4);
    for member in &members[..3] {
        is_erased(member, &id, &stored);
    }
    assert!(holds(&members[3].data(), &stored));
    members[3].start();
    converge(&all(&members), 4);
    is_erased(&members[3], &id, &stored);

    // Its source still lists it, and may: it is not taken again, and the rest is unchanged.
    let again = members[0].ask(&table.import());
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2))
    );
    assert_eq!(again["rejected"].as_array().map(Vec::len), Some(1));
    assert!(
        again["rejected"][0]["reason"]
            .to_string()
            .contains("erased")
    );

    // Every holder answers, and the answers find their way to whom they are for.
    let mut waiting: Vec<&str> = members[1..]
        .iter()
        .map(|m| m.organisation.as_str())
        .collect();
    until("all holders have answered", || {
        let receipts = listed(&members[0], &["--kind", "receipt"]);
        waiting.retain(|holder| {
            !receipts
                .iter()
                .any(|receipt| receipt["organisation"] == *holder)
        });
        waiting.is_empty()
    });

    let mut late = Member::init("Essen", &[&members[0].organisation]);
    late.start();
    partner(&members[2], &late);
    accredit(&members[0], &late);
    members.push(late);
    converge(&all(&members), 5);
    is_erased(&members[4], &id, &stored);
    for mut member in members {
        assert_eq!(member.ask(&["store", "verify"])["ok"], true);
        member.stop();
        assert!(
            !holds(&member.data(), &stored),
            "{} after its end",
            member.name
        );
    }
}

fn is_erased(member: &Member, id: &str, stored: &[u8]) {
    let name = &member.name;
    let (_, problem) = member.refused(&["record", "show", id]);
    assert_eq!(problem["code"], "record.erased", "{name}");
    assert!(!holds(&member.data(), stored), "{name} holds the bytes");
}

/// A record as the stopped node's journal stores it.
fn stored(member: &Member, origin: &str, index: u64) -> Vec<u8> {
    let (journal, _) =
        Journal::open(&member.data(), Options::default()).expect("the journal can be opened");
    let origin = Origin::parse(origin).expect("a log's name");
    let frames = journal
        .entries(&origin, index..index + 1)
        .expect("the entry can be read");
    let (_, frame) = frames.iter().next().expect("there is an entry");
    assert!(frame.stored.len() > 64, "enough bytes to be found by");
    frame.stored.to_vec()
}

/// Whether any file under a folder has these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    entries.into_iter().any(|entry| {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        // A socket cannot be read, and holds nothing.
        fs::read(&path).is_ok_and(|content| content.windows(bytes.len()).any(|at| at == bytes))
    })
}
