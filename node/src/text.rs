//! What the node says to people: interface texts in Kazakh, Russian and English, numbers and dates as each writes them.
//!
//! The texts stand in `text/{kk,ru,en}.ftl` (Project Fluent) and are part of the program. Labels of record kinds are
//! not here: they stand with their kinds. Two further languages are made from the English texts at run time and shown
//! to whoever asks for them by name: one with longer words, one written from right to left; a layout that survives both
//! survives the next translation.

use std::sync::OnceLock;

use erikti_protocol::time::{Date, Timestamp};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language that the pages are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Kazakh.
    Kazakh,
    /// Russian.
    Russian,
    /// English.
    English,
    /// English with longer, accented words: shows what was not translated and what does not fit.
    Lengthened,
    /// English laid out from right to left: shows what assumes a direction.
    Mirrored,
}

impl Language {
    /// The languages that are offered to readers.
    pub const OFFERED: [Self; 3] = [Self::Kazakh, Self::Russian, Self::English];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::English => "en",
            Self::Lengthened => "en-XA",
            Self::Mirrored => "ar-XB",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Kazakh => "Қазақша",
            Self::Russian => "Русский",
            Self::English => "English",
            Self::Lengthened => "Longer words",
            Self::Mirrored => "Right to left",
        }
    }

    /// `ltr` or `rtl`, as HTML has it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Mirrored => "rtl",
            _ => "ltr",
        }
    }

    /// The language of a tag; what follows `kk`, `ru` or `en` in it does not matter.
    pub fn parse(tag: &str) -> Option<Self> {
        let made = [Self::Lengthened, Self::Mirrored];
        if let Some(made) = made
            .into_iter()
            .find(|made| made.tag().eq_ignore_ascii_case(tag))
        {
            return Some(made);
        }
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::OFFERED
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for a reader whose browser says `Accept-Language`; English when it names none of ours.
    ///
    /// Source   RFC 9110 section 12.5.4
    pub fn negotiate(accepted: &str) -> Self {
        /// Languages of one reader that are looked at.
        const RANGES_MAX: usize = 16;
        let mut best = None;
        for range in accepted.split(',').take(RANGES_MAX) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |weight| weight.trim().parse::<f32>().unwrap_or(0.0));
            let known = Self::parse(tag).filter(|language| Self::OFFERED.contains(language));
            if let Some(language) = known.filter(|_| weight > 0.0)
                && best.is_none_or(|(_, most)| weight > most)
            {
                best = Some((language, weight));
            }
        }
        best.map_or(Self::English, |(language, _)| language)
    }

    /// Says a text.
    pub fn say(self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// Says a text with values in it. A key that does not exist is said itself; a test finds every one that is named.
    pub fn say_with(self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.tag(), "no such text");
            return key.to_owned();
        };
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let mut faults = Vec::new();
        let said = bundle
            .format_pattern(pattern, Some(&args), &mut faults)
            .into_owned();
        if !faults.is_empty() {
            tracing::error!(key, language = self.tag(), ?faults, "a text lacks a value");
        }
        match self {
            Self::Lengthened => lengthened(&said),
            Self::Mirrored => format!("\u{200f}{said}"),
            _ => said,
        }
    }

    /// Whether there is such a text.
    pub fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// Says a text about so many: `n` chooses its form, `count` stands in it.
    pub fn count(self, key: &str, n: u64) -> String {
        let count = self.number(n);
        self.say_with(key, &[("n", n.into()), ("count", count.into())])
    }

    /// So many of a field's unit (UCUM), in words. A unit in braces is what the field's label says already.
    pub fn counted(self, n: u64, unit: Option<&str>) -> String {
        match unit {
            Some("min") => self.count("unit-minutes", n),
            Some("h") => self.count("hours", n),
            Some("a") => self.count("unit-years", n),
            // The name of a year, which is not counted and has no thousands.
            Some("{year}") => n.to_string(),
            _ => self.number(n),
        }
    }

    /// A whole number as its readers group it: `12 345`, `12,345`.
    pub fn number(self, number: u64) -> String {
        let mark = match self {
            Self::Kazakh | Self::Russian => '\u{a0}',
            _ => ',',
        };
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A day in words.
    pub fn date(self, date: Date) -> String {
        let text = date.to_string();
        let mut parts = text.split('-');
        let mut part = || parts.next().unwrap_or_default();
        let (year, month, day) = (part().to_owned(), part(), part().trim_start_matches('0'));
        let month = self.say(&format!("month-{}", month.trim_start_matches('0')));
        self.say_with(
            "date",
            &[
                ("day", day.into()),
                ("month", month.into()),
                ("year", year.into()),
            ],
        )
    }

    /// A moment in words, in UTC.
    pub fn moment(self, moment: Timestamp) -> String {
        let text = moment.to_string();
        let time = text.get(11..16).unwrap_or_default().to_owned();
        let date = self.date(moment.date());
        self.say_with("moment", &[("date", date.into()), ("time", time.into())])
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 3] =
            [const { OnceLock::new() }; 3];
        let (bundle, tag, source) = match self {
            Self::Kazakh => (&BUNDLES[0], "kk", sources()[0]),
            Self::Russian => (&BUNDLES[1], "ru", sources()[1]),
            _ => (&BUNDLES[2], "en", sources()[2]),
        };
        bundle.get_or_init(|| {
            let tag = tag.parse().expect("two letters are a language");
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Marks around values would end up in titles and attributes; pages isolate foreign words themselves.
            bundle.set_use_isolating(false);
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) => resource,
                Err((good, faults)) => {
                    tracing::error!(?faults, "a file of texts has faults");
                    good
                }
            };
            if let Err(faults) = bundle.add_resource(resource) {
                tracing::error!(?faults, "a text stands twice");
            }
            bundle
        })
    }
}

/// The files of texts: Kazakh, Russian, English.
pub fn sources() -> [&'static str; 3] {
    [
        include_str!("../text/kk.ftl"),
        include_str!("../text/ru.ftl"),
        include_str!("../text/en.ftl"),
    ]
}

/// The same words, longer by two fifths, between brackets that show where a text was cut off.
fn lengthened(text: &str) -> String {
    let accented: String = text
        .chars()
        .map(|c| match c {
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ó',
            'u' => 'ú',
            'A' => 'Á',
            'E' => 'É',
            'I' => 'Í',
            'O' => 'Ó',
            'U' => 'Ú',
            c => c,
        })
        .collect();
    let more = "~".repeat(text.chars().count() * 2 / 5);
    format!("[{accented}{more}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_language_that_the_browser_asks_for() {
        assert_eq!(
            Language::negotiate("kk-KZ,ru;q=0.8,en;q=0.5"),
            Language::Kazakh
        );
        assert_eq!(
            Language::negotiate("de, ru;q=0.3, en;q=0.2"),
            Language::Russian
        );
        assert_eq!(Language::negotiate("fr"), Language::English);
        assert_eq!(Language::negotiate("ru;q=0, kk;q=x"), Language::English);
        assert_eq!(Language::negotiate(""), Language::English);
        assert_eq!(Language::negotiate("ar-XB"), Language::English);
    }

    #[test]
    fn plurals_follow_each_language() {
        let said = |language: Language, n: i64| language.say_with("hours", &[("n", n.into())]);
        assert_eq!(
            [1, 2, 5, 21].map(|n| said(Language::Russian, n)),
            ["1 час", "2 часа", "5 часов", "21 час"]
        );
        assert_eq!(
            [1, 5].map(|n| said(Language::Kazakh, n)),
            ["1 сағат", "5 сағат"]
        );
        assert_eq!(
            [1, 5].map(|n| said(Language::English, n)),
            ["1 hour", "5 hours"]
        );
    }

    #[test]
    fn dates_and_numbers_are_written_as_their_readers_do() {
        let day = Date::parse("2026-11-02").expect("a day");
        assert_eq!(Language::Kazakh.date(day), "2026 жылғы 2 қараша");
        assert_eq!(Language::Russian.date(day), "2 ноября 2026 г.");
        assert_eq!(Language::English.date(day), "2 November 2026");
        assert_eq!(Language::English.number(1_234_567), "1,234,567");
        assert_eq!(Language::Russian.number(999), "999");
    }
}
