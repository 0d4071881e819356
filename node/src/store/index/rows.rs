//! What the index keeps of a record: its id, and hashes of the terms it is found by. Never its text.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use erikti_protocol::field::{Field, Shape};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{Origin, RecordId};
use erikti_protocol::kind;
use erikti_protocol::record::{ReadersClass, RecordRef};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Terms of one record at most: sixteen indexed fields, four of them lists of twelve.
pub const TERMS_MAX: usize = 64;

/// Something records are found by: a hash of kind, field and value. Two terms may share it, so whoever lists reads
/// the record and compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub(super) [u8; 8]);

impl Term {
    /// Every record.
    pub fn all() -> Self {
        Self::of(&[b"all"])
    }

    /// Every record of a kind.
    pub fn kind(kind: &str) -> Self {
        Self::of(&[b"kind\0", kind.as_bytes()])
    }

    /// Every record of a log.
    pub fn log(origin: &Origin) -> Self {
        Self::of(&[b"log\0", origin.as_str().as_bytes()])
    }

    /// Records of a kind with this value in an indexed field: path and text as `erikti_protocol::field::terms` says.
    pub fn field(kind: &str, path: &str, value: &str) -> Self {
        Self::of(&[prefix(kind, path).as_bytes(), value.as_bytes()])
    }

    /// The same term, of records that only some may read: they have lists of their own, so that a list for everybody
    /// is the same list, and as fast, whatever else is kept here.
    pub(super) fn restricted(self) -> Self {
        Self(self.0.map(|byte| !byte))
    }

    fn of(parts: &[&[u8]]) -> Self {
        let digest = Hash::of_parts(parts);
        let mut term = [0; 8];
        term.copy_from_slice(&digest.as_bytes()[..8]);
        Self(term)
    }
}

fn prefix(kind: &str, path: &str) -> String {
    format!("{kind}\0{path}\0")
}

/// What the index keeps of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub(super) id: RecordId,
    pub(super) version: u32,
    /// Seconds since 1970, as the record claims: how lists are ordered, never which version counts.
    pub(super) created: u64,
    pub(super) terms: Vec<Term>,
    /// Whether only some may read it.
    pub(super) restricted: bool,
}

/// Makes a record's rows.
///
/// Limits   [`TERMS_MAX`]; later items of long lists are not found by
pub fn rows(record: &RecordRef<'_>) -> Rows {
    let kind = record.kind();
    let mut terms = Vec::with_capacity(16);
    match PLANS.get(kind) {
        Some(plan) => {
            terms.push(ALL.to_owned());
            terms.push(plan.kind);
            let subject = &record.bytes()[record.layout().subject.range()];
            let mut json = serde_json::Deserializer::from_slice(subject);
            let members = Members {
                plan: &plan.members,
                terms: &mut terms,
            };
            // The scan accepted this text; a member of another shape than its kind's gives no terms.
            let _ = members.deserialize(&mut json);
        }
        None => terms.extend([*ALL, Term::kind(kind)]),
    }
    let restricted = !matches!(
        record.readers_class(),
        ReadersClass::Control | ReadersClass::Public
    );
    if restricted {
        terms.iter_mut().for_each(|term| *term = term.restricted());
    }
    Rows {
        id: record.id(),
        version: u32::try_from(record.version()).unwrap_or(u32::MAX),
        created: u64::try_from(record.created().seconds()).unwrap_or(0),
        terms,
        restricted,
    }
}

/// A number that differs when records would give other rows: then the index is made again.
pub(super) fn fingerprint() -> [u8; 8] {
    let mut text = Vec::new();
    for (kind, plan) in PLANS.iter() {
        text.extend_from_slice(kind.as_bytes());
        plan.members.describe(&mut text);
    }
    Term::of(&[&text]).0
}

static ALL: LazyLock<Term> = LazyLock::new(Term::all);

static PLANS: LazyLock<BTreeMap<&'static str, KindPlan>> = LazyLock::new(|| {
    let plan = |kind: &'static kind::Kind| KindPlan {
        kind: Term::kind(kind.name),
        members: Plan::of(kind.name, kind.fields, ""),
    };
    kind::all()
        .iter()
        .map(|kind| (kind.name, plan(kind)))
        .collect()
});

struct KindPlan {
    kind: Term,
    members: Plan,
}

/// The members of an object that lead to terms, in the order of their names, as records have them.
struct Plan(Vec<(&'static str, Step)>);

enum Step {
    /// The value is a term, after this text.
    Value(String),
    /// Each item is.
    List(Box<Step>),
    Object(Plan),
}

impl Plan {
    fn of(kind: &str, fields: &'static [Field], outer: &str) -> Self {
        let mut members: Vec<_> = fields
            .iter()
            .filter_map(|field| {
                let path = match outer {
                    "" => field.name.to_owned(),
                    outer => format!("{outer}.{}", field.name),
                };
                Some((field.name, step(kind, &field.shape, field.indexed, &path)?))
            })
            .collect();
        members.sort_by_key(|(name, _)| *name);
        Self(members)
    }

    fn describe(&self, text: &mut Vec<u8>) {
        for (_, step) in &self.0 {
            step.describe(text);
        }
    }
}

fn step(kind: &str, shape: &'static Shape, indexed: bool, path: &str) -> Option<Step> {
    match shape {
        Shape::Object(fields) => {
            let plan = Plan::of(kind, fields, path);
            (!plan.0.is_empty()).then_some(Step::Object(plan))
        }
        Shape::List(item, _) => Some(Step::List(Box::new(step(kind, item, indexed, path)?))),
        _ => indexed.then(|| Step::Value(prefix(kind, path))),
    }
}

impl Step {
    fn describe(&self, text: &mut Vec<u8>) {
        match self {
            Self::Value(prefix) => text.extend_from_slice(prefix.as_bytes()),
            Self::List(item) => item.describe(text),
            Self::Object(plan) => plan.describe(text),
        }
    }
}

/// Walks through an object without keeping anything of it.
struct Members<'a> {
    plan: &'a Plan,
    terms: &'a mut Vec<Term>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Names come in ascending order: a planned member that was passed is not there.
        let mut ahead = self.plan.0.as_slice();
        while let Some(at) = map.next_key_seed(Name(ahead))? {
            match at {
                Ok(at) => {
                    map.next_value_seed(Member {
                        step: &ahead[at].1,
                        terms: self.terms,
                    })?;
                    ahead = &ahead[at + 1..];
                }
                Err(passed) => {
                    map.next_value::<IgnoredAny>()?;
                    ahead = &ahead[passed..];
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Finds a member's name among those ahead: its place, or how many of them were passed.
struct Name<'a>(&'a [(&'static str, Step)]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Result<usize, usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Result<usize, usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let passed = self
            .0
            .iter()
            .take_while(|(planned, _)| *planned < name)
            .count();
        Ok(match self.0.get(passed) {
            Some((planned, _)) if *planned == name => Ok(passed),
            _ => Err(passed),
        })
    }
}

/// Takes a member's value.
struct Member<'a> {
    step: &'a Step,
    terms: &'a mut Vec<Term>,
}

impl Member<'_> {
    fn take(self, value: &[u8]) {
        if let Step::Value(prefix) = self.step
            && self.terms.len() < TERMS_MAX
        {
            self.terms.push(Term::of(&[prefix.as_bytes(), value]));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match self.step {
            Step::Object(plan) => Members {
                plan,
                terms: self.terms,
            }
            .visit_map(map),
            Step::Value(_) | Step::List(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(())
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match self.step {
            Step::List(item) => {
                while let Some(()) = seq.next_element_seed(Member {
                    step: item,
                    terms: self.terms,
                })? {}
            }
            Step::Value(_) | Step::Object(_) => {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
            }
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.take(text.as_bytes());
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.take(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.take(value.to_string().as_bytes());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.take(value.to_string().as_bytes());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use erikti_protocol::field;
    use erikti_protocol::id::OrgId;
    use erikti_protocol::key::SecretKey;
    use erikti_protocol::record::{Draft, Issuer, Readers};
    use erikti_protocol::time::Timestamp;

    #[test]
    fn a_record_is_found_by_what_its_kind_names_and_nothing_else() {
        let key = SecretKey::from_seed(&[7; 32]);
        let issuer = Issuer {
            key: &key,
            name: "Test",
            organisation: Some(OrgId::from_founding(Hash::of(b"test"))),
        };
        let at = Timestamp::from_seconds(1_800_000_000).expect("a year");
        let mut found = 0;
        for kind in kind::all() {
            let subject = (kind.sample)();
            let draft = Draft {
                kind: kind.name.to_owned(),
                id: RecordId::v4([3; 16]),
                version: 5,
                valid_from: at,
                readers: Readers::Public,
                subject: subject.clone(),
                extra: (kind.sample_extra)(),
            };
            let record = draft.sign(&issuer, at, [1; 16]).expect("a sample");
            let rows = rows(&record.as_view());
            let mut wanted = vec![Term::all(), Term::kind(kind.name)];
            wanted.extend(
                field::terms(kind.fields, &subject)
                    .map(|(path, value)| Term::field(kind.name, &path, &value)),
            );
            wanted.sort();
            let mut terms = rows.terms.clone();
            terms.sort();
            assert_eq!(terms, wanted, "{}", kind.name);
            assert_eq!((rows.version, rows.created), (5, 1_800_000_000));
            found += terms.len();
        }
        assert!(found > 4 * kind::all().len(), "{found} terms");
    }
}
