//! Answers for people: short lines, tables within 80 columns, the next step named.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use super::args::{Command, Import, Log, Org, Peer, Record, Store};
use crate::problem::Problem;

/// A line on stderr that turns while something takes longer than two seconds.
#[derive(Debug)]
pub(super) struct Spinner(ProgressBar);

impl Spinner {
    /// Starts it; it shows itself after two seconds.
    pub(super) fn start(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_secs(2));
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
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

/// Prints what went wrong: a sentence, what was found and allowed, the next step.
pub(super) fn problem(problem: &Problem, json: bool) {
    if json {
        talk(&problem.document().to_string());
        return;
    }
    let mut text = format!("error: {} [{}]", problem.detail, problem.code.as_str());
    for (name, value) in [
        ("field", &problem.field),
        ("found", &problem.found),
        ("allowed", &problem.allowed),
        ("hint", &problem.hint),
    ] {
        if let Some(value) = value {
            let _ = write!(text, "\n  {name}: {value}");
        }
    }
    talk(&text);
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
        out(&json!({"data": data, "state": state, "next": next}).to_string());
    } else {
        out(&format!("{state} ({})\nnext: {next}", data.display()));
    }
}

/// Prints an answer.
pub(super) fn answer(command: &Command, answer: &Value, json: bool) {
    if json {
        out(&answer.to_string());
        return;
    }
    let text = match command {
        Command::Peer(Peer::Invite { .. }) => invitation(answer),
        Command::Peer(Peer::Accept { .. }) => accepted(answer),
        Command::Peer(Peer::List) => table(
            &answer["peers"],
            &["organisation", "name", "state", "roles"],
            "no partners yet: erikti peer invite",
        ),
        Command::Org(Org::List) => table(
            &answer["organisations"],
            &["organisation", "name", "country", "standing"],
            "only this organisation is known",
        ),
        Command::Record(Record::List { .. }) => {
            let mut text = table(
                &answer["records"],
                &["id", "kind", "version", "title"],
                "no records",
            );
            if let Some(next) = answer["next"].as_str() {
                let _ = write!(text, "\nmore: --cursor {next}");
            }
            text
        }
        Command::Record(Record::History { .. }) => table(
            &answer["versions"],
            &["version", "validFrom", "index", "state", "digest"],
            "no versions",
        ),
        Command::Record(Record::Show { .. }) => {
            serde_json::to_string_pretty(answer).unwrap_or_default()
        }
        Command::Log(Log::Status) => table(
            &answer["logs"],
            &[
                "name", "size", "held", "absent", "erased", "audited", "bad", "root",
            ],
            "no logs",
        ),
        Command::Log(Log::Checkpoint { .. } | Log::Prove { .. }) => answer["text"]
            .as_str()
            .unwrap_or_default()
            .trim_end()
            .to_owned(),
        Command::Sync(_) => table(
            &answer["partners"],
            &["name", "state", "lag", "last_contact", "stale", "refusals"],
            "no partners yet: erikti peer invite",
        ),
        Command::Import(Import::Opportunities { .. }) => imported(answer),
        Command::Doctor => checks(answer),
        Command::Store(Store::Verify | Store::Rebuild) => fields(answer),
        _ => fields(answer),
    };
    out(&text);
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
    for row in rejected {
        let _ = write!(
            text,
            "\n  row {}: {}: found `{}`: {}",
            plain(&row["row"]),
            plain(&row["field"]),
            plain(&row["found"]),
            plain(&row["reason"])
        );
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

/// An object as aligned lines; nested values as JSON.
pub(super) fn fields(answer: &Value) -> String {
    let empty = Map::new();
    let members = answer.as_object().unwrap_or(&empty);
    let width = members
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    members
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {}", plain(value)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Widest cell of a table; longer text ends in `…`.
const CELL_CHARS_MAX: usize = 46;

/// A list of objects as a table of some of their members.
pub(super) fn table(rows: &Value, columns: &[&str], empty: &str) -> String {
    let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return empty.to_owned();
    }
    let cells: Vec<Vec<String>> =
        std::iter::once(columns.iter().map(|name| (*name).to_owned()).collect())
            .chain(
                rows.iter()
                    .map(|row| columns.iter().map(|name| cell(&row[*name])).collect()),
            )
            .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| {
            cells
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    cells.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cell(value: &Value) -> String {
    let text = plain(value);
    // Whole ids are kept: people copy them.
    if text.chars().count() <= CELL_CHARS_MAX || text.starts_with("urn:") {
        return text;
    }
    let mut short: String = text.chars().take(CELL_CHARS_MAX - 1).collect();
    short.push('…');
    short
}

/// A value as a person would write it; control characters of outside text never reach the terminal.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
