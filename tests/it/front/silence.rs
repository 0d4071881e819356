//! Connections that say nothing, or say it slowly, end, and nobody else has to wait for them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use erikti_tests::http::Browser;

use super::node;

/// Clients of each of the ways to be slow; 500 together.
const EACH: usize = 125;
/// When the last one must be gone.
const GONE: Duration = Duration::from_secs(40);

#[test]
fn five_hundred_slow_clients_are_closed_within_forty_seconds_while_pages_stay_fast() {
    let member = node("Silence");
    let mut browser = Browser::new(&member.pages);
    let host = browser.host().to_owned();
    let begun = Instant::now();
    let body = format!(
        "POST /signin HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\ncsrf"
    );
    let openings = [
        String::new(),
        "G".to_owned(),
        format!("GET / HTTP/1.1\r\nhost: {host}\r\nx-slow: "),
        body,
    ];
    let mut slow = Vec::new();
    for opening in &openings {
        for _ in 0..EACH {
            let mut stream = TcpStream::connect(&host).expect("there is room");
            stream.write_all(opening.as_bytes()).expect("it is taken");
            slow.push(stream);
        }
    }
    let all_gone = AtomicBool::new(false);
    let mut times = Vec::new();
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut open = 0;
            for stream in &mut slow {
                let left = GONE
                    .saturating_sub(begun.elapsed())
                    .max(Duration::from_millis(1));
                stream
                    .set_read_timeout(Some(left))
                    .expect("a time-out can be set");
                let mut bytes = Vec::new();
                if stream.read_to_end(&mut bytes).is_err_and(|e| {
                    matches!(
                        e.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    )
                }) {
                    open += 1;
                }
            }
            all_gone.store(true, Ordering::Relaxed);
            open
        });
        while !all_gone.load(Ordering::Relaxed) {
            let asked = Instant::now();
            assert_eq!(browser.get("/about").status, 200);
            times.push(asked.elapsed());
        }
        assert_eq!(
            watching.join().expect("the watcher ends"),
            0,
            "connections are still open"
        );
    });
    assert!(begun.elapsed() < GONE + Duration::from_secs(1));
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    assert!(
        median < Duration::from_millis(500),
        "{median:?} in the middle of {}",
        times.len()
    );
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
}

#[test]
fn a_node_stops_at_once_though_connections_are_open() {
    let mut member = node("Stops");
    let browser = Browser::new(&member.pages);
    let mut idle = TcpStream::connect(browser.host()).expect("there is room");
    let ask = format!("GET /about HTTP/1.1\r\nhost: {}\r\n\r\n", browser.host());
    idle.write_all(ask.as_bytes()).expect("it is taken");
    let mut first = [0; 64];
    idle.read_exact(&mut first).expect("an answer begins");
    let mut half = TcpStream::connect(browser.host()).expect("there is room");
    half.write_all(b"GET / HT").expect("it is taken");
    let begun = Instant::now();
    member.stop();
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}
