//! Whom this organisation accredits, who accredits it, and whose word counts here.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use erikti_protocol::kind::ROLES;

use super::page::{Page, page};
use super::staff::{Pairs, Refused, Told, every, one, refused, see_other};
use crate::clock;
use crate::desk::belonging::{self, Given, Root};
use crate::desk::organisations;
use crate::front::blocking;
use crate::node::Node;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "staff/accreditations.html")]
struct Listed {
    p: Page,
    told: Told,
    given: Vec<Given>,
    received: Vec<Given>,
    roots: Vec<Root>,
    known: Vec<(String, String)>,
    today: String,
    refused: Option<Refused>,
    filled: Filled,
}

/// What stood in the form that was refused.
#[derive(Clone, Default)]
struct Filled {
    organisation: String,
    roles: Vec<String>,
    from: String,
    until: String,
}

impl Listed {
    fn roles(&self) -> Vec<(&'static str, &'static str, bool)> {
        let tag = self.p.language.tag();
        ROLES
            .iter()
            .map(|role| {
                let ticked = self.filled.roles.iter().any(|ticked| ticked == role.value);
                (role.value, role.label.of(tag), ticked)
            })
            .collect()
    }

    fn said_roles(&self, given: &Given) -> String {
        let tag = self.p.language.tag();
        let roles = given.roles.iter().map(|role| {
            let known = ROLES.iter().find(|known| known.value == *role);
            known.map_or(*role, |known| known.label.of(tag))
        });
        roles.collect::<Vec<_>>().join(", ")
    }

    fn is_root(&self, id: &str) -> bool {
        self.roots
            .iter()
            .any(|root| root.organisation.to_string() == id)
    }
}

fn look(
    node: &Node,
    p: Page,
    told: Told,
    refused: Option<Refused>,
    filled: Filled,
) -> Result<Listed, Problem> {
    let (given, received) = belonging::accreditations(node)?;
    let own = node.organisation();
    Ok(Listed {
        given,
        received,
        roots: belonging::roots(node),
        known: node
            .known_organisations()
            .iter()
            .filter(|organisation| **organisation != own)
            .map(|organisation| (organisation.to_string(), node.name_of(organisation)))
            .collect(),
        today: clock::now().date().to_string(),
        refused,
        filled,
        told,
        p,
    })
}

/// The lists.
pub(super) async fn list(
    State(node): State<Node>,
    p: Page,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        look(node, p, told, None, Filled::default())
    })
    .await
}

/// Gives an accreditation, or changes one.
pub(super) async fn give(
    State(node): State<Node>,
    p: Page,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let filled = Filled {
        organisation: one(&pairs, "organisation").to_owned(),
        roles: every(&pairs, "role"),
        from: one(&pairs, "from").to_owned(),
        until: one(&pairs, "until").to_owned(),
    };
    let wanted = filled.clone();
    let given = blocking(&node, move |node| {
        if wanted.roles.is_empty() {
            return Err(
                Problem::new(Code::Usage, "an accreditation names at least one role")
                    .field("role")
                    .hint("tick what the organisation may do"),
            );
        }
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let (from, until) = (some(wanted.from), some(wanted.until));
        let (organisation, roles) = (&wanted.organisation, &wanted.roles);
        organisations::accredit(
            node,
            &by,
            organisation,
            roles,
            from.as_deref(),
            until.as_deref(),
        )
    })
    .await;
    match given {
        Ok(_) => Ok(see_other("/admin/accreditations?done=accredited")),
        Err(problem) => {
            refused(&node, problem, move |node, refused| {
                look(node, p, Told::default(), Some(refused), filled)
            })
            .await
        }
    }
}

#[derive(Template)]
#[template(path = "staff/revoke.html")]
struct Asked {
    p: Page,
    id: String,
    name: String,
    entries: u64,
}

/// What follows from revoking.
pub(super) async fn ask(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    page(&node, move |node| {
        let organisation = organisations::find(node, &id)?;
        let logs = node.ingest().ledger().line(&organisation).to_vec();
        Ok(Asked {
            name: node.name_of(&organisation),
            entries: logs
                .iter()
                .map(|origin| node.ingest().visible(origin))
                .sum(),
            id: organisation.to_string(),
            p,
        })
    })
    .await
}

/// Takes an accreditation back.
pub(super) async fn revoke(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    let revoked = blocking(&node, move |node| {
        organisations::revoke(node, &by, &id, None)
    })
    .await;
    match revoked {
        // The button was pressed twice.
        Err(problem) if problem.code != Code::RecordConflict => Err(problem),
        _ => Ok(see_other("/admin/accreditations?done=revoked")),
    }
}

/// Lets an organisation's word count here.
pub(super) async fn trust(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    blocking(&node, move |node| organisations::trust(node, &by, &id)).await?;
    Ok(see_other("/admin/accreditations?done=trusted"))
}

/// Takes that back.
pub(super) async fn distrust(
    State(node): State<Node>,
    p: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = p.caller.actor();
    blocking(&node, move |node| belonging::distrust(node, &by, &id)).await?;
    Ok(see_other("/admin/accreditations?done=distrusted"))
}
