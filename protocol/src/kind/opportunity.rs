//! Work that an organisation asks volunteers for.
//!
//! Shape    see the table; only `title` is required, since published data often has little more
//! Units    people, years of age, whole minutes; money in minor units
//! Limits   a description of 20,000 characters fits three times, in Kazakh, Russian and English, only when short: the
//!          record as a whole stays within 64 KiB
//! Source   Volunteering Data Standard Activity and Role; OpenActive Schedule; sector, SDG, skills and insurance ours

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, rule};
use crate::field::{FieldFault, text3};
use crate::log::Class;

mod choices;
mod fields;
mod schedule;

pub use choices::{
    CHECKS, COVERS, EXPENSES, HAZARDS, RECURRENCES, STATUSES, VULNERABILITIES,
};

/// The kind.
pub static KIND: Kind = Kind {
    name: "opportunity",
    type_name: "Opportunity",
    class: Class::Record,
    context: None,
    author: Author::Role(Role::Host),
    readers_default: ReadersDefault::Public,
    label: text3("Мүмкіндік", "Предложение для волонтёров", "Opportunity"),
    help: text3(
        "Ұйым еріктілерден көмек сұрайтын жұмыс.",
        "Работа, для которой организация ищет волонтёров.",
        "Work that an organisation asks volunteers for.",
    ),
    fields: &fields::FIELDS,
    extra: &[],
    defaults: &[("status", "open")],
    rules,
    sample,
    sample_extra: no_extra,
};

/// Characters of a description in one language, at most: four times the longest of some thousand published ones.
pub const DESCRIPTION_CHARS_MAX: usize = 20_000;
/// Volunteers that one opportunity asks for, at most: the largest games asked for a tenth of it.
pub const PEOPLE_MAX: i64 = 1_000_000;
/// Codes of one list in one opportunity, at most: as many as the longest list of the Volunteering Data Standard has.
const CODES_MAX: usize = 50;
/// Years of age, at most.
const AGE_MAX: i64 = 120;


fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    rule::ordered(subject, "startDate", "endDate")?;
    rule::ordered(subject, "publishStart", "publishEnd")?;
    rule::ordered(subject, "confirmedAt", "reviewDue")?;
    rule::at_most(subject, "minimumAge", "maximumAge")?;
    rule::at_most(subject, "remaining", "capacity")?;
    rule::place(subject, "place")?;
    schedule::rules(subject, "schedule")
}

fn sample() -> Map<String, Value> {
    super::object(json!({
        "title": {
            "kk": "Тоғайды тазалап, ағаш отырғызу",
            "ru": "Уборка рощи и посадка деревьев",
            "en": "Clean the grove and plant trees",
        },
        "summary": {
            "kk": "Сенбі сайын төрт сағат бірге жұмыс істейміз.",
            "ru": "Каждую субботу работаем вместе четыре часа.",
            "en": "Four hours together every Saturday.",
        },
        "description": {
            "kk": "Қоқыс жинаймыз, көшет отырғызамыз.\nҚұрал мен шай бізден.",
            "ru": "Собираем мусор, сажаем саженцы.\nИнструменты и чай за нами.",
            "en": "We collect litter and plant saplings.\nTools and tea are on us.",
        },
        "status": "open",
        "causes": ["https://ns.volunteeringdata.io/Environment"],
        "topics": ["Экология"],
        "sectors": ["E10"],
        "sdg": ["13", "15.2"],
        "occupation": "9214",
        "recurrence": "recurring",
        "startDate": "2026-04-18",
        "endDate": "2026-10-31",
        "schedule": [{
            "byDay": ["Saturday"],
            "repeatFrequency": "P1W",
            "startTime": "09:00",
            "endTime": "13:00",
            "timeZone": "Asia/Almaty",
            "exceptDate": ["2026-05-09"],
        }],
        "commitment": {
            "kk": "Маусымына кемінде үш рет.",
            "ru": "Не меньше трёх раз за сезон.",
            "en": "At least three times a season.",
        },
        "minutes": 240,
        "publishStart": "2026-03-01T00:00:00Z",
        "publishEnd": "2026-10-31T18:59:59Z",
        "confirmedAt": "2026-03-01",
        "reviewDue": "2026-06-01",
        "place": {
            "name": "Баум тоғайы",
            "locality": "Алматы",
            "region": "KZ-75",
            "country": "KZ",
            "latitude": "43.3005",
            "longitude": "76.9400",
        },
        "allowsRemoteParticipation": false,
        "requiresEmergencyParticipation": false,
        "priority": true,
        "capacity": 60,
        "remaining": 12,
        "minimumAge": 14,
        "maximumAge": 80,
        "languages": ["kk", "ru"],
        "skills": ["https://skills.example/gardening"],
        "requirements": ["https://ns.volunteeringdata.io/IDCheck"],
        "checksRequired": ["safety_briefing"],
        "hazardClass": "low",
        "beneficiaryVulnerability": ["none"],
        "insuranceRequired": ["accident"],
        "timeBasisAllowed": ["own_unpaid", "employer_paid_time"],
        "expenses": ["meals", "equipment"],
        "applyLink": "https://volunteers.example/apply/7",
        "contactPage": "https://volunteers.example/contact",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }))
}
