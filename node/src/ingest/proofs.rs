//! Bundles: a record with everything that proves whose it is, taken from the store.

use erikti_protocol::bundle::{self, Evidence};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::log::SignedCheckpoint;
use erikti_protocol::trust::Standings;

use super::Ingest;
use crate::problem::{Code, Problem};

impl Ingest {
    /// The bundle of an entry's record: with the accreditations behind its organisation, as this node sees them.
    ///
    /// Errors   `record.unknown` when something that proves it is not held here
    pub fn bundle(
        &self,
        standings: &Standings,
        origin: &Origin,
        index: u64,
    ) -> Result<String, Problem> {
        let ledger = self.ledger();
        let bytes = bundle::make(&ledger, Some(standings), &mut Held(self), origin, index)
            .map_err(|fault| {
                Problem::new(
                    Code::RecordUnknown,
                    format!("no bundle can be made: {fault}"),
                )
            })?;
        String::from_utf8(bytes).map_err(|e| Problem::internal("the bundle is no text", e))
    }
}

/// The store as a source of proofs.
struct Held<'a>(&'a Ingest);

impl Evidence for Held<'_> {
    type Fault = Problem;

    fn checkpoint(&mut self, origin: &Origin) -> Result<Option<SignedCheckpoint>, Problem> {
        // Cosignatures say nothing that a bundle could prove.
        Ok(self.0.checkpoint(origin)?.map(|signed| signed.bare()))
    }

    fn record(&mut self, origin: &Origin, index: u64) -> Result<Option<Vec<u8>>, Problem> {
        Ok(self
            .0
            .record(origin, index)
            .map_err(super::store_problem)?
            .map(|record| record.into_bytes()))
    }

    fn hash_at(&mut self, origin: &Origin, level: u8, index: u64) -> Result<Hash, Problem> {
        self.0
            .store
            .hash_at(origin, level, index)
            .map_err(super::store_problem)
    }
}
