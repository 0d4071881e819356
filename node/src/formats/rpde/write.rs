//! Records into items: the words of the standard for everybody, our own fields beside them.

use erikti_protocol::field::LANGUAGE_UNKNOWN;
use erikti_protocol::id::{OrgId, RecordId};
use serde_json::{Map, Value, json};

use crate::formats::cell::with_offset;

use super::{ATTENDANCE_MODES, EVENT_STATES, Feed, SUBJECT, member};

/// An item that is there.
///
/// `zone`   a session's time zone, when its opportunity says one and it does not itself
pub fn updated(
    feed: Feed,
    number: u64,
    id: &RecordId,
    organisation: (&OrgId, &str),
    subject: &Map<String, Value>,
    zone: Option<&str>,
) -> Value {
    let data = match feed {
        Feed::Opportunities => activity(id, organisation, subject),
        Feed::Sessions => session(id, organisation, subject, zone),
    };
    json!({
        "state": "updated", "kind": feed.item_kind(), "id": id, "modified": number, "data": data,
    })
}

/// An item that is gone.
pub fn deleted(feed: Feed, number: u64, id: &RecordId) -> Value {
    json!({"state": "deleted", "kind": feed.item_kind(), "id": id, "modified": number})
}

/// Copies members that both sides know, each under its own name.
fn copy(to: &mut Map<String, Value>, from: &Map<String, Value>, members: &[(&str, &str)]) {
    for (name, path) in members {
        if let Some(value) = member(from, path) {
            to.insert((*name).to_owned(), value.clone());
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Words in languages as JSON-LD has them.
fn words(words: Option<&Value>) -> Option<Value> {
    let literal = |(language, text): (&String, &Value)| match language.as_str() {
        LANGUAGE_UNKNOWN => text.clone(),
        language => json!({"@value": text, "@language": language}),
    };
    let words: Vec<Value> = words?.as_object()?.iter().map(literal).collect();
    Some(Value::Array(words))
}

/// Words in the first language that they have, for standards that take one text.
fn one_text(words: Option<&Value>) -> Option<Value> {
    let words = words?.as_object()?;
    let known = ["en", "ru", "kk"];
    let first = known.iter().find_map(|language| words.get(*language));
    first.or_else(|| words.values().next()).cloned()
}

fn activity(
    id: &RecordId,
    (organisation, name): (&OrgId, &str),
    subject: &Map<String, Value>,
) -> Value {
    let mut data = object(json!({
        "@context": {
            "@vocab": "https://ns.volunteeringdata.io/", "id": "@id", "type": "@type", "erikti": "urn:erikti:v1:",
            "publisher": "http://purl.org/dc/terms/publisher", SUBJECT: {"@type": "@json"},
        },
        "id": id, "type": "Activity",
        "organisation": {"id": organisation, "type": "Organisation", "name": name},
        "publisher": {"id": organisation, "type": "Organisation", "name": name},
    }));
    for (name, path) in [("title", "title"), ("description", "description")] {
        if let Some(words) = words(member(subject, path)) {
            data.insert(name.to_owned(), words);
        }
    }
    let own = [
        ("allowsRemoteParticipation", "allowsRemoteParticipation"),
        (
            "requiresEmergencyParticipation",
            "requiresEmergencyParticipation",
        ),
        ("publishStart", "publishStart"),
        ("publishEnd", "publishEnd"),
        ("cause", "causes"),
        ("license", "license"),
    ];
    copy(&mut data, subject, &own);
    // What came from somebody else is under the licence that they gave it.
    if !data.contains_key("license") {
        copy(&mut data, subject, &[("license", "source.license")]);
    }
    let mut role = Map::new();
    let roles = [
        ("applyLink", "applyLink"),
        ("minimumAge", "minimumAge"),
        ("maximumAge", "maximumAge"),
        ("requirement", "requirements"),
        ("skill", "skills"),
        ("reward", "rewards"),
        ("accessibility", "accessibility"),
    ];
    copy(&mut role, subject, &roles);
    if let Some(words) = words(member(subject, "commitment")) {
        role.insert("commitment".to_owned(), words);
    }
    if !role.is_empty() {
        role.insert("type".to_owned(), json!("Role"));
        data.insert("role".to_owned(), json!([role]));
    }
    // Who organises may be somebody else than who published.
    if let Some(organiser) = member(subject, "organiser") {
        let names = [("id", "sourceId"), ("name", "name"), ("website", "url")];
        let mut organisation = object(json!({"type": "Organisation"}));
        copy(
            &mut organisation,
            organiser.as_object().unwrap_or(&Map::new()),
            &names,
        );
        data.insert("organisation".to_owned(), Value::Object(organisation));
    }
    data.insert(SUBJECT.to_owned(), Value::Object(subject.clone()));
    Value::Object(data)
}

fn session(
    id: &RecordId,
    (organisation, name): (&OrgId, &str),
    subject: &Map<String, Value>,
    zone: Option<&str>,
) -> Value {
    let zone = member(subject, "timeZone").and_then(Value::as_str).or(zone);
    let mut data = object(json!({
        "@context": ["https://openactive.io/", {"erikti": "urn:erikti:v1:", SUBJECT: {"@type": "@json"}}],
        "@type": "ScheduledSession", "@id": id, "identifier": id,
        "organizer": {"@type": "Organization", "@id": organisation, "name": name},
    }));
    let own = [
        ("superEvent", "opportunity"),
        ("maximumAttendeeCapacity", "capacity"),
        ("remainingAttendeeCapacity", "remaining"),
        ("inLanguage", "languages"),
        ("url", "applyLink"),
    ];
    copy(&mut data, subject, &own);
    for (name, path) in [
        ("startDate", "start"),
        ("endDate", "end"),
        ("previousStartDate", "previousStart"),
    ] {
        if let Some(clock) = member(subject, path).and_then(Value::as_str) {
            // Without a zone a clock time names no moment, so no offset is made up.
            let moment = zone.and_then(|zone| with_offset(clock, zone));
            data.insert(name.to_owned(), json!(moment.as_deref().unwrap_or(clock)));
        }
    }
    if let Some(zone) = zone {
        data.insert("scheduleTimezone".to_owned(), json!(zone));
    }
    for (name, path) in [("name", "name"), ("description", "note")] {
        if let Some(text) = one_text(member(subject, path)) {
            data.insert(name.to_owned(), text);
        }
    }
    let status = member(subject, "status").and_then(Value::as_str);
    let status = status.unwrap_or("scheduled");
    if let Some((_, word)) = EVENT_STATES.iter().find(|(ours, _)| *ours == status) {
        data.insert("eventStatus".to_owned(), json!(word));
    }
    let attendance = member(subject, "attendance").and_then(Value::as_str);
    let mut modes = ATTENDANCE_MODES.iter();
    if let Some((_, word)) = modes.find(|(ours, _)| Some(*ours) == attendance) {
        data.insert("eventAttendanceMode".to_owned(), json!(word));
    }
    if let Some(place) = member(subject, "place").and_then(Value::as_object) {
        data.insert("location".to_owned(), location(place));
    }
    data.insert(SUBJECT.to_owned(), Value::Object(subject.clone()));
    Value::Object(data)
}

fn location(place: &Map<String, Value>) -> Value {
    let mut location = object(json!({"@type": "Place"}));
    copy(
        &mut location,
        place,
        &[("name", "name"), ("description", "directions")],
    );
    let mut address = Map::new();
    let lines = [
        ("streetAddress", "address"),
        ("addressLocality", "locality"),
        ("addressRegion", "area"),
        ("postalCode", "postalCode"),
        ("addressCountry", "country"),
    ];
    copy(&mut address, place, &lines);
    if !address.is_empty() {
        address.insert("@type".to_owned(), json!("PostalAddress"));
        location.insert("address".to_owned(), Value::Object(address));
    }
    let degrees = |name| {
        let text = place.get(name)?.as_str()?;
        text.parse::<f64>().ok()
    };
    if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) {
        let geo = json!({"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude});
        location.insert("geo".to_owned(), geo);
    }
    Value::Object(location)
}
