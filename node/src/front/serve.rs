//! Listening and answering, with a bound on how long anybody may take.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;

use crate::problem::{Code, Problem};

/// The media type of a [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// Listens for browsers and programs.
///
/// Errors   `config.invalid` when the address is taken or not this machine's
pub async fn listen(address: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|e| {
        Problem::new(
            Code::ConfigInvalid,
            format!("cannot listen on `{address}`: {e}"),
        )
        .field("http.listen")
        .found(address)
        .hint("choose another port, or 0 to let the system choose")
    })
}

/// Answers until told to stop.
pub async fn serve(listener: TcpListener, app: Router, mut stopped: watch::Receiver<bool>) {
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(fault) = axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await
    {
        tracing::error!(%fault, "a listener for browsers closed");
    }
}

/// Answers on a socket of this machine until told to stop.
///
/// Errors   what the socket says
pub async fn serve_socket(
    listener: UnixListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (
            status,
            [(header::CONTENT_TYPE, PROBLEM_TYPE)],
            self.document().to_string(),
        )
            .into_response()
    }
}
