//! `erikti init`: keys, settings, recovery file, and the log whose first record founds the organisation.
//!
//! Everything is made in a folder beside the target and moved there at the end, so that a half-made node never
//! stands where a whole one is expected.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::args::Init;
use super::show::{out, out_json, talk};
use crate::clock;
use crate::config;
use crate::keys::{self, Keys, RECOVERY_FILE};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Makes a node.
///
/// Errors   `data.exists`, `file.unwritable`, `config.invalid`
pub(super) fn run(data: &Path, init: &Init, json: bool) -> Result<ExitCode, Problem> {
    if data.join("VERSION").exists()
        || fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Problem::new(
            Code::DataExists,
            format!("`{}` is not empty", data.display()),
        )
        .hint("choose another folder with --data, or go on with: erikti run"));
    }
    let settings = config::load_without_file(&flags(init))?;
    let unfinished = unfinished(data)?;
    let made = make(&unfinished.0, init, &settings)?;
    // An empty folder at the target is replaced; anything else makes the move fail.
    fs::rename(&unfinished.0, data).map_err(|e| {
        Problem::new(
            Code::FileUnwritable,
            format!("cannot move the new node to `{}`: {e}", data.display()),
        )
    })?;
    let recovery = init
        .recovery
        .clone()
        .unwrap_or_else(|| data.join(RECOVERY_FILE));
    if json {
        out_json(
            &json!({"organisation": made.organisation, "origin": made.origin, "data": data, "recovery": recovery}),
        );
    } else {
        out(&format!(
            "organisation  {}\nlog           {}\ndata          {}",
            made.organisation,
            made.origin,
            data.display()
        ));
        talk(&format!(
            "\nThe recovery file is `{}`.\n\
             It holds the next key of your organisation: the only way to go on under this\n\
             name if the machine is lost or its keys are stolen. The node runs without it.\n\
             Move it to a stick or print it, lock it away, and delete it here.\n\n\
             next: erikti --data '{}' run",
            recovery.display(),
            data.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn flags(init: &Init) -> Vec<(&'static str, Vec<String>)> {
    let mut flags = vec![
        ("name", vec![init.name.clone()]),
        ("country", vec![init.country.clone()]),
        ("network", vec![init.network.clone()]),
    ];
    if !init.root.is_empty() {
        flags.push(("trust.roots", init.root.clone()));
    }
    if !init.listen.is_empty() {
        flags.push(("listen", init.listen.clone()));
    }
    flags
}

struct Made {
    organisation: String,
    origin: String,
}

fn make(folder: &Path, init: &Init, settings: &config::Settings) -> Result<Made, Problem> {
    let keys = Keys::generate();
    keys.write(&folder.join("keys"))?;
    config::write_first_file(folder, settings)
        .map_err(|fault| Problem::new(Code::FileUnwritable, fault.to_string()))?;
    let next = clock::secret_key();
    let node = Node::found(folder, &next.public())?;
    let made = Made {
        organisation: node.organisation().to_string(),
        origin: node.origin().to_string(),
    };
    node.close();
    let recovery = init
        .recovery
        .clone()
        .unwrap_or_else(|| folder.join(RECOVERY_FILE));
    keys::write_recovery(&recovery, &made.organisation, &settings.name, &next)?;
    Ok(made)
}

/// A folder beside the target that goes when it was not moved.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unfinished(data: &Path) -> Result<Unfinished, Problem> {
    let absolute = std::path::absolute(data).map_err(|e| Problem::unwritable(data, e))?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(Problem::new(
            Code::FileUnwritable,
            format!("`{}` cannot hold a node", data.display()),
        ));
    };
    fs::create_dir_all(parent).map_err(|e| Problem::unwritable(parent, e))?;
    let path = parent.join(format!(
        ".{}.init-{}",
        name.to_string_lossy(),
        std::process::id()
    ));
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&path)
        .map_err(|e| Problem::unwritable(&path, e))?;
    Ok(Unfinished(path))
}
