//! One organisation's node: the data folder opened, the data path, and while it runs the doors.
//!
//! The composition root: everything is made here, in order, and stopped here, in the opposite order.

mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;

use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::invitation::Link;
use erikti_protocol::key::PublicKey;
use erikti_protocol::kind::{self, Role};
use erikti_protocol::record::{Draft, Readers};
use erikti_protocol::time::Date;
use erikti_protocol::trust::Standings;
use serde_json::{Map, json};

use crate::accounts::Accounts;
use crate::config::{self, Settings};
use crate::deeds::Deeds;
use crate::door::{Door, PartnerStatus, Requester};
use crate::feed::Feed;
use crate::hooks::Hooks;
use crate::ingest::{Ingest, Own, Threads, index_problem, search_problem, store_problem};
use crate::jobs::Jobs;
use crate::keys::Keys;
use crate::members::Members;
use crate::problem::{Code, Problem};
use crate::replies::Replies;
use crate::search::Search;
use crate::store::index::{Index, IndexReport};
use crate::store::journal::{Journal, OpeningReport, Options};
use crate::{audit, clock};

use kept::{Ending, Kept};

/// A node, opened. Cheap to clone: all clones are one node.
#[derive(Clone, Debug)]
pub struct Node(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    data: PathBuf,
    settings: Settings,
    members: Members,
    accounts: Accounts,
    deeds: Deeds,
    replies: Replies,
    jobs: Jobs,
    hooks: Arc<Hooks>,
    ingest: Arc<Ingest>,
    /// What the store had to mend when it was opened, in words.
    notes: Vec<String>,
    standings: Mutex<Option<(u64, Date, Arc<Standings>)>>,
    /// Counts what may have changed who stands.
    opinion: AtomicU64,
    door: OnceLock<Arc<dyn Door>>,
    /// Where browsers and programs find the node, once it listens.
    pages: OnceLock<Vec<String>>,
    audit: Mutex<Option<SyncSender<()>>>,
    threads: Mutex<Option<(Threads, JoinHandle<()>)>>,
    kept: Kept,
    ending: Ending,
}

impl Node {
    /// Opens the node of a data folder.
    ///
    /// Errors   `data.missing`, `data.locked`, `data.version`, `config.invalid`, `keys.exposed`, `store.damaged`
    pub fn open(data: &Path, flags: &[(&str, Vec<String>)]) -> Result<Self, Problem> {
        if !data.join("VERSION").exists() {
            return Err(Problem::new(Code::DataMissing, format!("`{}` holds no node", data.display()))
                .hint("erikti init --name \"Your organisation\" --country KZ, or name another folder with --data"));
        }
        let node = Self::assemble(data, flags)?;
        if node.ingest().own().organisation().is_none() {
            return Err(
                Problem::new(Code::StoreDamaged, "the log has no founding record")
                    .hint("restore the folder from your backup"),
            );
        }
        Ok(node)
    }

    /// Makes the node of a folder that has keys and settings and nothing else: writes the record that founds the
    /// organisation, which announces the next key, and its first card.
    ///
    /// Errors   those of [`Node::open`]
    pub fn found(data: &Path, next: &PublicKey) -> Result<Self, Problem> {
        let node = Self::assemble(data, &[])?;
        let own = node.ingest().own();
        let opened = kind::log::LogOpened {
            name: own.name.clone(),
            network: own.origin.network().to_owned(),
            node_key: own.keys.node.public(),
            witness_key: own.keys.witness.public(),
            next_key_digest: next.digest(),
            succession: None,
        };
        node.publish_public(kind::log::KIND.name, opened.to_subject())?;
        node.ingest().founded()?;
        node.publish_public(kind::organisation::KIND.name, node.card(&[]))?;
        Ok(node)
    }

    fn assemble(data: &Path, flags: &[(&str, Vec<String>)]) -> Result<Self, Problem> {
        crate::keys::check_folder(data)?;
        // Before anything is read the lock: two processes on one folder would fork the log.
        let (journal, report) = Journal::open(data, Options::default()).map_err(store_problem)?;
        let settings = config::load(data, flags)?;
        let keys = Keys::read(&data.join("keys"))?;
        let members = Members::open(data)?;
        let accounts = Accounts::open(data)?;
        let deeds = Deeds::open(data)?;
        let replies = Replies::open(data)?;
        let hooks = Arc::new(Hooks::open(data)?);
        let origin = Origin::new(&settings.network, &keys.node.public()).ok_or_else(|| {
            Problem::new(Code::ConfigInvalid, "no network has such a name")
                .field("network")
                .found(&*settings.network)
        })?;
        let mut notes = Vec::new();
        notes.extend(journal_notes(&report));
        let logs = report.logs;
        let store: Arc<dyn crate::store::Store> = Arc::new(journal);
        let (index, report) = Index::open(data).map_err(index_problem)?;
        if let IndexReport::Discarded { why } = &report {
            notes.push(format!(
                "the index could not be used and was removed: {why}"
            ));
        }
        let own = Own::new(keys, settings.name.clone(), origin);
        let feed = Feed::open(data)
            .map_err(|fault| Problem::new(Code::FileUnwritable, fault.to_string()))?;
        let search = Search::new(data);
        let (ingest, threads) = Ingest::open(own, store, Arc::new(index), feed, search)?;
        let own_log = logs.iter().find(|log| log.origin == ingest.own().origin);
        if let Some((log, promised)) = own_log.and_then(|log| Some((log, log.promised?))) {
            ingest.halt(format!(
                "a checkpoint of this log promises {promised} entries, only {} are here",
                log.size
            ));
        }
        for (origin, _) in members.look(|decided| decided.frozen.clone()) {
            ingest.freeze(&origin);
        }
        let caught_up = ingest.catch_up_index().map_err(index_problem)?;
        ingest.all_arrived();
        if caught_up > 0 && report != IndexReport::Good {
            notes.push(format!(
                "the index was made again for {caught_up} records from the journal"
            ));
        }
        for note in &notes {
            tracing::warn!(%note, "opened");
        }
        let (wake, woken) = mpsc::sync_channel(1);
        let weak = Arc::downgrade(&ingest);
        let auditing = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || audit::run(&weak, &woken))
            .map_err(|e| Problem::internal("cannot start a thread", e))?;
        Ok(Self(Arc::new(Inner {
            data: data.to_owned(),
            settings,
            members,
            accounts,
            deeds,
            replies,
            jobs: Jobs::default(),
            hooks,
            ingest,
            notes,
            standings: Mutex::new(None),
            opinion: AtomicU64::new(0),
            door: OnceLock::new(),
            pages: OnceLock::new(),
            audit: Mutex::new(Some(wake)),
            threads: Mutex::new(Some((threads, auditing))),
            kept: Kept::default(),
            ending: Ending::default(),
        })))
    }

    /// Seals and flushes what is not yet, and lets go of the folder.
    pub fn close(&self) {
        self.ends();
        self.ingest().stop();
        self.ingest().search().stop();
        drop(
            self.0
                .audit
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let threads = self
            .0
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some((threads, auditing)) = threads {
            threads.join();
            if auditing.join().is_err() {
                tracing::error!("the audit broke off");
            }
        }
        if let Err(problem) = self.accounts().flush() {
            tracing::error!(%problem, "cannot note who was here last");
        }
        if let Err(problem) = self.ingest().seal() {
            tracing::error!(%problem, "cannot seal at the end");
        }
        if let Err(fault) = self.ingest().index().flush() {
            tracing::error!(%fault, "cannot flush the index; it is made again at the next start");
        }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.0.data
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The data path.
    pub fn ingest(&self) -> &Arc<Ingest> {
        &self.0.ingest
    }

    /// What the operator decided about others.
    pub fn members(&self) -> &Members {
        &self.0.members
    }

    /// Notes where browsers find the node: `http://…/`.
    pub fn serves_pages_at(&self, addresses: Vec<String>) {
        // The first one to say so is the only one that opens doors.
        let _ = self.0.pages.set(addresses);
    }

    /// Where people find the node: the address that the operator named, else where it listens; without a `/` at the end.
    pub fn pages(&self) -> String {
        let http = &self.settings().http;
        let listening = || {
            let open = self.0.pages.get().and_then(|pages| pages.first().cloned());
            open.or_else(|| http.listen.first().map(|listen| format!("http://{listen}")))
        };
        let address = if http.public_url.is_empty() {
            listening().unwrap_or_default()
        } else {
            http.public_url.clone()
        };
        address.trim_end_matches('/').to_owned()
    }

    /// Who may sign in here.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Who at this node did what.
    pub fn deeds(&self) -> &Deeds {
        &self.0.deeds
    }

    /// Answers kept for those who ask the same again.
    pub fn replies(&self) -> &Replies {
        &self.0.replies
    }

    /// What runs in the background.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Whom this node tells what changes.
    pub fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    /// The same, for whoever must not keep the node open.
    pub fn hooks_shared(&self) -> Arc<Hooks> {
        Arc::clone(&self.0.hooks)
    }

    /// This organisation.
    ///
    /// Panics   before its founding record is written, which [`Node::open`] and [`Node::found`] both see to
    pub fn organisation(&self) -> OrgId {
        self.ingest()
            .own()
            .organisation()
            .expect("a node is handed out only once its organisation is founded")
    }

    /// This node's log.
    pub fn origin(&self) -> &Origin {
        &self.ingest().own().origin
    }

    /// What the store had to mend when it was opened.
    pub fn opening_notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }

    /// Who stands today. Made anew when a control entry came, the operator decided something, or the day changed.
    pub fn standings(&self) -> Arc<Standings> {
        let today = clock::now().date();
        let version = self.standing_version();
        let mut kept = self
            .0
            .standings
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((kept_version, kept_day, standings)) = kept.as_ref()
            && (*kept_version, *kept_day) == (version, today)
        {
            return Arc::clone(standings);
        }
        let (roots, local) = self.members().look(|decided| {
            let mut roots: BTreeSet<OrgId> = &decided.roots | &self.settings().trust.roots;
            // A node believes what its own organisation says about others.
            roots.extend(self.ingest().own().organisation());
            roots.retain(|root| !decided.blocked.contains(root));
            let role = |text: &str| Role::parse(text).into_iter().collect::<BTreeSet<_>>();
            let partners = decided
                .partners
                .iter()
                .filter(|(organisation, _)| !decided.blocked.contains(*organisation));
            let local: BTreeMap<OrgId, BTreeSet<Role>> = partners
                .map(|(organisation, partner)| (*organisation, role(&partner.role)))
                .collect();
            (roots, local)
        });
        let standings = Arc::new(self.ingest().ledger().standing(&roots, &local, today));
        *kept = Some((version, today, Arc::clone(&standings)));
        standings
    }

    /// Counts what may have changed who stands.
    pub fn standing_version(&self) -> u64 {
        let opinion = self.0.opinion.load(Ordering::Acquire);
        opinion.wrapping_add(self.ingest().ledger_version())
    }

    /// Tells everybody concerned that who stands may have changed.
    pub fn standing_changed(&self) {
        self.0.opinion.fetch_add(1, Ordering::AcqRel);
        if let Some(door) = self.0.door.get() {
            door.standing_changed();
        }
    }

    /// Every organisation known here: this one, those with a log here, those that stand, partners.
    pub fn known_organisations(&self) -> BTreeSet<OrgId> {
        let mut known: BTreeSet<OrgId> = self.ingest().ledger().organisations().copied().collect();
        known.extend(
            self.standings()
                .standing()
                .map(|(organisation, _)| *organisation),
        );
        known.extend(
            self.members()
                .look(|decided| decided.partners.keys().copied().collect::<Vec<_>>()),
        );
        known
    }

    /// What an organisation calls itself; its short id while nothing is known of it.
    pub fn name_of(&self, organisation: &OrgId) -> String {
        let logged = self.ingest().ledger().name(organisation).map(str::to_owned);
        let partner = || {
            self.members().look(|decided| {
                decided
                    .partners
                    .get(organisation)
                    .map(|partner| partner.name.clone())
            })
        };
        logged
            .or_else(partner)
            .unwrap_or_else(|| organisation.short())
    }

    /// What the organisation of a log calls itself.
    pub fn log_name(&self, origin: &Origin) -> String {
        let organisation = self.ingest().ledger().organisation(origin);
        organisation.map_or_else(
            || "not yet known".to_owned(),
            |organisation| self.name_of(&organisation),
        )
    }

    /// Takes the door to other nodes, once it is open.
    pub fn opened(&self, door: Arc<dyn Door>) {
        // A node opens its door once; a second one would never be asked.
        let _ = self.0.door.set(door);
        self.follow();
    }

    /// Has the search follow the journal, on a thread of its own.
    pub fn follow(&self) {
        let ingest: std::sync::Weak<Ingest> = Arc::downgrade(self.ingest());
        self.ingest().search().start(ingest);
    }

    /// Whether the doors are open.
    pub fn runs(&self) -> bool {
        self.0.door.get().is_some()
    }

    /// Where the node listens.
    pub fn listening(&self) -> Vec<String> {
        self.0
            .door
            .get()
            .map(|door| door.listening())
            .unwrap_or_default()
    }

    /// Under which addresses others are told to reach the node.
    pub fn announced(&self) -> Vec<String> {
        if self.settings().announce.is_empty() {
            self.listening()
        } else {
            self.settings().announce.clone()
        }
    }

    /// Lag, contact and refusals of each partner; empty while the node does not run.
    pub fn sync_status(&self) -> Vec<PartnerStatus> {
        self.0
            .door
            .get()
            .map(|door| door.partners())
            .unwrap_or_default()
    }

    /// What the network counted, as OpenMetrics text; empty while the node does not run.
    pub fn network_figures(&self) -> String {
        self.0
            .door
            .get()
            .map(|door| door.figures())
            .unwrap_or_default()
    }

    /// Who a transport key belongs to: the organisation whose open log names it, as verified here; a partner whose
    /// log has not come yet is known by its introduction.
    pub fn requester(&self, peer: &PublicKey) -> Requester {
        let logged = self
            .ingest()
            .ledger()
            .organisation_of_node(self.origin().network(), peer);
        let introduced = || {
            self.members().look(|decided| {
                let mut partners = decided.partners.iter();
                partners
                    .find(|(_, partner)| partner.origin.node_key() == *peer)
                    .map(|(organisation, _)| *organisation)
            })
        };
        let organisation = logged.or_else(introduced);
        let blocked = organisation.is_some_and(|organisation| {
            self.members()
                .look(|decided| decided.blocked.contains(&organisation))
        });
        let stands = !blocked
            && organisation.is_some_and(|organisation| self.standings().stands(&organisation));
        Requester {
            organisation,
            stands,
            blocked,
        }
    }

    /// Introduces this organisation to the one that invited it.
    ///
    /// Errors   `node.stopped`, `peer.unreachable`, and what the other node refuses
    pub async fn introduce(&self, link: &Link) -> Result<(), Problem> {
        match self.0.door.get() {
            Some(door) => door.introduce(link).await,
            None => Err(Problem::new(Code::NodeStopped, "the node does not run")),
        }
    }

    /// Makes the index anew from the journal; returns how many records it has.
    ///
    /// Errors   `node.running`: readers would find nothing meanwhile
    pub fn rebuild_index(&self) -> Result<u64, Problem> {
        let records = self
            .ingest()
            .index()
            .clear()
            .and_then(|()| self.ingest().catch_up_index())
            .map_err(index_problem)?;
        self.ingest().index().flush().map_err(index_problem)?;
        let ingest = self.ingest();
        ingest
            .search()
            .rebuild(ingest.as_ref())
            .map_err(search_problem)?;
        Ok(records)
    }

    /// Wakes the audit.
    pub fn wake_audit(&self) {
        if let Some(wake) = self
            .0
            .audit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            // Full means that it is about to look anyway.
            let _ = wake.try_send(());
        }
    }

    /// Publishes the first version of a public record.
    pub(crate) fn publish_public(
        &self,
        kind: &str,
        subject: Map<String, serde_json::Value>,
    ) -> Result<(), Problem> {
        let draft = Draft {
            kind: kind.to_owned(),
            id: clock::record_id(),
            version: 1,
            valid_from: clock::now(),
            readers: Readers::Public,
            subject,
            extra: Map::new(),
        };
        self.ingest().publish(vec![draft]).map(drop)
    }

    /// This organisation's card.
    pub(crate) fn card(&self, addresses: &[String]) -> Map<String, serde_json::Value> {
        let mut card = json!({
            "id": self.organisation(), "name": {"und": self.settings().name}, "country": self.settings().country,
        });
        if !addresses.is_empty() {
            card["addresses"] = json!(addresses);
        }
        match card {
            serde_json::Value::Object(card) => card,
            _ => Map::new(),
        }
    }
}

/// What the journal had to mend, in words.
fn journal_notes(report: &OpeningReport) -> Vec<String> {
    let mut notes = Vec::new();
    for path in &report.set_aside {
        notes.push(format!(
            "a log could not be read at all and was moved to `{}`; it is fetched again",
            path.display()
        ));
    }
    for log in report.logs.iter().filter(|log| !log.is_quiet()) {
        let origin = &log.origin;
        if log.rebuilt {
            notes.push(format!(
                "{origin}: what is derived from the journal was made again"
            ));
        }
        for range in &log.damaged {
            notes.push(format!(
                "{origin}: entries {} to {} are damaged on disk, and are fetched again",
                range.start,
                range.end.saturating_sub(1)
            ));
        }
        if !log.redone.is_empty() {
            notes.push(format!(
                "{origin}: {} erasures that a crash had interrupted were finished",
                log.redone.len()
            ));
        }
        if let Some(promised) = log.promised {
            notes.push(format!(
                "{origin}: a checkpoint promises {promised} entries, only {} are here",
                log.size
            ));
        }
    }
    notes
}
