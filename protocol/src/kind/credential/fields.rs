//! The members of an Open Badges 3.0 credential, with the names and the nesting of that standard.

use super::choices::{
    ACHIEVEMENT_TYPES, RESULT_STATUSES, RESULT_TYPE, TARGET_TYPE,
};
use crate::field::{Field, Shape, code, text3};

/// AchievementSubject.
pub(super) static SUBJECT: [Field; 9] = [
    Field::new(
        "id",
        Shape::Person,
        "Open Badges 3.0 AchievementSubject.id",
        text3("Ерікті", "Волонтёр", "Volunteer"),
        text3("Еріктінің бүркеншік белгісі, аты емес.", "Псевдоним волонтёра, не имя.", "The volunteer's pseudonym, not a name."),
    )
    .required()
    .indexed(),
    Field::new(
        "type",
        Shape::Types(&["AchievementSubject"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "achievement",
        Shape::Object(&ACHIEVEMENT),
        "Open Badges 3.0 AchievementSubject.achievement",
        text3("Жетістік", "Достижение", "Achievement"),
        text3("Не үшін берілді.", "За что выдано.", "What it was given for."),
    )
    .required(),
    Field::new(
        "result",
        Shape::List(&Shape::Object(&RESULT), 20),
        "Open Badges 3.0 AchievementSubject.result",
        text3("Нәтижелер", "Результаты", "Results"),
        text3("Өлшенген нәтижелер, мысалы расталған сағаттар.", "Измеренные результаты, например подтверждённые часы.", "What was measured, such as confirmed hours."),
    ),
    Field::new(
        "activityStartDate",
        Shape::Timestamp,
        "Open Badges 3.0 AchievementSubject.activityStartDate",
        text3("Қызмет басы", "Начало деятельности", "Activity began"),
        text3("Қызмет басталған уақыт.", "Когда деятельность началась.", "When the activity began."),
    ),
    Field::new(
        "activityEndDate",
        Shape::Timestamp,
        "Open Badges 3.0 AchievementSubject.activityEndDate",
        text3("Қызмет соңы", "Конец деятельности", "Activity ended"),
        text3("Қызмет аяқталған уақыт.", "Когда деятельность закончилась.", "When the activity ended."),
    ),
    Field::new(
        "role",
        Shape::Line { max_chars: 200 },
        "Open Badges 3.0 AchievementSubject.role",
        text3("Рөлі", "Роль", "Role"),
        text3("Еріктінің рөлі немесе міндеті.", "Роль или обязанность волонтёра.", "The volunteer's role or duty."),
    ),
    Field::new(
        "narrative",
        Shape::Text { max_chars: 10_000 },
        "Open Badges 3.0 AchievementSubject.narrative",
        text3("Баяндау", "Рассказ", "Narrative"),
        text3("Ерікті не істегені, Markdown мәтінімен.", "Что сделал волонтёр, текстом Markdown.", "What the volunteer did, as Markdown text."),
    ),
    Field::new(
        "licenseNumber",
        Shape::Line { max_chars: 100 },
        "Open Badges 3.0 AchievementSubject.licenseNumber",
        text3("Куәлік нөмірі", "Номер свидетельства", "Licence number"),
        text3("Берілген құжаттың нөмірі, болса.", "Номер выданного документа, если есть.", "Number of the document, if it has one."),
    ),
];

/// Achievement.
static ACHIEVEMENT: [Field; 11] = [
    Field::new(
        "id",
        Shape::Uri,
        "Open Badges 3.0 Achievement.id",
        text3("Белгісі", "Идентификатор", "Identifier"),
        text3("Барлық алушыға ортақ, тұрақты URI.", "Постоянный URI, общий для всех получателей.", "A lasting URI, shared by everyone who receives it."),
    )
    .required()
    .indexed(),
    Field::new(
        "type",
        Shape::Types(&["Achievement"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "achievementType",
        Shape::Suggested(&ACHIEVEMENT_TYPES),
        "Open Badges 3.0 AchievementType",
        text3("Жетістік түрі", "Вид достижения", "Kind of achievement"),
        text3("Көрсетілмесе, бағдарлама қоғамдық қызмет деп қояды.", "Если не указано, программа ставит общественную работу.", "Software puts community service when nothing is said."),
    )
    .indexed(),
    Field::new(
        "name",
        Shape::Line { max_chars: 300 },
        "Open Badges 3.0 Achievement.name",
        text3("Жетістік атауы", "Название достижения", "Name of the achievement"),
        text3("Куәліктің бетінде көрінетін атау.", "Название, которое видно на свидетельстве.", "The name that the certificate shows."),
    )
    .required(),
    Field::new(
        "description",
        Shape::Text { max_chars: 10_000 },
        "Open Badges 3.0 Achievement.description",
        text3("Сипаттамасы", "Описание", "Description"),
        text3("Алушы нені біледі немесе не істеді.", "Что умеет или сделал получатель.", "What its holder knows or did."),
    )
    .required(),
    Field::new(
        "criteria",
        Shape::Object(&CRITERIA),
        "Open Badges 3.0 Achievement.criteria",
        text3("Шарттары", "Условия", "Criteria"),
        text3("Неге ие болғанда беріледі.", "За что именно его дают.", "What one must do to receive it."),
    )
    .required(),
    Field::new(
        "alignment",
        Shape::List(&Shape::Object(&ALIGNMENT), 50),
        "Open Badges 3.0 Achievement.alignment",
        text3("Сәйкестіктері", "Соответствия", "Alignments"),
        text3("Дағдылар мен мақсаттар тізімдеріндегі сәйкес терминдер.", "Соответствующие термины из списков навыков и целей.", "Terms of lists of skills and goals that it matches."),
    ),
    Field::new(
        "resultDescription",
        Shape::List(&Shape::Object(&RESULT_DESCRIPTION), 20),
        "Open Badges 3.0 Achievement.resultDescription",
        text3("Нәтиже сипаттамалары", "Описания результатов", "Descriptions of results"),
        text3("Қандай нәтижелер өлшенеді.", "Какие результаты измеряются.", "Which results are measured."),
    ),
    Field::new(
        "inLanguage",
        Shape::Code(&code::LANGUAGE),
        "Open Badges 3.0 Achievement.inLanguage",
        text3("Тілі", "Язык", "Language"),
        text3("Осы мәтіндердің тілі.", "Язык этих текстов.", "The language of these texts."),
    ),
    Field::new(
        "tag",
        Shape::List(&Shape::Line { max_chars: 100 }, 50),
        "Open Badges 3.0 Achievement.tag",
        text3("Белгі сөздер", "Метки", "Tags"),
        text3("Іздеуге арналған сөздер.", "Слова для поиска.", "Words to find it by."),
    ),
    Field::new(
        "version",
        Shape::Line { max_chars: 50 },
        "Open Badges 3.0 Achievement.version",
        text3("Нұсқасы", "Версия", "Version"),
        text3("Жетістік сипаттамасының нұсқасы.", "Версия описания достижения.", "Version of the achievement's description."),
    ),
];

/// Criteria.
static CRITERIA: [Field; 2] = [
    Field::new(
        "id",
        Shape::Uri,
        "Open Badges 3.0 Criteria.id",
        text3("Шарттар беті", "Страница условий", "Page of the criteria"),
        text3("Шарттар жазылған беттің мекенжайы.", "Адрес страницы с условиями.", "Address of the page that states them."),
    ),
    Field::new(
        "narrative",
        Shape::Text { max_chars: 10_000 },
        "Open Badges 3.0 Criteria.narrative",
        text3("Шарттар мәтіні", "Текст условий", "Text of the criteria"),
        text3("Шарттардың өзі, Markdown мәтінімен.", "Сами условия, текстом Markdown.", "The criteria themselves, as Markdown text."),
    ),
];

/// Result.
static RESULT: [Field; 4] = [
    Field::new(
        "type",
        Shape::Types(&["Result"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "resultDescription",
        Shape::Uri,
        "Open Badges 3.0 Result.resultDescription",
        text3("Нені өлшейді", "Что измерено", "What was measured"),
        text3("Жетістіктегі нәтиже сипаттамасының белгісі.", "Идентификатор описания результата из достижения.", "Id of one of the achievement's descriptions of results."),
    ),
    Field::new(
        "value",
        Shape::Line { max_chars: 200 },
        "Open Badges 3.0 Result.value",
        text3("Мәні", "Значение", "Value"),
        text3("Нәтиженің өзі, мысалы 120.", "Сам результат, например 120.", "The result itself, such as 120."),
    ),
    Field::new(
        "status",
        Shape::Suggested(&RESULT_STATUSES),
        "Open Badges 3.0 Result.status",
        text3("Нәтиже күйі", "Состояние результата", "Status of the result"),
        text3("Нәтиже аяқталды ма.", "Завершён ли результат.", "Whether the result is complete."),
    ),
];

/// ResultDescription.
static RESULT_DESCRIPTION: [Field; 4] = [
    Field::new(
        "id",
        Shape::Uri,
        "Open Badges 3.0 ResultDescription.id",
        text3("Сипаттама белгісі", "Идентификатор описания", "Id of the description"),
        text3("Нәтижелер сілтейтін URI.", "URI, на который ссылаются результаты.", "The URI that results refer to."),
    )
    .required(),
    Field::new(
        "type",
        Shape::Types(&["ResultDescription"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "name",
        Shape::Line { max_chars: 200 },
        "Open Badges 3.0 ResultDescription.name",
        text3("Нәтиже атауы", "Название результата", "Name of the result"),
        text3("Не өлшенеді, мысалы расталған сағаттар.", "Что измеряется, например подтверждённые часы.", "What is measured, such as confirmed hours."),
    )
    .required(),
    Field::new(
        "resultType",
        Shape::Code(&RESULT_TYPE),
        "Open Badges 3.0 ResultType",
        text3("Нәтиже түрі", "Вид результата", "Kind of result"),
        text3("Стандарттағы түр, мысалы Result, немесе ext: деп басталатын өз түрі.", "Вид из стандарта, например Result, или свой с началом ext:.", "A type of the standard, such as Result, or one's own that begins with ext:."),
    )
    .required(),
];

/// Alignment.
static ALIGNMENT: [Field; 7] = [
    Field::new(
        "type",
        Shape::Types(&["Alignment"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "targetName",
        Shape::Line { max_chars: 300 },
        "Open Badges 3.0 Alignment.targetName",
        text3("Термин атауы", "Название термина", "Name of the term"),
        text3("Тізімдегі атауы.", "Его название в списке.", "What the list calls it."),
    )
    .required(),
    Field::new(
        "targetUrl",
        Shape::Uri,
        "Open Badges 3.0 Alignment.targetUrl",
        text3("Термин мекенжайы", "Адрес термина", "Address of the term"),
        text3("Мысалы ESCO дағдысының URI-ы.", "Например, URI навыка в ESCO.", "Such as the URI of an ESCO skill."),
    )
    .required()
    .indexed(),
    Field::new(
        "targetCode",
        Shape::Line { max_chars: 100 },
        "Open Badges 3.0 Alignment.targetCode",
        text3("Термин коды", "Код термина", "Code of the term"),
        text3("Тізімдегі коды, болса.", "Код в списке, если есть.", "Its code in the list, if it has one."),
    ),
    Field::new(
        "targetFramework",
        Shape::Line { max_chars: 200 },
        "Open Badges 3.0 Alignment.targetFramework",
        text3("Тізім атауы", "Название списка", "Name of the list"),
        text3("Термин алынған тізім.", "Список, из которого взят термин.", "The list the term comes from."),
    ),
    Field::new(
        "targetType",
        Shape::Code(&TARGET_TYPE),
        "Open Badges 3.0 AlignmentTargetType",
        text3("Термин түрі", "Вид термина", "Kind of term"),
        text3("Стандарттағы түр, мысалы ceasn:Competency.", "Вид из стандарта, например ceasn:Competency.", "A type of the standard, such as ceasn:Competency."),
    ),
    Field::new(
        "targetDescription",
        Shape::Text { max_chars: 2_000 },
        "Open Badges 3.0 Alignment.targetDescription",
        text3("Термин сипаттамасы", "Описание термина", "Description of the term"),
        text3("Термин нені білдіреді.", "Что означает термин.", "What the term means."),
    ),
];

/// Members beside the subject.
pub(super) static EXTRA: [Field; 5] = [
    Field::new(
        "name",
        Shape::Line { max_chars: 300 },
        "Open Badges 3.0 AchievementCredential.name",
        text3("Куәлік атауы", "Название свидетельства", "Name of the credential"),
        text3("Әмиянда және тізімдерде көрінетін атау.", "Название для кошелька и списков.", "The name that wallets and lists show."),
    )
    .required(),
    Field::new(
        "description",
        Shape::Text { max_chars: 2_000 },
        "Open Badges 3.0 AchievementCredential.description",
        text3("Қысқаша сипаттама", "Краткое описание", "Short description"),
        text3("Куәлікке бір-екі сөйлем.", "Одно-два предложения о свидетельстве.", "A sentence or two about the credential."),
    ),
    Field::new(
        "awardedDate",
        Shape::Timestamp,
        "Open Badges 3.0 AchievementCredential.awardedDate",
        text3("Берілген уақыты", "Когда присуждено", "Awarded on"),
        text3("Жетістік танылған уақыт.", "Когда достижение признано.", "When the achievement was recognised."),
    ),
    Field::new(
        "validUntil",
        Shape::Timestamp,
        "W3C VCDM 2.0 validUntil",
        text3("Жарамды мерзімі", "Действует до", "Valid until"),
        text3("Осыдан кейін куәлік жарамсыз.", "После этого времени свидетельство недействительно.", "After this the credential no longer counts."),
    ),
    Field::new(
        "evidence",
        Shape::List(&Shape::Object(&EVIDENCE), 20),
        "Open Badges 3.0 AchievementCredential.evidence",
        text3("Дәлелдер", "Подтверждения", "Evidence"),
        text3("Жетістікті көрсететін беттер мен жазбалар.", "Страницы и записи, которые показывают достижение.", "Pages and records that show the achievement."),
    ),
];

/// Evidence.
static EVIDENCE: [Field; 4] = [
    Field::new(
        "id",
        Shape::Uri,
        "Open Badges 3.0 Evidence.id",
        text3("Дәлел мекенжайы", "Адрес подтверждения", "Address of the evidence"),
        text3("Дәлел тұрған беттің немесе жазбаның URI-ы.", "URI страницы или записи с подтверждением.", "URI of the page or record that shows it."),
    ),
    Field::new(
        "type",
        Shape::Types(&["Evidence"]),
        "W3C VCDM 2.0 type",
        text3("Түрі", "Тип", "Type"),
        text3("Стандарт талап ететін түр; бағдарлама өзі қояды.", "Тип, которого требует стандарт; его ставит программа.", "The type that the standard asks for; software adds it."),
    )
    .required(),
    Field::new(
        "name",
        Shape::Line { max_chars: 300 },
        "Open Badges 3.0 Evidence.name",
        text3("Дәлел атауы", "Название подтверждения", "Name of the evidence"),
        text3("Бір жолмен, бұл не.", "Что это, одной строкой.", "What it is, in one line."),
    ),
    Field::new(
        "narrative",
        Shape::Text { max_chars: 10_000 },
        "Open Badges 3.0 Evidence.narrative",
        text3("Дәлел мәтіні", "Текст подтверждения", "Text of the evidence"),
        text3("Қалай жеткені, Markdown мәтінімен.", "Как это было достигнуто, текстом Markdown.", "How it was achieved, as Markdown text."),
    ),
];
