//! An organisation's key hands over to the one announced before.
//!
//! Shape    `{"nextKey": key, "nextKeyDigest": digest, "reason": term}`
//! Limits   signed by the announced key itself, which is the one proof that it exists and is at hand
//! Source   pre-rotation as in KERI: only the digest of the key after it is known until it is needed

use serde_json::{Map, Value, json};

use super::{Author, Kind, ReadersDefault, no_extra};
use crate::field::{Choice, Field, FieldFault, Shape, choice, text3};
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::log::Class;

/// The kind.
pub static KIND: Kind = Kind {
    name: "key_change",
    type_name: "KeyChange",
    class: Class::Control,
    context: None,
    author: Author::Standing,
    readers_default: ReadersDefault::Public,
    label: text3("Кілт ауыстыру", "Смена ключа", "Key change"),
    help: text3(
        "Ұйымның қол қоятын кілтін алдын ала жарияланған кілтке ауыстырады.",
        "Меняет ключ подписи организации на объявленный заранее.",
        "Replaces the key an organisation signs with by the one announced before.",
    ),
    fields: &FIELDS,
    extra: &[],
    defaults: &[],
    rules,
    sample,
    sample_extra: no_extra,
};

static FIELDS: [Field; 3] = [
    Field::new(
        "nextKey",
        Shape::Key,
        "KERI pre-rotation",
        text3("Жаңа кілт", "Новый ключ", "New key"),
        text3(
            "Осы жазбадан бастап қол қоятын, алдын ала жарияланған кілт.",
            "Объявленный заранее ключ, который подписывает начиная с этой записи.",
            "The announced key, which signs from this record on.",
        ),
    )
    .required(),
    Field::new(
        "nextKeyDigest",
        Shape::Digest,
        "KERI pre-rotation",
        text3(
            "Одан кейінгі кілттің дайджесті",
            "Дайджест следующего за ним ключа",
            "Digest of the key after it",
        ),
        text3(
            "Келесі ауысымға арналған кілттің SHA-256 дайджесті; кілттің өзі қалпына келтіру файлында жатады.",
            "Дайджест SHA-256 ключа для следующей смены; сам ключ лежит в файле восстановления.",
            "SHA-256 of the key for the next change; the key itself lies in the recovery file.",
        ),
    )
    .required(),
    Field::new(
        "reason",
        Shape::Suggested(&REASONS),
        "Erikti",
        text3("Себебі", "Причина", "Reason"),
        text3(
            "Кілттің не үшін ауысқаны, бір кодпен.",
            "Почему сменили ключ, одним кодом.",
            "Why the key changed, as one code.",
        ),
    )
    .required(),
];

/// Why keys change.
pub static REASONS: [Choice; 4] = [
    choice("routine", "Жоспарлы ауыстыру", "Плановая смена", "Routine change"),
    choice("compromised", "Кілт бөтен қолға түсті", "Ключ скомпрометирован", "Key compromised"),
    choice("lost", "Кілт жоғалды", "Ключ утерян", "Key lost"),
    choice("staff_change", "Жауапты адам ауысты", "Сменился ответственный", "Responsible person changed"),
];

fn rules(subject: &Map<String, Value>) -> Result<(), FieldFault> {
    KeyChange::members(subject).map(|_| ())
}

/// A `key_change` record's subject, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyChange {
    /// The key that signs from here on, and signed this record.
    pub next_key: PublicKey,
    /// Digest of the key that may follow it.
    pub next_key_digest: Hash,
    /// Why, as a code.
    pub reason: String,
}

impl KeyChange {
    /// Reads a subject that must pass the kind's checks.
    pub fn from_subject(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        crate::field::check_fields(&FIELDS, subject)?;
        Self::members(subject)
    }

    fn members(subject: &Map<String, Value>) -> Result<Self, FieldFault> {
        let read = super::Reader(subject);
        let change = Self {
            next_key: read.key("nextKey")?,
            next_key_digest: read.digest("nextKeyDigest")?,
            reason: read.text("reason")?.to_owned(),
        };
        if change.next_key.digest() == change.next_key_digest {
            return Err(read.fault("nextKeyDigest", "the digest of a key other than `nextKey`"));
        }
        Ok(change)
    }

    /// The subject to sign.
    pub fn to_subject(&self) -> Map<String, Value> {
        super::object(json!({
            "nextKey": self.next_key.to_string(),
            "nextKeyDigest": self.next_key_digest.to_string(),
            "reason": self.reason,
        }))
    }
}

fn sample() -> Map<String, Value> {
    KeyChange {
        next_key: super::sample_key(2),
        next_key_digest: super::sample_key(3).digest(),
        reason: "routine".to_owned(),
    }
    .to_subject()
}
