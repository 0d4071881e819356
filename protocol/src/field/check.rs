//! Checks JSON values against shapes.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::{Field, FieldFault, LANGUAGES_MAX, Shape, URL_CHARS_MAX, code, is_refused};
use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::time::{Date, Timestamp};

/// Checks every field of an object; members that no field describes pass.
pub fn check_fields(fields: &[Field], object: &Map<String, Value>) -> Result<(), FieldFault> {
    for field in fields {
        match object.get(field.name) {
            Some(value) => check_value(field.name, &field.shape, value)?,
            None if field.required => {
                return Err(FieldFault::missing(field.name, field.shape.allowed()));
            }
            None => {}
        }
    }
    Ok(())
}

/// Checks one value; `name` is what a fault calls it.
pub fn check_value(name: &str, shape: &Shape, value: &Value) -> Result<(), FieldFault> {
    match (shape, value) {
        (Shape::List(item, max), Value::Array(items)) if items.len() <= *max => items
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| check_below(name, &index, item, value)),
        (Shape::Object(fields), Value::Object(members)) => {
            check_fields(fields, members).map_err(|fault| fault.within(name))
        }
        (Shape::Title { max_chars }, Value::Object(words)) => {
            let max_chars = *max_chars;
            check_words(name, &Shape::Line { max_chars }, words)
        }
        (Shape::Words { max_chars }, Value::Object(words)) => {
            let max_chars = *max_chars;
            check_words(name, &Shape::Text { max_chars }, words)
        }
        _ if holds(shape, value) => Ok(()),
        _ => Err(FieldFault::new(name, value, shape.allowed())),
    }
}

/// Checks what stands at `part` of `name`. Nearly every value is right, so its path is only written once it is not.
fn check_below(
    name: &str,
    part: &dyn Display,
    shape: &Shape,
    value: &Value,
) -> Result<(), FieldFault> {
    match check_value(name, shape, value) {
        Ok(()) => Ok(()),
        Err(_) => check_value(&format!("{name}.{part}"), shape, value),
    }
}

fn check_words(name: &str, each: &Shape, words: &Map<String, Value>) -> Result<(), FieldFault> {
    if words.is_empty() || words.len() > LANGUAGES_MAX {
        return Err(FieldFault::text(
            name,
            &format!("{} languages", words.len()),
            format!("1 to {LANGUAGES_MAX} languages"),
        ));
    }
    for (language, text) in words {
        if !code::LANGUAGE.matches(language) {
            return Err(FieldFault::text(name, language, code::LANGUAGE.allowed));
        }
        check_below(name, language, each, text)?;
    }
    Ok(())
}

fn holds(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        (Shape::Bool, value) => value.is_boolean(),
        (Shape::Integer { min, max }, value) => value
            .as_i64()
            .is_some_and(|number| (*min..=*max).contains(&number)),
        (Shape::Types(wanted), Value::Array(types)) => {
            types.len() <= TYPES_MAX
                && types
                    .iter()
                    .all(|found| found.as_str().is_some_and(is_type))
                && wanted
                    .iter()
                    .all(|wanted| types.iter().any(|found| found == wanted))
        }
        (shape, Value::String(text)) => holds_text(shape, text),
        _ => false,
    }
}

/// JSON-LD types of one object, at most.
const TYPES_MAX: usize = 8;

fn is_type(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn holds_text(shape: &Shape, text: &str) -> bool {
    match shape {
        Shape::Line { max_chars } => is_text(text, *max_chars) && !text.contains('\n'),
        Shape::Text { max_chars } => is_text(text, *max_chars),
        Shape::Code(code) => code.matches(text),
        Shape::Decimal { min, max, places } => is_decimal(text, *min, *max, *places),
        Shape::Timestamp => Timestamp::parse(text).is_some(),
        Shape::Date => Date::parse(text).is_some(),
        Shape::LocalTime => is_local_time(text),
        Shape::LocalDateTime => text.len() == 19 && Timestamp::parse(&format!("{text}Z")).is_some(),
        Shape::Url => is_url(text),
        Shape::Uri => is_uri(text),
        Shape::Multiaddr => is_multiaddr(text),
        Shape::Record(_) | Shape::Person => RecordId::parse(text).is_some(),
        Shape::Organisation => OrgId::parse(text).is_some(),
        Shape::Key => PublicKey::parse(text).is_ok(),
        Shape::Digest => Hash::parse(text).is_some(),
        Shape::Origin => Origin::parse(text).is_some(),
        Shape::OneOf(choices) => choices.iter().any(|choice| choice.value == text),
        Shape::Suggested(_) => code::TERM.matches(text),
        Shape::Title { .. }
        | Shape::Words { .. }
        | Shape::Integer { .. }
        | Shape::Bool
        | Shape::Types(_)
        | Shape::List(..)
        | Shape::Object(_) => false,
    }
}

fn is_text(text: &str, max_chars: usize) -> bool {
    // A character takes at most four bytes, so a text of more bytes than that need not be counted.
    text.len() <= max_chars.saturating_mul(4)
        && text.chars().count() <= max_chars
        && !text.trim().is_empty()
        && !text.chars().any(is_refused)
}

/// One spelling for one number: no plus, no leading zero, no bare point, no minus zero; trailing zeros may stand,
/// since they say how exact the number is.
fn is_decimal(text: &str, min: i64, max: i64, places: usize) -> bool {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return false,
        None => (digits, ""),
    };
    let digital = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 18
        || fraction.len() > places.min(18)
        || !digital(whole)
        || !digital(fraction)
        || (whole.len() > 1 && whole.starts_with('0'))
    {
        return false;
    }
    // At most 18 + 18 digits: below 10^36, within an i128.
    let scale = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let Ok(magnitude) = format!("{whole}{fraction}").parse::<i128>() else {
        return false;
    };
    let number = if negative { -magnitude } else { magnitude };
    (!negative || magnitude != 0)
        && number >= i128::from(min) * scale
        && number <= i128::from(max) * scale
}

fn is_local_time(text: &str) -> bool {
    text.len() == 5 && Timestamp::parse(&format!("2000-01-01T{text}:00Z")).is_some()
}

fn is_url(text: &str) -> bool {
    let rest = ["https://", "http://", "mailto:"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty()) && is_uri(text)
}

/// Source   RFC 3986 scheme, RFC 3987 for the characters after it
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    text.chars().count() <= URL_CHARS_MAX
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && !rest.is_empty()
        && !rest.chars().any(|c| {
            c.is_whitespace()
                || c == '\n'
                || is_refused(c)
                || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
}

/// Characters of a multiaddress, at most.
const MULTIADDR_CHARS_MAX: usize = 512;

fn is_multiaddr(text: &str) -> bool {
    text.len() <= MULTIADDR_CHARS_MAX
        && text.strip_prefix('/').is_some_and(|rest| {
            rest.split('/')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic()))
        })
}

impl Shape {
    /// What may stand in a field of this shape, in words for a fault.
    pub fn allowed(&self) -> String {
        match self {
            Self::Line { max_chars } => format!("one line of 1 to {max_chars} characters"),
            Self::Text { max_chars } => format!("text of 1 to {max_chars} characters"),
            Self::Title { max_chars } => {
                format!("one line of 1 to {max_chars} characters in each language")
            }
            Self::Words { max_chars } => {
                format!("text of 1 to {max_chars} characters in each language")
            }
            Self::Code(code) => code.allowed.to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Decimal { min, max, places } => format!(
                "a decimal number from {min} to {max} with at most {places} digits after the point"
            ),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Timestamp => "a time spelled YYYY-MM-DDTHH:MM:SSZ".to_owned(),
            Self::Date => "a date spelled YYYY-MM-DD".to_owned(),
            Self::LocalTime => "a time of day spelled HH:MM".to_owned(),
            Self::LocalDateTime => "a local date and time spelled YYYY-MM-DDTHH:MM:SS".to_owned(),
            Self::Url => {
                format!("an http, https or mailto address of at most {URL_CHARS_MAX} characters")
            }
            Self::Uri => format!("an absolute URI of at most {URL_CHARS_MAX} characters"),
            Self::Multiaddr => "a multiaddress such as /ip4/192.0.2.1/tcp/7800".to_owned(),
            Self::Record("") => "a record's id, urn:uuid:…".to_owned(),
            Self::Record(kind) => format!("the id of a record of kind `{kind}`, urn:uuid:…"),
            Self::Organisation => "an organisation, urn:erikti:org:z…".to_owned(),
            Self::Person => "a person's pseudonym, urn:uuid:…".to_owned(),
            Self::Key => "an Ed25519 public key, z6Mk…".to_owned(),
            Self::Digest => "64 lower-case hexadecimal digits".to_owned(),
            Self::Origin => "a log's name, erikti/<network>/<node key>".to_owned(),
            Self::OneOf(choices) => {
                let values: Vec<_> = choices
                    .iter()
                    .map(|choice| format!("`{}`", choice.value))
                    .collect();
                format!("one of {}", values.join(", "))
            }
            Self::Suggested(_) => code::TERM.allowed.to_owned(),
            Self::Types(types) => format!("a list of types with {}", types.join(", ")),
            Self::List(item, max) => format!("a list of at most {max}, each {}", item.allowed()),
            Self::Object(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.name).collect();
                format!("an object of {}", names.join(", "))
            }
        }
    }
}
