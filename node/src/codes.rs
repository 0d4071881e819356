//! Names of codes in Kazakh, Russian and English: countries, languages, sectors, goals, causes.
//!
//! Advice for people, never a check: a record may carry a code that is on no list here, and is shown with the code
//! itself. The lists stand in `text/codes/*.tsv`, one code a line: code, Kazakh, Russian, English.
//!
//! Source   countries and languages: Unicode CLDR 48.2.0 (Unicode License v3), `territories` and `languages` of `kk`,
//!          `ru`, `en`; countries are those of ISO 3166-1
//! Source   sectors: sections and groups of ICNP/TSO, United Nations Handbook on Satellite Account on Nonprofit and
//!          Related Institutions and Volunteer Work; goals: short titles of the Sustainable Development Goals; causes:
//!          Volunteering Data Standard, taxonomy of causes. Translations ours where there is no official one

use std::collections::BTreeMap;
use std::sync::LazyLock;

use erikti_protocol::field::{Code, code};

/// How the address of a cause of the Volunteering Data Standard begins.
const CAUSE: &str = "https://ns.volunteeringdata.io/";

/// One list: names in Kazakh, Russian and English by code.
type Names = BTreeMap<&'static str, [&'static str; 3]>;

macro_rules! list {
    ($name:ident, $file:literal) => {
        static $name: LazyLock<Names> =
            LazyLock::new(|| read(include_str!(concat!("../text/codes/", $file))));
    };
}

list!(COUNTRIES, "countries.tsv");
list!(LANGUAGES, "languages.tsv");
list!(SECTORS, "sectors.tsv");
list!(GOALS, "sdg.tsv");
list!(CAUSES, "causes.tsv");

fn read(text: &'static str) -> Names {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        Some((cells.next()?, [cells.next()?, cells.next()?, cells.next()?]))
    };
    text.lines().filter_map(row).collect()
}

fn name(list: &Names, code: &str, language: &str) -> Option<&'static str> {
    let [kazakh, russian, english] = list.get(code)?;
    Some(match language.split('-').next() {
        Some("kk") => kazakh,
        Some("ru") => russian,
        _ => english,
    })
}

/// What a code is called, after its list; the code itself where it is on none of ours. Goals keep their number.
pub fn named(list: &Code, value: &str, language: &str) -> String {
    type Named = fn(&str, &str) -> Option<&'static str>;
    let lists: [(&Code, Named); 4] = [
        (&code::COUNTRY, country),
        (&code::LANGUAGE, self::language),
        (&code::SECTOR, sector),
        (&code::SDG, sdg),
    ];
    let names = lists.iter().find(|(known, _)| std::ptr::eq(*known, list));
    match names.and_then(|(_, names)| names(value, language)) {
        Some(name) if std::ptr::eq(list, &code::SDG) => format!("{value}. {name}"),
        Some(name) => name.to_owned(),
        None => value.to_owned(),
    }
}

/// What a code is called, with the code beside it, since lists differ.
pub fn beside(list: &Code, value: &str, language: &str) -> String {
    let name = named(list, value, language);
    match name == value || name.starts_with(value) {
        true => name,
        false => format!("{name} ({value})"),
    }
}

/// What a country of ISO 3166-1 is called in the language that begins the tag; in English where that is neither `kk`
/// nor `ru`.
pub fn country(code: &str, language: &str) -> Option<&'static str> {
    name(&COUNTRIES, code, language)
}

/// What a language is called; what follows the first part of its tag does not matter.
pub fn language(tag: &str, language: &str) -> Option<&'static str> {
    name(&LANGUAGES, tag.split('-').next().unwrap_or(tag), language)
}

/// What a section or group of ICNP/TSO is called; a sub-group by the name of its group.
pub fn sector(code: &str, language: &str) -> Option<&'static str> {
    let group = || name(&SECTORS, &format!("{}0", code.get(..2)?), language);
    let section = || name(&SECTORS, code.get(..1)?, language);
    name(&SECTORS, code, language)
        .or_else(group)
        .or_else(section)
}

/// What a goal is called; a target by the name of its goal.
pub fn sdg(code: &str, language: &str) -> Option<&'static str> {
    name(&GOALS, code.split('.').next().unwrap_or(code), language)
}

/// What a cause of the Volunteering Data Standard is called, by its address or the name at the end of that.
pub fn cause(address: &str, language: &str) -> Option<&'static str> {
    let term = address.strip_prefix(CAUSE).unwrap_or(address);
    name(&CAUSES, term, language)
}

/// Countries, by code.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.keys().copied()
}

/// Languages, by code.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.keys().copied()
}

/// Sections and groups of ICNP/TSO, each section before its groups.
pub fn sectors() -> impl Iterator<Item = &'static str> {
    SECTORS.keys().copied()
}

/// Goals, 1 to 17.
pub fn goals() -> impl Iterator<Item = &'static str> {
    const GOALS: [&str; 17] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17",
    ];
    GOALS.into_iter()
}

/// Causes of the Volunteering Data Standard, as records name them.
pub fn causes() -> impl Iterator<Item = String> {
    CAUSES.keys().map(|term| format!("{CAUSE}{term}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use erikti_protocol::field::code;

    #[test]
    fn every_list_is_whole_and_of_its_codes_shape() {
        let counts = [&COUNTRIES, &LANGUAGES, &SECTORS, &GOALS, &CAUSES].map(|list| list.len());
        assert_eq!(counts, [249, 152, 62, 17, 45]);
        assert!(countries().all(|code| code::COUNTRY.matches(code)));
        assert!(languages().all(|tag| code::LANGUAGE.matches(tag)));
        assert!(sectors().all(|code| code::SECTOR.matches(code)));
        assert!(goals().all(|goal| sdg(goal, "kk").is_some() && code::SDG.matches(goal)));
        for list in [&COUNTRIES, &LANGUAGES, &SECTORS, &GOALS, &CAUSES] {
            let blank = list
                .values()
                .flatten()
                .find(|name| name.trim() != **name || name.is_empty());
            assert_eq!(blank, None);
        }
    }

    #[test]
    fn a_code_is_called_as_its_reader_says() {
        assert_eq!(country("KZ", "kk"), Some("Қазақстан"));
        assert_eq!(country("KZ", "ru-KZ"), Some("Казахстан"));
        assert_eq!(country("KZ", "fr"), Some("Kazakhstan"));
        assert_eq!(country("ZZ", "en"), None);
        assert_eq!(language("zh-Hant", "ru"), Some("китайский"));
        assert_eq!(sector("E14", "en"), sector("E10", "en"));
        assert_eq!(
            sector("E", "kk"),
            Some("Қоршаған ортаны қорғау және жануарларға қамқорлық")
        );
        assert_eq!(sector("é", "en"), None);
        assert_eq!(sdg("13.3", "ru"), Some("Борьба с изменением климата"));
        let address = causes().next().expect("there are causes");
        assert_eq!(cause(&address, "en"), Some("Animal welfare"));
    }
}
