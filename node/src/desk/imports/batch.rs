//! One import, as it is kept: who brought which file, what became of it, what it changed.
//!
//! ```text
//! imports/<id>.json   the batch: replaced whole
//! imports/<id>.file   the file, until everything in it is done
//! imports/<id>.plan   lines of {"id", "before", "after"}: written and synced before the versions they name
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use erikti_protocol::id::RecordId;
use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::deeds::Actor;
use crate::files;
use crate::formats::Rejection;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The folder's name in the data folder.
pub const FOLDER: &str = "imports";
/// Imports that are remembered, at most: one a day for half a year. Each is some KiB, its plan 80 bytes a row.
pub const BATCHES_MAX: usize = 200;
/// Rejected rows that are kept with a batch: more nobody reads; the number is kept all the same.
pub const REJECTED_MAX: usize = 1_000;
/// How long an import can be undone.
pub const UNDO_HOURS: i64 = 24;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The file is here, nothing was decided.
    Staged,
    /// It is being carried out, or was when the node stopped.
    Running,
    /// It is done.
    Done,
    /// It is being undone, or was when the node stopped.
    Undoing,
    /// It was undone.
    Undone,
}

/// One import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// Who brought it.
    pub by: Actor,
    /// When it was brought, and when it was carried out last.
    pub at: Timestamp,
    /// The file's name, as its browser said.
    pub name: String,
    /// What the file is.
    pub format: String,
    /// How a table is read.
    pub map: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Rows read.
    pub read: usize,
    /// Things that were made.
    pub created: usize,
    /// Things that were changed.
    pub updated: usize,
    /// Things that said the same already.
    pub unchanged: usize,
    /// Rows that were refused, at most [`REJECTED_MAX`].
    pub rejected: Vec<Row>,
    /// How many were refused.
    pub rejected_count: usize,
    /// Columns that nothing was read from.
    pub ignored_columns: Vec<String>,
    /// Who undid it, and when.
    #[serde(default)]
    pub undone: Option<Undone>,
}

/// A refused row, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// Where it stands in the file.
    pub row: usize,
    /// The field.
    pub field: String,
    /// What was found.
    pub found: String,
    /// Why it cannot be.
    pub reason: String,
}

impl From<&Rejection> for Row {
    fn from(rejection: &Rejection) -> Self {
        Self {
            row: rejection.row,
            field: rejection.field.clone(),
            found: rejection.found.clone(),
            reason: rejection.reason.clone(),
        }
    }
}

/// How an import was undone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Undone {
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Things that are as they were before.
    pub restored: usize,
    /// Things that somebody had changed since, and that stay.
    pub kept: usize,
}

/// One thing that an import changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The thing.
    pub id: RecordId,
    /// Its version before; 0 when there was none.
    pub before: u64,
    /// Its version after.
    pub after: u64,
}

impl Batch {
    /// A batch for a file that was just brought.
    pub fn new(by: &Actor, name: &str, format: &str, map: Option<&str>) -> Self {
        let number = u64::from_be_bytes(clock::random());
        Self {
            id: format!("{number:016x}"),
            by: by.clone(),
            at: clock::now(),
            name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
            format: format.to_owned(),
            map: map.map(str::to_owned),
            state: State::Staged,
            read: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: Vec::new(),
            rejected_count: 0,
            ignored_columns: Vec::new(),
            undone: None,
        }
    }

    /// The name of its work in the background.
    pub fn job(&self) -> String {
        format!("import-{}", self.id)
    }

    /// Whether it was carried out or undone when the node stopped, and nothing goes on with it.
    pub fn interrupted(&self, node: &Node) -> bool {
        matches!(self.state, State::Running | State::Undoing)
            && node.jobs().find(&self.job()).is_none_or(|job| job.ended())
    }

    /// Whether it is being worked on.
    pub fn runs(&self, node: &Node) -> bool {
        matches!(self.state, State::Running | State::Undoing) && !self.interrupted(node)
    }

    /// Until when it can be undone.
    pub fn undo_until(&self) -> Timestamp {
        self.at.plus_seconds(UNDO_HOURS * 3_600)
    }

    /// Whether it can be undone now.
    pub fn can_be_undone(&self, node: &Node) -> bool {
        (self.state == State::Done || self.interrupted(node)) && clock::now() < self.undo_until()
    }

    /// Keeps it: on return it is on the disk.
    ///
    /// Errors   `file.unwritable`
    pub fn keep(&self, node: &Node) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(self).map_err(|e| Problem::internal("cannot write", e))?;
        Ok(files::replace(&path(node, &self.id, "json")?, &bytes)?)
    }

    /// Keeps the file.
    ///
    /// Errors   `file.unwritable`
    pub fn keep_file(&self, node: &Node, bytes: &[u8]) -> Result<(), Problem> {
        Ok(files::replace(&path(node, &self.id, "file")?, bytes)?)
    }

    /// The file, if it is still here.
    pub fn file(&self, node: &Node) -> Option<Vec<u8>> {
        fs::read(path(node, &self.id, "file").ok()?).ok()
    }

    /// Lets the file go.
    pub fn drop_file(&self, node: &Node) {
        if let Ok(path) = path(node, &self.id, "file") {
            // It is gone already when the node stopped just here before.
            let _ = fs::remove_file(path);
        }
    }

    /// Writes down what is about to be changed: on return it is on the disk.
    ///
    /// Errors   `file.unwritable`
    pub fn plan(&self, node: &Node, planned: &[Planned]) -> Result<(), Problem> {
        let path = path(node, &self.id, "plan")?;
        let mut lines = Vec::with_capacity(planned.len() * 96);
        for planned in planned {
            serde_json::to_writer(&mut lines, planned)
                .map_err(|e| Problem::internal("cannot write", e))?;
            lines.push(b'\n');
        }
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| {
                file.write_all(&lines)?;
                file.sync_all()
            })
            .map_err(|e| Problem::unwritable(&path, &e))
    }

    /// What was planned, in order; a torn last line was followed by nothing.
    pub fn planned(&self, node: &Node) -> Vec<Planned> {
        let Ok(file) = path(node, &self.id, "plan").and_then(|path| {
            File::open(&path).map_err(|e| Problem::internal("cannot read a plan", e))
        }) else {
            return Vec::new();
        };
        BufReader::new(file)
            .split(b'\n')
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_slice(&line).ok())
            .collect()
    }
}

/// Finds a batch.
///
/// Errors   `import.unknown`
pub fn find(node: &Node, id: &str) -> Result<Batch, Problem> {
    let unknown = || {
        Problem::new(Code::ImportUnknown, "there is no such import here")
            .field("import")
            .found(id)
    };
    if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let bytes = fs::read(path(node, id, "json")?).map_err(|_| unknown())?;
    serde_json::from_slice(&bytes).map_err(|_| unknown())
}

/// Every batch that is remembered, newest first.
///
/// Errors   `file.unwritable` when the folder cannot be made
pub fn all(node: &Node) -> Result<Vec<Batch>, Problem> {
    let mut batches: Vec<Batch> = fs::read_dir(folder(node)?)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "json"))
        .filter_map(|entry| serde_json::from_slice(&fs::read(entry.path()).ok()?).ok())
        .collect();
    batches.sort_by(|one, other| (other.at.seconds(), &other.id).cmp(&(one.at.seconds(), &one.id)));
    Ok(batches)
}

/// Forgets the oldest batches until there is room for one more; what can still be undone stays.
pub fn make_room(node: &Node) -> Result<(), Problem> {
    let batches = all(node)?;
    let too_many = (batches.len() + 1).saturating_sub(BATCHES_MAX);
    let old = batches.iter().rev().filter(|batch| {
        !batch.runs(node) && (batch.state == State::Staged || !batch.can_be_undone(node))
    });
    for batch in old.take(too_many) {
        for end in ["file", "plan", "json"] {
            let _ = fs::remove_file(path(node, &batch.id, end)?);
        }
    }
    Ok(())
}

fn folder(node: &Node) -> Result<PathBuf, Problem> {
    let folder = node.data().join(FOLDER);
    files::make_folder(&folder)?;
    Ok(folder)
}

fn path(node: &Node, id: &str, end: &str) -> Result<PathBuf, Problem> {
    Ok(folder(node)?.join(format!("{id}.{end}")))
}
