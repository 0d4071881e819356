//! Webhooks: whoever is told misses nothing, whatever becomes of either side.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use erikti_node::courier;
use erikti_node::deeds::Actor;
use erikti_node::desk::hooks::{self, Wanted};
use erikti_node::fetch::FetchFault;
use erikti_node::hooks::{Hooks, Stage, TRIES_MAX, signature};
use erikti_node::node::Node;
use erikti_protocol::time::Timestamp;
use erikti_tests::network::Member;
use erikti_tests::process;
use serde_json::Value;

fn begin() -> Timestamp {
    Timestamp::from_seconds(1_900_000_000).expect("a year")
}

fn add(node: &Node, kinds: &[&str]) -> String {
    let wanted = Wanted {
        url: "https://hooks.example.org/erikti".to_owned(),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ..Wanted::default()
    };
    let added = hooks::add(node, &Actor::operator(), &wanted).expect("added");
    assert_eq!(added["secret"].as_str().map(str::len), Some(64));
    added["id"].as_str().expect("an id").to_owned()
}

/// Rounds until nothing more is to be done at this time; what was sent: delivery and event.
fn rounds(node: &Node, now: Timestamp, works: bool) -> Vec<(String, Value)> {
    let sent = RefCell::new(Vec::new());
    let send = |target: &erikti_node::hooks::Target, headers: &[(&str, &str)], body: &[u8]| {
        let header = |name: &str| {
            let mut headers = headers.iter();
            let found = headers.find(|(found, _)| *found == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .unwrap_or_default()
        };
        let signed = signature(&target.secret, now.seconds(), body);
        assert_eq!(header("erikti-signature"), signed);
        let event = serde_json::from_slice(body).expect("an event is JSON");
        sent.borrow_mut().push((header("erikti-delivery"), event));
        match works {
            true => Ok(204),
            false => Err(FetchFault::Status(500)),
        }
    };
    while courier::round(node, &send, now).expect("a round") {}
    sent.into_inner()
}

fn waits(node: &Node, id: &str) -> usize {
    node.hooks().target(id).expect("known").1.waiting.len()
}

#[test]
fn the_signature_is_the_one_that_others_compute() {
    // HMAC-SHA-256 of `1900000000.{}` under `key`, by another program.
    assert_eq!(
        signature("key", 1_900_000_000, b"{}"),
        format!("t=1900000000,v1={EXPECTED}")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_change_is_told_once_and_only_what_was_asked_for() {
    let member = Member::found("Telling", &[]).await;
    let node = &member.node;
    node.ingest().seal().expect("sealed");
    let (all, sessions) = (add(node, &[]), add(node, &["session"]));
    member.publish("Told", 20);
    let sent = rounds(node, begin(), true);
    assert_eq!(sent.len(), 20, "{sent:?}");
    assert!(
        sent.iter()
            .all(|(delivery, event)| delivery.starts_with(&all)
                && event["kind"] == "opportunity"
                && event["state"] == "updated")
    );
    assert_eq!(rounds(node, begin(), true), Vec::new());
    assert_eq!((waits(node, &all), waits(node, &sessions)), (0, 0));
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_fails_is_tried_eight_times_in_a_day_and_can_be_told_again() {
    let member = Member::found("Trying", &[]).await;
    let node = &member.node;
    node.ingest().seal().expect("sealed");
    let id = add(node, &[]);
    member.publish("Told", 1);
    let mut tries = Vec::new();
    for minute in 0..=26 * 60 {
        let now = begin().plus_seconds(minute * 60);
        tries.extend(rounds(node, now, false).into_iter().map(|_| minute));
    }
    assert_eq!(tries.len(), TRIES_MAX as usize);
    assert_eq!((tries[0], tries[7]), (0, 24 * 60));
    assert!(
        tries.windows(3).all(|t| t[1] - t[0] < t[2] - t[1]),
        "{tries:?}"
    );
    let (_, progress) = node.hooks().target(&id).expect("known");
    let last = progress.log.back().expect("a try");
    assert_eq!((last.stage, last.status), (Stage::GivenUp, Some(500)));
    assert_eq!(progress.waiting.len(), 0);
    let by = Actor::operator();
    hooks::redeliver(node, &by, &id, &last.delivery).expect("known");
    let later = erikti_node::clock::now().plus_seconds(1);
    let again = rounds(node, later, true);
    assert_eq!(again.len(), 1);
    assert_eq!(
        again[0].0, last.delivery,
        "the same delivery by the same name"
    );
    assert!(hooks::redeliver(node, &by, &id, "another").is_err());
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_target_that_was_away_is_told_everything_after_a_restart() {
    let member = Member::found("Restarting", &[]).await;
    let node = &member.node;
    node.ingest().seal().expect("sealed");
    let id = add(node, &[]);
    member.publish("Before", 3);
    assert_eq!(rounds(node, begin(), false).len(), 3);
    member.publish("Meanwhile", 2);
    // What another process would find in the folder.
    let found = Hooks::open(node.data()).expect("readable");
    let (_, progress) = found.target(&id).expect("known");
    assert_eq!(progress, node.hooks().target(&id).expect("known").1);
    assert_eq!(progress.waiting.len(), 3);
    let told = rounds(node, begin().plus_seconds(60), true);
    assert_eq!(told.len(), 5);
    let deliveries: std::collections::BTreeSet<_> = told.iter().map(|(name, _)| name).collect();
    assert_eq!(deliveries.len(), 5);
    // A lost progress tells it all once more, under the same names.
    std::fs::remove_file(node.data().join(format!("hooks/{id}.json"))).expect("there");
    let found = Hooks::open(node.data()).expect("readable");
    let (target, progress) = found.target(&id).expect("known");
    assert_eq!(progress.cursor, target.from);
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn hidden_records_and_inner_addresses_are_never_told() {
    let member = Member::found("Hiding", &[]).await;
    let node = &member.node;
    node.ingest().seal().expect("sealed");
    for url in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://router/",
    ] {
        let wanted = Wanted {
            url: url.to_owned(),
            ..Wanted::default()
        };
        let problem = hooks::add(node, &Actor::operator(), &wanted).expect_err(url);
        assert_eq!(problem.code.as_str(), "hook.address");
    }
    add(node, &[]);
    let kind = &erikti_protocol::kind::opportunity::KIND;
    let subject = serde_json::json!({"title": {"en": "Hidden"}, "status": "open"});
    let subject = subject.as_object().cloned().expect("an object");
    let mut draft = erikti_node::desk::records::new_draft(node, kind, subject).expect("a draft");
    draft.readers = erikti_protocol::record::Readers::Network;
    node.ingest().publish(vec![draft]).expect("published");
    node.ingest().seal().expect("sealed");
    assert_eq!(rounds(node, begin(), true), Vec::new());
    member.close().await;
}

#[test]
fn the_real_program_tells_a_real_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let mut member = process::Member::init("Program", &[]);
    member.start();
    let args = ["hook", "add", &url, "--kind", "opportunity", "--loopback"];
    let added = member.ask(&args);
    let secret = added["secret"].as_str().expect("a secret").to_owned();
    let set = ["--set", "title.en=Told"];
    let made = member.ask(&[&["record", "new", "opportunity"], &set[..]].concat());
    let (mut stream, _) = listener.accept().expect("it tells");
    let mut request = BufReader::new(stream.try_clone().expect("a second handle"));
    let (mut signed, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        request.read_line(&mut line).expect("a head");
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "erikti-signature" => value.clone_into(&mut signed),
                "content-length" => length = value.parse().expect("a number"),
                _ => {}
            }
        }
        if line.trim_end().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body).expect("a body");
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(answer).expect("answered");
    let event: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(
        (&event["id"], &event["state"]),
        (&made["id"], &Value::from("updated"))
    );
    let seconds = signed
        .strip_prefix("t=")
        .and_then(|rest| rest.split(',').next());
    let seconds = seconds
        .and_then(|seconds| seconds.parse().ok())
        .expect("a time");
    assert_eq!(signature(&secret, seconds, &body), signed);
    let id = added["id"].as_str().expect("an id");
    process::until("the log says that it was delivered", || {
        let log = member.ask(&["hook", "log", id]);
        log["tries"][0]["stage"] == "delivered"
    });
    assert_eq!(member.ask(&["hook", "remove", id])["removed"], true);
    assert_eq!(
        member.ask(&["hook", "list"])["hooks"],
        serde_json::json!([])
    );
}

const EXPECTED: &str = "f9f80f30f10c35888fa982cbea5da54c7751cb2516ebf4a2e5ad7204ed86b928";
