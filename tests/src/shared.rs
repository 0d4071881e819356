//! Data that tests read from beside the project: third parties' vectors, real opportunities.

use std::path::{Path, PathBuf};

/// The folder or file `path` of the shared data, or `None` (after one line that says so) where it is missing.
///
/// Panics   when it is missing and `ERIKTI_REQUIRE_SHARED` is `1`
pub fn path(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if found.exists() {
        return Some(found);
    }
    let required = std::env::var("ERIKTI_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "`../shared/{path}` is missing, and ERIKTI_REQUIRE_SHARED=1 requires it"
    );
    eprintln!("skipped: `../shared/{path}` is not beside this checkout");
    None
}
