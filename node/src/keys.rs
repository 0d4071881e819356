//! The keys of one node, in files that only its user may read.
//!
//! Three run the node: the *organisation* key signs records, the *node* key signs checkpoints and is the transport
//! identity, the *witness* key cosigns partners' checkpoints. The fourth, the *next* organisation key, is the
//! recovery file: whoever holds it can open a new log for the organisation when a machine is lost or a key stolen.
//! The node runs without it, so it belongs on paper or a stick in a safe.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use erikti_protocol::hash::Hash;
use erikti_protocol::key::SecretKey;

use crate::clock;
use crate::files;
use crate::problem::{Code, Problem};

/// The recovery file's name, in the data folder until the operator moves it.
pub const RECOVERY_FILE: &str = "RECOVERY-move-me-away.key";
/// Larger than any key file: three lines and a long comment.
const FILE_BYTES_MAX: u64 = 4 * 1024;

/// The secret keys that a running node needs.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs records.
    pub organisation: SecretKey,
    /// Signs checkpoints; transport identity.
    pub node: SecretKey,
    /// Cosigns partners' checkpoints.
    pub witness: SecretKey,
}

impl Keys {
    /// Makes three fresh keys.
    pub fn generate() -> Self {
        Self {
            organisation: clock::secret_key(),
            node: clock::secret_key(),
            witness: clock::secret_key(),
        }
    }

    /// Writes the keys into a folder that must not hold any yet.
    ///
    /// Errors   `file.unwritable`
    pub fn write(&self, folder: &Path) -> Result<(), Problem> {
        files::make_folder(folder)?;
        for (name, key) in [
            ("organisation", &self.organisation),
            ("node", &self.node),
            ("witness", &self.witness),
        ] {
            write_secret(&path(folder, name), &seed_text(name, key))?;
        }
        Ok(())
    }

    /// Reads the keys.
    ///
    /// Errors   `keys.exposed` when others may read a file; `keys.invalid`
    pub fn read(folder: &Path) -> Result<Self, Problem> {
        check_folder(folder)?;
        let read = |name| read_secret(&path(folder, name));
        Ok(Self {
            organisation: read("organisation")?,
            node: read("node")?,
            witness: read("witness")?,
        })
    }
}

/// Checks that nobody but its user gets into a folder.
///
/// Errors   `keys.exposed`; `keys.invalid` when there is no such folder
pub fn check_folder(folder: &Path) -> Result<(), Problem> {
    let metadata = fs::metadata(folder).map_err(|e| invalid(folder, &e.to_string()))?;
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(exposed(folder, mode, "0700")),
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.key"))
}

fn seed_text(name: &str, key: &SecretKey) -> String {
    format!(
        "# Erikti {name} key of {}: secret, never send it to anybody.\n{}\n",
        key.public().did(),
        Hash::from_bytes(key.seed())
    )
}

/// Writes the recovery file: the next organisation key and what it is for.
///
/// Errors   `file.unwritable`, also when the file exists
pub fn write_recovery(
    file: &Path,
    organisation: &str,
    name: &str,
    next: &SecretKey,
) -> Result<(), Problem> {
    let text = format!(
        "# Erikti recovery file of {name}\n# {organisation}\n#\n\
         # This is the secret of the NEXT key of your organisation. If the node's machine is lost, its keys are\n\
         # stolen or a backup went wrong, this key, and only this key, lets you open a new log under the same\n\
         # organisation. The node runs without it: move this file to a stick or print it, lock it away, and\n\
         # delete it here. Whoever reads it can take over your organisation; without it nobody can give it back.\n{}",
        seed_text("next organisation", next)
    );
    write_secret(file, &text)
}

fn write_secret(file: &Path, text: &str) -> Result<(), Problem> {
    let mut open = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|e| unwritable(file, &e))?;
    open.write_all(text.as_bytes())
        .and_then(|()| open.sync_all())
        .map_err(|e| unwritable(file, &e))
}

fn read_secret(file: &Path) -> Result<SecretKey, Problem> {
    let meta = fs::metadata(file).map_err(|e| invalid(file, &e.to_string()))?;
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(exposed(file, mode, "0600"));
    }
    if meta.len() > FILE_BYTES_MAX {
        return Err(invalid(file, "it is too large for a key"));
    }
    let text = fs::read_to_string(file).map_err(|e| invalid(file, &e.to_string()))?;
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    match (
        lines.next().and_then(|line| Hash::parse(line.trim())),
        lines.next(),
    ) {
        (Some(seed), None) => Ok(SecretKey::from_seed(seed.as_bytes())),
        _ => Err(invalid(file, "expected one line of 64 hexadecimal digits")),
    }
}

fn unwritable(file: &Path, cause: &std::io::Error) -> Problem {
    Problem::unwritable(file, cause)
        .hint("choose a place that can be written and holds no such file yet")
}

fn invalid(file: &Path, cause: &str) -> Problem {
    Problem::new(
        Code::KeysInvalid,
        format!("cannot read the key `{}`: {cause}", file.display()),
    )
    .hint("restore the keys folder from your backup, or open a new log with the recovery file")
}

fn exposed(file: &Path, mode: u32, allowed: &str) -> Problem {
    Problem::new(
        Code::KeysExposed,
        format!("`{}` can be read by others", file.display()),
    )
    .found(format!("{mode:04o}"))
    .allowed(allowed)
    .hint(format!(
        "chmod {allowed} '{}'; if others had access, treat the key as stolen",
        file.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("erikti-keys-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn set_mode(&self, file: &str, mode: u32) {
            fs::set_permissions(self.0.join(file), fs::Permissions::from_mode(mode))
                .expect("the test's own file");
        }

        fn refused(&self) -> Problem {
            Keys::read(&self.0).expect_err("these keys must be refused")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn keys_come_back_as_they_were_written_and_only_their_user_reads_them() {
        let folder = Folder::new("round");
        let keys = Keys::generate();
        keys.write(&folder.0).expect("a fresh folder");
        let again = Keys::read(&folder.0).expect("what was written");
        for (a, b) in [
            (&keys.organisation, &again.organisation),
            (&keys.node, &again.node),
            (&keys.witness, &again.witness),
        ] {
            assert_eq!(a.public(), b.public());
        }
        for name in ["organisation", "node", "witness"] {
            let mode = fs::metadata(path(&folder.0, name))
                .expect("written")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let twice = keys
            .write(&folder.0)
            .expect_err("keys are never overwritten");
        assert_eq!(twice.code, Code::FileUnwritable);
    }

    #[test]
    fn keys_that_others_can_reach_are_refused() {
        let folder = Folder::new("modes");
        Keys::generate().write(&folder.0).expect("a fresh folder");
        for mode in [0o640, 0o604, 0o660, 0o610] {
            folder.set_mode("node.key", mode);
            let problem = folder.refused();
            assert_eq!(problem.code, Code::KeysExposed, "{mode:o}");
            assert_eq!(problem.found.as_deref(), Some(&*format!("{mode:04o}")));
            assert_eq!(problem.allowed.as_deref(), Some("0600"));
        }
        folder.set_mode("node.key", 0o400);
        assert!(
            Keys::read(&folder.0).is_ok(),
            "narrower than 0600 is as good"
        );
        folder.set_mode("", 0o750);
        assert_eq!(folder.refused().allowed.as_deref(), Some("0700"));
        folder.set_mode("", 0o700);
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_its_content_not_repeated() {
        let folder = Folder::new("content");
        Keys::generate().write(&folder.0).expect("a fresh folder");
        let file = path(&folder.0, "witness");
        let good = fs::read_to_string(&file).expect("written");
        let seed = good.lines().last().expect("a seed");
        for text in [
            String::new(),
            "# only a comment\n".to_owned(),
            seed[1..].to_owned(),
            format!("{seed}\n{seed}\n"),
            format!("{good}x\n"),
            "#".repeat(4 * 1024 + 1),
        ] {
            fs::write(&file, &text).expect("the test's own file");
            let problem = folder.refused();
            assert_eq!(problem.code, Code::KeysInvalid, "{text}");
            assert!(!problem.detail.contains(seed), "a secret in a message");
        }
        fs::remove_file(&file).expect("the test's own file");
        assert_eq!(folder.refused().code, Code::KeysInvalid);
    }

    #[test]
    fn a_recovery_file_says_what_it_is_for_and_is_never_overwritten() {
        let folder = Folder::new("recovery");
        fs::create_dir(&folder.0).expect("a fresh folder");
        let file = folder.0.join(RECOVERY_FILE);
        let next = clock::secret_key();
        write_recovery(&file, "urn:erikti:org:zTest", "Test", &next).expect("a fresh folder");
        let text = fs::read_to_string(&file).expect("written");
        for part in ["urn:erikti:org:zTest", "NEXT key", &next.public().did()] {
            assert!(text.contains(part), "{part} is missing");
        }
        assert_eq!(
            read_secret(&file).expect("it is a key file too").public(),
            next.public()
        );
        let twice = write_recovery(&file, "", "", &next).expect_err("it exists");
        assert_eq!(twice.code, Code::FileUnwritable);
    }
}
