//! One thing and its versions: what of them counts.

use std::collections::BTreeMap;

use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::record::Record;

use super::reader::Reader;
use crate::ingest::{index_problem, store_problem};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::store::index::Place;
use crate::store::{Status, versions};

/// Where one version's record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The version.
    pub version: u64,
    /// The log.
    pub origin: Origin,
    /// The entry.
    pub index: u64,
}

/// A thing of one organisation.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Its id.
    pub id: RecordId,
    /// Whose it is.
    pub organisation: OrgId,
    /// Its versions, oldest first; two of one number are a conflict.
    pub versions: Vec<Version>,
}

impl Version {
    /// Whether it stands there: an organisation that opened another log has entries of one number in both.
    pub fn stands_at(&self, place: &Place) -> bool {
        self.index == place.index && self.origin == place.origin
    }
}

impl Thing {
    /// Finds a thing by its id: this organisation's own where two organisations use one id, else the first.
    ///
    /// Errors   `record.unknown`, `record.malformed` for what is no id
    pub fn find(node: &Node, reader: Reader, id: &str) -> Result<Self, Problem> {
        let id = read_id(id)?;
        let mut things = Self::all(node, reader, &id)?;
        if let Some(own) = things.remove(&node.organisation()) {
            return Ok(own);
        }
        things.into_values().next().ok_or_else(|| {
            let ledger = node.ingest().ledger();
            if ledger
                .organisations()
                .any(|organisation| ledger.closed(organisation, &id))
            {
                Problem::new(Code::RecordErased, format!("{id} was erased")).hint(format!(
                    "see who has destroyed it: erikti record history {id}"
                ))
            } else {
                Problem::new(Code::RecordUnknown, format!("{id} is not held here"))
                    .hint("list what is held: erikti record list")
            }
        })
    }

    /// The things of this id, one for each organisation that uses it, with the versions that `reader` may read.
    pub fn all(
        node: &Node,
        reader: Reader,
        id: &RecordId,
    ) -> Result<BTreeMap<OrgId, Self>, Problem> {
        let mut things: BTreeMap<OrgId, Self> = BTreeMap::new();
        for place in node.ingest().index().find(id).map_err(index_problem)? {
            let organisation = node.ingest().ledger().organisation(&place.origin);
            let (Some(organisation), true) = (
                organisation,
                node.ingest().counts(&place.origin, place.index),
            ) else {
                continue;
            };
            let Some(version) = place.version else {
                continue;
            };
            if !is_there(node, reader, &place.origin, place.index)? {
                continue;
            }
            let thing = things.entry(organisation).or_insert_with(|| Self {
                id: *id,
                organisation,
                versions: Vec::new(),
            });
            thing.versions.push(Version {
                version: u64::from(version),
                origin: place.origin,
                index: place.index,
            });
        }
        for thing in things.values_mut() {
            thing
                .versions
                .sort_by_key(|version| (version.version, version.index));
        }
        Ok(things)
    }

    /// The version that counts: the highest that follows from those before and that no other record claims.
    pub fn current(&self) -> Option<&Version> {
        versions::current(&self.versions, |version| version.version)
    }

    /// Whether two records claim the newest version.
    pub fn in_conflict(&self) -> bool {
        let newest = self.versions.last().map(|version| version.version);
        newest.is_some_and(|newest| {
            self.versions
                .iter()
                .filter(|version| version.version == newest)
                .count()
                > 1
        })
    }

    /// The record of a version.
    ///
    /// Errors   `record.erased`, `record.unknown`
    pub fn record(&self, node: &Node, version: &Version) -> Result<Record, Problem> {
        if let Some(record) = node
            .ingest()
            .record(&version.origin, version.index)
            .map_err(store_problem)?
        {
            return Ok(record);
        }
        let status = node
            .ingest()
            .status(&version.origin, version.index)
            .map_err(store_problem)?;
        Err(match status {
            Status::Erased { .. } => {
                Problem::new(Code::RecordErased, format!("{} was erased", self.id))
            }
            _ => Problem::new(
                Code::RecordUnknown,
                format!("the record of {} is not held here", self.id),
            ),
        })
    }
}

/// The record at a place that the index named, and whose it is; nothing where it does not count, is not held, or is not
/// for this reader.
///
/// Errors   the store's
pub fn record_at(
    node: &Node,
    reader: Reader,
    place: &Place,
) -> Result<Option<(OrgId, Record)>, Problem> {
    let organisation = node.ingest().ledger().organisation(&place.origin);
    let Some(organisation) =
        organisation.filter(|_| node.ingest().counts(&place.origin, place.index))
    else {
        return Ok(None);
    };
    let record = node.ingest().record(&place.origin, place.index);
    Ok(record
        .map_err(store_problem)?
        .filter(|record| reader.may_read(record))
        .map(|record| (organisation, record)))
}

/// As [`record_at`], where it is the version of its thing that counts.
///
/// Errors   the store's and the index's
pub fn current_at(
    node: &Node,
    reader: Reader,
    place: &Place,
) -> Result<Option<(OrgId, Record)>, Problem> {
    let Some((organisation, record)) = record_at(node, reader, place)? else {
        return Ok(None);
    };
    let things = Thing::all(node, reader, &record.id())?;
    let current = things.get(&organisation).and_then(Thing::current);
    let counts = current.is_some_and(|current| current.stands_at(place));
    Ok(counts.then_some((organisation, record)))
}

/// Whether a record is there for a reader, as the journal's own header says.
fn is_there(node: &Node, reader: Reader, origin: &Origin, index: u64) -> Result<bool, Problem> {
    if reader == Reader::Staff {
        return Ok(true);
    }
    let frames = node
        .ingest()
        .store()
        .entries(origin, index..index + 1)
        .map_err(store_problem)?;
    Ok(frames.iter().next().is_some_and(|(_, frame)| {
        frame.status == Status::Present && reader.may_read_class(frame.readers)
    }))
}

/// Reads a record's id, with or without its `urn:uuid:`.
///
/// Errors   `record.malformed`
pub fn read_id(id: &str) -> Result<RecordId, Problem> {
    RecordId::parse(id)
        .or_else(|| RecordId::parse(&format!("urn:uuid:{id}")))
        .ok_or_else(|| {
            Problem::new(Code::RecordMalformed, format!("`{id}` is no record id"))
                .field("id")
                .found(id)
                .allowed("urn:uuid: and 36 lower-case characters")
                .hint("see what is held: erikti record list")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use erikti_protocol::{hash::Hash, key::SecretKey};

    fn thing(versions: &[u64]) -> Thing {
        let origin = Origin::new("test", &SecretKey::from_seed(&[5; 32]).public())
            .expect("`test` names a network");
        let versions = versions
            .iter()
            .zip(1..)
            .map(|(&version, index)| Version {
                version,
                origin: origin.clone(),
                index,
            })
            .collect();
        Thing {
            id: RecordId::from_bytes([1; 16]),
            organisation: OrgId::from_founding(Hash::of(b"o")),
            versions,
        }
    }

    fn current(versions: &[u64]) -> Option<u64> {
        thing(versions).current().map(|version| version.version)
    }

    #[test]
    fn the_highest_version_counts_unless_two_records_claim_it() {
        assert_eq!(current(&[1]), Some(1));
        assert_eq!(current(&[1, 2, 3]), Some(3));
        assert_eq!(current(&[1, 2, 2]), Some(1));
        assert!(thing(&[1, 2, 2]).in_conflict());
        assert_eq!(current(&[1, 2, 2, 3]), Some(3));
        assert_eq!(current(&[1, 1]), None);
        assert_eq!(current(&[]), None);
    }

    #[test]
    fn a_version_counts_at_most_a_thousand_above_the_one_before() {
        assert_eq!(current(&[1, 1_001]), Some(1_001));
        assert_eq!(current(&[1, 1_002]), Some(1));
        assert_eq!(current(&[1_001]), None);
    }
}
