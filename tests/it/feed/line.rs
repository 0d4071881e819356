//! What becomes of a log's entries when another log of its organisation says how far it counts.

use std::collections::BTreeSet;

use erikti_node::desk::changes;
use erikti_node::desk::feeds;
use erikti_node::desk::reader::Reader;
use erikti_node::feed::LIST_MAX;
use erikti_node::formats::rpde::Feed;
use erikti_node::ingest::Arrived;
use erikti_node::node::Node;
use erikti_node::store::index::rows;
use erikti_protocol::codec::{Codec, Decoder};
use erikti_protocol::exchange::package::{Check, Opener, Served, Want, Writer};
use erikti_protocol::log::{Checkpoint, Entry};
use erikti_tests::network::Member;
use serde_json::{Value, json};

use crate::trust::cast::Org;

/// States an opportunity that everybody may read.
fn opportunity(org: &mut Org, id: u16, version: u64, title: &str) -> String {
    let subject = json!({"title": {"en": title}});
    let subject = subject.as_object().expect("an object").clone();
    let index = org.write("opportunity", id, version, subject);
    org.log[index as usize].id().to_string()
}

/// A log as its pages come from a peer.
fn arrived(org: &Org) -> Arrived {
    let mut writer = Writer::new(org.log.len());
    for record in &org.log {
        let entry = Entry {
            class: record.class(),
            digest: record.digest(),
        };
        let served = Served::Present {
            codec: Codec::None,
            stored: record.bytes(),
        };
        writer.entry(&entry, served);
    }
    let want = Want {
        package: 0,
        places: (0..org.size()).map(|place| place as u16).collect(),
        check: Check::Root,
    };
    let mut found = Vec::new();
    let opened = Opener::new(Decoder::new())
        .open(writer.finish(), &want, &mut |index, record| {
            found.push((index, rows(record)));
        })
        .expect("a package");
    Arrived {
        opened,
        rows: found,
        proved: true,
        disproved: BTreeSet::new(),
    }
}

/// Has a node keep a log, as the exchange does.
fn admit(node: &Node, org: &Org) {
    let origin = org.origin();
    let orders = node
        .ingest()
        .admit(&origin, org.id, &arrived(org))
        .expect("admitted");
    node.ingest().settle(&origin, orders).expect("settled");
    let checkpoint = Checkpoint {
        origin,
        size: org.size(),
        root: org.root(org.size()),
    };
    let signed = checkpoint.sign(&org.node()).expect("signed");
    node.ingest().adopt(&signed, Some(0)).expect("adopted");
}

/// What everybody is told after a number: state and id, oldest first.
fn told(node: &Node, after: u64) -> Vec<(String, String)> {
    let changes = node.ingest().feed().after(after, 1_000);
    let told = changes.iter().filter_map(|change| {
        let told = changes::told(node, Reader::Everybody, change).expect("told")?;
        let event = told.event();
        let text = |name: &str| event[name].as_str().expect("text").to_owned();
        (text("kind") == "opportunity").then(|| (text("state"), text("id")))
    });
    told.collect()
}

/// A feed's items after a number.
fn items(node: &Node, after: u64) -> Vec<(String, String)> {
    items_of(&feeds::page(node, Feed::Opportunities, after, 100).expect("a page"))
}

fn items_of(page: &feeds::Page) -> Vec<(String, String)> {
    let said = |item: &Value, name: &str| item[name].as_str().expect("text").to_owned();
    let items = page.items.iter();
    items
        .map(|item| (said(item, "state"), said(item, "id")))
        .collect()
}

fn pairs(wanted: &[(&str, &String)]) -> Vec<(String, String)> {
    let wanted = wanted.iter();
    wanted
        .map(|(state, id)| ((*state).to_owned(), (*id).clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn followers_are_told_that_what_a_successor_leaves_out_is_gone() {
    let member = Member::found("Following", &[]).await;
    let node = &member.node;
    let mut org = Org::found(1);
    let kept = opportunity(&mut org, 1, 1, "Kept");
    let pinned = org.size();
    let lost = opportunity(&mut org, 2, 1, "Left out");
    let later = opportunity(&mut org, 1, 2, "Kept, in a version that is left out");
    assert_eq!(later, kept);
    admit(node, &org);
    let wanted = pairs(&[("updated", &lost), ("updated", &kept)]);
    assert_eq!((told(node, 0), items(node, 0)), (wanted.clone(), wanted));
    let before = node.ingest().feed().head();

    let mut heir = org.succeed(1, pinned);
    let fresh = opportunity(&mut heir, 3, 1, "Of the successor");
    admit(node, &heir);
    let wanted = pairs(&[("updated", &fresh), ("deleted", &lost), ("updated", &kept)]);
    let sorted = |mut list: Vec<(String, String)>| {
        list.sort();
        list
    };
    assert_eq!(sorted(told(node, before)), sorted(wanted.clone()));
    assert_eq!(sorted(items(node, before)), sorted(wanted.clone()));
    // Whoever follows from the beginning is told the same.
    assert_eq!(sorted(items(node, 0)), sorted(wanted));
    let page = feeds::page(node, Feed::Opportunities, before, 100).expect("a page");
    let mut titles = page.items.iter().map(|item| &item["data"]["title"]);
    assert!(
        titles.any(|title| title[0]["@value"] == "Kept"),
        "the version that still counts is shown: {:?}",
        page.items
    );
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_came_before_its_organisation_was_known_is_in_the_feed_once_it_is() {
    let member = Member::found("Early", &[]).await;
    let node = &member.node;
    let mut org = Org::found(1);
    let old = opportunity(&mut org, 1, 1, "Of the first log");
    let mut heir = org.succeed(1, org.size());
    let fresh = opportunity(&mut heir, 2, 1, "Of the successor");
    admit(node, &heir);
    // The feed has been read meanwhile: that must not make it forget.
    assert_eq!((told(node, 0), items(node, 0)), (Vec::new(), Vec::new()));
    let before = node.ingest().feed().head();
    admit(node, &org);
    // Its records could not be judged when they came, and come again.
    let origin = heir.origin();
    node.ingest()
        .fill(&origin, heir.id, &arrived(&heir))
        .expect("filled");
    let wanted = pairs(&[("updated", &old), ("updated", &fresh)]);
    assert_eq!(
        (told(node, before), items(node, before)),
        (wanted.clone(), wanted)
    );
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_asks_before_everything_was_looked_at_gets_the_rest_by_asking_again() {
    const MANY: usize = LIST_MAX + 1_000;
    let member = Member::found("Many", &[]).await;
    member.publish("Plant trees", MANY);
    let node = &member.node;
    let head = node.ingest().feed().head();
    let (mut seen, mut after, mut early) = (BTreeSet::new(), 0, false);
    loop {
        let page = feeds::page(node, Feed::Opportunities, after, 500).expect("a page");
        early |= page.upto < head;
        after = page.next;
        seen.extend(items_of(&page).into_iter().map(|(_, id)| id));
        if page.items.is_empty() && page.upto >= head {
            break;
        }
    }
    assert!(early, "the first page does not wait for all of them");
    assert_eq!(seen.len(), MANY);
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_gone_is_told_for_four_hundred_days_and_what_is_there_for_ever() {
    const DAY: i64 = 24 * 60 * 60;
    let member = Member::found("Patient", &[]).await;
    let node = &member.node;
    let mut org = Org::found(1);
    let kept = opportunity(&mut org, 1, 1, "Kept");
    let pinned = org.size();
    let lost = opportunity(&mut org, 2, 1, "Left out");
    admit(node, &org);
    admit(node, &org.succeed(1, pinned));
    let gone_at = node
        .ingest()
        .feed()
        .after(0, 1_000)
        .last()
        .expect("changes")
        .at;
    let states = |seconds: i64| {
        let now = gone_at.plus_seconds(seconds);
        let page = feeds::page_at(node, Feed::Opportunities, 0, 100, now).expect("a page");
        let said = |item: &Value| {
            (
                item["state"].as_str().map(str::to_owned),
                item["id"].clone(),
            )
        };
        let states: BTreeSet<_> = page.items.iter().map(|item| said(item).0).collect();
        assert!(page.items.iter().any(|item| item["id"] == kept.as_str()));
        let tells = page.items.iter().any(|item| item["id"] == lost.as_str());
        assert_eq!(tells, states.contains(&Some("deleted".to_owned())));
        tells
    };
    assert!(states(0));
    assert!(states(400 * DAY));
    assert!(!states(400 * DAY + 1));
    assert!(!states(4_000 * DAY));
    member.close().await;
}
