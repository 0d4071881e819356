//! From addresses to places that can be dialled, and from failures to words.

use std::{net::IpAddr, time::Duration};

use libp2p::{Multiaddr, multiaddr::Protocol as Part, swarm::DialError};
use tokio::{net::lookup_host, time::timeout};

use super::{
    NetError,
    addresses::{ADDRESSES_MAX, Address, Family, Host, Reach},
    peer,
};

/// For the addresses of a name.
const RESOLVE: Duration = Duration::from_secs(5);
/// Of what went wrong, kept for people to read.
const REASON_CHARS_MAX: usize = 300;

/// The places to dial: names are resolved here rather than in the transport, so that every answer is judged.
pub(super) async fn resolve(
    addresses: &[Address],
    reach: Reach,
) -> Result<Vec<Multiaddr>, NetError> {
    let (mut found, mut fault) = (Vec::new(), NetError::NoAddress);
    for address in addresses {
        match resolve_one(address, reach).await {
            Ok(places) => found.extend(places),
            Err(error) => fault = error,
        }
    }
    found.truncate(ADDRESSES_MAX);
    if found.is_empty() {
        return Err(fault);
    }
    Ok(found)
}

async fn resolve_one(address: &Address, reach: Reach) -> Result<Vec<Multiaddr>, NetError> {
    let (host, port) = address.host().ok_or(NetError::NoAddress)?;
    let answers: Vec<IpAddr> = match host {
        Host::Ip(ip) => vec![ip],
        Host::Name(name, family) => {
            let failed = |reason: String| NetError::Dial {
                reason: shorten(&format!("{name}: {reason}")),
            };
            timeout(RESOLVE, lookup_host((name.as_str(), port)))
                .await
                .map_err(|_| failed("the name was not resolved in time".into()))?
                .map_err(|error| failed(error.to_string()))?
                .map(|socket| socket.ip())
                .filter(|ip| match family {
                    Family::Any => true,
                    Family::V4 => ip.is_ipv4(),
                    Family::V6 => ip.is_ipv6(),
                })
                .take(ADDRESSES_MAX)
                .collect()
        }
    };
    address.allows(&answers, reach)?;
    Ok(answers
        .into_iter()
        .map(|ip| Multiaddr::from(ip).with(Part::Tcp(port)))
        .collect())
}

/// What a person can make something of.
pub(super) fn reason(error: &DialError) -> String {
    let text = match error {
        DialError::Transport(failures) => failures
            .iter()
            .map(|(address, error)| format!("{address}: {}", innermost(error)))
            .collect::<Vec<_>>()
            .join("; "),
        DialError::WrongPeerId { obtained, address } => {
            let other =
                peer::key(obtained).map_or_else(|| obtained.to_string(), |key| key.to_string());
            format!("{address} is another node: {other}")
        }
        DialError::LocalPeerId { address } => format!("{address} is this node itself"),
        other => innermost(other),
    };
    shorten(&text)
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

pub(super) fn shorten(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}
