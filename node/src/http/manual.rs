//! The API explained: the document for programs, one page for people, and what each problem means. No script.

use askama::Template;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use erikti_protocol::hash::Hash;
use serde_json::Value;

use super::document::{self, documented};
use super::operations::{HTML, JSON, Operation, Part, Reply, all};
use super::schemas;
use crate::front::{Access, VARIES, language_of, row_of};
use crate::problem::{Code, Problem};
use crate::text::Language;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/openapi.json",
        "showDocument",
        Part::Node,
        "This API as an OpenAPI 3.1 document.",
        || get(openapi),
    )
    .answers(&[Reply::json("", "The document.")]),
    Operation::new(
        "GET",
        "/api",
        "showManual",
        Part::Node,
        "This API on one page, for people.",
        || get(manual),
    )
    .answers(&[Reply::media(HTML, "The page.")]),
    Operation::new(
        "GET",
        "/problems",
        "showProblems",
        Part::Node,
        "Every problem with what to do about it; a problem's `type` leads here.",
        || get(problems),
    )
    .answers(&[Reply::media(HTML, "The page.")]),
];

async fn openapi() -> Result<Response, Problem> {
    let text = document::openapi().to_string();
    let tag = format!("\"{}\"", Hash::of(text.as_bytes()));
    let headers = [(header::CONTENT_TYPE, JSON.to_owned()), (header::ETAG, tag)];
    Ok((headers, text).into_response())
}

/// An operation as the page shows it.
struct Shown {
    id: &'static str,
    method: &'static str,
    path: String,
    summary: &'static str,
    /// The key of the text that says who may.
    who: &'static str,
    parameters: Vec<Told>,
    /// The name of the body's schema, and an example.
    body: Option<(&'static str, String)>,
    answers: Vec<(u16, &'static str, &'static str)>,
    refusals: Vec<&'static str>,
    example: String,
}

struct Told {
    name: &'static str,
    place: &'static str,
    required: bool,
    summary: &'static str,
}

struct Section {
    name: &'static str,
    /// The key of the text that says what is in it.
    summary: String,
    operations: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "http/api.html")]
struct Manual {
    p: Frame,
    version: &'static str,
    sections: Vec<Section>,
    schemas: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "http/problems.html")]
struct Problems {
    p: Frame,
    codes: Vec<Explained>,
}

struct Explained {
    code: &'static str,
    title: String,
    status: u16,
    advice: String,
}

/// The frame of a page: in whose language it is, and where it stands.
struct Frame {
    language: Language,
    here: &'static str,
}

impl Frame {
    fn of(headers: &HeaderMap, here: &'static str) -> Self {
        Self {
            language: language_of(headers),
            here,
        }
    }

    fn say(&self, key: &str) -> String {
        self.language.say(key)
    }

    fn languages(&self) -> [Language; 3] {
        Language::OFFERED
    }
}

async fn manual(headers: HeaderMap) -> Result<Response, Problem> {
    let section = |part: &Part| Section {
        name: part.as_str(),
        summary: format!("api-part-{}", part.as_str()),
        operations: all()
            .filter(|operation| operation.part == *part)
            .map(shown)
            .collect(),
    };
    let sections = Part::ALL.iter().map(section);
    let schemas = schemas::all().into_iter();
    page(&Manual {
        p: Frame::of(&headers, "/api"),
        version: env!("CARGO_PKG_VERSION"),
        sections: sections
            .filter(|section| !section.operations.is_empty())
            .collect(),
        schemas: schemas
            .map(|(name, schema)| (name, pretty(&schema)))
            .collect(),
    })
}

fn shown(operation: &'static Operation) -> Shown {
    let access = row_of(operation.method, operation.path).map(|row| row.access);
    Shown {
        id: operation.id,
        method: operation.method,
        path: documented(operation.path),
        summary: operation.summary,
        who: who(access),
        parameters: operation
            .parameters
            .iter()
            .map(|parameter| Told {
                name: parameter.name,
                place: document::place(parameter),
                required: parameter.required,
                summary: parameter.summary,
            })
            .collect(),
        body: operation
            .body
            .map(|body| (body.schema, pretty(&(body.example)()))),
        answers: operation
            .answers
            .iter()
            .map(|reply| (reply.status, reply.summary, reply.schema))
            .collect(),
        refusals: operation
            .refusals
            .iter()
            .map(|code| code.as_str())
            .collect(),
        example: example(operation),
    }
}

/// The key of the text that says who may.
fn who(access: Option<Access>) -> &'static str {
    match access {
        Some(Access::Everybody) => "api-who-everybody",
        Some(Access::SignedIn) => "api-who-signed-in",
        Some(Access::Auditors) => "api-who-auditors",
        Some(Access::Coordinators) => "api-who-coordinators",
        Some(Access::Administrators) => "api-who-administrators",
        Some(Access::Operator) | None => "api-who-operator",
    }
}

/// The request as somebody types it.
fn example(operation: &Operation) -> String {
    let mut words = vec!["curl".to_owned()];
    if operation.method != "GET" {
        words.push(format!("-X {}", operation.method));
    }
    let open =
        row_of(operation.method, operation.path).is_some_and(|row| row.access == Access::Everybody);
    if !open {
        words.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if operation.body.is_some() {
        words.push("-H 'Content-Type: application/json'".to_owned());
    }
    let mut path = documented(operation.path);
    for parameter in operation.parameters {
        match (document::place(parameter), parameter.example) {
            ("path", Some(example)) => {
                path = path.replace(&format!("{{{}}}", parameter.name), example);
            }
            ("header", _) if parameter.required => {
                words.push(format!("-H '{}: \"…\"'", parameter.name));
            }
            _ => {}
        }
    }
    if operation.body.is_some() {
        words.push("-d @body.json".to_owned());
    }
    words.push(format!("\"$NODE{path}\""));
    words.join(" ")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

async fn problems(headers: HeaderMap) -> Result<Response, Problem> {
    let p = Frame::of(&headers, "/problems");
    let explained = |code: &Code| Explained {
        code: code.as_str(),
        title: p.say(&code.key()),
        status: code.status(),
        advice: p.say(code.exit().key()),
    };
    let codes = Code::ALL.iter().map(explained).collect();
    page(&Problems { codes, p })
}

fn page(template: &impl Template) -> Result<Response, Problem> {
    let text = template
        .render()
        .map_err(|e| Problem::internal("a page cannot be made", e))?;
    let tag = format!("\"{}\"", Hash::of(text.as_bytes()));
    let headers = [
        (header::CONTENT_TYPE, HTML.to_owned()),
        (header::ETAG, tag),
        (header::VARY, format!("authorization, {VARIES}")),
    ];
    Ok((headers, text).into_response())
}
