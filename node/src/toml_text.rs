//! TOML read as plain values; the only file that names the parser.
//!
//! Times lose their type and become text: what a setting or a mapping means by them is decided by its reader.

use serde_json::{Map, Value};

/// Why a text is not TOML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TomlFault {
    /// The parser's own words, with the place they are about.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
        /// What the parser says.
        what: String,
    },
    /// A number that JSON cannot hold.
    #[error("`{key}` is `{found}`, expected a finite number")]
    Number {
        /// The key, with dots.
        key: String,
        /// `nan` or `inf`.
        found: String,
    },
}

/// Reads a TOML document.
///
/// Errors   `TomlFault::Syntax` with line and column, which includes a key that stands twice
pub fn parse(text: &str) -> Result<Map<String, Value>, TomlFault> {
    let table: toml::Table = text.parse().map_err(|fault| syntax(text, &fault))?;
    table_to_map(table, "")
}

/// A text as a TOML string, quoted and escaped.
pub fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn syntax(text: &str, fault: &toml::de::Error) -> TomlFault {
    let start = fault.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    TomlFault::Syntax {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        what: fault.message().trim().replace('\n', ", "),
    }
}

fn table_to_map(table: toml::Table, path: &str) -> Result<Map<String, Value>, TomlFault> {
    table
        .into_iter()
        .map(|(key, value)| {
            let path = dotted(path, &key);
            to_json(value, &path).map(|value| (key, value))
        })
        .collect()
}

fn to_json(value: toml::Value, path: &str) -> Result<Value, TomlFault> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| TomlFault::Number {
                key: path.to_owned(),
                found: number.to_string(),
            })?,
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => items
            .into_iter()
            .map(|item| to_json(item, path))
            .collect::<Result<_, _>>()?,
        toml::Value::Table(table) => Value::Object(table_to_map(table, path)?),
    })
}

/// `a.b` from `a` and `b`.
pub fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_types_and_times_become_text() {
        let map = parse("a = \"x\"\nb = 3\nc = [true]\nd.e = 2026-11-22\n").expect("is TOML");
        assert_eq!(
            Value::Object(map),
            serde_json::json!({"a": "x", "b": 3, "c": [true], "d": {"e": "2026-11-22"}})
        );
    }

    #[test]
    fn faults_name_line_and_column() {
        let fault = parse("a = 1\nb = \n").expect_err("b has no value");
        assert!(
            matches!(fault, TomlFault::Syntax { line: 2, .. }),
            "{fault}"
        );
        let fault = parse("a = 1\na = 2\n").expect_err("a stands twice");
        assert!(
            matches!(fault, TomlFault::Syntax { line: 2, .. }),
            "{fault}"
        );
        assert!(matches!(parse("a = nan"), Err(TomlFault::Number { .. })));
    }

    #[test]
    fn quoted_text_reads_back() {
        for text in ["plain", "with \"quotes\" and \\", "two\nlines", "ерікті"] {
            let map = parse(&format!("a = {}", quote(text))).expect("quoted text is TOML");
            assert_eq!(map["a"], Value::String(text.to_owned()));
        }
    }
}
