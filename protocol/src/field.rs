//! What a field of a record is, once: the shape that JSON, typed text, forms, tables, OpenAPI and search all read.
//!
//! Checks the *shape* of a value, never whether a code is on somebody's list: lists change, and nodes would
//! disagree. Members that no field describes are kept and ignored, since a later version may have added them.

pub mod amount;
mod check;
pub mod code;
pub mod place;
pub mod provenance;
mod read;
mod term;

use serde_json::Value;

pub use check::{check_fields, check_value};
pub use code::Code;
pub(crate) use read::fill_types;
pub use read::{LANGUAGE_UNKNOWN, read_text, set_text};
pub use term::{TERM_BYTES_MAX, terms};

/// The same words in Kazakh, Russian and English. Vocabulary for people: never signed, in no digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text3 {
    /// Kazakh.
    pub kk: &'static str,
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text3 {
    /// The words in the language that begins the tag `language`; English when it is neither `kk` nor `ru`.
    pub fn of(&self, language: &str) -> &'static str {
        match language.split('-').next() {
            Some("kk") => self.kk,
            Some("ru") => self.ru,
            _ => self.en,
        }
    }
}

/// Kazakh, Russian, English, in that order.
pub const fn text3(kk: &'static str, ru: &'static str, en: &'static str) -> Text3 {
    Text3 { kk, ru, en }
}

/// One field of a kind, or one member of an object within it.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The JSON member's name: ASCII, camelCase.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Whether a record without it is malformed.
    pub required: bool,
    /// Whether records are found by it.
    pub indexed: bool,
    /// What an integer or a decimal counts: a UCUM code or an ISO name.
    pub unit: Option<&'static str>,
    /// What people call it.
    pub label: Text3,
    /// One sentence for whoever fills it in.
    pub help: Text3,
    /// The term of the standard it comes from.
    pub source: &'static str,
}

impl Field {
    /// An optional field without unit, not indexed.
    pub const fn new(
        name: &'static str,
        shape: Shape,
        source: &'static str,
        label: Text3,
        help: Text3,
    ) -> Self {
        Self {
            name,
            shape,
            required: false,
            indexed: false,
            unit: None,
            label,
            help,
            source,
        }
    }

    /// The same field, required.
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// The same field, indexed.
    pub const fn indexed(self) -> Self {
        Self {
            indexed: true,
            ..self
        }
    }

    /// The same field, counting `unit`.
    pub const fn unit(self, unit: &'static str) -> Self {
        Self {
            unit: Some(unit),
            ..self
        }
    }
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One line of text.
    Line {
        /// Characters (Unicode scalar values), at most.
        max_chars: usize,
    },
    /// Text of several lines.
    Text {
        /// Characters (Unicode scalar values), at most.
        max_chars: usize,
    },
    /// A map from language (BCP 47) to one line of text; at most [`LANGUAGES_MAX`] languages.
    Title {
        /// Characters in each language, at most.
        max_chars: usize,
    },
    /// A map from language (BCP 47) to text of several lines; at most [`LANGUAGES_MAX`] languages.
    Words {
        /// Characters in each language, at most.
        max_chars: usize,
    },
    /// A code whose shape, and nothing more, is checked.
    Code(&'static Code),
    /// A whole number, both ends included.
    Integer {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
    /// A decimal number as a string, because records hold no fractions.
    Decimal {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
        /// Digits after the point, at most.
        places: usize,
    },
    /// `true` or `false`.
    Bool,
    /// A moment, `YYYY-MM-DDTHH:MM:SSZ`.
    Timestamp,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A time on the clock of the place, `HH:MM`.
    LocalTime,
    /// A day and a time on the clock of the place, `YYYY-MM-DDTHH:MM:SS`.
    LocalDateTime,
    /// An `http:`, `https:` or `mailto:` address that a reader may open.
    Url,
    /// Any absolute URI: a name, not necessarily something to open.
    Uri,
    /// A libp2p multiaddress.
    Multiaddr,
    /// The id of a record of this kind; of any kind when the name is empty.
    Record(&'static str),
    /// An organisation, `urn:erikti:org:z…`.
    Organisation,
    /// A person's pseudonym, `urn:uuid:…`.
    Person,
    /// An Ed25519 public key, `z6Mk…`.
    Key,
    /// A SHA-256 digest, 64 hexadecimal digits.
    Digest,
    /// A log's name, `erikti/<network>/<node key>`.
    Origin,
    /// One of these values and no other.
    OneOf(&'static [Choice]),
    /// One of these values, or another of the same spelling that came later (`[A-Za-z][A-Za-z0-9_-]{0,63}`).
    Suggested(&'static [Choice]),
    /// JSON-LD types: a list that holds at least these.
    Types(&'static [&'static str]),
    /// A list of values of one shape.
    List(&'static Shape, usize),
    /// An object with members of its own.
    Object(&'static [Field]),
}

/// Languages in one multilingual text, at most: the six of the United Nations, and as many again four times over.
pub const LANGUAGES_MAX: usize = 32;

/// Characters of an address on the web, at most: what browsers and servers agree to carry.
pub const URL_CHARS_MAX: usize = 2_000;

/// One value of a closed or suggested list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What stands in the record.
    pub value: &'static str,
    /// What people call it.
    pub label: Text3,
}

/// A value of a list, with its label in Kazakh, Russian and English.
pub const fn choice(
    value: &'static str,
    kk: &'static str,
    ru: &'static str,
    en: &'static str,
) -> Choice {
    Choice {
        value,
        label: text3(kk, ru, en),
    }
}

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{field}` is `{found}`, expected {allowed}")]
pub struct FieldFault {
    /// The field's path: names and list indexes joined by dots.
    pub field: String,
    /// What stands there, shortened and without control characters; `nothing` when it is missing.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

/// Characters of a wrong value that a fault repeats, at most: enough to recognise it, too few to flood a screen.
pub const FOUND_CHARS_MAX: usize = 80;

impl FieldFault {
    /// A fault about a value.
    pub fn new(field: impl Into<String>, found: &Value, allowed: impl Into<String>) -> Self {
        match found {
            Value::String(text) => Self::text(field, text, allowed),
            Value::Array(items) => Self::text(field, &format!("{} items", items.len()), allowed),
            Value::Object(members) => {
                Self::text(field, &format!("{} members", members.len()), allowed)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                Self::text(field, &found.to_string(), allowed)
            }
        }
    }

    /// A fault about a text that somebody typed.
    pub fn text(field: impl Into<String>, found: &str, allowed: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            found: shorten(found),
            allowed: allowed.into(),
        }
    }

    /// A fault about a field that is not there.
    pub fn missing(field: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            found: "nothing".to_owned(),
            allowed: allowed.into(),
        }
    }

    /// The same fault seen from one level further out.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field);
        self
    }
}

fn shorten(text: &str) -> String {
    if text.is_empty() {
        return "an empty text".to_owned();
    }
    let mut short: String = text
        .chars()
        .take(FOUND_CHARS_MAX)
        .map(|c| if is_refused(c) || c == '\n' { '␣' } else { c })
        .collect();
    if text.chars().nth(FOUND_CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// Whether a character may stand in no text: controls (a line feed apart, which the shape decides), the marks that
/// reorder what follows them on a screen, so that a name can be made to look like another, and noncharacters.
pub(crate) fn is_refused(c: char) -> bool {
    match c {
        '\n' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        c => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}
