//! In which country each organisation is, as its own card says: asked for all of them at once by lists and maps.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use erikti_protocol::id::OrgId;

use super::organisations;
use super::reader::Reader;
use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::Problem;

/// Countries that are kept, at most, of some 200 bytes each: 3 MB. With more, all are read anew.
const KEPT_MAX: usize = 16_384;

/// Countries that were read, until something comes or goes in a log of the organisation.
#[derive(Debug, Default)]
struct Countries(Mutex<BTreeMap<Asked, Country>>);

/// An organisation, and whether its own people ask.
type Asked = (OrgId, bool);

#[derive(Debug)]
struct Country {
    stamp: Stamp,
    code: Option<String>,
}

/// Everything that a card depends on: what is known of who owns which log, and how far each of its logs is shown, filled,
/// marked and indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    ledger: u64,
    logs: Vec<[u64; 4]>,
}

impl Stamp {
    fn of(node: &Node, organisation: &OrgId) -> Result<Self, Problem> {
        let ingest = node.ingest();
        let ledger = ingest.ledger_version();
        let line = ingest.ledger().line(organisation).to_vec();
        let mut logs = Vec::with_capacity(line.len());
        for origin in &line {
            let frontier = ingest.store().frontier(origin).map_err(store_problem)?;
            let indexed = ingest.index().complete_up_to(origin).size;
            logs.push([
                ingest.visible(origin),
                frontier.fills,
                frontier.marks,
                indexed,
            ]);
        }
        Ok(Self { ledger, logs })
    }
}

/// The country on an organisation's card.
///
/// Errors   those of [`organisations::card`]
pub fn country(
    node: &Node,
    reader: Reader,
    organisation: &OrgId,
) -> Result<Option<String>, Problem> {
    let countries = node.kept::<Countries>();
    let kept = || countries.0.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (*organisation, reader == Reader::Staff);
    // Before the card is read: what comes meanwhile makes it old.
    let stamp = Stamp::of(node, organisation)?;
    if let Some(country) = kept().get(&key)
        && country.stamp == stamp
    {
        return Ok(country.code.clone());
    }
    let card = organisations::card(node, reader, organisation)?;
    let code = card["country"].as_str().map(str::to_owned);
    let mut kept = kept();
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    let country = Country {
        stamp,
        code: code.clone(),
    };
    kept.insert(key, country);
    Ok(code)
}
