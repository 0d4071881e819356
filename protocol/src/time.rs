//! Times and dates as records spell them. Never reads a clock: the time is an argument.

use std::fmt;

use jiff::{SignedDuration, civil};

use crate::spelling::as_text;

/// A moment in UTC, to the second.
///
/// Shape    `YYYY-MM-DDTHH:MM:SSZ` and no other spelling, so that one instant has one signature
/// Units    whole seconds since 1970-01-01T00:00:00Z
/// Limits   years 0000 to 9999; no leap second
/// Source   RFC 3339, narrowed
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

/// Where seconds are counted from.
const EPOCH: civil::DateTime = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// The first second that has no four-digit year: 10000-01-01T00:00:00Z.
const YEAR_10000_S: i64 = 253_402_300_800;
/// 0000-01-01T00:00:00Z.
const YEAR_0_S: i64 = -62_167_219_200;

impl Timestamp {
    /// Takes seconds since 1970, or `None` outside the years 0000 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (YEAR_0_S..YEAR_10000_S)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The moment `seconds` later (earlier when negative), kept within the years 0000 to 9999.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(seconds)
                .clamp(YEAR_0_S, YEAR_10000_S - 1),
        )
    }

    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 20
            || bytes[10] != b'T'
            || bytes[13] != b':'
            || bytes[16] != b':'
            || bytes[19] != b'Z'
        {
            return None;
        }
        let date = Date::parse(text.get(..10)?)?;
        let (hour, minute, second) = (two(&bytes[11..])?, two(&bytes[14..])?, two(&bytes[17..])?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Self::from_seconds(
            date.days() * 86_400
                + i64::from(hour) * 3_600
                + i64::from(minute) * 60
                + i64::from(second),
        )
    }

    /// The day this moment falls on, in UTC.
    pub fn date(self) -> Date {
        let (date, _) = self.civil();
        date
    }

    fn civil(self) -> (Date, civil::Time) {
        let at = EPOCH
            .checked_add(SignedDuration::from_secs(self.0))
            .expect("years 0000 to 9999 are within a civil time's range");
        (Date(at.date()), at.time())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = self.civil();
        write!(
            f,
            "{date}T{:02}:{:02}:{:02}Z",
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

/// A civil day.
///
/// Shape    `YYYY-MM-DD`
/// Limits   years 0000 to 9999
/// Source   ISO 8601 calendar date
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(civil::Date);

impl Date {
    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = i16::from(two(bytes)?) * 100 + i16::from(two(&bytes[2..])?);
        let (month, day) = (two(&bytes[5..])?, two(&bytes[8..])?);
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .ok()
            .map(Self)
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        self.0.duration_since(EPOCH.date()).as_secs() / 86_400
    }

    /// The first second of this day, in UTC.
    pub fn start(self) -> Timestamp {
        Timestamp(self.days() * 86_400)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

fn two(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => Some((a - b'0') * 10 + (b - b'0')),
        _ => None,
    }
}

as_text!(Timestamp, "a time is spelled YYYY-MM-DDTHH:MM:SSZ");
as_text!(Date, "a date is spelled YYYY-MM-DD");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_round_trips() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-22T06:33:00Z",
            "2024-02-29T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(
                Timestamp::parse(text).map(|t| t.to_string()).as_deref(),
                Some(text)
            );
        }
        assert_eq!(
            Timestamp::parse("1970-01-02T00:00:01Z").map(Timestamp::seconds),
            Some(86_401)
        );
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for text in [
            "2023-02-29T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T06:33:00z",
            "2026-11-22 06:33:00Z",
            "2026-11-22T06:33:00+00:00",
            "2026-11-22T06:33:00.0Z",
            "2026-13-01T00:00:00Z",
            "+2026-11-22T06:33:0Z",
            "２026-11-22T06:33:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2026-1-01"), None);
        assert_eq!(Timestamp::from_seconds(YEAR_10000_S), None);
        assert!(Timestamp::from_seconds(YEAR_10000_S - 1).is_some());
    }
}
