//! What is kept of accounts: one small JSON file, replaced as a whole and flushed before anything is answered.
//!
//! Of every secret but the password only the SHA-256 digest is kept: they are 256 random bits, so nothing slower is
//! needed. Of a password its Argon2id hash is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use erikti_protocol::hash::Hash;
use erikti_protocol::json::parse_within;
use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Role, Scope};
use crate::files;
use crate::problem::{Code, Problem};

/// Accounts of a node, at most: staff of one organisation, and volunteers who keep an eye on their own.
pub const ACCOUNTS_MAX: usize = 4_096;
/// Links that are kept, at most: used and expired ones go first.
pub const LINKS_MAX: usize = 1_024;
/// Sessions of one account, at most: the oldest ends when one more begins.
pub const SESSIONS_MAX: usize = 16;
/// Tokens of one account, at most.
pub const TOKENS_MAX: usize = 32;
/// Browsers of one account that are remembered, at most: the oldest is forgotten when one more comes.
pub const DEVICES_MAX: usize = 16;
/// Bytes of the file, at most: 4,096 accounts, each of 1 KiB with 16 sessions of 600 bytes, 32 tokens of 500 and 16
/// devices of 200 (29 KiB), and 1,024 links of 400 bytes: 117 MiB when everything is full.
const FILE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Depth of the file: object, tokens, token, scopes, text.
const FILE_DEPTH_MAX: usize = 5;

/// Everything kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// Accounts, by id.
    pub accounts: BTreeMap<String, Person>,
    /// One-time links, by the digest of their secret.
    pub links: BTreeMap<Hash, Link>,
    /// Open sessions, by the digest of their secret.
    pub sessions: BTreeMap<Hash, Session>,
    /// Tokens of programs, by the digest of the token.
    pub tokens: BTreeMap<Hash, Token>,
    /// Browsers from which somebody signed in, by the digest of what they keep.
    pub devices: BTreeMap<Hash, Device>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name it signs in with, folded.
    pub name: String,
    /// What people call it.
    pub shown: String,
    /// What it may do.
    pub role: Role,
    /// The tag of the language it chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The password's hash, as a PHC text.
    pub password: String,
    /// Since when it is there.
    pub created: Timestamp,
}

/// A link that can be used once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it is for.
    pub grants: Grant,
    /// When it stops being good.
    pub expires: Timestamp,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    rename_all_fields = "snake_case",
    deny_unknown_fields
)]
pub enum Grant {
    /// Makes the first administrator, while there is none.
    FirstAdministrator,
    /// Makes an account.
    Invitation {
        /// The name to sign in with.
        name: String,
        /// What people call it.
        shown: String,
        /// What it may do.
        role: Role,
    },
    /// Sets a new password.
    Reset {
        /// The account's id.
        account: String,
    },
}

/// Somebody who is signed in, in one browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The account's id.
    pub account: String,
    /// Since when.
    pub since: Timestamp,
    /// When it last asked for something; kept on the disk only now and then.
    pub seen: Timestamp,
    /// What the browser says it is, shortened.
    pub browser: String,
}

/// What a program acts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The account's id.
    pub account: String,
    /// What its owner calls it.
    pub label: String,
    /// What it may do, within what its owner may.
    pub scopes: BTreeSet<Scope>,
    /// Since when it is there.
    pub created: Timestamp,
    /// When it stops being good.
    pub expires: Timestamp,
    /// When it was last used; kept on the disk only now and then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

/// A browser from which somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The account's id.
    pub account: String,
    /// When it last signed in.
    pub seen: Timestamp,
}

impl Book {
    /// Id and account of a name.
    pub fn named(&self, name: &str) -> Option<(&String, &Person)> {
        let name = folded(name);
        self.accounts.iter().find(|(_, person)| person.name == name)
    }

    /// The account of an id.
    ///
    /// Errors   `account.unknown`
    pub fn person(&self, id: &str) -> Result<&Person, Problem> {
        self.accounts.get(id).ok_or_else(|| unknown(id))
    }

    /// The same, to change it.
    ///
    /// Errors   `account.unknown`
    pub fn person_mut(&mut self, id: &str) -> Result<&mut Person, Problem> {
        self.accounts.get_mut(id).ok_or_else(|| unknown(id))
    }

    /// Whether somebody can look after the node.
    pub fn has_administrator(&self) -> bool {
        self.administrators() > 0
    }

    /// How many can.
    pub fn administrators(&self) -> usize {
        let roles = self.accounts.values().map(|person| person.role);
        roles.filter(|role| *role == Role::Administrator).count()
    }

    /// Ends every session of an account but one, and forgets its browsers when none is kept.
    pub fn end_sessions(&mut self, account: &str, keep: Option<&Hash>) {
        self.sessions
            .retain(|secret, session| session.account != account || Some(secret) == keep);
    }

    /// Removes whatever belongs to an account, and the account.
    pub fn remove(&mut self, account: &str) {
        self.accounts.remove(account);
        self.end_sessions(account, None);
        self.tokens.retain(|_, token| token.account != account);
        self.devices.retain(|_, device| device.account != account);
        self.links.retain(
            |_, link| !matches!(&link.grants, Grant::Reset { account: of } if of == account),
        );
    }

    /// Keeps what belongs to one account within `max`: the oldest goes, as `age` has it.
    pub(super) fn make_room<T>(
        kept: &mut BTreeMap<Hash, T>,
        max: usize,
        of_account: impl Fn(&T) -> bool,
        age: impl Fn(&T) -> Timestamp,
    ) {
        let mut own: Vec<_> = kept
            .iter()
            .filter(|(_, one)| of_account(one))
            .map(|(secret, one)| (age(one), *secret))
            .collect();
        own.sort_unstable();
        for (_, secret) in own.iter().take((own.len() + 1).saturating_sub(max)) {
            kept.remove(secret);
        }
    }

    fn check(&self) -> Result<(), String> {
        for (what, found, allowed) in [
            ("accounts", self.accounts.len(), ACCOUNTS_MAX),
            ("links", self.links.len(), LINKS_MAX),
            ("sessions", self.sessions.len(), ACCOUNTS_MAX * SESSIONS_MAX),
            ("tokens", self.tokens.len(), ACCOUNTS_MAX * TOKENS_MAX),
            ("devices", self.devices.len(), ACCOUNTS_MAX * DEVICES_MAX),
        ] {
            if found > allowed {
                return Err(format!(
                    "`{what}` has {found}, at most {allowed} are allowed"
                ));
            }
        }
        Ok(())
    }
}

/// How names are compared: without regard to capital letters and spaces around.
pub fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(super) fn unknown(id: &str) -> Problem {
    Problem::new(Code::AccountUnknown, "there is no such account")
        .found(id)
        .hint("list them: erikti user list")
}

/// Reads the file's text as strictly as every text.
pub(super) fn read(bytes: &[u8]) -> Result<Book, String> {
    let value =
        parse_within(bytes, FILE_DEPTH_MAX, FILE_BYTES_MAX).map_err(|fault| fault.to_string())?;
    let book: Book = serde_json::from_value(value).map_err(|e| e.to_string())?;
    book.check()?;
    Ok(book)
}

pub(super) fn write(path: &Path, book: &Book) -> Result<(), Problem> {
    let text = serde_json::to_vec_pretty(book)
        .map_err(|e| Problem::internal("the accounts cannot be written", e))?;
    Ok(files::replace(path, &text)?)
}
