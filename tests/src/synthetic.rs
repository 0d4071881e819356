//! Invented organisations and the records they sign: as many as wanted, always the same for the same seed.
//!
//! Two sets that share no organisation, key or phrase: the dictionary is trained on one, everything is measured with the
//! other. All records are public: measuring is about the road, not about who may walk it.

mod subjects;
mod texts;

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, RecordId};
use erikti_protocol::key::SecretKey;
use erikti_protocol::record::{Draft, Issuer, Readers, Verified};
use erikti_protocol::time::Timestamp;
use serde_json::Map;

use crate::chance::Chance;
use subjects::Writer;
use texts::Tongue;

/// Which texts and organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// What the dictionary is trained on.
    Training,
    /// What is measured with.
    Bench,
}

/// 2024-01-01T00:00:00Z, when the first invented record holds.
const BEGIN_S: i64 = 1_704_067_200;
/// Two years of records: 730 days.
const SPAN_S: u64 = 730 * 86_400;

/// An invented organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its key.
    pub key: SecretKey,
    /// What it calls itself.
    pub name: String,
    /// Its id: of no founding record, unless the caller puts a real one here.
    pub id: OrgId,
    /// Which of the set's languages it writes: 0 and 1 are Cyrillic.
    tongue: usize,
    number: u64,
}

/// Makes records of one set.
#[derive(Clone, Debug)]
pub struct Generator {
    set: Set,
    seed: u64,
    organisations: Vec<Organisation>,
}

impl Generator {
    /// Invents organisations: two thirds write Cyrillic.
    pub fn new(set: Set, seed: u64, organisations: u64) -> Self {
        let organisations = (0..organisations)
            .map(|number| Organisation::invent(set, seed, number))
            .collect();
        Self {
            set,
            seed,
            organisations,
        }
    }

    /// The organisations.
    pub fn organisations(&self) -> &[Organisation] {
        &self.organisations
    }

    /// The `n`th draft of an organisation: the same whenever it is asked for.
    pub fn draft(&self, organisation: &Organisation, n: u64) -> Draft {
        let mut chance = chance(self.set, self.seed, organisation.number, n);
        let tongue = &self.set.tongues()[organisation.tongue];
        let seconds = BEGIN_S.wrapping_add_unsigned(chance.below(SPAN_S));
        let valid_from = Timestamp::from_seconds(seconds).expect("two years after 2024");
        let milliseconds = seconds.unsigned_abs() * 1_000 + chance.below(1_000);
        let id = RecordId::v7(milliseconds, chance.bytes());
        let mut writer = Writer {
            chance: &mut chance,
            tongue,
            set: self.set,
            organisation: &organisation.id,
            country: organisation.country(self.set),
            day: valid_from.date().to_string(),
        };
        // Sessions and hours are what a network has most of.
        let (kind, subject, extra) = match n % 10 {
            0 | 1 => ("opportunity", writer.opportunity(), Map::new()),
            2..=4 => ("session", writer.session(), Map::new()),
            5..=8 => ("service", writer.service(), Map::new()),
            _ => ("credential", writer.credential(), writer.credential_extra()),
        };
        let version = if chance.below(8) == 0 { 2 } else { 1 };
        Draft {
            kind: kind.to_owned(),
            id,
            version,
            valid_from,
            readers: Readers::Public,
            subject,
            extra,
        }
    }

    /// The `n`th record of an organisation.
    pub fn record(&self, organisation: &Organisation, n: u64) -> Verified {
        self.sign(organisation, self.draft(organisation, n), n)
    }

    /// Signs a draft as an organisation, with the nonce of its `n`th record.
    pub fn sign(&self, organisation: &Organisation, draft: Draft, n: u64) -> Verified {
        let mut chance = chance(self.set, !self.seed, organisation.number, n);
        let issuer = Issuer {
            key: &organisation.key,
            name: &organisation.name,
            organisation: Some(organisation.id),
        };
        let created = draft.valid_from.plus_seconds(60);
        draft
            .sign(&issuer, created, chance.bytes())
            .expect("invented drafts keep the profile")
    }
}

impl Set {
    fn tongues(self) -> &'static [Tongue; 3] {
        match self {
            Self::Training => &texts::TRAINING,
            Self::Bench => &texts::BENCH,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Bench => "bench",
        }
    }
}

impl Organisation {
    fn invent(set: Set, seed: u64, number: u64) -> Self {
        let mut chance = chance(set, seed, number, u64::MAX);
        let tongue = (number % 3) as usize;
        let words = &set.tongues()[tongue];
        let (name, place) = (chance.pick(&words.names), chance.pick(&words.places));
        Self {
            key: SecretKey::from_seed(&chance.bytes()),
            name: format!("{name}, {place}"),
            id: OrgId::from_founding(Hash::from_bytes(chance.bytes())),
            tongue,
            number,
        }
    }

    /// A country for the organisation's places: code and two of its regions.
    fn country(&self, set: Set) -> &'static [&'static str; 3] {
        const TRAINING: [[&str; 3]; 6] = [
            ["KZ", "KZ-10", "KZ-75"],
            ["RU", "RU-OMS", "RU-TOM"],
            ["GB", "GB-LDS", "GB-CRF"],
            ["KZ", "KZ-43", "KZ-59"],
            ["KG", "KG-GB", "KG-C"],
            ["IN", "IN-MH", "IN-KA"],
        ];
        const BENCH: [[&str; 3]; 6] = [
            ["KZ", "KZ-61", "KZ-23"],
            ["RU", "RU-PER", "RU-SA"],
            ["IE", "IE-CO", "IE-KY"],
            ["KZ", "KZ-33", "KZ-62"],
            ["TJ", "TJ-DU", "TJ-SU"],
            ["ZM", "ZM-09", "ZM-08"],
        ];
        let countries = match set {
            Set::Training => &TRAINING,
            Set::Bench => &BENCH,
        };
        &countries[(self.number % 6) as usize]
    }
}

/// Chance begun from a digest, so that neighbouring records have nothing in common.
fn chance(set: Set, seed: u64, organisation: u64, n: u64) -> Chance {
    let digest = Hash::of_parts(&[
        set.name().as_bytes(),
        &seed.to_be_bytes(),
        &organisation.to_be_bytes(),
        &n.to_be_bytes(),
    ]);
    let first = digest.as_bytes().first_chunk();
    Chance::new(u64::from_be_bytes(*first.expect("a digest has 32 bytes")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use erikti_protocol::kind;

    use super::*;

    #[test]
    fn one_seed_makes_the_same_records_and_another_seed_others() {
        let (a, b) = (
            Generator::new(Set::Bench, 7, 3),
            Generator::new(Set::Bench, 8, 3),
        );
        let record = |generator: &Generator| generator.record(&generator.organisations()[1], 5);
        assert_eq!(record(&a), record(&a.clone()));
        assert_ne!(record(&a), record(&b));
    }

    #[test]
    fn invented_records_pass_the_checks_of_their_kinds() {
        for set in [Set::Training, Set::Bench] {
            let generator = Generator::new(set, 1, 6);
            for organisation in generator.organisations() {
                for n in 0..100 {
                    let draft = generator.draft(organisation, n);
                    let kind = kind::by_name(&draft.kind).expect("a registered kind");
                    assert_eq!(kind.check_subject(&draft.subject), Ok(()), "{}", draft.kind);
                    assert_eq!(kind.check_extra(&draft.extra), Ok(()), "{}", draft.kind);
                }
            }
        }
    }

    #[test]
    fn the_sets_share_no_phrase() {
        let phrases = |tongues: &'static [Tongue; 3]| -> BTreeSet<&'static str> {
            let of = |t: &'static Tongue| {
                let lists: [&[&str]; 5] = [&t.deeds, t.sentences, &t.roles, &t.places, &t.names];
                lists.concat()
            };
            tongues.iter().flat_map(of).collect()
        };
        let (training, bench) = (phrases(&texts::TRAINING), phrases(&texts::BENCH));
        assert_eq!((training.len(), bench.len()), (210, 150));
        assert!(training.is_disjoint(&bench));
    }

    #[test]
    fn records_have_the_size_that_figures_are_about() {
        let generator = Generator::new(Set::Bench, 1, 6);
        let sizes = generator.organisations().iter().flat_map(|organisation| {
            (0..100).map(|n| generator.record(organisation, n).bytes().len())
        });
        let mean = sizes.sum::<usize>() / 600;
        assert!((1_400..1_650).contains(&mean), "mean {mean} bytes");
    }
}
