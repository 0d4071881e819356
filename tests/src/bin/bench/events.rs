//! What a node says while it runs, with the time at which it happened.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::thread;
use std::time::{Duration, Instant};

use erikti_protocol::time::Timestamp;
use erikti_tests::process::Member;
use serde_json::Value;

/// What nodes are to say: the steps that are measured, by name and time.
pub(crate) const FILTER: &str =
    "warn,erikti_node::ingest=debug,erikti_node::audit=debug,erikti_node::exchange=debug";

/// How often the file is looked at: a look costs less than a ten-thousandth of a core.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long a step may take before the run is given up.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Something that a node said.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// Seconds since 1970, to the microsecond.
    pub(crate) at: f64,
    /// What.
    pub(crate) what: String,
    /// Which log, where it is about one.
    pub(crate) origin: String,
    /// How many entries, where it is about that.
    pub(crate) size: u64,
}

/// Reads along what a node says.
pub(crate) struct Events {
    file: File,
    read: u64,
    rest: String,
    pub(crate) seen: Vec<Happened>,
}

impl Events {
    /// Begins with the node's last start.
    pub(crate) fn of(member: &Member) -> Self {
        Self {
            file: File::open(member.log_path()).expect("a node that runs has a log"),
            read: 0,
            rest: String::new(),
            seen: Vec::new(),
        }
    }

    /// Waits for something, and says when it happened.
    ///
    /// Panics   when it does not within five minutes
    pub(crate) fn wait(&mut self, wanted: impl Fn(&Happened) -> bool) -> f64 {
        let begun = Instant::now();
        loop {
            self.look();
            if let Some(found) = self.seen.iter().find(|happened| wanted(happened)) {
                return found.at;
            }
            assert!(begun.elapsed() < WAIT_MAX, "{:#?}", self.seen.last());
            thread::park_timeout(LOOK_EVERY);
        }
    }

    fn look(&mut self) {
        let mut text = String::new();
        let read = self
            .file
            .seek(SeekFrom::Start(self.read))
            .and_then(|_| self.file.read_to_string(&mut text));
        self.read += read.expect("the node's log can be read") as u64;
        self.rest.push_str(&text);
        while let Some((line, rest)) = self.rest.split_once('\n') {
            self.seen.extend(parse(line));
            self.rest = rest.to_owned();
        }
    }
}

fn parse(line: &str) -> Option<Happened> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = &line["fields"];
    if line["level"] == "WARN" || line["level"] == "ERROR" {
        eprintln!("{line}");
    }
    Some(Happened {
        at: seconds(line["timestamp"].as_str()?)?,
        what: text(&fields["message"]),
        origin: text(&fields["origin"]),
        size: fields["size"].as_u64().unwrap_or(0),
    })
}

/// `2026-01-01T00:00:00.000001Z` in seconds since 1970.
fn seconds(text: &str) -> Option<f64> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_once('.')?;
    let whole = Timestamp::parse(&format!("{whole}Z"))?.seconds();
    Some(whole as f64 + format!("0.{fraction}").parse::<f64>().ok()?)
}
