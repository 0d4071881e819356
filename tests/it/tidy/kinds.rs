//! Every kind speaks three languages, shows a sample, and has bytes that never change.

use std::collections::BTreeSet;

use erikti_protocol::{
    field::{Field, Shape, Text3},
    kind::Kind,
};

/// Texts that are the same in two languages, and why.
pub(super) type Same<'a> = &'a [(&'a str, &'a str)];

/// Every text of a kind, with a path that says whose it is.
pub(super) fn texts(kind: &Kind) -> Vec<(String, Text3)> {
    let mut texts = vec![
        (format!("{}: label", kind.name), kind.label),
        (format!("{}: help", kind.name), kind.help),
    ];
    for fields in [kind.fields, kind.extra] {
        of_fields(kind.name, fields, &mut texts);
    }
    texts
}

fn of_fields(path: &str, fields: &[Field], texts: &mut Vec<(String, Text3)>) {
    for field in fields {
        let path = format!("{path}.{}", field.name);
        texts.push((format!("{path}: label"), field.label));
        texts.push((format!("{path}: help"), field.help));
        of_shape(&path, &field.shape, texts);
    }
}

fn of_shape(path: &str, shape: &Shape, texts: &mut Vec<(String, Text3)>) {
    match shape {
        Shape::OneOf(choices) | Shape::Suggested(choices) => texts.extend(
            choices
                .iter()
                .map(|choice| (format!("{path} = {}: label", choice.value), choice.label)),
        ),
        Shape::List(item, _) => of_shape(path, item, texts),
        Shape::Object(fields) => of_fields(path, fields, texts),
        _ => {}
    }
}

/// Texts that are missing in a language, or the same in two without a reason; reasons that nothing needs any more.
pub(super) fn untranslated(texts: &[(String, Text3)], same: Same<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut needed = BTreeSet::new();
    for (path, text) in texts {
        for (language, words) in [("kk", text.kk), ("ru", text.ru), ("en", text.en)] {
            if words.trim().is_empty() {
                complaints.push(format!(
                    "{path}: nothing in {language}: translate `{}`",
                    text.en
                ));
            }
        }
        for words in [text.kk, text.ru] {
            if !words.is_empty() && (words == text.en || (words == text.ru && text.kk == text.ru)) {
                needed.insert(words);
            }
        }
        let repeats = [(text.kk, text.ru), (text.kk, text.en), (text.ru, text.en)];
        for (first, second) in repeats {
            if first == second
                && !first.is_empty()
                && !same.iter().any(|(words, _)| *words == first)
            {
                complaints.push(format!(
                    "{path}: `{first}` in two languages: translate it, or list it with the reason"
                ));
            }
        }
    }
    for (words, why) in same {
        if !needed.contains(words) {
            complaints.push(format!(
                "`{words}` differs in every language now: take it out of the list"
            ));
        }
        if why.is_empty() {
            complaints.push(format!("`{words}` is listed without a reason"));
        }
    }
    complaints.sort();
    complaints.dedup();
    complaints
}

/// Kinds without a frozen vector, and vectors without a kind.
pub(super) fn unfrozen(kinds: &BTreeSet<String>, vectors: &BTreeSet<String>) -> Vec<String> {
    let missing = kinds.difference(vectors).map(|kind| {
        format!("tests/vectors/kinds/{kind}.json is missing: freeze the kind's signed sample there")
    });
    let strangers = vectors.difference(kinds).map(|kind| {
        format!("tests/vectors/kinds/{kind}.json belongs to no kind: a kind is never taken out")
    });
    missing.chain(strangers).collect()
}

#[cfg(test)]
mod tests {
    use erikti_protocol::field::text3;

    use super::*;

    #[test]
    fn a_missing_or_repeated_translation_is_noticed() {
        let good = ("a".to_owned(), text3("сағат", "часы", "hours"));
        assert!(untranslated(std::slice::from_ref(&good), &[]).is_empty());
        let empty = ("b".to_owned(), text3("", "часы", "hours"));
        let same = ("c".to_owned(), text3("PDF", "PDF", "PDF"));
        let texts = [good, empty, same];
        assert_eq!(
            untranslated(&texts, &[]),
            [
                "b: nothing in kk: translate `hours`",
                "c: `PDF` in two languages: translate it, or list it with the reason"
            ]
        );
        assert_eq!(untranslated(&texts, &[("PDF", "a name")]).len(), 1);
        assert_eq!(
            untranslated(&texts[2..], &[("PDF", "")]),
            ["`PDF` is listed without a reason"]
        );
        assert_eq!(
            untranslated(&texts[..1], &[("PDF", "a name")]),
            ["`PDF` differs in every language now: take it out of the list"]
        );
    }

    #[test]
    fn a_kind_without_vector_and_a_vector_without_kind_are_noticed() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert!(unfrozen(&names(&["log"]), &names(&["log"])).is_empty());
        assert_eq!(unfrozen(&names(&["log"]), &names(&["gone"])).len(), 2);
    }
}
