//! Events over one connection.

use erikti_tests::process::Member;
use serde_json::Value;

use super::asking::{Events, get};

fn publish(member: &Member, title: &str, more: &[&str]) -> String {
    let title = format!("title.en={title}");
    let mut args = vec!["record", "new", "opportunity", "--set", &title];
    args.extend_from_slice(more);
    let made = member.ask(&args);
    made["id"].as_str().expect("an id").to_owned()
}

fn told(event: &Value) -> (&str, &str, &str) {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    (text("kind"), text("id"), text("state"))
}

fn node() -> Member {
    let mut member = Member::init("Events", &[]);
    member.start();
    member
}

#[test]
fn what_is_published_superseded_and_erased_is_told_as_it_happens() {
    let member = node();
    let mut events = Events::open(&format!("{}v1/events?kind=opportunity", member.pages), None);
    let id = publish(&member, "Plant trees", &[]);
    let event = events.next();
    assert_eq!(told(&event), ("opportunity", &*id, "updated"));
    assert_eq!(event["organisation"], member.organisation.as_str());
    assert_eq!(event["change"], events.last);
    member.ask(&[
        "record",
        "new",
        "opportunity",
        "--id",
        &id,
        "--set",
        "capacity=3",
    ]);
    assert_eq!(told(&events.next()), ("opportunity", &*id, "updated"));
    member.ask(&["erase", &id, "--reason", "mistake"]);
    assert_eq!(told(&events.next()), ("opportunity", &*id, "deleted"));
}

#[test]
fn whoever_comes_again_with_the_last_id_misses_nothing() {
    let mut member = node();
    let url = |member: &Member| format!("{}v1/events?kind=opportunity", member.pages);
    let mut events = Events::open(&url(&member), None);
    let first = publish(&member, "First", &[]);
    assert_eq!(told(&events.next()).1, first);
    let last = events.last;
    drop(events);
    let second = publish(&member, "Second", &[]);
    member.kill();
    let third = publish(&member, "Third", &[]);
    member.start();
    let mut events = Events::open(&url(&member), Some(last));
    let fourth = publish(&member, "Fourth", &[]);
    let told_now: Vec<String> = (0..3).map(|_| told(&events.next()).1.to_owned()).collect();
    assert_eq!(told_now, [second, third, fourth]);
}

#[test]
fn strangers_hear_nothing_of_what_they_may_not_read() {
    let member = node();
    let mut events = Events::open(&format!("{}v1/events?kind=opportunity", member.pages), None);
    publish(&member, "Hidden", &["--readers", "network"]);
    let shown = publish(&member, "Shown", &[]);
    assert_eq!(told(&events.next()).1, shown);
}

#[test]
fn a_wrong_question_is_refused() {
    let member = node();
    let answer = get(&format!("{}v1/events?organisation=nobody", member.pages));
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[test]
fn a_node_that_stops_waits_for_no_listener() {
    let mut member = node();
    let events = Events::open(&format!("{}v1/events", member.pages), None);
    member.stop();
    events.ends();
}
