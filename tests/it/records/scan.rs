//! The one-pass scan of a record agrees with the slow way of saying what a record is, over records changed at random.

use erikti_protocol::json::{self, INTEGER_MAX};
use erikti_protocol::record::scan;
use erikti_tests::chance::Chance;
use erikti_tests::oracle::accepts;
use erikti_tests::synthetic::{Generator, Set};
use serde_json::{Map, Value, json};

/// Pieces of text that stand between what is allowed and what is not.
const PIECES: [&str; 44] = [
    "0",
    "-0",
    "01",
    "1.0",
    "1e0",
    "-1",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740991",
    "-9007199254740992",
    "18446744073709551616",
    "true",
    "null",
    "nul",
    "\"\"",
    "\"",
    "\\",
    "\\\\",
    "\\\"",
    "\\/",
    "\\b",
    "\\n",
    "\\u0008",
    "\\u0000",
    "\\u001f",
    "\\u001F",
    "\\u007f",
    "\\ud83d\\ude00",
    "\\ud800",
    "\u{7f}",
    "\u{1}",
    "😀",
    "ә",
    "{}",
    "[]",
    "[0,1]",
    "{\"a\":0}",
    "{\"b\":0,\"a\":0}",
    "{\"a\":0,\"a\":0}",
    "{\"ә\":0}",
    "{\"\":0}",
    ",",
    " ",
    "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
];

/// Changes bytes somewhere.
fn change_bytes(bytes: &mut Vec<u8>, dice: &mut Chance) {
    let at = dice.place(bytes.len());
    let end = (at + dice.place(6)).min(bytes.len());
    match dice.place(5) {
        0 => bytes[at] ^= 1 << dice.place(8),
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..at, dice.pick(&PIECES).bytes())),
        3 => {
            let copied = bytes[at..end].to_vec();
            let to = dice.place(bytes.len());
            bytes.splice(to..to, copied);
        }
        // A value replaced as a whole: behind a colon, up to what ends it.
        _ => {
            let colon = bytes[at..].iter().position(|&byte| byte == b':');
            let from = at + colon.map_or(0, |colon| colon + 1);
            let length = bytes[from..].iter().position(|byte| b",}]".contains(byte));
            let to = from + length.unwrap_or(0);
            bytes.splice(from..to, dice.pick(&PIECES).bytes());
        }
    }
}

/// Changes the value somewhere, so that the text stays canonical.
fn change_value(value: &mut Value, dice: &mut Chance) {
    let name = |object: &Map<String, Value>, dice: &mut Chance| {
        let names: Vec<_> = object.keys().cloned().collect();
        names[dice.place(names.len())].clone()
    };
    let deeper = dice.place(3) > 0;
    match value {
        Value::Object(object) if deeper && !object.is_empty() => {
            let name = name(object, dice);
            change_value(object.get_mut(&name).expect("a name of this object"), dice);
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = dice.place(items.len());
            change_value(&mut items[at], dice);
        }
        Value::Object(object) if dice.place(3) > 0 => {
            if !object.is_empty() && dice.place(2) == 0 {
                let name = name(object, dice);
                object.remove(&name);
            } else {
                let names = [
                    "aaa",
                    "zzz",
                    "validUntil",
                    "domain",
                    "id",
                    "",
                    "\u{1}",
                    "ә",
                    "A b",
                ];
                let name = dice.pick(&names).to_owned();
                object.insert(name, piece(dice));
            }
        }
        Value::Array(items) if dice.place(3) > 0 => {
            if !items.is_empty() && dice.place(2) == 0 {
                items.pop();
            } else {
                let twin = items.last().cloned();
                items.push(twin.unwrap_or_else(|| piece(dice)));
            }
        }
        Value::String(text) if dice.place(2) == 0 && !text.is_empty() => {
            let mut characters: Vec<char> = text.chars().collect();
            let at = dice.place(characters.len());
            characters[at] = dice
                .pick(&["1", "A", "z", "Z", "-", "\u{1}", "ә", "\""])
                .chars()
                .next()
                .expect("no piece is empty");
            *text = characters.into_iter().collect();
        }
        other => *other = piece(dice),
    }
}

fn piece(dice: &mut Chance) -> Value {
    let words = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(INTEGER_MAX),
        json!(INTEGER_MAX + 1),
        json!(null),
        json!(true),
        json!(""),
        json!("public"),
        json!("network"),
        json!("https://a.example"),
        json!("2026-01-01T00:00:00Z"),
        json!("2026-02-30T00:00:00Z"),
        json!([]),
        json!({}),
        json!("Service"),
        json!("\u{8}\u{b}\u{1f}\u{7f}\\\"/"),
        json!({"a": [{"b": 1}]}),
        json!("urn:uuid:018bcfe5-6800-7505-8505-050505050505"),
    ];
    words[dice.place(words.len())].clone()
}

#[test]
fn the_scan_accepts_exactly_what_the_slow_way_accepts() {
    let seed = std::env::var("ERIKTI_SEED").ok();
    let seed = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("ERIKTI_SEED={seed}");
    let mut dice = Chance::new(seed);
    let generator = Generator::new(Set::Bench, 3, 6);
    let mut records: Vec<Vec<u8>> = Vec::new();
    for organisation in generator.organisations() {
        records.extend((0..10).map(|n| generator.record(organisation, n).into_bytes()));
    }
    records.extend(
        super::samples()
            .into_iter()
            .map(|record| record.into_bytes()),
    );
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..30_000 {
        let mut bytes = records[dice.place(records.len())].clone();
        if round % 2 == 0 {
            let mut value = json::parse(&bytes).expect("a record is JSON");
            change_value(&mut value, &mut dice);
            bytes = json::canonical(&value);
        } else {
            for _ in 0..=dice.place(2) {
                change_bytes(&mut bytes, &mut dice);
            }
        }
        let wanted = accepts(&bytes);
        let found = scan(&bytes);
        assert_eq!(
            found.is_ok(),
            wanted,
            "seed {seed}, round {round}: {found:?}\n{}",
            String::from_utf8_lossy(&bytes)
        );
        *(if wanted { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(
        accepted > 2_500 && refused > 10_000,
        "{accepted} accepted, {refused} refused"
    );
}
