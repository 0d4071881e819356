//! How a table writes a value that records write differently: dates in words, numbers that a spreadsheet padded.

use erikti_protocol::field::Shape;
use jiff::{Timestamp, Zoned, civil, fmt::strtime, tz::TimeZone};

/// How the cells of one column are written.
///
/// Shape    with a `%`: a time as `strptime` reads it (`%B %d %Y`, `%d.%m.%Y %H:%M`);
///          only zeros: a whole number, shown with at least as many digits, whatever the cell has after its point
///          (`0` reads `50.0` as 50, `00000` reads `2114.0` as 02114)
/// Source   POSIX strptime; number formats of spreadsheets
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellFormat {
    /// A day or a time.
    Time(String),
    /// A whole number with at least so many digits.
    Whole(usize),
}

/// Digits of a whole number in a cell, at most: those of the largest that records hold.
const DIGITS_MAX: usize = 16;

impl CellFormat {
    /// Reads a format for a field of this shape, or says what would be one.
    pub fn parse(text: &str, shape: &Shape) -> Result<Self, &'static str> {
        const WANTED: &str =
            "a date format such as `%d.%m.%Y`, or zeros such as `00000` for a whole number";
        if !text.is_empty() && text.len() <= DIGITS_MAX && text.bytes().all(|byte| byte == b'0') {
            return match shape {
                Shape::Date | Shape::Timestamp | Shape::LocalTime | Shape::LocalDateTime => {
                    Err("a date format such as `%d.%m.%Y`")
                }
                _ => Ok(Self::Whole(text.len())),
            };
        }
        if !text.contains('%') {
            return Err(WANTED);
        }
        let format = Self::Time(text.to_owned());
        // A format that cannot read what it wrote itself would reject every row, so the mapping is what is wrong.
        let trial = Zoned::new(
            Timestamp::from_second(TRIAL_S).expect("2026 is within range"),
            TimeZone::UTC,
        );
        let written = strtime::format(text, &trial).map_err(|_| WANTED)?;
        format.read(&written, shape).map(|_| format)
    }

    /// The cell as records write it, or what was expected.
    pub fn read(&self, cell: &str, shape: &Shape) -> Result<String, &'static str> {
        match self {
            Self::Time(format) => read_time(format, cell, shape),
            Self::Whole(digits) => read_whole(*digits, cell),
        }
    }
}

/// 2026-11-22T16:33:10Z: every part differs from the others, and the hour needs 24.
const TRIAL_S: i64 = 1_795_365_190;

/// A time on the clock of its place, and the place's time zone when the text says it: `2026-12-05T09:00:00` alone,
/// or with `Z` or a whole number of hours from UTC behind it.
pub(super) fn clock_time(text: &str) -> Result<(String, Option<String>), &'static str> {
    const WANTED: &str = "a day and a time such as `2026-12-05T09:00:00`";
    let text = text.trim();
    let (civil, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(civil) => (civil, Some("Etc/UTC".to_owned())),
        None => match text
            .len()
            .checked_sub("+00:00".len())
            .map(|at| text.split_at_checked(at))
        {
            Some(Some((civil, offset)))
                if offset.starts_with(['+', '-']) && offset.as_bytes()[3] == b':' =>
            {
                (civil, Some(fixed_zone(offset)?))
            }
            _ => (text, None),
        },
    };
    if !civil.contains([':']) {
        return Err(WANTED);
    }
    let at: civil::DateTime = civil.parse().map_err(|_| WANTED)?;
    Ok((moment(at), zone))
}

/// A clock time with what its zone's clocks were then ahead of UTC: `2026-12-05T09:00:00+05:00`. Where the clocks are put
/// back, and a time comes twice, it is the first of the two; `None` for a zone that nobody knows.
pub(super) fn with_offset(clock: &str, zone: &str) -> Option<String> {
    let at: civil::DateTime = clock.parse().ok()?;
    let at = at.to_zoned(TimeZone::get(zone).ok()?).ok()?;
    strtime::format("%Y-%m-%dT%H:%M:%S%:z", &at).ok()
}

/// What the clocks of a zone show at a moment that is written with `Z` or an offset; `None` for a text without one, and
/// for a zone that nobody knows.
pub(super) fn clock_in(text: &str, zone: &str) -> Option<String> {
    let at: Timestamp = text.trim().parse().ok()?;
    let zone = TimeZone::get(zone).ok()?;
    Some(moment(zone.to_datetime(at)))
}

/// A moment with `Z` or an offset, in any spelling of RFC 3339, as records write it; a day alone is its first second.
pub(super) fn utc_time(text: &str) -> Option<String> {
    let text = text.trim();
    let day_start = format!("{text}T00:00:00Z");
    let at: Timestamp = text.parse().or_else(|_| day_start.parse()).ok()?;
    Some(format!("{}Z", moment(TimeZone::UTC.to_datetime(at))))
}

/// The IANA name of a fixed offset. Its sign is the other way round there: five hours ahead of UTC is `Etc/GMT-5`.
fn fixed_zone(offset: &str) -> Result<String, &'static str> {
    let hours: i8 = offset[..3]
        .parse()
        .map_err(|_| "an offset from UTC such as `+05:00`")?;
    match (hours, &offset[4..]) {
        (0, "00") => Ok("Etc/UTC".to_owned()),
        (-12..=14, "00") => Ok(format!("Etc/GMT{:+}", -hours)),
        _ => Err("an offset from UTC of whole hours, from -12:00 to +14:00"),
    }
}

fn read_time(format: &str, cell: &str, shape: &Shape) -> Result<String, &'static str> {
    let parts =
        strtime::parse(format, cell).map_err(|_| "a time written as the mapping's format says")?;
    match shape {
        Shape::Date => {
            parts
                .to_date()
                .map(day)
                .map_err(|_| match (parts.day(), parts.month(), parts.year()) {
                    (Some(_), Some(_), Some(_)) => "a day that the calendar has",
                    _ => "a day, month and year",
                })
        }
        Shape::LocalTime => parts
            .to_time()
            .map(|time| format!("{:02}:{:02}", time.hour(), time.minute()))
            .map_err(|_| "an hour and a minute"),
        Shape::LocalDateTime => parts
            .to_datetime()
            .map(moment)
            .map_err(|_| "a day, month and year, and a time"),
        Shape::Timestamp => parts
            .to_timestamp()
            .map(|at| format!("{}Z", moment(TimeZone::UTC.to_datetime(at))))
            .map_err(|_| "a day, a time and an offset from UTC (`%z`)"),
        _ => Err("no date format: this field holds no date and no time"),
    }
}

fn day(date: civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn moment(at: civil::DateTime) -> String {
    format!(
        "{}T{:02}:{:02}:{:02}",
        day(at.date()),
        at.hour(),
        at.minute(),
        at.second()
    )
}

fn read_whole(digits: usize, cell: &str) -> Result<String, &'static str> {
    const WANTED: &str = "a whole number";
    let (sign, number) = cell
        .strip_prefix('-')
        .map_or(("", cell), |rest| ("-", rest));
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let is_whole = (1..=DIGITS_MAX).contains(&whole.len())
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && rest.bytes().all(|byte| byte == b'0');
    if !is_whole {
        return Err(WANTED);
    }
    Ok(format!("{sign}{whole:0>digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, shape: Shape, cell: &str) -> Result<String, &'static str> {
        CellFormat::parse(format, &shape)?.read(cell, &shape)
    }

    #[test]
    fn dates_in_words_become_dates() {
        assert_eq!(
            check("%B %d %Y", Shape::Date, "January 13 2011").as_deref(),
            Ok("2011-01-13")
        );
        assert_eq!(
            check("%d.%m.%Y", Shape::Date, "03.12.2026").as_deref(),
            Ok("2026-12-03")
        );
        assert_eq!(
            check("%d/%m/%Y %H:%M", Shape::LocalDateTime, "03/12/2026 09:30").as_deref(),
            Ok("2026-12-03T09:30:00")
        );
        assert_eq!(
            check("%I:%M %p", Shape::LocalTime, "02:30 PM").as_deref(),
            Ok("14:30")
        );
        assert_eq!(
            check(
                "%Y-%m-%d %H:%M %z",
                Shape::Timestamp,
                "2026-11-22 06:33 +0500"
            )
            .as_deref(),
            Ok("2026-11-22T01:33:00Z")
        );
    }

    #[test]
    fn a_cell_that_is_no_such_date_says_what_was_expected() {
        assert_eq!(
            check("%B %d %Y", Shape::Date, "13 January 2011"),
            Err("a time written as the mapping's format says")
        );
        assert!(check("%B %d %Y", Shape::Date, "February 30 2011").is_err());
        assert!(check("%B %d %Y", Shape::Date, "January 13 2011 or later").is_err());
    }

    #[test]
    fn a_format_that_cannot_work_is_refused_with_the_mapping() {
        assert_eq!(
            check("%B %d", Shape::Date, ""),
            Err("a day, month and year")
        );
        assert_eq!(
            check("%Y-%m-%d %H:%M", Shape::Timestamp, ""),
            Err("a day, a time and an offset from UTC (`%z`)")
        );
        for (format, shape) in [
            ("%d.%m.%Y", Shape::Bool),
            ("DD.MM.YYYY", Shape::Date),
            ("%Q", Shape::Date),
            ("00", Shape::Date),
            ("", Shape::Date),
        ] {
            assert!(CellFormat::parse(format, &shape).is_err(), "{format}");
        }
    }

    #[test]
    fn a_clock_time_keeps_the_clock_and_names_the_zone_if_it_can() {
        for (text, time, zone) in [
            ("2026-12-05T09:00:00", "2026-12-05T09:00:00", None),
            ("2026-12-05 09:00", "2026-12-05T09:00:00", None),
            (
                "2026-12-05T09:00:00.000Z",
                "2026-12-05T09:00:00",
                Some("Etc/UTC"),
            ),
            (
                "2026-12-05T09:00:00+05:00",
                "2026-12-05T09:00:00",
                Some("Etc/GMT-5"),
            ),
            (
                "2026-12-05T09:00:00-03:00",
                "2026-12-05T09:00:00",
                Some("Etc/GMT+3"),
            ),
            (
                "2026-12-05T09:00:00+00:00",
                "2026-12-05T09:00:00",
                Some("Etc/UTC"),
            ),
        ] {
            assert_eq!(
                clock_time(text),
                Ok((time.to_owned(), zone.map(str::to_owned))),
                "{text}"
            );
        }
        for text in [
            "",
            "soon",
            "2026-12-05",
            "2026-02-30T09:00:00",
            "2026-12-05T09:00:00+05:30",
            "2026-12-05T09:00:00+99:00",
        ] {
            assert!(clock_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_clock_time_has_the_offset_of_its_zone_on_that_day() {
        for (clock, zone, wanted) in [
            (
                "2026-12-05T09:00:00",
                "Asia/Almaty",
                "2026-12-05T09:00:00+05:00",
            ),
            // The country moved its clocks that spring.
            (
                "2024-02-01T09:00:00",
                "Asia/Almaty",
                "2024-02-01T09:00:00+06:00",
            ),
            (
                "2026-07-05T18:00:00",
                "Europe/London",
                "2026-07-05T18:00:00+01:00",
            ),
            (
                "2026-10-25T01:30:00",
                "Europe/London",
                "2026-10-25T01:30:00+01:00",
            ),
            (
                "2026-12-05T09:00:00",
                "Asia/Kathmandu",
                "2026-12-05T09:00:00+05:45",
            ),
            (
                "2026-12-05T09:00:00",
                "Etc/GMT-5",
                "2026-12-05T09:00:00+05:00",
            ),
            (
                "2026-12-05T09:00:00",
                "Etc/UTC",
                "2026-12-05T09:00:00+00:00",
            ),
        ] {
            assert_eq!(with_offset(clock, zone).as_deref(), Some(wanted), "{zone}");
            assert_eq!(clock_in(wanted, zone).as_deref(), Some(clock), "{zone}");
        }
        assert_eq!(with_offset("2026-12-05T09:00:00", "Asia/Nowhere"), None);
        assert_eq!(clock_in("2026-12-05T09:00:00", "Asia/Almaty"), None);
        assert_eq!(
            clock_in("2026-07-05T17:00:00Z", "Europe/London").as_deref(),
            Some("2026-07-05T18:00:00")
        );
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        for (text, moment) in [
            ("2026-03-01T00:00:00.250Z", Some("2026-03-01T00:00:00Z")),
            ("2026-03-01T02:00+05:00", Some("2026-02-28T21:00:00Z")),
            ("2026-03-01", Some("2026-03-01T00:00:00Z")),
            ("2026-03-01T00:00:00", None),
            ("March", None),
        ] {
            assert_eq!(utc_time(text).as_deref(), moment, "{text}");
        }
    }

    #[test]
    fn zeros_read_whole_numbers_that_a_spreadsheet_rewrote() {
        let shape = Shape::Line { max_chars: 16 };
        assert_eq!(check("00000", shape, "2114.0").as_deref(), Ok("02114"));
        assert_eq!(check("00000", shape, "10013").as_deref(), Ok("10013"));
        assert_eq!(check("0", shape, "-50.00").as_deref(), Ok("-50"));
        for cell in ["1.5", "1e3", "", ".0", "12a", "12345678901234567"] {
            assert_eq!(check("0", shape, cell), Err("a whole number"), "{cell}");
        }
    }
}
