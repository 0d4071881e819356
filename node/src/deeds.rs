//! Who at this node did what, and when: people's own account of it, for this node alone.
//!
//! A file of lines of JSON, only ever appended to. It is not in the log: the log says which organisation speaks, and
//! which of its people pressed the button is nobody else's business.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::problem::{Code, Problem};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "deeds.jsonl";
/// Deeds of one list, at most: what a page shows.
pub const LIST_MAX: usize = 500;

/// Everything that can be noted; pages have words for each.
pub const KNOWN: &[&str] = &[
    "account.invite",
    "account.link",
    "account.password",
    "account.profile",
    "account.remove",
    "account.reset",
    "account.role",
    "account.session_end",
    "account.sessions_end",
    "account.token",
    "account.token_revoke",
    "accreditation.give",
    "accreditation.revoke",
    "hook.add",
    "hook.redeliver",
    "hook.remove",
    "import.run",
    "import.undo",
    "organisation.announce",
    "organisation.distrust",
    "organisation.trust",
    "peer.accept",
    "peer.block",
    "peer.invite",
    "peer.join",
    "peer.remove",
    "peer.unblock",
    "record.close-many",
    "record.create",
    "record.erase",
    "record.supersede",
    "store.rebuild",
    "store.verify",
];
/// Who works at the machine itself.
pub const OPERATOR: &str = "operator";
/// The node, which answers by itself what needs no person.
pub const NODE: &str = "node";

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account's name; `operator` for who works at the machine itself, `node` for what nobody had to do.
    pub name: String,
}

impl Actor {
    /// Whoever works at the machine itself.
    pub fn operator() -> Self {
        Self {
            name: OPERATOR.to_owned(),
        }
    }

    /// The node, which answers by itself what needs no person.
    pub fn node() -> Self {
        Self {
            name: NODE.to_owned(),
        }
    }
}

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What: a dotted code such as `record.create`.
    pub what: String,
    /// To what: a record's id, an organisation, an account.
    pub to: String,
    /// The version that came of it, for records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// The file.
#[derive(Debug)]
pub struct Deeds {
    path: PathBuf,
    file: Mutex<File>,
}

impl Deeds {
    /// Opens the file of a data folder, making it when there is none.
    ///
    /// Errors   `file.unwritable`
    pub fn open(data: &Path) -> Result<Self, Problem> {
        let path = data.join(FILE_NAME);
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(|e| Problem::unwritable(&path, &e))?;
        Ok(Self {
            path,
            file: Mutex::new(file),
        })
    }

    /// Notes what somebody did.
    ///
    /// Errors   `file.unwritable`
    pub fn note(
        &self,
        by: &Actor,
        what: &str,
        to: impl ToString,
        version: Option<u64>,
    ) -> Result<(), Problem> {
        debug_assert!(KNOWN.contains(&what), "pages have no words for `{what}`");
        let deed = Deed {
            at: clock::now(),
            by: by.clone(),
            what: what.to_owned(),
            to: to.to_string(),
            version,
        };
        let mut line =
            serde_json::to_vec(&deed).map_err(|e| Problem::internal("cannot write a deed", e))?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write: a line is there whole or, when the machine dies, not at all; a torn one is skipped when read.
        file.write_all(&line)
            .map_err(|e| Problem::unwritable(&self.path, &e))
    }

    /// The newest deeds that `matches` takes, newest first, at most [`LIST_MAX`].
    ///
    /// Errors   `file.unreadable`
    pub fn list(&self, matches: impl Fn(&Deed) -> bool) -> Result<Vec<Deed>, Problem> {
        let unreadable = |e: std::io::Error| {
            Problem::new(
                Code::FileUnreadable,
                format!("`{}` cannot be read: {e}", self.path.display()),
            )
        };
        let mut newest = std::collections::VecDeque::new();
        for line in BufReader::new(File::open(&self.path).map_err(unreadable)?).split(b'\n') {
            let Ok(deed) = serde_json::from_slice::<Deed>(&line.map_err(unreadable)?) else {
                continue;
            };
            if matches(&deed) {
                if newest.len() == LIST_MAX {
                    newest.pop_back();
                }
                newest.push_front(deed);
            }
        }
        Ok(newest.into())
    }
}
