//! What the operator decided about others: roots, partners, who is blocked, which invitations are out.
//!
//! One small JSON file, replaced as a whole and flushed before anything is answered. It is not in the log: it is
//! this node's own opinion.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::problem::{Code, Problem};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "members.json";
/// Partners, at most: each is dialled and keeps a connection.
pub const PARTNERS_MAX: usize = 1_024;
/// Invitations that are remembered, at most: used and expired ones go first.
pub const INVITATIONS_MAX: usize = 4_096;

/// Everything decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Organisations whose accreditations count here, beside those of the settings.
    pub roots: BTreeSet<OrgId>,
    /// Organisations that records are exchanged with directly.
    pub partners: BTreeMap<OrgId, Partner>,
    /// Organisations that nothing is exchanged with.
    pub blocked: BTreeSet<OrgId>,
    /// Invitations of this node, by the digest of their secret.
    pub invitations: BTreeMap<Hash, Issued>,
    /// Logs that contradict themselves, with the proof.
    pub frozen: BTreeMap<Origin, String>,
}

/// An organisation that records are exchanged with directly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// What it calls itself.
    pub name: String,
    /// Its log, as the invitation or its introduction named it.
    pub origin: Origin,
    /// Where its node is reached.
    pub addresses: Vec<String>,
    /// What it may do here on the strength of the invitation alone.
    pub role: String,
    /// Since when it is a partner.
    pub since: Timestamp,
    /// The invitation's link while it has not been redeemed with the other node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
}

/// An invitation of this node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// What it grants.
    pub role: String,
    /// When it stops being good.
    pub expires: Timestamp,
    /// Who used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_by: Option<OrgId>,
}

/// The file, and what stands in it.
#[derive(Debug)]
pub struct Members {
    path: PathBuf,
    decided: Mutex<Decided>,
}

impl Members {
    /// Reads the file of a data folder; without one nothing has been decided.
    ///
    /// Errors   `config.invalid` when it cannot be read: guessing could let in who was blocked
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(FILE_NAME);
        let decided = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| invalid(&path, &e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Decided::default(),
            Err(e) => return Err(invalid(&path, &e)),
        };
        Ok(Self {
            path,
            decided: Mutex::new(decided),
        })
    }

    /// What has been decided.
    pub fn decided(&self) -> Decided {
        self.decided
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Looks at what has been decided without copying it.
    pub fn look<T>(&self, look: impl FnOnce(&Decided) -> T) -> T {
        look(&self.decided.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Decides something: on return it is on the disk. An error of `change` leaves everything as it was.
    ///
    /// Errors   those of `change`; `file.unwritable`
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Decided) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = decided.clone();
        let made = change(&mut next)?;
        if next != *decided {
            write(&self.path, &next)?;
            *decided = next;
        }
        Ok(made)
    }
}

impl Decided {
    /// Keeps an invitation; the oldest used or expired ones make room.
    ///
    /// Errors   `busy` when all that are kept are still open
    pub fn issue(&mut self, secret: Hash, issued: Issued, now: Timestamp) -> Result<(), Problem> {
        if self.invitations.len() >= INVITATIONS_MAX {
            self.invitations
                .retain(|_, issued| issued.used_by.is_none() && issued.expires > now);
        }
        if self.invitations.len() >= INVITATIONS_MAX {
            return Err(Problem::new(
                Code::Busy,
                format!("{INVITATIONS_MAX} invitations are open"),
            )
            .hint("wait until some expire"));
        }
        self.invitations.insert(secret, issued);
        Ok(())
    }

    /// Makes an organisation a partner.
    ///
    /// Errors   `busy` when there are as many as can be
    pub fn add_partner(&mut self, organisation: OrgId, partner: Partner) -> Result<(), Problem> {
        if self.partners.len() >= PARTNERS_MAX && !self.partners.contains_key(&organisation) {
            return Err(Problem::new(
                Code::Busy,
                format!("there are {PARTNERS_MAX} partners already"),
            )
            .hint("erikti peer remove"));
        }
        self.blocked.remove(&organisation);
        self.partners.insert(organisation, partner);
        Ok(())
    }
}

/// Replaces the file: a crash leaves the old or the new one, never a mixture.
fn write(path: &Path, decided: &Decided) -> Result<(), Problem> {
    let unwritable = |e: &dyn std::fmt::Display| {
        Problem::new(
            Code::FileUnwritable,
            format!("cannot write `{}`: {e}", path.display()),
        )
    };
    let text = serde_json::to_vec_pretty(decided).map_err(|e| unwritable(&e))?;
    let fresh = path.with_extension("json.new");
    let folder = path.parent().unwrap_or(Path::new("."));
    File::create(&fresh)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, path))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|e| unwritable(&e))
}

fn invalid(path: &Path, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        Code::ConfigInvalid,
        format!("cannot read `{}`: {cause}", path.display()),
    )
    .hint("restore it from your backup")
}
