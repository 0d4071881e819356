//! Which connections are let in.
//!
//! Not libp2p's `connection-limits`: it keeps an entry for every key that ever connected, so that a stranger
//! with many keys fills our memory; it refuses a peer's new connection while two dead ones linger, where here
//! the new one replaces the oldest; and it counts neither networks nor places reserved for partners.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    net::IpAddr,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{ConnectedPoint, Endpoint, transport::PortUse},
    multiaddr::Protocol as Part,
    swarm::{
        CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler,
        THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::{ConnectionClosed, ConnectionEstablished, ListenFailure},
        dummy,
    },
};

/// How many connections are let in.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Established by others, partners not counted. Each costs about 1 MiB at most in buffers: 64 MiB.
    pub inbound: usize,
    /// Begun by others and still shaking hands, 10 s at most each.
    pub pending_inbound: usize,
    /// Begun by us and not yet established.
    pub pending_outbound: usize,
    /// Of one peer: one each way when both dial at once.
    pub per_peer: usize,
    /// Established by others from one /24 (IPv4) or /48 (IPv6); loopback is not counted.
    pub per_network: usize,
    /// Streams of one peer being served at a time.
    pub streams_per_peer: usize,
    /// Streams waiting for the application to take them.
    pub queue: usize,
    /// When the process uses more than this, no connection is added.
    pub memory_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbound: 64,
            pending_inbound: 32,
            pending_outbound: 8,
            per_peer: 2,
            per_network: 16,
            streams_per_peer: 32,
            queue: 256,
            memory_bytes: 1 << 30,
        }
    }
}

/// Why a connection is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Denied {
    #[error("the peer is blocked")]
    Blocked,
    #[error("{allowed} connections are still shaking hands")]
    Pending { allowed: usize },
    #[error("{allowed} connections of others are open")]
    Full { allowed: usize },
    #[error("{allowed} connections from the same network are open")]
    Network { allowed: usize },
}

/// A /24 or /48, or nothing for what is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Network {
    V4([u8; 3]),
    V6([u16; 3]),
}

pub(super) struct Gate {
    limits: Limits,
    blocked: HashSet<PeerId>,
    partners: HashSet<PeerId>,
    pending: HashSet<ConnectionId>,
    /// Established by others.
    inbound: HashMap<ConnectionId, Option<Network>>,
    /// All connections of a peer, oldest first; no entry without one.
    peers: HashMap<PeerId, Vec<ConnectionId>>,
    closing: VecDeque<(PeerId, CloseConnection)>,
}

impl Gate {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            blocked: HashSet::new(),
            partners: HashSet::new(),
            pending: HashSet::new(),
            inbound: HashMap::new(),
            peers: HashMap::new(),
            closing: VecDeque::new(),
        }
    }

    pub(super) fn block(&mut self, peer: PeerId, blocked: bool) {
        if blocked {
            self.blocked.insert(peer);
            self.closing.push_back((peer, CloseConnection::All));
        } else {
            self.blocked.remove(&peer);
        }
    }

    /// Partners find a place even where strangers have taken all.
    pub(super) fn partner(&mut self, peer: PeerId, partner: bool) {
        if partner {
            self.partners.insert(peer);
        } else {
            self.partners.remove(&peer);
        }
    }

    fn not_blocked(&self, peer: &PeerId) -> Result<(), Denied> {
        if self.blocked.contains(peer) {
            return Err(Denied::Blocked);
        }
        Ok(())
    }

    fn admit(&self, peer: &PeerId, remote: &Multiaddr) -> Result<(), Denied> {
        self.not_blocked(peer)?;
        if self.partners.contains(peer) {
            return Ok(());
        }
        let others = self.peers.get(peer).map_or(0, Vec::len);
        // A peer that is already here replaces a connection rather than adding one.
        if others < self.limits.per_peer && self.inbound.len() >= self.limits.inbound {
            return Err(Denied::Full {
                allowed: self.limits.inbound,
            });
        }
        let Some(network) = network(remote) else {
            return Ok(());
        };
        let neighbours = self.inbound.values().filter(|n| **n == Some(network));
        if neighbours.count() >= self.limits.per_network {
            return Err(Denied::Network {
                allowed: self.limits.per_network,
            });
        }
        Ok(())
    }
}

fn network(address: &Multiaddr) -> Option<Network> {
    let ip: IpAddr = match address.iter().next()? {
        Part::Ip4(ip) => ip.into(),
        Part::Ip6(ip) => ip.to_canonical(),
        _ => return None,
    };
    match ip {
        ip if ip.is_loopback() => None,
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            Some(Network::V4([a, b, c]))
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            Some(Network::V6([a, b, c]))
        }
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        if self.pending.len() >= self.limits.pending_inbound {
            return Err(ConnectionDenied::new(Denied::Pending {
                allowed: self.limits.pending_inbound,
            }));
        }
        self.pending.insert(connection);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.pending.remove(&connection);
        self.admit(&peer, remote).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.not_blocked(&peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            }) => {
                if let ConnectedPoint::Listener { send_back_addr, .. } = endpoint
                    && !self.partners.contains(&peer_id)
                {
                    self.inbound.insert(connection_id, network(send_back_addr));
                }
                let connections = self.peers.entry(peer_id).or_default();
                connections.push(connection_id);
                if connections.len() > self.limits.per_peer {
                    let oldest = CloseConnection::One(connections.remove(0));
                    self.closing.push_back((peer_id, oldest));
                }
            }
            FromSwarm::ConnectionClosed(ConnectionClosed {
                peer_id,
                connection_id,
                ..
            }) => {
                self.inbound.remove(&connection_id);
                if let Some(connections) = self.peers.get_mut(&peer_id) {
                    connections.retain(|id| *id != connection_id);
                    if connections.is_empty() {
                        self.peers.remove(&peer_id);
                    }
                }
            }
            FromSwarm::ListenFailure(ListenFailure { connection_id, .. }) => {
                self.pending.remove(&connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        _: ConnectionId,
        never: THandlerOutEvent<Self>,
    ) {
        match never {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Infallible, THandlerInEvent<Self>>> {
        match self.closing.pop_front() {
            Some((peer_id, connection)) => Poll::Ready(ToSwarm::CloseConnection {
                peer_id,
                connection,
            }),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    fn peer(number: u8) -> PeerId {
        let key = erikti_protocol::key::PublicKey::from_bytes([number; 32]);
        super::super::peer::id(&key)
    }

    fn connect(gate: &mut Gate, number: u8, remote: &Multiaddr) -> Result<(), String> {
        let id = ConnectionId::new_unchecked(usize::from(number));
        let local = from("/ip4/127.0.0.1/tcp/1");
        gate.handle_pending_inbound_connection(id, &local, remote)
            .map_err(|denied| denied.downcast::<Denied>().unwrap().to_string())?;
        gate.handle_established_inbound_connection(id, peer(number), &local, remote)
            .map_err(|denied| denied.downcast::<Denied>().unwrap().to_string())?;
        gate.inbound.insert(id, network(remote));
        Ok(())
    }

    #[test]
    fn a_full_node_keeps_a_place_for_partners() {
        let mut gate = Gate::new(Limits {
            inbound: 1,
            ..Limits::default()
        });
        gate.partner(peer(3), true);
        let remote = from("/ip4/127.0.0.1/tcp/5");
        assert_eq!(connect(&mut gate, 1, &remote), Ok(()));
        assert_eq!(
            connect(&mut gate, 2, &remote),
            Err("1 connections of others are open".into())
        );
        assert_eq!(connect(&mut gate, 3, &remote), Ok(()));
    }

    #[test]
    fn one_network_does_not_take_all_places() {
        let mut gate = Gate::new(Limits {
            per_network: 1,
            ..Limits::default()
        });
        assert_eq!(connect(&mut gate, 1, &from("/ip4/1.2.3.4/tcp/5")), Ok(()));
        assert!(connect(&mut gate, 2, &from("/ip4/1.2.3.99/tcp/5")).is_err());
        // The same network in another spelling.
        assert!(connect(&mut gate, 3, &from("/ip6/::ffff:1.2.3.4/tcp/5")).is_err());
        assert_eq!(connect(&mut gate, 4, &from("/ip4/1.2.4.4/tcp/5")), Ok(()));
    }

    #[test]
    fn a_blocked_peer_stays_outside() {
        let mut gate = Gate::new(Limits::default());
        let remote = from("/ip4/127.0.0.1/tcp/5");
        gate.block(peer(1), true);
        assert_eq!(
            connect(&mut gate, 1, &remote),
            Err("the peer is blocked".into())
        );
        gate.block(peer(1), false);
        assert_eq!(connect(&mut gate, 1, &remote), Ok(()));
    }

    #[test]
    fn handshakes_are_counted() {
        let mut gate = Gate::new(Limits {
            pending_inbound: 1,
            ..Limits::default()
        });
        let (local, remote) = (from("/ip4/127.0.0.1/tcp/1"), from("/ip4/1.2.3.4/tcp/5"));
        let mut pending = |id| {
            gate.handle_pending_inbound_connection(ConnectionId::new_unchecked(id), &local, &remote)
        };
        assert!(pending(1).is_ok());
        assert!(pending(2).is_err());
    }
}
