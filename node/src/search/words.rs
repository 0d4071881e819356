//! Words: how a text is cut into what can be found, and in how many ways a word that is looked for may stand there.
//!
//! Letters are folded: small, without accents, `ё` as `е`. Russian and English words are also kept as stems. Kazakh has
//! no stemmer in any library, and hangs its endings one behind the other, so its words are found by how they begin:
//! `мектеп` finds `мектептеріміздегі`. Kazakh words are kept without the letters that other Cyrillic keyboards lack
//! as well, so `кала` finds `қала`.

use std::borrow::Cow;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream,
};

/// Characters of a word, at most; what is longer is cut, where it is kept and where it is looked for.
const WORD_CHARS_MAX: usize = 40;
/// Letters that an ending leaves of a Kazakh word, at least.
const STEM_CHARS_MIN: usize = 4;
/// Endings taken from one Kazakh word, at most: plural, owner, case, and what is made of that.
const ENDINGS_MAX: usize = 4;

/// Kazakh endings, in letters that every Cyrillic keyboard has; longer ones first where one ends another.
///
/// Source   plural, possessive, case and attributive endings of the school grammar
const ENDINGS: [&str; 68] = [
    "мыздагы",
    "миздеги",
    "ндагы",
    "ндеги",
    "дагы",
    "деги",
    "тагы",
    "теги",
    "ымыз",
    "имиз",
    "ыныз",
    "иниз",
    "мыз",
    "миз",
    "ныз",
    "низ",
    "лар",
    "лер",
    "дар",
    "дер",
    "тар",
    "тер",
    "нын",
    "нин",
    "дын",
    "дин",
    "тын",
    "тин",
    "нда",
    "нде",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "мен",
    "бен",
    "пен",
    "ына",
    "ине",
    "сын",
    "син",
    "га",
    "ге",
    "ка",
    "ке",
    "на",
    "не",
    "ны",
    "ни",
    "ды",
    "ди",
    "ты",
    "ти",
    "да",
    "де",
    "та",
    "те",
    "сы",
    "си",
    "ым",
    "им",
    "ын",
    "ин",
    "ы",
    "и",
    "н",
];

/// Makes forms of words. Not for two threads at once: the stemmers keep their memory.
pub(super) struct Forms {
    russian: TextAnalyzer,
    english: TextAnalyzer,
    ascii: TextAnalyzer,
}

impl Default for Forms {
    fn default() -> Self {
        let with = |language| {
            TextAnalyzer::builder(RawTokenizer::default())
                .filter(Stemmer::new(language))
                .build()
        };
        Self {
            russian: with(Language::Russian),
            english: with(Language::English),
            ascii: TextAnalyzer::builder(RawTokenizer::default())
                .filter(AsciiFoldingFilter)
                .build(),
        }
    }
}

impl std::fmt::Debug for Forms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forms").finish_non_exhaustive()
    }
}

/// What kind of letters a word has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Cyrillic with a letter that Russian has not.
    Turkic,
    /// Cyrillic.
    Cyrillic,
    /// Latin.
    Latin,
    /// Anything else.
    Other,
}

/// The forms of a text: words apart by blanks, so that they can be cut again by those.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Every word, folded, in order.
    pub(super) exact: String,
    /// Stems of Russian and English words.
    pub(super) stems: String,
    /// Words that may be Kazakh, in plain letters.
    pub(super) kazakh: String,
}

impl Forms {
    /// Adds the forms of a text to what is kept. `language` is the tag that stands before it; nothing where none does.
    pub(super) fn keep(&mut self, text: &str, language: &str, kept: &mut Kept) {
        let primary = language.split('-').next().unwrap_or_default();
        for word in self.words(text) {
            push(&mut kept.exact, &word);
            match script(&word) {
                Script::Turkic => push(&mut kept.kazakh, &plain(&word)),
                Script::Cyrillic => {
                    if primary != "ru" {
                        push(&mut kept.kazakh, &plain(&word));
                    }
                    if primary != "kk" {
                        push(&mut kept.stems, &self.stem(&word));
                    }
                }
                Script::Latin => push(&mut kept.stems, &self.stem(&word)),
                Script::Other => {}
            }
        }
    }

    /// The words of a text, folded.
    pub(super) fn words(&mut self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = String::new();
        let mut chars = 0;
        for c in text.chars() {
            if is_mark(c) {
                // Over `и` it makes `й`; everywhere else it is an accent.
                if c == '\u{306}' && word.ends_with('и') {
                    word.pop();
                    word.push('й');
                }
                continue;
            }
            if is_alone(c) {
                self.end(&mut word, &mut chars, &mut words);
                words.push(c.to_string());
            } else if c.is_alphanumeric() {
                if chars < WORD_CHARS_MAX {
                    word.extend(c.to_lowercase().filter(|c| !is_mark(*c)).map(folded));
                    chars += 1;
                }
            } else {
                self.end(&mut word, &mut chars, &mut words);
            }
        }
        self.end(&mut word, &mut chars, &mut words);
        words
    }

    fn end(&mut self, word: &mut String, chars: &mut usize, words: &mut Vec<String>) {
        *chars = 0;
        if word.is_empty() {
            return;
        }
        let word = std::mem::take(word);
        words.push(match word.chars().any(is_accented) {
            true => first(&mut self.ascii, &word),
            false => word,
        });
    }

    /// The stem of a Russian or English word.
    pub(super) fn stem(&mut self, word: &str) -> String {
        match script(word) {
            Script::Latin => first(&mut self.english, word),
            Script::Cyrillic => first(&mut self.russian, word),
            _ => word.to_owned(),
        }
    }
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// What an analyser makes of one word.
fn first(analyser: &mut TextAnalyzer, word: &str) -> String {
    let mut stream = analyser.token_stream(word);
    match stream.advance() {
        true => stream.token().text.clone(),
        false => word.to_owned(),
    }
}

fn folded(c: char) -> char {
    match c {
        'ё' => 'е',
        'أ' | 'إ' | 'آ' => 'ا',
        c => c,
    }
}

/// Marks that stand over, under or between letters and make no other word.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// Letters of scripts that put no blanks between words: each is a word.
fn is_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

fn is_accented(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{fb00}'..='\u{fb06}' | '\u{ff10}'..='\u{ff5a}')
}

/// What kind of letters a word has.
pub(super) fn script(word: &str) -> Script {
    let mut found = Script::Other;
    for c in word.chars() {
        match c {
            'а'..='я' => found = Script::Cyrillic,
            '\u{400}'..='\u{52f}' => return Script::Turkic,
            'a'..='z' => found = Script::Latin,
            _ => {}
        }
    }
    found
}

/// A word as it is typed on a keyboard without the letters that Kazakh adds.
pub(super) fn plain(word: &str) -> Cow<'_, str> {
    if script(word) != Script::Turkic {
        return Cow::Borrowed(word);
    }
    let letter = |c| match c {
        'ә' => 'а',
        'ғ' | 'ґ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' | 'ў' => 'у',
        'һ' => 'х',
        'і' | 'ї' => 'и',
        'є' => 'е',
        c => c,
    };
    Cow::Owned(word.chars().map(letter).collect())
}

/// How a Kazakh word in plain letters begins, without the endings that it may have.
pub(super) fn beginning(word: &str) -> &str {
    let mut word = word;
    for _ in 0..ENDINGS_MAX {
        let shorter = ENDINGS
            .iter()
            .filter_map(|ending| word.strip_suffix(ending))
            .find(|rest| rest.chars().count() >= STEM_CHARS_MIN);
        match shorter {
            Some(rest) => word = rest,
            None => break,
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_folded_and_words_cut() {
        let mut forms = Forms::default();
        assert_eq!(
            forms.words("Ёлка — ДЕРЕВЬЯ, 12-ші мектеп; naïve Ço\u{327}şe ﬁre"),
            [
                "елка",
                "деревья",
                "12",
                "ші",
                "мектеп",
                "naive",
                "cose",
                "fire"
            ]
        );
        assert_eq!(forms.words("и\u{306}од и\u{301}ва"), ["йод", "ива"]);
        assert_eq!(forms.words("植樹 day"), ["植", "樹", "day"]);
        assert_eq!(forms.words("\u{200b}\u{202e}\0 .,"), Vec::<String>::new());
        assert_eq!(
            forms.words(&"я".repeat(100))[0].chars().count(),
            WORD_CHARS_MAX
        );
    }

    #[test]
    fn stems_are_those_of_the_language() {
        let mut forms = Forms::default();
        assert_eq!(forms.stem("деревьев"), forms.stem("деревья"));
        assert_eq!(forms.stem("planting"), forms.stem("plants"));
    }

    #[test]
    fn kazakh_words_are_found_by_their_beginning() {
        for (word, stem) in [
            ("мектептерде", "мектеп"),
            ("мектептеріміздегі", "мектеп"),
            ("ағаштарды", "агаш"),
            ("қалада", "кала"),
            ("балаларға", "бала"),
            ("кітабымыз", "китаб"),
            ("қала", "кала"),
            ("су", "су"),
        ] {
            assert_eq!(beginning(&plain(word)), stem, "{word}");
        }
    }

    #[test]
    fn each_word_is_kept_as_its_language_asks() {
        let mut forms = Forms::default();
        let mut kept = Kept::default();
        forms.keep("Ағаш отырғызу", "kk", &mut kept);
        forms.keep("Сажаем деревья", "ru", &mut kept);
        forms.keep("planting", "en-GB", &mut kept);
        assert_eq!(kept.exact, "ағаш отырғызу сажаем деревья planting");
        assert_eq!(kept.kazakh, "агаш отыргызу");
        assert_eq!(kept.stems.split(' ').count(), 3);
    }
}
