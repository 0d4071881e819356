//! What a person may have meant by a name that does not exist.

/// A suggestion is made when at least this share of the longer name's letters agree; below it, a guess only confuses.
const LIKENESS_MIN: f64 = 0.5;

/// The allowed name that is most like `found`, or `None` when nothing is much like it.
pub fn nearest<'a>(found: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    allowed
        .into_iter()
        .map(|name| {
            (
                strsim::normalized_damerau_levenshtein(&found, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let names = ["network", "name", "trust.roots"];
        assert_eq!(nearest("netwrok", names), Some("network"));
        assert_eq!(nearest("trust.root", names), Some("trust.roots"));
        assert_eq!(nearest("Name", names), Some("name"));
        assert_eq!(nearest("xyzzy", names), None);
        assert_eq!(nearest("", names), None);
    }
}
