//! Looking for something.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use erikti_protocol::id::Origin;

use super::collect::{Row, Summary, Through};
use super::document::log_number;
use super::engine::Engine;
use super::{Ask, Hit, Hits, Order, ROWS_MAX, Search, SearchFault, Source, ask, hold};

impl Search {
    /// Looks for something. Without a thread that keeps it in step, it is brought up to the journal first.
    ///
    /// Errors   [`SearchFault`]
    pub fn find(&self, source: &dyn Source, ask: &Ask) -> Result<Hits, SearchFault> {
        if !self.follows() {
            self.bring_up(source)?;
        }
        let engine = self.engine();
        let Some(engine) = engine.as_ref() else {
            return Ok(Hits::default());
        };
        let looked = catch_unwind(AssertUnwindSafe(|| look(engine, source, ask)));
        let looked = looked.unwrap_or_else(|_| {
            Err(SearchFault::Corrupt {
                what: "the engine panicked",
            })
        });
        match looked {
            Ok(mut hits) => {
                hits.complete = self.caught_up.load(Ordering::Acquire);
                Ok(hits)
            }
            Err(fault) => {
                tracing::error!(%fault, "a question could not be answered; the search is made anew");
                self.broken.store(true, Ordering::Release);
                self.wanted();
                Err(fault)
            }
        }
    }

    /// Whether a file still has this word, folded as it is kept, be its record removed or not.
    ///
    /// Errors   [`SearchFault`]
    pub fn keeps(&self, word: &str) -> Result<bool, SearchFault> {
        let engine = self.engine();
        let Some(engine) = engine.as_ref() else {
            return Ok(false);
        };
        let searcher = engine.reader.searcher();
        for segment in searcher.segment_readers() {
            for field in engine.fields.words() {
                let index = segment.inverted_index(field)?;
                let found = index.terms().get(word.as_bytes());
                if found
                    .map_err(|error| SearchFault::Engine(error.to_string()))?
                    .is_some()
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn look(engine: &Engine, source: &dyn Source, ask: &Ask) -> Result<Hits, SearchFault> {
    let mut ask = ask.clone();
    ask.limit = ask.limit.min(ROWS_MAX);
    let mut forms = hold(&engine.forms);
    let parts = ask::parts(&mut forms, &ask.words);
    let all = ask::query(&engine.fields, &mut forms, &ask, &parts, false);
    let any = (parts.len() > 1).then(|| ask::query(&engine.fields, &mut forms, &ask, &parts, true));
    drop(forms);
    let searcher = engine.reader.searcher();
    let generation = searcher.generation().generation_id();
    let mut loosened = false;
    let mut gone = None;
    for query in std::iter::once(all).chain(any) {
        let question = format!(
            "{loosened} {:?}",
            Ask {
                limit: 0,
                after: None,
                order: Order::Fit,
                ..ask.clone()
            }
        );
        let known = engine.summary(generation, &question);
        let through = Through::new(&ask, !parts.is_empty(), known.is_none());
        let mut found = searcher.search(&query, &through)?;
        let summary = known.unwrap_or_else(|| {
            let summary = Arc::new(found.summary());
            engine.keep_summary(generation, question, Arc::clone(&summary));
            summary
        });
        let empty = summary.total == 0;
        gone = Some((found.rows, summary));
        if !empty {
            break;
        }
        loosened = true;
    }
    let (rows, summary) = gone.unwrap_or_default();
    Ok(hits(source, &ask, rows, &summary, loosened))
}

fn hits(
    source: &dyn Source,
    ask: &Ask,
    mut rows: Vec<Row>,
    summary: &Summary,
    loosened: bool,
) -> Hits {
    let more = rows.len() > ask.limit;
    rows.truncate(ask.limit);
    let logs: BTreeMap<u64, Origin> = source
        .store()
        .logs()
        .into_iter()
        .map(|origin| (log_number(&origin), origin))
        .collect();
    let hit = |(cursor, log, index): Row| {
        Some(Hit {
            origin: logs.get(&log)?.clone(),
            index,
            cursor,
        })
    };
    Hits {
        rows: rows.into_iter().filter_map(hit).collect(),
        total: summary.total,
        more,
        counts: summary
            .counts
            .iter()
            .map(|(tag, count)| (*tag, *count))
            .collect(),
        cells: summary.spots.clone(),
        loosened: loosened && summary.total > 0,
        complete: false,
    }
}
