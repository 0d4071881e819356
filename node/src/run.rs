//! `erikti run`: opens the doors of a node, says so, and stops in order.
//!
//! The composition root of what runs: nothing below knows all the doors.

use std::io::{IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::accounts::FIRST_LINK_SECONDS;
use crate::clock;
use crate::desk::{accounts, organisations, upkeep};
use crate::door::Door;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::{courier, exchange, front, http, web};

/// The longest path of a socket that the system takes, without the zero at its end.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Runs the node of a data folder until it is told to stop.
///
/// Errors   those of [`Node::open`]; `internal` when it cannot listen
pub fn run(
    data: &Path,
    flags: &[(&str, Vec<String>)],
    json: bool,
    until_stdin_closes: bool,
) -> Result<ExitCode, Problem> {
    talk_to_stderr(json);
    let node = Node::open(data, flags)?;
    let runtime = runtime()?;
    let ran = runtime.block_on(serve(&node, json, until_stdin_closes));
    node.close();
    runtime.shutdown_background();
    ran.map(|()| ExitCode::SUCCESS)
}

fn talk_to_stderr(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("RUST_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,erikti_node=info"));
    let talk = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    // A program that started several nodes in one process has set this up already.
    let _ = if json || !std::io::stderr().is_terminal() {
        talk.json().try_init()
    } else {
        talk.try_init()
    };
}

/// Asks the system for as many files and sockets as it lets a process of this user have: what it gives at first, often
/// 1,024, is fewer than the doors let in. Refused, the node works with what it has.
fn more_sockets() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(fault) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%fault, "no more sockets are given");
    }
}

async fn serve(node: &Node, json: bool, until_stdin_closes: bool) -> Result<(), Problem> {
    more_sockets();
    let (stop, stopped) = watch::channel(false);
    let door = exchange::start(node).await?;
    let door = Arc::new(door);
    node.opened(Arc::clone(&door) as Arc<dyn Door>);
    let control = control(node, stopped.clone())?;
    let _courier = courier::start(node)?;
    let (addresses, mut pages) = pages(node, stopped.clone()).await?;
    pages.extend(figures(node, &stopped).await?);
    let announcing = node.clone();
    // In the background: it may wait for a partner's word.
    tokio::task::spawn_blocking(move || {
        if let Err(problem) = organisations::announce(&announcing) {
            tracing::error!(%problem, "cannot announce the addresses");
        }
    });
    let first = node
        .accounts()
        .first_link(clock::now())?
        .filter(|_| !addresses.is_empty())
        .map(|link| accounts::link_address(node, &link));
    warn_of_plain_http(node);
    ready(node, json, &addresses, first.as_deref());
    told_to_stop(until_stdin_closes).await?;
    tracing::info!("stopping");
    let _ = stop.send(true);
    node.ends();
    let _ = control.await;
    for door in pages {
        let _ = door.await;
    }
    door.close().await;
    let _ = std::fs::remove_file(socket(node));
    Ok(())
}

/// Says when passwords would cross a network that others can listen to.
fn warn_of_plain_http(node: &Node) {
    for finding in upkeep::plain_http(node.settings()) {
        tracing::warn!("{finding}");
    }
}

fn ready(node: &Node, json: bool, pages: &[String], first: Option<&str>) {
    let listen = node.listening();
    let text = if json {
        json!({
            "organisation": node.organisation(), "origin": node.origin(), "listen": listen, "pages": pages,
            "first_administrator": first, "process": std::process::id(),
        })
        .to_string()
    } else {
        let first = first.map_or(String::new(), |link| {
            format!(
                "\nnobody looks after it yet; within {} minutes open\n  {link}\n\
                 or run: erikti user add NAME --role administrator",
                FIRST_LINK_SECONDS / 60
            )
        });
        format!(
            "{} runs\n  {}\n  listens on {}\n  open {}{first}\nstop with Ctrl-C",
            node.settings().name,
            node.organisation(),
            listen.join(", "),
            pages.join(", ")
        )
    };
    let mut stdout = std::io::stdout().lock();
    // Whoever started the node may not be interested.
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

async fn told_to_stop(until_stdin_closes: bool) -> Result<(), Problem> {
    let handler =
        |kind| signal(kind).map_err(|e| Problem::internal("cannot listen for signals", e));
    let (mut interrupt, mut terminate) = (
        handler(SignalKind::interrupt())?,
        handler(SignalKind::terminate())?,
    );
    let stdin_closes = async {
        if !until_stdin_closes {
            return std::future::pending().await;
        }
        let mut stdin = tokio::io::stdin();
        let mut ignored = [0; 256];
        while matches!(stdin.read(&mut ignored).await, Ok(1..)) {}
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stdin_closes => {}
    }
    Ok(())
}

fn socket(node: &Node) -> PathBuf {
    node.data().join("control.sock")
}

/// Serves the router on `control.sock`, for the command line.
fn control(
    node: &Node,
    mut stopped: watch::Receiver<bool>,
) -> Result<tokio::task::JoinHandle<()>, Problem> {
    let path = socket(node);
    if path.as_os_str().len() > SOCKET_PATH_BYTES_MAX {
        return Err(Problem::new(
            Code::ConfigInvalid,
            format!("`{}` is too long a name for a socket", path.display()),
        )
        .found(format!("{} bytes", path.as_os_str().len()))
        .allowed(format!("{SOCKET_PATH_BYTES_MAX} bytes"))
        .hint("choose a data folder with a shorter path"));
    }
    // This process holds the folder's lock, so a socket that is there was left by a process that was killed.
    let _ = std::fs::remove_file(&path);
    let unwritable = |e| {
        Problem::new(
            Code::FileUnwritable,
            format!("cannot listen on `{}`: {e}", path.display()),
        )
    };
    let listener = UnixListener::bind(&path).map_err(unwritable)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(unwritable)?;
    let node = node.clone();
    Ok(tokio::spawn(async move {
        let stop = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        if let Err(fault) =
            front::serve_socket(listener, front::trusted(http::router(node)), stop).await
        {
            tracing::error!(%fault, "the control socket closed");
        }
    }))
}

/// A listener's task, and where browsers find it.
type Doors = (Vec<String>, Vec<tokio::task::JoinHandle<()>>);

/// Serves pages and the API to the world.
async fn pages(node: &Node, stopped: watch::Receiver<bool>) -> Result<Doors, Problem> {
    let (mut addresses, mut doors) = (Vec::new(), Vec::new());
    let app = front::open(http::routes(), web::routes(), node, web::refusal);
    for address in &node.settings().http.listen {
        let listener = front::listen(address).await?;
        let local = listener
            .local_addr()
            .map_err(|e| Problem::internal("cannot tell where it listens", e))?;
        addresses.push(format!("http://{local}/"));
        let app = app.clone();
        let proxies = front::proxies(node);
        doors.push(tokio::spawn(front::serve(
            listener,
            app,
            proxies,
            stopped.clone(),
        )));
    }
    node.serves_pages_at(addresses.clone());
    Ok((addresses, doors))
}

/// Serves figures to whoever watches the machine.
async fn figures(
    node: &Node,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<tokio::task::JoinHandle<()>>, Problem> {
    let mut doors = Vec::new();
    for address in &node.settings().http.metrics_listen {
        let listener = front::listen(address).await?;
        let app = http::metrics::router(node.clone());
        doors.push(tokio::spawn(front::serve(
            listener,
            app,
            Vec::new(),
            stopped.clone(),
        )));
    }
    Ok(doors)
}

/// A runtime for what waits on sockets.
///
/// Errors   `internal`
pub fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    // One thread for sockets: hashing, signing and the disk have threads of their own.
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|e| Problem::internal("cannot start the runtime", e))
}
