//! Events: what changes at this node, as it changes, over one connection that stays open.
//!
//! Shape    Server-Sent Events: `id: <change>`, `event: record`, `data: {"change", "kind", "id", "organisation", "state"}`;
//!          every 15 seconds, and at the beginning, an id alone: how far the connection is
//! Limits   1,000 connections; one that is slower than what it is told is closed, and goes on from its last id
//!
//! One task reads the order of arrival for everybody; what it finds is written once for strangers and once for staff.
//! A change is told when the search knows it, so that whoever asks because of an event finds what it was about.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use erikti_protocol::id::OrgId;
use futures::stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Semaphore, broadcast, mpsc, watch};

use super::operations::{Operation, Parameter, Part, Reply};
use crate::desk::changes::{self, Told};
use crate::desk::reader::Reader;
use crate::front::{Caller, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Connections at a time.
const CLIENTS_MAX: usize = 1_000;
/// When somebody who was turned away may come again, in seconds.
const RETRY_AFTER_S: u64 = 30;
/// How often a quiet connection is told that it stands: proxies close silent ones after 30 to 60 seconds.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes that are looked at together.
const BATCH_CHANGES: usize = 256;
/// Batches that wait for a slow connection: with 150 bytes an event 2.4 MiB, shared by all.
const BATCHES_WAITING_MAX: usize = 64;
/// Texts that wait in one connection: batches of up to 40 KiB, 640 KiB.
const TEXTS_WAITING_MAX: usize = 16;
/// How long a connection may take to read one text of its past.
const SLOW_MAX: Duration = Duration::from_secs(30);
/// How long a change waits for the search: longer than a commit of a single record takes on a busy node.
const SEARCH_MAX: Duration = Duration::from_secs(1);
/// Connections that read their past at a time: it costs a core.
const PASTS_MAX: usize = 4;

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "GET",
    "/v1/events",
    "followEvents",
    Part::Feeds,
    "Tells what changes as it changes, over one connection that stays open (Server-Sent Events).",
    || get(follow),
)
.takes(&[
    Parameter::query("kind", "Only records of this kind.", || {
        json!({"type": "string", "maxLength": 64})
    })
    .example("opportunity"),
    Parameter::query("organisation", "Only this organisation's records.", || {
        json!({"type": "string", "maxLength": 128})
    }),
    Parameter::query(
        "after",
        "The last change that is known; without it only what comes from now on is told.",
        || json!({"type": "integer", "minimum": 0}),
    ),
    Parameter::header(
        "Last-Event-ID",
        "The last event that came: browsers send it when they connect again.",
        || json!({"type": "integer", "minimum": 0}),
    ),
])
.answers(&[Reply::media(
    "text/event-stream; charset=utf-8",
    "Events: each has the change's number as its id, and says kind, id, organisation and state of a record.",
)])
.refuses(&[Code::Busy])];

/// All connections of a node.
#[derive(Debug)]
pub(crate) struct Hub {
    clients: Arc<AtomicUsize>,
    batches: broadcast::Sender<Arc<Batch>>,
    pasts: Arc<Semaphore>,
    ended: watch::Sender<bool>,
    begun: tokio::sync::OnceCell<()>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            clients: Arc::default(),
            batches: broadcast::channel(BATCHES_WAITING_MAX).0,
            pasts: Arc::new(Semaphore::new(PASTS_MAX)),
            ended: watch::channel(false).0,
            begun: tokio::sync::OnceCell::new(),
        }
    }
}

/// What came after one number, up to another.
#[derive(Debug)]
struct Batch {
    upto: u64,
    everybody: Vec<Event>,
    staff: Vec<Event>,
}

/// One event, and by what it is chosen.
#[derive(Debug)]
struct Event {
    told: Told,
    text: String,
}

impl Hub {
    /// How many connections there are.
    pub(crate) fn clients(&self) -> usize {
        self.clients.load(Ordering::Relaxed)
    }

    /// Begins to read the order of arrival, once.
    async fn begin(&self, node: &Node) {
        self.begun
            .get_or_init(|| async {
                let ended = self.ended.clone();
                node.on_end(move || {
                    let _ = ended.send(true);
                });
                let feed = node.ingest().feed();
                let (tell, heads) = watch::channel(feed.head());
                feed.on_change(move |head| {
                    let _ = tell.send(head);
                });
                // Whoever is let in after this is told of everything that comes after this number.
                let from = feed.head();
                let ended = self.ended.subscribe();
                let batches = self.batches.clone();
                tokio::spawn(read_on(node.clone(), from, heads, batches, ended));
            })
            .await;
    }
}

/// Reads what comes, and hands it to every connection.
async fn read_on(
    node: Node,
    mut from: u64,
    mut heads: watch::Receiver<u64>,
    batches: broadcast::Sender<Arc<Batch>>,
    mut ended: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            changed = heads.changed() => if changed.is_err() { return },
            _ = ended.wait_for(|ended| *ended) => return,
        }
        // Read before the listeners are counted: whoever comes in between begins at this number or later.
        let head = *heads.borrow_and_update();
        if from < head && batches.receiver_count() > 0 {
            can_be_found(&node, head).await;
        }
        while from < head {
            if batches.receiver_count() == 0 {
                from = head;
                break;
            }
            match blocking(&node, move |node| batch(node, from)).await {
                Ok(batch) => {
                    from = batch.upto;
                    // Nobody may be left to hear it.
                    let _ = batches.send(Arc::new(batch));
                }
                Err(problem) => {
                    tracing::error!(%problem, "events cannot be read");
                    break;
                }
            }
        }
    }
}

/// Waits until everything up to this number can be found. A change that takes the search longer is told all the same.
async fn can_be_found(node: &Node, number: u64) {
    let waited = blocking(node, move |node| {
        Ok::<_, Problem>(node.ingest().search().wait_for(number, SEARCH_MAX))
    });
    if let Ok(false) = waited.await {
        tracing::debug!(number, "the search is behind");
    }
}

fn batch(node: &Node, from: u64) -> Result<Batch, Problem> {
    let changes = node.ingest().feed().after(from, BATCH_CHANGES);
    let upto = changes
        .last()
        .map_or_else(|| node.ingest().feed().head(), |change| change.number);
    let for_eyes = |reader| -> Result<Vec<Event>, Problem> {
        let mut events = Vec::new();
        for change in &changes {
            let told = changes::told(node, reader, change)?;
            events.extend(told.map(Event::of));
        }
        Ok(events)
    };
    Ok(Batch {
        upto,
        everybody: for_eyes(Reader::Everybody)?,
        staff: for_eyes(Reader::Staff)?,
    })
}

impl Event {
    fn of(told: Told) -> Self {
        let text = format!(
            "id: {}\nevent: record\ndata: {}\n\n",
            told.number,
            told.event()
        );
        // What is shown of the thing is read again by whoever asks for it.
        let told = Told {
            current: None,
            ..told
        };
        Self { told, text }
    }
}

/// What somebody asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    kind: Option<String>,
    organisation: Option<OrgId>,
    after: Option<u64>,
}

/// One connection's place among those allowed.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(clients: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(Arc::clone(clients));
        // Counted also when it is refused, until it is dropped a line later.
        let before = clients.fetch_add(1, Ordering::Relaxed);
        (before < CLIENTS_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn follow(
    State(node): State<Node>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let hub = node.kept::<Hub>();
    let Some(place) = Place::take(&hub.clients) else {
        let problem = Problem::new(Code::Busy, "too many follow the events of this node");
        let problem = problem.hint("ask again in half a minute");
        return problem.retry_after(RETRY_AFTER_S).into_response();
    };
    hub.begin(&node).await;
    let last = headers.get("last-event-id");
    let last = last.and_then(|last| last.to_str().ok()?.trim().parse().ok());
    // A number that was never given is of another node, or of a time before this one's numbers began.
    let head = node.ingest().feed().head();
    let after = last.or(wanted.after).map_or_else(
        || match node.ingest().search().covered() {
            0 => head,
            covered => covered.min(head),
        },
        |after| after.min(head),
    );
    let (send, mut texts) = mpsc::channel(TEXTS_WAITING_MAX);
    let client = Client {
        node,
        reader: caller.reader(),
        wanted,
        cursor: after,
        send,
        batches: hub.batches.subscribe(),
        ended: hub.ended.subscribe(),
        pasts: Arc::clone(&hub.pasts),
        _place: place,
    };
    tokio::spawn(client.run());
    let body = Body::from_stream(stream::poll_fn(move |context| texts.poll_recv(context)));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy that gathers answers would hold every event back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

/// One connection.
struct Client {
    node: Node,
    reader: Reader,
    wanted: Wanted,
    cursor: u64,
    send: mpsc::Sender<Result<Bytes, std::convert::Infallible>>,
    batches: broadcast::Receiver<Arc<Batch>>,
    ended: watch::Receiver<bool>,
    pasts: Arc<Semaphore>,
    _place: Place,
}

impl Client {
    /// Tells until the connection is closed, too slow, or the node stops.
    async fn run(mut self) {
        let mut ended = self.ended.clone();
        tokio::select! {
            _ = ended.wait_for(|ended| *ended) => {}
            () = self.tell() => {}
        }
    }

    async fn tell(&mut self) {
        if self.past().await.is_none() {
            return;
        }
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        loop {
            tokio::select! {
                _ = heartbeat.tick() => {
                    let text = format!(": still here\nid: {}\n\n", self.cursor);
                    if self.send.try_send(Ok(text.into())).is_err() {
                        return;
                    }
                }
                // Fallen behind: closed, and it comes again with its last id.
                batch = self.batches.recv() => match batch {
                    Ok(batch) if batch.upto > self.cursor => {
                        let text = self.chosen(&batch);
                        self.cursor = batch.upto;
                        if !text.is_empty() && self.send.try_send(Ok(text.into())).is_err() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => return,
                },
                () = self.send.closed() => return,
            }
        }
    }

    /// Tells what came before the connection was opened, as fast as it is read; `None` when it is closed.
    async fn past(&mut self) -> Option<()> {
        let pasts = Arc::clone(&self.pasts);
        let head = self.node.ingest().feed().head();
        if self.cursor < head {
            can_be_found(&self.node, head).await;
        }
        while self.cursor < self.node.ingest().feed().head() {
            let _turn = pasts.acquire().await.ok()?;
            let from = self.cursor;
            let batch = blocking(&self.node, move |node| batch(node, from)).await;
            let batch = batch.ok()?;
            // Chosen first: what is at or below the cursor counts as told.
            let mut text = self.chosen(&batch);
            self.cursor = batch.upto;
            text.push_str(&format!("id: {}\n\n", batch.upto));
            let sent = self.send.send(Ok(text.into()));
            tokio::time::timeout(SLOW_MAX, sent).await.ok()?.ok()?;
        }
        Some(())
    }

    fn chosen(&self, batch: &Batch) -> String {
        let events = match self.reader {
            Reader::Everybody => &batch.everybody,
            Reader::Staff => &batch.staff,
        };
        let (kind, organisation) = (self.wanted.kind.as_deref(), &self.wanted.organisation);
        events
            .iter()
            .filter(|event| event.told.number > self.cursor)
            .filter(|event| event.told.fits(kind, organisation.as_ref()))
            .map(|event| event.text.as_str())
            .collect()
    }
}
