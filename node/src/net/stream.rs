//! A stream to a peer, and how many a peer may have open at us.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use futures::{AsyncRead, AsyncWrite};

use super::frame::{Frames, Pace};

/// A stream of frames to or from a peer. Dropping it before [`Frames::finish`] resets it.
pub type Stream = Frames<Channel>;

/// The bytes under a [`Stream`].
#[derive(Debug)]
pub struct Channel {
    io: libp2p::Stream,
    /// Held as long as the stream lives, so that the peer's streams are counted.
    _seat: Option<Seat>,
    moved: Moved,
}

pub(super) fn outbound(io: libp2p::Stream, moved: Moved) -> Stream {
    let channel = Channel {
        io,
        _seat: None,
        moved,
    };
    Frames::new(channel, Pace::REQUEST)
}

pub(super) fn inbound(io: libp2p::Stream, seat: Seat, moved: Moved) -> Stream {
    let channel = Channel {
        io,
        _seat: Some(seat),
        moved,
    };
    Frames::new(channel, Pace::REQUEST)
}

/// Whether bytes moved on any stream of a connection since somebody last asked: then it lives, although its
/// ping may wait behind those bytes for longer than pings may take.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved(Arc<AtomicBool>);

impl Moved {
    fn note<T>(&self, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(done, Poll::Ready(Ok(_))) {
            self.0.store(true, Ordering::Relaxed);
        }
        done
    }

    /// Asks, and starts anew.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl AsyncRead for Channel {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.moved.note(Pin::new(&mut this.io).poll_read(cx, into))
    }
}

impl AsyncWrite for Channel {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.moved
            .note(Pin::new(&mut this.io).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_close(cx)
    }
}

/// The seats of one peer, over all its connections.
#[derive(Clone, Debug)]
pub(super) struct Seats {
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Seat(Arc<AtomicUsize>);

impl Seats {
    pub(super) fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
        }
    }

    /// A seat, unless all are taken.
    pub(super) fn take(&self) -> Option<Seat> {
        self.taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
                (taken < self.most).then_some(taken + 1)
            })
            .ok()
            .map(|_| Seat(Arc::clone(&self.taken)))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_its_stream_is_gone() {
        let seats = Seats::new(2);
        let first = seats.take().expect("free");
        let _second = seats.take().expect("free");
        assert!(seats.take().is_none());
        drop(first);
        assert!(seats.take().is_some());
    }
}
