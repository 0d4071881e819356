//! `erikti verify`: checks records and bundles with nothing but the files: no node, no network.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use erikti_protocol::bundle::{self, Verdict};
use erikti_protocol::id::OrgId;
use erikti_protocol::json::RECORD_BYTES_MAX;
use serde_json::{Value, json};

use super::args::Verify;
use super::show::{Spinner, out, out_json, plain};
use crate::clock;
use crate::problem::{Code, Exit, Problem};

/// Bytes of a file, at most: 1,000 records of the greatest size, as one export holds them.
const FILE_BYTES_MAX: usize = 1_000 * (RECORD_BYTES_MAX + 1);

/// Checks the files; the exit code is 0 only when nothing is wrong with any of them.
///
/// A file that cannot be read is one that is not good; the others are checked all the same.
///
/// Errors   `usage` for a root that is none
pub(super) fn run(verify: &Verify, json: bool) -> Result<ExitCode, Problem> {
    let roots = verify
        .root
        .iter()
        .map(|root| read_root(root))
        .collect::<Result<BTreeSet<_>, _>>()?;
    let progress = Spinner::start("checking");
    let mut good = true;
    let mut reports = Vec::new();
    for file in &verify.files {
        let bytes = match super::read_bytes(file, FILE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(cause) => {
                good = false;
                reports.push(
                    json!({"file": file, "number": 1, "ok": false, "signed": false,
                    "faults": [format!("cannot be read: {cause}")]}),
                );
                continue;
            }
        };
        for (number, text) in texts(&bytes).into_iter().enumerate() {
            let verdict = bundle::verify(text, &roots, clock::now().date());
            good &= verdict.ok();
            reports.push(report(file, number, &verdict));
        }
    }
    drop(progress);
    if json {
        out_json(&json!({"ok": good, "files": reports}));
    } else {
        reports.iter().for_each(|report| out(&told(report)));
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Exit::Data as u8)
    })
}

/// The texts of a file: one, or a record a line as `record export` writes several.
fn texts(bytes: &[u8]) -> Vec<&[u8]> {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let several = lines.len() > 1 && lines.iter().all(|line| line.starts_with(b"{\"@context\""));
    if several { lines } else { vec![bytes] }
}

fn read_root(text: &str) -> Result<OrgId, Problem> {
    OrgId::parse(text).ok_or_else(|| {
        Problem::new(Code::Usage, format!("`{text}` is no organisation"))
            .field("root")
            .found(text)
            .allowed("urn:erikti:org:z…")
            .hint("see who is known: erikti org list --json")
    })
}

fn report(file: &Path, number: usize, verdict: &Verdict) -> Value {
    let stated = verdict.stated.as_ref();
    json!({
        "file": file, "number": number + 1, "ok": verdict.ok(), "signed": verdict.signed,
        "issuer": stated.map(|stated| stated.issuer), "issuer_name": stated.map(|stated| &stated.issuer_name),
        "kind": stated.map(|stated| &stated.kind), "id": stated.map(|stated| stated.id), "version": stated.map(|stated| stated.version),
        "organisation": verdict.organisation,
        "logged": verdict.logged.as_ref().map(|logged| json!({"origin": logged.origin, "index": logged.index, "size": logged.size})),
        "standing": verdict.standing.as_ref().map(|standing| json!({
            "roles": standing.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
            "chain": standing.chain.iter().map(|link| json!({"accreditor": link.accreditor, "accreditation": link.accreditation})).collect::<Vec<_>>(),
        })),
        "as_of": verdict.as_of.iter().map(|(origin, size)| json!({"origin": origin, "size": size})).collect::<Vec<_>>(),
        "faults": verdict.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn told(report: &Value) -> String {
    let mut lines = vec![format!(
        "{}: {}",
        plain(&report["file"]),
        if report["ok"] == Value::Bool(true) {
            "good"
        } else {
            "REFUSED"
        }
    )];
    let mut line = |what: &str, value: String| lines.push(format!("  {what:<13} {value}"));
    if !report["kind"].is_null() {
        line(
            "says it is",
            format!(
                "{} version {} of {}",
                plain(&report["kind"]),
                plain(&report["version"]),
                plain(&report["id"])
            ),
        );
        line(
            "signed by",
            format!(
                "{} (calls itself {})",
                plain(&report["issuer"]),
                plain(&report["issuer_name"])
            ),
        );
    }
    if !report["organisation"].is_null() {
        line("organisation", plain(&report["organisation"]));
    }
    if !report["signed"].as_bool().unwrap_or(false) {
        for fault in report["faults"].as_array().into_iter().flatten() {
            line("wrong", plain(fault));
        }
        return lines.join("\n");
    }
    match &report["logged"] {
        Value::Null => line(
            "logged",
            "not proved by this file: only that the key signed".to_owned(),
        ),
        logged => line(
            "logged",
            format!(
                "entry {} of {}; no key change known as of size {}",
                logged["index"],
                plain(&logged["origin"]),
                logged["size"]
            ),
        ),
    }
    match &report["standing"] {
        Value::Null => line(
            "standing",
            "not judged: name a root with --root, and use a bundle".to_owned(),
        ),
        standing => line(
            "standing",
            format!(
                "{}; accredited over {} steps",
                plain(&standing["roles"]),
                standing["chain"].as_array().map_or(0, Vec::len)
            ),
        ),
    }
    for fault in report["faults"].as_array().into_iter().flatten() {
        line("wrong", plain(fault));
    }
    lines.join("\n")
}
