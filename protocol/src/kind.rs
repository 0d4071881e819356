//! The registry of kinds: what each record says, who may say it, and in which words people read it.
//!
//! A kind is one file and one line below; everything else loops over [`all`]. A record of a kind that nobody here
//! knows is stored, relayed and shown without labels.
//!
//! An old version of a kind is upgraded only when viewed: its file then gets a function from the old subject to the
//! new one, and neither bytes nor digest change. No kind has a second version yet.

use serde_json::{Map, Value};

use crate::field::{self, Choice, Field, FieldFault, Text3, choice};
use crate::log::Class;

macro_rules! kinds {
    ($($kind:ident),+ $(,)?) => {
        $(pub mod $kind;)+

        static ALL: &[&Kind] = &[$(&$kind::KIND),+];
    };
}

kinds! {
    accreditation,
    credential,
    erasure,
    key_change,
    log,
    opportunity,
    organisation,
    receipt,
    service,
    session,
}

mod read;
mod rule;
mod sample;

use read::Reader;
use sample::{object, sample_id, sample_key, sample_organisation, sample_origin};

/// Entries of a log, at most, as far as records can say it: the greatest integer that every JSON reader keeps exactly.
///
/// Source   RFC 7493 section 2.2, 2^53 - 1
pub const SIZE_MAX: i64 = (1 << 53) - 1;

/// What all nodes agree on about one kind of record.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name on the command line and in addresses: `key_change`.
    pub name: &'static str,
    /// Its name as the record's second `type`: `KeyChange`.
    pub type_name: &'static str,
    /// The class of its log entries.
    pub class: Class,
    /// The JSON-LD context of the standard it follows, if that has one.
    pub context: Option<&'static str>,
    /// Who may state it.
    pub author: Author,
    /// Who reads it unless its author says otherwise.
    pub readers_default: ReadersDefault,
    /// What people call it.
    pub label: Text3,
    /// What it is for, in one sentence.
    pub help: Text3,
    /// Members of `credentialSubject`.
    pub fields: &'static [Field],
    /// Members beside `credentialSubject` that its standard puts there.
    pub extra: &'static [Field],
    /// What stands in a field that nobody filled in: dotted path and text. Applied by [`Kind::complete`] while a
    /// record is made, never while one is read.
    pub defaults: &'static [(&'static str, &'static str)],
    /// Rules between fields, asked only when each field is right alone.
    pub rules: fn(&Map<String, Value>) -> Result<(), FieldFault>,
    /// A subject that passes every check.
    pub sample: fn() -> Map<String, Value>,
    /// Members beside the subject, for the sample.
    pub sample_extra: fn() -> Map<String, Value>,
}

impl Kind {
    /// Checks `credentialSubject`: each field, then the rules between them. Members unknown to the kind pass.
    pub fn check_subject(&self, subject: &Map<String, Value>) -> Result<(), FieldFault> {
        field::check_fields(self.fields, subject)?;
        (self.rules)(subject)
    }

    /// Checks the members beside `credentialSubject` that the kind's standard asks for.
    pub fn check_extra(&self, extra: &Map<String, Value>) -> Result<(), FieldFault> {
        field::check_fields(self.extra, extra)
    }

    /// The field of the subject with this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Puts typed text at a dotted path of the subject.
    pub fn set_text(
        &self,
        subject: &mut Map<String, Value>,
        path: &str,
        text: &str,
    ) -> Result<(), FieldFault> {
        field::set_text(self.fields, subject, path, text)
    }

    /// Adds to a subject in the making the JSON-LD types that nobody types, and the kind's defaults within the
    /// objects that are there.
    pub fn complete(&self, subject: &mut Map<String, Value>) {
        field::fill_types(self.fields, subject);
        for (path, text) in self.defaults {
            let mut object = Some(&mut *subject);
            let mut names = path.split('.').peekable();
            while let (Some(name), Some(at)) = (names.next(), object.take()) {
                if names.peek().is_none() {
                    at.entry(name).or_insert_with(|| Value::from(*text));
                } else {
                    object = at.get_mut(name).and_then(Value::as_object_mut);
                }
            }
        }
    }
}

/// Who may state a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Author {
    /// Every organisation with standing.
    Standing,
    /// Organisations whose standing carries this role.
    Role(Role),
}

/// Who reads a record of a kind unless its author says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadersDefault {
    /// Everybody.
    Public,
    /// Organisations with standing.
    Network,
    /// The author alone, until it names others.
    Own,
    /// The organisation that the record answers.
    Addressee,
}

/// What an organisation is accredited to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Offers opportunities and confirms hours.
    Host,
    /// Issues credentials.
    Issuer,
    /// Speaks for a state or an intergovernmental body.
    Authority,
    /// Gives grants and donations.
    Donor,
    /// Insures volunteers.
    Insurer,
    /// Checks others' records and reports.
    Auditor,
    /// Cosigns others' checkpoints.
    Witness,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Host,
        Self::Issuer,
        Self::Authority,
        Self::Donor,
        Self::Insurer,
        Self::Auditor,
        Self::Witness,
    ];

    /// As records spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Issuer => "issuer",
            Self::Authority => "authority",
            Self::Donor => "donor",
            Self::Insurer => "insurer",
            Self::Auditor => "auditor",
            Self::Witness => "witness",
        }
    }

    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What people call it.
    pub fn label(self) -> Text3 {
        ROLES[self as usize].label
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The roles as choices, in the order of [`Role::ALL`].
pub static ROLES: [Choice; 7] = [
    choice("host", "Қабылдаушы ұйым", "Принимающая организация", "Host"),
    choice("issuer", "Куәлік беруші", "Выдаёт свидетельства", "Issuer"),
    choice(
        "authority",
        "Уәкілетті орган",
        "Уполномоченный орган",
        "Authority",
    ),
    choice("donor", "Донор ұйым", "Донор", "Donor"),
    choice("insurer", "Сақтандырушы", "Страховщик", "Insurer"),
    choice("auditor", "Аудит жүргізуші", "Аудитор", "Auditor"),
    choice("witness", "Куәгер", "Свидетель", "Witness"),
];

/// Every kind, in the order of their names.
pub fn all() -> &'static [&'static Kind] {
    ALL
}

/// The kind of this name: `key_change`.
pub fn by_name(name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == name)
}

/// The kind whose records have this second `type`: `KeyChange`.
pub fn by_type(type_name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.type_name == type_name)
}

/// For kinds without members beside the subject.
fn no_extra() -> Map<String, Value> {
    Map::new()
}
