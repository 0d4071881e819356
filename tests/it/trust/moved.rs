//! What a node shows of an organisation that moved to another machine: two logs, and entries of one number in both.

use std::collections::BTreeSet;

use erikti_node::clock;
use erikti_node::config::{self, Settings};
use erikti_node::desk::organisations;
use erikti_node::desk::reader::Reader;
use erikti_node::ingest::Arrived;
use erikti_node::keys::Keys;
use erikti_node::node::Node;
use erikti_node::store::index::rows;
use erikti_protocol::codec::{Codec, Decoder};
use erikti_protocol::exchange::package::{Check, Opener, Served, Want, Writer};
use erikti_protocol::kind;
use erikti_protocol::log::{Checkpoint, Entry};
use serde_json::json;
use tempfile::TempDir;

use super::cast::Org;

/// A node of the same network, and the folder it lives in.
fn node() -> (Node, TempDir) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("node");
    let settings = Settings {
        network: "demo".to_owned(),
        name: "Observer".to_owned(),
        country: "KZ".to_owned(),
        ..Settings::default()
    };
    Keys::generate().write(&data.join("keys")).unwrap();
    config::write_first_file(&data, &settings).unwrap();
    let node = Node::found(&data, &clock::secret_key().public()).unwrap();
    (node, folder)
}

/// Takes a whole log in, as one that a partner sent.
fn take(node: &Node, org: &Org) {
    let mut writer = Writer::new(org.log.len());
    for record in &org.log {
        let (class, digest) = (record.class(), record.digest());
        let (codec, stored) = (Codec::None, record.bytes());
        writer.entry(&Entry { class, digest }, Served::Present { codec, stored });
    }
    let want = Want {
        package: 0,
        places: (0..org.log.len() as u16).collect(),
        check: Check::Root,
    };
    let mut found = Vec::new();
    let opened = Opener::new(Decoder::new())
        .open(writer.finish(), &want, &mut |index, record| {
            found.push((index, rows(record)));
        })
        .unwrap();
    let arrived = Arrived {
        opened,
        rows: found,
        proved: true,
        disproved: BTreeSet::new(),
    };
    let (origin, size) = (org.origin(), org.size());
    let checkpoint = Checkpoint {
        origin: origin.clone(),
        size,
        root: org.root(size),
    };
    let signed = checkpoint.sign(&org.node()).unwrap();
    let ingest = node.ingest();
    ingest.pursue(&signed).unwrap();
    let orders = ingest.admit(&origin, org.id, &arrived).unwrap();
    ingest.settle(&origin, orders).unwrap();
    ingest.adopt(&signed, None).unwrap();
}

/// The organisation's card as it calls itself in it, made so many seconds after the others of its records.
fn card(org: &mut Org, version: u64, name: &str, later: i64) {
    let subject = json!({"name": {"en": name}}).as_object().cloned().unwrap();
    org.write_later(kind::organisation::KIND.name, 5, version, subject, later);
}

#[test]
fn the_card_of_an_organisation_that_moved_is_the_newest_version_of_both_logs() {
    let mut old = Org::found(1);
    // Its old machine's clock was fast: the list of its records begins with the version that was replaced.
    card(&mut old, 1, "Before it moved", 3_600);
    let mut moved = old.succeed(1, old.size());
    card(&mut moved, 2, "After it moved", 0);
    assert_eq!(old.size(), moved.size(), "both versions have one number");

    let (node, _folder) = node();
    take(&node, &old);
    let shown = |node: &Node| organisations::card(node, Reader::Everybody, &old.id).unwrap();
    assert_eq!(shown(&node)["name"]["en"], "Before it moved");
    take(&node, &moved);
    assert_eq!(shown(&node)["name"]["en"], "After it moved");
    node.close();
}
