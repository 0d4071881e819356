//! The fields of service given.

use super::choices::{
    AGE_GROUPS, ASSURANCES, FORMS, INSTITUTIONAL_SECTORS, RELATIONS, SETTLEMENTS, SEXES,
    TIME_BASES,
};
use super::{MINUTES_MAX, TIME_USE};
use crate::field::{Field, Shape, amount, code, place, text3};

/// Members of the subject.
pub(super) static FIELDS: [Field; 33] = [
    Field::new(
        "id",
        Shape::Person,
        "W3C VCDM 2.0 credentialSubject.id",
        text3("Ерікті", "Волонтёр", "Volunteer"),
        text3("Еріктінің бүркеншік белгісі, аты емес.", "Псевдоним волонтёра, не имя.", "The volunteer's pseudonym, not a name."),
    )
    .required()
    .indexed(),
    Field::new(
        "opportunity",
        Shape::Record("opportunity"),
        "schema.org Action.object",
        text3("Мүмкіндік", "Предложение", "Opportunity"),
        text3("Қызмет қай мүмкіндік бойынша жасалды.", "По какому предложению шла работа.", "The opportunity the service was given under."),
    )
    .indexed(),
    Field::new(
        "session",
        Shape::Record("session"),
        "OpenActive ScheduledSession",
        text3("Кездесу", "Встреча", "Session"),
        text3("Қызмет қай кездесуде жасалды.", "На какой встрече шла работа.", "The session at which it was given."),
    )
    .indexed(),
    Field::new(
        "placement",
        Shape::Record("placement"),
        "Erikti",
        text3("Орналастыру", "Размещение", "Placement"),
        text3("Қызмет қай орналастыру бойынша жасалды.", "В рамках какого размещения шла работа.", "The placement it was part of."),
    )
    .indexed(),
    Field::new(
        "from",
        Shape::Date,
        "ILO manual, reference period",
        text3("Бірінші күні", "Первый день", "First day"),
        text3("Сол жердің күнтізбесімен бірінші күн.", "Первый день по местному календарю.", "The first day, in the calendar of the place."),
    )
    .required()
    .indexed(),
    Field::new(
        "until",
        Shape::Date,
        "ILO manual, reference period",
        text3("Соңғы күні", "Последний день", "Last day"),
        text3("Сол жердің күнтізбесімен соңғы күн, өзі де кіреді.", "Последний день по местному календарю, включительно.", "The last day, in the calendar of the place, included."),
    )
    .required()
    .indexed(),
    Field::new(
        "startTime",
        Shape::LocalTime,
        "OpenActive startTime",
        text3("Басталған сағаты", "Время начала", "From"),
        text3("Бірінші күні, сол жердің сағаты бойынша.", "В первый день, по часам этого места.", "On the first day, on the clock of the place."),
    ),
    Field::new(
        "endTime",
        Shape::LocalTime,
        "OpenActive endTime",
        text3("Аяқталған сағаты", "Время окончания", "To"),
        text3("Соңғы күні, сол жердің сағаты бойынша.", "В последний день, по часам этого места.", "On the last day, on the clock of the place."),
    ),
    Field::new(
        "breakMinutes",
        Shape::Integer { min: 0, max: MINUTES_MAX },
        "ILO manual, hours actually worked",
        text3("Үзіліс", "Перерывы", "Breaks"),
        text3("Үзілістердің жалпы ұзақтығы; жұмыс уақытына кірмейді.", "Общая длина перерывов; в рабочее время не входит.", "All breaks together; not part of the time worked."),
    )
    .unit("min"),
    Field::new(
        "minutes",
        Shape::Integer { min: 1, max: MINUTES_MAX },
        "ILO manual, hours actually worked",
        text3("Жұмыс уақыты", "Отработанное время", "Time worked"),
        text3("Нақты жұмыс істеген уақыт, бүтін минутпен, үзіліссіз.", "Сколько на деле отработано, в целых минутах, без перерывов.", "Time actually worked, in whole minutes, without breaks."),
    )
    .required()
    .unit("min"),
    Field::new(
        "timeBasis",
        Shape::OneOf(&TIME_BASES),
        "ILO manual, non-compulsory and unpaid",
        text3("Уақыт негізі", "На каких условиях времени", "Time basis"),
        text3("Кімнің уақыты және неге келді; статистикаға тек кейбірі кіреді.", "Чьё это время и почему; в статистику входит не всякое.", "Whose time it was and why; only some of it counts in statistics."),
    )
    .required()
    .indexed(),
    Field::new(
        "stipend",
        Shape::Object(&amount::AMOUNT),
        "ILO manual, one-third test",
        text3("Шәкіртақы", "Стипендия", "Stipend"),
        text3("Осы уақыт үшін төленген ақша.", "Сколько заплатили за это время.", "What was paid for this time."),
    ),
    Field::new(
        "localWage",
        Shape::Object(&amount::AMOUNT),
        "ILO manual, one-third test",
        text3("Жергілікті жалақы", "Местная зарплата", "Local wage"),
        text3("Осындай жұмысқа сол жерде төленетін ақша; шәкіртақы соның үштен бірінен аспаса, қызмет ақысыз саналады.", "Сколько там платят за такую работу; стипендия не больше трети оставляет труд неоплачиваемым.", "What such work is paid there; a stipend up to a third of it leaves the service unpaid."),
    ),
    Field::new(
        "beneficiaryRelation",
        Shape::OneOf(&RELATIONS),
        "ILO manual, for others outside the household",
        text3("Кімге көмектесті", "Кому помогал", "Relation to the beneficiary"),
        text3("Өз отбасы мен туыстарына жасалған көмек есепке кірмейді.", "Помощь своей семье и родным не учитывается.", "Help to one's own household or family does not count."),
    )
    .indexed(),
    Field::new(
        "form",
        Shape::OneOf(&FORMS),
        "ILO manual, type of volunteer work",
        text3("Көмек түрі", "Форма", "Form"),
        text3("Ұйым арқылы немесе тікелей адамға.", "Через организацию или напрямую человеку.", "Through an organisation, or directly to people."),
    )
    .required()
    .indexed(),
    Field::new(
        "institutionalSector",
        Shape::OneOf(&INSTITUTIONAL_SECTORS),
        "ILO manual, institutional sector; SNA 2008",
        text3("Институционалдық секторы", "Институциональный сектор", "Institutional sector"),
        text3("Қызмет қандай ұйымға немесе кімге жасалды.", "Какой организации или кому оказана помощь.", "What kind of organisation or unit the service was given to."),
    )
    .indexed(),
    Field::new(
        "occupation",
        Shape::Code(&code::OCCUPATION),
        "ISCO-08",
        text3("Кәсіп түрі", "Занятие", "Occupation"),
        text3("ISCO-08 коды: төрт цифр жақсы, кемінде екі.", "Код ISCO-08: лучше четыре цифры, не меньше двух.", "ISCO-08 code: four digits are best, two the least."),
    )
    .indexed(),
    Field::new(
        "industry",
        Shape::Code(&code::INDUSTRY),
        "ISIC Rev. 4",
        text3("Сала", "Отрасль", "Industry"),
        text3("ISIC Rev. 4 коды, мысалы 8810.", "Код ISIC Rev. 4, например 8810.", "ISIC Rev. 4 code, such as 8810."),
    )
    .indexed(),
    Field::new(
        "sector",
        Shape::Code(&code::SECTOR),
        "ICNP/TSO",
        text3("Қызмет саласы", "Сфера деятельности", "Field of work"),
        text3("ICNP/TSO коды, мысалы E10.", "Код ICNP/TSO, например E10.", "ICNP/TSO code, such as E10."),
    )
    .indexed(),
    Field::new(
        "timeUse",
        Shape::Code(&TIME_USE),
        "ICATUS 2016, major division 5",
        text3("Уақыт пайдалану түрі", "Вид затрат времени", "Time use"),
        text3("ICATUS 2016 коды, 5-тен басталады.", "Код ICATUS 2016, начинается с 5.", "ICATUS 2016 code, which begins with 5."),
    )
    .indexed(),
    Field::new(
        "sdg",
        Shape::List(&Shape::Code(&code::SDG), 17),
        "UN Sustainable Development Goals",
        text3("Тұрақты даму мақсаттары", "Цели устойчивого развития", "Sustainable Development Goals"),
        text3("Мақсат не міндет нөмірі, мысалы 13 немесе 13.3.", "Номер цели или задачи, например 13 или 13.3.", "Number of a goal or a target, such as 13 or 13.3."),
    )
    .indexed(),
    Field::new(
        "role",
        Shape::Title { max_chars: 200 },
        "Open Badges 3.0 AchievementSubject.role",
        text3("Рөлі", "Роль", "Role"),
        text3("Еріктінің міндеті, бір жолмен.", "Чем занимался волонтёр, одной строкой.", "What the volunteer was there for, in one line."),
    ),
    Field::new(
        "task",
        Shape::Words { max_chars: 1_000 },
        "schema.org Action.description",
        text3("Не істеді", "Что сделано", "What was done"),
        text3("Істелген жұмыс; адамдардың аты мен денсаулығы жазылмайды.", "Сделанная работа; без имён и сведений о здоровье.", "The work done; no names, nothing about health."),
    ),
    Field::new(
        "place",
        Shape::Object(&place::PLACE),
        "ILO manual, place of work",
        text3("Орны", "Место", "Place"),
        text3("Жұмыс істелген жер.", "Где шла работа.", "Where the work was done."),
    ),
    Field::new(
        "remote",
        Shape::Bool,
        "schema.org eventAttendanceMode",
        text3("Қашықтан", "Дистанционно", "Remote"),
        text3("Үйден немесе басқа жерден жасалды ма.", "Из дома или другого места.", "Whether it was done from home or elsewhere."),
    )
    .indexed(),
    Field::new(
        "ageGroup",
        Shape::OneOf(&AGE_GROUPS),
        "ILO manual, age",
        text3("Жас тобы", "Возрастная группа", "Age group"),
        text3("Кесте үшін ғана; жауап беру міндетті емес.", "Только для таблиц; отвечать не обязательно.", "For tables only; nobody has to answer."),
    ),
    Field::new(
        "sex",
        Shape::OneOf(&SEXES),
        "ILO manual, sex",
        text3("Жынысы", "Пол", "Sex"),
        text3("Кесте үшін ғана; жауап берілмесе, бос қалады.", "Только для таблиц; без ответа поле остаётся пустым.", "For tables only; left out when not answered."),
    ),
    Field::new(
        "education",
        Shape::Integer { min: 0, max: 8 },
        "ISCED 2011 level",
        text3("Білім деңгейі", "Уровень образования", "Education"),
        text3("ISCED 2011 деңгейі, 0-ден 8-ге дейін.", "Уровень ISCED 2011, от 0 до 8.", "ISCED 2011 level, 0 to 8."),
    ),
    Field::new(
        "settlement",
        Shape::OneOf(&SETTLEMENTS),
        "ILO manual, urban or rural",
        text3("Қала немесе ауыл", "Город или село", "Urban or rural"),
        text3("Ерікті тұратын жер.", "Где живёт волонтёр.", "Where the volunteer lives."),
    ),
    Field::new(
        "assurance",
        Shape::OneOf(&ASSURANCES),
        "Erikti",
        text3("Растау деңгейі", "Чем подтверждено", "Assurance"),
        text3("Осы сағаттарды кім растады.", "Кто подтвердил эти часы.", "Who stands behind these hours."),
    )
    .required()
    .indexed(),
    Field::new(
        "claimedBy",
        Shape::Person,
        "Erikti",
        text3("Кім мәлімдеді", "Кто заявил", "Claimed by"),
        text3("Сағаттарды енгізген адамның бүркеншік белгісі.", "Псевдоним того, кто внёс часы.", "Pseudonym of whoever entered the hours."),
    ),
    Field::new(
        "confirmedBy",
        Shape::Person,
        "Erikti",
        text3("Кім растады", "Кто подтвердил", "Confirmed by"),
        text3("Сағаттарды растаған үйлестірушінің бүркеншік белгісі.", "Псевдоним координатора, подтвердившего часы.", "Pseudonym of the coordinator who confirmed them."),
    ),
    Field::new(
        "evidence",
        Shape::List(&Shape::Digest, 64),
        "Open Badges 3.0 evidence",
        text3("Дәлелдер", "Подтверждения", "Evidence"),
        text3("Келгенін белгілеген жетондардың SHA-256 дайджестері.", "Дайджесты SHA-256 отметок о приходе.", "SHA-256 of the check-in tokens."),
    ),
];
