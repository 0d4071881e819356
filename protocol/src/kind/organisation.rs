//! What an organisation says of itself, or of another that keeps no log.
//!
//! Shape    see the table; only `name` is required
//! Limits   names no people: who to write to is a page
//! Source   org-id for identifiers, Volunteering Data Standard Organisation, 360Giving, HSDS, ICNP/TSO, IATI
//!          organisation types

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra, rule};
use crate::field::{Choice, Field, FieldFault, Shape, choice, code, place, provenance, text3};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "organisation",
    type_name: "Organisation",
    class: Class::Record,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("Ұйым", "Организация", "Organisation"),
    help: text3(
        "Ұйымның атауы, қызметі және онымен байланысатын жері.",
        "Название организации, чем она занимается и как с ней связаться.",
        "An organisation's name, what it does, and how to reach it.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 20] = [
    Field::new(
        "id",
        Shape::Organisation,
        "W3C VCDM 2.0 credentialSubject.id",
        text3("Желідегі белгісі", "Имя в сети", "Name in the network"),
        text3("Ұйымның осы желідегі белгісі; өз журналы жоқ ұйымда болмайды.", "Имя организации в этой сети; нет у тех, кто не ведёт журнала.", "The organisation's name in this network; absent for one that keeps no log."),
    )
    .indexed(),
    Field::new(
        "name",
        Shape::Title { max_chars: 300 },
        "VDS Organisation.name; 360Giving Organization.name",
        text3("Атауы", "Название", "Name"),
        text3("Адамдар танитын атауы, әр тілде.", "Название, по которому её знают, на каждом языке.", "The name people know it by, in each language."),
    )
    .required(),
    Field::new(
        "legalName",
        Shape::Line { max_chars: 300 },
        "schema.org legalName",
        text3("Заңды атауы", "Юридическое название", "Legal name"),
        text3("Тізілімде жазылған атауы.", "Название, под которым она зарегистрирована.", "The name under which it is registered."),
    ),
    Field::new(
        "description",
        Shape::Words { max_chars: 10_000 },
        "VDS Organisation.description",
        text3("Сипаттамасы", "Описание", "Description"),
        text3("Ұйым не істейді және кімге көмектеседі.", "Чем занимается и кому помогает.", "What it does and whom it helps."),
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
        "form",
        Shape::Suggested(&FORMS),
        "IATI OrganisationType",
        text3("Ұйым түрі", "Вид организации", "Form"),
        text3("Қоғамдық, мемлекеттік, халықаралық немесе басқа.", "Общественная, государственная, международная или иная.", "Non-profit, governmental, international or other."),
    )
    .indexed(),
    Field::new(
        "parent",
        Shape::Organisation,
        "HSDS parent_organization_id",
        text3("Жоғары тұрған ұйым", "Вышестоящая организация", "Parent organisation"),
        text3("Ұйым басқасының бөлімі болса, соның белгісі.", "Если это часть другой организации, то имя той.", "If it is part of another organisation, that one's name."),
    )
    .indexed(),
    Field::new(
        "founded",
        Shape::Integer { min: 1000, max: 9999 },
        "HSDS year_incorporated",
        text3("Құрылған жылы", "Год основания", "Founded in"),
        text3("Құрылған жылы, төрт цифрмен.", "Год основания, четырьмя цифрами.", "The year it was founded, in four digits."),
    )
    .unit("{year}"),
    Field::new(
        "country",
        Shape::Code(&code::COUNTRY),
        "ISO 3166-1 alpha-2",
        text3("Ел", "Страна", "Country"),
        text3("Тіркелген елінің екі әріпті коды, мысалы KZ.", "Двухбуквенный код страны регистрации, например KZ.", "Two-letter code of the country it is registered in, such as KZ."),
    )
    .indexed(),
    Field::new(
        "regions",
        Shape::List(&Shape::Code(&code::TERRITORY), 300),
        "ISO 3166",
        text3("Жұмыс істейтін жерлері", "Где работает", "Where it works"),
        text3("Елдер мен өңірлердің кодтары.", "Коды стран и регионов.", "Codes of countries and regions."),
    )
    .indexed(),
    Field::new(
        "place",
        Shape::Object(&place::PLACE),
        "VDS Location; schema.org Organization.address",
        text3("Кеңсесі", "Офис", "Office"),
        text3("Ұйымды табуға болатын мекенжай.", "Адрес, по которому её можно найти.", "Where it can be found."),
    ),
    Field::new(
        "sectors",
        Shape::List(&Shape::Code(&code::SECTOR), 50),
        "ICNP/TSO",
        text3("Қызмет салалары", "Сферы деятельности", "Fields of work"),
        text3("ICNP/TSO кодтары, мысалы D.", "Коды ICNP/TSO, например D.", "Codes of ICNP/TSO, such as D."),
    )
    .indexed(),
    Field::new(
        "causes",
        Shape::List(&Shape::Uri, 50),
        "VDS Organisation.cause",
        text3("Мақсаттары", "Цели", "Causes"),
        text3("Ұйым қандай іске қызмет етеді; тізім терминдерінің мекенжайлары.", "Ради чего она работает; адреса терминов из списка.", "What it works for, as addresses of a list's terms."),
    )
    .indexed(),
    Field::new(
        "languages",
        Shape::List(&Shape::Code(&code::LANGUAGE), 50),
        "schema.org knowsLanguage; BCP 47",
        text3("Тілдері", "Языки", "Languages"),
        text3("Ұйыммен сөйлесуге болатын тілдер.", "Языки, на которых с ней можно говорить.", "Languages in which it can be spoken to."),
    )
    .indexed(),
    Field::new(
        "website",
        Shape::Url,
        "VDS Organisation.website",
        text3("Сайты", "Сайт", "Website"),
        text3("Ұйым сайтының мекенжайы.", "Адрес сайта организации.", "Address of its website."),
    ),
    Field::new(
        "contactPage",
        Shape::Url,
        "schema.org contactPoint",
        text3("Байланыс беті", "Страница контактов", "Contact page"),
        text3("Хабарласуға болатын беттің мекенжайы; адамның аты жазылмайды.", "Адрес страницы для связи; без имён людей.", "Address of a page for getting in touch; never a person's name."),
    ),
    Field::new(
        "applyLink",
        Shape::Url,
        "VDS Role.applyLink",
        text3("Ерікті болып жазылатын бет", "Страница для волонтёров", "Where to volunteer"),
        text3("Еріктілер тіркелетін беттің мекенжайы.", "Адрес страницы, где записываются волонтёры.", "Address of the page where volunteers sign up."),
    ),
    Field::new(
        "image",
        Shape::Url,
        "VDS Organisation.image",
        text3("Белгі суреті", "Логотип", "Logo"),
        text3("Ұйым белгісінің мекенжайы.", "Адрес изображения с её знаком.", "Address of a picture of its sign."),
    ),
    Field::new(
        "addresses",
        Shape::List(&Shape::Multiaddr, 16),
        "libp2p multiaddr",
        text3("Түйін мекенжайлары", "Адреса узла", "Addresses of its node"),
        text3("Басқа түйіндер осы ұйымның түйінін қайдан табады.", "Где другие узлы найдут узел этой организации.", "Where other nodes reach this organisation's node."),
    ),
    Field::new(
        "source",
        Shape::Object(&provenance::SOURCE),
        "DCAT dcterms:source",
        text3("Дереккөз", "Источник", "Source"),
        text3("Басқа тізімнен алынған болса, қайдан.", "Если взято из другого списка, то откуда.", "Where it was taken from, if from another list."),
    ),
];

/// What kind of organisation it is.
pub static FORMS: [Choice; 10] = [
    choice("nonprofit", "Қоғамдық ұйым", "Общественная организация", "Non-profit"),
    choice("volunteer_centre", "Еріктілер орталығы", "Волонтёрский центр", "Volunteer centre"),
    choice("government", "Мемлекеттік орган", "Государственный орган", "Government body"),
    choice("intergovernmental", "Халықаралық ұйым", "Межправительственная организация", "Intergovernmental organisation"),
    choice("red_cross_red_crescent", "Қызыл Крест немесе Қызыл Жарты ай", "Красный Крест или Красный Полумесяц", "Red Cross or Red Crescent"),
    choice("foundation", "Қор", "Фонд", "Foundation"),
    choice("company", "Компания", "Предприятие", "Company"),
    choice("education", "Оқу орны", "Учебное заведение", "School or university"),
    choice("religious", "Діни бірлестік", "Религиозное объединение", "Religious organisation"),
    choice("informal_group", "Тіркелмеген топ", "Незарегистрированная группа", "Informal group"),
];

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    let read = super::Reader(subject);
    if let (Ok(id), Ok(parent)) = (read.text("id"), read.text("parent"))
        && id == parent
    {
        return Err(read.fault("parent", "an organisation other than `id`"));
    }
    rule::place(subject, "place")
}

fn sample() -> Map<String, Value> {
    super::object(json!({
        "id": super::sample_organisation().to_string(),
        "name": {
            "kk": "Жасыл ел еріктілері",
            "ru": "Волонтёры «Жасыл ел»",
            "en": "Zhasyl El Volunteers",
        },
        "legalName": "«Жасыл ел еріктілері» қоғамдық бірлестігі",
        "description": {
            "kk": "Қаладағы тоғайлар мен өзендерді тазалаймыз, ағаш отырғызамыз.",
            "ru": "Чистим городские рощи и реки, сажаем деревья.",
            "en": "We clean the city's groves and rivers and plant trees.",
        },
        "identifiers": ["KZ-BIN-000000000000"],
        "form": "nonprofit",
        "founded": 2019,
        "country": "KZ",
        "regions": ["KZ-75", "KZ-19"],
        "place": {
            "address": "Абай даңғылы, 1",
            "locality": "Алматы",
            "postalCode": "050000",
            "region": "KZ-75",
            "country": "KZ",
        },
        "sectors": ["E10", "D"],
        "causes": ["https://ns.volunteeringdata.io/Environment"],
        "languages": ["kk", "ru", "en"],
        "website": "https://volunteers.example/",
        "contactPage": "https://volunteers.example/contact",
        "applyLink": "https://volunteers.example/join",
        "addresses": ["/dns4/node.volunteers.example/tcp/7800"],
    }))
}
