//! One-time links: for the first administrator, for everybody who is invited, for whoever forgot a password.

use erikti_protocol::time::Timestamp;

use super::book::{ACCOUNTS_MAX, LINKS_MAX};
use super::{
    Accounts, Book, Code, Grant, Identity, Link, Person, Problem, Role, checked_name,
    checked_shown, passwords, secret,
};
use crate::clock;

/// How long the link for the first administrator is good: half an hour, since whoever sees it may use it.
pub const FIRST_LINK_SECONDS: i64 = 30 * 60;
/// Longest life of an invitation: two weeks.
pub const LINK_HOURS_MAX: u32 = 14 * 24;
/// Life of a link for a new password.
pub const RESET_LINK_HOURS: u32 = 24;

/// What whoever follows a link tells about themselves.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name to sign in with; what an invitation or a reset names wins.
    pub name: String,
    /// What people call them.
    pub shown: String,
    /// The password.
    pub password: String,
}

impl Accounts {
    /// Makes the link for the first administrator and forgets older ones; `None` when there is one.
    ///
    /// Errors   `file.unwritable`
    pub fn first_link(&self, now: Timestamp) -> Result<Option<String>, Problem> {
        self.change(|book| {
            book.links
                .retain(|_, link| link.grants != Grant::FirstAdministrator);
            if book.has_administrator() {
                return Ok(None);
            }
            let expires = now.plus_seconds(FIRST_LINK_SECONDS);
            issue(book, Grant::FirstAdministrator, expires, now).map(Some)
        })
    }

    /// Makes a link that makes an account.
    ///
    /// Errors   `account.exists`, `usage`, `busy`
    pub fn invite(
        &self,
        name: &str,
        shown: &str,
        role: Role,
        hours: u32,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let name = checked_name(name)?;
        let shown = checked_shown(if shown.trim().is_empty() {
            &name
        } else {
            shown
        })?;
        if hours == 0 || hours > LINK_HOURS_MAX {
            return Err(
                Problem::new(Code::Usage, "the link's life is out of bounds")
                    .field("valid_hours")
                    .found(hours.to_string())
                    .allowed(format!("1 to {LINK_HOURS_MAX} hours")),
            );
        }
        self.change(|book| {
            if book.named(&name).is_some() {
                return Err(exists(&name));
            }
            // A new invitation replaces an older one for the same name.
            book.links.retain(|_, link| {
                link.used.is_some()
                    || !matches!(&link.grants, Grant::Invitation { name: of, .. } if *of == name)
            });
            let expires = now.plus_seconds(i64::from(hours) * 3_600);
            issue(book, Grant::Invitation { name, shown, role }, expires, now)
        })
    }

    /// Makes a link that sets a new password; older ones for the account are forgotten.
    ///
    /// Errors   `account.unknown`, `busy`
    pub fn reset(&self, id: &str, now: Timestamp) -> Result<String, Problem> {
        self.change(|book| {
            book.person(id)?;
            let grants = Grant::Reset {
                account: id.to_owned(),
            };
            book.links.retain(|_, link| link.grants != grants);
            let expires = now.plus_seconds(i64::from(RESET_LINK_HOURS) * 3_600);
            issue(book, grants, expires, now)
        })
    }

    /// What a link is for.
    ///
    /// Errors   `link.unknown`, `link.gone`
    pub fn link(&self, link: &str, now: Timestamp) -> Result<Grant, Problem> {
        self.look(|book| open(book, link, now).cloned())
    }

    /// Uses a link: makes the account, or sets its password and ends its sessions.
    ///
    /// Errors   `link.unknown`, `link.gone`, `account.exists`, `password.weak`, `usage`, `busy`
    pub fn follow(
        &self,
        link: &str,
        person: &NewPerson,
        now: Timestamp,
    ) -> Result<Identity, Problem> {
        let grants = self.link(link, now)?;
        let (name, shown) = match &grants {
            Grant::FirstAdministrator => {
                let name = checked_name(&person.name)?;
                let shown = if person.shown.trim().is_empty() {
                    &name
                } else {
                    &person.shown
                };
                (name.clone(), checked_shown(shown)?)
            }
            Grant::Invitation { name, shown, .. } => (name.clone(), shown.clone()),
            Grant::Reset { account } => {
                let identity = self.identity(account)?;
                (identity.name, identity.shown)
            }
        };
        passwords::check(&person.password, &name)?;
        let password = self.hashing.keep(&person.password)?;
        self.change(|book| {
            // Meanwhile somebody else may have used it.
            open(book, link, now)?;
            let id = match &grants {
                Grant::Reset { account } => {
                    book.person_mut(account)?.password = password;
                    book.end_sessions(account, None);
                    book.devices.retain(|_, device| device.account != *account);
                    account.clone()
                }
                Grant::FirstAdministrator => {
                    add(book, name, shown, Role::Administrator, password, now)?
                }
                Grant::Invitation { role, .. } => add(book, name, shown, *role, password, now)?,
            };
            if let Some(used) = book.links.get_mut(&secret::digest(link)) {
                used.used = Some(now);
            }
            Ok(Identity::of(&id, book.person(&id)?))
        })
    }
}

fn add(
    book: &mut Book,
    name: String,
    shown: String,
    role: Role,
    password: String,
    now: Timestamp,
) -> Result<String, Problem> {
    if book.named(&name).is_some() {
        return Err(exists(&name));
    }
    if book.accounts.len() >= ACCOUNTS_MAX {
        return Err(
            Problem::new(Code::Busy, format!("there are {ACCOUNTS_MAX} accounts"))
                .hint("remove one that is not used"),
        );
    }
    let id: String = clock::random::<8>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let person = Person {
        name,
        shown,
        role,
        language: None,
        password,
        created: now,
    };
    book.accounts.insert(id.clone(), person);
    Ok(id)
}

/// Keeps a link; used and expired ones make room.
fn issue(
    book: &mut Book,
    grants: Grant,
    expires: Timestamp,
    now: Timestamp,
) -> Result<String, Problem> {
    if book.links.len() >= LINKS_MAX {
        book.links
            .retain(|_, link| link.used.is_none() && link.expires > now);
    }
    if book.links.len() >= LINKS_MAX {
        return Err(
            Problem::new(Code::Busy, format!("{LINKS_MAX} links wait to be used"))
                .hint("wait until some expire"),
        );
    }
    let link = secret::fresh();
    book.links.insert(
        secret::digest(&link),
        Link {
            grants,
            expires,
            used: None,
        },
    );
    Ok(link)
}

/// What an open link is for.
fn open<'a>(book: &'a Book, link: &str, now: Timestamp) -> Result<&'a Grant, Problem> {
    let gone = |why: &str| {
        Problem::new(Code::LinkGone, why).hint("ask whoever sent it to you for a new one")
    };
    let link = book.links.get(&secret::digest(link)).ok_or_else(|| {
        Problem::new(Code::LinkUnknown, "this link is not known here")
            .hint("was it copied whole? Else ask whoever sent it to you for a new one")
    })?;
    if link.used.is_some() {
        return Err(gone("this link was already used"));
    }
    if link.expires <= now {
        return Err(gone("this link has expired"));
    }
    if link.grants == Grant::FirstAdministrator && book.has_administrator() {
        return Err(gone("there is an administrator already"));
    }
    if let Grant::Invitation { name, .. } = &link.grants
        && book.named(name).is_some()
    {
        return Err(gone("there is an account of this name already"));
    }
    if let Grant::Reset { account } = &link.grants
        && !book.accounts.contains_key(account)
    {
        return Err(gone("the account was removed"));
    }
    Ok(&link.grants)
}

fn exists(name: &str) -> Problem {
    Problem::new(
        Code::AccountExists,
        "there is an account of this name already",
    )
    .field("name")
    .found(name)
    .hint("choose another name")
}
