//! Records as people read them: each field by the one description that its kind gives of it.
//!
//! What a record says is text of others: it is escaped by the templates, isolated from the direction of the page, and
//! linked to only where an address can do nothing but be opened.

use askama::Template;
use askama::filters::HtmlSafe;
use erikti_protocol::field::{Choice, Code, Field, LANGUAGE_UNKNOWN, Shape};
use erikti_protocol::id::{OrgId, Origin, RecordId};
use serde_json::{Map, Value};

use super::page::Page;
use crate::codes;
use crate::node::Node;
use crate::text::Language;

/// Items of one list that are shown; the record's own bytes have the rest.
const ITEMS_SHOWN_MAX: usize = 200;
/// Levels of members that nobody here knows: what is deeper is shown as JSON.
const LEVELS_MAX: usize = 8;

/// Words of others, with their language where it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"<bdi{% if let Some(tag) = language %} lang="{{ tag }}"{% endif %}>{{ text }}</bdi>"#,
    ext = "html"
)]
pub(super) struct Words {
    /// The words.
    pub(super) text: String,
    /// BCP 47.
    pub(super) language: Option<String>,
}

impl HtmlSafe for Words {}

impl Words {
    /// Words in a language that nobody named.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            language: None,
        }
    }

    /// Text in several languages, as this reader reads it best; a plain text as it is.
    pub(super) fn of(value: &Value, reader: Language) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::plain(text)),
            Value::Object(texts) => {
                let preferred: &[&str] = match reader {
                    Language::Kazakh => &["kk", "ru"],
                    Language::Russian => &["ru"],
                    _ => &["en"],
                };
                let picked = erikti_protocol::text::pick(texts, preferred)?;
                let tag = texts
                    .iter()
                    .find(|(_, text)| text.as_str() == Some(picked))
                    .map(|(tag, _)| tag.clone())
                    .filter(|tag| tag != LANGUAGE_UNKNOWN);
                Some(Self {
                    text: picked.to_owned(),
                    language: tag,
                })
            }
            _ => None,
        }
        .filter(|words| !words.text.trim().is_empty())
    }
}

/// One value as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/item.html")]
pub(super) enum Item {
    /// Words of others, on a line.
    Line(Words),
    /// Words of others, with lines and paragraphs of their own.
    Prose(Words),
    /// Our words.
    Said(String),
    /// Letters and digits that nobody reads aloud.
    Code(String),
    /// A link to somewhere else.
    Outside(String),
    /// A link to a page of this node.
    Inside(String, Words),
    /// Several.
    List(Vec<Item>),
    /// Members of an object.
    Facts(Facts),
}

impl HtmlSafe for Item {}

/// Names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"<dl class="facts">{% for (name, value) in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>"#,
    ext = "html"
)]
pub(super) struct Facts {
    /// In order.
    pub(super) facts: Vec<(Words, Item)>,
}

impl HtmlSafe for Facts {}

/// A reader who looks at something.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// The page.
    pub(super) p: &'a Page,
    /// The node, for the names of organisations.
    pub(super) node: &'a Node,
}

impl Look<'_> {
    /// The members of an object that `fields` describe, in their order, then those that nobody here knows.
    pub(super) fn facts(
        self,
        fields: &[Field],
        object: &Map<String, Value>,
        skip: &[&str],
    ) -> Facts {
        let known = fields
            .iter()
            .filter(|field| !skip.contains(&field.name))
            .filter_map(|field| {
                let value = object.get(field.name)?;
                let empty =
                    value.is_null() || value == "" || matches!(field.shape, Shape::Types(_));
                // A value that is not of its field's shape is shown as it stands.
                let item = self
                    .item(&field.shape, field.unit, value)
                    .or_else(|| (!empty).then(|| self.unknown(value, 0)))?;
                Some((self.label(field), item))
            });
        let unknown = object
            .iter()
            .filter(|(name, _)| {
                let described = fields.iter().any(|field| field.name == **name);
                !described
                    && !skip.contains(&name.as_str())
                    && !["id", "type"].contains(&name.as_str())
            })
            .map(|(name, value)| (Words::plain(name), self.unknown(value, 0)));
        Facts {
            facts: known.chain(unknown).collect(),
        }
    }

    /// One member, when the object has it.
    pub(super) fn member(
        self,
        fields: &[Field],
        object: &Map<String, Value>,
        name: &str,
    ) -> Option<Item> {
        let field = fields.iter().find(|field| field.name == name)?;
        self.item(&field.shape, field.unit, object.get(name)?)
    }

    fn label(self, field: &Field) -> Words {
        Words::plain(self.p.words(field.label))
    }

    fn item(self, shape: &Shape, unit: Option<&str>, value: &Value) -> Option<Item> {
        let text = || value.as_str().filter(|text| !text.trim().is_empty());
        Some(match shape {
            Shape::Types(_) => return None,
            Shape::Title { .. } => Item::Line(Words::of(value, self.p.language)?),
            Shape::Words { .. } => Item::Prose(Words::of(value, self.p.language)?),
            Shape::Text { .. } => Item::Prose(Words::plain(text()?)),
            Shape::Bool => Item::Said(self.p.say(if value.as_bool()? { "yes" } else { "no" })),
            Shape::Timestamp => Item::Said(self.p.moment(text()?)),
            Shape::Date => Item::Said(self.p.date(text()?)),
            Shape::LocalDateTime => Item::Said(self.local(text()?)),
            Shape::Url | Shape::Uri => match text()? {
                cause if self.cause(cause).is_some() => {
                    Item::Said(self.cause(cause).unwrap_or_default().to_owned())
                }
                address if opens(address) => Item::Outside(address.to_owned()),
                name => Item::Code(name.to_owned()),
            },
            Shape::Record(_) => match RecordId::parse(text()?) {
                Some(id) => Item::Inside(record_address(&id), Words::plain(text()?)),
                None => Item::Code(text()?.to_owned()),
            },
            Shape::Organisation => match OrgId::parse(text()?) {
                Some(organisation) => self.organisation(&organisation),
                None => Item::Code(text()?.to_owned()),
            },
            Shape::Origin => match Origin::parse(text()?) {
                Some(origin) => Item::Inside(log_address(&origin), Words::plain(text()?)),
                None => Item::Code(text()?.to_owned()),
            },
            Shape::Person | Shape::Key | Shape::Digest | Shape::Multiaddr => {
                Item::Code(text()?.to_owned())
            }
            Shape::OneOf(choices) | Shape::Suggested(choices) => self.choice(choices, text()?),
            Shape::Integer { .. } => self.counted(value.as_i64()?, unit),
            Shape::Code(list) => self.code(list, text()?),
            Shape::Line { .. } | Shape::Decimal { .. } | Shape::LocalTime => {
                Item::Line(Words::plain(text()?))
            }
            Shape::List(item, _) => self.list(item, unit, value.as_array()?)?,
            Shape::Object(fields) => {
                let facts = self.facts(fields, value.as_object()?, &[]);
                if facts.facts.is_empty() {
                    return None;
                }
                Item::Facts(facts)
            }
        })
    }

    fn cause(self, address: &str) -> Option<&'static str> {
        codes::cause(address, self.p.language.tag())
    }

    /// A code, by its name where that is known; the code stays beside it, since lists differ.
    fn code(self, list: &Code, value: &str) -> Item {
        Item::Line(Words::plain(codes::beside(
            list,
            value,
            self.p.language.tag(),
        )))
    }

    fn list(self, shape: &Shape, unit: Option<&str>, values: &[Value]) -> Option<Item> {
        let items: Vec<Item> = values
            .iter()
            .take(ITEMS_SHOWN_MAX)
            .filter_map(|value| self.item(shape, unit, value))
            .collect();
        (!items.is_empty()).then_some(Item::List(items))
    }

    fn choice(self, choices: &[Choice], value: &str) -> Item {
        match choices.iter().find(|choice| choice.value == value) {
            Some(choice) => Item::Said(self.p.words(choice.label).to_owned()),
            None => Item::Line(Words::plain(value)),
        }
    }

    fn counted(self, number: i64, unit: Option<&str>) -> Item {
        let Ok(count) = u64::try_from(number) else {
            return Item::Said(number.to_string());
        };
        Item::Said(self.p.language.counted(count, unit))
    }

    /// A day and a time on the clock of the place.
    pub(super) fn local(self, text: &str) -> String {
        match text.split_once('T') {
            Some((day, time)) => {
                let time = time.get(..5).unwrap_or(time);
                format!("{}, {time}", self.p.date(day))
            }
            None => text.to_owned(),
        }
    }

    /// An organisation, by the name it goes by here.
    pub(super) fn organisation(self, organisation: &OrgId) -> Item {
        let name = Words::plain(self.node.name_of(organisation));
        Item::Inside(organisation_address(organisation), name)
    }

    /// What nobody here describes, as it stands.
    pub(super) fn unknown(self, value: &Value, level: usize) -> Item {
        match value {
            Value::String(text) if opens(text) => Item::Outside(text.clone()),
            Value::String(text) if text.contains('\n') => Item::Prose(Words::plain(text)),
            Value::String(text) => Item::Line(Words::plain(text)),
            Value::Bool(true) => Item::Said(self.p.say("yes")),
            Value::Bool(false) => Item::Said(self.p.say("no")),
            Value::Array(items) if level < LEVELS_MAX => Item::List(
                items
                    .iter()
                    .take(ITEMS_SHOWN_MAX)
                    .map(|item| self.unknown(item, level + 1))
                    .collect(),
            ),
            Value::Object(members) if level < LEVELS_MAX => Item::Facts(Facts {
                facts: members
                    .iter()
                    .map(|(name, value)| (Words::plain(name), self.unknown(value, level + 1)))
                    .collect(),
            }),
            other => Item::Code(other.to_string()),
        }
    }
}

/// Whether an address can do nothing but be opened.
pub(super) fn opens(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// The page of a record.
pub(super) fn record_address(id: &RecordId) -> String {
    format!("/records/{}", short(&id.to_string()))
}

/// The page of an opportunity.
pub(super) fn opportunity_address(id: &RecordId) -> String {
    format!("/opportunities/{}", short(&id.to_string()))
}

/// The page of an organisation.
pub(super) fn organisation_address(organisation: &OrgId) -> String {
    format!("/organisations/{organisation}")
}

/// The page of a log.
pub(super) fn log_address(origin: &Origin) -> String {
    format!("/logs/{}", origin.node_key())
}

/// A text inside an address.
///
/// Source   RFC 3986 section 2.3: what is not unreserved is percent-encoded
pub(super) fn encoded(text: &str) -> String {
    askama::filters::urlencode_strict(text).map_or_else(|_| String::new(), |text| text.to_string())
}

fn short(id: &str) -> &str {
    id.strip_prefix("urn:uuid:").unwrap_or(id)
}
