//! Importing a file: bring it, say what its columns are, see what would come of it, do it, undo it.

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use erikti_protocol::kind;

use super::page::{Page, filled};
use super::staff::{Refused, Told, see_other};
use crate::desk::form::fault::reason;
use crate::desk::form::lines::{Line, lines};
use crate::desk::form::read::Said;
use crate::desk::imports::batch::{self, Batch, State as Standing};
use crate::desk::imports::{self, Preview, undo as undoing};
use crate::formats::csv::glance;
use crate::formats::table::is_own;
use crate::formats::{FILE_BYTES_MAX, Format};
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Imports that are listed.
const LISTED: usize = 50;
/// Refused rows shown on one page; more are counted.
const REJECTED_SHOWN: usize = 200;
/// How often a page of progress asks again.
const REFRESH_S: &str = "1";
const REFRESH: HeaderName = HeaderName::from_static("refresh");

#[derive(Template)]
#[template(path = "staff/imports.html")]
struct Listed {
    p: Page,
    told: Told,
    batches: Vec<Listing>,
    refused: Option<Refused>,
    pasted: String,
}

/// One import in the list.
struct Listing {
    batch: Batch,
    interrupted: bool,
    can_continue: bool,
    can_be_undone: bool,
}

impl Listing {
    fn of(node: &Node, batch: Batch) -> Self {
        let interrupted = batch.interrupted(node);
        Self {
            interrupted,
            can_continue: interrupted
                && batch.state == Standing::Running
                && batch.file(node).is_some(),
            can_be_undone: batch.can_be_undone(node),
            batch,
        }
    }

    fn runs(&self) -> bool {
        matches!(self.batch.state, Standing::Running | Standing::Undoing) && !self.interrupted
    }

    fn state(&self) -> &'static str {
        match (self.interrupted, self.batch.state) {
            (true, _) => "import-interrupted",
            (false, Standing::Staged) => "import-staged",
            (false, Standing::Running) => "import-running",
            (false, Standing::Done) => "import-done",
            (false, Standing::Undoing) => "import-undoing",
            (false, Standing::Undone) => "import-undone",
        }
    }
}

async fn listed(
    node: &Node,
    p: Page,
    told: Told,
    refused: Option<Refused>,
    pasted: String,
) -> Result<Response, Problem> {
    let batches = blocking(node, |node| {
        let batches = batch::all(node)?.into_iter().take(LISTED);
        Ok(batches.map(|batch| Listing::of(node, batch)).collect())
    })
    .await?;
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = filled(&Listed {
        p,
        told,
        batches,
        refused,
        pasted,
    })?;
    Ok((status, page).into_response())
}

/// The form, and what was imported before.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    listed(&node, p, told, None, String::new()).await
}

/// What a browser sent.
#[derive(Default)]
struct Brought {
    name: String,
    bytes: Vec<u8>,
    pasted: String,
    map: String,
    format: String,
}

async fn read_upload(mut upload: Multipart) -> Result<Brought, Problem> {
    let unreadable = |e: axum::extract::multipart::MultipartError| {
        Problem::new(Code::Usage, format!("the upload cannot be read: {e}"))
            .hint("choose the file again")
    };
    let mut brought = Brought::default();
    while let Some(field) = upload.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "file" if !bytes.is_empty() => {
                brought.name = file;
                brought.bytes = bytes.to_vec();
            }
            "text" => brought.pasted = text(),
            "map" => brought.map = text(),
            "format" => brought.format = text(),
            _ => {}
        }
    }
    Ok(brought)
}

/// Takes a file, or what was pasted.
pub(super) async fn bring(
    State(node): State<Node>,
    p: Page,
    upload: Multipart,
) -> Result<Response, Problem> {
    let brought = read_upload(upload).await?;
    let pasted = brought.pasted.clone();
    let by = p.caller.actor();
    let staged = blocking(&node, move |node| {
        let (name, bytes) = match brought.bytes.is_empty() {
            true => (
                "—".to_owned(),
                brought.pasted.replace("\r\n", "\n").into_bytes(),
            ),
            false => (brought.name, brought.bytes),
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(
                Problem::new(Code::ImportInvalid, "there is nothing to import")
                    .hint("choose a file, or paste a table"),
            );
        }
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Problem::new(Code::ImportInvalid, "the file is too large")
                .allowed(format!("{FILE_BYTES_MAX} bytes")));
        }
        let format = match Format::parse(&brought.format) {
            Some(_) => brought.format.clone(),
            None => guessed(&name, &bytes).to_owned(),
        };
        let map = Some(brought.map.as_str()).filter(|map| !map.trim().is_empty());
        if format == "csv" {
            // A table that is none is refused now, and not two pages later.
            glance(&bytes, 1).map_err(|fault| {
                Problem::new(Code::ImportInvalid, fault.to_string())
                    .hint("save the table as CSV in UTF-8, with names in its first row")
            })?;
        }
        imports::stage(node, &by, &name, &format, &bytes, map)
    })
    .await;
    match staged {
        Ok(batch) => Ok(see_other(&format!("/manage/import/{}", batch.id))),
        Err(problem) if problem.code.status() < 500 => {
            let refused = Some(Refused::from(&problem));
            listed(&node, p, Told::default(), refused, pasted).await
        }
        Err(problem) => Err(problem),
    }
}

/// What a file is, when nobody said.
fn guessed(name: &str, bytes: &[u8]) -> &'static str {
    match Format::of_file(name) {
        Some(Format::Vds) => "vds",
        _ if is_own(bytes) => "records",
        Some(Format::Csv) => "csv",
        _ => match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => "vds",
            _ => "csv",
        },
    }
}

#[derive(Template)]
#[template(path = "staff/import_preview.html")]
struct Previewed {
    p: Page,
    batch: Batch,
    preview: Preview,
    first: Vec<(String, bool, Vec<Line>)>,
    rejected: Vec<Rejected>,
}

/// A refused row, in the reader's words.
struct Rejected {
    row: usize,
    field: String,
    found: String,
    reason: String,
    /// Whether the reason is in the reader's language; otherwise in English.
    own: bool,
}

fn rejected<'a>(
    rows: impl Iterator<Item = (usize, &'a str, &'a str, &'a str)>,
    kinds: &[&'static kind::Kind],
    p: &Page,
) -> Vec<Rejected> {
    rows.take(REJECTED_SHOWN)
        .map(|(row, field, found, why)| {
            let said = kinds
                .iter()
                .find_map(|kind| reason(kind, field, p.language));
            // Rules between fields and of the file itself say more than what the field may hold.
            let own = said.filter(|_| why.starts_with("expected ") && !why.contains('`'));
            let kind = kinds
                .iter()
                .find_map(|kind| kind.field(field.split('.').next()?));
            Rejected {
                row,
                field: match (kind, field) {
                    (_, "") => "—".to_owned(),
                    (Some(named), field) => {
                        format!("{} ({field})", named.label.of(p.language.tag()))
                    }
                    (None, field) => field.to_owned(),
                },
                found: found.to_owned(),
                own: own.is_some() || p.language == crate::text::Language::English,
                reason: own.unwrap_or_else(|| why.to_owned()),
            }
        })
        .collect()
}

/// The kinds that a format's rows become.
fn kinds_of(batch: &Batch) -> Vec<&'static kind::Kind> {
    if Format::parse(&batch.format) == Some(Format::Records) {
        return kind::all().to_vec();
    }
    let mapped = batch.map.as_deref().and_then(kind_of_map);
    let usual = ["opportunity", "session"]
        .into_iter()
        .filter_map(kind::by_name);
    mapped.map_or_else(|| usual.collect(), |kind| vec![kind])
}

/// The kind that a mapping file names.
pub(super) fn kind_of_map(map: &str) -> Option<&'static kind::Kind> {
    let table = crate::toml_text::parse(map).ok()?;
    match table.get("kind") {
        None => kind::by_name("opportunity"),
        Some(name) => kind::by_name(name.as_str()?),
    }
}

#[derive(Template)]
#[template(path = "staff/import.html")]
struct Stands {
    p: Page,
    told: Told,
    listing: Listing,
    done: u64,
    total: u64,
    rate: u64,
    rejected: Vec<Rejected>,
    failed: Option<Refused>,
}

/// What a page of one import is, as it stands.
enum Which {
    Columns,
    Preview(Box<Previewed>),
    Refused(Refused),
    Stands(Box<Stands>),
}

/// One import: what it would do, how far it is, or what came of it.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let to = format!("/manage/import/{id}");
    let kept = p.clone();
    let which = blocking(&node, move |node| {
        let batch = batch::find(node, &id)?;
        let job = node.jobs().find(&batch.job());
        let failed = job.as_ref().and_then(|job| job.outcome()?.err());
        match batch.state {
            Standing::Staged if batch.format == "csv" && batch.map.is_none() => {
                return Ok(Which::Columns);
            }
            Standing::Staged => {
                return match imports::preview(node, &batch) {
                    Ok(preview) => Ok(Which::Preview(Box::new(previewed(p, batch, preview)))),
                    Err(problem)
                        if problem.code == Code::ImportMapping && batch.format == "csv" =>
                    {
                        Ok(Which::Columns)
                    }
                    Err(problem) => Ok(Which::Refused(Refused::from(&problem))),
                };
            }
            _ => {}
        }
        let kinds = kinds_of(&batch);
        let rows = batch.rejected.iter().map(|row| {
            (
                row.row,
                row.field.as_str(),
                row.found.as_str(),
                row.reason.as_str(),
            )
        });
        Ok(Which::Stands(Box::new(Stands {
            rejected: rejected(rows, &kinds, &p),
            done: job.as_ref().map_or(0, |job| job.done()),
            total: job.as_ref().map_or(0, |job| job.total()),
            rate: job.as_ref().map_or(0, |job| job.rate()),
            failed: failed.as_ref().map(Refused::from),
            listing: Listing::of(node, batch),
            told,
            p,
        })))
    })
    .await?;
    match which {
        Which::Columns => Ok(see_other(&format!("{to}/columns"))),
        Which::Preview(previewed) => filled(&*previewed),
        Which::Refused(refused) => {
            listed(&node, kept, Told::default(), Some(refused), String::new()).await
        }
        Which::Stands(stands) => {
            let mut answer = filled(&*stands)?;
            // As it was when the page was made: it may have ended since.
            if stands.listing.runs() {
                let after = axum::http::HeaderValue::from_static(REFRESH_S);
                answer.headers_mut().insert(REFRESH, after);
            }
            Ok(answer)
        }
    }
}

fn previewed(p: Page, batch: Batch, preview: Preview) -> Previewed {
    let kinds = kinds_of(&batch);
    let first = preview
        .first
        .iter()
        .filter_map(|(name, new, subject)| {
            let kind = kind::by_name(name)?;
            let said = Said {
                subject: subject.clone(),
                ..Said::default()
            };
            let label = kind.label.of(p.language.tag()).to_owned();
            Some((label, *new, lines(kind, &said, p.language)))
        })
        .collect();
    let rows = preview.rejected.iter().map(|row| {
        (
            row.row,
            row.field.as_str(),
            row.found.as_str(),
            row.reason.as_str(),
        )
    });
    Previewed {
        first,
        rejected: rejected(rows, &kinds, &p),
        batch,
        preview,
        p,
    }
}

/// Carries it out.
pub(super) async fn confirm(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let to = format!("/manage/import/{id}");
    let by = p.caller.actor();
    blocking(&node, move |node| imports::confirm(node, &by, &id)).await?;
    Ok(see_other(&to))
}

/// Undoes it.
pub(super) async fn undo(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let to = format!("/manage/import/{id}");
    let by = p.caller.actor();
    blocking(&node, move |node| undoing::undo(node, &by, &id)).await?;
    Ok(see_other(&to))
}
