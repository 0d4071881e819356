//! What may be asked of the API, once: the routes, the OpenAPI document, the page for people and the tests read this.

use axum::routing::MethodRouter;
use serde_json::Value;

use crate::node::Node;
use crate::problem::Code;

/// One thing that may be asked.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Its name for programs.
    pub id: &'static str,
    /// The part of the API it belongs to.
    pub part: Part,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What the path, the query and the headers may say.
    pub parameters: &'static [Parameter],
    /// What it is sent.
    pub body: Option<Body>,
    /// What it answers when all is well.
    pub answers: &'static [Reply],
    /// What it refuses beyond what every operation may.
    pub refusals: &'static [Code],
    /// What its answer gives to other operations: how examples follow each other.
    pub gives: &'static [Gift],
    /// Whether its answer has a secret: it is told once and kept nowhere, not even for who asks again.
    pub told_once: bool,
    /// Who answers.
    pub(super) handler: fn() -> MethodRouter<Node>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Records.
    Records,
    /// Kinds of records.
    Kinds,
    /// Organisations and accreditations.
    Organisations,
    /// Partners and invitations.
    Peers,
    /// Logs and proofs.
    Logs,
    /// Feeds and events.
    Feeds,
    /// The node itself.
    Node,
}

impl Part {
    /// Every part, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Records,
        Self::Kinds,
        Self::Organisations,
        Self::Peers,
        Self::Logs,
        Self::Feeds,
        Self::Node,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Kinds => "kinds",
            Self::Organisations => "organisations",
            Self::Peers => "partners",
            Self::Logs => "logs",
            Self::Feeds => "feeds",
            Self::Node => "node",
        }
    }

    /// What is in it.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Records => {
                "Signed records of every kind: found, read, proved, made, superseded, erased."
            }
            Self::Kinds => "What records of each kind may say.",
            Self::Organisations => "Who is known, who stands, and who accredited whom.",
            Self::Peers => "Nodes that this one exchanges records with.",
            Self::Logs => {
                "Every log held here, as C2SP tlog-tiles, and the keys that sign the node's own."
            }
            Self::Feeds => "What is new, for programs that follow.",
            Self::Node => "How the node is, and its upkeep.",
        }
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

impl Place {
    /// As OpenAPI calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// One parameter.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it says.
    pub summary: &'static str,
    /// What it looks like.
    pub schema: fn() -> Value,
    /// A good value; none where only an earlier answer has one.
    pub example: Option<&'static str>,
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.name, self.place.as_str())
    }
}

impl Parameter {
    const fn new(
        place: Place,
        name: &'static str,
        summary: &'static str,
        schema: fn() -> Value,
    ) -> Self {
        Self {
            name,
            place,
            required: matches!(place, Place::Path),
            summary,
            schema,
            example: None,
        }
    }

    /// In the path.
    pub const fn path(name: &'static str, summary: &'static str, schema: fn() -> Value) -> Self {
        Self::new(Place::Path, name, summary, schema)
    }

    /// In the query.
    pub const fn query(name: &'static str, summary: &'static str, schema: fn() -> Value) -> Self {
        Self::new(Place::Query, name, summary, schema)
    }

    /// In a header.
    pub const fn header(name: &'static str, summary: &'static str, schema: fn() -> Value) -> Self {
        Self::new(Place::Header, name, summary, schema)
    }

    /// With a good value.
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// Never left out.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// What an operation is sent.
#[derive(Clone, Copy)]
pub struct Body {
    /// Its media type.
    pub media: &'static str,
    /// The name of its schema.
    pub schema: &'static str,
    /// A good one.
    pub example: fn() -> Value,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.media, self.schema)
    }
}

/// What an operation answers when all is well.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// What it means.
    pub summary: &'static str,
    /// Its media type; empty for an answer without a body.
    pub media: &'static str,
    /// The name of its schema; empty for what is not JSON.
    pub schema: &'static str,
    /// Headers that it has, each with what it says.
    pub headers: &'static [(&'static str, &'static str)],
}

/// The media type of JSON.
pub const JSON: &str = "application/json";
/// The media type of plain text.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// The media type of a web page.
pub const HTML: &str = "text/html; charset=utf-8";
/// The media type of bytes.
pub const BYTES: &str = "application/octet-stream";

impl Reply {
    /// JSON of a schema.
    pub const fn json(schema: &'static str, summary: &'static str) -> Self {
        Self {
            status: 200,
            summary,
            media: JSON,
            schema,
            headers: &[],
        }
    }

    /// Something that is not JSON.
    pub const fn media(media: &'static str, summary: &'static str) -> Self {
        Self {
            status: 200,
            summary,
            media,
            schema: "",
            headers: &[],
        }
    }

    /// Nothing but a status.
    pub const fn empty(status: u16, summary: &'static str) -> Self {
        Self {
            status,
            summary,
            media: "",
            schema: "",
            headers: &[],
        }
    }

    /// With another status.
    pub const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With headers.
    pub const fn headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }
}

/// Something of an answer that another operation needs, as OpenAPI's links say it.
#[derive(Clone, Copy, Debug)]
pub struct Gift {
    /// The other operation.
    pub to: &'static str,
    /// Its parameter, with its place: `path.id`, `header.If-Match`.
    pub parameter: &'static str,
    /// What it is given: `$response.body#/id`, `$response.header.ETag`.
    pub from: &'static str,
}

/// Gives something to another operation.
pub const fn give(to: &'static str, parameter: &'static str, from: &'static str) -> Gift {
    Gift {
        to,
        parameter,
        from,
    }
}

impl Operation {
    /// Something that may be asked.
    pub(super) const fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        part: Part,
        summary: &'static str,
        handler: fn() -> MethodRouter<Node>,
    ) -> Self {
        Self {
            method,
            path,
            id,
            part,
            summary,
            parameters: &[],
            body: None,
            answers: &[],
            refusals: &[],
            gives: &[],
            told_once: false,
            handler,
        }
    }

    /// With parameters.
    pub(super) const fn takes(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// With a body of JSON.
    pub(super) const fn sent(mut self, schema: &'static str, example: fn() -> Value) -> Self {
        self.body = Some(Body {
            media: JSON,
            schema,
            example,
        });
        self
    }

    /// With answers.
    pub(super) const fn answers(mut self, answers: &'static [Reply]) -> Self {
        self.answers = answers;
        self
    }

    /// With refusals of its own.
    pub(super) const fn refuses(mut self, refusals: &'static [Code]) -> Self {
        self.refusals = refusals;
        self
    }

    /// With what its answer gives to others.
    pub(super) const fn gives(mut self, gives: &'static [Gift]) -> Self {
        self.gives = gives;
        self
    }

    /// With a secret in its answer.
    pub(super) const fn told_once(mut self) -> Self {
        self.told_once = true;
        self
    }

    /// Whether the request changes something here.
    pub fn changes(&self) -> bool {
        !matches!(self.method, "GET")
    }

    /// Whether the query may have this name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.parameters
            .iter()
            .any(|parameter| parameter.place == Place::Query && parameter.name == name)
    }

    /// The names that the query may have.
    pub(super) fn query_names(&self) -> Vec<&'static str> {
        let parameters = self.parameters.iter();
        parameters
            .filter(|parameter| parameter.place == Place::Query)
            .map(|parameter| parameter.name)
            .collect()
    }
}

/// Everything that may be asked of the API, part by part: where examples use what others made, after those.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    super::OPERATIONS.iter().copied().flatten()
}
