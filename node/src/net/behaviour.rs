//! Streams over all connections: which peer has which connections, and what is asked of them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use erikti_protocol::key::{KeyFault, PublicKey};
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour,
        NotifyHandler, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::{ConnectionClosed, ConnectionEstablished, DialFailure, ListenFailure},
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{
    Link, OpenError, Protocol,
    addresses::Address,
    handler::{Handler, Opening, Order, Report},
    peer,
    stream::{Seats, Stream},
};

/// A stream that a peer opened.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) peer: PublicKey,
    pub(super) link: Link,
    pub(super) address: Address,
    pub(super) protocol: Protocol,
    pub(super) stream: Box<Stream>,
    pub(super) place: OwnedSemaphorePermit,
}

/// Why a connection is not taken.
#[derive(Debug, thiserror::Error)]
enum Denied {
    #[error("the peer's key is not an Ed25519 key")]
    Foreign,
    #[error(transparent)]
    Key(#[from] KeyFault),
}

struct Peer {
    key: PublicKey,
    seats: Seats,
    /// At most as many as the gate lets in, oldest first.
    connections: Vec<(ConnectionId, Address)>,
}

pub(super) struct Streams {
    peers: HashMap<PeerId, Peer>,
    /// Peers whose connections stay open without streams; as many as there are partners.
    kept: HashSet<PeerId>,
    /// Bounded by the openings that the handle lets through at a time and one order per connection.
    actions: VecDeque<ToSwarm<Arrival, Order>>,
    places: Arc<Semaphore>,
    seats_per_peer: usize,
    open_within: Duration,
}

impl Streams {
    pub(super) fn new(
        places: Arc<Semaphore>,
        seats_per_peer: usize,
        open_within: Duration,
    ) -> Self {
        Self {
            peers: HashMap::new(),
            kept: HashSet::new(),
            actions: VecDeque::new(),
            places,
            seats_per_peer,
            open_within,
        }
    }

    /// Asks for a stream over the peer's oldest connection.
    pub(super) fn open(
        &mut self,
        peer: &PublicKey,
        protocol: Protocol,
        reply: oneshot::Sender<Result<Stream, OpenError>>,
    ) {
        let peer_id = peer::id(peer);
        let connection = self
            .peers
            .get(&peer_id)
            .and_then(|peer| peer.connections.first());
        match connection {
            Some((connection, _)) => self.order(
                peer_id,
                *connection,
                Order::Open(Opening { protocol, reply }),
            ),
            // Whoever waited may have gone.
            None => drop(reply.send(Err(OpenError::NotConnected))),
        }
    }

    /// Says whether a peer's connections stay open without streams.
    pub(super) fn keep(&mut self, peer: &PublicKey, keep: bool) {
        let peer_id = peer::id(peer);
        if keep {
            self.kept.insert(peer_id);
        } else {
            self.kept.remove(&peer_id);
        }
        let connections: Vec<ConnectionId> = self
            .peers
            .get(&peer_id)
            .map(|peer| peer.connections.iter().map(|(id, _)| *id).collect())
            .unwrap_or_default();
        for connection in connections {
            self.order(peer_id, connection, Order::Keep(keep));
        }
    }

    /// Passes on how a connection's ping went.
    pub(super) fn pinged(&mut self, peer_id: PeerId, connection: ConnectionId, answered: bool) {
        self.order(peer_id, connection, Order::Pinged { answered });
    }

    fn order(&mut self, peer_id: PeerId, connection: ConnectionId, event: Order) {
        self.actions.push_back(ToSwarm::NotifyHandler {
            peer_id,
            handler: NotifyHandler::One(connection),
            event,
        });
    }

    fn handler(&mut self, peer_id: PeerId) -> Result<Handler, ConnectionDenied> {
        let key = peer::key(&peer_id).ok_or_else(|| ConnectionDenied::new(Denied::Foreign))?;
        key.check()
            .map_err(|fault| ConnectionDenied::new(Denied::Key(fault)))?;
        // The same seats for all connections of a peer. If the connection fails before it is established,
        // `forget_if_gone` takes the peer out again.
        let most = self.seats_per_peer;
        let peer = self.peers.entry(peer_id).or_insert_with(|| Peer {
            key,
            seats: Seats::new(most),
            connections: Vec::new(),
        });
        Ok(Handler::new(
            self.kept.contains(&peer_id),
            self.open_within,
            peer.seats.clone(),
            Arc::clone(&self.places),
        ))
    }

    fn forget_if_gone(&mut self, peer_id: PeerId) {
        if self
            .peers
            .get(&peer_id)
            .is_some_and(|peer| peer.connections.is_empty())
        {
            self.peers.remove(&peer_id);
        }
    }
}

impl NetworkBehaviour for Streams {
    type ConnectionHandler = Handler;
    type ToSwarm = Arrival;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handler(peer)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handler(peer)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            }) => {
                let address = Address::observed(endpoint.get_remote_address());
                if let Some(peer) = self.peers.get_mut(&peer_id) {
                    peer.connections.push((connection_id, address));
                }
            }
            FromSwarm::ConnectionClosed(ConnectionClosed {
                peer_id,
                connection_id,
                ..
            }) => {
                if let Some(peer) = self.peers.get_mut(&peer_id) {
                    peer.connections.retain(|(id, _)| *id != connection_id);
                }
                self.forget_if_gone(peer_id);
            }
            FromSwarm::DialFailure(DialFailure {
                peer_id: Some(peer_id),
                ..
            })
            | FromSwarm::ListenFailure(ListenFailure {
                peer_id: Some(peer_id),
                ..
            }) => self.forget_if_gone(peer_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer_id: PeerId,
        connection_id: ConnectionId,
        report: THandlerOutEvent<Self>,
    ) {
        let Some(peer) = self.peers.get(&peer_id) else {
            return;
        };
        match report {
            Report::Inbound {
                protocol,
                stream,
                place,
            } => {
                let address = peer
                    .connections
                    .iter()
                    .find(|(id, _)| *id == connection_id)
                    .map(|(_, address)| address.clone());
                if let Some(address) = address {
                    self.actions.push_back(ToSwarm::GenerateEvent(Arrival {
                        peer: peer.key,
                        link: Link(connection_id),
                        address,
                        protocol,
                        stream,
                        place,
                    }));
                }
            }
            Report::Unfit { reason } => {
                tracing::warn!(peer = %peer.key, reason, "a connection is closed");
                self.actions.push_back(ToSwarm::CloseConnection {
                    peer_id,
                    connection: CloseConnection::One(connection_id),
                });
            }
        }
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Arrival, THandlerInEvent<Self>>> {
        // The swarm polls again after everything that adds an action.
        match self.actions.pop_front() {
            Some(action) => Poll::Ready(action),
            None => Poll::Pending,
        }
    }
}
