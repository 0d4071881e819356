//! Webhooks: whom this node tells what changes, and how far each was told.
//!
//! Targets stand in `hooks.json` (0600: it holds their secrets); how far a target was told, what waits for it and what
//! was tried stands in a file of its own beside it, replaced after each round. Where a crash loses the last round, it is
//! told again, under the same delivery id.
//!
//! Limits   64 targets; 1,000 deliveries that wait for one; its last 200 tries

mod plan;
mod signature;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use erikti_protocol::id::OrgId;
use erikti_protocol::json::parse_within;
use erikti_protocol::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::files;
use crate::problem::{Code, Problem};

pub use plan::{Outcome, Progress, Stage, TRIES_MAX, Try, WAITING_MAX, Waiting};
pub use signature::signature;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "hooks.json";
/// The folder with how far each target was told.
const FOLDER_NAME: &str = "hooks";
/// Targets, at most: each is typed by a person, and costs a request a change.
pub const TARGETS_MAX: usize = 64;
/// Kinds that a target names, at most: there are two dozen.
pub const KINDS_MAX: usize = 32;
/// Bytes of an address.
pub const URL_BYTES_MAX: usize = 2_048;
/// Bytes of the file: targets of 4 KiB (address, secret, 32 kinds), twice over.
const FILE_BYTES_MAX: usize = TARGETS_MAX * 8 * 1024;
/// Bytes of a target's progress: 1,000 deliveries that wait and 200 tries, of 2 KiB each.
const PROGRESS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Depth of both files.
const DEPTH_MAX: usize = 6;

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What it is called here.
    pub id: String,
    /// Where it is told.
    pub url: String,
    /// What its messages are signed with.
    pub secret: String,
    /// Kinds of records it is told of; empty for all.
    pub kinds: Vec<String>,
    /// The organisation whose records it is told of; none for all.
    pub organisation: Option<OrgId>,
    /// Whether it may be on this machine.
    pub loopback: bool,
    /// It is told of changes after this number.
    pub from: u64,
    /// When it was added.
    pub added: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Targets {
    targets: Vec<Target>,
}

/// All targets of a node.
#[derive(Debug)]
pub struct Hooks {
    path: PathBuf,
    state: Mutex<State>,
    calls: Mutex<Calls>,
    /// Something is to be told, or the node stops.
    woken: Condvar,
}

#[derive(Debug)]
struct State {
    targets: Targets,
    progress: BTreeMap<String, Progress>,
}

/// How often somebody was called. Under a lock of its own: who calls must not wait for a disk.
#[derive(Debug, Default)]
struct Calls {
    count: u64,
    ended: bool,
}

impl Hooks {
    /// Reads the targets of a data folder.
    ///
    /// Errors   `config.invalid` when they cannot be read
    pub fn open(data: &Path) -> Result<Self, Problem> {
        let path = data.join(FILE_NAME);
        let targets: Targets = match fs::read(&path) {
            Ok(bytes) => read(&bytes, FILE_BYTES_MAX).ok_or_else(|| {
                let detail = format!("`{}` cannot be read", path.display());
                Problem::new(Code::ConfigInvalid, detail).hint("restore it from your backup")
            })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Targets::default(),
            Err(e) => return Err(Problem::internal("cannot read the webhooks", e)),
        };
        let mut progress = BTreeMap::new();
        for target in &targets.targets {
            let bytes = fs::read(progress_path(&path, &target.id)).unwrap_or_default();
            // One that is lost begins where the target was added: told twice rather than not at all.
            let known = read(&bytes, PROGRESS_BYTES_MAX).unwrap_or(Progress::new(target.from));
            progress.insert(target.id.clone(), known);
        }
        Ok(Self {
            path,
            state: Mutex::new(State { targets, progress }),
            calls: Mutex::default(),
            woken: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The targets.
    pub fn targets(&self) -> Vec<Target> {
        self.state().targets.targets.clone()
    }

    /// One target, and how far it was told.
    ///
    /// Errors   `hook.unknown`
    pub fn target(&self, id: &str) -> Result<(Target, Progress), Problem> {
        let state = self.state();
        let mut targets = state.targets.targets.iter();
        let target = targets.find(|target| target.id == id).cloned();
        let progress = state.progress.get(id).cloned();
        target.zip(progress).ok_or_else(|| unknown(id))
    }

    /// Adds a target, with an id and a secret that nobody can guess.
    ///
    /// Errors   `usage` when there are too many; `file.unwritable`
    pub fn add(&self, target: Target) -> Result<Target, Problem> {
        let mut state = self.state();
        if state.targets.targets.len() >= TARGETS_MAX {
            return Err(
                Problem::new(Code::Usage, "there are as many webhooks as may be")
                    .allowed(format!("at most {TARGETS_MAX}"))
                    .hint("remove one: erikti hook remove ID"),
            );
        }
        let mut next = state.targets.clone();
        next.targets.push(target.clone());
        self.write(&next)?;
        state.targets = next;
        let progress = Progress::new(target.from);
        state.progress.insert(target.id.clone(), progress);
        drop(state);
        self.wake();
        Ok(target)
    }

    /// Removes a target and all that is known of it.
    ///
    /// Errors   `hook.unknown`, `file.unwritable`
    pub fn remove(&self, id: &str) -> Result<(), Problem> {
        let mut state = self.state();
        let mut next = state.targets.clone();
        next.targets.retain(|target| target.id != id);
        if next == state.targets {
            return Err(unknown(id));
        }
        self.write(&next)?;
        state.targets = next;
        state.progress.remove(id);
        let _ = fs::remove_file(progress_path(&self.path, id));
        Ok(())
    }

    /// Changes how far a target was told, and writes it down.
    ///
    /// Errors   `hook.unknown` when it was removed; `file.unwritable`
    pub fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Progress) -> T,
    ) -> Result<T, Problem> {
        let mut state = self.state();
        let progress = state.progress.get_mut(id).ok_or_else(|| unknown(id))?;
        let changed = change(progress);
        let bytes = serde_json::to_vec(progress)
            .map_err(|e| Problem::internal("a webhook's progress cannot be written", e))?;
        let path = progress_path(&self.path, id);
        // Under the lock, so that nothing older is written over it. Not synced: a power cut tells something twice.
        files::make_folder(&self.path.with_file_name(FOLDER_NAME))?;
        files::replace_unsynced(&path, &bytes)?;
        Ok(changed)
    }

    /// How many deliveries wait, in all.
    pub fn waiting(&self) -> usize {
        let state = self.state();
        state
            .progress
            .values()
            .map(|known| known.waiting.len())
            .sum()
    }

    /// Wakes whoever delivers.
    pub fn wake(&self) {
        self.calls().count += 1;
        self.woken.notify_all();
    }

    /// Says that nothing more is delivered.
    pub fn end(&self) {
        self.calls().ended = true;
        self.woken.notify_all();
    }

    /// Waits until there may be something to deliver, at most so long; `None` when nothing more is.
    pub fn wait(&self, seen: u64, at_most: Duration) -> Option<u64> {
        let calls = self.calls();
        let (calls, _) = self
            .woken
            .wait_timeout_while(calls, at_most, |calls| calls.count == seen && !calls.ended)
            .unwrap_or_else(PoisonError::into_inner);
        (!calls.ended).then_some(calls.count)
    }

    fn write(&self, targets: &Targets) -> Result<(), Problem> {
        let text = serde_json::to_vec_pretty(targets)
            .map_err(|e| Problem::internal("the webhooks cannot be written", e))?;
        Ok(files::replace(&self.path, &text)?)
    }
}

/// An id and a secret for a new target.
pub fn fresh_names() -> (String, String) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    (hex(&clock::random::<6>()), hex(&clock::random::<32>()))
}

fn unknown(id: &str) -> Problem {
    Problem::new(Code::HookUnknown, format!("there is no webhook `{id}`"))
        .field("id")
        .found(id)
        .hint("see which there are: erikti hook list")
}

fn progress_path(hooks: &Path, id: &str) -> PathBuf {
    hooks.with_file_name(FOLDER_NAME).join(format!("{id}.json"))
}

fn read<T: DeserializeOwned>(bytes: &[u8], bytes_max: usize) -> Option<T> {
    let value = parse_within(bytes, DEPTH_MAX, bytes_max).ok()?;
    serde_json::from_value(value).ok()
}
