//! One node that holds much: opening it, making its index anew, checking all proofs.

use std::time::Instant;

use erikti_node::audit;
use erikti_tests::process::Member;
use serde_json::{Value, json};

use crate::fill::{fill, open};
use crate::rounded;

/// Entries audited at once, as the background does it.
const STRIDE: u64 = 16_384;

fn filled(records: u64) -> Member {
    let member = Member::init("Keeper", &[]);
    fill(&member, records);
    member
}

/// Makes the index anew from the journal.
pub(crate) fn rebuild(records: u64) -> Value {
    let member = filled(records);
    let node = open(&member);
    let begun = Instant::now();
    let rebuilt = node.rebuild_index().expect("the index can be made anew");
    let seconds = begun.elapsed().as_secs_f64();
    node.close();
    json!({
        "records": rebuilt,
        "rebuild_s": rounded(seconds),
        "records_per_s": (rebuilt as f64 / seconds).round(),
    })
}

/// Opens the folder and reads one record: after an orderly end, and after a kill.
pub(crate) fn reopen(records: u64) -> Value {
    let mut member = filled(records);
    let closed = opened(&member, records);
    member.start();
    member.kill();
    json!({
        "records": records,
        "reopen_s": rounded(closed),
        "reopen_after_kill_s": rounded(opened(&member, records)),
    })
}

fn opened(member: &Member, records: u64) -> f64 {
    let begun = Instant::now();
    let node = open(member);
    let record = node.ingest().record(node.origin(), records / 2);
    record.expect("readable").expect("held");
    let seconds = begun.elapsed().as_secs_f64();
    node.close();
    seconds
}

/// Checks the proofs of all records, on all cores.
pub(crate) fn audit(records: u64) -> Value {
    let member = filled(records);
    let node = open(&member);
    let begun = Instant::now();
    let mut first = 0;
    while first < records {
        let range = first..(first + STRIDE).min(records);
        let wrong = audit::check(node.ingest(), node.origin(), range).expect("readable");
        assert_eq!(wrong, [], "every proof holds");
        first += STRIDE;
    }
    let seconds = begun.elapsed().as_secs_f64();
    node.close();
    json!({
        "records": records,
        "audit_s": rounded(seconds),
        "records_per_s": (records as f64 / seconds).round(),
    })
}
