//! The Volunteering Data Standard as JSON-LD: activities with their sessions, places and times.
//!
//! An activity becomes an `opportunity`, each of its sessions a `session` that refers to it. Read are a `@graph` (or
//! `graph`) of activities, sessions and organisations with activities in them, one such object alone, and references
//! from one to another within the file; what roles say goes into their activity's opportunity. This is not a JSON-LD
//! processor: no context is fetched, members are known by their names.
//!
//! What publishers write is taken as it is meant: `label` for `title`, `begining`, `applylink`, HTML entities, empty
//! texts for what is not known, 0° 0° for a place without coordinates. A session without a day and a time cannot be a
//! record (`MondayMorning` says when somebody could come, not when they are awaited), and is rejected.
//!
//! Source   ns.volunteeringdata.io

mod members;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::{
    id::{OrgId, RecordId},
    json,
};
use serde_json::{Map, Value};

use self::members::{Filler, Node, found, items, reference};
use super::{Collector, FILE_BYTES_MAX, FormatFault, Import, Rejection, shown, text};

/// Objects within objects: `@graph`, organisation, activity, session, time, value, and room for as many again.
const DEPTH_MAX: usize = 32;

/// Reads activities and their sessions.
///
/// Errors   the whole file is refused when it is too large, not UTF-8, not JSON, or holds no list of activities;
///          whatever is wrong with one activity or session is in [`Import::rejected`]
pub fn read(bytes: &[u8], organisation: &OrgId) -> Result<Import, FormatFault> {
    let text = text(bytes)?;
    let file = json::parse_within(text.as_bytes(), DEPTH_MAX, FILE_BYTES_MAX)?;
    let (top, nodes) = nodes(&file)?;
    let mut reader = Reader {
        collector: Collector::new(organisation),
        filler: Filler {
            language: context(top, "@language"),
            ignored: BTreeSet::new(),
        },
        base: context(top, "@base").unwrap_or_default(),
        license: license(top),
        by_id: by_id(&nodes),
        opportunities: BTreeMap::new(),
        sessions: BTreeSet::new(),
    };
    reader.top(top);
    // Sessions that stand by themselves come after all activities, so that they find theirs.
    for (row, node) in (1..).zip(&nodes) {
        if class_of(node) != Some("session") {
            reader.node(row, node);
        }
    }
    for (row, node) in (1..).zip(&nodes) {
        if class_of(node) == Some("session") {
            reader.lone_session(row, node);
        }
    }
    let mut import = reader.collector.import;
    import.ignored_columns = reader.filler.ignored.into_iter().collect();
    Ok(import)
}

/// The object around the nodes, when there is one, and the nodes.
type Nodes<'a> = (Option<&'a Map<String, Value>>, Vec<&'a Value>);

fn nodes(file: &Value) -> Result<Nodes<'_>, FormatFault> {
    let not_vds = || FormatFault::NotVds { found: shown(file) };
    match file {
        Value::Array(nodes) => Ok((None, nodes.iter().collect())),
        Value::Object(top) => match top.get("@graph").or_else(|| top.get("graph")) {
            Some(graph @ Value::Array(_)) => Ok((Some(top), items(graph))),
            Some(_) => Err(not_vds()),
            None if class_of(file).is_some() => Ok((None, vec![file])),
            None => Err(not_vds()),
        },
        _ => Err(not_vds()),
    }
}

/// Setting of the file's own context. A context elsewhere is not fetched.
fn context<'a>(top: Option<&'a Map<String, Value>>, name: &str) -> Option<&'a str> {
    top?.get("@context")?.get(name)?.as_str()
}

/// The licence as an address: publishers name it by its SPDX identifier or its address.
fn license(top: Option<&Map<String, Value>>) -> Option<String> {
    let name = top?.get("license")?.as_str()?.trim();
    match name {
        "" => None,
        name if name.contains(':') => Some(name.to_owned()),
        name => Some(format!("https://spdx.org/licenses/{name}")),
    }
}

/// What a node is, in lower case and without its namespace.
fn class_of(node: &Value) -> Option<&'static str> {
    const CLASSES: [&str; 6] = [
        "activity",
        "session",
        "organisation",
        "role",
        "location",
        "time",
    ];
    let types = node.get("type").or_else(|| node.get("@type"))?;
    items(types).into_iter().find_map(|name| {
        let name = name
            .as_str()?
            .rsplit(['/', '#', ':'])
            .next()?
            .to_lowercase();
        CLASSES.into_iter().find(|class| *class == name)
    })
}

fn by_id<'a>(nodes: &[&'a Value]) -> BTreeMap<&'a str, &'a Map<String, Value>> {
    nodes
        .iter()
        .filter_map(|node| Some((reference(node)?, node.as_object()?)))
        .collect()
}

struct Reader<'a> {
    collector: Collector<'a>,
    filler: Filler<'a>,
    base: &'a str,
    license: Option<String>,
    by_id: BTreeMap<&'a str, &'a Map<String, Value>>,
    /// What became of each activity: its record's id, or nothing when it was rejected.
    opportunities: BTreeMap<String, Option<RecordId>>,
    /// Sessions that were read with their activity.
    sessions: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn top(&mut self, top: Option<&Map<String, Value>>) {
        const READ: [&str; 6] = ["@context", "@graph", "graph", "license", "type", "@type"];
        for name in top.into_iter().flat_map(Map::keys) {
            if !READ.contains(&name.as_str()) {
                self.filler.ignore("", name);
            }
        }
    }

    fn node(&mut self, row: usize, value: &'a Value) {
        match (class_of(value), value) {
            (Some("activity"), Value::Object(map)) => self.activity(row, "", map, None),
            (Some("organisation"), Value::Object(map)) => {
                let node = Node::new(map, "", "organisation");
                let (name, activities) = node.items(&["activity"]);
                // An activity that stands elsewhere in the file is read there.
                let own = activities
                    .into_iter()
                    .enumerate()
                    .filter_map(|(at, value)| Some((at, value.as_object()?)));
                for (at, activity) in own {
                    self.activity(row, &format!("{name}.{at}"), activity, Some(map));
                }
            }
            // Read where something refers to them.
            (Some("role" | "location" | "time"), Value::Object(_)) => {}
            _ => {
                let found = found(value.get("type").or_else(|| value.get("@type")));
                let reason = "expected an object whose type is Activity, Session or Organisation";
                self.collector
                    .row(Err(Rejection::new(row, "type", &found, reason)));
            }
        }
    }

    fn activity(
        &mut self,
        row: usize,
        at: &str,
        map: &'a Map<String, Value>,
        organisation: Option<&'a Map<String, Value>>,
    ) {
        let node = Node::new(map, at, "activity");
        let outcome = self.opportunity(row, &node, organisation);
        let id = outcome
            .as_ref()
            .ok()
            .map(|thing| (thing.id, thing.source_id.clone()));
        let kept = self.collector.row(outcome);
        let opportunity = id.filter(|_| kept);
        if let Some((_, id)) = node.get(&["id"]).filter(|(_, id)| id.is_string()) {
            let id = self.iri(reference(id).unwrap_or_default());
            let record = opportunity.as_ref().map(|(record, _)| *record);
            self.opportunities.entry(id).or_insert(record);
        }
        let (name, sessions) = node.items(&["session"]);
        for (number, value) in sessions.into_iter().enumerate() {
            let at = node.within(&format!("{name}.{number}"));
            let outcome = match (self.resolve(value), &opportunity) {
                (None, _) => {
                    let reason = "expected a session, or the id of one in this file";
                    Err(Rejection::new(row, at, &shown(value), reason))
                }
                (Some(_), None) => {
                    let id = reference(value).unwrap_or("a session");
                    Err(Rejection::new(row, at, id, "its activity was rejected"))
                }
                (Some(map), Some((record, id))) => {
                    let own = format!("{id}/session/{}", number + 1);
                    self.session(row, &Node::new(map, &at, "session"), *record, Some(own))
                }
            };
            self.collector.row(outcome);
            self.sessions
                .extend(reference(value).map(|id| self.iri(id)));
        }
    }

    /// A session that is no part of an activity's object but names its activity.
    fn lone_session(&mut self, row: usize, value: &'a Value) {
        if reference(value).is_some_and(|id| self.sessions.contains(&self.iri(id))) {
            return;
        }
        let Value::Object(map) = value else { return };
        let node = Node::new(map, "", "session");
        let activity = node.get(&["activity"]).map(|(_, value)| items(value));
        let outcome = match activity.as_deref() {
            Some([activity]) => {
                let id = reference(activity).unwrap_or_default();
                match self.opportunities.get(&self.iri(id)) {
                    Some(Some(opportunity)) => {
                        let opportunity = *opportunity;
                        self.session(row, &node, opportunity, None)
                    }
                    Some(None) => {
                        Err(node.reject(row, "activity", id, "this activity was rejected"))
                    }
                    None => Err(node.reject(
                        row,
                        "activity",
                        id,
                        "no activity in this file has this id",
                    )),
                }
            }
            Some(several) => {
                let found = format!("{} activities", several.len());
                Err(node.reject(
                    row,
                    "activity",
                    &found,
                    "expected the one activity that the session belongs to",
                ))
            }
            None => Err(node.reject(
                row,
                "activity",
                "nothing",
                "expected the activity that the session belongs to",
            )),
        };
        self.collector.row(outcome);
    }

    /// The object that a value is, or refers to within the file.
    fn resolve(&self, value: &'a Value) -> Option<&'a Map<String, Value>> {
        match value {
            // An object with nothing but an id is a reference too.
            Value::Object(map)
                if map
                    .keys()
                    .any(|name| !matches!(name.as_str(), "id" | "@id")) =>
            {
                Some(map)
            }
            _ => self.by_id.get(reference(value)?).copied(),
        }
    }

    /// An id in full: two files of one publisher mean the same thing by the same id.
    fn iri(&self, id: &str) -> String {
        if id.contains(':') {
            id.to_owned()
        } else {
            format!("{}{id}", self.base)
        }
    }
}
