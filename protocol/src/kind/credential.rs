//! A certificate or badge for what a volunteer did: an Open Badges 3.0 AchievementCredential.
//!
//! Shape    the standard's own, so that any wallet reads it: `{"id": pseudonym, "type": ["AchievementSubject"],
//!          "achievement": {…}, "result": […]}`, with `name` and others beside the subject
//! Units    confirmed hours are a result, in whole hours as a text, as the standard has it
//! Source   Open Badges Specification 3.0, AchievementCredential (1EdTech), on W3C VC Data Model 2.0

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, rule};
use crate::field::{FieldFault, text3};
use crate::log::Class;

mod choices;
mod fields;

pub use choices::{ACHIEVEMENT_TYPES, RESULT_STATUSES};

/// The kind.
pub static KIND: Kind = Kind {
    name: "credential",
    type_name: "OpenBadgeCredential",
    class: Class::Record,
    context: Some("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"),
    author: Author::Role(Role::Issuer),
    readers_default: ReadersDefault::Own,
    label: text3("Куәлік", "Свидетельство", "Credential"),
    help: text3(
        "Еріктінің еңбегі мен дағдысын растайтын, кез келген әмиян оқи алатын куәлік.",
        "Подтверждает труд и навыки волонтёра; его прочитает любой кошелёк.",
        "Certifies a volunteer's work and skills; any wallet can read it.",
    ),
    fields: &fields::SUBJECT,
    extra: &fields::EXTRA,
    defaults: &[("achievement.achievementType", "CommunityService")],
    rules,
    sample,
    sample_extra,
};

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    rule::ordered(subject, "activityStartDate", "activityEndDate")?;
    let read = super::Reader(subject);
    let achievement = read.object("achievement")?;
    let criteria = achievement.object("criteria")?;
    if !criteria.0.contains_key("id") && !criteria.0.contains_key("narrative") {
        return Err(FieldFault::missing(
            "achievement.criteria",
            "at least one of `id` and `narrative`",
        ));
    }
    let described: BTreeSet<&str> = achievement
        .objects("resultDescription")
        .filter_map(|description| description.text("id").ok())
        .collect();
    for (index, result) in read.objects("result").enumerate() {
        if let Ok(description) = result.text("resultDescription")
            && !described.contains(description)
        {
            return Err(result
                .fault(
                    "resultDescription",
                    "the id of one of `achievement.resultDescription`",
                )
                .within(&format!("result.{index}")));
        }
    }
    Ok(())
}

fn sample() -> Map<String, Value> {
    let hours = "https://volunteers.example/achievements/green-city/hours";
    super::object(json!({
        "id": super::sample_id(11).to_string(),
        "type": ["AchievementSubject"],
        "activityStartDate": "2026-04-18T03:00:00Z",
        "activityEndDate": "2026-10-31T08:00:00Z",
        "role": "Топ жетекшісі",
        "narrative": "Он екі сенбілікке қатысып, алты адамдық топты басқарды.",
        "achievement": {
            "id": "https://volunteers.example/achievements/green-city",
            "type": ["Achievement"],
            "achievementType": "CommunityService",
            "name": "Жасыл қала еріктісі",
            "description": "Қала тоғайларын тазалап, ағаш отырғызған ерікті.",
            "criteria": {"narrative": "Бір маусымда кемінде 40 расталған сағат."},
            "alignment": [{
                "type": ["Alignment"],
                "targetName": "Life on land",
                "targetUrl": "https://goals.example/15",
                "targetCode": "15",
                "targetFramework": "Sustainable Development Goals",
                "targetType": "ext:goal",
            }],
            "resultDescription": [{
                "id": hours,
                "type": ["ResultDescription"],
                "name": "Confirmed hours",
                "resultType": "ext:ConfirmedHours",
            }],
            "inLanguage": "kk",
            "tag": ["экология"],
            "version": "2026",
        },
        "result": [{
            "type": ["Result"],
            "resultDescription": hours,
            "value": "48",
            "status": "Completed",
        }],
    }))
}

fn sample_extra() -> Map<String, Value> {
    super::object(json!({
        "name": "Жасыл қала еріктісі, 2026",
        "description": "Бір маусымдағы 48 расталған сағат үшін.",
        "awardedDate": "2026-11-01T00:00:00Z",
        "validUntil": "2031-11-01T00:00:00Z",
        "evidence": [{
            "id": super::sample_id(13).to_string(),
            "type": ["Evidence"],
            "name": "Service record",
        }],
    }))
}
