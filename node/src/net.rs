//! Connections to other nodes and streams over them. libp2p is named here and nowhere else.
//!
//! One task owns the swarm. A [`Handle`] asks it for things, [`Events`] tell what happened.
//! What travels in the frames, who may do what and what is asked of whom is not known here: a stream is a
//! peer's key, a protocol and frames of bytes.
//!
//! Everything is bounded: connections ([`Limits`]), streams of a peer and streams waiting for the
//! application (what finds no room is answered `busy`), frames and the time for them ([`frame`]),
//! partners and their addresses ([`dial`]), commands and events. An application that takes no events
//! stops the swarm rather than filling memory.

pub mod addresses;
mod behaviour;
pub mod dial;
mod driver;
pub mod frame;
pub mod gate;
mod handler;
mod mux;
mod peer;
mod resolve;
pub mod stream;
mod swarm;

use std::{fmt, io, sync::Arc, time::Duration};

use erikti_protocol::{
    exchange::protocol,
    key::{PublicKey, SecretKey},
};
use libp2p::metrics::{Metrics, Registry};
use libp2p::swarm::ConnectionId;
use prometheus_client::encoding::text::encode;
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::timeout,
};

use addresses::{Address, AddressFault, Reach};
use dial::Backoff;
use driver::{Command, Driver};
use gate::Limits;
use stream::Stream;

/// Commands waiting for the driver: it takes them in microseconds.
const COMMANDS_MAX: usize = 64;
/// Events waiting for the application beside inbound streams, which are bounded by [`Limits::queue`].
const EVENTS_MAX: usize = 64;
/// Streams being opened at a time over all peers; who comes later waits.
const OPENING_MAX: usize = 256;

/// The protocols between nodes, one request (or one standing subscription) a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Who is there.
    Hello,
    /// Checkpoints newer than a cursor, then new ones as they come.
    Heads,
    /// Tiles and packages of a log.
    Fetch,
    /// The proof that one size of a log grew out of another.
    Consistency,
    /// A cosignature for a checkpoint.
    Cosign,
    /// Proofs of equivocation.
    Evidence,
    /// An accepted invitation.
    Join,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Hello,
        Self::Heads,
        Self::Fetch,
        Self::Consistency,
        Self::Cosign,
        Self::Evidence,
        Self::Join,
    ];

    /// The id that is negotiated.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Hello => protocol::HELLO,
            Self::Heads => protocol::HEADS,
            Self::Fetch => protocol::FETCH,
            Self::Consistency => protocol::CONSISTENCY,
            Self::Cosign => protocol::COSIGN,
            Self::Evidence => protocol::EVIDENCE,
            Self::Join => protocol::JOIN,
        }
    }
}

impl AsRef<str> for Protocol {
    fn as_ref(&self) -> &str {
        self.id()
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// One connection, to tell a peer's connections apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link(ConnectionId);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What a node's network is made of.
#[derive(Clone, Debug)]
pub struct Config {
    /// The node key: the peer id is made of it.
    pub secret: SecretKey,
    /// Our version, told to peers as `erikti/<version>`.
    pub version: String,
    /// How many of everything.
    pub limits: Limits,
    /// When to dial again.
    pub backoff: Backoff,
    /// For opening a stream, and for a peer to say what a stream is for.
    pub open_within: Duration,
}

impl Config {
    /// The usual limits.
    pub fn new(secret: SecretKey) -> Self {
        Self {
            secret,
            version: env!("CARGO_PKG_VERSION").into(),
            limits: Limits::default(),
            backoff: Backoff::default(),
            open_within: Duration::from_secs(10),
        }
    }
}

/// Why something asked of the network did not happen.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The key cannot be used for noise.
    #[error("the node key cannot be used: {0}")]
    Key(String),
    /// Nothing can listen there.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address asked for.
        address: Address,
        /// What the system says.
        reason: String,
    },
    /// No address was given, or none that can be dialled.
    #[error("no address that can be dialled")]
    NoAddress,
    /// A name was resolved to what may not be dialled.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// The peer could not be reached, or is another one.
    #[error("cannot connect: {reason}")]
    Dial {
        /// What went wrong, for each address.
        reason: String,
    },
    /// Too many at once.
    #[error("{allowed} {what} are the most")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        allowed: usize,
    },
    /// The network has been closed.
    #[error("the network has been closed")]
    Closed,
}

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no connection to the peer.
    #[error("not connected")]
    NotConnected,
    /// The peer does not speak the protocol. With the usual lazy negotiation this shows at the first read instead.
    #[error("the peer does not speak {protocol}")]
    Unknown {
        /// The protocol.
        protocol: Protocol,
    },
    /// The peer took too long.
    #[error("the peer took longer than allowed")]
    Late,
    /// The connection was lost meanwhile.
    #[error("the connection was lost")]
    Lost,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(io::Error),
    /// The network has been closed.
    #[error("the network has been closed")]
    Closed,
}

/// A stream that a peer opened.
#[derive(Debug)]
pub struct Inbound {
    /// Who.
    pub peer: PublicKey,
    /// Over which connection.
    pub link: Link,
    /// From where.
    pub address: Address,
    /// What for.
    pub protocol: Protocol,
    /// The stream; its pace is [`frame::Pace::REQUEST`] and runs already.
    pub stream: Box<Stream>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// We listen on this address.
    Listening(Address),
    /// The first connection to a peer.
    Connected {
        /// Who.
        peer: PublicKey,
        /// Where they are, or where they came from.
        address: Address,
        /// Whether we dialled.
        outbound: bool,
    },
    /// The last connection to a peer is gone.
    Disconnected {
        /// Who.
        peer: PublicKey,
    },
    /// A partner could not be reached; it is dialled again.
    Unreachable {
        /// Who.
        peer: PublicKey,
        /// What went wrong.
        reason: String,
        /// When it is dialled again.
        again_in: Duration,
    },
    /// A peer opened a stream. Never before the peer's [`Event::Connected`].
    Inbound(Inbound),
}

/// Starts the network of a node, on the current tokio runtime. It ends when all handles, or the events, are dropped.
///
/// Errors   [`NetError::Key`]
pub fn start(config: &Config) -> Result<(Handle, Events), NetError> {
    let places = Arc::new(Semaphore::new(config.limits.queue));
    let swarm = swarm::build(config, Arc::clone(&places))
        .map_err(|error| NetError::Key(error.to_string()))?;
    let (commands, commanded) = mpsc::channel(COMMANDS_MAX);
    let (happened, events) = mpsc::channel(EVENTS_MAX);
    let mut registry = Registry::default();
    let figures = Metrics::new(&mut registry);
    let driver = Driver::new(swarm, config, commanded, happened, figures);
    tokio::spawn(driver.run());
    let handle = Handle {
        own: config.secret.public(),
        commands,
        opening: Arc::new(Semaphore::new(OPENING_MAX)),
        open_within: config.open_within,
        registry: Arc::new(registry),
    };
    Ok((handle, Events { events }))
}

/// What happens, one after the other.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<driver::Queued>,
}

impl Events {
    /// The next event, or `None` when the network has been closed. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        // With an inbound stream its place in the queue is given back here.
        self.events.recv().await.map(|queued| queued.event)
    }
}

/// Asks things of the network. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    own: PublicKey,
    commands: mpsc::Sender<Command>,
    opening: Arc<Semaphore>,
    open_within: Duration,
    registry: Arc<Registry>,
}

impl Handle {
    /// What the swarm counted, as OpenMetrics text.
    pub fn figures(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Our own key.
    pub const fn own(&self) -> PublicKey {
        self.own
    }

    /// Listens on an address and says which one it became (a port of 0 is chosen by the system).
    ///
    /// Errors   [`NetError::Listen`], [`NetError::Closed`]
    pub async fn listen(&self, address: Address) -> Result<Address, NetError> {
        self.ask(|reply| Command::Listen { address, reply }).await?
    }

    /// Connects to a peer at one of these addresses, once. At once good if there is a connection.
    ///
    /// Errors   [`NetError::NoAddress`], [`NetError::Address`], [`NetError::Dial`], [`NetError::Full`], [`NetError::Closed`]
    pub async fn dial(&self, peer: PublicKey, addresses: Vec<Address>) -> Result<(), NetError> {
        self.ask(|reply| Command::Dial {
            peer,
            addresses,
            reply,
        })
        .await?
    }

    /// Makes a peer a partner, or replaces its addresses: it is dialled now and after every loss, finds a place
    /// where strangers have taken all, and its connection stays open without streams.
    ///
    /// Errors   [`NetError::Full`], [`NetError::Closed`]
    pub async fn add_partner(
        &self,
        peer: PublicKey,
        addresses: Vec<Address>,
    ) -> Result<(), NetError> {
        self.ask(|reply| Command::AddPartner {
            peer,
            addresses,
            reply,
        })
        .await?
    }

    /// Makes a partner a peer like any other; its connection closes when nothing uses it.
    ///
    /// Errors   [`NetError::Closed`]
    pub async fn remove_partner(&self, peer: PublicKey) -> Result<(), NetError> {
        self.ask(|reply| Command::RemovePartner { peer, reply })
            .await
    }

    /// Closes all connections to a peer. A partner is dialled again.
    ///
    /// Errors   [`NetError::Closed`]
    pub async fn disconnect(&self, peer: PublicKey) -> Result<(), NetError> {
        self.ask(|reply| Command::Disconnect { peer, reply }).await
    }

    /// Keeps a peer out, or lets it in again. A blocked partner is no partner any more.
    ///
    /// Errors   [`NetError::Closed`]
    pub async fn block(&self, peer: PublicKey, blocked: bool) -> Result<(), NetError> {
        self.ask(|reply| Command::Block {
            peer,
            blocked,
            reply,
        })
        .await
    }

    /// Opens a stream to a connected peer.
    ///
    /// Errors   [`OpenError`]
    pub async fn open(&self, peer: PublicKey, protocol: Protocol) -> Result<Stream, OpenError> {
        let opened = async {
            let _turn = self
                .opening
                .acquire()
                .await
                .map_err(|_| OpenError::Closed)?;
            let (reply, answer) = oneshot::channel();
            self.commands
                .send(Command::Open {
                    peer,
                    protocol,
                    reply,
                })
                .await
                .map_err(|_| OpenError::Closed)?;
            answer.await.unwrap_or(Err(OpenError::Lost))
        };
        timeout(self.open_within, opened)
            .await
            .unwrap_or(Err(OpenError::Late))
    }

    /// How far addresses may reach that strangers tell: as far as our own.
    ///
    /// Errors   [`NetError::Closed`]
    pub async fn reach(&self) -> Result<Reach, NetError> {
        self.ask(|reply| Command::Reach { reply }).await
    }

    /// Closes all connections and ends the network.
    pub async fn close(&self) {
        // An error means that it has ended already.
        drop(self.ask(|reply| Command::Close { reply }).await);
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, NetError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(command(reply))
            .await
            .map_err(|_| NetError::Closed)?;
        answer.await.map_err(|_| NetError::Closed)
    }
}
