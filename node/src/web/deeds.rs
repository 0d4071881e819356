//! Who at this node did what.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::kind::Role;
use serde::Deserialize;

use super::page::{Page, filled};
use crate::deeds::Deed;
use crate::desk::imports::{batch, bulk};
use crate::desk::own;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;
use crate::text::Language;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    by: String,
}

#[derive(Template)]
#[template(path = "staff/deeds.html")]
struct Listed {
    p: Page,
    asked: Asked,
    rows: Vec<Row>,
    names: Vec<String>,
}

/// One deed, and what it was done to in words.
struct Row {
    deed: Deed,
    to: To,
}

/// What something was done to.
struct To {
    /// Its name; an id where nothing better is known.
    name: String,
    /// Its page.
    page: Option<String>,
    /// Whether the name is only an id.
    bare: bool,
}

impl Listed {
    fn what(&self, deed: &Deed) -> String {
        said(&self.p, &deed.what)
    }
}

/// What was done, in words; a code that has none stays as it is.
pub(super) fn said(p: &Page, what: &str) -> String {
    let key = format!("deed-{}", what.replace(['.', '_'], "-"));
    match p.language.has(&key) {
        true => p.say(&key),
        false => what.to_owned(),
    }
}

/// The page.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let by = asked.by.clone();
    let language = p.language;
    let (rows, names) = blocking(&node, move |node| {
        let all = node.deeds().list(|_| true)?;
        let mut names: Vec<String> = all.iter().map(|deed| deed.by.name.clone()).collect();
        names.sort();
        names.dedup();
        let deeds = match by.is_empty() {
            true => all,
            false => node.deeds().list(|deed| deed.by.name == by)?,
        };
        let rows = deeds.into_iter().map(|deed| Row {
            to: to(node, &deed, language),
            deed,
        });
        Ok((rows.collect::<Vec<_>>(), names))
    })
    .await?;
    filled(&Listed {
        p,
        asked,
        rows,
        names,
    })
}

/// What a deed was done to. What is gone since keeps its id.
fn to(node: &Node, deed: &Deed, language: Language) -> To {
    let named = |name: String, page: Option<String>| To {
        name,
        page,
        bare: false,
    };
    if let Some(id) = RecordId::parse(&deed.to) {
        let page = Some(format!("/manage/records/{id}"));
        if let Some(title) = own::title(node, &id, language) {
            return named(title, page);
        }
        return To {
            name: deed.to.clone(),
            page,
            bare: true,
        };
    }
    if let Some(organisation) = OrgId::parse(&deed.to) {
        let page = super::shown::organisation_address(&organisation);
        return named(node.name_of(&organisation), Some(page));
    }
    if let Some(role) = Role::parse(&deed.to).filter(|_| deed.what == "peer.invite") {
        return named(role.label().of(language.tag()).to_owned(), None);
    }
    if deed.what.starts_with("import.") || deed.what == "record.close-many" {
        let page = Some(format!("/manage/import/{}", deed.to));
        if let Ok(batch) = batch::find(node, &deed.to) {
            let name = Some(batch.name).filter(|name| !name.is_empty());
            let nameless = match batch.format.as_str() {
                bulk::FORMAT => "import-bulk",
                _ => "import-by-program",
            };
            let name = name.unwrap_or_else(|| language.say(nameless));
            return named(name, page);
        }
        return To {
            name: deed.to.clone(),
            page,
            bare: true,
        };
    }
    named(deed.to.clone(), None)
}
