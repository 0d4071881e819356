//! Nodes in one process, over TCP.
//!
//! ```text
//! first ── second ── third        the first is a root and accredits the others
//! ```

use erikti_node::desk::countries::country;
use erikti_node::desk::reader::Reader;
use erikti_node::desk::{organisations, records};
use erikti_node::problem::Code;
use erikti_node::store::index::Term;
use erikti_protocol::kind;
use erikti_protocol::record::Readers;
use erikti_tests::network::{self, Member, Network};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_first_publishes_reaches_the_third_with_equal_roots() {
    let network = Network::line(3).await;
    network[0].publish("Plant trees", 300);
    network[2].publish("Teach reading", 20);
    let roots = network::converge(&network, 3).await;
    let of = |number: usize| {
        let origin = network[number].origin();
        roots
            .iter()
            .find(|(log, ..)| log == origin)
            .map(|log| log.1)
    };
    // A founding record, a card, two accreditations and what was published.
    assert_eq!(of(0), Some(304));
    assert_eq!(of(2), Some(22));
    // The second sees the third accredited by the root, not by itself.
    let chain = network[1]
        .standings()
        .chain(&network[2].organisation(), None);
    assert_eq!(chain.map(|chain| chain.len()), Some(1));
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_nobody_vouches_for_gets_no_log_of_its_own_followed() {
    let first = Member::found("first", &[]).await;
    let second = Member::found("second", &[]).await;
    let refused = erikti_node::desk::peers::read_invitation(&second, "erikti:nonsense");
    assert_eq!(
        refused.map_err(|problem| problem.code).err(),
        Some(Code::InvitationInvalid)
    );
    second.publish("Unheard", 5);
    let third = Member::found("third", &[&first]).await;
    third.accept(&first).await;
    let pair = [first, third];
    let roots = network::converge(&pair, 2).await;
    assert!(roots.iter().all(|(origin, ..)| origin != second.origin()));
    for member in pair.into_iter().chain([second]) {
        member.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_country_that_was_read_once_is_read_again_when_the_card_says_another() {
    let member = Member::found("Mover", &[]).await;
    let own = member.organisation();
    member.ingest().seal().expect("sealed");
    let country = |reader| country(&member, reader, &own).expect("a country");
    let card = organisations::card(&member, Reader::Everybody, &own).expect("a card");
    let mut subject = card.as_object().expect("a card").clone();
    let page = Reader::Everybody
        .query()
        .with(Term::kind("organisation"))
        .with(Term::log(member.origin()));
    let page = member.ingest().index().list(&page, None, 1).expect("found");
    let at = &page.places[0];
    let record = member.ingest().record(&at.origin, at.index);
    let record = record.expect("read").expect("there");
    let mut move_to = |place: &str, version: u64, readers: Readers| {
        subject.insert("country".to_owned(), place.into());
        let mut draft = records::new_draft(&member, &kind::organisation::KIND, subject.clone())
            .expect("a draft");
        (draft.id, draft.version, draft.readers) = (record.id(), version, readers);
        member.ingest().publish(vec![draft]).expect("published");
        member.ingest().seal().expect("sealed");
    };
    let first = record.version();
    for _ in 0..2 {
        assert_eq!(country(Reader::Everybody).as_deref(), Some("KZ"));
    }
    move_to("UZ", first + 1, Readers::Public);
    assert_eq!(country(Reader::Everybody).as_deref(), Some("UZ"));
    // What only some may read is kept for them alone.
    move_to("KG", first + 2, Readers::Network);
    for _ in 0..2 {
        assert_eq!(country(Reader::Staff).as_deref(), Some("KG"));
        assert_ne!(country(Reader::Everybody).as_deref(), Some("KG"));
    }
    member.close().await;
}
