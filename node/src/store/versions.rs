//! Which of a thing's versions counts.

/// Versions may be skipped, but not by more than this: a version near the end of the numbers would close the thing
/// to every later change.
pub const VERSION_STEP_MAX: u64 = 1_000;

/// The one that counts of versions in ascending order: the highest that follows from those before and that no other
/// record claims.
pub fn current<T>(versions: &[T], number: impl Fn(&T) -> u64) -> Option<&T> {
    let mut reached = 0;
    let mut current = None;
    for version in versions {
        let claimed = number(version);
        if claimed > reached + VERSION_STEP_MAX {
            break;
        }
        // Of two records of one version neither counts; the one before stays until a higher one comes.
        let claims = versions.iter().filter(|other| number(other) == claimed);
        if claims.count() == 1 {
            current = Some(version);
        }
        reached = claimed;
    }
    current
}
