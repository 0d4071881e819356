//! Accounts: who has one, who is invited, who is signed in; and what an administrator or the operator does about it.

use serde_json::{Value, json};

use super::note;
use crate::accounts::{Grant, Role, handle};
use crate::clock;
use crate::deeds::Actor;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// Everybody who has an account or an invitation.
///
/// Errors   none yet
pub fn list(node: &Node) -> Result<Value, Problem> {
    let now = clock::now();
    Ok(node.accounts().look(|book| {
        let accounts: Vec<_> = book
            .accounts
            .iter()
            .map(|(id, person)| {
                let of_account = |account: &str| account == id;
                let sessions = book
                    .sessions
                    .values()
                    .filter(|session| of_account(&session.account));
                let seen = sessions.clone().map(|session| session.seen).max();
                let tokens = book.tokens.values();
                json!({
                    "id": id, "name": person.name, "shown": person.shown, "role": person.role,
                    "created": person.created.to_string(), "sessions": sessions.count(),
                    "tokens": tokens.filter(|token| of_account(&token.account)).count(),
                    "seen": seen.map(|seen| seen.to_string()),
                })
            })
            .collect();
        let open = book
            .links
            .values()
            .filter(|link| link.used.is_none() && link.expires > now);
        let invited: Vec<_> = open
            .filter_map(|link| match &link.grants {
                Grant::Invitation { name, shown, role } => Some(json!({
                    "name": name, "shown": shown, "role": role, "expires": link.expires.to_string(),
                })),
                Grant::FirstAdministrator | Grant::Reset { .. } => None,
            })
            .collect();
        json!({"accounts": accounts, "invited": invited})
    }))
}

/// Invites somebody: the answer holds a link that is good once.
///
/// Errors   `usage`, `account.exists`, `busy`
pub fn invite(
    node: &Node,
    by: &Actor,
    name: &str,
    shown: &str,
    role: &str,
    hours: u32,
) -> Result<Value, Problem> {
    let role = parse_role(role)?;
    let link = node
        .accounts()
        .invite(name, shown, role, hours, clock::now())?;
    note(node, by, "account.invite", name, None);
    let expires = clock::now().plus_seconds(i64::from(hours) * 3_600);
    Ok(json!({
        "name": name, "role": role, "link": link_address(node, &link), "expires": expires.to_string(),
    }))
}

/// Gives an account another role.
///
/// Errors   `account.unknown`, `usage`, `not_allowed`
pub fn set_role(node: &Node, by: &Actor, account: &str, role: &str) -> Result<Value, Problem> {
    let role = parse_role(role)?;
    let id = id_of(node, account)?;
    node.accounts().set_role(&id, role)?;
    note(node, by, "account.role", account, None);
    Ok(json!({"id": id, "name": node.accounts().identity(&id)?.name, "role": role}))
}

/// Makes a link with which somebody sets a new password.
///
/// Errors   `account.unknown`, `busy`
pub fn reset(node: &Node, by: &Actor, account: &str) -> Result<Value, Problem> {
    let id = id_of(node, account)?;
    let now = clock::now();
    let link = node.accounts().reset(&id, now)?;
    note(node, by, "account.reset", account, None);
    let expires = now.plus_seconds(i64::from(crate::accounts::RESET_LINK_HOURS) * 3_600);
    Ok(json!({
        "id": id, "name": node.accounts().identity(&id)?.name,
        "link": link_address(node, &link), "expires": expires.to_string(),
    }))
}

/// Removes an account with its sessions and tokens.
///
/// Errors   `account.unknown`, `not_allowed`
pub fn remove(node: &Node, by: &Actor, account: &str) -> Result<Value, Problem> {
    let id = id_of(node, account)?;
    let gone = node.accounts().remove(&id)?;
    note(node, by, "account.remove", &gone.name, None);
    Ok(json!({"id": id, "name": gone.name, "removed": true}))
}

/// The open sessions of an account.
///
/// Errors   `account.unknown`
pub fn sessions(node: &Node, account: &str) -> Result<Value, Problem> {
    let id = id_of(node, account)?;
    let sessions: Vec<_> = node
        .accounts()
        .sessions(&id, clock::now())
        .iter()
        .map(|(digest, session)| {
            json!({
                "id": handle(digest), "since": session.since.to_string(),
                "seen": session.seen.to_string(), "browser": session.browser,
            })
        })
        .collect();
    Ok(json!({"id": id, "sessions": sessions}))
}

/// Ends every session of an account.
///
/// Errors   `account.unknown`
pub fn end_sessions(node: &Node, by: &Actor, account: &str) -> Result<Value, Problem> {
    let id = id_of(node, account)?;
    let ended = node.accounts().end_sessions(&id, None)?;
    note(node, by, "account.sessions_end", account, None);
    Ok(json!({"id": id, "ended": ended}))
}

/// The address of a one-time link.
pub fn link_address(node: &Node, link: &str) -> String {
    format!("{}/link/{link}", node.pages())
}

/// The id of an account, named by its id or by the name it signs in with.
fn id_of(node: &Node, account: &str) -> Result<String, Problem> {
    node.accounts().look(|book| {
        if book.accounts.contains_key(account) {
            return Ok(account.to_owned());
        }
        book.named(account)
            .map(|(id, _)| id.clone())
            .ok_or_else(|| {
                Problem::new(Code::AccountUnknown, "there is no such account")
                    .found(account)
                    .hint("list them: erikti user list")
            })
    })
}

fn parse_role(role: &str) -> Result<Role, Problem> {
    Role::parse(role).ok_or_else(|| {
        let names: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        Problem::new(Code::Usage, "there is no such role")
            .field("role")
            .found(role)
            .allowed(names.join(", "))
    })
}
