//! Tokens: what a program acts with for the person who made it.

use std::collections::BTreeSet;

use erikti_protocol::hash::Hash;
use erikti_protocol::time::Timestamp;

use super::book::TOKENS_MAX;
use super::{Accounts, Code, Identity, Problem, Scope, Token, checked_shown, secret};

/// How every token begins, so that whoever finds one knows what it is.
pub const TOKEN_PREFIX: &str = "erikti_";
/// Longest life of a token, in days.
pub const TOKEN_DAYS_MAX: u32 = 366;
/// How often it is noted that a token is in use, in seconds.
const USED_SECONDS: i64 = 60;

impl Accounts {
    /// Makes a token and returns it; it is never shown again.
    ///
    /// Errors   `usage`, `not_allowed` for a scope that its owner does not have, `busy`
    pub fn make_token(
        &self,
        account: &str,
        label: &str,
        scopes: &BTreeSet<Scope>,
        days: u32,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let label = checked_shown(label).map_err(|problem| problem.field("label"))?;
        if days == 0 || days > TOKEN_DAYS_MAX {
            return Err(
                Problem::new(Code::Usage, "the token's life is out of bounds")
                    .field("days")
                    .found(days.to_string())
                    .allowed(format!("1 to {TOKEN_DAYS_MAX} days")),
            );
        }
        if scopes.is_empty() {
            return Err(Problem::new(Code::Usage, "the token may do nothing")
                .field("scopes")
                .allowed("read, publish, manage"));
        }
        let token = format!("{TOKEN_PREFIX}{}", secret::fresh());
        self.change(|book| {
            let allowed = book.person(account)?.role.scopes();
            if let Some(scope) = scopes.iter().find(|scope| !allowed.contains(scope)) {
                let allowed: Vec<_> = allowed.iter().map(|scope| scope.as_str()).collect();
                return Err(Problem::new(
                    Code::NotAllowed,
                    "a token may not do more than its owner",
                )
                .field("scopes")
                .found(scope.as_str())
                .allowed(allowed.join(", ")));
            }
            book.tokens.retain(|_, token| token.expires > now);
            let own = book
                .tokens
                .values()
                .filter(|token| token.account == account)
                .count();
            if own >= TOKENS_MAX {
                return Err(
                    Problem::new(Code::Busy, format!("there are {TOKENS_MAX} tokens"))
                        .hint("revoke one that is not used"),
                );
            }
            book.tokens.insert(
                secret::digest(&token),
                Token {
                    account: account.to_owned(),
                    label,
                    scopes: scopes.clone(),
                    created: now,
                    expires: now.plus_seconds(i64::from(days) * 86_400),
                    used: None,
                },
            );
            Ok(())
        })?;
        Ok(token)
    }

    /// Whose token it is and what it may do, while it is good.
    pub fn token(&self, token: &str, now: Timestamp) -> Option<(Identity, BTreeSet<Scope>)> {
        let digest = secret::digest(token);
        let (identity, scopes, used) = self.look(|book| {
            let token = book.tokens.get(&digest)?;
            if token.expires <= now {
                return None;
            }
            let person = book.accounts.get(&token.account)?;
            let identity = Identity::of(&token.account, person);
            Some((identity, token.scopes.clone(), token.used))
        })?;
        if used.is_none_or(|used| used.plus_seconds(USED_SECONDS) <= now) {
            self.note(|book| {
                if let Some(token) = book.tokens.get_mut(&digest) {
                    token.used = Some(now);
                }
            });
        }
        Some((identity, scopes))
    }

    /// The tokens of an account that are good, the newest first, with their digests.
    pub fn tokens(&self, account: &str, now: Timestamp) -> Vec<(Hash, Token)> {
        let mut tokens: Vec<_> = self.look(|book| {
            book.tokens
                .iter()
                .filter(|(_, token)| token.account == account && token.expires > now)
                .map(|(digest, token)| (*digest, token.clone()))
                .collect()
        });
        tokens.sort_by_key(|(digest, token)| (std::cmp::Reverse(token.created), *digest));
        tokens
    }

    /// Revokes the token of an account that lists name by this handle.
    ///
    /// Errors   `token.unknown`
    pub fn revoke_token(&self, account: &str, handle: &str) -> Result<(), Problem> {
        self.change(|book| {
            let digest = book
                .tokens
                .iter()
                .find(|(digest, token)| {
                    token.account == account && secret::handle(digest) == handle
                })
                .map(|(digest, _)| *digest)
                .ok_or_else(|| {
                    Problem::new(Code::TokenUnknown, "there is no such token")
                        .found(handle)
                        .hint("it may have expired; list those that are good")
                })?;
            book.tokens.remove(&digest);
            Ok(())
        })
    }
}
