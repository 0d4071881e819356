//! Each field's shape, just within its bounds and just outside, over every field of the registry.

use erikti_protocol::field::{
    Field, LANGUAGES_MAX, Shape, TERM_BYTES_MAX, URL_CHARS_MAX, check_value, code, terms,
};
use erikti_protocol::kind::{self, Kind};
use serde_json::{Map, Value, json};

use super::{at, edited, kind_of, visit};

/// Fields that a sample cannot show beside the others, with the reason.
const NOT_IN_SAMPLES: [(&str, &str); 18] = [
    (
        "accreditation.reason",
        "only when revoked, and the sample is granted",
    ),
    (
        "accreditation.logSize",
        "only when revoked, and the sample is granted",
    ),
    ("credential.licenseNumber", "only for licences"),
    ("opportunity.organiser", "only when somebody else runs it"),
    ("opportunity.accessibility", "a list like `skills`"),
    ("opportunity.rewards", "a list like `skills`"),
    ("opportunity.stipend", "excludes unpaid time"),
    ("opportunity.image", "an address like `applyLink`"),
    ("opportunity.source", "only when imported"),
    (
        "organisation.parent",
        "only for a part of another organisation",
    ),
    ("organisation.image", "an address like `website`"),
    ("organisation.source", "only when imported"),
    ("service.placement", "a kind that comes later"),
    ("service.stipend", "only with that time basis"),
    ("service.localWage", "only beside a stipend"),
    ("service.task", "beside `role` it says the same"),
    ("session.previousStart", "only when moved"),
    ("session.source", "only when imported"),
];

/// The greatest value that a shape takes, and values just outside it.
fn edges(shape: &'static Shape) -> (Value, Vec<Value>) {
    // A letter of two bytes: bounds count characters.
    let letters = |count: usize| "ә".repeat(count);
    match shape {
        Shape::Line { max_chars } => (
            json!(letters(*max_chars)),
            vec![
                json!(letters(max_chars + 1)),
                json!(""),
                json!(" "),
                json!("a\nb"),
                json!("a\u{202e}b"),
            ],
        ),
        Shape::Text { max_chars } => (
            json!(letters(*max_chars)),
            vec![
                json!(letters(max_chars + 1)),
                json!("\n"),
                json!("a\u{0}b"),
                json!("a\rb"),
            ],
        ),
        Shape::Title { max_chars } => (
            json!({"kk": letters(*max_chars)}),
            vec![
                json!({"kk": letters(max_chars + 1)}),
                json!({"kk": "a\nb"}),
                json!({}),
                json!("text"),
            ],
        ),
        Shape::Words { max_chars } => {
            let languages = |count: usize| {
                (0..count)
                    .map(|n| {
                        (
                            format!("x{}", char::from(b'a' + n as u8 % 26)) + &"a".repeat(n / 26),
                            json!("a\nb"),
                        )
                    })
                    .collect::<Map<_, _>>()
            };
            assert_eq!(
                check_value("words", shape, &Value::Object(languages(LANGUAGES_MAX))),
                Ok(())
            );
            (
                json!({"kk-Latn": letters(*max_chars)}),
                vec![
                    json!({"kk": letters(max_chars + 1)}),
                    json!({"Kk": "a"}),
                    json!({"kk": ""}),
                    json!({}),
                    Value::Object(languages(LANGUAGES_MAX + 1)),
                ],
            )
        }
        Shape::Code(code) => (
            json!(code.example),
            vec![
                json!(""),
                json!("?"),
                json!("a".repeat(code::CODE_BYTES_MAX + 1)),
                json!(7),
            ],
        ),
        Shape::Integer { min, max } => {
            assert_eq!(check_value("least", shape, &json!(min)), Ok(()));
            (
                json!(max),
                vec![
                    json!(min - 1),
                    json!(max + 1),
                    json!(max.to_string()),
                    json!(1.5),
                ],
            )
        }
        Shape::Decimal { min, max, places } => {
            assert_eq!(check_value("least", shape, &json!(min.to_string())), Ok(()));
            (
                json!(format!("{}.{}", max - 1, "9".repeat(*places))),
                vec![
                    json!(format!("{max}.{}1", "0".repeat(places - 1))),
                    json!(format!("{min}.{}1", "0".repeat(places - 1))),
                    json!(format!("0.{}", "1".repeat(places + 1))),
                    json!("1."),
                    json!(".5"),
                    json!("01"),
                    json!("+1"),
                    json!("-0"),
                    json!("1e1"),
                    json!(1),
                ],
            )
        }
        Shape::Bool => (json!(true), vec![json!("true"), json!(1)]),
        Shape::Timestamp => (
            json!("2026-02-28T23:59:59Z"),
            vec![
                json!("2026-02-29T00:00:00Z"),
                json!("2026-02-28T23:59:59"),
                json!(0),
            ],
        ),
        Shape::Date => (
            json!("2024-02-29"),
            vec![json!("2026-02-29"), json!("29.02.2024")],
        ),
        Shape::LocalTime => (
            json!("23:59"),
            vec![json!("24:00"), json!("9:00"), json!("09:00:00")],
        ),
        Shape::LocalDateTime => (
            json!("2026-12-31T23:59:59"),
            vec![
                json!("2026-12-31T23:59:60"),
                json!("2026-12-31T23:59:59Z"),
                json!("2026-12-31"),
            ],
        ),
        Shape::Url => {
            let url = |count: usize| format!("https://a.example/{}", letters(count - 18));
            (
                json!(url(URL_CHARS_MAX)),
                vec![
                    json!(url(URL_CHARS_MAX + 1)),
                    json!("/opportunities/1"),
                    json!("javascript:alert(1)"),
                    json!("https://"),
                    json!("https://a.example/a b"),
                ],
            )
        }
        Shape::Uri => (
            json!("urn:example:a"),
            vec![json!("a"), json!("1a:b"), json!("a:"), json!("a:b c")],
        ),
        Shape::Multiaddr => (
            json!("/ip4/192.0.2.1/tcp/1"),
            vec![json!("192.0.2.1:1"), json!("/ip4//tcp")],
        ),
        Shape::Record(_) | Shape::Person => (
            json!("urn:uuid:019b76da-a801-7101-8101-010101010101"),
            vec![
                json!("019b76da-a801-7101-8101-010101010101"),
                json!("urn:uuid:1"),
            ],
        ),
        Shape::Organisation | Shape::Key | Shape::Digest | Shape::Origin => (
            Value::Null,
            vec![json!("z"), json!("erikti/A/z6Mk"), json!("AB".repeat(32))],
        ),
        Shape::OneOf(choices) => (json!(choices[0].value), vec![json!("no_such"), json!("")]),
        Shape::Suggested(_) => (
            json!("a".repeat(64)),
            vec![json!("a".repeat(65)), json!("1a"), json!("a b")],
        ),
        Shape::Types(types) => (
            json!(types),
            vec![json!([]), json!("type"), json!(["Other"])],
        ),
        Shape::List(item, max) => {
            let (good, bad) = edges(item);
            let list = |value: &Value, count: usize| Value::Array(vec![value.clone(); count]);
            let mut wrong: Vec<_> = bad.iter().map(|value| list(value, 1)).collect();
            wrong.push(json!({}));
            if !good.is_null() {
                wrong.push(list(&good, max + 1));
            }
            (list(&good, if good.is_null() { 0 } else { *max }), wrong)
        }
        Shape::Object(_) => (Value::Null, vec![json!("text"), json!([])]),
    }
}

#[test]
fn every_field_takes_its_bound_and_refuses_what_lies_outside() {
    for kind in kind::all() {
        visit(kind, &mut |path, field| {
            let (good, bad) = edges(&field.shape);
            if !good.is_null() {
                assert_eq!(
                    check_value(path, &field.shape, &good),
                    Ok(()),
                    "{}",
                    kind.name
                );
            }
            for value in bad.into_iter().chain([Value::Null]) {
                let fault = check_value(path, &field.shape, &value)
                    .expect_err(&format!("{}.{path} takes {value}", kind.name));
                assert!(fault.field.starts_with(path), "{fault}");
                assert!(
                    !fault.allowed.is_empty() && !fault.found.is_empty(),
                    "{fault}"
                );
                assert!(fault.found.chars().count() <= 81, "{fault}");
            }
        });
    }
}

#[test]
fn a_kind_names_the_field_that_is_out_of_bounds_at_any_depth() {
    let mut count = 0;
    for kind in kind::all() {
        visit(kind, &mut |path, field| {
            let (_, bad) = edges(&field.shape);
            for value in bad.into_iter().chain([Value::Null]) {
                let mut put = false;
                let subject = edited(kind, |subject| {
                    if let Some(old) = at(subject, path) {
                        *old = value;
                        put = true;
                    }
                });
                if put {
                    let fault = kind.check_subject(&subject).expect_err("out of bounds");
                    assert!(
                        fault.field.starts_with(path),
                        "{}.{path}: {fault}",
                        kind.name
                    );
                    count += 1;
                }
            }
        });
    }
    assert!(count >= 500, "only {count} values were put in");
}

#[test]
fn samples_show_every_field_but_the_listed_ones() {
    let mut missing = Vec::new();
    for kind in kind::all() {
        let (subject, extra) = ((kind.sample)(), (kind.sample_extra)());
        let hidden =
            |field: &&Field| !subject.contains_key(field.name) && !extra.contains_key(field.name);
        let fields = kind.fields.iter().chain(kind.extra).filter(hidden);
        missing.extend(fields.map(|field| format!("{}.{}", kind.name, field.name)));
    }
    missing.sort();
    let mut listed: Vec<_> = NOT_IN_SAMPLES.iter().map(|(path, _)| *path).collect();
    listed.sort_unstable();
    assert_eq!(missing, listed);
}

#[test]
fn a_required_field_that_is_missing_is_named() {
    let mut count = 0;
    for kind in kind::all() {
        visit(kind, &mut |path, field| {
            if field.required {
                count += usize::from(removed_is_named(kind, path, field));
            }
        });
    }
    assert!(count >= 50, "only {count} required fields were removed");
}

/// Whether the sample has the field's object, so that the field could be removed from it.
fn removed_is_named(kind: &Kind, path: &str, field: &Field) -> bool {
    for (members, check) in [
        (
            (kind.sample)(),
            Kind::check_subject as fn(&Kind, &Map<String, Value>) -> _,
        ),
        ((kind.sample_extra)(), Kind::check_extra),
    ] {
        let mut members = Value::Object(members);
        let object = match path.rsplit_once('.') {
            Some((outer, _)) => at(&mut members, outer),
            None => Some(&mut members),
        };
        let removed = object
            .and_then(Value::as_object_mut)
            .and_then(|object| object.remove(field.name));
        if removed.is_some() {
            let members = members.as_object().expect("an object stays one");
            let fault = check(kind, members).expect_err("a required field is missing");
            assert_eq!(
                (fault.field.as_str(), fault.found.as_str()),
                (path, "nothing")
            );
            return true;
        }
    }
    false
}

#[test]
fn members_that_a_later_version_may_add_pass() {
    for kind in kind::all() {
        let subject = edited(kind, |subject| subject["somethingNew"] = json!({"a": [1]}));
        assert_eq!(kind.check_subject(&subject), Ok(()), "{}", kind.name);
    }
}

#[test]
fn codes_match_their_examples_and_not_their_neighbours() {
    for code in code::ALL {
        assert!(code.matches(code.example), "{}", code.name);
        assert!(!code.matches("") && !code.matches("қ"), "{}", code.name);
    }
    let check = |code: &code::Code, good: &[&str], bad: &[&str]| {
        for text in good {
            assert!(code.matches(text), "{} refuses `{text}`", code.name);
        }
        for text in bad {
            assert!(!code.matches(text), "{} takes `{text}`", code.name);
        }
    };
    check(&code::COUNTRY, &["GB"], &["gb", "GBR", "G1"]);
    check(
        &code::REGION,
        &["US-NY", "GB-ENG", "KZ-10"],
        &["US", "US-", "US-ABCD", "us-ny"],
    );
    check(&code::TERRITORY, &["KZ", "KZ-75"], &["KZ-", "KAZ"]);
    check(
        &code::LANGUAGE,
        &["kk-Cyrl-KZ", "und", "sr-Latn"],
        &["KK", "k", "kk_KZ", "kk-", "kk-123456789"],
    );
    check(&code::CURRENCY, &["KZT"], &["kzt", "KZ", "₸"]);
    check(
        &code::ORG_ID,
        &[
            "GB-CHC-1234567",
            "XM-DAC-41114",
            "XI-IATI-1",
            "US-EIN-12-3456789",
            "GB-SC-SC012345",
        ],
        &["GB-CHC", "GB-CHC-", "gb-chc-1", "1234567", "GB--1"],
    );
    check(
        &code::SECTOR,
        &["A", "L", "A11", "E10"],
        &["M", "a", "A1000", "11"],
    );
    check(&code::OCCUPATION, &["5", "5311"], &["53111", "5a"]);
    check(&code::INDUSTRY, &["Q", "88", "8810"], &["V", "8", "88100"]);
    check(
        &code::SDG,
        &["1", "17", "13.3", "17.b", "17.19"],
        &["0", "18", "013", "13.", "13.e", "13.100"],
    );
    check(
        &code::TIME_ZONE,
        &["UTC", "America/Argentina/Ushuaia", "Etc/GMT+5"],
        &["/", "a/", "+05:00", "a/b/c/d"],
    );
    check(
        &code::SCHEMED,
        &["vds:Health"],
        &["vds:", ":a", "VDS:a", "vds:a b"],
    );
}

#[test]
fn every_code_of_the_real_list_of_sectors_fits() {
    let Some(path) = erikti_tests::shared::path("data/taxonomies/icnptso.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("the list is UTF-8");
    let mut count = 0;
    for line in text.trim_start_matches('\u{feff}').lines().skip(1) {
        for cell in line.split(',').take(3).filter(|cell| !cell.is_empty()) {
            assert!(code::SECTOR.matches(cell), "`{cell}` in `{line}`");
            count += 1;
        }
    }
    assert!(count >= 127, "only {count} codes were read");
}

#[test]
fn indexed_fields_become_terms_with_dotted_paths() {
    let kind = kind_of("session");
    let sample = (kind.sample)();
    let found: Vec<_> = terms(kind.fields, &sample)
        .map(|(path, text)| format!("{path}={text}"))
        .collect();
    for wanted in [
        "start=2026-04-18T09:00:00",
        "place.country=KZ",
        "languages=kk",
        "languages=ru",
    ] {
        assert!(
            found.iter().any(|term| term == wanted),
            "{wanted} in {found:?}"
        );
    }
    assert!(
        found.iter().all(|term| !term.starts_with("note")),
        "{found:?}"
    );
    for kind in kind::all() {
        let sample = (kind.sample)();
        for (path, text) in terms(kind.fields, &sample) {
            assert!(
                !path.is_empty() && text.len() <= TERM_BYTES_MAX,
                "{}",
                kind.name
            );
        }
    }
}
