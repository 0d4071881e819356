//! A record as the search keeps it: forms of its words, and numbers to filter, count and order by. Never its text.

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::kind;
use erikti_protocol::record::RecordRef;
use erikti_protocol::time::Date;
use serde_json::{Map, Value};
use tantivy::TantivyDocument;

use super::schema::Fields;
use super::tag::Tag;
use super::words::{Forms, Kept};

/// Bytes of text of one record that are kept, at most: a record has 64 KiB.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Names a thing of an organisation in 16 bytes.
pub(super) fn key(organisation: &OrgId, id: &RecordId) -> [u8; 16] {
    let digest = Hash::of_parts(&[organisation.to_string().as_bytes(), id.as_bytes()]);
    *digest
        .as_bytes()
        .first_chunk()
        .expect("a digest has 32 bytes")
}

/// Names a log in a number.
pub(super) fn log_number(origin: &Origin) -> u64 {
    let digest = Hash::of(origin.as_str().as_bytes());
    u64::from_be_bytes(
        *digest
            .as_bytes()
            .first_chunk()
            .expect("a digest has 32 bytes"),
    )
}

/// Names an entry of a log.
pub(super) fn place(origin: &Origin, index: u64) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&log_number(origin).to_be_bytes());
    place[8..].copy_from_slice(&index.to_be_bytes());
    place
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) organisation: &'a OrgId,
    pub(super) origin: &'a Origin,
    pub(super) index: u64,
    /// What the record claims of the future counts as of now, in seconds.
    pub(super) now: i64,
}

/// Makes documents.
#[derive(Debug, Default)]
pub(super) struct Maker {
    forms: Forms,
}

/// What is gathered of one record.
#[derive(Default)]
struct Gathered {
    title: Kept,
    text: Kept,
    place: Kept,
    left: usize,
}

impl Maker {
    /// The document of a record at its place.
    pub(super) fn document(
        &mut self,
        fields: &Fields,
        at: &At<'_>,
        record: &RecordRef<'_>,
    ) -> TantivyDocument {
        let At {
            organisation,
            origin,
            index,
            now,
        } = *at;
        let mut document = TantivyDocument::default();
        let id = record.id();
        let key = key(organisation, &id);
        document.add_bytes(fields.key, &key);
        document.add_bytes(fields.place, &place(origin, index));
        document.add_u64(fields.log, log_number(origin));
        document.add_u64(fields.index, index);
        document.add_i64(fields.created, record.created().seconds().min(now));
        let tie = key.first_chunk().expect("a key has 16 bytes");
        document.add_u64(fields.tie, u64::from_be_bytes(*tie));
        let subject = record.subject();
        let empty = Map::new();
        let subject = subject.as_object().unwrap_or(&empty);
        self.add_words(fields, record, subject, &mut document);
        let mut tags = vec![Tag::kind(record.kind()), Tag::organisation(organisation)];
        let mut counted = Vec::new();
        add_tags(record.kind(), subject, &mut tags, &mut counted);
        for tag in tags.iter().chain(&counted) {
            document.add_u64(fields.tags, tag.number());
        }
        for tag in &counted {
            document.add_u64(fields.counted, tag.number());
        }
        add_days(fields, subject, &mut document);
        add_point(fields, subject, &mut document);
        document
    }

    fn add_words(
        &mut self,
        fields: &Fields,
        record: &RecordRef<'_>,
        subject: &Map<String, Value>,
        document: &mut TantivyDocument,
    ) {
        let mut gathered = Gathered {
            left: TEXT_BYTES_MAX,
            ..Gathered::default()
        };
        if let Some(kind) = kind::by_name(record.kind()) {
            self.gather(kind.fields, subject, &mut gathered);
            if !kind.extra.is_empty()
                && let Value::Object(members) = record.value()
            {
                self.gather(kind.extra, &members, &mut gathered);
            }
        }
        self.forms
            .keep(&record.issuer_name(), "", &mut gathered.text);
        if let Some(country) = subject
            .get("place")
            .and_then(|place| place["country"].as_str())
        {
            self.forms.keep(country, "", &mut gathered.place);
            for language in ["kk", "ru", "en"] {
                if let Some(name) = crate::codes::country(country, language) {
                    self.forms.keep(name, language, &mut gathered.place);
                }
            }
        }
        let Gathered {
            mut title,
            mut text,
            place,
            ..
        } = gathered;
        let mut add = |field, words: &str| {
            if !words.is_empty() {
                document.add_text(field, words);
            }
        };
        for words in [&title.exact, &title.stems, &title.kazakh] {
            add(fields.title, words);
        }
        for words in [&place.exact, &place.stems, &place.kazakh] {
            add(fields.place_words, words);
        }
        for kept in [&mut title, &mut text] {
            add(fields.exact, &kept.exact);
            add(fields.stems, &kept.stems);
            add(fields.kazakh, &kept.kazakh);
        }
        // A place's words are found by whoever types them beside others too.
        add(fields.exact, &place.exact);
        add(fields.kazakh, &place.kazakh);
    }

    /// Goes through what a kind's description calls text.
    fn gather(&mut self, fields: &[Field], object: &Map<String, Value>, gathered: &mut Gathered) {
        for field in fields {
            if let Some(value) = object.get(field.name) {
                self.gather_value(field.name, &field.shape, value, gathered);
            }
        }
    }

    fn gather_value(&mut self, name: &str, shape: &Shape, value: &Value, gathered: &mut Gathered) {
        match (shape, value) {
            (Shape::Title { .. }, Value::Object(texts)) => {
                for (language, text) in texts {
                    if let Some(text) = cut(text, gathered) {
                        let into = match name {
                            "title" | "name" => &mut gathered.title,
                            _ => &mut gathered.text,
                        };
                        self.forms.keep(text, language, into);
                    }
                }
            }
            (Shape::Words { .. }, Value::Object(texts)) => {
                for (language, text) in texts {
                    if let Some(text) = cut(text, gathered) {
                        self.forms.keep(text, language, &mut gathered.text);
                    }
                }
            }
            (Shape::Line { .. } | Shape::Text { .. }, text) => {
                if let Some(text) = cut(text, gathered) {
                    self.forms.keep(text, "", &mut gathered.text);
                }
            }
            (Shape::List(item, most), Value::Array(items)) => {
                for value in items.iter().take(*most) {
                    self.gather_value(name, item, value, gathered);
                }
            }
            (Shape::Object(fields), Value::Object(members)) if name == "place" => {
                let mut within = Gathered {
                    left: gathered.left,
                    ..Gathered::default()
                };
                self.gather(fields, members, &mut within);
                gathered.left = within.left;
                gathered.place = within.text;
            }
            (Shape::Object(fields), Value::Object(members)) => {
                self.gather(fields, members, gathered);
            }
            _ => {}
        }
    }
}

/// A text, as much of it as is still kept.
fn cut<'a>(text: &'a Value, gathered: &mut Gathered) -> Option<&'a str> {
    let text = text.as_str()?;
    let length = text.floor_char_boundary(gathered.left.min(text.len()));
    gathered.left -= length;
    Some(&text[..length])
}

fn add_tags(kind: &str, subject: &Map<String, Value>, tags: &mut Vec<Tag>, counted: &mut Vec<Tag>) {
    let texts = |member: &str| {
        let items = subject.get(member).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str)
    };
    let text = |member: &str| subject.get(member).and_then(Value::as_str);
    let place = subject.get("place");
    if let Some(country) = place
        .and_then(|place| place["country"].as_str())
        .or(text("country"))
    {
        counted.push(Tag::country(country));
    }
    for sector in texts("sectors").chain(text("sector")) {
        counted.extend(sector.get(..1).map(Tag::sector));
        // A sub-group belongs to its group, and both to their section.
        if sector.len() > 2 {
            tags.extend(
                sector
                    .get(..2)
                    .map(|group| Tag::sector(&format!("{group}0"))),
            );
        }
        tags.push(Tag::sector(sector));
    }
    for sdg in texts("sdg") {
        counted.push(Tag::sdg(sdg.split('.').next().unwrap_or(sdg)));
        tags.push(Tag::sdg(sdg));
    }
    counted.extend(texts("languages").map(Tag::language));
    if kind == kind::opportunity::KIND.name {
        if subject.get("languages").is_none() {
            // Nobody said which languages are needed: those in which it is written will do.
            let title = subject.get("title").and_then(Value::as_object);
            let known = title
                .into_iter()
                .flat_map(Map::keys)
                .filter(|tag| *tag != "und");
            counted.extend(known.map(|tag| Tag::language(tag)));
        }
        let remote = subject.get("allowsRemoteParticipation") == Some(&Value::Bool(true));
        counted.push(Tag::remote(remote));
        if !subject.contains_key("status") {
            tags.push(Tag::status("open"));
        }
    }
    tags.extend(text("status").map(Tag::status));
    for tags in [tags, counted] {
        tags.sort_unstable();
        tags.dedup();
    }
}

/// First and last day, as days since 1970; what is open at an end lasts for ever.
fn add_days(fields: &Fields, subject: &Map<String, Value>, document: &mut TantivyDocument) {
    let day = |members: &[&str]| {
        let text = members
            .iter()
            .find_map(|member| subject.get(*member)?.as_str())?;
        Date::parse(text.get(..10)?).map(Date::days)
    };
    let first = day(&["startDate", "start", "from"]);
    let once = subject.get("recurrence").and_then(Value::as_str) == Some("onetime")
        || subject.contains_key("start");
    let last = day(&["endDate", "end", "until"]).or(first.filter(|_| once));
    if let Some(first) = first {
        document.add_i64(fields.first, first);
    }
    if let Some(last) = last {
        document.add_i64(fields.last, last);
    }
}

/// Where it is, in millionths of a degree.
fn add_point(fields: &Fields, subject: &Map<String, Value>, document: &mut TantivyDocument) {
    let degrees = |member: &str, most: f64| {
        let text = subject.get("place")?.get(member)?.as_str()?;
        let degrees: f64 = text.parse().ok()?;
        (degrees.abs() <= most).then_some((degrees * 1e6).round() as i64)
    };
    if let (Some(latitude), Some(longitude)) =
        (degrees("latitude", 90.0), degrees("longitude", 180.0))
    {
        document.add_i64(fields.latitude, latitude);
        document.add_i64(fields.longitude, longitude);
    }
}
