//! Real data into two ends of a line; everything arrives everywhere, can be proved offline, and an edit is one version.

use std::path::Path;
use std::process::Command;

use erikti_tests::chance::Chance;
use erikti_tests::process::{self, Member, converge, partner};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{accredit, all, line, listed, opportunities, text};

const TABLE: &str = "nyc-service-volunteer-opportunities.csv";
const ACTIVITIES: &str = "teamkinetic-activities.jsonld";
/// Changed bytes of a bundle that are tried here; unit tests of bundles try every one.
const CHANGES: usize = 200;

#[test]
fn real_opportunities_travel_a_line_of_four_organisations() {
    let (Some(table), Some(activities)) = (opportunities(TABLE), opportunities(ACTIVITIES)) else {
        return;
    };
    let mut members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    let first = import_table(&members[0], &table);
    assert_eq!(first["read"], 665);
    let rejected = first["rejected"].as_array().map_or(0, Vec::len);
    assert_eq!(first["created"], 665 - rejected);
    let activities = activities.display().to_string();
    let vds = ["import", "opportunities", &activities, "--format", "vds"];
    let second = members[1].ask(&vds);
    assert_eq!(second["read"], 250 + 3_568);
    converge(&all(&members), 4);
    everything_is_everywhere(&members, &first, &second);

    let again = import_table(&members[0], &table);
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &first["created"])
    );
    let again = members[1].ask(&vds);
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &second["created"])
    );
    an_edited_row_is_one_version(&members, &table);
    bundles_are_judged_offline(&members);

    let mut last = Member::init("Essen", &[&members[0].organisation]);
    last.start();
    partner(&members[3], &last);
    accredit(&members[0], &last);
    members.push(last);
    converge(&all(&members), 5);
    assert!(listed(&members[4], &[]) == listed(&members[0], &[]));
    for mut member in members {
        assert_eq!(member.ask(&["store", "verify"])["ok"], true);
        member.stop();
    }
}

fn import_table(member: &Member, table: &Path) -> Value {
    let table = table.display().to_string();
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/nyc.toml");
    member.ask(&["import", "opportunities", &table, "--map", map])
}

/// Every node lists the same records, and both ends say the same of some of them.
fn everything_is_everywhere(members: &[Member], table: &Value, activities: &Value) {
    let lists: Vec<_> = members.iter().map(|member| listed(member, &[])).collect();
    for (member, list) in members.iter().zip(&lists) {
        // Whole lists in the message would be megabytes.
        assert!(*list == lists[0], "{} lists other records", member.name);
    }
    let created = |import: &Value| import["created"].as_u64().expect("an import counts");
    let of = |kind: &str, organisation: usize| {
        let organisation = &members[organisation].organisation;
        let of_kind = |record: &&Value| {
            record["kind"] == kind && record["organisation"] == organisation.as_str()
        };
        lists[3].iter().filter(of_kind).count() as u64
    };
    assert_eq!(of("opportunity", 0), created(table));
    assert_eq!(of("opportunity", 1) + of("session", 1), created(activities));
    for record in lists[3].iter().step_by(lists[3].len() / 20) {
        let id = text(&record["id"]);
        for question in ["show", "history"] {
            let answers: Vec<Value> = [0, 3]
                .map(|member| {
                    let mut answer = members[member].ask(&["record", question, &id]);
                    // Who has checked a record's own proof so far is each node's own matter.
                    answer["audited"] = Value::Null;
                    answer
                })
                .to_vec();
            assert_eq!(answers[0], answers[1]);
        }
    }
}

fn an_edited_row_is_one_version(members: &[Member], table: &Path) {
    let folder = TempDir::new().expect("a temporary folder");
    let edited = folder.path().join("edited.csv");
    let original = std::fs::read_to_string(table).expect("the table is text");
    let changed = original.replacen("Volunteer", "Helper", 1);
    assert_ne!(changed, original);
    std::fs::write(&edited, changed).expect("the copy can be written");
    let answer = import_table(&members[0], &edited);
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(0), &json!(1))
    );
    converge(&all(members), 4);
    let organisation = members[0].organisation.as_str();
    let newest = members[3].ask(&["record", "list", "--issuer", organisation, "--limit", "1"]);
    let newest = &newest["records"][0];
    assert_eq!(newest["version"], 2);
    let history = members[3].ask(&["record", "history", &text(&newest["id"])]);
    assert_eq!(history["versions"].as_array().map(Vec::len), Some(2));
}

fn bundles_are_judged_offline(members: &[Member]) {
    let folder = TempDir::new().expect("a temporary folder");
    let bundle = folder.path().join("bundle.json");
    let organisation = members[1].organisation.as_str();
    let of_b = members[3].ask(&["record", "list", "--issuer", organisation, "--limit", "1"]);
    let id = text(&of_b["records"][0]["id"]);
    let out = bundle.display().to_string();
    members[3].ask(&["record", "export", &id, "--bundle", "--out", &out]);
    let root = members[0].organisation.as_str();

    let offline = offline();
    let (code, report) = verify(&offline, &[&bundle], root);
    assert_eq!(code, Some(0), "{report}");
    let said = &report["files"][0];
    assert_eq!(said["organisation"], organisation);
    assert_eq!(said["logged"]["origin"], members[1].origin.as_str());
    assert_eq!(
        said["standing"]["chain"][0]["accreditor"],
        members[0].organisation.as_str()
    );
    // Under another root it is signed and logged, but nobody whom the reader trusts vouches for it.
    let (code, report) = verify(&offline, &[&bundle], &members[2].organisation);
    assert_eq!(code, Some(65), "{report}");

    let good = std::fs::read(&bundle).expect("the bundle can be read");
    let mut chance = Chance::new(good.len() as u64);
    let altered: Vec<_> = (0..CHANGES)
        .map(|number| {
            let mut bytes = good.clone();
            let at = chance.between(0, good.len() as u64 - 1) as usize;
            bytes[at] ^= 1 << chance.between(0, 6);
            let path = folder.path().join(format!("{number}-at-{at}.json"));
            std::fs::write(&path, bytes).expect("a copy can be written");
            path
        })
        .collect();
    let paths: Vec<&Path> = altered.iter().map(AsRef::as_ref).collect();
    let (code, report) = verify(&offline, &paths, root);
    assert_eq!(code, Some(65));
    let accepted: Vec<&Value> = report["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|file| file["ok"] != false)
        .collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
    assert_eq!(report["files"].as_array().map(Vec::len), Some(CHANGES));
}

/// The words before a command that take every network away from it, as far as this machine lets anybody do so.
fn offline() -> Vec<&'static str> {
    let ways = [vec!["unshare", "-n"], vec!["unshare", "-rn"]];
    for way in ways {
        let tried = Command::new(way[0]).args(&way[1..]).arg("true").output();
        if tried.is_ok_and(|output| output.status.success()) {
            return way;
        }
    }
    eprintln!("this machine permits no network namespaces: verifying with the network in reach");
    Vec::new()
}

fn verify(offline: &[&str], files: &[&Path], root: &str) -> (Option<i32>, Value) {
    let mut words: Vec<std::ffi::OsString> = offline.iter().map(Into::into).collect();
    words.push(process::binary().into());
    words.extend(["--json", "verify", "--root", root].map(Into::into));
    words.extend(files.iter().map(|file| file.into()));
    let output = Command::new(&words[0])
        .args(&words[1..])
        .output()
        .expect("`erikti` starts");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{e}: {}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), report)
}
