//! What runs in the background, and how far it is. Kept in memory: what must survive a crash is written by the work itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock;
use crate::problem::{Code, Problem};

/// Works that run at once, at most: each has a thread, and a person waits for it.
const RUNNING_MAX: usize = 8;
/// Works whose end is remembered, at most: some days of a busy office.
const REMEMBERED_MAX: usize = 256;

/// How far a work is.
#[derive(Debug)]
pub struct Progress {
    begun_ms: u64,
    done: AtomicU64,
    total: AtomicU64,
    ended: AtomicBool,
    outcome: Mutex<Option<Result<String, Problem>>>,
}

impl Progress {
    /// Says how much there is.
    pub fn expect(&self, total: usize) {
        self.total.store(total as u64, Ordering::Relaxed);
    }

    /// Says how much more is done.
    pub fn advance(&self, by: usize) {
        self.done.fetch_add(by as u64, Ordering::Relaxed);
    }

    /// How much is done.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// How much there is; 0 while that is not known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Whether it has ended.
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Done per second, since it began.
    pub fn rate(&self) -> u64 {
        let milliseconds = clock::milliseconds().saturating_sub(self.begun_ms).max(1);
        self.done().saturating_mul(1_000) / milliseconds
    }

    /// What came of it, once it has ended.
    pub fn outcome(&self) -> Option<Result<String, Problem>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn end(&self, outcome: Result<String, Problem>) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.ended.store(true, Ordering::Release);
    }
}

/// The works of one node, by name.
#[derive(Debug, Default)]
pub struct Jobs(Mutex<BTreeMap<String, Arc<Progress>>>);

impl Jobs {
    /// Runs a work on a thread of its own. The same name twice at once is one work.
    ///
    /// Errors   `busy` when too many run
    pub fn start(
        &self,
        name: &str,
        work: impl FnOnce(&Progress) -> Result<String, Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.get(name).is_some_and(|job| !job.ended()) {
            return Ok(());
        }
        let running = jobs.values().filter(|job| !job.ended()).count();
        if running >= RUNNING_MAX {
            return Err(Problem::new(
                Code::Busy,
                format!("{running} works run in the background already"),
            )
            .hint("wait until one of them has ended"));
        }
        if jobs.len() >= REMEMBERED_MAX {
            jobs.retain(|_, job| !job.ended());
        }
        let progress = Arc::new(Progress {
            begun_ms: clock::milliseconds(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            outcome: Mutex::new(None),
        });
        let working = Ending(Arc::clone(&progress));
        std::thread::Builder::new()
            .name(name.chars().take(15).collect())
            .spawn(move || {
                let outcome = work(&working.0);
                if let Err(problem) = &outcome {
                    tracing::error!(%problem, "work in the background failed");
                }
                working.0.end(outcome);
            })
            .map_err(|e| Problem::internal("cannot start a thread", e))?;
        jobs.insert(name.to_owned(), progress);
        Ok(())
    }

    /// A work that runs or has run since the start.
    pub fn find(&self, name: &str) -> Option<Arc<Progress>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }
}

/// Ends a work whose thread breaks off.
struct Ending(Arc<Progress>);

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.0.ended() {
            self.0
                .end(Err(Problem::new(Code::Internal, "the work broke off")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_work_says_how_far_it_is_and_what_came_of_it() {
        let jobs = Jobs::default();
        let (go, wait) = mpsc::channel::<()>();
        let (said, heard) = mpsc::channel();
        jobs.start("one", move |progress| {
            progress.expect(2);
            progress.advance(1);
            said.send(()).expect("somebody listens");
            wait.recv().expect("it is told to go on");
            progress.advance(1);
            Ok("both".to_owned())
        })
        .expect("there is room");
        heard.recv().expect("it works");
        let job = jobs.find("one").expect("it runs");
        assert_eq!((job.done(), job.total(), job.ended()), (1, 2, false));
        jobs.start("one", |_| panic!("the first one runs still"))
            .expect("it is the same work");
        go.send(()).expect("it waits");
        while !job.ended() {
            std::thread::yield_now();
        }
        assert_eq!(job.done(), 2);
        assert_eq!(
            job.outcome().map(|outcome| outcome.ok()),
            Some(Some("both".to_owned()))
        );
    }
}
