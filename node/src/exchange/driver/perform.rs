//! What the machine asks for, performed.

use std::collections::BTreeSet;
use std::sync::Arc;

use erikti_protocol::exchange::machine::{Ask, Event, Input, Output};
use erikti_protocol::exchange::message::{Accepted, EvidenceReport, write};
use erikti_protocol::exchange::package::Opened;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::kind::log::LogOpened;
use erikti_protocol::log::{Entry, PACKAGE_ENTRIES};
use erikti_protocol::record::Verified;

use super::super::pull::Writing;
use super::{Asked, Driver, Extra, Shared, Work, ask};
use crate::ingest::{Arrived, Ingest};
use crate::net::Protocol;
use crate::store::{Status, StoreFault};

impl Driver {
    pub(super) fn perform(&mut self, output: Output) {
        match output {
            Output::SubscribeHeads { peer, request } => {
                let task = tokio::spawn(ask::heads(Arc::clone(&self.shared), peer, request))
                    .abort_handle();
                if let Some(before) = self.subscriptions.insert(peer, task) {
                    before.abort();
                }
            }
            Output::Request {
                peer,
                request,
                ask: question,
                want,
            } => {
                let origin = match &question {
                    Ask::Fetch(fetch) => fetch.origin.clone(),
                    Ask::Consistency(question) => question.origin.clone(),
                };
                let asking = ask::ask(
                    Arc::clone(&self.shared),
                    self.pipeline.opening.clone(),
                    peer,
                    request,
                    question,
                    want,
                );
                let task = tokio::spawn(asking).abort_handle();
                self.asks.insert(request, Asked { origin, task });
            }
            Output::Cancel { request } => {
                if let Some(asked) = self.asks.remove(&request) {
                    asked.task.abort();
                }
            }
            // Without listeners there is nobody to tell.
            Output::Announce { heads } => drop(self.shared.announced.send(heads)),
            Output::Pursue { checkpoint } => self.write(Writing::Pursue {
                signed: Box::new(checkpoint),
            }),
            Output::Append {
                origin,
                organisation,
                package,
                last,
            } => {
                let arrived = self.arrived(&origin, *package);
                self.write(Writing::Append {
                    origin,
                    organisation,
                    arrived,
                    last,
                });
            }
            Output::Fill { origin, package } => {
                let Some(organisation) = self.shared.node.ingest().ledger().organisation(&origin)
                else {
                    return;
                };
                let arrived = self.arrived(&origin, *package);
                self.write(Writing::Fill {
                    origin,
                    organisation,
                    arrived,
                });
            }
            Output::Adopt { checkpoint, .. } => {
                self.write(Writing::Adopt {
                    signed: Box::new(checkpoint),
                });
            }
            Output::Judge {
                origin,
                organisation,
                opening,
            } => {
                let verdict = judge(self.shared.node.ingest(), &origin, organisation, &opening);
                self.machine(Input::Verdict { origin, verdict });
            }
            Output::Compare { suspect } => {
                let shared = Arc::clone(&self.shared);
                tokio::task::spawn_blocking(move || {
                    let found = shared.node.ingest().contradiction(&suspect).unwrap_or_else(|fault| {
                        tracing::warn!(%fault, "a checkpoint cannot be compared with what is held");
                        None
                    });
                    let _ = shared
                        .work
                        .blocking_send(Work::Input(Input::Compared { suspect, found }));
                });
            }
            Output::ListMissing {
                origin,
                from,
                limit,
            } => {
                let shared = Arc::clone(&self.shared);
                tokio::task::spawn_blocking(move || {
                    let (entries, next) = missing(shared.node.ingest(), &origin, from, limit)
                        .unwrap_or_else(|fault| {
                            tracing::error!(%fault, "what is missing cannot be listed");
                            (Vec::new(), None)
                        });
                    let _ = shared.work.blocking_send(Work::Input(Input::Missing {
                        origin,
                        entries,
                        next,
                    }));
                });
            }
            Output::Evidence {
                evidence,
                to,
                fresh,
            } => {
                let text = evidence.to_string();
                if fresh {
                    let origin = evidence.origin().clone();
                    tracing::error!(%origin, "this log contradicts itself; it is frozen where it stands");
                    self.shared.node.ingest().freeze(&origin);
                    let kept = self.shared.node.members().change(|decided| {
                        decided.frozen.insert(origin, text.clone());
                        Ok(())
                    });
                    if let Err(problem) = kept {
                        tracing::error!(%problem, "the proof cannot be kept");
                    }
                }
                for peer in to {
                    tokio::spawn(send_evidence(Arc::clone(&self.shared), peer, text.clone()));
                }
            }
            Output::Disconnect { peer } => {
                let handle = self.shared.handle.clone();
                tokio::spawn(async move { handle.disconnect(peer).await });
            }
            Output::Note(event) => self.note(&event),
        }
    }

    fn write(&mut self, writing: Writing) {
        self.to_write.push_back(writing);
    }

    /// A package with what its verification found beside it.
    fn arrived(&mut self, origin: &Origin, opened: Opened) -> Arrived {
        let none = || Extra {
            rows: Vec::new(),
            proved: false,
            disproved: BTreeSet::new(),
        };
        let extra = opened
            .first()
            .and_then(|first| self.extras.remove(&(origin.clone(), first)))
            .unwrap_or_else(none);
        Arrived {
            opened,
            rows: extra.rows,
            proved: extra.proved,
            disproved: extra.disproved,
        }
    }

    fn note(&self, event: &Event) {
        match event {
            Event::Blamed {
                peer,
                origin,
                blame,
            } => {
                tracing::warn!(%peer, ?origin, %blame, "a peer sent something false");
                self.contacts(|contacts| contacts.refused(*peer, "blamed", blame.to_string()));
            }
            Event::Refused {
                peer,
                origin,
                refusal,
            } => {
                tracing::info!(%peer, %origin, %refusal, "a peer refused");
                self.contacts(|contacts| {
                    contacts.refused(*peer, refusal.code.as_str(), refusal.to_string())
                });
            }
            Event::OwnLogAhead { peer, size } => {
                let name = self.shared.node.requester(peer).organisation;
                let name = name.map_or_else(
                    || peer.to_string(),
                    |organisation| self.shared.node.name_of(&organisation),
                );
                self.shared.node.ingest().halt(format!(
                    "{name} holds {size} entries of this node's own log, more than are here: this folder was restored from an older copy, or another machine uses its keys"
                ));
            }
            Event::Stale { peer } => {
                self.contacts(|contacts| contacts.fault(*peer, "silent for a day".to_owned()))
            }
            other => tracing::warn!(event = ?other, "exchange"),
        }
    }
}

/// Whether a first entry makes a log one of an organisation.
fn judge(
    ingest: &Ingest,
    origin: &Origin,
    organisation: OrgId,
    opening: &Verified,
) -> Result<(), String> {
    let subject = opening.subject();
    let opened = subject.as_object().map(LogOpened::from_subject);
    let Some(Ok(opened)) = opened else {
        return Err("its first entry is no `log` record".to_owned());
    };
    if opened.succession.is_none() {
        return if OrgId::from_founding(opening.digest()) == organisation
            && opened.origin() == *origin
        {
            Ok(())
        } else {
            Err("its first entry founds another organisation".to_owned())
        };
    }
    // A successor is judged by the ledger; a copy is asked, so that nothing is said before it is in the journal.
    let mut ledger = ingest.ledger().clone();
    match ledger.apply(origin, 0, opening) {
        Ok(_)
            if ledger
                .history(origin)
                .is_some_and(|history| history.organisation() == organisation) =>
        {
            Ok(())
        }
        Ok(_) => Err("its first entry names another organisation".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

type Missing = (Vec<(u64, Entry)>, Option<u64>);

/// Entries whose records are absent or damaged, from an index on.
fn missing(
    ingest: &Ingest,
    origin: &Origin,
    from: u64,
    limit: usize,
) -> Result<Missing, StoreFault> {
    let size = ingest.store().frontier(origin)?.size;
    let mut found = Vec::new();
    let mut at = from;
    while at < size {
        let until = ((at / PACKAGE_ENTRIES + 1) * PACKAGE_ENTRIES).min(size);
        let frames = ingest.store().entries(origin, at..until)?;
        for (index, frame) in frames.iter() {
            if !matches!(frame.status, Status::Absent | Status::Damaged) {
                continue;
            }
            if found.len() == limit {
                return Ok((found, Some(index)));
            }
            found.push((
                index,
                Entry {
                    class: frame.class,
                    digest: frame.digest,
                },
            ));
        }
        at = until;
    }
    Ok((found, None))
}

async fn send_evidence(
    shared: Arc<Shared>,
    peer: erikti_protocol::key::PublicKey,
    evidence: String,
) {
    let sent = async {
        let mut stream = shared.handle.open(peer, Protocol::Evidence).await.ok()?;
        let frame = write(&EvidenceReport { evidence }).ok()?;
        stream.send(&[&frame]).await.ok()?;
        let mut answer = Vec::new();
        stream.read(&mut answer).await.ok()?;
        erikti_protocol::exchange::message::read_answer::<Accepted>(&answer).ok()
    };
    if sent.await.is_none() {
        tracing::warn!(%peer, "the proof against a log could not be passed on");
    }
}
