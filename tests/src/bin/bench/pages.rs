//! What browsers and programs wait for: one node with many opportunities, asked over loopback.
//!
//! Answers are timed by `wrk` with one connection at a time, feeds with sixteen; where `wrk` is missing, that is said
//! and the engine's own times are measured alone. An address that this build does not serve is named with its status.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use erikti_node::desk::opportunities::{self, Wanted};
use erikti_node::desk::reader::Reader;
use erikti_node::node::Node;
use erikti_node::text::Language;
use erikti_protocol::record::Draft;
use erikti_tests::process::Member;
use serde_json::{Map, Value, json};

use crate::fill::{BATCH_RECORDS, Drafts, open};
use crate::{machine, median, rounded};

/// Questions of one kind that are asked of the engine.
const ROUNDS: usize = 51;
/// Seconds that `wrk` asks for one address.
const SECONDS: &str = "4s";
/// Words of titles and texts that the invented records have, in three languages.
const WORDS: [(&str, &str); 6] = [
    ("kk", "ауыл кітап"),
    ("ru", "сельские библиотеки"),
    ("en", "village library"),
    ("phrase", "\"village library\""),
    ("beginning", "биб"),
    ("nowhere", "ағаш отырғызу"),
];

/// Runs the benchmark. A `kept` folder is used again when there is one, else made.
pub(crate) fn run(records: u64, kept: Option<&Path>) -> Value {
    let mut member = match kept {
        Some(folder) if folder.exists() => Member::restored("Bench", folder),
        _ => {
            let member = Member::init("Bench", &[]);
            fill(&member, records);
            if let Some(folder) = kept {
                member.save(folder);
            }
            member
        }
    };
    let node = open(&member);
    let begun = Instant::now();
    let rebuilt = ask(&node, "");
    let first = begun.elapsed().as_secs_f64();
    let mut figures = json!({
        "opportunities": rebuilt.0,
        "first_answer_s": rounded(first),
        "search_disk_mb": rounded(machine::disk_bytes(&member.data().join("search")) as f64 / 1e6),
        "engine_ms": engine(&node),
    });
    node.close();
    drop(node);
    member.start();
    let base = member.pages.trim_end_matches('/').to_owned();
    let process = member.process().unwrap_or(0);
    figures["page_bytes"] = page_bytes(&base);
    figures["http_ms"] = http(&base, process);
    figures["peak_rss_mb"] = json!(rounded(machine::peak_rss_mb(process)));
    figures["own_memory_mb"] = json!(rounded(machine::own_memory_mb(process)));
    figures["start_s"] = starts(&mut member);
    figures["load"] = json!(machine::load());
    figures
}

/// Seconds from the start of the process until it listens, and until its first page shows everything: after an orderly
/// end, after a kill, and when the search has to be made anew.
fn starts(member: &mut Member) -> Value {
    let mut figures = Map::new();
    for (name, killed, emptied) in [
        ("after_stop", false, false),
        ("after_kill", true, false),
        ("without_search", false, true),
    ] {
        match killed {
            true => member.kill(),
            false => member.stop(),
        }
        if emptied {
            std::fs::remove_dir_all(member.data().join("search")).expect("it was there");
        }
        let begun = Instant::now();
        member.start();
        let listens = begun.elapsed().as_secs_f64();
        let base = member.pages.trim_end_matches('/').to_owned();
        get(&base, "/", "identity");
        let first = begun.elapsed().as_secs_f64();
        until_whole(&base);
        let whole = begun.elapsed().as_secs_f64();
        figures.insert(
            name.to_owned(),
            json!({"listens": rounded(listens), "first_page": rounded(first), "whole": rounded(whole)}),
        );
    }
    figures.into()
}

/// Asks for the list until it says that nothing is still to come.
pub(crate) fn until_whole(base: &str) {
    /// Between two looks.
    const PAUSE: Duration = Duration::from_millis(20);
    /// How long it may take before the run is given up.
    const WAIT_MAX: Duration = Duration::from_secs(300);
    let begun = Instant::now();
    let incomplete = Language::Kazakh.say("opportunities-incomplete");
    loop {
        let (_, page) = get(base, "/", "identity");
        if !String::from_utf8_lossy(&page).contains(&incomplete) {
            return;
        }
        assert!(begun.elapsed() < WAIT_MAX, "the search does not end");
        thread::park_timeout(PAUSE);
    }
}

/// Publishes opportunities, and a session for every tenth of them.
pub(crate) fn fill(member: &Member, records: u64) {
    let node = open(member);
    let drafts = Drafts::new(7);
    let draft = |n: u64| -> Draft {
        // Of ten invented records the first two are opportunities, the next three sessions.
        let of_ten = if n.is_multiple_of(10) { 2 } else { n % 2 };
        drafts.of_ten(n, of_ten)
    };
    let next = AtomicU64::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(BATCH_RECORDS, Ordering::Relaxed);
                    if first >= records {
                        return;
                    }
                    let batch = first..(first + BATCH_RECORDS).min(records);
                    let published = node.ingest().publish(batch.map(draft).collect());
                    published.expect("invented drafts can be published");
                }
            });
        }
    });
    node.close();
}

/// How many are found, and the cursor of the next page.
fn ask(node: &Node, query: &str) -> (u64, Option<String>) {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let wanted = Wanted::read(&pairs.collect()).expect("every filter is one");
    let found = opportunities::search(node, Reader::Everybody, &wanted).expect("an answer");
    (found.total, found.next)
}

/// Questions of each kind, with and without what is counted beside the rows.
fn questions(node: &Node) -> Vec<(String, String)> {
    let mut cursor = None;
    for _ in 0..20 {
        let at = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        cursor = ask(node, &format!("limit=200{at}")).1;
    }
    let deep = cursor.unwrap_or_default();
    let mut questions = vec![
        ("list".to_owned(), String::new()),
        ("deep".to_owned(), format!("cursor={deep}")),
        (
            "filtered".to_owned(),
            "country=KZ&sdg=13&language=kk".to_owned(),
        ),
        (
            "near".to_owned(),
            "near=45.0,70.0&radius_km=200&sort=near".to_owned(),
        ),
        ("start".to_owned(), "sort=start&from=2026-01-01".to_owned()),
    ];
    questions.extend(WORDS.map(|(name, words)| (format!("words_{name}"), format!("q={words}"))));
    questions
}

/// Milliseconds of the engine, by the clock and of the processor, for a question that was asked before, and for one of
/// which nothing is counted yet.
fn engine(node: &Node) -> Value {
    let mut figures = Map::new();
    for (name, query) in questions(node) {
        // Another limit on days counts everything anew, as an index does that has just changed.
        let fresh = |round: usize| match query.contains("from=") {
            true => query.clone(),
            false => format!("{query}&from=19{:02}-01-01", round % 80 + 10),
        };
        let anew = timed(|round| drop(ask(node, &fresh(round))));
        let again = timed(|_| drop(ask(node, &query)));
        let found = ask(node, &query).0;
        figures.insert(
            name,
            json!({"found": found, "again": again, "counted_anew": anew}),
        );
    }
    figures.into()
}

/// The median by the clock and the mean of the processor, which the system counts in steps of some milliseconds.
fn timed(mut work: impl FnMut(usize)) -> Value {
    let worked = machine::thread_ms();
    let took = (0..ROUNDS).map(|round| {
        let begun = Instant::now();
        work(round);
        begun.elapsed().as_secs_f64() * 1e3
    });
    let took: Vec<f64> = took.collect();
    let cpu = (machine::thread_ms() - worked) / ROUNDS as f64;
    json!({"median": rounded(median(took)), "cpu": rounded(cpu)})
}

/// Bytes of the first page with what it links to, plain and packed.
fn page_bytes(base: &str) -> Value {
    let mut sums = Map::new();
    for encoding in ["identity", "gzip"] {
        let (status, page) = get(base, "/", "identity");
        let text = String::from_utf8_lossy(&page);
        let mut paths = vec!["/".to_owned()];
        for piece in text
            .split('"')
            .filter(|piece| piece.starts_with("/assets/"))
        {
            paths.push(piece.to_owned());
        }
        paths.sort();
        paths.dedup();
        let bytes: usize = paths
            .iter()
            .map(|path| get(base, path, encoding).1.len())
            .sum();
        sums.insert(
            encoding.to_owned(),
            json!({"status": status, "files": paths.len(), "bytes": bytes}),
        );
    }
    sums.into()
}

/// Asks once, and returns status and body.
pub(crate) fn get(base: &str, path: &str, encoding: &str) -> (u16, Vec<u8>) {
    let host = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the node listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: {encoding}\r\nAccept-Language: kk\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("read");
    let end = answer
        .windows(4)
        .position(|at| at == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or(0), answer.split_off(end))
}

fn http(base: &str, process: u32) -> Value {
    if Command::new("wrk").arg("--version").output().is_err() {
        return json!("wrk is missing: apt-get install wrk");
    }
    let word = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let mut paths = vec![
        ("list", "/".to_owned(), 1),
        ("filtered", "/?country=KZ&sdg=13&language=kk".to_owned(), 1),
        ("api_records", "/v1/records".to_owned(), 1),
        (
            "api_records_words",
            format!("/v1/records?q={}", word(WORDS[1].1)),
            1,
        ),
        ("organisations", "/organisations".to_owned(), 1),
        ("network", "/network".to_owned(), 1),
        ("feed", "/rpde/opportunities".to_owned(), 16),
        ("feed_of_sessions", "/rpde/sessions".to_owned(), 16),
    ];
    if let Some(one) = link(base, "/", "/opportunities/") {
        paths.push(("opportunity", one, 1));
    }
    if let Some(deep) = deep(base) {
        paths.push(("deep", deep, 1));
    }
    for (name, words) in WORDS {
        paths.push((name, format!("/?q={}", word(words)), 1));
    }
    let mut figures = Map::new();
    for (name, path, connections) in paths {
        let (status, body) = get(base, &path, "gzip");
        let figure = match status {
            200 => wrk(&format!("{base}{path}"), connections, body.len(), process),
            _ => json!({"status": status}),
        };
        figures.insert(name.to_owned(), figure);
    }
    figures.into()
}

/// The first address on a page that begins like this.
pub(crate) fn link(base: &str, page: &str, begins: &str) -> Option<String> {
    let (_, page) = get(base, page, "identity");
    let text = String::from_utf8_lossy(&page).into_owned();
    text.split('"')
        .find(|piece| piece.starts_with(begins))
        .map(str::to_owned)
}

/// The address of a page far behind the first, as the pages link to it.
fn deep(base: &str) -> Option<String> {
    let mut path = "/?limit=200".to_owned();
    for _ in 0..20 {
        let (_, page) = get(base, &path, "identity");
        let text = String::from_utf8_lossy(&page)
            .replace("&amp;", "&")
            .replace("&#38;", "&");
        path = text
            .split('"')
            .find(|piece| piece.contains("cursor="))?
            .to_owned();
        if path.starts_with('?') {
            path = format!("/{path}");
        }
    }
    Some(path)
}

/// What `wrk` says of an address.
fn wrk(url: &str, connections: u32, bytes: usize, process: u32) -> Value {
    let worked = machine::cpu_s(process);
    let connections = connections.to_string();
    let output = Command::new("wrk")
        .args([
            "-t1",
            "-c",
            &connections,
            "-d",
            SECONDS,
            "--latency",
            "-H",
            "Accept-Encoding: gzip",
            url,
        ])
        .output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    let after = |label: &str| {
        let line = said
            .lines()
            .find(|line| line.trim_start().starts_with(label))?;
        line.split_whitespace().last().map(str::to_owned)
    };
    let asked = said
        .lines()
        .find(|line| line.contains(" requests in "))
        .and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    let cpu_ms = (machine::cpu_s(process) - worked) * 1e3 / asked.unwrap_or(1.0).max(1.0);
    json!({
        "median": after("50%"), "p99": after("99%"), "per_s": after("Requests/sec:"), "bytes": bytes,
        "refused": after("Non-2xx"), "cpu_ms": rounded(cpu_ms),
    })
}
