//! Members of a subject as typed values, for the kinds that nodes act upon.

use serde_json::{Map, Value};

use crate::field::FieldFault;
use crate::hash::Hash;
use crate::id::{OrgId, Origin, RecordId};
use crate::key::PublicKey;
use crate::time::{Date, Timestamp};

/// A view of an object's members. Shapes were checked before; whatever is wrong all the same is a fault, not a panic.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Reader<'a> {
    pub(super) fn text(self, name: &str) -> Result<&'a str, FieldFault> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| self.fault(name, "a text"))
    }

    pub(super) fn texts(self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.items(name).iter().filter_map(Value::as_str)
    }

    pub(super) fn objects(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.items(name)
            .iter()
            .filter_map(Value::as_object)
            .map(Reader)
    }

    pub(super) fn object(self, name: &str) -> Result<Self, FieldFault> {
        self.0
            .get(name)
            .and_then(Value::as_object)
            .map(Reader)
            .ok_or_else(|| self.fault(name, "an object"))
    }

    pub(super) fn integer(self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    pub(super) fn count(self, name: &str) -> Result<u64, FieldFault> {
        self.0
            .get(name)
            .and_then(Value::as_u64)
            .ok_or_else(|| self.fault(name, "a whole number from 0"))
    }

    pub(super) fn key(self, name: &str) -> Result<PublicKey, FieldFault> {
        PublicKey::parse(self.text(name)?)
            .ok()
            .filter(|key| key.check().is_ok())
            .ok_or_else(|| {
                self.fault(
                    name,
                    "an Ed25519 public key that is neither weak nor published",
                )
            })
    }

    pub(super) fn digest(self, name: &str) -> Result<Hash, FieldFault> {
        self.parsed(name, Hash::parse)
    }

    pub(super) fn origin(self, name: &str) -> Result<Origin, FieldFault> {
        self.parsed(name, Origin::parse)
    }

    pub(super) fn organisation(self, name: &str) -> Result<OrgId, FieldFault> {
        self.parsed(name, OrgId::parse)
    }

    pub(super) fn record(self, name: &str) -> Result<RecordId, FieldFault> {
        self.parsed(name, RecordId::parse)
    }

    pub(super) fn date(self, name: &str) -> Result<Date, FieldFault> {
        self.parsed(name, Date::parse)
    }

    pub(super) fn time(self, name: &str) -> Result<Timestamp, FieldFault> {
        self.parsed(name, Timestamp::parse)
    }

    /// A fault about one member, as it stands.
    pub(super) fn fault(self, name: &str, allowed: &str) -> FieldFault {
        match self.0.get(name) {
            Some(value) => FieldFault::new(name, value, allowed),
            None => FieldFault::missing(name, allowed),
        }
    }

    fn items(self, name: &str) -> &'a [Value] {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn parsed<T>(self, name: &str, parse: fn(&str) -> Option<T>) -> Result<T, FieldFault> {
        parse(self.text(name)?).ok_or_else(|| self.fault(name, "the one spelling of its type"))
    }
}
