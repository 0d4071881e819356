//! A person at a real browser: Debian's Chromium, driven over WebDriver.
//!
//! A test says what a person does (`open`, `fill`, `press`, `sees`), and a [`Hand`] says how: with the mouse, by
//! keyboard alone, or with scripts switched off. So each flow is written once and played three times. Words are found
//! as a person finds them, by labels and captions, never by class names. Whatever the browser complains of on the way
//! (console errors, violations of the content security policy, requests that fail) fails the test at the end; a dialog
//! fails it at once.
//!
//! Every wait has a deadline and says what was waited for. Browser and driver are children of the test and end with
//! it, also when it panics.

mod driver;
mod find;
mod keyboard;
mod look;
mod person;

use std::cell::{Cell, RefCell};
use std::sync::Once;
use std::time::{Duration, Instant};

use erikti_node::text::Language;
use fantoccini::Client;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use driver::{Chromium, Driver};
pub use keyboard::Walk;
pub use look::{Axe, Scheme};

/// How long anything on a page may take on a slow, shared machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the page is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How a person works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// With a mouse.
    Mouse,
    /// With the keyboard alone: whatever cannot be reached with Tab, or is reached without being visible, fails.
    Keyboard,
    /// With a mouse, in a browser whose scripts are switched off.
    Scriptless,
}

impl Hand {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Mouse, Self::Keyboard, Self::Scriptless];
}

/// Whether there is a browser to test with; where there is none, one line says so.
///
/// Panics   when there is none and `ERIKTI_REQUIRE_BROWSER` is `1`
pub fn available() -> bool {
    static SAID: Once = Once::new();
    if driver::installed() {
        return true;
    }
    let required = std::env::var("ERIKTI_REQUIRE_BROWSER").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "`chromium` or `chromedriver` is missing, and ERIKTI_REQUIRE_BROWSER=1 requires them"
    );
    SAID.call_once(|| eprintln!("skipped: `chromium` and `chromedriver` are not installed"));
    false
}

/// A browser with a profile of its own, and the person before it.
#[derive(Debug)]
pub struct Browser {
    /// What the person reads; labels are said in it.
    pub language: Language,
    hand: Hand,
    /// The node whose pages are read: `http://127.0.0.1:1234`.
    site: RefCell<String>,
    client: Client,
    /// What the browser complained of, and has not been asked about yet.
    complaints: RefCell<Vec<String>>,
    /// Answers with these status codes are no complaint.
    expected: RefCell<Vec<u16>>,
    width: Cell<u32>,
    // In this order: the driver's orders need the runtime, and the browser outlives none of them.
    chromium: Chromium,
    _driver: Driver,
    runtime: Runtime,
}

impl Browser {
    /// Opens a browser for the pages of a node, for somebody who reads this language and works like this.
    ///
    /// Panics   when it does not start
    pub fn start(site: &str, language: Language, hand: Hand) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the browser");
        let driver = Driver::start();
        let (client, chromium) = runtime.block_on(driver.open(language));
        let browser = Self {
            language,
            hand,
            site: RefCell::new(site.trim_end_matches('/').to_owned()),
            client,
            complaints: RefCell::default(),
            expected: RefCell::default(),
            width: Cell::new(0),
            chromium,
            _driver: driver,
            runtime,
        };
        browser.resize(1280, 900);
        if hand == Hand::Scriptless {
            browser.order(
                "Emulation.setScriptExecutionDisabled",
                &json!({"value": true}),
            );
        }
        browser
    }

    /// How the person works.
    pub fn hand(&self) -> Hand {
        self.hand
    }

    /// The same person turns to the pages of another node.
    pub fn turn_to(&self, site: &str) {
        *self.site.borrow_mut() = site.trim_end_matches('/').to_owned();
    }

    /// A text of the interface, as this reader sees it.
    #[track_caller]
    pub fn say(&self, key: &str) -> String {
        assert!(self.language.has(key), "there is no text `{key}`");
        find::plain(&self.language.say(key))
    }

    /// A text of the interface that counts something.
    #[track_caller]
    pub fn count(&self, key: &str, n: u64) -> String {
        assert!(self.language.has(key), "there is no text `{key}`");
        let count = self.language.number(n);
        let values = [("n", n.into()), ("count", count.into())];
        find::plain(&self.language.say_with(key, &values))
    }

    /// Opens a page of the node, or any other address.
    #[track_caller]
    pub fn open(&self, path: &str) {
        let address = if path.starts_with("http:") {
            path.to_owned()
        } else {
            format!("{}{path}", self.site.borrow())
        };
        let opened = self.runtime.block_on(self.client.goto(&address));
        if let Err(fault) = opened {
            panic!("cannot open {address}: {fault}");
        }
        self.listen();
    }

    /// From now on the pages are read in this language, as whoever chooses it from the frame of a page; what the person
    /// looks for is still said in their own.
    #[track_caller]
    pub fn read_in(&self, language: Language) {
        self.open(&format!("/language/{}?to=/about", language.tag()));
    }

    /// Where the browser is: path and query.
    #[track_caller]
    pub fn here(&self) -> String {
        let here = self.runtime.block_on(self.client.current_url());
        let here = here.expect("the browser has an address").to_string();
        here.strip_prefix(self.site.borrow().as_str())
            .map_or(here.clone(), str::to_owned)
    }

    /// From now on answers with this status code are no complaint: the person is about to make a mistake.
    pub fn expect_status(&self, status: u16) {
        self.expected.borrow_mut().push(status);
    }

    /// Runs a script in the page, as a developer does at the console; also where the page's own scripts are off.
    #[track_caller]
    pub fn evaluate(&self, script: &str, arguments: &[Value]) -> Value {
        match self.try_evaluate(script, arguments) {
            Ok(value) => value,
            Err(fault) => panic!("the browser answers {fault}"),
        }
    }

    fn try_evaluate(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        self.runtime
            .block_on(self.client.execute(script, arguments.to_vec()))
            .map_err(|fault| fault.to_string())
    }

    /// Looks again and again until something holds.
    ///
    /// Panics   when it does not in time; `what`, and what the page shows, are in the message
    #[track_caller]
    pub fn until<T>(&self, what: &str, holds: impl FnMut() -> Option<T>) -> T {
        self.wait_for(holds)
            .unwrap_or_else(|| panic!("waited in vain until {what}\n{}", self.scene()))
    }

    fn wait_for<T>(&self, holds: impl FnMut() -> Option<T>) -> Option<T> {
        self.wait_at_most(PATIENCE, holds)
    }

    fn wait_at_most<T>(
        &self,
        patience: Duration,
        mut holds: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let begun = Instant::now();
        let mut clock = {
            let _inside = self.runtime.enter();
            tokio::time::interval(LOOK_EVERY)
        };
        loop {
            self.runtime.block_on(clock.tick());
            let found = holds();
            if found.is_some() || begun.elapsed() > patience {
                return found;
            }
        }
    }

    /// What a person sees now, for messages.
    pub fn scene(&self) -> String {
        let script = "return document.title + '\\n' + document.body.innerText.slice(0, 4000)";
        let shown = self.try_evaluate(script, &[]).map_or_else(
            |fault| fault,
            |shown| shown.as_str().unwrap_or_default().to_owned(),
        );
        let here = self.runtime.block_on(self.client.current_url());
        let here = here.map_or_else(|fault| fault.to_string(), |here| here.to_string());
        format!("at {here}, {:?}, {:?}:\n{shown}", self.language, self.hand)
    }

    /// Takes down what the browser has complained of since the last time.
    #[track_caller]
    fn listen(&self) {
        let entries = self.runtime.block_on(driver::complaints(&self.client));
        let expected = self.expected.borrow();
        let mut complaints = self.complaints.borrow_mut();
        for entry in entries {
            let message = entry["message"].as_str().unwrap_or_default();
            let forgiven = expected
                .iter()
                .any(|status| message.contains(&format!("status of {status} ")));
            if !forgiven {
                complaints.push(format!("{}: {message}", entry["source"]));
            }
        }
    }

    /// What the browser has complained of so far; from here on it is forgotten.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        self.listen();
        self.complaints.take()
    }

    /// Gives an order of the DevTools protocol.
    #[track_caller]
    fn order(&self, command: &str, parameters: &Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        let answer = self.command("goog/cdp/execute", body);
        answer.unwrap_or_else(|fault| panic!("{command}: {fault}"))
    }

    fn command(&self, path: &str, body: Value) -> Result<Value, String> {
        self.runtime
            .block_on(driver::command(&self.client, path.to_owned(), body))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.scene());
        } else {
            let complaints = self.complaints();
            assert!(
                complaints.is_empty(),
                "the browser complains: {complaints:#?}\n{}",
                self.scene()
            );
        }
        let _ = self.runtime.block_on(self.client.clone().close());
        self.chromium.end();
    }
}
