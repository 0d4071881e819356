//! Public feeds: valid pages, and another node that follows them.

use std::collections::BTreeMap;
use std::io::Read;

use erikti_tests::http::Browser;
use erikti_tests::process::{Member, until};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::asking::get;

/// A node with so many opportunities.
fn node(name: &str, count: usize) -> Member {
    let mut member = Member::init(name, &[]);
    member.start();
    if count > 0 {
        import(&member, 0..count);
    }
    member
}

fn import(member: &Member, numbers: std::ops::Range<usize>) {
    let activities: Vec<Value> = numbers
        .map(|number| {
            json!({
                "id": format!("a{number}"), "type": "Activity", "title": format!("Work {number}"),
                "session": [{"id": format!("s{number}"), "time": [{"begin": "2026-12-05T09:00:00"}]}],
            })
        })
        .collect();
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text = json!({"@context": {"@base": "https://source.example/"}, "@graph": activities});
    std::fs::write(file.path(), text.to_string()).expect("writable");
    let path = file.path().to_str().expect("a path");
    let answer = member.ask(&["import", "opportunities", path, "--format", "vds"]);
    assert_eq!(answer["rejected"], json!([]));
}

fn page(url: &str) -> Value {
    let answer = get(url);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("rpde+json")),
        "{answer:?}"
    );
    let page = answer.json();
    let full = page["items"]
        .as_array()
        .is_some_and(|items| items.len() == 10);
    let kept = answer.header("cache-control").unwrap_or_default();
    let short = kept.contains("max-age=8");
    assert_eq!(short, !full, "a page that grows is not kept for long");
    page
}

/// Walks from an address to the last page, checking the rules; `meanwhile` runs after each page.
fn walk(url: &str, mut meanwhile: impl FnMut(usize)) -> (BTreeMap<String, Value>, String) {
    let mut held = BTreeMap::new();
    let (mut url, mut newest) = (url.to_owned(), 0);
    for at in 0.. {
        let page = page(&url);
        assert!(
            page["license"]
                .as_str()
                .is_some_and(|l| l.starts_with("https://"))
        );
        let next = page["next"].as_str().expect("every page has a next");
        let items = page["items"].as_array().expect("items");
        for item in items {
            let number = item["modified"].as_u64().expect("a number");
            assert!(number > newest, "numbers only grow: {item}");
            newest = number;
            let id = item["id"].as_str().expect("an id").to_owned();
            match item["state"].as_str() {
                Some("updated") => held.insert(id, item["data"].clone()),
                Some("deleted") => {
                    assert_eq!(item.get("data"), None, "what is gone says nothing: {item}");
                    held.remove(&id)
                }
                state => panic!("no such state: {state:?}"),
            };
        }
        if items.is_empty() {
            assert_eq!(next, url, "the last page is its own next");
            return (held, url);
        }
        assert!(
            next.ends_with(&format!("afterChangeNumber={newest}&limit=10")),
            "{next}"
        );
        next.clone_into(&mut url);
        meanwhile(at);
    }
    unreachable!("a walk ends by itself")
}

fn titles(held: &BTreeMap<String, Value>) -> Vec<String> {
    let title = |data: &Value| data["title"][0].as_str().map(str::to_owned);
    let mut titles: Vec<_> = held.values().filter_map(title).collect();
    titles.sort();
    titles
}

fn first_id(held: &BTreeMap<String, Value>, title: &str) -> String {
    let mut found = held.iter().filter(|(_, data)| data["title"][0] == title);
    found.next().expect("it is in the feed").0.clone()
}

#[test]
fn a_walk_ends_with_what_is_there_whatever_changes_on_the_way() {
    let member = node("Feeds", 25);
    let start = format!("{}rpde/opportunities?limit=10", member.pages);
    let (before, last) = walk(&start, |_| {});
    assert_eq!(before.len(), 25);
    let (changed, erased) = (first_id(&before, "Work 3"), first_id(&before, "Work 24"));
    let (held, end) = walk(&start, |at| match at {
        // Behind the walk, and before it.
        0 => {
            let set = ["--set", "title.und=Changed"];
            member.ask(
                &[
                    &["record", "new", "opportunity", "--id", &changed],
                    &set[..],
                ]
                .concat(),
            );
        }
        1 => {
            member.ask(&["erase", &erased, "--reason", "mistake"]);
            import(&member, 25..26);
        }
        _ => {}
    });
    let mut wanted: Vec<_> = (0..26).map(|number| format!("Work {number}")).collect();
    wanted.retain(|title| title != "Work 3" && title != "Work 24");
    wanted.push("Changed".to_owned());
    wanted.sort();
    assert_eq!(titles(&held), wanted);
    // Whoever stood at the end before sees just what is new.
    let (news, again) = walk(&last, |_| {});
    assert_eq!(titles(&news), ["Changed", "Work 25"]);
    assert_eq!(again, end);
    let (sessions, _) = walk(&format!("{}rpde/sessions?limit=10", member.pages), |_| {});
    assert_eq!(sessions.len(), 26);
    let session = sessions.values().next().expect("a session");
    assert_eq!(session["@type"], "ScheduledSession");
    assert_eq!(session["startDate"], "2026-12-05T09:00:00");
}

#[test]
fn pages_say_nothing_of_hidden_records() {
    let member = node("Hiding", 1);
    let hidden = ["--set", "title.en=Hidden", "--readers", "network"];
    member.ask(&[&["record", "new", "opportunity"], &hidden[..]].concat());
    let (held, _) = walk(
        &format!("{}rpde/opportunities?limit=10", member.pages),
        |_| {},
    );
    assert_eq!(titles(&held), ["Work 0"]);
}

#[test]
fn a_page_is_sent_packed_to_who_takes_it_and_not_again_to_who_has_it() {
    let member = node("Packing", 10);
    let mut plain = Browser::program(&member.pages, None);
    let mut packed = plain.clone().with("accept-encoding", "br, gzip;q=0.8");
    let path = "/rpde/opportunities?limit=10";
    for _ in 0..2 {
        let (plain, packed) = (plain.get(path), packed.get(path));
        assert_eq!(plain.header("content-encoding"), None);
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        assert!(
            packed
                .header("vary")
                .is_some_and(|vary| vary.contains("accept-encoding"))
        );
        let mut unpacked = Vec::new();
        let read = GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked);
        read.expect("a packed text");
        assert!(unpacked == plain.body && packed.body.len() < plain.body.len());
        assert_ne!(packed.header("etag"), plain.header("etag"));
    }
    let known = plain
        .get(path)
        .header("etag")
        .expect("a page has a tag")
        .to_owned();
    let again = plain.send("GET", path, &[("if-none-match", &known)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    import(&member, 10..11);
    until("the page has changed", || {
        plain
            .send(
                "GET",
                "/rpde/opportunities",
                &[("if-none-match", &known)],
                b"",
            )
            .status
            == 200
    });
    let style = plain.get("/assets/style.css");
    let packed = packed.get("/assets/style.css");
    assert!(
        packed.header("content-encoding") == Some("gzip")
            && packed.body.len() < style.body.len() / 2
    );
}

#[test]
fn a_wrong_question_about_a_page_is_refused() {
    let member = node("Refusing", 0);
    for query in [
        "limit=0",
        "limit=1001",
        "afterChangeNumber=-1",
        "afterTimestamp=1",
    ] {
        let answer = get(&format!("{}rpde/sessions?{query}", member.pages));
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
    }
}

/// What a node says of its opportunities and sessions, but for where they are from and how they are called here.
fn rows(member: &Member) -> Vec<Value> {
    let mut rows = Vec::new();
    for kind in ["opportunity", "session"] {
        let listed = member.ask(&["record", "list", "--kind", kind, "--limit", "200"]);
        for row in listed["records"].as_array().expect("records") {
            let shown = member.ask(&["record", "show", row["id"].as_str().expect("an id")]);
            let mut subject = shown["record"]["credentialSubject"].clone();
            let members = subject.as_object_mut().expect("an object");
            let source = members.remove("source");
            members.remove("id");
            if let Some(opportunity) = members.remove("opportunity") {
                let of = member.ask(&["record", "show", opportunity.as_str().expect("an id")]);
                members.insert(
                    "of".to_owned(),
                    of["record"]["credentialSubject"]["title"].clone(),
                );
            }
            assert!(source.is_some(), "an imported record says where it is from");
            rows.push(subject);
        }
    }
    rows.sort_by_key(Value::to_string);
    rows
}

#[test]
fn another_node_follows_the_feeds_and_ends_with_the_same() {
    let (first, second) = (node("First", 12), node("Second", 0));
    let follow = || {
        let mut told = Vec::new();
        for feed in ["opportunities", "sessions"] {
            let url = format!("{}rpde/{feed}?limit=5", first.pages);
            let args = [
                "import",
                "opportunities",
                &url,
                "--format",
                "rpde",
                "--loopback",
            ];
            let answer = second.ask(&args);
            assert_eq!(answer["rejected"], json!([]), "{answer}");
            let count = |name: &str| answer[name].as_u64().expect("a count");
            told.push([count("created"), count("updated"), count("unchanged")]);
        }
        told
    };
    assert_eq!(follow(), [[12, 0, 0], [12, 0, 0]]);
    assert_eq!(rows(&second), rows(&first));
    assert_eq!(
        follow(),
        [[0, 0, 0], [0, 0, 0]],
        "it goes on where it ended"
    );
    let listed = first.ask(&["record", "list", "--kind", "opportunity"]);
    let id = |at: usize| listed["records"][at]["id"].as_str().expect("an id");
    let set = |id: &str, set: &str| {
        first.ask(&["record", "new", "opportunity", "--id", id, "--set", set]);
    };
    set(id(0), "title.kk=Жаңа атау");
    set(id(1), "status=cancelled");
    assert_eq!(follow(), [[0, 2, 0], [0, 0, 0]]);
    assert_eq!(rows(&second), rows(&first));
    // What was erased there was taken back here: the word of its publisher, in a version of its own.
    first.ask(&["erase", id(2), "--reason", "mistake"]);
    assert_eq!(follow(), [[0, 1, 0], [0, 0, 0]]);
    let cancelled = rows(&second);
    let cancelled = cancelled.iter().filter(|row| row["status"] == "cancelled");
    assert_eq!(cancelled.count(), 2);
}

#[test]
fn an_address_on_this_machine_needs_the_operators_word() {
    let (first, second) = (node("Asked", 0), node("Asking", 0));
    let url = format!("{}rpde/sessions", first.pages);
    let (_, problem) = second.refused(&["import", "opportunities", &url, "--format", "rpde"]);
    assert_eq!(problem["code"], "import.unreachable", "{problem}");
}

#[test]
fn a_file_of_another_publisher_is_read_as_far_as_it_goes() {
    let member = node("Reading", 0);
    let session = |id: &str, start: &str| {
        json!({"state": "updated", "kind": "ScheduledSession.SessionSeries", "id": id, "modified": 2, "data": {
            "@type": "ScheduledSession", "superEvent": {"@id": "https://other.example/series/7"}, "startDate": start,
            "eventStatus": "https://schema.org/EventPostponed", "maximumAttendeeCapacity": 15,
            "location": {"@type": "Place", "name": "Hall", "geo": {"latitude": 51.5, "longitude": -0.1}},
        }})
    };
    let first = json!({"next": "https://other.example/feed?afterChangeNumber=3", "license": "https://license.example/", "items": [
        {"state": "updated", "kind": "Activity", "id": 7, "modified": 1, "data": {
            "@id": "https://other.example/series/7", "type": "Activity", "title": "Reading aloud", "minimumAge": 16}},
        session("s1", "2026-12-05T18:00:00+01:00"),
        session("s2", "tomorrow"),
    ]});
    let second = json!({"next": "https://other.example/feed?afterChangeNumber=9", "items": [
        {"state": "updated", "kind": "Slot", "id": "x", "modified": 4, "data": {}},
        {"state": "deleted", "kind": "ScheduledSession", "id": "never seen", "modified": 5},
        session("s1", "2026-12-06T18:00:00+01:00"),
    ]});
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{first}\n{second}\n")).expect("writable");
    let path = file.path().to_str().expect("a path");
    let answer = member.ask(&["import", "opportunities", path, "--format", "rpde"]);
    assert_eq!(answer["created"], 2, "{answer}");
    assert_eq!(answer["ignored_columns"], json!(["kind Slot"]));
    let rejected = answer["rejected"].as_array().expect("a list");
    assert_eq!(
        (rejected.len(), &rejected[0]["row"]),
        (1, &json!(3)),
        "{answer}"
    );
    let listed = member.ask(&["record", "list", "--kind", "session"]);
    let id = listed["records"][0]["id"].as_str().expect("an id");
    let shown = member.ask(&["record", "show", id]);
    let subject = &shown["record"]["credentialSubject"];
    assert_eq!(subject["start"], "2026-12-06T18:00:00");
    assert_eq!(subject["status"], "postponed");
    assert_eq!(subject["place"]["latitude"], "51.5");
    assert_eq!(subject["source"]["license"], "https://license.example/");
    let opportunity = subject["opportunity"].as_str().expect("an id");
    let opportunity = member.ask(&["record", "show", opportunity]);
    assert_eq!(opportunity["record"]["credentialSubject"]["minimumAge"], 16);
}

/// Makes a record and returns its id.
fn make(member: &Member, kind: &str, subject: &Value) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), subject.to_string()).expect("writable");
    let path = file.path().to_str().expect("a path");
    let made = member.ask(&["record", "new", kind, "--from", path]);
    made["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_sessions_times_have_the_offset_of_its_own_zone_or_of_its_opportunitys() {
    let member = node("Zones", 0);
    let schedule = |zone: &str| {
        json!({"title": {"en": "Reading"}, "schedule": [{
            "byDay": ["Saturday"], "repeatFrequency": "P1W", "startTime": "18:00", "endTime": "19:00", "timeZone": zone,
        }]})
    };
    let london = make(&member, "opportunity", &schedule("Europe/London"));
    let nowhere = make(
        &member,
        "opportunity",
        &json!({"title": {"en": "Anywhere"}}),
    );
    let session = |of: &str, zone: Option<&str>| {
        let mut subject = json!({
            "opportunity": of, "start": "2026-07-05T18:00:00", "end": "2026-07-05T19:30:00",
            "previousStart": "2026-12-05T18:00:00",
        });
        if let Some(zone) = zone {
            subject["timeZone"] = json!(zone);
        }
        make(&member, "session", &subject)
    };
    let cases = [
        (
            session(&london, Some("Asia/Almaty")),
            "+05:00",
            "+05:00",
            Some("Asia/Almaty"),
        ),
        (
            session(&london, None),
            "+01:00",
            "+00:00",
            Some("Europe/London"),
        ),
        (session(&nowhere, None), "", "", None),
    ];
    let (held, _) = walk(&format!("{}rpde/sessions?limit=10", member.pages), |_| {});
    assert_eq!(held.len(), cases.len());
    for (id, summer, winter, zone) in cases {
        let data = &held[&id];
        assert_eq!(data["startDate"], format!("2026-07-05T18:00:00{summer}"));
        assert_eq!(data["endDate"], format!("2026-07-05T19:30:00{summer}"));
        assert_eq!(
            data["previousStartDate"],
            format!("2026-12-05T18:00:00{winter}")
        );
        assert_eq!(data["scheduleTimezone"].as_str(), zone);
    }
}

#[test]
fn another_publishers_moments_are_read_on_the_clock_of_the_place() {
    let member = node("Clocks", 0);
    let item = |id: &str, start: &str, zone: Option<&str>| {
        let mut data = json!({"@type": "ScheduledSession", "superEvent": "https://other.example/series/7", "startDate": start});
        if let Some(zone) = zone {
            data["scheduleTimezone"] = json!(zone);
        }
        json!({"state": "updated", "kind": "ScheduledSession", "id": id, "modified": 2, "data": data})
    };
    let page = json!({"next": "https://other.example/feed?afterChangeNumber=3", "items": [
        {"state": "updated", "kind": "Activity", "id": 7, "modified": 1, "data": {
            "@id": "https://other.example/series/7", "type": "Activity", "title": "Reading aloud"}},
        item("utc", "2026-07-05T17:00:00Z", Some("Europe/London")),
        item("half", "2026-07-05T18:00:00+05:30", Some("Asia/Kolkata")),
        item("bare", "2026-07-05T18:00:00", Some("Asia/Almaty")),
    ]});
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), page.to_string()).expect("writable");
    let path = file.path().to_str().expect("a path");
    let answer = member.ask(&["import", "opportunities", path, "--format", "rpde"]);
    assert_eq!(answer["rejected"], json!([]), "{answer}");
    let sessions = rows(&member)
        .into_iter()
        .filter(|row| row.get("start").is_some());
    let zones: BTreeMap<String, String> = sessions
        .map(|row| {
            assert_eq!(row["start"], "2026-07-05T18:00:00", "{row}");
            let zone = row["timeZone"].as_str().expect("a zone").to_owned();
            (zone.clone(), zone)
        })
        .collect();
    assert_eq!(zones.len(), 3);
}

#[test]
fn a_feed_is_under_the_licence_that_its_organisation_chose_and_names_each_publisher() {
    let mut member = Member::init("Licensing", &[]);
    member.start();
    let url = format!("{}rpde/opportunities?limit=10", member.pages);
    let usual = "https://creativecommons.org/licenses/by/4.0/";
    assert_eq!(page(&url)["license"], usual);
    let organiser = json!({"name": "A school", "url": "https://school.example/"});
    let own = json!({"title": {"en": "Own"}, "organiser": organiser, "license": "https://license.example/own"});
    let id = make(&member, "opportunity", &own);
    member.stop();
    member.set("http.feed_license", "https://license.example/chosen");
    member.start();
    let url = format!("{}rpde/opportunities?limit=10", member.pages);
    let page = page(&url);
    assert_eq!(page["license"], "https://license.example/chosen");
    let item = &page["items"][0];
    assert_eq!(item["id"], id.as_str());
    assert_eq!(item["data"]["license"], "https://license.example/own");
    assert_eq!(item["data"]["organisation"]["name"], "A school");
    assert_eq!(
        item["data"]["publisher"]["id"],
        member.organisation.as_str()
    );
    assert_eq!(item["data"]["publisher"]["name"], "Licensing");
    for wrong in ["", "no address", "ftp://license.example/", "https://"] {
        let file = format!("name = \"A\"\n[http]\nfeed_license = \"{wrong}\"\n");
        let read = erikti_node::config::read(&file, [], &[]);
        let fault = read.expect_err("refused").to_string();
        assert!(fault.contains("http.feed_license"), "{wrong}: {fault}");
    }
}
