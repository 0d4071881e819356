//! Nodes in one process, over TCP.
//!
//! ```text
//! first ── second ── third        the first is a root and accredits the others
//! ```

use erikti_node::problem::Code;
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
