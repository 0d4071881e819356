//! What the node asks of others over HTTP, and where it must not go: the only file that opens such connections.
//!
//! An address that a person typed still leads where its name does, and a name's owner may point it at this machine, at
//! a printer, at a cloud's metadata. So every answer of a name must be an address that everybody can reach, the
//! connection goes to an answer that was judged, nothing is asked again, and no redirect is followed.
//!
//! Limits   5 seconds from name to last byte; as many bytes as the caller names
//! Source   OWASP Server Side Request Forgery Prevention; IANA special-purpose address registries

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::net::addresses::{is_global, is_inner};

/// From looking up the name to the last byte.
pub const TIME_MAX: Duration = Duration::from_secs(5);
/// Bytes of an address, at most.
const URL_BYTES_MAX: usize = 2_048;
/// Bytes of an answer's headers, at most.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// How far requests may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To what everybody can reach, and only with a certificate.
    Internet,
    /// Also to this machine itself, and there also without: the operator said so.
    Loopback,
}

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    /// No address that may be asked.
    #[error("`{found}` is not asked: {why}")]
    Refused {
        /// The address.
        found: String,
        /// Why not.
        why: &'static str,
    },
    /// The name leads somewhere inner.
    #[error("`{host}` leads to {address}, which not everybody can reach")]
    Inner {
        /// The name.
        host: String,
        /// What it resolved to.
        address: IpAddr,
    },
    /// No answer, or not in time.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// Another status than 200 to 299.
    #[error("the answer's status is {0}")]
    Status(u16),
    /// A longer answer than allowed.
    #[error("the answer has more than {0} bytes")]
    TooLong(u64),
}

/// Looks a name up; tests answer in the system's stead.
pub type Lookup = Arc<dyn Fn(&str, u16) -> std::io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Asks others, within bounds.
#[derive(Clone)]
pub struct Fetcher {
    agent: Agent,
    reach: Reach,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Asks as far as `reach` goes.
    pub fn new(reach: Reach) -> Self {
        Self::with_lookup(reach, None)
    }

    /// The same, with names looked up by the caller.
    pub fn with_lookup(reach: Reach, lookup: Option<Lookup>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIME_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(HEADER_BYTES_MAX)
            // A connection that is kept was judged when its name said something else.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            // A proxy would resolve names by itself.
            .proxy(None)
            .user_agent("erikti")
            .build();
        let resolver = Guarded {
            reach,
            lookup,
            system: DefaultResolver::default(),
        };
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            reach,
        }
    }

    /// Reads what stands at an address.
    ///
    /// Errors   [`FetchFault`]
    pub fn get(&self, url: &str, bytes_max: u64) -> Result<Vec<u8>, FetchFault> {
        check(url, self.reach)?;
        let answer = self.agent.get(url).header("accept", "application/json");
        read(answer.call(), bytes_max)
    }

    /// Sends a body to an address, with these headers; what it answers is read and forgotten.
    ///
    /// Errors   [`FetchFault`]
    pub fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        bytes_max: u64,
    ) -> Result<u16, FetchFault> {
        check(url, self.reach)?;
        let mut request = self.agent.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send(body).map_err(fault)?;
        let status = answer.status().as_u16();
        read(Ok(answer), bytes_max).map(|_| status)
    }
}

fn read(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    bytes_max: u64,
) -> Result<Vec<u8>, FetchFault> {
    let mut answer = answer.map_err(fault)?;
    if !answer.status().is_success() {
        return Err(FetchFault::Status(answer.status().as_u16()));
    }
    let body = answer.body_mut().with_config().limit(bytes_max);
    body.read_to_vec().map_err(|cause| match cause {
        ureq::Error::BodyExceedsLimit(limit) => FetchFault::TooLong(limit),
        cause => fault(cause),
    })
}

fn fault(cause: ureq::Error) -> FetchFault {
    match cause {
        ureq::Error::Other(cause) => match cause.downcast::<FetchFault>() {
            Ok(fault) => *fault,
            Err(cause) => FetchFault::Unreachable(cause.to_string()),
        },
        cause => FetchFault::Unreachable(cause.to_string()),
    }
}

/// Judges an address before anything is looked up.
///
/// Errors   [`FetchFault::Refused`], [`FetchFault::Inner`]
pub fn check(url: &str, reach: Reach) -> Result<(), FetchFault> {
    let refused = |why| FetchFault::Refused {
        found: url.chars().take(200).collect(),
        why,
    };
    if url.len() > URL_BYTES_MAX {
        return Err(refused("it is too long"));
    }
    if url
        .bytes()
        .any(|byte| !(0x21..0x7f).contains(&byte) || byte == b'\\')
    {
        return Err(refused("it has characters that an address has not"));
    }
    let uri: Uri = url.parse().map_err(|_| refused("it is no address"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(refused("it does not begin with https://"));
    };
    if authority.as_str().contains('@') {
        return Err(refused("it carries a name or a password"));
    }
    let host = authority.host();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let address = literal.parse::<IpAddr>().ok();
    let is_loopback = reach == Reach::Loopback
        && (address.is_some_and(|address| address.is_loopback()) || host == "localhost");
    match scheme {
        "https" => {}
        "http" if is_loopback => {}
        _ => return Err(refused("only https:// is")),
    }
    if is_loopback {
        return Ok(());
    }
    if uri
        .port_u16()
        .is_some_and(|port| port < 1_024 && port != 443)
    {
        return Err(refused("its port belongs to another service"));
    }
    match address {
        Some(address) => judge(host, address, reach),
        // What remains of numbers (octal, hexadecimal, shortened) means an address to some programs and a name to others.
        None if is_number(host) => Err(refused("its host is a number in an unusual spelling")),
        None if is_inner(host) => Err(refused("its host is an inner name")),
        None => Ok(()),
    }
}

fn is_number(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next();
    last.is_some_and(|last| {
        let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
        last.bytes().all(|byte| byte.is_ascii_digit())
            || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

fn judge(host: &str, address: IpAddr, reach: Reach) -> Result<(), FetchFault> {
    if is_global(address) || (reach == Reach::Loopback && address.is_loopback()) {
        return Ok(());
    }
    Err(FetchFault::Inner {
        host: host.to_owned(),
        address,
    })
}

/// Looks names up and lets none through of which one answer is inner.
struct Guarded {
    reach: Reach,
    lookup: Option<Lookup>,
    system: DefaultResolver,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16();
        let port = port.unwrap_or(if uri.scheme_str() == Some("http") {
            80
        } else {
            443
        });
        let found = match &self.lookup {
            Some(lookup) => {
                let mut found = self.empty();
                lookup(host, port)?
                    .into_iter()
                    .take(16)
                    .for_each(|address| found.push(address));
                found
            }
            None => self.system.resolve(uri, config, timeout)?,
        };
        let fault = found
            .iter()
            .find_map(|address| judge(host, address.ip(), self.reach).err());
        match fault {
            Some(fault) => Err(ureq::Error::Other(Box::new(fault))),
            None if found.is_empty() => Err(ureq::Error::HostNotFound),
            None => Ok(found),
        }
    }
}
