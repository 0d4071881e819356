//! Records whose every text is meant to harm whoever shows it: third parties' lists of strings that broke programs, in
//! every field that takes words.

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind::Kind;
use serde_json::{Map, Value};

use crate::shared;

/// Characters of a description that strings fill together: enough for some thirty of them.
const DESCRIPTION_CHARS: usize = 3_000;
/// Items of a list that strings fill.
const ITEMS: usize = 20;
/// Addresses that run a script when they are followed; they are URIs as good as any.
const URIS: [&str; 4] = [
    "javascript:alert(1)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E",
    "vbscript:msgbox(1)",
    "JaVaScRiPt:alert(document.domain)//https://ok.example",
];
/// As many that lead nowhere.
const URIS_HARMLESS: [&str; 4] = ["urn:a:1", "urn:a:2", "urn:a:3", "urn:a:4"];

/// The strings, each once, in the lists' order; `None` where the shared data is missing.
pub fn strings() -> Option<Vec<String>> {
    let naughty = shared::path("vectors/naughty-strings/blns.json")?;
    let naughty = std::fs::read_to_string(naughty).expect("a list of strings");
    let mut all: Vec<String> = serde_json::from_str(&naughty).expect("a list of strings");
    for path in [
        "XSS Injection/Intruders/BRUTELOGIC-XSS-STRINGS.txt",
        "XSS Injection/Intruders/RSNAKE_XSS.txt",
        "XSS Injection/Intruders/XSS_Polyglots.txt",
        "CRLF Injection/Files/crlfinjection.txt",
        "Directory Traversal/Intruder/directory_traversal.txt",
    ] {
        all.extend(lines(&format!("vectors/payloads/{path}"))?);
    }
    all.extend(lines("vectors/csv-injection/Intruder/csv-payload.txt")?);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|string| seen.insert(string.clone()));
    Some(all)
}

/// The lines of a file of the shared data.
pub fn lines(path: &str) -> Option<Vec<String>> {
    let bytes = std::fs::read(shared::path(path)?).expect("a list of strings");
    let text = String::from_utf8_lossy(&bytes);
    Some(text.lines().map(str::to_owned).collect())
}

/// The same text with every letter, digit and sign made harmless, so that only its shape is left.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() { c } else { 'a' })
        .collect()
}

/// Fills the texts of records from a list of strings, one after the other, round and round.
#[derive(Debug)]
pub struct Filler {
    strings: Vec<String>,
    next: usize,
    uris: [&'static str; 4],
}

impl Filler {
    /// Fills from these, and with addresses that run scripts.
    pub fn new(strings: &[String]) -> Self {
        let kept = strings
            .iter()
            .map(|string| -> String { string.chars().filter(|c| held(*c)).collect() });
        Self {
            strings: kept.filter(|string| !string.trim().is_empty()).collect(),
            next: 0,
            uris: URIS,
        }
    }

    /// The same again, of the same shape, without the harm.
    pub fn harmless(&self) -> Self {
        Self {
            strings: self.strings.iter().map(|string| harmless(string)).collect(),
            next: self.next,
            uris: URIS_HARMLESS,
        }
    }

    /// Whether every string has been used.
    pub fn done(&self) -> bool {
        self.next >= self.strings.len()
    }

    /// A kind's sample with a string in place of every text, as `record new --from` takes it.
    pub fn subject(&mut self, kind: &Kind) -> Map<String, Value> {
        let mut subject = (kind.sample)();
        self.fill(kind.fields, &mut subject);
        let mut extra = (kind.sample_extra)();
        self.fill(kind.extra, &mut extra);
        subject.extend(extra);
        subject
    }

    fn fill(&mut self, fields: &[Field], object: &mut Map<String, Value>) {
        for field in fields {
            if let Some(value) = object.get_mut(field.name) {
                self.replace(&field.shape, value);
            }
        }
    }

    fn replace(&mut self, shape: &Shape, value: &mut Value) {
        match (shape, value) {
            (Shape::Line { max_chars }, value) => *value = self.line(*max_chars).into(),
            (Shape::Text { max_chars }, value) => *value = self.text(*max_chars).into(),
            (Shape::Title { max_chars }, Value::Object(words)) => {
                for word in words.values_mut() {
                    *word = self.line(*max_chars).into();
                }
            }
            (Shape::Words { max_chars }, Value::Object(words)) => {
                for word in words.values_mut() {
                    *word = self.text(*max_chars).into();
                }
            }
            // What names another part of the same record must go on naming it.
            (Shape::Uri, value)
                if !value
                    .as_str()
                    .is_some_and(|uri| uri.contains("achievements")) =>
            {
                *value = self.uris[self.next % self.uris.len()].into()
            }
            (Shape::List(item, max), Value::Array(items)) => {
                if matches!(item, Shape::Line { .. } | Shape::Text { .. }) {
                    items.resize(ITEMS.min(*max), Value::from(""));
                }
                for value in items {
                    self.replace(item, value);
                }
            }
            (Shape::Object(fields), Value::Object(object)) => self.fill(fields, object),
            _ => {}
        }
    }

    /// As many strings as a text holds, a line each.
    fn text(&mut self, max_chars: usize) -> String {
        let most = max_chars.min(DESCRIPTION_CHARS);
        let mut text = self.line(most);
        loop {
            let more = self.line(most);
            if text.chars().count() + 1 + more.chars().count() > most {
                self.next -= 1;
                return text;
            }
            text.push('\n');
            text.push_str(&more);
        }
    }

    /// The next string, as far as a record may hold it.
    fn line(&mut self, max_chars: usize) -> String {
        loop {
            let string = &self.strings[self.next % self.strings.len()];
            self.next += 1;
            let line: String = string
                .chars()
                .filter(|c| held(*c))
                .take(max_chars)
                .collect();
            if !line.trim().is_empty() {
                return line;
            }
        }
    }
}

/// Whether a line of a record may hold it: what turns the direction of a page or rings a bell is refused everywhere.
fn held(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let nothing = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !turns && !nothing && !c.is_control()
}
