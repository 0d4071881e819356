//! The order in which entries of different logs arrive changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::id::OrgId;
use erikti_protocol::kind::Role;
use erikti_protocol::log::Class;
use erikti_protocol::trust::{Effect, LOGS_PER_ORGANISATION_MAX, Ledger, TrustFault, WAITING_MAX};

use super::cast::{Org, today};

/// Every order of the first `count` numbers.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for at in 0..count {
            let mut order = shorter.clone();
            order.insert(at, count - 1);
            all.push(order);
        }
    }
    all
}

/// An entry, and how many control entries of its log stand before it.
type Event<'a> = (&'a Org, u64, usize);

fn events<'a>(orgs: &[&'a Org]) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    for org in orgs {
        let control = (0..).zip(&org.log);
        let control = control.filter(|(_, record)| record.class() == Class::Control);
        events.extend(
            control
                .enumerate()
                .map(|(before, (index, _))| (*org, index, before)),
        );
    }
    events
}

/// Delivers in this order; what comes before its turn in its own log is held back, as a node does.
fn deliver(events: &[Event<'_>], order: &[usize]) -> Ledger {
    let mut ledger = Ledger::new();
    let mut applied: BTreeMap<_, usize> = BTreeMap::new();
    let mut held: Vec<usize> = Vec::new();
    for event in order {
        held.push(*event);
        while let Some(at) = held.iter().position(|event| {
            let (org, _, before) = events[*event];
            applied.get(&org.origin()).copied().unwrap_or(0) == before
        }) {
            let (org, index, before) = events[held.remove(at)];
            let origin = org.origin();
            ledger
                .apply(&origin, index, &org.log[index as usize])
                .unwrap();
            applied.insert(origin, before + 1);
        }
    }
    assert!(held.is_empty(), "everything was delivered");
    ledger
}

/// Everything the ledger holds and says, as one text.
fn said(ledger: &Ledger, roots: &BTreeSet<OrgId>) -> String {
    let standings = ledger.standing(roots, &BTreeMap::new(), today());
    let follow = ledger.follow(&standings);
    format!("{ledger:?} {standings:?} {follow:?}")
}

fn same_in_every_order(root: OrgId, orgs: &[&Org]) -> Ledger {
    let events = events(orgs);
    assert_eq!(events.len(), 6);
    let orders = permutations(6);
    assert_eq!(orders.len(), 720);
    let roots = BTreeSet::from([root]);
    let first = deliver(&events, &orders[0]);
    let expected = said(&first, &roots);
    for order in &orders {
        let found = said(&deliver(&events, order), &roots);
        assert!(found == expected, "{order:?}:\n{found}\n{expected}");
    }
    first
}

#[test]
fn a_move_with_an_accreditation_says_the_same_in_all_720_orders() {
    let (mut root, mut old) = (Org::found(1), Org::found(2));
    root.accredit(1, old.id, &[Role::Authority]);
    old.change_key();
    let mut heir = old.succeed(1, old.size());
    let member = Org::found(3).id;
    heir.accredit(1, member, &[Role::Host]);
    let ledger = same_in_every_order(root.id, &[&root, &old, &heir]);
    assert_eq!(ledger.open_log(&old.id), Some(heir.origin()));
    let standings = ledger.standing(&BTreeSet::from([root.id]), &BTreeMap::new(), today());
    assert_eq!(standings.of(&member).unwrap().depth, Some(2));
}

#[test]
fn a_split_with_an_erasure_says_the_same_in_all_720_orders() {
    let mut org = Org::found(1);
    let erased = org.state(1);
    let record = org.log[erased as usize].clone();
    org.accredit(1, Org::found(2).id, &[Role::Host]);
    org.accredit(2, Org::found(3).id, &[Role::Host]);
    let (mut one, two) = (org.succeed(1, 3), org.succeed(2, 4));
    one.erase(9, &org.origin(), erased, &record);
    let ledger = same_in_every_order(org.id, &[&org, &one, &two]);
    assert_eq!(ledger.open_log(&org.id), None);
    assert_eq!(ledger.accreditations(&org.id).len(), 1);
    assert!(ledger.erased(&org.id, &record.digest()).is_some());
}

#[test]
fn a_revocation_beside_void_entries_says_the_same_in_all_720_orders() {
    let (mut root, mut member) = (Org::found(1), Org::found(2));
    root.accredit(1, member.id, &[Role::Host]);
    root.revoke(1, 2, &member, 1);
    // The grant that the successor does not pin never was.
    root.accredit(2, member.id, &[Role::Host]);
    member.state(1);
    let heir = root.succeed(1, 3);
    let ledger = same_in_every_order(root.id, &[&root, &member, &heir]);
    let standings = ledger.standing(&BTreeSet::from([root.id]), &BTreeMap::new(), today());
    assert!(!standings.stands(&member.id));
}

#[test]
fn entries_of_a_log_that_waits_are_held_until_it_is_in_line() {
    let org = Org::found(1);
    let mut heir = org.succeed(1, 1);
    heir.accredit(1, Org::found(2).id, &[Role::Host]);
    let mut ledger = Ledger::new();
    let effects = heir.tell(&mut ledger);
    assert!(matches!(
        effects[..],
        [Ok(Effect::Waits { .. }), Ok(Effect::Held)]
    ));
    assert!(ledger.accreditations(&org.id).is_empty());
    org.tell(&mut ledger);
    assert_eq!(ledger.accreditations(&org.id).len(), 1);
}

#[test]
fn logs_that_wait_are_few_and_make_room_when_forgotten() {
    let mut ledger = Ledger::new();
    let strangers: Vec<Org> = (0..=WAITING_MAX as u16)
        .map(|number| Org::found(100 + number).succeed(1, 1))
        .collect();
    let (last, others) = strangers.split_last().unwrap();
    for org in others {
        assert!(matches!(
            org.tell(&mut ledger)[..],
            [Ok(Effect::Waits { .. })]
        ));
    }
    let full = Err(TrustFault::WaitingFull {
        allowed: WAITING_MAX,
    });
    assert_eq!(last.tell(&mut ledger), std::slice::from_ref(&full));
    assert_eq!(ledger.waiting().count(), WAITING_MAX);
    // Whoever was refused is taken at once when the log before it is known.
    let founding = Org::found(100 + WAITING_MAX as u16);
    founding.tell(&mut ledger);
    assert!(matches!(
        last.tell(&mut ledger)[..],
        [Ok(Effect::Succeeded { .. })]
    ));
    ledger.forget(&others[0].origin());
    assert_eq!(ledger.waiting().count(), WAITING_MAX - 1);
    ledger.forget(&founding.origin());
    assert_eq!(ledger.organisation(&founding.origin()), Some(founding.id));
}

#[test]
fn an_organisation_has_a_bounded_number_of_logs() {
    let org = Org::found(1);
    let mut ledger = Ledger::new();
    org.tell(&mut ledger);
    let allowed = LOGS_PER_ORGANISATION_MAX;
    for machine in 1..allowed as u8 {
        let effects = org.succeed(machine, 1).tell(&mut ledger);
        assert!(matches!(effects[..], [Ok(_)]), "{effects:?}");
    }
    let more = org.succeed(allowed as u8, 1);
    assert_eq!(more.tell(&mut ledger), [Err(TrustFault::Full { allowed })]);
    assert_eq!(ledger.histories().count(), allowed);
}

#[test]
fn strangers_that_claim_an_organisation_do_not_take_its_places() {
    let mut org = Org::found(1);
    let mut ledger = Ledger::new();
    org.tell(&mut ledger);
    org.state(1);
    // None of these can be judged yet: they pin more of the log than is known here.
    for machine in 1..=WAITING_MAX as u8 {
        let claim = org.succeed_with(machine, 2, 7);
        assert!(matches!(
            claim.tell(&mut ledger)[..],
            [Ok(Effect::Waits { .. })]
        ));
    }
    let heir = org.succeed(100, 1);
    assert!(matches!(
        heir.tell(&mut ledger)[..],
        [Ok(Effect::Succeeded { .. })]
    ));
    ledger.cover(&org.origin(), 2);
    assert_eq!(ledger.waiting().count(), 0);
    assert_eq!(ledger.histories().count(), 2);
    assert_eq!(ledger.open_log(&org.id), Some(heir.origin()));
}
