//! One time and place at which volunteers of an opportunity come together.
//!
//! Shape    `{"opportunity": id, "start": local time, "end": local time?, "timeZone": zone?, "place": {…}?, …}`
//! Units    local times of the place, since that is what people are told; `timeZone` makes them moments
//! Source   OpenActive ScheduledSession; Volunteering Data Standard Session, Location and Time

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, Role, no_extra, rule};
use crate::field::{Choice, Field, FieldFault, Shape, choice, code, place, provenance, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "session",
    type_name: "Session",
    class: Class::Record,
    context: None,
    author: Author::Role(Role::Host),
    readers_default: ReadersDefault::Public,
    label: text3("Кездесу", "Встреча", "Session"),
    help: text3(
        "Мүмкіндіктің бір уақыты мен орны.",
        "Одно время и место, на которые зовут волонтёров.",
        "One time and place of an opportunity.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 15] = [
    Field::new(
        "opportunity",
        Shape::Record("opportunity"),
        "OpenActive ScheduledSession.superEvent; VDS Session.activity",
        text3("Мүмкіндік", "Предложение", "Opportunity"),
        text3(
            "Кездесу тиесілі мүмкіндіктің белгісі.",
            "Идентификатор предложения, к которому относится встреча.",
            "Id of the opportunity it belongs to.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "start",
        Shape::LocalDateTime,
        "OpenActive startDate; VDS Time",
        text3("Басталуы", "Начало", "Start"),
        text3(
            "Сол жердің сағаты бойынша басталатын күн мен уақыт.",
            "День и время начала по часам этого места.",
            "Day and time it starts, on the clock of the place.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "end",
        Shape::LocalDateTime,
        "OpenActive endDate; VDS Time",
        text3("Аяқталуы", "Окончание", "End"),
        text3(
            "Сол жердің сағаты бойынша аяқталатын күн мен уақыт.",
            "День и время окончания по часам этого места.",
            "Day and time it ends, on the clock of the place.",
        ),
    ),
    Field::new(
        "timeZone",
        Shape::Code(&code::TIME_ZONE),
        "OpenActive scheduleTimezone; IANA time zone database",
        text3("Уақыт белдеуі", "Часовой пояс", "Time zone"),
        text3(
            "IANA базасындағы атауы, мысалы Asia/Almaty.",
            "Название из базы IANA, например Asia/Almaty.",
            "Its name in the IANA database, such as Asia/Almaty.",
        ),
    ),
    Field::new(
        "status",
        Shape::OneOf(&STATUSES),
        "schema.org eventStatus",
        text3("Күйі", "Состояние", "Status"),
        text3(
            "Көрсетілмесе, жоспарланған.",
            "Если не указано, то запланирована.",
            "Scheduled when not given.",
        ),
    )
    .indexed(),
    Field::new(
        "previousStart",
        Shape::LocalDateTime,
        "schema.org previousStartDate",
        text3("Бұрынғы басталуы", "Прежнее начало", "Earlier start"),
        text3(
            "Ауыстырылған болса, бұрын жарияланған уақыты.",
            "Если встречу перенесли, то объявленное раньше время.",
            "If it was moved, the time announced before.",
        ),
    ),
    Field::new(
        "attendance",
        Shape::OneOf(&ATTENDANCE),
        "schema.org eventAttendanceMode",
        text3("Қатысу түрі", "Форма участия", "Attendance"),
        text3(
            "Орнына келу, қашықтан қосылу немесе екеуі де.",
            "Очно, дистанционно или и так и так.",
            "In person, remotely, or either.",
        ),
    )
    .indexed(),
    Field::new(
        "name",
        Shape::Title { max_chars: 500 },
        "schema.org Event.name",
        text3("Атауы", "Название", "Name"),
        text3(
            "Мүмкіндіктің атауынан бөлек болса ғана.",
            "Только если отличается от названия предложения.",
            "Only when it differs from the opportunity's title.",
        ),
    ),
    Field::new(
        "place",
        Shape::Object(&place::PLACE),
        "VDS Session.location; schema.org Event.location",
        text3("Орны", "Место", "Place"),
        text3(
            "Кездесу өтетін жер.",
            "Где проходит встреча.",
            "Where it takes place.",
        ),
    ),
    Field::new(
        "capacity",
        Shape::Integer {
            min: 0,
            max: super::opportunity::PEOPLE_MAX,
        },
        "OpenActive maximumAttendeeCapacity",
        text3("Орын саны", "Сколько мест", "Places"),
        text3(
            "Барлығы неше ерікті керек.",
            "Сколько волонтёров нужно всего.",
            "How many volunteers are wanted in all.",
        ),
    )
    .unit("{person}"),
    Field::new(
        "remaining",
        Shape::Integer {
            min: 0,
            max: super::opportunity::PEOPLE_MAX,
        },
        "OpenActive remainingAttendeeCapacity",
        text3("Бос орын", "Свободных мест", "Places left"),
        text3(
            "Тағы неше ерікті керек.",
            "Сколько волонтёров ещё нужно.",
            "How many volunteers are still wanted.",
        ),
    )
    .unit("{person}"),
    Field::new(
        "languages",
        Shape::List(&Shape::Code(&code::LANGUAGE), 20),
        "schema.org inLanguage; BCP 47",
        text3("Тілдері", "Языки", "Languages"),
        text3(
            "Кездесуде сөйлейтін тілдер.",
            "Языки, на которых говорят на встрече.",
            "Languages spoken there.",
        ),
    )
    .indexed(),
    Field::new(
        "applyLink",
        Shape::Url,
        "VDS Role.applyLink",
        text3("Өтініш беретін бет", "Страница заявки", "Where to apply"),
        text3(
            "Осы кездесуге жазылатын беттің мекенжайы.",
            "Адрес страницы, где на неё записываются.",
            "Address of the page where one signs up for it.",
        ),
    ),
    Field::new(
        "note",
        Shape::Words { max_chars: 4_000 },
        "schema.org Event.description",
        text3("Ескертпе", "Примечание", "Note"),
        text3(
            "Не алып келу керек, қайда жиналады.",
            "Что взять с собой, где встречаемся.",
            "What to bring, where to meet.",
        ),
    ),
    Field::new(
        "source",
        Shape::Object(&provenance::SOURCE),
        "DCAT dcterms:source",
        text3("Дереккөз", "Источник", "Source"),
        text3(
            "Басқа жүйеден алынған болса, қайдан.",
            "Если взято из другой системы, то откуда.",
            "Where it was taken from, if from another system.",
        ),
    ),
];

/// What became of it.
pub static STATUSES: [Choice; 5] = [
    choice("scheduled", "Жоспарланған", "Запланирована", "Scheduled"),
    choice("rescheduled", "Басқа уақытқа ауысты", "Перенесена", "Rescheduled"),
    choice("postponed", "Кейінге қалды", "Отложена", "Postponed"),
    choice("cancelled", "Өткізілмейді", "Отменена", "Cancelled"),
    choice("completed", "Өтті", "Состоялась", "Completed"),
];

/// How people take part.
pub static ATTENDANCE: [Choice; 3] = [
    choice("in_person", "Орнына келіп", "Очно", "In person"),
    choice("remote", "Қашықтан", "Дистанционно", "Remote"),
    choice("mixed", "Екеуі де", "Смешанно", "Mixed"),
];

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    rule::ordered(subject, "start", "end")?;
    rule::at_most(subject, "remaining", "capacity")?;
    rule::place(subject, "place")
}

fn sample() -> Map<String, Value> {
    super::object(json!({
        "opportunity": super::sample_id(7).to_string(),
        "start": "2026-04-18T09:00:00",
        "end": "2026-04-18T13:30:00",
        "timeZone": "Asia/Almaty",
        "status": "scheduled",
        "attendance": "in_person",
        "name": {"kk": "Бірінші сенбілік", "ru": "Первый субботник", "en": "First clean-up day"},
        "place": {
            "name": "Баум тоғайы",
            "address": "Северное кольцо, 1",
            "locality": "Алматы",
            "region": "KZ-75",
            "country": "KZ",
            "latitude": "43.3005",
            "longitude": "76.9400",
        },
        "capacity": 60,
        "remaining": 12,
        "languages": ["kk", "ru"],
        "applyLink": "https://volunteers.example/apply/7",
        "note": {
            "kk": "Қолғап пен су ала келіңіз.",
            "ru": "Возьмите перчатки и воду.",
            "en": "Bring gloves and water.",
        },
    }))
}
