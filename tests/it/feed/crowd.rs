//! As many listeners as there may be, each told, and one more who is asked to come again.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use erikti_tests::process::{Member, until};

use super::asking::{Events, get};

/// Listeners at a time, as the node's documentation says.
const LISTENERS: usize = 1_000;
/// Connections of one door at a time.
const CONNECTIONS: usize = 1_024;
/// Bytes that the node may need more for all of them: 64 KiB each, of which buffers of the system are no part.
const MORE_BYTES_MAX: u64 = LISTENERS as u64 * 64 * 1_024;

/// How long a connection is waited for that is probably told nothing.
const WAIT: Duration = Duration::from_millis(300);

/// Bytes of memory that a process uses.
fn memory(member: &Member) -> u64 {
    let process = member.process().expect("it runs");
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().split(' ').next());
    kib.expect("a number").parse::<u64>().expect("a number") * 1_024
}

/// What a connection is told without a request, if anything at once.
fn turned_away(host: &str) -> Option<String> {
    let mut stream = TcpStream::connect(host).expect("the node listens");
    stream.set_read_timeout(Some(WAIT)).expect("a bound");
    let mut told = String::new();
    let _ = stream.read_to_string(&mut told);
    (!told.is_empty()).then_some(told)
}

#[test]
fn a_thousand_listeners_are_told_and_one_more_is_asked_to_come_again() {
    let mut member = Member::init("Crowd", &[]);
    member.start();
    let url = format!("{}v1/events?kind=opportunity", member.pages);
    let warm = Events::open(&url, None);
    drop(warm);
    let before = memory(&member);
    let mut listeners: Vec<Events> = (0..LISTENERS).map(|_| Events::open(&url, None)).collect();
    let refused = get(&url);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(refused.json()["code"], "busy");
    let used = memory(&member).saturating_sub(before);
    assert!(used < MORE_BYTES_MAX, "{used} bytes more");
    let made = member.ask(&["record", "new", "opportunity", "--set", "title.en=For all"]);
    for listener in &mut listeners {
        assert_eq!(listener.next()["id"], made["id"]);
    }
    // Pages are answered meanwhile.
    assert_eq!(get(&format!("{}readyz", member.pages)).status, 200);

    // The other places of the door are taken by forms that do not come to an end: then nobody is let in.
    let host = member
        .pages
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let form = format!(
        "POST /signin HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 5000\r\n\r\ncsrf"
    );
    let mut slow = Vec::new();
    let mut told = None;
    until("somebody is turned away at the door", || {
        // Whose request was not read yet makes room for the next one: one more until all places are of others.
        let missing = (CONNECTIONS - LISTENERS).saturating_sub(slow.len()).max(1);
        for _ in 0..missing {
            let mut stream = TcpStream::connect(host).expect("the node listens");
            let _ = stream.write_all(form.as_bytes());
            slow.push(stream);
        }
        // It is not answered: by then it has been read.
        let mut newest = slow.last().expect("one was opened");
        newest.set_read_timeout(Some(WAIT)).expect("a bound");
        let _ = newest.read(&mut [0; 1]);
        told = turned_away(host);
        told.is_some()
    });
    let told = told.expect("it was just there");
    assert!(told.starts_with("HTTP/1.1 503 "), "{told}");
    assert!(told.contains("retry-after: 5\r\n"), "{told}");
    drop(slow);
    listeners.truncate(LISTENERS - 1);
    until("who left makes room", || {
        let asked = std::panic::catch_unwind(|| Events::open(&url, None));
        asked.is_ok()
    });
}
