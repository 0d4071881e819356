//! `erikti demo`: three organisations in three countries on one computer, as three processes that share nothing
//! but sockets, in a line, so that what the first publishes reaches the third over the second.
//!
//! Everything here goes through the commands that people type: `init`, `run`, `peer`, `org`, `import`, `record`,
//! `erase`. The folders lie in a temporary folder that is removed at the end.

mod content;
mod member;

use std::cell::Cell;
use std::io::IsTerminal;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::args::Demo;
use super::control::Request;
use super::show::{self, out, talk};
use crate::clock;
use crate::problem::{Code, Problem};
use content::CAST;
use member::Member;

/// How long any step may take on a slow computer.
const STEP_MAX: Duration = Duration::from_secs(60);
/// How often the nodes are asked what they hold.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a node that was killed stays visible as stopped before the demonstration starts it again.
const DOWN_SHOWN: Duration = Duration::from_secs(5);
/// How many opportunities the first publishes while the middle one is down.
const PUBLISHED_MEANWHILE: usize = 10;

/// Runs the demonstration.
///
/// Errors   what a node answers; `peer.unreachable` when the nodes do not converge within a minute
pub(super) fn run(demo: &Demo) -> Result<ExitCode, Problem> {
    let stop = Stop::listen()?;
    let folder = Folder::create()?;
    let mut line = Vec::new();
    let played = play(&mut line, &folder.0, demo, &stop);
    for member in &line {
        member.stop();
    }
    drop(line);
    drop(folder);
    talk("stopped the nodes and removed their folders");
    match played {
        // Whatever was under way when it was told to stop: that is why it broke off.
        Err(_) if stop.asked() && !demo.exit => Ok(ExitCode::SUCCESS),
        played => played.map(|()| ExitCode::SUCCESS),
    }
}

fn play(line: &mut Vec<Member>, folder: &Path, demo: &Demo, stop: &Stop) -> Result<(), Problem> {
    start(line, folder, stop)?;
    let summary = story(line, stop)?;
    out(&summary);
    if !demo.exit {
        out(&commands_to_paste(line));
        watch(line, stop)?;
    }
    Ok(())
}

fn start(line: &mut Vec<Member>, folder: &Path, stop: &Stop) -> Result<(), Problem> {
    talk("starting three nodes, each with its own folder, keys and port");
    for (number, cast) in CAST.iter().enumerate() {
        stop.check()?;
        let (name, country) = (cast.name, cast.country);
        let root = line.first().map(|first| first.organisation.clone());
        let member = Member::start(
            &folder.join(format!("{}", number + 1)),
            name,
            country,
            root.as_deref(),
        )?;
        talk(&format!(
            "  {name} ({country})  {}  process {}",
            member.ready.listen,
            member.process()
        ));
        line.push(member);
    }
    Ok(())
}

/// What the demonstration shows, step by step; returns the summary.
fn story(line: &mut [Member], stop: &Stop) -> Result<String, Problem> {
    for pair in [(0, 1), (1, 2)] {
        let invitation = line[pair.0].ask(Request::post(
            "/v1/invitations",
            json!({"role": "host", "valid_hours": 1}),
        ))?;
        let accepted = line[pair.1].ask(Request::post(
            "/v1/invitations/accept",
            json!({"link": invitation["link"]}),
        ))?;
        if invitation["words"] != accepted["words"] {
            return Err(Problem::new(
                Code::Internal,
                "the two sides of an invitation show different words",
            ));
        }
        talk(&format!(
            "  {} and {} are partners; both saw: {}",
            CAST[pair.0].name,
            CAST[pair.1].name,
            show::plain(&invitation["words"])
        ));
    }
    until(stop, "the first node knows the others", || {
        known(&line[0], &line[1..])
    })?;
    for other in [1, 2] {
        let organisation = line[other].organisation.clone();
        line[0].ask(Request::post(
            &format!("/v1/organisations/{organisation}/accredit"),
            json!({"roles": ["host", "issuer"]}),
        ))?;
    }
    for (member, cast) in line.iter().zip(&CAST) {
        let organisation = member.organisation.as_str();
        let card = member.card()?;
        member.ask(content::organisation_request(cast, organisation, &card))?;
        let answer = member.ask(content::import_request(cast, 0, cast.starts_with))?;
        talk(&format!(
            "  {} imported {} opportunities",
            cast.name,
            show::plain(&answer["created"])
        ));
    }
    converge(line, stop, "all three hold the same")?;

    let published = Instant::now();
    let record = line[2].ask(Request::post(
        "/v1/records",
        json!({"kind": "opportunity", "set": ["title.en=Clean the river bank on Saturday", "title.ru=Уборка берега в субботу",
            "title.kk=Сенбідегі өзен жағасын тазалау", "capacity=30", "status=open"]}),
    ))?;
    let id = record["id"].as_str().unwrap_or_default().to_owned();
    until(stop, "what the third published is at the first", || {
        Ok(line[0]
            .ask(Request::get(&format!("/v1/records/{id}")))
            .is_ok())
    })?;
    let two_hops = published.elapsed();
    talk(&format!(
        "  {} published {id}; {} had it after {} ms, over two hops",
        CAST[2].name,
        CAST[0].name,
        two_hops.as_millis()
    ));

    let erased = Instant::now();
    line[2].ask(Request::post(
        &format!("/v1/records/{id}/erase"),
        json!({"reason": "error"}),
    ))?;
    until(stop, "what the third erased is gone at the first", || {
        Ok(line[0]
            .ask(Request::get(&format!("/v1/records/{id}")))
            .is_err())
    })?;
    talk(&format!(
        "  {} erased it; gone at {} after {} ms",
        CAST[2].name,
        CAST[0].name,
        erased.elapsed().as_millis()
    ));

    line[1].kill();
    talk(&format!(
        "  killed {} in the middle; {} goes on publishing",
        CAST[1].name, CAST[0].name
    ));
    let later = content::import_request(&CAST[0], CAST[0].starts_with, PUBLISHED_MEANWHILE);
    line[0].ask(later)?;
    line[1].restart()?;
    let caught_up = Instant::now();
    converge(
        line,
        stop,
        "the middle caught up after its restart, and the third with it",
    )?;
    let caught_up = caught_up.elapsed();

    let roots = agreed(line)?
        .ok_or_else(|| Problem::new(Code::Internal, "the nodes differ after they converged"))?;
    let mut summary = holdings(line)?;
    summary.push_str(&format!(
        "\n\nall three nodes hold {} logs with equal roots:",
        roots.len()
    ));
    for (name, size, root) in &roots {
        summary.push_str(&format!("\n  {root:.20}…  {size:>4} entries  {name}"));
    }
    summary.push_str(&format!(
        "\ntwo hops in {} ms; the killed node caught up in {} ms",
        two_hops.as_millis(),
        caught_up.as_millis()
    ));
    Ok(summary)
}

/// Whether a member knows the organisations of others well enough to accredit them.
fn known(member: &Member, others: &[Member]) -> Result<bool, Problem> {
    let answer = member.ask(Request::get("/v1/organisations"))?;
    let rows = answer["organisations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    Ok(others.iter().take(1).all(|other| {
        rows.iter()
            .any(|row| row["organisation"] == json!(other.organisation))
    }))
}

fn until(
    stop: &Stop,
    what: &str,
    mut holds: impl FnMut() -> Result<bool, Problem>,
) -> Result<(), Problem> {
    let begun = Instant::now();
    while !holds()? {
        if begun.elapsed() > STEP_MAX {
            return Err(Problem::new(
                Code::PeerUnreachable,
                format!("waited {} s for: {what}", STEP_MAX.as_secs()),
            ));
        }
        stop.wait(LOOK_EVERY);
        stop.check()?;
    }
    Ok(())
}

fn converge(line: &[Member], stop: &Stop, what: &str) -> Result<(), Problem> {
    let begun = Instant::now();
    let live = std::io::stderr().is_terminal();
    let mut shown = String::new();
    until(stop, what, || {
        let now = holdings(line)?;
        if live && now != shown {
            talk(&now);
            shown = now;
        }
        Ok(agreed(line)?.is_some())
    })?;
    talk(&format!("  {what} ({} ms)", begun.elapsed().as_millis()));
    Ok(())
}

type Roots = Vec<(String, u64, String)>;

/// The logs that all members hold alike, or `None` while any of them lacks a log or differs in a root.
fn agreed(line: &[Member]) -> Result<Option<Roots>, Problem> {
    let mut all = Vec::new();
    for member in line {
        let mut roots = member.logs()?;
        roots.sort();
        all.push(roots);
    }
    let alike = all.windows(2).all(|pair| pair[0] == pair[1]);
    let first = all.into_iter().next().unwrap_or_default();
    Ok((alike && first.len() == line.len()).then_some(first))
}

/// A table: each member's entries of each log.
fn holdings(line: &[Member]) -> Result<String, Problem> {
    let mut rows = Vec::new();
    for (member, cast) in line.iter().zip(&CAST) {
        let held = if member.runs() {
            member.logs()?
        } else {
            Vec::new()
        };
        let of = |organisation: &str| {
            held.iter()
                .find(|(log, ..)| log == organisation)
                .map_or("-".to_owned(), |(_, size, _)| size.to_string())
        };
        rows.push(json!({"node": format!("{} ({})", cast.name, cast.country), "state": if member.runs() { "running" } else { "stopped" },
            "1": of(CAST[0].name), "2": of(CAST[1].name), "3": of(CAST[2].name)}));
    }
    Ok(show::table(
        &Value::Array(rows),
        &[
            ("node", "node"),
            ("state", "state"),
            ("1", "entries of 1st"),
            ("2", "of 2nd"),
            ("3", "of 3rd"),
        ],
        "",
    ))
}

fn commands_to_paste(line: &[Member]) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "erikti".to_owned(), |path| path.display().to_string());
    let [first, second, third] = [0, 1, 2].map(|number| line[number].data.display().to_string());
    let addresses: String = line
        .iter()
        .zip(&CAST)
        .map(|(member, cast)| {
            format!(
                "  {:28}  {}\n",
                format!("{} ({})", cast.name, cast.country),
                member.ready.pages
            )
        })
        .collect();
    format!(
        "\nThe three nodes are running. Open one in a browser:\n{addresses}\n\
         To work there as a coordinator of {}, open this link once:\n  {}\n\
         What you publish there appears on the others' pages by itself.\n\n\
         Or try, in another terminal:\n\
         {program} --data '{first}' record list --limit 5\n\
         {program} --data '{third}' record new opportunity --set 'title.en=Teach chess' --set status=open\n\
         {program} --data '{first}' sync status\n\
         {program} --data '{first}' log status\n\
         kill -9 {}        # the middle node; it is shown as stopped, comes back after {} s and catches up\n\
         {program} --data '{second}' status\n\
         Ctrl-C ends the demonstration.\n",
        CAST[1].name,
        line[1].ready.link,
        line[1].process(),
        DOWN_SHOWN.as_secs(),
    )
}

/// Shows what each node holds whenever it changes, and starts again what was killed, until Ctrl-C.
fn watch(line: &mut [Member], stop: &Stop) -> Result<(), Problem> {
    let mut shown = String::new();
    let mut down_since = [None; CAST.len()];
    while !stop.wait(LOOK_EVERY * 5) {
        // A node may be killed between two questions; the next look shows it.
        if let Ok(now) = holdings(line)
            && now != shown
        {
            out(&format!("{now}\n"));
            shown = now;
        }
        for ((member, cast), down) in line.iter_mut().zip(&CAST).zip(&mut down_since) {
            let name = cast.name;
            if member.runs() {
                *down = None;
                continue;
            }
            if down.is_none() {
                let seconds = DOWN_SHOWN.as_secs();
                out(&format!(
                    "{name} stopped; it is started again in {seconds} s"
                ));
            }
            if down.get_or_insert_with(Instant::now).elapsed() > DOWN_SHOWN {
                member.restart()?;
                out(&format!("{name} runs again, process {}", member.process()));
            }
        }
    }
    Ok(())
}

/// That somebody wants the demonstration to end: Ctrl-C, or the system that stops it.
struct Stop {
    told: mpsc::Receiver<()>,
    asked: Cell<bool>,
}

impl Stop {
    /// Listens for it from now on.
    fn listen() -> Result<Self, Problem> {
        let (tell, told) = mpsc::sync_channel(1);
        let runtime = crate::run::runtime()?;
        let deaf = |e| Problem::internal("cannot listen for signals", e);
        let (mut interrupt, mut terminate) = {
            let _inside = runtime.enter();
            let interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
            (interrupt, signal(SignalKind::terminate()).map_err(deaf)?)
        };
        std::thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                    }
                    // Full means that it was told already.
                    let _ = tell.try_send(());
                }
            });
        });
        Ok(Self {
            told,
            asked: Cell::new(false),
        })
    }

    /// Waits so long, or until it is asked; says whether it was.
    fn wait(&self, time: Duration) -> bool {
        if !self.asked.get() && self.told.recv_timeout(time).is_ok() {
            self.asked.set(true);
        }
        self.asked.get()
    }

    /// Whether it was asked.
    fn asked(&self) -> bool {
        self.wait(Duration::ZERO)
    }

    /// An error when it was asked, so that every step ends there.
    fn check(&self) -> Result<(), Problem> {
        if self.asked() {
            return Err(
                Problem::new(Code::Busy, "stopped before all three held the same")
                    .hint("run it again: erikti demo"),
            );
        }
        Ok(())
    }
}

/// A temporary folder that goes when the demonstration ends, however it ends.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self, Problem> {
        let name = format!(
            "erikti-demo-{}-{}",
            std::process::id(),
            clock::milliseconds()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|e| Problem::unwritable(&path, e))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
