//! Where the node does not go, whoever asks it to.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use erikti_node::fetch::{FetchFault, Fetcher, Lookup, Reach};

/// Addresses that are refused before any name is looked up.
const REFUSED: &[&str] = &[
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "example.org",
    "",
    "https://",
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://0.0.0.0/",
    "https://0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://router/",
    "https://user@example.org/",
    "https://user:word@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org\\@127.0.0.1/",
    "https://example.org:22/",
    "https://example.org:25/",
    "https://example.org:80/",
    "https://example.org:0/",
    "https://example.org/\r\nhost: inner",
    "https://exämple.org/",
    "https://example.org/ space",
];

fn counting(answers: Vec<Vec<&'static str>>) -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup = move |_: &str, port: u16| {
        let at = count.fetch_add(1, Ordering::Relaxed);
        let answer = answers.get(at.min(answers.len() - 1));
        let addresses = answer.into_iter().flatten();
        let address = |ip: &&str| SocketAddr::new(ip.parse().expect("an address"), port);
        Ok(addresses.map(address).collect())
    };
    (Arc::new(lookup), asked)
}

/// A port of this machine that somebody listens on, who must never be asked.
fn trap() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("no waiting");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

#[test]
fn inner_addresses_in_any_spelling_are_refused_before_a_name_is_looked_up() {
    let (listener, port) = trap();
    let (lookup, asked) = counting(vec![vec!["127.0.0.1"]]);
    let fetcher = Fetcher::with_lookup(Reach::Internet, Some(lookup));
    let own = [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://localhost:{port}/"),
    ];
    let table = REFUSED
        .iter()
        .copied()
        .chain(own.iter().map(String::as_str));
    for url in table {
        let fault = fetcher.get(url, 1).expect_err(url);
        assert!(
            matches!(fault, FetchFault::Refused { .. } | FetchFault::Inner { .. }),
            "{url}: {fault}"
        );
        assert!(fetcher.post(url, &[], b"", 1).is_err(), "{url}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0, "names were looked up");
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn a_name_with_one_inner_answer_is_not_asked() {
    let (listener, port) = trap();
    let url = format!("https://feeds.example.org:{port}/");
    for answer in [
        vec!["127.0.0.1"],
        vec!["93.184.215.14", "127.0.0.1"],
        vec!["10.0.0.1", "93.184.215.14"],
        vec!["::ffff:127.0.0.1"],
        vec!["64:ff9b::7f00:1"],
        vec!["169.254.169.254"],
        vec!["fd00:ec2::254"],
    ] {
        let (lookup, asked) = counting(vec![answer.clone()]);
        let fetcher = Fetcher::with_lookup(Reach::Internet, Some(lookup));
        let fault = fetcher.get(&url, 1).expect_err("refused");
        assert!(
            matches!(fault, FetchFault::Inner { .. }),
            "{answer:?}: {fault}"
        );
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{answer:?}");
    }
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn a_name_that_changes_its_answer_is_judged_at_each_question() {
    let (listener, port) = trap();
    // 240.0.0.0/4 would be refused; this one is good, and nobody answers there within the test: the second does.
    let (lookup, asked) = counting(vec![vec!["127.0.0.1"], vec!["10.0.0.1"], vec!["127.0.0.1"]]);
    let fetcher = Fetcher::with_lookup(Reach::Internet, Some(lookup));
    let url = format!("https://rebinding.example.org:{port}/");
    for turn in 1..=3 {
        let fault = fetcher.get(&url, 1).expect_err("refused");
        assert!(matches!(fault, FetchFault::Inner { .. }), "{fault}");
        assert_eq!(asked.load(Ordering::Relaxed), turn, "one look a question");
    }
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn a_redirect_is_not_followed_and_a_long_answer_not_read() {
    use std::io::{Read, Write};
    let answer = |text: String| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("asked once");
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(text.as_bytes());
        });
        (port, server)
    };
    let fetcher = Fetcher::new(Reach::Loopback);
    let (listener, trapped) = trap();
    let (port, server) = answer(format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{trapped}/\r\ncontent-length: 0\r\n\r\n"
    ));
    let fault = fetcher.get(&format!("http://127.0.0.1:{port}/"), 100);
    assert_eq!(fault, Err(FetchFault::Status(302)));
    server.join().expect("it answered");
    assert!(listener.accept().is_err(), "the redirect was followed");
    let (port, server) = answer(format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\n{}",
        "x".repeat(200)
    ));
    let fault = fetcher.get(&format!("http://127.0.0.1:{port}/"), 100);
    assert!(matches!(fault, Err(FetchFault::TooLong(_))), "{fault:?}");
    server.join().expect("it answered");
}
