//! Bringing the index up to the journal: after a start, and after it was lost.

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::Origin;
use erikti_protocol::record::RecordRef;

use super::{Index, IndexFault, Progress, Rows, rows};
use crate::store::{Frame, Status, Store};

/// Entries read at once: a package.
const STEP: u64 = 256;

/// What was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caught {
    /// Records read from the journal and added.
    pub records: u64,
    /// Entries whose record could not be read, or is none.
    pub unreadable: u64,
}

/// Adds what the journal holds and the index does not know. `tell` hears, log by log, how many entries are known of
/// how many.
pub fn catch_up(
    store: &dyn Store,
    index: &Index,
    mut tell: impl FnMut(&Origin, u64, u64),
) -> Result<Caught, IndexFault> {
    let mut caught = Caught::default();
    let mut reader = Reader::default();
    for origin in store.logs() {
        let frontier = store.frontier(&origin)?;
        let mut known = index.complete_up_to(&origin);
        if known.size > frontier.size || known.fills > frontier.fills {
            return Err(IndexFault::Corrupt {
                what: "it knows more of a log than there is",
            });
        }
        // Marks before the size is known are in the frames that are read; later ones are gone through below.
        let marks_before = match known == Progress::default() {
            true => frontier.marks,
            false => known.marks,
        };
        while known.size < frontier.size {
            let end = (known.size + STEP).min(frontier.size);
            let added = reader.read(store, &origin, known.size..end, &mut caught)?;
            known.size = end;
            known.marks = marks_before;
            index.add(&origin, &added, known)?;
            tell(&origin, end, frontier.size);
        }
        for filled in store.fills(&origin, known.fills)? {
            if filled >= frontier.size {
                break;
            }
            let added = reader.read(store, &origin, filled..filled + 1, &mut caught)?;
            known.fills += 1;
            index.add(&origin, &added, known)?;
        }
        if known.marks < frontier.marks {
            let gone = store.marked(&origin, known.marks)?;
            index.forget_all(&origin, &gone, frontier.marks)?;
        }
    }
    Ok(caught)
}

#[derive(Default)]
struct Reader {
    decoder: Decoder,
    plain: Vec<u8>,
}

impl Reader {
    fn read(
        &mut self,
        store: &dyn Store,
        origin: &Origin,
        range: std::ops::Range<u64>,
        caught: &mut Caught,
    ) -> Result<Vec<(u64, Rows)>, IndexFault> {
        let frames = store.entries(origin, range)?;
        let mut added = Vec::with_capacity(frames.len());
        for (index, frame) in frames.iter() {
            match self.rows(&frame) {
                Some(rows) => {
                    caught.records += 1;
                    added.push((index, rows));
                }
                None if matches!(frame.status, Status::Present | Status::Damaged) => {
                    caught.unreadable += 1;
                }
                None => {}
            }
        }
        Ok(added)
    }

    fn rows(&mut self, frame: &Frame<'_>) -> Option<Rows> {
        if frame.status != Status::Present {
            return None;
        }
        self.plain.clear();
        self.decoder
            .decode_as(frame.codec, frame.stored, &mut self.plain)
            .ok()?;
        Some(rows(&RecordRef::parse(&self.plain).ok()?))
    }
}
