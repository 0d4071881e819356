//! The machine's bounds: whatever peers announce, it asks, keeps and believes only so much.

use erikti_protocol::exchange::machine::limits;
use erikti_protocol::exchange::{
    CodecOffer, Event, Exchange, Following, Head, Heads, Hello, Input, Output, Own, TableId,
};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::{PublicKey, SecretKey};
use erikti_protocol::log::Checkpoint;

fn machine() -> (Exchange, PublicKey) {
    let mut exchange = Exchange::new(Own {
        network: "test".to_owned(),
        table: TableId([1; 16]),
        log: None,
    });
    let peer = SecretKey::from_seed(&[5; 32]).public();
    let hello = Hello {
        network: "test".to_owned(),
        versions: vec![1],
        codecs: vec![CodecOffer {
            name: "none".to_owned(),
            dictionary: None,
        }],
        organisation: None,
        origin: None,
        size: 0,
        table: TableId([2; 16]),
        agent: String::new(),
    };
    let outputs = exchange.handle(Input::Connected { peer, hello }, 0);
    assert!(matches!(outputs[..], [Output::SubscribeHeads { .. }]));
    (exchange, peer)
}

fn head(number: u32, organisation: OrgId, size: u64) -> (Origin, Head) {
    let mut seed = [3; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    let key = SecretKey::from_seed(&seed);
    let origin = Origin::new("test", &key.public()).expect("`test` names a network");
    let checkpoint = Checkpoint {
        origin: origin.clone(),
        size,
        root: Hash::of(&size.to_be_bytes()),
    };
    let checkpoint = checkpoint.sign(&key).expect("the origin names this key");
    let head = Head {
        organisation,
        checkpoint: checkpoint.to_string(),
        cosignatures: Vec::new(),
    };
    (origin, head)
}

fn heads(heads: Vec<Head>) -> Heads {
    Heads {
        table: TableId([2; 16]),
        heads,
        cursor: 1,
        more: false,
    }
}

#[test]
fn organisations_without_standing_cost_a_bounded_list_and_no_request() {
    let (mut exchange, peer) = machine();
    for number in 0..1_000_u32 {
        let organisation = OrgId::from_founding(Hash::of(&number.to_be_bytes()));
        let heads = heads(vec![head(number, organisation, 10).1]);
        let outputs = exchange.handle(Input::Heads { peer, heads }, u64::from(number));
        let asked = outputs
            .iter()
            .any(|output| matches!(output, Output::Request { .. }));
        assert!(!asked);
    }
    assert_eq!(exchange.unknown().len(), limits::UNKNOWN_MAX);
    assert!(exchange.logs().is_empty());
}

#[test]
fn requests_stay_within_the_windows_however_much_is_announced() {
    let (mut exchange, peer) = machine();
    let organisations: Vec<OrgId> = (0..100_u32)
        .map(|number| OrgId::from_founding(Hash::of(&number.to_be_bytes())))
        .collect();
    let following = Following {
        organisations: organisations.iter().copied().collect(),
        ..Following::default()
    };
    exchange.handle(Input::Follow(following), 1);
    let all = organisations.iter().enumerate();
    let heads = heads(
        all.map(|(n, org)| head(n as u32, *org, 1 << 20).1)
            .collect(),
    );
    let outputs = exchange.handle(Input::Heads { peer, heads }, 2);
    let asked = outputs
        .iter()
        .filter(|output| matches!(output, Output::Request { .. }));
    let asked = asked.count();
    assert!((2..=limits::IN_FLIGHT_PEER_MAX).contains(&asked), "{asked}");
    let late = exchange.next_wake().expect("requests have deadlines");
    assert!(late <= 2 + limits::REQUEST_TIMEOUT_MS);
    let outputs = exchange.handle(Input::Tick, 2 + limits::REQUEST_TIMEOUT_MS);
    let cancelled = outputs
        .iter()
        .filter(|output| matches!(output, Output::Cancel { .. }));
    assert_eq!(cancelled.count(), asked, "what takes too long is given up");
}

#[test]
fn an_unsigned_checkpoint_blames_its_bringer() {
    let (mut exchange, peer) = machine();
    let organisation = OrgId::from_founding(Hash::of(b"org"));
    let following = Following {
        organisations: [organisation].into(),
        ..Following::default()
    };
    exchange.handle(Input::Follow(following), 1);
    let (_, mut head) = head(1, organisation, 10);
    head.checkpoint = head.checkpoint.replace("\n10\n", "\n11\n");
    let heads = heads(vec![head]);
    let outputs = exchange.handle(Input::Heads { peer, heads }, 2);
    let blamed = outputs.iter().any(|output| {
        matches!(output, Output::Note(Event::Blamed { peer: found, .. }) if *found == peer)
    });
    assert!(blamed);
    assert_eq!(exchange.peers()[0].strikes, 1);
}
