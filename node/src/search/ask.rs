//! What is asked of the search: words, values, days, a point; and the question that the index is asked.

use std::fmt;

use tantivy::query::{
    AllQuery, BitSetDocSet, BooleanQuery, ConstScoreQuery, ConstScorer, DisjunctionMaxQuery,
    EmptyQuery, EnableScoring, Explanation, Occur, PhraseQuery, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError, Term};

use super::schema::Fields;
use super::tag::Tag;
use super::words::{Forms, Script, beginning, plain, script};

/// Words of one question that are looked for, at most; later ones are left out.
pub const WORDS_MAX: usize = 16;
/// Characters of one question that are read, at most.
pub const ASK_CHARS_MAX: usize = 200;
/// Letters from which on a word also finds those that begin like it.
const PREFIX_CHARS_MIN: usize = 3;
/// Words that one beginning stands for, at most: each costs one list of documents.
const EXPANSIONS_MAX: usize = 4_096;

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What fits the words best, then the newest.
    #[default]
    Fit,
    /// The newest first.
    New,
    /// What begins soonest after this day, as days since 1970, first; what is over last.
    Start(i64),
    /// The nearest first; needs [`Ask::near`].
    Near,
}

/// Around which point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How far from it, in metres; everywhere when there is none.
    pub radius_m: Option<u32>,
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// Words; those between quotes stand beside each other.
    pub words: String,
    /// Words of a place.
    pub place: String,
    /// Of each of these, at least one.
    pub tags: Vec<Vec<Tag>>,
    /// Not over before this day.
    pub from: Option<i64>,
    /// Begun by this day.
    pub until: Option<i64>,
    /// Around which point.
    pub near: Option<Near>,
    /// In which order.
    pub order: Order,
    /// How many, at most.
    pub limit: usize,
    /// What comes after this.
    pub after: Option<super::Cursor>,
}

/// One thing that a text must have: a word, or words beside each other.
type Part = Vec<String>;

/// Cuts what somebody typed into words and quoted runs of words.
pub(super) fn parts(forms: &mut Forms, text: &str) -> Vec<Part> {
    let text: String = text.chars().take(ASK_CHARS_MAX).collect();
    let mut parts = Vec::new();
    let mut left = WORDS_MAX;
    let quotes = ['"', '«', '»', '“', '”', '„'];
    for (at, piece) in text.split(quotes).enumerate() {
        let mut words = forms.words(piece);
        words.truncate(left);
        left -= words.len();
        if at % 2 == 1 {
            parts.push(words);
        } else {
            parts.extend(words.into_iter().map(|word| vec![word]));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The question for the index. `any` asks for one of the words only.
pub(super) fn query(
    fields: &Fields,
    forms: &mut Forms,
    ask: &Ask,
    parts: &[Part],
    any: bool,
) -> Box<dyn Query> {
    let mut must: Vec<Box<dyn Query>> = Vec::new();
    for tags in &ask.tags {
        let terms = tags
            .iter()
            .map(|tag| term(Term::from_field_u64(fields.tags, tag.number())));
        must.push(silent(one_of(terms.collect())));
    }
    let place: Vec<_> = forms
        .words(&ask.place)
        .into_iter()
        .take(WORDS_MAX)
        .collect();
    if !ask.place.trim().is_empty() && place.is_empty() {
        return Box::new(EmptyQuery);
    }
    for word in &place {
        must.push(silent(Box::new(BooleanQuery::union(ways_in_place(
            fields, forms, word,
        )))));
    }
    let words: Vec<Box<dyn Query>> = parts.iter().map(|part| ways(fields, forms, part)).collect();
    if any && words.len() > 1 {
        must.push(Box::new(BooleanQuery::union(words)));
    } else {
        must.extend(words);
    }
    // Marks and nothing else were looked for: no text has them.
    if parts.is_empty() && !ask.words.trim().is_empty() {
        return Box::new(EmptyQuery);
    }
    match must.len() {
        0 => Box::new(AllQuery),
        1 => must.remove(0),
        _ => Box::new(BooleanQuery::intersection(must)),
    }
}

/// The ways in which a word, or words beside each other, may stand in a text; the best one counts.
fn ways(fields: &Fields, forms: &mut Forms, part: &Part) -> Box<dyn Query> {
    let exact = |word: &str| Term::from_field_text(fields.exact, word);
    if let [_, _, ..] = part.as_slice() {
        let phrase = PhraseQuery::new(part.iter().map(|word| exact(word)).collect());
        return scored(Box::new(phrase), 16.0);
    }
    let word = &part[0];
    let text = |field, word: &str| term(Term::from_field_text(field, word));
    let (stem, plain) = (forms.stem(word), plain(word));
    let mut ways = vec![
        scored(text(fields.title, word), 16.0),
        scored(text(fields.exact, word), 8.0),
        scored(
            one_of(vec![text(fields.title, &stem), text(fields.title, &plain)]),
            10.0,
        ),
        scored(text(fields.stems, &stem), 4.0),
    ];
    let begin = beginning(&plain);
    let long = |word: &str| word.chars().count() >= PREFIX_CHARS_MIN;
    if matches!(script(word), Script::Cyrillic | Script::Turkic) {
        ways.push(scored(text(fields.kazakh, &plain), 3.0));
        if long(begin) {
            ways.push(scored(Box::new(Prefix::new(fields.kazakh, begin)), 2.0));
        }
    }
    if long(word) {
        ways.push(scored(Box::new(Prefix::new(fields.exact, word)), 1.0));
    }
    Box::new(DisjunctionMaxQuery::new(ways))
}

fn ways_in_place(fields: &Fields, forms: &mut Forms, word: &str) -> Vec<Box<dyn Query>> {
    let field = fields.place_words;
    let (stem, plain) = (forms.stem(word), plain(word));
    let mut ways: Vec<_> = [word, &stem, &plain]
        .map(|form| term(Term::from_field_text(field, form)))
        .into();
    let begin = beginning(&plain);
    if begin.chars().count() >= PREFIX_CHARS_MIN {
        ways.push(Box::new(Prefix::new(field, begin)));
    }
    ways
}

fn term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn one_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(
            queries
                .into_iter()
                .map(|query| (Occur::Should, query))
                .collect(),
        )),
    }
}

fn scored(query: Box<dyn Query>, score: Score) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    scored(query, 0.0)
}

/// Documents with a word that begins like this one.
#[derive(Clone)]
struct Prefix {
    field: Field,
    begin: String,
}

impl Prefix {
    fn new(field: Field, begin: &str) -> Self {
        Self {
            field,
            begin: begin.to_owned(),
        }
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*", self.begin)
    }
}

impl Query for Prefix {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Prefix {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut documents = BitSet::with_max_value(reader.max_doc());
        let index = reader.inverted_index(self.field)?;
        let mut range = index.terms().range().ge(self.begin.as_bytes());
        // Nothing in UTF-8 has this byte, so it stands behind every word that begins so.
        let mut end = self.begin.clone().into_bytes();
        end.push(0xff);
        range = range.lt(&end);
        let mut terms = range.into_stream()?;
        let mut taken = 0;
        while taken < EXPANSIONS_MAX && terms.advance() {
            taken += 1;
            let mut postings =
                index.read_block_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            while !postings.docs().is_empty() {
                for document in postings.docs() {
                    documents.insert(*document);
                }
                postings.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(
            BitSetDocSet::from(documents),
            boost,
        )))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument(
            "a beginning explains itself".to_owned(),
        ))
    }
}
