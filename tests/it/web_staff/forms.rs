//! One form for every kind: what it shows is what it reads, and what is wrong is said beside it.

use erikti_protocol::kind;
use erikti_protocol::log::Class;
use erikti_tests::http;
use erikti_tests::process::{converge, partner, until};
use serde_json::Value;

use super::{filled, led_to, log_size, member, pairs, publish, show};

#[test]
fn the_form_of_every_kind_says_what_its_record_says() {
    let member = member("Forms");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    for kind in kind::all()
        .iter()
        .filter(|kind| kind.class == Class::Record)
    {
        let (mut subject, extra) = ((kind.sample)(), (kind.sample_extra)());
        kind.complete(&mut subject);
        let mut form = filled(&mut browser, kind.name, &[]);
        // What the page fills in by itself makes room for the sample.
        form.fields
            .retain(|(name, _)| !name.starts_with("f.") && !name.starts_with("e."));
        form.fields.extend(pairs(kind, &subject, &extra));
        let answer = browser.submit(&form);
        let id = led_to(&answer);
        let record = show(&member, &id);
        assert_eq!(
            record["credentialSubject"],
            Value::Object(subject.clone()),
            "{}",
            kind.name
        );
        for (name, value) in &extra {
            assert_eq!(record.get(name), Some(value), "{}: {name}", kind.name);
        }
        // The page itself shows everything: sent as it stands, it changes nothing.
        let size = log_size(&member);
        let to = format!("/manage/records/{id}/edit");
        let page = browser.get(&to);
        assert_eq!(page.status, 200, "{}", page.text());
        let answer = browser.submit(&page.form(&to).fill("do", "publish"));
        assert_eq!(led_to(&answer), id, "{}: {}", kind.name, answer.text());
        assert_eq!(
            log_size(&member),
            size,
            "{} was changed by its form",
            kind.name
        );
    }
}

#[test]
fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let member = member("Faults");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let size = log_size(&member);
    let form = filled(
        &mut browser,
        "opportunity",
        &[
            ("f.description.kk", "Екі жол,\nекіншісі."),
            ("f.capacity", "many"),
            ("f.startDate", "31.12"),
            ("f.topics.0", ""),
            ("f.topics.1", "trees"),
            ("readers", "public"),
        ],
    );
    let answer = browser.submit(&form);
    assert_eq!(answer.status, 422);
    let again = answer.form("/manage/records/new/opportunity");
    let kept = |name: &str| {
        let found = again.fields.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(kept("f.capacity"), Some("many"));
    assert_eq!(kept("f.startDate"), Some("31.12"));
    assert_eq!(kept("f.description.kk"), Some("Екі жол,\nекіншісі."));
    assert_eq!(kept("f.topics.0"), Some("trees"));
    for (id, invalid) in [
        ("f.capacity", true),
        ("f.startDate", true),
        ("f.title", false),
    ] {
        let said = answer.texts(&format!("[id=\"{id}-fault\"] .error"));
        assert_eq!(said.len(), 1, "{id}: {}", answer.text());
        if invalid {
            let described =
                format!("[id=\"{id}\"][aria-invalid=true][aria-describedby~=\"{id}-fault\"]");
            assert_eq!(answer.texts(&described).len(), 1, "{id}");
        }
        assert_eq!(
            answer.texts(&format!("#faults a[href=\"#{id}\"]")).len(),
            1,
            "{id}"
        );
    }
    assert_eq!(log_size(&member), size, "nothing was published");
    // Corrected, but ending before it begins: a rule between two fields, said beside the second.
    let corrected = again
        .fill("f.title.en", "Plant trees")
        .fill("f.capacity", "20")
        .fill("f.startDate", "2027-05-02")
        .fill("f.endDate", "2027-05-01")
        .fill("do", "publish");
    let answer = browser.submit(&corrected);
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_eq!(answer.texts("[id=\"f.endDate-fault\"] .error").len(), 1);
    let answer = browser.submit(&corrected.fill("f.endDate", "2027-05-03"));
    let subject = show(&member, &led_to(&answer))["credentialSubject"].clone();
    assert_eq!(subject["capacity"], 20);
    assert_eq!(subject["topics"], serde_json::json!(["trees"]));
}

#[test]
fn rows_and_languages_come_and_go_by_buttons_alone() {
    let member = member("Rows");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let to = "/manage/records/new/opportunity";
    let form = filled(&mut browser, "opportunity", &[("f.title.en", "Rows")]);
    let page = browser.submit(&form.fill("do", "add:f.schedule"));
    assert_eq!(page.status, 200);
    let form = page
        .form(to)
        .fill("f.schedule.0.startTime", "09:00")
        .fill("f.topics.0", "one")
        .fill("language:f.title", "fr");
    let page = browser.submit(&form.fill("do", "language:f.title"));
    let names: Vec<String> = page
        .form(to)
        .fields
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(names.contains(&"f.title.fr".to_owned()), "{names:?}");
    let page = browser.submit(&page.form(to).fill("do", "remove:f.topics:0"));
    let fields = page.form(to).fields;
    let value = |name: &str| {
        let found = fields.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(value("f.topics.0"), Some(""));
    assert_eq!(value("f.schedule.0.startTime"), Some("09:00"));
    assert_eq!(value("f.title.en"), Some("Rows"));
}

#[test]
fn a_form_sent_twice_makes_one_record_that_a_partner_soon_has() {
    let (here, there) = (member("Here"), member("There"));
    partner(&here, &there);
    converge(&[&here, &there], 2);
    let mut browser = http::person(&here, "aigerim", "coordinator");
    let size = log_size(&here);
    let form = filled(
        &mut browser,
        "opportunity",
        &[("f.title.kk", "Ағаш отырғызу"), ("readers", "public")],
    );
    let (once, twice) = (browser.submit(&form), browser.submit(&form));
    let id = led_to(&once);
    assert_eq!(id, led_to(&twice));
    assert_eq!(log_size(&here), size + 1);
    until("the partner shows what was published", || {
        there.run(&["record", "show", &id]).status.success()
    });
    assert_eq!(
        show(&there, &id)["credentialSubject"]["title"]["kk"],
        "Ағаш отырғызу"
    );
    // Whoever may only look sees it, and no button.
    let mut auditor = http::person(&here, "berik", "auditor");
    let page = auditor.get(&format!("/manage/records/{id}"));
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Ағаш отырғызу"));
    assert!(
        page.forms()
            .iter()
            .all(|form| !form.action.starts_with("/manage"))
    );
    for path in [
        "/manage/records/new/opportunity".to_owned(),
        format!("/manage/records/{id}/edit"),
        format!("/manage/records/{id}/erase"),
        "/admin/partners".to_owned(),
        "/admin/members".to_owned(),
    ] {
        assert_eq!(auditor.get(&path).status, 403, "{path}");
    }
    let stolen = filled(&mut browser, "opportunity", &[("f.title.en", "Not mine")]);
    assert_eq!(auditor.submit(&stolen).status, 403);
    let listed = publish(&mut browser, "Second");
    let page = auditor.get("/manage/records");
    assert!(page.text().contains(&listed));
}
