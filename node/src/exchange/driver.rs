//! The driver: one task feeds the machine with what happens and performs what it asks for.
//!
//! It decides nothing about logs: that is the machine's. What takes time runs in tasks and threads of its own and
//! comes back as [`Work`]; every channel between them is bounded.

mod ask;
mod follow;
mod issuers;
mod perform;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use erikti_protocol::codec::{Codec, DICTIONARY_1_HASH};
use erikti_protocol::exchange::machine::{Answer, Exchange, Input, Own, RequestId};
use erikti_protocol::exchange::message::{CodecOffer, Heads, HeadsRequest, Hello, TableId};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::invitation::Link;
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::SignedCheckpoint;
use erikti_protocol::log::evidence::{Contradiction, EvidenceFault};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::join;
use super::pull::{Pipeline, Report, Writing};
use super::serve;
use super::status::Contacts;
use crate::door::{self, Introduction, PartnerStatus};
use crate::net::addresses::{Address, Source};
use crate::net::{self, Event, Events, Handle};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::index::Rows;

/// Things that wait for the driver: it takes them in microseconds, and whoever sends waits.
const WORK_MAX: usize = 256;
/// Reports of the pipeline that wait for the driver.
const REPORTS_MAX: usize = 64;
/// Frames of new heads that a standing stream may fall behind before it starts over from its cursor.
const ANNOUNCED_MAX: usize = 64;
/// Longest time without a look at partners whose invitation is pending.
const PENDING_EVERY: Duration = Duration::from_secs(5);

/// What comes back to the driver.
#[derive(Debug)]
pub(super) enum Work {
    /// For the machine as it is.
    Input(Input),
    /// A peer said hello.
    Hello { peer: PublicKey, hello: Hello },
    /// A peer asks for heads.
    AskHeads {
        request: HeadsRequest,
        reply: oneshot::Sender<Heads>,
    },
    /// Who stands may have changed.
    Standing,
}

/// What the driver and its tasks share.
pub(super) struct Shared {
    pub(super) node: Node,
    pub(super) handle: Handle,
    table: TableId,
    work: mpsc::Sender<Work>,
    announced: broadcast::Sender<Heads>,
    pub(super) contacts: Mutex<Contacts>,
    listening: Mutex<Vec<Address>>,
    stop: Notify,
}

/// The door to other nodes, open until it is closed.
#[derive(Debug)]
pub struct Door {
    shared: Arc<Shared>,
    driver: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("node", self.node.origin())
            .finish_non_exhaustive()
    }
}

/// Listens where the settings say, and starts to exchange.
///
/// Errors   `config.invalid` for an address that is none; `internal` when nothing can be listened on
pub async fn start(node: &Node) -> Result<Door, Problem> {
    let mut config = net::Config::new(node.ingest().own().keys.node.clone());
    config.limits.inbound = node.settings().limits.connections as usize;
    config.limits.memory_bytes = node.settings().limits.memory_mib as usize * 1024 * 1024;
    let (handle, events) = net::start(&config)
        .map_err(|fault| Problem::internal("cannot start the network", fault))?;
    let (work, works) = mpsc::channel(WORK_MAX);
    let shared = Arc::new(Shared {
        node: node.clone(),
        handle: handle.clone(),
        table: TableId(crate::clock::random()),
        work: work.clone(),
        announced: broadcast::channel(ANNOUNCED_MAX).0,
        contacts: Mutex::default(),
        listening: Mutex::default(),
        stop: Notify::new(),
    });
    for text in &node.settings().listen {
        let address = Address::read(text, Source::Listen).map_err(|fault| {
            Problem::new(Code::ConfigInvalid, fault.to_string())
                .field("listen")
                .found(text)
        })?;
        let address = handle.listen(address).await.map_err(|fault| {
            Problem::new(Code::ConfigInvalid, fault.to_string()).field("listen")
        })?;
        shared.listens(address);
    }
    let (reports, reported) = mpsc::channel(REPORTS_MAX);
    let pipeline = Pipeline::start(node.ingest(), &reports)?;
    let (sealed, newest) = watch::channel(None);
    // Only the newest checkpoint matters, so whoever seals never waits for the driver.
    node.ingest()
        .on_sealed(move |checkpoint| drop(sealed.send_replace(Some(checkpoint.clone()))));
    let machine = Exchange::new(Own {
        network: node.origin().network().to_owned(),
        table: shared.table,
        log: Some((
            node.organisation(),
            node.origin().clone(),
            node.ingest().checkpoint(node.origin())?,
        )),
    });
    let driver = Driver {
        shared: Arc::clone(&shared),
        machine,
        pipeline,
        begun: Instant::now(),
        hellos: BTreeMap::new(),
        met: BTreeSet::new(),
        asks: BTreeMap::new(),
        subscriptions: BTreeMap::new(),
        extras: BTreeMap::new(),
        partners: BTreeMap::new(),
        calls: issuers::Calls::default(),
        to_write: VecDeque::new(),
        followed: 0,
    };
    if node.members().look(|decided| !decided.partners.is_empty()) {
        node.ingest().await_partners();
    }
    let driver = tokio::spawn(driver.run(events, works, reported, newest));
    Ok(Door {
        shared,
        driver: Mutex::new(Some(driver)),
    })
}

impl Door {
    /// Closes all connections, and returns when everything that came is on the disk.
    pub async fn close(&self) {
        self.shared.stop.notify_waiters();
        self.shared.stop.notify_one();
        let driver = self
            .driver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(driver) = driver
            && driver.await.is_err()
        {
            tracing::error!("the exchange broke off");
        }
    }
}

impl door::Door for Door {
    fn standing_changed(&self) {
        // Full means that the driver is busy and will look at the standings anyway: it does so after each adoption.
        let _ = self.shared.work.try_send(Work::Standing);
    }

    fn listening(&self) -> Vec<String> {
        self.shared
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn figures(&self) -> String {
        self.shared.handle.figures()
    }

    fn partners(&self) -> Vec<PartnerStatus> {
        let contacts = &self.shared.contacts;
        super::status::partners(
            &self.shared.node,
            &contacts.lock().unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn introduce<'a>(&'a self, link: &'a Link) -> Introduction<'a> {
        Box::pin(async move {
            let node = &self.shared.node;
            join::introduce(node, &self.shared.handle, link).await?;
            join::settled(node, link)
        })
    }
}

fn offer(codec: Codec, dictionary: Option<Hash>) -> CodecOffer {
    CodecOffer {
        name: codec.name().to_owned(),
        dictionary,
    }
}

impl Shared {
    /// What this node says of itself to every peer.
    pub(super) fn hello(&self) -> Hello {
        Hello {
            network: self.node.origin().network().to_owned(),
            versions: erikti_protocol::exchange::message::VERSIONS.to_vec(),
            codecs: vec![
                offer(Codec::Zstd1, Some(DICTIONARY_1_HASH)),
                offer(Codec::None, None),
            ],
            organisation: Some(self.node.organisation()),
            origin: Some(self.node.origin().clone()),
            size: self.node.ingest().visible(self.node.origin()),
            table: self.table,
            agent: concat!("erikti/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// A peer said hello.
    pub(super) async fn heard(&self, peer: PublicKey, hello: Hello) {
        self.tell(Work::Hello { peer, hello }).await;
    }

    pub(super) async fn tell(&self, work: Work) {
        // The driver is gone only when the node stops.
        let _ = self.work.send(work).await;
    }

    /// The heads after a cursor, as the machine knows them.
    pub(super) async fn heads_after(&self, request: HeadsRequest) -> Option<Heads> {
        let (reply, answer) = oneshot::channel();
        self.tell(Work::AskHeads { request, reply }).await;
        answer.await.ok()
    }

    /// New heads as they come.
    pub(super) fn announcements(&self) -> broadcast::Receiver<Heads> {
        self.announced.subscribe()
    }

    fn listens(&self, address: Address) {
        let mut listening = self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !listening
            .iter()
            .any(|known| known.to_string() == address.to_string())
        {
            listening.push(address);
        }
    }

    /// Keeps a proof that a log contradicts itself, and freezes the log.
    ///
    /// Errors   what is wrong with the proof; a known one is no fault
    pub(super) fn take_evidence(
        self: &Arc<Self>,
        peer: PublicKey,
        text: &str,
    ) -> Result<(), EvidenceFault> {
        let evidence = Contradiction::parse(text.as_bytes())?;
        let _ = self.work.blocking_send(Work::Input(Input::Evidence {
            peer: Some(peer),
            evidence: Box::new(evidence),
        }));
        Ok(())
    }
}

/// What verification found of a package beside its entries.
#[derive(Debug)]
pub(super) struct Extra {
    rows: Vec<(u64, Rows)>,
    proved: bool,
    disproved: BTreeSet<u64>,
}

struct Asked {
    origin: Origin,
    task: AbortHandle,
}

struct Driver {
    shared: Arc<Shared>,
    machine: Exchange,
    pipeline: Pipeline,
    begun: Instant,
    /// What connected peers said of themselves.
    hellos: BTreeMap<PublicKey, Hello>,
    /// Peers that the machine knows.
    met: BTreeSet<PublicKey>,
    asks: BTreeMap<RequestId, Asked>,
    subscriptions: BTreeMap<PublicKey, AbortHandle>,
    /// By log and first entry, until the machine hands the package on.
    extras: BTreeMap<(Origin, u64), Extra>,
    /// Partners that the network keeps connected.
    partners: BTreeMap<PublicKey, Vec<String>>,
    /// When issuers were asked for what is absent here.
    calls: issuers::Calls,
    /// What waits for a place in the writer's queue. The driver never waits for the writer itself: the writer may be
    /// waiting to report to the driver. The machine bounds it, by what it hands out before it hears of what was written.
    to_write: VecDeque<Writing>,
    /// What the machine was told of who stands is of this version.
    followed: u64,
}

impl Driver {
    async fn run(
        mut self,
        mut events: Events,
        mut works: mpsc::Receiver<Work>,
        mut reported: mpsc::Receiver<Report>,
        mut sealed: watch::Receiver<Option<SignedCheckpoint>>,
    ) {
        let stop = Arc::clone(&self.shared);
        let stopped = stop.stop.notified();
        tokio::pin!(stopped);
        let mut pending = tokio::time::interval(PENDING_EVERY);
        let writing = self.pipeline.writing.clone();
        self.standing().await;
        loop {
            let wake = self
                .machine
                .next_wake()
                .map(|at| self.begun + Duration::from_millis(at));
            let timer = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut stopped => break,
                event = events.next() => match event {
                    Some(event) => self.event(event).await,
                    None => break,
                },
                Some(work) = works.recv() => self.work(work).await,
                Some(report) = reported.recv() => self.report(report).await,
                Ok(()) = sealed.changed() => {
                    let head = sealed.borrow_and_update().clone();
                    if let Some(head) = head {
                        self.machine(Input::Sealed { head });
                    }
                }
                Ok(place) = writing.reserve(), if !self.to_write.is_empty() => {
                    if let Some(next) = self.to_write.pop_front() {
                        place.send(next);
                    }
                }
                () = timer => self.machine(Input::Tick),
                _ = pending.tick() => {
                    self.redeem_pending();
                    self.call_issuers();
                }
            }
        }
        for (_, asked) in std::mem::take(&mut self.asks) {
            asked.task.abort();
        }
        for (_, task) in std::mem::take(&mut self.subscriptions) {
            task.abort();
        }
        drop(writing);
        self.shared.handle.close().await;
        let pipeline = self.pipeline;
        // The threads report while they finish: somebody must listen.
        let finishing = tokio::task::spawn_blocking(move || pipeline.finish());
        tokio::pin!(finishing);
        loop {
            tokio::select! {
                _ = &mut finishing => return,
                Some(_) = reported.recv() => {}
            }
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn machine(&mut self, input: Input) {
        let outputs = self.machine.handle(input, self.now());
        for output in outputs {
            self.perform(output);
        }
    }

    async fn event(&mut self, event: Event) {
        match event {
            Event::Listening(address) => self.shared.listens(address),
            Event::Connected { peer, outbound, .. } => {
                self.contacts(|contacts| contacts.connected(peer));
                if outbound {
                    tokio::spawn(ask::hello(Arc::clone(&self.shared), peer));
                }
            }
            Event::Disconnected { peer } => {
                self.contacts(|contacts| contacts.disconnected(peer));
                self.hellos.remove(&peer);
                if let Some(task) = self.subscriptions.remove(&peer) {
                    task.abort();
                }
                if self.met.remove(&peer) {
                    self.machine(Input::Disconnected { peer });
                }
            }
            Event::Unreachable { peer, reason, .. } => {
                self.contacts(|contacts| contacts.fault(peer, reason))
            }
            Event::Inbound(inbound) => {
                self.contacts(|contacts| contacts.heard(inbound.peer));
                tokio::spawn(serve::serve(Arc::clone(&self.shared), inbound));
            }
        }
    }

    async fn work(&mut self, work: Work) {
        match work {
            Work::Input(input) => {
                if let Input::Heads { peer, heads } = &input {
                    self.contacts(|contacts| contacts.announced(*peer, heads));
                }
                if let Input::Answer { request, .. } = &input {
                    self.asks.remove(request);
                }
                let spoke = matches!(&input, Input::Heads { heads, .. } if !heads.more);
                self.machine(input);
                if spoke {
                    self.shared.node.ingest().partner_spoke();
                }
            }
            Work::Hello { peer, hello } => {
                if hello.network != self.shared.node.origin().network() {
                    self.contacts(|contacts| {
                        contacts.fault(peer, format!("it belongs to network `{}`", hello.network))
                    });
                    return;
                }
                self.contacts(|contacts| contacts.heard(peer));
                self.hellos.insert(peer, hello);
                self.meet(peer).await;
            }
            Work::AskHeads { request, reply } => {
                drop(reply.send(self.machine.heads_after(&request)))
            }
            Work::Standing => self.standing().await,
        }
    }

    async fn report(&mut self, report: Report) {
        match report {
            Report::Opened { request, opened } => {
                let Some(asked) = self.asks.remove(&request) else {
                    return;
                };
                let answer = match *opened {
                    Ok(arrived) => {
                        if let Some(first) = arrived.opened.first() {
                            let extra = Extra {
                                rows: arrived.rows,
                                proved: arrived.proved,
                                disproved: arrived.disproved,
                            };
                            self.extras.insert((asked.origin, first), extra);
                        }
                        Answer::Package(Box::new(arrived.opened))
                    }
                    Err(fault) => Answer::Fault(fault),
                };
                self.machine(Input::Answer { request, answer });
            }
            Report::Written { origin, size } => self.machine(Input::Written { origin, size }),
            Report::Stored { origin, frontier } => self.machine(Input::Stored {
                origin,
                durable: frontier.tree,
            }),
            Report::Adopted { origin, size } => {
                self.machine(Input::Adopted { origin, size });
                self.shared.node.wake_audit();
                if self.followed != self.shared.node.standing_version() {
                    self.standing().await;
                }
            }
            Report::Filled => self.shared.node.wake_audit(),
            Report::Refused { origin, fault } => {
                tracing::error!(%origin, %fault, "what came is not taken");
                self.extras.retain(|(log, _), _| *log != origin);
                self.machine(Input::Reject {
                    origin,
                    reason: fault.to_string(),
                });
            }
        }
    }

    fn contacts(&self, change: impl FnOnce(&mut Contacts)) {
        change(
            &mut self
                .shared
                .contacts
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}
