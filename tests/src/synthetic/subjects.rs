//! Subjects of invented records, one function a kind.

use erikti_protocol::id::{OrgId, RecordId};
use serde_json::{Map, Value, json};

use super::Set;
use super::texts::Tongue;
use crate::chance::Chance;

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
const SECTORS: [&str; 7] = ["A30", "B10", "C20", "D10", "E10", "F10", "G20"];
const VOLUNTEERS: &str = "volunteers";
const COORDINATORS: &str = "coordinators";

impl Writer<'_> {
    pub(super) fn opportunity(&mut self) -> Map<String, Value> {
        let capacity = self.chance.below(60) + 2;
        let mut subject = object(json!({
            "title": {self.tongue.tag: self.chance.pick(&self.tongue.deeds)},
            "description": {self.tongue.tag: self.sentences()},
            "status": "open",
            "sectors": [self.chance.pick(&SECTORS)],
            "sdg": [self.chance.pick(&["3", "4.1", "10", "11", "13", "15.2", "17"])],
            "recurrence": self.chance.pick(&["onetime", "recurring", "ongoing"]),
            "startDate": self.day,
            "place": self.place(),
            "capacity": capacity,
            "minimumAge": self.chance.pick(&[14, 16, 18]),
            "hazardClass": self.chance.pick(&["none", "low", "medium"]),
            "timeBasisAllowed": ["own_unpaid", "employer_paid_time"],
            "languages": [self.tongue.tag],
        }));
        if self.chance.below(2) == 0 {
            subject.insert("remaining".to_owned(), self.chance.below(capacity).into());
            subject.insert("applyLink".to_owned(), self.link("apply").into());
        }
        subject
    }

    pub(super) fn session(&mut self) -> Map<String, Value> {
        let (start, end) = self.hours();
        let capacity = self.chance.below(60) + 2;
        let zones = match self.set {
            Set::Training => ["Asia/Almaty", "Asia/Omsk", "Europe/London"],
            Set::Bench => ["Asia/Aqtobe", "Asia/Yekaterinburg", "Europe/Dublin"],
        };
        let mut subject = object(json!({
            "opportunity": self.thing().to_string(),
            "start": format!("{}T{start}:00", self.day),
            "end": format!("{}T{end}:00", self.day),
            "timeZone": self.chance.pick(&zones),
            "status": "scheduled",
            "attendance": "in_person",
            "place": self.place(),
            "capacity": capacity,
            "remaining": self.chance.below(capacity),
        }));
        if self.chance.below(3) == 0 {
            let note = json!({self.tongue.tag: self.chance.pick(self.tongue.sentences)});
            subject.insert("note".to_owned(), note);
        }
        subject
    }

    pub(super) fn service(&mut self) -> Map<String, Value> {
        let (start, end) = self.hours();
        let person = self.person(VOLUNTEERS).to_string();
        let mut subject = object(json!({
            "id": person,
            "opportunity": self.thing().to_string(),
            "from": self.day,
            "until": self.day,
            "startTime": start,
            "endTime": end,
            "minutes": 15 * (self.chance.below(4) + 1),
            "timeBasis": self.chance.pick(&["own_unpaid", "own_unpaid", "employer_paid_time"]),
            "beneficiaryRelation": "unrelated",
            "form": "organisation_based",
            "institutionalSector": self.chance.pick(&["nonprofit", "government"]),
            "occupation": self.chance.pick(&["9214", "5311", "2359", "3412", "4225"]),
            "industry": self.chance.pick(&["8130", "8810", "8510", "9499"]),
            "sector": self.chance.pick(&SECTORS),
            "timeUse": "52",
            "settlement": self.chance.pick(&["urban", "rural"]),
            "role": {self.tongue.tag: self.chance.pick(&self.tongue.roles)},
            "assurance": "one_sided",
        }));
        if self.chance.below(2) == 0 {
            subject.insert("assurance".to_owned(), "two_sided".into());
            subject.insert("claimedBy".to_owned(), person.into());
            let confirmed_by = self.person(COORDINATORS).to_string();
            subject.insert("confirmedBy".to_owned(), confirmed_by.into());
        }
        subject
    }

    pub(super) fn credential(&mut self) -> Map<String, Value> {
        let achievement = self.link("achievements");
        let role = self.chance.pick(&self.tongue.roles);
        object(json!({
            "id": self.person(VOLUNTEERS).to_string(),
            "type": ["AchievementSubject"],
            "role": role,
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "achievementType": self.chance.pick(&["CommunityService", "Certificate"]),
                "name": self.chance.pick(&self.tongue.deeds),
                "description": self.chance.pick(self.tongue.sentences),
                "criteria": {"narrative": self.chance.pick(self.tongue.sentences)},
                "inLanguage": self.tongue.tag,
            },
        }))
    }

    pub(super) fn credential_extra(&mut self) -> Map<String, Value> {
        object(json!({
            "name": self.chance.pick(&self.tongue.deeds),
            "awardedDate": format!("{}T12:00:00Z", self.day),
        }))
    }

    /// When on a day something begins and ends: at least an hour apart.
    fn hours(&mut self) -> (String, String) {
        let start = self.chance.below(10) + 8;
        let end = start + 1 + self.chance.below(4);
        let minute = self.chance.pick(&["00", "15", "30"]);
        (format!("{start:02}:{minute}"), format!("{end:02}:{minute}"))
    }

    fn link(&mut self, what: &str) -> String {
        let host = match self.set {
            Set::Training => "volunteers.example",
            Set::Bench => "helpers.example",
        };
        let (organisation, number) = (self.organisation.short(), self.chance.below(POOL));
        format!("https://{organisation}.{host}/{what}/{number}")
    }

    fn sentences(&mut self) -> String {
        let count = 2 + self.chance.below(3);
        let sentences: Vec<_> = (0..count)
            .map(|_| self.chance.pick(self.tongue.sentences))
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

    /// One of the organisation's people.
    fn person(&mut self, group: &str) -> RecordId {
        let number = self.chance.below(POOL).to_string();
        let digest = RecordId::imported(self.organisation, group, &number);
        RecordId::v4(*digest.as_bytes())
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => unreachable!("every subject above is written as an object"),
    }
}
