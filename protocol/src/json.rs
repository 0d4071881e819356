//! Strict JSON in, RFC 8785 text out, and the profile that records keep.
//!
//! One parser for every way in: interface, peers, imports, command line. It is not the fast road of bulk work: that is
//! [`crate::record::scan`], which accepts exactly what parsing, [`profile`], [`canonical`] and comparing would accept.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Containers within containers, at most, the outermost counted.
pub const DEPTH_MAX: usize = 16;
/// Bytes of a record, at most.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;
/// The largest integer that every reader of JSON keeps exactly: 2^53 − 1.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;
/// Characters of outside text that a fault repeats, at most.
const FOUND_CHARS_MAX: usize = 64;

/// Why a text is refused as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// More bytes than this place reads.
    #[error("the text has {found} bytes, allowed are {allowed}")]
    TooLarge {
        /// Bytes of the text.
        found: usize,
        /// Bytes allowed.
        allowed: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 from byte {at} on")]
    Encoding {
        /// Where the first wrong byte stands, counted from 0.
        at: usize,
    },
    /// Not JSON, a lone surrogate or a number that no double holds.
    #[error("not JSON at line {line}, column {column}: {reason}")]
    Syntax {
        /// Line, counted from 1.
        line: usize,
        /// Column in bytes, counted from 1.
        column: usize,
        /// What the parser says about it.
        reason: String,
    },
    /// One object with two members of one name, escapes resolved.
    #[error("the name `{name}` stands twice in one object")]
    Duplicate {
        /// The name, at most 64 characters of it.
        name: String,
    },
    /// Containers within containers beyond the bound.
    #[error("nested deeper than {allowed}")]
    Depth {
        /// Depth allowed.
        allowed: usize,
    },
}

/// Why a value, though JSON, cannot stand in a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// A name with anything but printable ASCII, or with `"` or `\`.
    #[error("the name `{name}` is not plain ASCII")]
    Name {
        /// The name, at most 64 characters of it.
        name: String,
    },
    /// A fraction, an exponent, a negative zero or an integer that not every reader keeps.
    #[error("the number {found} is no integer within ±(2^53 − 1)")]
    Number {
        /// The number as read.
        found: String,
    },
    /// Containers within containers beyond [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX}")]
    Depth,
}

/// Reads a text of a record's size and depth.
///
/// Limits   64 KiB, depth 16, no byte order mark, no duplicate names, no lone surrogates
/// Errors   [`JsonFault`]
/// Source   RFC 8259, RFC 7493 (I-JSON)
pub fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    parse_within(bytes, DEPTH_MAX, RECORD_BYTES_MAX)
}

/// Reads a text within other bounds, as strictly.
///
/// Limits   `depth_max` beyond 127 is refused by the parser beneath, whatever is asked for
/// Errors   [`JsonFault`]
pub fn parse_within(bytes: &[u8], depth_max: usize, bytes_max: usize) -> Result<Value, JsonFault> {
    if bytes.len() > bytes_max {
        return Err(JsonFault::TooLarge {
            found: bytes.len(),
            allowed: bytes_max,
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| JsonFault::Encoding {
        at: fault.valid_up_to(),
    })?;
    let found = RefCell::new(None);
    let strict = Strict {
        depth_left: depth_max,
        depth_max,
        found: &found,
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = strict
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    value.map_err(|fault| {
        found.take().unwrap_or_else(|| JsonFault::Syntax {
            line: fault.line(),
            column: fault.column(),
            reason: reason(&fault),
        })
    })
}

/// The parser's own words without the position that [`JsonFault::Syntax`] carries already.
fn reason(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].chars().take(FOUND_CHARS_MAX).collect()
}

/// Reads one value and notes the structured fault that serde's own error cannot carry.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth_left: usize,
    depth_max: usize,
    found: &'a RefCell<Option<JsonFault>>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => Err(self.refuse(JsonFault::Depth {
                allowed: self.depth_max,
            })),
        }
    }

    fn refuse<E: serde::de::Error>(self, fault: JsonFault) -> E {
        let error = E::custom(&fault);
        self.found.replace(Some(fault));
        error
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let within = self.deeper::<A::Error>()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(within)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let within = self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                let name = found(&name);
                return Err(self.refuse(JsonFault::Duplicate { name }));
            }
            let value = members.next_value_seed(within)?;
            object.insert(name, value);
        }
        Ok(object.into())
    }
}

fn found(text: &str) -> String {
    text.chars().take(FOUND_CHARS_MAX).collect()
}

/// Checks that a value may stand in a record: plain ASCII names, integers that every reader keeps, bounded depth.
///
/// Limits   names of printable ASCII without `"` and `\`, so that a name has one spelling and byte order is its order
/// Errors   [`ProfileFault`]
pub fn profile(value: &Value) -> Result<(), ProfileFault> {
    profile_within(value, DEPTH_MAX)
}

fn profile_within(value: &Value, depth_left: usize) -> Result<(), ProfileFault> {
    let deeper = || depth_left.checked_sub(1).ok_or(ProfileFault::Depth);
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => {
            is_kept(number)
                .then_some(())
                .ok_or_else(|| ProfileFault::Number {
                    found: found(&number.to_string()),
                })
        }
        Value::Array(items) => {
            let depth_left = deeper()?;
            items
                .iter()
                .try_for_each(|item| profile_within(item, depth_left))
        }
        Value::Object(members) => {
            let depth_left = deeper()?;
            members.iter().try_for_each(|(name, member)| {
                if !name.bytes().all(is_name_byte) {
                    return Err(ProfileFault::Name { name: found(name) });
                }
                profile_within(member, depth_left)
            })
        }
    }
}

/// Whether every reader of JSON keeps this number exactly, and it is written without fraction and exponent.
fn is_kept(number: &Number) -> bool {
    let magnitude = number
        .as_u64()
        .or_else(|| number.as_i64().map(i64::unsigned_abs));
    magnitude.is_some_and(|magnitude| magnitude <= INTEGER_MAX)
}

/// Whether a byte may stand in a name.
pub(crate) const fn is_name_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

/// Writes RFC 8785 text: the one text of a value.
///
/// Names are sorted here, by UTF-16 units: the order of `Map` depends on features that any package may switch on.
///
/// Source   RFC 8785
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write_value(value, &mut out);
    out
}

/// Appends RFC 8785 text of a value.
pub(crate) fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_value(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(members, out),
    }
}

/// Appends RFC 8785 text of an object.
pub(crate) fn write_object(members: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    let in_order = members
        .keys()
        .zip(members.keys().skip(1))
        .all(|(a, b)| order(a, b).is_lt());
    if in_order {
        write_members(members.iter(), out);
    } else {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by(|(a, _), (b, _)| order(a, b));
        write_members(sorted.into_iter(), out);
    }
    out.push(b'}');
}

fn write_members<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>, out: &mut Vec<u8>) {
    for (at, (name, member)) in members.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write_value(member, out);
    }
}

/// The order of names: by UTF-16 units, which differs from byte order only beyond U+D7FF.
fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    if is_kept(number) {
        // Without fraction and within 2^53 − 1, decimal digits are what ECMAScript writes.
        out.extend_from_slice(number.to_string().as_bytes());
        return;
    }
    let double = number
        .as_f64()
        .expect("every JSON number read here fits a double");
    out.extend_from_slice(ryu_js::Buffer::new().format(double).as_bytes());
}

/// Appends a text in quotes, escaped as RFC 8785 says and no further.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn duplicate_names_are_refused_after_unescaping() {
        let fault = |name: &str| {
            Err(JsonFault::Duplicate {
                name: name.to_owned(),
            })
        };
        assert_eq!(parse(br#"{"id":1,"i\u0064":2}"#), fault("id"));
        assert_eq!(parse(br#"{"a":[{"x":1,"x":1}]}"#), fault("x"));
        assert!(parse(br#"{"a":{"x":1},"b":{"x":1}}"#).is_ok());
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(parse(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(
            parse(&nested(DEPTH_MAX + 1)),
            Err(JsonFault::Depth { allowed: DEPTH_MAX })
        );
        let text = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2)).into_bytes();
        assert!(parse(&text(RECORD_BYTES_MAX)).is_ok());
        assert_eq!(
            parse(&text(RECORD_BYTES_MAX + 1)),
            Err(JsonFault::TooLarge {
                found: RECORD_BYTES_MAX + 1,
                allowed: RECORD_BYTES_MAX
            })
        );
    }

    #[test]
    fn the_profile_keeps_integers_and_plain_names() {
        for (text, kept) in [
            ("9007199254740991", true),
            ("-9007199254740991", true),
            ("9007199254740992", false),
            ("-9007199254740992", false),
            ("1.0", false),
            ("1e2", false),
            ("-0", false),
            (r#"{"@vocab":"ә"}"#, true),
            (r#"{"ә":1}"#, false),
            (r#"{"a\"b":1}"#, false),
            (r#"{"a\u007fb":1}"#, false),
        ] {
            let value = parse(text.as_bytes()).expect("the case is JSON");
            assert_eq!(profile(&value).is_ok(), kept, "{text}");
        }
    }

    #[test]
    fn names_are_sorted_by_utf16_units_and_controls_escaped() {
        let value = json!({"\u{fb33}": 1, "\u{1f600}": 2, "b": "\u{1}\n\"\\/\u{7f}", "a": 1e21});
        assert_eq!(
            String::from_utf8(canonical(&value)).expect("canonical text is UTF-8"),
            "{\"a\":1e+21,\"b\":\"\\u0001\\n\\\"\\\\/\u{7f}\",\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
        assert_eq!(canonical(&json!(-0.0)), b"0");
        assert_eq!(canonical(&json!(u64::MAX)), b"18446744073709552000");
    }
}
