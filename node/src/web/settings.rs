//! The node's settings: what they are, where each comes from, how to change it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::{Page, page};
use crate::config::{self, KEYS, Place, Settings};
use crate::node::Node;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "staff/settings.html")]
struct Shown {
    p: Page,
    file: String,
    rows: Vec<Row>,
}

/// One setting.
struct Row {
    name: &'static str,
    value: String,
    /// The key of the text that says where it comes from.
    from: &'static str,
    variable: String,
    help: String,
}

/// The page.
pub(super) async fn show(State(node): State<Node>, p: Page) -> Result<Response, Problem> {
    page(&node, move |node| {
        let usual = Settings::default();
        let rows = KEYS
            .iter()
            .map(|key| {
                let value = config::written(node.settings(), key);
                let usual = value == config::written(&usual, key);
                let from = match config::place_of(node.data(), key) {
                    Some(Place::Environment(_)) => "setting-from-environment",
                    Some(_) => "setting-from-file",
                    None if usual => "setting-from-default",
                    None => "setting-from-flag",
                };
                Row {
                    name: key.name,
                    from,
                    variable: config::variable(key.name),
                    help: help(&p, key),
                    value,
                }
            })
            .collect();
        Ok(Shown {
            file: node.data().join(config::FILE_NAME).display().to_string(),
            rows,
            p,
        })
    })
    .await
}

/// What a setting is for: in the reader's language, else as the file says it.
fn help(p: &Page, key: &config::Key) -> String {
    let text = format!("setting-{}", key.name.replace(['.', '_'], "-"));
    match p.language.has(&text) {
        true => p.say(&text),
        false => key.help.join(" "),
    }
}
