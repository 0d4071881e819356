//! What a form offers to choose from beside the kind's own lists: records, organisations, codes.

use std::collections::BTreeMap;

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::kind::{self, Kind};

use crate::codes;
use crate::desk::{reader::Reader, records, thing::current_at};
use crate::ingest::index_problem;
use crate::node::Node;
use crate::problem::Problem;
use crate::store::index::Term;
use crate::text::Language;

/// Records of one kind that are offered, newest first: more nobody reads through, and an id can always be pasted.
const RECORDS_MAX: usize = 200;
/// Organisations that are offered.
const ORGANISATIONS_MAX: usize = 500;

/// Lists to choose from, by id.
#[derive(Clone, Debug, Default)]
pub struct Offers(BTreeMap<String, Vec<(String, String)>>);

impl Offers {
    /// What the form of a kind can offer.
    ///
    /// Errors   the store's and the index's
    pub fn of(node: &Node, kind: &Kind, language: Language) -> Result<Self, Problem> {
        let mut offers = Self::default();
        for fields in [kind.fields, kind.extra] {
            offers.gather(node, fields, language)?;
        }
        Ok(offers)
    }

    /// The lists, each with its id.
    pub fn lists(&self) -> impl Iterator<Item = (&String, &Vec<(String, String)>)> {
        self.0.iter().filter(|(_, list)| !list.is_empty())
    }

    /// The id of the list for a shape.
    fn id_for(&self, shape: &Shape) -> Option<String> {
        let id = id(shape)?;
        self.0
            .get(&id)
            .is_some_and(|list| !list.is_empty())
            .then_some(id)
    }

    /// The id of the list for a value of this shape at this path.
    pub fn id_at(&self, path: &str, shape: &Shape) -> Option<String> {
        let causes = path.contains(".causes.") && matches!(shape, Shape::Uri);
        match causes && self.0.contains_key(CAUSES) {
            true => Some(CAUSES.to_owned()),
            false => self.id_for(shape),
        }
    }

    /// What a language is called.
    pub fn language(&self, tag: &str) -> String {
        let known = self.0.get(&list_id(
            "code",
            erikti_protocol::field::code::LANGUAGE.name,
        ));
        let known = known.and_then(|list| list.iter().find(|(value, _)| value == tag));
        known.map_or_else(|| tag.to_owned(), |(_, label)| label.clone())
    }

    fn gather(
        &mut self,
        node: &Node,
        fields: &'static [Field],
        language: Language,
    ) -> Result<(), Problem> {
        for field in fields {
            let mut shape = &field.shape;
            while let Shape::List(item, _) = shape {
                shape = item;
            }
            if let Shape::Object(fields) = shape {
                self.gather(node, fields, language)?;
            }
            let Some(id) = id(shape).or_else(|| causes(field, shape)) else {
                continue;
            };
            if self.0.contains_key(&id) {
                continue;
            }
            let list = match shape {
                Shape::Record(name) => own_records(node, name, language)?,
                Shape::Organisation => organisations(node),
                Shape::Uri => named(codes::causes(), |code| codes::cause(code, language.tag())),
                Shape::Code(code) => advised(code.name, language),
                _ => Vec::new(),
            };
            self.0.insert(id, list);
        }
        Ok(())
    }
}

/// The causes of the Volunteering Data Standard are addresses that nobody knows by heart.
const CAUSES: &str = "list-causes";

fn causes(field: &Field, shape: &Shape) -> Option<String> {
    (field.name == "causes" && matches!(shape, Shape::Uri)).then(|| CAUSES.to_owned())
}

/// The codes of a list with their names, where there is such a list.
fn advised(list: &str, language: Language) -> Vec<(String, String)> {
    let tag = language.tag();
    let owned = str::to_owned;
    match list {
        "ISO 3166-1 alpha-2" | "ISO 3166" => named(codes::countries().map(owned), |code| {
            codes::country(code, tag)
        }),
        "BCP 47" => named(codes::languages().map(owned), |code| {
            codes::language(code, tag)
        }),
        "ICNP/TSO" => named(codes::sectors().map(owned), |code| codes::sector(code, tag)),
        "SDG" => named(codes::goals().map(owned), |code| codes::sdg(code, tag)),
        _ => Vec::new(),
    }
}

fn named(
    codes: impl Iterator<Item = String>,
    name: impl Fn(&str) -> Option<&'static str>,
) -> Vec<(String, String)> {
    codes
        .map(|code| {
            let name = name(&code).unwrap_or_default().to_owned();
            (code, name)
        })
        .collect()
}

fn id(shape: &Shape) -> Option<String> {
    match shape {
        Shape::Record(kind) if !kind.is_empty() => Some(list_id("record", kind)),
        Shape::Organisation => Some("list-organisation".to_owned()),
        Shape::Code(code) => Some(list_id("code", code.name)),
        _ => None,
    }
}

fn list_id(what: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    format!("list-{what}-{name}")
}

/// This organisation's records of a kind, newest first, by title.
fn own_records(
    node: &Node,
    kind_name: &str,
    language: Language,
) -> Result<Vec<(String, String)>, Problem> {
    if kind::by_name(kind_name).is_none() {
        return Ok(Vec::new());
    }
    let query = Reader::Staff
        .query_of(node, &node.organisation())
        .with(Term::kind(kind_name));
    let page = node
        .ingest()
        .index()
        .list(&query, None, RECORDS_MAX)
        .map_err(index_problem)?;
    let mut list = Vec::new();
    for place in page.places {
        if let Some((_, record)) = current_at(node, Reader::Staff, &place)? {
            let id = record.id().to_string();
            let title = title_in(&record.subject(), language).unwrap_or_else(|| id.clone());
            list.push((id, title));
        }
    }
    Ok(list)
}

fn organisations(node: &Node) -> Vec<(String, String)> {
    node.known_organisations()
        .iter()
        .take(ORGANISATIONS_MAX)
        .map(|organisation| (organisation.to_string(), node.name_of(organisation)))
        .collect()
}

/// A record's title in a language, else in the first it has.
pub fn title_in(subject: &serde_json::Value, language: Language) -> Option<String> {
    ["title", "name"]
        .iter()
        .find_map(|member| subject.get(member)?.get(language.tag())?.as_str())
        .map(str::to_owned)
        .or_else(|| records::title(subject))
}
