//! The driver, a process of ours, and what is asked of it beyond what every browser answers.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use erikti_node::text::Language;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// How often a driver is started that does not find a port.
const TRIES: usize = 5;

/// A browser that shows itself to nobody, and asks nothing of anybody but the pages' own node.
const FLAGS: &[&str] = &[
    "--headless",
    // The sandbox needs rights that a container does not give; the pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    // A click on what a page still scrolls to meets something else.
    "--force-prefers-reduced-motion",
];

/// Whether both are there.
pub(super) fn installed() -> bool {
    Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists()
}

/// `chromedriver`, on a port that the system chose.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    pub(super) fn start() -> Self {
        // It takes a port for one protocol and then the same for the other, which somebody may have taken meanwhile.
        (0..TRIES)
            .find_map(|_| Self::try_start())
            .expect("`chromedriver` says its port")
    }

    fn try_start() -> Option<Self> {
        let mut child = Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`chromedriver` starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // A driver that says nothing has ended: it is waited for as it goes.
        let driver = Self {
            port: port.unwrap_or_default(),
            child,
        };
        port.map(|_| driver)
    }

    /// Starts a browser with a fresh profile, whose owner reads this language.
    pub(super) async fn open(&self, language: Language) -> (Client, Chromium) {
        let wishes = json!({
            "browserName": "chrome",
            // A dialog stays open: whatever is asked next fails and says so.
            "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {
                "binary": CHROMIUM,
                "args": FLAGS,
                "prefs": {"intl.accept_languages": language.tag()},
            },
        });
        let wishes = wishes.as_object().cloned().unwrap_or_default();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("`chromedriver` starts a browser");
        let process = client
            .capabilities()
            .and_then(|given| given.get("goog:processID"))
            .and_then(Value::as_u64);
        let process = process.expect("`chromedriver` names the browser's process");
        (client, Chromium { process })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The browser's own process, a child of the driver.
#[derive(Debug)]
pub(super) struct Chromium {
    process: u64,
}

impl Chromium {
    /// Ends it, when its driver has not.
    pub(super) fn end(&self) {
        let command = std::fs::read_to_string(format!("/proc/{}/comm", self.process));
        // A number may have been given to somebody else meanwhile.
        if command.is_ok_and(|name| name.trim() == "chromium") {
            let _ = Command::new("kill")
                .args(["-9", &self.process.to_string()])
                .status();
        }
    }
}

/// A command that the library has no word for.
#[derive(Debug)]
struct Beyond {
    path: String,
    body: Value,
}

impl WebDriverCompatibleCommand for Beyond {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// Gives a command of WebDriver, by its path below the session.
pub(super) async fn command(client: &Client, path: String, body: Value) -> Result<Value, String> {
    let answer = client.issue_cmd(Beyond { path, body }).await;
    answer.map_err(|fault| fault.to_string())
}

/// What the browser wrote to its console since it was asked last, as far as it is a complaint.
pub(super) async fn complaints(client: &Client) -> Vec<Value> {
    let body = json!({"type": "browser"});
    let entries = match command(client, "se/log".to_owned(), body).await {
        Ok(Value::Array(entries)) => entries,
        Ok(_) => Vec::new(),
        Err(fault) => vec![json!({"level": "SEVERE", "source": "driver", "message": fault})],
    };
    let mut seen = HashSet::new();
    entries
        .into_iter()
        .filter(|entry| entry["level"] == "SEVERE" || entry["source"] == "security")
        .filter(|entry| seen.insert(entry["message"].to_string()))
        .collect()
}
