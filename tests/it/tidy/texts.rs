//! What the pages say stands in three languages, and nothing stands there that is not said.

use std::collections::{BTreeMap, BTreeSet};

use erikti_node::config::KEYS;
use erikti_node::deeds::KNOWN;
use erikti_node::http::operations;
use erikti_node::problem::Code;
use erikti_node::text::Language;
use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind;

/// Beginnings of keys whose ends are made while the program runs, each with what they are made of.
pub(super) const FAMILIES: &[(&str, &str)] = &[
    ("month-", "the number of a month"),
    ("done-", "what an address says was done"),
    ("role-", "the roles of accounts"),
    ("member-", "the roles of accounts"),
    ("scope-", "what a token may do"),
    ("choose-", "who may read a record"),
    ("peer-refusal-", "why partners refuse"),
    ("refusal-", "why a page is refused"),
    ("setting-", "keys of the settings"),
    ("deed-", "what somebody did"),
    ("unit-", "units of fields"),
    ("problem-", "codes of problems"),
    ("advice-", "what to do about a problem"),
    ("api-part-", "parts of the API"),
    ("api-who-", "who may use an operation"),
];
/// Ends that are put to other keys: what to do about what those say.
pub(super) const SUFFIXES: &[&str] = &["-next", "-do", "-bad"];
/// What chooses a plural, which some languages have no need to ask for.
const CHOOSES: &str = "n";

/// Keys of a file of texts, each with the names of its values.
pub(super) fn messages(file: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut messages: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in file.lines() {
        let head = line.split_once(" =").filter(|(key, _)| is_key(key));
        if let Some((key, _)) = head {
            messages.push((key.to_owned(), BTreeSet::new()));
        } else if !line.starts_with(' ') {
            continue;
        }
        if let Some((_, values)) = messages.last_mut() {
            let named = line.split('$').skip(1).map(|rest| {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                rest[..end].to_owned()
            });
            values.extend(named);
        }
    }
    messages
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What one file says and another does not, what takes other values there, and what stands twice.
pub(super) fn apart(files: &[(&str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut read = Vec::new();
    for (name, file) in files {
        let mut texts = BTreeMap::new();
        for (key, mut values) in messages(file) {
            values.remove(CHOOSES);
            if texts.insert(key.clone(), values).is_some() {
                complaints.push(format!("{name}: `{key}` stands twice: keep one"));
            }
        }
        read.push((*name, texts));
    }
    let keys: BTreeSet<&String> = read.iter().flat_map(|(_, texts)| texts.keys()).collect();
    for key in keys {
        let first = read
            .iter()
            .find_map(|(name, texts)| Some((name, texts.get(key)?)));
        for (name, texts) in &read {
            match (texts.get(key), first) {
                (None, _) => complaints.push(format!("{name}: `{key}` is missing: translate it")),
                (Some(values), Some((other, wanted))) if values != wanted => {
                    complaints.push(format!(
                        "{name}: `{key}` takes {values:?}, in {other} {wanted:?}: take the same"
                    ));
                }
                _ => {}
            }
        }
    }
    complaints
}

/// Keys that no source names.
pub(super) fn unsaid(keys: &BTreeSet<String>, sources: &str) -> Vec<String> {
    let named = |key: &str| sources.contains(&format!("\"{key}\""));
    let whole =
        |key: &str| named(key) || FAMILIES.iter().any(|(begins, _)| key.starts_with(begins));
    keys.iter()
        .filter(|key| {
            let base = SUFFIXES.iter().find_map(|suffix| key.strip_suffix(suffix));
            !whole(key) && !base.is_some_and(whole)
        })
        .map(|key| format!("`{key}` is said nowhere: remove it from the three files"))
        .collect()
}

/// Keys that a source says and no file has.
pub(super) fn unknown(keys: &BTreeSet<String>, sources: &str) -> Vec<String> {
    let mut complaints = BTreeSet::new();
    for call in ["say(\"", "say_of(\"", "p.count(\"", "say_with(\""] {
        for (at, _) in sources.match_indices(call) {
            let rest = &sources[at + call.len()..];
            let key = rest.split('"').next().unwrap_or_default();
            // A key that goes on is made while the program runs.
            if is_key(key) && !key.ends_with('-') && !keys.contains(key) {
                complaints.insert(format!("`{key}` is said and stands in no file of texts"));
            }
        }
    }
    complaints.into_iter().collect()
}

/// Units of these fields and of all below them that a form names.
fn units(fields: &'static [Field], into: &mut BTreeSet<&'static str>) {
    for field in fields {
        into.extend(field.unit.filter(|unit| !unit.starts_with('{')));
        let mut shape = &field.shape;
        while let Shape::List(item, _) = shape {
            shape = item;
        }
        if let Shape::Object(fields) = shape {
            units(fields, into);
        }
    }
}

#[test]
fn every_problem_and_part_of_the_api_has_words_in_three_languages() {
    let parts = operations::Part::ALL.map(|part| format!("api-part-{}", part.as_str()));
    for language in Language::OFFERED {
        for part in &parts {
            assert!(language.has(part), "{part} in {}", language.tag());
        }
        for code in Code::ALL {
            let (problem, advice) = (code.key(), code.exit().key());
            assert!(language.has(&problem), "{problem} in {}", language.tag());
            assert!(language.has(advice), "{advice} in {}", language.tag());
            // A document for programs and a page in English say the same.
            if language == Language::English {
                let said = language.say(&problem).to_lowercase();
                assert_eq!(said, code.title().to_lowercase(), "{problem}");
            }
        }
    }
}

#[test]
fn every_deed_setting_and_unit_has_words() {
    let mut of_fields = BTreeSet::new();
    for kind in kind::all() {
        units(kind.fields, &mut of_fields);
        units(kind.extra, &mut of_fields);
    }
    assert!(of_fields.contains("min"), "{of_fields:?}");
    let dashed = |prefix: &str, name: &str| format!("{prefix}-{}", name.replace(['.', '_'], "-"));
    let deeds = KNOWN.iter().map(|what| dashed("deed", what));
    let settings = KEYS.iter().map(|key| dashed("setting", key.name));
    let units = of_fields.iter().map(|unit| dashed("unit", unit));
    let silent: Vec<String> = deeds
        .chain(settings)
        .chain(units)
        .filter(|key| !Language::English.has(key))
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn texts_that_are_apart_are_named() {
    let en = "# c\na = One { $x }\nb =\n    { $n ->\n       *[other] { $count }\n    }\nc = C\n";
    let kk = "a = Бір { $y }\nb = { $count }\nb = { $count }\n";
    let complaints = apart(&[("en", en), ("kk", kk)]);
    assert_eq!(complaints.len(), 3, "{complaints:?}");
    assert!(complaints[0].contains("`b` stands twice"));
    assert!(complaints[1].contains("`a` takes"));
    assert!(complaints[2].contains("`c` is missing"));
}

#[test]
fn keys_that_nobody_says_or_has_are_named() {
    let keys: BTreeSet<String> = ["a", "b", "month-1", "b-next", "c-next"]
        .map(str::to_owned)
        .into();
    let sources = "p.say(\"b\") p.say(\"d\") p.count(\"e-\")";
    assert_eq!(unsaid(&keys, sources).len(), 2, "a and c-next");
    assert_eq!(unknown(&keys, sources).len(), 1, "d");
}
