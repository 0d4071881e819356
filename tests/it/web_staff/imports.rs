//! Importing through pages: preview, confirm, undo, and what a crash leaves.

use std::time::Instant;

use erikti_tests::http::{self, Answer, Browser};
use erikti_tests::process::{Member, until};
use erikti_tests::shared;

use super::{member, show};

const MAP: &str = include_str!("../../fixtures/nyc.toml");

fn figures(page: &Answer) -> [u64; 5] {
    ["read", "new", "changed", "unchanged", "refused-rows"].map(|id| {
        let found = page.texts(&format!("#{id}"));
        let digits: String = found
            .concat()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits
            .parse()
            .unwrap_or_else(|_| panic!("no {id} on {}: {}", page.path, page.text()))
    })
}

/// Brings a file and returns the page of its import.
fn bring(browser: &mut Browser, name: &str, bytes: &[u8], map: Option<&str>) -> Answer {
    let form = browser.get("/manage/import").form("/manage/import");
    let mut files = vec![("file", name, bytes)];
    if let Some(map) = map {
        files.push(("map", "map.toml", map.as_bytes()));
    }
    let answer = browser.submit_files(&form, &files);
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.follow(answer)
}

/// Presses a button of an import's page and waits until the work it begins has ended.
fn press(browser: &mut Browser, page: &Answer, button: &str) -> Answer {
    let path = page.path.split('?').next().unwrap_or_default().to_owned();
    let answer = browser.submit(&page.form(&format!("{path}/{button}")));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mut page = browser.follow(answer);
    until("the work has ended", || {
        page = browser.get(&path);
        page.header("refresh").is_none()
    });
    page
}

fn opportunities(member: &Member, status: &str) -> usize {
    let listed = member.ask(&["record", "list", "--kind", "opportunity", "--limit", "200"]);
    let ids = listed["records"].as_array().cloned().unwrap_or_default();
    ids.iter()
        .filter_map(|row| row["id"].as_str())
        .filter(|id| show(member, id)["credentialSubject"]["status"] == status)
        .count()
}

#[test]
fn a_real_file_is_previewed_imported_undone_and_imported_again() {
    let Some(path) = shared::path("data/opportunities/nyc-service-volunteer-opportunities.csv")
    else {
        return;
    };
    let bytes = std::fs::read(path).expect("the shared file");
    let member = member("Real");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let preview = bring(&mut browser, "nyc.csv", &bytes, Some(MAP));
    let [read, new, changed, unchanged, refused] = figures(&preview);
    assert_eq!((read, changed, unchanged), (665, 0, 0));
    assert_eq!(new + refused, 665);
    assert!(new > 600, "{new} of 665");
    let begun = Instant::now();
    let done = press(&mut browser, &preview, "confirm");
    assert_eq!(figures(&done), [665, new, 0, 0, refused]);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    assert_eq!(
        done.texts("#rejected tbody tr").len() as u64,
        refused.min(200)
    );

    let preview = bring(&mut browser, "nyc.csv", &bytes, Some(MAP));
    assert_eq!(
        figures(&preview),
        [665, 0, 0, new, refused],
        "twice changes nothing"
    );

    let undone = press(&mut browser, &done, "undo");
    let text = undone.texts(".notice.good").concat();
    let digits: String = text
        .split('·')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    assert_eq!(digits, new.to_string(), "{text}");
    let preview = bring(&mut browser, "nyc.csv", &bytes, Some(MAP));
    assert_eq!(
        figures(&preview),
        [665, 0, new, 0, refused],
        "withdrawn ones come back"
    );
    let again = press(&mut browser, &preview, "confirm");
    assert_eq!(figures(&again), [665, 0, new, 0, refused]);
    let listed = browser.get("/manage/import");
    assert!(listed.texts("td").iter().any(|cell| cell == "aigerim"));
}

const TABLE: &str = "number;name;places;begins;notes\n\
                     1;Plant trees;20;01.04.2027;a\n\
                     2;Teach reading;many;01.05.2027;b\n\
                     3;Visit neighbours;5;01.06.2027;c\n";

#[test]
fn columns_are_guessed_chosen_in_the_page_and_remembered() {
    let member = member("Columns");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let form = browser.get("/manage/import").form("/manage/import");
    let answer = browser.submit(&form.fill("text", TABLE));
    let page = browser.follow(answer);
    let to = page.path.clone();
    assert!(to.ends_with("/columns"), "{to}: {}", page.text());
    let form = page.form(&to);
    let value = |name: &str| {
        let found = form.fields.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(value("id"), Some("number"));
    assert_eq!(value("column.name"), Some("title.en"));
    assert_eq!(value("column.places"), Some("capacity"));
    assert_eq!(value("column.begins"), Some("startDate"));
    assert_eq!(value("format.begins"), Some("%d.%m.%Y"));
    assert_eq!(value("column.notes"), Some(""));
    let answer = browser.submit(&form.clone().fill("column.notes", "capacity"));
    assert_eq!(answer.status, 422, "two columns cannot become one field");
    let answer = browser.submit(&form);
    let preview = browser.follow(answer);
    assert_eq!(figures(&preview), [3, 2, 0, 0, 1]);
    let refused = preview.texts("#rejected td").concat();
    assert!(
        refused.contains("many") && refused.contains("capacity"),
        "{refused}"
    );
    let done = press(&mut browser, &preview, "confirm");
    assert_eq!(figures(&done), [3, 2, 0, 0, 1]);
    assert_eq!(opportunities(&member, "open"), 2);
    let undone = press(&mut browser, &done, "undo");
    assert!(undone.text().contains("aigerim"));
    assert_eq!(opportunities(&member, "cancelled"), 2);
}

/// Rows of the table whose import is killed: some dozens of groups.
const ROWS: usize = 6_000;

fn killed_in_the_middle(member: &mut Member, browser: &mut Browser) -> Answer {
    let mut table = "number,name,begins\n".to_owned();
    for row in 0..ROWS {
        table.push_str(&format!("{row},Work number {row},2027-01-01\n"));
    }
    let map = "source = \"table\"\nid = \"number\"\n[columns]\n\"title.en\" = \"name\"\nstartDate = \"begins\"\n";
    let preview = bring(browser, "table.csv", table.as_bytes(), Some(map));
    assert_eq!(figures(&preview), [ROWS as u64, ROWS as u64, 0, 0, 0]);
    let path = preview.path.clone();
    let id = path.rsplit('/').next().unwrap_or_default().to_owned();
    let answer = browser.submit(&preview.form(&format!("{path}/confirm")));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let plan = member.data().join("imports").join(format!("{id}.plan"));
    until("something was planned", || {
        std::fs::metadata(&plan).is_ok_and(|file| file.len() > 0)
    });
    member.kill();
    let planned = std::fs::read_to_string(&plan)
        .expect("the plan")
        .lines()
        .count();
    assert!(planned < ROWS, "it was killed too late");
    member.start();
    let mut again = Browser::new(&member.pages);
    again.cookies = std::mem::take(&mut browser.cookies);
    *browser = again;
    let cookies = std::mem::take(&mut browser.cookies);
    *browser = Browser::new(&member.pages);
    browser.cookies = cookies;
    let page = browser.get(&path);
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.header("refresh").is_none(),
        "nothing goes on by itself"
    );
    page
}

#[test]
fn an_import_that_a_crash_interrupted_is_continued() {
    let mut member = member("Continue");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let page = killed_in_the_middle(&mut member, &mut browser);
    let done = press(&mut browser, &page, "confirm");
    assert_eq!(figures(&done), [ROWS as u64, ROWS as u64, 0, 0, 0]);
    let log = member.ask(&["log", "status"]);
    let size = log["logs"][0]["size"].as_u64().expect("a number") as usize;
    assert!((ROWS..ROWS + 10).contains(&size), "each row once: {size}");
}

#[test]
fn an_import_that_a_crash_interrupted_is_undone() {
    let mut member = member("Undo");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let page = killed_in_the_middle(&mut member, &mut browser);
    let undone = press(&mut browser, &page, "undo");
    assert_eq!(undone.status, 200);
    assert_eq!(opportunities(&member, "open"), 0);
}
