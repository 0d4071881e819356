//! When something repeats.
//!
//! Source   OpenActive Schedule, with its rule that at least one way of repeating is said

use serde_json::{Map, Value};

use crate::field::{Choice, Code, Field, FieldFault, Shape, choice, code, text3};
use crate::kind::rule;

/// Members of a schedule.
pub(super) static SCHEDULE: [Field; 11] = [
    Field::new(
        "byDay",
        Shape::List(&Shape::OneOf(&DAYS), 7),
        "OpenActive Schedule.byDay",
        text3("Апта күндері", "Дни недели", "Days of the week"),
        text3("Қайталанатын күндер.", "Дни, по которым повторяется.", "The days on which it repeats."),
    ),
    Field::new(
        "byMonth",
        Shape::List(&Shape::Integer { min: 1, max: 12 }, 12),
        "OpenActive Schedule.byMonth",
        text3("Айлар", "Месяцы", "Months"),
        text3("Айлардың нөмірі, 1-ден 12-ге дейін.", "Номера месяцев, от 1 до 12.", "Numbers of months, 1 to 12."),
    ),
    Field::new(
        "byMonthDay",
        Shape::List(&Shape::Integer { min: 1, max: 31 }, 31),
        "OpenActive Schedule.byMonthDay",
        text3("Ай күндері", "Дни месяца", "Days of the month"),
        text3("Айдың қай күндері, 1-ден 31-ге дейін.", "По каким числам месяца, от 1 до 31.", "Which days of the month, 1 to 31."),
    ),
    Field::new(
        "repeatFrequency",
        Shape::Code(&PERIOD),
        "OpenActive Schedule.repeatFrequency; ISO 8601",
        text3("Қайталану жиілігі", "Как часто", "Every"),
        text3("Бір күн P1D, бір апта P1W, бір ай P1M.", "Каждый день P1D, каждую неделю P1W, каждый месяц P1M.", "P1D for every day, P1W for every week, P1M for every month."),
    ),
    Field::new(
        "repeatCount",
        Shape::Integer { min: 1, max: 10_000 },
        "OpenActive Schedule.repeatCount",
        text3("Неше рет", "Сколько раз", "Times"),
        text3("Барлығы неше рет болады.", "Сколько раз всего.", "How many times in all."),
    ),
    Field::new(
        "startDate",
        Shape::Date,
        "OpenActive Schedule.startDate",
        text3("Кестенің бірінші күні", "Первый день расписания", "First day of the schedule"),
        text3("Осы кесте басталатын күн.", "День, с которого действует расписание.", "The day from which this schedule holds."),
    ),
    Field::new(
        "endDate",
        Shape::Date,
        "OpenActive Schedule.endDate",
        text3("Кестенің соңғы күні", "Последний день расписания", "Last day of the schedule"),
        text3("Осы кесте аяқталатын күн.", "День, до которого действует расписание.", "The day until which this schedule holds."),
    ),
    Field::new(
        "startTime",
        Shape::LocalTime,
        "OpenActive Schedule.startTime",
        text3("Басталу сағаты", "Время начала", "From"),
        text3("Сол жердің сағаты бойынша.", "По часам этого места.", "On the clock of the place."),
    ),
    Field::new(
        "endTime",
        Shape::LocalTime,
        "OpenActive Schedule.endTime",
        text3("Аяқталу сағаты", "Время окончания", "To"),
        text3("Сол жердің сағаты бойынша; басталудан ерте болса, келесі күні.", "По часам этого места; если раньше начала, то на следующий день.", "On the clock of the place; when before the start, on the next day."),
    ),
    Field::new(
        "timeZone",
        Shape::Code(&code::TIME_ZONE),
        "OpenActive Schedule.scheduleTimezone",
        text3("Уақыт белдеуі", "Часовой пояс", "Time zone"),
        text3("IANA базасындағы атауы, мысалы Asia/Almaty.", "Название из базы IANA, например Asia/Almaty.", "Its name in the IANA database, such as Asia/Almaty."),
    ),
    Field::new(
        "exceptDate",
        Shape::List(&Shape::Date, 366),
        "OpenActive Schedule.exceptDate",
        text3("Болмайтын күндер", "Дни без встреч", "Except on"),
        text3("Кестеге кірсе де, болмайтын күндер.", "Дни, которые выпадают из расписания.", "Days that the schedule would include and does not."),
    ),
];

/// Days of the week, as schema.org spells them.
static DAYS: [Choice; 7] = [
    choice("Monday", "Дүйсенбі", "Понедельник", "Monday"),
    choice("Tuesday", "Сейсенбі", "Вторник", "Tuesday"),
    choice("Wednesday", "Сәрсенбі", "Среда", "Wednesday"),
    choice("Thursday", "Бейсенбі", "Четверг", "Thursday"),
    choice("Friday", "Жұма", "Пятница", "Friday"),
    choice("Saturday", "Сенбі", "Суббота", "Saturday"),
    choice("Sunday", "Жексенбі", "Воскресенье", "Sunday"),
];

/// How often: a whole number of days, weeks, months or years.
static PERIOD: Code = Code::new(
    "ISO 8601 duration",
    "^P[1-9][0-9]{0,2}[DWMY]$",
    "a number of days, weeks, months or years such as P1W",
    "P1W",
    |text| {
        text.strip_prefix('P')
            .and_then(|rest| rest.strip_suffix(['D', 'W', 'M', 'Y']))
            .is_some_and(|number| {
                (1..=3).contains(&number.len())
                    && !number.starts_with('0')
                    && number.bytes().all(|byte| byte.is_ascii_digit())
            })
    },
);

/// Each schedule of the list says how it repeats, and ends after it begins.
pub(super) fn rules(subject: &Map<String, Value>, name: &str) -> Result<(), FieldFault> {
    const WAYS: [&str; 4] = ["byDay", "byMonth", "byMonthDay", "repeatFrequency"];
    let schedules = subject.get(name).and_then(Value::as_array);
    for (index, schedule) in schedules.into_iter().flatten().enumerate() {
        let Some(schedule) = schedule.as_object() else {
            continue;
        };
        let path = format!("{name}.{index}");
        rule::ordered(schedule, "startDate", "endDate").map_err(|fault| fault.within(&path))?;
        if WAYS.iter().all(|way| !schedule.contains_key(*way)) {
            return Err(FieldFault::missing(
                path,
                "at least one of `byDay`, `byMonth`, `byMonthDay`, `repeatFrequency`",
            ));
        }
    }
    Ok(())
}
