//! Clients that connect and then say nothing, or stop in the middle: they are closed, and nobody else waits for them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use erikti_tests::process::Member;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many there are.
const CLIENTS: usize = 500;
/// From how many addresses they come.
const ADDRESSES: usize = 50;
/// When the last of them must be gone.
const GONE_AFTER: Duration = Duration::from_secs(40);
/// Pages read meanwhile.
const PAGES: usize = 60;
/// What half of them, and any of them, may take on a slow, shared machine.
const PAGE_MEDIAN_MAX: Duration = Duration::from_millis(100);
const PAGE_MAX: Duration = Duration::from_secs(2);

/// How far a client gets before it falls silent.
const BEGINNINGS: [&str; 4] = [
    "",
    "G",
    "GET /about HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/",
    "POST /v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
];

#[tokio::test]
async fn silent_clients_are_closed_while_pages_stay_fast() {
    let mut member = Member::init("Patient", &[]);
    member.start();
    let address = member
        .pages
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();

    let mut silent = JoinSet::new();
    let begun = Instant::now();
    for number in 0..CLIENTS {
        let beginning = BEGINNINGS[number % BEGINNINGS.len()];
        let mut stream = from_elsewhere(number, &address).await;
        stream
            .write_all(beginning.as_bytes())
            .await
            .expect("the first bytes are taken");
        silent.spawn(async move {
            let mut answer = Vec::new();
            // An answer may come before the end, and the end may be a reset; either way it is over.
            let over = timeout(GONE_AFTER, stream.read_to_end(&mut answer)).await;
            over.is_ok().then(|| begun.elapsed())
        });
    }

    let mut times = Vec::new();
    for _ in 0..PAGES {
        let asked = Instant::now();
        let page = timeout(PAGE_MAX, page(&address)).await;
        assert!(
            page.is_ok_and(|page| page.starts_with("HTTP/1.1 200")),
            "no page while {} clients are silent",
            silent.len()
        );
        times.push(asked.elapsed());
    }
    times.sort();
    let median = times[times.len() / 2];
    assert!(
        median <= PAGE_MEDIAN_MAX,
        "half of the pages took {median:?}: {times:?}"
    );

    while let Some(closed) = silent.join_next().await {
        let closed = closed.expect("a client of the test");
        assert!(
            closed.is_some_and(|after| after <= GONE_AFTER),
            "still open after {GONE_AFTER:?}"
        );
    }
}

/// A connection from one of many addresses of this machine, as many clients have many.
async fn from_elsewhere(number: usize, address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    let from = Ipv4Addr::new(127, 0, 1, (number % ADDRESSES) as u8 + 1);
    socket
        .bind(SocketAddr::from((from, 0)))
        .expect("every address of the loopback is ours");
    let to = address.parse().expect("an address");
    socket.connect(to).await.expect("a node that listens")
}

async fn page(address: &str) -> String {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("a node that listens");
    let request = format!("GET /about HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request is taken");
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .expect("an answer comes");
    String::from_utf8_lossy(&answer).into_owned()
}
