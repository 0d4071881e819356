//! Forms made from a kind's table of fields: every kind has one, and what it reads is what JSON, tables and `--set` read.
//!
//! A form is a tree of texts ([`Entered`]), whether it was filled from a record or submitted by a browser.
//! [`show::parts`] lays it out, [`read::read`] makes a subject of it again. Names of inputs are the paths that faults and
//! `--set` use: `f.place.region`, `f.title.kk`, `f.schedule.0.byDay`; `e.` instead of `f.` for what stands beside the
//! subject. What the form does not show (members that this version of the program does not know) comes from the record
//! that the form began with, so an edit loses nothing.

pub mod fault;
pub mod lines;
pub mod list;
pub mod read;
pub mod show;

use std::collections::BTreeMap;

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind::Kind;
use serde_json::{Map, Value};

/// Inputs of one submitted form, at most: the largest kind has some 300 members, 366 dates make one list.
pub const INPUTS_MAX: usize = 4_096;
/// Names within names, at most: prefix, field, row, member, row, member, language, and one to spare.
const DEPTH_MAX: usize = 8;
/// The member that says which row of the record a row of the form began as.
pub const ROW: &str = "~";
/// The prefix of the subject's inputs.
pub const SUBJECT: &str = "f";
/// The prefix of inputs beside the subject.
pub const EXTRA: &str = "e";

/// What stands in a form, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// What was typed here; several where boxes are ticked.
    pub texts: Vec<String>,
    /// What stands below.
    pub members: BTreeMap<String, Entered>,
}

impl Entered {
    /// The texts of a submitted form. Names that do not begin with `prefix` are another's.
    pub fn submitted<'a>(
        prefix: &str,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut root = Self::default();
        for (name, text) in pairs.into_iter().take(INPUTS_MAX) {
            let mut names = name.split('.');
            if names.next() != Some(prefix) || name.split('.').count() > DEPTH_MAX {
                continue;
            }
            let mut at = &mut root;
            for name in names {
                at = at.members.entry(name.to_owned()).or_default();
            }
            // Browsers end lines as telegraphs did.
            at.texts.push(text.replace("\r\n", "\n"));
        }
        root
    }

    fn inputs(&self, path: &str, into: &mut Vec<(String, String)>) {
        let texts = self.texts.iter();
        into.extend(texts.map(|text| (path.to_owned(), text.clone())));
        for (name, member) in &self.members {
            member.inputs(&format!("{path}.{name}"), into);
        }
    }

    /// The texts of a record's members.
    pub fn of(fields: &[Field], object: &Map<String, Value>) -> Self {
        let members = fields
            .iter()
            .filter_map(|field| {
                let value = object.get(field.name)?;
                Some((field.name.to_owned(), Self::of_value(&field.shape, value)))
            })
            .collect();
        Self {
            texts: Vec::new(),
            members,
        }
    }

    fn of_value(shape: &Shape, value: &Value) -> Self {
        match (shape, value) {
            (Shape::Object(fields), Value::Object(object)) => Self::of(fields, object),
            (Shape::List(item, _), Value::Array(items)) if is_choice(item) => Self {
                texts: items.iter().map(text_of).collect(),
                members: BTreeMap::new(),
            },
            (Shape::List(item, _), Value::Array(items)) => {
                let rows = items.iter().enumerate().map(|(at, value)| {
                    let mut row = Self::of_value(item, value);
                    if matches!(item, Shape::Object(_)) {
                        row.members
                            .insert(ROW.to_owned(), Self::text(at.to_string()));
                    }
                    (at.to_string(), row)
                });
                Self {
                    texts: Vec::new(),
                    members: rows.collect(),
                }
            }
            (Shape::Title { .. } | Shape::Words { .. }, Value::Object(words)) => Self {
                texts: Vec::new(),
                members: words
                    .iter()
                    .map(|(language, text)| (language.clone(), Self::text(text_of(text))))
                    .collect(),
            },
            (_, value) => Self::text(text_of(value)),
        }
    }

    fn text(text: String) -> Self {
        Self {
            texts: vec![text],
            members: BTreeMap::new(),
        }
    }

    /// The first text, or nothing.
    pub fn first(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// What stands at a dotted path.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.')
            .try_fold(self, |at, name| at.members.get(name))
    }

    /// Puts a text at a dotted path.
    pub fn put(&mut self, path: &str, text: &str) {
        let mut at = self;
        for name in path.split('.').take(DEPTH_MAX) {
            at = at.members.entry(name.to_owned()).or_default();
        }
        at.texts = vec![text.to_owned()];
    }

    fn at_mut(&mut self, path: &str) -> Option<&mut Self> {
        path.split('.')
            .try_fold(self, |at, name| at.members.get_mut(name))
    }

    /// Whether nothing was typed here or below; which row it was does not count.
    pub fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.trim().is_empty())
            && self
                .members
                .iter()
                .all(|(name, member)| name == ROW || member.is_blank())
    }

    /// The rows of a list, in order.
    pub fn rows(&self) -> Vec<&Self> {
        let mut rows: Vec<(usize, &Self)> = self
            .members
            .iter()
            .filter_map(|(name, row)| Some((name.parse().ok()?, row)))
            .collect();
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Leaves out the blank rows of every list, and numbers the others from 0: a fault then names the row that its
    /// reader sees.
    pub fn compact(&mut self, fields: &[Field]) {
        for field in fields {
            if let Some(member) = self.members.get_mut(field.name) {
                member.compact_value(&field.shape);
            }
        }
    }

    fn compact_value(&mut self, shape: &Shape) {
        match shape {
            Shape::Object(fields) => self.compact(fields),
            Shape::List(item, _) if !is_choice(item) => {
                let rows: Vec<Self> = self.rows().into_iter().cloned().collect();
                self.members = rows
                    .into_iter()
                    .filter(|row| !row.is_blank())
                    .enumerate()
                    .map(|(at, mut row)| {
                        row.compact_value(item);
                        (at.to_string(), row)
                    })
                    .collect();
            }
            _ => {}
        }
    }

    /// Does what a button of the form says: `add:PATH`, `remove:PATH:ROW`, `language:PATH:TAG`. Anything else is nothing.
    pub fn press(&mut self, button: &str) {
        let mut words = button.splitn(3, ':');
        let (Some(what), Some(path)) = (words.next(), words.next()) else {
            return;
        };
        match (what, words.next()) {
            ("add", None) => {
                let mut list = self.at(path).cloned().unwrap_or_default();
                let at = list.rows().len();
                // A blank row was shown already, unless rows are shown only when asked for.
                list.members
                    .insert(at.to_string(), Self::text(String::new()));
                self.put(path, "");
                if let Some(place) = self.at_mut(path) {
                    *place = list;
                }
            }
            ("remove", Some(row)) => {
                if let Some(list) = self.at_mut(path) {
                    list.members.remove(row);
                    let rows: Vec<Self> = list.rows().into_iter().cloned().collect();
                    list.members = (0..).map(|at: usize| at.to_string()).zip(rows).collect();
                }
            }
            ("language", Some(tag)) => {
                let path = format!("{path}.{tag}");
                if self.at(&path).is_none() {
                    self.put(&path, "");
                }
            }
            _ => {}
        }
    }
}

/// The two trees of one kind's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Members of the subject.
    pub subject: Entered,
    /// Members beside it.
    pub extra: Entered,
}

impl Form {
    /// A form filled from a record.
    pub fn of(kind: &Kind, subject: &Map<String, Value>, extra: &Map<String, Value>) -> Self {
        Self {
            subject: Entered::of(kind.fields, subject),
            extra: Entered::of(kind.extra, extra),
        }
    }

    /// Names and texts of its inputs, as a browser submits them.
    pub fn inputs(&self) -> Vec<(String, String)> {
        let mut inputs = Vec::new();
        self.subject.inputs(SUBJECT, &mut inputs);
        self.extra.inputs(EXTRA, &mut inputs);
        inputs
    }

    /// A submitted form; what a button asks for is done.
    pub fn submitted(kind: &Kind, pairs: &[(String, String)]) -> Self {
        let pairs = || {
            pairs
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
        };
        let mut form = Self {
            subject: Entered::submitted(SUBJECT, pairs()),
            extra: Entered::submitted(EXTRA, pairs()),
        };
        form.subject.compact(kind.fields);
        form.extra.compact(kind.extra);
        form
    }

    /// Does what a button of the form says, on the path with its prefix; a language is what was typed beside the button.
    pub fn press(&mut self, button: &str, pairs: &[(String, String)]) {
        let mut words = button.splitn(3, ':');
        let (what, path, rest) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
            words.next(),
        );
        let typed = pairs
            .iter()
            .find(|(name, _)| *name == format!("language:{path}"))
            .map(|(_, tag)| tag.trim().to_lowercase());
        let (prefix, path) = path.split_once('.').unwrap_or_default();
        let tree = match prefix {
            SUBJECT => &mut self.subject,
            EXTRA => &mut self.extra,
            _ => return,
        };
        match (what, rest, typed) {
            ("language", None, Some(tag)) if !tag.is_empty() && !tag.contains('.') => {
                tree.press(&format!("language:{path}:{tag}"));
            }
            (what, None, _) => tree.press(&format!("{what}:{path}")),
            (what, Some(rest), _) => tree.press(&format!("{what}:{path}:{rest}")),
        }
    }
}

/// Whether a shape is chosen from a list that the form shows whole.
pub(crate) fn is_choice(shape: &Shape) -> bool {
    matches!(shape, Shape::OneOf(_) | Shape::Suggested(_))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
