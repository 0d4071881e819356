//! The fields of an opportunity.

use super::choices::{
    CHECKS, COVERS, EXPENSES, HAZARDS, RECURRENCES, STATUSES, VULNERABILITIES,
};
use super::schedule::SCHEDULE;
use super::{AGE_MAX, CODES_MAX, DESCRIPTION_CHARS_MAX, PEOPLE_MAX};
use crate::field::{Field, Shape, amount, code, place, provenance, text3};
use crate::kind::service::TIME_BASES;

/// Members of the subject.
pub(super) static FIELDS: [Field; 45] = [
    Field::new(
        "title",
        Shape::Title { max_chars: 500 },
        "VDS Activity.title",
        text3("Атауы", "Название", "Title"),
        text3("Еріктіге не істейтінін айтатын бір жол.", "Одна строка о том, что будет делать волонтёр.", "One line that says what the volunteer will do."),
    )
    .required(),
    Field::new(
        "summary",
        Shape::Words { max_chars: 1_000 },
        "schema.org disambiguatingDescription",
        text3("Қысқаша", "Кратко", "Summary"),
        text3("Тізімде көрінетін бір-екі сөйлем.", "Одно-два предложения для списка.", "A sentence or two for lists."),
    ),
    Field::new(
        "description",
        Shape::Words { max_chars: DESCRIPTION_CHARS_MAX },
        "VDS Activity.description",
        text3("Сипаттамасы", "Описание", "Description"),
        text3("Жұмыстың мәні, тәртібі және еріктіге берілетін қолдау.", "Смысл и порядок работы, поддержка волонтёра.", "What the work is, how it goes, and how volunteers are supported."),
    ),
    Field::new(
        "status",
        Shape::OneOf(&STATUSES),
        "schema.org eventStatus",
        text3("Күйі", "Состояние", "Status"),
        text3("Көрсетілмесе, ашық.", "Если не указано, то открыто.", "Open when not given."),
    )
    .indexed(),
    Field::new(
        "organiser",
        Shape::Object(&ORGANISER),
        "VDS Activity.organisation; schema.org Event.organizer",
        text3("Ұйымдастырушы", "Организатор", "Organiser"),
        text3("Жазбаның авторынан басқа ұйым болса ғана.", "Только если это не сам автор записи.", "Only when it is not the author of the record."),
    ),
    Field::new(
        "causes",
        Shape::List(&Shape::Uri, CODES_MAX),
        "VDS Cause",
        text3("Мақсаттары", "Цели", "Causes"),
        text3("Жұмыс қандай іске қызмет етеді; тізім терминдерінің мекенжайлары.", "Ради чего работа; адреса терминов из списка.", "What the work is for, as addresses of a list's terms."),
    )
    .indexed(),
    Field::new(
        "topics",
        Shape::List(&Shape::Line { max_chars: 200 }, CODES_MAX),
        "schema.org keywords",
        text3("Тақырыптары", "Темы", "Topics"),
        text3("Дереккөздің өз санаттары, өз сөзімен.", "Категории источника его же словами.", "The source's own categories, in its own words."),
    ),
    Field::new(
        "sectors",
        Shape::List(&Shape::Code(&code::SECTOR), CODES_MAX),
        "ICNP/TSO",
        text3("Қызмет салалары", "Сферы деятельности", "Fields of work"),
        text3("ICNP/TSO кодтары, мысалы E10.", "Коды ICNP/TSO, например E10.", "Codes of ICNP/TSO, such as E10."),
    )
    .indexed(),
    Field::new(
        "sdg",
        Shape::List(&Shape::Code(&code::SDG), CODES_MAX),
        "UN Sustainable Development Goals",
        text3("Тұрақты даму мақсаттары", "Цели устойчивого развития", "Sustainable Development Goals"),
        text3("Мақсат не міндет нөмірі, мысалы 13 немесе 13.3.", "Номер цели или задачи, например 13 или 13.3.", "Number of a goal or a target, such as 13 or 13.3."),
    )
    .indexed(),
    Field::new(
        "occupation",
        Shape::Code(&code::OCCUPATION),
        "ISCO-08",
        text3("Кәсіп түрі", "Занятие", "Occupation"),
        text3("Жұмыс кәсіп болса, оның ISCO-08 коды.", "Код ISCO-08, как если бы это была работа по найму.", "The ISCO-08 code the work would have as a job."),
    )
    .indexed(),
    Field::new(
        "recurrence",
        Shape::OneOf(&RECURRENCES),
        "VDS Role.commitment",
        text3("Қайталануы", "Повторяемость", "Recurrence"),
        text3("Бір рет, белгілі күндері немесе үнемі.", "Один раз, по определённым дням или постоянно.", "Once, on set days, or all the time."),
    )
    .indexed(),
    Field::new(
        "startDate",
        Shape::Date,
        "OpenActive startDate",
        text3("Басталатын күні", "Дата начала", "First day"),
        text3("Еріктілер керек болатын бірінші күн.", "Первый день, когда нужны волонтёры.", "The first day on which volunteers are wanted."),
    )
    .indexed(),
    Field::new(
        "endDate",
        Shape::Date,
        "OpenActive endDate",
        text3("Аяқталатын күні", "Дата окончания", "Last day"),
        text3("Еріктілер керек болатын соңғы күн.", "Последний день, когда нужны волонтёры.", "The last day on which volunteers are wanted."),
    )
    .indexed(),
    Field::new(
        "schedule",
        Shape::List(&Shape::Object(&SCHEDULE), 16),
        "OpenActive Schedule",
        text3("Кестесі", "Расписание", "Schedule"),
        text3("Қайталанатын күндері мен сағаттары.", "Повторяющиеся дни и часы.", "The days and hours that repeat."),
    ),
    Field::new(
        "commitment",
        Shape::Words { max_chars: 1_000 },
        "VDS Role.commitment",
        text3("Қанша уақыт керек", "Сколько времени нужно", "Commitment"),
        text3("Аптасына неше сағат, неше ай.", "Сколько часов в неделю, сколько месяцев.", "How many hours a week, for how many months."),
    ),
    Field::new(
        "minutes",
        Shape::Integer { min: 1, max: 44_640 },
        "schema.org duration",
        text3("Бір жолғы ұзақтығы", "Длительность одного раза", "Length of one turn"),
        text3("Бір кезекшілік неше минутқа созылады.", "Сколько минут длится одна смена.", "How many minutes one turn takes."),
    )
    .unit("min"),
    Field::new(
        "publishStart",
        Shape::Timestamp,
        "VDS Activity.publishStart",
        text3("Жарияланатын уақыты", "Начало публикации", "Published from"),
        text3("Осыдан бастап көрсетуге болады.", "С какого времени показывать.", "When it may first be shown."),
    ),
    Field::new(
        "publishEnd",
        Shape::Timestamp,
        "VDS Activity.publishEnd",
        text3("Жарияланымның соңы", "Конец публикации", "Published until"),
        text3("Осыдан кейін көрсетілмейді.", "После какого времени не показывать.", "When it is no longer shown."),
    ),
    Field::new(
        "confirmedAt",
        Shape::Date,
        "Erikti",
        text3("Расталған күні", "Подтверждено", "Confirmed on"),
        text3("Мүмкіндіктің әлі де керегі соңғы рет тексерілген күн.", "Когда последний раз проверили, что волонтёры ещё нужны.", "The day it was last checked to be still wanted."),
    ),
    Field::new(
        "reviewDue",
        Shape::Date,
        "Erikti",
        text3("Қайта тексеретін күн", "Пора проверить", "Review due"),
        text3("Осы күнге дейін қайта растау керек.", "До этого дня нужно подтвердить ещё раз.", "The day by which it must be confirmed again."),
    ),
    Field::new(
        "place",
        Shape::Object(&place::PLACE),
        "VDS Location; schema.org Event.location",
        text3("Орны", "Место", "Place"),
        text3("Жұмыс істелетін жер.", "Где проходит работа.", "Where the work is done."),
    ),
    Field::new(
        "allowsRemoteParticipation",
        Shape::Bool,
        "VDS Role.allowsRemoteParticipation",
        text3("Қашықтан қатысуға болады", "Можно участвовать дистанционно", "Remote participation"),
        text3("Үйден немесе басқа жерден көмектесуге болады ма.", "Можно ли помогать из дома или другого места.", "Whether one can help from home or elsewhere."),
    )
    .indexed(),
    Field::new(
        "requiresEmergencyParticipation",
        Shape::Bool,
        "VDS Activity.requiresEmergencyParticipation",
        text3("Төтенше жағдайдағы көмек", "Помощь в чрезвычайной ситуации", "Emergency response"),
        text3("Апат не төтенше жағдайға байланысты ма.", "Связано ли с бедствием или чрезвычайной ситуацией.", "Whether it answers a disaster or another emergency."),
    )
    .indexed(),
    Field::new(
        "priority",
        Shape::Bool,
        "Erikti",
        text3("Шұғыл", "Срочно", "Priority"),
        text3("Еріктілер ерекше керек.", "Волонтёры особенно нужны.", "Volunteers are wanted most of all."),
    )
    .indexed(),
    Field::new(
        "capacity",
        Shape::Integer { min: 0, max: PEOPLE_MAX },
        "OpenActive maximumAttendeeCapacity",
        text3("Орын саны", "Сколько мест", "Places"),
        text3("Барлығы неше ерікті керек.", "Сколько волонтёров нужно всего.", "How many volunteers are wanted in all."),
    )
    .unit("{person}"),
    Field::new(
        "remaining",
        Shape::Integer { min: 0, max: PEOPLE_MAX },
        "OpenActive remainingAttendeeCapacity",
        text3("Бос орын", "Свободных мест", "Places left"),
        text3("Тағы неше ерікті керек.", "Сколько волонтёров ещё нужно.", "How many volunteers are still wanted."),
    )
    .unit("{person}"),
    Field::new(
        "minimumAge",
        Shape::Integer { min: 0, max: AGE_MAX },
        "VDS Role.minimumAge",
        text3("Ең кіші жасы", "Минимальный возраст", "Minimum age"),
        text3("Осы жасқа толғандар ғана қатыса алады.", "Участвовать можно с этого возраста.", "One must be at least this old."),
    )
    .unit("a"),
    Field::new(
        "maximumAge",
        Shape::Integer { min: 0, max: AGE_MAX },
        "VDS Role.maximumAge",
        text3("Ең үлкен жасы", "Максимальный возраст", "Maximum age"),
        text3("Осы жасты қоса алғанға дейін қатысуға болады.", "Участвовать можно до этого возраста включительно.", "One may be at most this old."),
    )
    .unit("a"),
    Field::new(
        "languages",
        Shape::List(&Shape::Code(&code::LANGUAGE), CODES_MAX),
        "schema.org inLanguage; BCP 47",
        text3("Тілдері", "Языки", "Languages"),
        text3("Жұмыста сөйлейтін тілдер.", "Языки, на которых говорят за работой.", "Languages spoken at work."),
    )
    .indexed(),
    Field::new(
        "skills",
        Shape::List(&Shape::Uri, CODES_MAX),
        "ESCO skill; VDS Skill",
        text3("Дағдылары", "Навыки", "Skills"),
        text3("Керекті дағдылар; тізім терминдерінің мекенжайлары.", "Нужные навыки; адреса терминов из списка.", "Skills that are wanted, as addresses of a list's terms."),
    )
    .indexed(),
    Field::new(
        "requirements",
        Shape::List(&Shape::Uri, CODES_MAX),
        "VDS Requirement",
        text3("Талаптары", "Требования", "Requirements"),
        text3("Қатысу үшін не керек; тізім терминдерінің мекенжайлары.", "Что нужно для участия; адреса терминов из списка.", "What taking part requires, as addresses of a list's terms."),
    )
    .indexed(),
    Field::new(
        "accessibility",
        Shape::List(&Shape::Uri, CODES_MAX),
        "VDS Accessibility",
        text3("Қолжетімділігі", "Доступность", "Accessibility"),
        text3("Қандай қолдау бар; тізім терминдерінің мекенжайлары.", "Какая поддержка есть; адреса терминов из списка.", "Which support there is, as addresses of a list's terms."),
    )
    .indexed(),
    Field::new(
        "rewards",
        Shape::List(&Shape::Uri, CODES_MAX),
        "VDS Reward",
        text3("Ынталандыру", "Поощрения", "Rewards"),
        text3("Ерікті не алады; тізім терминдерінің мекенжайлары.", "Что получает волонтёр; адреса терминов из списка.", "What volunteers receive, as addresses of a list's terms."),
    ),
    Field::new(
        "checksRequired",
        Shape::List(&Shape::Suggested(&CHECKS), 16),
        "VDS Requirement",
        text3("Тексерулер", "Проверки", "Checks"),
        text3("Бастамас бұрын өтетін тексерулер.", "Проверки, которые проходят до начала.", "Checks to pass before starting."),
    )
    .indexed(),
    Field::new(
        "hazardClass",
        Shape::Suggested(&HAZARDS),
        "Erikti",
        text3("Қауіптілігі", "Опасность", "Hazard"),
        text3("Жұмыстың еріктіге қауіптілігі.", "Насколько работа опасна для волонтёра.", "How dangerous the work is for the volunteer."),
    )
    .indexed(),
    Field::new(
        "beneficiaryVulnerability",
        Shape::List(&Shape::Suggested(&VULNERABILITIES), 16),
        "Erikti",
        text3("Көмек алушылардың осалдығы", "Уязвимость подопечных", "Vulnerability of beneficiaries"),
        text3("Ерікті жұмыс істейтін, қорғауды қажет ететін адамдар.", "С какими людьми, нуждающимися в защите, работает волонтёр.", "Which people in need of protection the volunteer works with."),
    )
    .indexed(),
    Field::new(
        "insuranceRequired",
        Shape::List(&Shape::Suggested(&COVERS), 16),
        "Erikti",
        text3("Қажетті сақтандыру", "Нужная страховка", "Insurance required"),
        text3("Ерікті нені сақтандыруы керек.", "От чего волонтёр должен быть застрахован.", "What the volunteer must be covered against."),
    ),
    Field::new(
        "timeBasisAllowed",
        Shape::List(&Shape::OneOf(&TIME_BASES), 8),
        "ILO manual, non-compulsory and unpaid",
        text3("Қандай уақытпен келуге болады", "На каких условиях времени", "Time basis allowed"),
        text3("Жеке уақыты, жұмыс беруші төлеген уақыт, міндетті қызмет.", "Своё время, оплаченное работодателем, обязательная служба.", "Own time, time paid by an employer, compulsory service."),
    ),
    Field::new(
        "expenses",
        Shape::List(&Shape::Suggested(&EXPENSES), 16),
        "VDS Reward",
        text3("Өтелетін шығындар", "Возмещаемые расходы", "Expenses covered"),
        text3("Ұйым өтейтін шығындар.", "Расходы, которые берёт на себя организация.", "Expenses that the organisation bears."),
    ),
    Field::new(
        "stipend",
        Shape::Object(&amount::AMOUNT),
        "ILO manual, one-third test",
        text3("Шәкіртақы", "Стипендия", "Stipend"),
        text3("Еріктіге айына төленетін ақша, болса.", "Сколько волонтёру платят в месяц, если платят.", "What a volunteer is paid a month, if anything."),
    ),
    Field::new(
        "applyLink",
        Shape::Url,
        "VDS Role.applyLink",
        text3("Өтініш беретін бет", "Страница заявки", "Where to apply"),
        text3("Өтініш берілетін беттің мекенжайы.", "Адрес страницы, где подают заявку.", "Address of the page where one applies."),
    ),
    Field::new(
        "contactPage",
        Shape::Url,
        "schema.org contactPoint",
        text3("Байланыс беті", "Страница контактов", "Contact page"),
        text3("Сұрақ қоюға болатын беттің мекенжайы; адамның аты жазылмайды.", "Адрес страницы, где задать вопрос; без имён людей.", "Address of a page for questions; never a person's name."),
    ),
    Field::new(
        "image",
        Shape::Url,
        "VDS Activity.image",
        text3("Сурет", "Изображение", "Image"),
        text3("Суреттің мекенжайы.", "Адрес изображения.", "Address of a picture."),
    ),
    Field::new(
        "license",
        Shape::Uri,
        "DCAT dcterms:license; RPDE license",
        text3("Лицензиясы", "Лицензия", "Licence"),
        text3("Осы мәтінді басқалар қандай шартпен пайдалана алады.", "На каких условиях этот текст могут использовать другие.", "The terms on which others may use this text."),
    ),
    Field::new(
        "source",
        Shape::Object(&provenance::SOURCE),
        "DCAT dcterms:source",
        text3("Дереккөз", "Источник", "Source"),
        text3("Басқа жүйеден алынған болса, қайдан.", "Если взято из другой системы, то откуда.", "Where it was taken from, if from another system."),
    ),
];

/// Who runs it, when that is not the author.
static ORGANISER: [Field; 5] = [
    Field::new(
        "id",
        Shape::Organisation,
        "VDS Activity.organisation",
        text3("Желідегі белгісі", "Имя в сети", "Name in the network"),
        text3("Ұйымның осы желідегі белгісі, болса.", "Имя организации в этой сети, если есть.", "The organisation's name in this network, if it has one."),
    )
    .indexed(),
    Field::new(
        "name",
        Shape::Line { max_chars: 300 },
        "VDS Organisation.name",
        text3("Ұйым атауы", "Название организации", "Organisation's name"),
        text3("Адамдар танитын атауы.", "Название, по которому её знают.", "The name people know it by."),
    ),
    Field::new(
        "identifiers",
        Shape::List(&Shape::Code(&code::ORG_ID), 20),
        "org-id; VDS CharityRegistration",
        text3("Тіркеу нөмірлері", "Регистрационные номера", "Registration numbers"),
        text3("Тізілім префиксі мен нөмір, мысалы KZ-BIN-123456789012.", "Префикс реестра и номер, например KZ-BIN-123456789012.", "A register's prefix and a number, such as KZ-BIN-123456789012."),
    )
    .indexed(),
    Field::new(
        "sourceId",
        Shape::Line { max_chars: 128 },
        "DCAT dcterms:identifier",
        text3("Дереккөздегі белгісі", "Идентификатор в источнике", "Id in the source"),
        text3("Дереккөз осы ұйымға берген белгі.", "Идентификатор, который источник дал этой организации.", "The id the source gave this organisation."),
    )
    .indexed(),
    Field::new(
        "url",
        Shape::Url,
        "VDS Organisation.website",
        text3("Сайты", "Сайт", "Website"),
        text3("Ұйым сайтының мекенжайы.", "Адрес сайта организации.", "Address of the organisation's website."),
    ),
];
