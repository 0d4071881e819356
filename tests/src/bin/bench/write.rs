//! Publishing in one node: each receipt means durable, indexed, and on its way to the partners.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use erikti_node::node::Node;
use erikti_protocol::record::Draft;
use erikti_tests::process::Member;
use serde_json::{Value, json};

use crate::fill::{BATCH_RECORDS, Drafts, open};

/// Callers at once, with one record a call.
const CALLERS: usize = 64;

/// Runs the benchmark: so many records for each way of publishing.
pub(crate) fn run(records: u64) -> Value {
    let member = Member::init("Publisher", &[]);
    let node = open(&member);
    let mut first = 0;
    let mut rate = |callers: usize, batch: u64| {
        let rate = publish(&node, callers, first..first + records, batch);
        first += records;
        rate.round()
    };
    let figures = json!({
        "records": records,
        "callers_64_by_1_per_s": rate(CALLERS, 1),
        "callers_8_by_1_per_s": rate(8, 1),
        "caller_1_by_1_per_s": rate(1, 1),
        "callers_2_by_1000_per_s": rate(2, BATCH_RECORDS),
        "caller_1_by_1000_per_s": rate(1, BATCH_RECORDS),
    });
    node.close();
    figures
}

/// Records a second that so many callers publish, each taking the next batch as soon as it has its receipts.
fn publish(node: &Node, callers: usize, range: std::ops::Range<u64>, batch: u64) -> f64 {
    let drafts = Drafts::new(1);
    let records = range.end - range.start;
    // Drafts are ready before the clock starts: what callers do to make them is theirs.
    let batches: Vec<Mutex<Option<Vec<Draft>>>> = range
        .clone()
        .step_by(batch as usize)
        .map(|first| {
            let numbers = first..(first + batch).min(range.end);
            Mutex::new(Some(numbers.map(|n| drafts.draft(n)).collect()))
        })
        .collect();
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let batch = batch
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take()
                        .expect("each batch is taken once");
                    let published = node.ingest().publish(batch);
                    published.expect("invented drafts can be published");
                }
            });
        }
    });
    records as f64 / begun.elapsed().as_secs_f64()
}
