//! Who at this node did what.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::page::{Page, filled};
use crate::deeds::Deed;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::Problem;

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
    deeds: Vec<Deed>,
    names: Vec<String>,
}

impl Listed {
    /// What was done, in words; a code that has none stays as it is.
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
    let (deeds, names) = blocking(&node, move |node| {
        let all = node.deeds().list(|_| true)?;
        let mut names: Vec<String> = all.iter().map(|deed| deed.by.name.clone()).collect();
        names.sort();
        names.dedup();
        let deeds = match by.is_empty() {
            true => all,
            false => node.deeds().list(|deed| deed.by.name == by)?,
        };
        Ok((deeds, names))
    })
    .await?;
    filled(&Listed {
        p,
        asked,
        deeds,
        names,
    })
}
