//! The people of this organisation who may sign in here, and the programs that act for them.
//!
//! Whoever signs in gets a session of twelve hours, named by a secret that only the browser keeps; a program gets a
//! token from its owner. Accounts begin with a one-time link, which an administrator or the operator passes on: nobody
//! ever learns another person's password. Functions take the time, so that tests need not wait for it.

mod book;
mod guesses;
mod links;
mod passwords;
mod secret;
mod signin;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::problem::{Code, Problem};
use crate::text::Language;

pub use book::{
    ACCOUNTS_MAX, Book, DEVICES_MAX, Device, Grant, LINKS_MAX, Link, Person, SESSIONS_MAX, Session,
    TOKENS_MAX, Token, folded,
};
pub use guesses::{
    ACCOUNT_FAILURES_MAX, ADDRESS_FAILURES_MAX, COUNTS_MAX, DEVICE_FAILURES_MAX, Guesser, Guesses,
    WINDOW_SECONDS, neighbourhood,
};
pub use links::{FIRST_LINK_SECONDS, LINK_HOURS_MAX, NewPerson, RESET_LINK_HOURS};
pub use passwords::{
    HASHES_AT_ONCE_MAX, HASHES_WAITING_MAX, Hashing, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN,
};
pub use secret::{digest, handle};
pub use signin::{Browser, SESSION_SECONDS, SignedIn};
pub use tokens::{TOKEN_DAYS_MAX, TOKEN_PREFIX};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "accounts.json";
/// Longest name to sign in with, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// Longest name that people are called by, and longest label of a token, in characters.
pub const SHOWN_CHARS_MAX: usize = 100;

/// What a person may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks after the node: everything, accounts and settings included.
    Administrator,
    /// Works with records.
    Coordinator,
    /// Reads everything and writes nothing.
    Auditor,
    /// Has an account, and reads what everybody reads.
    Volunteer,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 4] = [
        Self::Administrator,
        Self::Coordinator,
        Self::Auditor,
        Self::Volunteer,
    ];

    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::Auditor => "auditor",
            Self::Volunteer => "volunteer",
        }
    }

    /// The role of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What a program may do for a person of this role.
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Administrator => &[Scope::Read, Scope::Publish, Scope::Manage],
            Self::Coordinator => &[Scope::Read, Scope::Publish],
            Self::Auditor => &[Scope::Read],
            Self::Volunteer => &[],
        }
    }
}

/// What a program may do for the person who gave it a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read what the person may read.
    Read,
    /// Make, change and erase records.
    Publish,
    /// What administrators do.
    Manage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Publish, Self::Manage];

    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Publish => "publish",
            Self::Manage => "manage",
        }
    }

    /// The scope of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Who an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
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
}

impl Identity {
    fn of(id: &str, person: &Person) -> Self {
        Self {
            id: id.to_owned(),
            name: person.name.clone(),
            shown: person.shown.clone(),
            role: person.role,
            language: person.language.as_deref().and_then(Language::parse),
        }
    }
}

/// The file, and what stands in it.
#[derive(Debug)]
pub struct Accounts {
    path: PathBuf,
    book: Mutex<Book>,
    guesses: Mutex<Guesses>,
    hashing: Hashing,
}

impl Accounts {
    /// Reads the file of a data folder; without one there are no accounts.
    ///
    /// Errors   `config.invalid` when it cannot be read: guessing could let in who was removed
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(FILE_NAME);
        let invalid = |cause: &dyn std::fmt::Display| {
            Problem::new(
                Code::ConfigInvalid,
                format!("cannot read `{}`: {cause}", path.display()),
            )
            .hint("restore it from your backup; without it all accounts have to be made again")
        };
        let book = match fs::read(&path) {
            Ok(bytes) => book::read(&bytes).map_err(|cause| invalid(&cause))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Book::default(),
            Err(e) => return Err(invalid(&e)),
        };
        Ok(Self {
            path,
            book: Mutex::new(book),
            guesses: Mutex::default(),
            hashing: Hashing::default(),
        })
    }

    /// Looks at what is kept.
    pub fn look<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is kept: on return it is on the disk. An error of `change` leaves everything as it was.
    ///
    /// Errors   those of `change`; `file.unwritable`
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Book) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = book.clone();
        let made = change(&mut next)?;
        if next != *book {
            book::write(&self.path, &next)?;
            *book = next;
        }
        Ok(made)
    }

    /// Notes something that need not survive a power cut: it goes to the disk with the next change, or at the end.
    fn note(&self, note: impl FnOnce(&mut Book)) {
        note(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes what was only noted.
    ///
    /// Errors   `file.unwritable`
    pub fn flush(&self) -> Result<(), Problem> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if *book == Book::default() {
            return Ok(());
        }
        book::write(&self.path, &book)
    }

    /// The machine that hashes passwords.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// The account of an id.
    ///
    /// Errors   `account.unknown`
    pub fn identity(&self, id: &str) -> Result<Identity, Problem> {
        self.look(|book| Ok(Identity::of(id, book.person(id)?)))
    }

    /// Changes what an account may do.
    ///
    /// Errors   `account.unknown`; `not_allowed` when nobody would be left to look after the node
    pub fn set_role(&self, id: &str, role: Role) -> Result<(), Problem> {
        self.change(|book| {
            let last = book.administrators() == 1;
            let person = book.person_mut(id)?;
            if last && person.role == Role::Administrator && role != Role::Administrator {
                return Err(last_administrator());
            }
            person.role = role;
            Ok(())
        })
    }

    /// Changes how an account is called and in which language it reads.
    ///
    /// Errors   `account.unknown`, `usage`
    pub fn set_profile(
        &self,
        id: &str,
        shown: &str,
        language: Option<Language>,
    ) -> Result<(), Problem> {
        let shown = checked_shown(shown)?;
        self.change(|book| {
            let person = book.person_mut(id)?;
            person.shown = shown;
            person.language = language.map(|language| language.tag().to_owned());
            Ok(())
        })
    }

    /// Removes an account with its sessions and tokens.
    ///
    /// Errors   `account.unknown`; `not_allowed` when nobody would be left to look after the node
    pub fn remove(&self, id: &str) -> Result<Identity, Problem> {
        self.change(|book| {
            let person = book.person(id)?;
            if person.role == Role::Administrator && book.administrators() == 1 {
                return Err(last_administrator());
            }
            let gone = Identity::of(id, person);
            book.remove(id);
            Ok(gone)
        })
    }
}

fn last_administrator() -> Problem {
    Problem::new(
        Code::NotAllowed,
        "this is the last administrator, and somebody has to look after the node",
    )
    .hint("make somebody else an administrator first")
}

/// A name to sign in with: letters, digits and `. _ - @`, folded.
fn checked_name(name: &str) -> Result<String, Problem> {
    let name = folded(name);
    let allowed = |c: char| c.is_alphanumeric() || "._-@".contains(c);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !name.chars().all(allowed) {
        return Err(Problem::new(Code::Usage, "this is no name to sign in with")
            .field("name")
            .found(name)
            .allowed(format!("1 to {NAME_CHARS_MAX} letters, digits and . _ - @")));
    }
    Ok(name)
}

/// What people call somebody or something: any words, on one line.
fn checked_shown(shown: &str) -> Result<String, Problem> {
    let shown = shown.trim();
    if shown.is_empty()
        || shown.chars().count() > SHOWN_CHARS_MAX
        || shown.chars().any(char::is_control)
    {
        return Err(Problem::new(Code::Usage, "this is no name to be called by")
            .field("shown")
            .found(shown)
            .allowed(format!("1 to {SHOWN_CHARS_MAX} characters on one line")));
    }
    Ok(shown.to_owned())
}

#[cfg(test)]
mod tests;
