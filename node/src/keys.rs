//! The keys of one node, in files that only its user may read.
//!
//! Three run the node: the *organisation* key signs records, the *node* key signs checkpoints and is the transport
//! identity, the *witness* key cosigns partners' checkpoints. The fourth, the *next* organisation key, is the
//! recovery file: whoever holds it can open a new log for the organisation when a machine is lost or a key stolen.
//! The node runs without it, so it belongs on paper or a stick in a safe.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use erikti_protocol::hash::Hash;
use erikti_protocol::key::SecretKey;

use crate::clock;
use crate::problem::{Code, Problem};

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
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(folder)
            .map_err(|e| unwritable(folder, &e))?;
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
        let mode = fs::metadata(folder)
            .map_err(|e| invalid(folder, &e.to_string()))?
            .permissions()
            .mode()
            & 0o777;
        if mode & 0o077 != 0 {
            return Err(exposed(folder, mode, "0700"));
        }
        let read = |name| read_secret(&path(folder, name));
        Ok(Self {
            organisation: read("organisation")?,
            node: read("node")?,
            witness: read("witness")?,
        })
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
    Problem::new(
        Code::FileUnwritable,
        format!("cannot write `{}`: {cause}", file.display()),
    )
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
