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

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ErrorKind};
use erikti_protocol::json::{DEPTH_MAX, parse_within};
use serde_json::{Value, json};

use crate::formats::FILE_BYTES_MAX;
use crate::problem::{Code, Exit, Problem};
use args::{Cli, Command, Hook, Import, Log, Org, Peer, Record, Store, Sync, User};
use control::{Control, Request, segment};

/// Runs the command line of this process and says how it ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if !error.use_stderr() {
                // Help or version; nothing sensible can be done when even that cannot be printed.
                let _ = error.print();
                return ExitCode::SUCCESS;
            }
            if std::env::args_os().any(|arg| arg == "--json") {
                show::problem(&usage(&error), true);
            } else {
                let _ = error.print();
            }
            return ExitCode::from(Exit::Usage as u8);
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

/// What is wrong with the words of the command line, for programs.
fn usage(error: &clap::Error) -> Problem {
    let context = |kinds: &[ContextKind]| {
        let value = kinds.iter().find_map(|kind| error.get(*kind));
        value
            .map(ToString::to_string)
            .filter(|text| !text.is_empty())
    };
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Problem::new(
            Code::Usage,
            "this command has subcommands, and none was named",
        )
        .hint("see which there are, with --help after it");
    }
    let text = error.render().to_string();
    let sentence: Vec<&str> = text
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let sentence = sentence.join(" ");
    let mut problem = Problem::new(
        Code::Usage,
        sentence.strip_prefix("error: ").unwrap_or(&sentence),
    );
    if let Some(field) = context(&[ContextKind::InvalidArg]) {
        problem = problem.field(field);
    }
    if let Some(found) = context(&[ContextKind::InvalidValue, ContextKind::InvalidSubcommand]) {
        problem = problem.found(found);
    }
    if let Some(allowed) = context(&[ContextKind::ValidValue, ContextKind::ValidSubcommand]) {
        problem = problem.allowed(allowed);
    }
    let nearest = context(&[
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]);
    problem.hint(nearest.map_or_else(
        || "see what there is: erikti --help".to_owned(),
        |nearest| format!("did you mean `{nearest}`?"),
    ))
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
            with_few_arenas();
            crate::run::run(&data, &run.overrides(), cli.json, run.until_stdin_closes)
        }
        Command::Verify(verify) => verify::run(&verify, cli.json),
        Command::Demo(demo) => demo::run(&demo),
        other => ask(&data, other, cli.json),
    }
}

/// Begins this program anew with glibc told to keep few heaps, unless it was told already.
///
/// glibc gives threads heaps of their own, eight for each processor, and what was freed in one is of no use to the others:
/// a node that takes in 100,000 records held 190 to 230 MB with them and holds 110 MB without. It is told so by the
/// environment, which it reads before anything else runs; the process stays the same one.
fn with_few_arenas() {
    /// What glibc looks for.
    const NAME: &str = "MALLOC_ARENA_MAX";
    /// Heaps: with two the measured speed is that of sixteen.
    const ARENAS: &str = "2";
    if cfg!(not(target_env = "gnu")) || std::env::var_os(NAME).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Returns only when that fails, and then the node runs as it is.
        let _ = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(NAME, ARENAS)
            .exec();
    }
}

/// Sends a command's request and shows the answer.
fn ask(data: &Path, command: Command, json: bool) -> Result<ExitCode, Problem> {
    let request = request(&command)?;
    let progress = show::Spinner::start(match &command {
        Command::Import(_) => "importing",
        Command::Store(Store::Verify) => "reading everything back",
        Command::Store(Store::Rebuild) => "making the index anew",
        _ => "waiting for the node",
    });
    let answer = Control::new(data).send(request);
    drop(progress);
    let answer = answer?;
    if let Command::Record(Record::Export { out, .. }) = &command {
        let bytes = answer["text"].as_str().unwrap_or_default();
        std::fs::write(out, bytes)
            .map_err(|e| Problem::unwritable(out, e).hint("name another file with --out"))?;
        show::answer(
            &command,
            &json!({"file": out, "records": answer["records"]}),
            json,
        );
        return Ok(ExitCode::SUCCESS);
    }
    show::answer(&command, &answer, json);
    let degraded = answer.get("ok") == Some(&Value::Bool(false))
        || answer.get("degraded") == Some(&Value::Bool(true));
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
        Command::Log(Log::Prove { id }) => {
            Request::get(&format!("/v1/records/{}/proof", segment(id)))
        }
        Command::Store(Store::Verify) => Request::post("/v1/store/verify", json!({})),
        Command::Store(Store::Rebuild) => Request::post("/v1/store/rebuild", json!({})),
        Command::Peer(peer) => peer_request(peer),
        Command::Org(org) => org_request(org),
        Command::Import(Import::Opportunities {
            file,
            format,
            map,
            loopback,
            dry_run,
        }) => {
            let map = map.as_ref().map(|path| read_text(path)).transpose()?;
            let mut import = json!({"format": format, "map": map, "dry_run": dry_run});
            match file.to_str().filter(|file| file.contains("://")) {
                Some(address) => {
                    import["address"] = json!(address);
                    import["loopback"] = json!(loopback);
                }
                None => import["text"] = json!(read_text(file)?),
            }
            Request::post("/v1/imports", import)
        }
        Command::Record(record) => record_request(record)?,
        Command::User(user) => user_request(user),
        Command::Hook(hook) => hook_request(hook),
        Command::Erase { id, reason } => Request::post(
            &format!("/v1/records/{}/erase", segment(id)),
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
        Peer::Show { organisation } => {
            Request::get(&format!("/v1/peers/{}", segment(organisation)))
        }
        Peer::Block { organisation } => Request::post(
            &format!("/v1/peers/{}/block", segment(organisation)),
            json!({}),
        ),
        Peer::Remove { organisation } => Request::post(
            &format!("/v1/peers/{}/remove", segment(organisation)),
            json!({}),
        ),
    }
}

fn hook_request(hook: &Hook) -> Request {
    let of = |id: &str, what: &str| format!("/v1/hooks/{}{what}", segment(id));
    match hook {
        Hook::Add {
            url,
            kinds,
            organisation,
            loopback,
        } => Request::post(
            "/v1/hooks",
            json!({"url": url, "kinds": kinds, "organisation": organisation, "loopback": loopback}),
        ),
        Hook::List => Request::get("/v1/hooks"),
        Hook::Test { id } => Request::post(&of(id, "/test"), json!({})),
        Hook::Log { id } => Request::get(&of(id, "")),
        Hook::Redeliver { id, delivery } => {
            Request::post(&of(id, "/redeliver"), json!({"delivery": delivery}))
        }
        Hook::Remove { id } => Request::post(&of(id, "/remove"), json!({})),
    }
}

fn user_request(user: &User) -> Request {
    let of = |name: &str, what: &str| format!("/v1/accounts/{}/{what}", segment(name));
    match user {
        User::Add {
            name,
            role,
            shown,
            valid_hours,
        } => Request::post(
            "/v1/accounts",
            json!({"name": name, "role": role, "shown": shown, "valid_hours": valid_hours}),
        ),
        User::List => Request::get("/v1/accounts"),
        User::Role { name, role } => Request::post(&of(name, "role"), json!({"role": role})),
        User::Reset { name } => Request::post(&of(name, "reset"), json!({})),
        User::Remove { name } => Request::post(&of(name, "remove"), json!({})),
        User::Sessions { name, end: false } => Request::get(&of(name, "sessions")),
        User::Sessions { name, end: true } => Request::post(&of(name, "sessions/end"), json!({})),
    }
}

fn org_request(org: &Org) -> Request {
    match org {
        Org::List => Request::get("/v1/organisations"),
        Org::Show { organisation } => {
            Request::get(&format!("/v1/organisations/{}", segment(organisation)))
        }
        Org::Trust { organisation } => Request::post(
            &format!("/v1/organisations/{}/trust", segment(organisation)),
            json!({}),
        ),
        Org::Accredit {
            organisation,
            role,
            from,
            until,
        } => Request::post(
            &format!("/v1/organisations/{}/accredit", segment(organisation)),
            json!({"roles": role, "from": from, "until": until}),
        ),
        Org::Revoke {
            organisation,
            log_size,
        } => Request::post(
            &format!("/v1/organisations/{}/revoke", segment(organisation)),
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
            let subject = from.as_ref().map(|path| read_json(path)).transpose()?;
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
            let request = Request::get(&format!("/v1/records/{}", segment(id)));
            match version {
                Some(version) => request.query("version", version.to_string()),
                None => request,
            }
        }
        Record::History { id } => Request::get(&format!("/v1/records/{}/history", segment(id))),
        Record::Export { ids, bundle, .. } => {
            Request::post("/v1/export", json!({"ids": ids, "bundle": bundle}))
        }
    })
}

/// Reads a file of fields as strictly as every record.
fn read_json(path: &Path) -> Result<Value, Problem> {
    let text = read_text(path)?;
    parse_within(text.trim().as_bytes(), DEPTH_MAX, FILE_BYTES_MAX).map_err(|fault| {
        Problem::new(
            Code::RecordMalformed,
            format!("`{}` cannot be read as JSON: {fault}", path.display()),
        )
        .hint("correct the file and try again")
    })
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let unreadable = |cause: String| {
        Problem::new(
            Code::FileUnreadable,
            format!("cannot read `{}`: {cause}", path.display()),
        )
    };
    let bytes = read_bytes(path, FILE_BYTES_MAX)
        .map_err(|cause| unreadable(cause).hint("is the name right, and may you read it?"))?;
    String::from_utf8(bytes).map_err(|e| {
        unreadable(format!(
            "byte {} is not UTF-8",
            e.utf8_error().valid_up_to()
        ))
        .hint("save the file as UTF-8 and try again")
    })
}

/// The bytes of a file that may have so many: its size is asked for before any are taken.
fn read_bytes(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let mut file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    let too_large = |size: u64| format!("it has {size} bytes, at most {bytes_max} are read");
    if size > bytes_max as u64 {
        return Err(too_large(size));
    }
    let mut bytes = Vec::new();
    // A pipe has no size: it may not give more either.
    (&mut file)
        .take(bytes_max as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| e.to_string())?;
    if bytes.len() > bytes_max {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}
