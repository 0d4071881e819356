//! Activities with one object for each way in which one can be wrong, and the dirt that is read as it is meant.

use erikti_node::formats::{FormatFault, Import, vds};
use serde_json::{Value, json};

use super::{account, changed, organisation, rejections};

fn read(file: &Value) -> Import {
    let import = vds::read(file.to_string().as_bytes(), &organisation())
        .expect("it is a list of activities");
    account(&import);
    import
}

fn graph(nodes: &[Value]) -> Value {
    json!({"@context": {"@base": "https://data.example/", "@language": "en"}, "@graph": nodes})
}

/// An activity with one session of these members.
fn with_session(session: Value) -> Value {
    let mut session = session;
    session["id"] = json!("s");
    graph(&[json!({"id": "a", "type": "Activity", "title": "Plant trees", "session": session})])
}

fn time(begin: &str) -> Value {
    json!({"begining": begin})
}

const BEGIN: &str = "2026-12-05T09:00:00";

/// What becomes of the session: its field, what was found, and why.
fn refused(session: Value) -> (String, String, String) {
    let import = read(&with_session(session));
    assert_eq!(
        (import.things.len(), import.rejected.len()),
        (1, 1),
        "{:?}",
        import.rejected
    );
    let rejection = import
        .rejected
        .into_iter()
        .next()
        .expect("one was counted above");
    assert_eq!(rejection.row, 1);
    (rejection.field, rejection.found, rejection.reason)
}

#[test]
fn every_wrong_session_says_where_what_and_why() {
    let wanted = "expected a day and a time, such as `begining` 2026-12-05T09:00:00";
    let one = "expected one: what takes place more than once is more than one session";
    let by_name = |name: &str| {
        format!(
            "expected an object, or the id of one in this file: a {name} by name alone says too little"
        )
    };
    for (session, field, found, reason) in [
        (
            json!({"name": "First"}),
            "session.0.time",
            "nothing",
            wanted,
        ),
        (
            json!({"time": {"end": BEGIN}}),
            "session.0.time",
            "nothing",
            wanted,
        ),
        (
            json!({"time": "https://ns.volunteeringdata.io/MondayMorning"}),
            "session.0.time",
            "https://ns.volunteeringdata.io/MondayMorning",
            &by_name("time"),
        ),
        (
            json!({"time": [time(BEGIN), time(BEGIN)]}),
            "session.0.time",
            "2 of them",
            one,
        ),
        (
            json!({"time": time("2026-02-30T09:00:00")}),
            "session.0.time.0.begining",
            "2026-02-30T09:00:00",
            "expected a day and a time such as `2026-12-05T09:00:00`",
        ),
        (
            json!({"time": time("2026-12-05")}),
            "session.0.time.0.begining",
            "2026-12-05",
            "expected a day and a time such as `2026-12-05T09:00:00`",
        ),
        (
            json!({"time": {"begining": BEGIN, "end": "2026-12-05T08:00:00"}}),
            "session.0.end",
            "2026-12-05T08:00:00",
            "expected not before `start`, which is 2026-12-05T09:00:00",
        ),
        (
            json!({"time": {"begining": "2026-12-05T09:00:00Z", "end": "2026-12-05T19:00:00+05:00"}}),
            "session.0.time.0.end",
            "2026-12-05T19:00:00+05:00",
            "expected the same offset from UTC as the beginning has",
        ),
        (
            json!({"time": time(BEGIN), "location": "Park"}),
            "session.0.location",
            "Park",
            &by_name("location"),
        ),
        (
            json!({"time": time(BEGIN), "location": [{"name": "a", "id": "1"}, {"name": "b", "id": "2"}]}),
            "session.0.location",
            "2 of them",
            one,
        ),
        (
            json!({"time": time(BEGIN), "location": {"id": "l", "locationType": "By boat"}}),
            "session.0.location.0.locationType",
            "By boat",
            "expected one of `in_person`, `remote`, `mixed`",
        ),
        (
            json!({"time": time(BEGIN), "applyLink": "javascript:alert(1)"}),
            "session.0.applyLink",
            "javascript:alert(1)",
            "expected an http, https or mailto address of at most 2000 characters",
        ),
        (
            json!({"time": time(BEGIN), "applyLink": ["https://a.example", "https://b.example"]}),
            "session.0.applyLink",
            "2 items",
            "expected one value",
        ),
    ] {
        let said = refused(session.clone());
        assert_eq!(
            (said.0.as_str(), said.1.as_str(), said.2.as_str()),
            (field, found, reason),
            "{session}"
        );
    }
    let (field, found, _) =
        refused(json!({"time": time(BEGIN), "location": {"latitude": 91, "longitude": 7}}));
    assert_eq!(
        (field.as_str(), found.as_str()),
        ("session.0.location.0.latitude", "91")
    );
    let (field, found, _) =
        refused(json!({"time": time(BEGIN), "location": {"id": "l", "latitude": 51.5}}));
    assert_eq!(
        (field.as_str(), found.as_str()),
        ("session.0.place.longitude", "nothing")
    );
}

#[test]
fn every_wrong_activity_says_where_what_and_why_and_takes_its_sessions_along() {
    let session = json!([{"id": "s", "time": time(BEGIN)}]);
    let import = read(&graph(&[
        json!({"type": "Activity", "title": "No id", "session": session}),
        json!({"id": "b", "type": "Activity", "title": "", "session": session}),
        json!({"id": "c", "type": "Activity", "title": "Role", "role": [{"minimumAge": "16"}, {"minimumAge": "18"}]}),
        json!({"id": "d", "type": "Activity", "title": "Age", "minimumAge": "18+"}),
        json!({"id": "e", "type": "Activity", "title": "Twice"}),
        json!({"id": "e", "type": "Activity", "title": "Twice", "session": session}),
        json!({"id": "f", "type": "Job", "title": "Other type"}),
        json!("a text"),
        json!({"id": 7, "type": "Activity", "title": "Number"}),
        json!({"id": "g", "type": "Activity", "title": "Refers", "session": ["nowhere"]}),
        json!({"id": "h", "type": "Session", "time": time(BEGIN)}),
        json!({"id": "i", "type": "Session", "activity": "nowhere", "time": time(BEGIN)}),
        json!({"id": "j", "type": "Session", "activity": "b", "time": time(BEGIN)}),
    ]));
    let again = "expected an id, so that a later import finds the same activity";
    let rejected = "its activity was rejected";
    let types = "expected an object whose type is Activity, Session or Organisation";
    assert_eq!(
        rejections(&import),
        [
            (1, "id", "nothing", again),
            (1, "session.0", "s", rejected),
            (
                2,
                "title",
                "nothing",
                "expected one line of 1 to 500 characters in each language"
            ),
            (2, "session.0", "s", rejected),
            (
                3,
                "role.1.minimumAge",
                "18",
                "expected 16, which another role or the activity itself says"
            ),
            (
                4,
                "minimumAge",
                "18+",
                "expected a whole number from 0 to 120"
            ),
            (
                6,
                "id",
                "https://data.example/e",
                "row 5 has this id already"
            ),
            (6, "session.0", "s", rejected),
            (7, "type", "Job", types),
            (8, "type", "nothing", types),
            (9, "id", "7", "expected a text of at most 128 characters"),
            (
                10,
                "session.0",
                "nowhere",
                "expected a session, or the id of one in this file"
            ),
            (
                11,
                "activity",
                "nothing",
                "expected the activity that the session belongs to"
            ),
            (
                12,
                "activity",
                "nowhere",
                "no activity in this file has this id"
            ),
            (13, "activity", "b", "this activity was rejected"),
        ]
    );
    assert_eq!(import.things.len(), 2);
}

#[test]
fn dirt_is_read_as_it_is_meant() {
    let clean = read(&graph(&[json!({
        "id": "a", "type": "Activity", "title": "Tea & cake", "description": "Bring\nfriends’ cups",
        "applyLink": "https://a.example/1", "session": [{"id": "s", "applyLink": "https://a.example/1",
            "location": {"address": "Park 1"}, "time": {"beginning": BEGIN}}],
    })]));
    let dirty = read(&graph(&[json!({
        "@id": "a", "@type": ["Thing", "https://ns.volunteeringdata.io/Activity"], "label": [" Tea &amp; cake\r\n"], "image": "", "cause": [],
        "description": {"@value": "Bring\r\nfriends&rsquo; cups\r", "@language": "EN"}, "applylink": "https://a.example/1", "session": {"id": "s",
            "applylink": "https://a.example/1", "location": [{"name": "", "address": "Park&nbsp;1", "latitude": 0.0, "longitude": 0}],
            "time": [{"Begining": "2026-12-05 09:00"}]},
    })]));
    assert_eq!(rejections(&dirty), []);
    let place = &dirty.things[1].subject["place"];
    assert_eq!(place["address"], "Park\u{a0}1");
    assert_eq!(place.get("latitude"), None);
    assert_eq!(
        dirty.ignored_columns,
        ["session.location.latitude and longitude 0"]
    );
    assert_eq!(dirty.things[0].subject, clean.things[0].subject);
    assert_eq!(
        changed(&clean, &dirty),
        1,
        "the address alone, which has a blank that does not break"
    );
}

#[test]
fn coordinates_keep_as_many_places_as_the_field_and_no_exponent() {
    let place = |latitude: f64, longitude: f64| {
        let file = with_session(
            json!({"time": time(BEGIN), "location": {"latitude": latitude, "longitude": longitude}}),
        );
        read(&file).things[1].subject["place"].clone()
    };
    assert_eq!(
        place(55.8088, -4.0),
        json!({"latitude": "55.8088", "longitude": "-4"})
    );
    assert_eq!(
        place(-1.572_567_482_711_788_6, 0.0),
        json!({"latitude": "-1.572567482711789", "longitude": "0"})
    );
    assert_eq!(
        place(10.0, -1e-20),
        json!({"latitude": "10", "longitude": "0"})
    );
    assert_eq!(
        place(0.000_000_1, 1e-20),
        json!({"latitude": "0.0000001", "longitude": "0"})
    );
}

#[test]
fn an_offset_becomes_a_time_zone() {
    let import = read(&with_session(
        json!({"time": {"hasBeginning": {"inXSDDateTimeStamp": "2026-12-05T09:00:00+05:00"}}}),
    ));
    assert_eq!(import.things[1].subject["start"], BEGIN);
    assert_eq!(import.things[1].subject["timeZone"], "Etc/GMT-5");
}

#[test]
fn roles_organisations_and_references_within_the_file_are_read() {
    let import = read(&json!({
        "@context": "https://api.example/context/v1",
        "license": "CC-BY-4.0",
        "modified": "2026-03-23",
        "graph": [
            {"type": "Organisation", "id": "https://data.example/o", "name": "Under One Roof", "website": "https://roof.example/", "charityNumber": "1",
                "activity": [{"id": "https://data.example/a", "title": "Help",
                    "description": "We serve food.", "organisation": "https://data.example/o",
                    "role": [{"title": "Cook", "description": "Cooks.", "minimumAge": "16", "skill": ["Cooking"]}, "https://data.example/r"],
                    "session": ["https://data.example/s"]}]},
            {"type": "Role", "id": "https://data.example/r", "title": "Waiter", "minimumAge": 16, "skill": ["https://skills.example/serving"], "vehicle": "no"},
            {"type": "Session", "id": "https://data.example/s", "activity": "https://data.example/a", "time": time(BEGIN), "location": "https://data.example/l"},
            {"type": "Session", "id": "https://data.example/t", "activity": "https://data.example/a", "time": time(BEGIN)},
            {"type": "Location", "id": "https://data.example/l", "name": "The Hub"},
        ],
    }));
    assert_eq!(rejections(&import), []);
    assert_eq!(
        import
            .things
            .iter()
            .map(|thing| (thing.row, thing.kind))
            .collect::<Vec<_>>(),
        [(1, "opportunity"), (1, "session"), (4, "session")]
    );
    let subject = &import.things[0].subject;
    assert_eq!(
        subject["description"],
        json!({"und": "We serve food.\n\nCook\n\nCooks.\n\nWaiter"})
    );
    assert_eq!(subject["minimumAge"], 16);
    assert_eq!(
        subject["skills"],
        json!([
            "https://ns.volunteeringdata.io/Cooking",
            "https://skills.example/serving"
        ])
    );
    assert_eq!(
        subject["organiser"],
        json!({"sourceId": "https://data.example/o", "name": "Under One Roof", "url": "https://roof.example/"})
    );
    assert_eq!(
        subject["source"]["license"],
        "https://spdx.org/licenses/CC-BY-4.0"
    );
    assert_eq!(
        import.things[1].subject["place"],
        json!({"name": "The Hub"})
    );
    assert_eq!(
        import.ignored_columns,
        [
            "activity.role.id",
            "activity.role.vehicle",
            "modified",
            "organisation.charityNumber",
            "session.location.id"
        ]
    );
}

#[test]
fn sessions_without_ids_are_told_apart_by_their_place_in_the_list() {
    let file = |second: &str| {
        graph(&[
            json!({"id": "a", "type": "Activity", "title": "Plant trees",
            "session": [{"time": time(BEGIN)}, {"time": time(second)}]}),
        ])
    };
    let first = read(&file("2026-12-06T09:00:00"));
    assert_eq!(
        first.things[2].source_id,
        "https://data.example/a/session/2"
    );
    assert_eq!(changed(&first, &read(&file("2026-12-07T09:00:00"))), 1);
}

#[test]
fn one_activity_alone_is_a_file_and_other_json_is_not() {
    let alone = json!({"type": "Activity", "id": "https://data.example/a", "title": "Plant trees", "colour": "green"});
    let import = read(&alone);
    assert_eq!(
        (import.things.len(), import.ignored_columns),
        (1, vec!["activity.colour".to_owned()])
    );
    for other in ["{}", "3", "{\"@graph\": 3}", "{\"title\": \"x\"}"] {
        let refused = vds::read(other.as_bytes(), &organisation());
        assert!(
            matches!(refused, Err(FormatFault::NotVds { .. })),
            "{other}: {refused:?}"
        );
    }
    for broken in ["", "{\"@graph\": [}", "{\"a\": 1, \"a\": 2}", "[1,]"] {
        let refused = vds::read(broken.as_bytes(), &organisation());
        assert!(
            matches!(refused, Err(FormatFault::Json(_))),
            "{broken}: {refused:?}"
        );
    }
}

#[test]
fn no_changed_byte_breaks_the_reader() {
    let file = with_session(json!({
        "time": {"begining": BEGIN, "end": "2026-12-05T12:00:00+05:00"},
        "location": {"id": "l", "address": "Park&nbsp;1", "latitude": 51.5, "longitude": -0.1, "locationType": "Remote"},
    }));
    let bytes = file.to_string().into_bytes();
    let mut imported = 0;
    for at in 0..bytes.len() {
        for byte in [b'0', b'"', b':', b'[', b'+', b' ', 0xd2] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            if let Ok(import) = vds::read(&changed, &organisation()) {
                account(&import);
                imported += import.things.len();
            }
        }
    }
    assert!(
        imported > bytes.len(),
        "many of the changed files still say something: {imported}"
    );
}
