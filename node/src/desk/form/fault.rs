//! What is wrong with a form, said in the reader's language.

use erikti_protocol::field::{FieldFault, Shape};

use crate::text::Language;

/// What is wrong with one input.
#[derive(Clone, Debug)]
pub struct FormFault {
    /// The input's name, with its prefix: `f.place.region`.
    pub path: String,
    /// What is wrong.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Debug)]
pub enum What {
    /// It must be filled in.
    Missing,
    /// It is not of this shape.
    NotOf(Shape),
    /// A list of more than so many.
    TooMany(usize),
    /// A language that is none.
    Language,
    /// It does not fit with another field: what was expected, as the kind says.
    Rule(String),
    /// Whoever may read a record may read its later versions too.
    Narrower,
    /// Nobody was chosen.
    Nobody,
}

impl FormFault {
    /// A fault that a kind's rules found, between fields that are right alone.
    pub fn rule(prefix: &str, fault: &FieldFault) -> Self {
        Self {
            path: format!("{prefix}.{}", fault.field),
            what: What::Rule(fault.allowed.clone()),
        }
    }

    /// Says it.
    pub fn say(&self, language: Language) -> String {
        match &self.what {
            What::Missing => language.say("fault-missing"),
            What::NotOf(shape) => said_shape(language, shape),
            What::TooMany(max) => language.say_with("fault-too-many", &[("max", (*max).into())]),
            What::Language => language.say("fault-language"),
            What::Rule(allowed) => said_rule(language, allowed),
            What::Narrower => language.say("fault-narrower"),
            What::Nobody => language.say("fault-nobody"),
        }
    }
}

fn said_shape(language: Language, shape: &Shape) -> String {
    let say = |key: &str| language.say(key);
    match shape {
        Shape::Line { max_chars } | Shape::Title { max_chars } => {
            language.say_with("fault-line", &[("max", (*max_chars).into())])
        }
        Shape::Text { max_chars } | Shape::Words { max_chars } => {
            language.say_with("fault-text", &[("max", (*max_chars).into())])
        }
        Shape::Code(code) => language.say_with(
            "fault-code",
            &[("list", code.name.into()), ("example", code.example.into())],
        ),
        Shape::Integer { min, max } => language.say_with(
            "fault-integer",
            &[
                ("min", min.to_string().into()),
                ("max", max.to_string().into()),
            ],
        ),
        Shape::Decimal { min, max, places } => language.say_with(
            "fault-decimal",
            &[
                ("min", min.to_string().into()),
                ("max", max.to_string().into()),
                ("places", (*places).into()),
            ],
        ),
        Shape::Date => say("fault-date"),
        Shape::LocalTime => say("fault-time"),
        Shape::Timestamp | Shape::LocalDateTime => say("fault-moment"),
        Shape::Url => say("fault-url"),
        Shape::Uri => say("fault-uri"),
        Shape::Record(_) | Shape::Person => say("fault-record"),
        Shape::Organisation => say("fault-organisation"),
        Shape::OneOf(_) | Shape::Suggested(_) | Shape::Bool => say("fault-choice"),
        other => language.say_with("fault-other", &[("allowed", other.allowed().into())]),
    }
}

/// The rules that kinds share are said in the reader's language; a kind's own ones as it words them.
fn said_rule(language: Language, allowed: &str) -> String {
    let quoted = |start: &str| -> Option<(String, String)> {
        let rest = allowed.strip_prefix(start)?;
        let (name, rest) = rest.split_once('`')?;
        let (_, value) = rest.rsplit_once(' ')?;
        Some((name.to_owned(), value.to_owned()))
    };
    let rules = [
        ("not before `", "fault-not-before"),
        ("at most `", "fault-at-most"),
        ("a region of `", "fault-region"),
    ];
    for (start, key) in rules {
        if let Some((_, value)) = quoted(start) {
            return language.say_with(key, &[("value", value.into())]);
        }
    }
    if allowed.starts_with("both coordinates") {
        return language.say("fault-coordinates");
    }
    language.say_with("fault-other", &[("allowed", allowed.into())])
}

/// Why a value cannot stand in a field of a kind, in the reader's language; `None` for what is no field of it.
pub fn reason(
    kind: &erikti_protocol::kind::Kind,
    path: &str,
    language: Language,
) -> Option<String> {
    let mut names = path.split('.');
    let first = names.next()?;
    let mut shape = kind.field(first)?.shape;
    for name in names {
        shape = match shape {
            Shape::Object(fields) => fields.iter().find(|field| field.name == name)?.shape,
            Shape::List(item, _) => *item,
            other => other,
        };
    }
    Some(said_shape(language, &shape))
}
