//! Synthetic organisations that write logs: keys, records and trees, without a node.

use std::collections::BTreeSet;

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind::Role;
use erikti_protocol::kind::accreditation::{Accreditation, Status};
use erikti_protocol::kind::erasure::Erasure;
use erikti_protocol::kind::key_change::KeyChange;
use erikti_protocol::kind::log::{LogOpened, Pin, Succession};
use erikti_protocol::log::{Class, Entry, tree};
use erikti_protocol::record::{Draft, Issuer, Readers, Record, Verified};
use erikti_protocol::time::{Date, Timestamp};
use erikti_protocol::trust::{Effect, Ledger, TrustFault};
use serde_json::{Map, Value, json};

/// A day, for tests.
pub(crate) fn day(text: &str) -> Date {
    Date::parse(text).expect("a date written in a test")
}

/// The day on which tests judge unless they say otherwise.
pub(crate) fn today() -> Date {
    day("2026-11-22")
}

/// A synthetic key.
pub(crate) fn key(of: u16, role: u8, number: u8) -> SecretKey {
    let mut seed = [0x5a; 32];
    seed[0] = role;
    seed[1] = number;
    seed[2..4].copy_from_slice(&of.to_be_bytes());
    SecretKey::from_seed(&seed)
}

/// An organisation: who it is, which of its keys is in force, and the log it writes.
#[derive(Clone)]
pub(crate) struct Org {
    pub(crate) number: u16,
    pub(crate) id: OrgId,
    /// Number of the organisation key in force.
    pub(crate) key: u8,
    /// Number of the machine.
    pub(crate) machine: u8,
    pub(crate) log: Vec<Verified>,
}

impl Org {
    /// Founds an organisation.
    pub(crate) fn found(number: u16) -> Self {
        let mut org = Self {
            number,
            id: OrgId::from_founding(Hash::of(b"to be replaced")),
            key: 0,
            machine: 0,
            log: Vec::new(),
        };
        let subject = org.opening(None).to_subject();
        let founding = org.draft("log", 0, 1, subject).sign(
            &Issuer {
                key: &org.secret(0),
                name: "Founded",
                organisation: None,
            },
            Timestamp::from_seconds(1_700_000_000).unwrap(),
            [1; 16],
        );
        org.log.push(founding.unwrap());
        org.id = OrgId::from_founding(org.log[0].digest());
        org
    }

    /// Continues this log on another machine from `size` on, with the announced key.
    pub(crate) fn succeed(&self, machine: u8, size: u64) -> Self {
        // The key announced in the pinned part: one after those in force there.
        let announced = self.changes_below(size) + self.first_key() + 1;
        self.succeed_with(machine, size, announced)
    }

    /// Continues this log with a key that need not be the announced one.
    pub(crate) fn succeed_with(&self, machine: u8, size: u64, key: u8) -> Self {
        let mut next = Self {
            key,
            machine,
            log: Vec::new(),
            ..self.clone()
        };
        let succession = Succession {
            organisation: self.id,
            previous: Pin {
                origin: self.origin(),
                size,
                root: self.root(size),
            },
            reason: "moved".to_owned(),
        };
        let subject = next.opening(Some(succession)).to_subject();
        next.write("log", 0, 1, subject);
        next
    }

    fn first_key(&self) -> u8 {
        (0..u8::MAX)
            .find(|number| self.secret(*number).public() == self.log[0].issuer())
            .expect("the log is signed by one of ours")
    }

    fn changes_below(&self, size: u64) -> u8 {
        let changes = self.log.iter().take(size as usize);
        changes
            .filter(|record| record.kind() == "key_change")
            .count() as u8
    }

    fn opening(&self, succession: Option<Succession>) -> LogOpened {
        LogOpened {
            name: format!("Organisation {}", self.number),
            network: "demo".to_owned(),
            node_key: self.node().public(),
            witness_key: key(self.number, 3, self.machine).public(),
            next_key_digest: self.secret(self.key + 1).public().digest(),
            succession,
        }
    }

    pub(crate) fn secret(&self, number: u8) -> SecretKey {
        key(self.number, 1, number)
    }

    pub(crate) fn node(&self) -> SecretKey {
        key(self.number, 2, self.machine)
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::new("demo", &self.node().public()).unwrap()
    }

    pub(crate) fn size(&self) -> u64 {
        self.log.len() as u64
    }

    /// The tree's leaves.
    pub(crate) fn leaves(&self) -> Vec<Hash> {
        self.log
            .iter()
            .map(|record| {
                let (class, digest) = (record.class(), record.digest());
                Entry { class, digest }.leaf()
            })
            .collect()
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        tree::root_of(&self.leaves()[..size as usize])
    }

    fn draft(&self, kind: &str, id: u16, version: u64, subject: Map<String, Value>) -> Draft {
        let mut bytes = [0x11; 16];
        bytes[..2].copy_from_slice(&self.number.to_be_bytes());
        bytes[2..4].copy_from_slice(&id.to_be_bytes());
        Draft {
            kind: kind.to_owned(),
            id: RecordId::v4(bytes),
            version,
            valid_from: Timestamp::from_seconds(1_700_000_000).unwrap(),
            readers: Readers::Public,
            subject,
            extra: Map::new(),
        }
    }

    /// Signs with any of its keys, naming any organisation, without writing it down.
    pub(crate) fn sign(
        &self,
        signer: &SecretKey,
        named: OrgId,
        what: (&str, u16, u64),
        subject: Map<String, Value>,
    ) -> Verified {
        self.sign_at(signer, named, what, subject, 1_700_000_060)
    }

    fn sign_at(
        &self,
        signer: &SecretKey,
        named: OrgId,
        (kind, id, version): (&str, u16, u64),
        subject: Map<String, Value>,
        seconds: i64,
    ) -> Verified {
        let issuer = Issuer {
            key: signer,
            name: "Synthetic",
            organisation: Some(named),
        };
        let created = Timestamp::from_seconds(seconds).unwrap();
        let nonce = [self.log.len() as u8; 16];
        let draft = self.draft(kind, id, version, subject);
        draft.sign(&issuer, created, nonce).unwrap()
    }

    /// Signs with the key in force and appends.
    pub(crate) fn write(
        &mut self,
        kind: &str,
        id: u16,
        version: u64,
        subject: Map<String, Value>,
    ) -> u64 {
        let record = self.sign(
            &self.secret(self.key),
            self.id,
            (kind, id, version),
            subject,
        );
        self.append(record)
    }

    /// As [`Self::write`], so many seconds later.
    pub(crate) fn write_later(
        &mut self,
        kind: &str,
        id: u16,
        version: u64,
        subject: Map<String, Value>,
        later: i64,
    ) -> u64 {
        let signer = self.secret(self.key);
        let what = (kind, id, version);
        let record = self.sign_at(&signer, self.id, what, subject, 1_700_000_060 + later);
        self.append(record)
    }

    pub(crate) fn append(&mut self, record: Verified) -> u64 {
        self.log.push(record);
        self.size() - 1
    }

    /// Rotates to the announced key.
    pub(crate) fn change_key(&mut self) -> u64 {
        self.key += 1;
        let change = KeyChange {
            next_key: self.secret(self.key).public(),
            next_key_digest: self.secret(self.key + 1).public().digest(),
            reason: "routine".to_owned(),
        };
        self.write(
            "key_change",
            900 + u16::from(self.key),
            1,
            change.to_subject(),
        )
    }

    /// Accredits another organisation, for ever.
    pub(crate) fn accredit(&mut self, id: u16, subject: OrgId, roles: &[Role]) -> u64 {
        self.write("accreditation", id, 1, granted(subject, roles).to_subject())
    }

    /// Revokes, leaving so many entries of a log standing.
    pub(crate) fn revoke(&mut self, id: u16, version: u64, of: &Org, size: u64) -> u64 {
        let accreditation = Accreditation {
            status: Status::Revoked(vec![(of.origin(), size)]),
            ..granted(of.id, &[Role::Host])
        };
        self.write("accreditation", id, version, accreditation.to_subject())
    }

    /// Orders an entry destroyed.
    pub(crate) fn erase(&mut self, id: u16, origin: &Origin, index: u64, record: &Record) -> u64 {
        let erasure = Erasure {
            origin: origin.clone(),
            index,
            digest: record.digest(),
            id: record.id(),
            reason: "subject_request".to_owned(),
        };
        self.write("erasure", id, 1, erasure.to_subject())
    }

    /// States something that is no control record.
    pub(crate) fn state(&mut self, id: u16) -> u64 {
        let subject = json!({"note": "synthetic"});
        self.write("Unheard", id, 1, subject.as_object().unwrap().clone())
    }

    /// Applies the control entries of the whole log.
    pub(crate) fn tell(&self, ledger: &mut Ledger) -> Vec<Result<Effect, TrustFault>> {
        self.tell_below(ledger, self.size())
    }

    /// Applies the control entries below a size, and says that they are all.
    pub(crate) fn tell_below(
        &self,
        ledger: &mut Ledger,
        size: u64,
    ) -> Vec<Result<Effect, TrustFault>> {
        let origin = self.origin();
        let effects = (0..size)
            .zip(&self.log)
            .filter(|(_, record)| record.class() == Class::Control)
            .map(|(index, record)| ledger.apply(&origin, index, record))
            .collect();
        ledger.cover(&origin, size);
        effects
    }
}

/// An accreditation from 2026 on.
pub(crate) fn granted(subject: OrgId, roles: &[Role]) -> Accreditation {
    Accreditation {
        organisation: subject,
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        sectors: Vec::new(),
        territories: Vec::new(),
        from: day("2026-01-01"),
        until: None,
        status: Status::Granted,
    }
}
