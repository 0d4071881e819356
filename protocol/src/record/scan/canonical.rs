//! JSON in canonical form and within the profile, stepped over byte by byte.

use super::Span;
use crate::json::{self, INTEGER_MAX};
use crate::record::RecordFault;

pub(super) type Step<T> = Result<T, RecordFault>;

/// A place in a record's bytes, which are UTF-8.
pub(super) struct Scan<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[cold]
    pub(super) fn envelope<T>(&self, wanted: &'static str) -> Step<T> {
        Err(RecordFault::Envelope {
            at: self.at,
            wanted,
        })
    }

    #[cold]
    fn canonical<T>(&self, wanted: &'static str) -> Step<T> {
        Err(RecordFault::Canonical {
            at: self.at,
            wanted,
        })
    }

    /// Steps over what must stand here.
    pub(super) fn exactly(&mut self, wanted: &'static str) -> Step<()> {
        if !self.rest().starts_with(wanted.as_bytes()) {
            return self.envelope(wanted);
        }
        self.at += wanted.len();
        Ok(())
    }

    /// Steps over a repetition of what stood earlier.
    pub(super) fn same(&mut self, earlier: Span, wanted: &'static str) -> Step<()> {
        let earlier = &self.bytes[earlier.range()];
        if !self.rest().starts_with(earlier) {
            return self.envelope(wanted);
        }
        self.at += earlier.len();
        Ok(())
    }

    /// Reads a text that needs no escapes with `read`.
    pub(super) fn quoted<T>(
        &mut self,
        wanted: &'static str,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Step<T> {
        let at = self.at;
        if self.peek() != Some(b'"') {
            return self.envelope(wanted);
        }
        match read(self.text()?) {
            Some(value) => Ok(value),
            None => {
                self.at = at;
                self.envelope(wanted)
            }
        }
    }

    pub(super) fn value(&mut self, depth_left: usize) -> Step<()> {
        match self.peek() {
            Some(b'"') => self.text().map(drop),
            Some(b'{') => {
                let depth_left = self.deeper(depth_left)?;
                self.object(|scan, _, _| scan.value(depth_left))
            }
            Some(b'[') => {
                let depth_left = self.deeper(depth_left)?;
                self.array(depth_left)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => self.canonical("a value"),
        }
    }

    fn deeper(&self, depth_left: usize) -> Step<usize> {
        match depth_left.checked_sub(1) {
            Some(depth_left) => Ok(depth_left),
            None => self.canonical("at most 16 containers within each other"),
        }
    }

    fn literal(&mut self, wanted: &'static str) -> Step<()> {
        if !self.rest().starts_with(wanted.as_bytes()) {
            return self.canonical(wanted);
        }
        self.at += wanted.len();
        Ok(())
    }

    /// Steps over an object; `member` gets where the member begins (its comma included), its name, and the value to step over.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, usize, &'a [u8]) -> Step<()>,
    ) -> Step<()> {
        if self.peek() != Some(b'{') {
            return self.canonical("`{`");
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut last: Option<&[u8]> = None;
        let mut before = self.at;
        loop {
            let name = self.name()?;
            if last.is_some_and(|last| last >= name) {
                return self.canonical("names in ascending order, none twice");
            }
            last = Some(name);
            member(self, before, name)?;
            before = self.at;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.canonical("`,` or `}`"),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a name and its colon.
    fn name(&mut self) -> Step<&'a [u8]> {
        if self.peek() != Some(b'"') {
            return self.canonical("a name");
        }
        let from = self.at + 1;
        let rest = &self.bytes[from..];
        let Some(length) = rest.iter().position(|&byte| !json::is_name_byte(byte)) else {
            return self.canonical("a name's end");
        };
        self.at = from + length;
        if !self.rest().starts_with(b"\":") {
            return self.canonical("a name of plain ASCII and `:`");
        }
        self.at += 2;
        Ok(&rest[..length])
    }

    fn array(&mut self, depth_left: usize) -> Step<()> {
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth_left)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.canonical("`,` or `]`"),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Steps over an integer within ±(2^53 − 1).
    pub(super) fn number(&mut self) -> Step<()> {
        const WANTED: &str = "an integer within ±(2^53 − 1)";
        /// Digits of 2^53 − 1.
        const DIGITS_MAX: usize = 16;
        let at = self.at;
        let negative = self.peek() == Some(b'-');
        let digits = &self.rest()[usize::from(negative)..];
        let count = digits
            .iter()
            .take(DIGITS_MAX + 1)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let zero = digits.first() == Some(&b'0');
        if count == 0
            || count > DIGITS_MAX
            || zero && (count > 1 || negative)
            || decimal(&digits[..count]) > INTEGER_MAX
        {
            return self.canonical(WANTED);
        }
        self.at = at + usize::from(negative) + count;
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            self.at = at;
            return self.canonical(WANTED);
        }
        Ok(())
    }

    /// Steps over a text and returns what stands between its quotes.
    pub(super) fn text(&mut self) -> Step<&'a [u8]> {
        if self.peek() != Some(b'"') {
            return self.canonical("`\"`");
        }
        let from = self.at + 1;
        self.at = from;
        loop {
            self.at = plain_end(self.bytes, self.at);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return self.canonical("an escaped control character"),
                None => return self.canonical("`\"`"),
            }
        }
        let text = &self.bytes[from..self.at];
        self.at += 1;
        Ok(text)
    }

    /// Steps over an escape that RFC 8785 would write, and no other.
    fn escape(&mut self) -> Step<()> {
        let length = match self.rest() {
            [_, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [
                _,
                b'u',
                b'0',
                b'0',
                b'0',
                b'0'..=b'7' | b'b' | b'e' | b'f',
                ..,
            ] => 6,
            [_, b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => 6,
            _ => return self.canonical("the escape of RFC 8785"),
        };
        self.at += length;
        Ok(())
    }
}

/// Where the first quote, backslash or control character stands from `at` on; eight bytes at a time.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const QUOTE: u64 = u64::from_ne_bytes([b'"'; 8]);
    const BACKSLASH: u64 = u64::from_ne_bytes([b'\\'; 8]);
    const SPACE: u64 = u64::from_ne_bytes([b' '; 8]);
    // Exact for the lowest byte that is found; a borrow can only mark bytes above it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(SPACE) & !word;
        let found = (zero(word ^ QUOTE) | zero(word ^ BACKSLASH) | control) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ')
        .unwrap_or(rest.len())
}

/// The value of at most 16 decimal digits.
pub(super) fn decimal(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}
