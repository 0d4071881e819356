//! Addresses of nodes, and which of them may be stored and dialled.
//!
//! An address that a stranger hands us is a request to open a connection somewhere: to a cloud's metadata
//! service, a printer, a third party's mail port. So what strangers say is held to addresses that are
//! reachable by everybody, once when it is learned and again when a name has been resolved. What the
//! operator writes is the operator's will.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use erikti_protocol::key::PublicKey;
use libp2p::{Multiaddr, multiaddr::Protocol as Part};

use super::peer;

/// The longest address: a name of 253 characters does not fit together with a peer id, none in use comes close.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// Addresses kept for one peer: two IP versions, a name, a spare network, four times over.
pub const ADDRESSES_MAX: usize = 16;
/// Ports below this belong to services that are not ours and must not be probed through us.
const PORT_FREE: u16 = 1_024;
/// The one low port that nodes use, because some networks let nothing else out.
const PORT_HTTPS: u16 = 443;
/// Names that no public resolver answers for (RFC 6761, RFC 6762, RFC 8375, ICANN `internal`) and usual inner ones.
const INNER_NAMES: [&str; 13] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "test",
];

/// Who gave an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The operator, as an address to listen on: port 0 and "every interface" mean something there.
    Listen,
    /// The operator: configuration, command line, or an invitation they accepted.
    Operator,
    /// Anybody else.
    Stranger(Reach),
}

/// How far the network of this node reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Addresses that everybody can reach.
    Internet,
    /// This machine too: the node itself listens there.
    Loopback,
}

/// Why an address is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No multiaddr of the shapes that are used here.
    #[error(
        "`{found}` is no address, expected `/ip4/…/tcp/PORT`, `/ip6/…/tcp/PORT` or `/dns/NAME/tcp/PORT`, then perhaps `/p2p/…`"
    )]
    Malformed {
        /// What stood there, at most 64 characters of it.
        found: String,
    },
    /// Longer than any address in use.
    #[error("the address has {found} bytes, at most {ADDRESS_BYTES_MAX} are allowed")]
    Long {
        /// Its bytes.
        found: usize,
    },
    /// The key at the end is none that a node can have.
    #[error("the peer id at the end is not of an Ed25519 key")]
    Peer,
    /// A port that belongs to another service, or none.
    #[error("port {found} is not for nodes, allowed are {PORT_HTTPS} and {PORT_FREE} to 65535")]
    Port {
        /// The port.
        found: u16,
    },
    /// An address that not everybody can reach.
    #[error("`{found}` is not reachable by everybody")]
    Inner {
        /// The host.
        found: String,
    },
}

/// Where a node can be reached.
///
/// Shape    `/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT` or `…/udp/PORT/quic-v1`, then perhaps `/p2p/PEER`; at most 256 bytes
/// Source   libp2p multiaddr
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Without the peer id.
    location: Multiaddr,
    peer: Option<PublicKey>,
    /// What a resolved name is held to.
    trusted: bool,
}

/// Where an address leads, before names are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Ip(IpAddr),
    Name(String, Family),
}

/// Which addresses of a name are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Any,
    V4,
    V6,
}

impl Address {
    /// Reads an address and judges whether it may be used, given who says it.
    ///
    /// Errors   [`AddressFault`]
    pub fn read(text: &str, source: Source) -> Result<Self, AddressFault> {
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(AddressFault::Long { found: text.len() });
        }
        let malformed = || AddressFault::Malformed {
            found: text.chars().take(64).collect(),
        };
        let address = Multiaddr::from_str(text).map_err(|_| malformed())?;
        let (host, port, peer) = parts(&address).ok_or_else(malformed)?;
        let peer = match peer {
            Some(id) => Some(peer::key(&id).ok_or(AddressFault::Peer)?),
            None => None,
        };
        match source {
            Source::Listen => {}
            Source::Operator if port == 0 => return Err(AddressFault::Port { found: port }),
            Source::Operator => {}
            Source::Stranger(reach) => judge(&host, port, reach)?,
        }
        Ok(Self {
            location: address
                .iter()
                .filter(|part| !matches!(part, Part::P2p(_)))
                .collect(),
            peer,
            trusted: !matches!(source, Source::Stranger(_)),
        })
    }

    /// The key at the end, if one is named.
    pub const fn peer(&self) -> Option<PublicKey> {
        self.peer
    }

    /// The same place with the key of the node that is expected there.
    pub fn with_peer(mut self, peer: PublicKey) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Whether it leads to this machine.
    pub fn is_loopback(&self) -> bool {
        matches!(self.host(), Some((Host::Ip(ip), _)) if ip.is_loopback())
    }

    /// Whether it can be dialled today: TCP, until QUIC is built in.
    pub fn is_tcp(&self) -> bool {
        self.location
            .iter()
            .any(|part| matches!(part, Part::Tcp(_)))
    }

    /// Takes over what the transport reports about a connection or a listener.
    pub(super) fn observed(address: &Multiaddr) -> Self {
        Self {
            location: address
                .iter()
                .filter(|part| !matches!(part, Part::P2p(_)))
                .collect(),
            peer: None,
            trusted: false,
        }
    }

    pub(super) const fn location(&self) -> &Multiaddr {
        &self.location
    }

    pub(super) fn host(&self) -> Option<(Host, u16)> {
        parts(&self.location).map(|(host, port, _)| (host, port))
    }

    /// Whether what a name resolved to may be dialled: every answer has to pass, or an answer that is
    /// good the first time and inner the second would get through.
    pub(super) fn allows(&self, answers: &[IpAddr], reach: Reach) -> Result<(), AddressFault> {
        if self.trusted {
            return Ok(());
        }
        answers.iter().try_for_each(|ip| judge_ip(*ip, reach))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.location)?;
        match &self.peer {
            Some(key) => write!(f, "/p2p/{}", peer::id(key)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Host, port and peer id of an address of a shape that is used here.
fn parts(address: &Multiaddr) -> Option<(Host, u16, Option<libp2p::PeerId>)> {
    let mut parts = address.iter();
    let host = match parts.next()? {
        Part::Ip4(ip) => Host::Ip(ip.into()),
        Part::Ip6(ip) => Host::Ip(ip.into()),
        Part::Dns(name) => Host::Name(name.into_owned(), Family::Any),
        Part::Dns4(name) => Host::Name(name.into_owned(), Family::V4),
        Part::Dns6(name) => Host::Name(name.into_owned(), Family::V6),
        _ => return None,
    };
    let port = match parts.next()? {
        Part::Tcp(port) => port,
        Part::Udp(port) if matches!(parts.next()?, Part::QuicV1) => port,
        _ => return None,
    };
    let peer = match parts.next() {
        Some(Part::P2p(peer)) => Some(peer),
        None => None,
        Some(_) => return None,
    };
    parts.next().is_none().then_some((host, port, peer))
}

fn judge(host: &Host, port: u16, reach: Reach) -> Result<(), AddressFault> {
    if port < PORT_FREE && port != PORT_HTTPS {
        return Err(AddressFault::Port { found: port });
    }
    match host {
        Host::Ip(ip) => judge_ip(*ip, reach),
        Host::Name(name, _) if is_inner(name) => Err(AddressFault::Inner {
            found: name.clone(),
        }),
        Host::Name(..) => Ok(()),
    }
}

/// Whether a name is one that public resolvers do not answer for.
pub fn is_inner(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    match name.rsplit_once('.') {
        Some((_, last)) => INNER_NAMES.contains(&last) || last.bytes().all(|b| b.is_ascii_digit()),
        None => true,
    }
}

/// Whether everybody can reach an address.
pub const fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_global_v4(ip),
        IpAddr::V6(ip) => is_global_v6(ip),
    }
}

fn judge_ip(ip: IpAddr, reach: Reach) -> Result<(), AddressFault> {
    if is_global(ip) || (reach == Reach::Loopback && ip.is_loopback()) {
        return Ok(());
    }
    Err(AddressFault::Inner {
        found: ip.to_string(),
    })
}

/// Source   IANA IPv4 special-purpose address registry
const fn is_global_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    )
}

/// Only 2000::/3 is given out, and parts of it are special. Everything that carries an IPv4 address inside
/// (mapped, compatible, NAT64, 6to4, Teredo) falls out, whatever that address is.
///
/// Source   IANA IPv6 special-purpose address registry
const fn is_global_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    a & 0xe000 == 0x2000
        && !matches!(
            (a, b),
            (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0x0000..=0x0fff)
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_may_name_what_a_stranger_may_not() {
        for text in [
            "/ip4/127.0.0.1/tcp/4001",
            "/ip4/10.0.0.1/tcp/22",
            "/dns/node/tcp/4001",
        ] {
            assert!(Address::read(text, Source::Operator).is_ok(), "{text}");
            assert!(
                Address::read(text, Source::Stranger(Reach::Internet)).is_err(),
                "{text}"
            );
        }
        assert!(Address::read("/ip4/127.0.0.1/tcp/0", Source::Operator).is_err());
        assert!(Address::read("/ip4/0.0.0.0/tcp/0", Source::Listen).is_ok());
    }

    #[test]
    fn a_node_on_loopback_hears_of_loopback_and_of_nothing_else_inside() {
        let source = Source::Stranger(Reach::Loopback);
        assert!(Address::read("/ip4/127.0.0.1/tcp/4001", source).is_ok());
        assert!(Address::read("/ip6/::1/tcp/4001", source).is_ok());
        assert!(Address::read("/ip4/192.168.1.1/tcp/4001", source).is_err());
    }

    #[test]
    fn the_key_at_the_end_survives() {
        let key = PublicKey::from_bytes([7; 32]);
        let plain = Address::read("/ip4/1.1.1.1/tcp/4001", Source::Operator).unwrap();
        let text = plain.clone().with_peer(key).to_string();
        let read = Address::read(&text, Source::Operator).unwrap();
        assert_eq!(read.peer(), Some(key));
        assert_eq!(read.location(), plain.location());
        assert_eq!(read.to_string(), text);
    }

    #[test]
    fn one_inner_answer_refuses_a_name() {
        let address = Address::read(
            "/dns/node.example.org/tcp/4001",
            Source::Stranger(Reach::Internet),
        )
        .unwrap();
        let outer: IpAddr = "1.1.1.1".parse().unwrap();
        let inner: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(address.allows(&[outer], Reach::Internet), Ok(()));
        assert_eq!(
            address.allows(&[outer, inner], Reach::Internet),
            Err(AddressFault::Inner {
                found: "10.0.0.1".into()
            })
        );
    }
}
