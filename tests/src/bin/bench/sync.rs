//! Two `erikti` processes over loopback: a full log goes to an empty node.
//!
//! The clock runs from the moment at which the empty node has met its new partner until it has adopted the checkpoint
//! over all records: journal synced, frontier moved, root equal, index in step. Both times are the node's own.

use std::thread;
use std::time::{Duration, Instant};

use erikti_node::node::Node;
use erikti_protocol::hash::Hash;
use erikti_tests::process::{Member, partner};
use serde_json::{Value, json};

use crate::events::{Events, FILTER};
use crate::fill::{fill, open};
use crate::{machine, median, ratio, rounded};

/// Times that 100 more are published on the open connection.
const ROUNDS: u64 = 21;
/// How many each time.
const MORE: u64 = 100;
/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(100);
/// Records that are read back from both folders at the end.
const READ_BACK: u64 = 1_000;

/// Runs the benchmark.
pub(crate) fn run(records: u64) -> Value {
    let mut full = Member::init("Full", &[]);
    let mut empty = Member::init("Empty", &[]);
    let begun = Instant::now();
    let payload = fill(&full, records);
    let size = records + 2;
    eprintln!(
        "{records} records of {} bytes published in {:.1} s",
        payload / size,
        begun.elapsed().as_secs_f64()
    );
    full.say(FILTER).start();
    empty.say(FILTER).start();
    let (mut told_full, mut told) = (Events::of(&full), Events::of(&empty));
    let origin = full.origin.clone();
    let device = machine::loopback_bytes();
    partner(&full, &empty);
    let adopted =
        told.wait(|now| now.what == "adopted" && now.origin == origin && now.size >= size);
    let wire = machine::loopback_bytes() - device;
    let met = told.wait(|now| now.what == "met");
    let seconds = adopted - met;
    let cpu = [&full, &empty].map(|member| rounded(member.process().map_or(0.0, machine::cpu_s)));
    eprintln!("durable after {seconds:.3} s");
    let status = empty.ask(&["log", "status"]);
    let log = status["logs"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|log| log["origin"] == origin.as_str());
    let size = log.map_or(0, |log| log["size"].as_u64().unwrap_or(0));
    assert_eq!(
        log.map(|log| &log["indexed"]),
        Some(&json!(size)),
        "the index is in step"
    );
    let audited =
        told.wait(|now| now.what == "audited" && now.origin == origin && now.size >= size);
    let disk = machine::disk_bytes(&empty.data());
    let more = more(&full, size, &mut told_full, &mut told);
    let peaks: Vec<f64> = [&full, &empty]
        .map(|member| rounded(member.process().map_or(0.0, machine::peak_rss_mb)))
        .into();
    full.kill();
    empty.kill();
    let read = read_back(&full, &empty);
    json!({
        "records": records,
        "payload_mb": rounded(payload as f64 / 1e6),
        "seconds": rounded(seconds),
        "records_per_s": (records as f64 / seconds).round(),
        "wire_ratio": rounded(wire as f64 / payload as f64),
        "cpu_s": cpu,
        "peak_rss_mb": peaks,
        "indexed_s": rounded(seconds),
        "audited_s": rounded(audited - met),
        "plus_100_ms": rounded(median(more.clone())),
        "plus_100_worst_ms": rounded(more.into_iter().fold(0.0, f64::max)),
        "disk_ratio": rounded(disk as f64 / payload as f64),
        "read_back": read,
        "real_files": ratio::figures(),
    })
}

/// Milliseconds from each checkpoint's signature until the other node has adopted it, proofs checked.
fn more(full: &Member, size: u64, told_full: &mut Events, told: &mut Events) -> Vec<f64> {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let map = folder.path().join("map.toml");
    std::fs::write(
        &map,
        "source = \"bench\"\nid = \"id\"\n[columns]\n\"title.ru\" = \"title\"\n\"description.ru\" = \"text\"\n\
         startDate = \"from\"\n[formats]\nstartDate = \"%d.%m.%Y\"\n[constants]\n\"place.country\" = \"KZ\"\n",
    )
    .expect("a temporary file can be written");
    let mut size = size;
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let table = folder.path().join("table.csv");
        let mut rows = "id,title,text,from\n".to_owned();
        for row in 0..MORE {
            let text =
                "Помогаем встретить гостей и раздать карты. После праздника убираем площадь. ";
            rows += &format!(
                "{round}-{row},Праздник двора {row},{},01.05.2027\n",
                text.repeat(3)
            );
        }
        std::fs::write(&table, rows).expect("a temporary file can be written");
        // Heads that change within 50 ms are announced together: each round begins after a pause, as news does.
        thread::park_timeout(PAUSE);
        let (table, map) = (table.display().to_string(), map.display().to_string());
        let done = full.ask(&["import", "opportunities", &table, "--map", &map]);
        assert_eq!(done["created"], MORE, "{done}");
        size += MORE;
        let sealed = told_full.wait(|now| now.what == "sealed" && now.size >= size);
        let origin = &full.origin;
        let adopted =
            told.wait(|now| now.what == "adopted" && now.origin == *origin && now.size >= size);
        took.push((adopted - sealed) * 1e3);
    }
    took
}

/// Opens both folders after the kill, compares the roots, and reads random records from both; says how many.
fn read_back(full: &Member, empty: &Member) -> u64 {
    let (one, other) = (open(full), open(empty));
    let origin = one.origin();
    let root = |node: &Node| {
        let frontier = node
            .ingest()
            .store()
            .frontier(origin)
            .expect("the log is held");
        (frontier.size, frontier.tree.root())
    };
    let (size, _) = root(&one);
    assert_eq!(root(&one), root(&other), "the roots are equal");
    let record = |node: &Node, index| {
        let record = node.ingest().record(origin, index).expect("readable");
        record.expect("held").into_bytes()
    };
    for n in 0..READ_BACK {
        let digest = Hash::of(&n.to_be_bytes());
        let chance = u64::from_be_bytes(*digest.as_bytes().first_chunk().expect("32 bytes"));
        let index = chance % size;
        assert_eq!(record(&one, index), record(&other, index), "entry {index}");
    }
    one.close();
    other.close();
    READ_BACK
}
