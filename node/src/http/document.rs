//! The document of the API, OpenAPI 3.1, made of the operations.

use serde_json::{Map, Value, json};

use super::operations::{Gift, Operation, Parameter, Part, Place, Reply, all};
use super::schemas::{self, reference};
use crate::front::{Access, PROBLEM_TYPE, row_of};
use crate::problem::Code;

/// What every operation may refuse.
const EVERYWHERE: [Code; 3] = [Code::Usage, Code::Busy, Code::Internal];

/// The whole document.
pub(super) fn openapi() -> Value {
    let mut paths = Map::new();
    for (order, operation) in all().enumerate() {
        let path = documented(operation.path);
        let item = paths
            .entry(path)
            .or_insert_with(|| Value::Object(Map::new()));
        let mut said = said(operation);
        said["x-order"] = json!(order);
        item[operation.method.to_lowercase()] = said;
    }
    let tags: Vec<Value> = Part::ALL
        .iter()
        .map(|part| json!({"name": part.as_str(), "description": part.summary()}))
        .collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Erikti", "version": env!("CARGO_PKG_VERSION"),
            "summary": "One organisation's node of the Erikti volunteer network.",
            "description": "What everybody may read needs no token. Answers only grow: read what you know and ignore the rest.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token that a person of the organisation made for a program, on the page /account."},
            },
        },
    })
}

/// A path as OpenAPI spells it.
pub(super) fn documented(path: &str) -> String {
    path.replace("{*", "{")
}

fn said(operation: &Operation) -> Value {
    let access = row_of(operation.method, operation.path).map(|row| row.access);
    let mut said = json!({
        "operationId": operation.id, "tags": [operation.part.as_str()], "summary": operation.summary,
        "description": who_may(access), "responses": responses(operation),
    });
    said["security"] = match access {
        Some(Access::Everybody) => json!([{}, {"token": []}]),
        _ => json!([{"token": []}]),
    };
    let mut parameters: Vec<Value> = operation.parameters.iter().map(parameter).collect();
    if operation.method == "POST" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": match operation.told_once {
                false => "A name for this request, such as a UUID. Sent again within 24 hours it is not done again: the first answer comes back, with `Idempotency-Replayed: true`.",
                true => "A name for this request, such as a UUID. Sent again within 24 hours it is not done again; as the first answer has a secret, it is not told again either: `idempotency.told`.",
            },
            "schema": {"type": "string", "minLength": 1, "maxLength": crate::replies::KEY_CHARS_MAX, "pattern": "^[!-~]+$"},
        }));
    }
    if !parameters.is_empty() {
        said["parameters"] = json!(parameters);
    }
    if let Some(body) = operation.body {
        said["requestBody"] = json!({
            "required": true, "content": {body.media: {"schema": reference(body.schema), "example": (body.example)()}},
        });
    }
    said
}

/// Who may, in a sentence.
fn who_may(access: Option<Access>) -> &'static str {
    match access {
        Some(Access::Everybody) => {
            "For everybody. With a token of the organisation's own people, what they may read too."
        }
        Some(Access::SignedIn) => "For whoever has an account here; scope `read`.",
        Some(Access::Auditors) => {
            "For auditors, coordinators and administrators of the organisation; scope `read`."
        }
        Some(Access::Coordinators) => {
            "For coordinators and administrators of the organisation; scope `publish`."
        }
        Some(Access::Administrators) => "For administrators of the organisation; scope `manage`.",
        Some(Access::Operator) | None => "Only at the node's own machine.",
    }
}

fn parameter(parameter: &Parameter) -> Value {
    let mut said = json!({
        "name": parameter.name, "in": parameter.place.as_str(), "required": parameter.required,
        "description": parameter.summary, "schema": (parameter.schema)(),
    });
    if let Some(example) = parameter.example {
        let number = example
            .parse::<i64>()
            .ok()
            .filter(|_| (parameter.schema)()["type"] == "integer");
        said["example"] = number.map_or_else(|| json!(example), |number| json!(number));
    }
    said
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    for reply in operation.answers {
        responses.insert(reply.status.to_string(), answer(operation, reply));
    }
    let access = row_of(operation.method, operation.path).map(|row| row.access);
    let mut codes: Vec<Code> = operation.refusals.to_vec();
    codes.extend(EVERYWHERE);
    if operation.body.is_some() {
        codes.extend([Code::UsageMediaType, Code::UsageSize]);
    }
    if operation.method == "POST" {
        codes.extend([Code::IdempotencyOther, Code::IdempotencyRunning]);
    }
    if operation.told_once {
        codes.push(Code::IdempotencyTold);
    }
    if access != Some(Access::Everybody) {
        codes.push(Code::NotAllowed);
    }
    let mut by_status: std::collections::BTreeMap<u16, Vec<&str>> = Default::default();
    for code in codes {
        let same = by_status.entry(code.status()).or_default();
        if !same.contains(&code.as_str()) {
            same.push(code.as_str());
        }
    }
    for (status, codes) in by_status {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        responses.insert(
            status.to_string(),
            refusal(&format!("{}.", codes.join(", "))),
        );
    }
    responses.insert(
        "default".to_owned(),
        refusal("A problem; every code is explained at /problems."),
    );
    Value::Object(responses)
}

fn refusal(summary: &str) -> Value {
    json!({"description": summary, "content": {PROBLEM_TYPE: {"schema": reference("Problem")}}})
}

fn answer(operation: &Operation, reply: &Reply) -> Value {
    let mut said = json!({"description": reply.summary});
    if !reply.media.is_empty() {
        let schema = match reply.schema {
            "" => json!({}),
            name => reference(name),
        };
        // The charset belongs to the answer, not to the name of its kind.
        let media = reply.media.split(';').next().unwrap_or(reply.media);
        said["content"] = json!({media: {"schema": schema}});
    }
    if !reply.headers.is_empty() {
        let headers: Map<String, Value> = reply
            .headers
            .iter()
            .map(|(name, summary)| {
                let said = json!({"description": summary, "schema": {"type": "string"}});
                ((*name).to_owned(), said)
            })
            .collect();
        said["headers"] = Value::Object(headers);
    }
    let links = links(operation.gives);
    if !links.is_empty() && reply.status < 300 {
        said["links"] = Value::Object(links);
    }
    said
}

/// What the answer gives to other operations, one link each.
fn links(gives: &[Gift]) -> Map<String, Value> {
    let mut links = Map::new();
    for gift in gives {
        let link = links
            .entry(gift.to)
            .or_insert_with(|| json!({"operationId": gift.to}));
        match gift.parameter.strip_prefix("body.") {
            Some(member) => {
                let (name, _) = member.split_once('.').unwrap_or((member, ""));
                link["requestBody"] = json!({name: [gift.from]});
            }
            None => link["parameters"][gift.parameter] = json!(gift.from),
        }
    }
    links
}

/// The place of a parameter, for the page.
pub(super) fn place(parameter: &Parameter) -> &'static str {
    match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    }
}
