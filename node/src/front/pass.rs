//! What every request passes before anything else, and every answer last: an id, a host of ours, a line in the log,
//! headers that tell browsers what a page may not do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument;

use super::access::UPLOAD_BYTES_MAX;
use super::hosts::Hosts;
use super::limits::{Class, Places, Rates, Whose};
use super::serve::Ends;
use super::told::{ProblemPage, nowhere, shown, told};
use crate::clock;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// What a page may load and do: its own styles, scripts and pictures, and nothing of anybody else.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Said to browsers of a node that is reached by https, for a year.
const STRICT_TRANSPORT: &str = "max-age=31536000";
/// Bodies that are taken at a time, in KiB: two of the largest files, or 1,024 forms of 64 KiB and one file.
const ROOM_KIB: usize = 2 * UPLOAD_BYTES_MAX / 1_024;

/// Everything that the front needs to know.
pub(super) struct Front {
    pub(super) node: Node,
    pub(super) hosts: Hosts,
    pub(super) rates: Rates,
    pub(super) places: Arc<Places>,
    pub(super) page: ProblemPage,
    /// Whether the world reaches the node by https.
    pub(super) secure: bool,
    /// The largest body of any route.
    pub(super) body_max: usize,
    /// Method and path of every route.
    pub(super) routes: Vec<(&'static str, &'static str)>,
    room: Semaphore,
}

impl Front {
    pub(super) fn new(
        node: &Node,
        page: ProblemPage,
        routes: Vec<(&'static str, &'static str)>,
    ) -> Arc<Self> {
        let settings = node.settings();
        Arc::new(Self {
            node: node.clone(),
            hosts: Hosts::of(&settings.http),
            rates: Rates::new(settings.limits.requests_per_minute),
            places: Places::new(),
            page,
            secure: settings.http.public_url.starts_with("https://"),
            body_max: UPLOAD_BYTES_MAX,
            routes,
            room: Semaphore::new(ROOM_KIB),
        })
    }

    /// Room for a body that is to come.
    ///
    /// Errors   `busy`
    pub(super) fn room(
        &self,
        headers: &HeaderMap,
        max: usize,
    ) -> Result<SemaphorePermit<'_>, Problem> {
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let kib = announced.unwrap_or(max).min(max) / 1_024 + 1;
        self.room
            .try_acquire_many(u32::try_from(kib).unwrap_or(u32::MAX))
            .map_err(|_| {
                Problem::new(Code::Busy, "too many send something at this moment")
                    .hint("try again in a minute")
                    .retry_after(30)
            })
    }
}

/// What is known of every request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request's id, as it stands in the log, in the answer's header and in a problem's `instance`.
    pub id: String,
    /// Where it comes from.
    pub address: IpAddr,
    /// The host and port that it is for.
    pub host: String,
    /// Whether the world reaches this node by https.
    pub secure: bool,
}

impl Asked {
    /// What is known of this one.
    pub(super) fn of(parts: &Parts) -> Self {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self {
                id: String::new(),
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                host: String::new(),
                secure: false,
            })
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The way of every request.
pub(super) async fn pass(front: &Front, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id: String = clock::random::<8>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (mut parts, body) = request.into_parts();
    let (method, uri) = (parts.method.clone(), parts.uri.clone());
    let browser = parts.headers.get(header::USER_AGENT).cloned();
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let ends = parts.extensions.get::<Ends>().copied().unwrap_or(Ends {
        remote: here,
        local: here,
    });
    let span = tracing::info_span!("request", id);
    let mut answer = async {
        match front.hosts.check(&parts.uri, &parts.headers, &ends) {
            Ok(host) => {
                parts.extensions.insert(Asked {
                    id: id.clone(),
                    address: front.hosts.client(&parts.headers, &ends),
                    host,
                    secure: front.secure,
                });
                next.run(Request::from_parts(parts, body)).await
            }
            // No page of ours for a host that is not ours.
            Err(problem) => told(&problem, &id),
        }
    }
    .instrument(span.clone())
    .await;
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    secure(headers, front.secure);
    let path = logged(uri.path());
    let (status, milliseconds) = (answer.status().as_u16(), begun.elapsed().as_millis());
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(%method, path, status, milliseconds, "failed");
        } else {
            tracing::debug!(%method, path, status, milliseconds, ?browser, "answered");
        }
    });
    answer
}

/// A request's path as the log has it. A one-time link is a secret as long as nobody used it, also when using it failed:
/// whoever reads the log must not be able to.
fn logged(path: &str) -> &str {
    const LINK: &str = "/link/";
    match path.starts_with(LINK) {
        true => LINK,
        false => path,
    }
}

/// Says what browsers may not do with an answer.
fn secure(headers: &mut HeaderMap, https: bool) {
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        // With none at all a browser would not say either where a form comes from.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        (
            "permissions-policy",
            "geolocation=(), camera=(), microphone=()",
        ),
    ] {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(STRICT_TRANSPORT),
        );
    }
}

/// The answer at an address that there is not.
pub(super) async fn lost(front: &Front, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let asked = Asked::of(&parts);
    let class = if asked.address.is_loopback() {
        Class::Local
    } else {
        Class::Stranger
    };
    let problem = match front.rates.count(class, Whose::Address(asked.address)) {
        Ok(_) => nowhere(),
        Err(problem) => problem,
    };
    shown(front.page, &front.node, &parts, &problem, &asked.id)
}

#[cfg(test)]
mod tests {
    use super::logged;

    #[test]
    fn one_time_links_are_not_logged() {
        assert_eq!(logged("/link/tGVX0m3P"), "/link/");
        assert_eq!(logged("/links"), "/links");
        assert_eq!(logged("/records/1/proof"), "/records/1/proof");
    }
}
