//! What is proved of a record, step by step, each checked anew when it is asked for.

use std::collections::BTreeSet;

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::key::PublicKey;
use erikti_protocol::kind::Role;
use erikti_protocol::log::Entry;
use erikti_protocol::time::Timestamp;
use erikti_protocol::trust::Judgement;

use super::reader::Reader;
use super::thing::Thing;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Who, beside the log's own node, has signed a checkpoint.
#[derive(Clone, Debug)]
pub struct Cosigner {
    /// The witness key.
    pub key: PublicKey,
    /// The organisation that the key is of, where that is known.
    pub name: Option<String>,
    /// When it was signed, as it says.
    pub at: Timestamp,
}

/// One organisation of a chain of accreditations.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The organisation.
    pub organisation: OrgId,
    /// What it calls itself.
    pub name: String,
    /// The accreditation by which it accredits the next one.
    pub accreditation: Option<RecordId>,
}

/// What is proved of a record's current version.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The thing.
    pub id: RecordId,
    /// Whose it is.
    pub organisation: OrgId,
    /// What that organisation calls itself.
    pub name: String,
    /// The record's kind.
    pub kind: String,
    /// Its version.
    pub version: u64,
    /// SHA-256 of the record's bytes.
    pub digest: Hash,
    /// The key that it names.
    pub issuer: PublicKey,
    /// When it was signed, as it says.
    pub created: Timestamp,
    /// Whether the signature holds.
    pub signed: bool,
    /// The log.
    pub origin: Origin,
    /// The entry, from 0.
    pub index: u64,
    /// Entries of the tree that proves it.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
    /// Hashes between the entry and the root.
    pub path: usize,
    /// Whether they lead there.
    pub included: bool,
    /// The checkpoint, signed.
    pub checkpoint: String,
    /// Who has signed it beside its own node.
    pub cosigners: Vec<Cosigner>,
    /// Whether the key was the organisation's where the record stands.
    pub in_force: bool,
    /// How the organisation stands today: a word of [`super::organisations`].
    pub standing: &'static str,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// From a root of this node to the organisation.
    pub chain: Vec<Seat>,
}

/// Checks the current version of a record.
///
/// Errors   `record.unknown`, `record.erased`, `record.conflict`; `record.unknown` while no checkpoint covers it
pub fn examine(node: &Node, reader: Reader, id: &str) -> Result<Examined, Problem> {
    let thing = Thing::find(node, reader, id)?;
    let version = thing
        .current()
        .ok_or_else(|| Problem::new(Code::RecordConflict, format!("no version of {id} counts")))?;
    let record = thing.record(node, version)?;
    let (origin, index) = (version.origin.clone(), version.index);
    let proof = node.ingest().proof(&origin, index)?;
    let entry = Entry {
        class: record.class(),
        digest: record.digest(),
    };
    let included = proof.verify(&entry).is_ok();
    let newest = node.ingest().checkpoint(&origin)?;
    let cosigners = newest.as_ref().map_or_else(Vec::new, |signed| {
        let signers = signed.cosigners().into_iter();
        signers
            .map(|(key, at)| Cosigner {
                key,
                name: witness(node, &key).map(|organisation| node.name_of(&organisation)),
                at,
            })
            .collect()
    });
    let judged =
        node.ingest()
            .ledger()
            .judge(&origin, index, &record.issuer(), record.organisation());
    let standings = node.standings();
    let roles = standings
        .of(&thing.organisation)
        .map(|standing| standing.roles.clone());
    Ok(Examined {
        id: thing.id,
        organisation: thing.organisation,
        name: node.name_of(&thing.organisation),
        kind: record.kind().to_owned(),
        version: version.version,
        digest: record.digest(),
        issuer: record.issuer(),
        created: record.created(),
        size: proof.checkpoint.size(),
        root: proof.checkpoint.root(),
        path: proof.hashes.len(),
        included,
        checkpoint: proof.checkpoint.to_string(),
        cosigners,
        in_force: matches!(judged, Judgement::InForce { .. }),
        standing: super::organisations::standing(node, &thing.organisation),
        roles: roles.unwrap_or_default(),
        chain: chain(node, &thing.organisation),
        origin,
        index,
        signed: record.verify().is_ok(),
    })
}

/// The organisation whose log names this witness key.
fn witness(node: &Node, key: &PublicKey) -> Option<OrgId> {
    let ledger = node.ingest().ledger();
    ledger
        .histories()
        .find(|(_, history)| history.opened().witness_key == *key)
        .map(|(_, history)| history.organisation())
}

/// From a root of this node to an organisation, that one last; empty when no chain leads to it.
pub fn chain(node: &Node, organisation: &OrgId) -> Vec<Seat> {
    let standings = node.standings();
    let Some(links) = standings.chain(organisation, None) else {
        return Vec::new();
    };
    let mut seats: Vec<Seat> = links
        .iter()
        .map(|link| Seat {
            organisation: link.accreditor,
            name: node.name_of(&link.accreditor),
            accreditation: Some(link.accreditation),
        })
        .collect();
    seats.push(Seat {
        organisation: *organisation,
        name: node.name_of(organisation),
        accreditation: None,
    });
    seats
}
