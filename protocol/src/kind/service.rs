//! Hours that a volunteer gave, as the organisation that was there states them.
//!
//! Shape    `{"id": pseudonym, "from": date, "until": date, "minutes": 1..=44640, "timeBasis": …, "form": …, …}`
//! Units    whole minutes without breaks; civil dates of the place, both ends included
//! Limits   at most 31 days and the minutes that fit into them; the person is a pseudonym
//! Source   ILO Manual on the Measurement of Volunteer Work (2011) and the 19th ICLS definition; ISCO-08, ISIC Rev. 4,
//!          ICNP/TSO, ICATUS 2016, ISCED 2011

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, rule};
use crate::field::{Code, FieldFault, text3};
use crate::log::Class;

mod choices;
mod fields;

pub use choices::{
    AGE_GROUPS, ASSURANCES, FORMS, INSTITUTIONAL_SECTORS, RELATIONS, SETTLEMENTS, SEXES,
    TIME_BASES,
};

/// The kind.
pub static KIND: Kind = Kind {
    name: "service",
    type_name: "Service",
    class: Class::Record,
    context: None,
    author: Author::Role(Role::Host),
    readers_default: ReadersDefault::Network,
    label: text3("Еріктілік сағаттары", "Отработанные часы", "Service"),
    help: text3(
        "Еріктінің жұмыс істеген уақыты, оны көрген ұйым растаған.",
        "Время, которое волонтёр отработал, по словам принимавшей организации.",
        "Time a volunteer gave, as stated by the organisation that received it.",
    ),
    fields: &fields::FIELDS,
    extra: &[],
    defaults: &[("form", "organisation_based"), ("beneficiaryRelation", "unrelated")],
    rules,
    sample,
    sample_extra: no_extra,
};

/// Days that one record covers, at most: the longest month.
pub const DAYS_MAX: i64 = 31;
/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;
/// Minutes of one record, at most: 31 days of 1,440 minutes.
pub const MINUTES_MAX: i64 = DAYS_MAX * DAY_MINUTES;

/// ICATUS 2016, volunteer and trainee work.
static TIME_USE: Code = Code::new(
    "ICATUS 2016",
    "^5[0-9]{0,2}$",
    "an ICATUS 2016 code of major division 5, such as 52",
    "52",
    |text| {
        text.len() <= 3 && text.starts_with('5') && text.bytes().all(|byte| byte.is_ascii_digit())
    },
);

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    rule::ordered(subject, "from", "until")?;
    rule::place(subject, "place")?;
    let read = super::Reader(subject);
    let days = read.date("until")?.days() - read.date("from")?.days() + 1;
    if days > DAYS_MAX {
        return Err(read.fault("until", &format!("at most {DAYS_MAX} days from `from` on")));
    }
    let breaks = read.integer("breakMinutes").unwrap_or(0);
    let most = days * DAY_MINUTES - breaks;
    if read.integer("minutes").is_some_and(|minutes| minutes > most) {
        return Err(read.fault(
            "minutes",
            &format!("at most {most}, which is what {days} days hold without breaks"),
        ));
    }
    if days == 1 {
        within_the_day(subject, breaks)?;
    }
    stipend(subject)?;
    assurance(subject)
}

/// On one day the two times of the clock bound the minutes. Over several days they say nothing about the hours between.
fn within_the_day(subject: &Map<String, Value>, breaks: i64) -> Result<(), FieldFault> {
    rule::ordered(subject, "startTime", "endTime")?;
    let read = super::Reader(subject);
    let clock = |name| {
        let (hours, minutes) = read.text(name).ok()?.split_once(':')?;
        Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
    };
    if let (Some(from), Some(to), Some(minutes)) =
        (clock("startTime"), clock("endTime"), read.integer("minutes"))
        && minutes > to - from - breaks
    {
        return Err(read.fault(
            "minutes",
            &format!("at most {}, from `startTime` to `endTime` without breaks", (to - from - breaks).max(0)),
        ));
    }
    Ok(())
}

/// Money is named exactly when the time basis is a stipend, and compared in one currency.
fn stipend(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    let read = super::Reader(subject);
    let paid = read.text("timeBasis")? == "stipend";
    if paid != subject.contains_key("stipend") {
        return Err(read.fault("stipend", "an amount exactly when `timeBasis` is `stipend`"));
    }
    if let (Ok(stipend), Ok(wage)) = (read.object("stipend"), read.object("localWage"))
        && stipend.text("currency")? != wage.text("currency")?
    {
        return Err(wage
            .fault("currency", "the currency of `stipend`")
            .within("localWage"));
    }
    Ok(())
}

/// What the assurance claims must be there: two sides are two people, a device leaves evidence.
fn assurance(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    let read = super::Reader(subject);
    match read.text("assurance")? {
        "two_sided" => {
            read.text("claimedBy")?;
            if read.text("confirmedBy")? == read.text("claimedBy")? {
                return Err(read.fault("confirmedBy", "somebody other than `claimedBy`"));
            }
        }
        "device_evidenced" if read.texts("evidence").next().is_none() => {
            return Err(read.fault("evidence", "at least one digest of a check-in token"));
        }
        _ => {}
    }
    Ok(())
}

fn sample() -> Map<String, Value> {
    super::object(json!({
        "id": super::sample_id(11).to_string(),
        "opportunity": super::sample_id(7).to_string(),
        "session": super::sample_id(8).to_string(),
        "from": "2026-04-18",
        "until": "2026-04-18",
        "startTime": "09:00",
        "endTime": "13:30",
        "breakMinutes": 30,
        "minutes": 240,
        "timeBasis": "own_unpaid",
        "beneficiaryRelation": "unrelated",
        "form": "organisation_based",
        "institutionalSector": "nonprofit",
        "occupation": "9214",
        "industry": "8130",
        "sector": "E10",
        "timeUse": "52",
        "sdg": ["15.2"],
        "role": {"kk": "Ағаш отырғызушы", "ru": "Посадка деревьев", "en": "Tree planter"},
        "place": {"locality": "Алматы", "region": "KZ-75", "country": "KZ"},
        "remote": false,
        "ageGroup": "15-24",
        "sex": "female",
        "education": 3,
        "settlement": "urban",
        "assurance": "two_sided",
        "claimedBy": super::sample_id(11).to_string(),
        "confirmedBy": super::sample_id(12).to_string(),
        "evidence": [crate::hash::Hash::of(b"a check-in, for the sample").to_string()],
    }))
}
