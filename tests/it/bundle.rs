//! Bundles: what they prove, and that no changed byte of one passes.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose scene cannot be set has failed"
)]

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::bundle::{self, BundleFault, Evidence, MakeFault, Verdict};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::kind::{self, Role};
use erikti_protocol::log::tree::{self, TreeFault};
use erikti_protocol::log::{Checkpoint, SignedCheckpoint};
use erikti_protocol::record::Record;
use erikti_protocol::trust::{Judgement, Ledger, Standings};
use serde_json::{Value, json};

use crate::trust::cast::{Org, day, granted, today};

/// What a node would hold: whole logs and a checkpoint of each.
struct Shelf(BTreeMap<Origin, Org>);

impl Shelf {
    fn of(orgs: &[&Org]) -> Self {
        Self(
            orgs.iter()
                .map(|org| (org.origin(), (*org).clone()))
                .collect(),
        )
    }

    fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new();
        for org in self.0.values() {
            org.tell(&mut ledger);
        }
        ledger
    }
}

impl Evidence for Shelf {
    type Fault = TreeFault;

    fn checkpoint(&mut self, origin: &Origin) -> Result<Option<SignedCheckpoint>, TreeFault> {
        Ok(self.0.get(origin).map(|org| {
            let checkpoint = Checkpoint {
                origin: origin.clone(),
                size: org.size(),
                root: org.root(org.size()),
            };
            checkpoint.sign(&org.node()).unwrap()
        }))
    }

    fn record(&mut self, origin: &Origin, index: u64) -> Result<Option<Vec<u8>>, TreeFault> {
        let org = self.0.get(origin);
        Ok(org.and_then(|org| Some(org.log.get(index as usize)?.bytes().to_vec())))
    }

    fn hash_at(&mut self, origin: &Origin, level: u8, index: u64) -> Result<Hash, TreeFault> {
        let leaves = self.0[origin].leaves();
        let width = 1 << level;
        let start = index as usize * width;
        Ok(tree::root_of(&leaves[start..start + width]))
    }
}

/// A root, an authority that moved to a second machine, and a member with a rotated key and an opportunity.
struct Scene {
    root: Org,
    old: Org,
    authority: Org,
    member: Org,
    shelf: Shelf,
    index: u64,
}

fn scene() -> Scene {
    let (mut root, mut old) = (Org::found(1), Org::found(2));
    root.state(1);
    root.accredit(2, old.id, &[Role::Authority]);
    old.state(1);
    old.change_key();
    let mut authority = old.succeed(1, old.size());
    let mut member = Org::found(3);
    authority.accredit(9, member.id, &[Role::Host]);
    member.state(1);
    member.change_key();
    let subject = (kind::by_name("opportunity").unwrap().sample)();
    let index = member.write("opportunity", 7, 1, subject);
    member.state(2);
    let shelf = Shelf::of(&[&root, &old, &authority, &member]);
    Scene {
        root,
        old,
        authority,
        member,
        shelf,
        index,
    }
}

impl Scene {
    fn roots(&self) -> BTreeSet<OrgId> {
        BTreeSet::from([self.root.id])
    }

    fn standings(&self) -> Standings {
        self.shelf
            .ledger()
            .standing(&self.roots(), &BTreeMap::new(), today())
    }

    fn bundle(&mut self) -> Vec<u8> {
        let standings = self.standings();
        self.make(Some(&standings)).unwrap()
    }

    fn make(&mut self, standings: Option<&Standings>) -> Result<Vec<u8>, MakeFault<TreeFault>> {
        let ledger = self.shelf.ledger();
        let origin = self.member.origin();
        bundle::make(&ledger, standings, &mut self.shelf, &origin, self.index)
    }

    fn verify(&self, bytes: &[u8]) -> Verdict {
        bundle::verify(bytes, &self.roots(), today())
    }
}

#[test]
fn a_bundle_is_made_as_it_was_frozen() {
    let bundle = String::from_utf8(scene().bundle()).unwrap();
    crate::log::assert_frozen("bundle.json", &bundle);
}

#[test]
fn a_bundle_proves_organisation_log_and_standing_from_the_file_alone() {
    let mut scene = scene();
    let bytes = scene.bundle();
    let verdict = scene.verify(&bytes);
    assert!(verdict.ok(), "{:?}", verdict.faults);
    let stated = verdict.stated.unwrap();
    assert_eq!(stated.kind, "opportunity");
    assert_eq!(stated.issuer, scene.member.secret(1).public());
    assert_eq!(verdict.organisation, Some(scene.member.id));
    let logged = verdict.logged.unwrap();
    assert_eq!(logged.origin, scene.member.origin());
    assert_eq!(
        (logged.index, logged.size),
        (scene.index, scene.member.size())
    );
    let stands = verdict.standing.unwrap();
    assert_eq!(stands.depth, 2);
    assert_eq!(stands.roles, BTreeSet::from([Role::Host]));
    let accreditors: Vec<_> = stands.chain.iter().map(|link| link.accreditor).collect();
    assert_eq!(accreditors, [scene.root.id, scene.old.id]);
    let mut as_of = verdict.as_of;
    as_of.sort();
    let mut logs: Vec<_> = [&scene.root, &scene.old, &scene.authority, &scene.member]
        .map(|org| (org.origin(), org.size()))
        .into();
    logs.sort();
    assert_eq!(as_of, logs);
}

#[test]
fn no_changed_byte_of_a_bundle_passes() {
    let mut scene = scene();
    let bytes = scene.bundle();
    let mut changed = bytes.clone();
    for at in 0..bytes.len() {
        // The lowest bit, or the one between upper and lower case.
        let bit = if at % 2 == 0 { 0x01 } else { 0x20 };
        changed[at] ^= bit;
        let verdict = scene.verify(&changed);
        assert!(!verdict.ok(), "byte {at} with bit {bit:#x}: {verdict:?}");
        changed[at] ^= bit;
    }
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(!scene.verify(&bytes[..cut]).ok(), "cut to {cut}");
    }
    for more in [&b" "[..], b"\n", b"{}"] {
        assert!(!scene.verify(&[&bytes, more].concat()).ok());
        assert!(!scene.verify(&[more, &bytes].concat()).ok());
    }
}

#[test]
fn a_record_alone_proves_which_key_signed_and_nothing_else() {
    let scene = scene();
    let record = &scene.member.log[scene.index as usize];
    let verdict = bundle::verify(record.bytes(), &BTreeSet::new(), today());
    assert!(verdict.ok());
    assert_eq!((verdict.organisation, verdict.logged), (None, None));
    assert_eq!(
        verdict.stated.map(|stated| stated.issuer),
        Some(record.issuer())
    );
    assert_eq!(scene.verify(record.bytes()).faults, [BundleFault::Alone]);
    let mut changed = record.bytes().to_vec();
    for at in 0..changed.len() {
        changed[at] ^= 0x01;
        assert!(
            !bundle::verify(&changed, &BTreeSet::new(), today()).ok(),
            "byte {at}"
        );
        changed[at] ^= 0x01;
    }
}

#[test]
fn standing_is_judged_against_the_roots_named_on_the_day() {
    let mut scene = scene();
    let bytes = scene.bundle();
    let none = bundle::verify(&bytes, &BTreeSet::new(), today());
    assert!(none.ok() && none.standing.is_none());
    let other = BTreeSet::from([Org::found(9).id]);
    let organisation = scene.member.id;
    for (roots, on) in [(other, today()), (scene.roots(), day("2025-12-31"))] {
        let verdict = bundle::verify(&bytes, &roots, on);
        assert_eq!(verdict.faults, [BundleFault::NoStanding { organisation }]);
        assert_eq!(verdict.organisation, Some(organisation));
    }
    // The record's own organisation as the root needs no chain.
    let own = bundle::verify(&bytes, &BTreeSet::from([organisation]), today());
    assert!(own.ok());
    assert_eq!(own.standing.map(|stands| stands.depth), Some(0));
    // Without the accreditations, the same record is proved to be logged, and no more.
    let bare = scene.make(None).unwrap();
    assert!(bundle::verify(&bare, &BTreeSet::new(), today()).ok());
    assert!(!scene.verify(&bare).ok());
}

#[test]
fn a_revocation_known_to_the_maker_is_in_the_bundle() {
    let mut scene = scene();
    let before = scene.standings();
    let member = scene.member.clone();
    scene.authority.revoke(9, 2, &member, 1);
    scene.shelf = Shelf::of(&[&scene.root, &scene.old, &scene.authority, &member]);
    let bytes = scene.make(Some(&before)).unwrap();
    let organisation = member.id;
    assert_eq!(
        scene.verify(&bytes).faults,
        [BundleFault::NoStanding { organisation }]
    );
    // Had the revocation left the entry standing, it would still count.
    scene.authority.revoke(9, 3, &member, scene.index + 1);
    scene.shelf = Shelf::of(&[&scene.root, &scene.old, &scene.authority, &member]);
    let bytes = scene.make(Some(&before)).unwrap();
    assert!(scene.verify(&bytes).ok());
}

#[test]
fn what_does_not_count_is_not_made_and_not_believed() {
    let mut scene = scene();
    // Signed by the key before the change: foreign at this place.
    let subject = (kind::by_name("opportunity").unwrap().sample)();
    let record = scene.member.sign(
        &scene.member.secret(0),
        scene.member.id,
        ("opportunity", 8, 1),
        subject,
    );
    scene.index = scene.member.append(record);
    scene.shelf = Shelf::of(&[&scene.root, &scene.old, &scene.authority, &scene.member]);
    let found = Judgement::Foreign;
    assert_eq!(scene.make(None), Err(MakeFault::NotInForce { found }));
    // Erased: the bundle of yesterday shows nothing of it, the ledger of today refuses to make another.
    scene.index -= 2;
    let erased: Record = (*scene.member.log[scene.index as usize]).clone();
    let origin = scene.member.origin();
    scene.member.erase(60, &origin, scene.index, &erased);
    scene.shelf = Shelf::of(&[&scene.root, &scene.old, &scene.authority, &scene.member]);
    assert_eq!(scene.make(None), Err(MakeFault::Erased));
}

/// Changes the parsed file and writes it canonically, so that only what is proved can refuse it.
fn edited(bytes: &[u8], edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = erikti_protocol::json::parse_within(bytes, 32, 1 << 22).unwrap();
    edit(&mut value);
    erikti_protocol::json::canonical(&value)
}

#[test]
fn parts_that_are_left_out_added_or_exchanged_are_missed() {
    let mut scene = scene();
    let bytes = scene.bundle();
    assert_eq!(edited(&bytes, |_| ()), bytes);
    let place_of = |org: &Org| {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let logs = value["logs"].as_array().unwrap().clone();
        let name = org.origin().to_string();
        let of = |log: &Value| {
            log["pinned"] == json!(name)
                || log["checkpoint"]
                    .as_str()
                    .is_some_and(|note| note.starts_with(&name))
        };
        logs.iter().position(of).unwrap()
    };
    let (root, old, authority, member) = (
        place_of(&scene.root),
        place_of(&scene.old),
        place_of(&scene.authority),
        place_of(&scene.member),
    );
    let remove = |log: usize, entry: usize| {
        edited(&bytes, |value| {
            value["logs"][log]["entries"]
                .as_array_mut()
                .unwrap()
                .remove(entry);
        })
    };
    let drop_log = |log: usize| {
        edited(&bytes, |value| {
            value["logs"].as_array_mut().unwrap().remove(log);
        })
    };
    let altered = [
        ("the member's opening", remove(member, 0)),
        ("the member's key change", remove(member, 1)),
        ("the accreditation", remove(authority, 1)),
        ("the key change before the move", remove(old, 1)),
        ("the root's log", drop_log(root)),
        ("the authority's first log", drop_log(old)),
        ("the member's log", drop_log(member)),
        (
            "a member more",
            edited(&bytes, |value| value["note"] = json!("hello")),
        ),
        (
            "a member more in an entry",
            edited(&bytes, |value| {
                value["logs"][0]["entries"][0]["note"] = json!(1)
            }),
        ),
        (
            "the order of logs",
            edited(&bytes, |value| {
                value["logs"].as_array_mut().unwrap().swap(0, 1)
            }),
        ),
        (
            "another record",
            edited(&bytes, |value| {
                value["record"] = value["logs"][member]["entries"][0]["record"].clone();
            }),
        ),
        (
            "a log twice",
            edited(&bytes, |value| {
                let log = value["logs"][0].clone();
                value["logs"].as_array_mut().unwrap().insert(0, log);
            }),
        ),
        (
            "extra in the proof",
            edited(&bytes, |value| {
                let proof = value["proof"].as_str().unwrap();
                value["proof"] = json!(proof.replace("\nindex", "\nextra aGk=\nindex"));
            }),
        ),
    ];
    for (what, file) in altered {
        assert!(!scene.verify(&file).ok(), "{what}");
    }
}

#[test]
fn more_than_the_bounds_is_refused_before_it_is_read() {
    let mut scene = scene();
    let large = vec![b' '; bundle::BUNDLE_BYTES_MAX + 1];
    assert!(!scene.verify(&[br#"{"erikti":"#, &large[..]].concat()).ok());
    let bytes = scene.bundle();
    let logs = edited(&bytes, |value| {
        let log = value["logs"][0].clone();
        value["logs"] = Value::Array(vec![log; bundle::LOGS_MAX + 1]);
    });
    assert!(matches!(
        scene.verify(&logs).faults[..],
        [BundleFault::TooMany { found, allowed, .. }] if found == allowed + 1
    ));
    let deep = edited(&bytes, |value| {
        value["record"] = (0..30).fold(json!({}), |inside, _| json!({"a": inside}));
    });
    assert!(matches!(
        scene.verify(&deep).faults[..],
        [BundleFault::Json(_)]
    ));
}

#[test]
fn a_kind_that_asks_for_a_role_is_not_counted_without_it() {
    let mut scene = scene();
    // The authority accredits as a donor only: the member stands, and may not offer opportunities.
    scene.authority.write(
        "accreditation",
        9,
        2,
        granted(scene.member.id, &[Role::Donor]).to_subject(),
    );
    scene.shelf = Shelf::of(&[&scene.root, &scene.old, &scene.authority, &scene.member]);
    let bytes = scene.bundle();
    let verdict = scene.verify(&bytes);
    assert_eq!(
        verdict.faults,
        [BundleFault::Unaccredited {
            organisation: scene.member.id,
            role: Role::Host
        }]
    );
    assert_eq!(verdict.standing.map(|stands| stands.depth), Some(2));
}

/// Every value of the file that is no container, and every list and object, by its path.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{number}"), found);
            }
        }
        Value::Object(members) => {
            for (name, item) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(item, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_value_of_a_bundle_can_be_exchanged_for_another() {
    let mut scene = scene();
    let bytes = scene.bundle();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    let mut paths = Vec::new();
    places(&value, "", &mut paths);
    let others = [
        json!(null),
        json!(0),
        json!(""),
        json!([]),
        json!({}),
        json!(9),
    ];
    let mut tried = 0;
    for (number, path) in paths.iter().enumerate() {
        // Another value of the same file, and one of the simplest values.
        let twin = value
            .pointer(&paths[(number * 31 + 7) % paths.len()])
            .unwrap();
        for other in [twin, &others[number % others.len()]] {
            if value.pointer(path) == Some(other) {
                continue;
            }
            let file = edited(&bytes, |value| {
                *value.pointer_mut(path).unwrap() = other.clone()
            });
            assert!(!scene.verify(&file).ok(), "{path} as {other}");
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn both_checkpoints_of_the_records_log_are_one_and_carry_one_signature() {
    let mut scene = scene();
    let bytes = scene.bundle();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    let proof = value["proof"].as_str().unwrap();
    let note = proof.split_once("\n\n").unwrap().1.to_owned();
    let log = value["logs"]
        .as_array()
        .unwrap()
        .iter()
        .position(|log| log["checkpoint"] == json!(note))
        .unwrap();
    // A newer checkpoint of the same log, as true as the other.
    scene.member.state(3);
    let newer = Checkpoint {
        origin: scene.member.origin(),
        size: scene.member.size(),
        root: scene.member.root(scene.member.size()),
    };
    let newer = newer.sign(&scene.member.node()).unwrap();
    let other = edited(&bytes, |value| {
        value["logs"][log]["checkpoint"] = json!(newer.to_string());
    });
    assert_eq!(scene.verify(&other).faults, [BundleFault::OtherCheckpoint]);
    // A line of somebody that nobody here can judge.
    let line = "— example.org/witness AAAAAAAAAAAAAAAAAAAAAAAA\n";
    let cosigned = format!("{note}{line}");
    assert!(SignedCheckpoint::parse(cosigned.as_bytes()).is_ok());
    let both = edited(&bytes, |value| {
        value["logs"][log]["checkpoint"] = json!(cosigned);
        value["proof"] = json!(format!("{proof}{line}"));
    });
    assert!(matches!(
        scene.verify(&both).faults[..],
        [BundleFault::Shape { .. }]
    ));
}

#[test]
fn control_records_and_openings_are_proved_like_any_other() {
    let mut scene = scene();
    let (origin, authority) = (scene.member.origin(), scene.authority.origin());
    let (ledger, standings) = (scene.shelf.ledger(), scene.standings());
    for (origin, index, kind) in [
        (&origin, 0, "log"),
        (&origin, 2, "key_change"),
        (&authority, 0, "log"),
        (&authority, 1, "accreditation"),
    ] {
        let made = bundle::make(&ledger, Some(&standings), &mut scene.shelf, origin, index);
        let verdict = scene.verify(&made.unwrap());
        assert!(verdict.ok(), "{kind}: {:?}", verdict.faults);
        assert_eq!(verdict.stated.unwrap().kind, kind);
    }
}

#[test]
fn a_log_that_is_not_the_one_its_successor_pins_proves_nothing() {
    let mut scene = scene();
    // The same machine wrote another history of the same size; this is the one that is held.
    let mut fork = Org::found(2);
    fork.state(99);
    fork.change_key();
    assert_eq!(fork.origin(), scene.old.origin());
    scene.shelf = Shelf::of(&[&scene.root, &fork, &scene.authority, &scene.member]);
    let standings = scene.standings();
    assert!(matches!(
        scene.make(Some(&standings)),
        Err(MakeFault::Unsound(BundleFault::Path { .. }))
    ));
}
