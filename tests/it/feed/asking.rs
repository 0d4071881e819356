//! One question a connection, or lines of events as they come.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use erikti_tests::http::{Answer, Browser};
use serde_json::Value;

/// How long an answer may take on a slow, shared machine.
const ANSWER_MAX: Duration = Duration::from_secs(60);

fn connect(url: &str, headers: &[(&str, &str)]) -> BufReader<TcpStream> {
    let rest = url.strip_prefix("http://").expect("tests ask over http");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).expect("the node listens");
    stream
        .set_read_timeout(Some(ANSWER_MAX))
        .expect("a bound on time");
    let mut request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    BufReader::new(stream)
}

fn head(stream: &mut BufReader<TcpStream>) -> (u16, String) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = stream.read_line(&mut head).expect("an answer");
        assert_ne!(read, 0, "the connection was closed: {head}");
    }
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), head)
}

/// Asks once, as a program without a token.
pub(super) fn get(url: &str) -> Answer {
    let rest = url.strip_prefix("http://").expect("tests ask over http");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    Browser::program(host, None).get(&format!("/{path}"))
}

/// A connection of events.
#[derive(Debug)]
pub(super) struct Events {
    stream: BufReader<TcpStream>,
    /// The last id that was told.
    pub(super) last: u64,
}

impl Events {
    pub(super) fn open(url: &str, last: Option<u64>) -> Self {
        let last_id = last.map(|last| last.to_string());
        let headers: Vec<_> = last_id
            .iter()
            .map(|last| ("last-event-id", last.as_str()))
            .collect();
        let mut stream = connect(url, &headers);
        let (status, head) = head(&mut stream);
        assert_eq!(status, 200, "{head}");
        assert!(head.to_lowercase().contains("text/event-stream"), "{head}");
        let mut events = Self { stream, last: 0 };
        events.until_id();
        events
    }

    /// The next line of the stream, `None` once it is closed. Lengths of chunks stand between them.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }

    fn until_id(&mut self) {
        while let Some(line) = self.line() {
            if let Some(id) = line.strip_prefix("id: ") {
                self.last = id.parse().expect("a number");
                return;
            }
        }
    }

    /// The next event.
    ///
    /// Panics   when three heartbeats pass without one
    pub(super) fn next(&mut self) -> Value {
        let mut heartbeats = 0;
        loop {
            let line = self.line().expect("the connection stands");
            heartbeats += u32::from(line.starts_with(": "));
            assert!(heartbeats < 3, "waited in vain for an event");
            if let Some(id) = line.strip_prefix("id: ") {
                self.last = id.parse().expect("a number");
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).expect("events are JSON");
            }
        }
    }

    /// Waits until the other side closes.
    pub(super) fn ends(mut self) {
        while self.line().is_some() {}
    }
}
