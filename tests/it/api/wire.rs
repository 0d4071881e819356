//! One request at a time, byte for byte: what a library would tidy up on its way must arrive as it is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use erikti_node::accounts::{Accounts, NewPerson, Role, Scope};
pub(super) use erikti_tests::http::Answer;
use erikti_tests::process::Member;
use serde_json::Value;

/// How long an answer may take on a slow, shared machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes an administrator with a token of every scope, and a colleague, while the node does not run: token and both ids.
pub(super) fn administrator(member: &Member) -> (String, String, String) {
    let accounts = Accounts::open(&member.data()).expect("accounts");
    let now = erikti_node::clock::now();
    let link = accounts
        .first_link(now)
        .expect("written")
        .expect("the first one");
    let person = NewPerson {
        name: "aigerim".to_owned(),
        shown: "Aigerim".to_owned(),
        password: "a long sentence with birch and river".to_owned(),
    };
    let id = accounts.follow(&link, &person, now).expect("an account").id;
    let scopes = Scope::ALL.into_iter().collect();
    let token = accounts.make_token(&id, "tests", &scopes, 1, now);
    let link = accounts
        .invite("erlan", "Erlan", Role::Coordinator, 1, now)
        .expect("an invitation");
    let colleague = NewPerson {
        name: "erlan".to_owned(),
        ..person
    };
    let colleague = accounts
        .follow(&link, &colleague, now)
        .expect("an account")
        .id;
    accounts.flush().expect("written");
    (token.expect("a token"), id, colleague)
}

/// Through which door.
#[derive(Clone, Debug)]
pub(super) enum Door {
    /// Over TCP, as nobody in particular.
    World(String),
    /// Over TCP, for somebody who gave a token.
    Token(String, String),
    /// Through the socket of the machine's own user.
    Operator(std::path::PathBuf),
}

impl Door {
    pub(super) fn world(member: &Member) -> Self {
        let host = member.pages.trim_start_matches("http://");
        Self::World(host.trim_end_matches('/').to_owned())
    }

    pub(super) fn operator(member: &Member) -> Self {
        Self::Operator(member.data().join("control.sock"))
    }

    /// Whoever has this token.
    pub(super) fn token(member: &Member, token: &str) -> Self {
        let Self::World(host) = Self::world(member) else {
            unreachable!("the world is the world")
        };
        Self::Token(host, token.to_owned())
    }

    /// Sends a request and reads the whole answer.
    pub(super) fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let host = match self {
            Self::World(host) | Self::Token(host, _) => host,
            Self::Operator(_) => "erikti",
        };
        let bearer = match self {
            Self::Token(_, token) => format!("Authorization: Bearer {token}\r\n"),
            _ => String::new(),
        };
        let mut request =
            format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{bearer}");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method != "GET" {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        let mut answer = Vec::new();
        match self {
            Self::World(host) | Self::Token(host, _) => {
                let mut stream = TcpStream::connect(host).expect("the node listens");
                stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                // A node that refuses early may close before it has read everything.
                let _ = stream.write_all(&bytes);
                let _ = stream.read_to_end(&mut answer);
            }
            Self::Operator(path) => {
                let mut stream = UnixStream::connect(path).expect("the node listens");
                stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                let _ = stream.write_all(&bytes);
                let _ = stream.read_to_end(&mut answer);
            }
        }
        Answer::read(target, method, &answer)
            .unwrap_or_else(|| panic!("{method} {target}: no answer but {answer:?}"))
    }

    pub(super) fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], b"")
    }

    pub(super) fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut all = vec![("Content-Type", "application/json")];
        all.extend(headers);
        self.ask(method, target, &all, body.to_string().as_bytes())
    }

    pub(super) fn post(&self, target: &str, body: &Value) -> Answer {
        self.send("POST", target, &[], body)
    }
}
