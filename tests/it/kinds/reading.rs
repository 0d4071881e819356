//! Typed text: cells of a table, `--set field=value`, fields of a form.

use erikti_protocol::field::{FieldFault, read_text};
use erikti_protocol::kind::{self, Kind};
use serde_json::{Map, Value, json};

use super::kind_of;

fn set(kind: &Kind, typed: &[(&str, &str)]) -> Result<Value, FieldFault> {
    let mut subject = Map::new();
    for (path, text) in typed {
        kind.set_text(&mut subject, path, text)?;
    }
    Ok(Value::Object(subject))
}

/// Reads one field of an opportunity.
fn read(path: &str, text: &str) -> Result<Value, FieldFault> {
    let mut subject = Map::new();
    kind_of("opportunity").set_text(&mut subject, path, text)?;
    Ok(subject[path.split('.').next().unwrap_or(path)].clone())
}

#[test]
fn each_shape_reads_what_people_and_tables_write() {
    let check = |path: &str, text: &str, expected: Value| {
        assert_eq!(read(path, text), Ok(expected), "{path}={text}");
    };
    check(
        "title",
        "  Tree \r\n planting ",
        json!({"und": "Tree planting"}),
    );
    check("title.kk", "Ағаш\tотырғызу", json!({"kk": "Ағаш отырғызу"}));
    check(
        "description.en",
        "One\r\n\r\nTwo\rThree\u{b}",
        json!({"en": "One\n\nTwo\nThree"}),
    );
    check(
        "description",
        "\u{feff}a\u{0}b\u{202e}c",
        json!({"und": "abc"}),
    );
    check("capacity", " 60 ", json!(60));
    check("priority", "y", json!(true));
    check("priority", "Жоқ", json!(false));
    check("status", "Открыто", json!("open"));
    check("status", "OPEN", json!("open"));
    check("recurrence", "onetime", json!("onetime"));
    check("languages", "kk; ru ;", json!(["kk", "ru"]));
    check("sectors", "E10", json!(["E10"]));
    check(
        "checksRequired",
        "Медосмотр;something_new",
        json!(["medical", "something_new"]),
    );
    check(
        "place.latitude",
        "-4.34212",
        json!({"latitude": "-4.34212"}),
    );
    check(
        "place.address",
        "372 Brooklyn\nNY 11214",
        json!({"address": "372 Brooklyn\nNY 11214"}),
    );
    check("startDate", "2026-04-18", json!("2026-04-18"));
    check(
        "topics",
        "Helping Neighbors in Need",
        json!(["Helping Neighbors in Need"]),
    );
}

#[test]
fn what_cannot_be_read_is_named_with_what_was_found_and_what_is_allowed() {
    let check = |path: &str, text: &str, field: &str, found: &str, allowed: &str| {
        let fault = read(path, text).expect_err(path);
        assert_eq!((fault.field.as_str(), fault.found.as_str()), (field, found));
        assert!(fault.allowed.contains(allowed), "{fault}");
    };
    check(
        "capacity",
        "many",
        "capacity",
        "many",
        "whole number from 0 to 1000000",
    );
    check("capacity", "1000001", "capacity", "1000001", "0 to 1000000");
    check("capacity", "4.0", "capacity", "4.0", "whole number");
    check("capacity", " ", "capacity", "nothing", "whole number");
    check(
        "priority",
        "maybe",
        "priority",
        "maybe",
        "`true` or `false`",
    );
    check(
        "status",
        "approved",
        "status",
        "approved",
        "`open`, `paused`",
    );
    check(
        "languages",
        "kk;Kazakh language",
        "languages.1",
        "Kazakh language",
        "language tag",
    );
    check(
        "place.latitude",
        "91",
        "place.latitude",
        "91",
        "from -90 to 90",
    );
    check("place", "Almaty", "place", "Almaty", "`place.locality`");
    check("place.town", "Almaty", "place.town", "town", "locality");
    check("colour", "red", "colour", "colour", "title");
    check("title.Kazakh", "a", "title", "Kazakh", "language tag");
    check(
        "capacity.x",
        "1",
        "capacity.x",
        "x",
        "nothing below `capacity`",
    );
    check(
        "applyLink",
        "/opportunities/5394",
        "applyLink",
        "/opportunities/5394",
        "http",
    );
    check(
        "startDate",
        "May 14 2011",
        "startDate",
        "May 14 2011",
        "YYYY-MM-DD",
    );
    check(
        "minutes",
        &"9".repeat(200),
        "minutes",
        &("9".repeat(80) + "…"),
        "1 to 44640",
    );
}

#[test]
fn dotted_paths_reach_into_objects_lists_and_languages() {
    let read = set(
        kind_of("opportunity"),
        &[
            ("title.kk", "Көмек"),
            ("title.ru", "Помощь"),
            ("place.country", "KZ"),
            ("place.region", "KZ-75"),
            ("schedule.0.byDay", "сенбі;Sunday"),
            ("schedule.0.startTime", "09:00"),
            ("schedule.1.repeatFrequency", "P1M"),
            ("organiser.identifiers.0", "KZ-BIN-000000000000"),
        ],
    );
    assert_eq!(
        read,
        Ok(json!({
            "title": {"kk": "Көмек", "ru": "Помощь"},
            "place": {"country": "KZ", "region": "KZ-75"},
            "schedule": [
                {"byDay": ["Saturday", "Sunday"], "startTime": "09:00"},
                {"repeatFrequency": "P1M"},
            ],
            "organiser": {"identifiers": ["KZ-BIN-000000000000"]},
        }))
    );
    let fault = set(kind_of("opportunity"), &[("schedule.1.byDay", "Monday")]);
    assert_eq!(
        fault.map_err(|fault| (fault.field, fault.found)),
        Err(("schedule".to_owned(), "1".to_owned()))
    );
}

#[test]
fn a_credential_can_be_typed_and_completed_with_types_and_defaults() {
    let kind = kind_of("credential");
    let typed = [
        ("id", "urn:uuid:019b76da-a801-7101-8101-010101010101"),
        ("achievement.id", "https://a.example/1"),
        ("achievement.name", "Helper"),
        ("achievement.description", "Helped."),
        ("achievement.criteria.narrative", "Forty hours."),
        ("achievement.alignment.0.targetName", "Goal"),
        (
            "achievement.alignment.0.targetUrl",
            "https://goals.example/15",
        ),
    ];
    let mut subject = match set(kind, &typed) {
        Ok(Value::Object(subject)) => subject,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        kind.check_subject(&subject).map_err(|f| f.field),
        Err("type".to_owned())
    );
    kind.complete(&mut subject);
    assert_eq!(kind.check_subject(&subject), Ok(()));
    assert_eq!(
        subject["achievement"]["achievementType"],
        "CommunityService"
    );
    assert_eq!(
        subject["achievement"]["alignment"][0]["type"],
        json!(["Alignment"])
    );
    let before = subject.clone();
    kind.complete(&mut subject);
    assert_eq!(subject, before);
}

#[test]
fn defaults_fill_only_what_is_missing_and_what_is_there_to_hold_them() {
    let kind = kind_of("credential");
    let mut subject = Map::new();
    kind.complete(&mut subject);
    assert_eq!(
        Value::Object(subject),
        json!({"type": ["AchievementSubject"]})
    );
    let mut subject = Map::from_iter([("status".to_owned(), json!("full"))]);
    kind_of("opportunity").complete(&mut subject);
    assert_eq!(subject["status"], "full");
}

/// What a value looks like when somebody types it; `None` for objects, whose members are typed one by one.
fn typed(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(typed).collect();
            Some(items?.join(";"))
        }
        Value::Object(_) | Value::Null => None,
    }
}

#[test]
fn every_flat_value_of_every_sample_reads_back_as_itself() {
    let mut count = 0;
    for kind in kind::all() {
        for (name, value) in (kind.sample)() {
            let field = kind.field(&name).expect("a sample has only known fields");
            if let Some(text) = typed(&value) {
                assert_eq!(read_text(field, &text), Ok(value), "{}.{name}", kind.name);
                count += 1;
            }
        }
    }
    assert!(count >= 60, "only {count} values were read");
}
