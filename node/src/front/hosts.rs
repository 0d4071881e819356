//! For which hosts this node answers, and where a request comes from.
//!
//! A page elsewhere can give its own name the address of this machine and then ask us with a reader's browser; it
//! cannot change the name that it asks for.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header};

use super::serve::Ends;
use crate::config::Http;
use crate::problem::{Code, Problem};

/// Proxies one after the other whose word is followed, at most.
const PROXIES_IN_A_ROW_MAX: usize = 8;

/// What is known of hosts from the settings.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// Addresses that are listened on.
    listening: Vec<IpAddr>,
    /// Scheme, host and port of the public address, as an `Origin` header has them.
    public_origin: Option<String>,
    /// Its host and port.
    public_host: Option<String>,
    /// Whose word on where a request comes from is taken.
    proxies: Vec<IpAddr>,
}

impl Hosts {
    pub(super) fn of(http: &Http) -> Self {
        let public: Option<Uri> = http.public_url.parse().ok();
        let public_host = public
            .as_ref()
            .and_then(|url| url.authority())
            .map(|authority| authority.as_str().to_ascii_lowercase());
        let scheme = public.as_ref().and_then(Uri::scheme_str);
        Self {
            listening: http
                .listen
                .iter()
                .filter_map(|listen| Some(parts(listen)?.0.parse::<IpAddr>().ok()?.to_canonical()))
                // Listening everywhere is no name that anybody may call the node by.
                .filter(|address| !address.is_unspecified())
                .collect(),
            public_origin: scheme
                .zip(public_host.as_deref())
                .map(|(scheme, host)| format!("{scheme}://{host}")),
            public_host,
            proxies: proxies(http),
        }
    }

    /// The host that a request is for.
    ///
    /// Errors   `usage` when it names none or two; `host.foreign`
    pub(super) fn check(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        ends: &Ends,
    ) -> Result<String, Problem> {
        let mut named = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else {
            return Err(Problem::new(Code::Usage, "a request names one host")
                .field("host")
                .allowed("one header `host`"));
        };
        let host = host.to_str().unwrap_or_default().to_ascii_lowercase();
        let asked = uri
            .authority()
            .map_or(host.as_str(), |authority| authority.as_str());
        if self.is_ours(&host, ends) && (asked == host || self.is_ours(asked, ends)) {
            return Ok(host);
        }
        Err(
            Problem::new(Code::HostForeign, "this node does not answer for that host")
                .found(host)
                .hint("the node's operator names its address with `public_url` in erikti.toml"),
        )
    }

    fn is_ours(&self, host: &str, ends: &Ends) -> bool {
        let Some((name, _)) = parts(host) else {
            return false;
        };
        if let Ok(address) = name.parse::<IpAddr>() {
            let address = address.to_canonical();
            return address.is_loopback()
                || address == ends.local.ip().to_canonical()
                || self.listening.contains(&address);
        }
        let public = self.public_host.as_deref().and_then(parts);
        name == "localhost" || public.is_some_and(|(public, _)| public == name)
    }

    /// Whether an `Origin` is a page of ours: the host that was asked, or the public address.
    pub(super) fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        origin.strip_prefix("http://") == Some(host)
            || origin.strip_prefix("https://") == Some(host)
            || self.public_origin.as_deref() == Some(&origin)
    }

    /// Where a request comes from, as far as those tell whose word is taken.
    pub(super) fn client(&self, headers: &HeaderMap, ends: &Ends) -> IpAddr {
        let mut client = ends.remote.ip().to_canonical();
        let told = headers.get_all("x-forwarded-for");
        let told = told.iter().filter_map(|value| value.to_str().ok());
        let told: Vec<&str> = told.flat_map(|value| value.split(',')).collect();
        for address in told.iter().rev().take(PROXIES_IN_A_ROW_MAX) {
            if !self.proxies.contains(&client) {
                break;
            }
            let Ok(before) = address.trim().parse::<IpAddr>() else {
                break;
            };
            client = before.to_canonical();
        }
        client
    }
}

/// The proxies of the settings.
pub(super) fn proxies(http: &Http) -> Vec<IpAddr> {
    http.trusted_proxies
        .iter()
        .filter_map(|proxy| Some(proxy.parse::<IpAddr>().ok()?.to_canonical()))
        .collect()
}

/// Name and port of `name:port`; an IPv6 address without its brackets.
fn parts(host: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (name, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => is_port(port).then_some((name, Some(port))),
            None => rest.is_empty().then_some((name, None)),
        };
    }
    match host.split_once(':') {
        Some((name, port)) => is_port(port).then_some((name, Some(port))),
        None => Some((host, None)),
    }
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(public_url: &str, proxies: &[&str]) -> Http {
        Http {
            listen: vec!["192.0.2.7:80".to_owned(), "0.0.0.0:81".to_owned()],
            public_url: public_url.to_owned(),
            trusted_proxies: proxies.iter().map(ToString::to_string).collect(),
            metrics_listen: Vec::new(),
            feed_license: String::new(),
        }
    }

    fn ends(remote: &str) -> Ends {
        Ends {
            remote: format!("{remote}:5000").parse().expect("an address"),
            local: "198.51.100.1:81".parse().expect("an address"),
        }
    }

    #[test]
    fn hosts_are_ours_by_name_or_by_the_address_that_was_reached() {
        let hosts = Hosts::of(&http("https://Volunteers.Example.org:8443/", &[]));
        for ours in [
            "localhost",
            "localhost:7451",
            "127.0.0.1",
            "127.8.8.8:1",
            "[::1]:7451",
            "192.0.2.7",
            "198.51.100.1:81",
            "volunteers.example.org",
            "volunteers.example.org:8443",
        ] {
            assert!(hosts.is_ours(ours, &ends("203.0.113.1")), "{ours}");
        }
        for foreign in [
            "",
            "evil.example",
            "localhost.evil.example",
            "volunteers.example.org.",
            "203.0.113.9",
            "0.0.0.0",
            "localhost:",
            "localhost:http",
            "localhost:1:2",
            "[::1",
            "[::1]x",
            "127.0.0.1.nip.io",
            "2130706433",
            "volunteers.example.org:123456",
            "user@localhost",
            "localhost/",
        ] {
            assert!(!hosts.is_ours(foreign, &ends("203.0.113.1")), "{foreign}");
        }
    }

    #[test]
    fn only_a_proxy_that_is_trusted_says_who_asks() {
        let client = |proxies: &[&str], remote: &str, told: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", told.parse().expect("a header"));
            Hosts::of(&http("", proxies))
                .client(&headers, &ends(remote))
                .to_string()
        };
        assert_eq!(client(&[], "203.0.113.1", "198.51.100.9"), "203.0.113.1");
        assert_eq!(
            client(&["203.0.113.1"], "203.0.113.1", "198.51.100.9"),
            "198.51.100.9"
        );
        // What a client says itself stands before what the proxy saw.
        assert_eq!(
            client(&["203.0.113.1"], "203.0.113.1", "1.2.3.4, 198.51.100.9"),
            "198.51.100.9"
        );
        assert_eq!(
            client(
                &["203.0.113.1", "10.0.0.1"],
                "203.0.113.1",
                "5.6.7.8, 10.0.0.1"
            ),
            "5.6.7.8"
        );
        assert_eq!(
            client(&["203.0.113.1"], "203.0.113.1", "nonsense"),
            "203.0.113.1"
        );
        assert_eq!(client(&["203.0.113.1"], "203.0.113.1", ""), "203.0.113.1");
    }
}
