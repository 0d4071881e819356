//! Answers for people: short lines, tables within 80 columns, the next step named.

mod text;

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use erikti_protocol::id::{OrgId, RecordId};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::args::{Command, Hook, Import, Log, Org, Peer, Record, User};
use crate::problem::Problem;
pub(super) use text::{fields, plain, table};

/// How long something takes before the terminal says that it is worked on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the time taken is shown anew.
const TICK: Duration = Duration::from_millis(100);
/// Rejected rows that are listed on a terminal; `--json` lists all.
const REJECTED_SHOWN: usize = 20;

/// A line on stderr that says how long something has taken, from two seconds on; on a terminal only.
#[derive(Debug)]
pub(super) struct Spinner(Option<(Sender<()>, JoinHandle<()>)>);

impl Spinner {
    /// Starts it.
    pub(super) fn start(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (done, wait) = mpsc::channel::<()>();
        let shown = std::thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
            let bar = ProgressBar::new_spinner()
                .with_elapsed(PATIENCE)
                .with_message(what);
            if let Ok(style) = style {
                bar.set_style(style);
            }
            while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Self(Some((done, shown)))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((done, shown)) = self.0.take() {
            drop(done);
            // It only draws: were it to break off, nothing would be lost.
            let _ = shown.join();
        }
    }
}

/// Prints on stdout; a reader that went away is no fault of ours.
pub(super) fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.write_all(b"\n"))
        .and_then(|()| stdout.flush());
}

/// Prints on stderr.
pub(super) fn talk(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints an answer for programs.
pub(super) fn out_json(answer: &Value) {
    out(&text::json(&answer.to_string()));
}

/// Prints what went wrong: a sentence, what was found and allowed unless it says so already, the next step.
pub(super) fn problem(problem: &Problem, json: bool) {
    if json {
        talk(&text::json(&problem.document().to_string()));
        return;
    }
    let mut told = format!("error: {} [{}]", problem.detail, problem.code.as_str());
    for (name, value) in [
        ("field", &problem.field),
        ("found", &problem.found),
        ("allowed", &problem.allowed),
        ("hint", &problem.hint),
    ] {
        if let Some(value) = value
            .as_ref()
            .filter(|value| !problem.detail.contains(*value))
        {
            let _ = write!(told, "\n  {name}: {value}");
        }
    }
    talk(&text::lines(&told));
}

/// Says what to do next when only `erikti` was typed.
pub(super) fn next_step(data: &Path, json: bool) {
    let ready = data.join("VERSION").exists();
    let (state, next) = if !ready {
        (
            "no node here yet",
            "erikti init --name \"Your organisation\" --country KZ   (or see it work first: erikti demo)",
        )
    } else if std::os::unix::net::UnixStream::connect(data.join("control.sock")).is_ok() {
        (
            "the node runs",
            "erikti status   (and: erikti peer invite, erikti --help)",
        )
    } else {
        ("the node is initialised and stopped", "erikti run")
    };
    if json {
        out_json(&json!({"data": data, "state": state, "next": next}));
    } else {
        out(&format!("{state} ({})\nnext: {next}", data.display()));
    }
}

/// Prints an answer.
pub(super) fn answer(command: &Command, answer: &Value, json: bool) {
    if json {
        let mut answer = answer.clone();
        if let (Command::Peer(Peer::Invite { .. }), Some(members)) =
            (command, answer.as_object_mut())
        {
            // Half blocks for a terminal are nothing for a program.
            members.remove("qr");
        }
        out_json(&answer);
        return;
    }
    let shown = match command {
        Command::Peer(Peer::Invite { .. }) => invitation(answer),
        Command::Peer(Peer::Accept { .. }) => accepted(answer),
        Command::Peer(Peer::List) => partners(answer),
        Command::Org(Org::List) => table(
            &shortened(&answer["organisations"], "organisation"),
            &[
                ("organisation", "organisation"),
                ("name", "name"),
                ("country", "country"),
                ("standing", "standing"),
            ],
            "only this organisation is known",
        ),
        Command::Org(Org::Show { .. }) => organisation(answer),
        Command::Record(Record::List { .. }) => {
            let mut shown = table(
                &shortened(&answer["records"], "id"),
                &[
                    ("id", "id"),
                    ("kind", "kind"),
                    ("version", "v"),
                    ("title", "title"),
                ],
                "no records",
            );
            if let Some(next) = answer["next"].as_str() {
                let _ = write!(shown, "\nmore: --cursor {next}");
            }
            shown
        }
        Command::Record(Record::History { .. }) => history(answer),
        Command::Record(Record::Show { .. }) => {
            text::json(&serde_json::to_string_pretty(answer).unwrap_or_default())
        }
        Command::Log(Log::Status) => table(
            &answer["logs"],
            &[
                ("name", "name"),
                ("size", "size"),
                ("held", "held"),
                ("absent", "absent"),
                ("erased", "erased"),
                ("audited", "audited"),
                ("bad", "bad"),
                ("root", "root"),
            ],
            "no logs",
        ),
        Command::Log(Log::Checkpoint { .. } | Log::Prove { .. }) => {
            text::lines(answer["text"].as_str().unwrap_or_default().trim_end())
        }
        Command::Sync(_) => table(
            &answer["partners"],
            &[
                ("name", "name"),
                ("state", "state"),
                ("lag", "lag"),
                ("last_contact", "last contact"),
                ("stale", "stale"),
                ("refusals", "refusals"),
            ],
            "no partners yet: erikti peer invite",
        ),
        Command::Import(Import::Opportunities { .. }) => imported(answer),
        Command::Hook(Hook::List) => table(
            &answer["hooks"],
            &[
                ("id", "webhook"),
                ("url", "address"),
                ("waiting", "waiting"),
            ],
            "no webhooks",
        ),
        Command::Hook(Hook::Log { .. }) => table(
            &answer["tries"],
            &[
                ("at", "when"),
                ("stage", "stage"),
                ("status", "status"),
                ("delivery", "delivery"),
            ],
            "nothing was told yet",
        ),
        Command::Doctor => checks(answer),
        Command::User(User::List) => table(
            &people(answer),
            &[
                ("name", "name"),
                ("role", "role"),
                ("shown", "called"),
                ("seen", "last seen"),
            ],
            "nobody yet: erikti user add NAME --role administrator",
        ),
        Command::User(User::Sessions { end: false, .. }) => table(
            &answer["sessions"],
            &[
                ("browser", "browser"),
                ("since", "since"),
                ("seen", "last seen"),
            ],
            "no open sessions",
        ),
        _ => fields(answer),
    };
    out(&shown);
}

/// Accounts and open invitations in one list.
fn people(answer: &Value) -> Value {
    let rows = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    let mut people = rows("accounts");
    people.extend(rows("invited").into_iter().map(|mut invited| {
        invited["seen"] = json!("invited");
        invited
    }));
    Value::Array(people)
}

/// Rows in which a long id is cut to what people need to name the thing again on this command line.
fn shortened(rows: &Value, member: &str) -> Value {
    let mut rows = rows.clone();
    for row in rows.as_array_mut().into_iter().flatten() {
        let short = match row[member].as_str() {
            Some(id) if member == "id" => RecordId::parse(id)
                .and_then(|_| id.strip_prefix("urn:uuid:"))
                .map(str::to_owned),
            Some(id) => OrgId::parse(id).map(|organisation| organisation.short()),
            None => None,
        };
        if let Some(short) = short {
            row[member] = json!(short);
        }
    }
    rows
}

fn partners(answer: &Value) -> String {
    let mut rows = shortened(&answer["peers"], "organisation");
    let listed = |organisation: &Value| {
        answer["peers"].as_array().is_some_and(|peers| {
            peers
                .iter()
                .any(|peer| peer["organisation"] == *organisation)
        })
    };
    let blocked: Vec<Value> = answer["blocked"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|organisation| !listed(organisation))
        .map(|organisation| json!({"organisation": organisation, "state": "blocked"}))
        .collect();
    if let (Some(rows), Value::Array(blocked)) = (
        rows.as_array_mut(),
        shortened(&Value::Array(blocked), "organisation"),
    ) {
        rows.extend(blocked);
    }
    table(
        &rows,
        &[
            ("organisation", "organisation"),
            ("name", "name"),
            ("state", "state"),
            ("roles", "roles"),
        ],
        "no partners yet: erikti peer invite",
    )
}

fn organisation(answer: &Value) -> String {
    let mut shown = fields(&json!({
        "organisation": answer["organisation"], "name": answer["name"], "country": answer["country"],
        "standing": answer["standing"], "roles": answer["roles"], "logs": answer["logs"],
    }));
    for link in answer["chain"].as_array().into_iter().flatten() {
        let _ = write!(
            shown,
            "\naccredited by {} ({}) with {}",
            plain(&link["name"]),
            plain(&link["accreditor"]),
            plain(&link["accreditation"])
        );
    }
    shown
}

fn history(answer: &Value) -> String {
    let mut shown = table(
        &answer["versions"],
        &[
            ("version", "v"),
            ("state", "state"),
            ("validFrom", "valid from"),
            ("index", "entry"),
            ("current", "current"),
            ("digest", "digest"),
        ],
        "no version is held here any more",
    );
    for erasure in answer["erasures"].as_array().into_iter().flatten() {
        let _ = write!(
            shown,
            "\nerased {} (reason: {}): entry {} of {}",
            plain(&erasure["at"]),
            plain(&erasure["reason"]),
            erasure["index"],
            plain(&erasure["origin"])
        );
        for receipt in erasure["receipts"].as_array().into_iter().flatten() {
            let _ = write!(
                shown,
                "\n  destroyed by {} at {}",
                plain(&receipt["name"]),
                plain(&receipt["destroyed"])
            );
        }
        for organisation in erasure["unanswered"].as_array().into_iter().flatten() {
            let _ = write!(
                shown,
                "\n  NO ANSWER from {} ({})",
                plain(&organisation["name"]),
                plain(&organisation["organisation"])
            );
        }
    }
    shown
}

fn invitation(answer: &Value) -> String {
    format!(
        "{qr}\nSend this link to the other organisation; it works once, until {until}:\n\n  {link}\n\nThe other side types:  erikti peer accept LINK\n\
         Both screens show the same six words. Compare them by telephone:\n\n  {words}",
        qr = answer["qr"]
            .as_str()
            .filter(|_| std::io::stdout().is_terminal())
            .unwrap_or_default(),
        until = plain(&answer["expires"]),
        link = plain(&answer["link"]),
        words = words(&answer["words"]),
    )
}

fn accepted(answer: &Value) -> String {
    format!(
        "{state}: {name}\n  {organisation}\nThe six words, the same on both screens:\n\n  {words}",
        state = plain(&answer["state"]),
        name = plain(&answer["name"]),
        organisation = plain(&answer["organisation"]),
        words = words(&answer["words"]),
    )
}

fn words(value: &Value) -> String {
    value
        .as_array()
        .map(|words| words.iter().map(plain).collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}

fn imported(answer: &Value) -> String {
    let mut text = String::new();
    for name in ["read", "created", "updated", "unchanged"] {
        let _ = writeln!(text, "{name:>10}  {}", plain(&answer[name]));
    }
    let rejected = answer["rejected"].as_array().map_or(&[][..], Vec::as_slice);
    let _ = write!(text, "{:>10}  {}", "rejected", rejected.len());
    for row in rejected.iter().take(REJECTED_SHOWN) {
        let _ = write!(
            text,
            "\n  row {}: {}: found `{}`: {}",
            plain(&row["row"]),
            plain(&row["field"]),
            plain(&row["found"]),
            plain(&row["reason"])
        );
    }
    if rejected.len() > REJECTED_SHOWN {
        let more = rejected.len() - REJECTED_SHOWN;
        let _ = write!(text, "\n  and {more} more: --json lists them all");
    }
    if answer["dry_run"] == Value::Bool(true) {
        text.push_str("\nnothing was changed: this was --dry-run");
    }
    if let Some(ignored) = answer["ignored_columns"]
        .as_array()
        .filter(|ignored| !ignored.is_empty())
    {
        let _ = write!(
            text,
            "\ncolumns not imported: {}",
            ignored.iter().map(plain).collect::<Vec<_>>().join(", ")
        );
    }
    text
}

fn checks(answer: &Value) -> String {
    let mut lines = Vec::new();
    for check in answer["checks"].as_array().into_iter().flatten() {
        let ok = check["ok"] == Value::Bool(true);
        lines.push(format!(
            "{} {}: {}",
            if ok { "ok  " } else { "FAIL" },
            plain(&check["check"]),
            plain(&check["found"])
        ));
        if let Some(fix) = check["fix"].as_str() {
            lines.push(format!("     fix: {fix}"));
        }
    }
    lines.join("\n")
}
