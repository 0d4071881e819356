//! Paths and headers that mean harm: nothing but what is part of the program is ever served, and what the node says of
//! it stays one line.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use erikti_node::front::ACCESS;
use erikti_tests::hostile;
use erikti_tests::process::Member;
use serde_json::Value;

/// What stands in a file beside the data folder, and in no page.
const CANARY: &str = "the-canary-beside-the-data-folder";
/// An answer is over when nothing has come for so long.
const QUIET: Duration = Duration::from_secs(10);

fn ask(address: &str, path: &str, agent: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a node that listens");
    stream.set_read_timeout(Some(QUIET)).expect("a deadline");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n"
    );
    let mut answer = Vec::new();
    // A request so broken that the node hangs up at once is answered well too.
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Every byte but letters and digits as `%XX`.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        })
        .collect()
}

/// As it is, as far as a request's first line can hold it.
fn bare(text: &str) -> String {
    text.replace([' ', '\t'], "%20")
}

#[test]
fn no_path_reads_a_file() {
    let Some(strings) =
        hostile::lines("vectors/payloads/Directory Traversal/Intruder/directory_traversal.txt")
    else {
        return;
    };
    let mut member = Member::init("Careful", &[]);
    member.say("debug");
    member.start();
    let address = member
        .pages
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let canary = member.data().with_file_name("canary.txt");
    std::fs::write(&canary, CANARY).expect("a file beside the data folder");
    let settings = std::fs::read_to_string(member.data().join("erikti.toml")).expect("settings");
    let secret = settings.lines().next().expect("settings have lines");

    let wishes = [
        "canary.txt",
        "node/erikti.toml",
        "erikti.toml",
        "../canary.txt",
        "../../canary.txt",
    ];
    let own = wishes.iter().flat_map(|wish| {
        [
            format!("../{wish}"),
            format!("..\\{wish}"),
            format!("%2e%2e/{wish}"),
            canary.display().to_string(),
        ]
    });
    let strings: Vec<String> = strings.into_iter().chain(own).collect();
    let templates: Vec<&str> = ACCESS
        .iter()
        .filter(|row| row.method == "GET" && row.path.contains('{') && !row.path.contains("events"))
        .map(|row| row.path)
        .collect();
    assert!(templates.contains(&"/assets/{name}"));
    for (number, string) in strings.iter().enumerate() {
        let ways = [escaped(string), escaped(&escaped(string)), bare(string)];
        // Every string where files are served from, and all of them spread over the rest.
        for template in ["/assets/{name}", templates[number % templates.len()]] {
            for way in &ways {
                let (before, rest) = template.split_once('{').expect("a parameter");
                let after = rest.split_once('}').expect("a parameter ends").1;
                let path = format!("{before}{way}{}", after.replace(['{', '}', '*'], ""));
                let answer = ask(address, &path, "a\u{1b}[31mred\u{1b}[0m");
                assert!(!answer.contains(CANARY), "{path}: {answer}");
                assert!(!answer.contains(secret), "{path}: {answer}");
                assert!(!answer.contains("root:x:0:0"), "{path}: {answer}");
            }
        }
    }
    assert_lines(&member);
}

#[test]
fn what_a_stranger_sends_never_breaks_a_line_of_the_log_or_a_header() {
    let Some(strings) = hostile::strings() else {
        return;
    };
    let mut member = Member::init("Quiet", &[]);
    member.say("debug");
    member.start();
    let address = member
        .pages
        .trim_start_matches("http://")
        .trim_end_matches('/');
    for string in &strings {
        let line = string.replace(['\r', '\n'], " ");
        let answer = ask(address, &format!("/about?{}", escaped(string)), &line);
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        assert!(
            !head.to_lowercase().contains("crlf=injection"),
            "{string:?}: {head}"
        );
        let answer = ask(
            address,
            &format!("/language/ru?to={}", escaped(string)),
            "test",
        );
        let head = answer
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .to_lowercase();
        assert!(!head.contains("\nset-cookie: crlf"), "{string:?}: {head}");
        let leads = head
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        assert!(
            leads.is_none_or(|to| to.starts_with('/')
                && !to.starts_with("//")
                && !to.starts_with("/\\")),
            "{string:?} leads to {leads:?}"
        );
    }
    assert_lines(&member);
}

/// Whatever a node says is one line of JSON, without a control character.
#[track_caller]
fn assert_lines(member: &Member) {
    let log = member.log();
    for line in log.lines() {
        let event: Result<Value, _> = serde_json::from_str(line);
        assert!(event.is_ok_and(|event| event.is_object()), "{line:?}");
    }
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'));
}
