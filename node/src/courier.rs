//! Tells webhooks what changes: one thread, one message at a time, each target from its own number on.

use std::thread::JoinHandle;
use std::time::Duration;

use erikti_protocol::time::Timestamp;
use serde_json::{Value, json};

use crate::clock;
use crate::desk::changes;
use crate::desk::reader::Reader;
use crate::fetch::{FetchFault, Fetcher, Reach};
use crate::hooks::{Outcome, Progress, Target, WAITING_MAX, Waiting, signature};
use crate::node::Node;
use crate::problem::Problem;

/// Changes that are looked at for one target before the next one has its turn.
const CHANGES_A_TURN: usize = 256;
/// Messages that are sent to one target before the next one has its turn: a target that answers slowly holds the others
/// up for so many times five seconds.
const SENT_A_TURN: usize = 8;
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// How long the thread sleeps when nothing is to be done.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// Sends a message: address, headers, body, and whether it may go to this machine.
pub type Send<'a> = dyn Fn(&Target, &[(&str, &str)], &[u8]) -> Result<u16, FetchFault> + 'a;

/// Starts the thread; it ends with the node.
///
/// Errors   `internal`
pub fn start(node: &Node) -> Result<JoinHandle<()>, Problem> {
    let (waking, ending) = (node.clone(), node.clone());
    node.ingest().feed().on_change(wake_later(&waking));
    node.on_end(end_later(&ending));
    let node = node.clone();
    std::thread::Builder::new()
        .name("courier".to_owned())
        .spawn(move || run(&node))
        .map_err(|e| Problem::internal("cannot start a thread", e))
}

/// What the order of arrival calls: it keeps the webhooks, never the node that keeps the order of arrival.
fn wake_later(node: &Node) -> impl Fn(u64) + std::marker::Send + Sync + use<> {
    let hooks = node.hooks_shared();
    move |_| hooks.wake()
}

fn end_later(node: &Node) -> impl Fn() + std::marker::Send + Sync + use<> {
    let hooks = node.hooks_shared();
    move || hooks.end()
}

fn run(node: &Node) {
    let (world, here) = (Fetcher::new(Reach::Internet), Fetcher::new(Reach::Loopback));
    let send = move |target: &Target, headers: &[(&str, &str)], body: &[u8]| {
        let fetcher = if target.loopback { &here } else { &world };
        fetcher.post(&target.url, headers, body, ANSWER_BYTES_MAX)
    };
    let mut seen = 0;
    let mut sleep = Duration::ZERO;
    while let Some(calls) = node.hooks().wait(seen, sleep) {
        seen = calls;
        sleep = match round(node, &send, clock::now()) {
            Ok(true) => Duration::ZERO,
            Ok(false) => until_next(node),
            Err(problem) => {
                tracing::error!(%problem, "webhooks could not be told");
                SLEEP_MAX
            }
        };
    }
}

fn until_next(node: &Node) -> Duration {
    let targets = node.hooks().targets();
    let nexts = targets.iter().filter_map(|target| {
        let (_, progress) = node.hooks().target(&target.id).ok()?;
        progress.next()
    });
    let rest = nexts
        .min()
        .map(|next| next.seconds().saturating_sub(clock::now().seconds()));
    let rest = rest.map(|rest| Duration::from_secs(u64::try_from(rest).unwrap_or(0)));
    // Due already, and not sent: its turn had ended.
    rest.map_or(SLEEP_MAX, |rest| {
        rest.clamp(Duration::from_secs(1), SLEEP_MAX)
    })
}

/// Gives every target one turn; says whether there may be more to do at once.
///
/// Errors   the store's and the index's; `file.unwritable`
pub fn round(node: &Node, send: &Send<'_>, now: Timestamp) -> Result<bool, Problem> {
    let mut more = false;
    for target in node.hooks().targets() {
        // Removed meanwhile.
        let Ok((_, progress)) = node.hooks().target(&target.id) else {
            continue;
        };
        more |= turn(node, &target, &progress, send, now)?;
    }
    Ok(more)
}

fn turn(
    node: &Node,
    target: &Target,
    progress: &Progress,
    send: &Send<'_>,
    now: Timestamp,
) -> Result<bool, Problem> {
    let due = progress.due(now);
    let mut sent = 0;
    for waiting in due.iter().take(SENT_A_TURN) {
        let outcome = deliver(target, waiting, send, now);
        node.hooks().change(&target.id, |progress| {
            progress.tried(waiting, &outcome, now);
        })?;
        sent += 1;
    }
    let mut more = due.len() > sent;
    // What waits is bounded; the target goes on from its number once there is room.
    let mut room = WAITING_MAX.saturating_sub(progress.waiting.len());
    let changes = node.ingest().feed().after(progress.cursor, CHANGES_A_TURN);
    more |= changes.len() == CHANGES_A_TURN && room > 0;
    let mut passed = None;
    for change in &changes {
        if sent >= SENT_A_TURN || room == 0 {
            more |= room > 0;
            break;
        }
        let told = changes::told(node, Reader::Everybody, change)?;
        passed = Some(change.number);
        let kinds = &target.kinds;
        let wanted = told.filter(|told| {
            let any = kinds.is_empty() || kinds.iter().any(|kind| told.fits(Some(kind), None));
            any && told.fits(None, target.organisation.as_ref())
        });
        let Some(told) = wanted else {
            continue;
        };
        let waiting = Waiting {
            delivery: format!("{}-{}", target.id, told.number),
            event: told.event(),
            tries: 0,
            next: now,
        };
        let outcome = deliver(target, &waiting, send, now);
        sent += 1;
        room -= 1;
        node.hooks().change(&target.id, |progress| {
            progress.tried(&waiting, &outcome, now);
            progress.cursor = change.number;
        })?;
        passed = None;
    }
    if let Some(number) = passed {
        node.hooks()
            .change(&target.id, |progress| progress.cursor = number)?;
    }
    Ok(more)
}

fn deliver(target: &Target, waiting: &Waiting, send: &Send<'_>, now: Timestamp) -> Outcome {
    let body = waiting.event.to_string();
    let signature = signature(&target.secret, now.seconds(), body.as_bytes());
    let headers = [
        ("content-type", "application/json"),
        ("erikti-signature", signature.as_str()),
        ("erikti-delivery", waiting.delivery.as_str()),
    ];
    match send(target, &headers, body.as_bytes()) {
        Ok(status) => Outcome::Taken(status),
        Err(fault) => {
            let status = match fault {
                FetchFault::Status(status) => Some(status),
                _ => None,
            };
            Outcome::Failed(status, fault.to_string())
        }
    }
}

/// Sends a test to a target, at once.
///
/// Errors   `hook.unknown`, `file.unwritable`
pub fn test(node: &Node, id: &str) -> Result<Value, Problem> {
    let (target, _) = node.hooks().target(id)?;
    let now = clock::now();
    let reach = match target.loopback {
        true => Reach::Loopback,
        false => Reach::Internet,
    };
    let fetcher = Fetcher::new(reach);
    let send = |target: &Target, headers: &[(&str, &str)], body: &[u8]| {
        fetcher.post(&target.url, headers, body, ANSWER_BYTES_MAX)
    };
    let waiting = Waiting {
        delivery: format!("{}-test-{}", target.id, clock::milliseconds()),
        event: json!({"kind": "test", "organisation": node.organisation(), "state": "updated"}),
        // Nobody waits for a test: it is not tried again.
        tries: crate::hooks::TRIES_MAX - 1,
        next: now,
    };
    let outcome = deliver(&target, &waiting, &send, now);
    let tried = node.hooks().change(id, |progress| {
        progress.tried(&waiting, &outcome, now);
        progress.log.back().cloned()
    })?;
    Ok(json!({"id": target.id, "try": tried}))
}
