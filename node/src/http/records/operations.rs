//! What may be asked about records.

use axum::routing::{get, post, put};
use erikti_protocol::kind;
use serde_json::{Map, Value, json};

use crate::front::download::CSV;
use crate::http::operations::{Operation, Parameter, Part, Reply, TEXT, give};
use crate::problem::Code;

/// The path's record.
const ID: Parameter = Parameter::path("id", "The record: `urn:uuid:` and its number.", id);

/// The answer of a page.
const LINK: &[(&str, &str)] = &[("Link", "The next page, when there is one: `rel=\"next\"`.")];
/// What the answer with a record says of it.
const TAG: &[(&str, &str)] = &[("ETag", "The record's digest: its state.")];
/// What the answer about a written record says of it.
const WRITTEN: &[(&str, &str)] = &[
    ("ETag", "The digest of the new state."),
    ("Location", "Where the record is."),
];

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "POST",
        "/v1/records",
        "createRecord",
        Part::Records,
        "Makes, signs and publishes a record. The answer comes when it is on the disk and in a signed checkpoint.",
        || post(super::create),
    )
    .sent("NewRecord", || json!({"kind": "opportunity", "subject": sample()}))
    .answers(&[Reply::json("Receipt", "The record is published.").status(201).headers(WRITTEN)])
    .refuses(&[Code::KindUnknown, Code::RecordMalformed, Code::RecordConflict, Code::PreconditionNeeded])
    .gives(&[
        give("showRecord", "path.id", "$response.body#/id"),
        give("showHistory", "path.id", "$response.body#/id"),
        give("showProof", "path.id", "$response.body#/id"),
        give("showBundle", "path.id", "$response.body#/id"),
        give("replaceRecord", "path.id", "$response.body#/id"),
        give("replaceRecord", "header.If-Match", "$response.header.ETag"),
        give("exportRecords", "body.ids.0", "$response.body#/id"),
        give("eraseRecord", "path.id", "$response.body#/id"),
    ]),
    Operation::new(
        "GET",
        "/v1/records",
        "listRecords",
        Part::Records,
        "Lists the current versions of records, newest first. With `q`, `near`, `from` and the like: opportunities, the best first.",
        || get(super::list),
    )
    .takes(&[
        Parameter::query("kind", "Only of this kind.", || json!({"type": "string"})).example("opportunity"),
        Parameter::query("issuer", "Only of this organisation: its id, or the beginning of it.", || json!({"type": "string"})),
        Parameter::query("organisation", "The same as `issuer`.", || json!({"type": "string"})),
        Parameter::query("q", "Words in the text, in any language.", || json!({"type": "string", "maxLength": 200})),
        Parameter::query("near", "A point, `latitude,longitude`.", || json!({"type": "string"})),
        Parameter::query("radius_km", "How far from it.", || json!({"type": "integer", "minimum": 1, "maximum": 20000})),
        Parameter::query("place", "Words for a place.", || json!({"type": "string", "maxLength": 200})),
        Parameter::query("country", "ISO 3166-1 alpha-2.", || json!({"type": "string", "pattern": "^[A-Z]{2}$"})),
        Parameter::query("from", "Not over before this day.", || json!({"type": "string", "format": "date"})),
        Parameter::query("until", "Not begun after this day.", || json!({"type": "string", "format": "date"})),
        Parameter::query("language", "A language of the work, BCP 47.", || json!({"type": "string"})),
        Parameter::query("sector", "ICNP/TSO.", || json!({"type": "string"})),
        Parameter::query("sdg", "A goal of the Sustainable Development Goals.", || json!({"type": "string"})),
        Parameter::query("remote", "Whether it can be done from anywhere.", || json!({"type": "boolean"})),
        Parameter::query("status", "In this state.", || json!({"type": "string"})),
        Parameter::query("sort", "In which order.", || json!({"enum": ["relevance", "new", "start", "near"]})),
        Parameter::query("limit", "At most so many.", || json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50})).example("20"),
        Parameter::query("cursor", "What `next` said on the page before.", || json!({"type": "string", "maxLength": 512})),
    ])
    .answers(&[Reply::json("RecordPage", "A page; it may be short, even empty, and still have a next one.").headers(LINK)]),
    Operation::new(
        "GET",
        "/v1/records.csv",
        "listRecordsAsTable",
        Part::Records,
        "The organisation's own records of a kind as a table (RFC 4180), a column for each field. Changed and imported again, only rows that were changed become new versions.",
        || get(super::table),
    )
    .takes(&[
        Parameter::query("kind", "The kind, whose fields are the columns.", || json!({"type": "string"})).example("opportunity").required(),
        Parameter::query("q", "Words in the title or the id.", || json!({"type": "string", "maxLength": 200})),
        Parameter::query("status", "In this state.", || json!({"type": "string"})),
    ])
    .answers(&[Reply::media(CSV, "The table. A cell that a spreadsheet would take for a formula begins with an apostrophe, which an import takes off again.")])
    .refuses(&[Code::KindUnknown, Code::NotAllowed]),
    Operation::new(
        "GET",
        "/v1/records/{id}",
        "showRecord",
        Part::Records,
        "Shows a record as it was signed, and what this node knows about it.",
        || get(super::show),
    )
    .takes(&[
        ID,
        Parameter::query("version", "An earlier version.", || json!({"type": "integer", "minimum": 1})),
        Parameter::header("If-None-Match", "Tags that are known already.", || json!({"type": "string"})),
    ])
    .answers(&[
        Reply::json("ShownRecord", "The record.").headers(TAG),
        Reply::empty(304, "It is as it was."),
    ])
    .refuses(&[Code::RecordUnknown, Code::RecordMalformed, Code::RecordErased, Code::RecordConflict]),
    Operation::new(
        "GET",
        "/v1/records/{id}/history",
        "showHistory",
        Part::Records,
        "Lists a record's versions and, when it was erased, who has destroyed it; for the organisation's own people also who did what.",
        || get(super::history),
    )
    .takes(&[ID])
    .answers(&[Reply::json("History", "The versions, oldest first.")])
    .refuses(&[Code::RecordUnknown, Code::RecordMalformed]),
    Operation::new(
        "GET",
        "/v1/records/{id}/proof",
        "showProof",
        Part::Logs,
        "The C2SP tlog-proof that a record is in its log.",
        || get(super::proof),
    )
    .takes(&[ID])
    .answers(&[Reply::json("Proof", "The proof, as text.")])
    .refuses(&[Code::RecordUnknown, Code::RecordMalformed, Code::RecordErased, Code::RecordConflict]),
    Operation::new(
        "GET",
        "/v1/records/{id}/bundle",
        "showBundle",
        Part::Logs,
        "A record with everything that proves it to somebody who has nothing but a root: `erikti verify` reads it.",
        || get(super::bundle),
    )
    .takes(&[ID])
    .answers(&[Reply::media(TEXT, "The bundle.")])
    .refuses(&[Code::RecordUnknown, Code::RecordMalformed, Code::RecordErased, Code::RecordConflict]),
    Operation::new(
        "PUT",
        "/v1/records/{id}",
        "replaceRecord",
        Part::Records,
        "Publishes the next version of a record of this organisation; what is not said is not in it any more.",
        || put(super::replace),
    )
    .takes(&[
        ID,
        Parameter::header("If-Match", "The ETag of the state that is to be changed.", || json!({"type": "string"})).required(),
    ])
    .sent("Replacement", || json!({"subject": sample()}))
    .answers(&[Reply::json("Receipt", "The new version is published.").headers(WRITTEN)])
    .refuses(&[
        Code::RecordUnknown,
        Code::RecordErased,
        Code::RecordNotOwn,
        Code::RecordMalformed,
        Code::PreconditionNeeded,
        Code::PreconditionFailed,
    ]),
    Operation::new(
        "POST",
        "/v1/export",
        "exportRecords",
        Part::Records,
        "The exact bytes of records, a line each; or one record's bundle.",
        || post(super::export),
    )
    .sent("Export", || json!({"ids": ["urn:uuid:0199f4c2-1d4e-7a64-8a38-2f9d5f0c1a11"]}))
    .answers(&[Reply::json("Exported", "The text.")])
    .refuses(&[Code::RecordUnknown, Code::RecordErased, Code::RecordConflict]),
];

pub(crate) const LAST_OPERATIONS: &[Operation] = &[Operation::new(
    "POST",
    "/v1/records/{id}/erase",
    "eraseRecord",
    Part::Records,
    "Erases a record of this organisation, every version of it, here and at every holder; its id is never used again.",
    || post(super::erase),
)
.takes(&[ID])
.sent("Erasing", || json!({"reason": "holder_request"}))
.answers(&[Reply::json("Erased", "What was ordered, and is done here.")])
.refuses(&[
    Code::RecordUnknown,
    Code::RecordErased,
    Code::RecordNotOwn,
    Code::RecordMalformed,
])];

fn id() -> Value {
    json!({"type": "string", "maxLength": 64})
}

/// What an opportunity may say.
fn sample() -> Value {
    let kind = kind::by_name("opportunity");
    Value::Object(kind.map_or_else(Map::new, |kind| (kind.sample)()))
}
