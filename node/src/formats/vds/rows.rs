//! One activity into an opportunity, one session into a session.

use erikti_protocol::{
    id::RecordId,
    kind::{opportunity, session},
};
use serde_json::{Map, Value};

use super::{
    Reader,
    members::{Member, Node, found, items, member, reference},
};
use crate::formats::{
    ImportedThing, Rejection, cell::clock_time, mapping::SOURCE_CHARS_MAX, shown,
};

/// What imported ids are derived from, beside the organisation and the thing's own id: never to be changed.
const SOURCE: &str = "https://ns.volunteeringdata.io/";
/// The source's name when the file's context has no base address.
const SOURCE_NAME: &str = "Volunteering Data Standard";

const ACTIVITY: &[Member] = &[
    member(&["title", "label", "name"], "title"),
    member(&["description"], "description"),
    member(&["allowsremoteparticipation"], "allowsRemoteParticipation"),
    member(
        &["requiresemergencyparticipation"],
        "requiresEmergencyParticipation",
    ),
    member(&["applylink"], "applyLink"),
    member(&["image"], "image"),
    member(&["publishstart", "publishstartdate"], "publishStart"),
    member(&["publishend", "publishenddate"], "publishEnd"),
    member(&["cause"], "causes"),
    member(&["minimumage"], "minimumAge"),
    member(&["maximumage"], "maximumAge"),
    member(&["commitment"], "commitment"),
    member(&["requirement"], "requirements"),
    member(&["skill"], "skills"),
    member(&["reward"], "rewards"),
    member(&["accessibility"], "accessibility"),
];
/// Members of an activity that are read one by one.
const ACTIVITY_OTHERS: &[&str] = &["id", "type", "organisation", "role", "session"];

const ROLE: &[Member] = &[
    member(&["allowsremoteparticipation"], "allowsRemoteParticipation"),
    member(&["applylink"], "applyLink"),
    member(&["minimumage"], "minimumAge"),
    member(&["maximumage"], "maximumAge"),
    member(&["commitment"], "commitment"),
    member(&["requirement"], "requirements"),
    member(&["skill"], "skills"),
    member(&["reward"], "rewards"),
    member(&["accessibility"], "accessibility"),
];
const ROLE_OTHERS: &[&str] = &["type", "activity", "title", "label", "name", "description"];

const ORGANISATION: &[Member] = &[
    member(&["id"], "organiser.sourceId"),
    member(&["name", "title", "label"], "organiser.name"),
    member(&["website", "url"], "organiser.url"),
];
const ORGANISATION_OTHERS: &[&str] = &["type", "activity"];

const SESSION: &[Member] = &[
    member(&["applylink"], "applyLink"),
    member(&["title", "label", "name"], "name"),
];
const SESSION_OTHERS: &[&str] = &["id", "type", "activity", "location", "time"];

const LOCATION: &[Member] = &[
    member(&["name", "title", "label"], "place.name"),
    member(&["address"], "place.address"),
    member(&["latitude"], "place.latitude"),
    member(&["longitude"], "place.longitude"),
    member(&["locationtype"], "attendance"),
];
const LOCATION_OTHERS: &[&str] = &["type", "session"];

/// Spellings of a session's beginning and end.
const BEGIN: &[&str] = &[
    "begining",
    "beginning",
    "begin",
    "start",
    "hasbeginning",
    "startdate",
];
const END: &[&str] = &["end", "hasend", "enddate"];
const TIME_OTHERS: &[&str] = &["type", "session"];

impl<'a> Reader<'a> {
    /// Reads an activity with its roles and its organisation.
    pub(super) fn opportunity(
        &mut self,
        row: usize,
        node: &Node<'a>,
        organisation: Option<&'a Map<String, Value>>,
    ) -> Result<ImportedThing, Rejection> {
        let kind = &opportunity::KIND;
        let id = own_id(row, node)?.ok_or_else(|| {
            node.reject(
                row,
                "id",
                "nothing",
                "expected an id, so that a later import finds the same activity",
            )
        })?;
        let mut subject = Map::new();
        self.filler
            .fill(row, kind, &mut subject, node, ACTIVITY, ACTIVITY_OTHERS)?;
        let (name, roles) = node.items(&["role"]);
        for (number, role) in roles.into_iter().enumerate() {
            let at = node.within(&format!("{name}.{number}"));
            let map = self.resolve(role).ok_or_else(|| {
                Rejection::new(
                    row,
                    &at,
                    &shown(role),
                    "expected a role, or the id of one in this file",
                )
            })?;
            let role = Node::new(map, &at, "activity.role");
            self.role(row, &role, &mut subject)?;
        }
        self.organiser(row, node, organisation, &mut subject)?;
        self.finish(row, node, kind, id, self.iri(id), subject)
    }

    /// What a role says belongs to its activity's opportunity; roles that contradict each other cannot be one.
    fn role(
        &mut self,
        row: usize,
        role: &Node<'_>,
        subject: &mut Map<String, Value>,
    ) -> Result<(), Rejection> {
        let before = subject.clone();
        self.filler
            .fill(row, &opportunity::KIND, subject, role, ROLE, ROLE_OTHERS)?;
        // An opportunity has no roles of its own, so what they are called and ask for stands below its description.
        for names in [&["title", "label", "name"][..], &["description"]] {
            if let Some((name, value)) = role.get(names) {
                self.filler
                    .append(&opportunity::KIND, subject, "description", value)
                    .map_err(|fault| Rejection {
                        field: role.within(name),
                        ..Rejection::of(row, fault)
                    })?;
            }
        }
        for (field, value) in before {
            if !value.is_array() && field != "description" && subject.get(&field) != Some(&value) {
                let reason = format!(
                    "expected {}, which another role or the activity itself says",
                    shown(&value)
                );
                return Err(role.reject(row, &field, &found(subject.get(&field)), &reason));
            }
        }
        Ok(())
    }

    fn organiser(
        &mut self,
        row: usize,
        node: &Node<'a>,
        around: Option<&'a Map<String, Value>>,
        subject: &mut Map<String, Value>,
    ) -> Result<(), Rejection> {
        let kind = &opportunity::KIND;
        let named = node.get(&["organisation"]);
        let map = around.or_else(|| named.and_then(|(_, value)| self.resolve(value)));
        if let Some(map) = map {
            let organisation = Node::new(map, &node.within("organisation"), "organisation");
            return self.filler.fill(
                row,
                kind,
                subject,
                &organisation,
                ORGANISATION,
                ORGANISATION_OTHERS,
            );
        }
        let Some((name, value)) = named else {
            return Ok(());
        };
        let id = reference(value).ok_or_else(|| {
            node.reject(
                row,
                name,
                &shown(value),
                "expected an organisation, or the id of one",
            )
        })?;
        kind.set_text(subject, "organiser.sourceId", id)
            .map_err(|fault| Rejection {
                field: node.within(name),
                ..Rejection::of(row, fault)
            })
    }

    /// Reads a session with its place and time. `own` is its id when it has none.
    pub(super) fn session(
        &mut self,
        row: usize,
        node: &Node<'a>,
        opportunity: RecordId,
        own: Option<String>,
    ) -> Result<ImportedThing, Rejection> {
        let kind = &session::KIND;
        let id = own_id(row, node)?;
        let source_id = id.map(|id| self.iri(id)).or(own).ok_or_else(|| {
            node.reject(
                row,
                "id",
                "nothing",
                "expected an id, so that a later import finds the same session",
            )
        })?;
        let mut subject = Map::from_iter([(
            "opportunity".to_owned(),
            Value::from(opportunity.to_string()),
        )]);
        self.filler
            .fill(row, kind, &mut subject, node, SESSION, SESSION_OTHERS)?;
        if let Some(location) = self.only(row, node, "location")? {
            self.filler.fill(
                row,
                kind,
                &mut subject,
                &location,
                LOCATION,
                LOCATION_OTHERS,
            )?;
            if drop_null_island(&mut subject) {
                self.filler.ignore("session.location", NULL_ISLAND);
            }
        }
        self.time(row, node, &mut subject)?;
        let shown_id = id.map_or_else(|| source_id.clone(), str::to_owned);
        self.finish(row, node, kind, &shown_id, source_id, subject)
    }

    fn time(
        &mut self,
        row: usize,
        node: &Node<'a>,
        subject: &mut Map<String, Value>,
    ) -> Result<(), Rejection> {
        const WANTED: &str = "expected a day and a time, such as `begining` 2026-12-05T09:00:00";
        let Some(time) = self.only(row, node, "time")? else {
            return Err(node.reject(row, "time", "nothing", WANTED));
        };
        let (name, begin) = time
            .get(BEGIN)
            .ok_or_else(|| node.reject(row, "time", "nothing", WANTED))?;
        let mut zones = Vec::new();
        for (field, member) in [("start", Some((name, begin))), ("end", time.get(END))] {
            let Some((name, value)) = member else {
                continue;
            };
            let text =
                instant(value).ok_or_else(|| time.reject(row, name, &shown(value), WANTED))?;
            let (clock, zone) = clock_time(text)
                .map_err(|wanted| time.reject(row, name, text, &format!("expected {wanted}")))?;
            subject.insert(field.to_owned(), Value::String(clock));
            zones.push((name, text, zone));
        }
        if let [(.., first), (name, text, second)] = &zones[..]
            && first != second
        {
            return Err(time.reject(
                row,
                name,
                text,
                "expected the same offset from UTC as the beginning has",
            ));
        }
        if let Some((.., Some(zone))) = zones.first() {
            subject.insert("timeZone".to_owned(), Value::from(zone.as_str()));
        }
        let read = |plain: &str| {
            BEGIN.contains(&plain) || END.contains(&plain) || TIME_OTHERS.contains(&plain)
        };
        for name in time
            .names()
            .filter(|(plain, _)| !read(plain))
            .map(|(_, name)| name)
        {
            self.filler.ignore("session.time", name);
        }
        Ok(())
    }

    /// The one object that a session has under this name, or none.
    fn only(
        &self,
        row: usize,
        node: &Node<'a>,
        name: &'static str,
    ) -> Result<Option<Node<'a>>, Rejection> {
        let class = if name == "time" {
            "session.time"
        } else {
            "session.location"
        };
        let (spelt, values) = node.items(&[name]);
        match values[..] {
            [] => Ok(None),
            [value] => match self.resolve(value) {
                Some(map) => Ok(Some(Node::new(
                    map,
                    &node.within(&format!("{spelt}.0")),
                    class,
                ))),
                None => {
                    let reason = format!(
                        "expected an object, or the id of one in this file: a {name} by name alone says too little"
                    );
                    Err(node.reject(row, spelt, &shown(value), &reason))
                }
            },
            _ => {
                let found = format!("{} of them", values.len());
                Err(node.reject(
                    row,
                    spelt,
                    &found,
                    "expected one: what takes place more than once is more than one session",
                ))
            }
        }
    }

    fn finish(
        &self,
        row: usize,
        node: &Node<'_>,
        kind: &'static erikti_protocol::kind::Kind,
        id: &str,
        source_id: String,
        mut subject: Map<String, Value>,
    ) -> Result<ImportedThing, Rejection> {
        let host = self
            .base
            .split("//")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let name = host.filter(|host| !host.is_empty()).unwrap_or(SOURCE_NAME);
        let license = self
            .license
            .as_deref()
            .map(|license| ("source.license", license));
        for (field, text) in [("source.name", name), ("source.id", id)]
            .into_iter()
            .chain(license)
        {
            kind.set_text(&mut subject, field, text)
                .map_err(|fault| Rejection::of(row, fault))?;
        }
        self.collector
            .thing(row, kind, SOURCE, &source_id, subject)
            .map_err(|fault| {
                let field = node.within(&fault.field);
                Rejection {
                    field,
                    ..Rejection::of(row, fault)
                }
            })
    }
}

/// A node's own id, if it has one; an id that is no text is worse than none.
fn own_id<'a>(row: usize, node: &Node<'a>) -> Result<Option<&'a str>, Rejection> {
    let Some((name, value)) = node.get(&["id"]) else {
        return Ok(None);
    };
    let id = value
        .as_str()
        .map(str::trim)
        .filter(|id| id.chars().count() <= SOURCE_CHARS_MAX);
    match id {
        Some(id) => Ok(Some(id)),
        None => Err(node.reject(
            row,
            name,
            &shown(value),
            &format!("expected a text of at most {SOURCE_CHARS_MAX} characters"),
        )),
    }
}

/// The text of a time: as it is, as a typed value, or as an instant of OWL-Time.
fn instant(value: &Value) -> Option<&str> {
    const WITHIN: [&str; 6] = [
        "@value",
        "value",
        "inXSDDateTimeStamp",
        "inXSDDateTime",
        "time:inXSDDateTimeStamp",
        "time:inXSDDateTime",
    ];
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => WITHIN
            .iter()
            .find_map(|name| map.get(*name))
            .and_then(instant),
        Value::Array(values) => match items(&Value::Array(values.clone())).len() {
            1 => values.iter().find_map(instant),
            _ => None,
        },
        _ => None,
    }
}

/// How coordinates that say nothing are listed among what was ignored.
const NULL_ISLAND: &str = "latitude and longitude 0";

/// Nobody volunteers at 0° 0°, in the sea off Ghana: it is what forms send when they know no coordinates.
fn drop_null_island(subject: &mut Map<String, Value>) -> bool {
    let Some(place) = subject.get_mut("place").and_then(Value::as_object_mut) else {
        return false;
    };
    let is_zero = |name: &str| {
        place
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| text.parse() == Ok(0.0))
    };
    if !(is_zero("latitude") && is_zero("longitude")) {
        return false;
    }
    place.remove("latitude");
    place.remove("longitude");
    if place.is_empty() {
        subject.remove("place");
    }
    true
}
