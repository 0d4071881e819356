//! Restricted records: only their readers get them, whatever path the checkpoint took.

use erikti_node::net::addresses::{Address, Source};
use erikti_node::net::{self, Config, Handle, Protocol};
use erikti_protocol::codec::Decoder;
use erikti_protocol::exchange::fetch::{FetchRequest, PackageHeader};
use erikti_protocol::exchange::message::{read_answer, write};
use erikti_protocol::exchange::package::{Check, Opener, Status, Want};
use erikti_protocol::id::Origin;
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind;
use erikti_protocol::log::PACKAGE_ENTRIES;
use erikti_tests::process::{Member, converge, until};
use serde_json::Value;
use tempfile::TempDir;

use super::{all, line, opportunity, text};

#[test]
fn only_readers_get_what_is_restricted() {
    let members = line(&["Astana", "Bern", "Cebu", "Dakar"]);
    let reader = members[2].organisation.as_str();
    let listed = service(&members[0], reader);
    let network = service(&members[0], "network");
    let public = opportunity(&members[0], "Plant trees");
    let roots = converge(&all(&members), 4);

    // The reader is no partner of the issuer: it calls the issuer's own node.
    until("the reader has what is for it", || {
        shows(&members[2], &listed)
    });
    // Equal roots say nothing about who holds which record: what was absent on the way is asked for once more.
    for member in &members {
        until("everybody in the network has what is for it", || {
            shows(member, &network) && shows(member, &public)
        });
    }
    for member in [&members[1], &members[3]] {
        assert!(!shows(member, &listed), "{}", member.name);
        let log = log(member, &members[0].origin);
        assert_eq!(log["absent"], 1, "{}", member.name);
    }
    assert_eq!(log(&members[2], &members[0].origin)["absent"], 0);

    // An outsider reads what is public, from the issuer and from a holder, and nothing else.
    let size = roots
        .iter()
        .find(|(origin, ..)| *origin == members[0].origin);
    let size = size.expect("the issuer's log is held").1;
    let shown = |id: &str| members[0].ask(&["record", "show", id])["log"]["index"].as_u64();
    let places = [&listed, &network, &public].map(|id| shown(id).expect("an index") as usize);
    for holder in [&members[0], &members[1], &members[2]] {
        until("the holder has audited it all", || {
            log(holder, &members[0].origin)["audited"] == size
        });
        let seen = outsider(holder, &members[0].origin, size);
        let seen = places.map(|place| seen[place]);
        assert_eq!(seen, [false, false, true], "{}", holder.name);
    }
}

fn service(member: &Member, readers: &str) -> String {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("service.json");
    let kind = kind::by_name("service").expect("a kind");
    let sample = Value::Object((kind.sample)());
    std::fs::write(&path, sample.to_string()).expect("a temporary file can be written");
    let path = path.display().to_string();
    let words = [
        "record",
        "new",
        "service",
        "--from",
        &path,
        "--readers",
        readers,
    ];
    text(&member.ask(&words)["id"])
}

fn shows(member: &Member, id: &str) -> bool {
    member.run(&["record", "show", id]).status.success()
}

/// What a member says of a log.
fn log(member: &Member, origin: &str) -> Value {
    let logs = member.ask(&["log", "status"])["logs"].clone();
    let mut logs = logs.as_array().cloned().unwrap_or_default().into_iter();
    logs.find(|log| log["origin"] == origin)
        .expect("the log is held")
}

/// Which entries of a log's first package a peer that nobody knows gets from a node.
fn outsider(holder: &Member, origin: &str, size: u64) -> Vec<bool> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let origin = Origin::parse(origin).expect("a log's name");
    runtime.block_on(async {
        let config = Config::new(SecretKey::from_seed(&[201; 32]));
        let (handle, mut events) = net::start(&config).expect("the key is good");
        let drain = tokio::spawn(async move { while events.next().await.is_some() {} });
        let body = fetched(&handle, holder, &origin, size).await;
        handle.close().await;
        let _ = drain.await;
        let want = Want {
            package: 0,
            places: FetchRequest::package(origin, size, 0, 0).places(),
            check: Check::Root,
        };
        let opened = Opener::new(Decoder::new()).open(body, &want, &mut |_, _| {});
        let entries = opened.expect("a package").entries;
        assert_eq!(entries.len() as u64, size.min(PACKAGE_ENTRIES));
        let present = entries
            .iter()
            .map(|entry| matches!(entry.status, Status::Present { .. }));
        present.collect()
    })
}

async fn fetched(handle: &Handle, holder: &Member, origin: &Origin, size: u64) -> Vec<u8> {
    let own = Origin::parse(&holder.origin).expect("a log's name");
    let peer = own.node_key();
    let addresses = holder.listen.iter();
    let addresses =
        addresses.map(|text| Address::read(text, Source::Operator).expect("an address"));
    handle
        .dial(peer, addresses.collect())
        .await
        .expect("the node is reached");
    let mut stream = handle
        .open(peer, Protocol::Fetch)
        .await
        .expect("a stream is opened");
    let request = FetchRequest::package(origin.clone(), size, 0, 0);
    let frame = write(&request).expect("it is a good request");
    stream.send(&[&frame]).await.expect("it is sent");
    let mut answer = Vec::new();
    stream.read(&mut answer).await.expect("it is answered");
    let header: PackageHeader = read_answer(&answer)
        .expect("a message")
        .expect("no refusal");
    let mut body = Vec::new();
    while (body.len() as u64) < header.bytes {
        assert!(stream.read(&mut answer).await.expect("the body comes"));
        body.extend_from_slice(&answer);
    }
    body
}
