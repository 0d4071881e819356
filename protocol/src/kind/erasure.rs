//! An organisation takes back one of its records: whoever holds its bytes destroys them.
//!
//! Shape    `{"origin": log, "index": entry, "digest": digest, "id": record, "reason": term}`
//! Units    `index` counts from 0
//! Limits   a record of the author's own organisation; a code as reason, never words, which could not be erased again
//! Source   Regulation (EU) 2016/679, articles 16, 17 and 19, for the reasons

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra};
use crate::field::{Choice, Field, FieldFault, Shape, choice, text3};
use crate::hash::Hash;
use crate::id::{Origin, RecordId};
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "erasure",
    type_name: "Erasure",
    class: Class::Control,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("Өшіру", "Удаление", "Erasure"),
    help: text3(
        "Ұйымның өз жазбасын барлық түйіннен өшіруді талап етеді.",
        "Требует стереть собственную запись организации на всех узлах.",
        "Asks every node to destroy a record of the organisation itself.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 5] = [
    Field::new(
        "origin",
        Shape::Origin,
        "C2SP tlog-checkpoint origin",
        text3("Журналдың аты", "Имя журнала", "Name of the log"),
        text3(
            "Өшірілетін жазба тұрған журнал.",
            "Журнал, в котором стоит стираемая запись.",
            "The log in which the erased record stands.",
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
            "Жазбаның журналдағы нөмірі, нөлден бастап; нөлінші жазба өшірілмейді.",
            "Номер записи в журнале, считая с нуля; нулевую запись стереть нельзя.",
            "The entry's number in the log, counted from 0; entry 0 cannot be erased.",
        ),
    )
    .required(),
    Field::new(
        "digest",
        Shape::Digest,
        "FIPS 180-4 SHA-256",
        text3("Жазбаның дайджесті", "Дайджест записи", "Digest of the record"),
        text3(
            "Өшірілетін байттардың SHA-256 дайджесті.",
            "Дайджест SHA-256 стираемых байтов.",
            "SHA-256 of the bytes to destroy.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "id",
        Shape::Record(""),
        "W3C VCDM 2.0 id",
        text3("Жазба", "Запись", "Record"),
        text3(
            "Өшірілетін жазбаның белгісі; оның барлық нұсқасы өшіріліп, белгі жабылады.",
            "Идентификатор стираемой записи; стираются все её версии, и он закрывается.",
            "The id of the erased record; all its versions go, and the id is closed.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "reason",
        Shape::Suggested(&REASONS),
        "GDPR articles 16 and 17",
        text3("Себебі", "Причина", "Reason"),
        text3(
            "Өшіру себебі, бір кодпен; сөзбен жазылмайды, өйткені бұл жазбаның өзі өшпейді.",
            "Причина одним кодом; без слов, потому что сама эта запись не стирается.",
            "Why, as one code; never in words, since this record itself stays.",
        ),
    )
    .required(),
];

/// Why records are erased.
pub static REASONS: [Choice; 7] = [
    choice("subject_request", "Адамның өз өтініші", "По просьбе человека", "Asked for by the person"),
    choice("consent_withdrawn", "Келісім кері алынды", "Согласие отозвано", "Consent withdrawn"),
    choice("retention_ended", "Сақтау мерзімі бітті", "Срок хранения истёк", "Retention period over"),
    choice("mistake", "Қате жазылған", "Записано по ошибке", "Recorded by mistake"),
    choice("unlawful", "Заңсыз өңделген", "Обработка была незаконной", "Processed unlawfully"),
    choice("legal_order", "Заң немесе сот талабы", "По закону или решению суда", "Required by law or a court"),
    choice("safety", "Адамның қауіпсіздігі үшін", "Ради безопасности человека", "For a person's safety"),
];

/// An `erasure` record's subject, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Erasure {
    /// The log in which the record stands.
    pub origin: Origin,
    /// Its entry there.
    pub index: u64,
    /// Digest of its bytes.
    pub digest: Hash,
    /// The thing it states something about.
    pub id: RecordId,
    /// Why, as a code.
    pub reason: String,
}

impl Erasure {
    /// Reads a subject that must pass the kind's checks.
    pub fn from_subject(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        crate::field::check_fields(&FIELDS, subject)?;
        Self::members(subject)
    }

    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        Ok(Self {
            origin: read.origin("origin")?,
            index: read.count("index")?,
            digest: read.digest("digest")?,
            id: read.record("id")?,
            reason: read.text("reason")?.to_owned(),
        })
    }

    /// The subject to sign.
    pub fn to_subject(&self) -> Map<String, Value> {
        super::object(json!({
            "origin": self.origin.as_str(),
            "index": self.index,
            "digest": self.digest.to_string(),
            "id": self.id.to_string(),
            "reason": self.reason,
        }))
    }
}

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    Erasure::members(subject).map(|_| ())
}

fn sample() -> Map<String, Value> {
    Erasure {
        origin: super::sample_origin(),
        index: 1_024,
        digest: Hash::of(b"a record, for the sample"),
        id: super::sample_id(1),
        reason: "subject_request".to_owned(),
    }
    .to_subject()
}
