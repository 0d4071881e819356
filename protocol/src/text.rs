//! Texts from outside: bounded, without characters that deceive a reader, in any language.

use serde_json::{Map, Value};

/// Languages that one text can be given in, at most.
pub const LANGUAGES_MAX: usize = 32;
/// Bytes of a language tag, at most (RFC 5646 §4.4.1 asks readers for 35).
pub const LANGUAGE_BYTES_MAX: usize = 35;

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but spaces.
    #[error("the text is empty")]
    Empty,
    /// More characters than the field takes.
    #[error("the text has {found} characters, allowed are {allowed}")]
    TooLong {
        /// Characters of the text.
        found: usize,
        /// Characters allowed.
        allowed: usize,
    },
    /// A control character, one that turns the direction of what follows, or no character at all.
    #[error("the character U+{:04X} is not allowed", u32::from(*.found))]
    Character {
        /// The character.
        found: char,
    },
    /// A language that is no BCP 47 tag.
    #[error("`{found}` is no language tag")]
    Language {
        /// What stood there, at most 64 characters of it.
        found: String,
    },
    /// No language, or more than one text can have.
    #[error("a text has 1 to {allowed} languages, this one {found}")]
    Languages {
        /// Languages given.
        found: usize,
        /// Languages allowed.
        allowed: usize,
    },
}

/// Checks a text for one field.
///
/// Limits   1 to `chars_max` characters; line feed and tabulator are the only control characters; no bidirectional
///          overrides and isolates, which make a text read other than it is; no noncharacters
/// Errors   [`TextFault::Empty`], [`TextFault::TooLong`], [`TextFault::Character`]
pub fn check(text: &str, chars_max: usize) -> Result<(), TextFault> {
    if text.trim().is_empty() {
        return Err(TextFault::Empty);
    }
    let found = text.chars().count();
    if found > chars_max {
        return Err(TextFault::TooLong {
            found,
            allowed: chars_max,
        });
    }
    match text.chars().find(|&found| is_deceptive(found)) {
        Some(found) => Err(TextFault::Character { found }),
        None => Ok(()),
    }
}

fn is_deceptive(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => character.is_control() || u32::from(character) & 0xfffe == 0xfffe,
    }
}

/// Whether a text is shaped like a BCP 47 tag in lower-case language, such as `kk`, `sr-Latn`, `pt-BR`.
///
/// The shape only: whether the language exists is not judged.
///
/// Source   RFC 5646 §2.1
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    tag.len() <= LANGUAGE_BYTES_MAX
        && (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Checks the languages of a text given in several.
///
/// Errors   [`TextFault::Languages`], [`TextFault::Language`]
pub fn check_languages<'a>(tags: impl Iterator<Item = &'a str>) -> Result<(), TextFault> {
    let mut found = 0;
    for tag in tags {
        found += 1;
        if !is_language(tag) {
            return Err(TextFault::Language {
                found: tag.chars().take(64).collect(),
            });
        }
    }
    if !(1..=LANGUAGES_MAX).contains(&found) {
        return Err(TextFault::Languages {
            found,
            allowed: LANGUAGES_MAX,
        });
    }
    Ok(())
}

/// The text for a reader who prefers `languages` in this order; else English, else the first tag in alphabetical order.
pub fn pick<'a>(texts: &'a Map<String, Value>, languages: &[&str]) -> Option<&'a str> {
    let given = |tag: &str| texts.get(tag).and_then(Value::as_str);
    let first = || texts.keys().min().and_then(|tag| given(tag));
    languages
        .iter()
        .find_map(|tag| given(tag))
        .or_else(|| given("en"))
        .or_else(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check("ерікті", 6), Ok(()));
        assert_eq!(
            check("ерікті", 5),
            Err(TextFault::TooLong {
                found: 6,
                allowed: 5
            })
        );
        assert_eq!(check(" \n", 5), Err(TextFault::Empty));
    }

    #[test]
    fn characters_that_deceive_are_refused() {
        for found in ['\0', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}', '\u{ffff}'] {
            assert_eq!(
                check(&format!("a{found}b"), 9),
                Err(TextFault::Character { found })
            );
        }
        assert_eq!(check("two\nlines\tand 👩‍🌾", 99), Ok(()));
    }

    #[test]
    fn languages_have_the_shape_of_bcp_47() {
        for tag in ["kk", "sr-Latn", "pt-BR", "kk-Cyrl-KZ", "x-a"] {
            assert_eq!(is_language(tag), tag != "x-a", "{tag}");
        }
        for tag in ["", "k", "KK", "kk_KZ", "kk-", "kk-toolongpart", "қ"] {
            assert!(!is_language(tag), "{tag}");
        }
        let many: Vec<_> = (0..=LANGUAGES_MAX).map(|_| "kk").collect();
        assert!(check_languages(many[1..].iter().copied()).is_ok());
        assert!(check_languages(many.into_iter()).is_err());
    }

    #[test]
    fn a_reader_gets_the_language_asked_for_or_the_nearest() {
        let texts = json!({"ru": "час", "en": "hour"});
        let texts = texts.as_object().expect("an object");
        assert_eq!(pick(texts, &["kk", "ru"]), Some("час"));
        assert_eq!(pick(texts, &["kk"]), Some("hour"));
        assert_eq!(pick(&Map::new(), &["kk"]), None);
    }
}
