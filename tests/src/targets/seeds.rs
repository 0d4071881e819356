//! Inputs that are right: our own vectors and samples, and what this program writes itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use erikti_node::store::journal::{Journal, Options};
use erikti_node::store::{Frame, Store};
use erikti_protocol::codec::{Codec, Encoder};
use erikti_protocol::exchange::package::{Served, Writer};
use erikti_protocol::exchange::{HeadsRequest, Refusal, RefusalCode, TableId};
use erikti_protocol::exchange::{frame, message};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::json;
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind;
use erikti_protocol::log::{Class, Compact, Entry};
use erikti_protocol::record::{ReadersClass, Verified};
use serde_json::Value;

use crate::synthetic::{Generator, Set};

/// The table's mapping: that of a real file.
pub(super) const MAPPING: &str = include_str!("../../fixtures/nyc.toml");
/// Entries of the packages here.
pub(super) const PACKAGE_ENTRIES: u16 = 6;

fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn invented(count: u64) -> Vec<Verified> {
    let generator = Generator::new(Set::Bench, 5, 2);
    let organisations = generator.organisations().iter().cycle();
    let records = (0..count).zip(organisations);
    records.map(|(n, of)| generator.record(of, n)).collect()
}

pub(super) fn records() -> Vec<Vec<u8>> {
    let mut records = bytes(&[include_str!("../../vectors/record.json")]);
    records.extend(invented(6).into_iter().map(|record| record.into_bytes()));
    records
}

pub(super) fn texts() -> Vec<Vec<u8>> {
    let mut texts = bytes(&[
        r#"{"a":[1,-2.5e-7,1E21,true,null],"é":"\u20ac\ud83d\ude00\"\\\/\b"}"#,
        "\"\\u0000\u{7f}ә\"",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        "0e0",
    ]);
    texts.extend(records());
    texts
}

pub(super) fn packed() -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new();
    let pack = |record: Vec<u8>| {
        let mut packed = Vec::new();
        encoder.encode(&record, &mut packed);
        packed
    };
    records().into_iter().map(pack).collect()
}

pub(super) fn notes() -> Vec<Vec<u8>> {
    bytes(&[
        include_str!("../../vectors/log/add-checkpoint.txt"),
        include_str!("../../vectors/log/checkpoint-cosigned.txt"),
        include_str!("../../vectors/log/checkpoint.txt"),
        include_str!("../../vectors/log/contradiction-equal.txt"),
        include_str!("../../vectors/log/contradiction-prefix.txt"),
        include_str!("../../vectors/log/tlog-proof-extra.txt"),
        include_str!("../../vectors/log/tlog-proof.txt"),
    ])
}

pub(super) fn tiles() -> Vec<Vec<u8>> {
    bytes(&[
        "tile/0/000",
        "tile/5/x001/x234/067.p/255",
        "tile/entries/x003/067",
        "tile/entries/000.p/1",
    ])
}

pub(super) fn compacts() -> Vec<Vec<u8>> {
    let mut tree = Compact::new();
    let mut grown = Vec::new();
    for size in 0..12_u64 {
        grown.push(tree.to_bytes());
        tree.push(Hash::of(&size.to_be_bytes()));
    }
    grown
}

pub(super) fn invitations() -> Vec<Vec<u8>> {
    let text = include_str!("../../vectors/log/invitation.txt");
    bytes(&[text.trim_end()])
}

pub(super) fn names() -> Vec<Vec<u8>> {
    let key = SecretKey::from_seed(&[3; 32]).public();
    let record = invented(1).remove(0);
    let organisation = record.organisation().expect("a member's record");
    bytes(&[
        &record.digest().to_string(),
        &record.created().to_string(),
        &record.created().date().to_string(),
        &key.to_string(),
        &key.did(),
        &organisation.to_string(),
        &record.id().to_string(),
        &format!("erikti/demo/{key}"),
        "z3fPrGpZbLc9yLpzNYc3sZ3rvDkDbGFuM8Hd2dqUJ1cVZ4gkqGvWq1vX5nGxqHrJj1cmV9zCM3ATqA7nPzcRTsJu",
    ])
}

pub(super) fn addresses() -> Vec<Vec<u8>> {
    bytes(&[
        "/ip4/0.0.0.0/tcp/0",
        "/ip4/203.0.113.7/tcp/7450/p2p/12D3KooWAPaj6sFLfeDTyDHcAKKaWx8rTbKYKLd4JhRxxpoeYRyT",
        "/ip6/2001:db8::1/tcp/7450",
        "/dns4/node.example.org/tcp/7450",
    ])
}

pub(super) fn messages() -> Vec<Vec<u8>> {
    let digest = Hash::of(b"some bytes").to_string();
    let origin = origin().to_string();
    let mut messages = vec![
        message::write(&HeadsRequest {
            table: TableId([7; 16]),
            cursor: 12,
            stay: true,
        }),
        message::write(&Refusal::new(RefusalCode::Busy, "ask again")),
    ]
    .into_iter()
    .map(|message| message.expect("within its bounds"))
    .collect::<Vec<_>>();
    let table = "00112233445566778899aabbccddeeff";
    messages.extend(bytes(&[
        &format!(r#"{{"network":"demo","versions":[1],"codecs":[{{"name":"zstd-1","dictionary":"{digest}"}},{{"name":"none"}}],"size":12,"table":"{table}","agent":"a"}}"#),
        &format!(r#"{{"table":"{table}","heads":[],"cursor":7,"more":false}}"#),
        &format!(r#"{{"origin":"{origin}","size":70000,"tile":{{"level":1,"index":0,"width":256}}}}"#),
        &format!(r#"{{"origin":"{origin}","size":70000,"package":273,"from":100,"codec":"zstd-1"}}"#),
        &format!(r#"{{"origin":"{origin}","size":70000,"package":273,"only":[1,5]}}"#),
        r#"{"bytes":8192}"#,
        r#"{"count":12,"bytes":3456}"#,
        &format!(r#"{{"origin":"{origin}","from":100,"to":200}}"#),
        &format!(r#"{{"root":"{digest}","hashes":["{digest}"]}}"#),
        r#"{"add_checkpoint":"old 0\n\nnote"}"#,
        r#"{"cosignatures":["— a b"]}"#,
        r#"{"evidence":"text"}"#,
        r#"{"secret":"AAAAAAAAAAAAAAAAAAAAAA","founding":"{}","name":"a","addresses":["/dns4/a/tcp/1"]}"#,
        r#"{"accepted":true}"#,
    ]));
    messages
}

pub(super) fn frames() -> Vec<Vec<u8>> {
    let mut stream = Vec::new();
    for payload in messages() {
        frame::write(&payload, &mut stream).expect("messages fit into frames");
    }
    vec![stream]
}

pub(super) fn packages() -> Vec<Vec<u8>> {
    let records = invented(u64::from(PACKAGE_ENTRIES));
    let mut encoder = Encoder::new();
    let mut body = |codec: Codec| {
        let mut writer = Writer::new(records.len());
        for (place, record) in records.iter().enumerate() {
            let mut stored = Vec::new();
            match codec {
                Codec::Zstd1 => encoder.encode(record.bytes(), &mut stored),
                Codec::None => stored.extend_from_slice(record.bytes()),
            }
            let entry = Entry {
                class: Class::Record,
                digest: record.digest(),
            };
            let served = match place {
                2 => Served::Absent,
                3 => Served::Erased { by: Some(9) },
                4 => Served::Bad,
                _ => Served::Present {
                    codec,
                    stored: &stored,
                },
            };
            writer.entry(&entry, served);
        }
        writer.finish()
    };
    vec![body(Codec::Zstd1), body(Codec::None)]
}

pub(super) fn bundles() -> Vec<Vec<u8>> {
    bytes(&[include_str!("../../vectors/bundle.json")])
}

pub(super) fn subjects() -> Vec<Vec<u8>> {
    let samples = kind::all().iter().map(|kind| (kind.sample)());
    samples
        .map(|sample| json::canonical(&Value::Object(sample)))
        .collect()
}

pub(super) fn cells() -> Vec<Vec<u8>> {
    bytes(&[
        "true",
        "12.50",
        "KZT 1200",
        "2026-11-22",
        "2026-11-22T06:33:00Z",
        "09:30",
        "https://a.example/b?c=d#e",
        "KZ-75",
        "a; b; c",
        "kk: ағаш; en: tree",
        "urn:uuid:019b76da-a800-7111-9111-111111111111",
        "43.238949,76.889709",
    ])
}

pub(super) fn mappings() -> Vec<Vec<u8>> {
    bytes(&[MAPPING])
}

pub(super) fn tables() -> Vec<Vec<u8>> {
    let header = "opportunity_id,title,summary,category_desc,org_title,org_content_id,recurrence_type,start_date_date,\
        end_date_date,vol_requests,is_priority,locality,postalcode,created_date,last_modified_date";
    bytes(&[
        &format!(
            "{header}\n17,Trees,\"Plant, and\nwater\",Environment,Park friends,3,onetime,June 02 2026,June 03 2026,12,,\
             \"Main st 1\",2114.0,May 01 2026,May 02 2026\n18,Books,,,Library,,ongoing,,,,1,,,,\n"
        ),
        &format!("\u{feff}{}\r\n19;Сад\r\n", header.replace(',', ";")),
    ])
}

pub(super) fn activities() -> Vec<Vec<u8>> {
    bytes(&[
        r#"{"@context":{"@base":"https://data.example/","@language":"en"},"@graph":[{"id":"a","type":"Activity",
        "title":"Plant trees","description":"<p>Bring &amp; plant</p>","session":[{"id":"s","begining":"2026-12-05T09:00:00"}]}]}"#,
    ])
}

pub(super) fn settings() -> Vec<Vec<u8>> {
    bytes(&[
        "name = \"Centre\"\ncountry = \"KZ\"\nnetwork = \"demo\"\nlisten = [\"/ip4/0.0.0.0/tcp/7450\"]\n\n[trust]\nroots = []\n",
    ])
}

fn origin() -> Origin {
    let key = SecretKey::from_seed(&[4; 32]).public();
    Origin::new("demo", &key).expect("`demo` names a network")
}

/// A log of 12 entries as it lies on a disk: its files, by name.
static LOG: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (journal, _) =
        Journal::open(folder.path(), Options::default()).expect("an empty folder opens");
    journal.create(&origin()).expect("a new log");
    let records = invented(12);
    let frames: Vec<Frame<'_>> = records.iter().map(frame_of).collect();
    journal.append(&origin(), &frames).expect("there is room");
    journal.sync(&origin()).expect("it is synced");
    drop(journal);
    let entries = std::fs::read_dir(folder.path().join(log_folder())).expect("the log's folder");
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).expect("a file"))
    };
    entries.map(file).collect()
});

fn frame_of(record: &Verified) -> Frame<'_> {
    let bytes = record.bytes();
    let length = u32::try_from(bytes.len()).expect("a record is short");
    let digest = record.digest();
    let readers = ReadersClass::Public;
    Frame::present(Class::Record, digest, readers, Codec::None, length, bytes)
}

fn log_folder() -> PathBuf {
    PathBuf::from("log").join(origin().hash().to_string())
}

fn segment() -> &'static str {
    let mut names = LOG.keys().filter(|name| name.ends_with(".seg"));
    names.next().expect("a log has a segment")
}

pub(super) fn segments() -> Vec<Vec<u8>> {
    vec![LOG[segment()].clone()]
}

/// A data folder with a log whose segment holds `bytes`, with the checksums of headers made right.
pub(super) fn log_with_segment(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let log = folder.path().join(log_folder());
    std::fs::create_dir_all(&log).expect("a folder can be made");
    let mut bytes = bytes.to_vec();
    mend_headers(&mut bytes);
    for (name, whole) in LOG.iter() {
        let content = if name == segment() { &bytes } else { whole };
        std::fs::write(log.join(name), content).expect("a file can be written");
    }
    folder
}

/// Bytes before a segment's first frame.
const HEAD_BYTES: usize = 64;
/// Bytes of a frame's header; its checksum is the first four, its body's length stands at 48.
const HEADER_BYTES: usize = 64;

/// Without this, every change would be stopped by a checksum.
fn mend_headers(bytes: &mut [u8]) {
    let mut at = HEAD_BYTES;
    while let Some(header) = bytes.get_mut(at..at + HEADER_BYTES) {
        let crc = crc32c::crc32c(&header[4..]);
        header[..4].copy_from_slice(&crc.to_le_bytes());
        let length = header[48..52].first_chunk().expect("four bytes");
        at = at.saturating_add(HEADER_BYTES + u32::from_le_bytes(*length) as usize);
    }
}
