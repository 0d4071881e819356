//! Rules between fields, and the typed readers of the kinds that nodes act upon.

use erikti_protocol::kind::accreditation::{Accreditation, Status};
use erikti_protocol::kind::erasure::Erasure;
use erikti_protocol::kind::key_change::KeyChange;
use erikti_protocol::kind::log::LogOpened;
use erikti_protocol::kind::receipt::Receipt;
use erikti_protocol::kind::{self, Role};
use erikti_protocol::time::Date;
use serde_json::{Map, Value, json};

use super::{at, edited, kind_of};

/// The sample with `edits` put in (`null` removes) is refused for `field`; with no field named it is accepted.
fn check(name: &str, edits: &[(&str, Value)], field: Option<&str>) {
    let kind = kind_of(name);
    let subject = edited(kind, |subject| {
        for (path, value) in edits {
            let (outer, member) = path.rsplit_once('.').unwrap_or(("", path));
            let object = match outer {
                "" => Some(&mut *subject),
                outer => at(subject, outer),
            };
            let object = object
                .and_then(Value::as_object_mut)
                .expect("an object to edit");
            match value {
                Value::Null => object.remove(member),
                value => object.insert(member.to_owned(), value.clone()),
            };
        }
    });
    let found = kind.check_subject(&subject).map_err(|fault| fault.field);
    assert_eq!(
        found,
        field.map_or(Ok(()), |field| Err(field.to_owned())),
        "{name} with {edits:?}"
    );
}

#[test]
fn an_opportunity_ends_after_it_begins_and_asks_for_what_can_be() {
    let kind = "opportunity";
    check(kind, &[("endDate", json!("2026-04-18"))], None);
    check(kind, &[("endDate", json!("2026-04-17"))], Some("endDate"));
    check(
        kind,
        &[("publishEnd", json!("2026-02-28T23:59:59Z"))],
        Some("publishEnd"),
    );
    check(
        kind,
        &[("reviewDue", json!("2026-02-28"))],
        Some("reviewDue"),
    );
    check(kind, &[("maximumAge", json!(14))], None);
    check(kind, &[("maximumAge", json!(13))], Some("minimumAge"));
    check(kind, &[("remaining", json!(60))], None);
    check(kind, &[("remaining", json!(61))], Some("remaining"));
}

#[test]
fn a_place_has_both_coordinates_or_none_and_its_region_lies_in_its_country() {
    for kind in ["opportunity", "session", "organisation", "service"] {
        check(
            kind,
            &[("place", json!({"latitude": "1", "longitude": "2"}))],
            None,
        );
        check(
            kind,
            &[("place", json!({"latitude": "1"}))],
            Some("place.longitude"),
        );
        check(
            kind,
            &[("place", json!({"longitude": "1"}))],
            Some("place.latitude"),
        );
        check(
            kind,
            &[("place", json!({"country": "KG", "region": "KZ-75"}))],
            Some("place.region"),
        );
        check(kind, &[("place", json!({"region": "KZ-75"}))], None);
    }
}

#[test]
fn a_schedule_says_how_it_repeats() {
    let kind = "opportunity";
    let schedule = |value: Value| [("schedule", json!([{"byDay": ["Monday"]}, value]))];
    check(kind, &schedule(json!({"byMonthDay": [31]})), None);
    check(
        kind,
        &schedule(json!({"startTime": "09:00"})),
        Some("schedule.1"),
    );
    let backwards =
        json!({"byDay": ["Monday"], "startDate": "2026-02-01", "endDate": "2026-01-31"});
    check(kind, &schedule(backwards), Some("schedule.1.endDate"));
    for (frequency, fits) in [
        ("P1W", true),
        ("P999D", true),
        ("P0D", false),
        ("P1000D", false),
        ("PT1H", false),
    ] {
        let field = (!fits).then_some("schedule.1.repeatFrequency");
        check(
            kind,
            &schedule(json!({"repeatFrequency": frequency})),
            field,
        );
    }
}

#[test]
fn a_session_ends_after_it_begins_and_need_not_say_when() {
    check("session", &[("end", json!("2026-04-18T09:00:00"))], None);
    check(
        "session",
        &[("end", json!("2026-04-18T08:59:59"))],
        Some("end"),
    );
    check(
        "session",
        &[("end", Value::Null), ("timeZone", Value::Null)],
        None,
    );
    check("session", &[("remaining", json!(61))], Some("remaining"));
}

#[test]
fn minutes_fit_into_the_days_and_the_clock() {
    let kind = "service";
    check(kind, &[("minutes", json!(241))], Some("minutes"));
    check(
        kind,
        &[("minutes", json!(241)), ("breakMinutes", json!(29))],
        None,
    );
    check(kind, &[("endTime", json!("08:59"))], Some("endTime"));
    let month = [
        ("until", json!("2026-05-18")),
        ("minutes", json!(31 * 1440 - 30)),
    ];
    check(kind, &month, None);
    check(
        kind,
        &[
            ("until", json!("2026-05-18")),
            ("minutes", json!(31 * 1440 - 29)),
        ],
        Some("minutes"),
    );
    check(kind, &[("until", json!("2026-05-19"))], Some("until"));
    check(kind, &[("until", json!("2026-04-17"))], Some("until"));
}

#[test]
fn a_stipend_is_said_exactly_when_the_time_was_paid_so() {
    let amount = |currency: &str| json!({"currency": currency, "minorUnits": 1});
    check(
        "service",
        &[("timeBasis", json!("stipend"))],
        Some("stipend"),
    );
    check("service", &[("stipend", amount("KZT"))], Some("stipend"));
    let paid = |wage: &str| {
        [
            ("timeBasis", json!("stipend")),
            ("stipend", amount("KZT")),
            ("localWage", amount(wage)),
        ]
    };
    check("service", &paid("KZT"), None);
    check("service", &paid("EUR"), Some("localWage.currency"));
}

#[test]
fn an_assurance_needs_what_it_claims() {
    let assurance = |text: &str| ("assurance", json!(text));
    let own = (kind_of("service").sample)()["claimedBy"].clone();
    check("service", &[("confirmedBy", own)], Some("confirmedBy"));
    check(
        "service",
        &[("confirmedBy", Value::Null)],
        Some("confirmedBy"),
    );
    check("service", &[("claimedBy", Value::Null)], Some("claimedBy"));
    check(
        "service",
        &[assurance("self"), ("confirmedBy", Value::Null)],
        None,
    );
    check("service", &[assurance("device_evidenced")], None);
    check(
        "service",
        &[assurance("device_evidenced"), ("evidence", json!([]))],
        Some("evidence"),
    );
}

#[test]
fn a_credential_states_criteria_and_only_results_it_describes() {
    let kind = "credential";
    check(
        kind,
        &[("achievement.criteria", json!({}))],
        Some("achievement.criteria"),
    );
    check(
        kind,
        &[("achievement.criteria", json!({"id": "https://a.example/"}))],
        None,
    );
    check(
        kind,
        &[("achievement.resultDescription", Value::Null)],
        Some("result.0.resultDescription"),
    );
    check(
        kind,
        &[("activityEndDate", json!("2026-04-18T02:59:59Z"))],
        Some("activityEndDate"),
    );
}

#[test]
fn an_organisation_is_not_its_own_parent() {
    let own = (kind_of("organisation").sample)()["id"].clone();
    check("organisation", &[("parent", own)], Some("parent"));
}

#[test]
fn a_log_continues_another_with_all_three_members_or_none() {
    let none = [
        ("organisation", Value::Null),
        ("previous", Value::Null),
        ("reason", Value::Null),
    ];
    check("log", &none, None);
    for missing in ["organisation", "previous", "reason"] {
        check("log", &[(missing, Value::Null)], Some(missing));
    }
    let sample = (kind_of("log").sample)();
    let opened = LogOpened::from_subject(&sample).expect("the sample is well made");
    check(
        "log",
        &[("previous.origin", json!(opened.origin().as_str()))],
        Some("previous"),
    );
    check(
        "log",
        &[("witnessKey", sample["nodeKey"].clone())],
        Some("witnessKey"),
    );
    check("log", &[("previous.size", json!(0))], Some("previous.size"));
    // The key of RFC 8032's first test is published, so that anybody could sign with it.
    let published = "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw";
    check("log", &[("nodeKey", json!(published))], Some("nodeKey"));
}

#[test]
fn a_key_change_announces_yet_another_key() {
    let change = KeyChange::from_subject(&(kind_of("key_change").sample)()).expect("well made");
    let same = json!(change.next_key.digest().to_string());
    check(
        "key_change",
        &[("nextKeyDigest", same)],
        Some("nextKeyDigest"),
    );
}

#[test]
fn an_accreditation_has_a_role_a_period_and_a_log_size_only_when_revoked() {
    let kind = "accreditation";
    check(kind, &[("roles", json!([]))], Some("roles"));
    check(kind, &[("until", json!("2026-01-01"))], None);
    check(kind, &[("until", json!("2025-12-31"))], Some("until"));
    check(kind, &[("reason", json!("mistake"))], Some("reason"));
    check(kind, &[("logSize", json!([]))], Some("logSize"));
    let origin = (kind_of("erasure").sample)()["origin"].clone();
    let size = json!({"origin": origin, "size": 7});
    let revoked = |sizes: Value| [("status", json!("revoked")), ("logSize", sizes)];
    check(kind, &revoked(json!([size])), None);
    check(
        kind,
        &revoked(json!([size, size])),
        Some("logSize.1.origin"),
    );
    check(kind, &[("status", json!("suspended"))], Some("status"));
}

#[test]
fn an_accreditation_counts_on_its_first_and_last_day_and_ignores_roles_it_does_not_know() {
    let subject = edited(kind_of("accreditation"), |subject| {
        subject["roles"] = json!(["host", "stargazer"]);
    });
    let mut read = Accreditation::from_subject(&subject).expect("an unknown role is no fault");
    assert_eq!(read.roles.iter().copied().collect::<Vec<_>>(), [Role::Host]);
    let day = |text| Date::parse(text).expect("a date");
    for (text, covered) in [
        ("2025-12-31", false),
        ("2026-01-01", true),
        ("2028-12-31", true),
        ("2029-01-01", false),
    ] {
        assert_eq!(read.covers(day(text)), covered, "{text}");
    }
    read.status = Status::Revoked(Vec::new());
    assert!(!read.covers(day("2026-01-01")));
}

#[test]
fn typed_readers_write_what_they_read() {
    let revoked = edited(kind_of("accreditation"), |subject| {
        let origin = (kind_of("erasure").sample)()["origin"].clone();
        subject["status"] = json!("revoked");
        subject["logSize"] = json!([{"origin": origin, "size": 7}]);
    });
    let again = |name: &str, subject: Map<String, Value>| {
        let written = match name {
            "log" => LogOpened::from_subject(&subject).map(|read| read.to_subject()),
            "key_change" => KeyChange::from_subject(&subject).map(|read| read.to_subject()),
            "accreditation" => Accreditation::from_subject(&subject).map(|read| read.to_subject()),
            "erasure" => Erasure::from_subject(&subject).map(|read| read.to_subject()),
            _ => Receipt::from_subject(&subject).map(|read| read.to_subject()),
        }
        .expect("well made");
        for (member, value) in written {
            assert_eq!(subject.get(&member), Some(&value), "{name}.{member}");
        }
    };
    for name in ["log", "key_change", "accreditation", "erasure", "receipt"] {
        again(name, (kind_of(name).sample)());
        assert_eq!(kind::by_name(name).map(|kind| kind.name), Some(name));
    }
    again("accreditation", revoked);
}
