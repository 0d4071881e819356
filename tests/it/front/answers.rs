//! What answers are like whoever gives them: compressed or not, with one line on what they depend on, and whole even
//! when the program breaks down.

use erikti_node::front::{self, Routes};
use erikti_node::{http, web};
use erikti_tests::http::{Browser, administrator};
use erikti_tests::network::Member;
use tokio::sync::watch;

use super::node;

/// The values of a header that may stand in several lines.
fn lines(answer: &erikti_tests::http::Answer, name: &str) -> Vec<String> {
    let lines = answer.headers.iter().filter(|(of, _)| of == name);
    lines.map(|(_, value)| value.clone()).collect()
}

#[test]
fn pages_and_documents_are_compressed_for_who_takes_that_and_nothing_personal_is() {
    let member = node("Compressing");
    let plain = Browser::new(&member.pages);
    let browser = plain.clone().with("accept-encoding", "gzip");
    for path in ["/about", "/openapi.json", "/problems", "/assets/style.css"] {
        let (plain, packed) = (plain.clone().get(path), browser.clone().get(path));
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        // A page of a visitor has a word of theirs in its forms.
        if plain.header("cache-control") == Some("no-store") {
            continue;
        }
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert_eq!(packed.body[..2], [0x1f, 0x8b], "{path}");
        assert!(packed.body.len() * 2 < plain.body.len(), "{path}");
    }
    let packed = browser.clone().get("/openapi.json");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let small = { browser }.get("/livez");
    assert_eq!(small.header("content-encoding"), None, "too small to gain");
    let mut admin = administrator(&member).with("accept-encoding", "gzip");
    for path in ["/account", "/admin/members", "/about"] {
        let page = admin.get(path);
        assert_eq!((page.status, page.header("content-encoding")), (200, None));
    }
}

#[test]
fn events_are_not_compressed() {
    use std::io::{BufRead, BufReader, Write};
    let member = node("Streaming");
    let host = Browser::new(&member.pages).host().to_owned();
    let mut stream = std::net::TcpStream::connect(&host).expect("it listens");
    let ask = format!("GET /v1/events HTTP/1.1\r\nhost: {host}\r\naccept-encoding: gzip\r\n\r\n");
    stream.write_all(ask.as_bytes()).expect("sent");
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(head[0].starts_with("HTTP/1.1 200"), "{head:?}");
    assert!(!head.iter().any(|line| line.contains("gzip")), "{head:?}");
    assert!(
        lines.any(|line| line.starts_with("id: ")),
        "words, and at once"
    );
}

#[test]
fn what_an_answer_depends_on_is_said_in_one_line_each_name_once() {
    let member = node("Varying");
    let mut admin = administrator(&member);
    for accepted in ["gzip", "identity"] {
        let browser = Browser::new(&member.pages).with("accept-encoding", accepted);
        for path in [
            "/",
            "/about",
            "/network",
            "/signin",
            "/no-such-page",
            "/api",
            "/v1/records",
            "/rpde/sessions",
        ] {
            for answer in [browser.clone().get(path), admin.get(path)] {
                let vary = lines(&answer, "vary");
                assert!(vary.len() <= 1, "{path}: {vary:?}");
                let vary = vary.concat();
                let mut names: Vec<&str> = vary.split(',').map(str::trim).collect();
                names.sort_unstable();
                let all = names.len();
                names.dedup();
                assert_eq!(names.len(), all, "{path}: {vary}");
            }
        }
        let page = browser.clone().get("/about");
        for name in ["cookie", "accept-language"] {
            assert!(lines(&page, "vary").concat().contains(name), "{page:?}");
        }
        let list = browser.clone().get("/v1/records");
        assert!(lines(&list, "vary").concat().contains("authorization"));
    }
}

async fn breaks() -> &'static str {
    panic!("the secret of the handler")
}

/// A door whose routes for the news of the node and for the page about it break down.
async fn broken(member: &Member) -> (String, watch::Sender<bool>) {
    let without = |routes: Routes, path: &str| {
        assert!(routes.list().contains(&("GET", path)));
    };
    without(http::routes(), "/livez");
    without(web::routes(), "/about");
    let programs = Routes::new().get("/livez", breaks);
    let people = Routes::new()
        .get("/about", breaks)
        .get("/language/{tag}", || async { "well" });
    let app = front::open(programs, people, &member.node, web::refusal);
    let listener = front::listen("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(front::serve(listener, app, Vec::new(), stopped));
    (format!("http://{address}/"), stop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_breaks_down_is_a_problem_with_a_number_and_the_node_lives() {
    let member = Member::found("Breaking", &[]).await;
    let (pages, stop) = broken(&member).await;
    let asked = tokio::task::spawn_blocking(move || {
        for _ in 0..3 {
            let program = Browser::program(&pages, None).get("/livez");
            let problem = program.json();
            assert_eq!(
                (program.status, &problem["code"]),
                (500, &"internal".into())
            );
            let id = program.header("x-request-id").expect("a number");
            assert_eq!(problem["instance"], id);
            let page = Browser::new(&pages).get("/about");
            assert_eq!(page.status, 500);
            let kind = page.header("content-type").expect("a kind");
            assert!(kind.starts_with("text/html"), "{kind}");
            let id = page.header("x-request-id").expect("a number");
            assert!(page.text().contains(id), "the page says the number");
            for answer in [&program, &page] {
                assert!(!answer.text().contains("secret of the handler"));
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
            let well = Browser::new(&pages).get("/language/en");
            assert_eq!((well.status, well.text().as_str()), (200, "well"));
        }
    });
    asked.await.expect("all is as it should be");
    drop(stop);
    member.close().await;
}
