//! Every kind, field and choice has its words in Kazakh, Russian and English.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::field::{Choice, Shape, Text3};
use erikti_protocol::kind::{self, ROLES, Role};

use super::visit;

/// Words that two of the languages really share, with the reason.
const SHARED: [(&str, &str); 4] = [
    ("Валюта", "one loan word in Kazakh and Russian"),
    ("Виза", "one loan word in Kazakh and Russian"),
    ("Курс", "one loan word in Kazakh and Russian"),
    ("Сертификат", "one loan word in Kazakh and Russian"),
];

/// Every text of the registry with its place.
fn all() -> BTreeMap<String, Text3> {
    let mut texts = BTreeMap::new();
    for kind in kind::all() {
        texts.insert(format!("{} label", kind.name), kind.label);
        texts.insert(format!("{} help", kind.name), kind.help);
        visit(kind, &mut |path, field| {
            texts.insert(format!("{}.{path} label", kind.name), field.label);
            texts.insert(format!("{}.{path} help", kind.name), field.help);
            for choice in choices(&field.shape) {
                let place = format!("{}.{path}={} choice", kind.name, choice.value);
                texts.insert(place, choice.label);
            }
        });
    }
    for role in ROLES {
        texts.insert(format!("role {}", role.value), role.label);
    }
    texts
}

fn choices(shape: &Shape) -> &'static [Choice] {
    match shape {
        Shape::OneOf(choices) | Shape::Suggested(choices) => choices,
        Shape::List(item, _) => choices(item),
        _ => &[],
    }
}

#[test]
fn every_text_is_there_in_three_languages_that_differ() {
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (place, text) in all() {
        for (one, other) in [(text.kk, text.ru), (text.ru, text.en), (text.kk, text.en)] {
            if one.trim().is_empty() || other.trim().is_empty() {
                wrong.push(format!("{place}: a language is missing"));
            } else if one == other {
                match SHARED.iter().find(|(shared, _)| *shared == one) {
                    Some((shared, _)) => drop(used.insert(*shared)),
                    None => wrong.push(format!("{place}: `{one}` stands in two languages")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<_> = SHARED
        .iter()
        .filter(|(text, _)| !used.contains(text))
        .collect();
    assert!(
        unused.is_empty(),
        "listed as shared, and is not: {unused:?}"
    );
}

#[test]
fn each_language_is_written_in_its_own_letters() {
    const KAZAKH: &str = "әіңғүұқөһӘІҢҒҮҰҚӨҺ";
    let cyrillic = |text: &str| text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let (mut kazakh_letters, mut count) = (0, 0);
    for (place, text) in all() {
        assert!(cyrillic(text.kk) && cyrillic(text.ru), "{place}");
        assert!(!cyrillic(text.en), "{place}: `{}`", text.en);
        assert!(
            !text.ru.chars().any(|c| KAZAKH.contains(c)),
            "{place}: Kazakh letters in the Russian text `{}`",
            text.ru
        );
        kazakh_letters += usize::from(text.kk.chars().any(|c| KAZAKH.contains(c)));
        count += 1;
    }
    // A Russian text pasted as Kazakh has none of these letters; short Kazakh ones may lack them too.
    assert!(
        kazakh_letters * 10 > count * 8,
        "only {kazakh_letters} of {count} Kazakh texts have a letter that Russian lacks"
    );
}

#[test]
fn labels_are_names_and_helps_are_sentences() {
    for (place, text) in all() {
        for text in [text.kk, text.ru, text.en] {
            assert!(
                text.trim() == text && !text.contains("  "),
                "{place}: `{text}`"
            );
            assert_eq!(
                text.ends_with('.'),
                place.ends_with(" help"),
                "{place}: `{text}`"
            );
            assert!(
                text.chars().next().is_some_and(|c| !c.is_lowercase()),
                "{place}: `{text}`"
            );
        }
    }
}

#[test]
fn roles_and_their_choices_are_one_list() {
    assert_eq!(
        Role::ALL.map(Role::as_str),
        ROLES.map(|choice| choice.value)
    );
    for (role, choice) in Role::ALL.into_iter().zip(ROLES) {
        assert_eq!(role.label(), choice.label);
        assert_eq!(Role::parse(choice.value), Some(role));
    }
    assert_eq!(Role::parse("Host"), None);
}

#[test]
fn choices_stand_once_and_have_the_spelling_of_their_shape() {
    for kind in kind::all() {
        visit(kind, &mut |path, field| {
            let list = choices(&field.shape);
            let values: BTreeSet<_> = list.iter().map(|choice| choice.value).collect();
            assert_eq!(values.len(), list.len(), "{}.{path}", kind.name);
            for language in ["kk", "ru", "en"] {
                let labels: BTreeSet<_> = list
                    .iter()
                    .map(|choice| choice.label.of(language))
                    .collect();
                assert_eq!(
                    labels.len(),
                    list.len(),
                    "{}.{path} in {language}",
                    kind.name
                );
            }
        });
    }
}
