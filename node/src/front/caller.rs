//! Who asks.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::access::Access;
use crate::accounts::{Role, Scope};
use crate::deeds::Actor;
use crate::desk::reader::Reader;
use crate::text::Language;

/// Who asks, as far as the front has found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The node's own user, at this machine.
    Operator,
    /// Somebody with an account: in a browser, or by a program with a token.
    Account(Account),
    /// Nobody that is known.
    Stranger,
}

/// The account that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// The name it signs in with.
    pub name: String,
    /// What people call it.
    pub shown: String,
    /// What it may do.
    pub role: Role,
    /// The language it chose.
    pub language: Option<Language>,
    /// What the program that asks may do, when it is one.
    pub scopes: Option<Vec<Scope>>,
}

impl Account {
    /// Whether the account may this itself, and the program that asks (if it is one) may this for it.
    fn may(&self, access: Access, changes: bool) -> bool {
        let role = match access {
            Access::Everybody => return true,
            Access::SignedIn => true,
            Access::Auditors => self.role != Role::Volunteer,
            Access::Coordinators => {
                matches!(self.role, Role::Administrator | Role::Coordinator)
            }
            Access::Administrators => self.role == Role::Administrator,
            Access::Operator => false,
        };
        let scope = match access {
            Access::Administrators => Scope::Manage,
            _ if changes => Scope::Publish,
            _ => Scope::Read,
        };
        role && self.has(scope)
    }

    fn has(&self, scope: Scope) -> bool {
        self.scopes
            .as_ref()
            .is_none_or(|scopes| scopes.contains(&scope) && self.role.scopes().contains(&scope))
    }
}

impl Caller {
    /// Who asks with this request.
    pub fn of(parts: &Parts) -> Self {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or(Self::Stranger)
    }

    /// Whose eyes answers are for.
    pub fn reader(&self) -> Reader {
        match self {
            Self::Operator => Reader::Staff,
            Self::Account(account) if account.may(Access::Auditors, false) => Reader::Staff,
            Self::Account(_) | Self::Stranger => Reader::Everybody,
        }
    }

    /// Who is to be noted as having done it.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Operator => Actor::operator(),
            Self::Account(account) => Actor {
                name: account.name.clone(),
            },
            Self::Stranger => Actor {
                name: "stranger".to_owned(),
            },
        }
    }

    /// Whether it may what this row of the table asks for; for pages that show a button only to those who may press it.
    pub fn may(&self, access: Access) -> bool {
        self.permits(access, false)
    }

    /// The same for a request; `changes` when it is more than a question.
    pub fn permits(&self, access: Access, changes: bool) -> bool {
        match self {
            Self::Operator => true,
            Self::Account(account) => account.may(access, changes),
            Self::Stranger => access == Access::Everybody,
        }
    }

    /// The account, when it is one.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Operator | Self::Stranger => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}
