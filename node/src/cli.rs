//! The command line: words in, one request to the node, an answer for people or (`--json`) for programs.
//!
//! Every command but `init`, `run`, `verify` and `demo` is one HTTP request to the router that the node serves on
//! `control.sock`. Without a running node the command takes the lock and asks the same router in its own process.
//! Stdout is data, stderr is talk.

pub mod args;
mod control;
mod demo;
mod init;
mod show;
mod verify;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};

use crate::problem::{Code, Exit, Problem};
use args::{Cli, Command, Import, Log, Org, Peer, Record, Store, Sync};
use control::{Control, Request};

/// Runs the command line of this process and says how it ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            // Nothing sensible can be done when even the error cannot be printed.
            let _ = error.print();
            return if usage {
                ExitCode::from(Exit::Usage as u8)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let json = cli.json;
    match run(cli) {
        Ok(exit) => exit,
        Err(problem) => {
            show::problem(&problem, json);
            ExitCode::from(problem.code.exit() as u8)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Problem> {
    let data = cli.data();
    let Some(command) = cli.command else {
        show::next_step(&data, cli.json);
        return Ok(ExitCode::SUCCESS);
    };
    match command {
        Command::Init(init) => init::run(&data, &init, cli.json),
        Command::Run(run) => {
            crate::run::run(&data, &run.overrides(), cli.json, run.until_stdin_closes)
        }
        Command::Verify(verify) => verify::run(&verify, cli.json),
        Command::Demo(demo) => demo::run(&demo),
        other => ask(&data, other, cli.json),
    }
}

/// Sends a command's request and shows the answer.
fn ask(data: &Path, command: Command, json: bool) -> Result<ExitCode, Problem> {
    let request = request(&command)?;
    let long = matches!(command, Command::Import(_) | Command::Store(_));
    let progress =
        (long && !json && std::io::stderr().is_terminal()).then(|| show::Spinner::start("working"));
    let answer = Control::new(data).send(request);
    drop(progress);
    let answer = answer?;
    if let Command::Record(Record::Export { out, .. }) = &command {
        let bytes = answer["text"].as_str().unwrap_or_default();
        std::fs::write(out, bytes).map_err(|e| {
            Problem::new(
                Code::FileUnwritable,
                format!("cannot write `{}`: {e}", out.display()),
            )
        })?;
        show::answer(
            &command,
            &json!({"file": out, "records": answer["records"]}),
            json,
        );
        return Ok(ExitCode::SUCCESS);
    }
    show::answer(&command, &answer, json);
    let degraded = answer.get("ok") == Some(&Value::Bool(false));
    Ok(if degraded {
        ExitCode::from(Exit::Degraded as u8)
    } else {
        ExitCode::SUCCESS
    })
}

/// The request that a command stands for.
fn request(command: &Command) -> Result<Request, Problem> {
    Ok(match command {
        Command::Status => Request::get("/v1/status"),
        Command::Doctor => Request::get("/v1/doctor"),
        Command::Sync(Sync::Status) => Request::get("/v1/sync"),
        Command::Log(Log::Status) => Request::get("/v1/logs"),
        Command::Log(Log::Checkpoint { origin }) => match origin {
            Some(origin) => Request::get("/v1/checkpoint").query("origin", origin),
            None => Request::get("/v1/checkpoint"),
        },
        Command::Log(Log::Prove { id }) => Request::get(&format!("/v1/records/{id}/proof")),
        Command::Store(Store::Verify) => Request::post("/v1/store/verify", json!({})),
        Command::Store(Store::Rebuild) => Request::post("/v1/store/rebuild", json!({})),
        Command::Peer(peer) => peer_request(peer),
        Command::Org(org) => org_request(org),
        Command::Import(Import::Opportunities {
            file,
            format,
            map,
            dry_run,
        }) => {
            let map = map.as_ref().map(|path| read_text(path)).transpose()?;
            Request::post(
                "/v1/imports",
                json!({"text": read_text(file)?, "format": format, "map": map, "dry_run": dry_run,
                "name": file.file_name().map(|name| name.to_string_lossy())}),
            )
        }
        Command::Record(record) => record_request(record)?,
        Command::Erase { id, reason } => Request::post(
            &format!("/v1/records/{id}/erase"),
            json!({"reason": reason}),
        ),
        Command::Init(_) | Command::Run(_) | Command::Verify(_) | Command::Demo(_) => {
            return Err(Problem::new(Code::Usage, "this command is not a request"));
        }
    })
}

fn peer_request(peer: &Peer) -> Request {
    match peer {
        Peer::Invite { role, valid_hours } => Request::post(
            "/v1/invitations",
            json!({"role": role, "valid_hours": valid_hours}),
        ),
        Peer::Accept { link } => Request::post("/v1/invitations/accept", json!({"link": link})),
        Peer::List => Request::get("/v1/peers"),
        Peer::Show { organisation } => Request::get(&format!("/v1/peers/{organisation}")),
        Peer::Block { organisation } => {
            Request::post(&format!("/v1/peers/{organisation}/block"), json!({}))
        }
        Peer::Remove { organisation } => {
            Request::post(&format!("/v1/peers/{organisation}/remove"), json!({}))
        }
    }
}

fn org_request(org: &Org) -> Request {
    match org {
        Org::List => Request::get("/v1/organisations"),
        Org::Show { organisation } => Request::get(&format!("/v1/organisations/{organisation}")),
        Org::Trust { organisation } => Request::post(
            &format!("/v1/organisations/{organisation}/trust"),
            json!({}),
        ),
        Org::Accredit {
            organisation,
            role,
            from,
            until,
        } => Request::post(
            &format!("/v1/organisations/{organisation}/accredit"),
            json!({"roles": role, "from": from, "until": until}),
        ),
        Org::Revoke {
            organisation,
            log_size,
        } => Request::post(
            &format!("/v1/organisations/{organisation}/revoke"),
            json!({"log_size": log_size}),
        ),
    }
}

fn record_request(record: &Record) -> Result<Request, Problem> {
    Ok(match record {
        Record::New {
            kind,
            from,
            set,
            id,
            readers,
        } => {
            let subject: Value = match from {
                Some(path) => serde_json::from_str(&read_text(path)?).map_err(|e| {
                    Problem::new(
                        Code::RecordMalformed,
                        format!("`{}` is not JSON: {e}", path.display()),
                    )
                })?,
                None => Value::Null,
            };
            Request::post(
                "/v1/records",
                json!({"kind": kind, "subject": subject, "set": set, "id": id, "readers": readers}),
            )
        }
        Record::List {
            kind,
            issuer,
            limit,
            cursor,
        } => {
            let mut request = Request::get("/v1/records").query("limit", limit.to_string());
            for (name, value) in [("kind", kind), ("issuer", issuer), ("cursor", cursor)] {
                if let Some(value) = value {
                    request = request.query(name, value);
                }
            }
            request
        }
        Record::Show { id, version } => {
            let request = Request::get(&format!("/v1/records/{id}"));
            match version {
                Some(version) => request.query("version", version.to_string()),
                None => request,
            }
        }
        Record::History { id } => Request::get(&format!("/v1/records/{id}/history")),
        Record::Export { ids, bundle, .. } => {
            Request::post("/v1/export", json!({"ids": ids, "bundle": bundle}))
        }
    })
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let unreadable = |cause: String| {
        Problem::new(
            Code::FileUnreadable,
            format!("cannot read `{}`: {cause}", path.display()),
        )
    };
    let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| {
        unreadable(format!(
            "byte {} is not UTF-8",
            e.utf8_error().valid_up_to()
        ))
        .hint("save the file as UTF-8 and try again")
    })
}
