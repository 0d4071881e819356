//! Frames on a stream: a varint length, then so many bytes, and how long a peer may take over it.
//!
//! Nothing here knows what is inside a frame. A frame's size is judged before memory is taken for it, and
//! memory is taken as its bytes come.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use erikti_protocol::exchange::frame::{FRAME_BYTES_MAX, FrameFault, length as read_length};
use futures::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

/// Read ahead: a hello and its length in one piece; larger frames are read into their own place.
const AHEAD_BYTES: usize = 4 * 1024;
/// Gathered before a write: yamux sends pieces of this size, so a length never travels alone and
/// larger parts need no copy.
const GATHER_BYTES: usize = 16 * 1024;

/// How long a peer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// For everything on the stream from the moment the pace is set; `None` for streams that stay open.
    pub total: Option<Duration>,
    /// At least [`Pace::progress_bytes`] have to move in this time, or the frame be complete.
    pub progress_every: Duration,
    /// See [`Pace::progress_every`].
    pub progress_bytes: usize,
}

impl Pace {
    /// The first words of a connection.
    pub const HELLO: Self = Self {
        total: Some(Duration::from_secs(5)),
        ..Self::REQUEST
    };
    /// One request and its answer.
    pub const REQUEST: Self = Self {
        total: Some(Duration::from_secs(30)),
        progress_every: Duration::from_secs(15),
        progress_bytes: 16 * 1024,
    };
    /// A stream that stays open: waiting for a frame costs nothing, a frame once begun has to move.
    pub const STANDING: Self = Self {
        total: None,
        ..Self::REQUEST
    };
}

/// Why a stream of frames ended badly. The stream is of no further use.
#[derive(Debug, thiserror::Error)]
pub enum StreamFault {
    /// A length that no frame has, or a frame that was not to be.
    #[error(transparent)]
    Frame(#[from] FrameFault),
    /// A body that is not as long as its header says.
    #[error("a body of {found} bytes where {allowed} were announced")]
    Body {
        /// Bytes that came, or were about to.
        found: usize,
        /// What the header said.
        allowed: usize,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame, after {found} bytes")]
    Cut {
        /// Bytes of the frame that came, its length included.
        found: usize,
    },
    /// The peer took longer than the pace allows in all.
    #[error("the peer took longer than allowed")]
    Late,
    /// The peer moves fewer bytes than the pace demands.
    #[error("the peer moved {found} bytes where {allowed} are the least")]
    Slow {
        /// Bytes that moved.
        found: usize,
        /// The least.
        allowed: usize,
    },
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// A stream of frames over a channel of bytes.
#[derive(Debug)]
pub struct Frames<T> {
    channel: T,
    clock: Clock,
    /// Bytes read ahead: those from `taken` on are not yet used.
    ahead: Vec<u8>,
    taken: usize,
    /// The frame that is coming: how long it will be, how much of `body` is filled.
    coming: Option<usize>,
    filled: usize,
    body: Vec<u8>,
    gathered: Vec<u8>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Frames<T> {
    /// Wraps a channel; the pace's clock starts now.
    pub fn new(channel: T, pace: Pace) -> Self {
        Self {
            channel,
            clock: Clock::new(pace),
            ahead: Vec::new(),
            taken: 0,
            coming: None,
            filled: 0,
            body: Vec::new(),
            gathered: Vec::new(),
        }
    }

    /// Sets another pace and starts its clock.
    pub fn set_pace(&mut self, pace: Pace) {
        self.clock = Clock::new(pace);
    }

    /// Reads the next frame into `frame`, or says `false` where the peer has finished.
    ///
    /// Dropping the future loses nothing: the next call goes on where this one stood. The buffer that
    /// `frame` held is used for a later frame.
    ///
    /// Errors   [`StreamFault`]
    pub async fn read(&mut self, frame: &mut Vec<u8>) -> Result<bool, StreamFault> {
        if self.coming.is_none() && self.taken == self.ahead.len() {
            self.clock.begin();
        }
        let found = poll_fn(|cx| self.poll_frame(cx)).await?;
        if found {
            std::mem::swap(frame, &mut self.body);
            self.body.clear();
        }
        Ok(found)
    }

    /// Reads a body that was announced to have `length` bytes, in as many frames as it takes, into `body`.
    ///
    /// Errors   [`StreamFault::Body`], [`StreamFault`]
    pub async fn read_body(
        &mut self,
        length: usize,
        body: &mut Vec<u8>,
    ) -> Result<(), StreamFault> {
        body.clear();
        let mut frame = Vec::new();
        while body.len() < length {
            let more = self
                .read(if body.is_empty() { body } else { &mut frame })
                .await?;
            body.append(&mut frame);
            if !more || body.len() > length {
                return Err(StreamFault::Body {
                    found: body.len(),
                    allowed: length,
                });
            }
        }
        Ok(())
    }

    /// Writes one frame made of `parts`, for [`Frames::flush`] to send. Large parts are not copied.
    ///
    /// Dropping the future leaves half a frame: the stream is of no further use then.
    ///
    /// Errors   [`StreamFault::Frame`] before anything is written; [`StreamFault`]
    pub async fn write(&mut self, parts: &[&[u8]]) -> Result<(), StreamFault> {
        match parts.iter().map(|part| part.len()).sum() {
            0 => Err(FrameFault::Empty.into()),
            found if found > FRAME_BYTES_MAX => Err(FrameFault::TooLong {
                found: found as u64,
            }
            .into()),
            _ => self.write_body(parts).await,
        }
    }

    /// Writes a body of any length made of `parts`: frames that are full, except the last; none if it is empty.
    ///
    /// Errors   [`StreamFault`]
    pub async fn write_body(&mut self, parts: &[&[u8]]) -> Result<(), StreamFault> {
        let mut left: usize = parts.iter().map(|part| part.len()).sum();
        let mut frame_left = 0;
        self.clock.begin();
        for part in parts {
            let mut part = *part;
            while !part.is_empty() {
                if frame_left == 0 {
                    frame_left = left.min(FRAME_BYTES_MAX);
                    write_length(frame_left, &mut self.gathered);
                }
                let (now, later) = part.split_at(part.len().min(frame_left));
                self.gather(now).await?;
                frame_left -= now.len();
                left -= now.len();
                part = later;
            }
        }
        Ok(())
    }

    /// Sends what was written.
    ///
    /// Errors   [`StreamFault`]
    pub async fn flush(&mut self) -> Result<(), StreamFault> {
        self.clock.begin();
        self.send_gathered().await?;
        let (channel, clock) = (&mut self.channel, &mut self.clock);
        poll_fn(|cx| {
            let done = Pin::new(&mut *channel).poll_flush(cx);
            clock.watch(cx, done.map_ok(|()| 0))
        })
        .await
        .map(drop)
    }

    /// Writes one frame and sends it.
    ///
    /// Errors   as [`Frames::write`]
    pub async fn send(&mut self, parts: &[&[u8]]) -> Result<(), StreamFault> {
        self.write(parts).await?;
        self.flush().await
    }

    /// Sends what was written and says that nothing more comes; the peer's frames can still be read.
    ///
    /// Errors   [`StreamFault`]
    pub async fn finish(&mut self) -> Result<(), StreamFault> {
        self.clock.begin();
        self.send_gathered().await?;
        let (channel, clock) = (&mut self.channel, &mut self.clock);
        poll_fn(|cx| {
            let done = Pin::new(&mut *channel).poll_close(cx);
            clock.watch(cx, done.map_ok(|()| 0))
        })
        .await
        .map(drop)
    }

    /// Reads and throws away at most `most` bytes, until the peer has finished.
    ///
    /// Errors   [`StreamFault`]
    pub(super) async fn drain(&mut self, most: usize) -> Result<(), StreamFault> {
        let mut left = most;
        while left > 0 {
            self.clock.begin();
            self.taken = self.ahead.len();
            match poll_fn(|cx| self.poll_ahead(cx)).await? {
                0 => return Ok(()),
                found => left = left.saturating_sub(found),
            }
        }
        Ok(())
    }

    async fn gather(&mut self, mut part: &[u8]) -> Result<(), StreamFault> {
        while !part.is_empty() {
            if self.gathered.is_empty() && part.len() >= GATHER_BYTES {
                let whole = part.len() - part.len() % GATHER_BYTES;
                write_all(&mut self.channel, &mut self.clock, &part[..whole]).await?;
                part = &part[whole..];
                continue;
            }
            let room = GATHER_BYTES.saturating_sub(self.gathered.len());
            if room == 0 {
                self.send_gathered().await?;
                continue;
            }
            let (now, later) = part.split_at(room.min(part.len()));
            self.gathered.extend_from_slice(now);
            part = later;
        }
        Ok(())
    }

    async fn send_gathered(&mut self) -> Result<(), StreamFault> {
        if !self.gathered.is_empty() {
            write_all(&mut self.channel, &mut self.clock, &self.gathered).await?;
            self.gathered.clear();
        }
        Ok(())
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, StreamFault>> {
        loop {
            let Some(length) = self.coming else {
                match read_length(&self.ahead[self.taken..])? {
                    Some((length, used)) => {
                        self.taken += used;
                        self.begin_body(length);
                    }
                    None => {
                        self.clock.idle = self.taken == self.ahead.len();
                        if ready!(self.poll_ahead(cx))? == 0 {
                            return Poll::Ready(match self.ahead.len() - self.taken {
                                0 => Ok(false),
                                found => Err(StreamFault::Cut { found }),
                            });
                        }
                    }
                }
                continue;
            };
            if self.filled == length {
                self.coming = None;
                self.body.truncate(length);
                return Poll::Ready(Ok(true));
            }
            self.clock.idle = false;
            if self.filled == self.body.len() {
                // Memory grows with what has come, so that a length alone costs us nothing.
                let grown = length.min((self.filled * 2).max(GATHER_BYTES));
                self.body.resize(grown, 0);
            }
            let read = Pin::new(&mut self.channel).poll_read(cx, &mut self.body[self.filled..]);
            match ready!(self.clock.watch(cx, read))? {
                0 => return Poll::Ready(Err(StreamFault::Cut { found: self.filled })),
                found => self.filled += found,
            }
        }
    }

    fn begin_body(&mut self, length: usize) {
        let here = length.min(self.ahead.len() - self.taken);
        self.body.clear();
        self.body
            .extend_from_slice(&self.ahead[self.taken..self.taken + here]);
        self.taken += here;
        self.filled = here;
        self.coming = Some(length);
    }

    /// Reads more ahead and says how much, 0 at the end.
    fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, StreamFault>> {
        self.ahead.drain(..self.taken);
        self.taken = 0;
        let had = self.ahead.len();
        self.ahead.resize(AHEAD_BYTES, 0);
        let read = Pin::new(&mut self.channel).poll_read(cx, &mut self.ahead[had..]);
        let found = match &read {
            Poll::Ready(Ok(found)) => *found,
            _ => 0,
        };
        self.ahead.truncate(had + found);
        self.clock.watch(cx, read)
    }
}

async fn write_all<T: AsyncWrite + Unpin>(
    channel: &mut T,
    clock: &mut Clock,
    mut bytes: &[u8],
) -> Result<(), StreamFault> {
    while !bytes.is_empty() {
        let written = poll_fn(|cx| {
            let done = Pin::new(&mut *channel).poll_write(cx, bytes);
            clock.watch(cx, done)
        })
        .await?;
        if written == 0 {
            return Err(io::Error::from(io::ErrorKind::WriteZero).into());
        }
        bytes = &bytes[written..];
    }
    Ok(())
}

fn write_length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push(0x80 | (length & 0x7f) as u8);
        length >>= 7;
    }
    out.push(length as u8);
}

/// Watches one stream's pace. The timer is set only where something has to be waited for.
#[derive(Debug)]
struct Clock {
    pace: Pace,
    ends: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the timer is set for what is being waited for now.
    set: bool,
    moved: usize,
    /// No frame has begun: only `ends` counts on a stream that stays open.
    idle: bool,
}

impl Clock {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            ends: pace.total.map(|total| Instant::now() + total),
            timer: None,
            set: false,
            moved: 0,
            idle: false,
        }
    }

    /// Another frame, read or written, begins.
    fn begin(&mut self) {
        self.set = false;
        self.moved = 0;
        self.idle = false;
    }

    /// Passes a result on and, while there is none, decides whether the peer still has time.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<Result<usize, StreamFault>> {
        match result {
            Poll::Ready(Ok(moved)) => {
                self.moved += moved;
                Poll::Ready(Ok(moved))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
            Poll::Pending => self.poll_over(cx).map(Err),
        }
    }

    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<StreamFault> {
        let standing_idle = self.idle && self.ends.is_none();
        if standing_idle {
            return Poll::Pending;
        }
        loop {
            if !self.set {
                let progress = Instant::now() + self.pace.progress_every;
                let at = self.ends.map_or(progress, |ends| ends.min(progress));
                match &mut self.timer {
                    Some(timer) => timer.as_mut().reset(at),
                    None => self.timer = Some(Box::pin(sleep_until(at))),
                }
                self.set = true;
                self.moved = 0;
            }
            if let Some(timer) = &mut self.timer {
                ready!(timer.as_mut().poll(cx));
            }
            self.set = false;
            if self.ends.is_some_and(|ends| ends <= Instant::now()) {
                return Poll::Ready(StreamFault::Late);
            }
            if self.moved < self.pace.progress_bytes {
                return Poll::Ready(StreamFault::Slow {
                    found: self.moved,
                    allowed: self.pace.progress_bytes,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
