//! One organisation's node of the demonstration: a child process with a folder of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::super::control::{Control, Request};
use crate::problem::{Code, Problem};

/// A port that the system chooses; the demonstration says which.
const ANY_PORT: &str = "127.0.0.1:0";

/// A node in a process of its own.
#[derive(Debug)]
pub(super) struct Member {
    /// Its folder.
    pub(super) data: PathBuf,
    /// Its organisation.
    pub(super) organisation: String,
    /// What it said when it was ready.
    pub(super) ready: Ready,
    child: Mutex<Child>,
}

/// What a node says when it is ready.
#[derive(Debug)]
pub(super) struct Ready {
    /// Where it listens.
    pub(super) listen: String,
    /// Where its pages are: `http://127.0.0.1:1234/`.
    pub(super) pages: String,
    /// The link that makes its first administrator, while it has none.
    pub(super) link: String,
}

impl Member {
    /// Initialises a node, with the first member as root unless it is the first itself, and starts it.
    pub(super) fn start(
        data: &Path,
        name: &str,
        country: &str,
        root: Option<&str>,
    ) -> Result<Self, Problem> {
        let mut init = program(data)?;
        init.args([
            "init",
            "--json",
            "--network",
            "demo",
            "--name",
            name,
            "--country",
            country,
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
        ]);
        if let Some(root) = root {
            init.args(["--root", root]);
        }
        let output = init
            .output()
            .map_err(|e| Problem::internal("cannot start a child process", e))?;
        let answer: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
            Problem::new(
                Code::Internal,
                format!("`init` failed: {}", String::from_utf8_lossy(&output.stderr)),
            )
        })?;
        let organisation = answer["organisation"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let (child, ready) = spawn(data, ANY_PORT)?;
        Ok(Self {
            data: data.to_owned(),
            organisation,
            ready,
            child: Mutex::new(child),
        })
    }

    /// Sends a request to the running node.
    pub(super) fn ask(&self, request: Request) -> Result<Value, Problem> {
        Control::new(&self.data).send(request)
    }

    /// The id of the card that says who it is.
    pub(super) fn card(&self) -> Result<String, Problem> {
        let own = format!("/v1/records?kind=organisation&issuer={}", self.organisation);
        let answer = self.ask(Request::get(&own))?;
        let id = answer["records"][0]["id"].as_str();
        id.map(str::to_owned)
            .ok_or_else(|| Problem::new(Code::Internal, "the node has made no card of itself"))
    }

    /// Name, size and root of every log it holds.
    pub(super) fn logs(&self) -> Result<Vec<(String, u64, String)>, Problem> {
        let answer = self.ask(Request::get("/v1/logs"))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(answer["logs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|log| {
                (
                    text(&log["name"]),
                    log["size"].as_u64().unwrap_or(0),
                    text(&log["root"]),
                )
            })
            .collect())
    }

    /// The process's id.
    pub(super) fn process(&self) -> u32 {
        self.child().id()
    }

    /// Whether the process lives.
    pub(super) fn runs(&self) -> bool {
        matches!(self.child().try_wait(), Ok(None))
    }

    /// Kills the process as a power cut would.
    pub(super) fn kill(&self) {
        let mut child = self.child();
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Starts the process again.
    pub(super) fn restart(&mut self) -> Result<(), Problem> {
        self.kill();
        // On the port that it had: whoever has a page open finds it again.
        let address = self.ready.pages.trim_start_matches("http://");
        let (child, ready) = spawn(&self.data, address.trim_end_matches('/'))?;
        (self.child, self.ready) = (Mutex::new(child), ready);
        Ok(())
    }

    /// Ends the process in order: its standard input closes, and it stops.
    pub(super) fn stop(&self) {
        let mut child = self.child();
        drop(child.stdin.take());
        let _ = child.wait();
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program(data: &Path) -> Result<Command, Problem> {
    let program = std::env::current_exe()
        .map_err(|e| Problem::internal("cannot find this program's own file", e))?;
    let mut command = Command::new(program);
    command.arg("--data").arg(data);
    // What the caller set for itself is not for three nodes at once.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ERIKTI_") {
            command.env_remove(name);
        }
    }
    command.env("ERIKTI_HTTP__METRICS_LISTEN", "");
    // A group of its own: Ctrl-C on the terminal reaches the demonstration, which stops its nodes in order.
    command.process_group(0);
    Ok(command)
}

fn spawn(data: &Path, address: &str) -> Result<(Child, Ready), Problem> {
    let log = std::fs::File::create(data.join("node.log"))
        .map_err(|e| Problem::internal("cannot write the node's log", e))?;
    let mut child = program(data)?
        .args(["run", "--json", "--until-stdin-closes"])
        .env("ERIKTI_HTTP__LISTEN", address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(|e| Problem::internal("cannot start a child process", e))?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        // One line of JSON says that the node is ready; nothing more is written to stdout.
        let _ = BufReader::new(stdout).read_line(&mut line);
    }
    let ready: Value = serde_json::from_str(&line).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match (text(&ready["listen"][0]), text(&ready["pages"][0])) {
        (Some(listen), Some(pages)) => {
            let link = text(&ready["first_administrator"]).unwrap_or_default();
            Ok((
                child,
                Ready {
                    listen,
                    pages,
                    link,
                },
            ))
        }
        _ => {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(data.join("node.log")).unwrap_or_default();
            Err(Problem::new(
                Code::NodeUnreachable,
                format!("a node did not start: {}", log.trim()),
            ))
        }
    }
}
