//! `erikti import`: what becomes of every row, dry or not, once or twice.

use std::fs;
use std::path::PathBuf;

use erikti_tests::process::Member;
use serde_json::{Value, json};

use super::{both, names, plainly, refused, stdout};

const TABLE: &str = "number,name,places,begins,notes\n\
                     1,Plant trees,20,2027-04-01,a\n\
                     2,Teach reading,many,2027-05-01,b\n\
                     3,Visit neighbours,5,2027-06-01,c\n";
const MAPPING: &str = "source = \"table\"\nid = \"number\"\n\
                       [columns]\n\"title.en\" = \"name\"\ncapacity = \"places\"\nstartDate = \"begins\"\n\
                       [formats]\nstartDate = \"%Y-%m-%d\"\n\
                       [constants]\nstatus = \"open\"\n";

fn file(member: &Member, name: &str, text: &str) -> PathBuf {
    let path = member.data().join(name);
    fs::write(&path, text).expect("a file of the test");
    path
}

fn import<'a>(table: &'a PathBuf, map: &'a PathBuf) -> Vec<&'a str> {
    let [table, map] = [table, map].map(|path| path.to_str().expect("UTF-8"));
    vec!["import", "opportunities", table, "--map", map]
}

fn counts(answer: &Value) -> [u64; 4] {
    ["read", "created", "updated", "unchanged"].map(|name| answer[name].as_u64().expect("a number"))
}

#[test]
fn a_table_is_imported_once_and_a_changed_row_becomes_a_version() {
    for member in both("Table") {
        let (table, map) = (
            file(&member, "table.csv", TABLE),
            file(&member, "map.toml", MAPPING),
        );
        let args = import(&table, &map);
        let size = || {
            member.ask(&["log", "status"])["logs"][0]["size"]
                .as_u64()
                .expect("a number")
        };
        let before = size();
        let dry: Vec<&str> = args.iter().copied().chain(["--dry-run"]).collect();
        let answer = member.ask(&dry);
        assert_eq!(
            (counts(&answer), &answer["dry_run"]),
            ([3, 2, 0, 0], &json!(true))
        );
        assert_eq!(size(), before, "dry is dry");
        assert!(stdout(&plainly(&member, &dry)).contains("nothing was changed"));

        let answer = member.ask(&args);
        assert_eq!(
            names(&answer),
            [
                "created",
                "dry_run",
                "ignored_columns",
                "read",
                "rejected",
                "unchanged",
                "updated"
            ]
        );
        assert_eq!(counts(&answer), [3, 2, 0, 0]);
        assert_eq!(answer["ignored_columns"], json!(["notes"]));
        let rejected = &answer["rejected"][0];
        assert_eq!(names(rejected), ["field", "found", "reason", "row"]);
        assert_eq!(
            (&rejected["row"], &rejected["field"], &rejected["found"]),
            (&json!(3), &json!("capacity"), &json!("many"))
        );
        assert!(
            rejected["reason"]
                .as_str()
                .is_some_and(|reason| reason.contains("whole number"))
        );
        assert_eq!(size(), before + 2);

        assert_eq!(
            counts(&member.ask(&args)),
            [3, 0, 0, 2],
            "twice changes nothing"
        );
        assert_eq!(size(), before + 2);
        fs::write(&table, TABLE.replace("Plant trees,20", "Plant trees,21"))
            .expect("a file of the test");
        assert_eq!(counts(&member.ask(&args)), [3, 0, 1, 1]);
        let listed = member.ask(&["record", "list", "--kind", "opportunity"]);
        let mut found: Vec<_> = listed["records"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| (row["title"].as_str(), row["version"].as_u64()))
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                (Some("Plant trees"), Some(2)),
                (Some("Visit neighbours"), Some(1))
            ]
        );

        // What was erased stays erased, though its source still lists it.
        let visit = listed["records"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|row| row["version"] == 1)
            .expect("listed");
        member.ask(&[
            "erase",
            visit["id"].as_str().expect("an id"),
            "--reason",
            "mistake",
        ]);
        let answer = member.ask(&args);
        assert_eq!(counts(&answer), [3, 0, 0, 1]);
        assert!(
            answer["rejected"][1]["reason"]
                .as_str()
                .is_some_and(|reason| reason.contains("erased")),
            "{answer}"
        );
        let told = stdout(&plainly(&member, &args));
        assert!(
            told.contains("row 3: capacity: found `many`")
                && told.contains("columns not imported: notes"),
            "{told}"
        );
    }
}

#[test]
fn a_file_or_mapping_that_does_not_fit_is_refused_as_a_whole() {
    let member = Member::init("Refused", &[]);
    let (table, map) = (
        file(&member, "table.csv", TABLE),
        file(&member, "map.toml", MAPPING),
    );
    let path = table.to_str().expect("UTF-8");
    let problem = refused(
        &member,
        &["import", "opportunities", path],
        "import.mapping",
    );
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--map"))
    );
    let with = |text: &str, code: &str| {
        let map = file(&member, "other.toml", text);
        refused(&member, &import(&table, &map), code)
    };
    let problem = with(
        &MAPPING.replace("\"places\"", "\"plcaes\""),
        "import.mapping",
    );
    let said = problem["detail"].as_str().unwrap_or_default();
    assert!(
        said.contains("plcaes") && said.contains("`places`"),
        "{problem}"
    );
    with(&MAPPING.replace("capacity", "capcity"), "import.mapping");
    with("nonsense", "import.mapping");
    refused(
        &member,
        &["import", "opportunities", path, "--format", "vds"],
        "import.invalid",
    );
    refused(
        &member,
        &["import", "opportunities", "/nowhere.csv"],
        "file.unreadable",
    );
    let latin = member.data().join("latin.csv");
    fs::write(&latin, b"number,name\n1,caf\xe9\n").expect("a file of the test");
    let problem = refused(&member, &import(&latin, &map), "file.unreadable");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("byte 17")),
        "{problem}"
    );
    for text in ["", "\n\n"] {
        let empty = file(&member, "empty.csv", text);
        let (exit, problem) = member.refused(&import(&empty, &map));
        assert_eq!(exit, 65, "{problem}");
    }
    let huge = member.data().join("huge.csv");
    fs::File::create(&huge)
        .and_then(|file| file.set_len(1 << 40))
        .expect("a sparse file");
    refused(&member, &import(&huge, &map), "file.unreadable");
    assert_eq!(
        member.ask(&["log", "status"])["logs"][0]["size"],
        2,
        "nothing was written"
    );
}
