//! One request to the node: over `control.sock` when it runs, else to the same router in this process.

use std::path::{Path, PathBuf};

use axum::body::Body;
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;
use tower::ServiceExt;

use crate::node::Node;
use crate::problem::{Code, Problem};

/// Largest answer taken: an export of records is the largest there is.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A request, not yet sent.
#[derive(Debug)]
pub(super) struct Request {
    method: &'static str,
    path: String,
    body: Option<Value>,
}

impl Request {
    /// Asks for something.
    pub(super) fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            body: None,
        }
    }

    /// Changes something.
    pub(super) fn post(path: &str, body: Value) -> Self {
        Self {
            method: "POST",
            path: path.to_owned(),
            body: Some(body),
        }
    }

    /// Adds a query parameter.
    pub(super) fn query(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.path
            .push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(name);
        self.path.push('=');
        self.path.push_str(&segment(value.as_ref()));
        self
    }

    fn into_http(self) -> Result<axum::http::Request<Body>, Problem> {
        let body = self
            .body
            .map_or_else(Body::empty, |body| Body::from(body.to_string()));
        axum::http::Request::builder()
            .method(self.method)
            .uri(&self.path)
            .header("host", "erikti")
            .header("content-type", "application/json")
            .body(body)
            .map_err(|_| {
                Problem::new(
                    Code::Usage,
                    "an argument has characters that no request can carry",
                )
                .found(self.path)
            })
    }
}

/// Text as one part of an address, whatever characters it has.
pub(super) fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                segment.push(char::from(byte));
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}

/// The way to a node.
#[derive(Debug)]
pub(super) struct Control {
    data: PathBuf,
}

impl Control {
    /// The node of this data folder.
    pub(super) fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    /// Sends a request and waits for the answer.
    ///
    /// Errors   what the node says; `data.missing`, `data.locked` when there is no running node to ask
    pub(super) fn send(&self, request: Request) -> Result<Value, Problem> {
        let runtime = crate::run::runtime()?;
        runtime.block_on(async {
            let request = request.into_http()?;
            let socket = self.data.join("control.sock");
            let (status, bytes) = match UnixStream::connect(&socket).await {
                Ok(stream) => over_socket(stream, request).await?,
                Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                    return Err(Problem::new(
                        Code::NotAllowed,
                        format!("`{}` belongs to another user", self.data.display()),
                    )
                    .hint("run the command as the user that the node runs as"));
                }
                // Nobody listens (any more): this process may open the store itself.
                Err(_) => in_process(&self.data, request).await?,
            };
            let answer: Value = serde_json::from_slice(&bytes)
                .map_err(|e| Problem::internal("the node's answer is not JSON", e))?;
            if (200..300).contains(&status) {
                Ok(answer)
            } else {
                Err(serde_json::from_value(answer)
                    .unwrap_or_else(|e| Problem::internal("the node's error cannot be read", e)))
            }
        })
    }
}

async fn over_socket(
    stream: UnixStream,
    request: axum::http::Request<Body>,
) -> Result<(u16, Vec<u8>), Problem> {
    let lost = |e: &dyn std::fmt::Display| {
        Problem::new(
            Code::NodeUnreachable,
            format!("the node does not answer: {e}"),
        )
        .hint("see what it says where it runs, or start it again: erikti run")
    };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| lost(&e))?;
    let driver = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|e| lost(&e))?;
    let status = answer.status().as_u16();
    let bytes = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|e| lost(&e))?
        .to_bytes()
        .to_vec();
    driver.abort();
    Ok((status, bytes))
}

async fn in_process(
    data: &Path,
    request: axum::http::Request<Body>,
) -> Result<(u16, Vec<u8>), Problem> {
    let node = Node::open(data, &[])?;
    let answer = match crate::front::trusted(crate::http::router(node.clone()))
        .oneshot(request)
        .await
    {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let status = answer.status().as_u16();
    let bytes = answer
        .into_body()
        .collect()
        .await
        .map_err(|e| Problem::internal("the answer broke off", e))?
        .to_bytes()
        .to_vec();
    node.close();
    Ok((status, bytes))
}
