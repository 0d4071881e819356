//! What happens in the network: messages arrive, machines are asked, and what they say is done.

use erikti_protocol::exchange::{Answer, Blame, Heads, Input, Output};
use erikti_protocol::log::SignedCheckpoint;
use erikti_protocol::log::evidence::{Contradiction, EvidenceFault};

use super::disk::StoredLog;
use super::{Action, REDIAL_MS, Sim, node};

impl Sim {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Connect(a, b) => {
                let up = self.nodes[a].up && self.nodes[b].up;
                let link = self.link(a, b);
                if !up || link.up || link.cut {
                    return;
                }
                link.up = true;
                link.life += 1;
                link.last = [0; 2];
                for (node, peer) in [(a, b), (b, a)] {
                    let life = self.link(a, b).life;
                    let delay = self.weather.delay_ms.1;
                    self.after(delay, Some((a, b, life)), Action::Connected { node, peer });
                }
            }
            Action::Connected { node, peer } => {
                let hello = self.nodes[peer].hello();
                let peer = self.nodes[peer].name();
                self.give(node, Input::Connected { peer, hello });
            }
            Action::Subscribe {
                node,
                peer,
                request,
            } => {
                self.nodes[node].listeners.insert(peer);
                let mut request = request;
                loop {
                    let heads = self.nodes[node].machine.heads_after(&request);
                    (request.table, request.cursor) = (heads.table, heads.cursor);
                    let more = heads.more;
                    self.send_heads(node, peer, heads);
                    if !more {
                        break;
                    }
                }
            }
            Action::Heads { node, peer, heads } => {
                let peer = self.nodes[peer].name();
                self.give(node, Input::Heads { peer, heads });
            }
            Action::HeadsClosed { node, peer } => {
                let peer = self.nodes[peer].name();
                self.give(node, Input::HeadsClosed { peer });
            }
            Action::Question {
                node,
                peer,
                request,
                ask,
                want,
            } => {
                let answer = self.nodes[node].serve(&ask, peer, &mut self.chance);
                self.bytes += answer.as_ref().map_or(0, Vec::len) as u64;
                let reply = |answer| Action::Reply {
                    node: peer,
                    request,
                    ask: ask.clone(),
                    want: want.clone(),
                    answer,
                };
                if self.send(node, peer, reply(Some(answer))).is_none() {
                    self.fail(peer, node, reply(None));
                }
            }
            Action::Reply {
                node,
                request,
                ask,
                want,
                answer,
            } => {
                let answer = answer.map_or(Answer::Failed, |answer| {
                    node::open(&ask, want.as_ref(), answer)
                });
                self.give(node, Input::Answer { request, answer });
            }
            Action::Evidence { node, peer, text } => {
                let peer = self.nodes[peer].name();
                let input = match Contradiction::parse(text.as_bytes()) {
                    Ok(evidence) => Input::Evidence {
                        peer: Some(peer),
                        evidence: Box::new(evidence),
                    },
                    Err(fault) => Input::Blame {
                        peer,
                        blame: Blame::Evidence(fault),
                    },
                };
                self.give(node, input);
            }
            Action::Synced {
                node,
                life,
                origin,
                size,
            } => {
                if self.nodes[node].life == life && self.nodes[node].up {
                    let log = self.nodes[node].logs.get_mut(&origin);
                    let log = log.expect("what is synced was appended to");
                    log.durable = log.durable.max(size);
                    let durable = log.compact();
                    self.give(node, Input::Stored { origin, durable });
                }
            }
            Action::Wake { node, life } => {
                if self.nodes[node].life == life && self.nodes[node].up {
                    self.nodes[node].wake = None;
                    self.give(node, Input::Tick);
                }
            }
        }
    }

    /// A stream broke: the asking side notices after a moment.
    fn fail(&mut self, node: usize, peer: usize, action: Action) {
        let life = self.link(node, peer).life;
        self.after(50, Some((node, peer, life)), action);
    }

    fn send_heads(&mut self, node: usize, peer: usize, heads: Heads) {
        let heads = self.nodes[node].colour(heads, peer);
        let action = Action::Heads {
            node: peer,
            peer: node,
            heads,
        };
        if self.send(node, peer, action).is_none() {
            self.nodes[node].listeners.remove(&peer);
            let closed = Action::HeadsClosed {
                node: peer,
                peer: node,
            };
            self.fail(peer, node, closed);
        }
    }

    /// Gives a node's machine something, and does what it says.
    pub(super) fn give(&mut self, node: usize, input: Input) {
        let outputs = self.nodes[node].machine.handle(input, self.now);
        for output in outputs {
            self.perform(node, output);
        }
        let next = self.nodes[node].machine.next_wake();
        if let Some(at) = next
            && self.nodes[node]
                .wake
                .is_none_or(|wake| at < wake || wake < self.now)
        {
            self.nodes[node].wake = Some(at);
            let life = self.nodes[node].life;
            self.after(at - self.now, None, Action::Wake { node, life });
        }
    }

    fn perform(&mut self, node: usize, output: Output) {
        match output {
            Output::SubscribeHeads { peer, request } => {
                let peer = self.names[&peer];
                let action = Action::Subscribe {
                    node: peer,
                    peer: node,
                    request,
                };
                if self.send(node, peer, action).is_none() {
                    self.fail(node, peer, Action::HeadsClosed { node, peer });
                }
            }
            Output::Request {
                peer,
                request,
                ask,
                want,
            } => {
                self.requests += 1;
                let peer = self.names[&peer];
                let failed = Action::Reply {
                    node,
                    request,
                    ask: ask.clone(),
                    want: None,
                    answer: None,
                };
                let question = Action::Question {
                    node: peer,
                    peer: node,
                    request,
                    ask,
                    want,
                };
                if self.send(node, peer, question).is_none() {
                    self.fail(node, peer, failed);
                }
            }
            Output::Announce { heads } => {
                for peer in self.nodes[node].listeners.clone() {
                    self.send_heads(node, peer, heads.clone());
                }
            }
            Output::Pursue { checkpoint } => {
                if let Some(log) = self.nodes[node].logs.get_mut(checkpoint.origin()) {
                    log.pursued = Some(checkpoint);
                }
            }
            Output::Append {
                origin,
                organisation,
                package,
                ..
            } => {
                let logs = &mut self.nodes[node].logs;
                let log = logs.entry(origin.clone());
                let log = log.or_insert_with(|| StoredLog::new(organisation));
                log.append(&package);
                let size = log.size();
                let life = self.nodes[node].life;
                let wait = self
                    .chance
                    .between(self.weather.sync_ms.0, self.weather.sync_ms.1);
                let synced = Action::Synced {
                    node,
                    life,
                    origin,
                    size,
                };
                self.after(wait, None, synced);
            }
            Output::Fill { origin, package } => {
                let log = self.nodes[node].logs.get_mut(&origin);
                log.expect("only known logs are filled").fill(&package);
            }
            Output::Adopt { checkpoint, .. } => {
                let log = self.nodes[node].logs.get_mut(checkpoint.origin());
                let log = log.expect("only known logs are adopted");
                assert!(
                    checkpoint.size() <= log.durable,
                    "adopted before it was durable"
                );
                assert_eq!(checkpoint.root(), log.root_at(checkpoint.size()));
                let (origin, size) = (checkpoint.origin().clone(), checkpoint.size());
                log.adopted = Some(checkpoint);
                self.give(node, Input::Adopted { origin, size });
            }
            Output::Judge {
                origin,
                organisation,
                opening,
            } => {
                let founds = opening.digest() == organisation.founding();
                let verdict = founds
                    .then_some(())
                    .ok_or_else(|| "it is no founding record".to_owned());
                self.give(node, Input::Verdict { origin, verdict });
            }
            Output::Compare { suspect } => self.compare(node, suspect),
            Output::ListMissing {
                origin,
                from,
                limit,
            } => {
                let log = &self.nodes[node].logs[&origin];
                let (entries, next) = log.missing(from, limit);
                let missing = Input::Missing {
                    origin,
                    entries,
                    next,
                };
                self.give(node, missing);
            }
            Output::Evidence { evidence, to, .. } => {
                let origin = evidence.origin().clone();
                let text = evidence.to_string();
                self.nodes[node].evidence.insert(origin, *evidence);
                for peer in to {
                    let peer = self.names[&peer];
                    let action = Action::Evidence {
                        node: peer,
                        peer: node,
                        text: text.clone(),
                    };
                    if self.send(node, peer, action).is_none() {
                        // The sender notices, and the next hello brings it.
                        self.break_link(node, peer);
                        self.after(REDIAL_MS, None, Action::Connect(node, peer));
                    }
                }
            }
            Output::Disconnect { peer } => {
                let peer = self.names[&peer];
                self.break_link(node, peer);
                self.after(REDIAL_MS, None, Action::Connect(node, peer));
            }
            Output::Note(event) => self.nodes[node].events.push(event),
            Output::Cancel { .. } => {}
        }
    }

    fn compare(&mut self, node: usize, suspect: SignedCheckpoint) {
        let log = &self.nodes[node].logs[suspect.origin()];
        let adopted = log
            .adopted
            .as_ref()
            .expect("it was adopted before it was compared");
        let found = Contradiction::between::<EvidenceFault>(&suspect, adopted, |level, index| {
            log.hash_at(level, index).map_err(EvidenceFault::from)
        });
        let found = found.expect("the own tree serves its own proof");
        self.give(node, Input::Compared { suspect, found });
    }
}
