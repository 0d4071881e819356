//! The task that owns the swarm: takes commands, dials, and tells what happened.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use erikti_protocol::key::PublicKey;
use futures::StreamExt;
use libp2p::{
    Multiaddr, Swarm,
    core::transport::ListenerId,
    metrics::{Metrics, Recorder},
    ping,
    swarm::{
        ConnectionId, DialError, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Config, Event, Inbound, NetError, OpenError, Protocol,
    addresses::{ADDRESSES_MAX, Address, Reach},
    dial::{Book, PARTNERS_MAX},
    peer,
    resolve::{reason, resolve, shorten},
    stream::Stream,
    swarm::{Behaviour, BehaviourEvent},
};

/// Events kept while the application takes none; then the swarm waits.
const OUTBOX_MAX: usize = 1_024;
/// Dials asked for and waiting for their turn.
const ASKED_MAX: usize = 64;

type Reply<T> = oneshot::Sender<T>;

#[derive(Debug)]
pub(super) enum Command {
    Listen {
        address: Address,
        reply: Reply<Result<Address, NetError>>,
    },
    Dial {
        peer: PublicKey,
        addresses: Vec<Address>,
        reply: Reply<Result<(), NetError>>,
    },
    AddPartner {
        peer: PublicKey,
        addresses: Vec<Address>,
        reply: Reply<Result<(), NetError>>,
    },
    RemovePartner {
        peer: PublicKey,
        reply: Reply<()>,
    },
    Disconnect {
        peer: PublicKey,
        reply: Reply<()>,
    },
    Block {
        peer: PublicKey,
        blocked: bool,
        reply: Reply<()>,
    },
    Open {
        peer: PublicKey,
        protocol: Protocol,
        reply: Reply<Result<Stream, OpenError>>,
    },
    Reach {
        reply: Reply<Reach>,
    },
    Close {
        reply: Reply<()>,
    },
}

/// An event on its way, and the place it takes if it is a stream.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) event: Event,
    _place: Option<OwnedSemaphorePermit>,
}

/// A dial, from the wish to the connection.
#[derive(Debug)]
struct Attempt {
    peer: PublicKey,
    /// Who waits, or nobody: then it is a partner.
    asked: Option<Reply<Result<(), NetError>>>,
}

pub(super) struct Driver {
    swarm: Swarm<Behaviour>,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Queued>,
    outbox: VecDeque<Queued>,
    book: Book,
    listening: HashMap<ListenerId, (Address, Reply<Result<Address, NetError>>)>,
    reach: Reach,
    asked: VecDeque<(Attempt, Vec<Address>)>,
    resolving: JoinSet<(Attempt, Result<Vec<Multiaddr>, NetError>)>,
    dialling: HashMap<ConnectionId, Attempt>,
    dialling_max: usize,
    figures: Metrics,
}

impl Driver {
    pub(super) fn new(
        swarm: Swarm<Behaviour>,
        config: &Config,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<Queued>,
        figures: Metrics,
    ) -> Self {
        Self {
            swarm,
            commands,
            events,
            outbox: VecDeque::new(),
            book: Book::new(config.secret.public(), config.backoff),
            listening: HashMap::new(),
            reach: Reach::Internet,
            asked: VecDeque::new(),
            resolving: JoinSet::new(),
            dialling: HashMap::new(),
            dialling_max: config.limits.pending_outbound,
            figures,
        }
    }

    pub(super) async fn run(mut self) {
        let events = self.events.clone();
        loop {
            self.start_dials();
            let due = self.next_due();
            tokio::select! {
                command = self.commands.recv() => match command {
                    None => return,
                    Some(Command::Close { reply }) => return self.close(reply).await,
                    Some(command) => self.command(command),
                },
                room = events.reserve(), if !self.outbox.is_empty() => match room {
                    Err(_) => return,
                    Ok(room) => if let Some(event) = self.outbox.pop_front() {
                        room.send(event);
                    },
                },
                () = events.closed() => return,
                event = self.swarm.select_next_some(), if self.outbox.len() < OUTBOX_MAX => {
                    self.happened(event);
                }
                Some(Ok((attempt, found))) = self.resolving.join_next() => {
                    self.resolved(attempt, found);
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
    }

    /// Lets peers see the connections close instead of finding them dead.
    async fn close(mut self, reply: Reply<()>) {
        let peers: Vec<_> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            // An error means that it has gone by itself.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        let gone = async {
            while self.swarm.connected_peers().next().is_some() {
                self.swarm.select_next_some().await;
            }
        };
        drop(timeout(Duration::from_secs(1), gone).await);
        drop(self);
        answer(reply, ());
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Listen { address, reply } => self.listen(address, reply),
            Command::Dial {
                peer,
                addresses,
                reply,
            } => self.dial(peer, addresses, reply),
            Command::AddPartner {
                peer,
                addresses,
                reply,
            } => answer(reply, self.add_partner(peer, addresses)),
            Command::RemovePartner { peer, reply } => {
                self.remove_partner(&peer);
                answer(reply, ());
            }
            Command::Disconnect { peer, reply } => {
                // An error means that there is no connection.
                let _ = self.swarm.disconnect_peer_id(peer::id(&peer));
                answer(reply, ());
            }
            Command::Block {
                peer,
                blocked,
                reply,
            } => {
                if blocked {
                    self.remove_partner(&peer);
                }
                self.swarm
                    .behaviour_mut()
                    .gate
                    .block(peer::id(&peer), blocked);
                answer(reply, ());
            }
            Command::Open {
                peer,
                protocol,
                reply,
            } => self
                .swarm
                .behaviour_mut()
                .streams
                .open(&peer, protocol, reply),
            Command::Reach { reply } => answer(reply, self.reach),
            Command::Close { reply } => drop(reply),
        }
    }

    fn listen(&mut self, address: Address, reply: Reply<Result<Address, NetError>>) {
        match self.swarm.listen_on(address.location().clone()) {
            Ok(listener) => {
                self.listening.insert(listener, (address, reply));
            }
            Err(error) => {
                let reason = shorten(&error.to_string());
                answer(reply, Err(NetError::Listen { address, reason }));
            }
        }
    }

    fn add_partner(&mut self, peer: PublicKey, addresses: Vec<Address>) -> Result<(), NetError> {
        let id = peer::id(&peer);
        let connected = self.swarm.is_connected(&id);
        let addresses = addresses.into_iter().filter(Address::is_tcp).collect();
        if !self.book.add(peer, addresses, connected, Instant::now()) {
            return Err(NetError::Full {
                what: "partners",
                allowed: PARTNERS_MAX,
            });
        }
        let behaviour = self.swarm.behaviour_mut();
        behaviour.gate.partner(id, true);
        behaviour.streams.keep(&peer, true);
        Ok(())
    }

    fn remove_partner(&mut self, peer: &PublicKey) {
        self.book.remove(peer);
        let behaviour = self.swarm.behaviour_mut();
        behaviour.gate.partner(peer::id(peer), false);
        behaviour.streams.keep(peer, false);
    }

    fn dial(
        &mut self,
        peer: PublicKey,
        mut addresses: Vec<Address>,
        reply: Reply<Result<(), NetError>>,
    ) {
        addresses.retain(Address::is_tcp);
        addresses.truncate(ADDRESSES_MAX);
        let outcome = if self.swarm.is_connected(&peer::id(&peer)) {
            Ok(())
        } else if addresses.is_empty() {
            Err(NetError::NoAddress)
        } else if self.asked.len() >= ASKED_MAX {
            Err(NetError::Full {
                what: "dials",
                allowed: ASKED_MAX,
            })
        } else {
            let asked = Some(reply);
            return self.asked.push_back((Attempt { peer, asked }, addresses));
        };
        answer(reply, outcome);
    }

    fn has_room_to_dial(&self) -> bool {
        self.dialling.len() + self.resolving.len() < self.dialling_max
    }

    /// When a partner is due, unless a dial has to end first.
    fn next_due(&self) -> Option<Instant> {
        self.book.next_due().filter(|_| self.has_room_to_dial())
    }

    /// What people ask for goes before what is tried again and again.
    fn start_dials(&mut self) {
        while self.has_room_to_dial() {
            let next = self.asked.pop_front().or_else(|| {
                let (peer, addresses) = self.book.take_due(Instant::now())?;
                Some((Attempt { peer, asked: None }, addresses))
            });
            let Some((attempt, addresses)) = next else {
                return;
            };
            let reach = self.reach;
            self.resolving
                .spawn(async move { (attempt, resolve(&addresses, reach).await) });
        }
    }

    fn resolved(&mut self, attempt: Attempt, found: Result<Vec<Multiaddr>, NetError>) {
        let addresses = match found {
            Ok(addresses) => addresses,
            Err(error) => return self.dialled(attempt, Err(error)),
        };
        let options = DialOpts::peer_id(peer::id(&attempt.peer))
            .condition(PeerCondition::Disconnected)
            .addresses(addresses)
            // A port of its own: two nodes that dial each other at once from their listening ports would
            // meet in one half-open TCP connection.
            .allocate_new_port()
            .build();
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.dialling.insert(connection, attempt);
            }
            Err(DialError::DialPeerConditionFalse(_)) => self.dialled(attempt, Ok(())),
            Err(error) => {
                let reason = reason(&error);
                self.dialled(attempt, Err(NetError::Dial { reason }));
            }
        }
    }

    fn dialled(&mut self, attempt: Attempt, result: Result<(), NetError>) {
        match (attempt.asked, result) {
            (Some(reply), result) => answer(reply, result),
            (None, Ok(())) => self.book.connected(&attempt.peer, Instant::now()),
            (None, Err(error)) => {
                if let Some(again_in) = self.book.failed(&attempt.peer, Instant::now()) {
                    self.tell(Event::Unreachable {
                        peer: attempt.peer,
                        reason: error.to_string(),
                        again_in,
                    });
                }
            }
        }
    }

    fn tell(&mut self, event: Event) {
        self.queue(Queued {
            event,
            _place: None,
        });
    }

    fn queue(&mut self, queued: Queued) {
        let queued = if self.outbox.is_empty() {
            match self.events.try_send(queued) {
                Ok(()) => return,
                Err(error) => error.into_inner(),
            }
        } else {
            queued
        };
        self.outbox.push_back(queued);
    }

    fn happened(&mut self, event: SwarmEvent<BehaviourEvent>) {
        self.figures.record(&event);
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(arrival)) => self.queue(Queued {
                event: Event::Inbound(Inbound {
                    peer: arrival.peer,
                    link: arrival.link,
                    address: arrival.address,
                    protocol: arrival.protocol,
                    stream: arrival.stream,
                }),
                _place: Some(arrival.place),
            }),
            // Who does not speak ping is asked no more.
            SwarmEvent::Behaviour(BehaviourEvent::Ping(ping))
                if !matches!(ping.result, Err(ping::Failure::Unsupported)) =>
            {
                self.figures.record(&ping);
                let streams = &mut self.swarm.behaviour_mut().streams;
                streams.pinged(ping.peer, ping.connection, ping.result.is_ok());
            }
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                num_established,
                ..
            } => {
                let Some(peer) = peer::key(&peer_id) else {
                    return;
                };
                self.book.connected(&peer, Instant::now());
                if num_established.get() == 1 {
                    self.tell(Event::Connected {
                        peer,
                        address: Address::observed(endpoint.get_remote_address()),
                        outbound: endpoint.is_dialer(),
                    });
                }
                if let Some(attempt) = self.dialling.remove(&connection_id) {
                    self.dialled(attempt, Ok(()));
                }
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established: 0,
                cause,
                ..
            } => {
                if let Some(cause) = cause {
                    tracing::debug!(%cause, "a connection was lost");
                }
                if let Some(peer) = peer::key(&peer_id) {
                    self.book.lost(&peer, Instant::now());
                    self.tell(Event::Disconnected { peer });
                }
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } => {
                if let Some(attempt) = self.dialling.remove(&connection_id) {
                    let connected = self.swarm.is_connected(&peer::id(&attempt.peer));
                    let result = if connected {
                        Ok(())
                    } else {
                        let reason = reason(&error);
                        Err(NetError::Dial { reason })
                    };
                    self.dialled(attempt, result);
                }
            }
            SwarmEvent::IncomingConnectionError { error, .. } => {
                tracing::debug!(%error, "a connection was not let in");
            }
            SwarmEvent::NewListenAddr {
                listener_id,
                address,
            } => {
                let address = Address::observed(&address).with_peer(self.book.own());
                if address.is_loopback() {
                    self.reach = Reach::Loopback;
                }
                if let Some((_, reply)) = self.listening.remove(&listener_id) {
                    answer(reply, Ok(address.clone()));
                }
                self.tell(Event::Listening(address));
            }
            SwarmEvent::ListenerClosed {
                listener_id,
                reason,
                ..
            } => {
                if let Some((address, reply)) = self.listening.remove(&listener_id) {
                    let reason = reason.err().map_or_else(
                        || "the listener was closed".into(),
                        |error| shorten(&error.to_string()),
                    );
                    answer(reply, Err(NetError::Listen { address, reason }));
                }
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener failed");
            }
            _ => {}
        }
    }
}

/// Whoever waited may have gone: then nobody misses the answer.
fn answer<T>(reply: Reply<T>, answer: T) {
    let _ = reply.send(answer);
}
