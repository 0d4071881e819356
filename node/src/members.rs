//! What the operator decided about others: roots, partners, who is blocked, which invitations are out.
//!
//! One small JSON file, replaced as a whole and flushed before anything is answered. It is not in the log: it is
//! this node's own opinion.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::json::parse_within;
use erikti_protocol::kind::Role;
use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::problem::{Code, Problem};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "members.json";
/// Partners, at most: each is dialled and keeps a connection.
pub const PARTNERS_MAX: usize = 1_024;
/// Invitations that are remembered, at most: used and expired ones go first.
pub const INVITATIONS_MAX: usize = 4_096;
/// Roots, at most: as many as the settings take, since an operator has to look after them.
pub const ROOTS_MAX: usize = 64;
/// Blocked organisations, at most: each is typed by a person.
pub const BLOCKED_MAX: usize = 4_096;
/// Logs known to contradict themselves, at most: a proof each, and no network has as many members.
pub const FROZEN_MAX: usize = 4_096;
/// Bytes of the file, at most: 1,024 partners with 16 addresses of 256 bytes, a name of 200 characters and a pending link
/// of 2 KiB (8 MiB), 4,096 invitations of 300 bytes (1.2 MiB), 4,096 proofs of 8 KiB (32 MiB), and room for their escapes.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Depth of the file: object, partners, partner, addresses, text.
const FILE_DEPTH_MAX: usize = 5;

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
    /// Why, for those of whom somebody said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub block_reasons: BTreeMap<OrgId, String>,
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
            Ok(bytes) => read(&bytes).map_err(|cause| invalid(&path, &cause))?,
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
    /// Whether everything is within its bounds, or what is not.
    fn check(&self) -> Result<(), String> {
        for (what, found, allowed) in [
            ("roots", self.roots.len(), ROOTS_MAX),
            ("partners", self.partners.len(), PARTNERS_MAX),
            ("blocked", self.blocked.len(), BLOCKED_MAX),
            ("invitations", self.invitations.len(), INVITATIONS_MAX),
            ("frozen", self.frozen.len(), FROZEN_MAX),
        ] {
            if found > allowed {
                return Err(format!(
                    "`{what}` has {found}, at most {allowed} are allowed"
                ));
            }
        }
        let roles = self.partners.values().map(|partner| &partner.role);
        let granted = self.invitations.values().map(|issued| &issued.role);
        match roles
            .chain(granted)
            .find(|role| Role::parse(role).is_none())
        {
            Some(role) => Err(format!("`{role}` is no role")),
            None => Ok(()),
        }
    }

    /// Makes an organisation a root.
    ///
    /// Errors   `busy` when there are as many as can be
    pub fn trust(&mut self, organisation: OrgId) -> Result<(), Problem> {
        if self.roots.len() >= ROOTS_MAX && !self.roots.contains(&organisation) {
            return Err(
                Problem::new(Code::Busy, format!("there are {ROOTS_MAX} roots already"))
                    .hint("trust those who accredit the others, and not each of them"),
            );
        }
        self.roots.insert(organisation);
        Ok(())
    }

    /// Cuts an organisation off.
    ///
    /// Errors   `busy` when there are as many as can be
    pub fn block(&mut self, organisation: OrgId) -> Result<(), Problem> {
        if self.blocked.len() >= BLOCKED_MAX && !self.blocked.contains(&organisation) {
            return Err(Problem::new(
                Code::Busy,
                format!("{BLOCKED_MAX} organisations are blocked already"),
            )
            .hint("lift a block: erikti peer remove"));
        }
        self.blocked.insert(organisation);
        Ok(())
    }

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
            .hint("end another partnership first: erikti peer remove"));
        }
        self.blocked.remove(&organisation);
        self.partners.insert(organisation, partner);
        Ok(())
    }
}

/// Reads the file's text as strictly as every text: a name that stands twice is refused, like one that is unknown.
fn read(bytes: &[u8]) -> Result<Decided, String> {
    let value =
        parse_within(bytes, FILE_DEPTH_MAX, FILE_BYTES_MAX).map_err(|fault| fault.to_string())?;
    let decided: Decided = serde_json::from_value(value).map_err(|e| e.to_string())?;
    decided.check()?;
    Ok(decided)
}

fn write(path: &Path, decided: &Decided) -> Result<(), Problem> {
    let text = serde_json::to_vec_pretty(decided)
        .map_err(|e| Problem::internal("what was decided cannot be written", e))?;
    // Only its owner may read it: pending invitations are secrets.
    Ok(files::replace(path, &text)?)
}

fn invalid(path: &Path, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        Code::ConfigInvalid,
        format!("cannot read `{}`: {cause}", path.display()),
    )
    .hint("restore it from your backup: without it the node would forget who is blocked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use erikti_protocol::key::SecretKey;
    use std::os::unix::fs::PermissionsExt;

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("erikti-members-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).expect("a fresh folder");
            Self(path)
        }

        fn refused(&self, text: &str) -> String {
            fs::write(self.0.join(FILE_NAME), text).expect("the test's own file");
            let problem = Members::open(&self.0).expect_err("this must be refused");
            assert_eq!(problem.code, Code::ConfigInvalid);
            problem.detail.clone()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn organisation(number: usize) -> OrgId {
        OrgId::from_founding(Hash::of(&number.to_be_bytes()))
    }

    fn partner() -> Partner {
        let key = SecretKey::from_seed(&[7; 32]).public();
        Partner {
            name: "Ерікті".to_owned(),
            origin: Origin::new("test", &key).expect("`test` names a network"),
            addresses: vec!["/ip4/127.0.0.1/tcp/1".to_owned()],
            role: "host".to_owned(),
            since: time("2026-01-01T00:00:00Z"),
            pending: None,
        }
    }

    fn issued(expires: &str) -> Issued {
        Issued {
            role: "host".to_owned(),
            expires: time(expires),
            used_by: None,
        }
    }

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time written here")
    }

    #[test]
    fn decisions_are_on_the_disk_when_they_are_made() {
        let folder = Folder::new("kept");
        let members = Members::open(&folder.0).expect("nothing was decided yet");
        assert_eq!(members.decided(), Decided::default());
        members
            .change(|decided| {
                decided.trust(organisation(1))?;
                decided.block(organisation(2))?;
                decided.add_partner(organisation(3), partner())
            })
            .expect("it can be written");
        let again = Members::open(&folder.0).expect("what was written");
        assert_eq!(again.decided(), members.decided());
        let mode = fs::metadata(folder.0.join(FILE_NAME))
            .expect("written")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!folder.0.join("members.json.new").exists());
    }

    #[test]
    fn a_refused_change_leaves_everything_as_it_was() {
        let folder = Folder::new("refused");
        let members = Members::open(&folder.0).expect("nothing was decided yet");
        members
            .change(|decided| decided.trust(organisation(1)))
            .expect("it can be written");
        let before = fs::read(folder.0.join(FILE_NAME)).expect("written");
        let refused = members.change(|decided| {
            decided.block(organisation(1))?;
            Err::<(), _>(Problem::new(Code::Busy, "no"))
        });
        assert_eq!(refused.map_err(|problem| problem.code), Err(Code::Busy));
        assert!(members.look(|decided| decided.blocked.is_empty()));
        assert_eq!(
            fs::read(folder.0.join(FILE_NAME)).expect("still there"),
            before
        );
    }

    #[test]
    fn what_a_crash_left_of_the_next_file_is_ignored_and_replaced() {
        let folder = Folder::new("crash");
        let members = Members::open(&folder.0).expect("nothing was decided yet");
        members
            .change(|decided| decided.trust(organisation(1)))
            .expect("it can be written");
        fs::write(folder.0.join("members.json.new"), "{\"roots\": [").expect("the test's own file");
        let members = Members::open(&folder.0).expect("the old file is whole");
        assert!(members.look(|decided| decided.roots.contains(&organisation(1))));
        members
            .change(|decided| decided.trust(organisation(2)))
            .expect("it can be written");
        let again = Members::open(&folder.0).expect("the new file is whole");
        assert_eq!(again.look(|decided| decided.roots.len()), 2);
    }

    #[test]
    fn a_file_that_is_not_exactly_ours_is_refused() {
        let folder = Folder::new("strict");
        let empty = r#""partners": {}, "blocked": [], "invitations": {}, "frozen": {}"#;
        assert!(
            folder
                .refused(&format!(r#"{{"roots": [], "rots": [], {empty}}}"#))
                .contains("rots")
        );
        assert!(
            folder
                .refused(&format!(r#"{{"roots": [], "roots": [], {empty}}}"#))
                .contains("roots")
        );
        assert!(folder.refused(&format!("{{{empty}}}")).contains("roots"));
        assert!(
            !folder
                .refused(&format!(r#"{{"roots": ["urn:x"], {empty}}}"#))
                .is_empty()
        );
        assert!(!folder.refused("").is_empty());
        assert!(!folder.refused("{").is_empty());
        let mut decided = Decided::default();
        let thief = Partner {
            role: "king".to_owned(),
            ..partner()
        };
        decided.partners.insert(organisation(1), thief);
        let text = serde_json::to_string(&decided).expect("it is JSON");
        assert!(folder.refused(&text).contains("king"));
    }

    #[test]
    fn bounds_hold_at_the_last_and_refuse_the_next() {
        let mut decided = Decided::default();
        for number in 0..PARTNERS_MAX {
            decided
                .add_partner(organisation(number), partner())
                .expect("there is room");
        }
        let full = decided.add_partner(organisation(PARTNERS_MAX), partner());
        assert_eq!(full.map_err(|problem| problem.code), Err(Code::Busy));
        assert!(
            decided.add_partner(organisation(0), partner()).is_ok(),
            "it is one already"
        );

        for number in 0..ROOTS_MAX {
            decided.trust(organisation(number)).expect("there is room");
        }
        let full = decided.trust(organisation(ROOTS_MAX));
        assert_eq!(full.map_err(|problem| problem.code), Err(Code::Busy));
        assert!(decided.trust(organisation(0)).is_ok(), "it is one already");

        for number in 0..BLOCKED_MAX {
            decided.block(organisation(number)).expect("there is room");
        }
        let full = decided.block(organisation(BLOCKED_MAX));
        assert_eq!(full.map_err(|problem| problem.code), Err(Code::Busy));
        assert_eq!(decided.check(), Ok(()));
        let text = serde_json::to_vec(&decided).expect("it is JSON");
        assert_eq!(read(&text).as_ref(), Ok(&decided));
        decided.roots.insert(organisation(ROOTS_MAX));
        assert!(decided.check().expect_err("one too many").contains("roots"));
    }

    #[test]
    fn invitations_make_room_when_they_are_used_or_expired() {
        let now = time("2026-06-01T00:00:00Z");
        let mut decided = Decided::default();
        let secret = |number: usize| Hash::of(&number.to_be_bytes());
        for number in 0..INVITATIONS_MAX {
            decided
                .issue(secret(number), issued("2026-06-01T00:00:01Z"), now)
                .expect("there is room");
        }
        let full = decided.issue(secret(INVITATIONS_MAX), issued("2027-01-01T00:00:00Z"), now);
        assert_eq!(full.map_err(|problem| problem.code), Err(Code::Busy));
        let later = time("2026-06-01T00:00:01Z");
        decided
            .issue(
                secret(INVITATIONS_MAX),
                issued("2027-01-01T00:00:00Z"),
                later,
            )
            .expect("the expired ones went");
        assert_eq!(decided.invitations.len(), 1);
    }

    #[test]
    fn a_new_partnership_lifts_a_block() {
        let mut decided = Decided::default();
        decided.block(organisation(1)).expect("there is room");
        decided
            .add_partner(organisation(1), partner())
            .expect("there is room");
        assert!(decided.blocked.is_empty());
    }
}
