//! Two worlds that differ only in what hidden records say: a stranger is answered alike, byte for byte, in both.
//!
//! The second world is the first one's folder with its log written again: each public record is the same bytes, each
//! hidden one says something else under the same id, version, time and nonce, signed by the same key.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erikti_node::front::{ACCESS, Access};
use erikti_node::keys::Keys;
use erikti_node::store::journal::{Journal, Options};
use erikti_node::store::{Frame, Status, Store};
use erikti_protocol::codec::Codec;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Issuer, ReadersClass, Record};
use erikti_tests::process::{Member, until};
use serde_json::{Map, Value, json};

use super::wire::{Answer, Door};

/// Words that only the hidden records of one world have.
const FIRST: &str = "alphaberry";
const SECOND: &str = "omegaberry";
/// Public opportunities.
const PUBLIC: usize = 6;

/// Makes a log again, in a folder of its own, with other hidden records; returns how many were changed.
fn rewrite(from: &Path, to: &Path, member: &Member) -> usize {
    let origin = Origin::parse(&member.origin).expect("an origin");
    let keys = Keys::read(&to.join("keys")).expect("keys");
    let (old, _) = Journal::open(from, Options::default()).expect("the first world's journal");
    for name in ["log", "index", "search"] {
        let _ = fs::remove_dir_all(to.join(name));
    }
    let (new, _) = Journal::open(to, Options::default()).expect("the second world's journal");
    new.create(&origin).expect("a log");
    let size = old.frontier(&origin).expect("a frontier").size;
    let mut changed = 0;
    for index in 0..size {
        let frames = old.entries(&origin, index..index + 1).expect("an entry");
        let (_, frame) = frames.iter().next().expect("an entry");
        assert_eq!(frame.status, Status::Present, "entry {index}");
        if matches!(frame.readers, ReadersClass::Control | ReadersClass::Public) {
            new.publish(&origin, &[frame]).expect("published");
            continue;
        }
        let stored = old
            .record(&origin, index)
            .expect("a record")
            .expect("a record");
        let record = Record::parse(stored.bytes).expect("a record");
        let text = record.subject().to_string().replace(FIRST, SECOND);
        let subject: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        let nonce = record.value()["proof"]["nonce"]
            .as_str()
            .expect("a nonce")
            .to_owned();
        let nonce = URL_SAFE_NO_PAD.decode(nonce).expect("base64url");
        let draft = Draft {
            kind: record.kind().to_owned(),
            id: record.id(),
            version: record.version(),
            valid_from: record.valid_from(),
            readers: record.readers(),
            subject,
            extra: Map::new(),
        };
        let issuer = Issuer {
            key: &keys.organisation,
            name: &member.name,
            organisation: OrgId::parse(&member.organisation),
        };
        let nonce = nonce.try_into().expect("sixteen bytes");
        let other = draft
            .sign(&issuer, record.created(), nonce)
            .expect("signed");
        assert_ne!(other.digest(), record.digest());
        let length = u32::try_from(other.bytes().len()).expect("small");
        let frame = Frame::present(
            frame.class,
            other.digest(),
            frame.readers,
            Codec::None,
            length,
            other.bytes(),
        );
        new.publish(&origin, &[frame]).expect("published");
        changed += 1;
    }
    old.close().expect("closed");
    new.close().expect("closed");
    changed
}

/// What the world is made of, told to whoever crawls it.
struct Told {
    public: Vec<String>,
    hidden: Vec<String>,
}

/// Publishes public and hidden records in turn: new ones, new versions of both, of several kinds and times.
fn populate(door: &Door) -> Told {
    let mut told = Told {
        public: Vec::new(),
        hidden: Vec::new(),
    };
    let publish = |kind: &str, readers: &str, subject: Value| {
        let body = json!({"kind": kind, "readers": readers, "subject": subject});
        let made = door.post("/v1/records", &body).good();
        made["id"].as_str().expect("an id").to_owned()
    };
    let opportunity = |title: String, country: &str| {
        json!({
            "title": {"en": title}, "status": "open", "languages": ["kk"], "sectors": ["E10"], "sdg": ["13"],
            "place": {"country": country, "locality": "Almaty", "latitude": "43.25", "longitude": "76.95"},
        })
    };
    for number in 0..PUBLIC {
        let title = format!("Planting {number}");
        told.public
            .push(publish("opportunity", "public", opportunity(title, "KZ")));
        for readers in ["network", "network"] {
            let title = format!("Planting {FIRST} {number}");
            told.hidden
                .push(publish("opportunity", readers, opportunity(title, "UZ")));
        }
    }
    let kind = kind::by_name("service").expect("a kind");
    let mut hours = (kind.sample)();
    hours.insert("task".to_owned(), json!({"en": format!("Hours {FIRST}")}));
    told.hidden
        .push(publish("service", "network", Value::Object(hours)));
    for list in [&told.public, &told.hidden] {
        for id in list.iter().take(3) {
            let path = format!("/v1/records/{id}");
            let shown = door.get(&path);
            let tag = shown.header("etag").expect("a tag").to_owned();
            let mut subject = shown.json()["record"]["credentialSubject"].clone();
            let word = if list == &told.hidden { FIRST } else { "again" };
            subject["title"] = json!({"en": format!("Planting {word}")});
            let body = json!({"subject": subject});
            let put = door.send("PUT", &path, &[("If-Match", &tag)], &body);
            assert_eq!(put.status, 200, "{}", put.text());
        }
    }
    told
}

/// Everything a stranger can ask without an end: each route for everybody, with everything that may stand in it.
fn targets(told: &Told, member: &Member) -> Vec<String> {
    let ids: Vec<String> = told
        .public
        .iter()
        .chain(&told.hidden)
        .cloned()
        .chain([
            "urn:uuid:01890000-0000-7000-8000-000000000000".to_owned(),
            "none".to_owned(),
        ])
        .chain([
            member.organisation.clone(),
            member.organisation[16..24].to_owned(),
        ])
        .collect();
    let key = member.origin.rsplit('/').next().expect("a key").to_owned();
    let words: Vec<String> = kind::all()
        .iter()
        .map(|kind| kind.name.to_owned())
        .chain(["kk", "ru", "en", "style.css", "sessions", "opportunities"].map(str::to_owned))
        .collect();
    let mut targets = Vec::new();
    for row in ACCESS {
        let proves = [
            "tile",
            "checkpoint",
            "proof",
            "bundle",
            "openapi.json",
            "events",
        ];
        if row.method != "GET"
            || row.access != Access::Everybody
            || proves.iter().any(|part| row.path.contains(part))
        {
            continue;
        }
        let Some((before, rest)) = row.path.split_once('{') else {
            targets.push(row.path.to_owned());
            continue;
        };
        let (name, after) = rest.split_once('}').expect("an end");
        let values: &[String] = match name {
            "id" | "organisation" => &ids,
            "log" => std::slice::from_ref(&key),
            _ => &words,
        };
        for value in values {
            let target = format!("{before}{value}{after}");
            // What is left open by two names is asked with the first value of the second.
            let target = match target.split_once('{') {
                None => target,
                Some((before, rest)) => {
                    let (_, after) = rest.split_once('}').expect("an end");
                    format!("{before}none{after}")
                }
            };
            targets.push(target);
        }
    }
    let queries = [
        "kind=opportunity",
        "kind=service",
        "limit=1",
        "limit=2&kind=opportunity",
        "q=planting",
        "q=alphaberry",
        "q=omegaberry",
        "q=alpha",
        "q=omega",
        "q=berry&sort=new",
        "near=43.25,76.95&radius_km=10",
        "country=UZ",
        "country=KZ",
        "language=kk",
        "sector=E",
        "sdg=13",
        "place=Almaty",
        "sort=start",
        "remote=false",
        "issuer=none",
    ];
    let listing = [
        "/v1/records",
        "/opportunities",
        "/",
        "/v1/opportunities",
        "/rpde/opportunities",
        "/rpde/sessions",
    ];
    for path in listing {
        if ACCESS.iter().any(|row| row.path == path) {
            targets.extend(queries.iter().map(|query| format!("{path}?{query}")));
        }
    }
    targets
}

/// An answer without what differs between any two requests, and the page of a log without its checkpoint.
fn told_alike(target: &str, answer: Answer) -> String {
    let shows_checkpoint = target.starts_with("/logs/");
    let passing = [
        "date",
        "x-request-id",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "set-cookie",
        "server-timing",
        "set-cookie",
    ];
    let headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !passing.contains(&name.as_str()))
        .filter(|(name, _)| !(shows_checkpoint && name == "etag"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let mut body = answer.text();
    // A form's word is made for each visitor.
    if let Some((before, word)) = body.split_once("name=\"csrf\" value=\"") {
        let after = word.split_once('"').map_or("", |(_, after)| after);
        body = format!("{before}{after}");
    }
    if let Some((before, rest)) = body.split_once("<pre").filter(|_| shows_checkpoint) {
        let (_, after) = rest.split_once("</pre>").expect("an end");
        body = format!("{before}{after}");
    }
    if answer.header("content-type") == Some("application/problem+json") {
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        body = problem.to_string();
    }
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

/// Everything that a stranger is answered; pages are followed to their end.
fn crawled(member: &mut Member, targets: &[String]) -> Vec<(String, String)> {
    member.start();
    let world = Door::world(member);
    let host = member.pages.clone();
    // A search that has to be made anew says so, and finds less until it is done.
    until("the search knows every public record", || {
        let found = world.get("/v1/records?q=planting&status=any");
        found.json()["records"].as_array().map(Vec::len) == Some(PUBLIC)
    });
    until("no page says that it may find less", || {
        !world.get("/").text().contains("still catching up")
    });
    let mut answers = Vec::new();
    for target in targets {
        let mut next = Some(target.clone());
        let mut pages = 0;
        while let Some(target) = next.take().filter(|_| pages < 50) {
            let answer = world.get(&target);
            pages += 1;
            next = answer.header("link").and_then(|link| {
                let link = link.split(',').find(|link| link.contains("rel=\"next\""))?;
                Some(link.trim().strip_prefix('<')?.split_once('>')?.0.to_owned())
            });
            let told = told_alike(&target, answer);
            answers.push((target, told.replace(&host, "http://HOST/")));
        }
    }
    member.stop();
    answers
}

#[test]
fn what_hidden_records_say_changes_no_answer_to_a_stranger() {
    let mut first = Member::init("Worlds", &[]);
    first.start();
    let told = populate(&Door::operator(&first));
    first.stop();
    let mut second = first.copy();
    let changed = rewrite(&first.data(), &second.data(), &first);
    assert!(changed > 12, "{changed}");
    let targets = targets(&told, &first);
    assert!(targets.len() > 100, "{}", targets.len());
    let here = crawled(&mut first, &targets);
    let there = crawled(&mut second, &targets);
    assert_eq!(here.len(), there.len());
    let mut served = 0;
    for ((target, here), (_, there)) in here.iter().zip(&there) {
        assert_eq!(here, there, "{target}");
        let asked = target.contains("berry");
        assert!(
            asked || !(here.contains(FIRST) || here.contains(SECOND)),
            "{target}: {here}"
        );
        served += usize::from(here.starts_with("200"));
    }
    assert!(served > 30, "{served} answers with something in them");
    // The worlds do differ, for those who may know.
    first.start();
    let door = Door::operator(&first);
    let path = format!("/v1/records/{}", told.hidden[4]);
    let here = door.get(&path).good();
    first.stop();
    second.start();
    let there = Door::operator(&second).get(&path).good();
    assert_ne!(here["digest"], there["digest"]);
    assert_eq!(here["log"], there["log"]);
    assert!(there.to_string().contains(SECOND), "{there}");
}
