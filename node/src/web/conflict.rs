//! Two people changed one record at once: both versions side by side, and the choice of what to keep.

use std::collections::BTreeSet;

use askama::Template;
use erikti_protocol::id::RecordId;
use erikti_protocol::record::Readers;
use serde_json::{Map, Value};

use super::page::Page;
use super::staff::{Pairs, one};
use crate::desk::edits::Begun;
use crate::desk::form::lines::lines;
use crate::desk::form::read::Said;
use crate::desk::form::{EXTRA, Form, SUBJECT};

#[derive(Template)]
#[template(path = "staff/conflict.html")]
pub(super) struct Conflict {
    p: Page,
    id: RecordId,
    action: String,
    /// The version that this reader's form began with.
    began: u64,
    /// The version that stands now.
    over: u64,
    readers: &'static str,
    listed: Vec<String>,
    fields: Vec<Both>,
    hidden: Vec<(String, String)>,
}

/// One field that differs.
struct Both {
    name: String,
    label: String,
    theirs: Vec<String>,
    mine: Vec<String>,
}

impl Conflict {
    /// The page for what a reader wanted to publish over what stands now.
    pub(super) fn of(
        p: Page,
        begun: &Begun,
        theirs: &Begun,
        mine: &Said,
        readers: &Readers,
    ) -> Self {
        let kind = begun.kind;
        let differing =
            |base: &Map<String, Value>, theirs: &Map<String, Value>, mine: &Map<String, Value>| {
                let names: BTreeSet<&String> = theirs.keys().chain(mine.keys()).collect();
                names
                    .into_iter()
                    .filter(|name| {
                        let (one, other, before) =
                            (theirs.get(*name), mine.get(*name), base.get(*name));
                        one != other && one != before && other != before
                    })
                    .cloned()
                    .collect::<Vec<_>>()
            };
        let base = match begun.version {
            0 => Said::default(),
            _ => begun.said.clone(),
        };
        let mut fields = Vec::new();
        for (prefix, names) in [
            (
                SUBJECT,
                differing(&base.subject, &theirs.said.subject, &mine.subject),
            ),
            (
                EXTRA,
                differing(&base.extra, &theirs.said.extra, &mine.extra),
            ),
        ] {
            for name in names {
                let path = format!("{prefix}.{name}");
                let field = kind
                    .fields
                    .iter()
                    .chain(kind.extra)
                    .find(|field| field.name == name);
                let texts = |said: &Said| {
                    lines(kind, said, p.language)
                        .into_iter()
                        .filter(|line| {
                            line.path == path || line.path.starts_with(&format!("{path}."))
                        })
                        .map(|line| line.text)
                        .collect()
                };
                fields.push(Both {
                    label: field.map_or_else(
                        || name.clone(),
                        |field| field.label.of(p.language.tag()).to_owned(),
                    ),
                    theirs: texts(&theirs.said),
                    mine: texts(mine),
                    name: path,
                });
            }
        }
        let form = Form::of(kind, &mine.subject, &mine.extra);
        let hidden = form.inputs();
        let (readers, listed) = match readers {
            Readers::Public => ("public", Vec::new()),
            Readers::Network => ("network", Vec::new()),
            Readers::Listed(listed) => ("listed", listed.iter().map(ToString::to_string).collect()),
        };
        Self {
            id: begun.id,
            action: match begun.version {
                0 => format!("/manage/records/new/{}", kind.name),
                _ => format!("/manage/records/{}/edit", begun.id),
            },
            began: begun.version,
            over: theirs.version,
            readers,
            listed,
            fields,
            hidden,
            p,
        }
    }
}

/// What only one of the two changed stays changed; where both did, what was chosen (`keep.f.title=theirs`) decides.
pub(super) fn merged(base: &Said, theirs: &Said, mine: &Said, pairs: &Pairs) -> Said {
    let merge = |prefix: &str,
                 base: &Map<String, Value>,
                 theirs: &Map<String, Value>,
                 mine: &Map<String, Value>| {
        let names: BTreeSet<&String> = theirs.keys().chain(mine.keys()).collect();
        let mut merged = Map::new();
        for name in names {
            let (one_value, other) = (theirs.get(name), mine.get(name));
            let untouched = other == base.get(name);
            let kept = one(pairs, &format!("keep.{prefix}.{name}")) == "theirs";
            let value = if untouched || kept { one_value } else { other };
            if let Some(value) = value {
                merged.insert(name.clone(), value.clone());
            }
        }
        merged
    };
    Said {
        subject: merge(SUBJECT, &base.subject, &theirs.subject, &mine.subject),
        extra: merge(EXTRA, &base.extra, &theirs.extra, &mine.extra),
    }
}
