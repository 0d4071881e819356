//! Heads: what peers announce, what of it is news, and what of it cannot be true.

use super::super::message::{COSIGNATURES_MAX, Head, Heads, NOTE_BYTES_MAX};
use super::Exchange;
use super::event::{Blame, Blocked, Event};
use super::io::Output;
use super::limits::{
    AGREED_MAX, CANDIDATES_MAX, LOGS_MAX, OPENINGS_PER_ORGANISATION_MAX, REJECTED_MAX, STRIKES_MAX,
    SUSPECTS_MAX, UNKNOWN_MAX,
};
use super::state::{Candidate, Claim, Log};
use crate::id::{OrgId, Origin};
use crate::key::PublicKey;
use crate::log::evidence::Contradiction;
use crate::log::{Checkpoint, SignedCheckpoint, SignedNote};

/// A checkpoint as it is announced.
pub(super) fn head_of(
    organisation: OrgId,
    checkpoint: &SignedCheckpoint,
    cosignatures: Vec<String>,
) -> Head {
    let checkpoint = checkpoint.bare().to_string();
    debug_assert!(
        checkpoint.len() <= NOTE_BYTES_MAX,
        "a bare note has three lines and a signature"
    );
    Head {
        organisation,
        checkpoint,
        cosignatures,
    }
}

/// The lines of a note that are not the log's own.
pub(super) fn cosignature_lines(checkpoint: &SignedCheckpoint) -> Vec<String> {
    let key = crate::log::checkpoint::verifier_key(checkpoint.origin());
    let lines = checkpoint.note().signatures().iter();
    lines
        .filter(|line| !line.is_of(&key))
        .map(|line| line.to_string().trim_end().to_owned())
        .take(COSIGNATURES_MAX)
        .collect()
}

impl Exchange {
    pub(super) fn hear(&mut self, key: &PublicKey, heads: Heads) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.connected) else {
            return;
        };
        peer.last_contact = Some(now);
        if peer.table != heads.table {
            peer.table = heads.table;
            peer.has.clear();
        }
        peer.cursor = heads.cursor;
        for head in heads.heads {
            if let Err(blame) = self.hear_one(key, head) {
                return self.blame(key, None, blame);
            }
        }
    }

    fn hear_one(&mut self, key: &PublicKey, head: Head) -> Result<(), Blame> {
        let note = SignedNote::parse(head.checkpoint.as_bytes());
        let note = note.map_err(|fault| Blame::Checkpoint(fault.into()))?;
        let claimed = Checkpoint::parse(note.text()).map_err(Blame::Checkpoint)?;
        if claimed.origin.network() != self.own.network {
            return Err(Blame::OtherNetwork);
        }
        let own = self.own.log.as_ref().map(|(_, origin, _)| origin);
        if own == Some(&claimed.origin) {
            let checkpoint = SignedCheckpoint::from_note(note).map_err(Blame::Checkpoint)?;
            self.hear_of_own(key, checkpoint);
            return Ok(());
        }
        if !self.logs.contains_key(&claimed.origin)
            && !self.discover(head.organisation, &claimed.origin, claimed.size)
        {
            return Ok(());
        }
        let Some(log) = self.logs.get(&claimed.origin) else {
            return Ok(());
        };
        let claim = (claimed.size, claimed.root);
        if log.blocked.is_some() || log.agreed.contains(&claim) || claim.0 == 0 {
            // Known to be true, or of no use: not worth a signature.
            self.announced(key, &claimed.origin, claim);
            return Ok(());
        }
        let seen = log
            .candidates
            .get(&claim)
            .map(|known| known.checkpoint.clone());
        let checkpoint = match seen {
            Some(known) => known,
            None => SignedCheckpoint::from_note(note).map_err(Blame::Checkpoint)?,
        };
        self.hear_of(key, checkpoint.bare(), head.cosignatures);
        Ok(())
    }

    /// Whether a log that nobody here follows is to be followed. An organisation without standing is only listed.
    fn discover(&mut self, organisation: OrgId, origin: &Origin, size: u64) -> bool {
        if self.rejected.contains(origin) {
            return false;
        }
        if !self.organisations.contains(&organisation) {
            let entry = (organisation, origin.clone());
            let news = !self.unknown.contains_key(&entry);
            if news && self.unknown.len() >= UNKNOWN_MAX {
                let oldest = self.unknown.iter().min_by_key(|(_, (_, heard))| *heard);
                if let Some(oldest) = oldest.map(|(entry, _)| entry.clone()) {
                    self.unknown.remove(&oldest);
                }
            }
            self.unknown.insert(entry, (size, self.now));
            if news {
                self.note(Event::Unknown {
                    organisation,
                    origin: origin.clone(),
                });
            }
            return false;
        }
        let unjudged = self
            .logs
            .values()
            .filter(|log| log.organisation == organisation && !log.confirmed)
            .count();
        if unjudged >= OPENINGS_PER_ORGANISATION_MAX || self.logs.len() >= LOGS_MAX {
            return false;
        }
        self.logs
            .insert(origin.clone(), Log::new(origin, organisation, true));
        true
    }

    fn hear_of_own(&mut self, key: &PublicKey, checkpoint: SignedCheckpoint) {
        let Some((_, _, own)) = &self.own.log else {
            return;
        };
        let size = own.as_ref().map_or(0, SignedCheckpoint::size);
        if checkpoint.size() > size {
            return self.note(Event::OwnLogAhead {
                peer: *key,
                size: checkpoint.size(),
            });
        }
        let Some(own) = own.clone() else {
            return;
        };
        if checkpoint.size() == size {
            if let Ok(found) = Contradiction::of_equal_sizes(&checkpoint, &own) {
                self.convict(found, None);
            }
        } else if checkpoint.size() > 0 {
            self.outputs.push(Output::Compare {
                suspect: checkpoint,
            });
        }
    }

    /// Remembers what a peer has.
    fn announced(&mut self, key: &PublicKey, origin: &Origin, claim: Claim) {
        let peer = self.peers.get_mut(key);
        let before = peer.and_then(|peer| peer.has.insert(origin.clone(), claim));
        if let Some(log) = self.logs.get_mut(origin) {
            log.excluded.remove(key);
        }
        if let Some((before, _)) = before.filter(|(before, _)| *before > claim.0) {
            self.note(Event::Regressed {
                peer: *key,
                origin: origin.clone(),
                before,
                now: claim.0,
            });
        }
    }

    fn hear_of(&mut self, key: &PublicKey, checkpoint: SignedCheckpoint, lines: Vec<String>) {
        let origin = checkpoint.origin().clone();
        let claim: Claim = (checkpoint.size(), checkpoint.root());
        self.announced(key, &origin, claim);
        let Some(log) = self.logs.get_mut(&origin) else {
            return;
        };
        let same_size = log.candidates.range(size_range(claim.0));
        let other = same_size.map(|(_, known)| &known.checkpoint);
        let held = log.adopted.iter().chain(&log.pursued);
        let other = other.chain(held.filter(|held| held.size() == claim.0));
        let mut other = other.filter(|known| known.root() != claim.1);
        if let Some(found) =
            other.find_map(|known| Contradiction::of_equal_sizes(known, &checkpoint).ok())
        {
            return self.convict(found, Some(*key));
        }
        if claim.0 <= log.adopted_size() {
            if log.suspects.len() < SUSPECTS_MAX && log.suspects.insert(claim) {
                self.outputs.push(Output::Compare {
                    suspect: checkpoint,
                });
            }
            return;
        }
        let candidate = log.candidates.entry(claim).or_insert(Candidate {
            checkpoint,
            cosignatures: Vec::new(),
        });
        for line in lines {
            if candidate.cosignatures.len() < COSIGNATURES_MAX
                && !candidate.cosignatures.contains(&line)
            {
                candidate.cosignatures.push(line);
            }
        }
        self.bound_candidates(&origin);
        self.active.insert(origin);
    }

    /// Forgets a checkpoint that nobody connected can serve, or else the smallest.
    fn bound_candidates(&mut self, origin: &Origin) {
        let Some(log) = self.logs.get_mut(origin) else {
            return;
        };
        if log.candidates.len() <= CANDIDATES_MAX {
            return;
        }
        let largest = self
            .peers
            .values()
            .filter(|peer| peer.connected)
            .filter_map(|peer| Some(peer.has.get(origin)?.0))
            .max()
            .unwrap_or(0);
        let pulled = log.pull.as_ref().map(|pull| pull.target.claim());
        let beyond = log
            .candidates
            .keys()
            .rev()
            .find(|(size, _)| *size > largest);
        let victim = beyond
            .or_else(|| log.candidates.keys().find(|claim| Some(**claim) != pulled))
            .copied();
        if let Some(victim) = victim {
            log.candidates.remove(&victim);
        }
    }

    pub(super) fn compared(&mut self, suspect: &SignedCheckpoint, found: Option<Contradiction>) {
        if let Some(found) = found {
            return self.convict(found, None);
        }
        if let Some(log) = self.logs.get_mut(suspect.origin()) {
            let claim = (suspect.size(), suspect.root());
            log.suspects.remove(&claim);
            if log.agreed.len() == AGREED_MAX {
                log.agreed.pop_front();
            }
            log.agreed.push_back(claim);
        }
    }

    /// Keeps evidence, stops pulling the log, and passes the evidence on to everybody but its bringer.
    pub(super) fn convict(&mut self, evidence: Contradiction, source: Option<PublicKey>) {
        let origin = evidence.origin().clone();
        let own = self.own.log.as_ref().map(|(_, origin, _)| origin);
        let followed = self.logs.contains_key(&origin) || own == Some(&origin);
        if !followed || self.evidence.contains_key(&origin) {
            return;
        }
        self.forget_requests_for(&origin);
        if let Some(log) = self.logs.get_mut(&origin) {
            log.blocked = Some(Blocked::Equivocation);
            log.pull = None;
            log.opening = None;
            log.candidates.clear();
            log.suspects.clear();
        }
        let to = self
            .peers
            .iter()
            .filter(|(key, peer)| peer.connected && Some(**key) != source)
            .map(|(key, _)| *key)
            .collect();
        self.outputs.push(Output::Evidence {
            evidence: Box::new(evidence.clone()),
            to,
            fresh: true,
        });
        self.evidence.insert(origin.clone(), evidence);
        self.note(Event::Blocked {
            origin,
            reason: Blocked::Equivocation,
        });
    }

    pub(super) fn verdict(&mut self, origin: &Origin, verdict: Result<(), String>) {
        if let Err(reason) = verdict {
            return self.reject(origin, reason);
        }
        if let Some(log) = self.logs.get_mut(origin) {
            log.confirmed = true;
            log.opening = None;
            self.active.insert(origin.clone());
        }
    }

    pub(super) fn reject(&mut self, origin: &Origin, reason: String) {
        self.forget_requests_for(origin);
        let Some(log) = self.logs.remove(origin) else {
            return;
        };
        self.active.remove(origin);
        self.table.remove(origin);
        if self.rejected.len() == REJECTED_MAX {
            self.rejected.pop_front();
        }
        self.rejected.push_back(origin.clone());
        drop(log);
        self.note(Event::Blocked {
            origin: origin.clone(),
            reason: Blocked::Rejected { reason },
        });
    }

    pub(super) fn blame(&mut self, key: &PublicKey, origin: Option<&Origin>, blame: Blame) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        peer.shun(now);
        let strikes = peer.strikes;
        self.forget_requests_of(key);
        self.note(Event::Blamed {
            peer: *key,
            origin: origin.cloned(),
            blame,
        });
        if strikes >= STRIKES_MAX {
            self.outputs.push(Output::Disconnect { peer: *key });
        }
        self.wake_all();
    }
}

/// All claims of one size.
fn size_range(size: u64) -> std::ops::RangeInclusive<Claim> {
    use crate::hash::Hash;
    (size, Hash::from_bytes([0; Hash::LEN]))..=(size, Hash::from_bytes([0xff; Hash::LEN]))
}
