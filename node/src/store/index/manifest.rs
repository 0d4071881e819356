//! Which runs there are, and how far each log is known: the entry that is written last, and read first.

use erikti_protocol::id::{Origin, RecordId};

use super::{ID_BYTES, IndexFault, Progress, Table, rows, run};

/// The form of rows and blocks.
const FORMAT: u8 = 2;
/// The manifest's key; tables begin with 1 and 2.
const KEY: &[u8] = &[0];
/// How keys of logs begin.
const LOG: u8 = 3;
/// Runs, and runs to be removed, at most: sixteen on each of eight levels.
const RUNS_MAX: usize = 256;

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) number: u32,
    pub(super) level: u8,
    pub(super) blocks: u64,
    least: [u8; 16],
    greatest: [u8; 16],
}

impl Run {
    const BYTES: usize = 4 + 1 + 8 + 16 + 16;

    pub(super) fn new(
        number: u32,
        level: u8,
        first: &[u8; ID_BYTES],
        last: &[u8; ID_BYTES],
    ) -> Self {
        let id = |row: &[u8; ID_BYTES]| *row.first_chunk().expect("a row begins with an id");
        Self {
            number,
            level,
            blocks: 0,
            least: id(first),
            greatest: id(last),
        }
    }

    /// A run that others will be merged into.
    pub(super) fn over(number: u32, level: u8, runs: &[Self]) -> Self {
        Self {
            number,
            level,
            blocks: 0,
            least: runs.iter().map(|run| run.least).min().unwrap_or([0xff; 16]),
            greatest: runs.iter().map(|run| run.greatest).max().unwrap_or([0; 16]),
        }
    }

    /// Whether the id is within what the run holds.
    pub(super) fn may_hold(&self, id: &RecordId) -> bool {
        (self.least..=self.greatest).contains(id.as_bytes())
    }

    fn format(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.number.to_be_bytes());
        bytes.push(self.level);
        bytes.extend(self.blocks.to_be_bytes());
        bytes.extend(self.least);
        bytes.extend(self.greatest);
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        let (level, rest) = rest.split_first()?;
        let (blocks, rest) = rest.split_first_chunk()?;
        let (least, rest) = rest.split_first_chunk()?;
        Some(Self {
            number: u32::from_be_bytes(*number),
            level: *level,
            blocks: u64::from_be_bytes(*blocks),
            least: *least,
            greatest: rest.try_into().ok()?,
        })
    }
}

/// The entry.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) runs: Vec<Run>,
    /// The number the next run gets; blocks under it are from a run that a crash interrupted.
    pub(super) next_run: u32,
    /// Runs whose blocks may be left over from a merge.
    pub(super) doomed: Vec<u32>,
}

impl Manifest {
    pub(super) fn of(runs: &[Run], next_run: u32) -> Self {
        Self {
            runs: runs.to_vec(),
            next_run,
            doomed: Vec::new(),
        }
    }

    /// Reads the manifest; an empty database has none.
    pub(super) fn load(tree: &sled::Tree) -> Result<Self, IndexFault> {
        let Some(bytes) = tree.get(KEY)? else {
            return match tree.is_empty() {
                true => Ok(Self::of(&[], 0)),
                false => Err(IndexFault::Corrupt {
                    what: "there are blocks and no list of them",
                }),
            };
        };
        Self::parse(&bytes).ok_or(IndexFault::Corrupt {
            what: "it is of another version",
        })
    }

    /// Writes the manifest, and how far the given logs are known, at once.
    pub(super) fn save<'a>(
        &self,
        tree: &sled::Tree,
        logs: impl Iterator<Item = (&'a Origin, u32, Progress)>,
    ) -> Result<(), IndexFault> {
        let mut batch = sled::Batch::default();
        batch.insert(KEY, self.format());
        for (origin, number, progress) in logs {
            let mut key = vec![LOG];
            key.extend(number.to_be_bytes());
            let mut value = Vec::with_capacity(128);
            for part in [progress.size, progress.fills, progress.marks] {
                value.extend(part.to_be_bytes());
            }
            value.extend_from_slice(origin.as_str().as_bytes());
            batch.insert(key, value);
        }
        Ok(tree.apply_batch(batch)?)
    }

    /// The lowest level with `fan` runs.
    pub(super) fn full_level(&self, fan: usize) -> Option<u8> {
        let count = |level| self.runs.iter().filter(|run| run.level == level).count();
        (0..u8::MAX).find(|level| count(*level) >= fan)
    }

    /// Compares the number of blocks with what was written: after a crash none may be missing.
    pub(super) fn check(&self, tree: &sled::Tree) -> Result<(), IndexFault> {
        for run in &self.runs {
            let mut blocks = 0;
            for table in Table::BOTH {
                for key in tree
                    .scan_prefix(run::block_key(table, run.number, &[]))
                    .keys()
                {
                    key?;
                    blocks += 1;
                }
            }
            if blocks != run.blocks {
                return Err(IndexFault::Corrupt {
                    what: "blocks are missing",
                });
            }
        }
        Ok(())
    }

    fn format(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(rows::fingerprint());
        bytes.extend(self.next_run.to_be_bytes());
        let count = |runs: usize| u16::try_from(runs.min(RUNS_MAX)).unwrap_or(u16::MAX);
        bytes.extend(count(self.runs.len()).to_be_bytes());
        bytes.extend(count(self.doomed.len()).to_be_bytes());
        for run in self.runs.iter().take(RUNS_MAX) {
            run.format(&mut bytes);
        }
        for number in self.doomed.iter().take(RUNS_MAX) {
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[FORMAT])?;
        let rest = rest.strip_prefix(&rows::fingerprint())?;
        let (next_run, rest) = rest.split_first_chunk()?;
        let (runs, rest) = rest.split_first_chunk()?;
        let (doomed, rest) = rest.split_first_chunk()?;
        let (runs, doomed) = (u16::from_be_bytes(*runs), u16::from_be_bytes(*doomed));
        let (runs, rest) = rest.split_at_checked(usize::from(runs) * Run::BYTES)?;
        if rest.len() != usize::from(doomed) * 4 {
            return None;
        }
        let numbers = rest.as_chunks::<4>().0.iter();
        Some(Self {
            runs: runs
                .chunks_exact(Run::BYTES)
                .map(Run::parse)
                .collect::<Option<_>>()?,
            next_run: u32::from_be_bytes(*next_run),
            doomed: numbers.map(|number| u32::from_be_bytes(*number)).collect(),
        })
    }
}

/// The logs in the order of their numbers, with how far each is known.
pub(super) fn logs(tree: &sled::Tree) -> Result<Vec<(Origin, Progress)>, IndexFault> {
    let corrupt = || IndexFault::Corrupt {
        what: "a log's entry cannot be read",
    };
    let mut logs = Vec::new();
    for entry in tree.scan_prefix([LOG]) {
        let (key, value) = entry?;
        let (parts, origin) = value.split_at_checked(24).ok_or_else(corrupt)?;
        let number = u32::try_from(logs.len()).unwrap_or(u32::MAX);
        let origin = std::str::from_utf8(origin).ok().and_then(Origin::parse);
        if key[1..] != number.to_be_bytes() {
            return Err(corrupt());
        }
        let part =
            |at: usize| u64::from_be_bytes(parts[at..at + 8].try_into().expect("eight bytes"));
        logs.push((
            origin.ok_or_else(corrupt)?,
            Progress {
                size: part(0),
                fills: part(8),
                marks: part(16),
            },
        ));
    }
    Ok(logs)
}
