//! The answer of an organisation that held an erased record: its bytes are gone from its node.
//!
//! Shape    which erasure it answers (record id, log, entry, digest), when the bytes went, until when backups keep them
//! Limits   read by the organisation that erased, and by nobody else unless its author says so
//! Source   Regulation (EU) 2016/679, article 19: recipients are told, and the controller can say who they were

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra};
use crate::field::{Field, FieldFault, Shape, text3};
use crate::hash::Hash;
use crate::id::{Origin, RecordId};
use crate::log::Class;
use crate::time::{Date, Timestamp};

/// The kind.
pub static KIND: Kind = Kind {
    name: "receipt",
    type_name: "Receipt",
    class: Class::Record,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Addressee,
    label: text3("Өшіру туралы қолхат", "Расписка об удалении", "Receipt for an erasure"),
    help: text3(
        "Өшірілген жазбаның байттары осы түйінде жойылғанын растайды.",
        "Подтверждает, что на этом узле байты стёртой записи уничтожены.",
        "Confirms that this node has destroyed the bytes of an erased record.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 6] = [
    Field::new(
        "erasure",
        Shape::Record("erasure"),
        "W3C VCDM 2.0 id",
        text3("Өшіру жазбасы", "Запись об удалении", "Erasure"),
        text3(
            "Жауап беріліп отырған өшіру жазбасының белгісі.",
            "Идентификатор записи об удалении, на которую это ответ.",
            "Id of the erasure that this answers.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "origin",
        Shape::Origin,
        "C2SP tlog-checkpoint origin",
        text3("Журналдың аты", "Имя журнала", "Name of the log"),
        text3(
            "Өшіру жазбасы тұрған журнал.",
            "Журнал, в котором стоит запись об удалении.",
            "The log in which the erasure stands.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "index",
        Shape::Integer {
            min: 1,
            max: super::SIZE_MAX,
        },
        "RFC 6962 leaf index",
        text3("Журналдағы орны", "Место в журнале", "Position in the log"),
        text3(
            "Өшіру жазбасының журналдағы нөмірі, нөлден бастап.",
            "Номер записи об удалении в журнале, считая с нуля.",
            "The erasure's number in its log, counted from 0.",
        ),
    )
    .required(),
    Field::new(
        "digest",
        Shape::Digest,
        "FIPS 180-4 SHA-256",
        text3("Өшіру жазбасының дайджесті", "Дайджест записи об удалении", "Digest of the erasure"),
        text3(
            "Өшіру жазбасы байттарының SHA-256 дайджесті.",
            "Дайджест SHA-256 байтов записи об удалении.",
            "SHA-256 of the erasure's bytes.",
        ),
    )
    .required(),
    Field::new(
        "destroyedAt",
        Shape::Timestamp,
        "GDPR article 19",
        text3("Жойылған уақыты", "Когда уничтожено", "Destroyed at"),
        text3(
            "Байттар мен іздеу жолдары осы түйінде жойылған сәт.",
            "Когда на этом узле уничтожены байты и строки поиска.",
            "When bytes and search rows were destroyed on this node.",
        ),
    )
    .required(),
    Field::new(
        "backupsUntil",
        Shape::Date,
        "GDPR article 19",
        text3("Көшірмелер сақталатын мерзім", "До какого дня хранятся копии", "Backups kept until"),
        text3(
            "Ескі көшірмелерде қалса, соңғысы жойылатын күн; болмаса, көшірме жоқ.",
            "Если запись осталась в старых копиях, день уничтожения последней; иначе копий нет.",
            "If older backups still hold it, the day the last one goes; without it there are none.",
        ),
    ),
];

/// A `receipt` record's subject, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Id of the erasure that is answered.
    pub erasure: RecordId,
    /// The log in which the erasure stands.
    pub origin: Origin,
    /// Its entry there.
    pub index: u64,
    /// Digest of its bytes.
    pub digest: Hash,
    /// When bytes and index rows were destroyed.
    pub destroyed_at: Timestamp,
    /// Until when backups keep them, if any do.
    pub backups_until: Option<Date>,
}

impl Receipt {
    /// Reads a subject that must pass the kind's checks.
    pub fn from_subject(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        crate::field::check_fields(&FIELDS, subject)?;
        Self::members(subject)
    }

    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        Ok(Self {
            erasure: read.record("erasure")?,
            origin: read.origin("origin")?,
            index: read.count("index")?,
            digest: read.digest("digest")?,
            destroyed_at: read.time("destroyedAt")?,
            backups_until: subject
                .contains_key("backupsUntil")
                .then(|| read.date("backupsUntil"))
                .transpose()?,
        })
    }

    /// The subject to sign.
    pub fn to_subject(&self) -> Map<String, Value> {
        let mut subject = super::object(json!({
            "erasure": self.erasure.to_string(),
            "origin": self.origin.as_str(),
            "index": self.index,
            "digest": self.digest.to_string(),
            "destroyedAt": self.destroyed_at.to_string(),
        }));
        if let Some(until) = self.backups_until {
            subject.insert("backupsUntil".to_owned(), json!(until.to_string()));
        }
        subject
    }
}

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    Receipt::members(subject).map(|_| ())
}

fn sample() -> Map<String, Value> {
    Receipt {
        erasure: super::sample_id(4),
        origin: super::sample_origin(),
        index: 1_100,
        digest: Hash::of(b"an erasure, for the sample"),
        destroyed_at: Timestamp::parse("2026-03-01T08:00:00Z").expect("a time written here"),
        backups_until: Date::parse("2026-05-31"),
    }
    .to_subject()
}
