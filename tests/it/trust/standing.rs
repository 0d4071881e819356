//! Who stands: chains, versions, revocations, days, bounds, and a slow reference to compare with.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin, RecordId};
use erikti_protocol::kind::accreditation::{Accreditation, Status};
use erikti_protocol::kind::{Author, Role};
use erikti_protocol::time::Date;
use erikti_protocol::trust::standing::{ACCREDITATIONS_MAX, DEPTH_MAX, judge};
use erikti_protocol::trust::{Grant, Ledger, Link, Standings, VERSION_STEP_MAX};
use erikti_tests::chance::Chance;

use super::cast::{Org, day, granted, today};

fn org(number: u32) -> OrgId {
    OrgId::from_founding(Hash::of(&number.to_be_bytes()))
}

fn id(number: u32) -> RecordId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    RecordId::v4(bytes)
}

fn grant(number: u32, subject: u32, roles: &[Role]) -> Grant {
    Grant {
        id: id(number),
        subject: org(subject),
        roles: roles.iter().copied().collect(),
        from: day("2026-01-01"),
        until: None,
        revoked: None,
    }
}

type Graph = BTreeMap<OrgId, Vec<Grant>>;

fn graph(edges: &[(u32, Grant)]) -> Graph {
    let mut graph = Graph::new();
    for (accreditor, grant) in edges {
        graph
            .entry(org(*accreditor))
            .or_default()
            .push(grant.clone());
    }
    graph
}

fn judged(roots: &[u32], graph: &Graph, on: Date) -> Standings {
    let roots = roots.iter().map(|root| org(*root)).collect();
    judge(&roots, &BTreeMap::new(), on, |organisation| {
        graph.get(organisation).cloned().unwrap_or_default()
    })
}

const AUTHORITY: &[Role] = &[Role::Authority];
const HOST: &[Role] = &[Role::Host];

#[test]
fn a_chain_of_six_stands_and_the_seventh_does_not() {
    let edges: Vec<_> = (0..8)
        .map(|at| (at, grant(100 + at, at + 1, AUTHORITY)))
        .collect();
    let standings = judged(&[0], &graph(&edges), today());
    for at in 0..=u32::from(DEPTH_MAX) {
        let standing = standings.of(&org(at)).unwrap();
        assert_eq!(standing.depth.map(u32::from), Some(at));
        let chain = standings.chain(&org(at), None).unwrap();
        let expected: Vec<_> = (0..at)
            .map(|at| Link {
                accreditor: org(at),
                accreditation: id(100 + at),
            })
            .collect();
        assert_eq!(chain, expected);
    }
    assert_eq!(standings.of(&org(7)), None);
}

#[test]
fn whoever_holds_no_authority_accredits_nobody() {
    let edges = [
        (0, grant(1, 1, HOST)),
        (1, grant(2, 2, AUTHORITY)),
        // 2 and 3 vouch for each other, and for nobody who stands.
        (2, grant(3, 3, AUTHORITY)),
        (3, grant(4, 2, AUTHORITY)),
        // An organisation speaks for itself.
        (4, grant(5, 4, AUTHORITY)),
    ];
    let standings = judged(&[0], &graph(&edges), today());
    let standing: Vec<_> = standings.standing().map(|(who, _)| *who).collect();
    let mut expected = vec![org(0), org(1)];
    expected.sort();
    assert_eq!(standing, expected);
    assert!(standings.holds(&org(0), Role::Insurer));
    assert!(standings.holds(&org(1), Role::Host));
    assert!(!standings.holds(&org(1), Role::Authority));
}

#[test]
fn authority_that_comes_by_a_longer_chain_counts_from_there() {
    // 3 is a host at depth 1 and an authority at depth 3.
    let edges = [
        (0, grant(1, 3, HOST)),
        (0, grant(2, 1, AUTHORITY)),
        (1, grant(3, 2, AUTHORITY)),
        (2, grant(4, 3, AUTHORITY)),
        (3, grant(5, 4, HOST)),
    ];
    let standings = judged(&[0], &graph(&edges), today());
    assert_eq!(standings.of(&org(3)).unwrap().depth, Some(1));
    assert_eq!(standings.of(&org(4)).unwrap().depth, Some(4));
    let steps = |who, role| standings.chain(&org(who), role).unwrap().len();
    assert_eq!(steps(3, None), 1);
    assert_eq!(steps(3, Some(Role::Authority)), 3);
    assert_eq!(steps(4, Some(Role::Host)), 4);
    assert_eq!(standings.chain(&org(4), Some(Role::Donor)), None);
}

#[test]
fn the_period_includes_its_first_and_last_day() {
    let mut given = grant(1, 1, HOST);
    given.until = Some(day("2026-06-30"));
    let graph = graph(&[(0, given)]);
    for (on, stands) in [
        ("2025-12-31", false),
        ("2026-01-01", true),
        ("2026-06-30", true),
        ("2026-07-01", false),
    ] {
        assert_eq!(
            judged(&[0], &graph, day(on)).stands(&org(1)),
            stands,
            "{on}"
        );
    }
}

#[test]
fn the_first_4096_in_force_count_and_the_next_takes_a_place_that_falls_free() {
    let last = ACCREDITATIONS_MAX as u32;
    let mut edges: Vec<_> = (0..=last)
        .map(|at| (0, grant(at + 1, at + 1, HOST)))
        .collect();
    let standings = judged(&[0], &graph(&edges), today());
    assert!(standings.stands(&org(last)));
    assert!(!standings.stands(&org(last + 1)));
    assert_eq!(standings.standing().count(), ACCREDITATIONS_MAX + 1);
    assert_eq!(standings.beyond(), &BTreeMap::from([(org(0), 1)]));
    // One expired, or one revoked, frees its place.
    for free in [0, 17] {
        let before = edges[free].1.clone();
        if free == 0 {
            edges[free].1.until = Some(day("2026-02-01"));
        } else {
            edges[free].1.revoked = Some(Vec::new());
        }
        let standings = judged(&[0], &graph(&edges), today());
        assert!(standings.stands(&org(last + 1)));
        assert!(!standings.stands(&edges[free].1.subject));
        assert!(standings.beyond().is_empty());
        edges[free].1 = before;
    }
}

#[test]
fn what_the_operator_accepted_stands_here_and_accredits_nobody() {
    let graph = graph(&[(1, grant(1, 2, HOST))]);
    let local = BTreeMap::from([(org(1), Role::ALL.into_iter().collect::<BTreeSet<_>>())]);
    let standings = judge(&BTreeSet::from([org(0)]), &local, today(), |organisation| {
        graph.get(organisation).cloned().unwrap_or_default()
    });
    let standing = standings.of(&org(1)).unwrap();
    assert!(standing.local && standing.depth.is_none());
    assert!(standings.holds(&org(1), Role::Authority));
    assert!(!standings.stands(&org(2)));
    assert_eq!(standings.chain(&org(1), None), None);
}

/// Versions of one accreditation in the order of the log.
type Versions = Vec<(u64, Status)>;

/// Says which of a member's entries count after these versions of one accreditation: at the start of its log, at
/// entry 5, and at entry 9.
fn counting(versions: &[(u64, Status)]) -> [bool; 3] {
    let (mut root, member) = (Org::found(1), Org::found(2));
    for (version, status) in versions {
        let accreditation = Accreditation {
            status: status.clone(),
            ..granted(member.id, HOST)
        };
        root.write("accreditation", 7, *version, accreditation.to_subject());
    }
    let mut ledger = Ledger::new();
    root.tell(&mut ledger);
    member.tell(&mut ledger);
    let standings = ledger.standing(&BTreeSet::from([root.id]), &BTreeMap::new(), today());
    let key = member.secret(0).public();
    let author = Author::Role(Role::Host);
    [1, 5, 9].map(|index| {
        let named = Some(member.id);
        ledger.counts(&standings, &member.origin(), index, &key, named, author)
    })
}

#[test]
fn versions_and_revocations_decide_which_entries_count() {
    let log = Org::found(2).origin();
    let elsewhere = Org::found(3).origin();
    let given = || Status::Granted;
    let kept = |size| Status::Revoked(vec![(log.clone(), size)]);
    let other = || Status::Revoked(vec![(elsewhere.clone(), 99)]);
    let (all, none) = ([true; 3], [false; 3]);
    let table: [(&str, Versions, [bool; 3]); 16] = [
        ("nothing", vec![], none),
        ("granted", vec![(1, given())], all),
        (
            "revoked, five kept",
            vec![(1, given()), (2, kept(5))],
            [true, false, false],
        ),
        (
            "revoked, six kept",
            vec![(1, given()), (2, kept(6))],
            [true, true, false],
        ),
        ("revoked, none kept", vec![(1, given()), (2, kept(0))], none),
        (
            "revoked, another log kept",
            vec![(1, given()), (2, other())],
            none,
        ),
        ("revoked first", vec![(2, kept(9)), (1, given())], none),
        ("revoked, never granted", vec![(1, kept(9))], none),
        (
            "granted again",
            vec![(1, given()), (2, kept(5)), (3, given())],
            all,
        ),
        (
            "an old version late",
            vec![(1, given()), (3, kept(5)), (2, given())],
            [true, false, false],
        ),
        (
            "revoked twice",
            vec![(1, given()), (2, kept(5)), (3, kept(6))],
            [true, true, false],
        ),
        (
            "two of one version",
            vec![(1, given()), (2, given()), (2, kept(9))],
            none,
        ),
        (
            "two of one version, the other way",
            vec![(1, given()), (2, kept(9)), (2, given())],
            none,
        ),
        (
            "a higher one after two of one version",
            vec![(1, given()), (2, given()), (2, kept(9)), (3, given())],
            all,
        ),
        (
            "the widest step",
            vec![(1, given()), (1 + VERSION_STEP_MAX, kept(5))],
            [true, false, false],
        ),
        (
            "a step too wide",
            vec![(1, given()), (2 + VERSION_STEP_MAX, kept(5))],
            all,
        ),
    ];
    for (what, versions, expected) in table {
        assert_eq!(counting(&versions), expected, "{what}");
    }
}

#[test]
fn a_revoked_authority_takes_down_whoever_it_accredited() {
    let (mut root, mut authority, member) = (Org::found(1), Org::found(2), Org::found(3));
    root.accredit(1, authority.id, AUTHORITY);
    authority.accredit(1, member.id, HOST);
    let judged = |root: &Org| {
        let mut ledger = Ledger::new();
        for org in [root, &authority, &member] {
            org.tell(&mut ledger);
        }
        ledger.standing(&BTreeSet::from([root.id]), &BTreeMap::new(), today())
    };
    assert!(judged(&root).stands(&member.id));
    root.revoke(1, 2, &authority, 99);
    let standings = judged(&root);
    assert!(!standings.stands(&authority.id) && !standings.stands(&member.id));
    // What the authority itself had written still counts; what it said of others does not.
    assert!(standings.counts(Author::Standing, &authority.id, &authority.origin(), 1));
    assert!(!standings.counts(Author::Standing, &member.id, &member.origin(), 1));
}

#[test]
fn logs_of_whoever_stands_are_followed_whole_and_of_the_expelled_for_control_entries() {
    let (mut root, member, expelled) = (Org::found(1), Org::found(2), Org::found(3));
    let unknown = Org::found(4);
    root.accredit(1, member.id, HOST);
    root.accredit(2, expelled.id, HOST);
    root.accredit(3, unknown.id, HOST);
    root.revoke(2, 2, &expelled, 1);
    let waiting = unknown.succeed(1, 1);
    let mut ledger = Ledger::new();
    for org in [&root, &member, &expelled, &waiting] {
        org.tell(&mut ledger);
    }
    let standings = ledger.standing(&BTreeSet::from([root.id]), &BTreeMap::new(), today());
    let mut followed: Vec<_> = ledger
        .follow(&standings)
        .into_iter()
        .map(|follow| (follow.origin, follow.whole))
        .collect();
    followed.sort();
    let mut expected = vec![
        (root.origin(), true),
        (member.origin(), true),
        (expelled.origin(), false),
    ];
    expected.sort();
    assert_eq!(followed, expected);
    assert_eq!(ledger.missing(&standings), [unknown.id]);
    assert_eq!(ledger.waiting().count(), 1);
}

fn random_graph(chance: &mut Chance) -> (Vec<u32>, Vec<(u32, Grant)>) {
    let nodes = 2 + chance.below(49);
    let edges = chance.below(nodes * 4);
    let log = Origin::new("demo", &super::cast::key(1, 2, 3).public()).unwrap();
    let edges = (0..edges)
        .map(|number| {
            let mut given = grant(number as u32, chance.below(nodes) as u32, &[]);
            for role in Role::ALL {
                let percent = if role == Role::Authority { 60 } else { 15 };
                if chance.below(100) < percent {
                    given.roles.insert(role);
                }
            }
            if chance.below(100) < 10 {
                given.from = day("2027-01-01");
            }
            if chance.below(100) < 20 {
                given.until = Some(day(["2026-05-01", "2026-11-22"][chance.below(2) as usize]));
            }
            if chance.below(100) < 10 {
                given.revoked = Some(vec![(log.clone(), chance.below(10))]);
            }
            (chance.below(nodes) as u32, given)
        })
        .collect();
    let roots = (0..1 + chance.below(3)).map(|_| chance.below(nodes) as u32);
    (roots.collect(), edges)
}

/// What stands, found by trying every accreditation again for every length of chain.
fn slowly(
    roots: &[u32],
    edges: &[(u32, Grant)],
    on: Date,
) -> BTreeMap<OrgId, (u8, BTreeSet<Role>)> {
    let roots: BTreeSet<OrgId> = roots.iter().map(|root| org(*root)).collect();
    let mut standing: BTreeMap<_, _> = roots
        .iter()
        .map(|root| (*root, (0, BTreeSet::from(Role::ALL))))
        .collect();
    let mut authorities = roots.clone();
    for depth in 1..=6 {
        let mut more = authorities.clone();
        for (accreditor, given) in edges {
            let accreditor = org(*accreditor);
            let in_time = given.from <= on && given.until.is_none_or(|until| until >= on);
            let valid = authorities.contains(&accreditor)
                && in_time
                && given.revoked.is_none()
                && given.subject != accreditor
                && !roots.contains(&given.subject);
            if !valid {
                continue;
            }
            let entry = standing
                .entry(given.subject)
                .or_insert((depth, BTreeSet::new()));
            entry.1.extend(&given.roles);
            if given.roles.contains(&Role::Authority) {
                more.insert(given.subject);
            }
        }
        authorities = more;
    }
    standing
}

#[test]
fn random_graphs_stand_as_the_slow_reference_says_and_chains_are_real() {
    const SEED: u64 = 0x5eed_0001;
    const GRAPHS: usize = 10_000;
    println!("seed {SEED:#x}");
    let mut chance = Chance::new(SEED);
    let (mut deepest, mut most) = (0, 0);
    for number in 0..GRAPHS {
        let (roots, edges) = random_graph(&mut chance);
        let standings = judged(&roots, &graph(&edges), today());
        let found: BTreeMap<_, _> = standings
            .standing()
            .map(|(who, seat)| (*who, (seat.depth.unwrap(), seat.roles.clone())))
            .collect();
        assert_eq!(
            found,
            slowly(&roots, &edges, today()),
            "graph {number} of {SEED:#x}"
        );
        for (who, (depth, roles)) in &found {
            deepest = deepest.max(*depth);
            let chain = standings.chain(who, None).unwrap();
            assert_eq!(chain.len(), usize::from(*depth));
            let wanted = roles.iter().copied().map(Some).chain([None]);
            for role in wanted.filter(|_| *depth > 0) {
                check_chain(&roots, &edges, *who, role, &standings);
            }
        }
        most = most.max(found.len());
        // Edges in any order say the same, as long as no bound is near.
        let mut turned = edges.clone();
        turned.reverse();
        assert_eq!(judged(&roots, &graph(&turned), today()), standings);
    }
    // The graphs are such that the comparison says something.
    assert!(deepest == DEPTH_MAX && most > 30, "{deepest} {most}");
}

fn check_chain(
    roots: &[u32],
    edges: &[(u32, Grant)],
    who: OrgId,
    role: Option<Role>,
    standings: &Standings,
) {
    let chain = standings.chain(&who, role).unwrap();
    assert!((1..=usize::from(DEPTH_MAX)).contains(&chain.len()));
    assert!(roots.iter().any(|root| org(*root) == chain[0].accreditor));
    for (at, link) in chain.iter().enumerate() {
        let next = chain.get(at + 1).map_or(who, |next| next.accreditor);
        let wanted = if at + 1 < chain.len() {
            Some(Role::Authority)
        } else {
            role
        };
        let real = edges.iter().any(|(accreditor, given)| {
            org(*accreditor) == link.accreditor
                && given.id == link.accreditation
                && given.subject == next
                && given.revoked.is_none()
                && given.covers(today())
                && wanted.is_none_or(|role| given.roles.contains(&role))
        });
        assert!(real, "link {at} of {chain:?} to {who}");
    }
}
