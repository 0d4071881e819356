//! A client that shares no line with us reads a log: js-libp2p, in `tests/js`.
//!
//! `npm ci` in that folder fetches what it needs; without it there is one line that says so, or a panic where
//! `ERIKTI_REQUIRE_JS` is `1`.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use erikti_node::net::{
    self, Config, Event, Inbound, Protocol,
    addresses::{Address, Source},
    frame::StreamFault,
};
use erikti_protocol::{
    codec::Codec,
    exchange::{
        self, Head, Heads, Hello, Message, PackageHeader, Refusal, RefusalCode, TableId,
        TileHeader,
        package::{Served, Writer},
    },
    hash::Hash,
    id::{OrgId, Origin},
    key::SecretKey,
    log::{Class, Entry, checkpoint::Checkpoint, tile::Tile, tree},
    record::Draft,
};
use erikti_tests::network::Member;
use erikti_tests::synthetic::{Generator, Set};

const NETWORK: &str = "foreign";
/// 35 full packages and one of 40 entries: more than 10 MB.
const RECORDS: u64 = 9_000;
/// A hello, heads, one tile of packages, one of leaves, 36 packages.
const STREAMS: u64 = 40;
const BYTES_LEAST: u64 = 10_000_000;
/// Entries that the node does not give, as if they were not the reader's.
const ABSENT: u64 = 5;

/// A log in memory, and its node key.
struct Log {
    key: SecretKey,
    organisation: OrgId,
    origin: Origin,
    entries: Vec<(Entry, Vec<u8>)>,
    leaves: Vec<Hash>,
}

impl Log {
    fn synthetic(records: u64) -> Self {
        let key = SecretKey::from_seed(&[91; 32]);
        let generator = Generator::new(Set::Bench, 7, 1);
        let organisation = &generator.organisations()[0];
        let entries: Vec<_> = (0..records)
            .map(|n| {
                let record = generator.record(organisation, n);
                let entry = Entry {
                    class: Class::Record,
                    digest: record.digest(),
                };
                (entry, record.into_bytes())
            })
            .collect();
        Self {
            origin: Origin::new(NETWORK, &key.public()).expect("a name"),
            organisation: organisation.id,
            leaves: entries.iter().map(|(entry, _)| entry.leaf()).collect(),
            entries,
            key,
        }
    }

    fn hash_at(&self, level: u8, index: u64) -> Result<Hash, StreamFault> {
        let (first, last) = (index << level, (index + 1) << level);
        Ok(tree::root_of(&self.leaves[first as usize..last as usize]))
    }

    fn checkpoint(&self) -> String {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size: RECORDS,
            root: tree::root_of(&self.leaves),
        };
        checkpoint.sign(&self.key).expect("its own key").to_string()
    }

    async fn serve(&self, mut asked: Inbound) -> Result<(), StreamFault> {
        let mut question = Vec::new();
        asked.stream.read(&mut question).await?;
        match asked.protocol {
            Protocol::Hello => {
                let theirs: Hello = exchange::message::read(&question).expect("a hello");
                assert_eq!(theirs.network, NETWORK);
                let hello = Hello {
                    network: NETWORK.into(),
                    versions: vec![1],
                    codecs: theirs.codecs,
                    organisation: Some(self.organisation),
                    origin: Some(self.origin.clone()),
                    size: RECORDS,
                    table: TableId([3; 16]),
                    agent: "erikti-tests".into(),
                };
                say(&mut asked, &hello).await?;
            }
            Protocol::Heads => {
                let head = Head {
                    organisation: self.organisation,
                    checkpoint: self.checkpoint(),
                    cosignatures: Vec::new(),
                };
                let heads = Heads {
                    table: TableId([3; 16]),
                    heads: vec![head],
                    cursor: 1,
                    more: false,
                };
                say(&mut asked, &heads).await?;
            }
            Protocol::Fetch => self.fetch(&mut asked, &question).await?,
            // An upload: what comes is counted.
            Protocol::Evidence => {
                let mut bytes = question.len();
                while asked.stream.read(&mut question).await? {
                    bytes += question.len();
                }
                let said = format!(r#"{{"bytes":{bytes}}}"#);
                asked.stream.write(&[said.as_bytes()]).await?;
            }
            _ => say(&mut asked, &Refusal::new(RefusalCode::NotFound, "")).await?,
        }
        asked.stream.finish().await
    }

    async fn fetch(&self, asked: &mut Inbound, question: &[u8]) -> Result<(), StreamFault> {
        let question: exchange::FetchRequest =
            exchange::message::read(question).expect("a fetch request");
        if let Some(tile) = question.tile {
            let tile = Tile {
                level: tile.level,
                index: tile.index,
                width: tile.width,
            };
            assert!(tile.is_in(RECORDS), "{tile:?}");
            let bytes = tile.bytes(|level, index| self.hash_at(level, index))?;
            let header = TileHeader {
                bytes: bytes.len() as u64,
            };
            say(asked, &header).await?;
            return asked.stream.write_body(&[&bytes]).await;
        }
        let places = question.places();
        let first = question.package.expect("a tile or a package") * 256;
        let mut writer = Writer::new(places.len());
        for place in &places {
            let index = first + u64::from(*place);
            let (entry, record) = &self.entries[index as usize];
            let served = match index {
                0..ABSENT => Served::Absent,
                _ => Served::Present {
                    codec: Codec::None,
                    stored: record,
                },
            };
            writer.entry(entry, served);
        }
        let body = writer.finish();
        let header = PackageHeader {
            count: places.len() as u64,
            bytes: body.len() as u64,
        };
        say(asked, &header).await?;
        asked.stream.write_body(&[&body]).await
    }
}

async fn say<M: Message>(asked: &mut Inbound, message: &M) -> Result<(), StreamFault> {
    let payload = exchange::message::write(message).expect("within bounds");
    asked.stream.write(&[&payload]).await
}

/// A program of the folder, if somebody installed what it needs.
fn program(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("js");
    if folder.join("node_modules").exists() {
        return Some(folder.join(name));
    }
    let required = std::env::var("ERIKTI_REQUIRE_JS").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "tests/js has no node_modules, and ERIKTI_REQUIRE_JS=1 requires it"
    );
    eprintln!("skipped: `npm ci` in tests/js fetches what the foreign client needs");
    None
}

/// What the client says about a node that serves this log, and how many streams it took.
async fn read_with(client: &Path, log: Log) -> (Output, u64) {
    run(log, |address| {
        vec![
            client.into(),
            address.into(),
            "--network".into(),
            NETWORK.into(),
        ]
    })
    .await
}

/// What a program says that was started with these arguments, while a node serves a log.
async fn run(log: Log, arguments: impl FnOnce(String) -> Vec<OsString>) -> (Output, u64) {
    let config = Config::new(log.key.clone());
    let (handle, mut events) = net::start(&config).expect("the key is good");
    let listen = Address::read("/ip4/127.0.0.1/tcp/0", Source::Listen).expect("an address");
    let address = handle.listen(listen).await.expect("a free port");
    let log = Arc::new(log);
    let server = tokio::spawn(async move {
        let mut streams = 0;
        while let Some(event) = events.next().await {
            if let Event::Inbound(asked) = event {
                streams += 1;
                let log = Arc::clone(&log);
                tokio::spawn(async move { log.serve(asked).await });
            }
        }
        streams
    });
    let output = tokio::process::Command::new("node")
        .args(arguments(address.to_string()))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(120), output)
        .await
        .expect("it ends")
        .expect("node runs");
    handle.close().await;
    (output, server.await.expect("it served"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_javascript_client_recomputes_the_root_of_ten_megabytes() {
    let Some(client) = program("client.mjs") else {
        return;
    };
    let log = Log::synthetic(RECORDS);
    let origin = log.origin.to_string();
    let (output, streams) = read_with(&client, log).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: serde_json::Value = serde_json::from_str(&said).expect("one JSON object");
    assert_eq!(said["origin"], origin);
    assert_eq!(said["size"], RECORDS);
    assert_eq!(said["recomputed"], said["root"]);
    assert_eq!(said["absent"], ABSENT);
    assert_eq!(said["present"], RECORDS - ABSENT);
    assert!(said["bytes"].as_u64() >= Some(BYTES_LEAST), "{said}");
    assert_eq!(streams, STREAMS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_javascript_client_recomputes_the_root_of_a_whole_nodes_log() {
    let Some(client) = program("client.mjs") else {
        return;
    };
    let member = Member::found("A node that strangers read", &[]).await;
    let generator = Generator::new(Set::Bench, 8, 1);
    let organisation = &generator.organisations()[0];
    for first in (0..RECORDS).step_by(1_000) {
        // Each a thing of its own: nothing that it could supersede is in the log.
        let drafts = (first..first + 1_000).map(|n| Draft {
            version: 1,
            ..generator.draft(organisation, n)
        });
        member
            .ingest()
            .publish(drafts.collect())
            .expect("published");
    }
    let sealed = member.ingest().seal().expect("sealed").checkpoint;
    let output = tokio::process::Command::new("node")
        .arg(&client)
        .args([
            &member.listening()[0],
            "--network",
            member.origin().network(),
        ])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(120), output)
        .await
        .expect("it ends")
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: serde_json::Value = serde_json::from_str(&said).expect("one JSON object");
    assert_eq!(said["origin"], member.origin().as_str());
    assert_eq!(said["size"], sealed.size());
    assert_eq!(said["root"], said["recomputed"]);
    assert_eq!(said["absent"], 0);
    assert!(said["bytes"].as_u64() >= Some(BYTES_LEAST), "{said}");
    member.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_javascript_client_catches_a_node_that_changes_one_byte() {
    let Some(client) = program("client.mjs") else {
        return;
    };
    let mut log = Log::synthetic(RECORDS);
    let (_, record) = &mut log.entries[5_000];
    let last = record.last_mut().expect("bytes");
    *last ^= 1;
    let (output, _) = read_with(&client, log).await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("package 19 is not what the tiles say"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_javascript_sends_at_once_does_not_break_the_connection() {
    const BYTES: u64 = 8_000_000;
    let Some(rough) = program("rough.mjs") else {
        return;
    };
    let arguments = |address: String| {
        let bytes = BYTES.to_string();
        vec![rough.into(), "upload".into(), address.into(), bytes.into()]
    };
    let (output, _) = run(Log::synthetic(1), arguments).await;
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(said["bytes"], BYTES, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_whose_key_is_of_another_kind_is_not_let_in() {
    let Some(rough) = program("rough.mjs") else {
        return;
    };
    let arguments = |address: String| vec![rough.into(), "key".into(), address.into()];
    let (output, streams) = run(Log::synthetic(1), arguments).await;
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(said["answered"], false, "{said}");
    assert_eq!(streams, 0);
}
