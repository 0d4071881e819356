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

/// Reads hexadecimal digits, as vectors spell bytes.
///
/// Panics   when they are not pairs of digits
pub fn hex(digits: &str) -> Vec<u8> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "an odd number of digits: `{digits}`");
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit");
    pairs
        .iter()
        .map(|[high, low]| (digit(*high) << 4 | digit(*low)) as u8)
        .collect()
}
