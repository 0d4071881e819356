//! Bad requests to every route, and a problem document each time.

use std::collections::BTreeSet;
use std::fs;

use erikti_node::front::{Access, row_of};
use erikti_node::http::operations::{self, Operation};
use erikti_tests::process::Member;
use erikti_tests::shared;

use super::wire::{Answer, Door};

/// What may stand in a path where a good value is wanted: as programs and thieves write it.
const GARBAGE: [&str; 12] = [
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
    "%ff%fe",
    "%F0%9F%92%A9",
    "..;%2f..;%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "-1",
    "0",
    "urn:uuid:",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%0d%0aSet-Cookie:%20a=b",
];

fn filled(operation: &Operation, value: &str) -> String {
    let parts: Vec<&str> = operation
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { value } else { part })
        .collect();
    parts.join("/")
}

fn good(operation: &Operation) -> String {
    filled(operation, "none")
}

/// A refusal that says what is wrong, and nothing of this machine.
fn refused(answer: &Answer, what: &str) -> String {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text()
    );
    let code = answer.problem();
    let text = answer.text();
    for secret in ["root:x:", "/tmp/", "panicked", "src/", ".rs:"] {
        assert!(!text.contains(secret), "{what}: {text}");
    }
    assert!(answer.header("set-cookie").is_none(), "{what}");
    code
}

#[test]
fn six_kinds_of_bad_request_to_every_route_are_six_problems() {
    let mut member = Member::init("Crawled", &[]);
    member.start();
    let mut asked = 0;
    for door in [Door::operator(&member), Door::world(&member)] {
        let stranger = matches!(door, Door::World(_));
        for operation in operations::all() {
            let at = format!("{} {}", operation.method, operation.path);
            let open = row_of(operation.method, operation.path)
                .is_some_and(|row| row.access == Access::Everybody);
            let closed = stranger && !open;
            let target = good(operation);
            let json = ("Content-Type", "application/json");

            // 1. A method that the address does not take.
            let methods: BTreeSet<&str> = operations::all()
                .filter(|other| other.path == operation.path)
                .map(|other| other.method)
                .collect();
            for method in ["DELETE", "PATCH", "BREW", "TRACE"] {
                let answer = door.ask(method, &target, &[], b"");
                let code = refused(&answer, &format!("{method} for {at}"));
                assert_eq!(
                    (answer.status, code.as_str()),
                    (405, "usage.method"),
                    "{at}"
                );
                let allow = answer.header("allow").expect("what is allowed");
                for method in &methods {
                    assert!(allow.contains(method), "{at}: {allow}");
                }
            }
            // 2. A body that is no JSON, or where none belongs.
            for body in [&b"{"[..], b"[1,", b"{\"a\":1,\"a\":2}", b"\xff\xfe", b"nul"] {
                let answer = door.ask(operation.method, &target, &[json], body);
                let code = refused(&answer, &at);
                assert!(closed || code == "usage", "{at}: {code} for {body:?}");
            }
            // 3. A body of another kind.
            if operation.body.is_some() {
                for kind in [
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "application/jsonx",
                    "",
                ] {
                    let answer =
                        door.ask(operation.method, &target, &[("Content-Type", kind)], b"{}");
                    let code = refused(&answer, &at);
                    assert!(
                        closed || (answer.status, code.as_str()) == (415, "usage.media_type"),
                        "{at}"
                    );
                }
            }
            // 4. More than is taken.
            let large = vec![
                b' ';
                row_of(operation.method, operation.path)
                    .expect("a row")
                    .body_max
                    + 1
            ];
            let answer = door.ask(operation.method, &target, &[json], &large);
            let code = refused(&answer, &at);
            assert!(
                closed || (answer.status, code.as_str()) == (413, "usage.size"),
                "{at}: {code}"
            );
            let long = format!("{target}?cursor={}", "a".repeat(8 * 1024));
            refused(&door.ask(operation.method, &long, &[], b""), &at);
            // 5. A query that nobody reads, and garbage in the path.
            let answer = door.ask(
                operation.method,
                &format!("{target}?no_such_name=1"),
                &[],
                b"",
            );
            let code = refused(&answer, &at);
            assert!(closed || code == "usage", "{at}: {code}");
            if operation.path.contains('{') {
                for garbage in GARBAGE {
                    let target = filled(operation, garbage);
                    let body: &[u8] = if operation.body.is_some() { b"{}" } else { b"" };
                    refused(&door.ask(operation.method, &target, &[json], body), &target);
                }
            }
            // 6. A token that is none.
            if stranger {
                for token in [
                    "Bearer",
                    "Bearer x",
                    "Basic YTpi",
                    "Bearer \u{e9}",
                    "bearer a b",
                ] {
                    let answer =
                        door.ask(operation.method, &target, &[("Authorization", token)], b"");
                    refused(&answer, &format!("{at} with `{token}`"));
                }
                if !open {
                    let answer = door.ask(operation.method, &target, &[], b"");
                    refused(&answer, &at);
                    assert!(
                        [401, 403].contains(&answer.status),
                        "{at}: {}",
                        answer.status
                    );
                }
            }
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
    let ready = Door::world(&member).get("/readyz");
    assert_eq!(ready.good()["ready"], true, "the node is as well as before");
}

#[test]
fn an_address_that_is_not_there_is_a_problem_too() {
    let mut member = Member::init("Nowhere", &[]);
    member.start();
    for door in [Door::operator(&member), Door::world(&member)] {
        for target in [
            "/v1",
            "/v1/",
            "/v1/no",
            "/v1/records/",
            "/log",
            "/v2/records",
            "//v1/records",
        ] {
            let answer = door.get(target);
            assert_eq!(
                (answer.status, refused(&answer, target).as_str()),
                (404, "usage.route"),
                "{target}"
            );
        }
    }
}

#[test]
fn no_spelling_of_a_path_leaves_what_is_served() {
    let Some(folder) = shared::path("vectors/payloads/Directory Traversal") else {
        return;
    };
    let mut spellings = BTreeSet::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the vectors").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                spellings.extend(text.lines().map(str::to_owned));
            }
        }
    }
    assert!(spellings.len() > 100, "{}", spellings.len());
    let mut member = Member::init("Traversed", &[]);
    member.start();
    let world = Door::world(&member);
    // As many as a minute allows, spread over the list; each at another place.
    let places = ["/v1/records/", "/logs/", "/v1/kinds/", "/assets/", "/"];
    let step = spellings.len().div_ceil(SPELLINGS_MAX);
    for (number, spelling) in spellings.iter().step_by(step).enumerate() {
        let as_is: String = spelling
            .bytes()
            .filter(|byte| byte.is_ascii_graphic())
            .map(char::from)
            .collect();
        let target = format!("{}{as_is}", places[number % places.len()]);
        let answer = world.get(&target);
        assert!(!answer.text().contains("root:x:"), "{target}");
        assert!(
            answer.status >= 400 || !target.contains(".."),
            "{target}: {}",
            answer.status
        );
    }
}

/// Spellings tried of each list: a connection each.
const SPELLINGS_MAX: usize = 400;
