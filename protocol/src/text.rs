//! Texts given in several languages, from the reader's side. What a text may hold is judged by [`crate::field`].

use serde_json::{Map, Value};

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
    fn a_reader_gets_the_language_asked_for_or_the_nearest() {
        let texts = json!({"ru": "час", "en": "hour"});
        let texts = texts.as_object().expect("an object");
        assert_eq!(pick(texts, &["kk", "ru"]), Some("час"));
        assert_eq!(pick(texts, &["kk"]), Some("hour"));
        let texts = json!({"uz": "soat", "tg": "соат"});
        let texts = texts.as_object().expect("an object");
        assert_eq!(pick(texts, &["kk"]), Some("соат"));
        assert_eq!(pick(&Map::new(), &["kk"]), None);
    }
}
