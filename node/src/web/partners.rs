//! Partners and invitations.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use erikti_protocol::id::OrgId;
use erikti_protocol::kind::ROLES;
use erikti_protocol::time::Timestamp;
use serde_json::Value;

use super::drawn::Drawn;
use super::page::{Page, filled, page};
use super::slips::{keep, kept, token};
use super::staff::{Pairs, Refused, Told, one, refused, see_other};
use crate::clock;
use crate::desk::{belonging, organisations, peers};
use crate::door::PartnerStatus;
use crate::front::blocking;
use crate::members::Partner;
use crate::node::Node;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "staff/partners.html")]
struct Listed {
    p: Page,
    told: Told,
    token: String,
    partners: Vec<Shown>,
    blocked: Vec<(String, String, String)>,
    open: usize,
    runs: bool,
    refused: Option<Refused>,
    link: String,
}

impl Listed {
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        roles(&self.p)
    }
}

fn roles(p: &Page) -> Vec<(&'static str, &'static str)> {
    let tag = p.language.tag();
    ROLES
        .iter()
        .map(|role| (role.value, role.label.of(tag)))
        .collect()
}

/// How it goes with a partner, in words.
struct Shown {
    organisation: String,
    name: String,
    role: String,
    since: Timestamp,
    addresses: Vec<String>,
    status: Option<PartnerStatus>,
    blocked: bool,
    reason: String,
    pending: bool,
}

impl Shown {
    fn of(node: &Node, p: &Page, organisation: &OrgId, partner: &Partner) -> Self {
        let id = organisation.to_string();
        let (blocked, reason) = node.members().look(|decided| {
            let reason = decided.block_reasons.get(organisation).cloned();
            (
                decided.blocked.contains(organisation),
                reason.unwrap_or_default(),
            )
        });
        let role = ROLES.iter().find(|role| role.value == partner.role);
        Self {
            status: node
                .sync_status()
                .into_iter()
                .find(|status| status.organisation == id),
            role: role.map_or_else(
                || partner.role.clone(),
                |role| role.label.of(p.language.tag()).to_owned(),
            ),
            organisation: id,
            name: node.name_of(organisation),
            since: partner.since,
            addresses: partner.addresses.clone(),
            blocked,
            reason,
            pending: partner.pending.is_some(),
        }
    }

    /// The tone, and the text that says how it goes; the text with `-do` behind it says what to do.
    fn state(&self) -> (&'static str, &'static str) {
        match &self.status {
            _ if self.blocked => ("bad", "partner-blocked"),
            _ if self.pending => ("warn", "partner-pending"),
            None => ("quiet", "partner-unknown"),
            Some(status) if status.stale => ("bad", "partner-silent"),
            Some(status) if status.connected && status.lag > 0 => ("warn", "partner-behind"),
            Some(status) if status.connected => ("good", "partner-current"),
            Some(_) => ("warn", "partner-apart"),
        }
    }

    fn lag(&self) -> u64 {
        self.status.as_ref().map_or(0, |status| status.lag)
    }

    fn last_contact(&self) -> &str {
        self.status
            .as_ref()
            .and_then(|status| status.last_contact.as_deref())
            .unwrap_or_default()
    }

    fn refusals(&self, p: &Page) -> Vec<String> {
        let refusals = self.status.iter().flat_map(|status| &status.refusals);
        refusals
            .map(|(reason, n)| {
                let key = format!("peer-refusal-{reason}");
                let said = match p.language.has(&key) {
                    true => p.say(&key),
                    false => reason.clone(),
                };
                format!("{said} ({})", p.number(*n))
            })
            .collect()
    }

    fn fault(&self) -> &str {
        self.status
            .as_ref()
            .and_then(|status| status.last_fault.as_deref())
            .unwrap_or_default()
    }
}

fn look_at_all(
    node: &Node,
    p: Page,
    told: Told,
    refused: Option<Refused>,
    link: String,
) -> Result<Listed, Problem> {
    let decided = node.members().decided();
    let now = clock::now();
    let partners = decided
        .partners
        .iter()
        .map(|(organisation, partner)| Shown::of(node, &p, organisation, partner))
        .collect();
    let strangers = decided
        .blocked
        .iter()
        .filter(|organisation| !decided.partners.contains_key(*organisation));
    Ok(Listed {
        partners,
        blocked: strangers
            .map(|organisation| {
                let reason = decided.block_reasons.get(organisation).cloned();
                (
                    organisation.to_string(),
                    node.name_of(organisation),
                    reason.unwrap_or_default(),
                )
            })
            .collect(),
        open: decided
            .invitations
            .values()
            .filter(|issued| issued.used_by.is_none() && issued.expires > now)
            .count(),
        runs: node.runs(),
        token: token(),
        told,
        refused,
        link,
        p,
    })
}

/// The list.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        look_at_all(node, p, told, None, String::new())
    })
    .await
}

async fn listed(node: &Node, p: Page, problem: Problem, link: String) -> Result<Response, Problem> {
    refused(node, problem, move |node, refused| {
        look_at_all(node, p, Told::default(), Some(refused), link)
    })
    .await
}

/// Makes an invitation.
pub(super) async fn invite(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let token = one(&pairs, "once").to_owned();
    let to = format!("/admin/partners/invitation/{token}");
    if kept(&node, &token).is_some() {
        return Ok(see_other(&to));
    }
    let role = one(&pairs, "role").to_owned();
    let hours = one(&pairs, "hours").to_owned();
    let made = blocking(&node, move |node| {
        let hours = hours.parse().map_err(|_| {
            Problem::new(Code::Usage, "hours are a whole number")
                .field("hours")
                .found(&*hours)
        })?;
        let answer = peers::invite(node, &by, &role, hours)?;
        keep(node, &token, answer);
        Ok(())
    })
    .await;
    match made {
        Ok(()) => Ok(see_other(&to)),
        Err(problem) => listed(&node, p, problem, String::new()).await,
    }
}

#[derive(Template)]
#[template(path = "staff/invitation.html")]
struct Made {
    p: Page,
    told: Told,
    link: String,
    words: Vec<String>,
    expires: String,
    role: String,
    /// Who it was accepted from; nothing for one of our own.
    from: String,
    state: String,
    code: Option<Drawn>,
}

/// An invitation that was just made or accepted: link, code, six words.
pub(super) async fn invitation(
    State(node): State<Node>,
    p: Page,
    Path(token): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let Some(answer) = kept(&node, &token) else {
        return Err(Problem::new(
            Code::InvitationUnknown,
            "an invitation's link is shown only once, and this one is gone",
        )
        .hint("make another one"));
    };
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let words = answer["words"].as_array().into_iter().flatten();
    let role = ROLES.iter().find(|role| role.value == answer["role"]);
    filled(&Made {
        role: role.map_or_else(String::new, |role| {
            role.label.of(p.language.tag()).to_owned()
        }),
        link: text("link"),
        words: words.filter_map(Value::as_str).map(str::to_owned).collect(),
        expires: text("expires"),
        from: text("name"),
        state: text("state"),
        code: peers::qr_path(&text("link")).map(|(size, path)| Drawn { size, path }),
        told,
        p,
    })
}

#[derive(Template)]
#[template(path = "staff/invited.html")]
struct Invited {
    p: Page,
    link: String,
    token: String,
    name: String,
    organisation: String,
    role: String,
    expires: Timestamp,
    words: [String; 6],
    known: bool,
    blocked: bool,
}

/// Who invites, before anything is accepted.
pub(super) async fn look(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let text = one(&pairs, "link").to_owned();
    let read = {
        let text = text.clone();
        blocking(&node, move |node| peers::read_invitation(node, &text)).await
    };
    let link = match read {
        Ok(link) => link,
        Err(problem) => return listed(&node, p, problem, text).await,
    };
    let invitation = link.invitation();
    let (known, blocked) = node.members().look(|decided| {
        (
            decided.partners.contains_key(&invitation.organisation),
            decided.blocked.contains(&invitation.organisation),
        )
    });
    filled(&Invited {
        name: invitation.name.clone(),
        organisation: invitation.organisation.to_string(),
        role: invitation.role.label().of(p.language.tag()).to_owned(),
        expires: invitation.expires,
        words: link.words(),
        link: text,
        token: token(),
        known,
        blocked,
        p,
    })
}

/// Accepts an invitation.
pub(super) async fn accept(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let token = one(&pairs, "once").to_owned();
    let to = format!("/admin/partners/invitation/{token}?done=accepted");
    if kept(&node, &token).is_some() {
        return Ok(see_other(&to));
    }
    let text = one(&pairs, "link").to_owned();
    let read = {
        let text = text.clone();
        blocking(&node, move |node| peers::read_invitation(node, &text)).await
    };
    let joined = match read {
        Ok(link) => peers::join(&node, &p.caller.actor(), link).await,
        Err(problem) => Err(problem),
    };
    match joined {
        Ok(answer) => {
            keep(&node, &token, answer);
            Ok(see_other(&to))
        }
        Err(problem) => listed(&node, p, problem, text).await,
    }
}

#[derive(Template)]
#[template(path = "staff/partner.html")]
struct One {
    p: Page,
    told: Told,
    shown: Shown,
}

/// One partner.
pub(super) async fn show(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let organisation = organisations::find(node, &id)?;
        let partner = node
            .members()
            .look(|decided| decided.partners.get(&organisation).cloned())
            .ok_or_else(|| {
                Problem::new(Code::PeerUnknown, "this organisation is no partner")
                    .hint("see who is: the list of partners")
            })?;
        let shown = Shown::of(node, &p, &organisation, &partner);
        Ok(One { p, told, shown })
    })
    .await
}

/// Cuts an organisation off.
pub(super) async fn block(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let reason = one(&pairs, "reason").to_owned();
    blocking(&node, move |node| belonging::block(node, &by, &id, &reason)).await?;
    Ok(see_other("/admin/partners?done=blocked"))
}

/// Lifts a block.
pub(super) async fn unblock(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    blocking(&node, move |node| belonging::unblock(node, &by, &id)).await?;
    Ok(see_other("/admin/partners?done=unblocked"))
}

/// Ends a partnership.
pub(super) async fn remove(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let removed = blocking(&node, move |node| peers::remove(node, &by, &id)).await;
    match removed {
        // The button was pressed twice.
        Err(problem) if problem.code != Code::PeerUnknown => Err(problem),
        _ => Ok(see_other("/admin/partners?done=removed")),
    }
}
