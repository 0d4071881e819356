//! Who at this node did what.

use serde_json::{Value, json};

use crate::node::Node;
use crate::problem::Problem;

/// The newest deeds, newest first: of one account, to one thing, or all.
///
/// Errors   `file.unreadable`
pub fn list(node: &Node, to: Option<&str>, by: Option<&str>) -> Result<Value, Problem> {
    let deeds = node
        .deeds()
        .list(|deed| to.is_none_or(|to| deed.to == to) && by.is_none_or(|by| deed.by.name == by))?;
    Ok(json!({"deeds": deeds}))
}
