//! Making and changing records: tags, preconditions, keys of requests, pages.

use std::cell::Cell;
use std::sync::Barrier;

use erikti_node::deeds::Actor;
use erikti_node::desk::reader::Reader;
use erikti_node::desk::records;
use erikti_node::problem::{Code, Problem};
use erikti_protocol::hash::Hash;
use erikti_tests::process::Member;
use serde_json::{Value, json};

use super::wire::{Answer, Door};

fn running(name: &str) -> Member {
    let mut member = Member::init(name, &[]);
    member.start();
    member
}

fn made(door: &Door, title: &str) -> Answer {
    let body =
        json!({"kind": "opportunity", "subject": {"title": {"en": title}, "status": "open"}});
    let made = door.post("/v1/records", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    made
}

fn at(answer: &Answer) -> String {
    format!(
        "/v1/records/{}",
        answer.json()["id"].as_str().expect("an id")
    )
}

#[test]
fn an_edit_says_which_state_it_changes_and_the_second_of_two_is_told() {
    let member = running("Edits");
    let door = Door::operator(&member);
    let first = made(&door, "First");
    let path = at(&first);
    assert_eq!(first.header("location"), Some(path.as_str()));
    let tag = first.header("etag").expect("a tag").to_owned();
    let shown = Door::world(&member).get(&path);
    assert_eq!(shown.header("etag"), Some(tag.as_str()));
    assert_eq!(
        tag,
        format!("\"{}\"", shown.json()["digest"].as_str().expect("a digest"))
    );

    let change = |title: &str| json!({"subject": {"title": {"en": title}, "status": "open"}});
    let without = door.send("PUT", &path, &[], &change("Second"));
    assert_eq!(
        (without.status, without.problem().as_str()),
        (428, "precondition.needed")
    );
    let second = door.send("PUT", &path, &[("If-Match", &tag)], &change("Second"));
    let new_tag = second.header("etag").expect("a tag").to_owned();
    assert_eq!(second.good()["version"], 2);
    assert_ne!(new_tag, tag);
    let late = door.send("PUT", &path, &[("If-Match", &tag)], &change("Third"));
    assert_eq!(
        (late.status, late.problem().as_str()),
        (412, "precondition.failed")
    );
    assert_eq!(
        late.header("etag"),
        Some(new_tag.as_str()),
        "what it is now"
    );
    assert_eq!(late.json()["allowed"], new_tag);
    let weak = format!("W/{new_tag}");
    assert_eq!(
        door.send("PUT", &path, &[("If-Match", &weak)], &change("Third"))
            .status,
        412
    );
    let now = door.get(&path).json();
    assert_eq!(now["record"]["credentialSubject"]["title"]["en"], "Second");

    let known = door.ask("GET", &path, &[("If-None-Match", &new_tag)], b"");
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(known.header("etag"), Some(new_tag.as_str()));
    assert_eq!(
        door.ask("GET", &path, &[("If-None-Match", &tag)], b"")
            .status,
        200
    );
    let head = door.ask("HEAD", &path, &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), Some(new_tag.as_str()));
}

#[tokio::test]
async fn an_edit_is_refused_when_somebody_was_faster_after_its_state_was_looked_at() {
    let member = erikti_tests::network::Member::found("Slow", &[]).await;
    let node = &member.node;
    let operator = Actor::operator();
    let write = |title: &str, id: Option<&str>| {
        let subject = json!({"title": {"en": title}, "status": "open"});
        let made = records::create(node, &operator, "opportunity", subject, &[], id, None);
        made.expect("published")
    };
    let first = write("First", None);
    let id = first["id"].as_str().expect("an id");
    let looks = Cell::new(0);
    let fits = |digest: &Hash| {
        looks.set(looks.get() + 1);
        if digest.to_string() != first["digest"] {
            return Err(Problem::new(Code::PreconditionFailed, "another state"));
        }
        write("Second, by somebody faster", Some(id));
        Ok(())
    };
    let subject = json!({"title": {"en": "Second"}, "status": "open"});
    let slow = records::replace(node, &operator, id, subject, None, fits);
    let refused = slow.expect_err("its state is not there any more");
    assert_eq!((refused.code, looks.get()), (Code::PreconditionFailed, 2));
    let now = records::show(node, Reader::Staff, id, None).expect("it is held");
    let title = &now["record"]["credentialSubject"]["title"]["en"];
    assert_eq!(title, "Second, by somebody faster");
    member.close().await;
}

#[test]
fn of_edits_of_one_state_at_the_same_time_one_goes_through() {
    let member = running("Race");
    let door = Door::operator(&member);
    let first = made(&door, "First");
    let (path, tag) = (at(&first), first.header("etag").expect("a tag").to_owned());
    let together = Barrier::new(8);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|number| {
                let (door, path, tag, together) = (&door, &path, &tag, &together);
                scope.spawn(move || {
                    together.wait();
                    let body = json!({"subject": {"title": {"en": format!("Writer {number}")}}});
                    let put = door.send("PUT", path, &[("If-Match", tag)], &body);
                    if put.status != 200 {
                        put.problem();
                    }
                    put.status
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().expect("it ends"))
            .collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| [200, 412].contains(status)),
        "{statuses:?}"
    );
    assert_eq!(
        door.get(&format!("{path}/history")).json()["versions"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[test]
fn a_request_with_a_key_is_done_once_also_over_a_restart() {
    let mut member = running("Keys");
    let door = Door::operator(&member);
    let body = json!({"kind": "opportunity", "subject": {"title": {"en": "Once"}}});
    let key = [(
        "Idempotency-Key",
        "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"",
    )];
    let first = door.send("POST", "/v1/records", &key, &body);
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(first.header("idempotency-replayed"), None);
    let same = |answer: &Answer| {
        assert_eq!((answer.status, &answer.body), (first.status, &first.body));
        for name in ["etag", "location", "content-type"] {
            assert_eq!(answer.header(name), first.header(name), "{name}");
        }
        assert_eq!(answer.header("idempotency-replayed"), Some("true"));
    };
    same(&door.send("POST", "/v1/records", &key, &body));
    let bare = [("Idempotency-Key", "8e03978e-40d5-43e8-bc93-6894a57f9324")];
    same(&door.send("POST", "/v1/records", &bare, &body));
    let other = json!({"kind": "opportunity", "subject": {"title": {"en": "Other"}}});
    let refused = door.send("POST", "/v1/records", &key, &other);
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (422, "idempotency.other")
    );

    member.kill();
    member.start();
    same(&door.send("POST", "/v1/records", &key, &body));
    let listed = door.get("/v1/records?kind=opportunity").json();
    assert_eq!(listed["records"].as_array().map(Vec::len), Some(1));

    // What was refused is refused again, with the same words; and a key that is none is told.
    let wrong = json!({"kind": "opportunity", "subject": {"title": 7}});
    let key = [("Idempotency-Key", "second")];
    let refused = door.send("POST", "/v1/records", &key, &wrong);
    assert_eq!(refused.problem(), "record.malformed");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/subject/title");
    assert_eq!(
        door.send("POST", "/v1/records", &key, &wrong).body,
        refused.body
    );
    let long = "k".repeat(129);
    for bad in ["", "two words", long.as_str()] {
        let key = [("Idempotency-Key", bad)];
        assert_eq!(
            door.send("POST", "/v1/records", &key, &body).problem(),
            "usage",
            "{bad}"
        );
    }
}

#[test]
fn a_key_that_is_being_worked_on_is_not_worked_on_twice() {
    let member = running("Together");
    let door = Door::operator(&member);
    let together = Barrier::new(8);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let body = json!({"kind": "opportunity", "subject": {"title": {"en": "Once"}}});
                    together.wait();
                    door.send("POST", "/v1/records", &[("Idempotency-Key", "one")], &body)
                })
            })
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().expect("it ends"))
            .collect()
    });
    for answer in &answers {
        match answer.status {
            201 => {}
            409 => assert_eq!(answer.problem(), "idempotency.running"),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    let bodies: std::collections::BTreeSet<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| &answer.body)
        .collect();
    assert_eq!(bodies.len(), 1);
    let listed = door.get("/v1/records?kind=opportunity").json();
    assert_eq!(listed["records"].as_array().map(Vec::len), Some(1));
}

#[test]
fn pages_follow_each_other_past_what_is_superseded_or_hidden() {
    let member = running("Pages");
    let door = Door::operator(&member);
    let world = Door::world(&member);
    let mut wanted = Vec::new();
    for number in 0..7 {
        wanted.push(made(&door, &format!("Public {number}")).json()["id"].clone());
        let hidden = json!({
            "kind": "opportunity", "readers": "network", "subject": {"title": {"en": format!("Hidden {number}")}},
        });
        assert_eq!(door.post("/v1/records", &hidden).status, 201);
    }
    let id = wanted[3].as_str().expect("an id").to_owned();
    for round in 0..5 {
        let path = format!("/v1/records/{id}");
        let tag = door.get(&path).header("etag").expect("a tag").to_owned();
        let body = json!({"subject": {"title": {"en": format!("Round {round}")}}});
        assert_eq!(
            door.send("PUT", &path, &[("If-Match", &tag)], &body).status,
            200
        );
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut target = Some("/v1/records?kind=opportunity&limit=2".to_owned());
    while let Some(at) = target {
        let page = world.get(&at);
        let rows = page.good()["records"].as_array().cloned().expect("rows");
        assert!(rows.len() <= 2);
        seen.extend(rows.iter().map(|row| row["id"].clone()));
        let link = page.header("link").map(str::to_owned);
        let next = page.json()["next"].as_str().map(str::to_owned);
        assert_eq!(link.is_some(), next.is_some());
        target = link.map(|link| {
            let (target, rest) = link
                .trim_start_matches('<')
                .split_once('>')
                .expect("an address");
            assert_eq!(rest, "; rel=\"next\"");
            assert!(target.contains(&next.expect("a cursor")));
            target.to_owned()
        });
    }
    let sorted = |mut ids: Vec<Value>| {
        ids.sort_by_key(ToString::to_string);
        ids
    };
    assert_eq!(sorted(seen), sorted(wanted));
    let all = door.get("/v1/records?kind=opportunity").good();
    assert_eq!(all["records"].as_array().map(Vec::len), Some(14));
    assert_eq!(world.get("/v1/records?limit=201").problem(), "usage");
}

#[test]
fn a_hidden_record_is_answered_like_one_that_never_was() {
    let member = running("Hidden");
    let door = Door::operator(&member);
    let body = json!({"kind": "opportunity", "readers": "network", "subject": {"title": {"en": "Hidden"}}});
    let id = door.post("/v1/records", &body).good()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let never = "urn:uuid:01890000-0000-7000-8000-000000000000";
    let world = Door::world(&member);
    for rest in ["", "?version=1", "/history", "/proof", "/bundle"] {
        let target = |id: &str| format!("/v1/records/{id}{rest}");
        assert_eq!(door.get(&target(&id)).status, 200, "{rest}");
        let (hidden, unknown) = (world.get(&target(&id)), world.get(&target(never)));
        assert_eq!(hidden.problem(), "record.unknown");
        let alike = |answer: &Answer, id: &str| {
            let mut problem = answer.json();
            problem["instance"] = Value::Null;
            (answer.status, problem.to_string().replace(id, "ID"))
        };
        assert_eq!(alike(&hidden, &id), alike(&unknown, never), "{rest}");
    }
}
