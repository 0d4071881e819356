//! One connection: how long it may say nothing, take over a request's head or body, or leave an answer unread.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};

/// How long a new connection may say nothing, and how long a request's head may take.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection may stay idle between two requests.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(60);
/// How long a body may take, beside the time that its bytes take at [`BODY_BYTES_PER_SECOND`].
pub(super) const BODY_TIME: Duration = Duration::from_secs(30);
/// The slowest that a body may come.
pub(super) const BODY_BYTES_PER_SECOND: u64 = 1_024;
/// How long the other side may take nothing of an answer.
pub(super) const UNREAD_TIME: Duration = Duration::from_secs(30);
/// How often it is looked whether a connection's time is over: it ends at most so much later.
const LOOK_TIME: Duration = Duration::from_secs(2);

/// What a connection is doing.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Connected, and nothing said yet.
    Silent,
    /// A request's head is on its way.
    Head,
    /// A request is being answered.
    Busy,
    /// Waiting for the next request.
    Idle,
}

/// One connection, as its watchman sees it.
#[derive(Debug)]
pub(super) struct Line {
    phase: Mutex<(Phase, Instant)>,
    unread: Mutex<Option<Instant>>,
    closed: Notify,
    streams: AtomicBool,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            phase: Mutex::new((Phase::Silent, Instant::now())),
            unread: Mutex::new(None),
            closed: Notify::new(),
            streams: AtomicBool::new(false),
        }
    }

    fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = (phase, Instant::now());
    }

    fn heard(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(phase.0, Phase::Silent | Phase::Idle) {
            *phase = (Phase::Head, Instant::now());
        }
    }

    /// A request's head is there.
    pub(super) fn asked(&self) {
        self.enter(Phase::Busy);
    }

    /// An answer goes on until somebody ends it.
    pub(super) fn streams(&self) {
        self.streams.store(true, Ordering::Relaxed);
    }

    /// Whether such an answer is on its way.
    pub(super) fn is_streaming(&self) -> bool {
        self.streams.load(Ordering::Relaxed)
    }

    /// Since when nothing is asked here, when nothing is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let (phase, since) = *self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(phase, Phase::Silent | Phase::Idle).then_some(since)
    }

    /// Ends the connection.
    pub(super) fn close(&self) {
        self.closed.notify_one();
    }

    /// Returns when the connection has to end.
    pub(super) async fn over(&self) {
        loop {
            let now = Instant::now();
            let deadline = self.deadline();
            if deadline.is_some_and(|deadline| deadline <= now) {
                return;
            }
            let look = now + LOOK_TIME;
            let next = deadline.map_or(look, |deadline| deadline.min(look));
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = self.closed.notified() => return,
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let unread = *self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = unread {
            return Some(since + UNREAD_TIME);
        }
        let (phase, since) = *self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        match phase {
            Phase::Silent | Phase::Head => Some(since + HEAD_TIME),
            Phase::Idle => Some(since + IDLE_TIME),
            Phase::Busy => None,
        }
    }

    fn wrote<T>(&self, written: &Poll<T>) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        *unread = match written {
            Poll::Pending => Some(unread.unwrap_or_else(Instant::now)),
            Poll::Ready(_) => None,
        };
    }
}

/// The bytes of a connection, watched.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    line: Arc<Line>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, line: Arc<Line>) -> Self {
        Self { stream, line }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.line.heard();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.line.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.line.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A request's body that does not come fast enough.
#[derive(Debug, thiserror::Error)]
#[error("the request's body came too slowly")]
pub(super) struct TooSlow;

/// A request's body with a bound on its time.
pub(super) struct Paced<B> {
    body: B,
    begun: Instant,
    received: u64,
    timer: Pin<Box<Sleep>>,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B) -> Self {
        let begun = Instant::now();
        Self {
            body,
            begun,
            received: 0,
            timer: Box::pin(tokio::time::sleep_until(begun + BODY_TIME)),
        }
    }
}

impl<B> HttpBody for Paced<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match frame {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.received += bytes as u64;
                let due = self.begun
                    + BODY_TIME
                    + Duration::from_secs(self.received / BODY_BYTES_PER_SECOND);
                self.timer.as_mut().reset(due);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(fault))) => Poll::Ready(Some(Err(fault.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.timer.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(TooSlow.into()))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body; the connection is idle when it is done with.
pub(super) struct Answered<B> {
    body: B,
    line: Arc<Line>,
}

impl<B> Answered<B> {
    pub(super) fn new(body: B, line: Arc<Line>) -> Self {
        Self { body, line }
    }
}

impl<B> Drop for Answered<B> {
    fn drop(&mut self) {
        self.line.enter(Phase::Idle);
    }
}

impl<B: HttpBody + Unpin> HttpBody for Answered<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
