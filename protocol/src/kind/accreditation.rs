//! One organisation vouches for another: what it may do, in which fields of work, where, and until when.
//!
//! Shape    subject `id` is the accredited organisation; a higher version with `"status": "revoked"` takes it back
//! Limits   which logs' entries still count after a revocation is said by `logSize`, in entries, never in time
//! Source   Open Badges 3.0 EndorsementCredential for the statement, the European Learning Model's accreditation for
//!          its scope

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Author, Kind, ROLES, ReadersDefault, Role, no_extra};
use crate::field::{Choice, Field, FieldFault, Shape, choice, code, text3};
use crate::id::{OrgId, Origin};
use crate::log::Class;
use crate::time::Date;

/// The kind.
pub static KIND: Kind = Kind {
    name: "accreditation",
    type_name: "Accreditation",
    class: Class::Control,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("Аккредиттеу", "Аккредитация", "Accreditation"),
    help: text3(
        "Басқа ұйымға сенім білдіріп, оның рөлдерін, аумағын және мерзімін белгілейді.",
        "Ручается за другую организацию: её роли, территории и срок.",
        "Vouches for another organisation: its roles, territories and period.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

/// Territories of one accreditation, at most: every country (249) and some.
const TERRITORIES_MAX: usize = 300;
/// Sectors of one accreditation, at most: every code of ICNP/TSO (127) and some.
const SECTORS_MAX: usize = 150;

static FIELDS: [Field; 12] = [
    Field::new(
        "id",
        Shape::Organisation,
        "W3C VCDM 2.0 credentialSubject.id",
        text3("Аккредиттелген ұйым", "Аккредитованная организация", "Accredited organisation"),
        text3(
            "Сенім білдірілген ұйымның белгісі.",
            "Организация, за которую ручаются.",
            "The organisation that is vouched for.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "status",
        Shape::OneOf(&STATUSES),
        "ELM accreditation status",
        text3("Күйі", "Состояние", "Status"),
        text3(
            "Берілген немесе қайтарып алынған.",
            "Выдана или отозвана.",
            "Granted or revoked.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "roles",
        Shape::List(&Shape::Suggested(&ROLES), 32),
        "ELM accreditation type",
        text3("Рөлдері", "Роли", "Roles"),
        text3(
            "Ұйым желіде не істей алады.",
            "Что организация может делать в сети.",
            "What the organisation may do in the network.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "from",
        Shape::Date,
        "ELM accreditation dcterms:issued",
        text3("Басталатын күні", "Действует с", "Valid from"),
        text3(
            "Күшіне енетін бірінші күн.",
            "Первый день действия.",
            "The first day on which it counts.",
        ),
    )
    .required(),
    Field::new(
        "until",
        Shape::Date,
        "ELM accreditation expiryDate",
        text3("Аяқталатын күні", "Действует по", "Valid until"),
        text3(
            "Күшінде болатын соңғы күн; болмаса, мерзімсіз.",
            "Последний день действия; без него бессрочно.",
            "The last day on which it counts; without it there is no end.",
        ),
    ),
    Field::new(
        "sectors",
        Shape::List(&Shape::Code(&code::SECTOR), SECTORS_MAX),
        "ICNP/TSO",
        text3("Қызмет салалары", "Сферы деятельности", "Fields of work"),
        text3(
            "ICNP/TSO кодтары; көрсетілмесе, барлық сала.",
            "Коды ICNP/TSO; если не указаны, то все сферы.",
            "Codes of ICNP/TSO; without them, every field.",
        ),
    )
    .indexed(),
    Field::new(
        "territories",
        Shape::List(&Shape::Code(&code::TERRITORY), TERRITORIES_MAX),
        "ELM accreditation limitJurisdiction; ISO 3166",
        text3("Аумақтары", "Территории", "Territories"),
        text3(
            "Елдер мен өңірлердің кодтары; көрсетілмесе, барлық жер.",
            "Коды стран и регионов; если не указаны, то везде.",
            "Codes of countries and regions; without them, everywhere.",
        ),
    )
    .indexed(),
    Field::new(
        "scheme",
        Shape::Uri,
        "OpenID Federation trust mark type",
        text3("Аккредиттеу ережесі", "Схема аккредитации", "Scheme"),
        text3(
            "Ұйым тексерілген ереженің немесе стандарттың мекенжайы.",
            "Адрес правил или стандарта, по которым проверяли организацию.",
            "Address of the rules or standard the organisation was checked against.",
        ),
    ),
    Field::new(
        "evidence",
        Shape::List(&Shape::Url, 20),
        "Open Badges 3.0 evidence",
        text3("Дәлелдер", "Подтверждения", "Evidence"),
        text3(
            "Шешім мен тексеру құжаттарының мекенжайлары.",
            "Адреса решения и документов проверки.",
            "Addresses of the decision and of the documents behind it.",
        ),
    ),
    Field::new(
        "note",
        Shape::Words { max_chars: 2_000 },
        "Open Badges 3.0 endorsementComment",
        text3("Түсіндірме", "Пояснение", "Note"),
        text3(
            "Оқитын адамға арналған түсіндірме.",
            "Пояснение для тех, кто читает.",
            "A note for whoever reads it.",
        ),
    ),
    Field::new(
        "reason",
        Shape::Suggested(&REASONS),
        "Erikti",
        text3("Қайтарып алу себебі", "Причина отзыва", "Reason for revoking"),
        text3(
            "Неге қайтарып алынғаны, бір кодпен.",
            "Почему отозвана, одним кодом.",
            "Why it was revoked, as one code.",
        ),
    ),
    Field::new(
        "logSize",
        Shape::List(&Shape::Object(&LOG_SIZE), 16),
        "C2SP tlog-checkpoint size",
        text3("Журналдың күшінде қалатын бөлігі", "Какая часть журнала остаётся в силе", "How much of its log still counts"),
        text3(
            "Қайтарып алынғанда ғана: ұйымның әр журналының неше жазбасы күшінде қалады.",
            "Только при отзыве: сколько записей каждого журнала организации остаётся в силе.",
            "Only when revoked: how many entries of each of its logs still count.",
        ),
    ),
];

static LOG_SIZE: [Field; 2] = [
    Field::new(
        "origin",
        Shape::Origin,
        "C2SP tlog-checkpoint origin",
        text3("Журналдың аты", "Имя журнала", "Name of the log"),
        text3(
            "Аккредиттелген ұйымның журналы.",
            "Журнал аккредитованной организации.",
            "A log of the accredited organisation.",
        ),
    )
    .required(),
    Field::new(
        "size",
        Shape::Integer {
            min: 0,
            max: super::SIZE_MAX,
        },
        "C2SP tlog-checkpoint size",
        text3("Көлемі", "Размер", "Size"),
        text3(
            "Осыдан кейінгі жазбалар есепке алынбайды.",
            "Записи после этого места не учитываются.",
            "Entries after it are not counted.",
        ),
    )
    .required()
    .unit("{entry}"),
];

/// Whether it stands.
pub static STATUSES: [Choice; 2] = [
    choice("granted", "Берілген", "Выдана", "Granted"),
    choice("revoked", "Қайтарып алынған", "Отозвана", "Revoked"),
];

/// Why accreditations are revoked.
pub static REASONS: [Choice; 5] = [
    choice("withdrew", "Ұйымның өзі шықты", "Организация вышла сама", "The organisation left"),
    choice("lapsed", "Мерзімі ұзартылмады", "Срок не продлён", "Not renewed"),
    choice("conditions_not_met", "Талаптар орындалмады", "Условия не выполнены", "Conditions not met"),
    choice("misconduct", "Ереже бұзылды", "Нарушение правил", "Misconduct"),
    choice("mistake", "Қате берілген", "Выдана по ошибке", "Granted by mistake"),
];

/// An `accreditation` record's subject, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accreditation {
    /// Who is accredited.
    pub organisation: OrgId,
    /// Roles known here; others are ignored, since a later version may have added them.
    pub roles: BTreeSet<Role>,
    /// ICNP/TSO codes; empty means every field.
    pub sectors: Vec<String>,
    /// ISO 3166 codes; empty means everywhere.
    pub territories: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day, if there is one.
    pub until: Option<Date>,
    /// Granted or revoked.
    pub status: Status,
}

/// Whether an accreditation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Status {
    /// It stands.
    Granted,
    /// It was taken back; of each log named, the first entries, as many as said, still count, and of logs not named
    /// none do.
    Revoked(Vec<(Origin, u64)>),
}

impl Accreditation {
    /// Whether it counts on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.status == Status::Granted
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
    }

    /// Reads a subject that must pass the kind's checks.
    pub fn from_subject(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        crate::field::check_fields(&FIELDS, subject)?;
        Self::members(subject)
    }

    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        let accreditation = Self {
            organisation: read.organisation("id")?,
            roles: read.texts("roles").filter_map(Role::parse).collect(),
            sectors: read.texts("sectors").map(str::to_owned).collect(),
            territories: read.texts("territories").map(str::to_owned).collect(),
            from: read.date("from")?,
            until: subject
                .contains_key("until")
                .then(|| read.date("until"))
                .transpose()?,
            status: Status::members(subject)?,
        };
        if accreditation
            .until
            .is_some_and(|until| until < accreditation.from)
        {
            return Err(read.fault("until", "a day not before `from`"));
        }
        if read.texts("roles").next().is_none() {
            return Err(read.fault("roles", "at least one role"));
        }
        Ok(accreditation)
    }

    /// The subject to sign.
    pub fn to_subject(&self) -> Map<String, Value> {
        let mut subject = super::object(json!({
            "id": self.organisation.to_string(),
            "roles": self.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
            "from": self.from.to_string(),
            "status": if self.status == Status::Granted { "granted" } else { "revoked" },
        }));
        for (name, codes) in [("sectors", &self.sectors), ("territories", &self.territories)] {
            if !codes.is_empty() {
                subject.insert(name.to_owned(), json!(codes));
            }
        }
        if let Some(until) = self.until {
            subject.insert("until".to_owned(), json!(until.to_string()));
        }
        if let Status::Revoked(sizes) = &self.status {
            let sizes = sizes
                .iter()
                .map(|(origin, size)| json!({"origin": origin.as_str(), "size": size}));
            subject.insert("logSize".to_owned(), sizes.collect());
        }
        subject
    }
}

impl Status {
    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        if read.text("status")? == "granted" {
            return match ["logSize", "reason"]
                .into_iter()
                .find(|name| subject.contains_key(*name))
            {
                Some(name) => Err(read.fault(name, "nothing unless `status` is `revoked`")),
                None => Ok(Self::Granted),
            };
        }
        let mut sizes = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, item) in read.objects("logSize").enumerate() {
            let within = |fault: FieldFault| fault.within(&format!("logSize.{index}"));
            let origin = item.origin("origin").map_err(within)?;
            if !seen.insert(origin.clone()) {
                return Err(within(item.fault("origin", "each log once")));
            }
            sizes.push((origin, item.count("size").map_err(within)?));
        }
        Ok(Self::Revoked(sizes))
    }
}

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    Accreditation::members(subject).map(|_| ())
}

fn sample() -> Map<String, Value> {
    let day = |text| Date::parse(text).expect("a date written here");
    let mut subject = Accreditation {
        organisation: super::sample_organisation(),
        roles: BTreeSet::from([Role::Host, Role::Issuer]),
        sectors: vec!["D".to_owned(), "E10".to_owned()],
        territories: vec!["KZ".to_owned(), "KG-GB".to_owned()],
        from: day("2026-01-01"),
        until: Some(day("2028-12-31")),
        status: Status::Granted,
    }
    .to_subject();
    subject.extend(super::object(json!({
        "scheme": "https://standard.example/host/2",
        "evidence": ["https://standard.example/decisions/2026-17"],
        "note": {
            "kk": "Үш жылға, құжаттар мен орнында тексеру негізінде.",
            "ru": "На три года, по документам и после проверки на месте.",
            "en": "For three years, after a visit and a review of documents.",
        },
    })));
    subject
}
