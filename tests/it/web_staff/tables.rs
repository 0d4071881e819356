//! Records as a table: downloaded, looked at as a spreadsheet would, changed, brought back.

use std::collections::BTreeMap;

use erikti_node::formats::table as formats;
use erikti_protocol::id::RecordId;
use erikti_protocol::kind;
use erikti_tests::hostile::{self, Filler};
use erikti_tests::http::{self, Answer, Browser};
use erikti_tests::process::Member;
use serde_json::{Map, Value, json};

use super::member;

const TABLE: &str = "/manage/records.csv?kind=opportunity";

/// The cells of a table, read as RFC 4180 says and in no other way.
fn cells(text: &str, between: char) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        let mut cell = String::new();
        if rest.next_if_eq(&'"').is_some() {
            loop {
                match rest.next().expect("a quote that was opened is closed") {
                    '"' if rest.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' => break,
                    c => cell.push(c),
                }
            }
        } else {
            while let Some(c) = rest.next_if(|c| *c != between && *c != '\r') {
                assert!(!"\"\n".contains(c), "{c:?} within a bare cell");
                cell.push(c);
            }
        }
        row.push(cell);
        match rest.next() {
            Some(c) if c == between => {}
            Some('\r') => {
                assert_eq!(rest.next(), Some('\n'), "rows end as the standard says");
                rows.push(std::mem::take(&mut row));
            }
            other => panic!("{other:?} after a cell"),
        }
    }
    assert!(row.is_empty(), "the last row ends, too");
    rows
}

/// The table again, as a spreadsheet writes it.
fn table(rows: &[Vec<String>], between: &str) -> String {
    let cell = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(between) + "\n";
    rows.iter().map(line).collect()
}

fn runs_as_no_formula(cell: &str) {
    let number = cell.strip_prefix('-').unwrap_or_default();
    let digits = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let is_number = !number.is_empty() && number.bytes().all(digits);
    let first = cell.trim_start().chars().next();
    let is_formula =
        first.is_some_and(|first| "=+-@".contains(first)) || cell.starts_with(['\t', '\r', '\n']);
    assert!(is_number || !is_formula, "{cell:?}");
}

fn make(member: &Member, subject: &Map<String, Value>) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text = Value::Object(subject.clone()).to_string();
    std::fs::write(file.path(), text).expect("writable");
    let path = file.path().to_str().expect("a path");
    let made = member.ask(&["record", "new", "opportunity", "--from", path]);
    made["id"].as_str().expect("an id").to_owned()
}

fn subject(member: &Member, id: &str) -> (u64, Value) {
    let mut shown = member.ask(&["record", "show", id])["record"].take();
    let version = shown["version"].as_u64().expect("a version");
    (version, shown["credentialSubject"].take())
}

fn download(browser: &mut Browser, to: &str) -> String {
    let answer: Answer = browser.get(to);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let name = answer.header("content-disposition").expect("a name");
    assert!(
        name.starts_with("attachment; filename=\"opportunity-20"),
        "{name}"
    );
    answer.text()
}

fn import(member: &Member, table: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("back.csv");
    std::fs::write(&path, table).expect("writable");
    member.ask(&["import", "opportunities", path.to_str().expect("a path")])
}

fn counts(answer: &Value) -> [u64; 4] {
    let count = |name: &str| answer[name].as_u64().expect("a count");
    ["read", "created", "updated", "unchanged"].map(count)
}

#[test]
fn every_hostile_text_is_one_cell_and_is_read_as_it_was() {
    let Some(strings) = hostile::strings() else {
        return;
    };
    let kind = kind::by_name("opportunity").expect("a kind");
    let columns = formats::columns(kind);
    for between in [b',', b';'] {
        let mut bytes = formats::head(&columns, between);
        for (number, string) in (0_u64..).zip(&strings) {
            let subject = json!({"title": {"en": string}});
            let id = RecordId::v4(
                [&[0; 8][..], &number.to_be_bytes()]
                    .concat()
                    .try_into()
                    .expect("16"),
            );
            bytes.extend(formats::row(
                &columns,
                (&id, kind.name, 1),
                &subject,
                between,
            ));
        }
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let rows = cells(&text, char::from(between));
        assert_eq!(rows.len(), strings.len() + 1);
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{row:?}");
            row.iter().for_each(|cell| runs_as_no_formula(cell));
        }
        let table = formats::read(&bytes).expect("a table");
        assert_eq!(table.rejected, []);
        for (edit, string) in table.edits.iter().zip(&strings) {
            assert_eq!(&edit.cells["title.en"], string);
        }
    }
}

#[test]
fn hostile_texts_stay_one_cell_each_run_as_no_formula_and_come_back_as_they_were() {
    let Some(mut strings) = hostile::strings() else {
        return;
    };
    strings.extend(
        [
            "=1+1", "+1", "-1+2", "@SUM(1)", "'=1", "''", "-5", "a;b", "[1]",
        ]
        .map(str::to_owned),
    );
    let member = member("Hostile");
    let opportunity = kind::by_name("opportunity").expect("a kind");
    let mut filler = Filler::new(&strings);
    let mut held = BTreeMap::new();
    while !filler.done() {
        let id = make(&member, &filler.subject(opportunity));
        held.insert(id.clone(), subject(&member, &id));
    }
    assert!(held.len() > 1, "{}", held.len());
    let mut browser = http::person(&member, "aigerim", "coordinator");
    for (language, between) in [("en", ','), ("ru", ';')] {
        browser = browser.with("accept-language", language);
        let text = download(&mut browser, TABLE);
        let rows = cells(&text, between);
        assert_eq!(rows.len(), held.len() + 1);
        assert_eq!(rows[0][..3], ["id", "kind", "version"]);
        let title = rows[0].iter().position(|name| name == "title.en");
        let title = title.expect("a column for the title");
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "a text is one cell: {row:?}");
            row.iter().for_each(|cell| runs_as_no_formula(cell));
        }
        for row in &rows[1..] {
            let (_, said) = &held[&row[0]];
            let shown = &row[title];
            let bare = shown.strip_prefix('\'').unwrap_or(shown);
            let was = said["title"]["en"].as_str().expect("a title");
            assert!(was == bare || was == shown, "{shown:?} was {was:?}");
        }
        // As it is, and as a spreadsheet would have written it.
        for back in [text.clone(), table(&rows, &between.to_string())] {
            let answer = import(&member, &back);
            assert_eq!(answer["rejected"], json!([]), "{answer}");
            let all = held.len() as u64;
            assert_eq!(counts(&answer), [all, 0, 0, all]);
        }
    }
    for (id, was) in &held {
        assert_eq!(subject(&member, id), *was);
    }
}

#[test]
fn a_changed_row_becomes_the_next_version_of_its_record_and_of_no_other() {
    let member = member("Changing");
    let titled = |title: &str| {
        let subject =
            json!({"title": {"en": title, "kk": "Ағаш"}, "capacity": 5, "topics": ["a; b", "c"]});
        subject.as_object().expect("an object").clone()
    };
    let ids: Vec<String> = (0..60)
        .map(|n| make(&member, &titled(&format!("Work {n}"))))
        .collect();
    let mut browser = http::person(&member, "aigerim", "coordinator").with("accept-language", "en");
    // The link on the page keeps the filters; more than a page of records comes.
    let page = browser.get("/manage/records?kind=opportunity&q=Work&status=");
    let link = page.text();
    let to = "/manage/records.csv?kind=opportunity&#38;q=Work";
    assert!(link.contains(&format!("href=\"{to}\"")), "{link}");
    let text = download(&mut browser, &to.replace("&#38;", "&"));
    let mut rows = cells(&text, ',');
    assert_eq!(rows.len(), 61);
    let one = download(
        &mut browser,
        "/manage/records.csv?kind=opportunity&q=Work%207",
    );
    assert_eq!(cells(&one, ',').len(), 2);
    let column = |rows: &[Vec<String>], name: &str| {
        let at = rows[0].iter().position(|column| column == name);
        at.unwrap_or_else(|| panic!("no {name}"))
    };
    let (title, kk, capacity, topics) = (
        column(&rows, "title.en"),
        column(&rows, "title.kk"),
        column(&rows, "capacity"),
        column(&rows, "topics"),
    );
    let row_of = |rows: &[Vec<String>], id: &str| {
        let at = rows.iter().position(|row| row[0] == id);
        at.expect("it is in the table")
    };
    let (changed, wrong, stale) = (
        row_of(&rows, &ids[3]),
        row_of(&rows, &ids[4]),
        row_of(&rows, &ids[5]),
    );
    rows[changed][title] = "'=Changed".to_owned();
    rows[changed][kk].clear();
    rows[changed][capacity] = "12".to_owned();
    rows[wrong][capacity] = "many".to_owned();
    rows[stale][title] = "Too late".to_owned();
    member.ask(&[
        "record",
        "new",
        "opportunity",
        "--id",
        &ids[5],
        "--set",
        "title.en=Meanwhile",
    ]);
    member.ask(&[
        "record",
        "new",
        "opportunity",
        "--id",
        &ids[6],
        "--set",
        "title.en=Meanwhile too",
    ]);
    assert_eq!(rows[changed][topics], "[\"a; b\",\"c\"]");
    let back = table(&rows, ";");
    let answer = import(&member, &back);
    assert_eq!(counts(&answer), [60, 0, 1, 57], "{answer}");
    let rejected = answer["rejected"].as_array().expect("a list");
    let mut fields: Vec<_> = rejected
        .iter()
        .map(|row| (row["row"].as_u64(), row["field"].as_str()))
        .collect();
    fields.sort_unstable();
    let mut expected = [
        (Some(wrong as u64 + 1), Some("capacity")),
        (Some(stale as u64 + 1), Some("version")),
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    let (version, said) = subject(&member, &ids[3]);
    assert_eq!(version, 2);
    let mut wanted = titled("=Changed");
    wanted["title"].as_object_mut().expect("words").remove("kk");
    wanted["capacity"] = json!(12);
    for (name, value) in wanted {
        assert_eq!(said[&name], value, "{name}");
    }
    assert_eq!(subject(&member, &ids[5]).1["title"]["en"], "Meanwhile");
    assert_eq!(subject(&member, &ids[6]).1["title"]["en"], "Meanwhile too");
    assert_eq!(subject(&member, &ids[7]).0, 1);
    // Once more it says nothing new; and its rows are no rows for new records.
    assert_eq!(counts(&import(&member, &back))[2], 0);
    rows.truncate(2);
    rows[1][0].clear();
    let answer = import(&member, &table(&rows, ","));
    assert_eq!(answer["rejected"][0]["field"], "id", "{answer}");
}

#[test]
fn a_table_brought_to_the_page_needs_no_columns_and_can_be_undone() {
    let member = member("Bringing");
    let subject_of = json!({"title": {"en": "Before"}});
    let id = make(&member, subject_of.as_object().expect("an object"));
    let mut browser = http::person(&member, "aigerim", "coordinator").with("accept-language", "kk");
    let text = download(&mut browser, TABLE).replace("Before", "After");
    let form = browser.get("/manage/import").form("/manage/import");
    let answer = browser.submit_files(&form, &[("file", "opportunity.csv", text.as_bytes())]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let preview = browser.follow(answer);
    let path = preview.path.clone();
    assert!(preview.text().contains("After"), "{}", preview.text());
    let press = |browser: &mut Browser, page: &Answer, button: &str| {
        let answer = browser.submit(&page.form(&format!("{path}/{button}")));
        assert_eq!(answer.status, 303, "{}", answer.text());
        erikti_tests::process::until("the work has ended", || {
            browser.get(&path).header("refresh").is_none()
        });
        browser.get(&path)
    };
    let done = press(&mut browser, &preview, "confirm");
    assert_eq!(subject(&member, &id).1["title"]["en"], "After");
    press(&mut browser, &done, "undo");
    let (version, said) = subject(&member, &id);
    assert_eq!((version, &said["title"]["en"]), (3, &json!("Before")));
}
