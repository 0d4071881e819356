//! A bound on the streams that a peer has open on one connection.
//!
//! yamux gives each of them a window of 256 KiB whether anybody reads it or not, its own bound on streams is
//! spent on keeping that window small ([`super::swarm`]), and libp2p keeps 256 of them waiting. So they are
//! counted here, and a peer that opens too many loses the connection.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures::{AsyncRead, AsyncWrite};
use libp2p::core::muxing::{StreamMuxer, StreamMuxerEvent};

/// Streams that a peer may have open on a connection. 32 are served, 32 more are told that we are busy, 32 are
/// saying what they are for, and the rest is for identify and ping: 128 × 256 KiB are 32 MiB.
pub(super) const INBOUND_MAX: usize = 128;

/// A muxer whose inbound streams are counted.
pub(super) struct Bounded<M: StreamMuxer> {
    inner: M,
    /// Opened by the peer and not yet taken.
    waiting: VecDeque<Counted<M::Substream>>,
    /// Its clones are the streams.
    open: Arc<()>,
    most: usize,
}

/// A stream that counts while it lives.
#[derive(Debug)]
pub(super) struct Counted<S> {
    stream: S,
    _open: Option<Arc<()>>,
}

impl<M: StreamMuxer> Bounded<M> {
    pub(super) fn new(inner: M, most: usize) -> Self {
        Self {
            inner,
            waiting: VecDeque::new(),
            open: Arc::default(),
            most,
        }
    }
}

impl<M> Bounded<M>
where
    M: StreamMuxer + Unpin,
    M::Error: Send + Sync + 'static,
{
    fn poll_waiting(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream =
            ready!(Pin::new(&mut self.inner).poll_inbound(cx)).map_err(io::Error::other)?;
        // One of the count is our own.
        if Arc::strong_count(&self.open) > self.most {
            return Poll::Ready(Err(io::Error::other("the peer opens too many streams")));
        }
        self.waiting.push_back(Counted {
            stream,
            _open: Some(Arc::clone(&self.open)),
        });
        Poll::Ready(Ok(()))
    }
}

impl<M> StreamMuxer for Bounded<M>
where
    M: StreamMuxer + Unpin,
    M::Substream: Unpin,
    M::Error: Send + Sync + 'static,
{
    type Substream = Counted<M::Substream>;
    type Error = io::Error;

    fn poll_inbound(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Self::Substream>> {
        let this = self.get_mut();
        loop {
            if let Some(stream) = this.waiting.pop_front() {
                return Poll::Ready(Ok(stream));
            }
            ready!(this.poll_waiting(cx))?;
        }
    }

    fn poll_outbound(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Self::Substream>> {
        let stream = ready!(Pin::new(&mut self.get_mut().inner).poll_outbound(cx));
        Poll::Ready(stream.map_err(io::Error::other).map(|stream| Counted {
            stream,
            _open: None,
        }))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner)
            .poll_close(cx)
            .map_err(io::Error::other)
    }

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
        let this = self.get_mut();
        // Taken over here, where they are counted, even while nobody asks for them.
        while let Poll::Ready(taken) = this.poll_waiting(cx) {
            taken?;
        }
        Pin::new(&mut this.inner).poll(cx).map_err(io::Error::other)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_close(cx)
    }
}
