//! What the node can do on this machine, in figures: two `erikti` processes over loopback, or one node in this
//! process.
//!
//! ```text
//! cargo run --release -p erikti-tests --bin bench -- sync --records 100000 --json
//! ```
//!
//! Nothing here fails because a machine is slow: figures are printed, goals are in the documentation. What does fail is
//! a wrong result: other roots, or records that cannot be read.

mod busy;
mod events;
mod fill;
mod machine;
mod pages;
mod ratio;
mod sync;
mod upkeep;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

const USAGE: &str =
    "bench sync     [--records N] [--json]   two nodes: until durable, 100 more, bytes, memory
bench publish  [--records N] [--json]   one node: 64 callers with a record each, callers with 1,000
bench rebuild  [--records N] [--json]   one node: the index made anew from the journal
bench reopen   [--records N] [--json]   one node: from the folder to the first answer
bench audit    [--records N] [--json]   one node: the proofs of all records
bench pages    [--records N] [--json] [--folder PATH]
                                         one node: lists, search, feeds; PATH keeps its records for the next time
bench busy     [--records N] [--json]   one node: pages while as many records come again, and while a table is imported";

/// What was asked for.
struct Wanted {
    verb: String,
    records: u64,
    json: bool,
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(wanted) = wanted(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    let figures = match wanted.verb.as_str() {
        "sync" => sync::run(wanted.records),
        "publish" => write::run(wanted.records),
        "rebuild" => upkeep::rebuild(wanted.records),
        "busy" => busy::run(wanted.records),
        "pages" => pages::run(wanted.records, wanted.folder.as_deref()),
        "reopen" => upkeep::reopen(wanted.records),
        _ => upkeep::audit(wanted.records),
    };
    print(&figures, wanted.json);
    ExitCode::SUCCESS
}

fn wanted(mut args: impl Iterator<Item = String>) -> Option<Wanted> {
    let verb = args.next()?;
    let records = match verb.as_str() {
        "sync" | "publish" | "pages" | "busy" => 100_000,
        "rebuild" | "reopen" | "audit" => 1_000_000,
        _ => return None,
    };
    let mut wanted = Wanted {
        verb,
        records,
        json: false,
        folder: None,
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => wanted.json = true,
            "--folder" => wanted.folder = Some(args.next()?.into()),
            "--records" => wanted.records = args.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(wanted)
}

fn print(figures: &Value, json: bool) {
    if json {
        println!("{figures}");
        return;
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        println!("{name:>28}  {value}");
    }
}

/// Rounds to three digits behind the point: what a figure of one run is worth.
fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}

/// The one in the middle; 0 of none.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
