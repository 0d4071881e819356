//! What a node may ask of its door to other nodes, while that stands open.
//!
//! The door itself stands above the node (it is made of one), so the node knows it only by this trait.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;

use erikti_protocol::id::OrgId;
use erikti_protocol::invitation::Link;
use serde::Serialize;

use crate::problem::Problem;

/// The open door to other nodes.
pub trait Door: Debug + Send + Sync {
    /// Tells the door that who stands may have changed.
    fn standing_changed(&self);

    /// Where the node listens.
    fn listening(&self) -> Vec<String>;

    /// How the exchange with each partner goes.
    fn partners(&self) -> Vec<PartnerStatus>;

    /// What the network counted, as OpenMetrics text.
    fn figures(&self) -> String;

    /// Shows an invitation to the node that made it.
    ///
    /// Errors   `peer.unreachable`, and what the other node refuses
    fn introduce<'a>(&'a self, link: &'a Link) -> Introduction<'a>;
}

/// An introduction on its way.
pub type Introduction<'a> = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send + 'a>>;

/// Who asks, as far as this node has verified it.
#[derive(Clone, Copy, Debug)]
pub struct Requester {
    /// The organisation whose open log names the transport's key.
    pub organisation: Option<OrgId>,
    /// Whether it stands here.
    pub stands: bool,
    /// Whether the operator cut it off.
    pub blocked: bool,
}

/// How the exchange with one partner goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartnerStatus {
    /// The organisation.
    pub organisation: String,
    /// What it calls itself.
    pub name: String,
    /// `connected`, `not connected` or `invitation pending`.
    pub state: &'static str,
    /// Whether there is a connection now.
    pub connected: bool,
    /// Entries that its heads announce and that are not here yet.
    pub lag: u64,
    /// When it was last heard of, in UTC.
    pub last_contact: Option<String>,
    /// Whether it has been silent for longer than it should.
    pub stale: bool,
    /// What it refused or was refused, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// The last thing that went wrong.
    pub last_fault: Option<String>,
}
