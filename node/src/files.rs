//! How files and folders of the node's own are made: only their owner reads them, and no crash leaves one half written.
//!
//! Knows nothing of what stands in them. Whoever replaces a file holds a lock of its own meanwhile, or lives with either
//! of two contents.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What could not be done, and with which file.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} `{}`: {source}", path.display())]
pub struct Fault {
    /// The attempt. After `sync` it is not known what is on the disk, and asking again does not tell.
    pub doing: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Names the file and the attempt beside what the system said.
fn fault(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Fault {
    let path = path.to_owned();
    move |source| Fault {
        doing,
        path,
        source,
    }
}

/// Replaces a file. On return the new bytes are on the disk; after a crash, of the machine too, the old or the new bytes
/// stand there, whole.
///
/// Errors   [`Fault`]: the old bytes stand there, or after a failed `sync` perhaps the new ones
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let (fresh, file) = write_beside(path, bytes)?;
    file.sync_all().map_err(fault("sync", &fresh))?;
    fs::rename(&fresh, path).map_err(fault("replace", path))?;
    sync_folder(match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    })
}

/// Replaces a file without waiting for the disk: whole after a crash of this program, but after one of the machine there
/// may be anything. For what is made again when it cannot be read, and changes too often to wait for.
///
/// Errors   [`Fault`]: the old bytes stand there
pub fn replace_unsynced(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let (fresh, _) = write_beside(path, bytes)?;
    fs::rename(&fresh, path).map_err(fault("replace", path))
}

/// Writes what is to stand at `path` under a name beside it, over what a crash may have left there.
fn write_beside(path: &Path, bytes: &[u8]) -> Result<(PathBuf, File), Fault> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(fault("create", &fresh))?;
    // One that was left there keeps the mode it had.
    file.set_permissions(fs::Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(bytes))
        .map_err(fault("write", &fresh))?;
    Ok((fresh, file))
}

/// Makes names in a folder durable: files made, renamed or removed.
///
/// Errors   [`Fault`]
pub fn sync_folder(path: &Path) -> Result<(), Fault> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(fault("sync", path))
}

/// Makes a folder that only its owner reads, and those it lies in; one that exists is left as it is.
///
/// Errors   [`Fault`]
pub fn make_folder(path: &Path) -> Result<(), Fault> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(fault("make", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, replace: fn(&Path, &[u8]) -> Result<(), Fault>) {
        let folder =
            std::env::temp_dir().join(format!("erikti-files-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        make_folder(&folder).expect("a fresh folder");
        let mode = |path: &Path| {
            let metadata = fs::metadata(path).expect("it is there");
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(&folder), 0o700);

        let (path, left) = (folder.join("kept.json"), folder.join("kept.json.new"));
        replace(&path, b"first").expect("it can be written");
        assert_eq!(fs::read(&path).expect("written"), b"first");
        assert_eq!(mode(&path), 0o600);

        // What a crash left, longer than what comes and open to others.
        fs::write(&left, "half of something else").expect("the test's own file");
        fs::set_permissions(&left, fs::Permissions::from_mode(0o644)).expect("the test's own");
        replace(&path, b"second").expect("it can be written");
        assert_eq!(fs::read(&path).expect("written"), b"second");
        assert_eq!(mode(&path), 0o600);
        assert!(!left.exists());

        // What cannot be written leaves what was there.
        fs::create_dir(&left).expect("the test's own folder");
        let refused = replace(&path, b"third").expect_err("a folder is in the way");
        assert_eq!((refused.doing, &refused.path), ("create", &left));
        assert_eq!(fs::read(&path).expect("still there"), b"second");
        fs::remove_dir_all(&folder).expect("the test's own folder");
    }

    #[test]
    fn a_file_is_replaced_whole_over_what_a_crash_left() {
        check("synced", replace);
        check("unsynced", replace_unsynced);
    }
}
