//! Requests that are not what they seem: two lengths, no host, lines folded, heads without an end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use erikti_tests::http::Browser;

use super::node;

/// What is sent: a name, bytes, and the statuses that each answer may have.
type Sent = (&'static str, Vec<u8>, &'static [&'static [u16]]);

/// Sends bytes and returns the statuses that come back until the connection ends or nothing more comes. Says that no
/// more is sent at once, or only after the first word of an answer: a server need not answer who has hung up.
fn statuses(host: &str, bytes: &[u8], at_once: bool) -> Vec<u16> {
    let mut stream = TcpStream::connect(host).expect("there is room");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time-out can be set");
    // Whoever refuses early does not read to the end.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    if !at_once {
        let mut begun = [0; 4096];
        let read = stream.read(&mut begun).unwrap_or(0);
        answer.extend_from_slice(&begun[..read]);
    }
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.match_indices("HTTP/1.1 ")
        .filter_map(|(at, start)| {
            text.get(at + start.len()..at + start.len() + 3)?
                .parse()
                .ok()
        })
        .collect()
}

#[test]
fn requests_that_could_be_read_in_two_ways_are_refused_or_read_once() {
    let member = node("Raw");
    let browser = Browser::new(&member.pages);
    let host = browser.host().to_owned();
    let get =
        |extra: &str| format!("GET /livez HTTP/1.1\r\nhost: {host}\r\n{extra}\r\n").into_bytes();
    let post = |extra: &str, body: &str| {
        format!("POST /signin HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n{extra}\r\n{body}").into_bytes()
    };
    let hidden = format!("GET /livez HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let long = "a".repeat(17 * 1024);
    let many: String = (0..70).map(|number| format!("x-{number}: 1\r\n")).collect();
    let just: String = (0..40).map(|number| format!("x-{number}: 1\r\n")).collect();
    let chunked = "transfer-encoding: chunked\r\n";
    let refused: &[&[u16]] = &[
        &[],
        &[400],
        &[431],
        &[414],
        &[413],
        &[501],
        &[505],
        &[421],
        &[403],
        &[415],
        &[408],
        &[405],
        &[404],
        &[422],
    ];
    let table: Vec<Sent> = vec![
        ("an honest request", get(""), &[&[200]]),
        ("headers enough", get(&just), &[&[200]]),
        (
            "two honest requests",
            [get(""), get("")].concat(),
            &[&[200, 200]],
        ),
        (
            "an honest head",
            format!("HEAD /livez HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[200]],
        ),
        (
            "no host",
            b"GET /livez HTTP/1.1\r\n\r\n".to_vec(),
            &[&[400]],
        ),
        ("two hosts", get("host: evil.example\r\n"), &[&[400]]),
        (
            "the same host twice",
            get(&format!("host: {host}\r\n")),
            &[&[400]],
        ),
        (
            "an empty host",
            b"GET /livez HTTP/1.1\r\nhost:\r\n\r\n".to_vec(),
            &[&[421], &[400]],
        ),
        (
            "a foreign host in the address",
            format!("GET http://evil.example/livez HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[421]],
        ),
        (
            "HTTP/1.0 without a host",
            b"GET /livez HTTP/1.0\r\n\r\n".to_vec(),
            &[&[], &[400]],
        ),
        ("HTTP/0.9", b"GET /livez\r\n\r\n".to_vec(), refused),
        (
            "HTTP/2 by force",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            refused,
        ),
        (
            "HTTP/9.9",
            format!("GET /livez HTTP/9.9\r\nhost: {host}\r\n\r\n").into_bytes(),
            refused,
        ),
        (
            "two lengths",
            post("content-length: 5\r\ncontent-length: 6\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "two lengths in one",
            post("content-length: 5, 6\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "a length with a sign",
            post("content-length: +6\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "a length below nothing",
            post("content-length: -6\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "a length in words",
            post("content-length: six\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "a length in hexadecimal",
            post("content-length: 0x6\r\n", "csrf=x"),
            &[&[400]],
        ),
        (
            "a length beyond all",
            post("content-length: 99999999999999999999999\r\n", "csrf=x"),
            &[&[400], &[413]],
        ),
        (
            "a length too large",
            post("content-length: 9999999999\r\n", "csrf=x"),
            &[&[413]],
        ),
        (
            "a length and chunks",
            post(
                &format!("content-length: 6\r\n{chunked}"),
                &format!("0\r\n\r\n{hidden}"),
            ),
            &[&[400], &[403]],
        ),
        (
            "chunks and a length",
            post(
                &format!("{chunked}content-length: 6\r\n"),
                &format!("0\r\n\r\n{hidden}"),
            ),
            &[&[400], &[403]],
        ),
        (
            "chunks and a request after them",
            post(chunked, &format!("0\r\n\r\n{hidden}")),
            &[&[400], &[403]],
        ),
        (
            "chunks twice",
            post(
                &format!("{chunked}{chunked}"),
                &format!("0\r\n\r\n{hidden}"),
            ),
            &[&[400], &[403]],
        ),
        (
            "chunks that are none",
            post("transfer-encoding: xchunked\r\n", &hidden),
            &[&[400], &[501]],
        ),
        (
            "chunks in disguise",
            post("transfer-encoding: chunked, identity\r\n", &hidden),
            &[&[400], &[501]],
        ),
        (
            "a space before the colon",
            post("transfer-encoding : chunked\r\n", "0\r\n\r\n"),
            &[&[400]],
        ),
        (
            "a chunk of another size",
            post(chunked, "5\r\nab\r\n0\r\n\r\n"),
            &[&[400], &[403]],
        ),
        (
            "a chunk with a sign",
            post(chunked, "+5\r\nabcde\r\n0\r\n\r\n"),
            &[&[400], &[403]],
        ),
        (
            "a chunk beyond all",
            post(chunked, "fffffffffffffffff\r\nabcde\r\n0\r\n\r\n"),
            &[&[400], &[403], &[413]],
        ),
        (
            "chunks in HTTP/1.0",
            format!("POST /signin HTTP/1.0\r\nhost: {host}\r\n{chunked}\r\n0\r\n\r\n").into_bytes(),
            &[&[], &[400]],
        ),
        ("a folded line", get("x-a: b\r\n c: d\r\n"), &[&[400]]),
        ("a line without a colon", get("nonsense\r\n"), &[&[400]]),
        ("a line without a name", get(": a\r\n"), &[&[400]]),
        ("a name with a space", get("x a: b\r\n"), &[&[400]]),
        ("a zero in a value", get("x-a: a\0b\r\n"), &[&[400]]),
        (
            "a return alone in a value",
            get("x-a: a\rb: c\r\n"),
            &[&[400]],
        ),
        (
            "a space in the address",
            format!("GET /livez /x HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[400]],
        ),
        (
            "bytes in the address",
            b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            &[&[400], &[404]],
        ),
        (
            "an address without a slash",
            format!("GET livez HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            refused,
        ),
        (
            "a method of its own",
            format!("SPLAT /livez HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[405]],
        ),
        (
            "TRACE",
            format!("TRACE /livez HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[405]],
        ),
        (
            "CONNECT",
            format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            refused,
        ),
        (
            "a header too long",
            get(&format!("x-long: {long}\r\n")),
            &[&[431], &[]],
        ),
        (
            "an address too long",
            format!("GET /{long} HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes(),
            &[&[431], &[414], &[]],
        ),
        ("too many headers", get(&many), &[&[431], &[]]),
        (
            "a greeting of TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            &[&[], &[400]],
        ),
        (
            "nothing but ends of lines",
            b"\r\n\r\n\r\n\r\n".to_vec(),
            &[&[], &[400]],
        ),
    ];
    assert!(table.len() >= 45);
    let wrong: Vec<_> = table
        .iter()
        .filter_map(|(what, bytes, allowed)| {
            let at_once = allowed.contains(&&[][..]);
            let found = statuses(&host, bytes, at_once);
            (!allowed.contains(&found.as_slice())).then(|| format!("{what}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
