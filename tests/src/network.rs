//! Real nodes in one process: each with a folder, keys and a door of its own, over TCP on ports that the system
//! chooses. Nothing is replaced by a stand-in.
//!
//! ```no_run
//! # async fn shown() {
//! use erikti_tests::network::{self, Network};
//!
//! // first ── second ── third: the first is a root of the others, and what it publishes travels two hops
//! let network = Network::line(3).await;
//! network[0].publish("Plant trees", 10);
//! let roots = network::converge(&network, 3).await;
//! assert_eq!(roots.len(), 3);
//! network.close().await;
//! # }
//! ```

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use erikti_node::config::{self, Settings};
use erikti_node::deeds::Actor;
use erikti_node::desk::{organisations, peers, records};
use erikti_node::door::Door;
use erikti_node::exchange;
use erikti_node::keys::Keys;
use erikti_node::node::Node;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::kind;
use erikti_protocol::log::tree::Compact;
use serde_json::json;
use tempfile::TempDir;

/// How long nodes may take to converge on a slow, shared machine.
const CONVERGE_MAX: Duration = Duration::from_secs(60);

/// One organisation's node in this process.
#[derive(Debug)]
pub struct Member {
    /// The node.
    pub node: Node,
    door: Option<Arc<exchange::Door>>,
    _folder: TempDir,
}

impl Deref for Member {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Member {
    /// Founds an organisation that trusts these roots, and opens its door.
    ///
    /// Panics   when that fails
    pub async fn found(name: &str, roots: &[&Member]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut settings = Settings {
            network: "test".to_owned(),
            name: name.to_owned(),
            country: "KZ".to_owned(),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            ..Settings::default()
        };
        // All nodes of all tests are one process, and a node refuses connections when its process grows too large.
        settings.limits.memory_mib = 1_048_576;
        settings.trust.roots = roots.iter().map(|root| root.node.organisation()).collect();
        let node = found(&folder.path().join("node"), &settings);
        let door = Arc::new(exchange::start(&node).await.expect("the node listens"));
        node.opened(Arc::clone(&door) as Arc<dyn Door>);
        Self {
            node,
            door: Some(door),
            _folder: folder,
        }
    }

    /// Publishes opportunities of this title, and seals: whoever converges afterwards has them.
    ///
    /// Panics   when they are refused
    pub fn publish(&self, title: &str, count: usize) {
        let drafts = (0..count).map(|number| {
            let subject = json!({"title": {"en": format!("{title} {number}")}, "status": "open"});
            let subject = subject.as_object().cloned().expect("an object");
            records::new_draft(&self.node, &kind::opportunity::KIND, subject).expect("a draft")
        });
        let drafts = drafts.collect();
        self.node.ingest().publish(drafts).expect("published");
        self.node.ingest().seal().expect("sealed");
    }

    /// Becomes a partner of the node that invites.
    ///
    /// Panics   when the invitation is refused
    pub async fn accept(&self, inviting: &Member) {
        let invitation =
            peers::invite(&inviting.node, &Actor::operator(), "host", 1).expect("an invitation");
        let link = invitation["link"].as_str().expect("a link");
        let link = peers::read_invitation(&self.node, link).expect("a good invitation");
        peers::join(&self.node, &Actor::operator(), link)
            .await
            .expect("accepted");
    }

    /// Origin, size and root of every log, recomputed from what is held, in order.
    ///
    /// Panics   when the store fails
    pub fn roots(&self) -> Vec<(Origin, u64, Hash)> {
        let ingest = self.node.ingest();
        let logs = ingest.store().logs();
        let seen = logs.into_iter().map(|origin| {
            let size = ingest.visible(&origin);
            let tree = Compact::at(size, |level, index| {
                ingest.store().hash_at(&origin, level, index)
            });
            (origin, size, tree.expect("the tree can be read").root())
        });
        seen.collect()
    }

    /// Closes the door, then the node.
    pub async fn close(mut self) {
        if let Some(door) = self.door.take() {
            door.close().await;
        }
        self.node.close();
    }
}

fn found(folder: &Path, settings: &Settings) -> Node {
    let keys = Keys::generate();
    keys.write(&folder.join("keys")).expect("keys");
    config::write_first_file(folder, settings).expect("settings");
    let next = erikti_node::clock::secret_key().public();
    Node::found(folder, &next).expect("a node")
}

/// Several nodes.
#[derive(Debug)]
pub struct Network(Vec<Member>);

impl Network {
    /// Nodes in a line: each a partner of the next, the first a root of all, accrediting all.
    ///
    /// Panics   when they do not come together
    pub async fn line(count: usize) -> Self {
        let mut members = vec![Member::found("member 0", &[]).await];
        for number in 1..count {
            let member = Member::found(&format!("member {number}"), &[&members[0]]).await;
            member.accept(&members[number - 1]).await;
            members.push(member);
        }
        let (first, others) = members.split_first().expect("at least one");
        for other in others {
            let id = other.node.organisation().to_string();
            let roles = ["host".to_owned(), "issuer".to_owned()];
            organisations::accredit(&first.node, &Actor::operator(), &id, &roles, None, None)
                .expect("accredited");
        }
        Self(members)
    }

    /// Closes every node.
    pub async fn close(self) {
        for member in self.0 {
            member.close().await;
        }
    }
}

impl Deref for Network {
    type Target = [Member];

    fn deref(&self) -> &[Member] {
        &self.0
    }
}

/// Waits until all members hold the same `logs` logs with equal roots, and returns them.
///
/// Panics   when they do not within a minute; what each holds is in the message
pub async fn converge(members: &[Member], logs: usize) -> Vec<(Origin, u64, Hash)> {
    let alike = async {
        loop {
            let held: Vec<_> = members.iter().map(Member::roots).collect();
            if held[0].len() == logs && held.windows(2).all(|pair| pair[0] == pair[1]) {
                return held[0].clone();
            }
            // The nodes run on this runtime: let them.
            tokio::task::yield_now().await;
        }
    };
    match tokio::time::timeout(CONVERGE_MAX, alike).await {
        Ok(roots) => roots,
        Err(_) => panic!(
            "no convergence: {:#?}",
            members.iter().map(Member::roots).collect::<Vec<_>>()
        ),
    }
}
