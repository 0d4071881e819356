//! Filters, orders, counts, the map, pages.

use std::collections::BTreeSet;

use erikti_node::desk::opportunities::{self, Facet, Found};
use erikti_node::desk::reader::Reader;
use serde_json::{Value, json};

use super::{Desk, titled, titles};

/// Filters, and the titles of what they leave.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

fn some() -> Vec<Value> {
    vec![
        json!({
            "title": {"kk": "Алматы"}, "languages": ["kk", "ru"], "sectors": ["E12"], "sdg": ["13.3"], "status": "open",
            "startDate": "2026-05-01", "endDate": "2026-05-31", "allowsRemoteParticipation": false,
            "place": {"country": "KZ", "locality": "Алматы", "latitude": "43.238", "longitude": "76.945"},
        }),
        json!({
            "title": {"ru": "Талгар"}, "languages": ["ru"], "sectors": ["E10", "B"], "sdg": ["13", "4"], "status": "open",
            "startDate": "2026-06-10", "recurrence": "onetime",
            "place": {"country": "KZ", "locality": "Талғар", "latitude": "43.303", "longitude": "77.240"},
        }),
        json!({
            "title": {"en": "Fiji"}, "languages": ["en-GB"], "sectors": ["D10"], "sdg": ["1"], "status": "open",
            "startDate": "2026-07-01", "allowsRemoteParticipation": true,
            "place": {"country": "FJ", "locality": "Suva", "latitude": "-18.0", "longitude": "179.99"},
        }),
        json!({
            "title": {"en": "Samoa"}, "status": "full",
            "place": {"country": "WS", "latitude": "-18.0", "longitude": "-179.99"},
        }),
        json!({"title": {"en": "Nowhere"}, "status": "open"}),
    ]
}

#[test]
fn each_filter_keeps_what_it_names() {
    let desk = Desk::new();
    desk.publish(&some());
    let own = desk.node.organisation().to_string();
    let nobody = "urn:erikti:org:z3CSZuZpXN3nTkvXZkGgBhPwVfPvPTTtoPTwGPpMNj3pE".to_owned();
    let all: &[&str] = &["Алматы", "Талгар", "Fiji", "Nowhere"];
    let cases: &[Case<'_>] = &[
        (&[], all),
        (&[("status", "full")], &["Samoa"]),
        (&[("status", "any"), ("country", "ws")], &["Samoa"]),
        (&[("country", "KZ")], &["Алматы", "Талгар"]),
        (&[("sector", "E")], &["Алматы", "Талгар"]),
        (&[("sector", "E10")], &["Алматы", "Талгар"]),
        (&[("sector", "E12")], &["Алматы"]),
        (&[("sector", "B")], &["Талгар"]),
        (&[("sdg", "13")], &["Алматы", "Талгар"]),
        (&[("sdg", "13.3")], &["Алматы"]),
        (&[("sdg", "3")], &[]),
        (&[("language", "ru")], &["Алматы", "Талгар"]),
        (&[("language", "en")], &["Fiji", "Nowhere"]),
        (&[("remote", "true")], &["Fiji"]),
        (&[("remote", "false")], &["Алматы", "Талгар", "Nowhere"]),
        (&[("organisation", &own)], all),
        (&[("place", "алматы")], &["Алматы"]),
        (&[("place", "талгар")], &["Талгар"]),
        (&[("place", "Казахстан")], &["Алматы", "Талгар"]),
        (&[("place", "фиджи")], &["Fiji"]),
        (&[("from", "2026-06-01")], &["Талгар", "Fiji", "Nowhere"]),
        (&[("from", "2026-06-11")], &["Fiji", "Nowhere"]),
        (&[("until", "2026-05-15")], &["Алматы", "Nowhere"]),
        (
            &[("from", "2026-06-10"), ("until", "2026-06-10")],
            &["Талгар", "Nowhere"],
        ),
        (
            &[("near", "43.238,76.945"), ("radius_km", "10")],
            &["Алматы"],
        ),
        (
            &[("near", "43.238,76.945"), ("radius_km", "30")],
            &["Алматы", "Талгар"],
        ),
        (&[("near", "-18,180"), ("radius_km", "5")], &["Fiji"]),
        (
            &[("near", "-18,-180"), ("radius_km", "5"), ("status", "any")],
            &["Fiji", "Samoa"],
        ),
        (&[("near", "43,77"), ("sort", "near")], all),
        (
            &[("country", "KZ"), ("sdg", "4"), ("q", "талгар")],
            &["Талгар"],
        ),
    ];
    for (query, wanted) in cases {
        let found = desk.ask(query);
        let names: BTreeSet<String> = titles(&found).into_iter().collect();
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(names, wanted, "{query:?}");
        assert_eq!(found.total, wanted.len() as u64, "{query:?}");
        assert!(found.complete);
    }
    drop(nobody);
}

#[test]
fn what_is_found_is_counted_and_put_on_the_map() {
    let desk = Desk::new();
    desk.publish(&some());
    let found = desk.ask(&[]);
    let facet = |code: &str, count| Facet {
        code: code.to_owned(),
        count,
    };
    assert_eq!(found.facets.country, [facet("KZ", 2), facet("FJ", 1)]);
    assert_eq!(
        found.facets.sector,
        [facet("E", 2), facet("B", 1), facet("D", 1)]
    );
    assert_eq!(
        found.facets.sdg,
        [facet("13", 2), facet("1", 1), facet("4", 1)]
    );
    assert_eq!(
        found.facets.language,
        [facet("en", 2), facet("ru", 2), facet("kk", 1)]
    );
    assert_eq!(found.facets.remote, [facet("false", 3), facet("true", 1)]);
    assert_eq!(found.cells.iter().map(|cell| cell.count).sum::<u64>(), 3);
    let narrow = desk.ask(&[("sdg", "1")]);
    assert_eq!(narrow.facets.country, [facet("FJ", 1)]);
}

#[test]
fn orders_are_kept() {
    let desk = Desk::new();
    desk.publish(&some());
    let near = desk.titles(&[("near", "43.3,77.2"), ("sort", "near"), ("status", "any")]);
    assert_eq!(near[..2], ["Талгар", "Алматы"]);
    assert_eq!(near[4], "Nowhere");
    // All of these days are past for the clock of whoever runs this, or none: what is over comes last.
    let start = desk.titles(&[("sort", "start")]);
    let place = |name: &str| {
        start
            .iter()
            .position(|title| title == name)
            .expect("listed")
    };
    assert!(place("Fiji") < place("Алматы"), "{start:?}");
    assert!(place("Nowhere") < place("Алматы"), "{start:?}");
}

#[test]
fn a_walk_meets_everything_once_while_records_arrive() {
    let desk = Desk::new();
    let number = |n: usize| {
        json!({
            "title": {"en": format!("Number {n}")}, "place": {"country": "KZ", "latitude": format!("43.{n:03}"), "longitude": "77"},
        })
    };
    let subjects: Vec<Value> = (0..90).map(number).collect();
    desk.publish(&subjects[..60]);
    for sort in ["relevance", "new", "start", "near"] {
        for words in ["", "number"] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            let mut more = subjects[60..].iter();
            loop {
                let found = desk.ask(&[
                    ("q", words),
                    ("sort", sort),
                    ("near", "43,77"),
                    ("radius_km", "5000"),
                    ("limit", "7"),
                    ("cursor", &cursor),
                ]);
                assert!(found.rows.len() <= 7);
                seen.extend(titles(&found));
                if sort == "relevance" && words.is_empty() {
                    desk.publish(&more.by_ref().take(2).cloned().collect::<Vec<_>>());
                }
                match found.next {
                    Some(next) => cursor = next,
                    None => break,
                }
            }
            let once: BTreeSet<&String> = seen.iter().collect();
            assert_eq!(
                once.len(),
                seen.len(),
                "{sort} {words}: something was met twice"
            );
            let first: BTreeSet<String> = (0..60).map(|n| format!("Number {n}")).collect();
            assert!(
                first.iter().all(|title| once.contains(title)),
                "{sort} {words}: something was left out"
            );
        }
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let desk = Desk::new();
    desk.publish(&[titled("en", "One"), titled("en", "Two")]);
    let next = desk.ask(&[("limit", "1")]).next.expect("another page");
    for (sort, cursor) in [
        ("new", next.as_str()),
        ("relevance", "r1.2"),
        ("relevance", "x"),
    ] {
        let query = [("sort", sort), ("cursor", cursor)].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let wanted = opportunities::Wanted::read(&query.into()).expect("a cursor is a text");
        let refused = opportunities::search(&desk.node, Reader::Everybody, &wanted);
        assert_eq!(
            refused.expect_err("refused").field.as_deref(),
            Some("cursor")
        );
    }
}

#[test]
fn records_of_every_kind_are_found_by_their_words() {
    let desk = Desk::new();
    desk.publish(&[titled("en", "Lanterns")]);
    let found = |q: &str, kind: &str| -> Found {
        let wanted = opportunities::Wanted {
            q: q.to_owned(),
            ..opportunities::Wanted::default()
        };
        opportunities::of_kind(&desk.node, Reader::Everybody, kind, &wanted).expect("an answer")
    };
    assert_eq!(found("lantern", "opportunity").total, 1);
    assert_eq!(found("lantern", "session").total, 0);
    assert_eq!(found("бұлақ", "organisation").rows[0].kind, "organisation");
    assert_eq!(found("", "log").total, 1);
}
