//! The engine and its folder: opened or made, written, committed, cleaned.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use erikti_protocol::id::Origin;
use serde::{Deserialize, Serialize};
use tantivy::index::SegmentId;
use tantivy::merge_policy::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy};

use super::collect::Summary;
use super::document::Maker;
use super::schema::{Fields, VERSION, schema};
use super::words::Forms;
use super::{ARENA_BYTES, Search, SearchFault, fault, hold};
use crate::store::index::Progress;

/// Documents of a segment from which on it is no more merged with others: an erasure rewrites whole segments, and
/// eight of these are written in about a second.
const MERGED_DOCUMENTS_MAX: usize = 20_000;
/// Segments that are merged into one.
const MERGED_SEGMENTS: usize = 8;
/// Documents up to which segments count as equally small.
const SMALL_DOCUMENTS: u32 = 1_000;
/// Share of removed documents from which on a segment is rewritten without them.
const REMOVED_SHARE_MAX: f32 = 0.3;
/// Looks for a searcher that still holds removed files, at most; each answer takes milliseconds.
const LOOKS_MAX: usize = 100;
/// Summaries kept for questions that are asked again.
const SUMMARIES_MAX: usize = 64;

/// The index, opened.
pub(super) struct Engine {
    pub(super) index: tantivy::Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) forms: Mutex<Forms>,
    summaries: Mutex<Summaries>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// What was counted since the last commit.
#[derive(Default)]
struct Summaries {
    generation: u64,
    kept: Vec<(String, Arc<Summary>)>,
}

/// Whoever holds this writes.
#[derive(Default)]
pub(super) struct Writing {
    pub(super) writer: Option<IndexWriter>,
    pub(super) progress: Known,
    pub(super) maker: Maker,
    /// Things of which something was added since the last commit.
    pub(super) added: HashSet<[u8; 16]>,
    /// Documents added or removed since the last commit.
    pub(super) changes: usize,
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing")
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}

/// How far each log is known; committed with the documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    version: u32,
    /// By the log's name: entries, fills, marks.
    logs: BTreeMap<String, (u64, u64, u64)>,
}

impl Known {
    pub(super) fn of(&self, origin: &Origin) -> Progress {
        let (size, fills, marks) = self.logs.get(origin.as_str()).copied().unwrap_or_default();
        Progress { size, fills, marks }
    }

    /// Whether it knows a log that is not among these.
    pub(super) fn knows_others(&self, logs: &[Origin]) -> bool {
        let kept = |name: &String| logs.iter().any(|origin| origin.as_str() == name);
        !self.logs.keys().all(kept)
    }

    pub(super) fn set(&mut self, origin: &Origin, progress: Progress) {
        let numbers = (progress.size, progress.fills, progress.marks);
        self.logs.insert(origin.as_str().to_owned(), numbers);
    }
}

impl Engine {
    /// Opens the index of a folder, or begins one; says how far it knows the logs.
    fn open(folder: &Path) -> Result<(Self, Known), SearchFault> {
        crate::files::make_folder(folder).map_err(crate::store::StoreFault::from)?;
        let clean = folder.join("clean");
        let was_clean = std::fs::remove_file(&clean).is_ok();
        let (schema, fields) = schema();
        let begun = folder.join("meta.json").exists();
        let index = match begun {
            true => tantivy::Index::open_in_dir(folder)?,
            false => tantivy::Index::builder()
                .schema(schema.clone())
                .settings(IndexSettings {
                    docstore_compress_dedicated_thread: false,
                    ..IndexSettings::default()
                })
                .create_in_dir(folder)?,
        };
        let mut known = Known {
            version: VERSION,
            ..Known::default()
        };
        if let Some(payload) = index.load_metas()?.payload {
            known = serde_json::from_str(&payload).map_err(|_| SearchFault::Corrupt {
                what: "how far it knows the logs cannot be read",
            })?;
        }
        if known.version != VERSION || index.schema() != schema {
            return Err(SearchFault::Corrupt {
                what: "it is of another version",
            });
        }
        if begun && !was_clean && !index.validate_checksum()?.is_empty() {
            return Err(SearchFault::Corrupt {
                what: "a file is not what was written",
            });
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(0)
            .try_into()?;
        let engine = Self {
            index,
            reader,
            fields,
            forms: Mutex::default(),
            summaries: Mutex::default(),
        };
        Ok((engine, known))
    }

    pub(super) fn writer(&self) -> Result<IndexWriter, SearchFault> {
        let writer: IndexWriter = self.index.writer_with_num_threads(1, ARENA_BYTES)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_SEGMENTS);
        policy.set_max_docs_before_merge(MERGED_DOCUMENTS_MAX);
        policy.set_min_layer_size(SMALL_DOCUMENTS);
        policy.set_del_docs_ratio_before_merge(REMOVED_SHARE_MAX);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    /// What was counted for this question since the last commit.
    pub(super) fn summary(&self, generation: u64, question: &str) -> Option<Arc<Summary>> {
        let summaries = hold(&self.summaries);
        let mut kept = summaries.kept.iter();
        kept.find(|(asked, _)| summaries.generation == generation && asked == question)
            .map(|(_, summary)| Arc::clone(summary))
    }

    pub(super) fn keep_summary(&self, generation: u64, question: String, summary: Arc<Summary>) {
        let mut summaries = hold(&self.summaries);
        if summaries.generation != generation {
            *summaries = Summaries {
                generation,
                kept: Vec::new(),
            };
        }
        if summaries.kept.len() >= SUMMARIES_MAX {
            summaries.kept.remove(0);
        }
        summaries.kept.push((question, summary));
    }
}

/// Opens on a thread of its own: an engine may panic over files that are not what it wrote.
fn open_guarded(folder: &Path) -> Result<(Engine, Known), SearchFault> {
    let folder = folder.to_owned();
    let opened = std::thread::Builder::new()
        .name("search-open".to_owned())
        .spawn(move || Engine::open(&folder))
        .map_err(|error| SearchFault::Engine(error.to_string()))?
        .join();
    opened.unwrap_or_else(|_| Err(SearchFault::Engine("the engine panicked".to_owned())))
}

impl Search {
    /// The engine, for looking; `None` before it is opened.
    pub(super) fn engine(&self) -> RwLockReadGuard<'_, Option<Engine>> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn engine_alone(&self) -> RwLockWriteGuard<'_, Option<Engine>> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is anything on the disk.
    pub(super) fn exists(&self) -> bool {
        self.folder.exists()
    }

    /// Opens the engine unless it is open; one that cannot be used is removed and begun anew.
    pub(super) fn open(&self, writing: &mut Writing) -> Result<(), SearchFault> {
        if self.engine().is_some() && writing.writer.is_some() {
            return Ok(());
        }
        let (engine, known) = match open_guarded(&self.folder) {
            Ok(opened) => opened,
            Err(why) => {
                tracing::warn!(%why, "the search is discarded and made again");
                std::fs::remove_dir_all(&self.folder).map_err(fault("remove", &self.folder))?;
                open_guarded(&self.folder)?
            }
        };
        writing.writer = Some(engine.writer()?);
        writing.progress = known;
        writing.changes = 0;
        writing.added.clear();
        *self.engine_alone() = Some(engine);
        Ok(())
    }

    /// Forgets everything, so that it is made anew from the journal.
    pub(super) fn discard(&self, writing: &mut Writing) -> Result<(), SearchFault> {
        // Whoever still merges would write into the folder that is being removed.
        if let Some(writer) = writing.writer.take()
            && let Err(why) = writer.wait_merging_threads()
        {
            tracing::warn!(%why, "the search broke off while it was discarded");
        }
        let mut engine = self.engine_alone();
        *engine = None;
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder).map_err(fault("remove", &self.folder))?;
        }
        drop(engine);
        self.caught_up
            .store(false, std::sync::atomic::Ordering::Release);
        self.open(writing)
    }

    /// Makes what was added and removed durable and visible, together with how far each log is known.
    pub(super) fn commit(&self, writing: &mut Writing) -> Result<(), SearchFault> {
        let Writing {
            writer: Some(writer),
            progress,
            changes,
            added,
            ..
        } = writing
        else {
            return Ok(());
        };
        let payload = serde_json::to_string(progress)
            .map_err(|error| SearchFault::Engine(error.to_string()))?;
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        *changes = 0;
        added.clear();
        if let Some(engine) = self.engine().as_ref() {
            engine.reader.reload()?;
        }
        Ok(())
    }

    /// Commits, and rewrites every segment that holds removed documents; on return their words are in no file.
    pub(super) fn purge(&self, writing: &mut Writing) -> Result<(), SearchFault> {
        self.commit(writing)?;
        // A merge that began before may write the words once more: it ends first.
        if let Some(writer) = writing.writer.take() {
            writer.wait_merging_threads()?;
        }
        let mut alone = self.engine_alone();
        let Some(engine) = alone.as_mut() else {
            return Ok(());
        };
        let mut writer = engine.writer()?;
        let policy = writer.get_merge_policy();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let segments = engine.index.searchable_segment_metas()?;
        let stained: Vec<SegmentId> = segments
            .iter()
            .filter(|segment| segment.num_deleted_docs() > 0)
            .map(|segment| segment.id())
            .collect();
        drop(segments);
        for segment in &stained {
            writer.merge(&[*segment]).wait()?;
        }
        // Nobody looks for anything now, and the reader lets go of the old files with this.
        engine.reader.reload()?;
        let names: Vec<String> = stained.iter().map(SegmentId::uuid_string).collect();
        let mut left = true;
        for _ in 0..LOOKS_MAX {
            writer.garbage_collect_files().wait()?;
            left = holds_any(&self.folder, &names)?;
            if !left {
                break;
            }
            std::thread::yield_now();
        }
        drop(policy);
        drop(writer);
        writing.writer = Some(engine.writer()?);
        match left {
            true => Err(SearchFault::Corrupt {
                what: "a file with removed words is still there",
            }),
            false => Ok(()),
        }
    }

    /// Commits and leaves a sign that no file has to be looked through at the next start.
    pub(super) fn close(&self) -> Result<(), SearchFault> {
        let mut writing = hold(&self.writing);
        if writing.writer.is_none() {
            return Ok(());
        }
        if writing.changes > 0 {
            self.commit(&mut writing)?;
        }
        if let Some(writer) = writing.writer.take() {
            writer.wait_merging_threads()?;
        }
        *self.engine_alone() = None;
        let clean = self.folder.join("clean");
        std::fs::write(&clean, b"").map_err(fault("write", &clean))
    }
}

/// Whether a folder has a file of one of these segments.
fn holds_any(folder: &Path, segments: &[String]) -> Result<bool, SearchFault> {
    for entry in std::fs::read_dir(folder).map_err(fault("read", folder))? {
        let name = entry.map_err(fault("read", folder))?.file_name();
        let name = name.to_string_lossy();
        if segments
            .iter()
            .any(|segment| name.starts_with(segment.as_str()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
