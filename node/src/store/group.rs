//! Group commit: many callers, one write and one sync.
//!
//! The first caller that finds nobody writing leads: it takes what has gathered, writes and syncs it, tells each
//! caller its indices, and passes the lead on. Nobody waits for a clock.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::log::{Log, hold};
use super::{Frame, STORED_BYTES_MAX, StoreFault};

/// Bytes of stored records that may wait to be written: beyond, callers wait before they join.
const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Entries after which the frontier's file follows; fewer are found by scanning at the next start, in a millisecond.
const UNSETTLED_ENTRIES_MAX: u64 = 4096;

/// Callers who wait for one log.
#[derive(Debug, Default)]
pub(super) struct Group {
    queue: Mutex<Queue>,
    /// Signalled when a queue that was full has been taken.
    room: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    led: bool,
    batch: Batch,
    unsettled: u64,
}

/// What has gathered.
#[derive(Debug, Default)]
struct Batch {
    frames: Vec<(Frame<'static>, Range<usize>)>,
    bytes: Vec<u8>,
    callers: Vec<(usize, Arc<Seat>)>,
}

/// Where a caller waits.
#[derive(Debug, Default)]
struct Seat {
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Waiting,
    Leads,
    Done(Result<Range<u64>, StoreFault>),
}

impl Group {
    /// Appends frames and returns when they are durable.
    pub(super) fn publish(
        &self,
        log: &Log,
        frames: &[Frame<'_>],
    ) -> Result<Range<u64>, StoreFault> {
        for frame in frames {
            if frame.stored.len() > STORED_BYTES_MAX {
                return Err(StoreFault::TooLarge {
                    found: frame.stored.len(),
                    allowed: STORED_BYTES_MAX,
                });
            }
        }
        let seat = Arc::new(Seat::default());
        let mut queue = hold(&self.queue);
        while queue.batch.bytes.len() > WAITING_BYTES_MAX {
            queue = self
                .room
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        queue.batch.join(frames, &seat);
        let leads = !std::mem::replace(&mut queue.led, true);
        drop(queue);
        if leads {
            self.lead(log);
        }
        loop {
            let mut state = hold(&seat.state);
            while matches!(*state, State::Waiting) {
                state = seat
                    .called
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            match std::mem::take(&mut *state) {
                State::Done(outcome) => return outcome,
                State::Leads | State::Waiting => {
                    drop(state);
                    self.lead(log);
                }
            }
        }
    }

    /// Writes one batch, then passes the lead on.
    fn lead(&self, log: &Log) {
        // Others are about to join: with a fast disk, groups form only if they get the processor first.
        std::thread::yield_now();
        let batch = std::mem::take(&mut hold(&self.queue).batch);
        self.room.notify_all();
        let entries = batch.frames.len() as u64;
        batch.write(log);
        let mut queue = hold(&self.queue);
        queue.unsettled += entries;
        let due = queue.unsettled >= UNSETTLED_ENTRIES_MAX;
        if due {
            queue.unsettled = 0;
        }
        match queue.batch.callers.first() {
            Some((_, next)) => next.call(State::Leads),
            None => queue.led = false,
        }
        drop(queue);
        if due {
            // A failure poisons the journal, which the next caller hears of; these entries are durable.
            let _ = log.settle(false);
        }
    }
}

impl Batch {
    fn join(&mut self, frames: &[Frame<'_>], seat: &Arc<Seat>) {
        for frame in frames {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(frame.stored);
            let frame = Frame {
                stored: &[],
                ..*frame
            };
            self.frames.push((frame, start..self.bytes.len()));
        }
        self.callers.push((frames.len(), Arc::clone(seat)));
    }

    fn write(self, log: &Log) {
        let frames: Vec<Frame<'_>> = self
            .frames
            .iter()
            .map(|(frame, body)| Frame {
                stored: &self.bytes[body.clone()],
                ..*frame
            })
            .collect();
        let outcome = log
            .append(&frames)
            .and_then(|range| log.commit().map(|_| range));
        match outcome {
            Ok(range) => {
                let mut first = range.start;
                for (count, seat) in &self.callers {
                    let end = first + *count as u64;
                    seat.call(State::Done(Ok(first..end)));
                    first = end;
                }
            }
            Err(StoreFault::Poisoned) => {
                for (_, seat) in &self.callers {
                    seat.call(State::Done(Err(StoreFault::Poisoned)));
                }
            }
            Err(_) => {
                // Nothing was written: each caller hears what becomes of its own entries.
                let mut first = 0;
                for (count, seat) in &self.callers {
                    let own = &frames[first..first + count];
                    first += count;
                    let outcome = log
                        .append(own)
                        .and_then(|range| log.commit().map(|_| range));
                    seat.call(State::Done(outcome));
                }
            }
        }
    }
}

impl Seat {
    fn call(&self, state: State) {
        *hold(&self.state) = state;
        self.called.notify_one();
    }
}
