//! Telling the order of arrival what has happened to a log.

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::Origin;
use erikti_protocol::record::{ReadersClass, Record};

use super::Ingest;
use crate::clock;
use crate::feed::{Feed, Look};
use crate::store::{Frame, Status};

impl Ingest {
    /// In which order entries came to be visible here, or changed.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Notes what has happened to a log: called by whoever changes what of it can be read, after the index knows it.
    /// What cannot be noted now is noted with what happens next, or at the next start.
    pub(crate) fn arrived(&self, origin: &Origin, erased: Option<(u64, &str)>) {
        self.note(origin, erased);
        // What a log says of the one that it continues, and what it says of those that waited for it.
        let kin: Vec<Origin> = {
            let ledger = self.ledger();
            let others = ledger.kin(origin).filter(|other| *other != origin);
            others.cloned().collect()
        };
        for other in kin.iter().filter(|other| self.visible(other) > 0) {
            self.note(other, None);
        }
        // The search says up to which number it has looked.
        self.search.wanted();
    }

    fn note(&self, origin: &Origin, erased: Option<(u64, &str)>) {
        let counted = {
            let ledger = self.ledger();
            ledger.history(origin).map(|history| history.counted())
        };
        let look = Look {
            visible: self.visible(origin),
            found: self.index.complete_up_to(origin).size,
            counted,
            erased,
            at: clock::now(),
        };
        if let Err(fault) = self.feed.follow(self.store.as_ref(), origin, look) {
            tracing::error!(%origin, %fault, "the order of arrival could not be noted");
        }
    }

    /// Notes what happened to every log since the node was last stopped.
    pub fn all_arrived(&self) {
        for origin in self.store.logs() {
            self.arrived(&origin, None);
        }
    }

    /// The kind of a public record that is about to be destroyed: whoever follows records of that kind is told.
    pub(super) fn kind_of(&self, frame: &Frame<'_>) -> Option<String> {
        if frame.status != Status::Present || frame.readers != ReadersClass::Public {
            return None;
        }
        let mut plain = Vec::new();
        if !frame.unpack(&mut Decoder::new(), &mut plain) {
            return None;
        }
        let record = Record::view(&plain).ok()?;
        Some(record.kind().to_owned())
    }
}
