//! Kinds of records as programs read them: each field's one description, said once more as JSON Schema 2020-12.

use erikti_protocol::field::{Field, LANGUAGES_MAX, Shape, Text3, URL_CHARS_MAX, code};
use erikti_protocol::kind::{self, Author, Kind, ReadersDefault};
use erikti_protocol::log::Class;
use serde_json::{Map, Value, json};

use super::records;
use crate::problem::Problem;

/// Digits before the point of a decimal, at most, as the check of records has it.
const DECIMAL_DIGITS_MAX: usize = 18;
/// What every text has: something to see. What else no text has (controls, marks that reorder) no pattern says well.
const VISIBLE: &str = r"\S";
/// One line.
const LINE: &str = r"^[^\n]*\S[^\n]*$";
/// A record's or a person's id.
const UUID: &str = "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/// An organisation's id.
pub const ORGANISATION: &str = "^urn:erikti:org:z[1-9A-HJ-NP-Za-km-z]{40,48}$";
/// An Ed25519 key.
pub const KEY: &str = "^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$";
/// A SHA-256 digest.
pub const DIGEST: &str = "^[0-9a-f]{64}$";
/// A log's name.
pub const ORIGIN: &str = "^erikti/[a-z0-9-]{1,32}/z6Mk[1-9A-HJ-NP-Za-km-z]{44}$";
/// A moment.
pub const MOMENT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
/// A day.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// Every kind, in a few words.
pub fn list() -> Value {
    let kinds: Vec<Value> = kind::all().iter().map(|kind| row(kind)).collect();
    json!({"kinds": kinds})
}

fn row(kind: &Kind) -> Value {
    let author = match kind.author {
        Author::Standing => None,
        Author::Role(role) => Some(role.as_str()),
    };
    let readers = match kind.readers_default {
        ReadersDefault::Public => "public",
        ReadersDefault::Network => "network",
        ReadersDefault::Own => "own",
        ReadersDefault::Addressee => "addressee",
    };
    json!({
        "name": kind.name, "type": kind.type_name, "control": kind.class == Class::Control, "context": kind.context,
        "role": author, "readers": readers, "label": words(&kind.label), "help": words(&kind.help),
    })
}

/// One kind: its fields, their schema, a sample.
///
/// Errors   `kind.unknown`
pub fn show(name: &str) -> Result<Value, Problem> {
    let kind = records::kind_of(name)?;
    let mut answer = row(kind);
    answer["fields"] = kind.fields.iter().map(field).collect();
    answer["extra"] = kind.extra.iter().map(field).collect();
    answer["schema"] = subject_schema(kind);
    answer["sample"] = Value::Object((kind.sample)());
    Ok(answer)
}

fn words(text: &Text3) -> Value {
    json!({"kk": text.kk, "ru": text.ru, "en": text.en})
}

fn field(field: &Field) -> Value {
    json!({
        "name": field.name, "required": field.required, "indexed": field.indexed, "unit": field.unit,
        "label": words(&field.label), "help": words(&field.help), "source": field.source, "schema": field_schema(field),
    })
}

/// The schema of a kind's `credentialSubject`. Rules between fields are beyond it: the node says those.
pub fn subject_schema(kind: &Kind) -> Value {
    let mut schema = object(kind.fields);
    schema["title"] = json!(kind.label.en);
    schema["description"] = json!(kind.help.en);
    schema
}

/// The schema of what an author writes: what the node adds need not be there.
pub fn written_schema(kind: &Kind) -> Value {
    let mut schema = subject_schema(kind);
    relax(&mut schema);
    schema
}

/// JSON-LD types are filled in by the node, at every depth.
fn relax(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(required)) = members.get_mut("required") {
                required.retain(|name| name != "type");
                if required.is_empty() {
                    members.remove("required");
                }
            }
            members.values_mut().for_each(relax);
        }
        Value::Array(items) => items.iter_mut().for_each(relax),
        _ => {}
    }
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), field_schema(field)))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn field_schema(field: &Field) -> Value {
    let mut schema = shape(&field.shape);
    schema["title"] = json!(field.label.en);
    let unit = field
        .unit
        .map_or_else(String::new, |unit| format!(" Unit: {unit}."));
    schema["description"] = json!(format!("{}{unit} Source: {}.", field.help.en, field.source));
    schema
}

fn text(pattern: &str, chars_max: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": chars_max, "pattern": pattern})
}

fn languages(each: Value) -> Value {
    json!({
        "type": "object", "minProperties": 1, "maxProperties": LANGUAGES_MAX,
        "propertyNames": {"pattern": code::LANGUAGE.pattern}, "additionalProperties": each,
    })
}

fn pattern(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

/// The schema of a shape.
pub fn shape(of: &Shape) -> Value {
    match of {
        Shape::Line { max_chars } => text(LINE, *max_chars),
        Shape::Text { max_chars } => text(VISIBLE, *max_chars),
        Shape::Title { max_chars } => languages(text(LINE, *max_chars)),
        Shape::Words { max_chars } => languages(text(VISIBLE, *max_chars)),
        Shape::Code(code) => json!({
            "type": "string", "maxLength": code::CODE_BYTES_MAX, "pattern": code.pattern, "examples": [code.example],
            "$comment": code.name,
        }),
        Shape::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Shape::Decimal { min, max, places } => {
            let sign = if *min < 0 { "-?" } else { "" };
            let whole = format!("(0|[1-9][0-9]{{0,{}}})", DECIMAL_DIGITS_MAX - 1);
            let fraction = format!("(\\.[0-9]{{1,{places}}})?");
            json!({
                "type": "string", "pattern": format!("^{sign}{whole}{fraction}$"),
                "$comment": format!("a decimal number from {min} to {max}"),
            })
        }
        Shape::Bool => json!({"type": "boolean"}),
        Shape::Timestamp => {
            json!({"type": "string", "format": "date-time", "pattern": MOMENT})
        }
        Shape::Date => json!({"type": "string", "format": "date", "pattern": DAY}),
        Shape::LocalTime => pattern("^[0-2][0-9]:[0-5][0-9]$"),
        Shape::LocalDateTime => pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"),
        Shape::Url => json!({
            "type": "string", "format": "iri", "maxLength": URL_CHARS_MAX, "pattern": "^(https?://|mailto:).",
        }),
        Shape::Uri => json!({
            "type": "string", "format": "iri", "maxLength": URL_CHARS_MAX, "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:.",
        }),
        Shape::Multiaddr => json!({"type": "string", "maxLength": 512, "pattern": "^/[!-.0-~]"}),
        Shape::Record(kind) => {
            let mut schema = json!({"type": "string", "format": "uri", "pattern": UUID});
            if !kind.is_empty() {
                schema["$comment"] = json!(format!("a record of kind {kind}"));
            }
            schema
        }
        Shape::Organisation => {
            json!({"type": "string", "format": "uri", "pattern": ORGANISATION})
        }
        Shape::Person => json!({"type": "string", "format": "uri", "pattern": UUID}),
        Shape::Key => pattern(KEY),
        Shape::Digest => pattern(DIGEST),
        Shape::Origin => pattern(ORIGIN),
        Shape::OneOf(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            json!({"type": "string", "enum": values})
        }
        Shape::Suggested(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            json!({"type": "string", "pattern": code::TERM.pattern, "examples": values})
        }
        Shape::Types(types) => {
            let each: Vec<Value> = types
                .iter()
                .map(|name| json!({"contains": {"const": name}}))
                .collect();
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 8, "allOf": each})
        }
        Shape::List(item, max) => json!({"type": "array", "items": shape(item), "maxItems": max}),
        Shape::Object(fields) => object(fields),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_says_stands_in_its_schema() {
        let opportunity = kind::by_name("opportunity").expect("a kind");
        let schema = subject_schema(opportunity);
        assert_eq!(schema["required"], json!(["title"]));
        let title = &schema["properties"]["title"];
        assert_eq!(title["type"], "object");
        assert_eq!(title["maxProperties"], LANGUAGES_MAX);
        for field in opportunity.fields {
            let schema = &schema["properties"][field.name];
            assert_eq!(schema["title"], field.label.en);
            let description = schema["description"].as_str().expect("words");
            assert!(description.contains(field.source), "{}", field.name);
        }
        let capacity = &schema["properties"]["capacity"];
        assert!(capacity["minimum"].is_i64() && capacity["maximum"].is_i64());
    }
}
