//! Organisations exchange records: real `erikti` processes, each with a folder of its own, over TCP.

mod conflict;
mod erasure;
mod invitations;
mod kills;
mod line;
mod mending;
mod readers;

use std::path::PathBuf;

use erikti_tests::process::{Member, partner};
use erikti_tests::shared;
use serde_json::Value;
use tempfile::TempDir;

/// Starts as many nodes as there are names, in a line: each is a partner of the next. All trust the first, which
/// accredits the others.
fn line(names: &[&str]) -> Vec<Member> {
    let mut members = vec![Member::init(names[0], &[])];
    let root = members[0].organisation.clone();
    members.extend(names[1..].iter().map(|name| Member::init(name, &[&root])));
    for member in &mut members {
        member.start();
    }
    for pair in members.windows(2) {
        partner(&pair[0], &pair[1]);
    }
    let (root, others) = members.split_first().expect("there is a first");
    for other in others {
        accredit(root, other);
    }
    members
}

fn accredit(root: &Member, other: &Member) {
    root.ask(&["org", "accredit", &other.organisation]);
}

/// All members, as the harness takes them.
fn all(members: &[Member]) -> Vec<&Member> {
    members.iter().collect()
}

/// Makes an opportunity with this title, and returns its id.
fn opportunity(member: &Member, title: &str) -> String {
    let title = format!("title.en={title}");
    let receipt = member.ask(&["record", "new", "opportunity", "--set", &title]);
    text(&receipt["id"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A file of real opportunities; `None` where the shared data is missing.
fn opportunities(name: &str) -> Option<PathBuf> {
    shared::path(&format!("data/opportunities/{name}"))
}

/// All records that a member lists under these filters, by id: what is newest, each node sees in its own order.
fn listed(member: &Member, filters: &[&str]) -> Vec<Value> {
    let mut records = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut args = vec!["record", "list", "--limit", "200"];
        args.extend(filters);
        if let Some(cursor) = &cursor {
            args.extend(["--cursor", cursor]);
        }
        let page = member.ask(&args);
        records.extend(page["records"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    records.sort_by_key(|record| text(&record["id"]));
    records
}

/// A table of opportunities made for a test, and the mapping that reads it.
struct Table {
    folder: TempDir,
    rows: Vec<(u64, String)>,
}

impl Table {
    fn new(numbers: std::ops::Range<u64>) -> Self {
        let title = |number: u64| (number, format!("Plant {number} trees by the river"));
        Self {
            folder: TempDir::new().expect("a temporary folder"),
            rows: numbers.map(title).collect(),
        }
    }

    /// The command that imports the table as it is now.
    fn import(&self) -> Vec<String> {
        let write = |name: &str, content: &str| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, content).expect("a temporary file can be written");
            path.display().to_string()
        };
        let rows = self.rows.iter();
        let rows: String = rows
            .map(|(number, title)| format!("{number},{title}\n"))
            .collect();
        let table = write("table.csv", &format!("number,words\n{rows}"));
        let map = "source = \"made\"\nid = \"number\"\n[columns]\n\"title.en\" = \"words\"\n\
                   [constants]\n\"place.country\" = \"KZ\"\nstatus = \"open\"\n";
        let map = write("map.toml", map);
        let words = ["import", "opportunities", &table, "--map", &map];
        words.map(str::to_owned).to_vec()
    }
}
