//! What the index of words is made of.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

/// The form of documents, words and numbers: another one means that everything is made anew.
pub(super) const VERSION: u32 = 1;

/// The fields.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Which thing of which organisation.
    pub(super) key: Field,
    /// Which entry of which log.
    pub(super) place: Field,
    /// Every word, with its position.
    pub(super) exact: Field,
    /// Stems of Russian and English words.
    pub(super) stems: Field,
    /// Words that may be Kazakh, in plain letters.
    pub(super) kazakh: Field,
    /// Words of titles, in all forms.
    pub(super) title: Field,
    /// Words of places, in all forms.
    pub(super) place_words: Field,
    /// What is filtered by.
    pub(super) tags: Field,
    /// What is counted.
    pub(super) counted: Field,
    /// The log.
    pub(super) log: Field,
    /// The entry.
    pub(super) index: Field,
    /// When it was signed, in seconds.
    pub(super) created: Field,
    /// Orders what is otherwise equal.
    pub(super) tie: Field,
    /// First day.
    pub(super) first: Field,
    /// Last day.
    pub(super) last: Field,
    /// Millionths of a degree north.
    pub(super) latitude: Field,
    /// Millionths of a degree east.
    pub(super) longitude: Field,
}

impl Fields {
    /// The fields that hold words.
    pub(super) const fn words(&self) -> [Field; 5] {
        [
            self.exact,
            self.stems,
            self.kazakh,
            self.title,
            self.place_words,
        ]
    }
}

/// Names of the fields that are read as columns.
pub(super) mod column {
    pub(in crate::search) const COUNTED: &str = "counted";
    pub(in crate::search) const LOG: &str = "log";
    pub(in crate::search) const INDEX: &str = "index";
    pub(in crate::search) const CREATED: &str = "created";
    pub(in crate::search) const TIE: &str = "tie";
    pub(in crate::search) const FIRST: &str = "first";
    pub(in crate::search) const LAST: &str = "last";
    pub(in crate::search) const LATITUDE: &str = "latitude";
    pub(in crate::search) const LONGITUDE: &str = "longitude";
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = |positions| {
        let options = TextFieldIndexing::default()
            // Words come folded and apart by blanks.
            .set_tokenizer("whitespace")
            .set_fieldnorms(false)
            .set_index_option(match positions {
                true => IndexRecordOption::WithFreqsAndPositions,
                false => IndexRecordOption::Basic,
            });
        TextOptions::default().set_indexing_options(options)
    };
    let number = || NumericOptions::default() | FAST;
    let fields = Fields {
        key: builder.add_bytes_field("key", INDEXED),
        place: builder.add_bytes_field("place", INDEXED),
        exact: builder.add_text_field("exact", words(true)),
        stems: builder.add_text_field("stems", words(false)),
        kazakh: builder.add_text_field("kazakh", words(false)),
        title: builder.add_text_field("title", words(false)),
        place_words: builder.add_text_field("place_words", words(false)),
        tags: builder.add_u64_field("tags", INDEXED),
        counted: builder.add_u64_field(column::COUNTED, number()),
        log: builder.add_u64_field(column::LOG, number()),
        index: builder.add_u64_field(column::INDEX, number()),
        created: builder.add_i64_field(column::CREATED, number()),
        tie: builder.add_u64_field(column::TIE, number()),
        first: builder.add_i64_field(column::FIRST, number()),
        last: builder.add_i64_field(column::LAST, number()),
        latitude: builder.add_i64_field(column::LATITUDE, number()),
        longitude: builder.add_i64_field(column::LONGITUDE, number()),
    };
    (builder.build(), fields)
}
