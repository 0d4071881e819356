//! What can be said of a file that somebody shows: who issued it, whether that was theirs to issue, where it is logged,
//! whether it still counts. Nothing is fetched for it: what this node does not hold, it says it does not know.

mod foreign;
mod steps;

use std::collections::BTreeSet;

use erikti_protocol::bundle::{self, BundleFault};
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::json::{DEPTH_MAX, canonical, parse_within};
use erikti_protocol::kind::{self, Author};
use erikti_protocol::log::Class;
use erikti_protocol::record::{Record, RecordFault};
use erikti_protocol::time::Timestamp;
use erikti_protocol::trust::Judgement;
use serde_json::{Value, json};

use super::reader::Reader;
use super::thing::{Thing, read_id};
use crate::clock;
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};

pub use steps::{Finding, Step};

/// Bytes of what is shown, at most: a bundle of some 500 control entries.
pub const SHOWN_BYTES_MAX: usize = 1024 * 1024;
/// Depth of a document of others: a record's, and what their envelopes put around it.
pub const SHOWN_DEPTH_MAX: usize = 2 * DEPTH_MAX;

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed, logged, issued by an organisation that stands, and still what it says.
    Good,
    /// The signature holds, and something about it needs a look: an unknown issuer, a newer version, the end of its time.
    Doubtful,
    /// It is not to be believed.
    Bad,
    /// Nothing can be said of it here.
    Unknown,
}

impl Outcome {
    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }
}

/// What is said of a record by itself.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Its kind's name, or its type as it stands.
    pub kind: String,
    /// What a person would call it.
    pub title: Value,
    /// What its issuer calls itself: outside text.
    pub issuer: String,
    /// Its version.
    pub version: Option<u64>,
    /// The page that this node has of it.
    pub held: bool,
}

/// What can be said of a file.
#[derive(Clone, Debug)]
pub struct Judged {
    /// In one word.
    pub outcome: Outcome,
    /// What it is, where it can be read at all.
    pub shown: Option<Shown>,
    /// The organisation that issued it, proved.
    pub organisation: Option<OrgId>,
    /// What was looked at, in order; the first that is not good decides.
    pub steps: Vec<Step>,
}

impl Judged {
    fn of(steps: Vec<Step>, shown: Option<Shown>, organisation: Option<OrgId>) -> Self {
        let has = |finding| steps.iter().any(|step| step.finding == finding);
        let outcome = if has(Finding::Bad) {
            Outcome::Bad
        } else if steps
            .iter()
            .any(|step| step.says == "verify-foreign-unreadable")
        {
            Outcome::Unknown
        } else if has(Finding::Doubtful) {
            Outcome::Doubtful
        } else {
            Outcome::Good
        };
        Self {
            outcome,
            shown,
            organisation,
            steps,
        }
    }

    /// The step that decided.
    pub fn decided_by(&self) -> Option<&Step> {
        let first = |finding| self.steps.iter().find(|step| step.finding == finding);
        first(Finding::Bad).or_else(|| first(Finding::Doubtful))
    }

    /// As programs read it.
    pub fn to_json(&self) -> Value {
        let shown = self.shown.as_ref().map(|shown| {
            json!({
                "id": shown.id, "kind": shown.kind, "version": shown.version, "issuerName": shown.issuer,
                "title": shown.title, "held": shown.held,
            })
        });
        json!({
            "outcome": self.outcome.as_str(), "record": shown, "organisation": self.organisation,
            "steps": self.steps.iter().map(Step::to_json).collect::<Vec<_>>(),
        })
    }
}

/// Judges what somebody shows: a bundle, a record, another network's credential, or the id of a record held here.
///
/// Errors   `usage` for nothing, or too much; `record.unknown` and `record.erased` for an id; the store's
pub fn judge(node: &Node, reader: Reader, text: &[u8]) -> Result<Judged, Problem> {
    let text = text.trim_ascii();
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    if text.is_empty() {
        return Err(Problem::new(Code::Usage, "there is nothing to check")
            .field("text")
            .allowed("a record, a bundle, another credential in JSON, or the id of a record"));
    }
    if text.len() > SHOWN_BYTES_MAX {
        return Err(
            Problem::new(Code::Usage, "this is more than can be checked here")
                .field("text")
                .found(format!("{} bytes", text.len()))
                .allowed(format!("{SHOWN_BYTES_MAX} bytes")),
        );
    }
    if !text.starts_with(b"{") && text.len() <= 45 {
        let id = String::from_utf8_lossy(text);
        if read_id(&id).is_ok() {
            return judge_id(node, reader, &id);
        }
    }
    if text.starts_with(b"{\"erikti\"") {
        return judge_bundle(node, text);
    }
    match Record::parse(text.to_vec()) {
        Ok(record) => judge_record(node, record),
        Err(fault) => judge_other(node, text, &fault),
    }
}

/// The current version of a record held here.
fn judge_id(node: &Node, reader: Reader, id: &str) -> Result<Judged, Problem> {
    let thing = Thing::find(node, reader, id)?;
    let version = thing
        .current()
        .ok_or_else(|| Problem::new(Code::RecordConflict, format!("no version of {id} counts")))?;
    judge_record(node, thing.record(node, version)?)
}

/// What is no record's bytes: a record that some program has written anew, a credential of others, or nothing.
fn judge_other(node: &Node, text: &[u8], fault: &RecordFault) -> Result<Judged, Problem> {
    let Ok(value) = parse_within(text, SHOWN_DEPTH_MAX, SHOWN_BYTES_MAX) else {
        let jwt = text.iter().all(u8::is_ascii_graphic) && text.split(|b| *b == b'.').count() == 3;
        let says = if jwt {
            "verify-foreign-unreadable"
        } else {
            "verify-form-json"
        };
        let step = if jwt {
            Step::doubtful(says).with("suite", "JWT")
        } else {
            Step::bad(says).because(fault)
        };
        return Ok(Judged::of(vec![step], None, None));
    };
    if value.get("erikti").is_some() {
        return judge_bundle(node, &canonical(&value));
    }
    // A signature covers what a record says, not how it is spaced.
    match Record::parse(canonical(&value)) {
        Ok(record) => judge_record(node, record),
        Err(_) if foreign::is_credential(&value) => Ok(foreign::judge(&value)),
        Err(fault) => {
            let step = Step::bad("verify-form-record").because(&fault);
            Ok(Judged::of(vec![step], None, None))
        }
    }
}

fn shown(node: &Node, record: &Record) -> Result<Shown, Problem> {
    let held = Thing::all(node, Reader::Everybody, &record.id())?;
    let subject = record.subject();
    let title = ["title", "name", "achievement"]
        .iter()
        .find_map(|member| subject.get(member));
    let title = title.map_or(Value::Null, |title| {
        title.get("name").unwrap_or(title).clone()
    });
    Ok(Shown {
        id: record.id().to_string(),
        kind: record.kind().to_owned(),
        title,
        issuer: record.issuer_name(),
        version: Some(record.version()),
        held: !held.is_empty(),
    })
}

/// A record alone: everything beside its signature is what this node itself knows.
fn judge_record(node: &Node, record: Record) -> Result<Judged, Problem> {
    let mut steps = Vec::new();
    let shown = shown(node, &record)?;
    let record = match record.verify() {
        Ok(record) => record,
        Err(fault) => {
            steps.push(Step::bad("verify-signature-bad").because(&fault));
            return Ok(Judged::of(steps, Some(shown), None));
        }
    };
    steps.push(Step::good("verify-signature-good").with("key", record.issuer()));
    judge_form(&record, &mut steps);
    let named = record.organisation();
    let Some(organisation) = named.filter(|named| !node.ingest().ledger().line(named).is_empty())
    else {
        steps.push(Step::doubtful("verify-issuer-unknown").with("name", &shown.issuer));
        judge_time(&record, &mut steps);
        return Ok(Judged::of(steps, Some(shown), None));
    };
    let place = place_of(node, &record)?;
    let Some((origin, index)) = place else {
        if is_erased(node, &organisation, &record) {
            steps.push(Step::bad("verify-erased"));
        } else {
            steps.push(
                Step::doubtful("verify-log-missing").with("name", node.name_of(&organisation)),
            );
        }
        judge_time(&record, &mut steps);
        return Ok(Judged::of(steps, Some(shown), None));
    };
    let judged = node
        .ingest()
        .ledger()
        .judge(&origin, index, &record.issuer(), named);
    if !matches!(judged, Judgement::InForce { .. }) {
        steps.push(Step::bad("verify-key-not-in-force").because(judged));
        return Ok(Judged::of(steps, Some(shown), None));
    }
    let name = node.name_of(&organisation);
    steps.push(Step::good("verify-issuer-known").with("name", &name));
    steps.push(logged(&origin, index));
    judge_state(node, &organisation, &record, &mut steps)?;
    judge_standing(node, &organisation, &record, &origin, index, &mut steps);
    judge_time(&record, &mut steps);
    Ok(Judged::of(steps, Some(shown), Some(organisation)))
}

fn logged(origin: &Origin, index: u64) -> Step {
    Step::good("verify-logged")
        .with("index", index)
        .with("origin", origin)
}

fn judge_form(record: &Record, steps: &mut Vec<Step>) {
    if let Some(fault) = super::records::malformed(record) {
        steps.push(Step::doubtful("verify-malformed").because(&fault));
    }
}

/// Where this very record stands, whoever may read it: who shows its bytes has read them.
fn place_of(node: &Node, record: &Record) -> Result<Option<(Origin, u64)>, Problem> {
    for place in node
        .ingest()
        .index()
        .find(&record.id())
        .map_err(index_problem)?
    {
        let held = node
            .ingest()
            .record(&place.origin, place.index)
            .map_err(store_problem)?;
        if held.is_some_and(|held| held.digest() == record.digest()) {
            return Ok(Some((place.origin, place.index)));
        }
    }
    Ok(None)
}

fn is_erased(node: &Node, organisation: &OrgId, record: &Record) -> bool {
    let ledger = node.ingest().ledger();
    record.class() == Class::Record
        && (ledger.erased(organisation, &record.digest()).is_some()
            || ledger.closed(organisation, &record.id()))
}

/// Whether a newer version says something else.
fn judge_state(
    node: &Node,
    organisation: &OrgId,
    record: &Record,
    steps: &mut Vec<Step>,
) -> Result<(), Problem> {
    if is_erased(node, organisation, record) {
        steps.push(Step::bad("verify-erased"));
        return Ok(());
    }
    let things = Thing::all(node, Reader::Staff, &record.id())?;
    let Some(thing) = things.get(organisation) else {
        return Ok(());
    };
    let subject = record.subject();
    let revoked = subject.get("status").and_then(Value::as_str) == Some("revoked");
    match thing.current() {
        Some(current) if current.version > record.version() => steps.push(
            Step::doubtful("verify-superseded")
                .with("version", record.version())
                .with("newest", current.version),
        ),
        None => steps.push(Step::doubtful("verify-conflict")),
        Some(_) if revoked => steps.push(Step::doubtful("verify-revoked")),
        Some(_) => steps.push(Step::good("verify-current")),
    }
    Ok(())
}

/// Whether its organisation stands today, and may state such a thing.
fn judge_standing(
    node: &Node,
    organisation: &OrgId,
    record: &Record,
    origin: &Origin,
    index: u64,
    steps: &mut Vec<Step>,
) {
    let standings = node.standings();
    let author = kind::by_name(record.kind()).map_or(Author::Standing, |kind| kind.author);
    let name = node.name_of(organisation);
    let word = super::organisations::standing(node, organisation);
    if !standings.counts(author, organisation, origin, index) {
        let says = match (author, standings.stands(organisation)) {
            (Author::Role(role), true) => {
                let step = Step::doubtful("verify-standing-role").with("name", name);
                steps.push(step.with("role", role));
                return;
            }
            _ => "verify-standing-none",
        };
        steps.push(Step::doubtful(says).with("name", name));
        return;
    }
    let chain = super::proving::chain(node, organisation);
    let by = chain.iter().rev().nth(1).map(|seat| seat.name.clone());
    steps.push(match (word, by) {
        ("root", _) => Step::good("verify-standing-root").with("name", name),
        ("accredited", Some(by)) => Step::good("verify-standing-accredited")
            .with("name", name)
            .with("by", by),
        ("partner", _) => Step::good("verify-standing-partner").with("name", name),
        _ => Step::good("verify-standing-former").with("name", name),
    });
}

/// Whether its time has come, and is not over.
fn judge_time(record: &Record, steps: &mut Vec<Step>) {
    let value = record.value();
    let moment = |name: &str| value.get(name)?.as_str().and_then(Timestamp::parse);
    times(moment("validFrom"), moment("validUntil"), steps);
}

fn times(from: Option<Timestamp>, until: Option<Timestamp>, steps: &mut Vec<Step>) {
    let now = clock::now();
    if let Some(until) = until {
        steps.push(if until.seconds() < now.seconds() {
            Step::bad("verify-expired").with("until", until)
        } else {
            Step::good("verify-valid-until").with("until", until)
        });
    }
    if let Some(from) = from.filter(|from| from.seconds() > now.seconds()) {
        steps.push(Step::doubtful("verify-not-yet").with("from", from));
    }
}

/// A bundle: it brings its own proofs; this node adds its roots and what it has heard since.
fn judge_bundle(node: &Node, text: &[u8]) -> Result<Judged, Problem> {
    let roots: BTreeSet<OrgId> = node
        .standings()
        .standing()
        .filter(|(_, standing)| standing.depth == Some(0))
        .map(|(organisation, _)| *organisation)
        .collect();
    let verdict = bundle::verify(text, &roots, clock::now().date());
    let mut steps = Vec::new();
    let record = parse_within(text, SHOWN_DEPTH_MAX, SHOWN_BYTES_MAX)
        .ok()
        .and_then(|value| Record::parse(canonical(value.get("record")?)).ok());
    let known = record
        .as_ref()
        .map(|record| shown(node, record))
        .transpose()?;
    if verdict.signed
        && let Some(stated) = &verdict.stated
    {
        steps.push(Step::good("verify-signature-good").with("key", stated.issuer));
    }
    for fault in &verdict.faults {
        steps.push(fault_step(fault, verdict.signed));
    }
    if let (Some(organisation), Some(stated)) = (&verdict.organisation, &verdict.stated) {
        let known = !node.ingest().ledger().line(organisation).is_empty();
        let name = match known {
            true => node.name_of(organisation),
            false => stated.issuer_name.clone(),
        };
        steps.push(Step::good("verify-issuer-proved").with("name", name));
    }
    if let Some(found) = &verdict.logged {
        steps.push(
            Step::good("verify-logged-proved")
                .with("index", found.index)
                .with("origin", &found.origin)
                .with("size", found.size),
        );
    }
    if let Some(standing) = &verdict.standing {
        let by = standing
            .chain
            .last()
            .map(|link| node.name_of(&link.accreditor));
        let name = verdict
            .organisation
            .map(|organisation| node.name_of(&organisation));
        let name = name.unwrap_or_default();
        steps.push(match by {
            Some(by) => Step::good("verify-standing-accredited")
                .with("name", name)
                .with("by", by),
            None => Step::good("verify-standing-root").with("name", name),
        });
    }
    if let (Some(record), Some(organisation), true) =
        (&record, &verdict.organisation, verdict.signed)
    {
        judge_state(node, organisation, record, &mut steps)?;
        judge_time(record, &mut steps);
    }
    Ok(Judged::of(steps, known, verdict.organisation))
}

/// What is wrong with a bundle, in words.
fn fault_step(fault: &BundleFault, signed: bool) -> Step {
    let bad = |says| Step::bad(says).because(fault);
    let doubtful = |says| Step::doubtful(says).because(fault);
    match fault {
        BundleFault::Record(RecordFault::Proof(_)) => bad("verify-signature-bad"),
        BundleFault::Json(_) | BundleFault::Canonical | BundleFault::Shape { .. } => {
            bad("verify-bundle-form")
        }
        BundleFault::Record(_) if !signed => bad("verify-form-record"),
        BundleFault::Malformed(_) => doubtful("verify-malformed"),
        BundleFault::Erased => bad("verify-erased"),
        BundleFault::NotInForce { .. } => bad("verify-key-not-in-force"),
        BundleFault::NoStanding { .. } => doubtful("verify-standing-unknown"),
        BundleFault::Unaccredited { .. } => doubtful("verify-standing-unaccredited"),
        _ => bad("verify-bundle-proof"),
    }
}
