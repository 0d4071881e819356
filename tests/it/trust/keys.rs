//! Which key may sign, which log is open, what is void, what is erased.

use erikti_protocol::kind::Role;
use erikti_protocol::trust::{Effect, Judgement, Ledger, Reason, TrustFault};

use super::cast::{Org, key};

fn told(orgs: &[&Org]) -> Ledger {
    let mut ledger = Ledger::new();
    for org in orgs {
        org.tell(&mut ledger);
    }
    ledger
}

#[test]
fn entry_0_makes_an_organisation_and_the_key_in_force() {
    let org = Org::found(1);
    let mut ledger = Ledger::new();
    assert_eq!(
        org.tell(&mut ledger),
        [Ok(Effect::Founded {
            organisation: org.id
        })]
    );
    assert_eq!(ledger.organisation(&org.origin()), Some(org.id));
    assert_eq!(ledger.open_log(&org.id), Some(org.origin()));
    assert_eq!(ledger.node_key(&org.id), Some(org.node().public()));
    assert_eq!(ledger.name(&org.id), Some("Organisation 1"));
    assert_eq!(
        ledger.key_at(&org.origin(), 7),
        Some(org.secret(0).public())
    );
    let found = ledger.organisation_of_node("demo", &org.node().public());
    assert_eq!(found, Some(org.id));
    // The same again changes nothing.
    assert_eq!(org.tell(&mut ledger), [Ok(Effect::Already)]);
}

#[test]
fn a_rotated_key_signs_from_its_entry_on_and_the_old_one_until_there() {
    let mut org = Org::found(1);
    org.state(1);
    let at = org.change_key();
    let ledger = told(&[&org]);
    let judge = |index, number: u8| {
        let signer = org.secret(number).public();
        ledger.judge(&org.origin(), index, &signer, Some(org.id))
    };
    let in_force = Judgement::InForce {
        organisation: org.id,
    };
    for (index, number, expected) in [
        (at - 1, 0, in_force),
        (at - 1, 1, Judgement::Foreign),
        (at, 1, in_force),
        (at, 0, Judgement::Foreign),
        (at + 9, 1, in_force),
        (at + 9, 0, Judgement::Foreign),
        (at + 9, 2, Judgement::Foreign),
    ] {
        assert_eq!(
            judge(index, number),
            expected,
            "entry {index}, key {number}"
        );
    }
    let founder = org.secret(0).public();
    assert_eq!(ledger.judge(&org.origin(), 0, &founder, None), in_force);
    assert_eq!(
        ledger.judge(&org.origin(), 1, &founder, None),
        Judgement::Foreign
    );
    let other = Org::found(2);
    assert_eq!(
        ledger.judge(&org.origin(), 1, &founder, Some(other.id)),
        Judgement::Foreign
    );
}

#[test]
fn a_stolen_key_cannot_rotate_nor_open_a_successor() {
    let mut org = Org::found(1);
    org.state(1);
    let mut thief = org.clone();
    // The thief has key 0 and a key of its own, not the announced one.
    thief.key = 6;
    thief.change_key();
    let mut ledger = Ledger::new();
    let effects = thief.tell(&mut ledger);
    assert_eq!(
        effects.last(),
        Some(&Ok(Effect::None(Reason::NotAnnounced)))
    );
    let heir = org.succeed_with(1, 2, 0);
    assert_eq!(
        heir.tell(&mut ledger),
        [Ok(Effect::None(Reason::NotAnnounced))]
    );
    assert_eq!(ledger.open_log(&org.id), Some(org.origin()));
    assert_eq!(ledger.history(&heir.origin()).map(|_| ()), None);
}

#[test]
fn a_successor_takes_over_and_voids_what_it_does_not_pin() {
    let mut org = Org::found(1);
    let kept = org.state(1);
    let void = org.accredit(2, Org::found(2).id, &[Role::Host]);
    let heir = org.succeed(1, void);
    let mut ledger = told(&[&org, &heir]);
    assert_eq!(ledger.open_log(&org.id), Some(heir.origin()));
    assert_eq!(ledger.line(&org.id), [org.origin(), heir.origin()]);
    let signer = org.secret(0).public();
    let judge = |ledger: &Ledger, index| ledger.judge(&org.origin(), index, &signer, Some(org.id));
    assert_eq!(
        judge(&ledger, kept),
        Judgement::InForce {
            organisation: org.id
        }
    );
    assert_eq!(judge(&ledger, void), Judgement::Void);
    assert_eq!(ledger.key_at(&org.origin(), void), None);
    assert!(ledger.accreditations(&org.id).is_empty());
    assert_eq!(
        ledger.key_at(&heir.origin(), 5),
        Some(org.secret(1).public())
    );
    // A node that held less of the old log than is pinned waits until it has that.
    let mut late = Ledger::new();
    heir.tell(&mut late);
    assert_eq!(late.organisation(&heir.origin()), None);
    org.tell_below(&mut late, void - 1);
    assert_eq!(late.open_log(&org.id), Some(org.origin()));
    late.cover(&org.origin(), void);
    assert_eq!(late.open_log(&org.id), Some(heir.origin()));
    assert_eq!(ledger.freeze(&heir.origin(), 1), ());
    assert_eq!(ledger.open_log(&org.id), None);
}

#[test]
fn a_key_announced_after_the_pinned_size_opens_nothing() {
    let mut org = Org::found(1);
    let at = org.change_key();
    // Key 2 is announced by the change at `at`; below it only key 1 is.
    let early = org.succeed_with(1, at, 2);
    let mut ledger = told(&[&org]);
    assert_eq!(
        early.tell(&mut ledger),
        [Ok(Effect::None(Reason::NotAnnounced))]
    );
    let right = org.succeed_with(2, at + 1, 2);
    assert!(matches!(
        right.tell(&mut ledger)[..],
        [Ok(Effect::Succeeded { .. })]
    ));
}

#[test]
fn two_successors_freeze_the_organisation_and_only_what_both_keep_counts() {
    let mut org = Org::found(1);
    for id in 1..6 {
        org.state(id);
    }
    let (one, two) = (org.succeed(1, 3), org.succeed(2, 5));
    for heirs in [[&one, &two], [&two, &one]] {
        let mut ledger = told(&[&org, heirs[0]]);
        let effects = heirs[1].tell(&mut ledger);
        assert!(matches!(effects[..], [Ok(Effect::Split(_))]), "{effects:?}");
        assert_eq!(ledger.open_log(&org.id), None);
        let split = ledger.split(&org.id).unwrap();
        assert_eq!(split.previous, org.origin());
        assert_eq!(split.successors.len(), 2);
        let key = org.secret(0).public();
        let judge = |index| ledger.judge(&org.origin(), index, &key, Some(org.id));
        assert_eq!(
            judge(2),
            Judgement::InForce {
                organisation: org.id
            }
        );
        assert_eq!(judge(3), Judgement::Void);
        assert_eq!(ledger.key_at(&one.origin(), 0), None);
    }
}

#[test]
fn an_organisation_erases_its_own_entries_in_any_of_its_logs_and_no_others() {
    let (mut org, mut other) = (Org::found(1), Org::found(2));
    let (mine, theirs) = (org.state(1), other.state(1));
    let foreign = other.log[theirs as usize].clone();
    org.erase(50, &other.origin(), theirs, &foreign);
    let mut heir = org.succeed(1, org.size());
    let own = org.log[mine as usize].clone();
    heir.erase(51, &org.origin(), mine, &own);
    let mut ledger = told(&[&other]);
    assert_eq!(
        org.tell(&mut ledger).last(),
        Some(&Ok(Effect::None(Reason::NotOwn)))
    );
    heir.tell(&mut ledger);
    let erased = ledger.erased(&org.id, &own.digest()).unwrap();
    assert_eq!((erased.origin, erased.index), (org.origin(), mine));
    assert_eq!((erased.by_origin, erased.by_index), (heir.origin(), 1));
    assert!(ledger.closed(&org.id, &own.id()));
    assert_eq!(ledger.erased(&other.id, &foreign.digest()), None);
    assert!(!ledger.closed(&other.id, &foreign.id()));
}

#[test]
fn control_entries_that_are_out_of_place_have_no_effect_and_stop_nothing() {
    let mut org = Org::found(1);
    let stranger = Org::found(2);
    let again = org.log[0].clone();
    let foreign = org.sign(
        &key(9, 9, 9),
        org.id,
        ("accreditation", 1, 1),
        super::cast::granted(stranger.id, &[Role::Host]).to_subject(),
    );
    let own = super::cast::granted(org.id, &Role::ALL);
    let elsewhere = org.sign(
        &org.secret(0),
        stranger.id,
        ("accreditation", 2, 1),
        own.to_subject(),
    );
    let malformed = org.sign(
        &org.secret(0),
        org.id,
        ("erasure", 3, 1),
        serde_json::Map::new(),
    );
    for record in [again, foreign, elsewhere, malformed] {
        org.append(record);
    }
    org.write("accreditation", 4, 1, own.to_subject());
    org.change_key();
    let mut ledger = Ledger::new();
    let effects = org.tell(&mut ledger);
    let reasons: Vec<_> = effects[1..6].iter().cloned().map(Result::unwrap).collect();
    assert_eq!(
        reasons,
        [
            Reason::Organisation,
            Reason::Foreign,
            Reason::Organisation,
            Reason::Malformed,
            Reason::SelfVouch,
        ]
        .map(Effect::None)
    );
    assert_eq!(
        effects[6],
        Ok(Effect::KeyChanged {
            key: org.secret(1).public()
        })
    );
    let counted = ledger.history(&org.origin()).unwrap().without_effect();
    assert_eq!(counted.values().sum::<u64>(), 5);
}

#[test]
fn entries_of_a_log_come_in_order_and_after_its_opening() {
    let mut org = Org::found(1);
    org.change_key();
    org.change_key();
    let mut ledger = Ledger::new();
    let origin = org.origin();
    assert_eq!(
        ledger.apply(&origin, 1, &org.log[1]),
        Err(TrustFault::NotOpen)
    );
    org.tell(&mut ledger);
    assert_eq!(
        ledger.apply(&origin, 1, &org.log[1]),
        Err(TrustFault::Order { after: 2, found: 1 })
    );
    // What is no opening opens nothing; neither does the opening of another log.
    let other = Org::found(2);
    for record in [&org.log[1], &org.log[0]] {
        assert_eq!(
            ledger.apply(&other.origin(), 0, record),
            Ok(Effect::None(Reason::NotOpening))
        );
    }
}
