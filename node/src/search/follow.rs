//! Following the journal: what is to be shown is added, what is not any more is removed.

use std::ops::Range;
use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use erikti_protocol::codec::Decoder;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::record::{ReadersClass, Record, RecordRef};
use tantivy::{Searcher, Term};

use super::document::{At, key, place};
use super::engine::Writing;
use super::schema::Fields;
use super::{Search, SearchFault, Source, hold};
use crate::clock;
use crate::store::index::Progress;
use crate::store::{Frame, Status, versions};

/// Entries read at once: a package.
const STEP: u64 = 256;
/// Documents after which there is a commit even while more come: what a crash takes is added again in seconds.
const COMMIT_CHANGES: usize = 20_000;
/// Shortest time between two commits: each writes some ten files, and a record is to be found within a second.
const COALESCE: Duration = Duration::from_millis(100);
/// How long the search waits for a pull to go on before it looks again.
const PAUSE: Duration = Duration::from_millis(50);
/// Looks in a row that may find a pull going on: after 30 s the search goes on beside it.
const PAUSES_MAX: usize = 600;
/// Times in a row that everything is made anew before the search rests.
const FAILURES_MAX: u32 = 3;
/// Entries that arrive between two looks while a pull is going on: 20,000 in a second.
const BUSY_ENTRIES: u64 = 1_000;

/// The thread's loop: looks whenever it is woken, until nobody is left to wake it.
pub(super) fn run(source: &Weak<dyn Source>, woken: &Receiver<()>) {
    let (mut last, mut failures): (Option<Instant>, _) = (None, 0);
    while woken.recv().is_ok() {
        if let Some(rest) = last.and_then(|last| COALESCE.checked_sub(last.elapsed())) {
            std::thread::sleep(rest);
        }
        loop {
            wait_for_quiet(source);
            // Taken anew for each step, so that a node that stops need not wait for a million records.
            let Some(source) = source.upgrade() else {
                return;
            };
            let search = source.search();
            if search.stops() {
                return;
            }
            // Read before the look: what comes meanwhile is of the next one.
            let head = source.head();
            match search.step(source.as_ref()) {
                Ok(true) => {}
                Ok(false) => {
                    search.cover(head);
                    failures = 0;
                    break;
                }
                Err(fault) => {
                    failures += 1;
                    tracing::warn!(%fault, "the search is made anew");
                    let discarded = search.discard(&mut hold(&search.writing));
                    if let Err(fault) = discarded {
                        tracing::error!(%fault, "the search cannot be made anew");
                        break;
                    }
                    if failures >= FAILURES_MAX {
                        tracing::error!("the search rests until something comes");
                        break;
                    }
                }
            }
        }
        last = Some(Instant::now());
    }
}

/// Waits while entries pour in.
fn wait_for_quiet(source: &Weak<dyn Source>) {
    let held = || -> Option<u64> {
        let source = source.upgrade().filter(|source| !source.search().stops())?;
        let logs = source.store().logs();
        Some(
            logs.iter()
                .filter_map(|log| source.store().frontier(log).ok())
                .map(|log| log.size)
                .sum(),
        )
    };
    // More than is shown yet: only then may a pull be going on.
    let shown = || -> Option<u64> {
        let source = source.upgrade()?;
        Some(
            source
                .store()
                .logs()
                .iter()
                .map(|log| source.shown(log))
                .sum(),
        )
    };
    let (Some(mut before), Some(shown)) = (held(), shown()) else {
        return;
    };
    for _ in 0..PAUSES_MAX {
        if before < shown.saturating_add(BUSY_ENTRIES) {
            return;
        }
        std::thread::sleep(PAUSE);
        match held() {
            Some(now) if now >= before + BUSY_ENTRIES => before = now,
            _ => return,
        }
    }
}

/// Where a version lies.
struct Version {
    number: u64,
    origin: Origin,
    index: u64,
}

impl Search {
    /// Adds and removes what has come and gone, a bounded part of it; `true` while there is more.
    fn step(&self, source: &dyn Source) -> Result<bool, SearchFault> {
        let mut writing = hold(&self.writing);
        if self.broken.swap(false, Ordering::AcqRel) {
            self.discard(&mut writing)?;
        }
        self.open(&mut writing)?;
        let more = self.advance(source, &mut writing)?;
        let changed = writing.changes > 0;
        if changed && (!more || writing.changes >= COMMIT_CHANGES) {
            self.commit(&mut writing)?;
        }
        if !more {
            self.caught_up.store(true, Ordering::Release);
        }
        Ok(more)
    }

    /// Looks at every log once; `true` when one has more to give.
    fn advance(&self, source: &dyn Source, writing: &mut Writing) -> Result<bool, SearchFault> {
        let mut more = false;
        let mut erased = false;
        let logs = source.store().logs();
        if writing.progress.knows_others(&logs) {
            return Err(SearchFault::Corrupt {
                what: "it knows a log that is not kept",
            });
        }
        for origin in logs {
            let Some(organisation) = source.organisation(&origin) else {
                continue;
            };
            let mut log = Log {
                source,
                origin,
                organisation,
                decoder: Decoder::new(),
                plain: Vec::new(),
            };
            erased |= log.remove_marked(self, writing)?;
            log.add_filled(self, writing)?;
            more |= log.add_next(self, writing)?;
        }
        if erased {
            // A crash came between an erasure and its rewriting.
            self.purge(writing)?;
        }
        Ok(more)
    }

    /// Removes erased records and whatever still holds their words; returns when no file has them any more.
    ///
    /// Errors   [`SearchFault`]; then the words may still be there, and it is tried again at the next look
    pub fn forget(&self, source: &dyn Source, places: &[(Origin, u64)]) -> Result<(), SearchFault> {
        let mut writing = hold(&self.writing);
        if places.is_empty() || (writing.writer.is_none() && !self.exists()) {
            return Ok(());
        }
        self.open(&mut writing)?;
        for (origin, index) in places {
            let known = writing.progress.of(origin);
            if *index < known.size {
                self.remove(&mut writing, origin, *index);
                // With these, all marks of the log are followed: the thread need not do it once more.
                let marked = source.store().marked(origin, known.marks)?;
                let marks = known.marks + marked.len() as u64;
                if marked
                    .iter()
                    .all(|index| places.contains(&(origin.clone(), *index)))
                {
                    writing.progress.set(origin, Progress { marks, ..known });
                }
            }
        }
        if writing.changes == 0 {
            return Ok(());
        }
        let purged = self.purge(&mut writing);
        if purged.is_err() {
            // Made anew from the journal, which has the words no more.
            self.discard(&mut writing)?;
            drop(writing);
            self.wanted();
        }
        Ok(())
    }

    fn remove(&self, writing: &mut Writing, origin: &Origin, index: u64) {
        self.remove_term(writing, |fields| {
            Term::from_field_bytes(fields.place, &place(origin, index))
        });
    }

    fn remove_key(&self, writing: &mut Writing, key: &[u8]) {
        self.remove_term(writing, |fields| Term::from_field_bytes(fields.key, key));
    }

    fn remove_term(&self, writing: &mut Writing, term: impl FnOnce(&Fields) -> Term) {
        let engine = self.engine();
        if let (Some(engine), Some(writer)) = (engine.as_ref(), &writing.writer) {
            writer.delete_term(term(&engine.fields));
            writing.changes += 1;
        }
    }

    /// Whether something of this thing was committed; `true` in doubt.
    fn has(&self, committed: &Searcher, key: &[u8]) -> bool {
        let engine = self.engine();
        let Some(engine) = engine.as_ref() else {
            return true;
        };
        let term = Term::from_field_bytes(engine.fields.key, key);
        committed.segment_readers().iter().any(|segment| {
            let index = segment.inverted_index(engine.fields.key);
            index.is_ok_and(|index| !matches!(index.get_term_info(&term), Ok(None)))
        })
    }

    /// Makes everything anew; returns how many records can be found then.
    ///
    /// Errors   [`SearchFault`]
    pub fn rebuild(&self, source: &dyn Source) -> Result<u64, SearchFault> {
        self.discard(&mut hold(&self.writing))?;
        self.bring_up(source)?;
        let engine = self.engine();
        Ok(engine
            .as_ref()
            .map_or(0, |engine| engine.reader.searcher().num_docs()))
    }

    /// Adds and removes whatever there is; made anew once if it cannot go on.
    pub(super) fn bring_up(&self, source: &dyn Source) -> Result<(), SearchFault> {
        let all = || {
            while self.step(source)? {}
            Ok(())
        };
        all().or_else(|fault: SearchFault| {
            tracing::warn!(%fault, "the search is made anew");
            self.discard(&mut hold(&self.writing))?;
            all()
        })
    }
}

/// One log, and what is needed to read it.
struct Log<'a> {
    source: &'a dyn Source,
    origin: Origin,
    organisation: OrgId,
    decoder: Decoder,
    plain: Vec<u8>,
}

impl Log<'_> {
    /// Removes what was erased or found bad; `true` when something was erased.
    fn remove_marked(
        &mut self,
        search: &Search,
        writing: &mut Writing,
    ) -> Result<bool, SearchFault> {
        let known = writing.progress.of(&self.origin);
        let marks = self.source.store().frontier(&self.origin)?.marks;
        if known == Progress::default() {
            // What was marked before the first look is read as what it is now.
            return Ok(false);
        }
        let mut erased = false;
        for index in self.source.store().marked(&self.origin, known.marks)? {
            if index >= known.size {
                continue;
            }
            search.remove(writing, &self.origin, index);
            let frames = self
                .source
                .store()
                .entries(&self.origin, index..index + 1)?;
            let status = frames.iter().next().map(|(_, frame)| frame.status);
            erased |= matches!(status, Some(Status::Erased { .. }));
            // A bad version may have hidden the one before.
            if let Some(stored) = self.source.store().record(&self.origin, index)?
                && let Ok(record) = RecordRef::parse(&stored.bytes)
            {
                self.put_thing(search, writing, &record.id(), None)?;
            }
        }
        writing
            .progress
            .set(&self.origin, Progress { marks, ..known });
        Ok(erased)
    }

    /// Adds records that came late.
    fn add_filled(&mut self, search: &Search, writing: &mut Writing) -> Result<(), SearchFault> {
        let mut known = writing.progress.of(&self.origin);
        if known.size == 0 {
            return Ok(());
        }
        for index in self.source.store().fills(&self.origin, known.fills)? {
            known.fills += 1;
            if index < known.size {
                self.add(search, writing, index..index + 1)?;
            }
        }
        writing.progress.set(&self.origin, known);
        Ok(())
    }

    /// Adds the next entries; `true` when there are more.
    fn add_next(&mut self, search: &Search, writing: &mut Writing) -> Result<bool, SearchFault> {
        let frontier = self.source.store().frontier(&self.origin)?;
        let shown = self.source.shown(&self.origin).min(frontier.size);
        let mut known = writing.progress.of(&self.origin);
        if known.size > shown || known.fills > frontier.fills || known.marks > frontier.marks {
            return Err(SearchFault::Corrupt {
                what: "it knows more of a log than there is",
            });
        }
        if known.size == shown {
            return Ok(false);
        }
        if known == Progress::default() {
            (known.fills, known.marks) = (frontier.fills, frontier.marks);
        }
        let end = (known.size + STEP).min(shown);
        self.add(search, writing, known.size..end)?;
        writing
            .progress
            .set(&self.origin, Progress { size: end, ..known });
        // How far a log is known is worth a commit even when it brought nothing to find.
        writing.changes += 1;
        Ok(end < shown)
    }

    fn add(
        &mut self,
        search: &Search,
        writing: &mut Writing,
        range: Range<u64>,
    ) -> Result<(), SearchFault> {
        let frames = self.source.store().entries(&self.origin, range)?;
        let committed = search
            .engine()
            .as_ref()
            .map(|engine| engine.reader.searcher());
        for (index, frame) in frames.iter() {
            if frame.status != Status::Present || !everybody(&frame) {
                continue;
            }
            let mut plain = std::mem::take(&mut self.plain);
            plain.clear();
            if self
                .decoder
                .decode_as(frame.codec, frame.stored, &mut plain)
                .is_ok()
                && let Ok(record) = RecordRef::parse(&plain)
            {
                let key = key(&self.organisation, &record.id());
                // Only of what nothing is kept yet can the first version be the current one without a look at the others:
                // whichever of them comes later is looked at together with this.
                let first = record.version() == 1
                    && !writing.added.contains(&key)
                    && !committed
                        .as_ref()
                        .is_some_and(|committed| search.has(committed, &key));
                if first {
                    self.put(search, writing, &self.origin, index, &record)?;
                } else {
                    self.put_thing(search, writing, &record.id(), Some((index, &record)))?;
                }
                writing.added.insert(key);
            }
            self.plain = plain;
        }
        Ok(())
    }

    /// Puts a thing's current version in the place of what is kept of it. `at_hand` was just read from this log.
    fn put_thing(
        &mut self,
        search: &Search,
        writing: &mut Writing,
        id: &RecordId,
        at_hand: Option<(u64, &RecordRef<'_>)>,
    ) -> Result<(), SearchFault> {
        let versions = self.versions(id)?;
        search.remove_key(writing, &key(&self.organisation, id));
        let Some(current) = versions::current(&versions, |version| version.number) else {
            return Ok(());
        };
        if let Some((index, record)) = at_hand
            && (&current.origin, current.index) == (&self.origin, index)
        {
            return self.put(search, writing, &self.origin, index, record);
        }
        let stored = self.source.store().record(&current.origin, current.index)?;
        let stored = stored.filter(|stored| stored.status == Status::Present);
        if let Some(record) = stored.and_then(|stored| Record::parse(stored.bytes).ok()) {
            let (origin, index) = (&current.origin, current.index);
            self.put(search, writing, origin, index, &record.as_view())?;
        }
        Ok(())
    }

    /// Adds a record of the organisation.
    fn put(
        &self,
        search: &Search,
        writing: &mut Writing,
        origin: &Origin,
        index: u64,
        record: &RecordRef<'_>,
    ) -> Result<(), SearchFault> {
        let engine = search.engine();
        let (Some(engine), Some(writer)) = (engine.as_ref(), &writing.writer) else {
            return Ok(());
        };
        let at = At {
            organisation: &self.organisation,
            origin,
            index,
            now: clock::now().seconds(),
        };
        let document = writing.maker.document(&engine.fields, &at, record);
        writer.add_document(document)?;
        writing.changes += 1;
        Ok(())
    }

    /// The versions of one of the organisation's things that everybody may read, oldest first.
    fn versions(&self, id: &RecordId) -> Result<Vec<Version>, SearchFault> {
        let mut versions = Vec::new();
        let places = self.source.index().find(id)?;
        let alone = places.len() == 1;
        for at in places {
            let Some(number) = at.version.map(u64::from) else {
                continue;
            };
            let own = at.origin == self.origin
                || self.source.organisation(&at.origin) == Some(self.organisation);
            if !own || at.index >= self.source.shown(&at.origin) {
                continue;
            }
            if !alone {
                let frames = self
                    .source
                    .store()
                    .entries(&at.origin, at.index..at.index + 1)?;
                let readable = |(_, frame): (u64, Frame<'_>)| {
                    frame.status == Status::Present && everybody(&frame)
                };
                if !frames.iter().next().is_some_and(readable) {
                    continue;
                }
            }
            versions.push(Version {
                number,
                origin: at.origin,
                index: at.index,
            });
        }
        versions.sort_by_key(|version| (version.number, version.index));
        Ok(versions)
    }
}

/// Whether everybody may read what the header says.
fn everybody(frame: &Frame<'_>) -> bool {
    matches!(frame.readers, ReadersClass::Public | ReadersClass::Control)
}
