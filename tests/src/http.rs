//! A browser without a screen and without scripts, and a program with a token: requests over one connection each,
//! cookies kept, forms filled in as they stand on the page.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::process::Member;

/// How long an answer may take on a slow, shared machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// A password that nobody tries first.
pub const PASSWORD: &str = "жеті өлшеп бір кес";

/// Somebody who asks over HTTP.
#[derive(Clone, Debug)]
pub struct Browser {
    host: String,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Headers that every request has.
    pub headers: Vec<(String, String)>,
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The path that was asked for.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A form as it stands on a page, ready to be sent.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Whether it is sent in parts, as forms with files are.
    pub in_parts: bool,
    /// Names and values, in the order of the page.
    pub fields: Vec<(String, String)>,
}

impl Browser {
    /// A browser for a node's address: `http://127.0.0.1:1234/`.
    pub fn new(pages: &str) -> Self {
        let host = pages.trim_start_matches("http://").trim_end_matches('/');
        Self {
            host: host.to_owned(),
            cookies: BTreeMap::new(),
            headers: vec![
                ("accept".to_owned(), "text/html".to_owned()),
                ("user-agent".to_owned(), "tests".to_owned()),
            ],
        }
    }

    /// A program for a node's address, with a token or without one.
    pub fn program(pages: &str, token: Option<&str>) -> Self {
        let mut program = Self::new(pages);
        program.headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if let Some(token) = token {
            program
                .headers
                .push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        program
    }

    /// The same with one more header in every request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(of, _)| !of.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Host and port of the node.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Sends fields as a form does, whatever the page says.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &headers, body.join("&").as_bytes())
    }

    /// Sends a form of a page.
    pub fn submit(&mut self, form: &Form) -> Answer {
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if form.method == "get" {
            let query: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                .collect();
            return self.get(&format!("{}?{}", form.action, query.join("&")));
        }
        if !form.in_parts {
            return self.post(&form.action, &fields);
        }
        let files: [(&str, &str, &[u8]); 0] = [];
        self.submit_files(form, &files)
    }

    /// Sends a form of a page in parts, with files: field, name of the file, contents.
    pub fn submit_files(&mut self, form: &Form, files: &[(&str, &str, &[u8])]) -> Answer {
        const BOUNDARY: &str = "a-boundary-of-the-tests";
        let mut body = Vec::new();
        let is_file = |name: &str| files.iter().any(|(of, ..)| *of == name);
        for (name, value) in form.fields.iter().filter(|(name, _)| !is_file(name)) {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(head.as_bytes());
        }
        for (name, file, contents) in files {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(contents);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", &form.action, &[("content-type", &kind)], &body)
    }

    /// Goes where a redirect leads, as often as it does.
    ///
    /// Panics   when it goes round in circles, or elsewhere
    pub fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            if !(300..400).contains(&answer.status) {
                return answer;
            }
            let to = answer
                .header("location")
                .expect("a redirect says where to")
                .to_owned();
            assert!(to.starts_with('/'), "a redirect leads elsewhere: {to}");
            answer = self.get(&to);
        }
        panic!("redirects without an end at {}", answer.path);
    }

    /// Sends any request.
    ///
    /// Panics   when there is no answer within a minute
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let host = self
            .headers
            .iter()
            .chain(
                headers
                    .iter()
                    .map(|(n, v)| (n.to_string(), v.to_string()))
                    .collect::<Vec<_>>()
                    .iter(),
            )
            .any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !host {
            head.push_str(&format!("host: {}\r\n", self.host));
        }
        for (name, value) in &self.headers {
            if !headers.iter().any(|(of, _)| of.eq_ignore_ascii_case(name)) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            head.push_str(&format!("cookie: {}\r\n", pairs.join("; ")));
        }
        if !body.is_empty() || !matches!(method, "GET" | "HEAD") {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("connection: close\r\n\r\n");
        let mut stream = TcpStream::connect(&self.host).expect("the node listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time-out can be set");
        let mut sent = head.into_bytes();
        sent.extend_from_slice(body);
        // A node that refuses early does not read to the end.
        let _ = stream.write_all(&sent);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        let answer = Answer::read(path, method, &bytes)
            .unwrap_or_else(|| panic!("no answer to {method} {path}: {read:?}"));
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for (name, value) in &answer.headers {
            if name != "set-cookie" {
                continue;
            }
            let pair = value.split(';').next().unwrap_or_default();
            let (name, kept) = pair.split_once('=').unwrap_or((pair, ""));
            if value.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), kept.to_owned());
            }
        }
    }
}

impl Answer {
    /// Reads an answer's bytes.
    pub fn read(path: &str, method: &str, bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let body = &bytes[end + 4..];
        let chunked = headers
            .iter()
            .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = match (method, chunked) {
            ("HEAD", _) => Vec::new(),
            (_, true) => unchunked(body)?,
            (_, false) => body.to_vec(),
        };
        Some(Self {
            path: path.to_owned(),
            status,
            headers,
            body,
        })
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|(of, value)| (of == name).then_some(value.as_str()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// Panics   when it is none
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{} is no JSON ({e}): {}", self.path, self.text()))
    }

    /// The body as JSON, of an answer to what must go well.
    ///
    /// Panics   when it did not
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text()
        );
        self.json()
    }

    /// The problem's code, of an answer that is a whole problem document.
    ///
    /// Panics   when it is none
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{} {}",
            self.status,
            self.text()
        );
        let problem = self.json();
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(problem["status"], self.status, "{problem}");
        assert_eq!(
            text("type"),
            format!("/problems#{}", text("code")),
            "{problem}"
        );
        for name in ["code", "title", "detail"] {
            assert!(!text(name).is_empty(), "{name}: {problem}");
        }
        text("code")
    }

    /// The body as a page.
    pub fn html(&self) -> Html {
        Html::parse_document(&self.text())
    }

    /// The text of what a selector finds, each piece.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector written in a test");
        self.html()
            .select(&selector)
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    /// The form that is sent to an address.
    ///
    /// Panics   when there is none
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        self.forms()
            .into_iter()
            .find(|form| form.action == action)
            .unwrap_or_else(|| panic!("no form to {action} on {}: {}", self.path, self.text()))
    }

    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        let selector = Selector::parse("form").expect("a selector");
        let page = self.html();
        page.select(&selector)
            .map(|form| Form::read(form, &self.path))
            .collect()
    }
}

impl Form {
    fn read(form: ElementRef<'_>, here: &str) -> Self {
        let fields = Selector::parse("input, select, textarea").expect("a selector");
        let option = Selector::parse("option").expect("a selector");
        let mut read = Vec::new();
        for field in form.select(&fields) {
            let Some(name) = field.attr("name").filter(|name| !name.is_empty()) else {
                continue;
            };
            if field.attr("disabled").is_some() {
                continue;
            }
            let value = match field.value().name() {
                "select" => {
                    let chosen = field
                        .select(&option)
                        .find(|option| option.attr("selected").is_some())
                        .or_else(|| field.select(&option).next());
                    chosen.map(|option| {
                        let text = option.text().collect::<String>();
                        option.attr("value").map_or(text, str::to_owned)
                    })
                }
                "textarea" => Some(field.text().collect::<String>()),
                _ => match field.attr("type") {
                    Some("checkbox" | "radio") => field
                        .attr("checked")
                        .map(|_| field.attr("value").unwrap_or("on").to_owned()),
                    Some("submit" | "button") => None,
                    _ => Some(field.attr("value").unwrap_or_default().to_owned()),
                },
            };
            if let Some(value) = value {
                read.push((name.to_owned(), value));
            }
        }
        Self {
            action: form
                .attr("action")
                .filter(|action| !action.is_empty())
                .unwrap_or(here)
                .to_owned(),
            method: form.attr("method").unwrap_or("get").to_ascii_lowercase(),
            in_parts: form.attr("enctype") == Some("multipart/form-data"),
            fields: read,
        }
    }

    /// Fills in a field; one that is not on the page is added.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(of, _)| of == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Takes a field away, such as a box that is not ticked.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(of, _)| of != name);
        self
    }
}

/// Text as a part of an address or a form.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = bytes.windows(2).position(|end| end == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        bytes = bytes.get(end + 2..)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}

/// Follows a one-time link and chooses [`PASSWORD`]; the browser is signed in.
///
/// Panics   when the link is not good
pub fn follow_link(pages: &str, link: &str, name: &str) -> Browser {
    let mut browser = Browser::new(pages);
    let path = link
        .find("/link/")
        .map(|at| &link[at..])
        .expect("a link leads to /link/…");
    let page = browser.get(path);
    assert_eq!(page.status, 200, "{}", page.text());
    let form = page.form(path);
    let named = form
        .fields
        .iter()
        .any(|(field, value)| field == "name" && !value.is_empty());
    let form = if named { form } else { form.fill("name", name) };
    let answer = browser.submit(&form.fill("password", PASSWORD));
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser
}

/// Makes the first administrator of a running node: `admin`, with [`PASSWORD`].
///
/// Panics   when there is one already
pub fn administrator(member: &Member) -> Browser {
    follow_link(&member.pages, &member.first_administrator, "admin")
}

/// Makes an account of this role and name, with [`PASSWORD`], and signs it in.
///
/// Panics   when there is one of this name already
pub fn person(member: &Member, name: &str, role: &str) -> Browser {
    let invited = member.ask(&["user", "add", name, "--role", role]);
    let link = invited["link"].as_str().expect("an invitation has a link");
    follow_link(&member.pages, link, name)
}

/// Makes a token for a browser that is signed in; `scopes` of `read`, `publish`, `manage`.
///
/// Panics   when the account may not have these scopes
pub fn token(browser: &mut Browser, scopes: &[&str]) -> String {
    let mut form = browser.get("/account").form("/account/tokens");
    form = form.fill("label", "tests").without("read");
    for scope in scopes {
        form = form.fill(scope, "1");
    }
    let made = browser.submit(&form);
    assert_eq!(made.status, 200, "{}", made.text());
    made.texts("code")
        .into_iter()
        .find(|code| code.starts_with("erikti_"))
        .expect("the token is shown once")
}
