//! Words of another organisation's node stay words, whatever they are.

use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::hostile::{self, Filler};
use erikti_tests::process::{Member, converge};
use serde_json::{Map, Value};

use super::world;

/// The name that the other organisation gives itself.
const NAME: &str = "\"><img src=x onerror=alert(1)>'<script>alert(2)</script>{{7*7}}";
/// Kinds whose pages everybody may see.
const KINDS: [&str; 4] = ["opportunity", "organisation", "session", "credential"];

/// A record of the other's, and its twin of the same shape that means no harm.
struct Pair {
    kind: &'static str,
    harmful: String,
    harmless: String,
}

#[test]
fn hostile_words_of_another_organisation_stay_words() {
    let Some(strings) = hostile::strings().filter(|_| browser::available()) else {
        return;
    };
    let (ours, theirs) = world::partners("Steppe Centre", NAME);
    let pairs = publish_pairs(&theirs, &strings);
    converge(&[&ours, &theirs], 2);

    let browser = Browser::start(&ours.pages, Language::English, Hand::Mouse);
    let mut shown = 0;
    for pair in &pairs {
        for place in places(pair.kind) {
            let harmless = look(&browser, &format!("{place}{}", pair.harmless));
            let harmful = look(&browser, &format!("{place}{}", pair.harmful));
            assert_eq!(harmful, harmless, "{place}{}", pair.harmful);
            shown += 1;
        }
    }
    assert!(shown >= pairs.len());
    for list in ["/", "/?view=map", "/organisations", "/network", "/logs"] {
        let census = look(&browser, list);
        for tag in [
            "iframe", "object", "embed", "base", "audio", "video", "math", "frameset",
        ] {
            assert!(census.get(tag).is_none(), "{list} has <{tag}>: {census:?}");
        }
    }
    // Words that a stranger puts into an address.
    for words in strings.chunks(24) {
        let query: String = words.concat().chars().take(180).collect();
        browser.expect_status(400);
        browser.evaluate(
            "location = '/?q=' + encodeURIComponent(arguments[0])",
            &[query.into()],
        );
        browser.sees(&browser.say("opportunities"));
    }
    world::assert_logs_are_lines(&[&ours, &theirs]);
}

/// Pages that show a record of a kind, without its id.
fn places(kind: &str) -> &'static [&'static str] {
    match kind {
        "opportunity" => &["/opportunities/", "/records/"],
        _ => &["/records/"],
    }
}

fn look(browser: &Browser, page: &str) -> Map<String, Value> {
    browser.open(page);
    let census = browser.census();
    assert_eq!(browser.complaints(), Vec::<String>::new(), "{page}");
    census.as_object().cloned().unwrap_or_default()
}

/// Publishes all strings in records of all kinds, each with its twin.
fn publish_pairs(theirs: &Member, strings: &[String]) -> Vec<Pair> {
    let mut harmful = Filler::new(strings);
    let mut harmless = harmful.harmless();
    let mut pairs = Vec::new();
    while !harmful.done() {
        for name in KINDS {
            let kind = kind::by_name(name).expect("a kind of ours");
            let publish = |subject: Map<String, Value>| {
                let file = theirs.data().with_file_name("subject.json");
                std::fs::write(&file, Value::Object(subject).to_string())
                    .expect("a file beside the node's folder");
                let file = file.to_str().expect("a path in UTF-8").to_owned();
                let made = theirs.ask(&["record", "new", name, "--from", &file]);
                made["id"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_start_matches("urn:uuid:")
                    .to_owned()
            };
            pairs.push(Pair {
                kind: name,
                harmful: publish(harmful.subject(kind)),
                harmless: publish(harmless.subject(kind)),
            });
        }
    }
    pairs
}
