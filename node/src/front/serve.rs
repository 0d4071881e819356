//! Listening and answering, with a bound on how many come and how long anybody may take.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::line::{Answered, Line, Paced, Watched};
use crate::accounts::neighbourhood;
use crate::problem::{Code, Problem};

/// Connections of one listener at a time: each may hold 16 KiB of a head and 64 KiB of a body, 80 MiB together.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Connections from one address elsewhere, or of IPv6 from one customer's network: a browser opens six, an office behind one address has some twenty people.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 128;
/// Bytes of a request's head.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Header lines of a request.
pub const HEADERS_MAX: usize = 64;
/// How long answers that are on their way have when the node stops.
const STOP_TIME: Duration = Duration::from_secs(5);
/// How long nobody is let in when the system has no more handles for sockets.
const PAUSE_TIME: Duration = Duration::from_millis(200);
/// What is said to whom there is no room for.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Both ends of the connection that a request came by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// The other side.
    pub(super) remote: SocketAddr,
    /// This side.
    pub(super) local: SocketAddr,
}

/// Listens for browsers and programs.
///
/// Errors   `config.invalid` when the address is taken or not this machine's
pub async fn listen(address: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|e| {
        Problem::new(
            Code::ConfigInvalid,
            format!("cannot listen on `{address}`: {e}"),
        )
        .field("http.listen")
        .found(address)
        .hint("choose another port, or 0 to let the system choose")
    })
}

/// Answers until told to stop.
///
/// `proxies`   addresses that many people come from
pub async fn serve(
    listener: TcpListener,
    app: Router,
    proxies: Vec<IpAddr>,
    mut stopped: watch::Receiver<bool>,
) {
    let lines = Arc::new(Lines::default());
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, remote)) => {
                let address = remote.ip().to_canonical();
                let crowded = !address.is_loopback() && !proxies.contains(&address);
                match lines.enter(neighbourhood(address), crowded) {
                    Some(place) => {
                        let answering =
                            connection(stream, remote, app.clone(), place, stopped.clone());
                        tasks.spawn(answering);
                    }
                    None => refuse(stream),
                }
            }
            Err(fault) => {
                tracing::warn!(%fault, "a connection could not be taken");
                tokio::time::sleep(PAUSE_TIME).await;
            }
        }
    }
    drop(listener);
    let finish = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_TIME, finish).await.is_err() {
        tracing::info!("answers on their way were broken off");
    }
}

/// Says that there is no room, without waiting for anybody.
fn refuse(mut stream: TcpStream) {
    tokio::spawn(async move {
        // Whoever does not listen is not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(NO_ROOM)).await;
    });
}

async fn connection(
    stream: TcpStream,
    remote: SocketAddr,
    app: Router,
    place: Place,
    mut stopped: watch::Receiver<bool>,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // An answer's end is not to wait for the other side's word on its beginning.
    let _ = stream.set_nodelay(true);
    let line = Arc::clone(&place.line);
    let answering = service_fn(|mut request: Request<Incoming>| {
        let (app, line) = (app.clone(), Arc::clone(&line));
        line.asked();
        request.extensions_mut().insert(Ends { remote, local });
        async move {
            // Where a request ends is then a matter of opinion between us and a proxy: nothing may follow it.
            let last = request.headers().contains_key(header::TRANSFER_ENCODING);
            let Ok(mut answer) = app
                .oneshot(request.map(|body| Body::new(Paced::new(body))))
                .await;
            if last {
                answer
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            if is_stream(&answer) {
                line.streams();
            }
            Ok::<_, Infallible>(answer.map(|body| Answered::new(body, line)))
        }
    });
    let watched = TokioIo::new(Watched::new(stream, Arc::clone(&line)));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        // The line's own watch knows silence from idleness.
        .header_read_timeout(None)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(watched, answering);
    tokio::pin!(serving);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = serving.as_mut() => {
                if let Err(fault) = ended {
                    tracing::debug!(%fault, "a connection broke off");
                }
                return;
            }
            () = line.over() => return,
            _ = stopped.wait_for(|stopped| *stopped), if !stopping => {
                if line.is_streaming() {
                    return;
                }
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

fn is_stream(answer: &Response<Body>) -> bool {
    answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// The connections of one listener.
#[derive(Debug, Default)]
struct Lines {
    open: Mutex<(u64, Open)>,
}

/// Open connections by number, each with where it comes from.
type Open = HashMap<u64, (IpAddr, Arc<Line>)>;

/// A connection's place among the others; free again when dropped.
struct Place {
    line: Arc<Line>,
    number: u64,
    lines: Arc<Lines>,
}

impl Lines {
    /// Finds room; whoever has been idle for longest makes some.
    fn enter(self: &Arc<Self>, address: IpAddr, crowded: bool) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, lines) = &mut *open;
        if crowded {
            let neighbours = lines.values().filter(|(of, _)| *of == address).count();
            if neighbours >= CONNECTIONS_PER_ADDRESS_MAX {
                return None;
            }
        }
        if lines.len() >= CONNECTIONS_MAX {
            let idle = lines
                .iter()
                .filter_map(|(number, (_, line))| Some((line.idle_since()?, *number)))
                .min();
            let (_, number) = idle?;
            if let Some((_, line)) = lines.remove(&number) {
                line.close();
            }
        }
        *next += 1;
        let line = Arc::new(Line::new());
        lines.insert(*next, (address, Arc::clone(&line)));
        Some(Place {
            line,
            number: *next,
            lines: Arc::clone(self),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lines
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .remove(&self.number);
    }
}

/// Answers on a socket of this machine until told to stop.
///
/// Errors   what the socket says
pub async fn serve_socket(
    listener: UnixListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_has_a_bound_however_many_addresses_they_have() {
        let lines = Arc::new(Lines::default());
        let from = |network: u16, host: u16| {
            let address = format!("2001:db8:0:{network:x}::{host:x}");
            neighbourhood(address.parse().expect("an address"))
        };
        let hosts = 0..u16::try_from(CONNECTIONS_PER_ADDRESS_MAX).expect("a hundred");
        let held: Vec<_> = hosts.map(|host| lines.enter(from(1, host), true)).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(lines.enter(from(1, 9_999), true).is_none());
        assert!(lines.enter(from(2, 0), true).is_some());
        drop(held);
        assert!(lines.enter(from(1, 9_999), true).is_some());
    }

    #[test]
    fn whoever_is_idle_for_longest_makes_room_and_nobody_who_is_answered_does() {
        let lines = Arc::new(Lines::default());
        let customer = |last| neighbourhood(std::net::Ipv4Addr::new(203, 0, 113, last).into());
        let mut places: Vec<Place> = (0..CONNECTIONS_MAX)
            .map(|_| lines.enter(customer(1), false).expect("there is room"))
            .collect();
        for place in &places[1..] {
            place.line.asked();
        }
        let newcomer = lines.enter(customer(2), true).expect("the idle one goes");
        newcomer.line.asked();
        assert_eq!(lines.open.lock().expect("whole").1.len(), CONNECTIONS_MAX);
        assert!(lines.enter(customer(3), true).is_none(), "all are answered");
        // The one that was closed for another gives no second place.
        places.remove(0);
        assert!(lines.enter(customer(3), true).is_none());
        places.remove(0);
        assert!(lines.enter(customer(3), true).is_some());
    }
}
