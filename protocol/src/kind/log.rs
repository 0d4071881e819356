//! The first record of every log: who keeps it, under which keys, and which log it continues.
//!
//! Shape    `{"name": text, "network": name, "nodeKey": key, "witnessKey": key, "nextKeyDigest": digest}`, and in a
//!          log that continues another one also `"organisation"`, `"previous": {"origin", "size", "root"}`, `"reason"`
//! Limits   entry 0 of its log and nowhere else; the founding one names no organisation, since its own digest is the name
//! Source   C2SP tlog-checkpoint for origin, size and root; KERI pre-rotation for the next key

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra};
use crate::field::{Choice, Field, FieldFault, Shape, choice, code, text3};
use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "log",
    type_name: "Log",
    class: Class::Control,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("Журналдың басы", "Начало журнала", "Opening of a log"),
    help: text3(
        "Ұйымның журналын ашады: атауы, кілттері және жалғасып отырған бұрынғы журналы.",
        "Открывает журнал организации: название, ключи и прежний журнал, который он продолжает.",
        "Opens an organisation's log: its name, its keys, and the earlier log it continues.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 8] = [
    Field::new(
        "name",
        Shape::Line { max_chars: 200 },
        "W3C VCDM 2.0 name; schema.org Organization.name",
        text3("Ұйымның атауы", "Название организации", "Name of the organisation"),
        text3(
            "Ұйымды басқалар тани алатын атау.",
            "Название, по которому организацию узнают другие.",
            "The name by which others know the organisation.",
        ),
    )
    .required(),
    Field::new(
        "network",
        Shape::Code(&code::NETWORK),
        "Erikti origin",
        text3("Желі", "Сеть", "Network"),
        text3(
            "Журнал тиесілі желінің атауы.",
            "Имя сети, к которой относится журнал.",
            "Name of the network the log belongs to.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "nodeKey",
        Shape::Key,
        "C2SP signed-note verifier key",
        text3("Түйін кілті", "Ключ узла", "Node key"),
        text3(
            "Журналдың бақылау нүктелеріне қол қоятын кілт.",
            "Ключ, которым подписаны контрольные точки журнала.",
            "The key that signs the log's checkpoints.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "witnessKey",
        Shape::Key,
        "C2SP tlog-cosignature",
        text3("Куәгер кілті", "Ключ свидетеля", "Witness key"),
        text3(
            "Басқалардың бақылау нүктелерін куәландыратын кілт.",
            "Ключ, которым заверяют чужие контрольные точки.",
            "The key that cosigns the checkpoints of others.",
        ),
    )
    .required(),
    Field::new(
        "nextKeyDigest",
        Shape::Digest,
        "KERI pre-rotation",
        text3(
            "Келесі кілттің дайджесті",
            "Дайджест следующего ключа",
            "Digest of the next key",
        ),
        text3(
            "Қазіргі кілтті алмастыра алатын жалғыз кілттің SHA-256 дайджесті.",
            "Дайджест SHA-256 единственного ключа, который может сменить нынешний.",
            "SHA-256 of the one key that may replace the present one.",
        ),
    )
    .required(),
    Field::new(
        "organisation",
        Shape::Organisation,
        "Erikti",
        text3("Ұйым", "Организация", "Organisation"),
        text3(
            "Журнал басқасын жалғастырса ғана: осы ұйымның белгісі.",
            "Только если журнал продолжает другой: имя этой организации в сети.",
            "Only when the log continues another: the organisation it belongs to.",
        ),
    )
    .indexed(),
    Field::new(
        "previous",
        Shape::Object(&PREVIOUS),
        "C2SP tlog-checkpoint",
        text3("Бұрынғы журнал", "Прежний журнал", "Earlier log"),
        text3(
            "Жалғасып отырған журнал және оның қай жерге дейін күшінде екені.",
            "Продолжаемый журнал и место, до которого он остаётся в силе.",
            "The log that is continued, and up to where it still counts.",
        ),
    ),
    Field::new(
        "reason",
        Shape::Suggested(&REASONS),
        "Erikti",
        text3("Себебі", "Причина", "Reason"),
        text3(
            "Жаңа журналдың не үшін ашылғаны, бір кодпен.",
            "Почему открыт новый журнал, одним кодом.",
            "Why a new log was opened, as one code.",
        ),
    ),
];

static PREVIOUS: [Field; 3] = [
    Field::new(
        "origin",
        Shape::Origin,
        "C2SP tlog-checkpoint origin",
        text3("Журналдың аты", "Имя журнала", "Name of the log"),
        text3(
            "Бақылау нүктесінің бірінші жолы.",
            "Первая строка контрольной точки.",
            "The first line of its checkpoint.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "size",
        Shape::Integer {
            min: 1,
            max: super::SIZE_MAX,
        },
        "C2SP tlog-checkpoint size",
        text3("Көлемі", "Размер", "Size"),
        text3(
            "Күшінде қалатын жазбалар саны; одан кейінгілері жарамсыз.",
            "Сколько записей остаётся в силе; всё после них недействительно.",
            "How many entries still count; what comes after them is void.",
        ),
    )
    .required()
    .unit("{entry}"),
    Field::new(
        "root",
        Shape::Digest,
        "RFC 6962 Merkle tree hash",
        text3("Түбірі", "Корень", "Root"),
        text3(
            "Осы көлемдегі ағаштың түбір хеші.",
            "Корневой хеш дерева этого размера.",
            "Root hash of the tree of that size.",
        ),
    )
    .required(),
];

/// Why logs are continued by new ones.
pub static REASONS: [Choice; 5] = [
    choice("moved", "Басқа компьютерге көшті", "Переезд на другой компьютер", "Moved to another machine"),
    choice("restored", "Көшірмеден қалпына келді", "Восстановлен из копии", "Restored from a backup"),
    choice("compromised", "Кілт бөтен қолға түсті", "Ключ скомпрометирован", "Key compromised"),
    choice("forked", "Журнал екіге айырылды", "Журнал раздвоился", "The log forked"),
    choice("lost", "Деректер жоғалды", "Данные утеряны", "Data lost"),
];

/// A `log` record's subject, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogOpened {
    /// The organisation's name for people.
    pub name: String,
    /// The network.
    pub network: String,
    /// The key that signs this log's checkpoints.
    pub node_key: PublicKey,
    /// The key that cosigns others' checkpoints.
    pub witness_key: PublicKey,
    /// Digest of the one key that may replace the signing key.
    pub next_key_digest: Hash,
    /// What it continues; `None` in the founding log.
    pub succession: Option<Succession>,
}

/// What a log continues.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Succession {
    /// Whose log it is.
    pub organisation: OrgId,
    /// The log that is continued.
    pub previous: Pin,
    /// Why, as a code.
    pub reason: String,
}

/// A log and how far it still counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pin {
    /// The log.
    pub origin: Origin,
    /// Entries that still count.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl LogOpened {
    /// The log that this record opens.
    ///
    /// Panics   when the network was put in by hand and is none; [`LogOpened::from_subject`] takes no such name
    pub fn origin(&self) -> Origin {
        Origin::new(&self.network, &self.node_key).expect("the network's name was checked when read")
    }

    /// Reads a subject that must pass the kind's checks.
    pub fn from_subject(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        crate::field::check_fields(&FIELDS, subject)?;
        Self::members(subject)
    }

    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        let opened = Self {
            name: read.text("name")?.to_owned(),
            network: read.text("network")?.to_owned(),
            node_key: read.key("nodeKey")?,
            witness_key: read.key("witnessKey")?,
            next_key_digest: read.digest("nextKeyDigest")?,
            succession: Succession::members(subject)?,
        };
        if opened.node_key == opened.witness_key {
            return Err(read.fault("witnessKey", "a key other than `nodeKey`"));
        }
        if let Some(succession) = &opened.succession
            && succession.previous.origin == opened.origin()
        {
            return Err(read.fault("previous", "a log other than the one that this record opens"));
        }
        Ok(opened)
    }

    /// The subject to sign.
    pub fn to_subject(&self) -> Map<String, Value> {
        let mut subject = super::object(json!({
            "name": self.name,
            "network": self.network,
            "nodeKey": self.node_key.to_string(),
            "witnessKey": self.witness_key.to_string(),
            "nextKeyDigest": self.next_key_digest.to_string(),
        }));
        if let Some(succession) = &self.succession {
            subject.extend(super::object(json!({
                "organisation": succession.organisation.to_string(),
                "previous": {
                    "origin": succession.previous.origin.as_str(),
                    "size": succession.previous.size,
                    "root": succession.previous.root.to_string(),
                },
                "reason": succession.reason,
            })));
        }
        subject
    }
}

impl Succession {
    /// All three members or none of them.
    fn members(subject: &Map<String, Value>) -> Result<Option<Self>, FieldFault> {
        const MEMBERS: [&str; 3] = ["organisation", "previous", "reason"];
        if MEMBERS.iter().all(|name| !subject.contains_key(*name)) {
            return Ok(None);
        }
        if let Some(missing) = MEMBERS.iter().find(|name| !subject.contains_key(**name)) {
            return Err(FieldFault::missing(
                *missing,
                "`organisation`, `previous` and `reason` together, or none of them",
            ));
        }
        let read = super::Reader(subject);
        let previous = read.object("previous")?;
        let within = |fault: FieldFault| fault.within("previous");
        Ok(Some(Self {
            organisation: read.organisation("organisation")?,
            previous: Pin {
                origin: previous.origin("origin").map_err(within)?,
                size: previous.count("size").map_err(within)?,
                root: previous.digest("root").map_err(within)?,
            },
            reason: read.text("reason")?.to_owned(),
        }))
    }
}

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    LogOpened::members(subject).map(|_| ())
}

fn sample() -> Map<String, Value> {
    let earlier = super::sample_key(4);
    LogOpened {
        name: "Жасыл ел еріктілері".to_owned(),
        network: "erikti".to_owned(),
        node_key: super::sample_key(5),
        witness_key: super::sample_key(6),
        next_key_digest: super::sample_key(2).digest(),
        succession: Some(Succession {
            organisation: super::sample_organisation(),
            previous: Pin {
                origin: Origin::new("erikti", &earlier).expect("`erikti` names a network"),
                size: 4_711,
                root: Hash::of(b"a root, for the sample"),
            },
            reason: "moved".to_owned(),
        }),
    }
    .to_subject()
}
