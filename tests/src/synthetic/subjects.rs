//! Subjects of invented records, one function a kind.

use erikti_protocol::id::{OrgId, RecordId};
use serde_json::{Map, Value, json};

use super::texts::Tongue;
use super::{Chance, Set};

/// What the subjects of one record are made of.
pub(super) struct Writer<'a> {
    pub(super) chance: &'a mut Chance,
    pub(super) tongue: &'static Tongue,
    pub(super) set: Set,
    pub(super) organisation: &'a OrgId,
    pub(super) country: &'static [&'static str; 3],
    pub(super) day: String,
}

/// Things that an organisation's other records name, so that they repeat as in life.
const POOL: u64 = 400;

impl Writer<'_> {
    pub(super) fn opportunity(&mut self) -> Map<String, Value> {
        let title = self.chance.pick(&self.tongue.deeds);
        object(json!({
            "title": {self.tongue.tag: title},
            "description": {self.tongue.tag: self.sentences()},
            "place": self.place(),
            "capacity": self.chance.below(60) + 2,
            "languages": [self.tongue.tag],
        }))
    }

    pub(super) fn session(&mut self) -> Map<String, Value> {
        let hour = self.chance.below(10) + 8;
        let minute = self.chance.pick(&["00", "15", "30"]);
        let end = hour + 1 + self.chance.below(4);
        let capacity = self.chance.below(60) + 2;
        let zone = match self.set {
            Set::Training => ["Asia/Almaty", "Asia/Omsk", "Europe/London"],
            Set::Bench => ["Asia/Aqtobe", "Asia/Yekaterinburg", "Europe/Dublin"],
        };
        object(json!({
            "opportunity": self.thing().to_string(),
            "start": format!("{}T{hour:02}:{minute}:00", self.day),
            "end": format!("{}T{end:02}:{minute}:00", self.day),
            "timeZone": self.chance.pick(&zone),
            "status": "scheduled",
            "attendance": "in_person",
            "place": self.place(),
            "capacity": capacity,
            "remaining": self.chance.below(capacity),
        }))
    }

    pub(super) fn service(&mut self) -> Map<String, Value> {
        object(json!({
            "id": self.person().to_string(),
        }))
    }

    pub(super) fn credential(&mut self) -> Map<String, Value> {
        object(json!({
            "id": self.person().to_string(),
        }))
    }

    pub(super) fn credential_extra(&mut self) -> Map<String, Value> {
        let name = self.chance.pick(&self.tongue.roles);
        object(json!({"name": name}))
    }

    fn sentences(&mut self) -> String {
        let count = 2 + self.chance.below(3);
        let sentences: Vec<_> = (0..count)
            .map(|_| self.chance.pick(&self.tongue.sentences))
            .collect();
        sentences.join(" ")
    }

    fn place(&mut self) -> Value {
        let [country, regions @ ..] = self.country;
        json!({
            "locality": self.chance.pick(&self.tongue.places),
            "region": self.chance.pick(regions),
            "country": country,
            "latitude": format!("{}.{:04}", 40 + self.chance.below(15), self.chance.below(10_000)),
            "longitude": format!("{}.{:04}", 50 + self.chance.below(40), self.chance.below(10_000)),
        })
    }

    /// One of the organisation's opportunities.
    fn thing(&mut self) -> RecordId {
        let number = self.chance.below(POOL).to_string();
        RecordId::imported(self.organisation, "things", &number)
    }

    /// One of the organisation's volunteers.
    fn person(&mut self) -> RecordId {
        let number = self.chance.below(POOL).to_string();
        let digest = RecordId::imported(self.organisation, "people", &number);
        RecordId::v4(*digest.as_bytes())
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => unreachable!("every subject above is written as an object"),
    }
}
