//! Webhooks: list, add, remove, the log of one, redelivery.

use erikti_protocol::kind;
use serde_json::{Value, json};

use super::{note, organisations};
use crate::clock;
use crate::deeds::Actor;
use crate::fetch::{self, Reach};
use crate::hooks::{KINDS_MAX, Target, fresh_names};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// What a new webhook is to be.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Where it is told.
    pub url: String,
    /// Kinds it is told of; empty for all.
    pub kinds: Vec<String>,
    /// The organisation it is told of, by id or name.
    pub organisation: Option<String>,
    /// Whether it may be on this machine.
    pub loopback: bool,
}

/// Every webhook.
pub fn list(node: &Node) -> Result<Value, Problem> {
    let mut hooks = Vec::new();
    for target in node.hooks().targets() {
        let (target, progress) = node.hooks().target(&target.id)?;
        let last = progress.log.back();
        let mut shown = shown(&target);
        shown["waiting"] = json!(progress.waiting.len());
        shown["last"] = json!(
            last.map(|last| json!({"at": last.at, "stage": last.stage, "status": last.status}))
        );
        hooks.push(shown);
    }
    Ok(json!({"hooks": hooks}))
}

/// A target without its secret.
fn shown(target: &Target) -> Value {
    json!({
        "id": target.id, "url": target.url, "kinds": target.kinds, "organisation": target.organisation,
        "loopback": target.loopback, "added": target.added,
    })
}

/// Adds a webhook; its secret is in this answer and in no other.
///
/// Errors   `hook.address` for an address that is never asked; `kind.unknown`, `organisation.unknown`
pub fn add(node: &Node, by: &Actor, wanted: &Wanted) -> Result<Value, Problem> {
    let reach = match wanted.loopback {
        true => Reach::Loopback,
        false => Reach::Internet,
    };
    fetch::check(&wanted.url, reach).map_err(|fault| {
        Problem::new(Code::HookAddress, fault.to_string())
            .field("url")
            .found(&*wanted.url)
            .allowed("https:// and a name that everybody can reach")
    })?;
    if wanted.kinds.len() > KINDS_MAX {
        return Err(Problem::new(Code::Usage, "too many kinds")
            .field("kinds")
            .allowed(format!("at most {KINDS_MAX}")));
    }
    for name in &wanted.kinds {
        if kind::by_name(name).is_none() {
            return Err(super::records::kind_of(name).err().unwrap_or_else(|| {
                Problem::new(Code::KindUnknown, format!("`{name}` is no kind of record"))
            }));
        }
    }
    let organisation = match &wanted.organisation {
        Some(text) => Some(organisations::find(node, text)?),
        None => None,
    };
    let (id, secret) = fresh_names();
    let target = node.hooks().add(Target {
        id,
        url: wanted.url.clone(),
        secret,
        kinds: wanted.kinds.clone(),
        organisation,
        loopback: wanted.loopback,
        from: node.ingest().feed().head(),
        added: clock::now(),
    })?;
    note(node, by, "hook.add", &target.id, None);
    let mut answer = shown(&target);
    answer["secret"] = json!(target.secret);
    Ok(answer)
}

/// One webhook and its last tries, newest first.
///
/// Errors   `hook.unknown`
pub fn show(node: &Node, id: &str) -> Result<Value, Problem> {
    let (target, progress) = node.hooks().target(id)?;
    let mut answer = shown(&target);
    let tries: Vec<_> = progress.log.iter().rev().collect();
    answer["tries"] = json!(tries);
    answer["waiting"] = json!(progress.waiting.len());
    answer["next"] = json!(progress.next());
    Ok(answer)
}

/// Removes a webhook.
///
/// Errors   `hook.unknown`
pub fn remove(node: &Node, by: &Actor, id: &str) -> Result<Value, Problem> {
    node.hooks().remove(id)?;
    note(node, by, "hook.remove", id, None);
    Ok(json!({"id": id, "removed": true}))
}

/// Sends a delivery that was tried before once more.
///
/// Errors   `hook.unknown`; `usage` for a delivery that is not in its log
pub fn redeliver(node: &Node, by: &Actor, id: &str, delivery: &str) -> Result<Value, Problem> {
    let known = node
        .hooks()
        .change(id, |progress| progress.again(delivery, clock::now()))?;
    if !known {
        return Err(
            Problem::new(Code::Usage, "this delivery is not in the webhook's log")
                .field("delivery")
                .found(delivery)
                .hint(format!("see what is: erikti hook log {id}")),
        );
    }
    note(node, by, "hook.redeliver", id, None);
    node.hooks().wake();
    Ok(json!({"id": id, "delivery": delivery, "waiting": true}))
}
